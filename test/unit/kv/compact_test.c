/*
 * The same random work on the memory driver and on the journal, which is compacted, closed, opened
 * and rebuilt between: contents stay equal. A rebuild sees what compaction has left in the journal,
 * so it tells whether deletions and counts survived.
 */
#include "common.h"

static char folder[64];
static struct kv_options options = { .segment_octets = 3000, .reserve_octets = 4096 };

#define BLOBS 40

struct work {
	struct kv *memory, *journal;
	uint64_t state;
	kv_blob blobs[BLOBS]; /* living ones, 0 = none; their counts: */
	unsigned counts[BLOBS];
	unsigned failed;
};

static enum err open_it(bool rebuild, struct kv **ret)
{
	struct kv_opened opened;
	enum err e;

	options.folder = folder;
	options.rebuild_index = rebuild;
	e = kv_open_journal(&options, ret, &opened);
	if (e != ERR_OK)
		printf("# segment %llu at %llu: %s\n", (unsigned long long)opened.damage.segment,
			(unsigned long long)opened.damage.offset,
			opened.damage.what ? opened.damage.what : "?");
	return e;
}

static unsigned pick(struct work *k, unsigned below)
{
	return (unsigned)(random_next(&k->state) >> 20) % below;
}

static void both_blob(struct work *k, struct kv_write *m, struct kv_write *j)
{
	static char octets[700];
	unsigned i = pick(k, BLOBS);

	if (k->blobs[i] == 0) {
		size_t len = 1 + pick(k, sizeof(octets));

		memset(octets, 'a' + (int)pick(k, 26), len);
		k->counts[i] = 1 + pick(k, 3);
		k->blobs[i] = kv_blob_add(m, str_make(octets, len), k->counts[i]);
		k->failed += kv_blob_add(j, str_make(octets, len), k->counts[i]) != k->blobs[i];
		return;
	}
	if (pick(k, 3) == 0) {
		kv_blob_count(m, k->blobs[i], 1);
		kv_blob_count(j, k->blobs[i], 1);
		k->counts[i]++;
		return;
	}
	kv_blob_count(m, k->blobs[i], -1);
	kv_blob_count(j, k->blobs[i], -1);
	if (--k->counts[i] == 0)
		k->blobs[i] = 0;
}

static void both_key(struct work *k, struct kv_write *m, struct kv_write *j)
{
	char key[8], value[100];
	unsigned shard = pick(k, 3), octets = pick(k, sizeof(value));

	snprintf(key, sizeof(key), "%u", pick(k, 60));
	if (pick(k, 3) == 0) {
		kv_del(m, shard, c_str(key));
		kv_del(j, shard, c_str(key));
		return;
	}
	memset(value, 'A' + (int)pick(k, 26), sizeof(value));
	kv_put(m, shard, c_str(key), str_make(value, octets));
	kv_put(j, shard, c_str(key), str_make(value, octets));
}

static void failed_add(void *arg, enum err e)
{
	struct work *k = arg;

	k->failed += e != ERR_OK;
}

static void commit_both(struct work *k)
{
	struct kv_write *m = kv_write_new(k->memory), *j = kv_write_new(k->journal);

	for (unsigned n = 1 + pick(k, 4); n > 0; n--) {
		if (pick(k, 2) == 0)
			both_key(k, m, j);
		else
			both_blob(k, m, j);
	}
	kv_commit(k->memory, m, failed_add, k);
	kv_commit(k->journal, j, failed_add, k);
}

static void settle(struct work *k)
{
	k->failed += kv_commit_now(k->memory, kv_write_new(k->memory)) != ERR_OK;
	k->failed += kv_commit_now(k->journal, kv_write_new(k->journal)) != ERR_OK;
}

static void again(struct work *k, bool rebuild)
{
	kv_close(k->journal);
	if (open_it(rebuild, &k->journal) != ERR_OK)
		abort();
}

static void compare(struct work *k, const char *what, unsigned round)
{
	uint64_t want = digest_of(k->memory), got = digest_of(k->journal);
	struct kv_stats stats;

	OK(want == got && want != 0 && k->failed == 0, "round %u, %s: equal", round, what);
	OK(kv_verify(k->journal, NULL, NULL) == ERR_OK, "round %u, %s: verifies", round, what);
	kv_stats(k->journal, &stats);
	OK(stats.live_octets <= stats.journal_octets, "round %u, %s: no more alive than there is",
		round, what);
}

/* The run goes on while commits come in. */
static uint64_t compact_beside(struct work *k, unsigned percent)
{
	uint64_t octets = 0;
	enum err e;

	for (unsigned i = 0; (e = kv_compact(k->journal, percent, &octets)) == ERR_NEEDMORE; i++) {
		if (i < 20)
			commit_both(k);
		else
			usleep(200);
		kv_dispatch(k->journal);
		kv_dispatch(k->memory);
	}
	k->failed += e != ERR_OK;
	return octets;
}

static void test_random(uint64_t seed)
{
	struct work k = { .state = seed };
	uint64_t given_back = 0, octets = 1;
	struct kv_stats stats;

	folder_clear(folder);
	if (kv_open_memory(&options, &k.memory) != ERR_OK || open_it(false, &k.journal) != ERR_OK)
		abort();
	for (unsigned round = 0; round < 30; round++) {
		for (unsigned i = 0; i < 60; i++)
			commit_both(&k);
		settle(&k);
		for (unsigned i = pick(&k, 6); i > 0; i--)
			given_back += compact_beside(&k, pick(&k, 60));
		settle(&k);
		compare(&k, "compacted", round);
		if (round % 3 == 0)
			again(&k, false);
		if (round % 3 == 1) {
			again(&k, true);
			compare(&k, "rebuilt", round);
		}
	}
	OK(given_back > 10000, "compaction gave back %llu octets", (unsigned long long)given_back);
	/* Everything goes: what is left is little. */
	for (unsigned i = 0; octets > 0 && i < 5000; i++)
		k.failed += kv_compact_now(k.journal, 20, &octets) != ERR_OK;
	compare(&k, "compacted to the end", 99);
	kv_stats(k.journal, &stats);
	OK(stats.journal_octets < 4 * stats.live_octets + 20000,
		"the journal is small: %llu, alive %llu in %llu segments",
		(unsigned long long)stats.journal_octets, (unsigned long long)stats.live_octets,
		(unsigned long long)stats.segments);
	again(&k, true);
	compare(&k, "rebuilt at the end", 99);
	kv_close(k.memory);
	kv_close(k.journal);
}

/* Ids are not given out again, though the record that held the highest is gone and the index was
 * rebuilt. */
static void test_ids(void)
{
	struct kv *kv = NULL;
	struct kv_write *w;
	kv_blob highest = 0;
	uint64_t octets;

	folder_clear(folder);
	OK(open_it(false, &kv) == ERR_OK, "open");
	for (unsigned i = 0; i < 20; i++) {
		w = kv_write_new(kv);
		highest = kv_blob_add(
			w, S("a blob that is deleted soon, and the last of all ids"), 1);
		OK(kv_commit_now(kv, w) == ERR_OK, "add");
		w = kv_write_new(kv);
		kv_blob_count(w, highest, -1);
		OK(kv_commit_now(kv, w) == ERR_OK, "drop");
	}
	for (unsigned i = 0; i < 50; i++)
		OK(put_now(kv, 1, "k",
			   "filling the segment so that the next is begun, and the next, and the "
			   "next, and so on until the first ones can be compacted away for good") ==
				ERR_OK,
			"fill");
	do {
		OK(kv_compact_now(kv, 10, &octets) == ERR_OK, "compact");
	} while (octets > 0);
	kv_close(kv);
	OK(open_it(true, &kv) == ERR_OK, "rebuild");
	w = kv_write_new(kv);
	OK(kv_blob_add(w, S("new"), 1) > highest, "a new id");
	kv_write_free(w);
	kv_close(kv);
}

/* Compaction meets a damaged record: the segment stays. */
static void test_damaged(void)
{
	struct kv *kv = NULL;
	uint64_t octets;
	char path[100], c;
	int fd;

	folder_clear(folder);
	OK(open_it(false, &kv) == ERR_OK, "open");
	for (unsigned i = 0; i < 80; i++) {
		if (put_now(kv, 1, "k",
			    "the same key again and again, so that nearly all of it is garbage") !=
			ERR_OK)
			abort();
	}
	snprintf(path, sizeof(path), "%s/journal-0000000001", folder);
	fd = open(path, O_RDWR);
	if (fd < 0 || pread(fd, &c, 1, 1000) != 1)
		abort();
	c ^= 1;
	if (pwrite(fd, &c, 1, 1000) != 1)
		abort();
	close(fd);
	for (unsigned i = 0; i < 10; i++) {
		enum err e = kv_compact_now(kv, 50, &octets);

		if (e == ERR_CORRUPT || octets == 0)
			break;
	}
	OK(access(path, F_OK) == 0, "the damaged segment is still there");
	OK(kv_compact_now(kv, 50, &octets) == ERR_CORRUPT, "and it is told");
	OK(put_now(kv, 1, "k", "goes on") == ERR_OK, "the engine goes on");
	kv_close(kv);
}

int main(void)
{
	folder_new(folder);
	for (uint64_t seed = 1; seed <= 6; seed++)
		test_random(seed * 0x9e3779b97f4a7c15u);
	test_ids();
	test_damaged();
	folder_remove(folder);
	return tap_done();
}
