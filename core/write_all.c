/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing to the end. */
#include "core/write_all.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int write_all(int fd, const char *text, size_t len)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };

    while (len > 0) {
        ssize_t n = write(fd, text, len);

        if (n >= 0) {
            text += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            poll(&p, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}
