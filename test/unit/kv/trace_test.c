/*
 * Short traces, each drawn from a number: write sets alone and in groups, blobs, counts, deletions,
 * compaction, openings.
 *
 * At every write of every trace the machine "stops": before it, after it, and in its middle. At
 * every flush the disk fails, and loses what was not flushed although the next flush says yes. At
 * every write the disk is full. What was acknowledged is compared with a twin of the engine in
 * memory, by digest, so that nothing more and nothing else is there either.
 *
 * TRACES is the number of traces, TRACE the first of them.
 */
#include "common.h"

#include <poll.h>
#include <stdatomic.h>

#if defined(__SANITIZE_ADDRESS__)
#define TRACES 30u
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACES 30u
#endif
#endif
#ifndef TRACES
#define TRACES 200u
#endif

#define COMMITS_MAX 14u
#define BLOBS_MAX   32u

static char base[64], work[64];

/* ---- what a trace does ---- */

struct book { /* which blobs there are: the same in every run of a trace */
	kv_blob ids[BLOBS_MAX];
	int64_t counts[BLOBS_MAX];
	size_t n;
};

struct run {
	uint64_t seed;
	struct book book;
	_Atomic unsigned submitted, acked;
	unsigned refused, failed;
	bool gap; /* acknowledged after one that was not */
};

static uint64_t draw(uint64_t seed, unsigned n)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u + n * 0xd1b54a32d192ed03u + 1;

	random_next(&state);
	return random_next(&state);
}

static void put_some(struct kv_write *w, uint64_t chance)
{
	static const char filling[600] = "as many octets as are wanted";
	char key[16];

	for (unsigned i = 0; i <= chance % 3; i++) {
		snprintf(key, sizeof(key), "key%u", (unsigned)(chance >> (4 * i) & 15));
		if ((chance >> (20 + i)) % 4 == 0)
			kv_del(w, 1 + i, c_str(key));
		else
			kv_put(w, 1 + i, c_str(key), str_make(filling, (chance >> (8 * i)) % 500));
	}
}

static void blob_some(struct run *r, struct kv_write *w, uint64_t chance)
{
	struct book *b = &r->book;
	size_t i = b->n ? chance % b->n : 0;
	char octets[300];

	memset(octets, (int)(chance & 0x7f), sizeof(octets));
	if (chance % 2 && b->n < BLOBS_MAX) {
		b->ids[b->n] = kv_blob_add(w, str_make(octets, chance % sizeof(octets)), 1);
		b->counts[b->n++] = 1;
	} else if (b->n > 0) {
		int64_t change = chance % 3 ? -1 : 1;

		kv_blob_count(w, b->ids[i], change);
		b->counts[i] += change;
		if (b->counts[i] == 0) {
			b->n--;
			b->ids[i] = b->ids[b->n];
			b->counts[i] = b->counts[b->n];
		}
	}
}

static unsigned commits_of(uint64_t seed)
{
	return 5 + (unsigned)(draw(seed, 1000) % (COMMITS_MAX - 5));
}

static struct kv_write *commit_n(struct run *r, struct kv *kv, unsigned n)
{
	struct kv_write *w = kv_write_new(kv);
	uint64_t chance = draw(r->seed, n);
	char text[16];

	put_some(w, chance);
	if (chance >> 40 & 1)
		blob_some(r, w, chance >> 32);
	snprintf(text, sizeof(text), "%u", n);
	kv_put(w, 9, S("n"), c_str(text)); /* no two states are alike */
	return w;
}

static struct kv_options options_of(uint64_t seed, const char *folder)
{
	return (struct kv_options){ .folder = folder,
		.segment_octets = 1000 + draw(seed, 1001) % 2000,
		.reserve_octets = 4096,
		.index_ms_max = draw(seed, 1002) % 2 ? 1 : 1000,
		.compress = draw(seed, 1003) % 2 };
}

/* Digest after commit n, from an engine in memory. skip: bits of those that were refused. */
static void twin(uint64_t seed, uint64_t skip, uint64_t ret_digests[COMMITS_MAX + 1])
{
	struct kv_options options = { .folder = NULL };
	struct run r = { .seed = seed };
	struct kv *kv = NULL;

	must(kv_open_memory(&options, &kv) == ERR_OK);
	ret_digests[0] = digest_of(kv);
	for (unsigned n = 1; n <= commits_of(seed); n++) {
		struct book before = r.book;
		struct kv_write *w = commit_n(&r, kv, n);

		if (skip >> n & 1) {
			kv_write_free(w);
			r.book = before;
		} else {
			must(kv_commit_now(kv, w) == ERR_OK);
		}
		ret_digests[n] = digest_of(kv);
	}
	kv_close(kv);
}

/* ---- one run of a trace ---- */

static struct run run;
static uint64_t digests[COMMITS_MAX + 1];
static unsigned fatals;

static void on_fatal(void *arg, const char *what)
{
	fatals++;
}

static void on_done(void *arg, enum err e)
{
	if (e == ERR_OK) {
		run.gap |= run.failed > 0;
		atomic_fetch_add(&run.acked, 1);
	} else {
		run.failed++;
	}
}

static void wait_all(struct kv *kv)
{
	while (atomic_load(&run.acked) + run.failed < atomic_load(&run.submitted)) {
		struct pollfd wake = { .fd = kv_wake_fd(kv), .events = POLLIN };

		(void)poll(&wake, 1, 1000);
		kv_dispatch(kv);
	}
}

static struct kv *opened(struct kv_options *options)
{
	struct kv_opened found;
	struct kv *kv = NULL;
	enum err e = kv_open_journal(options, &kv, &found);

	if (e != ERR_OK)
		printf("# cannot be opened: %s, %s\n", err_name(e),
			found.damage.what ? found.damage.what : "");
	return e == ERR_OK ? kv : NULL;
}

/* fault: the nth of its kind after the first opening. False: it could not be opened. */
static bool trace_run(struct kv_options options, enum kv_fault fault, unsigned nth)
{
	struct kv *kv;

	folder_clear(base);
	kv = opened(&options);
	if (kv == NULL)
		return false;
	if (fault != KV_FAULT_NONE)
		kv_fault_inject(kv, fault, nth);
	for (unsigned n = 1; n <= commits_of(run.seed); n++) {
		uint64_t octets, chance = draw(run.seed, 2000 + n);
		struct kv_write *w = commit_n(&run, kv, n);

		atomic_fetch_add(&run.submitted, 1);
		kv_commit(kv, w, on_done, NULL);
		if (chance % 3)
			wait_all(kv);
		if (chance % 5 == 0)
			(void)!kv_compact(kv, 1, &octets);
		if (chance % 7 == 0 && fault == KV_FAULT_NONE) { /* closed and opened */
			wait_all(kv);
			kv_close(kv);
			kv = opened(&options);
			if (kv == NULL)
				return false;
		}
	}
	wait_all(kv);
	kv_close(kv);
	return true;
}

static void run_begin(uint64_t seed)
{
	memset(&run, 0, sizeof(run));
	run.seed = seed;
	fatals = 0;
}

/* ---- what is left ---- */

/* The digest in `folder` once opened; UINT64_MAX: damaged, or the index is not what the journal
 * says. */
static uint64_t digest_at(const char *folder, bool rebuild)
{
	struct kv_options options = options_of(run.seed, folder);
	struct kv *kv;
	uint64_t digest = UINT64_MAX;

	options.rebuild_index = rebuild;
	kv = opened(&options);
	if (kv != NULL && kv_verify(kv, NULL, NULL) == ERR_OK)
		digest = digest_of(kv);
	kv_close(kv);
	return digest;
}

/* What is in `folder` must be the state after one of the commits from..to. */
static bool sound(const char *folder, unsigned from, unsigned to, bool rebuild_too)
{
	uint64_t digest = digest_at(folder, false);
	bool found = false;

	for (unsigned n = from; n <= to; n++)
		found |= digest == digests[n];
	return found && digest != UINT64_MAX && (!rebuild_too || digest_at(folder, true) == digest);
}

/* ---- the machine stops ---- */

struct stops {
	unsigned writes, points, wrong;
};

static void name_of(int fd, char to[300])
{
	char link[40], path[300];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	must(n > 0);
	path[n] = '\0';
	snprintf(to, 300, "%.60s/%.60s", work, strrchr(path, '/') + 1);
}

/* The first `octets` of a write, put into the copy. */
static void write_part(
	const char *path, const struct iovec *parts, int count, uint64_t at, size_t octets)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	must(fd >= 0);
	for (int i = 0; i < count && octets > 0; i++) {
		size_t len = parts[i].iov_len < octets ? parts[i].iov_len : octets;

		must(pwrite(fd, parts[i].iov_base, len, (off_t)at) == (ssize_t)len);
		at += len;
		octets -= len;
	}
	close(fd);
}

static void on_write(void *arg, int fd, const struct iovec *parts, int count, uint64_t at)
{
	struct stops *s = arg;
	unsigned from = atomic_load(&run.acked), to = atomic_load(&run.submitted);
	size_t all = 0, some[3];
	char path[300];

	name_of(fd, path);
	for (int i = 0; i < count; i++)
		all += parts[i].iov_len;
	some[0] = 0;
	some[1] = 1 + draw(run.seed, 3000 + s->writes) % (all > 1 ? all - 1 : 1);
	some[2] = all;
	for (unsigned i = 0; i < 3; i++) {
		folder_copy(base, work);
		if (some[i] > 0)
			write_part(path, parts, count, at, some[i]);
		s->points++;
		if (!sound(work, from, to, i == s->writes % 3)) {
			s->wrong++;
			printf("# trace %llu write %u: stopped after %zu of %zu octets\n",
				(unsigned long long)run.seed, s->writes, some[i], all);
		}
	}
	s->writes++;
}

static void test_stops(uint64_t first, unsigned traces)
{
	struct stops all = { 0 };
	unsigned odd = 0;

	for (uint64_t seed = first; seed < first + traces; seed++) {
		struct kv_options options = options_of(seed, base);

		run_begin(seed);
		twin(seed, 0, digests);
		options.on_write = on_write;
		options.arg = &all;
		odd += !trace_run(options, KV_FAULT_NONE, 0) ||
		       atomic_load(&run.acked) != commits_of(seed);
		odd += !sound(base, commits_of(seed), commits_of(seed), true);
	}
	OK(odd == 0, "%u traces end as their twin does", traces);
	OK(all.writes > traces * 4, "%u writes", all.writes);
	OK(all.wrong == 0, "stopped before, in and after every write: %u points, %u wrong",
		all.points, all.wrong);
}

/* ---- a flush fails ---- */

struct tail {
	char name[300];
	uint64_t at;
};

static void note_tail(void *arg, int fd, const struct iovec *parts, int count, uint64_t at)
{
	struct tail *t = arg;

	name_of(fd, t->name);
	t->at = at;
}

/* 1: wrong; 0: right; -1: there was no such flush. */
static int flush_fails(uint64_t seed, unsigned nth)
{
	struct tail tail = { .at = 0 };
	struct kv_options options = options_of(seed, base);
	unsigned acked;
	bool good;

	options.on_write = note_tail;
	options.on_fatal = on_fatal;
	options.arg = &tail;
	run_begin(seed);
	if (!trace_run(options, KV_FAULT_FLUSH_EIO, nth))
		return 1;
	if (fatals == 0 && run.failed == 0)
		return -1;
	acked = atomic_load(&run.acked);
	/* What was written and not flushed may be there, or may never have been. */
	good = fatals == 1 && !run.gap && run.failed + acked == atomic_load(&run.submitted);
	folder_copy(base, work);
	good = sound(work, acked, atomic_load(&run.submitted), true) && good;
	folder_copy(base, work);
	if (tail.at > 0 && truncate(tail.name, (off_t)tail.at) != 0)
		good = false;
	good = sound(work, acked, acked, true) && good;
	if (!good)
		printf("# trace %llu flush %u: fatal %u, acknowledged %u, after a failure: %d\n",
			(unsigned long long)seed, nth, fatals, acked, run.gap);
	return !good;
}

static void test_flushes(uint64_t first, unsigned traces)
{
	unsigned points = 0, wrong = 0;
	int outcome;

	for (uint64_t seed = first; seed < first + traces; seed++) {
		twin(seed, 0, digests);
		for (unsigned nth = 1; (outcome = flush_fails(seed, nth)) >= 0; nth++) {
			points++;
			wrong += outcome > 0;
		}
	}
	OK(points > traces * 3, "%u flushes", points);
	OK(wrong == 0,
		"every flush fails: nothing is acknowledged from then on, nothing is lost (%u "
		"wrong)",
		wrong);
}

/* ---- the disk is full ---- */

struct full {
	unsigned refusals, wrong;
	uint64_t skipped;
};

static bool frees(struct kv *kv)
{
	struct kv_write *w = kv_write_new(kv);

	kv_write_frees(w);
	kv_del(w, 77, S("nothing"));
	return kv_commit_now(kv, w) == ERR_OK;
}

/* One write set at a time; one that is refused is left out and the next ones are taken. */
static bool full_run(struct kv *kv, struct full *f)
{
	bool reads = true;

	for (unsigned n = 1; n <= commits_of(run.seed); n++) {
		struct book before = run.book;
		enum err e = kv_commit_now(kv, commit_n(&run, kv, n));
		struct buf v;

		if (e == ERR_OK)
			continue;
		if (e != ERR_DISKFULL)
			return false;
		run.book = before;
		f->refusals++;
		f->skipped |= (uint64_t)1 << n;
		buf_init(&v, 100);
		reads = reads && (n == 1 || f->skipped == ((uint64_t)2 << n) - 2 ||
					 value_of(kv, 9, "n", &v));
		buf_done(&v);
		reads = reads && frees(kv);
	}
	return reads;
}

static int write_is_full(uint64_t seed, unsigned nth, struct full *f)
{
	struct kv_options options = options_of(seed, base);
	struct kv_stats stats;
	struct kv *kv;
	bool good;
	unsigned n = commits_of(seed);

	*f = (struct full){ 0 };
	options.on_fatal = on_fatal;
	run_begin(seed);
	folder_clear(base);
	kv = opened(&options);
	if (kv == NULL)
		return 1;
	kv_fault_inject(kv, KV_FAULT_WRITE_ENOSPC, nth);
	good = full_run(kv, f);
	kv_stats(kv, &stats);
	good = good && !stats.disk_full && fatals == 0; /* there is room, and it knows */
	kv_close(kv);
	twin(seed, f->skipped, digests);
	good = sound(base, n, n, true) && good;
	if (!good)
		printf("# trace %llu write %u: full; refused %u, fatal %u\n",
			(unsigned long long)seed, nth, f->refusals, fatals);
	return !good;
}

static void test_full(uint64_t first, unsigned traces)
{
	unsigned points = 0, refusals = 0, wrong = 0;

	for (uint64_t seed = first; seed < first + traces; seed++) {
		struct full f;

		for (unsigned nth = 1; nth <= commits_of(seed) + 4; nth++) {
			wrong += write_is_full(seed, nth, &f) != 0;
			refusals += f.refusals;
			points++;
		}
	}
	OK(points > traces * 5 && refusals > traces, "%u writes into a full disk, %u refused",
		points, refusals);
	OK(wrong == 0,
		"reading and freeing go on, the refused is not there, the next is taken (%u wrong)",
		wrong);
}

static unsigned from_env(const char *name, unsigned standard)
{
	const char *text = getenv(name);
	uint64_t n = standard;

	if (text != NULL)
		must(str_u64(str_from_c(text), 1000000, &n));
	return (unsigned)n;
}

int main(void)
{
	unsigned traces = from_env("TRACES", TRACES), first = from_env("TRACE", 1);

	folder_new(base);
	folder_new(work);
	test_stops(first, traces);
	test_flushes(first, traces / 4 + 1);
	test_full(first, traces / 4 + 1);
	folder_remove(base);
	folder_remove(work);
	return tap_done();
}
