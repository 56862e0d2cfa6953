#include "ctl/backup_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code.h"
#include "base/date.h"
#include "base/mem.h"
#include "ctl/backup_key.h"
#include "ctl/steps.h"
#include "io/file.h"
#include "kv/survey.h"

#define PART_OCTETS  ((size_t)1 << 20)
#define PROBLEMS_MAX 1000

struct checking {
	struct backup_folder *b;
	struct render *render;
	json_t *problems;
	uint64_t done, total, records;
	int64_t first_s, last_s;
};

static void problem(struct checking *c, const struct manifest_row *row, uint64_t offset, const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/journal-%010u", manifest_part_name(row->part), row->number);
	if (json_array_size(c->problems) < PROBLEMS_MAX)
		json_array_append_new(c->problems,
			json_pack("{s:s,s:I,s:s}", "file", name, "offset", (json_int_t)offset, "what", what));
}

/* Does the file have the octets that were copied? */
static void check_octets(struct checking *c, const struct manifest_row *row, int fd)
{
	static char part[PART_OCTETS];
	uint64_t at = 0;
	uint32_t crc = 0;

	while (at < row->octets) {
		size_t want = row->octets - at < PART_OCTETS ? (size_t)(row->octets - at) : PART_OCTETS;
		ssize_t n = pread(fd, part, want, (off_t)at);

		if (n <= 0) {
			problem(c, row, at, n < 0 ? "the file cannot be read" : "the file is shorter than it was");
			return;
		}
		crc = crc32c(crc, str_make(part, (size_t)n));
		at += (uint64_t)n;
		steps_progress(c->render, "reading the backup", c->done + at, c->total);
	}
	if (crc != row->crc)
		problem(c, row, 0, "the file's checksum differs from the one it was copied with");
}

static void check_records(struct checking *c, const struct manifest_row *row, int fd)
{
	struct survey s = { 0 };
	struct kv_problem p;

	if (survey_segment(fd, row->octets, &s, &p) != ERR_OK) {
		problem(c, row, p.offset, p.what ? p.what : "the file cannot be read");
		return;
	}
	if (s.head.number != row->number || memcmp(s.head.id, c->b->manifest.ids[row->part], STORE_ID_OCTETS) != 0)
		problem(c, row, 0, "the file belongs to another server or place");
	else if (s.seq != row->seq || s.epoch != row->epoch)
		problem(c, row, s.at, "the last record is not the one that was copied");
	c->records += s.records;
}

static void check_row(struct checking *c, const struct manifest_row *row)
{
	char name[32];
	int fd;

	segment_name(row->number, name);
	fd = openat(c->b->parts[row->part], name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		problem(c, row, 0, errno == ENOENT ? "the file is missing" : "the file cannot be opened");
	} else {
		check_octets(c, row, fd);
		check_records(c, row, fd);
		fd_close(&fd);
	}
	c->done += row->octets;
	if (row->part != MANIFEST_STORE)
		return;
	if (row->first_s > 0 && (c->first_s == 0 || row->first_s < c->first_s))
		c->first_s = row->first_s;
	if (row->last_s > c->last_s)
		c->last_s = row->last_s;
}

enum err backup_verify(struct backup_folder *b, struct render *r, struct failure *f)
{
	struct checking c = { .b = b, .render = r, .problems = json_array() };
	const struct manifest *m = &b->manifest;
	struct buf first, made;
	bool sound;

	if (m->made_s == 0) {
		json_decref(c.problems);
		return fail(f, ERR_NOTFOUND, "%s: the first backup into it was not finished; run it again", b->path);
	}
	for (size_t i = 0; i < m->count; i++)
		c.total += m->rows[i].octets;
	for (size_t i = 0; i < m->count; i++)
		check_row(&c, &m->rows[i]);
	sound = json_array_size(c.problems) == 0;
	buf_init(&first, 64);
	buf_init(&made, 64);
	date_put_rfc3339(&first, c.first_s * 1000);
	date_put_rfc3339(&made, m->made_s * 1000);
	steps_answer(r, json_pack("{s:b,s:I,s:I,s:I,s:s%,s:s%,s:b,s:o,s:s}", "ok", 1, "segments", (json_int_t)m->count, "octets",
		(json_int_t)c.total, "records", (json_int_t)c.records, "from", first.at, first.len, "made", made.at, made.len,
		"key", (int)backup_key_there(b), "problems", c.problems, "message", sound ? "the backup is sound" : "the backup has faults"));
	buf_done(&first);
	buf_done(&made);
	return ERR_OK;
}
