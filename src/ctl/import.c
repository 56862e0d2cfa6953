#include "ctl/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/import_row.h"
#include "ctl/spool.h"
#include "ctl/steps.h"
#include "ctl/transport.h"
#include "ctl/wipe.h"
#include "io/file.h"

#define BATCH_CHANGES_MAX ((size_t)500)
#define BATCH_OCTETS_MAX  ((size_t)80 << 10) /* of JSON: a request must fit one packet of the control socket */
#define READ_OCTETS       ((size_t)64 << 10)
#define ROWS_MAX          ((size_t)50000000)
#define SHOWN_MAX         20 /* refused rows that are shown */

enum deed { DEED_NONE, DEED_MADE, DEED_CHANGED, DEED_REMOVED };

/* What is known of a row between the stages. */
#define ROW_REFUSED 1
#define ROW_MADE    2

struct pending {
	size_t row;
	uint64_t from, to; /* its octets in the spool */
	enum deed deed;    /* if the first verb does it */
	bool counts;
};

struct import {
	struct render *render;
	struct transport *server;
	struct import_form form;
	bool dry_run;
	int spool;
	const char *errors_path;
	FILE *errors;
	uint8_t *rows; /* a byte for each, ROW_... */
	size_t row_count;
	unsigned stages; /* bits: stages with something to do */
	struct csv csv, again;
	struct arena arena; /* of one row */
	json_t *changes;    /* to be sent */
	size_t octets;
	struct pending pending[BATCH_CHANGES_MAX];
	json_int_t trial;
	uint64_t counts[DEED_REMOVED + 1], refused, accounts;
	json_t *shown;
	size_t key_field;
	uint64_t work, worked;
};

/* ---- refused rows ---- */

static enum err open_errors(struct import *m, struct failure *f)
{
	struct buf line;
	struct csv_format *format = &m->form.format;
	int fd;

	if (m->errors_path == NULL || m->errors != NULL)
		return ERR_OK;
	/* A row may have a password in it. */
	fd = open(m->errors_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	m->errors = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (m->errors == NULL || fchmod(fd, 0600) < 0)
		return fail(f, file_err(errno), "%.300s cannot be written: %m", m->errors_path);
	buf_init(&line, CSV_RECORD_OCTETS_MAX);
	for (size_t i = 0; i < m->form.count; i++)
		if (m->form.columns[i]->kind != CSV_REASON)
			csv_put(&line, format, str_from_c(m->form.columns[i]->header), line.len == 0);
	csv_put(&line, format, S("Reason"), line.len == 0);
	csv_put_end(&line);
	fwrite(line.at, 1, line.len, m->errors);
	buf_done(&line);
	return ERR_OK;
}

static enum err read_again(struct import *m, uint64_t from, uint64_t to)
{
	char part[4096];
	enum err e = ERR_NEEDMORE;

	csv_done(&m->again);
	csv_init(&m->again, &m->form.format);
	while (e == ERR_NEEDMORE && from < to) {
		size_t want = to - from < sizeof(part) ? (size_t)(to - from) : sizeof(part);
		ssize_t n = pread(m->spool, part, want, (off_t)from);
		struct str rest = str_make(part, n > 0 ? (size_t)n : 0);

		if (n <= 0)
			return ERR_IO;
		from += (uint64_t)n;
		e = csv_next(&m->again, &rest);
	}
	return e == ERR_NEEDMORE ? csv_end(&m->again) : e;
}

/* The row as it was, and why. What was made before something went wrong is not made once more. */
static void put_refused(struct import *m, const struct pending *p, const char *reason)
{
	const struct csv_format *format = &m->form.format;
	bool made = (m->rows[p->row] & ROW_MADE) && !m->dry_run, is_record = read_again(m, p->from, p->to) == ERR_OK, first = true;
	struct buf line;

	buf_init(&line, CSV_RECORD_OCTETS_MAX * 2);
	for (size_t i = 0; i < m->form.count; i++) {
		const struct csv_column *c = m->form.columns[i];
		struct str field = is_record ? csv_field(&m->again, i) : S("");

		if (c->kind == CSV_REASON)
			continue;
		csv_put(&line, format, c->kind == CSV_MODE && made ? S("Update") : field, first);
		first = false;
	}
	csv_put(&line, format, str_from_c(reason), first);
	csv_put_end(&line);
	fwrite(line.at, 1, line.len, m->errors);
	buf_done(&line);
}

static enum err refuse(struct import *m, const struct pending *p, const char *reason, struct failure *f)
{
	if (m->rows[p->row] & ROW_REFUSED)
		return ERR_OK;
	m->rows[p->row] |= ROW_REFUSED;
	m->refused++;
	if (json_array_size(m->shown) < SHOWN_MAX) {
		bool is_record = read_again(m, p->from, p->to) == ERR_OK;
		struct str name = is_record && m->again.count > m->key_field ? csv_field(&m->again, m->key_field) : S("");

		json_array_append_new(m->shown, json_pack("{s:I,s:o,s:s}", "row", (json_int_t)p->row + 1, "name",
			json_stringn(name.at ? name.at : "", name.len) ?: json_string("?"), "reason", reason));
	}
	if (open_errors(m, f) != ERR_OK)
		return f->code;
	if (m->errors != NULL)
		put_refused(m, p, reason);
	return ERR_OK;
}

/* ---- the server ---- */

struct answer {
	json_t *last, *rows;
};

static void on_answer(void *arg, struct str json, bool more)
{
	struct answer *a = arg;
	json_t *reply = json_loadb(json.at, json.len, 0, NULL);

	json_array_extend(a->rows, json_object_get(reply, "rows"));
	if (more) {
		json_decref(reply);
		return;
	}
	a->last = reply;
}

static enum err ask(struct import *m, struct answer *a, struct failure *f)
{
	json_t *whole = json_pack("{s:s,s:{s:O}}", "verb", "directory apply", "args", "changes", m->changes);
	json_t *args = json_object_get(whole, "args");
	struct transport_request q = { .verb = S("directory apply"), .reply = on_answer, .arg = a };
	char *text;
	enum err e;

	if (m->dry_run) {
		json_object_set_new(args, "dry-run", json_true());
		json_object_set_new(args, "trial", json_integer(m->trial));
	}
	text = json_dumps(whole, JSON_COMPACT);
	q.json = str_from_c(text);
	e = transport_call(m->server, &q, f);
	wipe_json_text(text);
	json_decref(whole);
	if (e == ERR_OK && !json_is_true(json_object_get(a->last, "ok")))
		e = fail(f, ERR_PEER, "%s", json_string_value(json_object_get(a->last, "message")) ?: "the server refused it without saying why");
	return e;
}

static void count_outcome(struct import *m, const struct pending *p, char letter)
{
	if (!p->counts) {
		m->accounts += letter == 'i';
		return;
	}
	if (letter == 'i' || p->deed == DEED_MADE)
		m->rows[p->row] |= ROW_MADE;
	m->counts[letter == 'i' ? DEED_MADE : p->deed]++;
}

/* What was carried out goes from the front of what is pending. */
static enum err take_answer(struct import *m, const struct answer *a, struct failure *f)
{
	const char *letters = json_string_value(json_object_get(a->last, "outcomes"));
	json_int_t done = json_integer_value(json_object_get(a->last, "done"));
	size_t count = json_array_size(m->changes), i;
	json_t *row;

	if (letters == NULL || done <= 0 || (size_t)done > count || strlen(letters) != (size_t)done)
		return fail(f, ERR_PEER, "the server's answer is not understood");
	m->trial = json_integer_value(json_object_get(a->last, "trial"));
	for (i = 0; i < (size_t)done; i++)
		if (letters[i] != 'x')
			count_outcome(m, &m->pending[i], letters[i]);
	json_array_foreach(a->rows, i, row)
	{
		json_int_t at = json_integer_value(json_object_get(row, "change"));
		const char *why = json_string_value(json_object_get(row, "message"));

		if (at < 0 || at >= done || why == NULL)
			return fail(f, ERR_PEER, "the server's answer is not understood");
		if (refuse(m, &m->pending[at], why, f) != ERR_OK)
			return f->code;
	}
	memmove(m->pending, m->pending + done, (count - (size_t)done) * sizeof(*m->pending));
	while (done-- > 0)
		json_array_remove(m->changes, 0);
	return ERR_OK;
}

static enum err send_changes(struct import *m, struct failure *f)
{
	enum err e = ERR_OK;

	while (e == ERR_OK && json_array_size(m->changes) > 0) {
		struct answer a = { .rows = json_array() };

		e = ask(m, &a, f);
		if (e == ERR_OK)
			e = take_answer(m, &a, f);
		json_decref(a.last);
		json_decref(a.rows);
	}
	m->octets = 0;
	return e;
}

/* ---- rows ---- */

static enum deed deed_of(const json_t *change)
{
	struct str verb = str_from_c(json_string_value(json_object_get(change, "verb")));

	if (str_ends(verb, S(" add")) || str_ends(verb, S(" enable")))
		return DEED_MADE;
	return str_ends(verb, S(" remove")) ? DEED_REMOVED : DEED_CHANGED;
}

/* Takes the changes of one row, each with the row's place. */
static enum err queue(struct import *m, json_t *changes, struct pending p, struct failure *f)
{
	bool counts = p.counts;
	json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		size_t octets = json_dumpb(change, NULL, 0, JSON_COMPACT) + 1;

		if (octets > BATCH_OCTETS_MAX)
			return refuse(m, &p, "the row is too long to be sent to the server", f);
		if ((m->octets + octets > BATCH_OCTETS_MAX || json_array_size(m->changes) == BATCH_CHANGES_MAX) &&
			send_changes(m, f) != ERR_OK)
			return f->code;
		p.counts = counts && i == 0;
		p.deed = deed_of(change);
		m->pending[json_array_size(m->changes)] = p;
		json_array_append(m->changes, change);
		m->octets += octets;
	}
	return ERR_OK;
}

static enum err row_in_stage(struct import *m, struct pending *p, enum import_stage stage, struct failure *f)
{
	struct failure own = { 0 };
	struct import_row row;
	json_t *changes;
	enum err e;

	e = import_row_open(&m->form, &m->csv, &m->arena, &row, &own);
	if (e != ERR_OK || !(import_row_stages(&row) & 1u << stage))
		return e != ERR_OK ? refuse(m, p, own.text, f) : ERR_OK;
	changes = json_array();
	e = import_row_changes(&row, stage, changes, &own);
	p->counts = stage == import_row_stage(&row);
	e = e == ERR_OK ? queue(m, changes, *p, f) : refuse(m, p, own.text, f);
	json_decref(changes);
	return e;
}

/* Which stages have something to do at all; rows that are none are refused here. */
static enum err look_at(struct import *m, struct pending *p, enum err read, struct failure *f)
{
	struct failure own = { 0 };
	struct import_row row;

	if (p->row >= ROWS_MAX)
		return fail(f, ERR_TOOBIG, "the file has too many rows");
	if ((p->row & (p->row + 1)) == 0 || p->row == 0)
		m->rows = mem_resize(m->rows, p->row * 2 + 2);
	m->rows[p->row] = 0;
	m->row_count = p->row + 1;
	if (read == ERR_TOOBIG)
		return refuse(m, p, "the row is too long", f);
	if (read != ERR_OK)
		return refuse(m, p, "the row is not well formed: something follows a closing quote, or a quote is not closed", f);
	if (import_row_open(&m->form, &m->csv, &m->arena, &row, &own) != ERR_OK)
		return refuse(m, p, own.text, f);
	m->stages |= import_row_stages(&row);
	return ERR_OK;
}

/* stage IMPORT_STAGES: only to look. */
static enum err take_record(struct import *m, size_t number, enum import_stage stage, enum err read, struct failure *f)
{
	struct pending p = { .row = number, .from = m->csv.from, .to = m->csv.to };
	enum err e = ERR_OK;

	arena_clear(&m->arena);
	if (number == 0 && stage == IMPORT_STAGES && read == ERR_OK)
		e = import_form_read(&m->csv, &m->form, f);
	if (stage == IMPORT_STAGES && (number > 0 || read != ERR_OK)) {
		if (number == 0)
			return fail(f, ERR_SYNTAX, "the first line must name the columns");
		return look_at(m, &p, read, f);
	}
	if (number > 0 && !(m->rows[number] & ROW_REFUSED))
		e = row_in_stage(m, &p, stage, f);
	return e;
}

/* Reads the spool once. */
static enum err pass(struct import *m, enum import_stage stage, struct failure *f)
{
	char part[READ_OCTETS];
	size_t number = 0;
	uint64_t at = 0;
	enum err e = ERR_OK;
	ssize_t n = 1;

	csv_done(&m->csv);
	csv_init(&m->csv, &m->form.format);
	while (e == ERR_OK && n > 0) {
		struct str rest;

		n = pread(m->spool, part, sizeof(part), (off_t)at);
		if (n < 0)
			return fail(f, ERR_IO, "a temporary file cannot be read: %m");
		at += (uint64_t)n;
		rest = str_make(part, (size_t)n);
		while (e == ERR_OK) {
			enum err read = n == 0 ? csv_end(&m->csv) : csv_next(&m->csv, &rest);

			if (read == ERR_NEEDMORE || read == ERR_NOTFOUND)
				break;
			e = take_record(m, number++, stage, read, f);
		}
		if (stage < IMPORT_STAGES)
			steps_progress(m->render, m->dry_run ? "trying the rows" : "importing rows", m->worked + at, m->work);
	}
	m->worked += stage < IMPORT_STAGES ? at : 0;
	m->work = m->work == 0 ? at : m->work;
	if (e == ERR_OK && number == 0)
		e = fail(f, ERR_SYNTAX, "the file is empty; its first line must name the columns");
	return e == ERR_OK && stage < IMPORT_STAGES ? send_changes(m, f) : e;
}

static enum err all_passes(struct import *m, struct failure *f)
{
	uint64_t octets;
	enum err e = pass(m, IMPORT_STAGES, f);

	octets = m->work;
	m->work = 0;
	for (size_t i = 0; e == ERR_OK && i < m->form.count; i++)
		if (m->form.columns[i]->kind == CSV_KEY)
			m->key_field = i;
	for (int stage = 0; stage < IMPORT_STAGES; stage++)
		m->work += m->stages & 1u << stage ? octets : 0;
	for (int stage = 0; e == ERR_OK && stage < IMPORT_STAGES; stage++)
		if (m->stages & 1u << stage)
			e = pass(m, (enum import_stage)stage, f);
	return e;
}

/* ---- the command ---- */

static enum err one_octet(const struct call *call, const char *name, char *ret, struct failure *f)
{
	const char *text = json_string_value(json_object_get(call->args, name));

	if (text == NULL)
		return ERR_OK;
	if (strcmp(text, "tab") == 0)
		text = "\t";
	if (strlen(text) != 1 || *text == '\r' || *text == '\n' || *text == '~' || (unsigned char)*text > 0x7e)
		return fail(f, ERR_SYNTAX, "--%s is one ASCII character, or tab", name);
	*ret = *text;
	return ERR_OK;
}

enum err import_format(const struct call *call, struct csv_format *ret, struct failure *f)
{
	*ret = CSV_EXCHANGE;
	if (one_octet(call, "separator", &ret->separator, f) != ERR_OK || one_octet(call, "quote", &ret->quote, f) != ERR_OK ||
		one_octet(call, "multi-separator", &ret->many, f) != ERR_OK)
		return f->code;
	if (ret->separator == ret->quote || ret->separator == ret->many || ret->quote == ret->many)
		return fail(f, ERR_SYNTAX, "--separator, --quote and --multi-separator must be three different characters");
	return ERR_OK;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return b != NULL && stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void say_result(struct import *m)
{
	struct str text = arena_printf(&m->arena, "%s%llu made, %llu changed, %llu removed, %llu refused%s%s",
		m->dry_run ? "dry run, nothing is kept: " : "", (unsigned long long)m->counts[DEED_MADE],
		(unsigned long long)m->counts[DEED_CHANGED], (unsigned long long)m->counts[DEED_REMOVED],
		(unsigned long long)m->refused, m->errors ? "; the refused rows are in " : "", m->errors ? m->errors_path : "");
	json_t *reply = json_pack("{s:b,s:o,s:I,s:I,s:I,s:I,s:b}", "ok", 1, "message", json_stringn(text.at, text.len), "made",
		(json_int_t)m->counts[DEED_MADE], "changed", (json_int_t)m->counts[DEED_CHANGED], "removed",
		(json_int_t)m->counts[DEED_REMOVED], "refused", (json_int_t)m->refused, "dry_run", (int)m->dry_run);

	if (m->accounts > 0)
		json_object_set_new(reply, "accounts_made", json_integer((json_int_t)m->accounts));
	if (json_array_size(m->shown) > 0)
		json_object_set(reply, "problems", m->shown);
	if (m->refused > 0 && m->errors == NULL)
		json_object_set_new(reply, "hint", json_string("--errors FILE keeps the refused rows, to be mended and imported again"));
	steps_answer(m->render, reply);
}

static enum err run(struct import *m, const struct call *call, const char *data, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	const char *path = json_string_value(json_object_get(call->args, "file"));
	enum err e;

	if (same_file(path, m->errors_path))
		return fail(f, ERR_SYNTAX, "--errors must be another file than the one that is read");
	e = spool_open(path, json_string_value(json_object_get(call->args, "charset")), &m->spool, f);
	if (e == ERR_OK)
		e = transport_open(&options, &m->server, f);
	if (e == ERR_OK)
		e = all_passes(m, f);
	if (m->errors != NULL && fflush(m->errors) != 0 && e == ERR_OK)
		e = fail(f, file_err(errno), "%.300s cannot be written: %m", m->errors_path);
	if (e == ERR_OK)
		say_result(m);
	return e;
}

enum err import_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct import *m = MEM_NEW(struct import);
	enum err e;

	m->render = r;
	m->spool = -1;
	m->dry_run = json_is_true(json_object_get(call->args, "dry-run"));
	m->form.overwrite = json_is_true(json_object_get(call->args, "overwrite"));
	m->form.accounts = json_is_true(json_object_get(call->args, "accounts"));
	m->errors_path = json_string_value(json_object_get(call->args, "errors"));
	m->changes = json_array();
	m->shown = json_array();
	arena_init(&m->arena, ARENA_NONE);
	e = import_format(call, &m->form.format, f);
	csv_init(&m->csv, &m->form.format);
	csv_init(&m->again, &m->form.format);
	if (e == ERR_OK)
		e = run(m, call, data, f);
	transport_close(m->server);
	if (m->errors != NULL)
		fclose(m->errors);
	fd_close(&m->spool);
	json_decref(m->changes);
	json_decref(m->shown);
	csv_done(&m->csv);
	csv_done(&m->again);
	import_form_done(&m->form);
	arena_wipe(&m->arena);
	mem_free(m->rows);
	mem_free(m);
	return e;
}
