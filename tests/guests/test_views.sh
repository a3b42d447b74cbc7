#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# All views of kvmtop beside real guests: two plain ones, one of libvirt, one that looks like
# Proxmox VE's. Names, interfaces, disks and threads, and figures against the kernel's own counters.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
kvmtop=${KVMTOP:-${abs_top_builddir:-$here/../..}/kvmtop}

# ID, kind, what kvmtop is to call it by (- for no id), name
guests="101 plain - web01
102 plain - guest,two
103 libvirt 1 db-prod 01
100 proxmox 100 database-vm"

clean_up()
{
    guests_stop_all
    rm -rf "$dir"
}

describe()
{
    local id kind vmid name

    while read -r id kind vmid name <&3; do
        printf '%s|%s|%s|%s|%s|%s\n' "$kind" "$vmid" "$name" "$(guests_pid "$id")" \
            "$(guests_tap "$id")" "$dir/$id.serial"
    done 3<<<"$guests"
}

guests_require
guests_require_libvirt
guests_need_commands python3 timeout
[ -x "$kvmtop" ] || { echo "FAIL: no $kvmtop"; exit 1; }
dir=$(mktemp -d /var/tmp/kvmtop-views.XXXXXX) || exit 1
trap clean_up EXIT
guests_prepare "$dir" || exit 1
while read -r id kind _ name <&3; do
    "guests_start_$kind" "$id" "$name" mode=mix || exit 1
done 3<<<"$guests"
for id in 101 102 103 100; do
    guests_wait_up "$id" 90 || exit 1
done
describe >"$dir/guests"
cat "$dir/guests"
guests_ns timeout 120 python3 "$here/check_views.py" "$kvmtop" "$dir/guests"
