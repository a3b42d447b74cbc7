#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The keys of the table, on the recorded host and on this one.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tui_require

# prompt KEY LABEL TEXT: opens it and types this instead of what it holds.
prompt()
{
    keys "$1"
    wait_for "$2"
    keys C-u
    keys -l "$3"
    wait_for "$2${3:+ $3}"
}

# filter TEXT
filter()
{
    prompt / 'Filter:' "$1"
    keys Enter
    wait_gone 'Filter:'
}

press()
{
    keys "$1"
    wait_cursor "$2"
}

cursor_keys()
{
    recorded
    wait_cursor 1200
    press Down 2000
    press j 3000
    press J 3500
    press Up 3000
    press k 2000
    press K 1200
    press Up 1200
    press End 3700
    press Down 3700
    press Home 1200
    press G 3700
    press g 1200
    press PgDn 3700
    press PgUp 1200
}

scrolling()
{
    recorded -V tree
    wait_for 'Showing 1-18 of 28'
    keys PgDn
    wait_cursor 1
    keys PgDn
    wait_for 'Showing 11-28 of 28'
    wait_cursor 3700
    keys PgUp
    wait_for 'Showing 11-28 of 28'
    wait_cursor 3000
    keys Up
    wait_for 'Showing 10-27 of 28'
    keys End
    wait_for 'Showing 11-28 of 28'
    keys Home
    wait_for 'Showing 1-18 of 28'
    wait_cursor 1200
}

# sorted DIGIT HEAD ROWS LAST, what the key brings when pressed: mark, first rows, last row.
sorted()
{
    keys "$1"
    wait_line 3 "$2"
    wait_rows "$3"
    equal "last row of $2" "$4" "$(rows | awk '{ print $NF }')"
}

# Numbers begin descending, text and the PID ascending; what is unknown stands last either way.
digits()
{
    recorded
    wait_line 3 '2CPU%▼'
    sorted 2 '2CPU%▲' '1 2 1190 2100' 1200
    sorted 2 '2CPU%▼' '1200 2000 3000 3500 1300 3100 17 1' 3700
    sorted 1 '1PID▲' '1 2 17' 3700
    sorted 1 '1PID▼' '3700 3600' 1
    sorted 3 '3R_Log▼' '1200 3000 3300 1 1300 3500 2' 1190
    sorted 3 '3R_Log▲' '2 17 2000' 1190
    sorted 4 '4W_Log▼' '1200 1300 1 2' 3300
    sorted 4 '4W_Log▲' '1 2 17' 3300
    sorted 5 '5Wait▼' '1200 1300 3000 1' 3700
    sorted 5 '5Wait▲' '1 2 17' 1200
    sorted 6 '6R_MiB/s▼' '1200 3000 3500' 1190
    sorted 6 '6R_MiB/s▲' '1 2 17' 1190
    sorted 7 '7W_MiB/s▼' '1200 1300 1' 1190
    sorted 7 '7W_MiB/s▲' '1 2 17' 1190
    sorted 8 '8S▲' '1300 17 3000 3500 1' 3700
    sorted 8 '8S▼' '3700 2200 1 2' 1300
    keys 9
    wait_for 'no column of this view has the key 9'
    start 80 24 --root "$pve" -i 3600   # too narrow for all: the sorted one stays in sight
    wait_for 'Showing'
    sorted 3 '3R_Log▼' '1200 3000 3300' 1190
}

# The cursor stays with its row, wherever that goes.
following()
{
    recorded
    press j 2000
    press j 3000
    sorted 1 '1PID▲' '1 2 17' 3700
    wait_cursor 3000
    sorted 5 '5Wait▼' '1200 1300 3000' 3700
    wait_cursor 3000
    filter 'grep'
    wait_rows '3000'
    filter ''
    wait_for '16 rows'
    wait_cursor 3000
}

# Over all columns of the view: those shown, also those that have given way, then those that are
# not, in the order of the chooser, and round.
beside()
{
    local head
    recorded
    for head in '8S▲' 'COMMAND▲'; do
        keys '>'
        wait_line 3 "$head"
    done
    keys '>'
    wait_line 1 'sort: comm▲'
    keys '>'
    wait_gone 'sort: comm'
    wait_line 1 'sort: '
    keys '<'
    wait_line 1 'sort: comm▲'
    for head in 'COMMAND▲' '8S▲' '2CPU%▼' '7W_MiB/s▼'; do
        keys '<'
        wait_line 3 "$head"
    done
    recorded -s pid
    keys '<'
    wait_line 1 'sort: irq_inj▼'
    for head in '1PID▲' 'User▲' 'Uptime▼' 'Res(MiB)▼'; do
        keys '>'
        wait_line 3 "$head"
    done
}

limit()
{
    recorded
    prompt l 'Rows to show (0: all):' 3
    keys Enter
    wait_for 'Showing 1-3 of 3 (limit, 16 in all)'
    wait_line 22 '337.0'        # of all rows that pass the filter
    prompt L 'Rows to show (0: all):' x
    keys Enter
    wait_for "'x' is not a number of rows"
    keys Escape
    wait_gone 'Rows to show'
    wait_for 'Showing 1-3 of 3'
    prompt l 'Rows to show (0: all):' 0
    keys Enter
    wait_for 'Showing 1-16 of 16'
}

# Last of what a record can show: it goes on to the next step.
interval()
{
    recorded
    prompt r 'Seconds between refreshes:' 0.01
    keys Enter
    wait_for "'0.01' is not a number of seconds from 0.1 to 3600"
    keys C-u
    keys -l 0.25
    keys Enter
    wait_line 1 'every 0.25 s'
    keys r
    wait_for 'Seconds between refreshes: 0.25'
    keys C-u
    keys -l 7.5
    keys Enter
    wait_line 1 'every 7.5 s'
    prompt R 'Seconds between refreshes:' 9
    keys Escape
    wait_gone 'Seconds'
    wait_line 1 'every 7.5 s'
}

# found TEXT ROWS: the filter leaves just these.
found()
{
    local n
    n=$(wc -w <<<"$2")
    filter "$1"
    wait_line 1 "filter: $1"
    wait_for "Showing $((n > 0))-$n of $n"
    wait_rows "$2"
}

filters()
{
    recorded
    found 3300 '3300'
    found kworker '17'
    found 'vm-100-disk-0' '1200'            # in the command line, where COMMAND shows the guest
    found 'KVMTOP-no-such' ''
    found 'jürgen' '3200'
    found 'vmid=101' '1300'
    found webserver '1300'
    found database-vm '1200 1190'
    found 'db-prod 01' '2000'
    found 'instance-0000' '2100'
    found '日本' '3200'
    found WebServer '1300'
    filter ''
    wait_for 'Showing 1-16 of 16'
    not_on_screen 'filter:' || fail 'the title still tells of a filter'
}

# Live while typing; Enter keeps; ESC goes back to what was before.
typing()
{
    recorded
    keys /
    wait_for 'Filter:'
    keys -l swt
    wait_rows 1190
    keys BSpace BSpace BSpace
    wait_for 'Showing 1-16 of 16'
    keys -l web
    wait_rows 1300
    keys Enter
    wait_gone 'Filter:'
    wait_line 1 'filter: web'
    prompt / 'Filter:' grep
    wait_rows 3000
    keys Escape
    wait_gone 'Filter:'
    wait_line 1 'filter: web'
    wait_rows 1300
    prompt / 'Filter:' 'cpu>'
    wait_for 'character 5'
    wait_for 'Showing 1-16 of 16'
    keys Escape
    wait_rows 1300
    # Keys are text while it is open, not commands.
    prompt / 'Filter:' 'qtnschf?12'
    keys Escape
    wait_gone 'Filter:'
    wait_line 1 'Processes'
    recorded -f "!$(printf '%0300d' 0) grep" # longer than anyone types
    wait_rows 3000
    keys /
    wait_for '0 grep'
    keys BSpace
    wait_for '0 gre'
    keys Escape
    wait_gone 'Filter:'
    wait_for 'Showing 1-1 of 1'
    wait_rows 3000
}

hiding()
{
    recorded
    on_screen kthreadd || fail 'kernel threads are not shown at first'
    keys h
    wait_gone kthreadd
    wait_for 'Kernel threads are hidden'
    wait_for 'Showing 1-14 of 14'
    keys H
    wait_for kthreadd
    wait_for 'Showing 1-16 of 16'
    recorded -V network
    not_on_screen fwbr101i0 || fail 'firewall bridges are shown at first'
    keys h
    wait_for fwbr101i0
    wait_for 'lo '
    wait_for 'Showing 1-12 of 12'
    recorded -V storage
    keys h
    wait_for 'loop0'
    wait_for 'sda2'
    wait_for 'Showing 1-10 of 10'
}

# The first words of those on the page.
headings()
{
    screen | awk 'blank { sub(/\047.*/, "", $1); printf "%s%s", sep, $1; sep = " " }
                  { blank = !NF }'
}

help()
{
    recorded
    keys '?'
    wait_line 1 'Help'
    resize 80 24
    wait_line 3 '    without CONFIG_TASK_IO_ACCOUNTING' # the reason, to its end
    resize 120 100
    wait_for 'own cost'
    equal 'sections of the help' 'Keys Filter Plugins kvmtop Columns' "$(headings)"
    resize 120 24
    keys End
    wait_for 'irq_inj '
    keys Home
    wait_for 'Stop the clock'
    keys q
    wait_line 1 'Processes'
    keys F1
    wait_line 1 'Help'
    keys '?'
    wait_line 1 'Processes'
    keys '?'
    wait_line 1 'Help'
    keys Escape
    wait_line 1 'Processes'
}

views()
{
    local key
    for key in t T F5; do
        recorded
        keys $key
        wait_line 1 'Tree'
        wait_for '├─ CPU 0/KVM'
        keys $key
        wait_line 1 'Processes'
        wait_gone 'CPU 0/KVM'
    done
    for key in n N; do
        recorded
        keys $key
        wait_line 1 'Network'
        wait_for 'tap100i0'
        wait_for 'database-vm'
    done
    for key in s S; do
        recorded
        keys $key
        wait_line 1 'Storage'
        wait_for 'nvme0n1'
    done
    for key in c C; do
        recorded -V network
        keys $key
        wait_line 1 'Processes'
        wait_for '100 - database-vm'
    done
}

# Every view keeps its sort, filter and cursor.
kept()
{
    recorded -V network
    sorted 1 '1RX_Mbps▼' 'eth0 tap100i0 vnet0 veth102i0' tap3f2504e0-4f
    press Down tap100i0
    press Down vnet0
    filter 'vm:db'
    keys c
    wait_line 1 'Processes'
    wait_line 3 '2CPU%▼'
    wait_for 'Showing 1-16 of 16'
    keys n
    wait_line 1 'filter: vm:db'
    wait_line 3 '1RX_Mbps▼'
    filter ''
    wait_for 'Showing 1-8 of 8'
    wait_cursor vnet0
}

# A paste that comes in parts is one, however often the table is refreshed meanwhile: what is text
# must not be taken for keys.  Where its end mark is lost it ends by itself after a second.
pastes()
{
    start 80 24 -i 0.1 -p 1
    wait_for 'Showing'
    keys -l $'\e[200~web01 '
    sleep 0.4                   # four rounds
    keys -l $'quit\e[201~'
    keys /
    wait_for 'Filter:'
    keys -l $'\e[200~web01 '
    sleep 0.4
    not_on_screen 'Filter: web01' || fail 'the paste is broken off'
    wait_for 'Filter: web01'
    keys Escape
    wait_gone 'Filter:'
    keys q
    wait_end 0
}

# The settings; but not where another user could lead root to any other file.
writing()
{
    recorded
    keys W
    wait_for 'written to'
    check 'what is written' grep -q '^view = process' "$tui_dir/xdg/kvmtop/kvmtop.conf"
    [ "$(id -u)" = 0 ] || return 0
    mkdir "$tui_dir/other"
    ln -s "$tui_dir/xdg" "$tui_dir/other/xdg"
    chown 65534 "$tui_dir/other"
    run_in 120 24 env XDG_CONFIG_HOME="$tui_dir/other/xdg" "$KVMTOP" -c "$tui_dir/empty.conf" \
        --root "$pve" -i 3600 -V network
    wait_for 'Showing'
    keys W
    wait_for 'refused: another user decides where'
    check 'what stays' grep -q '^view = process' "$tui_dir/xdg/kvmtop/kvmtop.conf"
    chown 0 "$tui_dir/other"
    chown -h 65534 "$tui_dir/other/xdg"
    keys Down
    wait_gone 'refused'
    keys W
    wait_for 'refused: another user decides where'
    chown -h 0 "$tui_dir/other/xdg"
    keys W
    wait_for 'written to'
    check 'by a way of its own' grep -q '^view = network' "$tui_dir/xdg/kvmtop/kvmtop.conf"
}

quitting()
{
    local key
    for key in q Q F10 C-c; do
        recorded
        keys "$key"
        wait_end 0
    done
    for key in "${openers[@]}"; do
        recorded
        keys "${key%%:*}"
        wait_for "${key#*:}"
        keys F10
        wait_end 0
    done
}

# --- on this host

marker=kvmtop-marker-$$

# A process that is known by its name: $marker.
sleeper()
{
    bash -c "exec -a $marker sleep 600" &
    echo $! >>"$tui_dir/sleepers"
}

all_end()
{
    [ ! -f "$tui_dir/sleepers" ] || xargs kill <"$tui_dir/sleepers" 2>/dev/null || true
    tui_end
}

# Nothing is repainted while it is frozen, and all is there again afterwards.
freezing()
{
    start 120 24 -i 0.1 -f "comm=sleep $marker"
    wait_for 'Showing 0-0 of 0'
    for key in f F; do
        keys $key
        wait_line 1 '[frozen]'
        local before
        before=$(rows)
        sleeper
        sleep 1                 # ten intervals, in which nothing may happen
        equal 'rows of a frozen screen' "$before" "$(rows)"
        line_has 1 '[frozen]' || fail 'it went on by itself'
        keys $key
        wait_gone '[frozen]'
        wait_for "Showing 1-$(wc -l <"$tui_dir/sleepers")"
    done
    # A frozen screen still changes its order.
    keys f
    wait_line 1 '[frozen]'
    keys 1
    wait_line 3 '1PID▲'
    keys 1
    wait_line 3 '1PID▼'
    wait_rows "$(rows | tr ' ' '\n' | sort -nr | xargs)"
    line_has 1 '[frozen]' || fail 'sorting ended the frost'
}

# A key too early: there is no frame yet that could stay.
freezing_nothing()
{
    start 80 24 -i 0.1 -p 1
    keys f
    wait_for 'Showing'
    not_on_screen '[frozen]' || fail 'it is frozen'
    keys f
    wait_line 1 '[frozen]'
}

# cpu_values COUNT: what stands for CPU% in the only row, looked at so many times.
cpu_values()
{
    local i
    for ((i = 0; i < $1; i++)); do
        screen | awk 'NR == 4 { print $2 }'
    done | sort -u | xargs
}

# What ran during the frost alone has no rate after it, not even for a moment.
thawing()
{
    local burner
    bash -c 'kill -STOP $$; while :; do :; done' &
    burner=$!
    echo $burner >>"$tui_dir/sleepers"
    start 80 24 -i 3600 -p $burner --columns pid,cpu,state
    wait_for ' T'
    wait_for '0.0'
    keys f
    wait_line 1 '[frozen]'
    kill -CONT $burner
    sleep 1
    kill -STOP $burner
    keys f
    wait_gone '[frozen]'
    equal 'CPU% after the frost' '0.0' "$(cpu_values 80)"
    kill -KILL $burner
}

# The same walk through all views as above, with what this host has.
live()
{
    local key
    sleeper
    start 120 24 -i 0.2
    wait_for 'Showing 1-'
    wait_line 3 '2CPU%▼'
    for key in t:Tree t:Processes n:Network s:Storage c:Processes; do
        keys "${key%:*}"
        wait_line 1 "${key#*:}"
        wait_for 'Showing'
    done
    for key in 1:'1PID▲' 1:'1PID▼' 2:'2CPU%▼' 8:'8S▲' '>:COMMAND▲' '<:8S▲' 2:'2CPU%▼'; do
        keys "${key%%:*}"
        wait_line 3 "${key#*:}"
    done
    keys h
    wait_for 'Kernel threads are hidden'
    keys h
    wait_for 'Kernel threads are shown'
    prompt r 'Seconds between refreshes:' 0.5
    keys Enter
    wait_line 1 'every 0.5 s'
    prompt l 'Rows to show (0: all):' 2
    keys Enter
    wait_for 'Showing 1-2 of 2 (limit'
    filter "$marker"
    wait_for "$marker"
    wait_cursor "$(rows | awk '{ print $1 }')"
    keys '?'
    wait_line 1 'Help'
    keys Escape
    wait_line 1 'Processes'
    keys q
    wait_end 0
}

# What a filter asks for and nobody has read yet is read at once, not after the interval.
costly()
{
    start 120 24 -i 3600
    wait_for 'Showing 1-'
    filter 'swap>=0'
    wait_for 'Showing 1-'
}

# A view that is opened after the last step has that one's rates.
after_the_end()
{
    start 120 24 --root "$pve" -i 0.1 -V tree
    wait_for '500.0'            # R_Log of the last step
    keys n
    wait_line 1 'Network'
    wait_for '10000 '
    keys s
    wait_line 1 'Storage'
    wait_for 'nvme0n1 '
    wait_for '50.00'
}

# Of a single step there are no rates to wait for.
one_step()
{
    mkdir "$tui_dir/single"
    cp -r "$pve/1" "$tui_dir/single/1"
    start 120 24 --root "$tui_dir/single" -i 3600
    wait_for 'Showing 1-16 of 16'
    keys n
    wait_for 'tap100i0'
}

# Whatever comes first in the configuration, be it shown or not.
other_order()
{
    printf '[core]\nplugins = net, proc\n' >"$tui_dir/order.conf"
    start 120 24 -c "$tui_dir/order.conf" --root "$pve" -i 0.1
    wait_rows '1200 2000 3000'  # by CPU%, which takes two steps
}

# What isn't shown stands in groups; a click on a heading means the column under it.
chooser()
{
    recorded
    keys o
    wait_line 2 'Shown'
    wait_line 17 'Identity'
    wait_line 18 '[ ] comm '
    keys -l $'\e[<0;3;17M'
    keys Space
    wait_line 17 '[x] comm '
    wait_line 18 'Identity'
    keys End
    wait_for '[ ] irq_inj'
    keys Space
    wait_for '[x] irq_inj'
    keys Home
    wait_line 2 'Shown'
    wait_line 3 '[x] pid '
    keys Space Escape
    wait_line 3 'User'
    wait_gone '1PID'
}

bar_line()
{
    screen | tail -n 1
}

# bar_has ITEM: as a whole.
bar_has()
{
    [[ " $(bar_line) " == *" $1 "* ]]
}

# wait_bar ITEM
wait_bar()
{
    until_true bar_has "$1" || told_off "the bar has no '$1'"
}

# click_bar ITEM: the button goes down and up.
click_bar()
{
    local line
    wait_bar "$1"
    line=$(bar_line)
    line=${line%%"$1"*}
    line="0;$((${#line} + 1));24"
    keys -l $'\e[<'"${line}M"$'\e[<'"${line}m"
}

# The bar tells of what the view has a use for, and can be clicked.
bar()
{
    recorded
    wait_bar EnterDetails
    wait_bar '\Search'
    ! bar_has SpaceFold || fail 'processes can be folded'
    ! bar_has xSide || fail 'processes have two sides'
    ! bar_has F3Next || fail 'there is a next match before the first'
    prompt '\' 'Search:' web
    keys Enter
    wait_bar F3Next
    click_bar F5tTree
    wait_line 1 'Tree'
    wait_bar aNames
    press Down 1200
    click_bar SpaceFold
    wait_for '+ 100 - database-vm'
    click_bar nNetwork
    wait_line 1 "host's side"
    ! bar_has SpaceFold || fail 'interfaces can be folded'
    click_bar xSide
    wait_line 1 "guest's side"
    recorded -V tree
    resize 80 24
    wait_bar F6Sort
    ! bar_has EnterDetails || fail 'a key stands beyond the edge'
}

# A page has a bar of its own, which can be clicked; a message takes its place until the next key.
page_bars()
{
    recorded
    click_bar 'F1?Help'
    wait_line 1 'Help'
    equal 'bar of the help' 'ESCBack PgDnNext PgUpBefore HomeTop EndBottom F10Quit' "$(bar_line)"
    click_bar EndBottom
    wait_gone 'This help'
    click_bar ESCBack
    wait_line 1 'Processes'
    click_bar F6Sort
    wait_line 1 'Sort by'
    equal 'bar of the menu' 'EnterSort ESCBack F10Quit' "$(bar_line)"
    keys Home
    click_bar EnterSort
    wait_line 3 '1PID▲'
    click_bar oColumns
    wait_line 1 'Columns'
    wait_line 3 '[x] pid'
    click_bar '>Move down'
    wait_line 4 '[x] pid'
    click_bar SpaceShow/Hide
    wait_for '[ ] pid'
    click_bar WSave
    wait_line 24 "written to $XDG_CONFIG_HOME"
    keys Home
    wait_bar ESCBack
    click_bar ESCBack
    wait_line 3 'User'
    click_bar EnterDetails
    wait_line 1 'Details of'
    click_bar fFreeze
    wait_line 1 '[frozen]'
    click_bar F10Quit
    wait_end 0
}

wheel_up=$'\e[<64;5;5M'
wheel_down=$'\e[<65;5;5M'

# scrolls KEY FIRST LAST SECOND FOURTH: on a page longer than the screen, with these texts in its
# first line, near its end, in its second and its fourth line.
scrolls()
{
    start 80 24 --root "$pve" -i 3600
    wait_for 'Showing'
    keys "$1"
    wait_line 2 "$2"
    keys End
    wait_for "$3"
    keys PgUp
    wait_gone "$3"
    keys PgDn
    wait_for "$3"
    keys Home
    wait_line 2 "$2"
    keys Down
    wait_line 2 "$4"
    keys Up
    wait_line 2 "$2"
    keys -l "$wheel_down"
    wait_line 2 "$5"
    keys -l "$wheel_up"
    wait_line 2 "$2"
}

chosen_is()
{
    [[ $(cursor_line 1) == *" $1 "* ]]
}

# chosen NAME: the column under the cursor of a menu.
chosen()
{
    until_true chosen_is "$1" || told_off "the cursor is on '$(cursor_line 1)', not on '$1'"
}

# chooses KEY: in a menu.
chooses()
{
    start 80 24 --root "$pve" -i 3600
    wait_for 'Showing'
    keys "$1"
    wait_line 2 'Shown'
    keys Home
    chosen pid
    keys Down
    chosen user
    keys Up Up
    chosen pid
    keys -l "$wheel_down"
    chosen res
    keys -l "$wheel_up"
    chosen pid
    keys PgDn PgUp
    chosen pid
    keys End Down PgDn
    chosen irq_inj
    keys PgUp
    wait_gone irq_inj
    keys PgDn
    chosen irq_inj
    keys Home
    wait_line 2 'Shown'
    chosen pid
    keys Q
    wait_line 1 Processes
}

# Keys that open something, and what is there alone.
openers=('?:This help' 'Enter:Identity' 'F6:Sort by' 'o:Columns of' '/:Filter:')

# repaints KEY TEXT: what shows it can be painted anew, after something else was written.
repaints()
{
    keys "$1"
    wait_for "$2"
    tmux_ send-keys -R
    wait_gone "$2"
    keys C-l
    wait_for "$2"
    keys Escape
    wait_line 1 'Processes'
}

repainting()
{
    local opener
    recorded
    for opener in "${openers[@]}"; do
        repaints "${opener%%:*}" "${opener#*:}"
    done
}

paging()
{
    scrolls '?' 'r_log' 'irq_inj ' 'without' 'Keys'
    scrolls Enter 'Identity' 'Command line' 'platform' 'name'
    chooses F6
    chooses o
}

trap all_end EXIT
run_tests cursor_keys scrolling digits following beside limit interval filters costly \
    after_the_end chooser bar page_bars paging repainting typing hiding help views kept pastes other_order \
    freezing_nothing writing one_step quitting freezing thawing live
done_testing
