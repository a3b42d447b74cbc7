#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The static program on Debian's kernels, old and new: all views, and a guest by its name.
# Arguments instead of the list below: RELEASE:PACKAGE..., see tests/kernels/lib.sh.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
# shellcheck source=../kernels/lib.sh
. "$(dirname "$0")/../kernels/lib.sh"
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kernels_tell()
{
    grep -a '^TELL ' "$1" | sed 's/^TELL //'
}

kernels_require
static_require
static_copy "$tui_dir/src"
static_build "$tui_dir/src"
root=$tui_dir/root
kernels_root "$root"
cp "$tui_dir/src/$static_name" "$root/bin/kvmtop"
static_sleeper "$tui_dir/kvm"
cp "$tui_dir/kvm" "$root/usr/bin/kvm"
cp "$top_srcdir/tests/static/on_kernel" "$root/test/"
[ $# -gt 0 ] || set -- bullseye:linux-image-cloud-amd64 host:linux-image-cloud-amd64 \
    host:linux-image-6.12-cloud-amd64
kernels_try "$root" "$@"
