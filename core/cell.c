/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell says. */
#include "core/cell.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/columns.h"
#include "core/text.h"

static const struct span unknown = { NULL, 0 };

static struct span of_text(const struct text *text)
{
    return text ? (struct span){ text->bytes, text->len } : unknown;
}

bool cell_is_text(const struct column *column)
{
    return kind_is_text(column->def.kind);
}

static struct span guest_text(const struct guests *guests, uint32_t guest,
                              enum kvmtop_field field)
{
    return guest == NONE ? unknown : of_text(guest_field(guests, guest, field));
}

/* Put a piece behind those in buf, with a comma between; false: there is no more room, which
 * the list says at its end. */
static bool put_piece(char buf[CELL_BUF], size_t *len, struct span piece)
{
    static const char more[] = "…";
    size_t comma = *len ? 1 : 0;
    bool fits = *len + comma + piece.len + sizeof ",…" <= CELL_BUF;

    if (!fits)
        piece = (struct span){ more, sizeof more - 1 };
    if (comma)
        buf[(*len)++] = ',';
    memcpy(buf + *len, piece.bytes, piece.len);
    *len += piece.len;
    return fits;
}

/* A device may be of several guests, an interface is of the one who has the best claim to it. */
static bool is_listed(struct guests *guests, const struct claim *claim, enum kvmtop_claim what)
{
    return claim->what == what &&
           (what != KVMTOP_CLAIM_IFACE || !guests_outdone(guests, claim));
}

static struct span claim_list(struct guests *guests, uint32_t index, enum kvmtop_claim what,
                              char buf[CELL_BUF])
{
    const struct guest *guest = index == NONE ? NULL : &guests->item[index];
    size_t len = 0;

    for (uint32_t i = 0; guest && i < guest->nclaims; i++)
        if (is_listed(guests, &guest->claims[i], what) &&
            !put_piece(buf, &len, of_text(guest->claims[i].name)))
            break;
    return len ? (struct span){ buf, len } : unknown;
}

static struct span guest_list(struct model *model, const struct table *table,
                              const struct row *row, char buf[CELL_BUF])
{
    const struct text *name = row_text(table, row, table->block);
    uint32_t cursor = NONE, guest;
    size_t len = 0;

    while (name && (guest = guests_claiming(&model->guests, KVMTOP_CLAIM_BLOCK, name,
                                            &cursor)) != NONE) {
        struct span who = guest_text(&model->guests, guest, KVMTOP_GUEST_ID);

        if (!who.bytes)
            who = guest_text(&model->guests, guest, KVMTOP_GUEST_NAME);
        if (!who.bytes || !put_piece(buf, &len, who))
            break;
    }
    return len ? (struct span){ buf, len } : unknown;
}

/* As much of the text as goes into so many bytes, without half a character at its end. */
static size_t cut(struct span text, size_t most)
{
    size_t len = text.len < most ? text.len : most;

    while (len < text.len && len + 3 > most && ((unsigned char)text.bytes[len] & 0xc0) == 0x80)
        len--;
    return len;
}

struct span cell_guest_label(const struct guests *guests, uint32_t guest, char buf[CELL_BUF])
{
    struct span id = guest_text(guests, guest, KVMTOP_GUEST_ID);
    struct span name = guest_text(guests, guest, KVMTOP_GUEST_NAME);

    if (!id.bytes || (name.bytes && id.len == name.len && !memcmp(id.bytes, name.bytes, id.len)))
        return name;
    if (!name.bytes)
        return id;
    /* Names are cut, not the whole label: the id stays legible. */
    size_t most = (CELL_BUF - 4) / 2;
    size_t idlen = cut(id, most), namelen = cut(name, most);
    memcpy(buf, id.bytes, idlen);
    memcpy(buf + idlen, " - ", 3);
    memcpy(buf + idlen + 3, name.bytes, namelen);
    return (struct span){ buf, idlen + 3 + namelen };
}

struct span cell_text(struct model *model, const struct table *table, const struct row *row,
                      uint32_t index, char buf[CELL_BUF])
{
    const struct column *column = &table->columns[index];
    uint32_t guest = row_guest(table, row);

    switch (column->made_by) {
    case MADE_BY_GUEST_ID:
        return guest_text(&model->guests, guest, KVMTOP_GUEST_ID);
    case MADE_BY_GUEST_NAME:
        return guest_text(&model->guests, guest, KVMTOP_GUEST_NAME);
    case MADE_BY_GUEST_PLATFORM:
        return guest_text(&model->guests, guest, KVMTOP_PLATFORM);
    case MADE_BY_GUEST_LIST:
        return guest_list(model, table, row, buf);
    case MADE_BY_GUEST_IFACES:
        return claim_list(&model->guests, guest, KVMTOP_CLAIM_IFACE, buf);
    case MADE_BY_GUEST_DEVICES:
        return claim_list(&model->guests, guest, KVMTOP_CLAIM_BLOCK, buf);
    case MADE_BY_GUEST_PASSTHROUGH:
        return claim_list(&model->guests, guest, KVMTOP_CLAIM_PASSTHROUGH, buf);
    case MADE_BY_PLUGIN:
        break;
    }
    if (column->def.kind == KVMTOP_TEXT)
        return of_text(row_text(table, row, index));
    if (column->def.kind != KVMTOP_STATE || !row_known(table, row, index))
        return unknown;
    buf[0] = (char)row_cell(table, row, column)->u64;
    return (struct span){ buf, 1 };
}

/* Of a process that ended before its command line was read: the kernel's name of it. */
static struct span bracketed_name(const struct table *table, const struct row *row,
                                  char buf[CELL_BUF])
{
    uint32_t label = columns_with(table, KVMTOP_CHILD_LABEL, 0);
    const struct text *name = label != NONE ? row_text(table, row, label) : NULL;

    if (!name)
        return unknown;
    int len = name->len < CELL_BUF - 3 ? (int)name->len : CELL_BUF - 3;
    len = snprintf(buf, CELL_BUF, "[%.*s]", len, name->bytes);
    return (struct span){ buf, (size_t)len };
}

static struct span command_label(struct model *model, const struct table *table,
                                 const struct row *row, uint32_t index, char buf[CELL_BUF])
{
    struct span label = unknown;

    if (row->guest != NONE)
        label = cell_guest_label(&model->guests, row->guest, buf);
    if (!label.bytes)
        label = cell_text(model, table, row, index, buf);
    return label.bytes ? label : bracketed_name(table, row, buf);
}

static struct span child_label(struct model *model, const struct table *table,
                               const struct row *row, uint32_t index, bool command,
                               char buf[CELL_BUF])
{
    uint32_t label = columns_with(table, KVMTOP_CHILD_LABEL, 0);

    if (command || label == NONE)
        return cell_text(model, table, table_at(table, row->parent), index, buf);
    return cell_text(model, table, row, label, buf);
}

/* A guest that nothing names is told from others like it by its process. */
static struct span name_label(struct model *model, const struct table *table,
                              const struct row *row, uint32_t index, char buf[CELL_BUF])
{
    struct span name = cell_text(model, table, row, index, buf);

    if (name.bytes || row->guest == NONE ||
        guest_text(&model->guests, row->guest, KVMTOP_GUEST_ID).bytes)
        return name;
    return (struct span){ buf, (size_t)snprintf(buf, CELL_BUF, "[PID %" PRIu64 "]", row->id) };
}

struct span cell_label(struct model *model, const struct table *table, const struct row *row,
                       uint32_t index, bool command, char buf[CELL_BUF])
{
    const struct column *column = &table->columns[index];

    if (column->def.flags & KVMTOP_GUEST_LABEL)
        return row->parent != NONE ? child_label(model, table, row, index, command, buf)
                                   : command_label(model, table, row, index, buf);
    if (column->made_by == MADE_BY_GUEST_NAME && table->def.flags & KVMTOP_TABLE_GUESTS)
        return name_label(model, table, row, index, buf);
    return cell_text(model, table, row, index, buf);
}
