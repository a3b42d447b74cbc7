#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs kvmtop, reads its reports in JSON as they come, and says what is wrong with them.

usage: check_reports.py [OPTION...] -- COMMAND...      or, for what was written before:
       check_reports.py [OPTION...] --files FILE...

  --interval S   each comes within three of these and --slack seconds (3) of the one before
  --count N      so many there are at the least (1)
  --rows N       a report without a warning has just so many rows
  --reused       PIDs have to be seen that another process had before
  --falls-back PLUGIN
                 this plugin is lost on the way: the report that says so has all the same rows
                 without CPU times, the next one has the times again

A value must be one that can be: none is negative or endless, no time is more than the machine has.
A report without rows gives a reason.  What is wrong comes out line by line, then a summary; the
exit status is 1 if anything is.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import time

CPUS = os.cpu_count()
LATE = 0.05                     # s that may lie between the moment of a count and that it is for
CPU_TIMES = ('cpu', 'guest')    # 100 = one CPU
SIGNED = ('nice',)
SHOWN = 12                      # complaints; the others are counted


def key(row):
    return row['pid'], row.get('tid')


class Checker:
    def __init__(self, options):
        self.options = options
        self.complaints = []
        self.ages = {}          # by PID
        self.before = None      # the last report
        self.reused = self.reports = self.most_rows = self.falls = 0
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

    def age(self, row):
        """Is the PID of this row another process's than when it was last seen?"""
        if row.get('uptime') is None or row.get('tid'):
            return
        self.reused += row['uptime'] < self.ages.get(row['pid'], 0) - 0.1
        self.ages[row['pid']] = row['uptime']

    def lost(self, report):
        """Whether the plugin has been lost since the report before, and what became of it."""
        text = f'plugin {self.options.falls_back}: '
        is_lost = any(w.startswith(text) for w in report['warnings'])
        was_lost = any(w.startswith(text) for w in self.before['warnings'])
        known = sum(row['cpu'] is not None for row in report['rows'])
        old = {key(row) for row in self.before['rows']}
        stayed = [row for row in report['rows'] if key(row) in old]
        if is_lost and not was_lost:
            self.falls += 1
            if len(stayed) < len(old) / 2:
                self.complain(f'of {len(old)} rows {len(stayed)} are left')
            for row in stayed:
                if row['cpu'] is not None:
                    self.complain(f'a rate over two sources: {json.dumps(row)}')
        elif self.reports > 2 and known < len(report['rows']) / 2:
            self.complain(f'of {len(report["rows"])} rows {known} have a CPU time')

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
        for row in rows:
            self.row(row, report['interval'])
            self.age(row)
        if self.options.falls_back and self.before:
            self.lost(report)
        self.before = report

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

    def run(self, command):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
            self.stream(program.stdout)
        if program.returncode:
            self.complain(f'exit status {program.returncode} after it')

    def end(self):
        if self.reports < self.options.count:
            self.complain(f'the last; {self.options.count} were expected')
        if self.options.reused and not self.reused:
            self.complain('no PID was used again')
        if self.options.falls_back and self.falls != 1:
            self.complain(f'{self.options.falls_back} was lost {self.falls} times')

    def summary(self):
        print(f'{self.reports} reports of up to {self.most_rows} rows, {self.longest:.2f} s apart '
              f'at the most, {self.reused} PIDs used again')
        for complaint in self.complaints[:SHOWN]:
            print('  ' + complaint)
        if len(self.complaints) > SHOWN:
            print(f'  and {len(self.complaints) - SHOWN} more')
        for warning in sorted(self.warnings):
            print('  warning:', warning)


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('--interval', type=float)
    parser.add_argument('--slack', type=float, default=3)
    parser.add_argument('--count', type=int, default=1)
    parser.add_argument('--rows', type=int)
    parser.add_argument('--reused', action='store_true')
    parser.add_argument('--falls-back')
    parser.add_argument('--files', nargs='+', default=[])
    parser.add_argument('command', nargs='*')
    return parser.parse_args()


def check_file(options, path):
    checker = Checker(options)
    with open(path, 'rb') as lines:
        for line in lines:
            checker.report(line)
    checker.end()
    if checker.complaints:
        print(f'{path}:')
        checker.summary()
    return not checker.complaints


def main():
    options = parse()
    if options.files:
        return 0 if all([check_file(options, path) for path in options.files]) else 1
    checker = Checker(options)
    checker.run(options.command)
    checker.end()
    checker.summary()
    return 1 if checker.complaints else 0


if __name__ == '__main__':
    sys.exit(main())
