#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Plugins with something wrong about them, each a small source here: one clear line that names it,
# and the rest goes on, unless nothing is left to show.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
TEST_CC=${TEST_CC:-cc}
need python3 "${TEST_CC%% *}"

here=$(cd "$(dirname "$0")" && pwd)
dir=$tui_dir/plugins
conf=$tui_dir/bad.conf
out=$tui_dir/out
err=$tui_dir/err
umask 022

compile()
{
    local name
    for name; do
        # shellcheck disable=SC2086
        $TEST_CC ${TEST_CFLAGS:-} -std=gnu11 -fPIC -shared "-I$top_srcdir/include" \
            "$here/$name.c" -o "$dir/$name.so"
    done
}

# configure LINE...: what the file of the next run says.
configure()
{
    printf '%s\n' "$@" >"$conf"
}

# run ARGUMENTS...: a report of the recorded host; sets $status, $out and $err.
run()
{
    status=0
    timeout 60 "$KVMTOP" -P "$dir" -c "$conf" --root "$pve" -b -n 3 -o json "$@" \
        >"$out" 2>"$err" </dev/null || status=$?
}

# json EXPRESSION: of the reports, `r` the last of them.
json()
{
    python3 -c 'import json, sys
reports = [json.loads(line) for line in sys.stdin]
r = reports[-1]
print(eval(sys.argv[1]))' "$1" <"$out"
}

# says LINE: standard error is this line alone, whose @DIR@ is the plugins' folder.
says()
{
    equal "standard error of $name" "kvmtop: ${1//@DIR@/$dir}" "$(cat "$err")"
}

# goes_on: processes are shown all the same.
goes_on()
{
    equal "status with $name" 0 "$status"
    check "no process with $name" [ "$(json 'len(r["rows"]) > 5 and r["view"] == "process"')" = True ]
}

# with NAME LINE: this plugin beside those that are right leaves this line, and the rest goes on.
with()
{
    name=$1
    configure '[core]' "plugins = proc $name"
    run
    says "plugin $name: $2"
    goes_on
}

# --- what is wrong before any of its code runs

test_files()
{
    with nowhere "there is no nowhere.so in @DIR@ or the other folders"
    echo 'just words' >"$dir/words.so"
    with words "@DIR@/words.so: not a shared object"
    : >"$dir/empty.so"
    with empty "@DIR@/empty.so: not a shared object"
    head -c 64 "$dir/good.so" >"$dir/half.so"
    name=half
    configure '[core]' "plugins = proc $name"
    run                         # in the C library's words
    check 'standard error of half' grep -qx "kvmtop: plugin half: $dir/half.so: .*" "$err"
    equal 'lines of half' 1 "$(wc -l <"$err")"
    goes_on
    mkdir "$dir/folder.so"
    with folder "@DIR@/folder.so: not a shared object"
    ln -s nothing "$dir/dangling.so"
    with dangling "there is no dangling.so in @DIR@ or the other folders"
    with no_descriptor "@DIR@/no_descriptor.so: has no descriptor kvmtop_plugin_no_descriptor"
}

test_permissions()
{
    cp "$dir/good.so" "$dir/loose.so"
    chmod 664 "$dir/loose.so"
    with loose "@DIR@/loose.so: others than its owner may write it (mode 0664): refused"
    chmod 646 "$dir/loose.so"
    with loose "@DIR@/loose.so: others than its owner may write it (mode 0646): refused"
    chmod 775 "$dir"
    with good "@DIR@: others than its owner may write it (mode 0775): refused"
    chmod 755 "$dir"
    [ "$(id -u)" -eq 0 ] || return 0
    chmod 644 "$dir/loose.so"
    chown 54321 "$dir/loose.so"
    with loose "@DIR@/loose.so: owned by user 54321, neither root nor kvmtop's owner: refused"
}

test_descriptors()
{
    with other_major "made for plugin ABI 2.0, this kvmtop has 1.0"
    with newer_minor "made for plugin ABI 1.1, this kvmtop has 1.0"
    with other_name "its descriptor is named 'somebody'"
    with strides "its descriptor has strides or counts that can't be"
    with huge "table huge: more than 256 columns"
    with null_column "table null_column: column 3 has no valid name"
    with double_column "table double_column: column count is there twice"
    with ratio "table ratio: column share: a ratio's den must be a counter of the table, not 'id'"
    with both "source 1 (table both) has both collect and fill: exactly one is needed"
    with neither "source 1 (table neither) has neither collect and fill: exactly one is needed"
}

# in_guests NAME LINE: likewise, of a plugin that adds to the view of guests.
in_guests()
{
    name=$1
    configure '[core]' "plugins = proc qemu guests $name"
    run
    says "plugin $name: $2"
    goes_on
    run -V guests
    equal "status of guests with $name" 0 "$status"
    check "no guest with $name" [ "$(json 'len(r["rows"]) > 0')" = True ]
}

test_guests()
{
    in_guests guest_per 'table guests: column share: `per` must name a number that stands before it'
    in_guests guest_sum 'table guests: column sum: what is aggregated must be a GAUGE of F64'
    in_guests guest_ratio \
        'table guests: column share: a ratio has no cell for what is aggregated'
    in_guests guest_own 'table guests: column own: process.pid is of another kind'
    equal 'what is told of guest_own' "['own: process.pid is of another kind']" \
        "$(json '[w for w in r["warnings"] if "own" in w and "plugin" not in w]')"
    in_guests guest_where \
        'table guests: column some: `where` names pid, which is no text of its own'
    in_guests guest_self "table guests: column again: guests.cpu is a guest's itself"
    in_guests guest_fill 'fills the table guests, which is made of others'
}

# loads NAME: its view shows its two rows, with their rate, without a word.
loads()
{
    name=$1
    configure '[core]' "plugins = proc $name"
    run -V "$name"
    equal "status with $name" 0 "$status"
    equal "standard error of $name" '' "$(cat "$err")"
    equal "rows of $name" '[(1, 1000), (2, 1000)]' \
        "$(json '[(row["id"], row["count"]) for row in r["rows"]]')"
}

test_good()
{
    loads good
    loads older
    loads own_part
}

# --- what is wrong with what it does

test_open()
{
    with open_fails 'there is no "thing" \x1b[2J here'
    with open_silent 'open: No such device'
    with default_wrong "option picky: its default 'some': 'some' is not to my liking"
}

# Whatever its columns look like, they are shown.
test_extremes()
{
    local output
    name=extremes
    configure '[core]' 'plugins = proc extremes'
    for output in text csv json; do
        run -V extremes -o $output
        equal "status of $output with $name" 0 "$status"
        equal "standard error of $output with $name" '' "$(cat "$err")"
        check "lines of $output with $name" [ "$(wc -l <"$out")" -ge 2 ]
        check "control bytes in $output" [ -z "$(tr -d '\n\r' <"$out" | tr -dc '\001-\037')" ]
    done
}

# Its view is excused in the configuration, another is not.
test_open_view()
{
    name=open_fails
    configure '[core]' 'plugins = proc open_fails' '[view open_fails]' 'sort = id'
    run
    goes_on
    configure '[core]' 'plugins = proc open_fails' '[view nosuch]' 'sort = id'
    run
    equal 'status of a view of nobody' 2 "$status"
    check 'a view of nobody' grep -q 'there is no such view' "$err"
}

# in_view NAME ROWS WARNINGS: of its own view, report by report.
in_view()
{
    name=$1
    configure '[core]' "plugins = proc $name"
    run -V "$name"
    equal "status with $name" 0 "$status"
    equal "standard error of $name" '' "$(cat "$err")"
    equal "rows of $name" "$2" "$(json '[len(r["rows"]) for r in reports]')"
    equal "warnings of $name" "$3" "$(json 'sorted({w for r in reports for w in r["warnings"]})')"
    run
    goes_on
}

test_collect()
{
    in_view collect_fails '[0, 0]' "['plugin collect_fails: the thing does not answer']"
    in_view collect_sometimes '[2, 2]' \
        "['plugin collect_sometimes: collect collect_sometimes: Resource temporarily unavailable']"
    in_view collect_more '[2, 2]' \
        "['plugin collect_more: collect collect_more: comes to no end']"
}

test_clashes()
{
    with fills_twice 'column cpu of table process is filled already'
    with table_clash 'there is a table process already: its own is left out'
    with column_clash 'table process has a column cpu already: its own is left out'
    with no_table 'extends the table nobodys, which no plugin brings'
    with hotkey_clash 'table hotkey_clash: the key c is taken: it has none'
    run -V hotkey_clash
    equal 'rows of hotkey_clash' 2 "$(json 'len(r["rows"])')"
    with hotkey_twice 'table second: the key ~ is taken: it has none'
    run -V second
    equal 'rows of hotkey_twice' 2 "$(json 'len(r["rows"])')"
    with hotkey_core "table hotkey_core: the key q is kvmtop's own: it has none"
    run -V hotkey_core
    equal 'rows of hotkey_core' 2 "$(json 'len(r["rows"])')"
}

test_options()
{
    local line
    name=options
    while read -r line; do
        configure '[core]' 'plugins = proc options' '[plugin options]' "${line%% | *}"
        run
        equal "status of '${line%% | *}'" 2 "$status"
        says "$conf:4: [plugin options] ${line##* | }"
    done <<'END'
nope = 1 | has no option 'nope'
count = 11 | count = 11: is not a number from 1 to 10
count = many | count = many: is not a number from 1 to 10
flag = perhaps | flag = perhaps: is neither yes nor no
picky = x | picky = x: 'x' is not to my liking
nosy = x | nosy = x: x: proc -1, sys -1, etc -1, user 0
END
    configure '[core]' 'plugins = proc options' '[plugin options]' 'count = 10' 'flag = on'
    run
    goes_on
}

test_crash()
{
    name=crash
    configure '[core]' 'plugins = proc crash'
    run -V crash
    equal 'status after a crash' 139 "$status"
    says 'ended by SIGSEGV in the plugin crash; start with --without crash to do without it'
    run --without crash
    goes_on
}

# hangs AT LINE ARGUMENTS...: in this callback, with this line in [plugin hang]; ended and named.
hangs()
{
    name="hang at $1"
    configure '[core]' 'plugins = proc net qemu hang' 'watchdog = 1' '[plugin hang]' "at = $1" "$2"
    run "${@:3}"
    equal "status with $name" 1 "$status"
    says "ended: the plugin hang has not returned for 1 s; start with --without hang to do \
without it"
}

test_hang()
{
    local at
    for at in check open close resolve; do
        hangs $at 'in_kernel = no'
    done
    hangs claims 'in_kernel = no' -V network
    hangs collect 'in_kernel = no' -V hang
    hangs collect 'in_kernel = yes' -V hang
    hangs fill 'in_kernel = no' --columns pid,more
    run --without hang --columns pid,cpu
    goes_on
}

# Time in which the program itself was stopped doesn't count.
test_stopped()
{
    local pid
    name=slow
    configure '[core]' 'plugins = slow' 'watchdog = 2' '[plugin slow]' "flag = $tui_dir/flag"
    "$KVMTOP" -P "$dir" -c "$conf" -V slow -b -n 1 -o json >"$out" 2>"$err" </dev/null &
    pid=$!
    check 'collect begins' until_true test -e "$tui_dir/flag"
    kill -STOP $pid
    sleep 4
    kill -CONT $pid
    sleep 0.3                   # the ticks that it missed come first
    until_true sh -c "rm -f '$tui_dir/flag'; ! kill -0 $pid 2>/dev/null" || kill $pid
    wait $pid || fail "status $? after it was stopped: $(cat "$err")"
    equal 'rows after it was stopped' 2 "$(json 'len(r["rows"])')"
}

test_nothing_left()
{
    configure '[core]' 'plugins = open_fails'
    run
    equal 'status with nothing to show' 2 "$status"
    equal 'lines with nothing to show' 'kvmtop: plugin open_fails: there is no "thing" \x1b[2J here
kvmtop: no plugin brings a view: nothing can be shown' "$(cat "$err")"
    equal 'a report of nothing' '' "$(cat "$out")"
}

# In a terminal the line stands below a screen as it was.
test_terminal()
{
    configure '[core]' 'plugins = proc crash'
    tui_server=yes
    tmux_ -u start-server \; set -g exit-empty off \; set -g status off
    # shellcheck disable=SC2016
    run_in 100 20 sh -c 'echo before; "$@"; status=$?; echo "echo=$(stty -a | grep -c " echo ")"; exit $status' \
        sh "$KVMTOP" -P "$dir" -c "$conf" -V crash
    wait_for 'ended by SIGSEGV in the plugin crash'
    wait_end 139
    wait_for before
    wait_for 'echo=1'
    stop
}

# A key leads into the callback that hangs: the terminal comes back without one.
hangs_after()
{
    configure '[core]' 'plugins = proc hang' 'watchdog = 1' '[plugin hang]' "at = $1" \
        'in_kernel = yes'
    tui_server=yes
    # shellcheck disable=SC2016
    run_in 100 20 sh -c \
        'echo before; stty -a >"$0.1"; "$@"; status=$?; stty -a >"$0.2"; exit $status' \
        "$tui_dir/modes" "$KVMTOP" -P "$dir" -c "$conf" --root "$pve"
    wait_for 'Showing'
    keys "$2"
    wait_for 'ended: the plugin hang has not returned for 1 s; start with --without hang'
    wait_end 1
    wait_for before
    equal 'modes of the terminal' "$(cat "$tui_dir/modes.1")" "$(cat "$tui_dir/modes.2")"
    stop
}

test_terminal_hangs()
{
    hangs_after collect '~'
    hangs_after detail Enter
}

# On the page of details a device is called by its name, wherever that stands.
test_block_last()
{
    configure '[core]' 'plugins = proc proxmox block_last'
    run_in 100 60 "$KVMTOP" -P "$dir" -c "$conf" --root "$pve" -i 3600 -f vmid:100
    wait_for 'Showing'
    keys Enter
    wait_for 'Pools'
    equal 'devices of the guest' 'disk1 disk2' \
        "$(screen | sed -n '/Pools/,$p' | awk '/disk/ { print $1 }' | xargs)"
    stop
}

# A first sample that takes long: what it has so far is shown, and the rates when there are any.
test_first_frame()
{
    configure '[core]' 'plugins = proc patient' 'interval = 0.5' '[plugin patient]' \
        "flag = $tui_dir/flag"
    : >"$tui_dir/flag"
    run_in 80 20 "$KVMTOP" -P "$dir" -c "$conf" -V patient
    wait_for ' 2     -'
    rm "$tui_dir/flag"
    wait_gone ' 2     -'
    wait_for ' 2  '
    stop
}

mkdir "$dir"
sources=("$here"/*.c)
sources=("${sources[@]##*/}")
compile "${sources[@]%.c}"
configure '[core]' 'plugins = proc nowhere'
run
! grep -q 'this build can.t load plugins' "$err" || skip 'a static build loads no plugins'
run_tests test_files test_permissions test_descriptors test_guests test_good test_extremes \
    test_open test_open_view test_collect test_clashes test_options test_crash test_hang \
    test_stopped test_nothing_left
if command -v tmux >/dev/null && [ "${KVMTOP_TEST_QUICK:-0}" != 1 ]; then
    run_tests test_terminal test_terminal_hangs test_block_last test_first_frame
fi
done_testing
