#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzz targets with clang and runs each for FUZZ_SECONDS (20), two at a time.
# usage: run-fuzz.sh [NAME...]: these targets (fuzz_NAME.c), by default all.
# A target is tests/fuzz/fuzz_NAME.c; it may have seeds in tests/fuzz/corpus/NAME/ and words in
# tests/fuzz/NAME.dict.
set -euo pipefail

src=${abs_top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
fuzz=$src/tests/fuzz
seconds=${FUZZ_SECONDS:-20}
clang=${FUZZ_CC:-clang}
read -ra libs <<<"${TEST_LIBS:-$(pkg-config --libs inih libpcre2-8)}"
read -ra cflags <<<"${TEST_CPPFLAGS:-}"
cflags+=(-std=gnu11 -g -O1 -D_GNU_SOURCE "-I$src/include" "-I$src" "-I$src/plugins"
    -DPACKAGE_VERSION='"fuzz"' -DPLUGIN_DIR='"/nowhere"' -DSYSCONF_DIR='"/nowhere"'
    -DWITH_DLOPEN=1 -fno-sanitize-recover=all)

skip()
{
    echo "SKIP: $*"
    exit 77
}

# each FUNCTION ARGUMENT...: two at a time; fails if one of them does.
each()
{
    local run=$1 argument running=0 status=0
    shift
    for argument; do
        if [ "$running" -eq 2 ]; then
            wait -n || status=1
            running=1
        fi
        "$run" "$argument" &
        running=$((running + 1))
    done
    while [ "$running" -gt 0 ]; do
        wait -n || status=1
        running=$((running - 1))
    done
    return "$status"
}

# The sources under test, for a library: a target takes from it what it needs.  A plugin's main
# file, plugins/NAME.c, is for its target to include.
compile()
{
    "$clang" "${cflags[@]}" -fsanitize=fuzzer-no-link,address,undefined -c "$1" \
        -o "$work/lib-$(basename "$(dirname "$1")")-$(basename "$1" .c).o"
}

build_library()
{
    local sources
    mapfile -t sources < <(find "$src/core" "$src/plugins"/*/ -name '*.c' \
        ! -name main.c ! -name builtin_table.c ! -name '*.bpf.c' | sort)
    sh "$src/core/builtin_table.sh" >"$work/builtin_table.c"
    each compile "${sources[@]}" "$work/builtin_table.c"
    ar cr "$work/lib.a" "$work"/lib-*.o
}

run_target()
{
    local name=$1 out=$work/$1 arguments=()
    [ ! -f "$fuzz/$name.dict" ] || arguments+=("-dict=$fuzz/$name.dict")
    mkdir "$out/found"
    arguments+=("$out/found")
    [ ! -d "$fuzz/corpus/$name" ] || arguments+=("$fuzz/corpus/$name")
    "$out/run" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$out/input-" "${arguments[@]}"
}

# One line of what it did, or all there is to know of a failure.
target()
{
    local name=$1 out=$work/$1 input
    mkdir "$out"
    if "$clang" "${cflags[@]}" -fsanitize=fuzzer,address,undefined "$fuzz/fuzz_$name.c" \
        "$work/lib.a" "${libs[@]}" -o "$out/run" >"$out/log" 2>&1 &&
        run_target "$name" >>"$out/log" 2>&1; then
        echo "$name: $(tail -n 1 "$out/log")"
        return
    fi
    echo "$name: FAILED"
    tail -n 60 "$out/log"
    for input in "$out"/input-*; do
        [ ! -f "$input" ] || { echo "the input, in base64:" && base64 "$input"; }
    done
    return 1
}

[ "${KVMTOP_TEST_QUICK:-0}" != 1 ] || skip 'fuzzing takes minutes (KVMTOP_TEST_QUICK)'
command -v "$clang" >/dev/null || skip "no $clang"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$clang" -fsanitize=fuzzer,address,undefined -x c - -o "$work/probe" 2>"$work/log" \
    <<<'int LLVMFuzzerTestOneInput(const char *d, long n) { return !d && !n; }' ||
    skip "$clang cannot build fuzz targets: $(tail -n 1 "$work/log")"

build_library
if [ $# -eq 0 ]; then
    for file in "$fuzz"/fuzz_*.c; do
        file=${file##*/fuzz_}
        set -- "$@" "${file%.c}"
    done
fi
each target "$@"
