#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# README.md, the manual pages and conf/kvmtop.conf say what the program says: each option, key, column
# and setting is in both, and none that doesn't exist.  The resolvers that README.md and docs print
# compile and name a guest, and the tests that docs name are there.
# No -e: what can't be found makes a list that differs, and is told of there.
# shellcheck disable=SC2016,SC1003 # backticks and backslashes of the files looked at
set -u
export LC_ALL=C

top=${abs_top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
kvmtop=${KVMTOP:-$top/kvmtop}
readme=$top/README.md
manual=$top/docs/kvmtop.1
failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
: >"$work/empty.conf"
export XDG_CONFIG_HOME=$work HOME=$work

fail()
{
    echo "FAILED: $*"
    failed=1
}

# same WHAT A B: the files hold the same lines, and A (the program's) some; tells which are in one
# alone.
same()
{
    [ -s "$2" ] || fail "$1: nothing of the program's was found"
    sort -u "$2" >"$work/a"
    sort -u "$3" >"$work/b"
    cmp -s "$work/a" "$work/b" && return
    fail "$1"
    comm -23 "$work/a" "$work/b" | sed 's/^/    lacks:           /'
    comm -13 "$work/a" "$work/b" | sed 's/^/    is not so there: /'
}

# section FILE HEADING: of README.md, up to the next of its rank.
section()
{
    awk -v head="$1" '$0 == head { on = 1; next } /^## / { on = 0 } on' "$readme"
}

# man_section NAME
man_section()
{
    awk -v head=".Sh $1" '$0 == head { on = 1; next } /^\.Sh / { on = 0 } on' "$manual"
}

# The words between backticks, one a line.
quoted()
{
    grep -o '`[^`]*`' | tr -d '`'
}

# The first cell of a table's rows.
first_cell()
{
    sed -n 's/^| \(`.*\)/\1/p' | awk -F ' [|] ' '{ print $1 }'
}

# --- options

options()
{
    "$kvmtop" --help | sed -n 's/^ *\(-.*\)/\1/p' | sed 's/   *.*//' >"$work/options"
    section '## Options' | first_cell | tr -d '`\\' >"$work/readme"
    same 'README.md: options' "$work/options" "$work/readme"
    grep -oE -e '(^|[ ,])--?[A-Za-z][a-z-]*' "$work/options" | tr -d ' ,' >"$work/flags"
    man_section OPTIONS | sed -n 's/^\.It Fl/ Fl/p' | grep -o 'Fl [^ ]*' | sed 's/^Fl /-/' \
        >"$work/manual"
    same 'docs/kvmtop.1: options' "$work/flags" "$work/manual"
}

# --- keys

# Those of the table in core/keys.c, and of the views that there are.
program_keys()
{
    local plugin rest
    sed -n 's/^    { {[^}]*}, "\([^"]*\)",.*/\1/p' "$top/core/keys.c" | sed 's/\\\\/\\/' |
        tr ' ' '\n'
    "$kvmtop" -c "$work/empty.conf" --list-plugins | while read -r plugin rest; do
        [[ $rest == 'not in use'* ]] || [ ! -f "$top/plugins/$plugin.c" ] ||
            sed -n "s/.*\.hotkey = '\(.\)'.*/\1/p" "$top/plugins/$plugin.c"
    done
}

keys()
{
    program_keys >"$work/keys"
    section '## Keys' | first_cell | quoted >"$work/readme"
    same 'README.md: keys' "$work/keys" "$work/readme"
    man_section KEYS | sed -n 's/^\.It //p' | grep -o 'Ic [^ ]*' |
        sed 's/^Ic //; s/\\&//; s/\\-/-/; s/\\e/\\/' >"$work/manual"
    same 'docs/kvmtop.1: keys' "$work/keys" "$work/manual"
}

# --- columns: "view name title shown" (or hidden); the tree has those of its processes, and its own

columns()
{
    "$kvmtop" -c "$work/empty.conf" --list-columns |
        awk '$1 == "process" { seen[$2] = 1 }
             $1 != "tree" || !seen[$2] { print $1, $2, $3, $4 }' >"$work/columns"
    awk '/^## / { view = "" }
         /^### `/ { split($0, part, "`"); view = part[2] }
         view != "" && /^\| `/ { split($0, cell, " [|] ")
             sub(/^\| /, "", cell[1]); gsub(/`/, "", cell[1])
             print view, cell[1], cell[2], cell[3] }' "$readme" >"$work/readme"
    same 'README.md: columns' "$work/columns" "$work/readme"
    man_section VIEWS |
        awk 'function flush() { if (name != "") print view, name, title, shown; name = "" }
             /^\.Ss / { flush(); view = $2 }
             /^\.It Cm / { flush(); name = $3; title = $5; shown = "shown"; next }
             /^Hidden/ && name != "" { shown = "hidden" }
             { flush() }' >"$work/manual"
    same 'docs/kvmtop.1: columns' "$work/columns" "$work/manual"
    [ $failed -eq 0 ] || echo '    docs/columns.py KVMTOP brings the columns of both up to date'
}

# Their meaning in the manual page is the program's own: docs/columns.py finds nothing to do.
meanings()
{
    local file
    command -v python3 >/dev/null || { echo 'meanings of columns: not checked, no python3'; return; }
    mkdir "$work/copy"
    cp -R "$top/docs" "$readme" "$work/copy"
    chmod -R u+w "$work/copy"
    python3 "$work/copy/docs/columns.py" "$kvmtop" || fail 'docs/columns.py ends with an error'
    for file in README.md docs/kvmtop.1 docs/kvmtop.conf.5; do
        diff -u "$top/$file" "$work/copy/$file" || fail "$file: docs/columns.py would change it"
    done
}

# --- settings

# "section key = default" of the program, and of each file's lists.
program_settings()
{
    "$kvmtop" -c "$work/empty.conf" --list-options | sed -n 's/^\[\(.*\)\] \([a-z_]* =.*\)/\1 \2/p'
}

manual_settings()
{
    awk '/^\.S[sh] / { section = substr($0, 5) }
         /^\.It Cm .* Li "=/ { split($0, part, "\""); print section, $3, part[2] }' \
        "$top/docs/kvmtop.conf.5"
}

shipped_settings()
{
    awk '/^#?\[.*\]$/ { gsub(/[][#]/, ""); section = $0 }
         /^#[a-z_%]+ =/ { print section, substr($0, 2) }' "$top/conf/kvmtop.conf"
}

# built FILE: without what belongs to plugins that this build lacks.
built()
{
    "$kvmtop" -c "$work/empty.conf" --list-plugins |
        sed -n 's/^\([a-z]*\)  *not in use: there is no .*/^plugin \1 /p' >"$work/lacking"
    grep -v -f "$work/lacking" "$1"
}

settings()
{
    program_settings >"$work/settings"
    manual_settings >"$work/manual"
    grep -e '^core ' -e '^plugin ' "$work/manual" >"$work/manual-options"
    built "$work/manual-options" >"$work/manual-built"
    same 'docs/kvmtop.conf.5: settings' "$work/settings" "$work/manual-built"
    grep -v '=$' "$work/manual" | grep -v '^view NAME ' >"$work/manual-set"
    shipped_settings | grep -v '=$' >"$work/conf"
    same 'docs/kvmtop.conf.5 and conf/kvmtop.conf' "$work/conf" "$work/manual-set"
    grep '^plugin ' "$work/settings" | sed 's/=$/= none/' >"$work/options"
    section '## Configuration' |
        sed -n 's/^| `\([a-z]*\)` | `\([a-z_]*\)` | `\([^`]*\)` |.*/plugin \1 \2 = \3/p' \
        >"$work/readme"
    built "$work/readme" >"$work/readme-built"
    same 'README.md: options of plugins' "$work/options" "$work/readme-built"
    sed -n 's/^core \(.*\) =.*/\1/p' "$work/settings" >"$work/core"
    section '## Configuration' | sed -n 's/^| `\[core\]` | //p' | quoted >"$work/readme"
    same 'README.md: keys of [core]' "$work/core" "$work/readme"
}

# All of conf/kvmtop.conf, no longer commented out.
shipped_file()
{
    sed 's/^#\([a-z_%]* =\)/\1/' "$top/conf/kvmtop.conf" >"$work/all.conf"
    "$kvmtop" -c "$work/all.conf" --check-config || fail 'conf/kvmtop.conf, uncommented'
}

# --- reports

json_keys()
{
    "$kvmtop" -c "$work/empty.conf" --root "$top/tests/fixtures/hosts/pve" -n 1 -o json \
        2>/dev/null | sed 's/"rows":\[.*\],"warnings"/"rows":[],"warnings"/' |
        grep -o '"[a-z_]*":' | tr -d '":' >"$work/json"
    section '## Reports' | sed -n '/^| Key/,/^$/p' | quoted >"$work/readme"
    echo null >>"$work/json"
    echo tid >>"$work/json"
    same 'README.md: keys of JSON' "$work/json" "$work/readme"
}

# --- what docs print and name

# names_guest PLUGIN: that of $work/site gives guest 100 of the recorded host another id.
names_guest()
{
    printf '[core]\nplugins += %s\nplugin_dir = %s\n' "$1" "$work/site" >"$work/site.conf"
    "$kvmtop" -c "$work/site.conf" --root "$work/host" -n 1 -o json 2>/dev/null |
        grep -q '"pid":1200,.*"vmid":"4711","vm":"database-vm"'
}

# A static program loads none.
resolvers()
{
    local cgroup name
    printf '[core]\nplugins += none\n' >"$work/site.conf"
    ! "$kvmtop" -c "$work/site.conf" --list-plugins | grep -q "can't load plugins" || return 0
    cp -R "$top/tests/fixtures/hosts/pve" "$work/host"
    chmod -R u+w "$work/host"
    for cgroup in "$work"/host/*/proc/1200/cgroup; do
        echo '0::/system.slice/vm@4711.service' >"$cgroup"
    done
    mkdir -m 755 "$work/site"
    cp "$top/docs/example_resolver.c" "$work/example_resolver.c"
    section '## Writing a resolver' |
        awk '/^    #include/ { on = 1 } /^[^ ]/ { on = 0 } on' | sed 's/^    //' >"$work/mine.c"
    for name in example_resolver mine; do
        "${TEST_CC:-cc}" -Wall -Wextra -Werror -shared -fPIC -I"$top/include" \
            -o "$work/site/$name.so" "$work/$name.c" || fail "$name.c does not compile"
        chmod go-w "$work/site/$name.so"
        names_guest "$name" || fail "$name names no guest"
    done
}

# tests/FILE or tests/FILE:NAME, where NAME stands in FILE.
named_tests()
{
    local word file
    grep -oh 'tests/[A-Za-z0-9_/.-]*[A-Za-z0-9_]\(:[a-z0-9_]*\)\{0,1\}' "$top"/docs/*.md "$top"/*.md |
        sort -u >"$work/tests"
    while read -r word; do
        file=${word%%:*}
        if [ ! -e "$top/$file" ]; then
            fail "the docs name $file, which is not there"
        elif [ "$word" != "$file" ] && ! grep -qw -e "${word#*:}" "$top/$file"; then
            fail "the docs name $word: $file has no such word"
        fi
    done <"$work/tests"
}

# --- the plugin contract

declarations()
{
    awk -f "$top/tests/abi/declarations.awk" "$top/include/kvmtop/plugin.h"
}

header_constants()
{
    declarations | sed -n 's/^enum [a-z_]*: \([A-Z0-9_]*\).*/\1/p'
    sed -n 's/^#define \(KVMTOP_[A-Z0-9_]*\).*/\1/p' "$top/include/kvmtop/plugin.h" |
        grep -vx -e KVMTOP_PLUGIN_H -e KVMTOP_EXPORT -e KVMTOP_PRINTF | sort -u
}

# A function's name, or the names before each comma and at the end.
header_members()
{
    declarations | sed -n 's/^struct [a-z_]*: //p' |
        sed 's/.*(\*\([a-z_]*\)).*/\1/; s/\[[0-9]*\]//' | tr ',' '\n' | sed 's/.*[ *]//' |
        grep -vx -e reserved -e '[a-z]*_stride' | sort -u
}

contract()
{
    local page=$top/docs/kvmtop-plugin.7 word
    header_constants >"$work/constants"
    grep -ow 'KVMTOP_[A-Z0-9_]*' "$page" >"$work/manual"
    same 'docs/kvmtop-plugin.7: constants' "$work/constants" "$work/manual"
    header_members >"$work/members"
    grep -E '^\.(It )?(Va|Fn)' "$page" | grep -ow '[a-z_0-9]*' | grep -xFf "$work/members" \
        >"$work/manual"
    same 'docs/kvmtop-plugin.7: members' "$work/members" "$work/manual"
    grep -ohw 'KVMTOP_[A-Z0-9_]*' "$top/docs/plugins.md" | sort -u | while read -r word; do
        grep -qx "$word" "$work/constants" || echo "$word"
    done >"$work/strange"
    [ ! -s "$work/strange" ] || fail "docs/plugins.md: not in the header: $(xargs <"$work/strange")"
}

# The version that configure.ac sets: CHANGELOG.md begins with it, README.md's screens show it.
version()
{
    "$kvmtop" --version | sed 's/^kvmtop \([^ ]*\) .*/\1/' >"$work/version"
    { sed -n '/^## /{ s/^## \([^ ]*\).*/\1/p; q; }' "$top/CHANGELOG.md"
      sed -n 's/^    kvmtop \([0-9][0-9.]*\) .*/\1/p' "$readme"; } >"$work/named"
    same 'CHANGELOG.md and README.md: version' "$work/version" "$work/named"
}

# What pages link to in this checkout is there: files, and headings of README.md.
links()
{
    local page target
    for page in "$top"/*.md "$top"/docs/*.md; do
        grep -o '](\([^)]*\))' "$page" | sed 's/^](//; s/)$//' | grep -v '^http' |
            while read -r target; do
                if [[ $target == '#'* ]]; then
                    target=$page$target
                else
                    target=${page%/*}/$target
                fi
                [ -e "${target%%#*}" ] || echo "${page##*/}: no ${target%%#*}"
                [[ $target != *'#'* ]] || headings "${target%%#*}" | grep -qx "${target#*#}" ||
                    echo "${page##*/}: no heading ${target#*#}"
            done
    done >"$work/links"
    [ ! -s "$work/links" ] || fail "links that lead nowhere: $(cat "$work/links")"
}

# Headings as links name them.
headings()
{
    sed -n 's/^##* //p' "$1" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'
}

manual_warnings()
{
    local page
    command -v mandoc >/dev/null || { echo 'manual pages: not checked, no mandoc'; return; }
    for page in "$top"/docs/*.[1-9]; do
        mandoc -T lint -W warning "$page" || fail "${page##*/}: mandoc has warnings"
    done
}

options
keys
columns
meanings
settings
shipped_file
json_keys
resolvers
named_tests
contract
version
links
manual_warnings
exit $failed
