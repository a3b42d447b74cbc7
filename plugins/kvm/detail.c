/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for the page of details: what KVM has counted of a guest and of its vCPUs. */
#include "kvm/detail.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/parse.h"

#define VCPUS_MAX 4096u         /* KVM's own limit on x86 */

/* What is worth a word there, of a virtual machine and of a vCPU: a file, and what it counts. */
struct item {
    const char *file, *words;
};

static const struct item vm_items[] = {
    { "exits", "exits" },
    { "mmio_exits", "for MMIO" },
    { "io_exits", "for ports" },
    { "halt_exits", "halts" },
    { "irq_injections", "interrupts" },
    { "nmi_injections", "NMIs" },
    { "remote_tlb_flush", "TLB flushes" },
};

static const struct item page_items[] = {
    { "pages_4k", "4 KiB" },
    { "pages_2m", "2 MiB" },
    { "pages_1g", "1 GiB" },
};

/* Linux up to 6.18 has but the first two of them (x86). */
static const struct item vcpu_items[] = {
    { "pid", "thread" },
    { "guest_mode", "nested" },
    { "exits", "exits" },
    { "mmio_exits", "for MMIO" },
    { "io_exits", "for ports" },
    { "halt_exits", "halts" },
};

/* "exits 123, for MMIO 4" of the files that there are; false: of none. */
static bool put_items(char *line, size_t cap, int kvmfd, const char *folder,
                      const struct item *item, size_t n)
{
    size_t len = 0;
    uint64_t count;

    for (size_t i = 0; i < n && len < cap; i++)
        if (kvm_read_count(kvmfd, folder, item[i].file, &count) == 0)
            len += (size_t)snprintf(line + len, cap - len, "%s%s %llu", len > 0 ? ", " : "",
                                    item[i].words, (unsigned long long)count);
    return len > 0;
}

static void put_line(const struct kvm *s, struct kvmtop_page *page, const char *name, int kvmfd,
                     const char *folder, const struct item *item, size_t n)
{
    char line[300];

    if (put_items(line, sizeof line, kvmfd, folder, item, n))
        s->host->line(page, name, line);
}

static int by_number(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;

    return *x - *y;
}

/* The numbers of the folders vcpuN: there may be gaps. */
static size_t list_vcpus(int kvmfd, const char *vm, uint16_t number[VCPUS_MAX])
{
    int fd = openat(kvmfd, vm, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    size_t n = 0;

    if (dir == NULL && fd >= 0)
        close(fd);
    while (dir != NULL && n < VCPUS_MAX && (entry = readdir(dir)) != NULL) {
        const char *at = entry->d_name, *end = at + strlen(at);
        uint64_t value;

        if (parse_text(&at, end, "vcpu") && parse_u64(&at, end, &value) && at == end &&
            value <= UINT16_MAX)
            number[n++] = (uint16_t)value;
    }
    if (dir != NULL)
        closedir(dir);
    qsort(number, n, sizeof *number, by_number);
    return n;
}

static void put_vcpus(const struct kvm *s, struct kvmtop_page *page, int kvmfd, const char *vm)
{
    uint16_t number[VCPUS_MAX];
    size_t n = list_vcpus(kvmfd, vm, number);

    for (size_t i = 0; i < n; i++) {
        char name[20], folder[KVM_FOLDER + 24];

        snprintf(name, sizeof name, "vcpu%u", number[i]);
        snprintf(folder, sizeof folder, "%s/%s", vm, name);
        put_line(s, page, name, kvmfd, folder, vcpu_items, KVMTOP_COUNT(vcpu_items));
    }
}

static void put_vm(const struct kvm *s, struct kvmtop_page *page, int kvmfd, const char *vm)
{
    char heading[KVM_FOLDER + 40];

    snprintf(heading, sizeof heading, "KVM since the guest began (%s)", vm);
    s->host->heading(page, heading);
    put_line(s, page, "counted", kvmfd, vm, vm_items, KVMTOP_COUNT(vm_items));
    put_line(s, page, "pages mapped", kvmfd, vm, page_items, KVMTOP_COUNT(page_items));
    put_vcpus(s, page, kvmfd, vm);
}

void kvm_detail(const struct kvm *s, int kvmfd, int32_t pid, struct kvmtop_page *page)
{
    for (size_t i = kvm_find(s, pid); i < s->nvms && s->vm[i].pid == pid; i++)
        put_vm(s, page, kvmfd, s->vm[i].folder);
}
