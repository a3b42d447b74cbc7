/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a monitor costs: it is run in a terminal of its own and watched.
 *
 *   ptybench [OPTION...] COMMAND [ARGUMENT...]
 *     -n        no terminal: its output is a pipe
 *     -s RxC    size of the terminal (50x200)
 *     -w SEC    time to warm up (3)
 *     -t SEC    time to measure its refreshes (10)
 *     -i SEC    its interval, taken for the period where nothing on the screen changed (1)
 *     -k KEYS   after that, type these keys, one after the other and again (\e: ESC, \r: Enter;
 *               blanks separate them)
 *     -N COUNT  this many keys (40)
 *
 * A refresh is a burst of output that ends in QUIET_NS of silence; what it cost is the CPU time
 * of the process between the ends of two bursts.  The latency of a key is the time from typing it
 * to the first byte that comes after it: each key should change the screen.  Half of them, two by
 * two, are typed at any moment, the others while the next sample is being taken: they are aimed at
 * the last milliseconds before the next burst.
 *
 * One line comes out, of NAME=VALUE; - is unknown:
 *   cpu_ms    CPU time of a refresh, user and system, median     refreshes  number of them
 *   cpu_s     CPU ms a second                                    period_s   between them, median
 *   bytes     written a refresh, median                          rss_kb     VmRSS at the end
 *   first_ms  from exec to the end of the first full screen (its first 1000 bytes)
 *   key_50, key_95, key_max    latency of keys typed at any moment, ms
 *   busy_50, busy_95, busy_max and of those aimed at a sample
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000u
#define SECOND 1000000000u
#define QUIET_NS (150 * MS)     /* of silence end a burst */
#define FULL_SCREEN 1000        /* bytes */
#define ANSWER_NS (3ull * SECOND) /* a key is given up after this */
#define MOST 20000              /* values of a series */

/* ---- series of values ---- */

struct series {
    double value[MOST];
    size_t n;
};

static void add(struct series *series, double value)
{
    if (series->n < MOST)
        series->value[series->n++] = value;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The value that so many percent are below or at; sorts the series.  -1: there is none. */
static double percentile(struct series *series, unsigned percent)
{
    if (!series->n)
        return -1;
    qsort(series->value, series->n, sizeof *series->value, ascending);
    size_t at = (series->n * percent + 99) / 100;
    return series->value[at ? at - 1 : 0];
}

/* ---- the monitor ---- */

struct monitor {
    pid_t pid;
    int fd;                     /* what it writes, and its keyboard */
    clockid_t clock;            /* its CPU time */
    uint64_t started;           /* ns of CLOCK_MONOTONIC, like all times here */
    uint64_t last_output;
    uint64_t bytes;             /* written so far */
    bool ended;
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;

    return clock_gettime(clock, &t) ? 0 : (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static uint64_t now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static _Noreturn void become(char **command)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(command[0], command);
    fprintf(stderr, "ptybench: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static pid_t start_piped(int *fd, char **command)
{
    int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || pipe2(ends, O_CLOEXEC))
        return -1;
    pid_t pid = fork();
    if (!pid) {
        dup2(null, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        become(command);
    }
    close(null);
    close(ends[1]);
    *fd = ends[0];
    return pid;
}

static int start(struct monitor *m, const struct winsize *size, char **command)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    *m = (struct monitor){ .started = now() };
    if (size->ws_row) {
        m->pid = forkpty(&m->fd, NULL, NULL, size);
        if (!m->pid)
            become(command);
    } else {
        m->pid = start_piped(&m->fd, command);
    }
    m->last_output = m->started;
    return m->pid < 0 || clock_getcpuclockid(m->pid, &m->clock) ? -1 : 0;
}

/* Wait for output, at the longest until then.  True: some came. */
static bool await_output(struct monitor *m, uint64_t until)
{
    struct pollfd poller = { .fd = m->fd, .events = POLLIN };
    uint64_t at = now();
    struct timespec wait = { 0 };
    char bytes[65536];

    if (m->ended)
        return false;
    if (until > at) {
        wait.tv_sec = (time_t)((until - at) / SECOND);
        wait.tv_nsec = (long)((until - at) % SECOND);
    }
    if (ppoll(&poller, 1, &wait, NULL) <= 0)
        return false;
    m->last_output = now();
    ssize_t n = read(m->fd, bytes, sizeof bytes);
    if (n <= 0)
        m->ended = true;
    else
        m->bytes += (uint64_t)n;
    return n > 0;
}

static long resident_kb(pid_t pid)
{
    char path[64], line[256];
    long kb = -1;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file && kb < 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %ld", &kb) != 1)
            kb = -1;
    if (file)
        fclose(file);
    return kb;
}

/* It is asked to end, and made to after a second. */
static void stop(const struct monitor *m)
{
    const struct timespec moment = { .tv_nsec = 50 * MS };

    kill(m->pid, SIGTERM);
    for (int i = 0; i < 20; i++) {
        if (waitpid(m->pid, NULL, WNOHANG) == m->pid)
            return;
        nanosleep(&moment, NULL);
    }
    kill(m->pid, SIGKILL);
    waitpid(m->pid, NULL, 0);
}

/* ---- refreshes ---- */

struct refreshes {
    struct series cpu, period, bytes;
    uint64_t cpu_total, time;   /* ns, over the whole time measured */
    double first_ms;
};

/* Let output come until it has been quiet, or until then.  True: a burst has ended. */
static bool await_burst(struct monitor *m, uint64_t until)
{
    if (!await_output(m, until))
        return false;
    for (;;) {
        uint64_t quiet = now() + QUIET_NS;

        if (!await_output(m, quiet < until ? quiet : until))
            return quiet < until && !m->ended;
    }
}

static void warm_up(struct monitor *m, uint64_t until, struct refreshes *r)
{
    r->first_ms = -1;
    while (now() < until && !m->ended) {
        if (!await_output(m, until))
            continue;
        if (r->first_ms < 0 && m->bytes >= FULL_SCREEN)
            r->first_ms = (double)(m->last_output - m->started) / MS;
    }
}

static void watch(struct monitor *m, uint64_t until, struct refreshes *r)
{
    uint64_t begin = now(), cpu_begin = clock_ns(m->clock);
    uint64_t cpu = 0, bytes = 0, time = 0;

    while (now() < until && !m->ended) {
        if (!await_burst(m, until))
            continue;
        uint64_t cpu_now = clock_ns(m->clock);
        if (time) {
            add(&r->cpu, (double)(cpu_now - cpu) / MS);
            add(&r->period, (double)(m->last_output - time) / SECOND);
            add(&r->bytes, (double)(m->bytes - bytes));
        }
        cpu = cpu_now;
        bytes = m->bytes;
        time = m->last_output;
    }
    r->cpu_total = clock_ns(m->clock) - cpu_begin;
    r->time = now() - begin;
}

/* ---- keys ---- */

struct latencies {
    struct series any, busy;    /* ms */
};

/* The next key of the list as bytes; from its beginning again after the last. */
static size_t next_key(const char *keys, const char **at, char key[16])
{
    size_t n = 0;

    if (!**at)
        *at = keys;
    for (; **at && **at != ' ' && n < 16; ++*at) {
        char c = **at;

        if (c == '\\' && (*at)[1]) {
            ++*at;
            c = **at == 'e' ? '\033' : **at == 'r' ? '\r' : **at;
        }
        key[n++] = c;
    }
    while (**at == ' ')
        ++*at;
    return n;
}

static void settle(struct monitor *m, uint64_t until)
{
    while (now() < until && !m->ended)
        await_output(m, until);
}

static uint64_t random_below(uint64_t n)
{
    return n ? ((uint64_t)random() << 31 | (uint64_t)random()) % n : 0;
}

/* A moment when the monitor takes its next sample, if it takes one every `period` ns at the cost
 * of `cost` ns, and the last bytes it wrote were those of a refresh. */
static uint64_t sampling_moment(const struct monitor *m, uint64_t period, uint64_t cost)
{
    uint64_t next = m->last_output + period;

    while (next < now() + cost + 50 * MS)
        next += period;
    return next - random_below(cost);
}

/* ms from typing it to what is written next; -1: nothing was. */
static double press(struct monitor *m, const char *key, size_t len)
{
    uint64_t typed = now();

    if (write(m->fd, key, len) != (ssize_t)len || !await_output(m, typed + ANSWER_NS))
        return -1;
    return (double)(m->last_output - typed) / MS;
}

static void type_keys(struct monitor *m, const char *keys, unsigned count, uint64_t period,
                      uint64_t cost, struct latencies *l)
{
    const char *at = keys;
    char key[16];

    for (unsigned i = 0; i < count && !m->ended; i++) {
        bool aimed = i & 2;
        size_t len = next_key(keys, &at, key);

        settle(m, now() + 2 * QUIET_NS);
        if (aimed)
            await_burst(m, now() + 2 * period);
        settle(m, aimed ? sampling_moment(m, period, cost) : now() + random_below(period));
        double ms = press(m, key, len);
        if (ms >= 0)
            add(aimed ? &l->busy : &l->any, ms);
    }
}

/* ---- the report ---- */

static void say(const char *name, double value, int decimals)
{
    if (value < 0)
        printf("%s=- ", name);
    else
        printf("%s=%.*f ", name, decimals, value);
}

static void report(struct refreshes *r, struct latencies *l, double interval, long rss_kb)
{
    double cpu_s = (double)r->cpu_total / MS / ((double)r->time / SECOND);
    bool silent = r->cpu.n < 2;

    say("cpu_ms", silent ? cpu_s * interval : percentile(&r->cpu, 50), 3);
    say("cpu_s", cpu_s, 3);
    say("refreshes", (double)r->cpu.n, 0);
    say("period_s", percentile(&r->period, 50), 3);
    say("bytes", percentile(&r->bytes, 50), 0);
    say("rss_kb", (double)rss_kb, 0);
    say("first_ms", r->first_ms, 0);
    say("key_50", percentile(&l->any, 50), 2);
    say("key_95", percentile(&l->any, 95), 2);
    say("key_max", percentile(&l->any, 100), 2);
    say("busy_50", percentile(&l->busy, 50), 2);
    say("busy_95", percentile(&l->busy, 95), 2);
    say("busy_max", percentile(&l->busy, 100), 2);
    putchar('\n');
}

struct arguments {
    struct winsize size;        /* 0 rows: no terminal */
    double warm, time, interval;
    const char *keys;
    unsigned count;
};

static bool parse(int argc, char **argv, struct arguments *a)
{
    int option;

    *a = (struct arguments){ { 50, 200, 0, 0 }, 3, 10, 1, NULL, 40 };
    while ((option = getopt(argc, argv, "+ns:w:t:i:k:N:")) != -1) {
        switch (option) {
        case 'n': a->size.ws_row = 0; break;
        case 's':
            if (sscanf(optarg, "%hux%hu", &a->size.ws_row, &a->size.ws_col) != 2)
                return false;
            break;
        case 'w': a->warm = strtod(optarg, NULL); break;
        case 't': a->time = strtod(optarg, NULL); break;
        case 'i': a->interval = strtod(optarg, NULL); break;
        case 'k': a->keys = optarg; break;
        case 'N': a->count = (unsigned)strtoul(optarg, NULL, 10); break;
        default: return false;
        }
    }
    return optind < argc && a->time > 0 && a->interval > 0;
}

int main(int argc, char **argv)
{
    static struct refreshes refreshes;
    static struct latencies latencies;
    struct arguments a;
    struct monitor m;

    if (!parse(argc, argv, &a)) {
        fputs("usage: ptybench [-n] [-s RxC] [-w SEC] [-t SEC] [-i SEC] [-k KEYS] [-N COUNT] "
              "COMMAND...\n", stderr);
        return 2;
    }
    if (start(&m, &a.size, argv + optind)) {
        fprintf(stderr, "ptybench: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    warm_up(&m, m.started + (uint64_t)(a.warm * SECOND), &refreshes);
    watch(&m, now() + (uint64_t)(a.time * SECOND), &refreshes);
    long rss_kb = resident_kb(m.pid);
    if (a.keys && a.size.ws_row) {
        double cost = percentile(&refreshes.cpu, 50);

        type_keys(&m, a.keys, a.count, (uint64_t)(a.interval * SECOND),
                  cost > 0 ? (uint64_t)(cost * MS) : MS, &latencies);
    }
    bool ended = m.ended;
    stop(&m);
    if (ended) {
        fprintf(stderr, "ptybench: %s ended early\n", argv[optind]);
        return EXIT_FAILURE;
    }
    report(&refreshes, &latencies, a.interval, rss_kb);
    return EXIT_SUCCESS;
}
