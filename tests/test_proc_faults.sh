#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Hosts whose /proc and /sys are not what they should be: nothing crashes, stalls or is made up;
# reports stay JSON, CSV and text that others can read.
set -euo pipefail

# shellcheck source=tui/lib.sh
. "$(dirname "$0")/tui/lib.sh"
test_require
need python3
export PYTHONDONTWRITEBYTECODE=1

tests=$(cd "$(dirname "$0")" && pwd)
host=$tui_dir/host
out=$tui_dir/out
err=$tui_dir/err

# a_host: a fresh copy of the recorded one, of three steps; its files are links, to be replaced
# and not written to.
a_host()
{
    [ -d "$tui_dir/kept" ] || cp -a "$pve" "$tui_dir/kept"
    rm -rf "$host"
    cp -a -l "$tui_dir/kept" "$host"
}

spoil()
{
    python3 "$tests/spoil_host.py" "$@"
}

# report FORMAT ARGUMENTS...: two reports of it, which can be read.
report()
{
    local format=$1 status=0
    shift
    timeout 20 "$KVMTOP" -c "$tui_dir/empty.conf" --root "$host" -b -n 2 -o "$format" "$@" \
        >"$out" 2>"$err" || status=$?
    equal "status of $what, $format $*" 0 "$status"
    equal "standard error of $what, $format $*" '' "$(cat "$err")"
    if [ "$format" = csv ]; then    # which says nothing of a report without rows
        check "$what, $format $*" read_csv <"$out"
    else
        check "$what, $format $*" python3 "$tests/read_report.py" "$format" <"$out"
    fi
}

read_csv()
{
    PYTHONPATH=$tests python3 -c 'import sys, unicodedata
from read_report import BIDI, read_csv
text = sys.stdin.buffer.read().decode()
read_csv(text)
for c in text:
    assert c in "\r\n" or unicodedata.category(c) != "Cc" and c not in BIDI, f"{c!r} stands raw"'
}

# cell ID COLUMN: of the row of this PID in the last report in JSON; `none` where there is no row.
cell()
{
    python3 -c 'import json, sys
rows = json.loads(sys.stdin.read().splitlines()[-1])["rows"]
print(*[repr(row[sys.argv[2]]) for row in rows if row["pid"] == int(sys.argv[1])] or ["none"])' \
        "$@" <"$out"
}

# is ID COLUMN VALUE
is()
{
    equal "$what: $2 of $1" "$3" "$(cell "$1" "$2")"
}

# --- every file in every wrong way

# In the second of three steps: figures come, fail, and come again.
test_every_file()
{
    local fault view
    for fault in $(spoil --list); do
        a_host
        spoil "$host/2" "$fault" '*'
        for view in tree network storage guests; do
            what="all files $fault"
            report json -V "$view"
        done
        report csv -V tree
        report text -V guests
    done
}

# From the beginning, one kind of file alone.
test_kinds()
{
    local fault kind
    for kind in stat status statm io schedstat cmdline comm cgroup dev diskstats mountinfo passwd; do
        for fault in scramble numbers line; do
            a_host
            spoil "$host" "$fault" "$kind"
            what="$kind $fault"
            report json -V tree
        done
    done
}

# --- what can't be read is unknown, never 0

test_unknown()
{
    local fault
    for fault in empty garbage absent nul; do
        a_host
        spoil "$host" "$fault" io statm
        what="io and statm $fault"
        report json
        is 1200 r_log None
        is 1200 w_mib None
        is 1200 res None
        is 1200 state "'S'"
        a_host
        spoil "$host" "$fault" stat
        what="stat $fault"
        report json
        [ $fault = absent ] || is 1200 cpu None
        [ $fault = absent ] || is 1200 state None
    done
    for fault in empty absent nul; do
        a_host
        spoil "$host" "$fault" cmdline
        what="cmdline $fault"
        report json
        is 1200 vmid None       # no guest without a command line
    done
}

# hidepid: other users' folders aren't there; or only their files can't be opened.
test_hidden()
{
    a_host
    rm -rf "$host"/[123]/proc/1200
    what='hidden processes'
    report json -V process
    is 1200 cpu none
    is 1 state "'S'"
    report json -V guests
    a_host
    rm -rf "$host"/[123]/proc/*[0-9]/
    what='no processes at all'
    report json
    equal "$what" '[]' "$(python3 -c 'import json, sys
print(json.loads(sys.stdin.readline())["rows"])' <"$out")"
    report csv
    report text
}

# Listed, and gone when it is opened.
test_vanishing()
{
    a_host
    for step in 1 2 3; do
        ln -s nothing "$host/$step/proc/7777"
        mkdir "$host/$step/proc/7778"
        rm -rf "$host/$step/proc/1200/task/1211"
        ln -s nothing "$host/$step/proc/1200/task/1211"
        rm -rf "$host/$step/sys/class/net/tap100i0"
        ln -s nothing "$host/$step/sys/class/net/tap100i0"
    done
    what='vanishing processes, threads and interfaces'
    report json -V tree
    is 7777 cpu none
    is 7778 cpu none
    report json -V network
}

# --- names

# process PID COMM: with this name, in all steps.
process()
{
    local step ticks=0
    for step in 1 2 3; do
        mkdir -p "$host/$step/proc/$1"
        ticks=$((ticks + 75))
        printf '%d (%s) S 1 0 0 0 0 0 0 0 0 0 %d 0 0 0 20 0 1 0 86390000 4096 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n' \
            "$1" "$2" $ticks >"$host/$step/proc/$1/stat"
        printf '%s\n' "$2" >"$host/$step/proc/$1/comm"
        printf '/bin/sh\0' >"$host/$step/proc/$1/cmdline"
        cp "$host/$step/proc/1/status" "$host/$step/proc/$1/status"
    done
}

test_names()
{
    local pid=8000 name
    a_host
    what='hostile names'
    while IFS= read -r name; do
        pid=$((pid + 1))
        # shellcheck disable=SC2059
        process $pid "$(printf "$name")"
    done <<'END'
a b
((
a) R 1 (b
) Z 9 9 9
a\nb) S
\033[31mred\033]0;title\007
\302\233 31m\342\200\256evil
\377\376\300\200
\340\244 \360\237\230\200
END
    report json -l 0
    for ((; pid > 8000; pid--)); do
        is $pid state "'S'"
        is $pid cpu 50
    done
    is 8002 comm "'(('"
    is 8003 comm "'a) R 1 (b'"
    is 8005 comm "'a\\nb) S'"
    is 8008 comm "'\\\\xff\\\\xfe\\\\xc0\\\\x80'"
    report csv -l 0
    report text -l 0 --columns pid,comm,command
    report text -l 0 -V tree
}

# An argv of a MiB, in one piece, in many, and of nothing.
test_long_argv()
{
    local step
    a_host
    process 9001 one
    process 9002 many
    process 9003 nothing
    process 9004 controls
    for step in 1 2 3; do
        head -c 1048576 /dev/zero | tr '\0' x >"$host/$step/proc/9001/cmdline"
        head -c 1048576 /dev/zero >"$host/$step/proc/9003/cmdline"
        python3 -c 'print("a\0" * 524288, end="")' >"$host/$step/proc/9002/cmdline"
        head -c 1048576 /dev/zero | tr '\0' '\033' >"$host/$step/proc/9004/cmdline"
    done
    what='an argv of a MiB'
    report json -l 0
    check 'the command line is cut' [ "$(wc -c <"$out")" -lt 4000000 ]
    is 9001 cpu 50
    is 9003 comm "'nothing'"
    report csv -l 0
    report text -l 0
    report json -l 0 -f 'command:aaaa'
    report json -l 0 -f '/x.*y/'
}

# --- the root itself

# wrong ROOT MESSAGE: refused with this line.
wrong()
{
    local status=0
    "$KVMTOP" -c "$tui_dir/empty.conf" --root "$1" -b -n 1 >"$out" 2>"$err" || status=$?
    equal "status with --root $1" 2 "$status"
    equal "--root $1" "kvmtop: $1: $2" "$(cat "$err")"
}

test_root()
{
    mkdir -p "$tui_dir/no_proc/sys" "$tui_dir/no_proc_in_step/1/sys"
    wrong "$tui_dir/no_proc" 'there is no proc folder in it'
    wrong "$tui_dir/no_proc_in_step" 'there is no proc folder in it'
    : >"$tui_dir/file"
    wrong "$tui_dir/file" 'Not a directory'
    wrong "$tui_dir/nowhere" 'No such file or directory'
    mkdir -p "$tui_dir/proc_is_a_file"
    : >"$tui_dir/proc_is_a_file/proc"
    wrong "$tui_dir/proc_is_a_file" 'Not a directory'
    what='a host of an empty proc'
    rm -rf "$host"
    mkdir -p "$host/1/proc" "$host/2/proc" "$host/3/proc"
    echo 1000000000 >"$host/1/clock"
    echo 2000000000 >"$host/2/clock"
    echo 3000000000 >"$host/3/clock"
    report json
    report csv -V network
    report text -V storage
}

# Clocks that stand still, go back, or are none: no rates, and no nonsense.
test_clock()
{
    local clock
    for clock in 0 -1 1 99999999999999999999999 x ''; do
        a_host
        rm "$host/3/clock"
        echo "$clock" >"$host/3/clock"
        what="a clock of '$clock'"
        timeout 20 "$KVMTOP" -c "$tui_dir/empty.conf" --root "$host" -b -n 2 -o json >"$out" 2>"$err" ||
            fail "status of $what"
        equal "standard error of $what" '' "$(cat "$err")"
        is 1200 cpu None
        check "the interval of $what" python3 -c 'import json, sys
assert 0 <= json.loads(sys.stdin.read().splitlines()[-1])["interval"] < 1e6' <"$out"
    done
}

[ "${KVMTOP_TEST_QUICK:-0}" = 1 ] || run_tests test_every_file test_kinds
run_tests test_unknown test_hidden test_vanishing test_names \
    test_long_argv test_root test_clock
done_testing
