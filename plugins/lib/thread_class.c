/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a thread of a VMM does, by its name. */
#include "lib/thread_class.h"

#include "lib/parse.h"

#include <string.h>

/* How a name begins: `#` stands for a number, of which the name may go on or end. */
static const struct {
    const char *begins;
    const char *goes_on;        /* what comes after the number; "": the end; NULL: anything */
    enum thread_class class;
} names[] = {
    { "CPU #", "/", THREAD_VCPU },          /* QEMU: CPU 0/KVM, CPU 12/TCG */
    { "ALL CPUs/", NULL, THREAD_VCPU },     /* QEMU: one TCG thread for all of them */
    { "fc_vcpu #", "", THREAD_VCPU },       /* Firecracker */
    { "vcpu#", "", THREAD_VCPU },           /* Cloud Hypervisor */
    { "IO mon_", NULL, THREAD_EMULATOR },   /* QEMU's monitor has an iothread of its own */
    { "IO ", NULL, THREAD_IO },             /* QEMU: IO iothread0 */
    { "iou-wrk-", NULL, THREAD_IO },        /* the kernel's workers for io_uring */
    { "iou-sqp-", NULL, THREAD_IO },
    { "_disk#", "_q", THREAD_IO },          /* Cloud Hypervisor: _disk0_q0 */
    { "vhost-#", "", THREAD_VHOST },
};

/* The pattern's end is the name's too, unless `goes_on` is NULL. */
static bool fits(const char *at, const char *end, const char *begins, const char *goes_on)
{
    uint64_t number;

    for (; *begins != '\0'; begins++) {
        if (*begins == '#' ? !parse_u64(&at, end, &number) : at == end || *at++ != *begins)
            return false;
    }
    if (goes_on == NULL)
        return true;
    return *goes_on == '\0' ? at == end : parse_text(&at, end, goes_on);
}

enum thread_class thread_class_of(const char *comm, size_t len)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (fits(comm, comm + len, names[i].begins, names[i].goes_on))
            return names[i].class;
    return THREAD_EMULATOR;
}

const char *thread_class_name(enum thread_class class)
{
    static const char *const name[] = {
        [THREAD_EMULATOR] = "emulator", [THREAD_VCPU] = "vcpu", [THREAD_IO] = "io",
        [THREAD_VHOST] = "vhost",
    };

    return name[class];
}

bool thread_class_vhost(const char *comm, size_t len, int32_t *pid)
{
    const char *at = comm, *end = comm + len;
    uint64_t number;

    if (!parse_text(&at, end, "vhost-") || !parse_u64(&at, end, &number) || at != end ||
        number == 0 || number > INT32_MAX)
        return false;
    *pid = (int32_t)number;
    return true;
}

bool thread_class_is_qemu(const char *comm, size_t len)
{
    const char *at = comm;

    return parse_text(&at, comm + len, "qemu-") || (len == 3 && memcmp(comm, "kvm", 3) == 0);
}

void thread_sums_add(struct thread_sums *sums, enum thread_class class, uint64_t run,
                     uint64_t delay)
{
    sums->run[class] += run;
    if (class != THREAD_VCPU)
        return;
    sums->steal += delay;
    sums->vcpus++;
}

void thread_sums_end(struct thread_sums *ended, uint64_t run)
{
    uint64_t known = 0;

    for (unsigned class = 0; class < THREAD_CLASSES; class++)
        known += ended->run[class];
    if (run > known)
        ended->run[THREAD_EMULATOR] += run - known;
}

/* How lively is a state of proc(5)?  Unknown ones least. */
static int liveliness(char state)
{
    static const char order[] = "XxZTtIPSDR";
    const char *at = state != '\0' ? strchr(order, state) : NULL;

    return at != NULL ? (int)(at - order) : -1;
}

void thread_sums_state(struct thread_sums *sums, char state)
{
    if (liveliness(state) > liveliness(sums->state))
        sums->state = state;
}
