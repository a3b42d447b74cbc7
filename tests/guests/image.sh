#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds, once a machine, what the test guests boot, and prints the two paths: kernel, initramfs.
#
# The kernel is the one of Debian's linux-image-cloud-amd64, unpacked and never installed. Both stay
# in $KVMTOP_TEST_CACHE, in a folder named after what they are made from. Exit 77, with the reason
# on stderr, where that kernel cannot be had.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${KVMTOP_TEST_CACHE:-${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests}
package=linux-image-cloud-amd64

# In the order of their dependencies: the package comes without modules.dep.
modules=(virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk
    failover net_failover virtio_net)

cannot()
{
    echo "$1" >&2
    exit 77
}

# The meta package's dependency: the package that has the kernel in it.
kernel_package()
{
    apt-cache depends "$package" 2>/dev/null | awk '/Depends:/ { print $2; exit }'
}

download()
{
    local real log=$work/apt.log

    command -v apt-get >/dev/null || cannot "no apt-get to fetch $package with"
    real=$(kernel_package)
    if [ -z "$real" ]; then
        apt-get update >"$log" 2>&1 || true
        real=$(kernel_package)
    fi
    [ -n "$real" ] || cannot "apt knows no $package"
    (cd "$work" && apt-get -o APT::Sandbox::User=root download "$real" >"$log" 2>&1) ||
        cannot "apt-get cannot download $real: $(tail -n 1 "$log")"
    dpkg -x "$work"/linux-image-*.deb "$work/unpacked"
}

# Numbered, so that init loads them in the order above.
copy_modules()
{
    local i file

    for i in "${!modules[@]}"; do
        file=$(find "$work/unpacked" -name "${modules[i]}.ko")
        [ -n "$file" ] || { echo "no module ${modules[i]} in $package" >&2; exit 1; }
        cp "$file" "$1/$(printf '%02d' "$i")-${modules[i]}.ko"
    done
}

make_image()
{
    local root=$work/root

    download
    mkdir -p "$work/image" "$root"/{bin,dev,lib,proc,sys}
    cp "$work"/unpacked/boot/vmlinuz-* "$work/image/vmlinuz"
    install -m 755 "$here/init" "$root/init"
    install -m 755 "$busybox" "$root/bin/busybox"
    copy_modules "$root/lib"
    (cd "$root" && find . | cpio --quiet -o -H newc) | gzip >"$work/image/initrd.gz"
    mv "$work/image" "$image"
}

busybox=$(command -v busybox)
image=$cache/image-$(cat "$0" "$here/init" "$busybox" | sha256sum | cut -c 1-12)

mkdir -p "$cache"
exec 8>"$cache/image.lock"
flock 8
if [ ! -d "$image" ]; then
    work=$(mktemp -d "$cache/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    make_image
fi
echo "$image/vmlinuz"
echo "$image/initrd.gz"
