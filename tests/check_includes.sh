#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom, and who may call a plugin.  The tables below are the rule; a new module
# of the core finds its layer here.
# usage: check_includes.sh [DIR]: the sources in DIR, by default this checkout; first, that the
# check finds what it should.
set -euo pipefail

# The layers of the core from the bottom up: a name, the layers that it may see besides itself,
# and its modules.  `abi` stands for <kvmtop/plugin.h>, `all` for every layer before it.
layers='
base     | -               | log xalloc str utf8 text width_table clock readfile write_all replace_file secure arena watchdog
looks    | base            | attr theme
terminal | base looks      | term screen input
abi      | -               | plugin.h
config   | base looks abi  | ini options setting settings config
files    | base abi        | root users
data     | all !terminal   | snapshot slots columns rate guests facts builtin
model    | all !terminal   | plugin model sources groups absent
sampling | all !terminal   | sample host identity detail sched hostinfo overcommit
figures  | all !terminal   | cell filter sort format
view     | all !terminal   | view session
output   | all             | batch crash export history keys list pace page paper prompt render save ui
program  | all             | main
'

# A plugin's functions are called from these modules alone.
callers='plugin sample sched identity detail'
callbacks='(->|\.)(collect|fill|idle|resolve|claims|check|detail)\(|\bdesc(->|\.)(open|close)\('

findings=0

finding()
{
    echo "$*"
    findings=$((findings + 1))
}

# layer_of MODULE: its layer's name; fails for an unknown one.  A file screen_flush belongs to the
# module screen where the table doesn't name it.
layer_of()
{
    local name sees modules
    while IFS='|' read -r name sees modules; do
        [[ " $modules " != *" $1 "* ]] || { echo "${name// /}"; return; }
    done <<<"$layers"
    [[ $1 == *_* ]] && layer_of "${1%_*}"
}

# may_see LAYER OTHER: may a module of LAYER include one of OTHER?
may_see()
{
    local name sees modules below=' '
    while IFS='|' read -r name sees modules; do
        name=${name// /}
        if [ "$name" = "$1" ]; then
            [ "$1" != "$2" ] || return 0
            [[ " $sees " != *" !$2 "* ]] || return 1
            [[ " $sees " != *" $2 "* ]] || return 0
            [[ " $sees " == *" all "* && $below == *" $2 "* ]]
            return
        fi
        below+="$name "
    done <<<"$layers"
    return 1
}

# includes FILE: a line "number <name>" or "number "name"" for each of its #include lines.
includes()
{
    sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*(["<][^">]*[">]).*/\1/p' "$1"
}

check_core_file()
{
    local file=$1 module layer line other
    module=${file##*/}
    module=${module%.[ch]}
    [ "$module" != builtin_table ] || return 0
    if ! layer=$(layer_of "$module"); then
        finding "core/${file##*/}: no layer has a module $module (see the table in $0)"
        return
    fi
    while read -r line; do
        case $line in
        '<kvmtop/plugin.h>') other=plugin.h ;;
        '<'*) continue ;;
        *) other=${line//\"/} other=${other#core/} other=${other%.h} ;;
        esac
        if ! layer_of "$other" >/dev/null; then
            finding "core/${file##*/}: includes $line, which is no module of the core"
        elif ! may_see "$layer" "$(layer_of "$other")"; then
            finding "core/${file##*/}: $module ($layer) must not include $line"
        fi
    done < <(includes "$file")
    [[ " $callers " == *" ${module%%_*} "* ]] || check_calls "$file"
}

check_calls()
{
    local line
    while read -r line; do
        finding "core/${1##*/}:${line%%:*}: calls a plugin's function"
    done < <(grep -nE -e "$callbacks" "$1" || true)
}

# is_beside FILE NAME: is NAME a file in the plugin's folder that FILE stands in?
is_beside()
{
    [[ $2 != */* && ${1%/*} != */plugins && -e ${1%/*}/$2 ]]
}

# Plugins: the public header, plugins/lib, a folder of the plugin's own, and the system.
check_plugin_file()
{
    local path=${1#"$dir"/plugins/} own line
    own=${path%.[ch]}
    own=${own%%/*}
    while read -r line; do
        case $line in
        '<core/'* | *../*) finding "plugins/$path: must not include $line" ;;
        '<'* | '"lib/'* | "\"$own/"*) ;;
        *) is_beside "$1" "${line//\"/}" || finding "plugins/$path: must not include $line" ;;
        esac
    done < <(includes "$1")
}

# check DIR: prints what is wrong there; fails if there is anything.
check()
{
    local dir=$1 file
    findings=0
    for file in "$dir"/core/*.[ch]; do
        [ ! -e "$file" ] || check_core_file "$file"
    done
    while read -r file; do
        check_plugin_file "$file"
    done < <(find "$dir/plugins" -name '*.[ch]' 2>/dev/null | sort)
    [ "$findings" -eq 0 ]
}

# expect good|bad PATH LINE...: a file of these lines alone passes, or fails.
expect()
{
    local want=$1 path=$2 got=good tree=$scratch/tree
    shift 2
    rm -rf "$tree"
    mkdir -p "$tree/core" "$tree/$(dirname "$path")"
    printf '%s\n' "$@" >"$tree/$path"
    check "$tree" >"$scratch/out" || got=bad
    [ "$got" = "$want" ] && return
    echo "the check itself is broken: $path with '$*' is $got, not $want"
    cat "$scratch/out"
    exit 1
}

self_test()
{
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    expect good core/view.c '#include <stdio.h>' '#include "snapshot.h"' '#include "core/log.h"'
    expect good core/snapshot.h '#include <kvmtop/plugin.h>'
    expect good core/sched.c 'return s->plugin->collect(state);'
    expect good core/ui.c 'page->open(ui);'
    expect good plugins/proc.c '#include <kvmtop/plugin.h>' '#include "lib/num.h"'
    expect good plugins/proc/stat.c '#include "proc/stat.h"' '#include "lib/num.h"'
    expect bad core/snapshot.c '#include "view.h"'
    expect bad core/screen.c '#include "core/snapshot.h"'
    expect bad core/term.c '#include <kvmtop/plugin.h>'
    expect bad core/sort.c '#  include "screen.h"'
    expect bad core/view.c '#include "proc.h"'
    expect bad core/unheard_of.c '#include <stdio.h>'
    expect bad core/view.c 'source->fill(state, sample);'
    expect bad core/view.c 'plugin->desc.close(plugin->state);'
    expect bad core/view.c 'plugin->desc.detail(state, process, page);'
    expect bad plugins/proc.c '#include "core/log.h"'
    expect bad plugins/proc.c '#include <core/log.h>'
    expect bad plugins/net.c '#include "proc/stat.h"'
    expect bad plugins/lib/num.c '#include "../core/log.h"'
}

self_test
check "${1:-${abs_top_srcdir:-$(dirname "$0")/..}}"
