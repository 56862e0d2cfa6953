/*
 * Durable commits a second of the journal driver: one 4 KiB blob and three small keys each, so many
 * in flight. kv_bench FOLDER [SECONDS]. The folder must exist and be empty; it should lie on the
 * disk that is asked about.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kv/kv.h"

#define BLOB_OCTETS 4096
#define FLIGHT_MAX  64

struct bench {
	struct kv *kv;
	bool compressible;
	uint64_t next, done;
	double began[FLIGHT_MAX], *waits;
	size_t waits_held;
	double until;
};

struct slot {
	struct bench *bench;
	unsigned number;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fill(char *octets, uint64_t n, bool compressible)
{
	uint64_t state = n * 0x9e3779b97f4a7c15u + 1;

	for (size_t i = 0; i < BLOB_OCTETS; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		octets[i] = (char)(compressible ? 'a' + (state >> 60) : state >> 56);
	}
}

static void commit(struct slot *slot);

static void committed(void *arg, enum err e)
{
	struct slot *slot = arg;
	struct bench *b = slot->bench;
	double now = now_s();

	if (e != ERR_OK)
		abort();
	if (b->done < b->waits_held)
		b->waits[b->done] = now - b->began[slot->number];
	b->done++;
	if (now < b->until)
		commit(slot);
}

static void commit(struct slot *slot)
{
	struct bench *b = slot->bench;
	struct kv_write *w = kv_write_new(b->kv);
	char octets[BLOB_OCTETS], value[200] = { 0 };
	uint64_t n = b->next++, shard = n * 7919 % 1000, key = __builtin_bswap64(n);
	kv_blob id;

	b->began[slot->number] = now_s();
	fill(octets, n, b->compressible);
	id = kv_blob_add(w, str_make(octets, sizeof(octets)), 1);
	memcpy(value, &id, sizeof(id));
	kv_put(w, shard, str_make(&key, sizeof(key)), str_make(value, 120));
	kv_put(w, shard, S("folder"), str_make(value, 40));
	kv_put(w, shard + 1000, str_make(&key, sizeof(key)), str_make(value, 8));
	kv_commit(b->kv, w, committed, slot);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void run(struct bench *b, unsigned flight, double seconds)
{
	struct slot slots[FLIGHT_MAX];
	struct kv_stats before, after;
	double start = now_s(), took;
	uint64_t target;

	kv_stats(b->kv, &before);
	b->done = 0;
	b->until = start + seconds;
	target = b->next;
	for (unsigned i = 0; i < flight; i++) {
		slots[i] = (struct slot){ b, i };
		commit(&slots[i]);
	}
	while (b->done < b->next - target) {
		struct pollfd wake = { .fd = kv_wake_fd(b->kv), .events = POLLIN };

		poll(&wake, 1, -1);
		kv_dispatch(b->kv);
	}
	took = now_s() - start;
	kv_stats(b->kv, &after);
	if (b->done > b->waits_held)
		b->done = b->waits_held;
	qsort(b->waits, b->done, sizeof(*b->waits), by_size);
	printf("%2u in flight: %8.0f commits/s, p50 %.3f ms, p99 %.3f ms, %.1f commits a flush\n",
		flight, (double)(after.commits - before.commits) / took,
		b->waits[b->done / 2] * 1e3, b->waits[b->done * 99 / 100] * 1e3,
		(double)(after.commits - before.commits) /
			(double)(after.flushes - before.flushes));
}

/* A read set of three keys, right after a commit: nothing of it is in the index yet. */
static void run_reads(struct bench *b)
{
	struct arena arena;
	double start = now_s(), waited = 0;
	unsigned n;

	arena_init(&arena, ARENA_NONE);
	for (n = 0; n < 2000; n++) {
		struct kv_write *w = kv_write_new(b->kv);
		struct kv_read rows[3] = { { .shard = 1, .key = S("folder") },
			{ .shard = 2, .key = S("folder") }, { .shard = 3, .key = S("a") } };
		double began;

		kv_put(w, 1, S("folder"), S("value"));
		if (kv_commit_now(b->kv, w) != ERR_OK)
			abort();
		began = now_s();
		if (kv_read_all(b->kv, rows, 3, &arena) != ERR_OK)
			abort();
		waited += now_s() - began;
		arena_clear(&arena);
	}
	arena_done(&arena);
	printf("commit, then read three keys: %.0f a second, %.2f us for the read\n",
		n / (now_s() - start), waited / n * 1e6);
}

int main(int argc, char **argv)
{
	static const unsigned flights[] = { 1, 8, 64 };
	struct kv_options options = { .folder = argc > 1 ? argv[1] : NULL };
	double seconds = argc > 2 ? atof(argv[2]) : 2;

	if (argc < 2) {
		fprintf(stderr, "usage: kv_bench FOLDER [SECONDS]\n");
		return 2;
	}
	for (int compress = 0; compress < 2; compress++) {
		struct bench b = { .compressible = compress, .waits_held = 1 << 20 };
		struct kv_opened opened;

		options.compress = compress;
		b.waits = calloc(b.waits_held, sizeof(*b.waits));
		if (b.waits == NULL || kv_open_journal(&options, &b.kv, &opened) != ERR_OK)
			return 1;
		printf("%s\n", compress ? "text, compressed" : "random octets, as they are");
		for (size_t i = 0; i < 3; i++)
			run(&b, flights[i], seconds);
		run_reads(&b);
		kv_close(b.kv);
		free(b.waits);
	}
	return 0;
}
