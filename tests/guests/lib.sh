# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Real QEMU guests for the tests, without KVM (TCG). To be sourced by a bash script:
#
#   . "$(dirname "$0")/lib.sh"
#   guests_require                              # and, for guests of libvirt's:
#   guests_require_libvirt
#   trap guests_stop_all EXIT
#   guests_prepare "$dir"
#   guests_start_plain 101 web01 mode=cpu
#   guests_wait_up 101 60
#   guests_ns "$kvmtop" -b -n 2
#
# All guests of a test live in a network and mount namespace of its own: the host's interfaces and
# its libvirtd see nothing of them. Their processes are ordinary ones of the host. Anything that is
# to see their interfaces runs by guests_ns.
#
# A guest has a number (2 to 254): the last byte of its address, and the handle for all functions
# here. What it does is told by its mode (see init). Files of guest ID in the folder given to
# guests_prepare: ID.process (PID, time of birth), ID.tap, ID.serial, ID.img, ID.log (QEMU's or
# libvirt's complaints), and for libvirt ID.domain (its name), ID.xml.
#
# Only one test of a machine has guests at a time: guests_prepare waits for its turn (fd 9).
#
# Environment: KVMTOP_TEST_QUICK=1 skips all; KVMTOP_TEST_CACHE is where kernel and initramfs are
# kept (default ${XDG_CACHE_HOME:-/var/cache}/kvmtop-tests); GUESTS_LIFE is the time in seconds
# after which guests end by themselves, should the test be killed (default 900).

guests_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guests_life=${GUESTS_LIFE:-900}
guests_bridge=kvmtop0
guests_dir=
guests_world=
guests_kernel=
guests_initrd=

# shellcheck source=libvirt.sh
. "$guests_here/libvirt.sh"

# guests_skip REASON: ends the test as skipped.
guests_skip()
{
    echo "SKIP: $1"
    exit 77
}

# guests_error MESSAGE: says it, and returns 1 for the caller to return.
guests_error()
{
    echo "guests: $1" >&2
    return 1
}

# guests_until SECONDS COMMAND...: repeats it until it succeeds; 1 when the time is over.
guests_until()
{
    local end=$((SECONDS + $1))

    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

guests_need_commands()
{
    local command

    for command in "$@"; do
        command -v "$command" >/dev/null || guests_skip "no $command on this machine"
    done
}

# guests_require: ends the test as skipped where guests can't run.
guests_require()
{
    [ "${KVMTOP_TEST_QUICK:-0}" != 1 ] || guests_skip "quick tests only (KVMTOP_TEST_QUICK=1)"
    [ "$(id -u)" = 0 ] || guests_skip "real guests need root"
    guests_need_commands qemu-system-x86_64 busybox cpio gzip flock ip unshare nsenter
    ! ldd "$(command -v busybox)" >/dev/null 2>&1 || guests_skip "busybox is not a static one"
    unshare --net --mount ip tuntap add dev kvmtop1 mode tap 2>/dev/null ||
        guests_skip "no tap interface in a network namespace of its own"
}

# guests_prepare DIR: takes this test's turn, gets kernel and initramfs, makes the namespaces. DIR
# must be on a disk, where O_DIRECT reads and writes count as I/O: /var/tmp rather than /tmp. It
# stays, with all logs, for the caller to delete.
guests_prepare()
{
    mkdir -p "$1" || return 1
    guests_dir=$(cd "$1" && pwd)
    guests_check_disk
    guests_get_image || return 1
    guests_take_turn || return 1
    guests_start_world
}

guests_check_disk()
{
    local probe=$guests_dir/probe

    [ "$(stat --file-system --format %T "$guests_dir")" != tmpfs ] ||
        guests_skip "$guests_dir is a tmpfs, not a disk"
    dd if=/dev/zero of="$probe" bs=4096 count=1 oflag=direct status=none 2>/dev/null ||
        guests_skip "no O_DIRECT in $guests_dir"
    rm -f "$probe"
}

guests_get_image()
{
    local status=0 paths

    paths=$("$guests_here/image.sh" 2>"$guests_dir/image.log") || status=$?
    [ "$status" != 77 ] || guests_skip "$(tail -n 1 "$guests_dir/image.log")"
    if [ "$status" != 0 ]; then
        guests_error "no image: $(tail -n 1 "$guests_dir/image.log")"
        return 1
    fi
    guests_kernel=${paths%%$'\n'*}
    guests_initrd=${paths#*$'\n'}
}

guests_take_turn()
{
    exec 9>"$(dirname "$guests_initrd")/turn.lock"
    flock --timeout 600 9 || guests_error "another test kept its guests for 10 minutes"
}

guests_start_world()
{
    local ready=$guests_dir/world.ready

    rm -f "$ready"
    unshare --net --mount --propagation private \
        "$guests_here/world.sh" "$ready" "$guests_life" \
        >"$guests_dir/world.log" 2>&1 </dev/null 9>&- &
    guests_world=$!
    guests_until 10 test -e "$ready" || guests_error "no namespace: $(cat "$guests_dir/world.log")"
}

# guests_ns [VAR=VALUE...] COMMAND...: runs it where the guests' interfaces are.
guests_ns()
{
    nsenter --target "$guests_world" --net --mount -- env --chdir="$PWD" "$@" 9>&-
}

# guests_birth PID: start time in clock ticks since boot (field 22 of stat, proc(5)); 1 where there
# is no such process, or only a zombie without threads that waits for its parent.
guests_birth()
{
    local stat

    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # to be split
    set -- ${stat##*) }
    [ "$1" != Z ] || [ "${18}" -gt 1 ] || return 1
    echo "${20}"
}

# guests_note ID PID: this process is guest ID from now on.
guests_note()
{
    local birth

    birth=$(guests_birth "$2") || guests_error "guest $1 ended at once" || return 1
    echo "$2 $birth" >"$guests_dir/$1.process"
}

guests_pid()
{
    local pid

    read -r pid _ <"$guests_dir/$1.process" && echo "$pid"
}

# guests_alive ID: does the process we started still run? A PID alone could be another's by now.
guests_alive()
{
    local pid birth

    [ -f "$guests_dir/$1.process" ] || return 1
    read -r pid birth <"$guests_dir/$1.process"
    [ "$(guests_birth "$pid")" = "$birth" ]
}

guests_gone()
{
    ! guests_alive "$1"
}

# guests_tap ID: the guest's interface on the host, as told by whoever made it.
guests_tap()
{
    cat "$guests_dir/$1.tap"
}

# guests_serial ID: path of the file with all that the guest said on its serial console.
guests_serial()
{
    echo "$guests_dir/$1.serial"
}

# guests_last ID UP|IO|NET: the words of the last whole line of that kind on the serial console (see
# init). Nothing and 1 where there is none yet.
guests_last()
{
    sed -n "s/^.*GUEST-$2 \(.*\)\r\$/\1/p" "$(guests_serial "$1")" 2>/dev/null | tail -n 1 | grep .
}

# guests_cmdline ID MODE: the kernel's.
guests_cmdline()
{
    echo "console=ttyS0 quiet panic=-1 guest_ip=10.77.0.$1 guest_mode=$2 guest_life=$guests_life"
}

# guests_disk ID: an empty disk; prints its path. What an earlier guest of this number said goes.
guests_disk()
{
    rm -f "$guests_dir/$1.img" "$(guests_serial "$1")"
    truncate -s 64M "$guests_dir/$1.img" && echo "$guests_dir/$1.img"
}

# guests_start_plain ID NAME [mode=MODE] [tap=INTERFACE] [argv0=TEXT] [cgroup=PATH] [-- QEMU-ARG...]
# QEMU as one would start it by hand. Defaults: mode=mix, tap=vm<ID>t0, no cgroup of its own. PATH
# is below the cgroup v2 root. The disk uses io_uring; where the machine refuses that, threads.
guests_start_plain()
{
    local id=$1 name=$2 mode=mix tap=vm$1t0 argv0=qemu-system-x86_64 cgroup='' aio disk

    shift 2
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        case $1 in
        mode=*) mode=${1#*=} ;;
        tap=*) tap=${1#*=} ;;
        argv0=*) argv0=${1#*=} ;;
        cgroup=*) cgroup=${1#*=} ;;
        *) guests_error "guests_start_plain: what is $1?" || return 1 ;;
        esac
        shift
    done
    [ "${1:-}" != -- ] || shift
    if [ -n "$cgroup" ]; then
        cgroup=$(guests_make_cgroup "$cgroup") || return 1
    fi
    disk=$(guests_disk "$id") || return 1
    for aio in io_uring threads; do
        guests_qemu "$argv0" "$cgroup" \
            -name "${name//,/,,},debug-threads=on" -accel tcg -m 128 -no-reboot \
            -kernel "$guests_kernel" -initrd "$guests_initrd" \
            -append "$(guests_cmdline "$id" "$mode")" -object iothread,id=iothread0 \
            -drive "file=${disk//,/,,},if=none,id=disk0,format=raw,cache=none,aio=$aio" \
            -device virtio-blk-pci,drive=disk0,iothread=iothread0 \
            -netdev "tap,id=net0,ifname=$tap,script=no,downscript=no" \
            -device "virtio-net-pci,netdev=net0,mac=$(guests_mac "$id")" \
            -display none -serial "file:$(guests_serial "$id")" \
            -daemonize -pidfile "$guests_dir/$id.pid" "$@" \
            >"$guests_dir/$id.log" 2>&1 && break
        grep -q io_uring "$guests_dir/$id.log" && [ "$aio" = io_uring ] ||
            guests_error "QEMU did not start: $(cat "$guests_dir/$id.log")" || return 1
    done
    guests_note "$id" "$(cat "$guests_dir/$id.pid")" || return 1
    echo "$tap" >"$guests_dir/$id.tap"
    guests_ns ip link set dev "$tap" master "$guests_bridge" up
}

# guests_start_proxmox ID NAME [as above]: looks like a guest of Proxmox VE by argv[0], cgroup and
# interface. QEMU's -id is Proxmox's own patch: Debian's QEMU knows nothing of it.
guests_start_proxmox()
{
    local id=$1 name=$2

    shift 2
    guests_start_plain "$id" "$name" argv0=/usr/bin/kvm "tap=tap${id}i0" \
        "cgroup=qemu.slice/$id.scope" "$@"
}

# guests_qemu ARGV0 CGROUP ARG...: QEMU enters the cgroup (if any) before it makes its threads.
guests_qemu()
{
    # shellcheck disable=SC2016 # expanded by the shell inside
    guests_ns bash -c '
        argv0=$1 cgroup=$2
        shift 2
        [ -z "$cgroup" ] || echo $$ >"$cgroup/cgroup.procs" || exit 1
        exec -a "$argv0" qemu-system-x86_64 "$@"' bash "$@"
}

guests_mac()
{
    printf '52:54:00:77:00:%02x\n' "$1"
}

# guests_make_cgroup PATH: prints the whole path. A cgroup with processes in it is somebody's guest:
# refused; an empty one was left by a test that was killed: taken over. What is to be removed after
# the test is noted.
guests_make_cgroup()
{
    local path part

    path=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    [ -n "$path" ] || guests_error "no cgroup v2 is mounted" || return 1
    for part in ${1//\// }; do
        path=$path/$part
        ! mkdir "$path" 2>/dev/null || echo "$path" >>"$guests_dir/cgroups"
    done
    [ -w "$path/cgroup.procs" ] || guests_error "cannot make cgroup $path" || return 1
    ! grep -q . "$path/cgroup.procs" || guests_error "$path is in use" || return 1
    grep -sqxF "$path" "$guests_dir/cgroups" || echo "$path" >>"$guests_dir/cgroups"
    echo "$path"
}

# guests_wait_up ID SECONDS: until the guest works; 1 when it died or the time is over.
guests_wait_up()
{
    guests_until "$2" guests_up_or_dead "$1" || true
    if guests_alive "$1" && guests_last "$1" UP >/dev/null; then
        return 0
    fi
    guests_error "guest $1 is not up: $(tail -n 3 "$(guests_serial "$1")" "$guests_dir/$1.log")"
}

guests_up_or_dead()
{
    guests_last "$1" UP >/dev/null || guests_gone "$1"
}

# guests_stop ID: returns when it is gone. One that is gone already is no error.
guests_stop()
{
    if [ -f "$guests_dir/$1.domain" ]; then
        guests_stop_domain "$1"
    fi
    guests_alive "$1" || return 0
    kill "$(guests_pid "$1")"
    guests_until 10 guests_gone "$1" && return 0
    kill -KILL "$(guests_pid "$1")"
    guests_until 10 guests_gone "$1" || guests_error "guest $1 won't die"
}

# guests_stop_all: ends everything that was started here; to be called however the test ends, as
# often as one likes. Logs and serial consoles stay.
guests_stop_all()
{
    local file

    [ -n "$guests_dir" ] || return 0
    for file in "$guests_dir"/[0-9]*.process; do
        [ -e "$file" ] || continue
        file=${file##*/}
        guests_stop "${file%.process}" || true
    done
    guests_stop libvirtd || true
    if [ -n "$guests_world" ]; then
        kill "$guests_world" 2>/dev/null || true
        wait "$guests_world" 2>/dev/null || true
        guests_world=
    fi
    guests_remove_cgroups
    exec 9>&-
}

guests_remove_cgroups()
{
    local path

    [ -f "$guests_dir/cgroups" ] || return 0
    tac "$guests_dir/cgroups" | while read -r path; do
        guests_until 5 rmdir "$path" 2>/dev/null || guests_error "cannot remove $path" || true
    done
    rm -f "$guests_dir/cgroups"
}
