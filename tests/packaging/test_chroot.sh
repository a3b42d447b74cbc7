#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# On a bare Debian the sources build and run by one command, and make the static file, which runs
# on another where nothing was installed.  Both name the host's guest.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

packaging_begin "$@"
root_require
guests_require
make_tarball

root_begin built
root_apt
tar -C "$root/root" -xzf "$tarball" --transform 's,^[^/]*,kvmtop,'
quietly in_root /root/kvmtop/bootstrap build
quietly in_root /root/kvmtop/bootstrap static
static=$(echo "$root"/root/kvmtop/kvmtop-static-linux-*)

guest_begin
equal 'the guest by ./bootstrap run' "\"$guest_name\"" \
    "$(guest_row .vm in_root /root/kvmtop/bootstrap run -V guests)"
root_begin bare
cp "$static" "$root/kvmtop"
equal 'the guest by the static file' "\"$guest_name\"" "$(guest_row .vm in_root /kvmtop -V guests)"

done_testing
