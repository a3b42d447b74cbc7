#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line: every option, every wrong value, and that reports can be read by others.
set -euo pipefail

# shellcheck source=tui/lib.sh
. "$(dirname "$0")/tui/lib.sh"
test_require

out=$tui_dir/out
err=$tui_dir/err
run_env=()

# run ARGUMENTS...: kvmtop without configuration; sets $status, $out and $err.
run()
{
    status=0
    timeout 60 env ${run_env:+"${run_env[@]}"} "$KVMTOP" -c "$tui_dir/empty.conf" "$@" \
        >"$out" 2>"$err" </dev/null || status=$?
}

# report ARGUMENTS...: likewise, of the recorded host.
report()
{
    run --root "$pve" -b -n 1 "$@"
    [ $status -eq 0 ] || fail "status $status of: $*: $(cat "$err")"
}

# says TEXT: the report holds it.
says()
{
    grep -qF -e "$1" "$out" || fail "no '$1' in the output: $(head -n 3 "$out")"
}

# csv COLUMN: this column of a report in CSV, in one line.
csv()
{
    python3 -c 'import csv, sys
print(*(row[sys.argv[1]] for row in csv.DictReader(sys.stdin)))' "$1" <"$out"
}

# pids EXPECTED ARGUMENTS...: the processes of a report, in their order.
pids()
{
    report -o csv "${@:2}"
    equal "rows of ${*:2}" "$1" "$(csv pid)"
}

# wrong TEXT ARGUMENTS...: one line that holds the text, no output, status 2.
wrong()
{
    run --root "$pve" -b -n 1 "${@:2}"
    equal "status of ${*:2}" 2 "$status"
    equal "output of ${*:2}" '' "$(head -n 1 "$out")"
    equal "lines about ${*:2}: $(cat "$err")" 1 "$(wc -l <"$err")"
    grep -qF -e "$1" "$err" || fail "'${*:2}' is answered by: $(cat "$err")"
}

# --- what is wrong

wrong_options()
{
    wrong '--frobnicate is not an option' --frobnicate
    wrong '-z is not an option' -z
    wrong "'stray' is not an option" stray
    wrong "'stray' is not an option" -i 2 stray -b
    wrong '--batch takes no argument' --batch=1
    wrong '--l can mean --limit, --list-plugins, --list-columns' --l
    wrong '--interval: SECONDS is missing' -i
    wrong '--pid: PID is missing' --pid
    wrong '--output: FORMAT is missing' -o
    wrong '--root: DIR is missing' --root
}

wrong_values()
{
    local value
    for value in abc 0 0.05 3600.5 -1 nan inf 1e1 1,5 ''; do
        wrong "--interval: '$value' is not a number of seconds from 0.1 to 3600" -i "$value"
    done
    for value in 0 x 1,x 4194305 -5 ''; do
        wrong "--pid: '$value' is not a list of process ids" -p "$value"
    done
    for value in 0 -1 x 1.5 ''; do
        wrong "--iterations: '$value' is not" -n "$value"
    done
    for value in x -1 1.5 ''; do
        wrong "--limit: '$value' is not a number of rows" -l "$value"
    done
    for value in xml JSON ''; do
        wrong "--output: '$value' is not text, csv or json" -o "$value"
    done
    wrong "--view: there is no view 'nope'; there are: process, tree, network, storage" -V nope
    wrong "--view: 'No!' is not the name of a view" -V 'No!'
    wrong "--sort: 'cpu:up' is not COLUMN, COLUMN:asc or COLUMN:desc" -s cpu:up
    wrong "--sort: view process: column 'nope' doesn't exist" -s nope
    wrong "--columns: view process: column 'nope' doesn't exist" --columns pid,nope
    wrong "--columns: view network: column 'cpu' doesn't exist" -V network --columns cpu
    wrong "--columns: '' is not a list of columns" --columns ''
    wrong '--filter: at character 5: a number is expected' -f 'cpu>x'
    wrong '--filter: at character 2' -f '/(/'
    wrong "--without: 'a;b' is not a list of plugins" --without 'a;b'
    wrong "--list-columns: there is no view 'nope'" --list-columns nope
    wrong '/no/such/folder: No such file or directory' --root /no/such/folder
    wrong "$tui_dir: there is no proc folder in it" --root "$tui_dir"
    wrong '/no/such/file: cannot be read' -c /no/such/file
}

# Mistakes in a file: each one a line with the file's name and the line's number.
wrong_files()
{
    cat >"$tui_dir/wrong.conf" <<'CONF'
[core]
interval = 0
nonsense = 1
[nosuch]
garbage
[view process]
sort = cpu:sideways
CONF
    run -c "$tui_dir/wrong.conf" --check-config
    equal 'status of a wrong file' 2 $status
    sed "s|^kvmtop: $tui_dir/||" "$err" | cut -d: -f1-2 >"$tui_dir/places"
    equal 'places of mistakes' 'wrong.conf:2 wrong.conf:3 wrong.conf:4 wrong.conf:5 wrong.conf:7' \
        "$(xargs <"$tui_dir/places")"
    in_file 2 "no option 'hid'" '[plugin net]' 'hid = lo'
    in_file 2 'read_config = maybe: is neither yes nor no' '[plugin proxmox]' 'read_config = maybe'
    in_file 2 "column 'nope'" '[view process]' 'columns = pid, nope'
    in_file 4 'no such view' '[core]' 'plugins = proc' '[view nope]' 'sort = pid'
    in_file 2 'is none of those to be loaded' '[plugin nosuch]' 'x = 1' 'y = 2'
    in_file 3 '' '[plugin regex]' '# a bad pattern' 'rule = (?<name>['
    run --check-config
    equal 'status of a good file' 0 $status
    equal 'output about a good file' '' "$(cat "$out" "$err")"
    run -c "$top_srcdir/conf/kvmtop.conf" --check-config
    equal 'status of conf/kvmtop.conf' '0 ' "$status $(cat "$out" "$err")"
}

# places FILE ARGUMENTS...: the lines of a file with these lines in which mistakes are found.
places()
{
    printf '%b\n' "$1" >"$tui_dir/wrong.conf"
    run -c "$tui_dir/wrong.conf" --check-config "${@:2}"
    equal "status of '$1'" 2 $status
    cut -d: -f3 "$err" | xargs
}

# All in one go: one of them hides no other, but where it isn't known which plugins there are.
all_mistakes()
{
    local rest='[plugin nosuch]\nx = 1\n[plugin net]\nhid = lo\n[view process]\nsort = nope'
    equal 'mistakes of all sorts' '2 4 6 8' "$(places "[core]\ninterval = 0\n$rest")"
    equal 'mistakes of plugins and views' '2 4 6' "$(places "$rest")"
    equal 'mistakes with unknown plugins' '2' "$(places "[core]\nplugins = a;b\n$rest")"
    equal 'mistakes with a line that is none' '1' "$(places "plugins\n$rest")"
    run -c "$tui_dir/wrong.conf" --interval 0
    equal 'lines about a wrong option' 1 "$(wc -l <"$err")"
}

# in_file LINE TEXT LINES...: a file of these lines is refused for this one.
in_file()
{
    printf '%s\n' "${@:3}" >"$tui_dir/wrong.conf"
    run -c "$tui_dir/wrong.conf" --check-config
    equal "status of ${*:3}" 2 $status
    equal "lines about ${*:3}" 1 "$(wc -l <"$err")"
    grep -qF "$tui_dir/wrong.conf:$1: " "$err" || fail "wrong place: $(cat "$err")"
    grep -qF -e "$2" "$err" || fail "no '$2' in: $(cat "$err")"
}

# answers STATUS LINE ARGUMENTS...: of a file with this line, which \n divides.
answers()
{
    printf '%b\n' "$2" >"$tui_dir/names.conf"
    run -c "$tui_dir/names.conf" --check-config "${@:3}"
    equal "status of '$2' with ${*:3}: $(cat "$err")" "$1" $status
}

# What a plugin would bring that isn't there now is no mistake, and excuses no other name.
wrong_names()
{
    local view column left_out
    run --list-columns
    awk '!seen[$1]++ { print $1, $2 }' "$out" >"$tui_dir/views"
    check 'views' [ "$(wc -l <"$tui_dir/views")" -ge 5 ]
    # shellcheck disable=SC2086
    for left_out in 'net,disk,guests -V process' 'bpf,proc -V network'; do
        while read -r view column; do
            answers 0 "[view $view]\nsort = $column" --without $left_out
        done <"$tui_dir/views"
        answers 2 '[view nosuch]\nsort = pid' --without $left_out
        answers 2 '[thresholds nosuch]\npid = 1' --without $left_out
        answers 2 '[plugin nosuch]\nx = 1' --without $left_out
    done
    answers 0 '[plugin net]\nhide = lo' --without net
    answers 0 '[core]\nplugins = proc\n[plugin net]\nhide = lo'
    # Of one that can't be loaded nobody knows.
    answers 0 '[core]\nplugins += absent\n[view nosuch]\nsort = pid'
    answers 0 '[core]\nplugins += absent\n[plugin absent]\nx = 1'
    answers 2 '[core]\nplugins += absent\n[plugin nosuch]\nx = 1'
}

# in_view TITLE FILE ARGUMENTS...: with these lines it starts in the view of this title.
in_view()
{
    printf '%b\n' "$2" >"$tui_dir/names.conf"
    report -c "$tui_dir/names.conf" "${@:3}"
    grep -q "^kvmtop [^ ]*  $1 " "$out" || fail "no $1 by '$2' with ${*:3}: $(head -n 1 "$out")"
}

# told LINE TEXT: of the file's line this is said, and nothing else of the file.
told()
{
    equal "lines about $1" "kvmtop: $tui_dir/names.conf:$1: $2" \
        "$(grep -F "$tui_dir/names.conf" "$err")"
}

# Columns and a view that a plugin brings that is not in use now: the rest of the file holds.
absent_columns()
{
    local columns left_out='the plugin cgroup is not in use'
    in_view Processes '[view process]\ncolumns = pid, cpu, press_cpu, command' --without cgroup
    told 2 "view process: column 'press_cpu' is left out: $left_out"
    equal 'heads that are left' 'PID CPU% COMMAND' "$(sed -n 3p "$out" | xargs)"
    in_view Processes '[core]\nplugins = proc\n[view process]\nsort = press_io:desc'
    told 4 "view process: column 'press_io' is left out: $left_out"
    in_view Processes '[view process]\ncolumns = press_cpu' --without cgroup
    sed -n 3p "$out" | grep -q COMMAND || fail "no columns of its own: $(sed -n 3p "$out")"
    in_view Processes '[thresholds process]\npress_cpu = 5' --without cgroup
    told 2 "view process: column 'press_cpu' is left out: $left_out"
    run --list-columns process
    columns=$(awk '{ print $2 }' "$out" | xargs -n 8 | sed 's/$/\\n /')
    answers 0 "[view process]\ncolumns = ${columns//$'\n'/}" --without cgroup,kvm,qemu,bpf
    answers 0 '[core]\nplugins += absent\n[view process]\ncolumns = pid, nope'
    in_view Processes '[core]\nplugins = absent proc\n[view process]\ncolumns = pid, press_cpu'
    told 4 "view process: column 'press_cpu' is left out: $left_out"
    answers 2 '[view process]\ncolumns = pid, nope' --without cgroup
    answers 2 '[view process]\nsort = nope' --without cgroup
    answers 2 '' --without cgroup --columns pid,press_cpu
    answers 2 '' --without cgroup --sort press_cpu
}

absent_view()
{
    in_view Network '[core]\nplugins = net, disk'
    equal 'what is said of the view that nobody chose' '' "$(cat "$err")"
    in_view Storage '[core]\nplugins = disk, net'
    in_view Network '[core]\nview = process' --without bpf,proc
    told 2 "there is no view 'process'; there are: network, storage, guests"
    answers 2 '[core]\nview = nosuch'
    answers 2 '' --without bpf,proc -V process
}

# --- what is right

lists()
{
    local option version
    run --help
    equal 'status of --help' '0 ' "$status $(cat "$err")"
    for option in -i,\ --interval -p,\ --pid -b,\ --batch -n,\ --iterations -o,\ --output \
        -V,\ --view -s,\ --sort -f,\ --filter -l,\ --limit --columns -c,\ --config \
        -P,\ --plugin-dir --root --without --list-plugins --list-columns --list-options \
        --check-config \
        --version -h,\ --help; do
        says "$option"
    done
    run -h
    says 'Usage: kvmtop'
    run --version
    grep -qE '^kvmtop [0-9]+\.[0-9]+\.[0-9]+ \(plugin ABI [0-9]+\.[0-9]+\)$' "$out" ||
        fail "--version says $(cat "$out")"
    version=$(cut -d ' ' -f 2 "$out")
    run --list-plugins
    equal "plugins that are not of version $version" '' \
        "$(sed "/ ($version): /d; / not in use: /d" "$out")"
    for option in proc net disk proxmox libvirt qemu; do
        grep -q "^$option " "$out" || fail "--list-plugins without $option"
    done
    run --list-plugins --without net
    ! grep -q '^net .*collects' "$out" || fail 'net collects in spite of --without'
    run --list-columns
    for option in 'process *pid' 'tree *tid' 'network *tx_mbps' 'storage *r_lat'; do
        grep -q "^$option" "$out" || fail "--list-columns without $option"
    done
    run --list-options --without regex
    for option in '[core] interval = 5' '[core] mouse = yes' '[core] plugin_dir =' \
        '[plugin net] hide = lo fw*' '[plugin disk] partitions = no'; do
        grep -qxF "$option" "$out" || fail "--list-options without $option"
    done
    ! grep -qF '[plugin regex]' "$out" || fail '--list-options has a plugin that was left out'
    run --list-columns storage
    equal 'views in a list of one' storage "$(cut -d ' ' -f 1 "$out" | sort -u)"
}

selection()
{
    pids '1200 1300 2000' -p 1300,1200 -p 2000 -s pid
    pids '' -p 3400             # has ended before the first report
    report -p 3400
    says '! none of the processes that --pid names is there'
    report -p 1 -V guests
    says '! no guest: none of the programs that [core] vmm names is running'
    report -p 1200,3400 -V guests
    ! grep -q '^! no' "$out" || fail "there is a guest, and yet: $(grep '^! no' "$out")"
    pids '1200 2000 3000' -l 3
    pids '1300' -f webserver
    pids '1300 1200' -f 'user=root cpu>15' -s cpu:asc
    pids '3700 3600' -s pid:desc -l 2
    pids '1 2' -s pid -l 2
    pids '1200 3000' -s r_log -l 2
    pids '2 17' -s r_log:asc -l 2
    report --columns cpu,command,pid -l 1
    equal 'heads of --columns' 'CPU% COMMAND PID' "$(sed -n 3p "$out" | xargs)"
    report --columns cpu,command,pid -l 1 -o csv
    equal 'columns of --columns' 'time,cpu,command,pid' "$(head -n 1 "$out" | cut -d, -f1-4)"
    report -V tree -f iothread -o csv
    equal 'processes of a filtered tree' 1200 "$(csv pid | xargs -n 1 | sort -u)"
    run --root "$pve/2" -b -n 1 -o csv
    equal 'processes of a folder without steps' 16 "$(csv pid | wc -w)"
}

# rows_of N ARGUMENTS...: of a host with 60 processes.
rows_of()
{
    run --root "$tui_dir/many" -o csv -n 1 "${@:2}"
    equal "rows of 60 with '${*:2}'" "$1" "$(sed 1d "$out" | wc -l)"
}

limits()
{
    local pid
    for pid in $(seq 1001 1060); do
        mkdir -p "$tui_dir/many/proc/$pid"
        sed "s/^3300 /$pid /" "$pve/1/proc/3300/stat" >"$tui_dir/many/proc/$pid/stat"
    done
    rows_of 50
    rows_of 60 -l 0
    rows_of 60 -l 100
    rows_of 7 --limit=7
}

without()
{
    run --root "$pve" -b -n 1 --without net -V network
    equal 'status of a view that was left out' 2 $status
    report --without proxmox --without libvirt,qemu -o csv
    equal 'guests without resolvers' '' "$(csv vm | xargs)"
    report --without proxmox,libvirt,qemu -p 1200
    says '/usr/bin/kvm -id 100'
    report --columns vm,r_p50 -o json
    says '"r_p50: the plugin bpf, which brings it, is not in use: needs the running kernel'
    report -V guests --without bpf --columns vm,r_p50 -o json
    says '"r_p50: no plugin in use brings it"'
}

# The first report comes soon and divides by what it measured; the next ones by the interval.
intervals()
{
    local try first second
    # One process is read quickly everywhere; yet the machine may be busy.
    for try in 1 2 3 4 5; do
        run -b -n 2 -i 0.5 -o json -p 1
        read -r first second < <(python3 -c 'import json, sys
print(*(json.loads(line)["interval"] for line in sys.stdin))' <"$out" | xargs)
        python3 -c "import sys; sys.exit(not (0.2 <= $first <= 0.5 and 0.4 <= $second <= 0.7))" &&
            return
    done
    fail "the intervals of -i 0.5 are $first and $second"
}

iterations()
{
    run --root "$pve" -b -n 1 -o json
    equal 'reports of -n 1' 1 "$(wc -l <"$out")"
    run --root "$pve" -b -o json
    equal 'reports of a record of three steps' 2 "$(wc -l <"$out")"
    run -b -n 3 -i 0.1 -o json -l 1
    equal 'reports of -n 3' 3 "$(wc -l <"$out")"
}

# --- others can read it

# readable FORMAT ARGUMENTS...: two reports.
readable()
{
    run -b -n 2 -i 0.2 -o "$@"
    check "$* can't be read" python3 "$top_srcdir/tests/read_report.py" "$1" <"$out"
}

formats()
{
    local view format
    for view in process tree network storage; do
        for format in json csv text; do
            readable $format -V $view --root "$pve"
            readable $format -V $view
        done
    done
}

# A locale with a comma in its numbers changes nothing.
locales()
{
    local format
    if ! localedef -i de_DE -f UTF-8 "$tui_dir/de_DE.UTF-8" 2>/dev/null; then
        echo 'locales: left out, as this machine has no localedef or no de_DE'
        return
    fi
    for format in text csv json; do
        run_env=()
        report -o $format -V storage
        sed 's/"self".*//' "$out" >"$tui_dir/plain"
        run_env=(LOCPATH="$tui_dir" LC_ALL=de_DE.UTF-8)
        report -o $format -V storage
        check "$format in de_DE" diff "$tui_dir/plain" <(sed 's/"self".*//' "$out")
    done
}

full_disk()
{
    status=0
    "$KVMTOP" -c "$tui_dir/empty.conf" --root "$pve" -b -n 1 >/dev/full 2>"$err" || status=$?
    equal 'status with a full disk' 1 $status
    grep -q 'No space left' "$err" || fail 'a full disk is not told of'
}

# A reader that shares its end of the pipe may have made it so, and be slower than the reports.
non_blocking()
{
    report -o json -l 0
    status=0
    timeout 60 python3 - "$KVMTOP" -c "$tui_dir/empty.conf" --root "$pve" -b -n 1 -o json -l 0 \
        >"$tui_dir/piped" 2>"$err" <<'END' || status=$?
import fcntl, os, subprocess, sys, time
reader, writer = os.pipe()
os.set_blocking(writer, False)
room = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
program = subprocess.Popen(sys.argv[1:], stdout=writer)
os.close(writer)
while program.poll() is None:
    time.sleep(0.1)
    sys.stdout.buffer.write(os.read(reader, room))
sys.stdout.buffer.write(os.read(reader, room))
sys.exit(program.returncode)
END
    equal 'status with a pipe that is not waited for' 0 $status
    equal 'what is said of it' '' "$(cat "$err")"
    check 'the report through it' diff <(sed 's/"self".*//' "$out") \
        <(sed 's/"self".*//' "$tui_dir/piped")
}

need python3
run_tests wrong_options wrong_values wrong_files all_mistakes wrong_names \
    absent_columns absent_view lists selection limits without intervals iterations formats \
    locales full_disk non_blocking
done_testing
