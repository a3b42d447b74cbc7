#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of details where there is much to tell: a guest of 300 vCPUs and 64 interfaces, which
# has its name in common with another; and a process that has ended.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tui_require
need python3
large=$tui_dir/large
PYTHONDONTWRITEBYTECODE=1 python3 "$top_srcdir/tests/fixtures/make_large.py" "$large"

twins()
{
    local report
    report=$("$KVMTOP" -c "$tui_dir/empty.conf" --root "$large" -b -n 1 -V guests -f 'vm=twin' \
        --columns vmid,vm,vcpus,vcpu%,steal%,rx_mbps)
    check 'the large one' grep -qE '^900 +twin +300 +50.0 +1.0 +12800.0$' <<<"$report"
    check 'the other of its name' grep -qE '^901 +twin +1 +50.0 +1.0 +-$' <<<"$report"
}

# One line each, in their order, from the first to the last.
page()
{
    start 80 24 --root "$large" -i 3600 -V guests -f 'vmid=900'
    wait_for 'Showing 1-1'
    keys Enter
    wait_line 1 'Details of 900 - twin (PID 10000)'
    wait_for 'vCPU 300'
    wait_for 'vCPU% 50.0'
    resize 80 500
    wait_for 'tap900i63 '
    lines 300 '^ CPU [0-9]+/KVM +0.0 +50.0 R +0.0 +1.0$'
    lines 64 '^ tap900i[0-9]+ +100.00 +50.00 '
    check 'their order' in_order
    resize 80 24
    wait_line 24 'ESCBack'
    keys End
    wait_for 'ifname=tap900i63'
    keys Home
    wait_line 2 'Identity'
}

fit()
{
    [ "$(screen | grep -cE "$2")" = "$1" ]
}

# lines N PATTERN: until so many lines of the screen fit.
lines()
{
    until_true fit "$1" "$2" || told_off "$(screen | grep -cE "$2") lines '$2', not $1"
}

in_order()
{
    screen | grep -oE '^ (CPU [0-9]+/KVM|tap900i[0-9]+) ' >"$tui_dir/order"
    sort -V "$tui_dir/order" | cmp -s - "$tui_dir/order"
}

# Nothing of the command line is lost in a narrow window.
narrow()
{
    start 40 10 --root "$top_srcdir/tests/fixtures/hosts/guests" -i 3600 -V guests
    wait_for 'Showing 1-'
    keys Enter
    wait_line 1 'Details of 100 - db'
    keys End
    wait_for ' -object memory-backend-ram,'
    wait_for '     id=mem-dimm0,size=1024M'
}

ended()
{
    sleep 1000 &
    local pid=$!
    start 80 24 -i 0.2 -f "pid=$pid"
    wait_for 'Showing 1-1'
    keys Enter
    wait_for 'open files'
    kill "$pid"
    wait "$pid" || true
    wait_for 'It has ended'
    keys Escape
    wait_line 1 'Processes'
}

# What is missing among the figures, and why; of a guest of which all is known there is no word.
unknown()
{
    start 100 70 --root "$pve" -i 3600 -V guests -f 'vmid=instance-00000002'
    wait_for 'Showing 1-1'
    keys Enter
    wait_for ' Unknown'
    wait_for ' vcpus, vcpu%, emu%, io%, vhost%, vcpu_cpu, steal%: the threads of some QEMUs bear no'
    wait_for 'exits, io_exits, halt_exits, irq_inj: debugfs is not mounted'
    start 100 100 --root "$top_srcdir/tests/fixtures/hosts/guests" -i 3600 -V guests -f 'vmid=100'
    wait_for 'Showing 1-1'
    keys Enter
    wait_for 'KVM since the guest began'
    ! on_screen 'bear no names' || fail 'its threads have names'
}

run_tests unknown twins page narrow ended
done_testing
