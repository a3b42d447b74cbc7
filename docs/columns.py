#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the tables of columns in README.md and docs/kvmtop.1 up to the program's.

usage: docs/columns.py [KVMTOP]     (./kvmtop)

Rows that are there keep their words; new ones get the program's own, those of columns that are gone
go.  A view that is new needs its heading first.  tests/check_docs.sh compares.
"""
import os
import re
import subprocess
import sys
import textwrap

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def program_columns(kvmtop):
    """View -> [(name, title, shown or hidden, help)]; the tree has its own alone."""
    views = {}
    text = subprocess.run([kvmtop, '-c', '/dev/null', '--list-columns'], check=True,
                          capture_output=True, text=True).stdout
    for line in text.splitlines():
        view, name, title, shown, words = line.split(None, 4)
        views.setdefault(view, []).append((name, title, shown, words[0].upper() + words[1:]))
    inherited = {column[0] for column in views.get('process', [])}
    views['tree'] = [c for c in views.get('tree', []) if c[0] not in inherited]
    return views


def merged(columns, known, row):
    """The rows of a table: those that are as they should be stay word for word."""
    return ''.join(known[name][1] if known.get(name, (None,))[0] == (title, shown)
                   else row(name, title, shown, words) for name, title, shown, words in columns)


# --- README.md

def readme_row(name, title, shown, words):
    end = '' if words.endswith('.') else '.'
    return f'| `{name}` | {title} | {shown} | {words}{end} |\n'


def update_readme(text, views):
    def table(match):
        known = {}
        for line in match['rows'].splitlines(keepends=True):
            name, title, shown, _ = line[2:].split(' | ', 3)
            known[name.strip('`')] = ((title, shown), line)
        return match['head'] + merged(views.get(match['view'], []), known, readme_row)
    return re.sub(r'(?P<head>### `(?P<view>\w+)` (?:(?!\n## ).)*?\n\| :--- [^\n]*\n)'
                  r'(?P<rows>(?:\| `[^\n]*\n)+)', table, text, flags=re.S)


# --- docs/kvmtop.1

def manual_row(name, title, shown, words):
    hidden = 'Hidden.\n' if shown == 'hidden' else ''
    lines = textwrap.wrap(words.replace('\\', '\\e') + '.', 80)
    return f'.It Cm {name} Pq {title}\n{hidden}' + '\n'.join(lines) + '\n'


def update_manual(text, views):
    def table(match):
        known = {}
        for item in re.split(r'(?=^\.It Cm )', match['rows'], flags=re.M):
            first = re.match(r'\.It Cm (\S+) Pq (\S+)\n(Hidden)?', item)
            if first:
                known[first[1]] = ((first[2], 'hidden' if first[3] else 'shown'), item)
        return match['head'] + merged(views.get(match['view'], []), known, manual_row) + '.El\n'
    return re.sub(r'(?P<head>^\.Ss (?P<view>\w+)\n(?:(?!\.S[sh] )[^\n]*\n)*?\.Bl [^\n]*\n)'
                  r'(?P<rows>(?:(?!\.El\n)[^\n]*\n)*)\.El\n', table, text, flags=re.M)


def main():
    views = program_columns(sys.argv[1] if len(sys.argv) > 1 else './kvmtop')
    for name, update in (('README.md', update_readme), ('docs/kvmtop.1', update_manual)):
        path = os.path.join(TOP, name)
        with open(path, encoding='utf-8') as file:
            before = file.read()
        after = update(before, views)
        if after != before:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(after)


if __name__ == '__main__':
    main()
