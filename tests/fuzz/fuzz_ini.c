/* SPDX-License-Identifier: GPL-3.0-or-later */
/* INI text of any bytes: the reader against its promises, the configuration, and the editor, which
 * must change what it is told to and nothing else. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/config.h"
#include "core/config_edit.h"
#include "core/ini.h"
#include "core/ini_line.h"
#include "core/settings.h"
#include "core/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct config_change changes[] = {
    { "core", "limit", "5" },
    { "view process", "columns", "pid, user, cpu, res, shr, virt, wait, r_log, w_log, r_mib, w_mib,"
                                 " state, command, vmid, vm, platform, threads" },
    { "a", "k", "" },
};

static void require(bool truth)
{
    if (!truth)
        abort();
}

/* What a text says, but for one key. */
struct record {
    const struct config_change *except;
    char section[INI_NAME_BYTES + 1];
    unsigned line;
    struct str_buf said;
};

/* Lines come in their order: a pair is told when its value is complete, before what ends it. */
static void advance(struct record *record, unsigned line)
{
    require(line > record->line);
    record->line = line;
}

static bool printable(const char *text)
{
    for (; *text; text++) {
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return false;
    }
    return true;
}

static void on_section(void *ctx, const char *name, unsigned line)
{
    struct record *record = ctx;
    size_t len = strlen(name);

    advance(record, line);
    require(len > 0 && len <= INI_NAME_BYTES && printable(name));
    memcpy(record->section, name, len + 1);
}

static void on_pair(void *ctx, const struct ini_pair *pair)
{
    struct record *record = ctx;
    char *said;

    advance(record, pair->line);
    require(*pair->key && strlen(pair->key) <= INI_NAME_BYTES && printable(pair->key));
    require(printable(pair->value));
    if (record->except && strcmp(pair->key, record->except->key) == 0)
        return;
    said = str_format("[%s] %s%s%s\n", record->section, pair->key, pair->add ? "+=" : "=",
                      pair->value);
    str_puts(&record->said, said);
    free(said);
}

static void on_error(void *ctx, const char *what, unsigned line)
{
    struct record *record = ctx;

    advance(record, line);
    str_puts(&record->said, what);
    str_puts(&record->said, "\n");
}

static char *record(const char *text, size_t len, const struct config_change *except)
{
    static const struct ini_handler handler = { on_section, on_pair, on_error };
    struct record record = { .except = except };

    str_puts(&record.said, "");
    ini_read(text, len, &handler, &record);
    return record.said.text;
}

static void edit(const char *text, size_t len, const struct config_change *change)
{
    char err[200], *before, *after, *again;
    size_t newlen, lastlen;
    char *out = config_edit(text, len, change, 1, &newlen, err, sizeof err);

    if (!out)
        return;
    before = record(text, len, change);
    after = record(out, newlen, change);
    require(strcmp(before, after) == 0);
    again = config_edit(out, newlen, change, 1, &lastlen, err, sizeof err);
    require(again && lastlen == newlen && memcmp(again, out, newlen) == 0);
    free(again);
    free(before);
    free(after);
    free(out);
}

static void count(void *ctx, const char *line)
{
    size_t *n = ctx;

    require(strncmp(line, "f:", 2) == 0);
    ++*n;
}

static void configure(const char *text, size_t len, bool user)
{
    struct settings settings;
    size_t n = 0;
    struct config_sink sink = { count, &n };

    settings_init(&settings);
    require(config_read(&settings, "f", text, len, user, &sink) == n);
    require(settings.interval >= 0.1 && settings.interval <= 3600);
    require(!user || (settings.nplugin == 0 && settings.plugin_dirs.count == 0));
    settings_free(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    free(record(text, size, NULL));
    configure(text, size, false);
    configure(text, size, true);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        edit(text, size, &changes[i]);
    return 0;
}
