/* A retained message comes back: what recover.c and revive.c share. */
#pragma once

#include "store/write.h"

struct recover_one {
	uint64_t id; /* of the row */
	const struct retained_row *row;
	struct folder *to;   /* with its keywords */
	uint32_t uid;        /* there */
	struct arena *arena; /* for what is made on the way */
};

/* Into the write set: it is in the folder, and no longer retained. */
void recover_put_back(struct write *w, struct part *p, const struct recover_one *one);
