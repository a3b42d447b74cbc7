#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reports of the recorded host: every byte against golden files, every figure against the host's
# own files.  KVMTOP_GOLDEN_UPDATE=1 writes the golden files anew.
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
# shellcheck source=golden.sh
. "$(dirname "$0")/golden.sh"
test_require

# The record's clock ticks and pages are those of most machines.
[ "$(getconf CLK_TCK)" = 100 ] || skip "a clock tick is not 10 ms on this machine"
[ "$(getconf PAGESIZE)" = 4096 ] || skip "a page is not 4 KiB on this machine"

report()
{
    "$KVMTOP" -c "$tui_dir/empty.conf" --root "$pve" -b -n 2 "$@"
}

# One row a line, for people to read.
json_lines()
{
    sed -e 's/"rows":\[/&\n/' -e 's/},{/},\n{/g' -e 's/\],"warnings"/\n&/'
}

for view in process tree network storage guests; do
    report -V $view | golden $view
    report -V $view -o csv | golden $view-csv
    report -V $view -o json | json_lines | golden $view-json
done
report --columns pid,rundelay,swap,comm,command -s rundelay | golden process-costly
report -V tree -f 'iothread' | golden tree-filter
report -V storage -s w_lat --columns device,w_lat,util,guests | golden storage-columns

need python3
export PYTHONDONTWRITEBYTECODE=1
for view in process tree network storage guests; do
    check "figures of the view $view" python3 "$golden_dir/check_cells.py" "$pve" "$KVMTOP" \
        -c "$tui_dir/empty.conf" -V $view
done

python3 "$top_srcdir/tests/fixtures/make_host.py" "$tui_dir/host"
check 'make_host.py makes another host than the one kept' \
    diff -r --no-dereference "$pve" "$tui_dir/host"
done_testing
