/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the watchdog takes for a hang, and what not. */
#include "core/watchdog.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT 0.4

static const char *_Atomic hung;
static atomic_int times;

static void on_hang(const char *who, double seconds)
{
    (void)seconds;
    atomic_store(&hung, who);
    atomic_fetch_add(&times, 1);
}

static void pass(double seconds)
{
    struct timespec t = { 0, (long)(seconds * 1e9) };

    nanosleep(&t, NULL);
}

static int start(void **state)
{
    (void)state;
    atomic_store(&hung, NULL);
    atomic_store(&times, 0);
    return watchdog_start(LIMIT, on_hang);
}

static int stop(void **state)
{
    (void)state;
    watchdog_leave();
    watchdog_stop();
    return 0;
}

static void expect_hung(const char *who)
{
    for (int i = 0; i < 1000 && !atomic_load(&hung); i++)
        pass(0.01);
    assert_ptr_equal(atomic_load(&hung), who);
}

static void test_who(void **state)
{
    (void)state;
    assert_null(watchdog_who());
    watchdog_enter("a");
    assert_string_equal(watchdog_who(), "a");
    watchdog_leave();
    assert_null(watchdog_who());
}

static void test_hangs(void **state)
{
    const char *name = "b";

    (void)state;
    watchdog_enter("a");
    watchdog_leave();
    watchdog_enter(name);
    expect_hung(name);
    pass(2 * LIMIT);
    assert_int_equal(atomic_load(&times), 1); /* said once */
}

/* Many that return are none that hangs, however long they take in all. */
static void test_returns(void **state)
{
    (void)state;
    for (double all = 0; all < 3 * LIMIT; all += LIMIT / 50) {
        watchdog_enter("a");
        pass(LIMIT / 50);
        watchdog_leave();
    }
    assert_null(atomic_load(&hung));
}

/* Neither does time between two of them count, nor does rest keep the next from being seen. */
static void test_rest(void **state)
{
    const char *name = "b";

    (void)state;
    watchdog_rest();
    watchdog_enter("a");
    watchdog_leave();
    pass(2 * LIMIT);
    watchdog_rest();
    pass(2 * LIMIT);
    assert_null(atomic_load(&hung));
    watchdog_enter(name);
    expect_hung(name);
}

/* How often the watchdog's thread was woken. */
static long ticks(void)
{
    struct rusage all, own;

    getrusage(RUSAGE_SELF, &all);
    getrusage(RUSAGE_THREAD, &own);
    return all.ru_nvcsw - own.ru_nvcsw;
}

static void test_no_ticks_at_rest(void **state)
{
    (void)state;
    watchdog_enter("a");
    watchdog_leave();
    long before = ticks();
    pass(LIMIT);
    assert_true(ticks() > before);
    watchdog_rest();
    pass(LIMIT / 4);            /* one may have been on its way */
    before = ticks();
    pass(LIMIT);
    assert_int_equal(ticks(), before);
}

static void test_not_started(void **state)
{
    (void)state;
    watchdog_enter("a");
    watchdog_rest();
    assert_string_equal(watchdog_who(), "a");
    watchdog_leave();
    watchdog_stop();
}

/* A signal for the process is the main thread's. */
static volatile sig_atomic_t taken;

static void on_signal(int sig)
{
    taken = sig;
}

static void test_signals(void **state)
{
    (void)state;
    signal(SIGUSR1, on_signal);
    kill(getpid(), SIGUSR1);
    assert_int_equal(taken, SIGUSR1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who, start, stop),
        cmocka_unit_test_setup_teardown(test_hangs, start, stop),
        cmocka_unit_test_setup_teardown(test_returns, start, stop),
        cmocka_unit_test_setup_teardown(test_rest, start, stop),
        cmocka_unit_test_setup_teardown(test_no_ticks_at_rest, start, stop),
        cmocka_unit_test_setup_teardown(test_signals, start, stop),
        cmocka_unit_test(test_not_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
