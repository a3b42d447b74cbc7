# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of packages share: the tarball they are made of, and a bare Debian to try them in.
# To be sourced by a bash script that calls `packaging_begin "$@"` before anything else; then
#
#   $dir            is a folder on a disk, of this test alone
#   root_begin NAME makes $root, a minimal Debian, with the host's /proc and /sys mounted in it
#   root_apt        makes apt ready to install there
#   guest_begin     starts a real QEMU guest on the host
#
# The script runs in a mount namespace of its own: nothing that it mounts is seen outside, or left
# behind.

. "$(dirname "${BASH_SOURCE[0]}")/../guests/lib.sh"

srcdir=${abs_top_srcdir:-$(cd "$guests_here/../.." && pwd)}
builddir=${abs_top_builddir:-$srcdir}
KVMTOP=${KVMTOP:-$builddir/kvmtop}
cache=${KVMTOP_TEST_CACHE:-${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests}
dir=
root=
failures=0

# packaging_begin [DIR]: runs the script again, in its namespace and with its folder, and ends with
# its status; returns there.
packaging_begin()
{
    local status=0
    if [ -n "${1:-}" ]; then
        dir=$1
        return
    fi
    [ "${KVMTOP_TEST_QUICK:-0}" != 1 ] || guests_skip 'quick tests only (KVMTOP_TEST_QUICK=1)'
    dir=$(mktemp -d "/var/tmp/kvmtop-${0##*/}.XXXXXX")
    chmod 755 "$dir"
    trap 'rm -rf "$dir"' EXIT
    if [ "$(id -u)" = 0 ]; then
        unshare --mount --propagation private "$BASH" "$0" "$dir" || status=$?
    else
        "$BASH" "$0" "$dir" || status=$?
    fi
    exit $status
}

fail()
{
    echo "FAILED (line ${BASH_LINENO[*]::2}): $*"
    failures=$((failures + 1))
}

# equal WHAT EXPECTED GOT
equal()
{
    [ "$2" = "$3" ] || fail "$1:
$(diff <(echo "$2") <(echo "$3"))"
}

done_testing()
{
    echo "$failures failures after $SECONDS s"
    [ $failures -eq 0 ]
}

# quietly COMMAND...: what it says is shown only if it fails, and then the test ends.
quietly()
{
    "$@" >"$dir/quietly.log" 2>&1 </dev/null && return
    tail -n 40 "$dir/quietly.log"
    echo "FAILED: $*"
    exit 1
}

# What a make that runs this test hands on is not for a make within.
unset MAKEFLAGS MFLAGS MAKELEVEL

# $tarball: of this version.  One test at a time makes it.
make_tarball()
{
    local version
    version=$("$KVMTOP" --version | sed -n 's/^kvmtop \([^ ]*\).*/\1/p')
    quietly flock "$builddir/Makefile" make -C "$builddir" dist-gzip
    tarball=$builddir/kvmtop-$version.tar.gz
}

# --- a bare Debian

# The host's own release and mirror: its libraries are what the packages were linked with.
debian_release()
{
    sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# As apt knows it once it has been updated; others have files of a release of this name too.
debian_mirror()
{
    # shellcheck disable=SC2016 # apt's own variables
    apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' |
        awk -v release="$(debian_release)" '$2 == release { print $1; exit }'
}

# $base: the tarball of one, for all tests of a day.
debian_base()
{
    local log=$dir/debootstrap.log
    base=$cache/$(debian_release)-$(date +%F).tar
    mkdir -p "$cache/archives"
    exec 8>"$cache/base.lock"
    flock 8
    if [ ! -e "$base" ]; then
        rm -f "$cache/$(debian_release)"-*.tar
        debootstrap --variant=minbase "$(debian_release)" "$dir/base" "$(debian_mirror)" \
            >"$log" 2>&1 || guests_skip "debootstrap: $(grep -m 1 '^[EW]:' "$log")"
        tar -C "$dir/base" -cf "$base.tmp" .
        mv "$base.tmp" "$base"
        rm -rf "$dir/base"
    fi
    exec 8>&-
}

root_require()
{
    [ "$(id -u)" = 0 ] || guests_skip 'a chroot needs root'
    guests_need_commands debootstrap apt-get jq
    [ -n "$(debian_mirror)" ] || apt-get update >/dev/null 2>&1 || true
    [ -n "$(debian_mirror)" ] || guests_skip 'apt knows no mirror of a Debian of this release'
}

# root_begin NAME: another one, in $root from now on.  The host's processes are seen there.
root_begin()
{
    local base
    debian_base
    root=$dir/$1
    mkdir "$root"
    tar -C "$root" -xpf "$base"
    mount --rbind /proc "$root/proc"
    mount --rbind /sys "$root/sys"
}

# What apt fetches is kept for the next test.
root_apt()
{
    mount --bind "$cache/archives" "$root/var/cache/apt/archives"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    in_root apt-get update --error-on=any >"$dir/update.log" 2>&1 ||
        guests_skip "apt-get update: $(grep -m 1 '^[EW]:' "$dir/update.log")"
}

in_root()
{
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

# as_nobody COMMAND...
as_nobody()
{
    in_root setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# --- a guest

guest=42
guest_name='db, prod 01'

# guest_begin [as for guests_start_plain]: on the host, with a name that is no simple word.
guest_begin()
{
    trap guests_stop_all EXIT
    guests_prepare "$dir/guests"
    guests_start_plain $guest "$guest_name" "$@"
}

# guest_row FILTER COMMAND...: the filter of jq's, of the guest's row in what this kvmtop reports.
guest_row()
{
    local filter=$1
    shift
    "$@" -b -n 1 -l 0 -o json 2>"$dir/kvmtop.log" |
        jq -c --argjson pid "$(guests_pid $guest)" ".rows[] | select(.pid == \$pid) | $filter" ||
        cat "$dir/kvmtop.log"
}
