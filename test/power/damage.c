/*
 * Damages the files of a store or a directory at random and looks what the engine and the mail logic make of it.
 *
 *   power_damage store|kv FOLDER ROUNDS SEED
 *
 * FOLDER holds a sound engine's folder that no server has open; it is not changed. A round copies it, damages one of its
 * files (a bit, an octet, a stretch, a page, two blocks exchanged, a block from another file, the end cut off or made
 * longer, the file gone), opens the copy in a process of its own, reads everything, checks everything, and does so again
 * with the index thrown away. Each message, or with "kv" each row, must be as it was, or an error, or be missing while
 * the damage is reported; whatever cannot be read must be named by the check. No process may die.
 *
 * Prints a line for each bad round, and one of JSON with the counts. "died and mended": the damaged index ended the
 * process, as it would end the role; opened with a new index, all was there. "hung": a damaged index led LMDB round in a
 * circle; opened with a new index, all was there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "kv/kv.h"
#include "store/store.h"

#define FILES_MAX  64
#define SECONDS    15u /* for one round; more is a hang */
#define STORE_OPEN 4096u

/* ---- what must be there ---- */

struct known { /* a message, or a row of the engine */
	uint64_t mailbox, hash;
	uint32_t folder, uid, flags;
	enum { READ, FAILED, MISSING, WRONG } now;
	bool named;
};

struct look {
	bool mail;
	const char *folder;
	struct kv *kv;
	struct store *store;
	struct known *known;
	size_t count, held;
	size_t reports; /* of damage, whatever it was */
	bool learn;     /* the first look: what is there is right */
	bool told;      /* it did not open: whoever makes a new index then has been told that something is lost */
	size_t strange; /* not known */
};

struct outcome { /* shared with the child */
	unsigned opened, refused, failed, missing, wrong, strange, unnamed, silent, reports;
	char said[160];
};

static struct outcome *outcome;

static uint64_t hash_of(struct str s, uint64_t hash)
{
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.at[i]) * 0x100000001b3u;
	return hash;
}

static struct known *known_find(struct look *l, uint64_t mailbox, uint32_t folder, uint32_t uid)
{
	for (size_t i = 0; i < l->count; i++) {
		struct known *k = &l->known[i];

		if (k->mailbox == mailbox && k->folder == folder && k->uid == uid)
			return k;
	}
	return NULL;
}

static void known_see(struct look *l, const struct known *seen)
{
	struct known *k = known_find(l, seen->mailbox, seen->folder, seen->uid);

	if (l->learn) {
		if (l->count == l->held) {
			l->held = l->held ? l->held * 2 : 256;
			l->known = mem_resize(l->known, l->held * sizeof(*l->known));
		}
		l->known[l->count++] = *seen;
		return;
	}
	if (k == NULL) {
		l->strange += !l->told;
		return;
	}
	k->now = seen->now;
	if (seen->now == READ && (k->hash != seen->hash || k->flags != seen->flags) && !l->told)
		k->now = WRONG;
	if (seen->now == READ && l->mail && k->hash != seen->hash)
		k->now = WRONG;
}

/* ---- looking at mail ---- */

static int64_t now_ms(void *arg)
{
	return 1800000000000;
}

static void soon(void *arg)
{
}

static void see_folder(struct look *l, struct mailbox *m, uint32_t folder)
{
	struct view_options options = { .folder = folder, .read_only = true };
	struct folder_view *v = NULL;
	struct buf octets;

	if (view_open(m, &options, &v) != ERR_OK) {
		l->reports++;
		return;
	}
	buf_init(&octets, 1 << 26);
	for (uint32_t seq = 1; seq <= view_count(v); seq++) {
		const struct item *it = view_item(v, seq);
		struct known seen = { .mailbox = mailbox_id(m), .folder = folder, .uid = it->uid, .flags = it->flags };

		buf_clear(&octets);
		if (message_read(m, it, 0, UINT64_MAX, &octets) != ERR_OK)
			seen.now = FAILED;
		else
			seen.hash = hash_of(buf_str(&octets), it->octets);
		known_see(l, &seen);
	}
	buf_done(&octets);
	view_close(v);
}

static void see_mailbox(struct look *l, uint64_t id)
{
	static const struct mailbox_limits none;
	struct mailbox *m = NULL;
	struct folder_info info;
	uint32_t folders[200];
	size_t at = 0, n = 0;

	if (!store_mailbox_exists(l->store, id) || store_mailbox_open(l->store, id, &none, &m) != ERR_OK) {
		l->reports++;
		return;
	}
	while (n < 200 && folder_next(m, &at, &info))
		if (!info.noselect && info.id != 0)
			folders[n++] = info.id;
	for (size_t i = 0; i < n; i++)
		see_folder(l, m, folders[i]);
	mailbox_unref(m);
}

static void on_store_problem(void *arg, const struct store_problem *p)
{
	struct look *l = arg;
	struct known *k = known_find(l, p->mailbox, p->folder, p->uid);

	l->reports++;
	if (k != NULL)
		k->named = true;
}

static void on_kv_problem(void *arg, const struct kv_problem *p)
{
	struct look *l = arg;

	l->reports++;
	if (outcome->said[0] == '\0')
		snprintf(outcome->said, sizeof(outcome->said), "%.150s", p->what);
}

static void see_mail(struct look *l)
{
	struct store_options options = { .now_ms = now_ms, .soon = soon, .arg = l };
	struct store_verify_options verify = { .each = on_store_problem, .arg = l, .blobs = true };
	uint64_t id;

	l->store = store_new(l->kv, &options);
	for (uint64_t from = 1; kv_shards(l->kv, from, &id, 1) == 1; from = id + 1)
		see_mailbox(l, id);
	l->reports += store_verify(l->store, &verify) != ERR_OK;
	while (!store_idle(l->store)) {
		store_turn(l->store);
		kv_dispatch(l->kv);
	}
	store_free(l->store);
}

/* ---- looking at rows ---- */

struct rows {
	struct look *look;
	uint64_t shard;
};

static bool on_row(void *arg, struct str key, struct str value)
{
	struct rows *r = arg;
	uint64_t name = hash_of(key, 0xcbf29ce484222325u);
	struct known seen = { .mailbox = r->shard,
		.folder = (uint32_t)(name >> 32),
		.uid = (uint32_t)name,
		.hash = hash_of(value, 0xcbf29ce484222325u) };

	known_see(r->look, &seen);
	return true;
}

static void see_rows(struct look *l)
{
	struct rows r = { .look = l };

	for (uint64_t from = 0; kv_shards(l->kv, from, &r.shard, 1) == 1; from = r.shard + 1)
		l->reports += kv_scan(l->kv, r.shard, STR_NONE, STR_NONE, 0, on_row, &r) != ERR_OK;
}

/* ---- one look at a folder ---- */

static bool look(struct look *l, bool rebuild)
{
	struct kv_options options = { .folder = l->folder, .reserve_octets = 4096, .rebuild_index = rebuild };
	struct kv_opened opened = { 0 };
	enum err e = kv_open_journal(&options, &l->kv, &opened);

	if (e != ERR_OK) {
		snprintf(outcome->said, sizeof(outcome->said), "%s: %.120s", err_name(e), opened.damage.what ? opened.damage.what : "");
		return false;
	}
	l->reports += (opened.index_rebuilt && !rebuild) || opened.tail_octets_dropped > 0;
	if (l->mail)
		see_mail(l);
	else
		see_rows(l);
	l->reports += kv_verify(l->kv, on_kv_problem, l) != ERR_OK;
	kv_close(l->kv);
	return true;
}

/* Compares; what is not in order is counted. */
static void compare(struct look *l)
{
	unsigned missing = 0;

	outcome->strange += (unsigned)l->strange;
	outcome->reports += (unsigned)l->reports;
	for (size_t i = 0; i < l->count; i++) {
		const struct known *k = &l->known[i];

		outcome->failed += k->now == FAILED;
		missing += k->now == MISSING;
		outcome->wrong += k->now == WRONG;
		outcome->unnamed += k->now == FAILED && !k->named;
	}
	outcome->missing += missing;
	outcome->silent += l->reports == 0 && !l->told ? missing : 0;
}

static void look_again(struct look *l, bool rebuild)
{
	l->reports = l->strange = 0;
	for (size_t i = 0; i < l->count; i++) {
		l->known[i].now = MISSING;
		l->known[i].named = false;
	}
	if (look(l, rebuild)) {
		outcome->opened++;
		compare(l);
	} else {
		outcome->refused++;
		l->told = true;
	}
}

/* ---- damage ---- */

struct damage {
	uint64_t random;
	const char *from, *work;
	char names[FILES_MAX][300];
	size_t files;
	char what[200];
	bool index; /* it was the index that was damaged */
};

static uint64_t next(struct damage *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random * 0x2545f4914f6cdd1du >> 16;
}

static char *file_read(const char *folder, const char *name, size_t *ret_len)
{
	char path[700];
	struct stat st;
	char *octets;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0 && fstat(fd, &st) == 0);
	octets = mem_new((size_t)st.st_size + 4096);
	must(read(fd, octets, (size_t)st.st_size) == st.st_size);
	close(fd);
	*ret_len = (size_t)st.st_size;
	return octets;
}

static void file_write(const char *folder, const char *name, const char *octets, size_t len)
{
	char path[700];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, octets, len) == (ssize_t)len);
	close(fd);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void files_list(struct damage *d)
{
	DIR *dir = opendir(d->from);
	struct dirent *e;

	must(dir != NULL);
	while ((e = readdir(dir)) != NULL && d->files < FILES_MAX)
		if (e->d_type == DT_REG)
			snprintf(d->names[d->files++], sizeof(d->names[0]), "%s", e->d_name);
	closedir(dir);
	qsort(d->names, d->files, sizeof(d->names[0]), by_name);
}

static void files_copy(const struct damage *d)
{
	DIR *dir = opendir(d->work);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	for (size_t i = 0; i < d->files; i++) {
		size_t len;
		char *octets = file_read(d->from, d->names[i], &len);

		file_write(d->work, d->names[i], octets, len);
		mem_free(octets);
	}
}

/* Damage of some octets in memory; the new length. */
static size_t octets_damage(struct damage *d, char *octets, size_t len, unsigned kind)
{
	static const size_t blocks[] = { 1, 16, 512, 4096 };
	size_t block = blocks[next(d) % 4], at = len ? next(d) % len : 0, to;

	block = at + block > len ? len - at : block;
	switch (kind) {
	case 0:
		octets[at] = (char)(octets[at] ^ 1 << next(d) % 8);
		break;
	case 1:
		octets[at] = (char)next(d);
		break;
	case 2:
		memset(octets + at, next(d) % 2 ? 0 : 0xff, block);
		break;
	case 3:
		for (size_t i = 0; i < block; i++)
			octets[at + i] = (char)next(d);
		break;
	case 4: /* two blocks exchanged; pages if there are some */
		block = len >= 8192 && next(d) % 2 ? 4096 : len / 4 < 512 ? len / 4 : 512;
		at = block ? next(d) % (len / block) * block : 0;
		to = block ? next(d) % (len / block) * block : 0;
		for (size_t i = 0; i < block; i++) {
			char c = octets[at + i];

			octets[at + i] = octets[to + i];
			octets[to + i] = c;
		}
		break;
	case 5:
		return at;
	default:
		for (size_t i = 0; i < block; i++)
			octets[len + i] = (char)next(d);
		return len + block;
	}
	return len;
}

static void block_from(struct damage *d, char *octets, size_t len, const char *name)
{
	size_t other_len, block, at, from;
	char *other = file_read(d->from, name, &other_len);

	block = len < other_len ? len : other_len;
	block = block > 4096 ? 4096 : block / 2;
	if (block > 0) {
		at = next(d) % (len - block + 1) / 512 * 512;
		from = next(d) % (other_len - block + 1) / 512 * 512;
		memcpy(octets + at, other + from, block);
	}
	mem_free(other);
}

static void damage_one(struct damage *d)
{
	static const char *const kinds[] = { "bit", "octet", "stretch", "rubbish", "exchange", "cut", "longer", "block of", "gone" };
	unsigned kind = (unsigned)(next(d) % 8);
	const char *name = d->names[next(d) % d->files], *other = d->names[next(d) % d->files];
	size_t len;
	char *octets;

	if (kind == 7 && next(d) % 4 == 0)
		kind = 8;
	octets = file_read(d->work, name, &len);
	snprintf(d->what, sizeof(d->what), "%.60s: %s %.60s", name, kinds[kind], kind == 7 ? other : "");
	d->index = strcmp(name, "index") == 0;
	if (kind == 8) {
		char path[700];

		snprintf(path, sizeof(path), "%s/%s", d->work, name);
		unlink(path);
	} else if (kind == 7) {
		block_from(d, octets, len, other);
		file_write(d->work, name, octets, len);
	} else {
		len = octets_damage(d, octets, len, kind);
		file_write(d->work, name, octets, len);
	}
	mem_free(octets);
}

/* ---- rounds ---- */

struct totals {
	unsigned rounds, refused, reported, harmless, mended, died, hung, wrong, silent, unnamed;
};

/* The status of a child that looks; it has some seconds. */
static int child_look(struct look *l, bool first, bool rebuild)
{
	pid_t pid;
	int status = 0;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(SECONDS);
		if (first)
			look_again(l, false);
		if (rebuild)
			look_again(l, true);
		fflush(stdout);
		_exit(0);
	}
	must(pid > 0);
	while (waitpid(pid, &status, 0) < 0)
		must(errno == EINTR);
	return status;
}

static void tell(const struct damage *d, uint64_t round, const char *what)
{
	printf("round %" PRIu64 ": %s: %s; read errors %u, missing %u, wrong %u, strange %u, unnamed %u; %s\n", round, d->what, what,
		outcome->failed, outcome->missing, outcome->wrong, outcome->strange, outcome->unnamed, outcome->said);
}

static void count(struct totals *t, const struct damage *d, uint64_t round)
{
	if (outcome->wrong + outcome->strange > 0) {
		t->wrong++;
		tell(d, round, "wrong content");
	} else if (outcome->silent > 0) {
		t->silent++;
		tell(d, round, "missing, and nobody says so");
	} else if (outcome->unnamed > 0 && !d->index) { /* a damaged index is made anew, and no message is lost */
		t->unnamed++;
		tell(d, round, "not named by the check");
	} else if (outcome->refused > 0) {
		t->refused++;
	} else if (outcome->reports > 0) {
		t->reported++;
	} else {
		t->harmless++;
	}
}

static void round_run(struct look *l, struct damage *d, struct totals *t, uint64_t round)
{
	int status, died;

	memset(outcome, 0, sizeof(*outcome));
	files_copy(d);
	damage_one(d);
	t->rounds++;
	status = child_look(l, true, true);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
		t->hung++;
		if (!d->index)
			tell(d, round, "hangs");
	}
	if (status != 0 && d->index) { /* as the attendant does with a role that died so */
		memset(outcome, 0, sizeof(*outcome));
		died = status;
		status = child_look(l, false, true);
		if (status == 0 && outcome->wrong + outcome->strange + outcome->missing + outcome->failed + outcome->refused == 0) {
			t->mended += WTERMSIG(died) != SIGALRM;
			return;
		}
	}
	if (status != 0) {
		t->died++;
		tell(d, round, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "ended");
		return;
	}
	count(t, d, round);
}

int main(int argc, char **argv)
{
	char work[] = "/dev/shm/power-damage-XXXXXX";
	struct damage d = { .work = work };
	struct look l = { .folder = work, .learn = true };
	struct totals t = { 0 };
	uint64_t rounds, seed;

	if (argc != 5 || (strcmp(argv[1], "store") != 0 && strcmp(argv[1], "kv") != 0)) {
		fprintf(stderr, "usage: power_damage store|kv FOLDER ROUNDS SEED\n");
		return 2;
	}
	l.mail = strcmp(argv[1], "store") == 0;
	d.from = argv[2];
	rounds = strtoull(argv[3], NULL, 10);
	seed = strtoull(argv[4], NULL, 10);
	must(mkdtemp(work) != NULL);
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(outcome != MAP_FAILED);
	files_list(&d);
	files_copy(&d);
	must(look(&l, false) && l.reports == 0 && l.count > 0);
	l.learn = false;
	for (uint64_t round = 0; round < rounds; round++) {
		d.random = (seed + round) * 0x9e3779b97f4a7c15u + 1;
		round_run(&l, &d, &t, round);
		if (round % 100 == 99)
			fprintf(stderr, "%s%s: %" PRIu64 "/%" PRIu64 "%s", isatty(2) ? "\r" : "", argv[1], round + 1, rounds,
				isatty(2) ? "" : "\n");
	}
	d.files = 0;
	files_copy(&d); /* empties it */
	rmdir(work);
	printf("{\"rounds\": %u, \"known\": %zu, \"refused\": %u, \"reported\": %u, \"harmless\": %u, \"died_and_mended\": %u, "
	       "\"died\": %u, \"hung\": %u, \"wrong\": %u, \"silent\": %u, \"unnamed\": %u}\n",
		t.rounds, l.count, t.refused, t.reported, t.harmless, t.mended, t.died, t.hung, t.wrong, t.silent, t.unnamed);
	return t.died + t.wrong + t.silent + t.unnamed > 0;
}
