#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# With file capabilities (setcap(8)) kvmtop runs no code and reads no file that its user chooses:
# both would be with rights that are not the user's.
set -euo pipefail

# shellcheck source=tui/lib.sh
. "$(dirname "$0")/tui/lib.sh"
[ "$(id -u)" = 0 ] || skip 'file capabilities are given by root'
need setcap setpriv
test_require
chmod 755 "$tui_dir"
program=$tui_dir/bin/kvmtop


# as_user ARGUMENTS...: $program, by a user without any rights; sets $status and $said.
as_user()
{
    status=0
    said=$(setpriv --reuid=65534 --regid=65534 --clear-groups \
        env XDG_CONFIG_HOME="$tui_dir/xdg" "$program" "$@" 2>&1 </dev/null) || status=$?
}

# answers STATUS TEXT ARGUMENTS...: what it says holds the text.
answers()
{
    as_user "${@:3}"
    equal "status of '${*:3}': $said" "$1" "$status"
    [[ $said == *"$2"* ]] || fail "'${*:3}' is answered by: $said"
}

# Two copies of kvmtop, beside them what marks a build tree, and a plugin.
bin=$tui_dir/bin
mkdir -p "$bin/plugins/.libs" "$tui_dir/xdg/kvmtop"
install -m 755 "$KVMTOP" "$bin/plain"
install -m 755 "$KVMTOP" "$bin/capable"
touch "$bin/kvmtop-build-tree"
echo 'int nothing;' >"$tui_dir/proc.c"
read -ra cc <<<"${TEST_CC:-cc}"
"${cc[@]}" -shared -fPIC -o "$bin/plugins/.libs/proc.so" "$tui_dir/proc.c"
chmod -R go-w "$bin"
echo 'secret = 1' >"$tui_dir/xdg/kvmtop/kvmtop.conf"
beside="$bin/plugins/.libs/proc.so: has no descriptor"

program=$bin/capable
setcap cap_dac_read_search+ep "$program" 2>"$tui_dir/setcap.err" ||
    skip "no file capabilities here: $(cat "$tui_dir/setcap.err")"
as_user --version
[ $status -eq 0 ] || skip "a program with file capabilities does not start here: $said"

more='refused while kvmtop has more rights than you'
answers 2 "--config: $more" -c "$tui_dir/empty.conf" --check-config
answers 2 "--config: $more" --conf="$tui_dir/empty.conf" --list-plugins
answers 2 "--plugin-dir: $more" -P "$bin" --check-config
answers 2 "--root: $more" --root "$pve" -n 1
as_user --list-plugins
[[ $said != *"$beside"* ]] || fail "a plugin beside a kvmtop with capabilities: $said"
[[ $said != *secret* ]] || fail "the user's file is read: $said"

# Without capabilities all of it is the user's to choose.
program=$bin/plain
answers 2 'kvmtop.conf:1: ' --check-config
answers 2 "$beside" -c "$tui_dir/empty.conf" --check-config
answers 2 'no plugin brings a view' -c "$tui_dir/empty.conf" -P "$bin" --root "$pve" -n 1

done_testing
