#include "base/map.h"

#include "base/mem.h"

struct map_slot {
	uint64_t hash; /* of the key; a number key is kept in number */
	uint64_t number;
	char *octets; /* NULL for a number key */
	size_t len;
	void *value; /* NULL: the slot is free */
};

#define SLOTS_FIRST ((size_t)16)

static uint64_t seed_a = 0x736f6d6570736575;
static uint64_t seed_b = 0x646f72616e646f6d;

void map_seed(const unsigned char seed[16])
{
	memcpy(&seed_a, seed, 8);
	memcpy(&seed_b, seed + 8, 8);
}

static uint64_t rotate(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

uint64_t map_hash(struct str s)
{
	uint64_t v[4] = { seed_a ^ 0x736f6d6570736575, seed_b ^ 0x646f72616e646f6d,
		seed_a ^ 0x6c7967656e657261, seed_b ^ 0x7465646279746573 };
	uint64_t last = (uint64_t)s.len << 56;
	size_t whole = s.len & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8) {
		uint64_t word;

		memcpy(&word, s.at + i, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (size_t i = whole; i < s.len; i++)
		last |= (uint64_t)(unsigned char)s.at[i] << (8 * (i - whole));
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void map_init(struct map *m)
{
	*m = (struct map){ 0 };
}

void map_done(struct map *m)
{
	for (size_t i = 0; m->slots != NULL && i <= m->mask; i++)
		mem_free(m->slots[i].octets);
	mem_free(m->slots);
	map_init(m);
}

static bool slot_is(const struct map_slot *slot, const struct map_slot *key)
{
	if (slot->hash != key->hash || (slot->octets == NULL) != (key->octets == NULL))
		return false;
	if (key->octets == NULL)
		return slot->number == key->number;
	return str_eq(str_make(slot->octets, slot->len), str_make(key->octets, key->len));
}

/* The slot that holds the key, or the free one where it would go. */
static struct map_slot *find(const struct map *m, const struct map_slot *key)
{
	size_t i = key->hash & m->mask;

	while (m->slots[i].value != NULL && !slot_is(&m->slots[i], key))
		i = (i + 1) & m->mask;
	return &m->slots[i];
}

static void grow(struct map *m)
{
	struct map old = *m;
	size_t slots = old.slots ? (old.mask + 1) * 2 : SLOTS_FIRST;

	m->slots = mem_new(slots * sizeof(*m->slots));
	m->mask = slots - 1;
	for (size_t i = 0; old.slots != NULL && i <= old.mask; i++) {
		if (old.slots[i].value != NULL)
			*find(m, &old.slots[i]) = old.slots[i];
	}
	mem_free(old.slots);
}

static void *get(const struct map *m, const struct map_slot *key)
{
	return m->slots ? find(m, key)->value : NULL;
}

static void put(struct map *m, const struct map_slot *key, void *value)
{
	struct map_slot *slot;

	must(value != NULL);
	if (m->slots == NULL || (m->count + 1) * 4 > (m->mask + 1) * 3)
		grow(m);
	slot = find(m, key);
	if (slot->value == NULL) {
		*slot = *key;
		if (key->octets != NULL) {
			slot->octets = mem_new(key->len + 1);
			memcpy(slot->octets, key->octets, key->len);
		}
		m->count++;
	}
	slot->value = value;
}

/* Linear probing without tombstones: whoever could not sit nearer moves up into the gap. */
static void close_gap(struct map *m, size_t gap)
{
	for (size_t i = (gap + 1) & m->mask; m->slots[i].value != NULL; i = (i + 1) & m->mask) {
		size_t home = m->slots[i].hash & m->mask;

		if (((i - home) & m->mask) < ((i - gap) & m->mask))
			continue;
		m->slots[gap] = m->slots[i];
		gap = i;
	}
	m->slots[gap] = (struct map_slot){ 0 };
}

static void *take(struct map *m, const struct map_slot *key)
{
	struct map_slot *slot = m->slots ? find(m, key) : NULL;
	void *value = slot ? slot->value : NULL;

	if (value == NULL)
		return NULL;
	mem_free(slot->octets);
	close_gap(m, (size_t)(slot - m->slots));
	m->count--;
	return value;
}

static struct map_slot number_key(uint64_t key)
{
	return (struct map_slot){ .hash = map_hash(str_make(&key, sizeof(key))), .number = key };
}

static struct map_slot octets_key(struct str key)
{
	return (struct map_slot){ .hash = map_hash(key),
		.octets = (char *)(uintptr_t)(key.at ? key.at : ""), .len = key.len };
}

void *map_get(const struct map *m, uint64_t key)
{
	struct map_slot k = number_key(key);

	return get(m, &k);
}

void map_put(struct map *m, uint64_t key, void *value)
{
	struct map_slot k = number_key(key);

	put(m, &k, value);
}

void *map_remove(struct map *m, uint64_t key)
{
	struct map_slot k = number_key(key);

	return take(m, &k);
}

void *map_get_str(const struct map *m, struct str key)
{
	struct map_slot k = octets_key(key);

	return get(m, &k);
}

void map_put_str(struct map *m, struct str key, void *value)
{
	struct map_slot k = octets_key(key);

	put(m, &k, value);
}

void *map_remove_str(struct map *m, struct str key)
{
	struct map_slot k = octets_key(key);

	return take(m, &k);
}

void *map_next(const struct map *m, size_t *at)
{
	while (m->slots != NULL && *at <= m->mask) {
		void *value = m->slots[(*at)++].value;

		if (value != NULL)
			return value;
	}
	return NULL;
}
