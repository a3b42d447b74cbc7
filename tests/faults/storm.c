/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processes that come and go, for a test of who looks on.
 *
 *   storm SECONDS        as many as two workers can make: some exit at once, some compute, some
 *                        start threads, some exec; threads of the workers come and go as well
 *   storm again SECONDS  one after the other under the same PID, as after the numbers have wrapped
 *                        (Linux 5.5, CAP_CHECKPOINT_RESTORE)
 *   storm hold COUNT     COUNT that sleep, until standard input ends
 *
 * It tells in the end how many there were, or that they are all there.
 */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS 2
#define AT_ONCE 32              /* children of a worker */

static uint64_t now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void compute(uint64_t ns)
{
    uint64_t end = now(CLOCK_THREAD_CPUTIME_ID) + ns;

    while (now(CLOCK_THREAD_CPUTIME_ID) < end)
        ;
}

static void *short_thread(void *arg)
{
    compute((uintptr_t)arg);
    return NULL;
}

static void run_threads(unsigned n)
{
    pthread_t id[8];
    unsigned started = 0;

    while (started < n && !pthread_create(&id[started], NULL, short_thread, (void *)200000))
        started++;
    while (started)
        pthread_join(id[--started], NULL);
}

static _Noreturn void live(unsigned kind)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    switch (kind % 4) {
    case 1:
        compute(2000000);
        break;
    case 2:
        run_threads(4);
        break;
    case 3:
        prctl(PR_SET_NAME, "storm (child) R");
        execl("/proc/self/exe", "storm:\n after exec", "0", (char *)NULL);
        break;
    default:
        break;
    }
    _exit(0);
}

static _Noreturn void work(uint64_t end, uint64_t *made)
{
    unsigned alive = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (now(CLOCK_MONOTONIC) < end) {
        pid_t pid = alive < AT_ONCE ? fork() : -1;

        if (!pid)
            live((unsigned)*made);
        alive += pid > 0;
        *made += pid > 0;
        while (alive && waitpid(-1, NULL, pid < 0 && alive ? 0 : WNOHANG) > 0) {
            alive--;
            if (pid < 0)
                break;
        }
        if (*made % 64 == 0)
            run_threads(2);
    }
    while (wait(NULL) > 0)
        ;
    _exit(0);
}

static int storm(unsigned long seconds)
{
    uint64_t end = now(CLOCK_MONOTONIC) + seconds * 1000000000u, total = 0;
    uint64_t *made = mmap(NULL, WORKERS * sizeof *made, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (made == MAP_FAILED)
        return EXIT_FAILURE;
    for (unsigned i = 0; i < WORKERS; i++)
        if (!fork())
            work(end, &made[i]);
    while (wait(NULL) > 0)
        ;
    for (unsigned i = 0; i < WORKERS; i++)
        total += made[i];
    printf("%llu processes in %lu s\n", (unsigned long long)total, seconds);
    return total ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* fork(), to this PID. */
static pid_t fork_as(pid_t pid)
{
    struct clone_args args = {
        .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1,
    };

    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

/* Lives long enough to be told from the next by their births; half of them compute. */
static int again(unsigned long seconds)
{
    uint64_t end = now(CLOCK_MONOTONIC) + seconds * 1000000000u;
    unsigned made = 0;
    pid_t pid = fork();

    if (!pid)
        _exit(0);
    while (pid > 0) {
        waitpid(pid, NULL, 0);
        if (made && now(CLOCK_MONOTONIC) > end)
            break;
        pid = fork_as(pid);
        if (!pid) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            compute(made % 2 ? 100000000 : 0);
            usleep(seconds ? 700000 : 0);
            _exit(0);
        }
        made++;
    }
    if (pid < 0)
        fprintf(stderr, "storm: no PID can be chosen: %s\n", strerror(errno));
    printf("%u processes\n", made);
    return pid < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* They end with the parent, by the signal. */
static int hold(unsigned long count)
{
    char byte;

    for (unsigned long i = 0; i < count; i++) {
        pid_t pid = fork();

        if (pid < 0) {
            fprintf(stderr, "storm: %lu of %lu: %s\n", i, count, strerror(errno));
            return EXIT_FAILURE;
        }
        if (!pid) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                pause();
        }
    }
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "hold"))
        return hold(strtoul(argv[2], NULL, 10));
    if (argc == 3 && !strcmp(argv[1], "again"))
        return again(strtoul(argv[2], NULL, 10));
    if (argc != 2) {
        fputs("usage: storm SECONDS | storm again SECONDS | storm hold COUNT\n", stderr);
        return 2;
    }
    unsigned long seconds = strtoul(argv[1], NULL, 10);
    return seconds ? storm(seconds) : EXIT_SUCCESS;
}
