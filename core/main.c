/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kvmtop: from the command line to a screen, reports, or a list. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/batch.h"
#include "core/config.h"
#include "core/crash.h"
#include "core/keys.h"
#include "core/list.h"
#include "core/log.h"
#include "core/options.h"
#include "core/session.h"
#include "core/ui.h"
#include "core/watchdog.h"

#define EXIT_USAGE 2

static void report(void *ctx, const char *line)
{
    (void)ctx;
    log_error("%s", line);
}

/* A plugin that is of no use is told of.  Of those that nobody named one may be missing (it wasn't
 * built) or not be at work here (no BPF in this kernel): --list-plugins and the help page say so. */
static void report_plugins(const struct session *session)
{
    const struct model *model = &session->model;

    for (size_t i = 0; i < model->nplugins; i++) {
        const struct plugin *plugin = model->plugins[i];
        bool expected = plugin->by_default &&
                        (plugin_usable(plugin) ? !plugin->opened : !plugin->path);

        if (plugin->error && !expected)
            log_error("plugin %s: %s", plugin->name, plugin->error);
    }
}

static int show(struct session *session)
{
    const struct settings *settings = session->settings;

    if (settings->batch || settings->output != OUTPUT_TEXT || !isatty(STDOUT_FILENO))
        return batch_run(session);
    return ui_run(session);
}

static void start_watchdog(const struct settings *settings)
{
    int err = settings->watchdog > 0 ? watchdog_start(settings->watchdog, crash_hung) : 0;

    if (err)
        log_error("watchdog: %s", strerror(-err));
}

/* Where there are mistakes already, what else is wrong is told of too. */
static int run(const struct settings *settings, unsigned mistakes)
{
    struct session session = { 0 };
    int status = EXIT_SUCCESS;

    start_watchdog(settings);
    mistakes += model_load(&session.model, settings, report, NULL);
    int err = session_open(&session, settings, report, NULL);
    if (mistakes)
        err = -EINVAL;
    keys_refuse_hotkeys(&session);
    if (settings->command != COMMAND_LIST_PLUGINS)
        report_plugins(&session);
    if (settings->command == COMMAND_LIST_PLUGINS && !mistakes)
        list_plugins(&session.model);
    else if (err == -ENOENT)
        log_error("no plugin brings a view: nothing can be shown");
    if (err)
        status = EXIT_USAGE;
    else if (settings->command == COMMAND_LIST_COLUMNS)
        status = list_columns(&session, settings->list_columns_view);
    else if (settings->command == COMMAND_LIST_OPTIONS)
        list_options(&session.model);
    else if (settings->command == COMMAND_RUN)
        status = show(&session);
    session_close(&session);
    watchdog_stop();
    return status;
}

int main(int argc, char **argv)
{
    const struct config_sink sink = { report, NULL };
    struct settings settings;
    int status = EXIT_USAGE;

    crash_init();
    int mistakes = options_load(&settings, argc, argv, SYSCONF_DIR "/kvmtop", &sink);
    if (mistakes < 0)
        goto out;
    switch (settings.command) {
    case COMMAND_HELP:
        options_help(stdout);
        status = EXIT_SUCCESS;
        break;
    case COMMAND_VERSION:
        list_version();
        status = EXIT_SUCCESS;
        break;
    default:
        status = run(&settings, (unsigned)mistakes);
    }
    if (fflush(stdout) || ferror(stdout))
        status = EXIT_FAILURE;
out:
    settings_free(&settings);
    return status;
}
