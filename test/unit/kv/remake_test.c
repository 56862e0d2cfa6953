/* New journals from the segments of old ones: whole, compacted, up to a moment, filtered, damaged. */
#include "kv/remake.h"

#include <time.h>

#include "common.h"
#include "kv/survey.h"

static char from[64], to[64];
static struct kv_options options = { .segment_octets = 3000, .reserve_octets = 4096, .times = true };

#define SOURCES_MAX 400

struct set {
	struct remake_source rows[SOURCES_MAX];
	size_t count;
	int folder;
};

static struct kv *open_it(const char *folder)
{
	struct kv_opened opened;
	struct kv *kv;

	options.folder = folder;
	if (kv_open_journal(&options, &kv, &opened) != ERR_OK)
		abort();
	return kv;
}

static void put(struct kv *kv, uint64_t shard, unsigned n, const char *text)
{
	struct kv_write *w = kv_write_new(kv);
	char key[16], blob[300];

	snprintf(key, sizeof(key), "k%u", n);
	memset(blob, 'a' + (int)(n % 26), sizeof(blob));
	kv_put(w, shard, c_str(key), c_str(text));
	kv_blob_add(w, str_make(blob, sizeof(blob)), 1);
	if (kv_commit_now(kv, w) != ERR_OK)
		abort();
}

static void drop(struct kv *kv, uint64_t shard, unsigned n, kv_blob blob)
{
	struct kv_write *w = kv_write_new(kv);
	char key[16];

	snprintf(key, sizeof(key), "k%u", n);
	kv_del(w, shard, c_str(key));
	kv_blob_count(w, blob, -1);
	if (kv_commit_now(kv, w) != ERR_OK)
		abort();
}

static uint64_t digest(struct kv *kv)
{
	uint64_t sum = 0;

	if (kv_digest(kv, &sum) != ERR_OK)
		abort();
	return sum;
}

static void look(struct kv *kv, struct set *s)
{
	struct kv_segment rows[SOURCES_MAX];

	s->count = kv_segments(kv, 1, rows, SOURCES_MAX);
	for (size_t i = 0; i < s->count; i++) {
		struct survey survey = { 0 };
		struct kv_problem problem;
		int fd;

		if (kv_segment_open(kv, rows[i].number, &fd) != ERR_OK)
			abort();
		OK(survey_segment(fd, rows[i].octets, &survey, &problem) == ERR_OK && survey.at == rows[i].octets,
			"segment %u is whole", rows[i].number);
		close(fd);
		s->rows[i] = (struct remake_source){ rows[i].number, rows[i].octets, survey.first_s };
	}
	s->folder = open(from, O_RDONLY | O_DIRECTORY);
}

static enum err make(const struct set *s, int64_t until, remake_keep *keep, struct remake_report *report)
{
	struct remake_options o = { .from = s->folder, .sources = s->rows, .count = s->count, .until_s = until,
		.segment_octets = 3000, .keep = keep };
	enum err e;

	folder_clear(to);
	o.to = open(to, O_RDONLY | O_DIRECTORY);
	e = remake(&o, report);
	close(o.to);
	return e;
}

static uint64_t made_digest(void)
{
	struct kv *kv = open_it(to);
	uint64_t sum = digest(kv);

	OK(kv_verify(kv, NULL, NULL) == ERR_OK, "the new journal is sound");
	put(kv, 9, 1, "goes on");
	kv_close(kv);
	kv = open_it(to);
	OK(digest(kv) != sum, "and takes more");
	kv_close(kv);
	return sum;
}

static void wait_second(void)
{
	time_t now = time(NULL);

	while (time(NULL) < now + 2)
		usleep(20000);
}

static void whole_and_moment(void)
{
	struct kv *kv = open_it(from);
	struct remake_report report;
	uint64_t then, now, octets;
	int64_t moment;
	struct set s;

	for (unsigned i = 0; i < 60; i++)
		put(kv, 1 + i % 2, i, "first");
	for (unsigned i = 0; i < 60; i += 3)
		drop(kv, 1 + i % 2, i, i + 1);
	then = digest(kv);
	moment = (int64_t)time(NULL);
	wait_second();
	for (unsigned i = 0; i < 40; i++)
		put(kv, 1, i, "second");
	now = digest(kv);
	look(kv, &s);
	OK(make(&s, REMAKE_ALL, NULL, &report) == ERR_OK && made_digest() == now, "all of it");
	OK(make(&s, moment, NULL, &report) == ERR_OK && made_digest() == then, "as it was at a moment");
	OK(report.last_s <= moment, "nothing later was taken");
	OK(make(&s, s.rows[0].first_s - 10, NULL, &report) == ERR_NOTFOUND, "a moment before everything");
	for (int i = 0; i < 30 && kv_compact_now(kv, 30, &octets) == ERR_OK && octets > 0; i++)
		;
	OK(digest(kv) == now, "compaction changes nothing");
	close(s.folder);
	look(kv, &s);
	OK(make(&s, REMAKE_ALL, NULL, &report) == ERR_OK && made_digest() == now, "after compaction, too");
	OK(make(&s, moment, NULL, &report) != ERR_OK, "the moment went with what was compacted, and that is said");
	close(s.folder);
	kv_close(kv);
}

static bool keep_shard_2(void *arg, const struct record_op *op)
{
	return (op->kind == RECORD_PUT || op->kind == RECORD_DEL) && op->shard == 2;
}

static void filtered(void)
{
	struct kv *kv = open_it(from);
	struct remake_report report;
	uint64_t shards[4];
	struct set s;

	look(kv, &s);
	OK(make(&s, REMAKE_ALL, keep_shard_2, &report) == ERR_OK, "filtered");
	close(s.folder);
	kv_close(kv);
	kv = open_it(to);
	OK(kv_shards(kv, 1, shards, 4) == 1 && shards[0] == 2, "one shard is left");
	kv_close(kv);
}

static void damaged(void)
{
	struct kv *kv = open_it(from);
	struct remake_report report;
	char path[128], name[32], octet;
	struct set s;
	unsigned found = 0, tried = 0;
	int fd;

	look(kv, &s);
	for (uint64_t at = 8; at < s.rows[0].octets; at += 211, tried++) {
		segment_name(s.rows[0].number, name);
		snprintf(path, sizeof(path), "%s/%s", from, name);
		fd = open(path, O_RDWR);
		if (pread(fd, &octet, 1, (off_t)at) != 1)
			abort();
		octet ^= 16;
		if (pwrite(fd, &octet, 1, (off_t)at) != 1)
			abort();
		found += make(&s, REMAKE_ALL, NULL, &report) == ERR_CORRUPT && report.problem.segment == s.rows[0].number;
		octet ^= 16;
		if (pwrite(fd, &octet, 1, (off_t)at) != 1)
			abort();
		close(fd);
	}
	OK(tried > 5 && found == tried, "every damaged octet is found: %u of %u", found, tried);
	s.count--;
	memmove(s.rows, s.rows + 1, s.count * sizeof(s.rows[0]));
	OK(make(&s, REMAKE_ALL, NULL, &report) == ERR_CORRUPT && report.problem.what != NULL, "a missing one is");
	close(s.folder);
	kv_close(kv);
}

int main(void)
{
	folder_new(from);
	folder_new(to);
	whole_and_moment();
	filtered();
	damaged();
	folder_remove(from);
	folder_remove(to);
	return tap_done();
}
