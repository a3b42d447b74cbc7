# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Comparing with golden files.  To be sourced after tests/tui/lib.sh.
#
# KVMTOP_GOLDEN_UPDATE=1 writes the files anew instead: then read what `git diff` says of them.

golden_dir=$top_srcdir/tests/golden
shopt -s lastpipe               # what golden() counts as failed is not lost with a subshell

# golden NAME: compares what comes on standard input with tests/golden/NAME.txt, all but the
# version and what differs from run to run.
golden()
{
    local file=$golden_dir/$1.txt
    sed -E -e 's/kvmtop [0-9]+\.[0-9.]+[^ ]*/kvmtop VERSION/' \
        -e 's/"self":\{[^}]*\}/"self":{}/' >"$tui_dir/got"
    if [ "${KVMTOP_GOLDEN_UPDATE:-0}" = 1 ]; then
        mkdir -p "${file%/*}"
        cp "$tui_dir/got" "$file"
    elif ! diff -u "$file" "$tui_dir/got"; then
        fail "$1 is not as in ${file#"$top_srcdir"/}"
    fi
}
