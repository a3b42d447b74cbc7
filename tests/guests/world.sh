#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# world.sh READY-FILE SECONDS: the first process in the network and mount namespace of a test.
#
# Sets up the bridge that the guests' interfaces join, and a /sys of this network namespace; then
# creates READY-FILE and holds the namespaces open for SECONDS. With the last process in them the
# interfaces go too: the host's own are never touched.
set -euo pipefail

# A sysfs shows the interfaces of the namespace it is mounted in. What the host has mounted below
# /sys is kept.
mount_sys()
{
    local sub

    mount -t tmpfs world /mnt
    mkdir /mnt/sys
    mount --rbind /sys /mnt/sys
    umount -l /sys
    mount -t sysfs sysfs /sys
    for sub in fs/cgroup fs/bpf kernel/debug kernel/tracing; do
        if mountpoint -q "/mnt/sys/$sub"; then
            mount --rbind "/mnt/sys/$sub" "/sys/$sub"
        fi
    done
    umount -l /mnt
}

# What a guest sends to an address of nobody (see init) must end here.
make_bridge()
{
    echo 0 >/proc/sys/net/ipv4/ip_forward
    ip link set lo up
    ip link add kvmtop0 address 52:54:00:77:00:01 type bridge
    ip addr add 10.77.0.1/24 dev kvmtop0
    ip link set kvmtop0 up
}

mount_sys
make_bridge
: >"$1"
exec sleep "$2"
