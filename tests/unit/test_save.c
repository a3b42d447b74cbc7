/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key W: what is written is what is read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "core/config.h"
#include "core/save.h"
#include "fake_plugin.h"

static void on_mistake(void *ctx, const char *line)
{
    (void)ctx;
    fail_msg("%s", line);
}

/* The settings of a session, written to the user's file and read again. */
static void save_and_load(struct world *world, struct settings *settings)
{
    static const struct config_sink sink = { on_mistake, NULL };
    char message[180];

    setenv("XDG_CONFIG_HOME", world->folder, 1);
    if (!save_settings(&world->session, true, message, sizeof message))
        fail_msg("%s", message);
    char *path = config_user_path();
    settings_init(settings);
    config_load_file(settings, path, &sink);
    free(path);
}

/* Not rounded: what was given by -i stays. */
static void test_interval(void **state)
{
    static const double intervals[] = { 0.1, 0.25, 1.25, 5, 3600, 12.345678 };

    (void)state;
    for (size_t i = 0; i < KVMTOP_COUNT(intervals); i++) {
        struct settings settings;
        struct world world;

        world_open(&world, NULL);
        world.session.interval = intervals[i];
        save_and_load(&world, &settings);
        assert_true(settings.interval == intervals[i]);
        settings_free(&settings);
        world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_interval) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
