/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the kernel's delay accounting on? */
#include "lib/delayacct.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/parse.h"
#include "lib/read.h"

#define SYSCTL "sys/kernel/task_delayacct"

static bool on_command_line(int procfd, const char *parameter)
{
    char text[4096];            /* COMMAND_LINE_SIZE of the larger architectures */
    ssize_t len = read_file_at(procfd, "cmdline", text, sizeof text);
    const char *p = text, *end = text + (len > 0 ? len : 0);
    struct span word;

    while (parse_word(&p, end, &word))
        if (word.len == strlen(parameter) && memcmp(word.at, parameter, word.len) == 0)
            return true;
    return false;
}

/* The release as 1000 * major + minor; 0: unknown. */
static uint64_t kernel_version(int procfd)
{
    char text[128];
    ssize_t len = read_file_at(procfd, "sys/kernel/osrelease", text, sizeof text);
    const char *p = text, *end = text + (len > 0 ? len : 0);
    uint64_t major, minor;

    if (!parse_u64(&p, end, &major) || !parse_text(&p, end, ".") || !parse_u64(&p, end, &minor))
        return 0;
    return major < 1000 && minor < 1000 ? major * 1000 + minor : 0;
}

/* No sysctl: from 5.14 on the kernel was built without, before that there was none to see. */
static enum delayacct_mode mode_without_sysctl(int procfd)
{
    uint64_t version = kernel_version(procfd);

    if (version == 0 || version >= 5014 || on_command_line(procfd, "nodelayacct"))
        return DELAYACCT_NONE;
    return DELAYACCT_ON;
}

static bool has_sysctl(int procfd)
{
    return faccessat(procfd, SYSCTL, F_OK, 0) == 0;
}

static enum delayacct_mode look(int procfd, enum delayacct_mode before)
{
    char text[32];
    ssize_t len = read_file_at(procfd, SYSCTL, text, sizeof text);

    if (len > 0)
        return text[0] == '1' ? DELAYACCT_ON : DELAYACCT_OFF;
    /* What could not be read this time is as it was. */
    if (before != DELAYACCT_UNSEEN || (len < 0 && len != -ENOENT && len != -ENOTDIR))
        return before;
    return mode_without_sysctl(procfd);
}

bool delayacct_update(struct delayacct *acct, int procfd, uint64_t boottime)
{
    enum delayacct_mode before = acct->mode;
    bool moved = acct->moved;

    acct->mode = look(procfd, before);
    acct->moved = false;
    if (acct->mode == DELAYACCT_OFF)
        acct->off = boottime;
    if (acct->mode == before)
        return moved;
    acct->since = boottime;
    /* Once it was seen off, some tasks may have begun while it was. */
    acct->from_boot = before == DELAYACCT_UNSEEN && (!has_sysctl(procfd) ||
                                                     on_command_line(procfd, "delayacct"));
    return true;
}

void delayacct_witness(struct delayacct *acct, uint64_t birth)
{
    if (acct->mode != DELAYACCT_ON || birth <= acct->off || birth >= acct->since)
        return;
    acct->since = birth;
    acct->moved = true;
}

const char *delayacct_reason(const struct delayacct *acct)
{
    static const char *const reasons[] = {
        [DELAYACCT_UNSEEN] = "the sysctl kernel.task_delayacct could not be read",
        [DELAYACCT_NONE] = "the kernel has no delay accounting (CONFIG_TASK_DELAY_ACCT), or booted "
                           "with nodelayacct",
        [DELAYACCT_OFF] = "delay accounting is off (sysctl kernel.task_delayacct=1 turns it on for "
                          "new processes)",
        [DELAYACCT_ON] = NULL,
    };

    return reasons[acct->mode];
}

bool delayacct_known(const struct delayacct *acct, uint64_t wait, uint64_t birth)
{
    if (acct->mode != DELAYACCT_ON)
        return false;
    return wait > 0 || acct->from_boot || birth >= acct->since;
}
