#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin bpf on other kernels than this machine's: Debian's own, in QEMU guests without KVM.
# What runs there is test_bpf and test_bpf_equal.  Of Linux 6.1 that is the way `iter`, of 6.12
# `walk` as well; both have other layouts of the kernel's structures.
#
# Environment: KVMTOP_TEST_QUICK=1 skips; KVMTOP_TEST_CACHE is where kernels are kept (default
# ${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
programs=${abs_top_builddir:-$here/../..}/tests/unit
cache=${KVMTOP_TEST_CACHE:-${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests}
seconds=300                     # that a guest may take

skip()
{
    echo "SKIP: $1"
    exit 77
}

require()
{
    local command
    [ "${KVMTOP_TEST_QUICK:-}" != 1 ] || skip 'KVMTOP_TEST_QUICK=1'
    for command in apt-get dpkg-deb qemu-system-x86_64 busybox cpio timeout flock; do
        command -v "$command" >/dev/null || skip "no $command"
    done
    [ -x "$programs/test_bpf" ] || skip 'the plugin bpf was not built (needs clang and libbpf)'
}

# unpack_kernel META FILE: the kernel of the package that META depends on.  Nothing is installed.
unpack_kernel()
{
    local package
    package=$(apt-cache depends "$1" 2>/dev/null | awk '/Depends:/ { print $2; exit }')
    [ -n "$package" ] || return 1
    (cd "$work" && apt-get -o APT::Sandbox::User=root download "$package") >"$work/apt.log" 2>&1 ||
        return 1
    dpkg-deb --fsys-tarfile "$work"/linux-image-*.deb |
        tar -xO --wildcards './boot/vmlinuz-*' >"$2.new"
    rm "$work"/linux-image-*.deb
    mv "$2.new" "$2"
}

# kernel META: prints the path of its kernel; fails where apt doesn't have it.
kernel()
{
    local file=$cache/vmlinuz-$1
    mkdir -p "$cache"
    exec 8>"$cache/kernels.lock"
    flock 8
    [ -s "$file" ] || unpack_kernel "$1" "$file" || return 1
    echo "$file"
}

# copy FILE...: into the guest's root, each under its own path.
copy()
{
    local file
    for file; do
        mkdir -p "$root${file%/*}"
        cp -L "$file" "$root$file"
    done
}

make_initrd()
{
    local root=$work/root program library
    mkdir -p "$root"/{bin,dev,etc,proc,sys,test,tmp,usr/bin,var/tmp}
    install -m 755 "$here/init" "$root/init"
    cp "$(command -v busybox)" "$root/bin/busybox"
    for program in test_bpf test_bpf_equal; do
        cp "$programs/$program" "$root/test/"
        while read -r library; do
            copy "$library"
        done < <(ldd "$programs/$program" | grep -o '/[^ ]*')
    done
    # What pthread_exit() loads.
    for library in /lib/*/libgcc_s.so.1 /lib64/libgcc_s.so.1; do
        [ ! -e "$library" ] || copy "$library"
    done
    (cd "$root" && find . | cpio --quiet -o -H newc) | gzip -1 >"$work/initrd"
}

# boot KERNEL: the guest's output.
boot()
{
    timeout -k 5 "$seconds" qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 900 -nographic \
        -no-reboot -nic none -kernel "$1" -initrd "$work/initrd" \
        -append 'console=ttyS0 quiet panic=-1' </dev/null 2>&1 | tr -d '\r'
}

# passed OUTPUT: did all programs say so?
passed()
{
    grep -q '^DONE' "$1" && grep -q '^RESULT' "$1" && ! grep '^RESULT' "$1" | grep -qv ' 0$'
}

require
work=$(mktemp -d /var/tmp/kvmtop-kernels.XXXXXX)
trap 'rm -rf "$work"' EXIT
make_initrd
tested=0
failed=0
for meta in linux-image-cloud-amd64 linux-image-6.12-cloud-amd64; do
    if ! image=$(kernel "$meta"); then
        echo "left out: apt has no $meta here"
        continue
    fi
    tested=$((tested + 1))
    boot "$image" >"$work/out" || true
    if passed "$work/out"; then
        echo "passed: $meta ($(grep -c ' OK \]' "$work/out") tests)"
    else
        failed=$((failed + 1))
        echo "FAILED: $meta"
        cat "$work/out"
    fi
done
[ "$tested" -gt 0 ] || skip 'apt has none of the kernels'
[ "$failed" -eq 0 ]
