#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Processes come and go, as many as the machine makes, and one PID is used again and again, while
# they are sampled five times a second by every way of sampling there is: every report comes in time
# and tells nothing that can't be.
# Environment: KVMTOP_STORM_SECONDS, how long it blows (20; 3 with KVMTOP_TEST_QUICK).
set -euo pipefail

# shellcheck source=../tui/lib.sh
. "$(dirname "$0")/../tui/lib.sh"
test_require
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ "${KVMTOP_TEST_QUICK:-0}" = 1 ]; then
    seconds=3
else
    seconds=${KVMTOP_STORM_SECONDS:-20}
fi
longest=$((seconds * 5 + 60))
checks=(--interval 0.2 --count $((seconds * 5)))
build storm -pthread

again=
if "$tui_dir/storm" again 0 >/dev/null; then
    timeout "$longest" "$tui_dir/storm" again "$longest" &
    again=$!
    checks+=(--reused)
fi
# The tree has every thread; with -l 0 every row is in the report.
for sampler in "${samplers[@]}"; do
    # shellcheck disable=SC2086
    in_background "tree $sampler" check_reports "${checks[@]}" -- timeout "$longest" "$KVMTOP" \
        -c "$conf" -b -o json -i 0.2 -n $((seconds * 5)) -l 0 -V tree $sampler
done
in_background storm timeout "$longest" "$tui_dir/storm" "$seconds"
wait_all
[ -z "$again" ] || kill "$again"
done_testing
