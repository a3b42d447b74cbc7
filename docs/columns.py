#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the tables of columns in README.md and docs/kvmtop.1, and those of settings in README.md
and docs/kvmtop.conf.5, up to the program's.

usage: docs/columns.py [KVMTOP]     (./kvmtop)

Columns in docs/kvmtop.1 have the program's own words.  Elsewhere rows that are there keep theirs,
which say more; new ones get the program's, those of columns that are gone go.  A view or plugin that is
new needs its heading first.  tests/check_docs.sh sees to it that nothing is left to be done here.
"""
import os
import re
import subprocess
import sys
import textwrap

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def listed(kvmtop, option):
    return subprocess.run([kvmtop, '-c', '/dev/null', option], check=True,
                          capture_output=True, text=True).stdout


def sentence(words):
    words = re.sub(r'^ms ', 'Milliseconds ', words)
    first = words.split(None, 1)[0]
    plain = first.isalpha() and first.islower()     # not vCPUs, iothreads/s
    return (words[0].upper() if plain else words[0]) + words[1:] + ('' if words.endswith('.') else '.')


def program_columns(kvmtop):
    """View -> [(name, title, shown or hidden, help)]; the tree has its own alone."""
    views = {}
    for line in listed(kvmtop, '--list-columns').splitlines():
        view, name, title, shown, words = line.split(None, 4)
        views.setdefault(view, []).append((name, title, shown, sentence(words)))
    inherited = {column[0] for column in views.get('process', [])}
    views['tree'] = [c for c in views.get('tree', []) if c[0] not in inherited]
    return views


def program_settings(kvmtop):
    """Section -> [(key, default, help)]: core, plugin net, ..."""
    sections = {}
    for section, key, value, words in re.findall(r'^\[(.*?)\] (\S+) = ?(.*)\n    (.*)$',
                                                 listed(kvmtop, '--list-options'), flags=re.M):
        sections.setdefault(section, []).append((key, value, sentence(words)))
    return sections


# --- README.md

def readme_row(name, title, shown, words):
    return f'| `{name}` | {title} | {shown} | {words} |\n'


def update_readme(text, views):
    def table(match):
        known = {}
        for line in match['rows'].splitlines(keepends=True):
            name, title, shown, _ = line[2:].split(' | ', 3)
            known[name.strip('`')] = ((title, shown), line)
        return match['head'] + ''.join(
            known[name][1] if known.get(name, (None,))[0] == (title, shown)
            else readme_row(name, title, shown, words)
            for name, title, shown, words in views.get(match['view'], []))
    return re.sub(r'(?P<head>### `(?P<view>\w+)` (?:(?!\n## ).)*?\n\| :--- [^\n]*\n)'
                  r'(?P<rows>(?:\| `[^\n]*\n)+)', table, text, flags=re.S)


# --- docs/kvmtop.1

def manual_text(words):
    lines = textwrap.wrap(words.replace('\\', '\\e'), 80)
    return ''.join('\\&' * line.startswith(('.', "'")) + line + '\n' for line in lines)


def manual_row(name, title, shown, words):
    hidden = 'Hidden.\n' if shown == 'hidden' else ''
    return f'.It Cm {name} Pq {title}\n{hidden}{manual_text(words)}'


def update_manual(text, views):
    def table(match):
        return match['head'] + ''.join(manual_row(*column)
                                       for column in views.get(match['view'], [])) + '.El\n'
    return re.sub(r'(?P<head>^\.Ss (?P<view>\w+)\n(?:(?!\.S[sh] )[^\n]*\n)*?\.Bl [^\n]*\n)'
                  r'(?:(?!\.El\n)[^\n]*\n)*\.El\n', table, text, flags=re.M)


# --- docs/kvmtop.conf.5, and the plugins' settings in README.md

def update_settings(text, sections):
    def table(match):
        rows = sections.get(match['section'])
        if rows is None:        # by hand, or of a plugin that wasn't built
            return match[0]
        known = dict((item[1], (item[2], item[0])) for item in
                     re.finditer(r'^\.It Cm (\S+) Li "= ?(.*)"\n(?:(?!\.It )[^\n]*\n)*',
                                 match['rows'], flags=re.M))
        return match['head'] + ''.join(
            known[key][1] if known.get(key, (None,))[0] == value else
            f'.It Cm {key} Li "={" " if value else ""}{value}"\n{manual_text(words)}'
            for key, value, words in rows) + '.El\n'
    return re.sub(r'(?P<head>^\.Ss (?P<section>[^\n]*)\n(?:(?!\.S[sh] )[^\n]*\n)*?\.Bl [^\n]*\n)'
                  r'(?P<rows>(?:(?!\.El\n)[^\n]*\n)*)\.El\n', table, text, flags=re.M)


def update_readme_settings(text, sections):
    def table(match):
        known = {}
        for line in match['rows'].splitlines(keepends=True):
            plugin, key, value, _ = line[2:].split(' | ', 3)
            known[plugin.strip('`'), key.strip('`')] = (value.strip('`'), line)
        rows = [line for (plugin, _), (_, line) in known.items()
                if f'plugin {plugin}' not in sections]
        for section, keys in sections.items():
            plugin = section.removeprefix('plugin ')
            for key, value, words in keys if plugin != section else ():
                value = value or 'none'
                rows.append(known[plugin, key][1] if known.get((plugin, key), (None,))[0] == value
                            else f'| `{plugin}` | `{key}` | `{value}` | {words} |\n')
        return match['head'] + ''.join(rows)
    return re.sub(r'(?P<head>^\| Plugin \| Option [^\n]*\n\| :--- [^\n]*\n)'
                  r'(?P<rows>(?:\|[^\n]*\n)+)', table, text, flags=re.M)


def main():
    kvmtop = sys.argv[1] if len(sys.argv) > 1 else './kvmtop'
    views, settings = program_columns(kvmtop), program_settings(kvmtop)
    for name, update, tables in (('README.md', update_readme, views),
                                 ('README.md', update_readme_settings, settings),
                                 ('docs/kvmtop.1', update_manual, views),
                                 ('docs/kvmtop.conf.5', update_settings, settings)):
        path = os.path.join(TOP, name)
        with open(path, encoding='utf-8') as file:
            before = file.read()
        after = update(before, tables)
        if after != before:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(after)


if __name__ == '__main__':
    main()
