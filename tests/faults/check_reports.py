#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads kvmtop's reports in JSON as they come, and says what is wrong with them.

usage: check_reports.py INTERVAL SLACK [COUNT]     < reports

Each has to come within three intervals and SLACK seconds of the one before, and there have to be
COUNT of them at the least.  A number must be one that can be: none is negative or endless, none
tells of more than the machine has.  Exit status: 0; 1: something is wrong, each thing in a line.
"""
import json
import math
import os
import sys
import time

CPUS = os.cpu_count()
LATE = 0.05                     # s between the moments that a time and a count were read at
CPU_TIMES = ('cpu', 'guest')    # 100 = one CPU
WAITS = ('wait', 'rundelay')    # ms in the interval, of all threads
SHOWN = 12                      # complaints; the others are counted

complaints = []


def complain(*words):
    complaints.append(' '.join(str(word) for word in words))


def most(column, row, seconds):
    """What a value can be at the most; the times it is made of may each be a moment late."""
    stretch = 1 + LATE / seconds
    if column in CPU_TIMES:
        return 100 * stretch * (1 if row.get('tid') else CPUS)
    if column in WAITS:
        return math.inf         # of threads that ended, too: there is no bound
    if column in ('r_log', 'w_log'):
        return 2e7
    if column in ('r_mib', 'w_mib'):
        return 1e6
    return math.inf


def check_row(number, row, seconds):
    age = row.get('uptime')
    if age is not None:         # its rate is over its life
        seconds = min(seconds, max(age, 0.01))
    for column, value in row.items():
        if isinstance(value, (int, float)) and column != 'nice':
            if not 0 <= value <= most(column, row, seconds):
                complain(f'report {number}: {column} is {value} of', json.dumps(row))


def check_report(number, report, before):
    seconds = report['interval']
    if not seconds > 0:
        complain(f'report {number}: interval {seconds}')
        return
    if before and report['time'] < before['time']:
        complain(f'report {number}: of {report["time"]}, after that of {before["time"]}')
    if not report['rows']:
        complain(f'report {number}: no rows')
    cpu = report['host']['cpu']
    if cpu is not None and not 0 <= cpu <= 100.5:
        complain(f'report {number}: host CPU {cpu} %')
    for row in report['rows']:
        check_row(number, row, seconds)


def main():
    interval, slack = float(sys.argv[1]), float(sys.argv[2])
    wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    number, rows, longest, warnings = 0, 0, 0.0, set()
    before, came = None, time.monotonic()
    for line in sys.stdin.buffer:
        at = time.monotonic()
        number += 1
        if number > 1:
            longest = max(longest, at - came)
        if number > 1 and at - came > 3 * interval + slack:
            complain(f'report {number} came {at - came:.2f} s after the one before')
        came = at
        try:
            report = json.loads(line)
        except ValueError as error:
            complain(f'report {number} is no JSON: {error}')
            continue
        rows = max(rows, len(report['rows']))
        warnings.update(report['warnings'])
        check_report(number, report, before)
        before = report
        came += time.monotonic() - at   # the time that checking took is not kvmtop's
    if number < wanted:
        complain(f'{number} reports, not {wanted}')
    for line in complaints[:SHOWN]:
        print(line)
    if len(complaints) > SHOWN:
        print(f'and {len(complaints) - SHOWN} more')
    print(f'{number} reports of up to {rows} rows, {longest:.2f} s apart at the most')
    for warning in sorted(warnings):
        print('  warning:', warning)
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
