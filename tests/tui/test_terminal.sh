#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The terminal: sizes, stopping and going on, every way out, what is written there and what is
# written where there is none.
set -euo pipefail

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
tui_require

recorded=(-c "$tui_dir/empty.conf" --root "$pve" -i 3600)

# --- sizes

size_is()
{
    [ "$(tmux_ display-message -p '#{pane_width}x#{pane_height}')" = "$1" ]
}

resized()
{
    resize "$1" "$2"
    until_true size_is "$1x$2" || told_off "the window has not become $1x$2"
    wait_for "$3"
}

sizes()
{
    local before
    start 80 24 "${recorded[@]}"
    wait_for 'Showing 1-16 of 16'
    before=$(screen)
    resized 40 10 'Showing 1-4 of 16'
    wait_line 3 'PID'
    wait_line 3 'COMMAND'
    wait_line 4 '100 - database-vm'
    wait_line 10 'cProcesses'
    resized 500 200 'Showing 1-16 of 16'
    wait_line 3 'Virt(MiB)'
    wait_line 13 'file=/run/swtpm/database-vm.log --daemon'
    wait_line 200 'cProcesses'
    resized 10 3 'kvmtop'
    resized 1 1 'c'
    resized 80 24 'Showing 1-16 of 16'
    until_true same_screen "$before" || told_off 'the screen is not the same again'
    keys '?'
    wait_line 1 'Help'
    resized 40 10 'Help'
    keys q
    wait_for 'Showing 1-4 of 16'
    keys /
    wait_for 'Filter:'
    resized 60 20 'Filter:'
    keys Escape
    wait_for 'Showing 1-14 of 16'
}

same_screen()
{
    [ "$(screen)" = "$1" ]
}

# --- a shell around it

# The program in a shell, below a text of earlier; its PID is in $tui_dir/pid.
in_shell()
{
    rm -f "$tui_dir/pid"
    run_in 80 24 env PS1='PROMPT> ' PS4= HISTFILE= bash --norc --noprofile -i
    wait_for 'PROMPT>'
    type_line "ulimit -c 0; echo earlier; stty -g >$tui_dir/stty.before"
    wait_line 2 'earlier'
    printf 'echo $$ >%q; exec %s\n' "$tui_dir/pid" \
        "$(printf '%q ' "$KVMTOP" "${recorded[@]}")" >"$tui_dir/program"
    type_line "bash $tui_dir/program"
    wait_for 'Showing'
    not_on_screen 'earlier' || fail 'it does not draw on the alternate screen'
    equal 'state of the terminal while it runs' '1 0' "$(terminal_state)"
}

type_line()
{
    keys -l "$1"
    keys Enter
}

# Whether the alternate screen is shown, and the cursor.
terminal_state()
{
    tmux_ display-message -p '#{alternate_on} #{cursor_flag}'
}

restored()
{
    until_true prompt_is_back || { told_off "after $1 the shell's prompt is not back"; return; }
    on_screen 'earlier' || fail "after $1 the earlier text is not back"
    equal "state of the terminal after $1" '0 1' "$(terminal_state)"
    equal "modes after $1" '1 0 0 0' "$(tmux_ display-message -p \
        '#{wrap_flag} #{mouse_any_flag} #{mouse_standard_flag} #{mouse_sgr_flag}')"
    type_line "stty -g >$tui_dir/stty.after; echo stty-read"
    until_true line_begins 'stty-read'
    check "stty after $1" diff "$tui_dir/stty.before" "$tui_dir/stty.after"
}

prompt_is_back()
{
    screen | sed '/^$/d' | tail -n 1 | grep -q '^PROMPT>$'
}

line_begins()
{
    screen | grep -q "^$1"
}

stopping()
{
    in_shell
    keys C-z
    restored 'Ctrl-Z'
    on_screen 'Stopped' || fail 'the shell does not tell of a stopped job'
    type_line fg
    wait_for 'Showing'
    wait_line 1 'kvmtop'
    equal 'state of the terminal after fg' '1 0' "$(terminal_state)"
    keys Down
    wait_cursor 2000
    keys C-z
    restored 'the second Ctrl-Z'
    resize 100 30
    type_line fg
    wait_line 30 'cProcesses'
    keys q
    restored 'fg and q'
}

# way_out NAME STATUS COMMAND...: ends the program by the command.
way_out()
{
    local name=$1 status=$2
    shift 2
    in_shell
    "$@"
    until_true prompt_is_back || { told_off "$name does not end it"; return; }
    type_line "echo status-\$?"
    wait_for "status-$status"
    restored "$name"
}

send()
{
    kill "-$1" "$(cat "$tui_dir/pid")"
}

ways_out()
{
    way_out q 0 keys q
    way_out Ctrl-C 0 keys C-c
    way_out SIGINT 0 send INT
    way_out SIGTERM 143 send TERM
    way_out SIGHUP 129 send HUP
    way_out SIGSEGV 139 send SEGV
    on_screen 'kvmtop: ended by SIGSEGV' || fail 'the crash is not told of'
    way_out SIGABRT 134 send ABRT
}

# ended WAY STATUS: by ends.py, with nothing to tell of.
ended()
{
    local said status=0
    said=$(PYTHONDONTWRITEBYTECODE=1 python3 "$tui_here/ends.py" "$1" "$KVMTOP" "${recorded[@]}") ||
        status=$?
    equal "what $1 says" '' "$said"
    equal "exit status after $1" "$2" "$status"
}

# There is a moment for it in each start.
signal_at_start()
{
    local i
    need python3
    for ((i = 0; i < 40; i++)); do
        ended signal 143
    done
}

losing_it()
{
    need python3
    ended loss 1
}

# --- no terminal

no_terminal()
{
    run_in 80 24 env TERM=dumb "$KVMTOP" "${recorded[@]}"
    wait_end 2
    wait_for "TERM is 'dumb'"
    wait_for '-b'
    run_in 80 24 env -u TERM "$KVMTOP" "${recorded[@]}"
    wait_end 2
    wait_for 'TERM is not set'
    wait_for '-b'
    run_in 80 24 env TERM=dumb "$KVMTOP" "${recorded[@]}" -b -n 1 -l 2
    wait_end 0
    wait_for '100 - database-vm'
}

to_a_pipe()
{
    local text status=0
    text=$("$KVMTOP" "${recorded[@]}" -n 1 </dev/null | cat)
    grep -q '100 - database-vm' <<<"$text" || fail 'no report in a pipe'
    ! grep -q $'\e' <<<"$text" || fail 'escape sequences in a pipe'
    equal 'in a pipe and by -b' "$text" "$("$KVMTOP" "${recorded[@]}" -n 1 -b)"
    # A reader that has enough: it ends, and says nothing.
    timeout 20 "$KVMTOP" -i 0.1 2>"$tui_dir/err" > >(head -n 1 >"$tui_dir/out") || status=$?
    [ $status -ne 124 ] || fail 'it goes on though nobody reads'
    equal 'message when nobody reads' '' "$(cat "$tui_dir/err")"
}

# --- bytes

frames()
{
    python3 "$tui_here/frames.py" "$1" "$2" "$tui_dir/bytes" "$KVMTOP" -c "$tui_dir/empty.conf" \
        "${@:3}" | xargs
}

bytes()
{
    local sizes size
    need python3
    # Two frames that differ in most of their cells.
    for size in 80x24 120x40 200x50; do
        read -ra sizes < <(frames $size 1.5 --root "$pve" -i 0.3)
        equal "frames of two steps, $size" 2 "${#sizes[@]}"
        [ "${sizes[1]}" -lt 2048 ] || fail "a $size frame of ${sizes[1]} bytes"
    done
    # Where nothing has changed nothing is written: one frame, then silence.
    read -ra sizes < <(frames 80x24 1.5 --root "$pve/2" -i 0.1)
    equal 'frames of a host where nothing happens' 1 "${#sizes[@]}"
    # On this host, after the first one.
    read -ra sizes < <(frames 80x24 4 -i 0.3)
    [ "${#sizes[@]}" -ge 4 ] || fail "only ${#sizes[@]} frames in 4 s"
    mapfile -t sizes < <(printf '%s\n' "${sizes[@]:1}" | sort -n)
    [ "${sizes[${#sizes[@]} / 2]}" -lt 2048 ] || fail "steady frames of ${sizes[*]} bytes"
    # Never cleared as a whole: that flickers.
    ! grep -qa $'\e\\[[0-3]*J' "$tui_dir/bytes" || fail 'the screen is cleared'
}

# --- colours

has_colours()
{
    tmux_ capture-pane -p -e | LC_ALL=C grep -qaE $'\e\\[([0-9]+;)*([349]|10)[0-7](;[0-9]+)*m'
}

colours()
{
    start 80 24 "${recorded[@]}"
    wait_for 'Showing'
    has_colours || fail 'no colours'
    run_in 80 24 env NO_COLOR=1 "$KVMTOP" "${recorded[@]}"
    wait_for 'Showing'
    ! has_colours || fail 'colours in spite of NO_COLOR'
    wait_cursor 1200            # which is seen all the same
    run_in 80 24 env NO_COLOR= "$KVMTOP" "${recorded[@]}"
    wait_for 'Showing'
    has_colours || fail 'an empty NO_COLOR counts'
}

# A terminal may be left to itself.
iterations()
{
    start 80 24 -i 0.1 -n 3
    wait_end 0
}

run_tests sizes stopping ways_out signal_at_start losing_it no_terminal to_a_pipe bytes colours \
    iterations
done_testing
