/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a cell looks: 16 colours before and behind, and four flags, in 16 bits. 0 is the terminal's
 * own. */
#ifndef KVMTOP_CORE_ATTR_H
#define KVMTOP_CORE_ATTR_H

#include <stdint.h>

/* A colour is 0..15 in the terminal's palette: black red green yellow blue magenta cyan white,
 * then the bright ones. It is stored as colour + 1, so that 0 means the terminal's default. */
#define ATTR_FG(colour) ((uint16_t)((colour) + 1))
#define ATTR_BG(colour) ((uint16_t)(((colour) + 1) << 5))
#define ATTR_FG_MASK 0x001fu
#define ATTR_BG_MASK 0x03e0u

#define ATTR_BOLD 0x0400u
#define ATTR_DIM 0x0800u
#define ATTR_UNDERLINE 0x1000u
#define ATTR_REVERSE 0x2000u
#define ATTR_FLAGS 0x3c00u

/* `top` laid over `base` (the cursor's line over a coloured cell): top's colours win where it has
 * any, flags add up. */
static inline uint16_t attr_over(uint16_t base, uint16_t top)
{
    unsigned fg = (top & ATTR_FG_MASK) ? top : base;
    unsigned bg = (top & ATTR_BG_MASK) ? top : base;

    return (uint16_t)((fg & ATTR_FG_MASK) | (bg & ATTR_BG_MASK) | ((base | top) & ATTR_FLAGS));
}

#endif
