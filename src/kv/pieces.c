#include "kv/pieces.h"

#include "base/mem.h"

struct slot {
	kv_blob id;
	uint64_t n, used; /* used 0: free */
	char *at;
	size_t octets;
};

struct pieces {
	struct slot slots[PIECES_MAX];
	uint64_t clock;
	unsigned held;
};

struct pieces *pieces_new(void)
{
	return MEM_NEW(struct pieces);
}

static void empty(struct pieces *p, struct slot *slot)
{
	p->held -= slot->used != 0;
	mem_free(slot->at);
	*slot = (struct slot){ 0 };
}

void pieces_free(struct pieces *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < PIECES_MAX; i++)
		empty(p, &p->slots[i]);
	mem_free(p);
}

static struct slot *find(struct pieces *p, kv_blob id, uint64_t n)
{
	if (p == NULL || p->held == 0)
		return NULL;
	for (size_t i = 0; i < PIECES_MAX; i++) {
		struct slot *slot = &p->slots[i];

		if (slot->used != 0 && slot->id == id && slot->n == n)
			return slot;
	}
	return NULL;
}

bool pieces_get(struct pieces *p, kv_blob id, uint64_t n, struct str *ret)
{
	struct slot *slot = find(p, id, n);

	if (slot == NULL)
		return false;
	slot->used = ++p->clock;
	*ret = str_make(slot->at, slot->octets);
	return true;
}

bool pieces_take(struct pieces *p, kv_blob id, uint64_t n, struct str octets)
{
	struct slot *oldest;

	if (p == NULL || octets.len < PIECES_OCTETS_MIN)
		return false;
	must(find(p, id, n) == NULL);
	oldest = &p->slots[0];
	for (size_t i = 1; i < PIECES_MAX; i++) {
		if (p->slots[i].used < oldest->used)
			oldest = &p->slots[i];
	}
	empty(p, oldest);
	*oldest = (struct slot){ id, n, ++p->clock, (char *)(uintptr_t)octets.at, octets.len };
	p->held++;
	return true;
}

void pieces_drop(struct pieces *p, kv_blob id, uint64_t n)
{
	struct slot *slot = find(p, id, n);

	if (slot != NULL)
		empty(p, slot);
}
