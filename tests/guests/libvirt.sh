# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The part of lib.sh that has to do with libvirt: a libvirtd of the test's own, in its namespaces.
#
# All of libvirtd's folders, and /run with the socket of the system's D-Bus, are replaced by empty
# ones: it knows no domain and no network of the host, and can't register anything with systemd.
# shellcheck disable=SC2154 # guests_* variables are lib.sh's

# guests_require_libvirt: beside guests_require, for tests that start guests of libvirt's.
guests_require_libvirt()
{
    guests_need_commands libvirtd virsh
}

guests_virsh()
{
    guests_ns virsh --quiet --connect qemu:///system "$@"
}

# guests_empty_folders: for the namespaces only.
guests_empty_folders()
{
    # shellcheck disable=SC2016 # expanded by the shell inside
    guests_ns sh -c '
        for folder in /run /etc/libvirt /var/lib/libvirt /var/cache/libvirt \
            /var/log/libvirt; do
            [ ! -d "$folder" ] || mount -t tmpfs tmpfs "$folder" || exit 1
        done
        printf "%s\n" "user = \"root\"" "group = \"root\"" "security_driver = \"none\"" \
            "cgroup_controllers = [ ]" "stdio_handler = \"file\"" >/etc/libvirt/qemu.conf'
}

# guests_start_libvirtd: does nothing where it runs. guests_stop knows it as guest libvirtd.
guests_start_libvirtd()
{
    local conf=$guests_dir/libvirtd.conf log=$guests_dir/libvirtd.log

    ! guests_alive libvirtd || return 0
    printf '%s\n' 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' \
        "log_outputs = \"2:file:$log\"" >"$conf"
    guests_empty_folders || return 1
    if ! guests_ns libvirtd --daemon --config "$conf" --timeout "$guests_life" \
        --pid-file "$guests_dir/libvirtd.pid"; then
        guests_error "no libvirtd: $(tail -n 3 "$log")"
        return 1
    fi
    guests_note libvirtd "$(cat "$guests_dir/libvirtd.pid")" || return 1
    guests_until 30 guests_virsh list >/dev/null 2>&1 ||
        guests_error "libvirtd does not answer: $(tail -n 3 "$log")"
}

# guests_start_libvirt ID NAME [mode=MODE]: a domain; libvirtd hands its tap to QEMU as an open
# file, so that the interface's name is nowhere in argv.
guests_start_libvirt()
{
    local id=$1 name=$2 mode=${3:-mode=mix} io pid

    guests_start_libvirtd || return 1
    guests_disk "$id" >/dev/null || return 1
    for io in io_uring threads; do
        guests_domain_xml "$id" "$name" "${mode#mode=}" "$io" >"$guests_dir/$id.xml"
        guests_virsh define "$guests_dir/$id.xml" >"$guests_dir/$id.log" 2>&1 || break
        echo "$name" >"$guests_dir/$id.domain"
        guests_virsh start "$name" >"$guests_dir/$id.log" 2>&1 && break
        grep -q io_uring "$guests_dir/$id.log" || break
    done
    pid=$(guests_ns cat "/run/libvirt/qemu/$name.pid" 2>/dev/null) ||
        guests_error "libvirt did not start $name: $(cat "$guests_dir/$id.log")" || return 1
    guests_note "$id" "$pid" || return 1
    guests_virsh domiflist "$name" | awk 'NF { print $1; exit }' >"$guests_dir/$id.tap"
}

# guests_uuid ID: the domain's.
guests_uuid()
{
    printf '4b564d54-6f70-4000-8000-%012d\n' "$1"
}

# guests_domain_xml ID NAME MODE IO
guests_domain_xml()
{
    cat <<XML
<domain type='qemu'>
  <name>$2</name>
  <uuid>$(guests_uuid "$1")</uuid>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <iothreads>1</iothreads>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$guests_kernel</kernel>
    <initrd>$guests_initrd</initrd>
    <cmdline>$(guests_cmdline "$1" "$3")</cmdline>
  </os>
  <features><acpi/></features>
  <on_reboot>destroy</on_reboot>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none' io='$4' iothread='1'/>
      <source file='$guests_dir/$1.img'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='bridge'>
      <mac address='$(guests_mac "$1")'/>
      <source bridge='$guests_bridge'/>
      <model type='virtio'/>
    </interface>
    <serial type='file'><source path='$(guests_serial "$1")'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
XML
}

# guests_stop_domain ID: destroyed and undefined; its process is guests_stop's to wait for.
guests_stop_domain()
{
    local name

    name=$(cat "$guests_dir/$1.domain")
    guests_virsh destroy "$name" >/dev/null 2>&1 || true
    guests_virsh undefine "$name" >/dev/null || true
    rm -f "$guests_dir/$1.domain"
}
