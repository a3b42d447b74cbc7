#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The mouse on the table of the recorded host, the digits of the storage view, and keys that
# repaint or open what letters open too.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tui_require

# mouse BUTTON COLUMN LINE: pressed and released there, from 1; 64 and 65 are the wheel.
mouse()
{
    keys -l "$(printf '\e[<%d;%d;%dM\e[<%d;%d;%dm' "$1" "$2" "$3" "$1" "$2" "$3")"
}

# click LINE TEXT: the middle of the text where it first stands in that line.
click()
{
    local line before
    line=$(screen | sed -n "$1p")
    before=${line%%"$2"*}
    [ "$before" != "$line" ] || { told_off "no '$2' in line $1 to click"; return 1; }
    mouse 0 $((${#before} + 1 + ${#2} / 2)) "$1"
}

heads()
{
    recorded
    wait_rows '1200 2000'
    click 3 'PID'
    wait_line 3 '1PID▲'
    wait_rows '1 2 17'
    click 3 'PID'
    wait_line 3 '1PID▼'
    wait_rows '3700 3600'
    click 3 'CPU%'
    wait_line 3 '2CPU%▼'
    wait_rows '1200 2000'
}

rows_and_wheel()
{
    recorded
    wait_cursor 1200
    click 6 3000
    wait_cursor 3000
    click 4 1200
    wait_cursor 1200
    mouse 65 10 10
    check 'the wheel does not move the cursor' until_true cursor_moved 1200
    mouse 64 10 10
    mouse 64 10 10
    wait_cursor 1200
}

cursor_moved()
{
    ! cursor_is "$1"
}

bar()
{
    recorded
    click 24 'Network'
    wait_line 1 'Network'
    wait_for 'tap100i0'
    click 24 'Help'
    wait_line 1 'Help'
    keys Escape
    wait_for 'tap100i0'
    click 24 'Quit'
    wait_end 0
}

# mouse_is 0|1: does the program in the window want the mouse?
mouse_is()
{
    [ "$(tmux_ display-message -p '#{?mouse_any_flag,1,#{?mouse_button_flag,1,#{mouse_standard_flag}}}')" = "$1" ]
}

letting_go()
{
    recorded
    check 'it does not take the mouse' until_true mouse_is 1
    keys m
    check 'it keeps the mouse' until_true mouse_is 0
    keys m
    check 'it does not take it back' until_true mouse_is 1
}

# storage_key KEY HEAD
storage_key()
{
    keys "$1"
    wait_line 3 "$2▼"
    keys "$1"
    wait_line 3 "$2▲"
}

storage_digits()
{
    recorded -V storage
    keys 2
    wait_line 3 '2W_IOPS▼'
    storage_key 1 1R_IOPS
    storage_key 3 3R_MiB/s
    storage_key 4 4W_MiB/s
    storage_key 5 '5R_Lat(ms)'
    storage_key 6 '6W_Lat(ms)'
    wait_rows 'md0 nvme0n1'
}

# What another program wrote over the screen is gone after Ctrl-L.
repaint()
{
    local tty
    recorded
    tty=$(tmux_ display-message -p '#{pane_tty}')
    printf '\e[10;1HRUBBISH' >"$tty"
    wait_for RUBBISH
    keys C-l
    wait_gone RUBBISH
}

function_keys()
{
    recorded
    keys F4
    wait_for 'Filter:'
    keys Escape
    wait_gone 'Filter:'
    keys F5
    wait_line 1 'Tree'
    keys F5
    wait_line 1 'Processes'
    keys F10
    wait_end 0
}

run_tests heads rows_and_wheel bar letting_go storage_digits repaint function_keys
done_testing
