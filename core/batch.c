/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports to standard output. */
#include "core/batch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/export.h"
#include "core/log.h"
#include "core/pace.h"
#include "core/watchdog.h"
#include "core/write_all.h"

static export_fn *const formats[] = {
    [OUTPUT_TEXT] = export_text,
    [OUTPUT_CSV] = export_csv,
    [OUTPUT_JSON] = export_json,
};

static void sample(struct session *session)
{
    session_begin(session);
    while (!session_step(session))
        ;
    session_update(session);
    sched_account(&session->sched);
}

/* False: nobody reads any more, or the disk is full. */
static bool put(const struct str_buf *report)
{
    int err = write_all(STDOUT_FILENO, report->text, report->len);

    if (err && err != -EPIPE)
        log_error("standard output: %s", strerror(-err));
    return !err;
}

static void wait_until(uint64_t when)
{
    struct timespec t = { (time_t)(when / 1000000000u), (long)(when % 1000000000u) };

    watchdog_rest();
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

int batch_run(struct session *session)
{
    struct root *root = &session->model.root;
    uint64_t left = session->settings->iterations, next;
    struct str_buf out = { 0 };
    bool first = true, ok = true;

    signal(SIGPIPE, SIG_IGN);
    session->export = true;
    session->sched.patient = true;
    sample(session);
    next = pace_now() + PACE_PRIME_NS;
    while (ok) {
        if (root->step && !root_next(root) && !first)
            break;
        if (!root->step)
            wait_until(next);
        sample(session);
        next += (uint64_t)(session->interval * 1e9);
        next = pace_catch_up(next, (uint64_t)(session->interval * 1e9));
        out.len = 0;
        uint64_t before = sched_cpu_now();
        formats[session->settings->output](session, &out, first);
        session->sched.running[STAGE_RENDER] += sched_cpu_now() - before;
        ok = put(&out);
        first = false;
        if (left && !--left)
            break;
    }
    free(out.text);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
