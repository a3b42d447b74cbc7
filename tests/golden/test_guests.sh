#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The guests view of a recorded host with guests of all sorts: every byte against golden files.
# KVMTOP_GOLDEN_UPDATE=1 writes them anew.  What its figures come from: fixtures/make_guests.py.
set -euo pipefail

. "$(dirname "$0")/../tui/lib.sh"
. "$(dirname "$0")/golden.sh"
test_require
guests=$top_srcdir/tests/fixtures/hosts/guests

[ "$(getconf CLK_TCK)" = 100 ] || skip "a clock tick is not 10 ms on this machine"
[ "$(getconf PAGESIZE)" = 4096 ] || skip "a page is not 4 KiB on this machine"

report()
{
    "$KVMTOP" -c "$tui_dir/empty.conf" --root "$guests" -b -n 1 -V guests "$@"
}

json_lines()
{
    sed -e 's/"rows":\[/&\n/' -e 's/},{/},\n{/g' -e 's/\],"warnings"/\n&/'
}

report | golden sorts
report -o csv | golden sorts-csv
report -o json | json_lines | golden sorts-json
report --columns vm,press_cpu,press_io,press_mem,throttled%,cpu_max,r_iops,w_iops,r_bmib,w_bmib |
    golden sorts-cgroup
report --columns vm,mem,swap,ksm,huge,exits,io_exits,halt_exits,irq_inj,iothreads,passthrough |
    golden sorts-costly
report --columns vmid,vm,steal% -s steal%:asc -f 'vm:db' | golden sorts-filter
# What a plugin brings that is left out is unknown, and says so; the rest stays.
report --without cgroup --without kvm --without net --without disk \
    --columns vm,cpu,press_cpu,exits,tx_mbps,r_lat | golden sorts-without
# A kernel thread of vhost bears its guest's number, not its name.
"$KVMTOP" -c "$tui_dir/empty.conf" --root "$guests" -b -n 1 -V tree -f 'vmid=101' \
    --columns pid,tid,vmid,class,cpu,vhost_cpu,vcpu_cpu,command | golden sorts-vhost

need python3
export PYTHONDONTWRITEBYTECODE=1
python3 "$top_srcdir/tests/fixtures/make_guests.py" "$tui_dir/host"
check 'make_guests.py makes another host than the one kept' \
    diff -r --no-dereference "$guests" "$tui_dir/host"
done_testing
