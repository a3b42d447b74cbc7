#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Works out every figure of a recorded host's reports from its files, and compares.

usage: check_cells.py ROOT KVMTOP ARGUMENTS...    (kvmtop's arguments but -b, -n, -o and --root)

What is known of /proc here is by proc(5) and the kernel's documentation, not by kvmtop.
"""
import json
import os
import subprocess
import sys

TICKS = 100                     # a second
PAGE = 4096
MIB = 1 << 20

GUESTS = {                      # by the PID: id, name, platform
    1200: ('100', 'database-vm', 'proxmox'), 1300: ('101', 'webserver', 'proxmox'),
    2000: ('1', 'db-prod 01', 'libvirt'),
    2100: ('instance-00000002', 'instance-00000002', 'openstack'),
    2200: (None, 'build box', 'qemu'),
}
IFACES = {
    'tap100i0': GUESTS[1200], 'tap101i0': GUESTS[1300], 'vnet0': GUESTS[2000],
    'tap3f2504e0-4f': GUESTS[2100], 'veth102i0': ('102', None, 'lxc'),
}
DEVICES = {                     # kernel name: shown name, guests
    'sda': ('sda', '1'), 'nvme0n1': ('nvme0n1', '100'), 'md0': ('md0', '100'),
    'dm-0': ('pve-root', '1'), 'dm-1': ('pve-vm--100--disk--0', '100'), 'zd0': ('zd0', '101'),
}
NOBODY = (None, None, None)

compared = 0
wrong = []


def same(what, expected, got):
    global compared
    compared += 1
    if isinstance(expected, float) and isinstance(got, (int, float)):
        if abs(expected - got) <= 1e-6 * max(1, abs(expected)):
            return
    elif expected == got:
        return
    wrong.append(f'{what}: expected {expected!r}, got {got!r}')


def read(*path):
    try:
        with open(os.path.join(*path), 'rb') as file:
            return file.read()
    except OSError:
        return None


def numbers(*path):
    """`name: value` lines."""
    text = read(*path)
    if text is None:
        return None
    return {key.strip().decode(): int(value.split()[0])
            for key, value in (line.split(b':') for line in text.splitlines() if b':' in line)}


class Stat:
    """/proc/PID/stat; field N of proc(5) is self[N]."""

    def __init__(self, path):
        text = read(path)
        head, tail = text.rsplit(b')', 1)
        self.comm = head.split(b'(', 1)[1]
        self.fields = tail.split()

    def __getitem__(self, number):
        field = self.fields[number - 3]
        return field.decode() if number == 3 else int(field)


def rate(now, before, seconds):
    """Change a second; a counter that is missing or has fallen has none."""
    if now is None or before is None or now < before:
        return None
    return (now - before) / seconds


def times(value, factor):
    return None if value is None else value * factor


class Step:
    def __init__(self, root, number):
        self.dir = os.path.join(root, str(number))
        self.proc = os.path.join(self.dir, 'proc')
        self.clock = int(read(self.dir, 'clock')) / 1e9

    def pids(self):
        return sorted(int(name) for name in os.listdir(self.proc) if name.isdigit())

    def task(self, *path):
        folder = os.path.join(self.proc, *path)
        return Task(folder) if os.path.exists(folder) else None

    def tasks(self, pid):
        return {tid: self.task(str(pid), 'task', str(tid)) for tid in
                map(int, os.listdir(os.path.join(self.proc, str(pid), 'task')))}


class Task:
    """A process or a thread."""

    def __init__(self, folder):
        self.stat = Stat(os.path.join(folder, 'stat'))
        self.io = numbers(folder, 'io')
        self.statm = read(folder, 'statm')
        self.status = read(folder, 'status')
        schedstat = read(folder, 'schedstat')
        self.run = int(schedstat.split()[0]) if schedstat else None
        self.delay = int(schedstat.split()[1]) if schedstat else None

    def io_of(self, key):
        return self.io[key] if self.io else None

    def cpu(self):
        """Seconds: by schedstat where it tells, else by clock ticks."""
        if self.run:
            return self.run / 1e9
        return (self.stat[14] + self.stat[15]) / TICKS


class Newborn:
    """What a task had counted at its birth."""
    io = {key: 0 for key in ('syscr', 'syscw', 'read_bytes', 'write_bytes')}
    stat = {10: 0, 12: 0, 42: 0, 43: 0}

    def io_of(self, key):
        return 0

    def cpu(self):
        return 0


def before_of(task, earlier, then, now):
    """The task as it was, and how long ago; or (None, 0)."""
    if earlier and earlier.stat[22] == task.stat[22]:
        return earlier, now.clock - then.clock
    birth = task.stat[22] / TICKS
    if birth >= then.clock:
        return Newborn(), now.clock - birth
    return None, 0


def common_cells(task, earlier, seconds):
    def io(key, unit=1):
        return times(rate(task.io_of(key), earlier.io_of(key), seconds), 1 / unit)

    return {
        'r_log': io('syscr'), 'w_log': io('syscw'), 'r_mib': io('read_bytes', MIB),
        'w_mib': io('write_bytes', MIB),
        'cpu': times(rate(task.cpu(), earlier.cpu(), seconds), 100),
        'minflt': rate(task.stat[10], earlier.stat[10], seconds),
        'majflt': rate(task.stat[12], earlier.stat[12], seconds),
        'guest': times(rate(task.stat[43], earlier.stat[43], seconds), 100 / TICKS),
        'state': task.stat[3], 'nice': task.stat[19],
    }


def waited(steps, pid, start):
    """Seconds that a process's threads have waited, those that have ended too."""
    last = {}
    for step in steps:
        process = step.task(str(pid))
        if process and process.stat[22] == start:
            last.update({tid: task.stat[42] for tid, task in step.tasks(pid).items()})
    return sum(last.values()) / TICKS


def users(step):
    return {int(line.split(':')[2]): line.split(':')[0]
            for line in read(step.dir, 'etc/passwd').decode().splitlines()}


def check_process(row, steps):
    then, now = steps[-2:]
    pid = row['pid']
    task = now.task(str(pid))
    earlier, seconds = before_of(task, then.task(str(pid)), then, now)
    uid = int(task.status.split(b'Uid:')[1].split()[0])
    size, resident, shared = (int(word) * PAGE / MIB for word in task.statm.split()[:3])
    expected = common_cells(task, earlier, seconds)
    expected.update({
        'user': users(now).get(uid, str(uid)), 'uptime': now.clock - task.stat[22] / TICKS,
        'res': resident, 'shr': shared, 'virt': size, 'threads': task.stat[20],
        'wait': 1000 * (waited(steps, pid, task.stat[22]) -
                        waited(steps[:-1], pid, task.stat[22])),
    })
    for column, value in expected.items():
        same(f'process {pid} {column}', value, row[column])
    guest = GUESTS.get(pid, NOBODY)
    same(f'guest {pid}', guest, (row['vmid'], row['vm'], row['platform']))
    if guest is not NOBODY:
        label = guest[1] if guest[0] in (None, guest[1]) else f'{guest[0]} - {guest[1]}'
        same(f'command {pid}', label, row['command'])


def check_thread(row, steps):
    then, now = steps[-2:]
    path = str(row['pid']), 'task', str(row['tid'])
    task = now.task(*path)
    earlier, seconds = before_of(task, then.task(*path), then, now)
    expected = common_cells(task, earlier, seconds)
    expected.update({'command': task.stat.comm.decode(), 'res': None,
                     'wait': 1000 * (task.stat[42] - earlier.stat[42]) / TICKS})
    for column, value in expected.items():
        same(f'thread {row["pid"]}/{row["tid"]} {column}', value, row[column])


def check_processes(rows, steps):
    processes = [row for row in rows if row.get('tid') is None]
    same('PIDs', steps[-1].pids(), sorted(row['pid'] for row in processes))
    for row in processes:
        check_process(row, steps)
    same('order', sorted((row['cpu'] for row in processes), reverse=True),
         [row['cpu'] for row in processes])


def check_tree(rows, steps):
    check_processes(rows, steps)
    expected = []
    for pid in steps[-1].pids():
        tids = list(steps[-1].tasks(pid))
        if len(tids) > 1:       # a lone thread is its process
            expected += [(pid, tid) for tid in tids]
    threads = [row for row in rows if row['tid'] is not None]
    same('threads', sorted(expected), sorted((row['pid'], row['tid']) for row in threads))
    for row in threads:
        check_thread(row, steps)


def netdev(step):
    lines = read(step.proc, 'net/dev').decode().splitlines()[2:]
    return {name.strip(): [int(word) for word in rest.split()]
            for name, rest in (line.split(':') for line in lines)}


def check_network(rows, steps):
    then, now = (netdev(step) for step in steps[-2:])
    seconds = steps[-1].clock - steps[-2].clock
    columns = [('rx_mbps', 0, 8e-6), ('rx_pkts', 1, 1), ('rx_err', 2, 1), ('rx_drop', 3, 1),
               ('tx_mbps', 8, 8e-6), ('tx_pkts', 9, 1), ('tx_err', 10, 1), ('tx_drop', 11, 1)]

    shown = [name for name in now if name != 'lo' and not name.startswith('fw')]
    same('interfaces', sorted(shown), sorted(row['iface'] for row in rows))
    for row in rows:
        name = row['iface']
        sys_dir = os.path.join(steps[-1].dir, 'sys/class/net', name)
        state = read(sys_dir, 'operstate').decode().strip()
        speed = read(sys_dir, 'speed')
        tap = os.path.exists(os.path.join(sys_dir, 'tun_flags'))
        same(f'{name} state', {'up': 'UP', 'down': 'DOWN'}.get(state, state), row['state'])
        same(f'{name} speed', int(speed) if speed and not tap and int(speed) > 0 else None,
             row['speed'])
        for column, at, factor in columns:
            same(f'{name} {column}', rate(now[name][at], then[name][at], seconds) * factor,
                 row[column])
        same(f'{name} guest', IFACES.get(name, NOBODY), (row['vmid'], row['vm'], row['platform']))
    same('order', sorted((row['tx_mbps'] for row in rows), reverse=True),
         [row['tx_mbps'] for row in rows])


def diskstats(step):
    """Field N of Documentation/admin-guide/iostats.rst is [N - 1]."""
    lines = (line.split() for line in read(step.proc, 'diskstats').decode().splitlines())
    return {words[2]: [int(word) for word in words[3:]] for words in lines}


def check_storage(rows, steps):
    then, now = (diskstats(step) for step in steps[-2:])
    seconds = steps[-1].clock - steps[-2].clock

    same('devices', sorted(DEVICES), sorted(row['kname'] for row in rows))
    for row in rows:
        name = row['kname']
        change = [b - a for a, b in zip(then[name], now[name])]
        expected = {
            'device': DEVICES[name][0], 'guests': DEVICES[name][1],
            'r_iops': change[0] / seconds, 'w_iops': change[4] / seconds,
            'r_mib': change[2] * 512 / MIB / seconds, 'w_mib': change[6] * 512 / MIB / seconds,
            'r_lat': change[3] / change[0] if change[0] else None,
            'w_lat': change[7] / change[4] if change[4] else None,
            'util': change[9] / 1000 / seconds * 100, 'queue': change[10] / 1000 / seconds,
            'd_iops': change[11] / seconds, 'f_iops': change[15] / seconds,
        }
        for column, value in expected.items():
            same(f'{name} {column}', value, row[column])
    same('order', sorted((row['r_iops'] for row in rows), reverse=True),
         [row['r_iops'] for row in rows])


def check_host(host, steps):
    then, now = ([int(word) for word in read(step.proc, 'stat').split(b'\n')[0].split()[1:9]]
                 for step in steps[-2:])
    change = [b - a for a, b in zip(then, now)]
    memory = numbers(steps[-1].proc, 'meminfo')
    same('host cpu', 100 * (1 - (change[3] + change[4]) / sum(change)), host['cpu'])
    same('host memory', (memory['MemTotal'] - memory['MemAvailable']) / 1024, host['mem_used'])
    same('host swap', (memory['SwapTotal'] - memory['SwapFree']) / 1024, host['swap_used'])
    same('host guests', len(GUESTS), host['guests'])


MEMORY = {1200: 4096, 1300: 1024, 2000: 2048, 2100: 512, 2200: 512} # -m, MiB


def threads_of(pid, steps, kind):
    """The threads of a kind, each with itself before; their names begin so."""
    now, then = steps[-1].tasks(pid), steps[-2].tasks(pid)
    return [(task, then[tid]) for tid, task in now.items() if task.stat.comm.startswith(kind)]


def cpu_of(threads, seconds):
    return sum(task.cpu() - earlier.cpu() for task, earlier in threads) / seconds * 100


def check_guest_threads(row, steps, seconds):
    pid = row['pid']
    vcpus, io = threads_of(pid, steps, b'CPU '), threads_of(pid, steps, b'IO ')
    if not vcpus:               # their names tell nothing
        for column in 'vcpus', 'vcpu%', 'emu%', 'io%', 'steal%':
            same(f'guest {pid} {column}', None, row[column])
        return
    delay = sum(task.delay - earlier.delay for task, earlier in vcpus) / 1e9
    same(f'guest {pid} vcpus', len(vcpus), row['vcpus'])
    same(f'guest {pid} vcpu%', cpu_of(vcpus, seconds) / len(vcpus), row['vcpu%'])
    same(f'guest {pid} io%', cpu_of(io, seconds), row['io%'])
    same(f'guest {pid} steal%', delay / seconds / len(vcpus) * 100, row['steal%'])


def check_guest(row, steps):
    then, now = steps[-2:]
    pid, seconds = row['pid'], now.clock - then.clock
    task, earlier = now.task(str(pid)), then.task(str(pid))
    taps = [name for name, guest in IFACES.items() if guest == GUESTS[pid]]
    counters = [(netdev(now)[name], netdev(then)[name]) for name in taps]

    def traffic(at, factor):
        """What the host sends, the guest receives."""
        if not taps:
            return None
        return sum(new[at] - old[at] for new, old in counters) * factor / seconds

    expected = {key: value for key, value in common_cells(task, earlier, seconds).items()
                if key in ('cpu', 'r_mib', 'w_mib')}
    expected.update({
        'rx_mbps': traffic(8, 8e-6), 'tx_mbps': traffic(0, 8e-6), 'rx_pkts': traffic(9, 1),
        'tx_pkts': traffic(1, 1), 'rx_drop': traffic(11, 1), 'mem': MEMORY[pid],
        'ifaces': ','.join(taps) or None, 'res': int(task.statm.split()[1]) * PAGE / MIB,
        'uptime': now.clock - task.stat[22] / TICKS,
        'wait': 1000 * (waited(steps, pid, task.stat[22]) -
                        waited(steps[:-1], pid, task.stat[22])),
    })
    for column, value in expected.items():
        same(f'guest {pid} {column}', value, row[column])
    same(f'guest {pid}', GUESTS[pid], (row['vmid'], row['vm'], row['platform']))
    check_guest_threads(row, steps, seconds)


def check_guests(rows, steps):
    same('guests', sorted(GUESTS), sorted(row['pid'] for row in rows))
    for row in rows:
        check_guest(row, steps)


CHECKS = {'process': check_processes, 'tree': check_tree, 'network': check_network,
          'storage': check_storage, 'guests': check_guests}


# The numbers of the last line, and the rows that they count; the guests' are no plain sums.
TOTALS = {
    'process': ('res shr virt r_log w_log wait r_mib w_mib cpu', lambda row: True),
    'tree': ('res shr virt r_log w_log wait r_mib w_mib cpu', lambda row: row['tid'] is None),
    'network': ('rx_mbps tx_mbps rx_pkts tx_pkts rx_err tx_err', lambda row: True),
    'storage': ('r_iops w_iops r_mib w_mib', lambda row: row['kname'] in ('sda', 'nvme0n1')),
}


def check_totals(report, text):
    """text: of the same report; digits that it leaves out don't count."""
    columns, counted = TOTALS[report['view']]
    rows = [row for row in report['rows'] if counted(row)]
    line = [line for line in text.splitlines() if line and not line.startswith('!')][-1]
    for column, word in zip(columns.split(), line.split()):
        total = sum(row[column] for row in rows if row[column] is not None)
        same(f'total {column}', f'{total:.{len(word.partition(".")[2])}f}', word)


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def main():
    root, kvmtop = sys.argv[1:3]
    command = [kvmtop, '-b', '-n', '2', '--root', root] + sys.argv[3:]
    reports = [json.loads(line) for line in run(command + ['-o', 'json']).splitlines()]
    steps = [Step(root, 1), Step(root, 2), Step(root, 3)]
    for at, report in enumerate(reports):
        so_far = steps[:at + 2]
        same('interval', so_far[-1].clock - so_far[-2].clock, report['interval'])
        check_host(report['host'], so_far)
        CHECKS[report['view']](report['rows'], so_far)
    same('reports', 2, len(reports))
    if reports[-1]['view'] in TOTALS:
        check_totals(reports[-1], run(command))
    print(f'{compared} figures compared, {len(wrong)} wrong', *wrong, sep='\n')
    return 1 if wrong or compared < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
