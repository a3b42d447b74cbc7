#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A site's own plugin that only fills columns into `process`: the guests view adds them up for each
# guest, without a change to kvmtop.  It is built here, from the public header alone.
set -euo pipefail

. "$(dirname "$0")/tui/lib.sh"
test_require
need "${TEST_CC%% *}" python3
guests=$top_srcdir/tests/fixtures/hosts/guests

cat >"$tui_dir/tariff.c" <<'END'
/* What a guest costs: so much an hour, and so much a MiB that it has written. */
#include <kvmtop/plugin.h>

#include <stdlib.h>

static const struct kvmtop_column columns[] = {
    { .name = "price", .title = "EUR/h", .help = "price of an hour", .unit = "EUR/h",
      .kind = KVMTOP_GAUGE, .aggregate = KVMTOP_SUM, .scale = 0.01, .precision = 2 },
    { .name = "cost", .title = "EUR/s", .help = "what it costs a second", .unit = "EUR/s",
      .kind = KVMTOP_COUNTER, .aggregate = KVMTOP_SUM, .precision = 1,
      .flags = KVMTOP_OPTIONAL | KVMTOP_COSTLY },
};

static const struct kvmtop_table tables[] = {
    { .name = "process", .columns = columns, .ncolumns = KVMTOP_COUNT(columns) },
};

static const char *const names[] = { "price", "cost", NULL };

static int fill(void *state, struct kvmtop_sample *sample)
{
    struct kvmtop_row row;

    while (sample->host->next(sample, &row)) {
        kvmtop_set_u64(&row, 0, row.id);
        if (row.id == 1020)
            sample->host->unknown(sample, 1, "no contract");
        else
            kvmtop_set_u64(&row, 1, row.id * ((sample->boottime - row.birth) / 1000000) / 1000);
    }
    return 0;
}

static const struct kvmtop_source sources[] = {
    { .table = "process", .columns = names, .flags = KVMTOP_FILL_GUESTS, .fill = fill },
};

KVMTOP_PLUGIN(tariff) = {
    KVMTOP_PLUGIN_HEAD, .name = "tariff", .version = "1", .license = "MIT",
    .summary = "what guests cost", .tables = tables, .ntables = KVMTOP_COUNT(tables),
    .sources = sources, .nsources = KVMTOP_COUNT(sources),
};
END

read -ra cc <<<"${TEST_CC:-cc}"
(umask 022 && mkdir "$tui_dir/plugins")
(umask 022 && "${cc[@]}" -std=gnu11 -fPIC -shared -I"$top_srcdir/include" \
    -o "$tui_dir/plugins/tariff.so" "$tui_dir/tariff.c")
printf '[core]\nplugins += tariff\n' >"$tui_dir/kvmtop.conf"

report()
{
    "$KVMTOP" -c "$tui_dir/kvmtop.conf" -P "$tui_dir/plugins" --root "$guests" -b -n 1 -o json "$@"
}

# Prints `vmid column column …` for each guest, and what is said of the columns.
words()
{
    python3 -c '
import json, sys
report = json.load(sys.stdin)
for row in report["rows"]:
    print(row["vmid"], *(row[column] for column in sys.argv[1:]))
print(*(line for line in report["warnings"] if line.split(":")[0] in sys.argv[1:]))' "$@"
}

equal 'prices and costs of guests' \
    '7 20 2000
100 10 1000
101 10.1 1010
102 10.2 None
103 10.3 1030
None 30 3000
cost: no contract' \
    "$(report -V guests --columns vmid,price,cost -s vmid:asc | words price cost)"
equal 'costly columns are not in every report' '' \
    "$(report -V guests | grep -o '"cost"' || true)"
equal 'others are' 6 "$(report -V guests | grep -o '"price":[0-9]' | wc -l)"
equal 'in the process view only guests have them' 6 \
    "$(report -V process --columns pid,price | grep -o '"price":[0-9]' | wc -l)"
equal 'the columns are listed' 2 \
    "$("$KVMTOP" -c "$tui_dir/kvmtop.conf" -P "$tui_dir/plugins" --list-columns guests |
        grep -c 'price of an hour\|what it costs a second')"
done_testing
