/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running the BPF program that counts how long block requests take. */
#include "bpf/tracer.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "bpf/object.h"

enum { INSERT, ISSUE, COMPLETE, PROGRAMS };

struct tracer {
    struct bpf_object *object;
    struct bpf_program *program[PROGRAMS];
    struct bpf_link *link[PROGRAMS];
    struct latency_control *control; /* the map, in our memory */
    int issuers;                /* the map's descriptor, the object's */
};

/* ---- which programs ---- */

static int count_arguments(const struct btf *btf, const char *typedef_name)
{
    int id = btf__find_by_name_kind(btf, typedef_name, BTF_KIND_TYPEDEF);
    const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);

    for (int i = 0; i < 2 && type != NULL; i++) /* of a pointer to a function */
        type = btf__type_by_id(btf, type->type);
    return type != NULL && btf_is_func_proto(type) ? btf_vlen(type) - 1 : -ENOENT;
}

/* Vendors bring what is new to older kernels: what counts is the tracepoint, not the version. */
static int choose_programs(const char *const **programs)
{
    static const char *const request[] = { "insert", "issue", "complete", NULL };
    static const char *const queue[] = { "insert_queue", "issue_queue", "complete", NULL };
    struct btf *btf = btf__load_vmlinux_btf();
    int n = btf == NULL ? -ENODATA : count_arguments(btf, "btf_trace_block_rq_issue");

    btf__free(btf);
    *programs = n == 1 ? request : queue;
    return n < 0 ? n : 0;
}

/* ---- attaching ---- */

static uint64_t monotonic(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int attach(struct tracer *tracer, const char *const *programs)
{
    for (unsigned i = 0; i < PROGRAMS; i++) {
        tracer->program[i] = bpf_object__find_program_by_name(tracer->object, programs[i]);
        tracer->link[i] = bpf_program__attach(tracer->program[i]);
        if (tracer->link[i] == NULL)
            return -errno;
    }
    return 0;
}

static int map_control(struct tracer *tracer)
{
    int fd = bpf_object__find_map_fd_by_name(tracer->object, "control");
    void *at = mmap(NULL, sizeof *tracer->control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (at == MAP_FAILED)
        return -errno;
    tracer->control = at;
    return 0;
}

static int load(struct tracer *tracer, char *why, size_t cap)
{
    struct object_choice choice = { .elf = latency_object, .size = latency_object_size };
    int r = choose_programs(&choice.programs);

    if (r == 0)
        r = object_load(&tracer->object, &choice, why, cap);
    if (r == 0)
        r = map_control(tracer);
    if (r < 0)
        return r;
    tracer->issuers = bpf_object__find_map_fd_by_name(tracer->object, "issuers");
    tracer->control->interval = 1;
    tracer->control->began = UINT64_MAX; /* until all are attached */
    r = attach(tracer, choice.programs);
    tracer->control->began = monotonic();
    return r;
}

int tracer_open(struct tracer **tracer, char *why, size_t cap)
{
    struct tracer *made = calloc(1, sizeof *made);
    int r;

    why[0] = '\0';
    if (made == NULL)
        return -ENOMEM;
    r = load(made, why, cap);
    if (r < 0)
        tracer_close(made);
    else
        *tracer = made;
    return r;
}

void tracer_close(struct tracer *tracer)
{
    if (tracer == NULL)
        return;
    for (unsigned i = 0; i < PROGRAMS; i++)
        bpf_link__destroy(tracer->link[i]);
    if (tracer->control != NULL)
        munmap(tracer->control, sizeof *tracer->control);
    bpf_object__close(tracer->object);
    free(tracer);
}

/* ---- reading ---- */

int tracer_read(struct tracer *tracer, struct latency_issuer *issuers,
                struct latency_histograms *histograms, size_t *n, uint64_t *interval)
{
    uint32_t at = 0, count;
    size_t taken = 0;
    int r = 0;

    while (r == 0 && taken < LATENCY_ISSUERS) {
        count = (uint32_t)(LATENCY_ISSUERS - taken);
        r = bpf_map_lookup_batch(tracer->issuers, taken > 0 ? &at : NULL, &at, issuers + taken,
                                 histograms + taken, &count, NULL);
        if (r == 0 || r == -ENOENT) /* there are no more */
            taken += count;
    }
    *n = taken;
    *interval = tracer->control->interval++;
    return r == -ENOENT ? 0 : r;
}

void tracer_forget(struct tracer *tracer, const struct latency_issuer *issuer)
{
    (void)bpf_map_delete_elem(tracer->issuers, issuer);
}

/* A program isn't run in an interrupt that comes while it runs on this CPU. */
static uint64_t missed_by(const struct bpf_program *program)
{
    struct bpf_prog_info info = { 0 };
    uint32_t size = sizeof info;

    return bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0
               ? info.recursion_misses : 0;
}

void tracer_others(const struct tracer *tracer, struct tracer_others *others)
{
    const struct latency_control *control = tracer->control;

    others->kernels = __atomic_load_n(&control->kernels, __ATOMIC_RELAXED);
    others->lost = __atomic_load_n(&control->no_flight, __ATOMIC_RELAXED) +
                   __atomic_load_n(&control->no_issuer, __ATOMIC_RELAXED);
    others->missed = 0;
    for (unsigned i = 0; i < PROGRAMS; i++)
        others->missed += missed_by(tracer->program[i]);
}
