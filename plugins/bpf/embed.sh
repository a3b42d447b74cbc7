#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The bytes of a file as the C array that object.h declares.
# usage: embed.sh FILE NAME >NAME_object.c
set -eu
echo '/* SPDX-License-Identifier: GPL-3.0-or-later */'
echo "/* Made by embed.sh from $2.bpf.c. */"
echo '#include "bpf/object.h"'
echo
echo "_Alignas(8) const unsigned char $2_object[] = {"
od -A n -t u1 -v "$1" | sed -e 's/  */,/g' -e 's/^,/    /' -e 's/$/,/'
echo '};'
echo "const size_t $2_object_size = sizeof $2_object;"
