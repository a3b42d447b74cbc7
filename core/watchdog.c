/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that looks now and then whether it is still the same callback. */
#include "core/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICKS 10                /* within the limit */
#define STACK_BYTES 262144

/* What the watched thread writes: two plain stores a callback.  The count goes first, so that
 * whoever sees the name sees its number or a later one. */
static const char *_Atomic current;
static atomic_ulong count;

static struct {
    pthread_t thread;
    int timer;
    bool running, awake;
    atomic_bool stop;
    double seconds;
    void (*hung)(const char *who, double seconds);
} dog;

void watchdog_leave(void)
{
    atomic_store_explicit(&current, NULL, memory_order_release);
}

const char *watchdog_who(void)
{
    return atomic_load_explicit(&current, memory_order_acquire);
}

static void *watch(void *arg)
{
    unsigned long seen = 0;
    unsigned times = 0;
    uint64_t missed;

    while (read(dog.timer, &missed, sizeof missed) == sizeof missed && !atomic_load(&dog.stop)) {
        const char *who = watchdog_who();
        unsigned long now = who ? atomic_load_explicit(&count, memory_order_relaxed) : 0;

        times = now && now == seen ? times + 1 : 0;
        seen = now;
        if (times == TICKS)
            dog.hung(who, dog.seconds);
    }
    return arg;
}

/* Tick this often from now on; 0: no more. */
static void set_timer(double seconds)
{
    struct timespec every = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

    timerfd_settime(dog.timer, 0, &(struct itimerspec){ every, every }, NULL);
}

void watchdog_enter(const char *who)
{
    if (dog.running && !dog.awake) {
        dog.awake = true;
        set_timer(dog.seconds / TICKS);
    }
    atomic_store_explicit(&count, atomic_load_explicit(&count, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_store_explicit(&current, who, memory_order_release);
}

void watchdog_rest(void)
{
    if (!dog.awake)
        return;
    dog.awake = false;
    set_timer(0);
}

/* All signals are for the other threads: one taken here would be missed there. */
static int start_thread(void)
{
    pthread_attr_t attr;
    sigset_t all, old;
    int err;

    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&dog.thread, &attr, watch, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    return -err;
}

int watchdog_start(double seconds, void (*hung)(const char *who, double seconds))
{
    int err;

    dog.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (dog.timer < 0)
        return -errno;
    dog.seconds = seconds;
    dog.hung = hung;
    atomic_store(&dog.stop, false);
    err = start_thread();
    if (err)
        close(dog.timer);
    dog.running = !err;
    return err;
}

void watchdog_stop(void)
{
    if (!dog.running)
        return;
    atomic_store(&dog.stop, true);
    set_timer(1e-6);
    pthread_join(dog.thread, NULL);
    close(dog.timer);
    dog.running = dog.awake = false;
}
