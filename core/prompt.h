/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line typed at the bottom of the screen. */
#ifndef KVMTOP_CORE_PROMPT_H
#define KVMTOP_CORE_PROMPT_H

#include "core/ui.h"

void prompt_open(struct ui *ui, const char *label, const char *text,
                 bool (*changed)(struct ui *ui, const char *text, bool done),
                 void (*cancelled)(struct ui *ui, const char *before));
void prompt_close(struct ui *ui);
void prompt_event(struct ui *ui, const struct input_event *event);
void prompt_draw(struct ui *ui, int row);

#endif
