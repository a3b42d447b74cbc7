#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check_views.py KVMTOP GUESTS: compare what kvmtop says of real guests with the kernel's counters.

GUESTS has a line `kind|vmid|name|pid|tap|serial` for each; vmid is - where there is none."""
import json
import os
import re
import signal
import subprocess
import sys
import time

failures = 0


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print("FAIL:", what)


class Guest:
    def __init__(self, line):
        self.kind, vmid, self.name, pid, self.tap, self.serial = line.rstrip("\n").split("|")
        self.vmid = None if vmid == "-" else vmid
        self.pid = int(pid)

    def label(self):
        return f"{self.vmid} - {self.name}" if self.vmid else self.name

    def io(self):
        text = open(f"/proc/{self.pid}/io").read()
        return {k: int(v) for k, v in re.findall(r"(\w+): (\d+)", text)}

    def tap_bytes(self):
        base = f"/sys/class/net/{self.tap}/statistics/"
        return [int(open(base + side + "_bytes").read()) for side in ("rx", "tx")]

    def dd_bytes(self):
        lines = re.findall(r"GUEST-IO \S+ (\d+) (\d+)", open(self.serial).read())
        return [int(n) for n in lines[-1]]

    def stop(self):
        os.kill(self.pid, signal.SIGSTOP)
        time.sleep(0.3)         # what is under way ends and is counted

    def go(self):
        os.kill(self.pid, signal.SIGCONT)


def report(view, *more):
    out = subprocess.run([kvmtop, "-b", "-n", "1", "-l", "0", "-o", "json", "-V", view, *more],
                         capture_output=True, text=True, check=True).stdout
    return json.loads(out)["rows"]


def check_names(guests):
    rows = {row["pid"]: row for row in report("process")}
    for guest in guests:
        row = rows.get(guest.pid)
        check(row, f"{guest.name}: no row in the process view")
        if row:
            check(row["vm"] == guest.name, f"{guest.name}: vm is {row['vm']!r}")
            check(row["vmid"] == guest.vmid, f"{guest.name}: vmid is {row['vmid']!r}")
            check(row["command"] == guest.label(), f"{guest.name}: command {row['command']!r}")


def check_threads(guests):
    rows = report("tree")
    for guest in guests:
        threads = [row for row in rows if row["pid"] == guest.pid and row["tid"] is not None]
        real = {int(t) for t in os.listdir(f"/proc/{guest.pid}/task")}
        shown = {row["tid"] for row in threads}
        # Workers come and go, the others stay.
        check(len(shown & real) >= len(real) - 2, f"{guest.name}: threads {shown}, not {real}")
        names = {row["command"] for row in threads}
        check("CPU 0/TCG" in names, f"{guest.name}: no vCPU thread among {names}")
        if guest.kind != "libvirt":
            check(any(n.startswith("IO ") for n in names), f"{guest.name}: no iothread: {names}")
        check(all(row["vm"] == guest.name for row in threads), f"{guest.name}: threads' vm")


def check_interfaces(guests):
    rows = {row["iface"]: row for row in report("network")}
    for guest in guests:
        row = rows.get(guest.tap)
        check(row, f"{guest.name}: no {guest.tap} in the network view")
        if row:
            check(row["vm"] == guest.name and row["vmid"] == guest.vmid,
                  f"{guest.tap} belongs to {row['vmid']!r} {row['vm']!r}, not {guest.name!r}")


def check_disks(guests):
    device = os.stat(os.path.dirname(guests[0].serial)).st_dev
    path = os.path.realpath(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    if not os.path.exists(path):
        print("not checked: the guests' disks lie on no block device of their own")
        return
    name = os.path.basename(path)
    rows = {row["kname"]: row for row in report("storage", "--columns",
                                                "device,kname,guests,r_iops")}
    check(name in rows, f"no {name} in the storage view")
    owners = (rows.get(name, {}).get("guests") or "").split(",")
    for guest in guests:
        # A list of names has commas between them, whatever the names hold.
        for part in (guest.vmid or guest.name).split(","):
            check(part in owners, f"{name}: {part!r} is not among {owners}")


def near(value, counted, what):
    """Both in bytes; the report's digits leave some hundred bytes open, blocks have 512."""
    check(abs(value - counted) < 256, f"{what}: kvmtop counts {value:.0f} bytes, not {counted}")


def two_reports(guest, view, read):
    """Stop the guest, begin; let it work after the first report; stop it before the second."""
    guest.stop()
    with subprocess.Popen([kvmtop, "-b", "-n", "2", "-i", "4", "-l", "0", "-o", "json", "-V", view],
                          stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        before = read()
        guest.go()
        time.sleep(2)
        guest.stop()
        after = read()
        second = json.loads(process.stdout.readline())
    guest.go()
    return second, before, after


def check_io(guest):
    second, before, after = two_reports(guest, "process", guest.io)
    row = next(row for row in second["rows"] if row["pid"] == guest.pid)
    for column, counter in (("r_mib", "read_bytes"), ("w_mib", "write_bytes")):
        moved = after[counter] - before[counter]
        check(moved > 1000000, f"{guest.name}: {counter} hardly moves")
        near(row[column] * second["interval"] * 1048576, moved, f"{guest.name} {column}")
    for column, counter in (("r_log", "syscr"), ("w_log", "syscw")):
        calls = row[column] * second["interval"]
        check(abs(calls - (after[counter] - before[counter])) < 0.5, f"{guest.name} {column}")


def check_tap(guest):
    second, before, after = two_reports(guest, "network", guest.tap_bytes)
    row = next(row for row in second["rows"] if row["iface"] == guest.tap)
    check(after[0] > before[0], f"{guest.tap}: nothing was received")
    for i, column in enumerate(("rx_mbps", "tx_mbps")):
        near(row[column] * second["interval"] / 8e-6, after[i] - before[i],
             f"{guest.tap} {column}")


def check_dd(guest):
    """What dd counts in the guest, within 10 %."""
    with subprocess.Popen([kvmtop, "-b", "-n", "2", "-i", "10", "-o", "json", "-p",
                           str(guest.pid)], stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        before = guest.dd_bytes()
        second = json.loads(process.stdout.readline())
        after = guest.dd_bytes()
    row = second["rows"][0]
    for i, column in enumerate(("r_mib", "w_mib")):
        shown, counted = row[column] * second["interval"] * 1048576, after[i] - before[i]
        # dd tells of each MiB when it is done: one may be on its way at either end.
        check(abs(shown - counted) < 0.1 * counted + 2 * 1048576,
              f"{guest.name} {column}: {shown:.0f} bytes, dd says {counted}")


def check_latency(guests):
    """Of a guest that reads and writes: its percentiles are there and in order."""
    plugins = subprocess.run([kvmtop, "--list-plugins"], capture_output=True, text=True,
                             check=True).stdout
    if not re.search("^bpf .*collects process", plugins, re.M):
        print("not checked: latency needs the plugin bpf")
        return
    names = [way + name for way in "rw" for name in ("avg", "p50", "p95", "p99", "max")]
    columns = ",".join(f"{name[0]}_{name[1:]}" for name in names)
    with subprocess.Popen([kvmtop, "-b", "-n", "2", "-i", "6", "-l", "0", "-o", "json", "-V",
                           "guests", "--columns", "pid," + columns],
                          stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        rows = {row["pid"]: row for row in json.loads(process.stdout.readline())["rows"]}
    for guest in guests:
        for way in "rw":
            value = {name[1:]: rows[guest.pid][f"{way}_{name[1:]}"] for name in names}
            print(f"{guest.name} {way}: {value}")
            if None in value.values():
                check(False, f"{guest.name} {way}: latency is unknown")
                continue
            # A percentile is right to an eighth, the longest of all exact.
            check(0 < value["p50"] <= value["p95"] <= value["p99"] <= value["max"] * 1.125,
                  f"{guest.name} {way}: percentiles are out of order")
            check(0 < value["avg"] <= value["max"], f"{guest.name} {way}: average")


kvmtop = sys.argv[1]
all_guests = [Guest(line) for line in open(sys.argv[2])]
check_names(all_guests)
check_threads(all_guests)
check_interfaces(all_guests)
check_disks(all_guests)
for one in all_guests:
    check_io(one)
check_tap(all_guests[0])
check_tap(all_guests[2])
check_dd(all_guests[0])
check_latency(all_guests)
print(failures, "failures")
sys.exit(failures > 0)
