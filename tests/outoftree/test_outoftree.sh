#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Plugins of a site, built as a site builds them: against the installed tree, by the compiler and
# pkg-config alone.  Each loads, shows, is exported and leaves nothing behind; so does the example
# that is installed.  The tutorial of docs/plugins.md is done step by step.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
read -ra cc <<<"${TEST_CC:-cc}"
need python3 make pkg-config "${cc[0]}"

here=$(cd "$(dirname "$0")" && pwd)
tree=$tui_dir/tree
dir=$tui_dir/plugins
host=$tui_dir/host
conf=$tui_dir/kvmtop.conf
names=$tui_dir/names.csv
out=$tui_dir/out
err=$tui_dir/err
umask 022

# --- what is installed

install_tree()
{
    local pc
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "${abs_top_builddir:-$top_srcdir}" install \
        DESTDIR="$tree" >"$tui_dir/log" 2>&1 || { tail -n 40 "$tui_dir/log"; exit 1; }
    pc=$(find "$tree" -name kvmtop.pc)
    export PKG_CONFIG_LIBDIR=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$tree PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
    KVMTOP=$(find "$tree" -name kvmtop -type f -path '*/bin/*')
    plugindir=$(pkg-config --variable=plugindir kvmtop)
    plugindir=$tree${plugindir#"$tree"} # some put the root before it themselves
}

# compile FLAGS...: as docs/plugins.md says.
compile()
{
    local flags
    flags=$(pkg-config --cflags kvmtop)
    # shellcheck disable=SC2086
    "${cc[@]}" -O2 -Wall -Wextra -Werror -shared -fPIC $flags -Wl,-z,defs "$@"
}

# The recorded host, with the files that the plugins here read.
make_host()
{
    local step pid
    cp -R "$pve" "$host"
    chmod -R u+w "$host"
    for step in 1 2 3; do
        [ -d "$host/$step" ] || continue
        printf '%s\n' '                    CPU0       CPU1' \
            "          HI:          0          0" \
            "       TIMER:  $((step * 1500))  $((step * 3000))" \
            "      NET_RX:  $((step * 150))  7" >"$host/$step/proc/softirqs"
        for pid in 1200 1300 2000; do
            echo $((pid / 10)) >"$host/$step/proc/$pid/oom_score"
            echo -900 >"$host/$step/proc/$pid/oom_score_adj"
        done
    done
    printf '%s\n' '# UUID,NAME' '00000000-0000-0000-0000-000000000000,nobody' 'a line' \
        "$(guest_uuid 2000),accounts of 2025" >"$names"
}

guest_uuid()
{
    tr '\0' '\n' <"$host/1/proc/$1/cmdline" | grep -A 1 -x -e -uuid | tail -n 1 | tr a-f A-F
}

# --- running it

# configure PLUGIN LINE...: this one beside kvmtop's own, with lines of its own section.
configure()
{
    printf '%s\n' '[core]' "plugin_dir = $dir, $plugindir" \
        "plugins = proc, libvirt, qemu, proxmox, guests, $1" "[plugin $1]" "${@:2}" >"$conf"
}

# run ARGUMENTS...: a report; standard error has to be empty.
run()
{
    timeout 60 "$KVMTOP" -c "$conf" --root "$host" "$@" >"$out" 2>"$err" </dev/null ||
        fail "kvmtop $*: status $?"
    equal "standard error of $*" '' "$(cat "$err")"
}

# cells COLUMN...: of the report in JSON, each row's cells.
cells()
{
    python3 -c 'import json, sys
for row in json.loads(sys.stdin.readline())["rows"]:
    print(*(row[column] for column in sys.argv[1:]), sep="|")' "$@" <"$out"
}

# lists NAME TEXT: --list-plugins says that it is at work.
lists()
{
    "$KVMTOP" -c "$conf" --list-plugins | grep -E "^$1 +" >"$out" || fail "$1 is not listed"
    check "$1: $(cat "$out")" grep -q -e "$2" "$out"
}

# clean ARGUMENTS...: no memory and no descriptor is left behind, no byte read that wasn't written.
clean()
{
    if ! command -v valgrind >/dev/null; then
        echo 'no valgrind on this machine: memory is not checked'
        return
    fi
    timeout 300 valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=all \
        --errors-for-leak-kinds=all --log-file="$tui_dir/valgrind" \
        "$KVMTOP" -c "$conf" --root "$host" "$@" >/dev/null 2>"$err" </dev/null ||
        { fail "valgrind kvmtop $*: status $?"; head -n 40 "$tui_dir/valgrind" "$err"; }
}

# --- the plugins

test_pkg_config()
{
    local header confdir
    header=$(find "$tree" -name plugin.h)
    equal 'version of the contract' \
        "$(sed -n 's/^#define KVMTOP_ABI_M[AI][JN]OR \([0-9]*\)u$/\1/p' "$header" | paste -sd .)" \
        "$(pkg-config --variable=abi kvmtop)"
    check 'plugins in plugindir' test -e "$plugindir/proc.so"
    confdir=$(pkg-config --variable=confdir kvmtop)
    equal 'configuration beside confdir' "$(find "$tree" -name kvmtop.conf -path '*/etc/*')" \
        "$tree$(dirname "${confdir#"$tree"}")/kvmtop.conf"
    equal 'nothing but the header' "${header%/kvmtop/plugin.h}" \
        "$(pkg-config --cflags-only-I kvmtop | sed 's/^-I//; s/ *$//')"
}

test_csv_names()
{
    compile -o "$dir/csv_names.so" "$here/csv_names.c"
    configure csv_names "file = $names"
    lists csv_names 'names of guests from a table of UUIDs (1): names guests'
    run -V guests -n 1 -o json -s pid:asc
    equal 'guests by name' "$(printf '%s\n' '100|database-vm' '101|webserver' \
        '1|accounts of 2025' 'instance-00000002|instance-00000002' 'None|build box')" \
        "$(cells vmid vm)"
    run -V guests -n 1 -o csv
    check 'in CSV' grep -q 'accounts of 2025' "$out"
    clean -V guests -n 1 -o json
    configure csv_names "file = $tui_dir/nowhere.csv"
    lists csv_names "not in use: no file with names: $tui_dir/nowhere.csv"
}

test_softirq()
{
    compile -o "$dir/softirq.so" "$here/softirq.c"
    configure softirq
    lists softirq 'soft interrupts by kind (1): collects softirq'
    run -V softirq -n 1 -o json
    equal 'rates' "$(printf '%s\n' 'TIMER|3000|1' 'NET_RX|100|0' 'HI|0|None')" \
        "$(cells kind rate busiest)"
    run -V softirq -n 1 -b
    check 'in text' grep -qE '^TIMER +3000' "$out"
    run --list-columns softirq
    check 'its columns are listed' grep -q busiest "$out"
    clean -V softirq -n 1 -o json
}

test_oom()
{
    compile -o "$dir/oom.so" "$here/oom.c"
    configure oom
    lists oom 'whom the kernel would kill for memory (1): fills columns'
    run -V process -n 1 -o json --columns pid,oom,oom_adj -s oom:desc -l 4
    equal 'scores of processes' \
        "$(printf '%s\n' '2000|200|-900' '1300|130|-900' '1200|120|-900' '1|None|None')" \
        "$(cells pid oom oom_adj)"
    run -V guests -n 1 -o json --columns pid,oom -s pid:asc -l 3
    equal 'scores of guests' "$(printf '%s\n' '1200|120' '1300|130' '2000|200')" \
        "$(cells pid oom)"
    clean -V process -n 1 -o json --columns pid,oom,oom_adj
}

test_example()
{
    compile -o "$dir/example_resolver.so" "$(find "$tree" -path '*/examples/example_resolver.c')"
    configure example_resolver 'unit = /100.scope'
    lists example_resolver "names the guests of the example's site (1): names guests"
    clean -V process -n 1 -o json
}

# --- what docs/plugins.md prints

# blocks LANGUAGE FROM TO: the blocks of code between two headings.
blocks()
{
    awk -v open="\`\`\`$1" -v from="## $2" -v to="## $3" '
        $0 == from { on = 1 }
        $0 == to { on = 0 }
        $0 == "```" { block = 0 }
        on && block
        $0 == open { block = 1 }' "$top_srcdir/docs/plugins.md"
}

# Guest 100's cgroup is as the tutorial has it; its folder below / is one of the test's.
test_tutorial()
{
    local cgroup head='From an empty file to a loaded resolver' next='The life of a plugin'
    for cgroup in "$host"/*/proc/1200/cgroup; do
        echo '0::/system.slice/vm@4711.service' >"$cgroup"
    done
    mkdir "$tui_dir/empty"
    blocks c "$head" "$next" >"$tui_dir/empty/mine.c"
    check 'a resolver in 40 lines' [ "$(wc -l <"$tui_dir/empty/mine.c")" -le 40 ]
    blocks sh "$head" "$next" | sed "s|/opt/|$tui_dir/|g" >"$tui_dir/steps"
    check 'steps' grep -q pkg-config "$tui_dir/steps"
    (cd "$tui_dir/empty" && PATH=$tui_dir/bin:$PATH sh -e "$tui_dir/steps")
    blocks ini "$head" "$next" | sed "s|/opt/|$tui_dir/|; s|^plugin_dir = .*|&, $plugindir|" >"$conf"
    lists mine 'ids from units (1): names guests'
    run -V process -n 1 -o json -s pid:asc -p 1200,1300
    equal 'guests by id' "$(printf '%s\n' '1200|4711|database-vm' '1300|101|webserver')" \
        "$(cells pid vmid vm)"
}

# The other pieces of C stand together in one file.
test_pieces()
{
    {
        printf '#include <%s>\n' errno.h kvmtop/plugin.h
        blocks c 'Tables and columns' nowhere
    } >"$tui_dir/pieces.c"
    check 'pieces' [ "$(grep -c '^}' "$tui_dir/pieces.c")" -ge 3 ]
    compile -Wno-unused -o "$tui_dir/pieces.so" "$tui_dir/pieces.c"
}

# --- on the screen

test_screen()
{
    configure softirq
    tmux_ -u start-server \; set -g exit-empty off \; set -g status off
    run_in 90 20 "$KVMTOP" -c "$conf" --root "$host"
    wait_for 'iSoft interrupts'
    keys i
    wait_for 'NET_RX'
    keys q
    wait_end 0
    run_in 90 20 "$KVMTOP" -c "$conf" --root "$host" -V softirq
    wait_rows 'TIMER NET_RX HI'
    wait_line 4 '3000'
    stop
}

mkdir "$dir" "$tui_dir/bin"
printf '#!/bin/sh\nexec %s "$@"\n' "$(command -v "${cc[0]}") ${cc[*]:1}" >"$tui_dir/bin/cc"
chmod +x "$tui_dir/bin/cc"
printf '[core]\nplugins += none\n' >"$conf"
! "$KVMTOP" -c "$conf" --list-plugins | grep -q "can't load plugins" ||
    skip 'a static build loads no plugins'
install_tree
make_host
run_tests test_pkg_config test_csv_names test_softirq test_oom test_example \
    test_tutorial test_pieces
if command -v tmux >/dev/null && [ "${KVMTOP_TEST_QUICK:-0}" != 1 ]; then
    run_tests test_screen
fi
done_testing
