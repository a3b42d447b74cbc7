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

enum { STATUS_TEXT = 512 };     /* of the lines of a status file Tgid is the fourth */

/* PID-FD. */
static bool parse_folder(const char *name, int32_t *pid)
{
    const char *at = name, *end = name + strlen(name);
    uint64_t number, fd;

    if (!parse_u64(&at, end, &number) || !parse_text(&at, end, "-") ||
        !parse_u64(&at, end, &fd) || at != end || number == 0 || number > INT32_MAX)
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

/* Whose thread is this?  The folder of a thread is not listed in /proc, but it is there.  Where it
 * isn't the thread stands for itself: it has ended, or the recording has left it out. */
static int32_t process_of(int procfd, int32_t tid)
{
    char path[24], text[STATUS_TEXT];
    const char *at = text, *end;
    struct span line;
    uint64_t pid;
    ssize_t len;

    snprintf(path, sizeof path, "%d/status", (int)tid);
    len = read_once_at(procfd, path, text, sizeof text);
    end = text + (len > 0 ? len : 0);
    while (parse_line(&at, end, &line)) {
        const char *word = line.at, *stop = line.at + line.len;

        if (!parse_text(&word, stop, "Tgid:"))
            continue;
        parse_blanks(&word, stop);
        return parse_u64(&word, stop, &pid) && pid > 0 && pid <= INT32_MAX ? (int32_t)pid : tid;
    }
    return tid;
}

/* Asked once a folder: it stays its process's, even when the thread ends before it and the number
 * becomes another's. */
static void find_processes(struct kvm *s)
{
    int procfd = s->host->dir(s->host, KVMTOP_DIR_PROC);
    struct u64map pids = { 0 };

    for (size_t i = 0; i < s->nvms; i++) {
        struct kvm_vm *vm = &s->vm[i];
        uint64_t key = u64map_hash(U64MAP_SEED, vm->folder, strlen(vm->folder));
        void *known = u64map_get(&s->pids, key);

        vm->pid = known != NULL ? (int32_t)(uintptr_t)known : process_of(procfd, vm->pid);
        u64map_put(&pids, key, (void *)(uintptr_t)vm->pid); /* without memory: asked again */
    }
    u64map_free(&s->pids);
    s->pids = pids;
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
    find_processes(s);
    if (s->nvms > 0)
        qsort(s->vm, s->nvms, sizeof *s->vm, by_pid);
    return r;
}

void kvm_free(struct kvm *s)
{
    free(s->vm);
    s->vm = NULL;
    s->nvms = s->cap = 0;
    u64map_free(&s->pids);
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
