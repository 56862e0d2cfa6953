#include "ctl/restore_part.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/date.h"
#include "base/mem.h"
#include "ctl/moment.h"
#include "ctl/steps.h"

/* ---- the moment ---- */

enum err restore_part_time(const struct call *call, int64_t *ret, struct failure *f)
{
	const char *text = json_string_value(json_object_get(call->args, "at"));

	*ret = REMAKE_ALL;
	if (text == NULL || moment_read(text, ret))
		return ERR_OK;
	return fail(f, ERR_SYNTAX, "--at is a time in UTC, such as 2026-11-21T14:00:00, and not '%.40s'", text);
}

void restore_part_put_time(char to[64], int64_t seconds)
{
	struct buf b;

	buf_init(&b, 64);
	date_put_rfc3339(&b, seconds * 1000);
	snprintf(to, 64, "%.*s", STR_FMT(buf_str(&b)));
	buf_done(&b);
}

enum err restore_part_check(const struct backup_folder *b, int64_t until_s, struct failure *f)
{
	char made[64];

	if (b->manifest.made_s == 0)
		return fail(f, ERR_NOTFOUND, "%s: the first backup into it was not finished; there is nothing to restore", b->path);
	restore_part_put_time(made, b->manifest.made_s);
	if (until_s != REMAKE_ALL && until_s > b->manifest.made_s)
		return fail(f, ERR_NOTFOUND, "the backup was made at %s and knows nothing later; leave --at out to take all of it", made);
	return ERR_OK;
}

/* ---- the making ---- */

static bool on_keep(void *arg, const struct record_op *op)
{
	const struct restore_part *p = arg;

	return p->keep(p->keep_arg, op);
}

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct restore_part *p = arg;

	steps_progress(p->render, "restore", *p->done + done, p->total);
}

static enum err explain(const struct restore_part *s, enum err e, const struct remake_report *report, struct failure *f)
{
	const char *part = manifest_part_name(s->part);
	const struct kv_problem *p = &report->problem;
	char from[64];

	if (e == ERR_CORRUPT && p->offset == 0 && s->until_s != REMAKE_ALL)
		return fail(f, e,
			"%s/%s segment %llu: %s; if it was compacted before it was ever backed up, that moment cannot be restored: name one "
			"close to a backup",
			s->b->path, part, (unsigned long long)p->segment, p->what);
	if (e == ERR_CORRUPT)
		return fail(f, e, "%s/%s segment %llu at %llu: %s; see 'bourse backup --verify'", s->b->path, part,
			(unsigned long long)p->segment, (unsigned long long)p->offset, p->what);
	if (e == ERR_NOTFOUND) {
		const struct manifest_row *row = s->b->manifest.count > 0 ? &s->b->manifest.rows[0] : NULL;

		restore_part_put_time(from, row ? row->first_s : 0);
		return fail(f, e, "the backup begins at %s and knows nothing earlier", from);
	}
	if (e == ERR_DISKFULL)
		return fail(f, e, "%s: the disk is full; free some room and run it again", s->place);
	return fail(f, e, "%s/%s cannot be restored: %s", s->b->path, part, strerror(errno));
}

static size_t sources_of(const struct backup_folder *b, enum manifest_part part, struct remake_source **ret)
{
	const struct manifest *m = &b->manifest;
	struct remake_source *rows = mem_resize(NULL, (m->count + 1) * sizeof(*rows));
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_row *row = &m->rows[i];

		if (row->part == part)
			rows[n++] = (struct remake_source){ row->number, row->octets, row->first_s };
	}
	*ret = rows;
	return n;
}

enum err restore_part_make(const struct restore_part *p, struct remake_report *ret, struct failure *f)
{
	struct restore_part own = *p;
	struct remake_source *sources;
	struct remake_options o = { .from = p->b->parts[p->part], .until_s = p->until_s, .to = p->to,
		.keep = p->keep ? on_keep : NULL, .progress = on_progress, .arg = &own };
	enum err e;

	o.count = sources_of(p->b, p->part, &sources);
	o.sources = sources;
	e = remake(&o, ret);
	if (e != ERR_OK)
		e = explain(p, e, ret, f);
	for (size_t i = 0; i < o.count; i++)
		*p->done += sources[i].octets;
	mem_free(sources);
	return e;
}
