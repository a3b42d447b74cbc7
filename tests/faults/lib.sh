# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the fault tests share; to be sourced, after tests/tui/lib.sh and test_require.

# shellcheck disable=SC2154,SC2034
faults=$top_srcdir/tests/faults
conf=$tui_dir/empty.conf
TEST_CC=${TEST_CC:-cc}

# build NAME FLAGS...: $tui_dir/NAME from NAME.c, or NAME.so.
build()
{
    local name=$1
    shift
    # shellcheck disable=SC2086
    $TEST_CC ${TEST_CFLAGS:-} -std=gnu11 -D_GNU_SOURCE -U_FORTIFY_SOURCE "-I$top_srcdir/include" \
        "$faults/${name%.so}.c" -o "$tui_dir/$name" "$@"
}

check_reports()
{
    PYTHONDONTWRITEBYTECODE=1 python3 "$faults/check_reports.py" "$@"
}

# in_background NAME COMMAND...: wait_all tells of it, and what it printed, where it failed.
background=()
in_background()
{
    local name=$1 log=$tui_dir/background-${#background[@]}
    shift
    "$@" >"$log" 2>&1 &
    background+=("$! $log $name")
}

wait_all()
{
    local pid log name
    for name in ${background[@]+"${background[@]}"}; do
        read -r pid log name <<<"$name"
        if wait "$pid"; then
            summary "$name" "$log"
        else
            fail "$name"
            cat "$log"
        fi
    done
    background=()
}

# summary NAME LOG: a line of how it went.
summary()
{
    echo "$1: $(grep -m 1 ' reports of ' "$2" || true)"
}
