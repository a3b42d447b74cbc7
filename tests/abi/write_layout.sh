#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: write_layout.sh DIR >DIR/layout.c: what DIR/plugin.h, a frozen copy of the public header,
# lays down, as static assertions about <kvmtop/plugin.h>.  Once for each version, on LP64.
set -euo pipefail

here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -f "$here/declarations.awk" "$1/plugin.h" >"$work/declarations"

# "KIND NAME MEMBER" for each: a function's name, or the names before each comma and at the end.
sed -E 's/: .*\(\*([a-z_0-9]+)\).*/: \1/; s/ = .*//; s/\[[0-9]+\]//' "$work/declarations" |
    awk -F ': ' '{ n = split($2, name, ",")
                   for (i = 1; i <= n; i++) { sub(/.*[ *]/, "", name[i]); print $1, name[i] } }' \
    >"$work/members"

# A program that prints the assertions.
{
    printf '#include "%s"\n#include <stdio.h>\nint main(void)\n{\n' "$(realpath "$1/plugin.h")"
    awk '$1 != "enum" && !seen[$2]++ {
             size = $2 ~ /_(row|cell)$/ ? "SIZE" : "GROWS"
             printf "printf(\"\\n" size "(%s %s, %%zu);\\n\", sizeof(%s %s));\n", $1, $2, $1, $2 }
         $1 == "enum" && !seen[$2]++ { print "puts(\"\");" }
         $1 == "enum" { printf "printf(\"VALUE(%s, %%d);\\n\", %s);\n", $3, $3 }
         $1 != "enum" {
             printf "printf(\"AT(%s %s, %s, %%zu);\\n\", offsetof(%s %s, %s));\n",
                    $1, $2, $3, $1, $2, $3 }' "$work/members"
    for macro in KVMTOP_ABI_MAJOR KVMTOP_MORE; do
        printf 'printf("%sVALUE(%s, %%d);\\n", %s);\n' "${comma-\\n}" $macro "(int)$macro"
        comma=
    done
    printf 'return 0;\n}\n'
} >"$work/print.c"
"${TEST_CC:-cc}" -o "$work/print" "$work/print.c"

cat <<'END'
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made by write_layout.sh: what plugins compiled against this version rely on. */
#include <kvmtop/plugin.h>

#define VALUE(constant, number) _Static_assert(constant == number, #constant)

/* The order, which holds for other data models too, is compared by test_abi.sh. */
#if UINTPTR_MAX == UINT64_MAX
#define SIZE(type, bytes) _Static_assert(sizeof(type) == bytes, #type)
#define GROWS(type, bytes) _Static_assert(sizeof(type) >= bytes, #type)
#define AT(type, member, offset) _Static_assert(offsetof(type, member) == offset, #type "." #member)
#else
#define SIZE(type, bytes) _Static_assert(1, "")
#define GROWS(type, bytes) _Static_assert(1, "")
#define AT(type, member, offset) _Static_assert(1, "")
#endif
END
"$work/print"
