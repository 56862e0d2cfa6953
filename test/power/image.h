/*
 * The log of a recorded block image: what image.c writes and cut.c replays.
 *
 * A record is a head and, for a write, `octets` octets of data. A flush has none. Numbers are the machine's own: the
 * log never leaves it.
 */
#pragma once

#include <stdint.h>

enum image_kind { IMAGE_WRITE = 1, IMAGE_FLUSH = 2 };

struct image_head {
	uint64_t offset;
	uint32_t octets;
	uint32_t kind;
};
