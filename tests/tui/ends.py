#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program in a terminal of its own and ends it in a way that tmux has no hand in.

usage: ends.py WAY PROGRAM ARGUMENTS...

  signal   SIGTERM as soon as the terminal is taken, with the last mode that is set
  loss     its terminal goes away without SIGHUP, as it does for one that it doesn't control

A line for what went wrong; the exit status is the program's.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios

PATIENCE = 10
TAKEN = b'\033[?1006h'
FRAME_END = b'\033[?2026l'
GIVEN_BACK = b'\033[?1049l'


def start(argv):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    program = subprocess.Popen(argv, stdin=slave, stdout=slave, start_new_session=True,
                               env=dict(os.environ, TERM='xterm-256color'))
    os.close(slave)
    return program, master


def wait_for(master, text):
    """True once it has come; False: the other end is closed, or patience is over."""
    data = b''
    while text not in data:
        if not select.select([master], [], [], PATIENCE)[0]:
            return False
        try:
            data += os.read(master, 65536)
        except OSError:         # EIO: the other end is closed
            return False
    return True


def end_by_signal(program, master):
    if not wait_for(master, TAKEN):
        print('the terminal is not taken')
    program.send_signal(signal.SIGTERM)
    if not wait_for(master, GIVEN_BACK):
        print('the terminal is not given back')


def end_by_loss(program, master):
    if not wait_for(master, FRAME_END):
        print('nothing is drawn')
    os.close(master)


WAYS = {'signal': end_by_signal, 'loss': end_by_loss}


def main():
    program, master = start(sys.argv[2:])
    WAYS[sys.argv[1]](program, master)
    status = program.wait(PATIENCE)
    return status if status >= 0 else 128 - status


if __name__ == '__main__':
    sys.exit(main())
