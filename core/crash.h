/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last words of a program that crashes or hangs: the terminal is given back, the plugin is
 * named. */
#ifndef KVMTOP_CORE_CRASH_H
#define KVMTOP_CORE_CRASH_H

/* Catch the signals that a fault raises. */
void crash_init(void);

/* The plugin has been in a callback for so many seconds: the program ends here.  For the
 * watchdog's thread. */
void crash_hung(const char *plugin, double seconds);

#endif
