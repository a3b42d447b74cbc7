#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin bpf on other kernels than this machine's: Debian's own, in QEMU guests without KVM.
# What runs there is test_bpf and test_bpf_equal.  Of Linux 6.1 that is the way `iter`, of 6.12
# `walk` as well; both have other layouts of the kernel's structures.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
# shellcheck source=../kernels/lib.sh
. "$(dirname "$0")/../kernels/lib.sh"
programs=${abs_top_builddir:-$top_srcdir}/tests/unit

# copy FILE...: into the guest's root, each under its own path.
copy()
{
    local file
    for file; do
        mkdir -p "$root${file%/*}"
        cp -L "$file" "$root$file"
    done
}

make_root()
{
    local program library
    kernels_root "$root"
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
}

kernels_tell()
{
    echo "$(grep -c ' OK \]' "$1") tests"
}

kernels_require
[ -x "$programs/test_bpf" ] || skip 'the plugin bpf was not built (needs clang and libbpf)'
root=$tui_dir/root
make_root
kernels_try "$root" host:linux-image-cloud-amd64 host:linux-image-6.12-cloud-amd64
