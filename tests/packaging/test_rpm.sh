#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# RPM packages: rpmlint's opinion, what they hold, ask for and would do, and that the program in
# them runs.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

build()
{
    mkdir "$dir/rpm"
    cd "$dir/rpm"
    quietly "$srcdir/packaging/build-rpm" "$tarball" --nodeps --nocheck
    rpm=$(echo "$PWD"/kvmtop-[0-9]*."$(uname -m)".rpm)
    devel=$(echo "$PWD"/kvmtop-devel-*.rpm)
    quietly rpmlint -r "$srcdir/packaging/kvmtop.rpmlintrc" "$srcdir/packaging/kvmtop.spec" ./*.rpm
}

# Without a warning that nobody has signed it.
query()
{
    rpm -qp --nosignature "$@"
}

contents()
{
    local plugins
    plugins=$(cd "$builddir/plugins/.libs" && echo *.so)
    equal 'plugins in the package' "${plugins// /$'\n'}" \
        "$(query -l "$rpm" | sed -n 's,^/usr/lib[0-9]*/kvmtop/plugins/,,p' | sort)"
    equal 'what is in kvmtop-devel' \
        'LICENSE example_resolver.c kvmtop-plugin.7 kvmtop.pc plugin.h plugins.md' \
        "$(query --queryformat '[%{filemodes:perms} %{filenames}\n]' "$devel" |
            sed -n 's,^-.*/,,p' | LC_ALL=C sort | xargs)"
    equal 'files of the configuration' '/etc/kvmtop/kvmtop.conf cn' \
        "$(query --queryformat '[%{filenames} %{fileflags:fflags}\n]' "$rpm" | grep ' .*c')"
    equal 'files that others than root may write' '' \
        "$(query --queryformat '[%{filemodes:perms} %{fileusername} %{filenames}\n]' \
            "$rpm" "$devel" | grep -v '^l\|^.\{5\}-.\{2\}-.\{1,2\} root ' || true)"
}

# Libraries of the system and nothing of the machine that built it; no plugin is offered as a
# library; nothing is run when it is installed.
relations()
{
    equal 'unheard-of requirements' '' \
        "$(query --requires "$rpm" | sed 's/[ (].*//' |
            grep -vx 'config\|rpmlib\|rtld\|lib\(bpf\.so\.1\|c\.so\.6\|inih\.so\.[01]\|pcre2-8\.so\.0\)' ||
            true)"
    equal 'provides' 'config kvmtop kvmtop' \
        "$(query --provides "$rpm" | sed 's/[ (].*//' | sort | xargs)"
    equal 'provides of kvmtop-devel' 'kvmtop-devel kvmtop-devel pkgconfig' \
        "$(query --provides "$devel" | sed 's/[ (].*//' | sort | xargs)"
    equal 'scriptlets and triggers' '' "$(query --scripts --triggers "$rpm" "$devel")"
}

payload()
{
    local listing plugins root=$dir/payload
    mkdir "$root"
    rpm2cpio "$rpm" | (cd "$root" && cpio -idm --quiet)
    plugins=$(echo "$root"/usr/lib*/kvmtop/plugins)
    # Where it looks, being installed: in vain here.
    listing=$("$root/usr/bin/kvmtop" -c /dev/null --list-plugins 2>&1 || true)
    [[ $listing == *"${plugins#"$root"}"* ]] || fail "it looks elsewhere: $listing"
    listing=$("$root/usr/bin/kvmtop" -c "$root/etc/kvmtop/kvmtop.conf" -P "$plugins" --list-plugins)
    [[ $listing != *'not in use: there is no'* ]] || fail "plugins: $listing"
    equal 'this shell, in a report' "{\"pid\":$$}" \
        "$("$root/usr/bin/kvmtop" -c "$root/etc/kvmtop/kvmtop.conf" -P "$plugins" -p $$ -n 1 \
            -o json | jq -c '.rows[] | {pid}')"
}

packaging_begin "$@"
guests_need_commands rpmbuild rpm2cpio rpmlint cpio jq
make_tarball
build
contents
relations
payload
done_testing
