/*
 * What an engine's folder holds, told apart from how it is stored: equal contents, equal digest.
 *
 *   power_dump FOLDER [--rebuild] [--verify] [--rows]
 *
 * Prints one line of JSON: digest of all keys, values and blobs, counts, what opening found, milliseconds of opening.
 * --rebuild throws the index away first, --verify compares the index with the journal, --rows prints each key before it.
 * No server may have the folder open.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "kv/kv.h"

static unsigned problems;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_problem(void *arg, const struct kv_problem *p)
{
	problems++;
	fprintf(stderr, "segment %" PRIu64 " offset %" PRIu64 ": %s\n", p->segment, p->offset, p->what);
}

static void put_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		printf("%02x", (unsigned char)s.at[i]);
}

static bool on_row(void *arg, struct str key, struct str value)
{
	printf("%" PRIu64 " ", *(uint64_t *)arg);
	put_hex(key);
	printf(" ");
	put_hex(value);
	printf("\n");
	return true;
}

static void rows(struct kv *kv)
{
	struct kv_blob_row blob;
	uint64_t shard;

	for (uint64_t from = 0; kv_shards(kv, from, &shard, 1) == 1; from = shard + 1) {
		if (kv_scan(kv, shard, STR_NONE, STR_NONE, 0, on_row, &shard) != ERR_OK)
			printf("shard %" PRIu64 " cannot be read\n", shard);
	}
	for (kv_blob from = 0; kv_blobs(kv, from, &blob, 1) == 1; from = blob.id + 1)
		printf("blob %" PRIu64 " octets %" PRIu64 " count %" PRIu64 "\n", blob.id, blob.octets, blob.count);
}

int main(int argc, char **argv)
{
	struct kv_options options = { .folder = argc > 1 ? argv[1] : NULL };
	struct kv_opened opened = { 0 };
	struct kv_stats stats;
	struct rusage usage;
	struct kv *kv = NULL;
	bool verify = false, all = false;
	uint64_t digest = 0;
	int64_t before = now_ms(), opening;
	enum err e;

	for (int i = 2; i < argc; i++) {
		options.rebuild_index |= strcmp(argv[i], "--rebuild") == 0;
		verify |= strcmp(argv[i], "--verify") == 0;
		all |= strcmp(argv[i], "--rows") == 0;
	}
	if (argc < 2)
		return 2;
	e = kv_open_journal(&options, &kv, &opened);
	opening = now_ms() - before;
	if (e != ERR_OK) {
		printf("{\"error\": \"%s\", \"what\": \"%s\"}\n", err_name(e), opened.damage.what ? opened.damage.what : "");
		return 1;
	}
	if (all)
		rows(kv);
	e = kv_digest(kv, &digest);
	if (e == ERR_OK && verify)
		e = kv_verify(kv, on_problem, NULL);
	kv_stats(kv, &stats);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"digest\": \"%016" PRIx64 "\", \"keys\": %" PRIu64 ", \"blobs\": %" PRIu64 ", \"replayed\": %" PRIu64
	       ", \"rebuilt\": %s, \"opening_ms\": %" PRId64 ", \"peak_kib\": %ld, \"problems\": %u, \"error\": \"%s\"}\n",
		digest, stats.keys, stats.blobs, opened.records_replayed, opened.index_rebuilt ? "true" : "false", opening,
		usage.ru_maxrss, problems, e == ERR_OK ? "" : err_name(e));
	kv_close(kv);
	return e == ERR_OK ? 0 : 1;
}
