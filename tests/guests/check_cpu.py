# SPDX-License-Identifier: GPL-3.0-or-later
"""check_cpu.py PID VM KVMTOP...: runs KVMTOP..., which is to write two JSON reports, and compares.

Both reports must have one row of VM with that PID. PID's CPU time is read from /proc as each report
comes in: CPU % over the time between must be what the second report says, within 5 %.
"""

import json
import os
import subprocess
import sys
import time

TOLERANCE = 0.05        # of the figure
LATENESS = 0.25         # seconds by which reports may come in apart from their interval
BUSY = 10.0             # CPU % below which the guest isn't at work


def cpu_seconds(pid):
    """utime + stime of all threads, ended ones too: fields 14 and 15 of stat, proc(5)."""
    with open(f"/proc/{pid}/stat", "rb") as stat:
        fields = stat.read().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reports(pid, command):
    """The reports as they come, each as (report, seconds, PID's CPU seconds)."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as program:
        for line in program.stdout:
            now, used = time.monotonic(), cpu_seconds(pid)
            yield json.loads(line), now, used
    if program.returncode != 0:
        sys.exit(f"FAIL: kvmtop ended with {program.returncode}")


def row_of(report, vm, pid):
    rows = [row for row in report["rows"] if row["vm"] == vm]
    if [row["pid"] for row in rows] != [pid]:
        sys.exit(f"FAIL: not one row of {vm} with PID {pid}: {rows}")
    return rows[0]


def main():
    pid, vm, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    seen = list(reports(pid, command))
    if len(seen) != 2:
        sys.exit(f"FAIL: {len(seen)} reports, not 2")
    row_of(seen[0][0], vm, pid)
    row = row_of(seen[1][0], vm, pid)
    passed = seen[1][1] - seen[0][1]
    interval = seen[1][0]["interval"]
    if abs(passed - interval) > LATENESS:
        sys.exit(f"FAIL: reports came {passed:.2f} s apart, their interval is {interval} s")
    expected = 100 * (seen[1][2] - seen[0][2]) / passed
    print(f"{vm} ({row['command']}), PID {pid}: kvmtop {row['cpu']} %, /proc {expected:.1f} %")
    if expected < BUSY:
        sys.exit("FAIL: the guest isn't busy")
    if row["cpu"] is None or abs(row["cpu"] - expected) > TOLERANCE * expected:
        sys.exit("FAIL: they differ by more than 5 %")


main()
