/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process has open. */
#include "lib/vmm_files.h"

#include "lib/read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static DIR *open_folder(int proc, int32_t pid)
{
    char path[32];
    DIR *dir;
    int fd;

    snprintf(path, sizeof path, "%d/fd", (int)pid);
    fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    dir = fdopendir(fd);
    if (dir == NULL)
        close(fd);
    return dir;
}

int vmm_files_each(int proc, int32_t pid, vmm_file_visit *visit, void *arg)
{
    DIR *dir = open_folder(proc, pid);
    unsigned links = 0, files = 0;
    char link[PATH_MAX];
    struct dirent *entry;
    uint64_t fd;

    if (dir == NULL)
        return -errno;
    while (links < VMM_LINKS_MAX && files < VMM_FILES_MAX && (entry = readdir(dir)) != NULL) {
        if (!parse_number(entry->d_name, &fd) || fd > INT_MAX)
            continue;
        links++;
        if (read_link_at(dirfd(dir), entry->d_name, link, sizeof link) <= 0)
            continue;
        files += link[0] == '/';
        visit(arg, (unsigned)fd, link);
    }
    closedir(dir);
    return 0;
}

bool vmm_fdinfo_read(int proc, int32_t pid, unsigned fd, char buf[VMM_FDINFO_MAX],
                     struct span *info)
{
    char path[48];
    ssize_t len;

    snprintf(path, sizeof path, "%d/fdinfo/%u", (int)pid, fd);
    len = read_once_at(proc, path, buf, VMM_FDINFO_MAX);
    info->at = buf;
    info->len = len > 0 ? (size_t)len : 0;
    return len > 0;
}

bool vmm_fdinfo_get(struct span info, const char *key, struct span *value)
{
    const char *at = info.at, *end = info.at + info.len;
    struct span line;

    while (parse_line(&at, end, &line)) {
        const char *p = line.at, *stop = line.at + line.len;

        if (!parse_text(&p, stop, key) || !parse_text(&p, stop, ":"))
            continue;
        parse_blanks(&p, stop);
        value->at = p;
        value->len = (size_t)(stop - p);
        return true;
    }
    return false;
}
