#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What bash, zsh and fish offer behind kvmtop: every option of --help, and the views, columns and
# plugins that the program lists.
set -euo pipefail

# shellcheck source=tui/lib.sh
. "$(dirname "$0")/tui/lib.sh"
tui_require

folder=$top_srcdir/completions
export PATH=${KVMTOP%/*}:$PATH

long_options()
{
    "$KVMTOP" --help | sed -nE 's/^ .*(--[a-z-]+).*/\1/p' | sort
}

letters()
{
    "$KVMTOP" --help | sed -nE 's/^  (-[A-Za-z]), .*/\1/p' | sort
}

columns()
{
    "$KVMTOP" --list-columns "$1" | awk '{ print $2 }' | sort
}

plugins()
{
    "$KVMTOP" --list-plugins | awk '{ print $1 }' | sort
}

views()
{
    "$KVMTOP" --list-columns | awk '{ print $1 }' | sort -u
}

# --- bash

# in_bash WORD...: what is offered for the last of these words, which are broken as readline does.
in_bash()
{
    bash --norc -c '
        source "$1"
        COMP_WORDS=("${@:2}")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _kvmtop "$2" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$folder/kvmtop" kvmtop "$@" | sort
}

bash_offers()
{
    equal 'bash: options' "$(long_options)" "$(in_bash --)"
    equal 'bash: letters' "$(letters)" "$(in_bash - | grep '^-.$')"
    equal 'bash: views' "$(views)" "$(in_bash -V '')"
    equal 'bash: views, after =' "$(views)" "$(in_bash --view =)"
    equal 'bash: a view, after =' network "$(in_bash --view = net)"
    equal 'bash: columns of the process view' "$(columns process)" "$(in_bash -i 2 -s '')"
    equal 'bash: columns of a view' "$(columns storage)" "$(in_bash -V storage -s '')"
    equal 'bash: columns of a view, after =' "$(columns storage)" \
        "$(in_bash --view = storage --sort =)"
    equal 'bash: order' desc "$(in_bash -s wait : d)"
    equal 'bash: both orders' 'asc desc' "$(in_bash -s wait : | xargs)"
    equal 'bash: a list of columns' 'pid,user' "$(in_bash --columns pid,us)"
    equal 'bash: plugins' "$(plugins)" "$(in_bash --without '')"
    equal 'bash: a list of plugins' 'net,disk' "$(in_bash --without net,di)"
    equal 'bash: formats' 'csv json text' "$(in_bash -o '' | xargs)"
    equal 'bash: processes' "$$" "$(in_bash -p "$$" | grep -x "$$")"
    equal 'bash: folders' "$folder" "$(in_bash --root "${folder%s}")"
    equal 'bash: a number' '' "$(in_bash -i '')"
}

# Typed: that readline takes it as it is meant.
bash_typed()
{
    run_in 120 30 bash --noprofile --rcfile "$folder/kvmtop"
    typed 'kvmtop -V stor' 'kvmtop -V storage'
    typed '-s r_la' 'kvmtop -V storage -s r_lat'
    typed_on ':d' 'kvmtop -V storage -s r_lat:desc'
}

# typed TEXT LINE: after the text and a tab the line stands there.
typed()
{
    keys -l -- "$1"
    keys Tab
    wait_for "$2"
}

# typed_on TEXT LINE: likewise, without the blank that the last completion left.
typed_on()
{
    keys BSpace
    typed "$@"
}

# --- fish

in_fish()
{
    fish --no-config -c "source $folder/kvmtop.fish; complete -C'kvmtop $1'" | cut -f 1 | sort
}

fish_offers()
{
    equal 'fish: options' "$(long_options)" "$(in_fish --)"
    equal 'fish: letters' "$(letters)" "$(in_fish - | grep '^-.$')"
    equal 'fish: views' "$(views)" "$(in_fish '-V ')"
    equal 'fish: views to list' "$(views)" "$(in_fish '--list-columns ')"
    equal 'fish: columns' "$(columns process)" "$(in_fish '-s ' | grep -v :)"
    equal 'fish: columns of a view' "$(columns storage)" "$(in_fish '--view=storage --columns ')"
    equal 'fish: order' 'wait:desc' "$(in_fish '-s wait:d')"
    equal 'fish: a list of columns' 'pid,user' "$(in_fish '--columns pid,us' | grep user)"
    equal 'fish: plugins' "$(plugins)" "$(in_fish '--without ')"
    equal 'fish: formats' 'csv json text' "$(in_fish '-o ' | xargs)"
}

# --- zsh

has_word()
{
    screen | tr -s ' ' '\n' | grep -qxF -e "$1"
}

bare()
{
    [ "$(screen | grep -c .)" -eq 1 ]
}

# in_zsh TEXT WORDS: what is listed behind the text has all of these words.
in_zsh()
{
    local word
    keys C-u C-l
    until_true bare || told_off 'zsh: a list stays'
    keys -l "kvmtop $1"
    keys Tab
    for word in $2; do
        until_true has_word "$word" || told_off "zsh: no $word behind kvmtop $1"
    done
}

zsh_offers()
{
    cat >"$tui_dir/.zshrc" <<RC
fpath=($folder \$fpath)
autoload -U compinit
compinit -D -u
PS1='$ '
RC
    run_in 160 100 env ZDOTDIR="$tui_dir" zsh -d
    wait_for '$'
    in_zsh '--' "$(long_options)"
    in_zsh '-' "$(letters)"
    in_zsh '-V ' "$(views)"
    in_zsh '-s ' "$(columns process)"
    in_zsh '--view=storage --columns ' "$(columns storage)"
    in_zsh '--without ' "$(plugins)"
    in_zsh '-o ' 'text csv json'
    keys C-u
    typed 'kvmtop -V stor' 'kvmtop -V storage'
    typed '-s r_la' 'kvmtop -V storage -s r_lat'
    typed_on ':d' 'kvmtop -V storage -s r_lat:desc'
    typed '--columns de' 'r_lat:desc --columns device'
}

run_tests bash_offers bash_typed
for shell in fish zsh; do
    if command -v $shell >/dev/null; then
        run_tests ${shell}_offers
    else
        echo "$shell: left out, as it isn't on this machine"
    fi
done
done_testing
