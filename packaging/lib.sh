# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What build-deb and build-rpm share: the sources that packages are made from.  To be sourced.

packaging=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap clean_up EXIT

# What failed is left to be looked at.
clean_up()
{
    if [ $? -eq 0 ]; then
        rm -rf "$work"
    else
        echo "${0##*/}: failed; what there is of it is in $work" >&2
    fi
}

die()
{
    echo "${0##*/}: $*" >&2
    exit 1
}

# take_sources [TARBALL]: of `make dist`, by default of this checkout; in $work, with its path in
# $tarball, its version in $version and what it holds in $source.
take_sources()
{
    local from=${1:-}
    if [ -z "$from" ]; then
        [ -f "$packaging/../Makefile" ] || "$packaging/../bootstrap" build
        make -C "$packaging/.." dist-gzip >&2
        version=$(sed -n 's/^AC_INIT(.*, \[\(.*\)\])$/\1/p' "$packaging/../configure.ac")
        from=$packaging/../kvmtop-$version.tar.gz
    fi
    tar -xzf "$from" -C "$work"
    source=$(echo "$work"/kvmtop-*)
    version=${source##*-}
    tarball=$work/kvmtop-$version.tar.gz
    [ -d "$source/packaging" ] || die "$from: no tarball of kvmtop's"
    cp "$from" "$tarball"
}
