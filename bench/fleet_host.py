#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a recorded host with many guests, for kvmtop --root: what a fleet is to a running one.

usage: fleet_host.py DIR GUESTS THREADS      (DIR must not exist yet)

It is the host of the golden tests, its first guest copied: each copy has THREADS threads, works at
a pace of its own, and owns two interfaces by its command line.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../tests/fixtures'))
sys.dont_write_bytecode = True

import make_host                # noqa: E402
from host_files import Dir      # noqa: E402
from make_host import MIB, Process, Task, up  # noqa: E402

FIRST_PID = 10000
FIRST_VMID = 1000


def thread(tid, name, pace):
    return Task(tid, name, 'SRS', cpu=up(100 * pace, pace, 2 * pace), delay=up(9 * pace, pace, 1),
                io=(up(1000, 10 * pace, pace), up(500, pace, pace), up(90 * MIB, pace * MIB, MIB),
                    up(0, MIB, pace * MIB)))


def guest(i, threads):
    pid, vmid, pace = FIRST_PID + i * (threads + 1), FIRST_VMID + i, i % 37
    first = make_host.DATABASE.argv
    argv = [a.replace(b'100', b'%d' % vmid).replace(b'database-vm', b'vm%d' % vmid) for a in first]
    names = [f'CPU {t}/KVM' if t < 4 else 'worker' for t in range(threads)]
    tasks = [thread(pid, 'kvm', pace)]
    tasks += [thread(pid + 1 + t, name, (pace + t) % 23) for t, name in enumerate(names)]
    return Process(pid, argv, tasks, memory=(5120, 1024 + pace, 20), swap=0,
                   cgroup=f'/qemu.slice/{vmid}.scope', exe='/usr/bin/qemu-system-x86_64')


def main():
    if len(sys.argv) != 4 or os.path.exists(sys.argv[1]):
        sys.exit('usage: fleet_host.py DIR GUESTS THREADS, and DIR does not exist yet')
    guests, threads = int(sys.argv[2]), int(sys.argv[3])
    make_host.PROCESSES += [guest(i, threads) for i in range(guests)]
    make_host.make_host(Dir(sys.argv[1]))


if __name__ == '__main__':
    main()
