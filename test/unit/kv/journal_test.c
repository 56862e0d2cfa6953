/* The journal driver's files: what is cut, damaged, missing, old or full is found or does no harm.
 */
#include "common.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kv/index.h"
#include "kv/segment.h"

#define COMMITS 60

static char base[64], work[64];

static struct kv_options options = { .segment_octets = 6000, .reserve_octets = 4096 };

static enum err open_at(const char *folder, bool rebuild, struct kv **ret, struct kv_opened *opened)
{
	struct kv_options o = options;

	o.folder = folder;
	o.rebuild_index = rebuild;
	*ret = NULL;
	return kv_open_journal(&o, ret, opened);
}

static uint64_t digests[COMMITS + 1];
static uint64_t
	ends[COMMITS + 1]; /* octets of journal after commit n; the same for all of a group */

/* Commit n: a key of its own, the key "n", every third a blob, every fifth deletes one. */
static struct kv_write *commit_n(struct kv *kv, unsigned n)
{
	struct kv_write *w = kv_write_new(kv);
	char key[16], value[120];

	snprintf(key, sizeof(key), "key%u", n);
	memset(value, 'a' + (int)(n % 26), sizeof(value));
	kv_put(w, 1, c_str(key), str_make(value, 20 + n));
	if (n % 3 == 0)
		kv_blob_add(w, str_make(value, 100), 1);
	if (n % 5 == 0) {
		snprintf(key, sizeof(key), "key%u", n - 3);
		kv_del(w, 1, c_str(key));
	}
	snprintf(value, sizeof(value), "%u", n);
	kv_put(w, 2, S("n"), c_str(value));
	return w;
}

static uint64_t octets_of(struct kv *kv)
{
	struct kv_stats stats;

	kv_stats(kv, &stats);
	return stats.journal_octets;
}

static unsigned n_of(struct kv *kv)
{
	struct buf v;
	uint64_t n = 0;

	buf_init(&v, 20);
	if (value_of(kv, 2, "n", &v) && !str_u64(buf_str(&v), COMMITS, &n))
		n = COMMITS + 1;
	buf_done(&v);
	return (unsigned)n;
}

static void make_base(size_t segment_octets)
{
	struct kv *kv;
	struct kv_opened opened;

	options.segment_octets = segment_octets;
	folder_clear(base);
	if (open_at(base, false, &kv, &opened) != ERR_OK)
		abort();
	digests[0] = digest_of(kv);
	ends[0] = octets_of(kv);
	for (unsigned n = 1; n <= COMMITS; n++) {
		if (kv_commit_now(kv, commit_n(kv, n)) != ERR_OK)
			abort();
		digests[n] = digest_of(kv);
		ends[n] = octets_of(kv);
	}
	kv_close(kv);
}

static void cut(const char *folder, uint32_t number, uint64_t octets)
{
	char name[32], path[200];

	segment_name(number, name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (truncate(path, (off_t)octets) != 0)
		abort();
}

static void drop(const char *folder, const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static void change(const char *folder, uint32_t number, uint64_t at, const void *octets, size_t len)
{
	char name[32], path[200];
	int fd;

	segment_name(number, name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || pwrite(fd, octets, len, (off_t)at) != (ssize_t)len)
		abort();
	close(fd);
}

static uint64_t size_of(const char *folder, uint32_t number)
{
	char name[32], path[200];
	struct stat st;

	segment_name(number, name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void flip(const char *folder, uint32_t number, uint64_t at, unsigned bit)
{
	char name[32], path[200], c;
	int fd;

	segment_name(number, name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDWR);
	if (fd < 0 || pread(fd, &c, 1, (off_t)at) != 1)
		abort();
	c ^= (char)(1 << bit);
	if (pwrite(fd, &c, 1, (off_t)at) != 1)
		abort();
	close(fd);
}

/* ---- every prefix opens, and holds exactly the commits that end in it ---- */

static void test_prefixes(void)
{
	unsigned bad = 0, opens = 0;
	uint64_t all;

	make_base(1 << 20);
	all = ends[COMMITS];
	drop(base, "index");
	for (uint64_t octets = 0; octets <= all;
		octets += octets < 400 || octets > all - 300 ? 1 : 17) {
		struct kv *kv = NULL;
		struct kv_opened opened;
		unsigned n = 0;
		enum err e;

		folder_copy(base, work);
		cut(work, 1, octets);
		while (n < COMMITS && ends[n + 1] <= octets)
			n++;
		e = open_at(work, false, &kv, &opened);
		opens++;
		if (e != ERR_OK || digest_of(kv) != digests[n] || n_of(kv) != n) {
			bad++;
			continue;
		}
		/* It goes on, and opens once more. */
		bad += put_now(kv, 9, "more", "x") != ERR_OK;
		kv_close(kv);
		bad += open_at(work, false, &kv, &opened) != ERR_OK ||
		       opened.tail_octets_dropped != 0;
		kv_close(kv);
	}
	OK(bad == 0, "each of %u prefixes holds what it should (%u do not)", opens, bad);
}

/* Rubbish of every kind behind the last good record is an unfinished tail. */
static void test_rubbish(void)
{
	static char rubbish[5000];
	uint64_t state = 3;
	unsigned bad = 0;

	for (unsigned i = 0; i < 40; i++) {
		struct kv *kv = NULL;
		struct kv_opened opened;
		size_t octets = 1 + random_next(&state) % sizeof(rubbish);

		for (size_t k = 0; k < octets; k++)
			rubbish[k] = i % 2 == 0 ? 0 : (char)random_next(&state);
		if (i % 4 == 3)
			memcpy(rubbish, "Brsr", octets < 4 ? octets : 4);
		folder_copy(base, work);
		change(work, 1, ends[COMMITS], rubbish, octets);
		bad += open_at(work, false, &kv, &opened) != ERR_OK ||
		       opened.tail_octets_dropped != octets || digest_of(kv) != digests[COMMITS];
		kv_close(kv);
	}
	OK(bad == 0, "rubbish at the end is dropped");
}

/* ---- one bit wrong, anywhere ---- */

/* Without an index: either damage is reported, or the tail is dropped and what is left is some
 * earlier state. */
static bool flip_without_index(uint32_t number, uint64_t at, unsigned bit, bool *ret_found)
{
	struct kv *kv = NULL;
	struct kv_opened opened;
	enum err e;
	bool good;

	folder_copy(base, work);
	drop(work, "index");
	flip(work, number, at, bit);
	e = open_at(work, false, &kv, &opened);
	*ret_found = e == ERR_CORRUPT;
	if (e == ERR_CORRUPT)
		return opened.damage.what != NULL;
	if (e != ERR_OK)
		return false;
	good = n_of(kv) <= COMMITS && digest_of(kv) == digests[n_of(kv)];
	/* Only the very last record can be mistaken for an unfinished one. */
	good = good && n_of(kv) >= COMMITS - 1 && opened.tail_octets_dropped > 0;
	kv_close(kv);
	return good;
}

/* With the index: the keys are right, verifying finds it, blobs are right or refused. */
static bool flip_with_index(uint32_t number, uint64_t at, unsigned bit)
{
	struct kv *kv = NULL;
	struct kv_opened opened;
	struct kv_blob_row rows[COMMITS];
	uint64_t digest = 0;
	enum err e;
	bool good;

	folder_copy(base, work);
	flip(work, number, at, bit);
	e = open_at(work, false, &kv, &opened);
	if (e != ERR_OK)
		return e == ERR_CORRUPT && opened.damage.what != NULL;
	good = n_of(kv) == COMMITS && kv_verify(kv, NULL, NULL) == ERR_CORRUPT;
	good = good && kv_blobs(kv, 0, rows, COMMITS) == COMMITS / 3;
	e = kv_digest(kv, &digest);
	good = good && (e == ERR_CORRUPT || (e == ERR_OK && digest == digests[COMMITS]));
	kv_close(kv);
	return good;
}

static void test_flips(void)
{
	uint64_t state = 77;
	unsigned bad = 0, found = 0, trials = 300;
	uint32_t segments = 0;

	make_base(2500);
	while (size_of(base, segments + 1) > 0)
		segments++;
	OK(segments >= 3, "several segments: %u", segments);
	for (unsigned i = 0; i < trials; i++) {
		uint32_t number = 1 + (uint32_t)(random_next(&state) % segments);
		uint64_t at = random_next(&state) % size_of(base, number);
		unsigned bit = (unsigned)(random_next(&state) % 8);
		bool is_found = false;

		if (!flip_without_index(number, at, bit, &is_found) ||
			!flip_with_index(number, at, bit)) {
			printf("# segment %u at %llu bit %u\n", number, (unsigned long long)at,
				bit);
			bad++;
		}
		found += is_found;
	}
	OK(bad == 0, "%u flipped bits: none gives wrong contents", trials);
	OK(found > trials * 3 / 4, "and %u are reported as damage", found);
}

/* ---- groups ---- */

struct acks {
	unsigned good, bad;
};

static void ack(void *arg, enum err e)
{
	struct acks *acks = arg;

	if (e == ERR_OK)
		acks->good++;
	else
		acks->bad++;
}

static size_t heads_at(
	const char *folder, uint32_t number, uint64_t *ret_at, uint32_t *ret_place, size_t max)
{
	struct segment_reader r;
	struct segment_record record;
	struct segment_head head;
	char name[32], path[200], octets[SEGMENT_HEAD_OCTETS];
	size_t n = 0;
	int fd;

	segment_name(number, name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, octets, sizeof(octets), 0) != (ssize_t)sizeof(octets) ||
		segment_head_decode(str_make(octets, sizeof(octets)), &head) != ERR_OK)
		abort();
	segment_reader_init(&r, fd, number, segment_seed(head.id));
	while (n < max && segment_next(&r, &record) == ERR_OK) {
		ret_at[n] = record.at;
		ret_place[n++] = record.head.place;
	}
	segment_reader_done(&r);
	close(fd);
	return n;
}

/*
 * A hole in the last group, though later records of it are whole, is how a power cut looks:
 * dropped. The same in an earlier group means that flushed octets are gone: damage.
 */
static void test_groups(void)
{
	static const char hole[60];
	struct acks acks = { 0 };
	uint64_t at[200];
	uint32_t place[200];
	struct kv *kv = NULL;
	struct kv_opened opened;
	size_t n, last;

	options.segment_octets = 1 << 20;
	folder_clear(base);
	OK(open_at(base, false, &kv, &opened) == ERR_OK, "open");
	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < 30; i++)
			kv_commit(kv, commit_n(kv, 1 + i), ack, &acks);
		OK(kv_commit_now(kv, kv_write_new(kv)) == ERR_OK, "commit");
	}
	kv_close(kv);
	IS_NUM(acks.good, 150);
	n = heads_at(base, 1, at, place, 200);
	for (last = n - 1; last > 0 && place[last] != 1; last--)
		;
	OK(last > 1 && last + 1 < n && place[last + 1] == 2, "groups were formed");
	folder_copy(base, work);
	drop(work, "index");
	change(work, 1, at[last], hole, sizeof(hole));
	for (size_t i = n; i > 0 && place[i - 1] != 2; i--)
		cut(work, 1, at[i - 1]); /* nothing behind the group that has the hole */
	OK(open_at(work, false, &kv, &opened) == ERR_OK &&
			opened.tail_octets_dropped > sizeof(hole),
		"a hole in the last group is an unfinished group");
	IS_NUM(opened.records_replayed, last);
	kv_close(kv);
	for (last = 1; place[last] != 1; last++)
		;
	folder_copy(base, work);
	drop(work, "index");
	change(work, 1, at[last], hole, sizeof(hole));
	OK(open_at(work, false, &kv, &opened) == ERR_CORRUPT, "a hole in an earlier one is damage");
	OK(opened.damage.segment == 1 && opened.damage.offset == at[last], "and the place is told");
}

/* ---- files missing, old, foreign ---- */

/* Who was killed may hold the lock until the system has taken its memory apart. */
static void test_late_lock(void)
{
	struct kv_options o = { .folder = base, .lock_ms = 30 };
	struct kv_opened opened;
	struct kv *kv = NULL;
	int ready[2], go[2];
	char octet = 0;
	pid_t holder;

	must(pipe(ready) == 0 && pipe(go) == 0);
	holder = fork();
	if (holder == 0) {
		struct timespec pause = { .tv_nsec = 50000000 };
		char path[128];
		int fd;

		snprintf(path, sizeof(path), "%s/lock", base);
		fd = open(path, O_RDWR);
		must(fd >= 0 && flock(fd, LOCK_EX) == 0 && write(ready[1], "x", 1) == 1 && read(go[0], &octet, 1) == 1);
		nanosleep(&pause, NULL);
		_exit(0);
	}
	must(read(ready[0], &octet, 1) == 1);
	OK(kv_open_journal(&o, &kv, &opened) == ERR_INUSE, "held for longer than is waited");
	must(write(go[1], "x", 1) == 1);
	o.lock_ms = 60000;
	OK(kv_open_journal(&o, &kv, &opened) == ERR_OK, "let go while it is waited");
	kv_close(kv);
	must(waitpid(holder, NULL, 0) == holder);
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(go[i]);
	}
}

static void test_files(void)
{
	struct kv *kv = NULL, *second = NULL;
	struct kv_opened opened;
	char old[64];

	make_base(2500);
	OK(open_at(base, false, &kv, &opened) == ERR_OK && !opened.index_rebuilt,
		"a clean opening");
	IS_NUM(opened.records_replayed, 0);
	OK(open_at(base, false, &second, &opened) == ERR_INUSE, "one at a time");
	kv_close(kv);
	test_late_lock();

	folder_copy(base, work);
	drop(work, "index");
	OK(open_at(work, false, &kv, &opened) == ERR_OK && opened.index_rebuilt,
		"no index: rebuilt");
	IS_STR(c_str(opened.why_rebuilt), S("missing"));
	OK(digest_of(kv) == digests[COMMITS] && kv_verify(kv, NULL, NULL) == ERR_OK,
		"it is the same");
	kv_close(kv);
	OK(open_at(work, true, &kv, &opened) == ERR_OK && opened.index_rebuilt,
		"rebuilt on request");
	OK(digest_of(kv) == digests[COMMITS], "it is the same again");
	kv_close(kv);

	folder_copy(base, work);
	drop(work, "journal-0000000002");
	OK(open_at(work, false, &kv, &opened) == ERR_CORRUPT && opened.damage.segment == 2,
		"a segment is missing");
	drop(work, "index");
	OK(open_at(work, false, &kv, &opened) == ERR_CORRUPT && opened.damage.what != NULL,
		"a segment is missing, the index, too");
	folder_copy(base, work);
	drop(work, "index");
	drop(work, "journal-0000000001");
	OK(open_at(work, false, &kv, &opened) == ERR_CORRUPT && opened.damage.segment == 1,
		"the first segment is missing");
	folder_copy(base, work);
	cut(work, 2, size_of(work, 2) - 1);
	OK(open_at(work, false, &kv, &opened) == ERR_CORRUPT && opened.damage.segment == 2,
		"a closed segment is shorter");

	/* The index has seen more than there is: what was safe is gone, and that is not passed
	 * over. */
	folder_copy(base, work);
	cut(work, 1, 500);
	drop(work, "journal-0000000002");
	for (uint32_t i = 3; size_of(work, i) > 0; i++) {
		char name[32];

		segment_name(i, name);
		drop(work, name);
	}
	OK(open_at(work, false, &kv, &opened) == ERR_CORRUPT, "the journal ends before its index");

	/* An index of long ago catches up. */
	folder_new(old);
	folder_clear(base);
	options.segment_octets = 2500;
	OK(open_at(base, false, &kv, &opened) == ERR_OK, "from the start");
	kv_close(kv);
	folder_copy(base, old);
	OK(open_at(base, false, &kv, &opened) == ERR_OK, "and on");
	for (unsigned n = 1; n <= COMMITS; n++)
		OK(kv_commit_now(kv, commit_n(kv, n)) == ERR_OK, "commit %u", n);
	kv_close(kv);
	folder_copy(base, work);
	{
		char from[200], to[200];

		snprintf(from, sizeof(from), "%s/index", old);
		snprintf(to, sizeof(to), "%s/index", work);
		file_copy(from, to, SIZE_MAX);
	}
	OK(open_at(work, false, &kv, &opened) == ERR_OK && opened.records_replayed >= COMMITS &&
			!opened.index_rebuilt && digest_of(kv) == digests[COMMITS],
		"an old index catches up");
	kv_close(kv);

	/* An index of another store is not believed. */
	folder_clear(old);
	OK(open_at(old, false, &kv, &opened) == ERR_OK, "another store");
	kv_close(kv);
	{
		char from[200], to[200];

		snprintf(from, sizeof(from), "%s/index", old);
		snprintf(to, sizeof(to), "%s/index", work);
		file_copy(from, to, SIZE_MAX);
	}
	OK(open_at(work, false, &kv, &opened) == ERR_OK && opened.index_rebuilt &&
			digest_of(kv) == digests[COMMITS],
		"an index of another store is rebuilt");
	kv_close(kv);
	folder_remove(old);
}

/* ---- the n-th call fails ---- */

struct one {
	unsigned number;
	enum err outcome;
	bool told;
};

static void one_done(void *arg, enum err e)
{
	struct one *one = arg;

	one->outcome = e;
	one->told = true;
}

static unsigned fatals;

static void on_fatal(void *arg, const char *what)
{
	fatals++;
}

/* Keys "f<n>" are there for all acknowledged, absent for all refused for room; ERR_IO may be
 * either. */
static unsigned wrong_after(const char *folder, const struct one *ones, size_t n, bool rebuild)
{
	struct kv *kv = NULL;
	struct kv_opened opened;
	unsigned wrong = 0;
	struct buf v;

	if (open_at(folder, rebuild, &kv, &opened) != ERR_OK)
		return 1000;
	buf_init(&v, 200);
	for (size_t i = 0; i < n; i++) {
		char key[16];
		bool is;

		snprintf(key, sizeof(key), "f%u", ones[i].number);
		is = value_of(kv, 3, key, &v);
		wrong += !ones[i].told;
		wrong += ones[i].outcome == ERR_OK && !is;
		wrong += ones[i].outcome == ERR_DISKFULL && is;
	}
	wrong += kv_verify(kv, NULL, NULL) != ERR_OK;
	buf_done(&v);
	kv_close(kv);
	return wrong;
}

static unsigned fault_round(enum kv_fault fault, unsigned nth)
{
	static struct one ones[24];
	struct kv *kv = NULL;
	struct kv_opened opened;
	unsigned wrong;

	folder_clear(work);
	if (open_at(work, false, &kv, &opened) != ERR_OK)
		return 1000;
	kv_fault_inject(kv, fault, nth);
	for (unsigned i = 0; i < 24; i++) {
		struct kv_write *w = kv_write_new(kv);
		char key[16];

		ones[i] = (struct one){ .number = i };
		snprintf(key, sizeof(key), "f%u", i);
		kv_put(w, 3, c_str(key), S("some value of some length, so that segments fill up"));
		kv_blob_add(w, S("and a blob beside it"), 1);
		kv_commit(kv, w, one_done, &ones[i]);
		if (i % 4 != 3)
			continue;
		w = kv_write_new(kv);
		kv_write_frees(w);
		kv_del(w, 3, S("nothing"));
		if (kv_commit_now(kv, w) == ERR_DISKFULL)
			printf("# what frees was refused\n");
	}
	kv_close(kv);
	wrong = wrong_after(work, ones, 24, false);
	return wrong + wrong_after(work, ones, 24, true);
}

static void test_faults(void)
{
	static const struct {
		enum kv_fault fault;
		const char *name;
		bool fatal;
	} kinds[] = {
		{ KV_FAULT_WRITE_EIO, "write EIO", true },
		{ KV_FAULT_WRITE_SHORT, "short write", false },
		{ KV_FAULT_WRITE_ENOSPC, "write ENOSPC", false },
		{ KV_FAULT_FLUSH_EIO, "flush EIO", true },
	};

	options.segment_octets = 900;
	options.on_fatal = on_fatal;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (unsigned nth = 1; nth <= 14; nth++) {
			unsigned wrong;

			fatals = 0;
			wrong = fault_round(kinds[k].fault, nth);
			OK(wrong == 0, "%s %u: nothing acknowledged is lost (%u)", kinds[k].name,
				nth, wrong);
			OK(kinds[k].fatal ? fatals <= 1 : fatals == 0, "%s %u: fatal %u",
				kinds[k].name, nth, fatals);
			OK(!kinds[k].fatal || nth > 6 || fatals == 1, "%s %u: ends the role",
				kinds[k].name, nth);
		}
	}
	options.on_fatal = NULL;
}

/* Full by the file system's own account: refused, deleting still goes. */
static void test_full(void)
{
	struct kv *kv = NULL;
	struct kv_opened opened;
	struct kv_stats stats;
	struct kv_write *w;

	folder_clear(work);
	options.reserve_octets = (size_t)1 << 60;
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "opens without room for the reserve");
	OK(put_now(kv, 1, "a", "b") == ERR_DISKFULL, "refuses");
	w = kv_write_new(kv);
	kv_write_frees(w);
	kv_put(w, 1, S("c"), S("d"));
	OK(kv_commit_now(kv, w) == ERR_OK, "takes what frees");
	kv_stats(kv, &stats);
	OK(stats.disk_full && stats.keys == 1, "and says so");
	kv_close(kv);
	options.reserve_octets = 4096;
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "opens");
	OK(put_now(kv, 1, "a", "b") == ERR_OK, "takes when there is room");
	kv_fault_inject(kv, KV_FAULT_WRITE_ENOSPC, 1);
	OK(put_now(kv, 1, "e", "f") == ERR_DISKFULL, "no room again");
	OK(put_now(kv, 1, "e", "f") == ERR_OK, "and recovers by itself");
	kv_close(kv);
}

/* ---- scrub, dictionary ---- */

static void test_scrub(void)
{
	struct kv *kv = NULL;
	struct kv_opened opened;
	unsigned calls = 0, found = 0;
	bool round = false;

	make_base(2500);
	folder_copy(base, work);
	flip(work, 2, size_of(work, 2) / 2, 3);
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "open");
	while (!round && calls++ < 100)
		found += kv_scrub(kv, 500, &round, NULL, NULL) == ERR_CORRUPT;
	OK(round && calls > 5 && found == 1, "one pass finds it once (%u, %u)", calls, found);
	round = false;
	OK(kv_scrub(kv, 500, &round, NULL, NULL) == ERR_OK && !round, "and begins again");
	kv_close(kv);
}

static void blob_text(struct buf *b, unsigned n)
{
	buf_clear(b);
	buf_printf(b,
		"Received: from host%u.example.org by mx.example.net with ESMTPS id %u\r\n"
		"From: Sender %u <sender%u@example.org>\r\nTo: somebody@example.net\r\n"
		"Subject: a message like many others, number %u\r\n\r\nIts body says %u.\r\n",
		n % 7, n * 7919, n, n % 50, n, n * 31);
}

static void test_dictionary(void)
{
	struct kv *kv = NULL;
	struct kv_opened opened;
	struct kv_stats before, after;
	struct buf text, out;
	uint64_t digest;
	unsigned wrong = 0;

	buf_init(&text, 1000);
	buf_init(&out, 1000);
	folder_clear(work);
	options.compress = true;
	options.segment_octets = 0;
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "open");
	for (unsigned n = 0; n < 4400; n++) {
		struct kv_write *w = kv_write_new(kv);

		blob_text(&text, n);
		kv_blob_add(w, buf_str(&text), 1);
		if (kv_commit_now(kv, w) != ERR_OK)
			abort();
		if (n == 1999)
			usleep(900000); /* the training goes on beside */
		if (n == 1000)
			kv_stats(kv, &before);
	}
	kv_stats(kv, &after);
	OK((after.journal_octets - before.journal_octets) / 3400 <
			before.journal_octets / 1000 * 4 / 5,
		"smaller with a dictionary: %llu then %llu a blob",
		(unsigned long long)before.journal_octets / 1000,
		(unsigned long long)(after.journal_octets - before.journal_octets) / 3400);
	digest = digest_of(kv);
	kv_close(kv);
	options.compress = false;
	OK(open_at(work, true, &kv, &opened) == ERR_OK, "rebuilt, without compressing");
	OK(digest != 0 && digest_of(kv) == digest, "the same contents");
	for (unsigned n = 0; n < 4400; n += 37) {
		blob_text(&text, n);
		buf_clear(&out);
		wrong += kv_blob_read(kv, 1 + n, 0, 1000, &out) != ERR_OK ||
			 !str_eq(buf_str(&text), buf_str(&out));
	}
	IS_NUM(wrong, 0);
	kv_close(kv);
	buf_done(&text);
	buf_done(&out);
}

/* The index as it is before the journal's first record: a power cut may leave it so, with the journal beside it. */
static void set_index_back(const char *folder)
{
	char path[100];
	struct index x;
	struct index_position position;

	snprintf(path, sizeof(path), "%s/index", folder);
	if (index_open(path, &x) != ERR_OK || index_begin(&x) != ERR_OK || index_position(&x, x.txn, &position) != ERR_OK)
		abort();
	position.segment = 0;
	position.offset = position.epoch = position.seq = 0;
	if (index_commit(&x, &position) != ERR_OK)
		abort();
	index_close(&x);
}

static void test_first_index(void)
{
	struct kv_opened opened;
	struct kv *kv;

	folder_clear(work);
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "a new journal");
	OK(kv_commit_now(kv, commit_n(kv, 1)) == ERR_OK, "with a record");
	kv_close(kv);
	set_index_back(work);
	OK(open_at(work, false, &kv, &opened) == ERR_OK && opened.index_rebuilt, "an index from before the first record is made anew");
	OK(kv != NULL && n_of(kv) == 1, "the record is there");
	kv_close(kv);
	folder_clear(work);
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "a new journal again");
	kv_close(kv);
	set_index_back(work);
	drop(work, "journal-0000000001");
	OK(open_at(work, false, &kv, &opened) == ERR_OK, "an index without any journal is made anew, too");
	kv_close(kv);
}

int main(void)
{
	folder_new(base);
	folder_new(work);
	test_prefixes();
	test_rubbish();
	test_flips();
	test_groups();
	test_files();
	test_first_index();
	test_faults();
	test_full();
	test_scrub();
	test_dictionary();
	folder_remove(base);
	folder_remove(work);
	return tap_done();
}
