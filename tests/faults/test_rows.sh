#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Very many rows: all of them are there, and ten times as many cost about ten times as much.  After
# a burst of 5,000 processes the memory comes back.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
need python3
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

reports=$tui_dir/reports

# many ROWS ARGUMENTS...: reports of a table with so many.
many()
{
    printf '%s\n' '[core]' 'plugins = many' '[plugin many]' "rows = $1" >"$tui_dir/many.conf"
    shift
    timeout 120 "$KVMTOP" -P "$tui_dir/plugins" -c "$tui_dir/many.conf" -b -o json "$@" >"$reports"
}

# cost: the least CPU time of a refresh in the reports, ms, without writing them.
cost()
{
    python3 -c 'import json, sys
print("%.1f" % min(sum(v for k, v in json.loads(line)["self"].items()
                       if k.endswith("_ms") and k != "render_ms") for line in sys.stdin))' <"$reports"
}

# grows_linearly ARGUMENTS...: ten times the rows take up to 40 times, as they don't fit into the
# processor's caches; with the square it would be 100 times.
grows_linearly()
{
    local few plenty
    many 20000 -n 3 -i 0.2 -l 50 "$@"
    few=$(cost)
    many 200000 -n 3 -i 0.2 -l 50 "$@"
    plenty=$(cost)
    echo "20000 rows: $few ms, 200000: $plenty ms ($*)"
    check "200000 rows take $plenty ms, 20000 take $few ms ($*)" \
        awk -v few="$few" -v plenty="$plenty" 'BEGIN { exit !(plenty < 40 * few) }'
}

test_all_there()
{
    many 100000 -n 2 -i 0.2 -l 0 -V tree
    check 'all rows' check_reports --count 2 --rows 100000 "$reports"
}

test_linear()
{
    grows_linearly -V many
    grows_linearly -V tree
    grows_linearly -V tree -s name
    grows_linearly -V many -f 'row 7'
}

# --- memory

resident()
{
    awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"
}

# resident_below PID KB
resident_below()
{
    [ "$(resident "$1")" -le "$2" ]
}

# hold NAME COUNT: sleeping processes, until the write end (descriptor $held) is closed.
hold()
{
    mkfifo "$tui_dir/$1"
    "$tui_dir/storm" hold "$2" <"$tui_dir/$1" >"$tui_dir/$1.ready" &
    exec {held}>"$tui_dir/$1"
    until_true grep -q ready "$tui_dir/$1.ready"
}

# memory_returns ARGUMENTS...: to what it was, and a fifth.
memory_returns()
{
    local some burst pid before at
    hold some 2000
    some=$held
    "$KVMTOP" -c "$conf" -b -o json -i 0.2 -l 50 "$@" >/dev/null &
    pid=$!
    sleep 1.5
    before=$(resident "$pid")
    hold burst 5000
    burst=$held
    sleep 1.5
    at=$(resident "$pid")
    exec {burst}>&-
    if ! until_true resident_below "$pid" $((before * 6 / 5)); then
        fail "resident: $before kB, with 5000 processes more $at kB, after them $(resident "$pid")"
    fi
    echo "resident: $before kB, with 5000 processes more $at kB, after them $(resident "$pid") ($*)"
    kill "$pid"
    exec {some}>&-
    wait
    rm -f "$tui_dir"/some* "$tui_dir"/burst*
}

# Processes of others would count too: in a PID namespace of its own there are none.
test_memory()
{
    export -f memory_returns hold resident resident_below until_true fail
    # shellcheck disable=SC2031
    export KVMTOP conf tui_dir tui_patience tui_failures
    if [ "$(id -u)" != 0 ] || ! unshare --pid --fork --mount-proc true; then
        echo 'left out: a PID namespace (root)'
        return
    fi
    for view in process tree; do
        check "memory of the view $view" unshare --pid --fork --mount-proc \
            bash -c "memory_returns -V $view; [ \$tui_failures -eq 0 ]"
    done
}

mkdir "$tui_dir/plugins"
build many.so -fPIC -shared -Wl,-z,defs
mv "$tui_dir/many.so" "$tui_dir/plugins"
chmod -R go-w "$tui_dir/plugins"
build storm -pthread
run_tests test_all_there test_linear test_memory
done_testing
