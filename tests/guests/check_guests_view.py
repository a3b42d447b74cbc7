# SPDX-License-Identifier: GPL-3.0-or-later
"""check_guests_view.py KVMTOP DIR [watch]: compare the guests view with the kernel's own figures.

DIR/guests has a line `id|pid|tap` for each: 101 runs one vCPU at full load, 100 too in a control
group of its own, 102 does network and listens on DIR/102.qmp, 103 is libvirt's and idle.

watch: print `watching`, then `ended` when web01 has gone, and end when web02 is there.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

failures = 0
kvmtop, folder = sys.argv[1:3]


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print("FAIL:", what)


def near(shown, expected, tolerance, what):
    print(f"{what}: {shown}, the kernel says {expected:.2f}")
    check(shown is not None and abs(shown - expected) <= tolerance, what)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


class Guest:
    def __init__(self, line):
        self.id, pid, self.tap = line.split("|")
        self.pid = int(pid)

    def threads(self):
        """TID and name of each."""
        base = f"/proc/{self.pid}/task"
        return {int(tid): read(f"{base}/{tid}/comm").strip() for tid in os.listdir(base)}

    def vcpu(self):
        return next(tid for tid, name in self.threads().items() if name.startswith("CPU "))

    def delay(self):
        """Seconds that its vCPU was ready to run, but had no CPU."""
        return int(read(f"/proc/{self.pid}/task/{self.vcpu()}/schedstat").split()[1]) / 1e9

    def cgroup(self):
        path = re.search("^0::(.*)$", read(f"/proc/{self.pid}/cgroup"), re.M).group(1)
        mount = re.search(r"^\S+ (\S+) cgroup2 ", read("/proc/mounts"), re.M).group(1)
        return mount + path

    def pressure(self):
        """Seconds, by the file."""
        return int(re.search(r"some .*total=(\d+)", read(self.cgroup() + "/cpu.pressure"))[1]) / 1e6

    def tap_count(self, counter):
        return int(read(f"/sys/class/net/{self.tap}/statistics/{counter}"))


def start(*options, reports=2, interval=4):
    return subprocess.Popen([kvmtop, "-b", "-n", str(reports), "-i", str(interval), "-l", "0",
                             "-o", "json", "-V", "guests", *options],
                            stdout=subprocess.PIPE, text=True)


def rows_of(line):
    report = json.loads(line)
    return {row["pid"]: row for row in report["rows"]}, report


def between(*options, **reads):
    """Two reports, and by how much what `reads` says grew a second from one to the other."""
    with start(*options) as process:
        process.stdout.readline()
        then, before = time.monotonic(), {name: read() for name, read in reads.items()}
        second = process.stdout.readline()
        now, after = time.monotonic(), {name: read() for name, read in reads.items()}
    grown = {name: (after[name] - before[name]) / (now - then) for name in reads}
    return rows_of(second)[0], grown


# --- CPU

def check_shares(rows, guests):
    """Who uses the CPU adds up to what is used."""
    for guest in guests.values():
        row = rows.get(guest.pid)
        check(row, f"{guest.id} has no row")
        if not row:
            continue
        parts = [row[name] for name in ("vcpu_cpu", "emu%", "io%", "vhost%")]
        print(f"{guest.id} {row['vm']!r}: {' + '.join(map(str, parts))}, cpu {row['cpu']}")
        check(None not in parts and abs(sum(parts) - row["cpu"]) <= 0.01 * row["cpu"] + 0.05,
              f"{guest.id}: the shares don't add up")
        check(row["vcpus"] == 1 and abs(row["vcpu%"] - row["vcpu_cpu"]) < 0.01,
              f"{guest.id}: vcpus")
        check(row["mem"] and row["mem"] >= 64, f"{guest.id}: mem is {row['mem']}")
        check(row["ifaces"] == guest.tap, f"{guest.id}: ifaces are {row['ifaces']}")


class Burner:
    """A loop on one CPU, as heavy as any other thread."""

    def __init__(self, cpu):
        # In a session of its own: the scheduler divides a session's weight among its CPUs (autogroup).
        self.process = subprocess.Popen([sys.executable, "-c", "while True: pass"],
                                        start_new_session=True)
        os.sched_setaffinity(self.process.pid, {cpu})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def check_busy(guests):
    """Each of the two at full load shares a CPU with a loop: the half that it lacks is steal."""
    cpus = sorted(os.sched_getaffinity(0))
    steal, scoped = guests["101"], guests["100"]
    has_scope = "100.scope" in read(f"/proc/{scoped.pid}/cgroup")
    os.sched_setaffinity(steal.vcpu(), {cpus[0]})
    os.sched_setaffinity(scoped.vcpu(), {cpus[-1]})
    reads = {"delay": steal.delay}
    if has_scope:
        reads["pressure"] = scoped.pressure
    for options in [], ["--without", "bpf"]:
        with Burner(cpus[0]), Burner(cpus[-1]):
            rows, grown = between("--columns", "vm,cpu,vcpus,vcpu%,vcpu_cpu,emu%,io%,vhost%,"
                                  "steal%,press_cpu,state,mem,ifaces", *options, **reads)
        check_shares(rows, guests)
        row = rows[steal.pid]
        near(row["steal%"], 100 * grown["delay"], 4, "steal%")
        # Half, but other programs run here too.
        check(40 <= row["steal%"] <= 80, f"steal% is {row['steal%']}, not near 50")
        check(row["state"] == "R", f"state is {row['state']}")
        if has_scope:
            near(rows[scoped.pid]["press_cpu"], 100 * grown["pressure"], 4, "press_cpu")
            check(grown["pressure"] > 0.2, "there was no pressure")
    for guest in steal, scoped:
        os.sched_setaffinity(guest.vcpu(), set(cpus))


# --- the network

def check_network(guest):
    """From the guest's side; it stands still while its counters are read."""
    counters = {"rx_mbps": "tx_bytes", "tx_mbps": "rx_bytes", "rx_pkts": "tx_packets",
                "tx_pkts": "rx_packets"}

    def counts():
        os.kill(guest.pid, signal.SIGSTOP)
        time.sleep(0.2)
        return {column: guest.tap_count(counter) for column, counter in counters.items()}

    before = counts()
    with start() as process:
        process.stdout.readline()
        os.kill(guest.pid, signal.SIGCONT)
        time.sleep(2)
        after = counts()
        rows, report = rows_of(process.stdout.readline())
    row = rows[guest.pid]
    check(row["state"] == "T", f"stopped, but its state is {row['state']}")
    os.kill(guest.pid, signal.SIGCONT)
    for column in counters:
        unit = 8e-6 if column.endswith("mbps") else 1
        moved = after[column] - before[column]
        shown = row[column] * report["interval"] / unit
        print(f"{guest.id} {column}: {shown:.0f}, the tap says {moved}")
        # The interval is the processes', who are looked at just before.
        check(moved > 0 and abs(shown - moved) < 0.02 * moved + 1, f"{column} differs")


class Monitor:
    """QEMU's, by its socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile()
        self.file.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = json.loads(self.file.readline())
            if "event" not in answer:
                return answer


def check_hot_plug(guest):
    """An interface that comes later is the guest's too."""
    monitor = Monitor(f"{folder}/102.qmp")
    with start("--columns", "ifaces,rx_pkts", reports=8, interval=1) as process:
        rows, _ = rows_of(process.stdout.readline())
        check(rows[guest.pid]["ifaces"] == guest.tap, f"ifaces are {rows[guest.pid]['ifaces']}")
        answer = monitor.ask("netdev_add", type="tap", id="late", ifname="vm102late",
                             script="no", downscript="no")
        check("return" in answer, f"netdev_add: {answer}")
        seen = [rows_of(line)[0][guest.pid]["ifaces"] for line in process.stdout]
    print("after netdev_add:", seen)
    check(set(seen[-1].split(",")) == {guest.tap, "vm102late"}, "the new interface isn't its own")
    monitor.ask("netdev_del", id="late")


# --- guests that end and come

def watch():
    print("watching", flush=True)
    ended = False
    with start("--columns", "vm,cpu,vcpus", reports=40, interval=0.5) as process:
        for line in process.stdout:
            names = [row["vm"] for row in rows_of(line)[0].values()]
            if "web01" not in names and not ended:
                ended = True
                print("ended", flush=True)
            if "web02" in names:
                process.terminate()
                break
    check(ended, "web01 was there to the end")
    check("web02" in names, "web02 never came")
    check(len(names) == 4 and len(set(names)) == 4, f"there are {names}")
    print("now there are", names)


def main():
    guests = {guest.id: guest for guest in map(Guest, read(f"{folder}/guests").splitlines())}
    check_network(guests["102"])
    check_hot_plug(guests["102"])
    if len(os.sched_getaffinity(0)) > 1:
        check_busy(guests)
    else:
        print("not checked: steal and pressure need two CPUs")


if sys.argv[3:] == ["watch"]:
    watch()
else:
    main()
print(failures, "failures")
sys.exit(failures > 0)
