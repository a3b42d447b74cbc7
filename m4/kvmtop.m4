dnl SPDX-License-Identifier: GPL-3.0-or-later
dnl Macros of kvmtop's configure.

dnl KVMTOP_SPARE_CORE: configure removes core dumps, by name, in each of its tests and before its
dnl own files at its end.  Our folder of that name makes each of these fail: leave it out.
AC_DEFUN([KVMTOP_SPARE_CORE],
[rm ()
{
  for kvmtop_file
  do
    shift
    test "$kvmtop_file" = core || set -- "$[@]" "$kvmtop_file"
  done
  command rm "$[@]"
}])

dnl KVMTOP_ADD_FLAGS(VARIABLE, FLAGS): append those flags that compiler and linker both take,
dnl each tried alone.  -Werror: clang only warns of a flag that it doesn't know.
AC_DEFUN([KVMTOP_ADD_FLAGS],
[for kvmtop_flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether $CC takes $kvmtop_flag])
    kvmtop_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $kvmtop_flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([])],
        [AC_MSG_RESULT([yes])
        $1="$$1 $kvmtop_flag"],
        [AC_MSG_RESULT([no])])
    CFLAGS=$kvmtop_save_CFLAGS
done])

dnl C11 and the warnings that the sources are to be free of.
AC_DEFUN([KVMTOP_WARNINGS],
[WARN_CFLAGS=
KVMTOP_ADD_FLAGS([WARN_CFLAGS],
    [-std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
     -Wpointer-arith -Wwrite-strings -Wformat=2 -Wconversion -Wno-sign-conversion -Wundef -Wvla])
AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])])

dnl What nobody uses is left out: libtool puts all of a convenience library into each plugin.
AC_DEFUN([KVMTOP_SECTIONS],
[SECTION_CFLAGS=
SECTION_LDFLAGS=
KVMTOP_ADD_FLAGS([SECTION_CFLAGS], [-ffunction-sections -fdata-sections])
KVMTOP_ADD_FLAGS([SECTION_LDFLAGS], [-Wl,--gc-sections])
AC_SUBST([SECTION_CFLAGS])
AC_SUBST([SECTION_LDFLAGS])])

dnl ASan and UBSan.  clang leaves their functions undefined in shared objects: no -z defs then.
AC_DEFUN([KVMTOP_SANITIZERS],
[SANITIZE_FLAGS=
PLUGIN_DEFS=-Wl,-z,defs
AS_IF([test "$enable_sanitizers" = yes],
    [KVMTOP_ADD_FLAGS([SANITIZE_FLAGS], [-fsanitize=address,undefined])
    AS_IF([test -z "$SANITIZE_FLAGS"], [AC_MSG_ERROR([$CC has no ASan and UBSan])])
    SANITIZE_FLAGS="$SANITIZE_FLAGS -fno-sanitize-recover=all -fno-omit-frame-pointer"
    enable_hardening=no
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifndef __clang__
#error no
#endif
]])], [PLUGIN_DEFS=])])
AC_SUBST([SANITIZE_FLAGS])
AC_SUBST([PLUGIN_DEFS])])

dnl _FORTIFY_SOURCE needs an optimising compiler, and must not meet one set by the distribution.
dnl -pie and -static contradict each other.
AC_DEFUN([KVMTOP_HARDENING],
[HARDEN_CFLAGS=
HARDEN_LDFLAGS=
PIE_CFLAGS=
PIE_LDFLAGS=
AS_IF([test "$enable_hardening" = yes],
    [KVMTOP_ADD_FLAGS([HARDEN_CFLAGS], [-fstack-protector-strong -fstack-clash-protection])
    KVMTOP_ADD_FLAGS([HARDEN_LDFLAGS], [-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack])
    AC_CACHE_CHECK([whether to set _FORTIFY_SOURCE], [kvmtop_cv_fortify],
        [AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#if !defined __OPTIMIZE__ || defined _FORTIFY_SOURCE
#error no
#endif
]])], [kvmtop_cv_fortify=yes], [kvmtop_cv_fortify=no])])
    AS_IF([test "$kvmtop_cv_fortify" = yes],
        [HARDEN_CFLAGS="$HARDEN_CFLAGS -D_FORTIFY_SOURCE=2"])
    AS_IF([test "$enable_static_program" = no],
        [KVMTOP_ADD_FLAGS([PIE_CFLAGS], [-fPIE])
        AS_IF([test -n "$PIE_CFLAGS"], [PIE_LDFLAGS=-pie])])])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
AC_SUBST([PIE_CFLAGS])
AC_SUBST([PIE_LDFLAGS])])

dnl One static file: libtool's -all-static for the program, every plugin built in.  The folder it
dnl is built in isn't to be seen in it.
AC_DEFUN([KVMTOP_STATIC_PROGRAM],
[STATIC_CFLAGS=
STATIC_LDFLAGS=
kvmtop_dlopen=1
AS_IF([test "$enable_static_program" = yes],
    [KVMTOP_ADD_FLAGS([STATIC_CFLAGS], [-ffile-prefix-map=$ac_pwd=.])
    STATIC_LDFLAGS=-all-static
    PKG_CONFIG="$PKG_CONFIG --static"
    with_builtin=all
    kvmtop_dlopen=0])
AC_DEFINE_UNQUOTED([WITH_DLOPEN], [$kvmtop_dlopen], [1: plugins are loaded by dlopen(3)])
AC_SUBST([STATIC_CFLAGS])
AC_SUBST([STATIC_LDFLAGS])])

dnl KVMTOP_OPTIONAL(PREFIX, MODULE): have_PREFIX=yes where pkg-config knows the module.
AC_DEFUN([KVMTOP_OPTIONAL],
[PKG_CHECK_MODULES([$1], [$2], [have_$1=yes], [have_$1=no])])

dnl KVMTOP_LIBRARY(PREFIX, MODULE): likewise, and a static program can be linked with it.
AC_DEFUN([KVMTOP_LIBRARY],
[KVMTOP_OPTIONAL([$1], [$2])
AS_IF([test "$have_$1$enable_static_program" = yesyes],
    [AC_MSG_CHECKING([for static libraries of $2])
    kvmtop_save_LIBS=$LIBS
    LIBS="-static $$1_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([])], [], [have_$1=no])
    LIBS=$kvmtop_save_LIBS
    AC_MSG_RESULT([$have_$1])])])

dnl KVMTOP_BPF_CLANG(SOURCE): BPF_CLANG is a clang that compiles SOURCE, and so finds the headers
dnl of libbpf; have_BPF_CLANG=yes if there is one.
AC_DEFUN([KVMTOP_BPF_CLANG],
[BPF_CLANGFLAGS="-target bpf -ffreestanding -g -O2 -Wall -Wextra $LIBBPF_CFLAGS -c"
AC_CACHE_CHECK([for a clang that compiles for BPF], [ac_cv_path_BPF_CLANG],
    [AC_PATH_PROGS_FEATURE_CHECK([BPF_CLANG],
        [clang clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang-13],
        [$ac_path_BPF_CLANG $BPF_CLANGFLAGS -o conftest.bpf.o "$srcdir/$1" >&AS_MESSAGE_LOG_FD 2>&1 &&
            ac_cv_path_BPF_CLANG=$ac_path_BPF_CLANG ac_path_BPF_CLANG_found=:],
        [ac_cv_path_BPF_CLANG=no])
    command rm -f conftest.bpf.o])
BPF_CLANG=$ac_cv_path_BPF_CLANG
have_BPF_CLANG=yes
AS_IF([test "$BPF_CLANG" = no], [have_BPF_CLANG=no])
AC_SUBST([BPF_CLANG])
AC_SUBST([BPF_CLANGFLAGS])])

dnl KVMTOP_PLUGIN(NAME, CONDITION, MISSING, LIBS) between _BEGIN and _END: makes it a module, or
dnl part of the program where --with-builtin names it.
AC_DEFUN([KVMTOP_PLUGINS_BEGIN],
[AS_CASE([$with_builtin], [no], [with_builtin=], [yes], [with_builtin=all])
PLUGIN_MODULES=
PLUGIN_OBJECTS=
PLUGIN_SYSTEM_LIBS=
BUILTIN_PLUGINS=
BUILTIN_OBJECTS=
BUILTIN_LIBS=
kvmtop_plugins_known=' all '
kvmtop_plugins_yes=
kvmtop_plugins_no=])

AC_DEFUN([KVMTOP_PLUGIN],
[kvmtop_plugins_known="${kvmtop_plugins_known}$1 "
AS_CASE([" $with_builtin "],
    [*" $1 "*], [kvmtop_builtin=yes],
    [*" all "*], [kvmtop_builtin=all],
    [kvmtop_builtin=no])
AS_IF([$2],
    [PLUGIN_OBJECTS="$PLUGIN_OBJECTS \$(plugins_$1_la_OBJECTS)"
    PLUGIN_SYSTEM_LIBS="$PLUGIN_SYSTEM_LIBS $4"
    AS_IF([test $kvmtop_builtin = no],
        [PLUGIN_MODULES="$PLUGIN_MODULES plugins/$1.la"
        kvmtop_plugins_yes="$kvmtop_plugins_yes $1"],
        [BUILTIN_PLUGINS="$BUILTIN_PLUGINS $1"
        BUILTIN_OBJECTS="$BUILTIN_OBJECTS \$(plugins_$1_la_OBJECTS)"
        BUILTIN_LIBS="$BUILTIN_LIBS $4"
        kvmtop_plugins_yes="$kvmtop_plugins_yes $1 (built in)"])],
    [AS_IF([test $kvmtop_builtin = yes],
        [AC_MSG_ERROR([--with-builtin: plugin $1 needs $3])])
    kvmtop_plugins_no="$kvmtop_plugins_no $1 (needs $3)"])])

AC_DEFUN([KVMTOP_PLUGINS_END],
[for kvmtop_name in $with_builtin; do
    AS_CASE([$kvmtop_plugins_known], [*" $kvmtop_name "*], [],
        [AC_MSG_ERROR([--with-builtin: there is no plugin $kvmtop_name])])
done
AC_SUBST([PLUGIN_MODULES])
AC_SUBST([PLUGIN_OBJECTS])
AC_SUBST([PLUGIN_SYSTEM_LIBS])
AC_SUBST([BUILTIN_PLUGINS])
AC_SUBST([BUILTIN_OBJECTS])
AC_SUBST([BUILTIN_LIBS])])

dnl KVMTOP_ABI_VERSION(HEADER): KVMTOP_ABI = major.minor as the public header has them.
AC_DEFUN([KVMTOP_ABI_VERSION],
[KVMTOP_ABI=`sed -n 's/^#define KVMTOP_ABI_MAJOR \(@<:@0-9@:>@*\)u*$/\1/p' "$srcdir/$1"`
kvmtop_minor=`sed -n 's/^#define KVMTOP_ABI_MINOR \(@<:@0-9@:>@*\)u*$/\1/p' "$srcdir/$1"`
KVMTOP_ABI=$KVMTOP_ABI.$kvmtop_minor
AS_CASE([$KVMTOP_ABI], [.*|*.], [AC_MSG_ERROR([no ABI version in $1])])
AC_SUBST([KVMTOP_ABI])])
