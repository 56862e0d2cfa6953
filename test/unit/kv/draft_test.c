/* A draft reads as its engine would with the changes in it, and becomes them. */
#include "kv/draft.h"

#include <stdlib.h>

#include "common.h"

struct seen {
	struct buf text;
	size_t stop_at, n;
};

static bool see(void *arg, struct str key, struct str value)
{
	struct seen *s = arg;

	buf_printf(&s->text, "%.*s=%.*s ", STR_FMT(key), STR_FMT(value));
	return ++s->n != s->stop_at;
}

static void scan(struct kv *kv, uint64_t shard, struct str from, struct str to, size_t max, size_t stop_at, struct seen *s)
{
	*s = (struct seen){ .stop_at = stop_at };
	buf_init(&s->text, BUF_NO_CEILING);
	if (kv_scan(kv, shard, from, to, max, see, s) != ERR_OK)
		buf_put_c(&s->text, "failed");
}

static struct kv *engine(void)
{
	struct kv_options options = { 0 };
	struct kv *kv;

	if (kv_open_memory(&options, &kv) != ERR_OK)
		abort();
	return kv;
}

/* The same random change in one or two engines. */
static void change(struct kv *a, struct kv *b)
{
	struct kv_write *wa = kv_write_new(a), *wb = kv_write_new(b);

	for (int i = rand() % 4; i >= 0; i--) {
		char key[8], value[16];
		uint64_t shard = (uint64_t)rand() % 3;

		snprintf(key, sizeof(key), "%03d", rand() % 60);
		snprintf(value, sizeof(value), "%d", rand());
		if (rand() % 3 == 0) {
			kv_del(wa, shard, c_str(key));
			kv_del(wb, shard, c_str(key));
		} else {
			kv_put(wa, shard, c_str(key), c_str(value));
			kv_put(wb, shard, c_str(key), c_str(value));
		}
	}
	if (kv_commit_now(a, wa) != ERR_OK || kv_commit_now(b, wb) != ERR_OK)
		abort();
}

static unsigned differ(struct kv *a, struct kv *b)
{
	char from[8], to[8];
	uint64_t shard = (uint64_t)rand() % 3;
	size_t max = (size_t)rand() % 8, stop_at = (size_t)rand() % 8;
	struct kv_read ra[40], rb[40];
	struct seen sa, sb;
	struct arena arena;
	unsigned wrong = 0;

	snprintf(from, sizeof(from), "%03d", rand() % 60);
	snprintf(to, sizeof(to), "%03d", rand() % 60);
	if (rand() % 2)
		to[0] = '\0'; /* to the end of the shard */
	scan(a, shard, c_str(from), c_str(to), max, stop_at, &sa);
	scan(b, shard, c_str(from), c_str(to), max, stop_at, &sb);
	wrong += !str_eq(buf_str(&sa.text), buf_str(&sb.text));
	arena_init(&arena, ARENA_NONE);
	for (int i = 0; i < 40; i++) {
		struct str key = arena_printf(&arena, "%03d", rand() % 60);

		ra[i] = rb[i] = (struct kv_read){ .shard = shard, .key = key };
	}
	wrong += kv_read_all(a, ra, 40, &arena) != ERR_OK || kv_read_all(b, rb, 40, &arena) != ERR_OK;
	for (int i = 0; i < 40; i++)
		wrong += ra[i].ret_found != rb[i].ret_found || !str_eq(ra[i].ret_value, rb[i].ret_value);
	buf_done(&sa.text);
	buf_done(&sb.text);
	arena_done(&arena);
	return wrong;
}

static void test_against_twin(void)
{
	struct kv *base = engine(), *twin = engine(), *draft;
	struct kv_write *w;
	uint64_t before, after, one, other;
	unsigned wrong = 0;

	srand(7);
	OK(kv_open_draft(base, &draft) == ERR_OK, "opened");
	for (int round = 0; round < 30; round++) {
		for (int i = 0; i < 10; i++)
			change(base, twin);
		OK(kv_digest(base, &before) == ERR_OK, "digest");
		for (int i = 0; i < 30; i++) {
			change(draft, twin);
			wrong += differ(draft, twin);
		}
		OK(kv_digest(base, &after) == ERR_OK && before == after, "the engine below is as it was");
		w = kv_write_new(base);
		kv_draft_put(draft, w);
		OK(kv_commit_now(base, w) == ERR_OK, "the draft is committed");
		kv_draft_clear(draft);
		OK(kv_draft_octets(draft) == 0 && kv_digest(base, &one) == ERR_OK && kv_digest(twin, &other) == ERR_OK && one == other,
			"round %d: the engine below is what the twin is", round);
	}
	IS_NUM(wrong, 0);
	kv_close(draft);
	kv_close(base);
	kv_close(twin);
}

static void test_thrown_away(void)
{
	struct kv *base = engine(), *twin = engine(), *draft;

	OK(kv_open_draft(base, &draft) == ERR_OK, "opened");
	change(base, twin);
	for (int i = 0; i < 100; i++)
		change(draft, draft);
	OK(kv_draft_octets(draft) > 0, "it holds something");
	kv_draft_clear(draft);
	IS_NUM(differ(draft, twin), 0);
	kv_close(draft);
	kv_close(base);
	kv_close(twin);
}

int main(void)
{
	test_against_twin();
	test_thrown_away();
	return tap_done();
}
