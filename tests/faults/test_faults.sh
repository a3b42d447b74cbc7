#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that can't be opened or read, memory and descriptors that run out, answers of the kernel
# that are lost, cut short or garbled: kvmtop goes on with what it has, says what is missing, and
# no report comes late.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
need python3 timeout prlimit
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

at_once=8                       # programs run side by side: they mostly wait

# --- faults in calls (inject.c)

# faulty RULE ARGUMENTS...: reports while that goes wrong, checked as they come.
faulty()
{
    local rule=$1
    shift
    timeout 30 env "INJECT=$rule" "LD_PRELOAD=$tui_dir/inject.so" \
        "$KVMTOP" -c "$conf" -b -o json -i 0.1 -n 8 "$@" |
        check_reports --interval 0.1 --slack 0.7 --count 8
}

# each_rule "ARGUMENTS" RULE...
each_rule()
{
    local arguments rule
    read -ra arguments <<<"$1"
    shift
    for rule; do
        in_background "$rule ${arguments[*]}" faulty "$rule" "${arguments[@]}"
        [ "${#background[@]}" -lt "$at_once" ] || wait_all
    done
}

# Each third of them, say: some tasks have gone, or nothing is to be had for a moment.
file_rules='openat:ESRCH:3:plugins/ openat:EMFILE:7:plugins/ openat:ENFILE:+40 openat:EACCES:2:plugins/
    read:ESRCH:3:plugins/ read:EIO:5:plugins/ read:EINTR:2:plugins/ read:short:3:plugins/
    read:garbage:3:plugins/ readdir:EIO:7 readdir:EIO:+40 malloc:ENOMEM:7:plugins/'
netlink_rules='recv:ENOBUFS:2 recv:ENOBUFS:5 recv:ENOMEM:3 recv:EINTR:2 recv:short:2 recv:short:5
    recv:garbage:2 recv:garbage:5 recv:lost:2 recv:lost:5 recv:lost:+9'

test_files()
{
    local view
    for view in '-V tree' '-V tree --without bpf' '-V storage'; do
        # shellcheck disable=SC2086
        each_rule "$view" $file_rules
    done
    wait_all
}

# taskstats(7) by the process view without BPF, rtnetlink(7) by the network view
test_netlink()
{
    local view
    for view in '-V process --without bpf' '-V network'; do
        # shellcheck disable=SC2086
        each_rule "$view" $netlink_rules
    done
    wait_all
}

# Of an answer cut short nothing may be missing without a word: among 40 interfaces.
test_truncated()
{
    if [ "$(id -u)" != 0 ] || ! unshare --net ip link add x type veth peer name y; then
        echo 'left out: interfaces in a network namespace (root, veth)'
        return
    fi
    # shellcheck disable=SC2016
    unshare --net bash -c '
        for i in {1..20}; do
            echo "link add x$i type veth peer name y$i"
        done | ip -batch -
        for n in 2 3 5 7 11; do
            INJECT=recv:short:$n LD_PRELOAD=$tui_dir/inject.so timeout 60 "$KVMTOP" -c "$conf" \
                -b -o json -i 0.1 -n 15 -l 0 -V network >"$tui_dir/cut$n"
        done'
    check 'of 40 interfaces' check_reports --count 15 --rows 40 "$tui_dir"/cut*
}

# --- memory

# without_memory WHEN: reports of the recorded host while plugins get none then.
without_memory()
{
    status=0
    INJECT=malloc:ENOMEM:$1:plugins/ LD_PRELOAD=$tui_dir/inject.so timeout 10 "$KVMTOP" \
        -c "$conf" --root "$pve" -b -n 2 -o json -V tree >"$tui_dir/out" 2>"$tui_dir/err" ||
        status=$?
}

# Every single allocation of a plugin fails once; then it and all after it.
test_plugins_memory()
{
    local n last status
    INJECT_COUNT=$tui_dir/count without_memory =1000000
    last=$(cat "$tui_dir/count")
    [ "$last" -gt 20 ] || fail "only $last allocations by plugins"
    for n in $(seq -f '=%.0f' "$last") $(seq -f '+%.0f' "$last"); do
        without_memory "$n"
        [ -s "$tui_dir/err" ] || [ $status -eq 0 ] || fail "$n: status $status, silently"
        [ $status -eq 0 ] || [ $status -eq 2 ] || fail "$n: status $status, $(cat "$tui_dir/err")"
        [ ! -s "$tui_dir/out" ] || mv "$tui_dir/out" "$tui_dir/memory$n"
    done
    check 'reports without memory' check_reports "$tui_dir"/memory*
    echo "$last allocations by plugins"
}

# The core can't do without: it says so, and nothing else ends it.
test_address_space()
{
    local megabytes status
    for megabytes in {3..12} 15 20 30 50; do
        status=0
        (
            exec timeout 20 prlimit --core=0 --as=$((megabytes * 1000000)) "$KVMTOP" \
                -c "$conf" -b -i 0.1 -n 1 -o json -V tree >"$tui_dir/out" 2>"$tui_dir/err"
        ) 2>/dev/null || status=$?
        case $status in
        0) check "in $megabytes MB" check_reports "$tui_dir/out" ;;
        2 | 127) check "in $megabytes MB, no reason" test -s "$tui_dir/err" ;;
        134) check "in $megabytes MB" grep -q 'out of memory' "$tui_dir/err" ;;
        *) fail "in $megabytes MB: status $status, $(cat "$tui_dir/err")" ;;
        esac
    done
}

# --- descriptors

# with_descriptors N: what comes of so many.
with_descriptors()
{
    status=0
    (
        ulimit -n "$1"
        exec timeout 20 "$KVMTOP" -c "$conf" -b -i 0.1 -n 2 -o json -V tree
    ) >"$tui_dir/out" 2>"$tui_dir/err" || status=$?
}

test_descriptors()
{
    local n status
    for n in {4..16} 20 24 32; do
        with_descriptors "$n"
        case $status in
        0) check "with $n descriptors" check_reports "$tui_dir/out" ;;
        [12] | 12[67]) check "with $n descriptors, no reason" test -s "$tui_dir/err" ;;
        *) fail "with $n descriptors: status $status, $(cat "$tui_dir/err")" ;;
        esac
        # That would be a reason, but not the true one.
        check "with $n descriptors" not grep -q '"warnings":.*CONFIG_' "$tui_dir/out"
    done
    with_descriptors 64
    equal 'status with 64 descriptors' 0 "$status"
}

not()
{
    ! "$@"
}

build inject.so -fPIC -shared -ldl
if ! LD_PRELOAD=$tui_dir/inject.so INJECT=recv:EIO:1 true; then
    skip 'no calls can be taken from this libc'
fi
export KVMTOP conf tui_dir
run_tests test_files test_netlink test_truncated test_plugins_memory test_address_space \
    test_descriptors
done_testing
