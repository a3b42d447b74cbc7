# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's kernels in QEMU without KVM, for tests of what differs between kernels.  To be sourced by
# a bash script after tests/tui/lib.sh:
#
#   kernels_require
#   kernels_root "$root"                    # then put programs into $root/test: each is run there
#   kernels_modules='configfs null_blk'     # if any: they are put into /modules
#   kernels_tell() { ... }                  # of a guest's output, in a few words
#   kernels_try "$root" host:linux-image-cloud-amd64 bullseye:linux-image-cloud-amd64
#
# Environment: KVMTOP_TEST_QUICK=1 skips; KVMTOP_TEST_CACHE is where kernels are kept (default
# ${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests).

kernels_cache=${KVMTOP_TEST_CACHE:-${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests}
kernels_seconds=300             # that a guest may take
kernels_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernels_work=
kernels_modules=

kernels_require()
{
    [ "${KVMTOP_TEST_QUICK:-}" != 1 ] || skip 'quick tests only (KVMTOP_TEST_QUICK=1)'
    need apt-get dpkg-deb qemu-system-x86_64 busybox cpio timeout flock xz
    test_require
}

# kernels_apt RELEASE: options for apt, in $kernels_options, under which it knows the packages of
# this Debian release alone; none for `host`, which stands for this machine's own lists.
kernels_apt()
{
    local dir=$kernels_work/apt-$1
    kernels_options=(-o APT::Sandbox::User=root)
    [ "$1" != host ] || return 0
    mkdir -p "$dir"/{state,cache}
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "http://deb.debian.org/debian $1 main" >"$dir/sources.list"
    kernels_options+=(-o "Dir::Etc::SourceList=$dir/sources.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State=$dir/state" -o "Dir::Cache=$dir/cache" -o Acquire::Languages=none)
    apt-get "${kernels_options[@]}" update >"$kernels_work/apt.log" 2>&1
}

# kernels_pack_modules FILE: those of $kernels_modules that the package has, as a piece of an initial
# RAM disk.
kernels_pack_modules()
{
    local tree=$kernels_work/tree module wanted=()
    for module in $kernels_modules; do
        wanted+=("*/$module.ko*")
    done
    mkdir -p "$tree/modules"
    dpkg-deb --fsys-tarfile "$kernels_work"/linux-*.deb |
        tar -xC "$tree" --wildcards --transform 's,.*/,modules/,' "${wanted[@]}" || return 1
    find "$tree/modules" -name '*.xz' -exec xz -d {} +
    (cd "$tree" && find . | cpio --quiet -o -H newc) | gzip -1 >"$1"
    rm -r "$tree"
}

# kernels_unpack RELEASE META FILE: the kernel that META depends on, which is in linux-binary-…
# since Debian 14.  Nothing is installed.
kernels_unpack()
{
    local package kernels_options
    kernels_apt "$1" || return 1
    package=$(apt-cache "${kernels_options[@]}" depends "$2" 2>/dev/null |
        sed -n 's/.*Depends: linux-image-//p' | head -n 1)
    [ -n "$package" ] || return 1
    rm -f "$kernels_work"/linux-*.deb
    (cd "$kernels_work" && for package in "linux-binary-$package" "linux-image-$package"; do
        apt-get "${kernels_options[@]}" download "$package" && break
    done) >"$kernels_work/apt.log" 2>&1 || return 1
    dpkg-deb --fsys-tarfile "$kernels_work"/linux-*.deb |
        tar -xO --wildcards '*/vmlinuz*' >"$3.new" || return 1
    [ -z "$kernels_modules" ] || kernels_pack_modules "$3.modules" || return 1
    mv "$3.new" "$3"
}

# kernel RELEASE META: prints the path of its kernel; fails where apt doesn't have it.
kernel()
{
    local file=$kernels_cache/vmlinuz-$1-$2
    mkdir -p "$kernels_cache"
    exec 8>"$kernels_cache/kernels.lock"
    flock 8
    { [ -s "$file" ] && [ -z "$kernels_modules" ]; } || [ -s "$file.modules" ] ||
        kernels_unpack "$1" "$2" "$file" || return 1
    echo "$file"
}

# kernels_root FOLDER: becomes a root with busybox, whose /init runs all that is in /test.
kernels_root()
{
    mkdir -p "$1"/{bin,dev,etc,proc,sys,test,tmp,usr/bin,var/tmp}
    install -m 755 "$kernels_here/init" "$1/init"
    cp "$(command -v busybox)" "$1/bin/busybox"
}

# kernels_boot KERNEL: what the guest prints.
kernels_boot()
{
    cp "$kernels_work/root" "$kernels_work/initrd"
    [ -z "$kernels_modules" ] || cat "$1.modules" >>"$kernels_work/initrd"
    timeout -k 5 "$kernels_seconds" qemu-system-x86_64 -accel tcg -cpu max -smp 2 -m 900 \
        -nographic -no-reboot -nic none -kernel "$1" -initrd "$kernels_work/initrd" \
        -append 'console=ttyS0 quiet panic=-1' </dev/null 2>&1 | tr -d '\r'
}

# kernels_passed OUTPUT: did all that ran say so, as `RESULT NAME 0`, and then `DONE`?
kernels_passed()
{
    grep -q '^DONE' "$1" && grep -q '^RESULT' "$1" && ! grep '^RESULT' "$1" | grep -qv ' 0$'
}

# kernels_try ROOT RELEASE:META...: on each of them, with what `kernels_tell OUTPUT` prints behind
# the name of one that passed.
kernels_try()
{
    local which image tested=0 failed=0
    kernels_work=$tui_dir/kernels
    mkdir "$kernels_work"
    (cd "$1" && find . | cpio --quiet -o -H newc) | gzip -1 >"$kernels_work/root"
    shift
    for which; do
        if ! image=$(kernel "${which%%:*}" "${which#*:}"); then
            echo "left out: apt has no $which here"
            continue
        fi
        tested=$((tested + 1))
        kernels_boot "$image" >"$kernels_work/out" || true
        if kernels_passed "$kernels_work/out"; then
            echo "passed: $which ($(kernels_tell "$kernels_work/out"))"
        else
            failed=$((failed + 1))
            echo "FAILED: $which"
            cat "$kernels_work/out"
        fi
    done
    [ "$tested" -gt 0 ] || skip 'apt has none of the kernels'
    [ "$failed" -eq 0 ]
}
