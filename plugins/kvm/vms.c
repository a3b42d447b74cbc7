/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual machines that KVM tells of in debugfs. */
#include "kvm/vms.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/parse.h"
#include "lib/read.h"

/* PID-FD. */
static bool parse_folder(const char *name, int32_t *pid)
{
    const char *at = name, *end = name + strlen(name);
    uint64_t number, fd;

    if (!parse_u64(&at, end, &number) || !parse_text(&at, end, "-") ||
        !parse_u64(&at, end, &fd) || at != end || number > INT32_MAX)
        return false;
    *pid = (int32_t)number;
    return end - name < KVM_FOLDER;
}

static int add_vm(struct kvm *s, const char *name)
{
    int32_t pid;

    if (!parse_folder(name, &pid))
        return 0;
    if (s->nvms == s->cap) {
        size_t cap = s->cap > 0 ? s->cap * 2 : 64;
        struct kvm_vm *vm = reallocarray(s->vm, cap, sizeof *vm);

        if (vm == NULL)
            return -ENOMEM;
        s->vm = vm;
        s->cap = cap;
    }
    s->vm[s->nvms].pid = pid;
    memcpy(s->vm[s->nvms++].folder, name, strlen(name) + 1);
    return 0;
}

static int by_pid(const void *a, const void *b)
{
    const struct kvm_vm *x = a, *y = b;

    return (x->pid > y->pid) - (x->pid < y->pid);
}

int kvm_list(struct kvm *s, int kvmfd)
{
    int fd = openat(kvmfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    int r = 0;

    s->nvms = 0;
    if (dir == NULL) {
        r = -errno;
        if (fd >= 0)
            close(fd);
        return r;
    }
    while (r == 0 && (entry = readdir(dir)) != NULL)
        r = add_vm(s, entry->d_name);
    closedir(dir);
    if (s->nvms > 0)
        qsort(s->vm, s->nvms, sizeof *s->vm, by_pid);
    return r;
}

size_t kvm_find(const struct kvm *s, int32_t pid)
{
    size_t low = 0, high = s->nvms;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->vm[middle].pid < pid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->nvms && s->vm[low].pid == pid ? low : s->nvms;
}

int kvm_read_count(int kvmfd, const char *folder, const char *file, uint64_t *count)
{
    char path[KVM_FOLDER + 64], text[32];
    const char *at = text;
    ssize_t len;

    snprintf(path, sizeof path, "%s/%s", folder, file);
    len = read_file_at(kvmfd, path, text, sizeof text);
    if (len < 0)
        return (int)len;
    return parse_u64(&at, text + len, count) && *at == '\n' ? 0 : -EBADMSG;
}
