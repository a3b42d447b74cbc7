#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads reports of kvmtop from standard input as others would, and fails where that fails.

usage: read_report.py json|csv|text
"""
import csv
import io
import json
import re
import sys
import unicodedata

HOST = {'cpu', 'cpus', 'threads', 'mem_total', 'mem_used', 'swap_total', 'swap_used', 'guests'}
BIDI = '\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
NUMBER = re.compile(r'-?[0-9]+(\.[0-9]+)?$')


def no_constant(text):
    raise ValueError(f'{text} is no JSON')


def unique(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f'a key stands twice in {keys}'
    return dict(pairs)


def read_json(text):
    reports = [json.loads(line, parse_constant=no_constant, object_pairs_hook=unique)
               for line in text.splitlines()]
    for report in reports:
        assert re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$', report['time'])
        assert report['interval'] > 0
        assert HOST <= set(report['host']), 'the host line lacks something'
        assert isinstance(report['warnings'], list)
        for row in report['rows']:
            assert list(row) == list(report['rows'][0]), 'rows differ in their columns'
            assert row.get('vmid') is None or isinstance(row['vmid'], str)
    return len(reports)


def read_csv(text):
    assert text.endswith('\r\n')
    lines = list(csv.reader(io.StringIO(text, newline=''), strict=True))
    head = lines[0]
    assert head[0] == 'time' and len(head) == len(set(head))
    for line in lines[1:]:
        assert len(line) == len(head), f'{len(line)} fields instead of {len(head)}: {line}'
        cells = dict(zip(head, line))
        for name in 'cpu', 'res', 'tx_mbps', 'r_iops', 'r_lat', 'pid':
            value = cells.get(name, '')
            assert value == '' or NUMBER.match(value), f'{name} is {value}'
    return len({line[0] for line in lines[1:]})


def read_text(text):
    return sum(line.startswith('kvmtop ') for line in text.splitlines())


def main():
    text = sys.stdin.buffer.read().decode()   # strict: what is no UTF-8 fails
    for character in text:
        control = unicodedata.category(character) == 'Cc' and character not in '\r\n'
        assert not control and character not in BIDI, f'{character!r} stands raw'
    count = {'json': read_json, 'csv': read_csv, 'text': read_text}[sys.argv[1]](text)
    assert count == 2, f'{count} reports'


if __name__ == '__main__':
    main()
