/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * linux_3_2 PROGRAM ARGUMENTS...: runs it with the system calls of Linux 3.2 alone, the oldest that
 * glibc runs on: those that came later don't exist for it (ENOSYS).  Status 77: it can't be done on
 * this machine.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SKIPPED 77

#ifdef __x86_64__
#define LAST_CALL 311           /* process_vm_writev, of 3.2; 312 is kcmp, of 3.5 */

static int forbid_newer(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, LAST_CALL, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static int forbid_newer(void)
{
    _exit(SKIPPED);
}
#endif

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (forbid_newer()) {
        fprintf(stderr, "linux_3_2: seccomp: %s\n", strerror(errno));
        return SKIPPED;
    }
    execv(argv[1], argv + 1);
    fprintf(stderr, "linux_3_2: %s: %s\n", argv[1], strerror(errno));
    return 1;
}
