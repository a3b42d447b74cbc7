#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Processes come and go, as many as the machine makes, while they are sampled ten times a second:
# every report comes in time and tells nothing that can't be.  By every way of sampling there is
# here; then where PIDs are few, so that each is soon used again.
# Environment: KVMTOP_STORM_SECONDS, how long it blows (20; 3 with KVMTOP_TEST_QUICK).
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
need python3 timeout
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ "${KVMTOP_TEST_QUICK:-0}" = 1 ]; then
    seconds=3
else
    seconds=${KVMTOP_STORM_SECONDS:-20}
fi
build storm -pthread

# watch SECONDS CHECKS ARGUMENTS...: kvmtop's reports for so long, checked as they come.
watch()
{
    local reports=$(($1 * 10)) checks=$2
    shift 2
    # shellcheck disable=SC2086
    timeout $((seconds * 3 + 30)) "$KVMTOP" -c "$conf" -b -o json -i 0.1 -l 0 -n "$reports" "$@" |
        check_reports --interval 0.1 --count "$reports" $checks
}

# The tree has every thread; with -l 0 every row is in the report.
in_the_storm()
{
    in_background 'tree' watch "$seconds" '' -V tree
    in_background 'tree without bpf' watch "$seconds" '' -V tree --without bpf
    timeout $((seconds * 3 + 30)) "$tui_dir/storm" "$seconds"
    wait_all
}

# Since Linux 6.14 a PID namespace has a pid_max of its own; before, it would be the machine's.
pid_max_is_own()
{
    local major minor
    IFS=.- read -r major minor _ <<<"$(uname -r)"
    [ "$major" -gt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -ge 14 ]; }
}

among_few_pids()
{
    if [ "$(id -u)" != 0 ] || ! pid_max_is_own || ! unshare --pid --fork --mount-proc true; then
        echo 'left out: a PID namespace with a pid_max of its own (root, Linux 6.14)'
        return
    fi
    export -f watch check_reports
    export KVMTOP conf faults seconds tui_dir
    # shellcheck disable=SC2016
    unshare --pid --fork --mount-proc bash -c '
        echo 400 >/proc/sys/kernel/pid_max || exit
        "$tui_dir/storm" 4 &
        watch 3 --reused -V process -s pid'
}

in_the_storm
check 'PIDs used again' among_few_pids
done_testing
