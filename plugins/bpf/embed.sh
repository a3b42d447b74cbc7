#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The bytes of a file as the C array that walk_object.h declares.
# usage: embed.sh FILE >FILE.c
set -eu
echo '/* SPDX-License-Identifier: GPL-3.0-or-later */'
echo '/* Made by embed.sh from walk.bpf.c. */'
echo '#include "bpf/walk_object.h"'
echo
echo '_Alignas(8) const unsigned char walk_object[] = {'
od -A n -t u1 -v "$1" | sed -e 's/  */,/g' -e 's/^,/    /' -e 's/$/,/'
echo '};'
echo 'const size_t walk_object_size = sizeof walk_object;'
