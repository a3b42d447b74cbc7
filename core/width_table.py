#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes width_table.h from the Unicode character database (Debian: unicode-data).

    python3 core/width_table.py /usr/share/unicode > core/width_table.h
"""
import re
import sys

LAST = 0x10FFFF


def records(path):
    """(first, last, fields) of each line of a file of the database."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            fields = [f.strip() for f in line.split("#")[0].split(";")]
            if len(fields) > 1:
                ends = fields[0].split("..")
                yield int(ends[0], 16), int(ends[-1], 16), fields[1:]


def categories(folder):
    result = ["Cn"] * (LAST + 1)
    first = 0
    for code, _, fields in records(folder + "/UnicodeData.txt"):
        if not fields[0].endswith(", Last>"):
            first = code
        for c in range(first, code + 1):
            result[c] = fields[1]
    return result


def having(path, value):
    return {c for first, last, fields in records(path) if fields[0] in value
            for c in range(first, last + 1)}


def main():
    folder = sys.argv[1]
    category = categories(folder)
    wide = having(folder + "/EastAsianWidth.txt", {"W", "F"})
    ignorable = having(folder + "/DerivedCoreProperties.txt", {"Default_Ignorable_Code_Point"})
    conjoining = having(folder + "/HangulSyllableType.txt", {"V", "T"})
    with open(folder + "/EastAsianWidth.txt", encoding="utf-8") as f:
        version = re.search(r"-([0-9.]+)\.txt", f.readline()).group(1)

    def width(c):
        if c in ignorable or category[c] in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return -1
        if c in conjoining or category[c] in ("Mn", "Me"):
            return 0
        return 2 if c in wide else 1

    print("""\
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of every character of Unicode %s; made by width_table.py, not by hand.
 * An entry holds from its code point up to the next one's. -1: controls, invisible format
 * characters, private, unassigned. 0: Mn, Me, Hangul vowels and finals. 2: East Asian W and F.
 * 1: the rest. */
#ifndef KVMTOP_CORE_WIDTH_TABLE_H
#define KVMTOP_CORE_WIDTH_TABLE_H

#include <stdint.h>

#define WIDTH_RUN(first, width) ((uint32_t)(first) << 2 | (uint32_t)((width) + 1))
#define WIDTH_RUN_FIRST(run) ((run) >> 2)
#define WIDTH_RUN_WIDTH(run) ((int)((run) & 3) - 1)

#define W(first, width) WIDTH_RUN(0x##first, width)
static const uint32_t width_runs[] = {""" % version)
    runs = [c for c in range(LAST + 1) if c == 0 or width(c) != width(c - 1)]
    entries = ["W(%04X, %d)," % (c, width(c)) for c in runs]
    for i in range(0, len(entries), 6):
        print("    " + " ".join(entries[i:i + 6]))
    print("};\n#undef W\n\n#endif")


main()
