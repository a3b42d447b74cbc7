#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's packages: lintian's opinion, then their life on a bare Debian, from the installation
# with a site's resolver through an upgrade to the purge that leaves nothing.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

conf=/etc/kvmtop/kvmtop.conf

build()
{
    mkdir "$dir/deb"
    cd "$dir/deb"
    quietly env DEB_BUILD_OPTIONS='nocheck parallel=2' DEB_BUILD_PROFILES=nocheck \
        "$srcdir/packaging/build-deb" "$tarball"
    deb=$(echo "$PWD"/kvmtop_*.deb)
    dev=$(echo "$PWD"/kvmtop-dev_*.deb)
    quietly lintian --allow-root --fail-on error,warning kvmtop_*.changes
}

# --- what the packages hold

# All that is installed is in one of them: debhelper sees to that.  Here: in the right one.
contents()
{
    local plugins
    plugins=$(cd "$builddir/plugins/.libs" && echo *.so)
    equal 'plugins in the package' "${plugins// /$'\n'}" \
        "$(dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -n 's,.*/plugins/\(.*\.so\)$,\1,p' | sort)"
    equal 'what is in kvmtop-dev' 'example_resolver.c kvmtop-plugin.7.gz kvmtop.pc plugin.h plugins.md.gz' \
        "$(dpkg-deb --fsys-tarfile "$dev" | tar -t | grep -v '/$\|/changelog\|/copyright\|/lintian/' |
            sed 's,.*/,,' | sort | xargs)"
    equal 'conffiles' "$conf" "$(dpkg-deb --info "$deb" conffiles)"
}

# --- the package installed

# Every file and folder but apt's and dpkg's own, and what is mounted.
files()
{
    (cd "$root" && find . -xdev \( -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/log \
        -o -path ./var/cache -o -path ./tmp \) -prune -o -print) | sort
}

apt_()
{
    quietly in_root apt-get -y --no-install-recommends "$@"
}

installed()
{
    local listing
    equal 'the guest by name' "\"$guest_name\"" "$(guest_row .vm in_root kvmtop -V guests)"
    listing=$(in_root kvmtop --list-plugins)
    [[ $listing != *'there is no'* ]] || fail "plugins: $listing"
    equal 'conf as installed' '' "$(in_root kvmtop --check-config 2>&1)"
    [ -e "$root/usr/share/man/man1/kvmtop.1.gz" ] || fail 'no manual page'
}

# A site's resolver, made of what kvmtop-dev has and put where the README says.
resolver()
{
    local kit=$dir/kit cc flags plugins
    dpkg-deb -x "$dev" "$kit"
    read -ra cc <<<"${TEST_CC:-cc}"
    export PKG_CONFIG_LIBDIR=$kit/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/pkgconfig
    read -ra flags < <(PKG_CONFIG_SYSROOT_DIR=$kit pkg-config --cflags kvmtop)
    plugins=$(pkg-config --variable=plugindir kvmtop)
    unset PKG_CONFIG_LIBDIR
    "${cc[@]}" -Wall -Wextra -Werror -shared -fPIC "${flags[@]}" -o "$dir/example_resolver.so" \
        "$kit/usr/share/doc/kvmtop-dev/examples/example_resolver.c"
    site=$root$plugins/example_resolver.so
    install -m 644 "$dir/example_resolver.so" "$site"
    mkdir "$root/etc/kvmtop/conf.d"
    printf '[core]\nplugins += example_resolver\n' >"$root/etc/kvmtop/conf.d/site.conf"
    equal "the site's resolver" "[\"4711\",\"example\",\"$guest_name\"]" \
        "$(guest_row '[.vmid, .platform, .vm]' in_root kvmtop -V guests)"
}

# --- without root

# What the README says that capabilities buy: with them a user sees what a guest of root's reads.
capabilities()
{
    local io='[.r_log, .r_mib] | map(. != null)'
    equal 'a user without capabilities' '[false,false]' \
        "$(guest_row "$io" as_nobody kvmtop --without bpf -i 0.5)"
    if ! setcap cap_sys_ptrace,cap_dac_read_search+ep "$root/usr/bin/kvmtop" 2>"$dir/setcap.log"
    then
        echo "no file capabilities here: $(cat "$dir/setcap.log")"
        return
    fi
    equal 'a user with capabilities' '[true,true]' \
        "$(guest_row "$io" as_nobody kvmtop --without bpf -i 0.5)"
    chown 65534 "$site"
    [[ $(as_nobody kvmtop --list-plugins) == *'owned by user 65534, not root: refused'* ]] ||
        fail 'a plugin of another user is loaded with capabilities'
    chown 0 "$site"
}

# --- upgrades

# next_version NUMBER LINE: the package again, with one more line in its conf: prints its path.
next_version()
{
    local tree=$dir/next
    rm -rf "$tree"
    dpkg-deb -R "$deb" "$tree"
    sed -i "s/^Version: .*/&.$1/" "$tree/DEBIAN/control"
    echo "$2" >>"$tree$conf"
    dpkg-deb --root-owner-group -b "$tree" "$root/tmp/kvmtop.$1.deb" >"$dir/repack.log"
    echo "/tmp/kvmtop.$1.deb"
}

upgrades()
{
    apt_ install "$(next_version 1 '# first')"
    equal 'a conf that nobody changed' '# first' "$(tail -n 1 "$root$conf")"
    printf '[core]\ninterval = 7\n' >"$root$conf"
    apt_ -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
        install "$(next_version 2 '# second')"
    equal "an administrator's conf" 'interval = 7' "$(tail -n 1 "$root$conf")"
    equal "the package's conf beside it" '# second' "$(tail -n 1 "$root$conf.dpkg-dist")"
    equal 'conf after the upgrade' '' "$(in_root kvmtop --check-config 2>&1)"
}

# --- the end

removal()
{
    apt_ remove kvmtop
    [ ! -e "$root/usr/bin/kvmtop" ] || fail 'the program is there after the removal'
    equal "the administrator's conf after the removal" 'interval = 7' "$(tail -n 1 "$root$conf")"
    [ -e "$site" ] || fail "the site's plugin is gone"
    rm -r "$site" "$root/etc/kvmtop/conf.d"
    apt_ purge --autoremove kvmtop
    equal 'files after the purge' "$before" "$(files)"
}

packaging_begin "$@"
root_require
guests_require
guests_need_commands dpkg-buildpackage dh lintian pkg-config setcap
make_tarball
build
contents
root_begin debian
root_apt
before=$(files)
cp "$deb" "$root/tmp/kvmtop.deb"
apt_ install /tmp/kvmtop.deb
guest_begin cgroup=kvmtop-test.slice/vm@4711.service
installed
resolver
capabilities
guests_stop_all
upgrades
removal
done_testing
