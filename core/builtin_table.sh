#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# builtin_table.sh NAME...: the C source of the table of built-in plugins, on stdout.
cat <<'END'
/* Made by builtin_table.sh from configure's --with-builtin. */
#include "core/builtin.h"

#include <kvmtop/plugin.h>

END
for name; do
    echo "extern const struct kvmtop_plugin kvmtop_plugin_$name;"
done
echo
echo 'const struct kvmtop_plugin *const builtin_table[] = {'
for name; do
    echo "    &kvmtop_plugin_$name,"
done
echo '    NULL,'
echo '};'
