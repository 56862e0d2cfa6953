#include "directory/throttle.h"

#include <arpa/inet.h>

#include "base/mem.h"
#include "directory/seeded.h"

/* Slots that one key may sit in; the one that was idle longest makes room. */
#define WAYS ((size_t)4)

struct slot {
	uint64_t key;     /* 0: free */
	uint64_t seen_ms; /* last failure (or success, in `known`) */
	uint64_t wait_ms; /* no answer before this instant */
	uint32_t failures;
};

struct throttle {
	uint64_t seed[2];
	uint32_t free_failures, forget_ms;
	struct slot sources[THROTTLE_SLOTS];
	struct slot accounts[THROTTLE_SLOTS];
	struct slot known[THROTTLE_SLOTS]; /* account and source that logged on */
};

struct throttle *throttle_new(const unsigned char seed[16])
{
	struct throttle *t = MEM_NEW(struct throttle);

	memcpy(t->seed, seed, sizeof(t->seed));
	throttle_set(t, THROTTLE_FREE, THROTTLE_FORGET_MS);
	return t;
}

void throttle_set(struct throttle *t, uint32_t free_failures, uint32_t forget_ms)
{
	t->free_failures = free_failures;
	t->forget_ms = forget_ms > 0 ? forget_ms : 1;
}

void throttle_free(struct throttle *t)
{
	mem_free(t);
}

/* An IPv6 subscriber has a /64 at the least, so that is one source. */
static uint64_t source_key(const struct throttle *t, struct str source)
{
	unsigned char v6[16];
	char text[INET6_ADDRSTRLEN];

	if (source.len < sizeof(text) && source.len > 0) {
		memcpy(text, source.at, source.len);
		text[source.len] = '\0';
		if (inet_pton(AF_INET6, text, v6) == 1 &&
			memcmp(v6, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) != 0)
			return seeded(t->seed, str_make(v6, 8), 6);
	}
	if (str_istarts(source, S("::ffff:")))
		source = str_skip(source, 7);
	return seeded(t->seed, source, 4);
}

static const struct slot *find(const struct slot *table, uint64_t key)
{
	const struct slot *at = &table[key % (THROTTLE_SLOTS / WAYS) * WAYS];

	for (size_t i = 0; i < WAYS; i++) {
		if (at[i].key == key)
			return &at[i];
	}
	return NULL;
}

static struct slot *find_or_make(struct slot *table, uint64_t key)
{
	struct slot *at = &table[key % (THROTTLE_SLOTS / WAYS) * WAYS], *oldest = at;

	for (size_t i = 0; i < WAYS; i++) {
		if (at[i].key == key)
			return &at[i];
		if (at[i].seen_ms < oldest->seen_ms || (at[i].key == 0 && oldest->key != 0))
			oldest = &at[i];
	}
	*oldest = (struct slot){ .key = key };
	return oldest;
}

static uint32_t failures_now(const struct throttle *t, const struct slot *s, uint64_t now_ms)
{
	uint64_t forgotten = now_ms > s->seen_ms ? (now_ms - s->seen_ms) / t->forget_ms : 0;

	return s->failures > forgotten ? s->failures - (uint32_t)forgotten : 0;
}

/* 1 s, 2 s, 4 s ... behind the free ones. */
static uint32_t delay_ms(const struct throttle *t, uint32_t failures, uint32_t most_ms)
{
	uint32_t over = failures > t->free_failures ? failures - t->free_failures : 0;
	uint64_t ms = over == 0 ? 0 : (uint64_t)1000 << (over > 16 ? 16 : over - 1);

	return ms > most_ms ? most_ms : (uint32_t)ms;
}

bool throttle_knows(const struct throttle *t, struct str account, struct str source, uint64_t now_ms)
{
	const struct slot *known = find(t->known, seeded(t->seed, account, source_key(t, source)));

	return known != NULL && now_ms - known->seen_ms < THROTTLE_KNOWN_MS;
}

enum err throttle_ask(const struct throttle *t, struct str account, struct str source,
	uint64_t now_ms, uint32_t *ret_delay_ms)
{
	const struct slot *s = find(t->sources, source_key(t, source));
	const struct slot *a = find(t->accounts, seeded(t->seed, account, 1));
	bool friend = throttle_knows(t, account, source, now_ms);

	*ret_delay_ms = 0;
	if (s != NULL && s->wait_ms > now_ms) {
		*ret_delay_ms = friend ? THROTTLE_ACCOUNT_MS_MAX : (uint32_t)(s->wait_ms - now_ms);
		return friend ? ERR_OK : ERR_GUESSING;
	}
	if (a != NULL && !friend)
		*ret_delay_ms = delay_ms(t, failures_now(t, a, now_ms), THROTTLE_ACCOUNT_MS_MAX);
	return ERR_OK;
}

static void count(const struct throttle *t, struct slot *s, uint64_t now_ms, uint32_t most_ms)
{
	uint32_t failures = failures_now(t, s, now_ms);

	s->failures = failures < 1000 ? failures + 1 : failures;
	s->seen_ms = now_ms;
	s->wait_ms = now_ms + delay_ms(t, s->failures, most_ms);
}

void throttle_failed(struct throttle *t, struct str account, struct str source, uint64_t now_ms)
{
	count(t, find_or_make(t->sources, source_key(t, source)), now_ms, THROTTLE_SOURCE_MS_MAX);
	count(t, find_or_make(t->accounts, seeded(t->seed, account, 1)), now_ms, THROTTLE_ACCOUNT_MS_MAX);
}

/*
 * A success does not clear the source: whoever guesses at others' passwords may own one account. It
 * takes back one failure, so that a person who mistyped is soon free.
 */
void throttle_passed(struct throttle *t, struct str account, struct str source, uint64_t now_ms)
{
	uint64_t source_id = source_key(t, source);
	const struct slot *s = find(t->sources, source_id);
	struct slot *known = find_or_make(t->known, seeded(t->seed, account, source_id));

	known->seen_ms = now_ms;
	if (s != NULL) {
		struct slot *own = find_or_make(t->sources, source_id);

		own->failures = failures_now(t, own, now_ms);
		own->failures -= own->failures > 0;
		own->seen_ms = now_ms;
	}
}

bool throttle_allow(struct throttle *t, struct str source)
{
	uint64_t key = source_key(t, source);

	if (find(t->sources, key) == NULL)
		return false;
	*find_or_make(t->sources, key) = (struct slot){ .key = 0 };
	return true;
}
