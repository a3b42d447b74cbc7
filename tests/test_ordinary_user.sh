#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a user without rights is told of root's guest: what may be read, and of the rest why not.
set -euo pipefail

# shellcheck source=tui/lib.sh
. "$(dirname "$0")/tui/lib.sh"
[ "$(id -u)" = 0 ] || skip 'somebody else than the user has to run the guest: root'
need setpriv jq
test_require
chmod 755 "$tui_dir"
report=$tui_dir/report

as_user()
{
    setpriv --reuid=65534 --regid=65534 --clear-groups "$KVMTOP" -c "$tui_dir/empty.conf" "$@"
}

as_user --version >/dev/null 2>&1 || skip 'this build stands where others may not look'

# A process that passes for a guest; it ends when we do.
mkfifo "$tui_dir/fifo"
(exec -a kvm bash -c 'read -r _' kvm -id 4711 -name web <"$tui_dir/fifo") &
guest=$!
exec 9>"$tui_dir/fifo"

# told COLUMN REASON ARGUMENTS...: its column of the guest's row is unknown, and a warning says why.
told()
{
    as_user -b -n 1 -o json -p "$guest" "${@:3}" >"$report"
    equal "$1 of '${*:3}'" null "$(jq ".rows[] | .$1" "$report" | head -n 1)"
    jq -r '.warnings[]' "$report" | grep -q -e "$2" ||
        fail "no '$2' among the warnings of '${*:3}': $(jq -c .warnings "$report")"
}

until_true grep -qz 4711 "/proc/$guest/cmdline" || fail 'the guest did not begin'
as_user -b -n 1 -o json -p "$guest" >"$report"
equal 'its name' '"4711" "web"' "$(jq -r '.rows[0] | "\(.vmid | tojson) \(.vm | tojson)"' "$report")"
told r_mib 'r_mib.*needs root (CAP_SYS_PTRACE)' -V process
told devices 'plugin disk: .*their disks' -V guests --columns vm,devices
told rx_mbps 'plugin net: .*their interfaces' -V guests --columns vm,rx_mbps
"$KVMTOP" -c "$tui_dir/empty.conf" -b -n 1 -o json -p "$guest" -V guests >"$report"
equal 'what root is told of descriptors' 0 "$(jq -r '.warnings[]' "$report" | grep -c 'have open' || true)"
exec 9>&-
wait "$guest" || true
done_testing
