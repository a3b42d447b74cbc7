#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ./bootstrap static: that it builds what it says, from a copy of the checkout with all that was
# built there, and that the static program needs nothing of the system it runs on.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tui_require
static_require
need readelf nm python3
one=$tui_dir/one
two=$tui_dir/another/folder/two
build=$one/kvmtop-static-build/build
static=$one/$static_name
in_root=$top_srcdir/tests/static/in_root.sh

# lacks GREP-ARGUMENTS...: there is no such line.
lacks()
{
    ! grep "$@"
}

# --- the build

leaves_others_alone()
{
    equal 'files changed in the checkout' ./bootstrap.log "$(cd "$one" &&
        find . -path './kvmtop-static-*' -prune -o -type f -newer "$tui_dir/begun" -print)"
}

builds_what_changed()
{
    echo '/* changed */' >>"$one/core/utf8.c"
    static_build "$one"
    equal 'files compiled again' core/utf8.o "$(sed -n 's/^ *CC  *//p' "$one/bootstrap.log")"
}

reproducible()
{
    cmp "$static" "$two/$static_name" || fail 'two folders give two programs'
    check 'the folder stands in it' lacks -qaF "$tui_dir" "$static"
}

# --- the file

stands_alone()
{
    local headers
    headers=$(LC_ALL=C readelf -lW "$static")
    check 'it is not a program for a fixed address' grep -q 'type is EXEC' <<<"$headers"
    check 'it has an interpreter or wants libraries' lacks -qE 'INTERP|DYNAMIC' <<<"$headers"
    check 'it is not stripped' lacks -qF .symtab <<<"$(LC_ALL=C readelf -SW "$static")"
}

# As README.md says, by a tenth: other compilers and libraries make it larger or smaller.
has_the_size()
{
    local said
    grep -qF "\`$static_name\`" "$top_srcdir/README.md" || return 0
    said=$(sed -n 's/.*one file of \([0-9.]*\) MB.*/\1/p' "$top_srcdir/README.md")
    awk -v said="${said:-0}" -v size="$(stat -c %s "$static")" \
        'BEGIN { ratio = size / 1e6 / (said + 1e-9); exit !(ratio > 0.9 && ratio < 1.1) }' ||
        fail "README.md says $said MB, it has $(stat -c %s "$static") bytes"
}

# What the C library does by loading others (NSS, iconv, plugins): its start-up code alone may have
# dlopen, for nobody.  ld warns of those it knows.
calls_nothing_loaded()
{
    local nss='(get|set|end)(pw|gr|sp)(ent|nam|uid|gid)(_r)?|getaddrinfo|__nss_.*'
    equal 'what our objects call' '' "$(find "$build" -name '*.o' -exec nm -u {} + |
        sed -nE "s/^ *U ($nss|dlopen|dlsym|iconv_open)\$/\1/p" | sort -u)"
    equal 'NSS in it' '' "$(nm "$build/kvmtop" | sed -nE "s/.* ($nss)\$/\1/p")"
    check 'ld warns' lacks -q 'statically linked applications' "$one/bootstrap.log"
}

# --- the program

# wrong TEXT ARGUMENTS...: one line that holds the text, status 2.
wrong()
{
    local status=0
    "$static" -b -n 1 --root "$pve" "${@:2}" >"$tui_dir/out" 2>"$tui_dir/err" || status=$?
    equal "status of ${*:2}" 2 $status
    equal "message about ${*:2}" "kvmtop: $1" "$(cat "$tui_dir/err")"
}

loads_no_plugins()
{
    local refused="this build can't load plugins"
    wrong "plugin folder $tui_dir: $refused; those that it has are built in" -P "$tui_dir"
    printf '[core]\nplugin_dir = %s\n' "$tui_dir" >"$tui_dir/site.conf"
    wrong "plugin folder $tui_dir: $refused; those that it has are built in" -c "$tui_dir/site.conf"
    printf '[core]\nplugins += site\n' >"$tui_dir/site.conf"
    equal 'a plugin of the site' "site       not in use: $refused, and has none of this name" \
        "$("$static" -c "$tui_dir/site.conf" --list-plugins | grep '^site ')"
}

# All of the default list, and the same figures as by plugins that were loaded.
same_as_loaded()
{
    local view kvmtop
    equal 'plugins' "$("$KVMTOP" -c "$tui_dir/empty.conf" --list-plugins | cut -d: -f1)" \
        "$("$static" -c "$tui_dir/empty.conf" --list-plugins | cut -d: -f1)"
    for view in process tree network storage guests; do
        for kvmtop in "$KVMTOP" "$static"; do
            "$kvmtop" -c "$tui_dir/empty.conf" --root "$pve" -V "$view" -n 2 -o csv |
                cut -d, -f2- >"$tui_dir/${kvmtop##*/}.csv"
        done
        check "no report of $view" test -s "$tui_dir/$static_name.csv"
        diff "$tui_dir/kvmtop.csv" "$tui_dir/$static_name.csv" || fail "reports of $view"
    done
}

# The golden screens once more, but in the locale C.
screens()
{
    printf '#!/bin/sh\nexec env LC_ALL=C %q "$@"\n' "$static" >"$tui_dir/in_c"
    chmod +x "$tui_dir/in_c"
    KVMTOP=$tui_dir/in_c bash "$top_srcdir/tests/golden/test_screens.sh" ||
        fail 'screens in the locale C'
}

# --- an old kernel

# With the system calls of Linux 3.2 alone: all views, without a complaint, from /proc.
old_system_calls()
{
    local view status=0
    "${TEST_CC:-cc}" -o "$tui_dir/linux_3_2" "$top_srcdir/tests/static/linux_3_2.c"
    "$tui_dir/linux_3_2" /bin/true || status=$?
    if [ $status -eq 77 ]; then
        echo 'left out: the system calls of Linux 3.2 (x86-64, seccomp)'
        return 0
    fi
    for view in process tree network storage guests; do
        "$tui_dir/linux_3_2" "$static" -c "$tui_dir/empty.conf" -b -n 2 -i 0.2 -l 0 -V "$view" \
            -o json >"$tui_dir/out" 2>"$tui_dir/err" || fail "$view: status $?"
        equal "messages of $view" '' "$(cat "$tui_dir/err")"
        equal "reports of $view" 2 "$(grep -c '"rows":\[' "$tui_dir/out")"
    done
    "$tui_dir/linux_3_2" "$static" -c "$tui_dir/empty.conf" --list-plugins >"$tui_dir/out"
    check 'proc is not at work' grep -q '^proc .*: collects process' "$tui_dir/out"
    run_in 80 24 "$tui_dir/linux_3_2" "$static" -c "$tui_dir/empty.conf"
    wait_for 'COMMAND'
    keys q
    wait_end 0
}

# --- an empty root

# in_root ARGUMENTS...: the program in a root where nothing is but itself, /proc and /sys.
in_root()
{
    unshare -m "$in_root" "$tui_dir/root" "$@"
}

start_guests()
{
    static_sleeper "$tui_dir/guest"
    (exec -a /usr/bin/kvm "$tui_dir/guest" -id 4711 -name 'größe-日本') &
    named=$!
    (exec -a /usr/bin/kvm "$tui_dir/guest" -id 4712 -name plain) &
    plain=$!
}

stop_guests()
{
    kill "$named" "$plain"
}

# users_are NAME: what a report in the root calls the user of our guests.
users_are()
{
    equal 'user in an empty root' "$1" \
        "$(in_root -b -n 1 -o json -p "$named" | sed 's/.*"user":"\([^"]*\)".*/\1/')"
}

reports_in_root()
{
    local view
    for view in process tree network storage guests; do
        in_root -b -n 1 -V "$view" -o json >"$tui_dir/out" 2>"$tui_dir/err" ||
            fail "$view: $(cat "$tui_dir/err")"
        equal "messages of $view" '' "$(cat "$tui_dir/err")"
        check "$view has no rows" grep -q '"rows":\[{' "$tui_dir/out"
    done
    check 'the guest has no name' grep -qF '"vmid":"4711","vm":"größe-日本"' "$tui_dir/out"
    users_are 0
    mkdir "$tui_dir/root/etc"
    echo 'boss:x:0:0::/:' >"$tui_dir/root/etc/passwd"
    users_are boss
}

# The guests' rows on a screen of tmux's: 4711 and 4712 differ in their names alone, so what
# stands behind these begins in the same cell.
screen_in_root()
{
    run_in 80 24 env LC_ALL=C TERM=screen-256color unshare -m "$in_root" "$tui_dir/root" \
        -V guests -p "$named,$plain" --columns vmid,vm,state,cpu
    wait_for 'größe-日本'
    wait_for '4712   plain'
    wait_for '▼'
    screen | python3 -c '
import sys, unicodedata
def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
rows = [line for line in sys.stdin if line.startswith("471")]
sys.exit(len(rows) != 2 or len({width(row[:row.index(" S ")]) for row in rows}) != 1)' ||
        told_off 'columns behind wide letters are shifted'
    keys q
    wait_end 0
}

empty_root()
{
    if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
        echo 'left out: an empty root (needs root and a mount namespace)'
        return 0
    fi
    mkdir -p "$tui_dir/root"/{proc,sys}
    cp "$static" "$tui_dir/root/kvmtop"
    start_guests
    run_tests reports_in_root screen_in_root
    stop_guests
    [ "$tui_failures" -eq 0 ]
}

static_copy "$one"
static_copy "$two"
touch "$tui_dir/begun"
static_build "$one"
static_build "$two"
run_tests leaves_others_alone reproducible stands_alone has_the_size calls_nothing_loaded \
    loads_no_plugins same_as_loaded screens old_system_calls empty_root builds_what_changed
done_testing
