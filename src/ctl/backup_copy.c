#include "ctl/backup_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/code.h"
#include "base/mem.h"
#include "ctl/backup_key.h"
#include "ctl/steps.h"
#include "io/clock.h"
#include "io/file.h"
#include "kv/survey.h"

#define PART_OCTETS  ((size_t)1 << 20)
#define SAME_OCTETS  ((size_t)64 << 10) /* compared at the end of what is there */
#define SPARE_OCTETS ((uint64_t)1 << 20)

struct live {
	enum manifest_part part;
	uint32_t number;
	uint64_t octets;
	bool closed;
};

struct copying {
	struct backup_folder *b;
	const struct backup_copy *o;
	struct transport *t;
	struct live *live;
	size_t count, held;
	uint64_t total, done; /* octets to copy */
	uint64_t files;       /* that got something new */
	bool key;             /* the backup has the key to the passwords */
	int64_t now_s;
};

enum err backup_write_manifest(struct backup_folder *b, struct failure *f)
{
	char path[4096];
	struct buf text;
	enum err e;

	snprintf(path, sizeof(path), "%s/" MANIFEST_NAME, b->path);
	buf_init(&text, BUF_NO_CEILING);
	manifest_put(&text, &b->manifest);
	e = file_replace(path, buf_str(&text), 0600);
	buf_done(&text);
	return e == ERR_OK ? ERR_OK : fail(f, e, "%s cannot be written: %s", path, err_text(e));
}

/* ---- what the server has ---- */

static void take_row(struct copying *c, enum manifest_part part, const json_t *row)
{
	if (c->count == c->held) {
		c->held = c->held ? c->held * 2 : 64;
		c->live = mem_resize(c->live, c->held * sizeof(*c->live));
	}
	c->live[c->count++] = (struct live){ .part = part,
		.number = (uint32_t)json_integer_value(json_array_get(row, 0)),
		.octets = (uint64_t)json_integer_value(json_array_get(row, 1)),
		.closed = json_is_true(json_array_get(row, 2)) };
}

static enum err list_part(struct copying *c, enum manifest_part part, struct failure *f)
{
	char verb[32];
	size_t n = 1, i;
	json_int_t from = 1;
	json_t *row;

	snprintf(verb, sizeof(verb), "%s segments", manifest_part_name(part));
	while (n > 0) {
		struct step s = { .verb = verb, .args = json_pack("{s:I}", "from", from) };

		if (step_ask(c->t, &s, f) != ERR_OK)
			return f->code;
		n = json_array_size(json_object_get(s.ret, "rows"));
		json_array_foreach(json_object_get(s.ret, "rows"), i, row)
		{
			take_row(c, part, row);
			from = json_integer_value(json_array_get(row, 0)) + 1;
		}
		step_done(&s);
	}
	return ERR_OK;
}

static void release(struct copying *c)
{
	for (int part = 0; part < MANIFEST_PARTS; part++) {
		char verb[32];
		struct step s = { .verb = verb };
		struct failure ignored = { 0 };

		snprintf(verb, sizeof(verb), "%s release", manifest_part_name((enum manifest_part)part));
		if (step_ask(c->t, &s, &ignored) == ERR_OK)
			step_done(&s);
	}
}

static void count_new(struct copying *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct manifest_row *row = manifest_find(&c->b->manifest, c->live[i].part, c->live[i].number);
		uint64_t there = row ? row->octets : 0;

		c->total += c->live[i].octets > there ? c->live[i].octets - there : 0;
	}
}

static enum err check_room(struct copying *c, struct failure *f)
{
	struct statvfs s;
	uint64_t room;

	if (fstatvfs(c->b->fd, &s) != 0)
		return ERR_OK; /* the writing will tell */
	room = (uint64_t)s.f_bavail * s.f_frsize;
	if (room >= c->total + SPARE_OCTETS)
		return ERR_OK;
	return fail(f, ERR_DISKFULL, "%s: %llu octets are to be copied and %llu are free; nothing was changed there", c->b->path,
		(unsigned long long)c->total, (unsigned long long)room);
}

/* ---- one segment ---- */

static bool same(int a, int b, uint64_t from, size_t len)
{
	char *x = mem_resize(NULL, len), *y = mem_resize(NULL, len);
	bool equal = pread(a, x, len, (off_t)from) == (ssize_t)len && pread(b, y, len, (off_t)from) == (ssize_t)len &&
		     memcmp(x, y, len) == 0;

	mem_free(x);
	mem_free(y);
	return equal;
}

static enum err other_server(const struct copying *c, struct failure *f)
{
	return fail(f, ERR_EXISTS,
		"%s is the backup of another server, or of this one before it was restored; name a new folder", c->b->path);
}

/* What there is already was copied from this very file: its head and its end are equal. */
static enum err check_same(struct copying *c, const struct manifest_row *row, int from, int to, struct failure *f)
{
	size_t tail = row->octets < SAME_OCTETS ? (size_t)row->octets : SAME_OCTETS;

	if (row->octets < SEGMENT_HEAD_OCTETS)
		return ERR_OK;
	if (!same(from, to, 0, SEGMENT_HEAD_OCTETS) || !same(from, to, row->octets - tail, tail))
		return fail(f, ERR_CORRUPT,
			"%s/%s/journal-%010u differs from what the server has; check the backup with 'bourse backup --verify', or name "
			"a new folder",
			c->b->path, manifest_part_name(row->part), row->number);
	return ERR_OK;
}

static enum err check_id(struct copying *c, enum manifest_part part, int from, struct failure *f)
{
	char octets[SEGMENT_HEAD_OCTETS];
	struct segment_head head;
	ssize_t n = pread(from, octets, sizeof(octets), 0);
	struct manifest *m = &c->b->manifest;

	if (n < 0 || segment_head_decode(str_make(octets, (size_t)n), &head) != ERR_OK)
		return fail(f, ERR_CORRUPT, "a segment of the server's %s has a damaged header; see 'bourse check'",
			manifest_part_name(part));
	if (m->known[part] && memcmp(m->ids[part], head.id, STORE_ID_OCTETS) != 0)
		return other_server(c, f);
	m->known[part] = true;
	memcpy(m->ids[part], head.id, STORE_ID_OCTETS);
	return ERR_OK;
}

static enum err write_failed(const struct copying *c, int why, struct failure *f)
{
	if (why == ENOSPC || why == EDQUOT)
		return fail(f, ERR_DISKFULL, "%s is full; the backup that was there before still is; free some room and run it again",
			c->b->path);
	return fail(f, ERR_IO, "%s: cannot be written to: %s", c->b->path, strerror(why));
}

struct pipe_ends {
	int from, to;
};

static enum err copy_octets(struct copying *c, struct manifest_row *row, struct pipe_ends ends, uint64_t end, struct failure *f)
{
	static char part[PART_OCTETS];

	while (row->octets < end) {
		size_t want = end - row->octets < PART_OCTETS ? (size_t)(end - row->octets) : PART_OCTETS;
		ssize_t n = pread(ends.from, part, want, (off_t)row->octets);

		if (n <= 0)
			return fail(f, ERR_IO, "%s segment %u of the server cannot be read: %s", manifest_part_name(row->part), row->number,
				n < 0 ? strerror(errno) : "it is shorter than it was");
		for (ssize_t put = 0; put < n;) {
			ssize_t k = pwrite(ends.to, part + put, (size_t)(n - put), (off_t)row->octets + put);

			if (k < 0 && errno != EINTR)
				return write_failed(c, errno, f);
			put += k > 0 ? k : 0;
		}
		row->crc = crc32c(row->crc, str_make(part, (size_t)n));
		row->octets += (uint64_t)n;
		c->done += (uint64_t)n;
		steps_progress(c->o->render, "backup", c->done, c->total);
	}
	return ERR_OK;
}

/* Reads what was written again, record by record: damage in the server's file is found when it is backed up. */
static enum err read_again(struct copying *c, struct manifest_row *row, int to, uint64_t begin, struct failure *f)
{
	struct survey s = { .at = begin, .seq = row->seq, .epoch = row->epoch };
	struct kv_problem p;
	enum err e = survey_segment(to, row->octets, &s, &p);

	if (e != ERR_OK)
		return fail(f, e, "the server's %s segment %u at %llu: %s; see 'bourse check'", manifest_part_name(row->part),
			row->number, (unsigned long long)p.offset, p.what ? p.what : err_text(e));
	row->seq = s.seq;
	row->epoch = s.epoch;
	if (row->first_s == 0)
		row->first_s = s.first_s;
	if (s.last_s > 0)
		row->last_s = s.last_s;
	return ERR_OK;
}

static enum err copy_new(struct copying *c, const struct live *live, int from, int to, struct failure *f)
{
	struct manifest_row *kept = manifest_find(&c->b->manifest, live->part, live->number), *slot;
	struct manifest_row row = kept ? *kept : (struct manifest_row){ .part = live->part, .number = live->number };
	uint64_t begin = row.octets;

	if (row.octets > live->octets || (row.closed && row.octets != live->octets))
		return other_server(c, f);
	if (check_same(c, &row, from, to, f) != ERR_OK || copy_octets(c, &row, (struct pipe_ends){ from, to }, live->octets, f) != ERR_OK)
		return f->code;
	if (row.octets > begin) {
		c->files++;
		if (ftruncate(to, (off_t)row.octets) != 0 || fsync(to) != 0)
			return write_failed(c, errno, f);
		if (read_again(c, &row, to, begin, f) != ERR_OK)
			return f->code;
	}
	row.closed = live->closed;
	row.gone_s = 0;
	slot = manifest_add(&c->b->manifest, live->part, live->number);
	*slot = row;
	return ERR_OK;
}

static enum err copy_segment(struct copying *c, const struct live *live, struct failure *f)
{
	char verb[32], name[32];
	struct step s = { .verb = verb, .args = json_pack("{s:I}", "number", (json_int_t)live->number) };
	int to;
	enum err e;

	snprintf(verb, sizeof(verb), "%s segment", manifest_part_name(live->part));
	if (step_ask(c->t, &s, f) != ERR_OK)
		return f->code;
	if (s.ret_fd_count != 1) {
		step_done(&s);
		return fail(f, ERR_PEER, "the server gave no file; it and bourse must be of one version");
	}
	segment_name(live->number, name);
	e = check_id(c, live->part, s.ret_fds[0], f);
	to = e == ERR_OK ? openat(c->b->parts[live->part], name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (e == ERR_OK && to < 0)
		e = write_failed(c, errno, f);
	if (e == ERR_OK)
		e = copy_new(c, live, s.ret_fds[0], to, f);
	fd_close(&to);
	step_done(&s);
	return e;
}

/* Without one the server has lost it, and says so itself. */
static enum err copy_key(struct copying *c, struct failure *f)
{
	struct step s = { .verb = "directory key" };
	struct failure none = { 0 };
	enum err e = ERR_OK;

	if (!c->o->without_key && step_ask(c->t, &s, &none) == ERR_OK) {
		e = s.ret_fd_count == 1 ? backup_key_take(c->b, s.ret_fds[0], f) : fail(f, ERR_PEER, "the server gave no file");
		step_done(&s);
	}
	c->key = backup_key_there(c->b);
	return e;
}

/* ---- what is not needed any more ---- */

static bool is_live(const struct copying *c, const struct manifest_row *row)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->live[i].part == row->part && c->live[i].number == row->number)
			return true;
	}
	return false;
}

/* Rows whose time is over leave the list; their files are removed when the new list is safe. */
static void mark_gone(struct copying *c, struct manifest *ret_over)
{
	struct manifest *m = &c->b->manifest;
	int64_t before = c->now_s - (int64_t)c->o->keep_days * 86400;

	for (size_t i = m->count; i > 0; i--) {
		struct manifest_row *row = &m->rows[i - 1];

		if (is_live(c, row))
			continue;
		if (row->gone_s == 0)
			row->gone_s = c->now_s;
		if (row->gone_s <= before || c->o->keep_days == 0) {
			(void)manifest_add(ret_over, row->part, row->number);
			manifest_remove(m, i - 1);
		}
	}
}

static void remove_files(const struct copying *c, const struct manifest *over)
{
	for (size_t i = 0; i < over->count; i++) {
		char name[32];

		segment_name(over->rows[i].number, name);
		unlinkat(c->b->parts[over->rows[i].part], name, 0); /* one that stays is not in the list and does no harm */
	}
}

/* ---- all of it ---- */

static enum err flush_folders(struct copying *c, struct failure *f)
{
	for (int part = 0; part < MANIFEST_PARTS; part++) {
		if (fsync(c->b->parts[part]) != 0)
			return write_failed(c, errno, f);
	}
	return fsync(c->b->fd) == 0 ? ERR_OK : write_failed(c, errno, f);
}

static void tell(struct copying *c, size_t removed)
{
	const struct manifest *m = &c->b->manifest;
	json_int_t octets = 0;
	size_t compacted = 0;

	for (size_t i = 0; i < m->count; i++) {
		octets += (json_int_t)m->rows[i].octets;
		compacted += m->rows[i].gone_s != 0;
	}
	steps_answer(c->o->render, json_pack("{s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:s}", "ok", 1, "copied_octets", (json_int_t)c->done,
		"backup_octets", octets, "segments", (json_int_t)(m->count - compacted), "segments_copied", (json_int_t)c->files,
		"segments_kept_for_the_past", (json_int_t)compacted, "segments_removed", (json_int_t)removed, "key", (int)c->key, "message",
		c->key ? "the backup is complete"
		       : "the backup is complete but for the key to the passwords; keep directory/" BACKUP_KEY_FILE " elsewhere"));
}

static enum err finish(struct copying *c, struct failure *f)
{
	struct manifest over;
	enum err e;

	manifest_init(&over);
	mark_gone(c, &over);
	c->b->manifest.made_s = c->now_s;
	e = flush_folders(c, f);
	if (e == ERR_OK)
		e = backup_write_manifest(c->b, f);
	if (e == ERR_OK) {
		remove_files(c, &over);
		tell(c, over.count);
	}
	manifest_done(&over);
	return e;
}

static enum err copy_all(struct copying *c, struct failure *f)
{
	enum err e = list_part(c, MANIFEST_STORE, f);

	/* The directory after the store: a mailbox is in the directory before mail can be in the store. */
	if (e == ERR_OK)
		e = list_part(c, MANIFEST_DIRECTORY, f);
	c->now_s = clock_real_ms() / 1000;
	count_new(c);
	if (e == ERR_OK)
		e = check_room(c, f);
	for (size_t i = 0; i < c->count && e == ERR_OK; i++)
		e = copy_segment(c, &c->live[i], f);
	if (e == ERR_OK)
		e = copy_key(c, f);
	return e == ERR_OK ? finish(c, f) : e;
}

enum err backup_copy(struct backup_folder *b, const struct backup_copy *o, struct failure *f)
{
	struct copying c = { .b = b, .o = o };
	struct transport_options options = { .data = o->data, .config = o->config, .start = true };
	enum err e = transport_open(&options, &c.t, f);

	if (e == ERR_OK) {
		e = copy_all(&c, f);
		release(&c);
	}
	transport_close(c.t);
	mem_free(c.live);
	return e;
}
