/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delays of processes by the TASKSTATS family of generic netlink. */
#include "lib/taskstats.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX 4096         /* bytes; an answer has about 600 */

struct taskstats_client {
    int fd;
    uint16_t family;
    uint32_t seq;               /* of the last request */
};

/* A request with one attribute of 4 bytes or a short string. */
struct request {
    struct nlmsghdr head;
    struct genlmsghdr genl;
    struct nlattr attr;
    char value[16];
};

static size_t make_request(struct request *request, uint16_t family, uint8_t command,
                           uint16_t attr, const void *value, size_t len)
{
    size_t size = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + NLA_ALIGN(len);

    memset(request, 0, sizeof *request);
    request->head.nlmsg_len = (uint32_t)size;
    request->head.nlmsg_type = family;
    request->head.nlmsg_flags = NLM_F_REQUEST;
    request->genl.cmd = command;
    request->genl.version = 1;
    request->attr.nla_len = (uint16_t)(NLA_HDRLEN + len);
    request->attr.nla_type = attr;
    memcpy(request->value, value, len);
    return size;
}

static int send_all(int fd, const void *data, size_t len)
{
    ssize_t n;

    do {
        n = send(fd, data, len, 0);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

/* The kernel answers before send() returns: what is not there by now doesn't come. */
static ssize_t receive(int fd, void *buf, size_t cap)
{
    ssize_t n;

    do {
        n = recv(fd, buf, cap, MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

/* ---- attributes ---- */

struct attr {
    uint16_t type;
    const char *data;
    size_t len;
};

static bool next_attr(const char **p, const char *end, struct attr *attr)
{
    size_t left = (size_t)(end - *p), step;
    struct nlattr head;

    if (left < sizeof head)
        return false;
    memcpy(&head, *p, sizeof head);
    if (head.nla_len < sizeof head || head.nla_len > left)
        return false;
    attr->type = head.nla_type & NLA_TYPE_MASK;
    attr->data = *p + sizeof head;
    attr->len = head.nla_len - sizeof head;
    step = NLA_ALIGN((size_t)head.nla_len);
    *p += step < left ? step : left;
    return true;
}

static bool find_attr(const char *p, const char *end, uint16_t type, struct attr *attr)
{
    while (next_attr(&p, end, attr))
        if (attr->type == type)
            return true;
    return false;
}

/* The struct grows at its end with the kernel's version: what the length covers is there.
 * Version 15 (Linux 6.14) alone had new members between the old ones. */
static void take_stats(const struct attr *attr, struct taskstats_times *times)
{
    struct taskstats stats;
    size_t len = attr->len < sizeof stats ? attr->len : sizeof stats;

    memset(&stats, 0, sizeof stats);
    memcpy(&stats, attr->data, len);
    if (stats.version == 15 || len < offsetof(struct taskstats, swapin_count))
        return;
    /* Of a process that has ended the kernel leaves its last thread out: all is 0. */
    times->known = stats.cpu_count > 0;
    times->blkio = stats.blkio_delay_total;
    times->delay = stats.cpu_delay_total;
}

static void take_answer(const struct nlmsghdr *head, struct taskstats_times *times)
{
    const char *p = (const char *)head + NLMSG_HDRLEN + GENL_HDRLEN;
    const char *end = (const char *)head + head->nlmsg_len;
    struct attr group, stats;

    if (head->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
        return;
    if (!find_attr(p, end, TASKSTATS_TYPE_AGGR_TGID, &group))
        return;
    if (find_attr(group.data, group.data + group.len, TASKSTATS_TYPE_STATS, &stats))
        take_stats(&stats, times);
}

void taskstats_parse(const void *data, size_t len, uint16_t family, uint32_t first,
                     struct taskstats_times *times, size_t n)
{
    const struct nlmsghdr *head = data;
    size_t left = len;

    while (left >= sizeof *head && head->nlmsg_len >= sizeof *head && head->nlmsg_len <= left) {
        uint32_t i = head->nlmsg_seq - first;
        size_t step = NLMSG_ALIGN(head->nlmsg_len);

        if (i < n && (head->nlmsg_type == family || head->nlmsg_type == NLMSG_ERROR)) {
            times[i].answered = true;
            if (head->nlmsg_type == family)
                take_answer(head, &times[i]);
        }
        if (step >= left)
            return;
        left -= step;
        head = (const struct nlmsghdr *)(const void *)((const char *)head + step);
    }
}

/* ---- asking ---- */

static int receive_all(struct taskstats_client *client, uint32_t first,
                       struct taskstats_times *times, size_t n)
{
    _Alignas(struct nlmsghdr) char buf[ANSWER_MAX];

    for (unsigned i = 0; i < 4 * TASKSTATS_BATCH; i++) {
        ssize_t len = receive(client->fd, buf, sizeof buf);

        if (len == -EAGAIN)
            return 0;
        if (len == -ENOBUFS)    /* answers were lost; others may be there */
            continue;
        if (len < 0)
            return (int)len;
        taskstats_parse(buf, (size_t)len, client->family, first, times, n);
    }
    return 0;
}

static int ask(struct taskstats_client *client, const int32_t *pid, size_t n,
               struct taskstats_times *times)
{
    char batch[TASKSTATS_BATCH * sizeof(struct request)];
    uint32_t first = client->seq + 1;
    size_t len = 0;
    int r;

    memset(times, 0, n * sizeof *times);
    for (size_t i = 0; i < n; i++) {
        struct request request;
        size_t size = make_request(&request, client->family, TASKSTATS_CMD_GET,
                                   TASKSTATS_CMD_ATTR_TGID, &pid[i], sizeof pid[i]);

        request.head.nlmsg_seq = ++client->seq;
        memcpy(batch + len, &request, size);
        len += size;
    }
    r = send_all(client->fd, batch, len);
    return r < 0 ? r : receive_all(client, first, times, n);
}

int taskstats_ask(struct taskstats_client *client, const int32_t *pid, size_t n,
                  struct taskstats_times *times)
{
    int r;

    if (n > TASKSTATS_BATCH)
        return -EINVAL;
    r = ask(client, pid, n, times);
    for (size_t i = 0; r == 0 && i < n; i++)
        if (!times[i].answered)
            r = ask(client, &pid[i], 1, &times[i]);
    return r;
}

/* ---- opening ---- */

static int parse_family(const void *data, size_t len, uint16_t *family)
{
    const struct nlmsghdr *head = data;
    const char *end = (const char *)data + len;
    struct nlmsgerr error;
    struct attr attr;

    if (len < sizeof *head || head->nlmsg_len > len)
        return -EBADMSG;
    if (head->nlmsg_type == NLMSG_ERROR && len >= NLMSG_HDRLEN + sizeof error) {
        memcpy(&error, (const char *)data + NLMSG_HDRLEN, sizeof error);
        return error.error < 0 ? error.error : -EBADMSG;
    }
    if (len < NLMSG_HDRLEN + GENL_HDRLEN ||
        !find_attr((const char *)data + NLMSG_HDRLEN + GENL_HDRLEN, end, CTRL_ATTR_FAMILY_ID,
                   &attr) ||
        attr.len < sizeof *family)
        return -EBADMSG;
    memcpy(family, attr.data, sizeof *family);
    return 0;
}

static int find_family(int fd, uint16_t *family)
{
    static const char name[] = TASKSTATS_GENL_NAME;
    _Alignas(struct nlmsghdr) char buf[ANSWER_MAX];
    struct request request;
    size_t size = make_request(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
                               name, sizeof name);
    ssize_t len;
    int r = send_all(fd, &request, size);

    if (r < 0)
        return r;
    len = receive(fd, buf, sizeof buf);
    return len < 0 ? (int)len : parse_family(buf, (size_t)len, family);
}

/* Only an answer about ourselves shows that we may ask. */
static int probe(struct taskstats_client *client)
{
    int32_t self = getpid();
    struct taskstats_times times;
    int r = taskstats_ask(client, &self, 1, &times);

    if (r < 0)
        return r;
    return times.known ? 0 : -EPERM;
}

int taskstats_open(struct taskstats_client **client)
{
    struct taskstats_client *made = calloc(1, sizeof *made);
    int r;

    if (made == NULL)
        return -ENOMEM;
    made->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    r = made->fd < 0 ? -errno : find_family(made->fd, &made->family);
    if (r == 0)
        r = probe(made);
    if (r == 0)
        *client = made;
    else
        taskstats_close(made);
    return r;
}

void taskstats_close(struct taskstats_client *client)
{
    if (client == NULL)
        return;
    if (client->fd >= 0)
        close(client->fd);
    free(client);
}
