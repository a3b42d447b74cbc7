/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running the BPF program that walks. */
#include "bpf/walker.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/object.h"

#define SPARE_SLOTS 256u        /* beyond what a walk took: for those that come until the next */
#define PIECE_SLOTS 1024u       /* room for one read(2): the kernel gives up to 32 KiB */
#define TRIES 8                 /* walks that turn out too long for the array, one after another */

/* A loaded object. */
struct loaded {
    enum walker_way way;
    struct bpf_object *object;
    int program;                /* its descriptor */
    union walk_slot *slot;      /* WALKER_WALK: its map; NULL between two walks */
    size_t mapped;              /* bytes of it: what the last walk took */
    size_t room;                /* of the map, in slots */
    struct bpf_link *link;      /* WALKER_ITER */
};

struct walker {
    struct loaded loaded;
    size_t taken;               /* slots of the last walk */
    /* WALKER_ITER */
    int stream;                 /* -1: not open */
    union walk_slot *buffer;
    size_t cap;                 /* in slots */
    size_t bytes;               /* read so far */
};

/* ---- loading ---- */

static int prepare(struct bpf_object *object, const void *arg)
{
    const struct loaded *loaded = arg;
    struct bpf_map *slots = bpf_object__find_map_by_name(object, "slots");
    int r = bpf_map__set_autocreate(slots, loaded->way == WALKER_WALK);

    return r < 0 ? r : bpf_map__set_max_entries(slots, (uint32_t)loaded->room);
}

/* Take the program from the object. */
static int take_program(struct loaded *loaded, const char *name)
{
    struct bpf_program *program = bpf_object__find_program_by_name(loaded->object, name);

    loaded->program = bpf_program__fd(program);
    if (loaded->way == WALKER_ITER)
        loaded->link = bpf_program__attach_iter(program, NULL);
    return loaded->way == WALKER_ITER && loaded->link == NULL ? -errno : 0;
}

static int map_slots(struct loaded *loaded, size_t n)
{
    size_t bytes = n * sizeof *loaded->slot;
    int fd = bpf_object__find_map_fd_by_name(loaded->object, "slots");
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (at == MAP_FAILED)
        return -errno;
    loaded->slot = at;
    loaded->mapped = bytes;
    return 0;
}

static void unmap_slots(struct loaded *loaded)
{
    if (loaded->slot != NULL)
        munmap(loaded->slot, loaded->mapped);
    loaded->slot = NULL;
}

static void unload(struct loaded *loaded)
{
    unmap_slots(loaded);
    bpf_link__destroy(loaded->link);
    bpf_object__close(loaded->object);
    *loaded = (struct loaded){ 0 };
}

static int load(struct loaded *loaded, enum walker_way way, size_t room, char *why, size_t cap)
{
    static const char *const program[][2] = { [WALKER_WALK] = { "walk" },
                                              [WALKER_ITER] = { "iter" } };
    struct object_choice choice = {
        .elf = walk_object, .size = walk_object_size, .programs = program[way],
        .prepare = prepare, .arg = loaded,
    };
    int r;

    *loaded = (struct loaded){ .way = way, .room = room };
    r = object_load(&loaded->object, &choice, why, cap);
    if (r < 0)
        return r;
    r = take_program(loaded, program[way][0]);
    if (r < 0)
        unload(loaded);
    return r;
}

int walker_open(struct walker **walker, enum walker_way way, size_t room, char *why, size_t cap)
{
    struct walker *made = calloc(1, sizeof *made);
    int r;

    if (made == NULL)
        return -ENOMEM;
    made->stream = -1;
    r = load(&made->loaded, way, room, why, cap);
    if (r == 0)
        *walker = made;
    else
        free(made);
    return r;
}

void walker_close(struct walker *walker)
{
    if (walker == NULL)
        return;
    unload(&walker->loaded);
    if (walker->stream >= 0)
        close(walker->stream);
    free(walker->buffer);
    free(walker);
}

enum walker_way walker_way(const struct walker *walker)
{
    return walker->loaded.way;
}

/* ---- the walk ---- */

/* An array's size can't be changed: load anew, with the old one in place until it is done. */
static int change_room(struct walker *walker, size_t room)
{
    struct loaded loaded;
    char why[8];
    int r = load(&loaded, walker->loaded.way, room, why, sizeof why);

    if (r < 0)
        return r;
    unload(&walker->loaded);
    walker->loaded = loaded;
    return 0;
}

static int run(const struct walker *walker, size_t *n)
{
    struct walk_args args = { 0 };
    LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &args, .ctx_size_in = sizeof args);
    int r = bpf_prog_test_run_opts(walker->loaded.program, &opts);

    *n = args.count;
    return r;
}

static size_t room_for(size_t n)
{
    return n + n / 8 + SPARE_SLOTS;
}

static int walk(struct walker *walker, union walk_slot **slot, size_t *n)
{
    for (int i = 0; i < TRIES; i++) {
        int r = run(walker, n);

        if (r < 0)
            return r;
        if (*n <= walker->loaded.room) {
            walker->taken = *n;
            r = map_slots(&walker->loaded, *n);
            *slot = walker->loaded.slot;
            return r;
        }
        r = change_room(walker, room_for(*n));
        if (r < 0)
            return r;
    }
    return -EAGAIN;
}

/* After a burst of tasks: give back what it took.  If that fails it stays. */
static void shrink_map(struct walker *walker)
{
    size_t room = room_for(walker->taken);

    if (walker->taken > 0 && walker->loaded.room / 4 > room)
        (void)change_room(walker, room);
}

/* ---- the iterator ---- */

static int resize_buffer(struct walker *walker, size_t cap)
{
    union walk_slot *buffer = reallocarray(walker->buffer, cap, sizeof *buffer);

    if (buffer == NULL)
        return -ENOMEM;
    walker->buffer = buffer;
    walker->cap = cap;
    return 0;
}

static void shrink_buffer(struct walker *walker)
{
    size_t room = room_for(walker->taken) + PIECE_SLOTS;

    if (walker->cap / 4 > room)
        (void)resize_buffer(walker, room);
}

static int open_stream(struct walker *walker)
{
    if (walker->stream >= 0)
        return 0;
    walker->stream = bpf_iter_create(bpf_link__fd(walker->loaded.link));
    return walker->stream < 0 ? -errno : 0;
}

static void close_stream(struct walker *walker)
{
    if (walker->stream >= 0)
        close(walker->stream);
    walker->stream = -1;
}

static int read_piece(struct walker *walker)
{
    size_t taken = walker->bytes / sizeof *walker->buffer, cap = walker->cap;
    ssize_t n;
    int r = open_stream(walker);

    if (r == 0 && cap - taken < PIECE_SLOTS)
        r = resize_buffer(walker, cap + cap / 4 + PIECE_SLOTS);
    if (r < 0)
        return r;
    n = read(walker->stream, (char *)walker->buffer + walker->bytes,
             walker->cap * sizeof *walker->buffer - walker->bytes);
    if (n < 0)                  /* EAGAIN: so many tasks were passed without one to give */
        return errno == EAGAIN || errno == EINTR ? WALKER_MORE : -errno;
    walker->bytes += (size_t)n;
    return n > 0 ? WALKER_MORE : 0;
}

static int iterate(struct walker *walker, union walk_slot **slot, size_t *n)
{
    int r = read_piece(walker);

    if (r == WALKER_MORE)
        return r;
    close_stream(walker);
    *slot = walker->buffer;
    *n = walker->taken = walker->bytes / sizeof *walker->buffer;
    return r;
}

/* ---- either ---- */

void walker_rest(struct walker *walker)
{
    if (walker != NULL)
        unmap_slots(&walker->loaded);
}

void walker_begin(struct walker *walker)
{
    if (walker->loaded.way == WALKER_WALK) {
        walker_rest(walker);
        shrink_map(walker);
        return;
    }
    close_stream(walker);
    shrink_buffer(walker);
    walker->bytes = 0;
}

int walker_step(struct walker *walker, union walk_slot **slot, size_t *n)
{
    return walker->loaded.way == WALKER_WALK ? walk(walker, slot, n) : iterate(walker, slot, n);
}
