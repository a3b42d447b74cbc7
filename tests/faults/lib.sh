# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the fault tests share; to be sourced, after tests/tui/lib.sh and test_require.

# shellcheck disable=SC2154,SC2034
faults=$top_srcdir/tests/faults
conf=$tui_dir/empty.conf
TEST_CC=${TEST_CC:-cc}
need python3 timeout "${TEST_CC%% *}"
# Every way of sampling there is; where BPF can't be had the first is the same as the second.
samplers=('' '--without bpf')

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

# in_background NAME COMMAND...: wait_all tells how it went, and what it printed where it failed.
background=()
in_background()
{
    local log=$tui_dir/background-${#background[@]} name=$1
    shift
    "$@" >"$log" 2>&1 &
    background+=("$! $log $name")
}

wait_all()
{
    local each pid log name
    for each in ${background[@]+"${background[@]}"}; do
        read -r pid log name <<<"$each"
        if wait "$pid"; then
            echo "$name: $(head -n 1 "$log")"
        else
            fail "$name"
            cat "$log"
        fi
    done
    background=()
}
