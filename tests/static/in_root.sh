#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# in_root.sh ROOT ARGUMENTS...: ROOT/kvmtop with ROOT for its root, which gets /proc and /sys.  To
# be run in a mount namespace of its own.
set -eu
root=$1
shift
mount --rbind /proc "$root/proc"
mount --rbind /sys "$root/sys"
exec chroot "$root" /kvmtop "$@"
