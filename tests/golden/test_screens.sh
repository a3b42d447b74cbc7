#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Screens of the recorded host in a real terminal against golden files: as text in three sizes,
# with colours in one.  KVMTOP_GOLDEN_UPDATE=1 writes the golden files anew.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
# shellcheck source=golden.sh
. "$(dirname "$0")/golden.sh"
tui_require

# What was shown for 3600 s is step 2 of the record against step 1.
show()
{
    start "${size%x*}" "${size#*x}" --root "$pve" -i 3600 "$@"
    wait_for 'Showing'
}

# press KEY TEXT: and wait for what it brings.
press()
{
    keys "$1"
    wait_for "$2"
}

# typed TEXT: instead of what the filter's prompt holds.
typed()
{
    keys C-u
    keys -l "$1"
    wait_for "Filter: $1"
}

kept()
{
    screen | golden "screens/$1-$size"
}

views()
{
    local view
    for view in process tree network storage guests; do
        show -V $view
        kept $view
    done
}

# Pages and prompts of the process view.
pages()
{
    show
    press '?' ' Help'
    kept help
    keys Escape
    wait_for 'Showing'
    press / 'Filter:'
    typed 'user=root cpu>50'
    kept filter
    typed 'user=root cpu>50 cp>'
    kept filter-nothing
    typed 'cpu>x'
    kept filter-wrong
    keys Escape
    wait_gone 'cpu>x'
    press F6 'Sort by'
    kept sort-menu
    keys Escape
    wait_for 'Showing'
    press o 'Columns of'
    kept columns
}

# What comes up after the last step is given the last two again: they are of step 3.
details()
{
    show -V tree
    press Enter 'Identity'
    wait_for 'vCPU% 35.0'
    kept detail
}

# All of a page of details, of a guest with all that plugins tell.
whole_page()
{
    local pve=$top_srcdir/tests/fixtures/hosts/guests
    size=100x100
    show -V guests
    press Enter 'Identity'
    wait_for 'vCPU% 50.0'
    kept detail-whole
}

# How attributes are told of differs between versions of tmux.
colours()
{
    case $(tmux -V) in
    'tmux 3.3'*) ;;
    *) echo "colours: left out with $(tmux -V)"; return ;;
    esac
    size=80x24
    show
    screen -e | golden screens/process-80x24-colours
    show -V tree
    screen -e | golden screens/tree-80x24-colours
    printf '[core]\ntheme = mono\n' >"$tui_dir/empty.conf"
    show
    screen -e | golden screens/process-80x24-mono
}

# waits THRESHOLD LOOK: Wait of guest 100, 450 ms and then 1200 ms, below the cursor's row or not;
# LOOK is the colour of the second, the first has none.
waits()
{
    printf '[thresholds process]\n%s\n' "$1" >"$tui_dir/empty.conf"
    size=120x24
    show
    keys Down
    wait_cursor 2000
    wait_for ' 450.0 '
    check 'a wait of 450 ms is highlighted' grep -q ' 450\.0 ' <(screen -e)
    keys f f
    wait_for ' 1200.0 '
    check "a wait of 1200 ms is not shown as $2" grep -q "$2"'1200\.0' <(screen -e)
    : >"$tui_dir/empty.conf"
}

# From 1000 ms on, where nothing else is said.
thresholds()
{
    local warn crit
    warn=$'\e\\[33m' crit=$'\e\\[31m'
    waits '' "$warn"
    waits 'wait = 1000:1100' "$crit"
    waits 'wait = 1201' ' '
    waits 'wait = 0' ' '
}

for size in 80x24 120x40 200x50; do
    views
    pages
    details
done
colours
thresholds
whole_page
done_testing
