#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Very many rows: all of them are there, ten times as many take about ten times as many
# instructions, and after a burst of 5,000 processes the memory comes back.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# many ROWS: the arguments for a table with so many, made by the plugin in many.c.
many()
{
    printf '%s\n' '[core]' 'plugins = many' '[plugin many]' "rows = $1" >"$tui_dir/many$1.conf"
    echo "-P $tui_dir/plugins -c $tui_dir/many$1.conf"
}

# fleet GUESTS: the arguments for a recorded host with so many, of two threads each.
fleet()
{
    [ -d "$tui_dir/fleet$1" ] ||
        python3 "$top_srcdir/bench/fleet_host.py" "$tui_dir/fleet$1" "$1" 2 || return
    echo "-c $conf --root $tui_dir/fleet$1"
}

test_all_there()
{
    # shellcheck disable=SC2046
    check 'all rows' check_reports --count 2 --rows 100000 -- timeout 120 "$KVMTOP" \
        $(many 100000) -b -o json -n 2 -i 0.2 -l 0 -V tree
}

# --- growth

# instructions ARGUMENTS...: of kvmtop, in thousands.
instructions()
{
    timeout 300 valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
        "$KVMTOP" -b -o json -n 1 -i 0.1 "$@" 2>&1 >/dev/null |
        awk '/I *refs:/ { n = $NF; gsub(",", "", n); printf "%.0f\n", n / 1000 }'
}

# grows_linearly HOW A B C ARGUMENTS...: from B to C rows half as much again as from A to B, row by
# row, is allowed: sorting takes its logarithm.  With the square it would be about C / B as much.
grows_linearly()
{
    local how=$1 sizes=("${@:2:3}") n counts=()
    shift 4
    for n in "${sizes[@]}"; do
        # shellcheck disable=SC2046
        counts+=("$(instructions $($how "$n") "$@")")
    done
    echo "$how ${sizes[*]}, $*: ${counts[*]} thousand instructions"
    # shellcheck disable=SC2016
    check "growth of $how, $*" awk -v sizes="${sizes[*]}" -v counts="${counts[*]}" 'BEGIN {
        split(sizes, n, " "); split(counts, c, " ")
        exit !((c[3] - c[2]) / (n[3] - n[2]) < 1.5 * (c[2] - c[1]) / (n[2] - n[1])) }'
}

test_growth()
{
    local view
    if ! command -v valgrind >/dev/null; then
        echo 'left out: instructions are counted by valgrind'
        return
    fi
    for view in '-V many' '-V tree' '-V tree -s name -l 0' '-V many -f row -l 0'; do
        # shellcheck disable=SC2086
        grows_linearly many 1000 10000 100000 $view
    done
    [ "${KVMTOP_TEST_QUICK:-0}" != 1 ] || return 0
    for view in '-V tree' '-V guests' '-V network' '-V storage' '-V process -s vm'; do
        # shellcheck disable=SC2086
        grows_linearly fleet 20 100 500 $view
    done
}

# --- memory

# kilobytes PID: what it has in memory of its own.
kilobytes()
{
    awk '/^RssAnon:|^RssShmem:/ { n += $2 } END { print n }' "/proc/$1/status"
}

has_at_most()
{
    [ "$(kilobytes "$1")" -le "$2" ]
}

has_at_least()
{
    [ "$(kilobytes "$1")" -ge "$2" ]
}

# memory_returns ARGUMENTS...: four fifths of what a burst of processes takes.
memory_returns()
{
    local pid before most
    "$KVMTOP" -c "$conf" -b -o json -i 0.2 -l 50 "$@" >"$tui_dir/reports" &
    pid=$!
    until_true test -s "$tui_dir/reports"
    sleep 1
    before=$(kilobytes "$pid")
    mkfifo "$tui_dir/hold"
    "$tui_dir/storm" hold 5000 <"$tui_dir/hold" >"$tui_dir/held" &
    exec 3>"$tui_dir/hold"
    until_true grep -q ready "$tui_dir/held"
    until_true has_at_least "$pid" $((before + 1000)) || fail "a burst takes no memory ($*)"
    sleep 1
    most=$(kilobytes "$pid")
    exec 3>&-
    until_true has_at_most "$pid" $((before + (most - before) / 5)) || fail 'memory stays'
    echo "$before kB, with 5000 processes more $most kB, then $(kilobytes "$pid") kB ($*)"
    kill "$pid"
    wait
    rm "$tui_dir/hold" "$tui_dir/held" "$tui_dir/reports"
}

# Rows are moved together where a quarter of them or less is left.
test_memory()
{
    local sampler tasks view views='process tree'
    tasks=$(cut -d/ -f2 /proc/loadavg | cut -d' ' -f1)
    if [ "$tasks" -gt 1500 ]; then
        echo "left out: a burst of 5000 is none on a host with $tasks tasks"
        return
    fi
    [ "${KVMTOP_TEST_QUICK:-0}" != 1 ] || views=tree
    for view in $views; do
        for sampler in "${samplers[@]}"; do
            # shellcheck disable=SC2086
            memory_returns -V $view $sampler
        done
    done
}

mkdir "$tui_dir/plugins"
build many.so -fPIC -shared -Wl,-z,defs
mv "$tui_dir/many.so" "$tui_dir/plugins"
chmod -R go-w "$tui_dir/plugins"
build storm -pthread
# shellcheck disable=SC2046
if "$KVMTOP" $(many 1) -V many --list-plugins | grep -q "this build can't load plugins"; then
    skip 'a static build loads no plugins'
fi
run_tests test_all_there test_growth test_memory
done_testing
