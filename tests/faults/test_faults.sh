#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that can't be opened or read, memory and descriptors that run out, answers of the kernel
# that are lost, cut short or garbled, BPF that is lost on the way: kvmtop goes on with what it has,
# says what is missing, and no report comes late.  With KVMTOP_TEST_QUICK a part of them.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need prlimit

at_once=4                       # programs run side by side: they mostly wait
quick=${KVMTOP_TEST_QUICK:-0}

# --- faults in calls (inject.c)

# faulty RULE ARGUMENTS...: kvmtop while that goes wrong.
faulty()
{
    timeout 60 env "INJECT=$1" "LD_PRELOAD=$tui_dir/inject.so" "$KVMTOP" -b -o json -i 0.1 "${@:2}"
}

# checked OPTIONS RULE ARGUMENTS...: its reports, as they come.
checked()
{
    # shellcheck disable=SC2086
    check_reports --interval 0.1 --count 8 $1 -- timeout 60 env "INJECT=$2" \
        "LD_PRELOAD=$tui_dir/inject.so" "$KVMTOP" -b -o json -i 0.1 -n 8 "${@:3}"
}

# each_rule "ARGUMENTS" RULE...
each_rule()
{
    local arguments rule
    read -ra arguments <<<"$1"
    shift
    for rule; do
        in_background "$rule ${arguments[*]}" checked '' "$rule" -c "$conf" "${arguments[@]}"
        [ "${#background[@]}" -lt "$at_once" ] || wait_all
    done
    wait_all
}

# Each third of them, say: some tasks have gone, or nothing is to be had for a moment.
file_rules='openat:EMFILE:7:plugins/ openat:ENFILE:+40 read:short:3:plugins/ read:ESRCH:3:plugins/'
more_file_rules='openat:ESRCH:3:plugins/ openat:EACCES:2:plugins/ read:EIO:5:plugins/
    read:EINTR:2:plugins/ read:garbage:3:plugins/ readdir:EIO:7 readdir:EIO:+40
    malloc:ENOMEM:7:plugins/'
netlink_rules='recv:ENOBUFS:2 recv:short:5 recv:lost:2'
more_netlink_rules='recv:ENOBUFS:5 recv:ENOMEM:3 recv:EINTR:2 recv:short:2 recv:garbage:2
    recv:garbage:5 recv:lost:5 recv:lost:+9'
if [ "$quick" != 1 ]; then
    file_rules+=" $more_file_rules"
    netlink_rules+=" $more_netlink_rules"
fi

test_files()
{
    local view
    for view in "${samplers[@]/#/-V tree }" '-V storage'; do
        # shellcheck disable=SC2086
        each_rule "$view" $file_rules
    done
}

# taskstats by the process view without BPF, rtnetlink(7) by the network view
test_netlink()
{
    local view
    for view in '-V process --without bpf' '-V network'; do
        # shellcheck disable=SC2086
        each_rule "$view" $netlink_rules
    done
}

# Of an answer cut short nothing may be missing without a word: among 40 interfaces, and none of
# guests elsewhere.
test_truncated()
{
    if [ "$(id -u)" != 0 ] || ! unshare --net ip link add x type veth peer name y; then
        echo 'left out: interfaces in a network namespace (root, veth)'
        return
    fi
    export -f faulty
    # shellcheck disable=SC2016
    unshare --net bash -c '
        for i in {1..20}; do
            echo "link add x$i type veth peer name y$i"
        done | ip -batch -
        for n in 2 3 5 7 11; do
            faulty "recv:short:$n" -c "$conf" -n 8 -l 0 -V network -p $$ >"$tui_dir/cut$n"
        done'
    check 'of 40 interfaces' check_reports --count 8 --rows 40 --files "$tui_dir"/cut*
}

# --- BPF

# count CALL:EFFECT PLACE ARGUMENTS...: how many such calls there are in eight reports.
count()
{
    INJECT_COUNT=$tui_dir/count faulty "$1:=1000000:$2" -n 8 "${@:3}" >/dev/null
    cat "$tui_dir/count"
}

# loses_bpf WAY CALL:EFFECT PLACE: half way of eight reports of processes that stay.
loses_bpf()
{
    local half
    printf '%s\n' '[plugin bpf]' "way = $1" >"$tui_dir/$1.conf"
    "$KVMTOP" -c "$tui_dir/$1.conf" --list-plugins >"$tui_dir/plugins"
    if ! grep -q '^bpf .*collects process' "$tui_dir/plugins"; then
        echo "left out: way = $1: $(grep '^bpf ' "$tui_dir/plugins")"
        return
    fi
    half=$(($(count "$2" "$3" -c "$tui_dir/$1.conf") / 2))
    checked '--falls-back bpf' "$2:+$half:$3" -c "$tui_dir/$1.conf" -V tree -p "1,$$,$PPID"
}

# The next sampler makes the same report; what it counts stands elsewhere, so there are no rates.
test_loss_of_bpf()
{
    check 'loss of the walk' loses_bpf walk bpf:EPERM libbpf
    check 'loss of the iterator' loses_bpf iter read:EIO bpf.so
}

# --- memory

# without_memory WHEN: reports of the recorded host while plugins get none then.
without_memory()
{
    status=0
    faulty "malloc:ENOMEM:$1:plugins/" -c "$conf" --root "$pve" -n 2 -V tree \
        >"$tui_dir/out" 2>"$tui_dir/err" || status=$?
}

# Every single allocation of a plugin fails once; then it and all after it.
test_plugins_memory()
{
    local n last step=1 status
    INJECT_COUNT=$tui_dir/count without_memory '=1000000'
    last=$(cat "$tui_dir/count")
    [ "$last" -gt 20 ] || fail "only $last allocations by plugins"
    [ "$quick" != 1 ] || step=17
    for n in $(seq -f '=%.0f' 1 $step "$last") $(seq -f '+%.0f' 1 $step "$last"); do
        without_memory "$n"
        case $status in
        0) mv "$tui_dir/out" "$tui_dir/memory$n" ;;
        2) check "$n: no reason" test -s "$tui_dir/err" ;;
        *) fail "$n: status $status, $(cat "$tui_dir/err")" ;;
        esac
    done
    check 'reports without memory' check_reports --files "$tui_dir"/memory*
    echo "$last allocations by plugins"
}

# limited LIMIT...: a report under this limit of prlimit's.
limited()
{
    status=0
    {                           # the shell tells of an abort
        timeout 20 prlimit --core=0 "$@" "$KVMTOP" -c "$conf" -b -i 0.1 -n 1 -o json -V tree \
            >"$tui_dir/out" 2>"$tui_dir/err" || status=$?
    } 2>/dev/null
}

# The core can't do without: it says so, and nothing else ends it.
test_address_space()
{
    local megabytes status
    for megabytes in {3..12} 15 20 30 50; do
        limited "--as=$((megabytes * 1000000))"
        case $status in
        0) check "in $megabytes MB" check_reports --files "$tui_dir/out" ;;
        2 | 127) check "in $megabytes MB, no reason" test -s "$tui_dir/err" ;;
        134) check "in $megabytes MB" grep -q 'out of memory' "$tui_dir/err" ;;
        *) fail "in $megabytes MB: status $status, $(cat "$tui_dir/err")" ;;
        esac
    done
}

# --- descriptors

test_descriptors()
{
    local n status
    for n in {4..16} 20 24 32; do
        limited "--nofile=$n"
        case $status in
        0) check "with $n descriptors" check_reports --files "$tui_dir/out" ;;
        [12] | 12[67]) check "with $n descriptors, no reason" test -s "$tui_dir/err" ;;
        *) fail "with $n descriptors: status $status, $(cat "$tui_dir/err")" ;;
        esac
        # That would be a reason, but not the true one.
        ! grep -q '"warnings":.*CONFIG_' "$tui_dir/out" || fail "with $n descriptors"
    done
    limited --nofile=64
    equal 'status with 64 descriptors' 0 "$status"
}

build inject.so -fPIC -shared -ldl
INJECT_COUNT=$tui_dir/count faulty openat:EIO:+1 --version >"$tui_dir/out" || true
[ -s "$tui_dir/count" ] || skip 'no calls can be taken from this libc, or a static program'
export KVMTOP conf tui_dir
run_tests test_files test_netlink test_truncated test_loss_of_bpf test_plugins_memory \
    test_address_space test_descriptors
done_testing
