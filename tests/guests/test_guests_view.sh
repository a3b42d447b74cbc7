#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The guests view beside real guests: shares of CPU, steal time, pressure and network against the
# kernel's own figures; interfaces that are plugged in; guests that end and come.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
kvmtop=${KVMTOP:-${abs_top_builddir:-$here/../..}/kvmtop}

clean_up()
{
    guests_stop_all
    rm -rf "$dir"
}

# A control group for the guest where there is v2; else nobody's pressure can be told.
start_scoped()
{
    if grep -q '^[^ ]* [^ ]* cgroup2 ' /proc/mounts; then
        guests_start_proxmox "$@"
    else
        guests_start_plain "$@"
    fi
}

describe()
{
    local id

    for id in 100 101 102 103; do
        printf '%s|%s|%s\n' "$id" "$(guests_pid "$id")" "$(guests_tap "$id")"
    done
}

guests_require
guests_require_libvirt
guests_need_commands python3 timeout
[ -x "$kvmtop" ] || { echo "FAIL: no $kvmtop"; exit 1; }
dir=$(mktemp -d /var/tmp/kvmtop-guests-view.XXXXXX) || exit 1
trap clean_up EXIT
guests_prepare "$dir" || exit 1
guests_start_libvirt 103 'db-prod 01' mode=idle || exit 1
guests_start_plain 102 guest,two mode=net -- \
    -qmp "unix:$dir/102.qmp,server=on,wait=off" || exit 1
guests_wait_up 102 90 && guests_wait_up 103 90 || exit 1
guests_start_plain 101 web01 mode=cpu || exit 1
start_scoped 100 database-vm mode=cpu || exit 1
guests_wait_up 101 90 && guests_wait_up 100 90 || exit 1
describe >"$dir/guests"
cat "$dir/guests"
guests_ns timeout 120 python3 "$here/check_guests_view.py" "$kvmtop" "$dir" || exit 1

# One ends, another of a new name takes its number: the script watches.
guests_ns timeout 60 python3 "$here/check_guests_view.py" "$kvmtop" "$dir" watch >"$dir/watched" &
watcher=$!
guests_until 20 grep -q watching "$dir/watched" || { echo "FAIL: no watcher"; exit 1; }
guests_stop 101
if ! guests_until 20 grep -q ended "$dir/watched"; then
    echo "FAIL: the guest that ended stays"
    exit 1
fi
guests_start_plain 101 web02 mode=idle || exit 1
wait "$watcher"
status=$?
cat "$dir/watched"
echo "done after $SECONDS s"
exit "$status"
