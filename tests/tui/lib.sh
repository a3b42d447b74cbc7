# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the script tests share: checks, and driving a program in a terminal of tmux's.  To be
# sourced by a bash script:
#
#   . "$(dirname "$0")/../tui/lib.sh"
#   tui_require                             # or test_require, and only the checks
#   start 80 24 -V network                  # kvmtop, in a window of this size
#   wait_for 'eth0'
#   keys n Escape
#   screen
#   stop
#
# The tmux server is this script's own and ends with it.  Nothing here waits a fixed time: what is
# waited for is looked for again and again, for 10 s at the most (KVMTOP_TEST_PATIENCE seconds).

tui_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_srcdir=${abs_top_srcdir:-$(cd "$tui_here/../.." && pwd)}
KVMTOP=${KVMTOP:-$top_srcdir/kvmtop}
pve=$top_srcdir/tests/fixtures/hosts/pve
tui_socket=kvmtop-test-$$
tui_patience=${KVMTOP_TEST_PATIENCE:-10}
tui_dir=
tui_failures=0

# skip REASON: ends the test as skipped.
skip()
{
    echo "SKIP: $1"
    exit 77
}

# need COMMAND...: ends the test as skipped where one is missing; with failures so far, as failed.
need()
{
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null && continue
        done_testing || exit 1
        skip "no $command on this machine"
    done
}

# test_require: gets ready for a test without a terminal.
test_require()
{
    [ -x "$KVMTOP" ] || { echo "$KVMTOP has not been built"; exit 1; }
    tui_dir=$(mktemp -d)
    : >"$tui_dir/empty.conf"
    export XDG_CONFIG_HOME=$tui_dir/xdg HOME=$tui_dir LC_ALL=C.UTF-8
    unset NO_COLOR TMUX
    trap tui_end EXIT
}

# tui_require: gets ready, or ends the test as skipped where it can't run.
tui_require()
{
    [ "${KVMTOP_TEST_QUICK:-0}" != 1 ] || skip "quick tests only (KVMTOP_TEST_QUICK=1)"
    need tmux
    test_require
    tmux_ -u start-server \; set -g exit-empty off \; set -g status off \; \
        set -g default-shell /bin/sh \; set -g default-terminal screen-256color \; \
        set -g escape-time 0
}

tui_end()
{
    local socket
    socket=${TMUX_TMPDIR:-/tmp}/tmux-$(id -u)/$tui_socket
    [ ! -S "$socket" ] || tmux_ kill-server 2>/dev/null || true
    rm -rf "$socket" "$tui_dir"
}

tmux_()
{
    tmux -L "$tui_socket" -f /dev/null "$@"
}

# --- checks: each failure is told of and counted, and the test goes on

fail()
{
    local at lines=
    for ((at = 1; at < ${#BASH_SOURCE[@]}; at++)); do
        [ "${BASH_SOURCE[at]}" = "${BASH_SOURCE[0]}" ] || lines="$lines ${BASH_LINENO[at - 1]}"
    done
    echo "FAILED (line$lines): $*"
    tui_failures=$((tui_failures + 1))
}

# check WHAT COMMAND...: fails where the command does.
check()
{
    local what=$1
    shift
    "$@" || fail "$what"
}

# equal WHAT EXPECTED ACTUAL
equal()
{
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# run_tests FUNCTION...: each by itself: what fails in one leaves the others alone.
run_tests()
{
    local name status
    for name in "$@"; do
        set +e
        (
            set -eE
            tui_failures=0
            trap '[ "$tui_failures" -gt 0 ] || echo "line $LINENO: $BASH_COMMAND failed"' ERR
            "$name"
            [ "$tui_failures" -eq 0 ]
        )
        status=$?
        set -e
        [ $status -eq 0 ] || fail "$name"
    done
}

# done_testing: the exit status of the script.
done_testing()
{
    [ "$tui_failures" -eq 0 ] || echo "$tui_failures failed"
    [ "$tui_failures" -eq 0 ]
}

# --- the terminal

# run_in COLUMNS ROWS COMMAND...: in a new window of this size; the window outlives it, and its
# exit status comes into a file, as tmux loses that of short-lived ones.
run_in()
{
    local columns=$1 rows=$2
    shift 2
    stop
    rm -f "$tui_dir/status"
    tmux_ new-session -d -x "$columns" -y "$rows" \
        "trap : INT; $(printf '%q ' "$@"); echo \$? >$(printf %q "$tui_dir/status"); sleep 600"
}

# start COLUMNS ROWS ARGUMENTS...: kvmtop with no configuration but these.
start()
{
    local columns=$1 rows=$2
    shift 2
    run_in "$columns" "$rows" "$KVMTOP" -c "$tui_dir/empty.conf" "$@"
}

# recorded ARGUMENTS...: the recorded host, whose last figures stay.
recorded()
{
    start 120 24 --root "$pve" -i 3600 "$@"
    wait_for 'Showing'
}

# stop: the window, and the program in it by SIGHUP.
stop()
{
    tmux_ kill-session -a 2>/dev/null || true
    tmux_ kill-session 2>/dev/null || true
}

# keys KEY...: as tmux names them: a, Enter, Escape, Up, PgDn, F1, C-l; `keys -l TEXT` for a text.
keys()
{
    tmux_ send-keys "$@"
}

resize()
{
    tmux_ resize-window -x "$1" -y "$2"
}

# screen [-e]: what stands there, without blanks at the ends of lines; -e: with colours.
screen()
{
    tmux_ capture-pane -p "$@" | sed 's/[[:space:]]*$//'
}

# cursor: the first field of the row under the cursor.
cursor()
{
    cursor_line 3 | awk '{ print $1 }'
}

# cursor_line HEADS: the first line below so many that begins reverse.  tmux tells of attributes
# where they change, across lines too.
cursor_line()
{
    tmux_ capture-pane -p -e | LC_ALL=C awk -v heads="$1" '
        {
            line = $0
            text = ""
            begins = -1
            while (match(line, /\033\[[0-9;]*m/)) {
                if (RSTART > 1 && begins < 0)
                    begins = reverse
                text = text substr(line, 1, RSTART - 1)
                n = split(substr(line, RSTART + 2, RLENGTH - 3), code, ";")
                line = substr(line, RSTART + RLENGTH)
                for (i = 1; i <= n; i++)
                    if (code[i] == 7)
                        reverse = 1
                    else if (code[i] == 0 || code[i] == 27)
                        reverse = 0
            }
            text = text line
            if (NR > heads && (begins < 0 ? reverse : begins)) {
                print text
                exit
            }
        }'
}

# rows: the first fields of all rows on the screen, in one line.
rows()
{
    screen | sed -e 1,3d | head -n -3 | awk 'NF { printf "%s%s", sep, $1; sep = " " }'
}

# --- waiting

# until_true COMMAND...: until it succeeds; 1 when patience is over.
until_true()
{
    local end=$((SECONDS + tui_patience))
    until "$@"; do
        [ "$SECONDS" -le "$end" ] || return 1
        sleep 0.05
    done
}

on_screen()
{
    screen | grep -qF -e "$1"
}

not_on_screen()
{
    ! on_screen "$1"
}

line_has()
{
    screen | sed -n "$1p" | grep -qF -e "$2"
}

cursor_is()
{
    [ "$(cursor)" = "$1" ]
}

rows_begin()
{
    case "$(rows) " in
    "$1 "*) true ;;
    *) false ;;
    esac
}

told_off()
{
    fail "$1; the screen:"
    screen | sed 's/^/    |/'
    return 1
}

# wait_for TEXT: until it stands on the screen.
wait_for()
{
    until_true on_screen "$1" || told_off "no '$1'"
}

# wait_gone TEXT: until it stands there no longer.
wait_gone()
{
    until_true not_on_screen "$1" || told_off "'$1' stays"
}

# wait_line N TEXT: until line N of the screen, from 1, holds it.
wait_line()
{
    until_true line_has "$1" "$2" || told_off "no '$2' in line $1"
}

# wait_cursor TEXT: until it is the first field of the row under the cursor.
wait_cursor()
{
    until_true cursor_is "$1" || told_off "the cursor is on '$(cursor)', not on '$1'"
}

# wait_rows 'A B ...': until the first rows begin with these fields.
wait_rows()
{
    until_true rows_begin "$1" || told_off "the rows are '$(rows)', not '$1'"
}

# wait_end STATUS: until the program of the window has ended with this exit status.
wait_end()
{
    until_true test -s "$tui_dir/status" || { told_off "it did not end"; return 1; }
    equal 'exit status' "$1" "$(cat "$tui_dir/status")"
}
