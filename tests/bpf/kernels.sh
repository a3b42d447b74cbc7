#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin bpf on other kernels than this machine's: Debian's own, in QEMU guests without KVM.
# What runs there is test_bpf, test_bpf_equal and test_bpf_latency, the last also with a device that
# takes 20 ms.  Of Linux 5.10 and 6.1 that is the way `iter`, of 6.12 `walk` as well; all have other
# layouts of the kernel's structures, 5.10 other arguments of its tracepoints too.
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
    for program in test_bpf test_bpf_equal test_bpf_latency; do
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

# Run first: `modules` stands before `test_...`.
make_modules()
{
    cat >"$root/test/modules" <<'END'
#!/bin/sh
insmod /modules/configfs.ko
insmod /modules/loop.ko
insmod /modules/null_blk.ko nr_devices=1 gb=1 queue_mode=2 irqmode=2 completion_nsec=20000000
END
    chmod 755 "$root/test/modules"
}

kernels_tell()
{
    echo "$(grep -c ' OK \]' "$1") tests"
}

kernels_require
[ -x "$programs/test_bpf" ] || skip 'the plugin bpf was not built (needs clang and libbpf)'
root=$tui_dir/root
make_root
make_modules
kernels_modules='configfs loop null_blk'
kernels_try "$root" bullseye:linux-image-cloud-amd64 host:linux-image-cloud-amd64 \
    host:linux-image-6.12-cloud-amd64
