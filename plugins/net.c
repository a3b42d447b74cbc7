/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Table `network`: the host's network interfaces, those of guests in other network namespaces,
 * and which guest each belongs to.  The figures speak for the host: what it receives on a tap,
 * the guest has sent.
 */
#include <kvmtop/plugin.h>

#include "lib/vmm_files.h"
#include "net/claims.h"
#include "net/foreign.h"
#include "net/ifaces.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_HOST, KIND_FOREIGN }; /* kinds of rows: by index, by namespace and name */

struct net {
    const struct kvmtop_host *host;
    struct ifaces ifaces;
    struct foreign foreign;
    struct net_evidence evidence;
    /* The round of collect under way. */
    bool busy;                  /* the host's own interfaces have their rows */
    uint64_t now;
};

/* ---- the table ---- */

/* In the order of source_columns. */
enum {
    COL_IFACE,
    COL_STATE,
    COL_SPEED,
    COL_COUNTERS,               /* the first of them, in the order of enum netdev_counter */
};

static const char *const source_columns[] = {
    "iface",   "state",  "speed",  "rx_mbps", "tx_mbps", "rx_pkts",
    "tx_pkts", "rx_err", "tx_err", "rx_drop", "tx_drop", NULL,
};

#define BYTES_TO_MEGABITS 8e-6

static const struct kvmtop_column columns[] = {
    {
        .name = "iface",
        .title = "IFACE",
        .group = "Identity",
        .help = "Interface; NAME@NAMESPACE where a guest's is in another network namespace",
        .kind = KVMTOP_TEXT,
        .width = 15,
        .digit = 3,
        .importance = 100,
        .flags = KVMTOP_IDENTITY,
    },
    {
        .name = "state",
        .title = "STATE",
        .group = "Identity",
        .help = "Operational state: UP, DOWN, or unknown where the driver does not say (taps)",
        .kind = KVMTOP_TEXT,
        .width = 7,
        .digit = 4,
        .importance = 50,
    },
    {
        .name = "speed",
        .title = "SPEED",
        .group = "Identity",
        .help = "Speed of the link in Mbit/s (/sys/class/net/*/speed); none of a tap",
        .unit = "Mbit/s",
        .kind = KVMTOP_GAUGE,
        .width = 6,
        .digit = 5,
        .importance = 30,
    },
    {
        .name = "rx_mbps",
        .title = "RX_Mbps",
        .group = "Network",
        .help = "Received, in megabits a second (on a tap the host receives what the guest sends)",
        .unit = "Mbit/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 9,
        .digit = 1,
        .importance = 90,
        .scale = BYTES_TO_MEGABITS,
        .mirror = "tx_mbps",
        .flags = KVMTOP_HISTORY,
    },
    {
        .name = "tx_mbps",
        .title = "TX_Mbps",
        .group = "Network",
        .help = "Transmitted, in megabits a second",
        .unit = "Mbit/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 2,
        .width = 9,
        .digit = 2,
        .importance = 95,
        .scale = BYTES_TO_MEGABITS,
        .mirror = "rx_mbps",
        .flags = KVMTOP_HISTORY,
    },
    {
        .name = "rx_pkts",
        .title = "RX_Pkts",
        .group = "Network",
        .help = "Packets received a second",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 8,
        .digit = 6,
        .importance = 70,
        .mirror = "tx_pkts",
    },
    {
        .name = "tx_pkts",
        .title = "TX_Pkts",
        .group = "Network",
        .help = "Packets transmitted a second",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .width = 8,
        .digit = 7,
        .importance = 70,
        .mirror = "rx_pkts",
    },
    {
        .name = "rx_err",
        .title = "RX_Err",
        .group = "Network",
        .help = "Bad packets received a second",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 1,
        .width = 6,
        .digit = 8,
        .importance = 60,
        .mirror = "tx_err",
        .warn = 0.001,
    },
    {
        .name = "tx_err",
        .title = "TX_Err",
        .group = "Network",
        .help = "Packets a second that could not be transmitted",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 1,
        .width = 6,
        .digit = 9,
        .importance = 60,
        .mirror = "rx_err",
        .warn = 0.001,
    },
    {
        .name = "rx_drop",
        .title = "RX_Drop",
        .group = "Network",
        .help = "Packets a second received and dropped for want of room or a taker",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 1,
        .width = 7,
        .importance = 40,
        .flags = KVMTOP_OPTIONAL,
        .mirror = "tx_drop",
    },
    {
        .name = "tx_drop",
        .title = "TX_Drop",
        .group = "Network",
        .help = "Packets a second dropped on the way out; on a tap: the guest does not fetch them",
        .unit = "1/s",
        .kind = KVMTOP_COUNTER,
        .aggregate = KVMTOP_SUM,
        .precision = 1,
        .width = 7,
        .importance = 40,
        .flags = KVMTOP_OPTIONAL,
        .mirror = "rx_drop",
    },
};

static const struct kvmtop_table tables[] = {
    {
        .name = "network",
        .title = "Network",
        .sort = "tx_mbps",
        .columns = columns,
        .ncolumns = KVMTOP_COUNT(columns),
        .iface = "iface",
        .side = "host's side",
        .mirror_side = "guest's side",
        .hotkey = 'n',
    },
};

/* ---- rows ---- */

struct round {
    struct net *net;
    struct kvmtop_sample *sample;
    bool any;                   /* there was a row */
};

static bool fits_one(const char *patterns, const char *name)
{
    char pattern[64];

    while (*(patterns += strspn(patterns, " \t")) != '\0') {
        size_t len = strcspn(patterns, " \t");
        if (len < sizeof pattern) {
            memcpy(pattern, patterns, len);
            pattern[len] = '\0';
            if (fnmatch(pattern, name, 0) == 0)
                return true;
        }
        patterns += len;
    }
    return false;
}

static bool is_hidden(const struct kvmtop_host *host, const char *name)
{
    const char *patterns;

    for (size_t i = 0; (patterns = host->option(host, "hide", i)) != NULL; i++) {
        if (fits_one(patterns, name))
            return true;
    }
    return false;
}

/* Does the host count from its end of a cable whose other end is in a guest? */
static bool is_mirrored(const struct iface *iface)
{
    switch (iface->driver) {
    case IFACE_TAP:
        return true;
    case IFACE_UNKNOWN:
        return iface_name_is_tap(iface->name) || (iface->named && iface->guest.port);
    case IFACE_OTHER:           /* a container's veth */
        return iface->named && iface->guest.port;
    default:
        return false;
    }
}

/* A VMM opens taps, and macvtaps. */
static bool is_unclaimed(const struct iface *iface)
{
    return iface->driver == IFACE_OTHER || iface->driver == IFACE_TUN;
}

static void set_text(struct kvmtop_sample *sample, const struct kvmtop_row *row, unsigned column,
                     const char *text)
{
    sample->host->text(sample, row, column, text, strlen(text));
}

static void set_counters(const struct kvmtop_row *row, const struct netdev_counters *counters)
{
    for (unsigned i = 0; i < NETDEV_COUNTERS; i++)
        kvmtop_set_u64(row, COL_COUNTERS + i, counters->value[i]);
}

static uint32_t flags_of(const struct net *net, struct iface *iface)
{
    if (!iface->classified) {
        iface->hidden = is_hidden(net->host, iface->name);
        iface->mirrored = is_mirrored(iface);
        iface->classified = true;
    }
    /* What passes a firewall's bridge has passed the guest's own interface. */
    bool between = iface->named && !iface->guest.port;

    return (iface->hidden ? KVMTOP_ROW_HIDDEN : 0u) |
           (iface->mirrored ? KVMTOP_ROW_MIRRORED : 0u) |
           (is_unclaimed(iface) ? KVMTOP_ROW_UNCLAIMED : 0u) |
           (between ? KVMTOP_ROW_UNCOUNTED : 0u);
}

static void make_row(struct net *net, struct kvmtop_sample *sample, struct iface *iface)
{
    struct kvmtop_row row;

    if (!net->host->row(sample, KIND_HOST, iface->id, 0, 0, &row))
        return;
    set_text(sample, &row, COL_IFACE, iface->name);
    if (iface->state != NULL)
        set_text(sample, &row, COL_STATE, iface->state);
    if (iface->speed > 0)
        kvmtop_set_u64(&row, COL_SPEED, iface->speed);
    if (iface->round == net->ifaces.round)
        set_counters(&row, &iface->counters);
    *row.flags |= flags_of(net, iface);
    if (iface->named)
        net->host->hint(sample, &row, iface->guest.platform, iface->guest.id);
}

/* Of interfaces in other namespaces /proc/PID/net/dev tells counters alone. */
static void tell_foreign(const struct net *net, struct kvmtop_sample *sample)
{
    static const char reason[] = "of interfaces in other network namespaces only counters are told";

    net->host->unknown(sample, COL_STATE, reason);
    net->host->unknown(sample, COL_SPEED, reason);
}

static void make_foreign_row(void *arg, uint64_t id, const char *name,
                             const struct netdev_counters *counters)
{
    struct round *round = arg;
    struct kvmtop_row row;

    if (!round->net->host->row(round->sample, KIND_FOREIGN, id, 0, 0, &row))
        return;
    set_text(round->sample, &row, COL_IFACE, name);
    set_counters(&row, counters);
    *row.flags |= KVMTOP_ROW_MIRRORED;
    round->any = true;
}

static int fail(const struct net *net, int err)
{
    return net->host->fail(net->host, err, "cannot read the network interfaces%s: %s",
                           net->ifaces.refused != 0 ? " (rtnetlink refuses to tell)" : "",
                           strerror(-err));
}

static bool lacks_state(const struct ifaces *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->all[i]->state == NULL)
            return true;
    }
    return false;
}

/* Where rtnetlink is refused the rest comes from sysfs, which a sandbox may hide, too. */
static void tell_refused(const struct net *net, struct kvmtop_sample *sample)
{
    char reason[160];

    if (net->ifaces.refused == 0 || !lacks_state(&net->ifaces))
        return;
    snprintf(reason, sizeof reason, "not in /sys/class/net, and rtnetlink refuses to tell: %s",
             strerror(-net->ifaces.refused));
    net->host->unknown(sample, COL_STATE, reason);
    net->host->unknown(sample, COL_SPEED, reason);
}

/* 0, KVMTOP_MORE or -errno, as collect. */
static int collect_own(struct net *net, struct kvmtop_sample *sample)
{
    int err = ifaces_refresh(&net->ifaces, net->host, sample->deadline);

    if (err < 0)
        return fail(net, err);
    if (err == KVMTOP_MORE)
        return err;
    for (size_t i = 0; i < net->ifaces.count; i++)
        make_row(net, sample, net->ifaces.all[i]);
    tell_refused(net, sample);
    return 0;
}

static int collect_foreign(struct net *net, struct kvmtop_sample *sample)
{
    struct round round = { .net = net, .sample = sample };
    int err = foreign_read(&net->foreign, net->host, sample->deadline);

    if (err == 0)
        foreign_each(&net->foreign, make_foreign_row, &round);
    if (round.any)
        tell_foreign(net, sample);
    return err;
}

static int collect(void *state, struct kvmtop_sample *sample)
{
    struct net *net = state;
    int err;

    if (!net->busy || net->now != sample->now) {
        net->busy = false;
        err = collect_own(net, sample);
        if (err != 0)
            return err;
        foreign_begin(&net->foreign);
        net->now = sample->now;
    }
    err = collect_foreign(net, sample);
    net->busy = err == KVMTOP_MORE;
    return err;
}

static const struct kvmtop_source sources[] = {
    { .table = "network", .columns = source_columns, .collect = collect },
};

/* ---- the guests' ---- */

static int claims_open(void *state, const struct kvmtop_process *process,
                       struct kvmtop_claims *claims)
{
    struct net *net = state;

    foreign_purge(&net->foreign, net->host->dir(net->host, KVMTOP_DIR_PROC));
    int err = net_claims_open(&net->evidence, process, claims);
    return err == -EACCES ? net->host->fail(net->host, err, VMM_FILES_REFUSED, "interfaces")
                          : err;
}

static int claims_named(void *state, const struct kvmtop_process *process,
                        struct kvmtop_claims *claims)
{
    struct net *net = state;

    return net_claims_named(&net->evidence, process, claims);
}

static int claims_addressed(void *state, const struct kvmtop_process *process,
                            struct kvmtop_claims *claims)
{
    struct net *net = state;

    return net_claims_addressed(&net->evidence, process, claims);
}

/* The first who claims an interface gets it, so the best evidence comes first. */
static const struct kvmtop_resolver resolvers[] = {
    { .name = "net", .rank = 500, .flags = KVMTOP_NO_BLOCKS, .claims = claims_open },
    { .name = "net_args", .rank = 510, .flags = KVMTOP_NO_BLOCKS, .claims = claims_named },
    { .name = "net_mac", .rank = 520, .flags = KVMTOP_NO_BLOCKS, .claims = claims_addressed },
};

/* ---- the plugin ---- */

static const struct kvmtop_option options[] = {
    {
        .name = "hide",
        .help = "interfaces not shown before the key h: names or patterns with *, ? and [], blanks "
                "between them",
        .value = "lo fw*",
        .type = KVMTOP_OPTION_STRING,
        .repeatable = true,
    },
};

static int open_net(const struct kvmtop_host *host, void **state)
{
    struct net *net = calloc(1, sizeof *net);

    if (net == NULL || ifaces_open(&net->ifaces, host->live) < 0) {
        free(net);
        return host->fail(host, -ENOMEM, "no memory");
    }
    net->host = host;
    net->evidence = (struct net_evidence){
        .host = host, .ifaces = &net->ifaces, .foreign = &net->foreign,
    };
    *state = net;
    return 0;
}

static void close_net(void *state)
{
    struct net *net = state;

    ifaces_close(&net->ifaces);
    foreign_free(&net->foreign);
    free(net);
}

KVMTOP_PLUGIN(net) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "net",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "network interfaces and the guests that they belong to",
    .options = options,
    .noptions = KVMTOP_COUNT(options),
    .tables = tables,
    .ntables = KVMTOP_COUNT(tables),
    .sources = sources,
    .nsources = KVMTOP_COUNT(sources),
    .resolvers = resolvers,
    .nresolvers = KVMTOP_COUNT(resolvers),
    .open = open_net,
    .close = close_net,
};
