#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program in a terminal of its own and tells what it writes there.

usage: frames.py COLUMNSxROWS SECONDS FILE PROGRAM ARGUMENTS...

All bytes go to FILE; on standard output come the sizes of the frames, a line each: all that is
written from one `begin synchronized update` to its end.  After SECONDS the program gets a q; its
exit status is the script's.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time


def spawn(columns, rows, argv):
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        os.environ['TERM'] = 'xterm-256color'
        os.execv(argv[0], argv)
    return pid, master


def read_until(master, end):
    """What comes until then, or until the program has ended."""
    data = b''
    while time.monotonic() < end:
        if not select.select([master], [], [], max(0, end - time.monotonic()))[0]:
            break
        try:
            some = os.read(master, 65536)
        except OSError:         # EIO: the other end is closed
            break
        if not some:
            break
        data += some
    return data


def main():
    columns, rows = map(int, sys.argv[1].split('x'))
    pid, master = spawn(columns, rows, sys.argv[4:])
    data = read_until(master, time.monotonic() + float(sys.argv[2]))
    with open(sys.argv[3], 'wb') as file:
        file.write(data)
    try:
        os.write(master, b'q')
    except OSError:
        pass
    read_until(master, time.monotonic() + 10)
    status = os.waitpid(pid, 0)[1]
    frames = re.findall(rb'\033\[\?2026h.*?\033\[\?2026l', data, re.DOTALL)
    for frame in frames:
        print(len(frame))
    return os.waitstatus_to_exitcode(status)


if __name__ == '__main__':
    sys.exit(main())
