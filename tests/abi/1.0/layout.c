/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made by write_layout.sh: what plugins compiled against this version rely on. */
#include <kvmtop/plugin.h>

#define VALUE(constant, number) _Static_assert(constant == number, #constant)

/* The order, which holds for other data models too, is compared by test_abi.sh. */
#if UINTPTR_MAX == UINT64_MAX
#define SIZE(type, bytes) _Static_assert(sizeof(type) == bytes, #type)
#define GROWS(type, bytes) _Static_assert(sizeof(type) >= bytes, #type)
#define AT(type, member, offset) _Static_assert(offsetof(type, member) == offset, #type "." #member)
#else
#define SIZE(type, bytes) _Static_assert(1, "")
#define GROWS(type, bytes) _Static_assert(1, "")
#define AT(type, member, offset) _Static_assert(1, "")
#endif

SIZE(union kvmtop_cell, 8);
AT(union kvmtop_cell, u64, 0);
AT(union kvmtop_cell, i64, 0);
AT(union kvmtop_cell, f64, 0);
AT(union kvmtop_cell, text, 0);

VALUE(KVMTOP_ROW_HIDDEN, 1);
VALUE(KVMTOP_ROW_UNCOUNTED, 2);
VALUE(KVMTOP_ROW_MIRRORED, 4);
VALUE(KVMTOP_ROW_UNCLAIMED, 8);

SIZE(struct kvmtop_row, 88);
AT(struct kvmtop_row, cells, 0);
AT(struct kvmtop_row, set, 8);
AT(struct kvmtop_row, at, 16);
AT(struct kvmtop_row, flags, 24);
AT(struct kvmtop_row, time, 32);
AT(struct kvmtop_row, ref, 40);
AT(struct kvmtop_row, kind, 44);
AT(struct kvmtop_row, id, 48);
AT(struct kvmtop_row, birth, 56);
AT(struct kvmtop_row, process, 64);
AT(struct kvmtop_row, reserved, 72);

VALUE(KVMTOP_TEXT, 1);
VALUE(KVMTOP_STATE, 2);
VALUE(KVMTOP_ID, 3);
VALUE(KVMTOP_GAUGE, 4);
VALUE(KVMTOP_COUNTER, 5);
VALUE(KVMTOP_RATIO, 6);
VALUE(KVMTOP_AGE, 7);

VALUE(KVMTOP_U64, 0);
VALUE(KVMTOP_I64, 1);
VALUE(KVMTOP_F64, 2);

VALUE(KVMTOP_NONE, 0);
VALUE(KVMTOP_SUM, 1);
VALUE(KVMTOP_MAX, 2);
VALUE(KVMTOP_ROWS, 3);
VALUE(KVMTOP_OWN, 4);

VALUE(KVMTOP_OPTIONAL, 1);
VALUE(KVMTOP_COSTLY, 2);
VALUE(KVMTOP_IDENTITY, 4);
VALUE(KVMTOP_PER_INTERVAL, 8);
VALUE(KVMTOP_GUEST_LABEL, 16);
VALUE(KVMTOP_CHILD_LABEL, 32);
VALUE(KVMTOP_CHILD_ONLY, 64);
VALUE(KVMTOP_HISTORY, 128);
VALUE(KVMTOP_PARENT_ONLY, 256);
VALUE(KVMTOP_GIVES_CPUS, 512);
VALUE(KVMTOP_GIVES_MEMORY, 1024);
VALUE(KVMTOP_CHILD_DETAIL, 2048);

GROWS(struct kvmtop_column, 144);
AT(struct kvmtop_column, name, 0);
AT(struct kvmtop_column, title, 8);
AT(struct kvmtop_column, help, 16);
AT(struct kvmtop_column, unit, 24);
AT(struct kvmtop_column, kind, 32);
AT(struct kvmtop_column, number, 33);
AT(struct kvmtop_column, aggregate, 34);
AT(struct kvmtop_column, precision, 35);
AT(struct kvmtop_column, width, 36);
AT(struct kvmtop_column, digit, 37);
AT(struct kvmtop_column, importance, 38);
AT(struct kvmtop_column, reserved, 39);
AT(struct kvmtop_column, flags, 40);
AT(struct kvmtop_column, scale, 48);
AT(struct kvmtop_column, num, 56);
AT(struct kvmtop_column, den, 64);
AT(struct kvmtop_column, mirror, 72);
AT(struct kvmtop_column, warn, 80);
AT(struct kvmtop_column, crit, 88);
AT(struct kvmtop_column, of, 96);
AT(struct kvmtop_column, where, 104);
AT(struct kvmtop_column, per, 112);
AT(struct kvmtop_column, child_warn, 120);
AT(struct kvmtop_column, child_crit, 128);
AT(struct kvmtop_column, group, 136);

VALUE(KVMTOP_TABLE_PROCESSES, 1);
VALUE(KVMTOP_TABLE_CHILDREN, 2);
VALUE(KVMTOP_TABLE_GUESTS, 4);

GROWS(struct kvmtop_table, 80);
AT(struct kvmtop_table, name, 0);
AT(struct kvmtop_table, title, 8);
AT(struct kvmtop_table, sort, 16);
AT(struct kvmtop_table, columns, 24);
AT(struct kvmtop_table, ncolumns, 32);
AT(struct kvmtop_table, flags, 36);
AT(struct kvmtop_table, iface, 40);
AT(struct kvmtop_table, block, 48);
AT(struct kvmtop_table, side, 56);
AT(struct kvmtop_table, mirror_side, 64);
AT(struct kvmtop_table, hotkey, 72);

GROWS(struct kvmtop_process, 16);
AT(struct kvmtop_process, birth, 0);
AT(struct kvmtop_process, pid, 8);
AT(struct kvmtop_process, uid, 12);

VALUE(KVMTOP_FACT_COMM, 1);
VALUE(KVMTOP_FACT_EXE, 2);
VALUE(KVMTOP_FACT_CGROUP, 3);
VALUE(KVMTOP_FACT_CMDLINE, 4);

VALUE(KVMTOP_PLATFORM, 1);
VALUE(KVMTOP_GUEST_ID, 2);
VALUE(KVMTOP_GUEST_NAME, 3);
VALUE(KVMTOP_GUEST_UUID, 4);

VALUE(KVMTOP_CLAIM_IFACE, 1);
VALUE(KVMTOP_CLAIM_BLOCK, 2);
VALUE(KVMTOP_CLAIM_PASSTHROUGH, 3);

VALUE(KVMTOP_OVERRIDE, 1);
VALUE(KVMTOP_ALL_PROCESSES, 2);
VALUE(KVMTOP_NO_IFACES, 4);
VALUE(KVMTOP_NO_BLOCKS, 8);

GROWS(struct kvmtop_resolver, 32);
AT(struct kvmtop_resolver, name, 0);
AT(struct kvmtop_resolver, rank, 8);
AT(struct kvmtop_resolver, flags, 12);
AT(struct kvmtop_resolver, resolve, 16);
AT(struct kvmtop_resolver, claims, 24);

GROWS(struct kvmtop_sample, 64);
AT(struct kvmtop_sample, host, 0);
AT(struct kvmtop_sample, now, 8);
AT(struct kvmtop_sample, boottime, 16);
AT(struct kvmtop_sample, deadline, 24);
AT(struct kvmtop_sample, wanted, 32);
AT(struct kvmtop_sample, only, 40);
AT(struct kvmtop_sample, nonly, 48);
AT(struct kvmtop_sample, children, 52);
AT(struct kvmtop_sample, children_of, 56);

VALUE(KVMTOP_FILL_ONCE, 1);
VALUE(KVMTOP_FILL_ROTATE, 2);
VALUE(KVMTOP_FILL_GUESTS, 4);

GROWS(struct kvmtop_source, 48);
AT(struct kvmtop_source, table, 0);
AT(struct kvmtop_source, columns, 8);
AT(struct kvmtop_source, flags, 16);
AT(struct kvmtop_source, kind, 20);
AT(struct kvmtop_source, collect, 24);
AT(struct kvmtop_source, fill, 32);
AT(struct kvmtop_source, idle, 40);

VALUE(KVMTOP_OPTION_STRING, 1);
VALUE(KVMTOP_OPTION_BOOL, 2);
VALUE(KVMTOP_OPTION_NUMBER, 3);

GROWS(struct kvmtop_option, 56);
AT(struct kvmtop_option, name, 0);
AT(struct kvmtop_option, help, 8);
AT(struct kvmtop_option, value, 16);
AT(struct kvmtop_option, type, 24);
AT(struct kvmtop_option, repeatable, 28);
AT(struct kvmtop_option, min, 32);
AT(struct kvmtop_option, max, 40);
AT(struct kvmtop_option, check, 48);

VALUE(KVMTOP_DIR_PROC, 1);
VALUE(KVMTOP_DIR_SYS, 2);
VALUE(KVMTOP_DIR_ETC, 3);

VALUE(KVMTOP_CLOCK_MONOTONIC, 1);
VALUE(KVMTOP_CLOCK_BOOTTIME, 2);

GROWS(struct kvmtop_host, 184);
AT(struct kvmtop_host, abi, 0);
AT(struct kvmtop_host, size, 4);
AT(struct kvmtop_host, live, 8);
AT(struct kvmtop_host, clock_ticks, 12);
AT(struct kvmtop_host, page_size, 16);
AT(struct kvmtop_host, fail, 24);
AT(struct kvmtop_host, option, 32);
AT(struct kvmtop_host, dir, 40);
AT(struct kvmtop_host, now, 48);
AT(struct kvmtop_host, user, 56);
AT(struct kvmtop_host, row, 64);
AT(struct kvmtop_host, keep, 72);
AT(struct kvmtop_host, next, 80);
AT(struct kvmtop_host, text, 88);
AT(struct kvmtop_host, changed, 96);
AT(struct kvmtop_host, hint, 104);
AT(struct kvmtop_host, unknown, 112);
AT(struct kvmtop_host, fact, 120);
AT(struct kvmtop_host, argv, 128);
AT(struct kvmtop_host, guest_get, 136);
AT(struct kvmtop_host, guest_set, 144);
AT(struct kvmtop_host, claim, 152);
AT(struct kvmtop_host, belongs, 160);
AT(struct kvmtop_host, heading, 168);
AT(struct kvmtop_host, line, 176);

GROWS(struct kvmtop_plugin, 128);
AT(struct kvmtop_plugin, abi, 0);
AT(struct kvmtop_plugin, size, 4);
AT(struct kvmtop_plugin, option_stride, 8);
AT(struct kvmtop_plugin, table_stride, 10);
AT(struct kvmtop_plugin, column_stride, 12);
AT(struct kvmtop_plugin, source_stride, 14);
AT(struct kvmtop_plugin, resolver_stride, 16);
AT(struct kvmtop_plugin, reserved, 18);
AT(struct kvmtop_plugin, name, 24);
AT(struct kvmtop_plugin, version, 32);
AT(struct kvmtop_plugin, license, 40);
AT(struct kvmtop_plugin, summary, 48);
AT(struct kvmtop_plugin, options, 56);
AT(struct kvmtop_plugin, tables, 64);
AT(struct kvmtop_plugin, sources, 72);
AT(struct kvmtop_plugin, resolvers, 80);
AT(struct kvmtop_plugin, noptions, 88);
AT(struct kvmtop_plugin, ntables, 92);
AT(struct kvmtop_plugin, nsources, 96);
AT(struct kvmtop_plugin, nresolvers, 100);
AT(struct kvmtop_plugin, open, 104);
AT(struct kvmtop_plugin, close, 112);
AT(struct kvmtop_plugin, detail, 120);

VALUE(KVMTOP_ABI_MAJOR, 1);
VALUE(KVMTOP_MORE, 1);
