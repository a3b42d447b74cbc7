#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The guests themselves: two plain ones, one of libvirt, one that looks like Proxmox VE's. Each must
# run, do I/O and have its tap in fdinfo; after guests_stop_all nothing of them may be left.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"

# ID, kind, name
guests="101 plain web01
102 plain guest,two
103 libvirt db-prod 01
100 proxmox database-vm"

failures=0

fail()
{
    echo "FAIL: $1"
    failures=$((failures + 1))
}

for_each_guest()
{
    local id kind name

    while read -r id kind name <&3; do
        "$1" "$id" "$kind" "$name"
    done 3<<<"$guests"
}

clean_up()
{
    guests_stop_all
    rm -rf "$dir"
}

start()
{
    "guests_start_$2" "$1" "$3" mode=mix || exit 1
}

wait_up()
{
    guests_wait_up "$1" 90 || exit 1
}

show()
{
    echo "$2 $1 '$3' $(guests_pid "$1") $(guests_tap "$1")"
}

# Bytes that the process caused to be read and written, on one line.
io_counts()
{
    sed -n 's/^\(read\|write\)_bytes: //p' "/proc/$(guests_pid "$1")/io" | paste -s -d ' '
}

fdinfo_tap()
{
    sed -n 's/^iff:[[:space:]]*//p' "/proc/$(guests_pid "$1")/fdinfo/"* 2>/dev/null | sort -u
}

note_io()
{
    io_counts "$1" >"$dir/io.$1"
}

check_running()
{
    guests_alive "$1" || fail "guest $1 does not run"
    grep -qzF -- "${3//,/,,}," "/proc/$(guests_pid "$1")/cmdline" || fail "guest $1: no name"
}

check_io()
{
    local before_read before_written now_read now_written

    read -r before_read before_written <"$dir/io.$1"
    read -r now_read now_written < <(io_counts "$1")
    [ "$now_read" -gt "$before_read" ] || fail "guest $1 reads nothing"
    [ "$now_written" -gt "$before_written" ] || fail "guest $1 writes nothing"
    guests_last "$1" IO >/dev/null || fail "guest $1 reports no I/O"
    guests_last "$1" NET >/dev/null || fail "guest $1 reports no network"
}

check_tap()
{
    [ "$(fdinfo_tap "$1")" = "$(guests_tap "$1")" ] ||
        fail "guest $1: fdinfo has '$(fdinfo_tap "$1")', not '$(guests_tap "$1")'"
    guests_ns test -e "/sys/class/net/$(guests_tap "$1")/statistics" ||
        fail "guest $1: no $(guests_tap "$1") in /sys"
}

check_proxmox()
{
    grep -q '^0::/qemu.slice/100.scope$' "/proc/$(guests_pid 100)/cgroup" || fail "100: cgroup"
    grep -qz '^/usr/bin/kvm$' "/proc/$(guests_pid 100)/cmdline" || fail "100: argv[0]"
}

note_pid()
{
    guests_pid "$1"
}

check_nothing_left()
{
    local pid

    for pid in "$@"; do
        ! guests_birth "$pid" >/dev/null || fail "process $pid is left"
    done
    ! grep -sqF -f <(echo "$dir") /proc/[0-9]*/cmdline || fail "a process of $dir is left"
    [ -z "$(find /sys/fs/cgroup -path '*/qemu.slice/100.scope' 2>/dev/null)" ] ||
        fail "the cgroup is left"
    [ "$(ip -brief link)" = "$links_before" ] || fail "the host's interfaces are not as before"
}

guests_require
guests_require_libvirt
dir=$(mktemp -d /var/tmp/kvmtop-smoke.XXXXXX) || exit 1
trap clean_up EXIT
links_before=$(ip -brief link)
guests_prepare "$dir" || exit 1

for_each_guest start
for_each_guest wait_up
for_each_guest show
echo "up after $SECONDS s"
for_each_guest note_io
sleep 4
for_each_guest check_running
for_each_guest check_io
for_each_guest check_tap
check_proxmox

mapfile -t pids < <(for_each_guest note_pid; echo "$guests_world"; guests_pid libvirtd)
guests_stop_all
check_nothing_left "${pids[@]}"
echo "$failures failures after $SECONDS s"
[ "$failures" = 0 ]
