#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kvmtop names a real QEMU guest and shows its CPU as /proc has it, within 5 %.
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

guests_require
guests_need_commands python3 timeout
[ -x "$kvmtop" ] || { echo "FAIL: no $kvmtop"; exit 1; }
dir=$(mktemp -d /var/tmp/kvmtop-name-cpu.XXXXXX) || exit 1
trap clean_up EXIT

guests_prepare "$dir" || exit 1
guests_start_plain 101 web01 mode=cpu || exit 1
guests_wait_up 101 60 || exit 1
guests_ns timeout 30 python3 "$here/check_cpu.py" "$(guests_pid 101)" web01 \
    "$kvmtop" -b -n 2 -i 2 -o json
