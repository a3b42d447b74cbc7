#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The screen beside real guests: every view and key, in a terminal of tmux's.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
KVMTOP=${KVMTOP:-${abs_top_builddir:-$here/../..}/kvmtop}
# shellcheck source=../tui/lib.sh
. "$here/../tui/lib.sh"

clean_up()
{
    guests_stop_all
    rm -rf "$dir"
    tui_end
}

# The program sees what is in the guests' namespaces; its window is tmux's.
start_here()
{
    run_in "$1" "$2" nsenter --net="/proc/$guests_world/ns/net" \
        --mount="/proc/$guests_world/ns/mnt" "$KVMTOP" -c "$tui_dir/empty.conf" -i 0.5 "${@:3}"
}

test_names()
{
    start_here 120 40
    wait_for 'web01'
    wait_for '1 - db-prod 01'
    wait_for '100 - database-vm'
}

test_filter()
{
    start_here 120 40
    wait_for 'web01'
    keys /
    wait_line 40 'Filter:'
    keys -l 'db-prod'
    wait_for 'filter: db-prod'
    wait_gone 'web01'
    keys Escape
    wait_for 'web01'
    keys /
    keys -l 'vm:web cpu>=0'
    keys Enter
    wait_gone 'database-vm'
    equal 'rows that pass' "$(guests_pid 101)" "$(rows)"
    keys / C-u Enter
    wait_for 'database-vm'
}

test_tree()
{
    start_here 120 40
    wait_for 'web01'
    keys t
    wait_line 1 'Tree'
    keys / ; keys -l web01 ; keys Enter
    wait_for '─ CPU 0/TCG'
    wait_for '─ IO io'
    keys Space
    wait_gone 'CPU 0/TCG'
    wait_for '+ web01'
    keys +
    wait_for 'CPU 0/TCG'
    keys a
    wait_gone 'CPU 0/TCG'
    keys a
    wait_for 'CPU 0/TCG'
    keys -l -- -
    wait_gone 'CPU 0/TCG'
    keys t
    wait_line 1 'Processes'
}

test_network()
{
    start_here 120 40
    wait_for 'web01'
    keys n
    wait_line 1 "host's side"
    wait_for 'db-prod 01'
    check 'the domain stands beside its tap' line_of "$(guests_tap 103)" 'db-prod 01'
    check 'web01 stands beside its tap' line_of "$(guests_tap 101)" 'web01'
    keys x
    wait_line 1 "guest's side"
    check 'loopback is hidden' not_on_screen ' lo '
    keys h
    until_true line_of lo UNKNOWN || until_true line_of lo unknown || fail 'h shows no lo'
}

# line_of FIRST TEXT: the line that begins with FIRST holds TEXT.
line_of()
{
    screen | awk -v first="$1" '$1 == first' | grep -qiF -- "$2"
}

test_storage()
{
    start_here 120 40 -V storage --columns device,kname,guests,r_iops,w_iops
    wait_for 'web01'
    check 'all guests stand beside their disk' grep -qE 'web01.*100|100.*web01' <<<"$(screen)"
}

test_details()
{
    start_here 120 80 -V network -s iface:asc -f web01
    wait_for 'web01'
    keys Enter
    wait_for 'Details of web01'
    wait_for 'vCPUs'
    wait_for 'CPU 0/TCG'
    wait_for "$(guests_tap 101)"
    wait_for 'CPU%'
    wait_for 'NUMA placement'
    wait_for 'node 0 '
    keys End
    wait_for '-accel tcg'
    keys Escape
    wait_line 1 'Network'
}

test_every_key()
{
    start_here 80 24
    wait_for 'web01'
    local key
    for key in j k Down Up PgDn PgUp G g End Home 1 2 3 4 5 6 7 8 2 '<' '>' h h a x = = m m; do
        keys "$key"
    done
    for key in F6 o ? F1; do
        keys "$key"
        sleep 0.2
        keys Escape
    done
    wait_line 1 'Processes'
    keys f
    wait_line 1 'frozen'
    keys f
    until_true not_on_screen 'frozen' || fail 'it stays frozen'
    keys l C-u 3 Enter
    wait_for 'Showing 1-3 of 3'
    keys r C-u 2 Enter
    wait_line 1 'every 2.0 s'
    keys -l '\web01'
    keys Enter F3
    check 'it still runs' line_has 1 kvmtop
    keys W
    wait_for 'written to'
    keys F10
    wait_end 0
}

tui_require
guests_require
guests_require_libvirt
dir=$(mktemp -d /var/tmp/kvmtop-tui.XXXXXX) || exit 1
trap clean_up EXIT
guests_prepare "$dir" || exit 1
guests_start_plain 101 web01 mode=mix || exit 1
guests_start_libvirt 103 'db-prod 01' mode=mix || exit 1
guests_start_proxmox 100 database-vm mode=mix || exit 1
for id in 101 103 100; do
    guests_wait_up "$id" 90 || exit 1
done

set -e
run_tests test_names test_filter test_tree test_network test_storage test_details test_every_key
done_testing
