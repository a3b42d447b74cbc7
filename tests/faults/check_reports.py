#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads kvmtop's reports in JSON as they come, and says what is wrong with them.

usage: check_reports.py [OPTION...] < REPORTS      or, for the content alone:
       check_reports.py [OPTION...] FILE...

  --interval S   each comes within three of these and --slack seconds (1) of the one before
  --count N      so many there are at the least (1)
  --rows N       a report without a warning has just so many rows
  --reused       PIDs have to be seen that another process had before

A value must be one that can be: none is negative or endless, no time is more than the machine has.
A report without rows gives a reason.  What is wrong comes out line by line, then a summary; the
exit status is 1 if anything is.
"""
import argparse
import json
import math
import os
import sys
import time
from datetime import datetime

CPUS = os.cpu_count()
LATE = 0.05                     # s that may lie between the moment of a count and that it is for
CPU_TIMES = ('cpu', 'guest')    # 100 = one CPU
SIGNED = ('nice',)
SHOWN = 12                      # complaints; the others are counted


class Checker:
    def __init__(self, options):
        self.options = options
        self.complaints = []
        self.births = {}        # by PID
        self.reused = self.reports = self.most_rows = 0
        self.longest = 0.0
        self.warnings = set()

    def complain(self, what):
        self.complaints.append(f'report {self.reports}: {what}')

    def most(self, column, row, seconds):
        if column in CPU_TIMES: # the life of a young process is what its rate is over
            seconds = min(seconds, max(row.get('uptime') or seconds, 0.01))
            return 100 * (1 + LATE / seconds) * (1 if row.get('tid') else CPUS)
        return math.inf

    def row(self, row, seconds):
        for column, value in row.items():
            if not isinstance(value, (int, float)) or column in SIGNED:
                continue
            if not 0 <= value <= self.most(column, row, seconds) or math.isinf(value):
                self.complain(f'{column} is {value} of {json.dumps(row)}')

    def birth(self, row, at):
        """Is the PID of this row another process's than when it was last seen?"""
        if row.get('uptime') is None or row.get('tid'):
            return
        birth = at - row['uptime']
        before = self.births.setdefault(row['pid'], birth)
        if abs(birth - before) > 0.5:
            self.reused += 1
            self.births[row['pid']] = birth

    def report(self, text):
        self.reports += 1
        try:
            report = json.loads(text)
        except ValueError as error:
            self.complain(f'no JSON: {error}')
            return
        rows, warnings = report['rows'], report['warnings']
        self.most_rows = max(self.most_rows, len(rows))
        self.warnings.update(warnings)
        if not report['interval'] > 0:
            self.complain(f'interval {report["interval"]}')
            return
        if not rows and not warnings:
            self.complain('no rows, and no reason')
        if self.options.rows and not warnings and len(rows) != self.options.rows:
            self.complain(f'{len(rows)} rows, not {self.options.rows}')
        cpu = report['host']['cpu']
        if cpu is not None and not 0 <= cpu <= 100.5:
            self.complain(f'the host uses {cpu} % CPU')
        at = datetime.fromisoformat(report['time'].replace('Z', '+00:00')).timestamp()
        for row in rows:
            self.row(row, report['interval'])
            self.birth(row, at)

    def stream(self, lines):
        """The time that checking takes is not kvmtop's."""
        done = None
        for line in lines:
            came = time.monotonic()
            self.report(line)
            if done is not None:
                self.gap(came - done)
            done = time.monotonic()

    def gap(self, seconds):
        options = self.options
        self.longest = max(self.longest, seconds)
        if options.interval and seconds > 3 * options.interval + options.slack:
            self.complain(f'came {seconds:.2f} s after the one before')

    def end(self, name):
        if self.reports < self.options.count:
            self.complain(f'the last; {self.options.count} were expected')
        if self.options.reused and not self.reused:
            self.complain('no PID was used again')
        for complaint in self.complaints[:SHOWN]:
            print(name + complaint)
        if len(self.complaints) > SHOWN:
            print(f'{name}and {len(self.complaints) - SHOWN} more')
        return not self.complaints

    def summary(self):
        print(f'{self.reports} reports of up to {self.most_rows} rows, '
              f'{self.longest:.2f} s apart at the most, {self.reused} PIDs used again')
        for warning in sorted(self.warnings):
            print('  warning:', warning)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('--interval', type=float)
    parser.add_argument('--slack', type=float, default=1)
    parser.add_argument('--count', type=int, default=1)
    parser.add_argument('--rows', type=int)
    parser.add_argument('--reused', action='store_true')
    parser.add_argument('file', nargs='*')
    return parser.parse_args()


def check_file(options, path):
    checker = Checker(options)
    with open(path, 'rb') as lines:
        for line in lines:
            checker.report(line)
    return checker.end(path + ': ')


def main():
    options = parse()
    if options.file:
        return 0 if all([check_file(options, path) for path in options.file]) else 1
    checker = Checker(options)
    checker.stream(sys.stdin.buffer)
    good = checker.end('')
    checker.summary()
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
