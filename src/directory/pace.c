#include "directory/pace.h"

#include "base/mem.h"
#include "directory/seeded.h"

/* Slots that one key may sit in; the one that is fullest again makes room. */
#define WAYS ((size_t)4)

/* What a key has used, in thousandths of milliseconds of its bucket: a logon costs PACE_MS / most of them. */
struct slot {
	uint64_t key; /* 0: free */
	uint64_t full_us; /* when the bucket is full again */
};

struct pace {
	uint64_t seed[2];
	struct slot slots[PACE_KINDS][PACE_SLOTS];
};

struct pace *pace_new(const unsigned char seed[16])
{
	struct pace *p = MEM_NEW(struct pace);

	memcpy(p->seed, seed, sizeof(p->seed));
	return p;
}

void pace_free(struct pace *p)
{
	mem_free(p);
}

static struct slot *find(struct pace *p, enum pace_kind kind, uint64_t key)
{
	struct slot *at = &p->slots[kind][key % (PACE_SLOTS / WAYS) * WAYS], *oldest = at;

	for (size_t i = 0; i < WAYS; i++) {
		if (at[i].key == key)
			return &at[i];
		if (at[i].full_us < oldest->full_us)
			oldest = &at[i];
	}
	*oldest = (struct slot){ .key = key };
	return oldest;
}

enum err pace_take(struct pace *p, const struct pace_key *k, uint64_t now_ms, uint32_t *ret_wait_ms)
{
	uint64_t now = now_ms * 1000, within = (uint64_t)(k->within_ms > 0 ? k->within_ms : PACE_MS) * 1000, cost, full;
	struct slot *s;

	if (k->most == 0)
		return ERR_OK;
	s = find(p, k->kind, seeded(p->seed, k->key, 0));
	cost = within / k->most;
	full = (s->full_us > now ? s->full_us : now) + cost;
	/* A bucket that was filled by a larger limit before it was changed is no reason to wait longer than it takes to fill. */
	if (full > now + within) {
		uint64_t wait = full - now - within;

		*ret_wait_ms = (uint32_t)((wait < within ? wait : within) / 1000 + 1);
		return ERR_LOGONPACE;
	}
	s->full_us = full;
	return ERR_OK;
}
