#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The public header still says what it said in ABI 1.0 (1.0/plugin.h, a copy that stays as it is),
# and a plugin made for that one loads and works.  What grows makes a newer minor version.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
read -ra cc <<<"${TEST_CC:-cc}"
need python3 "${cc[0]}"

here=$(cd "$(dirname "$0")" && pwd)
header=$top_srcdir/include/kvmtop/plugin.h
frozen=$here/1.0
out=$tui_dir/out
umask 022

# --- the header

declarations()
{
    awk -f "$here/declarations.awk" "$1"
}

minor_of()
{
    sed -n 's/^#define KVMTOP_ABI_MINOR \([0-9]*\)u$/\1/p' "$1"
}

# What the structures and enumerations of 1.0 had comes first and in its order; while there is no
# newer minor version nothing else is there.
check_order()
{
    local head
    declarations "$frozen/plugin.h" >"$tui_dir/then"
    declarations "$1" >"$tui_dir/now"
    sed 's/: .*//' "$tui_dir/then" | sort -u >"$tui_dir/heads"
    while read -r head; do
        grep "^$head: " "$tui_dir/then" >"$tui_dir/a"
        grep "^$head: " "$tui_dir/now" | head -n "$(wc -l <"$tui_dir/a")" >"$tui_dir/b" || true
        diff "$tui_dir/a" "$tui_dir/b" || return 1
    done <"$tui_dir/heads"
    [ "$(minor_of "$1")" != 0 ] || diff "$tui_dir/then" "$tui_dir/now"
}

# compile_with HEADER FILE.c: nothing but whether it does.
compile_with()
{
    mkdir -p "$tui_dir/include/kvmtop"
    cp "$1" "$tui_dir/include/kvmtop/plugin.h"
    "${cc[@]}" -std=gnu11 -fsyntax-only -I"$tui_dir/include" "$2"
}

# What is new begins behind the end that 1.0 had, not in a gap before it: there an older plugin
# has bytes that mean nothing.
check_new_members()
{
    {
        printf '#include <kvmtop/plugin.h>\n'
        declarations "$1" | grep '^struct' | sort | comm -23 - <(sort "$tui_dir/then") |
            sed -E 's/: .*\(\*([a-z_0-9]+)\).*/ \1/; s/\[[0-9]+\]//; s/: .*[ *]/ /' |
            while read -r _ type member; do
                size=$(sed -n "s/^GROWS(struct $type, \([0-9]*\)).*/\1/p" "$frozen/layout.c")
                [ -z "$size" ] || echo "_Static_assert(sizeof(void *) != 8 ||" \
                    "offsetof(struct $type, $member) >= $size, \"$type.$member\");"
            done
    } >"$tui_dir/new.c"
    compile_with "$1" "$tui_dir/new.c"
}

check_header()
{
    check_order "$1" && compile_with "$1" "$frozen/layout.c" && check_new_members "$1"
}

# expect good|bad EDIT: the header after this edit of sed's.
expect()
{
    local got=good
    sed -E "$2" "$header" >"$tui_dir/edited.h"
    ! cmp -s "$header" "$tui_dir/edited.h" || fail "the edit '$2' changes nothing"
    check_header "$tui_dir/edited.h" >"$out" 2>&1 || got=bad
    equal "the header after '$2'" "$1" "$got"
}

# First the header itself, then that the checks find what they should.
test_header()
{
    local minor='s/(ABI_MINOR) 0u/\1 1u/'
    check_header "$header"
    expect bad 's/uint32_t ref; /uint64_t ref; /'
    expect bad 's/(    KVMTOP_GAUGE),/    KVMTOP_BAR,\n\1,/'
    expect bad 's/(KVMTOP_OVERRIDE) = 1/\1 = 4/'
    expect bad 's/^    char hotkey;/&\n    char more;/'
    expect bad "$minor; s/^    char hotkey;/&\n    char more;/" # the gap at the end
    expect bad "$minor; s/^    bool repeatable;/&\n    bool more;/"
    expect bad "$minor; s/^    void \*reserved\[2\];/    void *reserved[3];/"
    expect bad "$minor; s/^(    const char \*title;).*/    const char *more;\n\1/"
    expect bad "$minor; s/^    double child_warn, child_crit;/    float child_warn, child_crit;/"
    expect good "$minor; s/^    char hotkey;/&\n    const char *more;/"
    expect good "$minor; s/^    KVMTOP_FILL_GUESTS = 4,.*/&\n    KVMTOP_LATER = 8,/"
    expect good 's/a level, shown as it is/a level/'
}

# Whoever writes plugins in C++ includes it too.
test_cplusplus()
{
    command -v c++ >/dev/null || return 0
    echo '#include <kvmtop/plugin.h>' >"$tui_dir/plugin.cc"
    c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"${header%/kvmtop/plugin.h}" \
        "$tui_dir/plugin.cc"
}

# --- the plugin of then

# run ARGUMENTS...: a report; nothing on standard error.
run()
{
    timeout 60 "$KVMTOP" -P "$tui_dir/plugins" -c "$tui_dir/abi.conf" --root "$pve" -n 1 -o json \
        "$@" >"$out" 2>"$tui_dir/err" </dev/null || fail "kvmtop $*: status $?"
    equal "standard error of $*" '' "$(cat "$tui_dir/err")"
}

cells()
{
    python3 -c 'import json, sys
for row in json.loads(sys.stdin.readline())["rows"]:
    print(*(row[column] for column in sys.argv[1:]), sep="|")' "$@" <"$out"
}

test_plugin()
{
    run -V abi -s num:asc
    equal 'its table' "$(printf '%s\n' 'tap100i0|R|1|-1.5|0.25|100|150|1|2|22' \
        'other|R|2|-1.5|0.25|200|300|1|2|None')" \
        "$(cells label st num level real done took each since vmid)"
    run -V abi --columns num,never
    check 'the reason' grep -q 'never: it is never known' "$out"
    run -V process --columns pid,args,word,vm -s pid:asc -p 1200,1300
    equal 'its columns of processes' "$(printf '%s\n' '1200|25|kvm|was:database-vm' \
        '1300|16|kvm|was:webserver')" "$(cells pid args word vm)"
    run -V guests --columns pid,vmid,own_args -s pid:asc -l 2
    equal 'its column of guests' "$(printf '%s\n' '1200|22|25' '1300|22|16')" \
        "$(cells pid vmid own_args)"
}

test_options()
{
    sed 's/^prefix = .*/prefix = x/; s/^id = 22/id = 100/' "$tui_dir/abi.conf" >"$tui_dir/bad.conf"
    ! "$KVMTOP" -P "$tui_dir/plugins" -c "$tui_dir/bad.conf" --check-config 2>"$out" ||
        fail 'wrong options are right'
    equal 'what is said of them' "$(printf '%s\n' \
        "bad.conf:5: [plugin abi_1_0] id = 100: is not a number from 10 to 99" \
        "bad.conf:6: [plugin abi_1_0] prefix = x: no x, please")" "$(sed 's|.*/||' "$out")"
}

test_screen()
{
    tmux_ -u start-server \; set -g exit-empty off \; set -g status off
    run_in 100 30 "$KVMTOP" -P "$tui_dir/plugins" -c "$tui_dir/abi.conf" --root "$pve"
    wait_for 'Showing'
    keys '&'
    wait_for 'one side'
    keys x
    wait_for 'other side'
    keys c
    wait_gone 'other side'
    keys Enter
    wait_for 'Of 1.0'
    keys Escape
    wait_for 'Showing'
    keys q
    wait_end 0
}

mkdir "$tui_dir/plugins"
run_tests test_header test_cplusplus
"${cc[@]}" -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -Wl,-z,defs \
    -o "$tui_dir/plugins/abi_1_0.so" "$frozen/abi_1_0.c"
printf '%s\n' '[core]' 'plugins = proc, proxmox, libvirt, qemu, net, guests, abi_1_0' \
    '[plugin abi_1_0]' 'id = 11' 'id = 22' 'prefix = was:' >"$tui_dir/abi.conf"
if "$KVMTOP" -P "$tui_dir/plugins" -c "$tui_dir/abi.conf" --list-plugins |
    grep -q "can't load plugins"; then
    done_testing
    exit
fi
run_tests test_plugin test_options
if command -v tmux >/dev/null && [ "${KVMTOP_TEST_QUICK:-0}" != 1 ]; then
    run_tests test_screen
fi
done_testing
