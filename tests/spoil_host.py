#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spoils files of a recorded host, each in the same way.

usage: spoil_host.py FOLDER FAULT NAME...: of the files with these names (* is all) below FOLDER
"""
import os
import random
import sys
from fnmatch import fnmatch

GARBAGE = random.Random(1)


def bytes_of(path):
    with open(path, 'rb') as file:
        return file.read()


def put(path, data):
    """Into a new file: the old one may have other links."""
    os.unlink(path)
    with open(path, 'wb') as file:
        file.write(data)


def garbage(path):
    put(path, bytes(GARBAGE.randrange(256) for _ in range(GARBAGE.randrange(1, 3000))))


def scramble(path):
    """What was there, with one byte in ten another."""
    put(path, bytes(GARBAGE.randrange(256) if GARBAGE.randrange(10) == 0 else byte
                    for byte in bytes_of(path)))


def numbers(path):
    """Every figure far too large."""
    put(path, b''.join(b'99999999999999999999' if word.isdigit() else word
                       for word in split_words(bytes_of(path))))


def negative(path):
    put(path, b''.join(b'-' + word if word.isdigit() else word
                       for word in split_words(bytes_of(path))))


def split_words(data):
    word = b''
    for i in range(len(data)):
        byte = data[i:i + 1]
        if word and byte.isdigit() != word.isdigit():
            yield word
            word = b''
        word += byte
    yield word


def folder(path):
    os.unlink(path)
    os.mkdir(path)


def dangling(path):
    os.unlink(path)
    os.symlink('nothing', path)


def fifo(path):
    os.unlink(path)
    os.mkfifo(path)


FAULTS = {
    'empty': lambda path: put(path, b''),
    'half': lambda path: put(path, bytes_of(path)[:os.path.getsize(path) // 2]),
    'garbage': garbage,
    'scramble': scramble,
    'numbers': numbers,
    'negative': negative,
    'nul': lambda path: put(path, b'\0' * 5000),
    'line': lambda path: put(path, b'1 ' * 600000),
    'lines': lambda path: put(path, b'\n' * 5000 + bytes_of(path) * 3),
    'folder': folder,
    'dangling': dangling,
    'fifo': fifo,
    'absent': os.unlink,
}


def main():
    top, fault, *names = sys.argv[1:]
    for where, _, files in list(os.walk(top)):
        for name in files:
            path = os.path.join(where, name)
            if name == 'clock' or os.path.islink(path):
                continue
            if any(fnmatch(name, pattern) for pattern in names):
                FAULTS[fault](path)


if __name__ == '__main__':
    if sys.argv[1:] == ['--list']:
        print(*FAULTS)
    else:
        main()
