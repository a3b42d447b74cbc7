# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Building the static program in a copy of the checkout.  To be sourced after tests/tui/lib.sh.

static_name=kvmtop-static-linux-$(uname -m)

static_require()
{
    need "${TEST_CC:-cc}" strip tar
}

# static_copy FOLDER: becomes a copy of the checkout, with all that was built there.  Tests that run
# beside this one may write there: that is tar's status 1.
static_copy()
{
    mkdir -p "$1"
    { tar -C "$top_srcdir" --exclude=./.git --exclude='./kvmtop-*' --exclude='*.log' -cf - . ||
        [ $? -eq 1 ]; } 2>"$tui_dir/tar.log" | tar -C "$1" -xf -
    chmod -R u+w "$1"
}

# static_build FOLDER: FOLDER/$static_name; skips the test where something needed is missing.
static_build()
{
    "$1/bootstrap" --no-install static 2>"$tui_dir/said" && return
    ! grep -q 'cannot build without' "$tui_dir/said" || skip "$(head -n 1 "$tui_dir/said")"
    cat "$tui_dir/said"
    exit 1
}

# static_sleeper FILE: a program that does nothing: to be run with a guest's command line.
static_sleeper()
{
    echo 'int pause(void); int main(void) { for (;;) pause(); }' >"$1.c"
    "${TEST_CC:-cc}" -static -o "$1" "$1.c"
}
