#include "ctl/folder_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/archive.h"
#include "ctl/steps.h"
#include "io/clock.h"
#include "io/file.h"
#include "store/mailbox.h"

#define BATCH_OCTETS      ((size_t)16 << 20)
#define BATCH_JSON_OCTETS ((size_t)60 << 10) /* a request has 120 KiB */
#define ROW_JSON_OCTETS   ((size_t)64)
#define TOLD_MAX          1000 /* rows of problems, and of what is there already */
#define KEYWORDS_MAX      150  /* different ones; a folder has room for 200 */
#define AGAIN_MAX         600  /* times that a store which was started again is waited for */
#define AGAIN_PAUSE_MS    100

/* Of one message in the batch: where it is from. */
struct origin {
	char *path;
	uint64_t offset;
};

struct import {
	struct render *render;
	struct transport *server;
	struct failure *failure;
	struct archive_options archive;
	const char *folder;
	json_int_t mailbox;
	bool duplicates, verbose;
	json_int_t dry;      /* the run's number; 0: for good */
	/* the batch */
	struct buf octets;   /* and the message that is being read */
	size_t octets_full;  /* of whole messages in it */
	json_t *rows;
	size_t json_octets;
	struct origin origins[APPEND_SET_MAX];
	size_t count;
	char into[ARCHIVE_PATH_OCTETS]; /* its folder */
	json_t *keywords;    /* all there were */
	/* the sum */
	json_t *problems, *there;
	json_t *folders_made;
	uint64_t problems_count, read, added, there_already, octets_added, keywords_lost;
	uint64_t total, begun_ms;
};

/* ---- what is told ---- */

static void tell(struct import *m, const char *path, uint64_t offset, const char *what)
{
	json_t *row = json_pack("{s:s%}", "file", path, strlen(path));

	m->problems_count++;
	if (row == NULL) /* a name that is not UTF-8 */
		row = json_pack("{s:s}", "file", "(a name that is not UTF-8)");
	json_object_set_new(row, "offset", offset == UINT64_MAX ? json_null() : json_integer((json_int_t)offset));
	json_object_set_new(row, "what", json_string(what));
	if (json_array_size(m->problems) < TOLD_MAX)
		json_array_append(m->problems, row);
	json_decref(row);
}

static void on_problem(void *arg, const char *path, uint64_t offset, const char *what)
{
	tell(arg, path, offset, what);
}

static void put_left(struct buf *to, const struct import *m, uint64_t octets, double seconds)
{
	double left = seconds > 1 && octets > 0 && octets < m->total ? seconds * (double)(m->total - octets) / (double)octets : 0;

	if (left >= 3600)
		buf_printf(to, ", %d h %d min left", (int)(left / 3600), (int)left / 60 % 60);
	else if (left >= 60)
		buf_printf(to, ", %d min %d s left", (int)(left / 60), (int)left % 60);
	else if (left >= 1)
		buf_printf(to, ", %d s left", (int)left);
}

static void on_progress(void *arg, uint64_t octets)
{
	struct import *m = arg;
	double seconds = (double)(clock_mono_ms() - m->begun_ms) / 1000;
	struct buf what;

	if (m->render->json || !m->render->progress)
		return;
	buf_init(&what, 1000);
	buf_printf(&what, "%llu messages", (unsigned long long)m->read);
	if (seconds >= 1)
		buf_printf(&what, ", %.0f/s, %.1f MiB/s", (double)m->read / seconds, (double)octets / seconds / (1 << 20));
	put_left(&what, m, octets, seconds);
	buf_put_octet(&what, '\0');
	steps_progress(m->render, what.at, octets, m->total);
	buf_done(&what);
}

/* ---- a batch ---- */

static json_t *batch_args(const struct import *m, bool keywords)
{
	json_t *rows = m->rows, *args = json_pack("{s:I,s:s,s:b}", "mailbox", m->mailbox, "folder", m->into, "duplicates", (int)m->duplicates);
	json_t *row;
	size_t i;

	if (m->dry != 0)
		json_object_set_new(args, "dry", json_integer(m->dry));
	json_array_foreach(rows, i, row)
	{
		if (!keywords)
			json_object_del(row, "k");
	}
	json_object_set(args, "messages", rows);
	return args;
}

/* What the store did not answer may be there: with duplicates that cannot be told. */
static enum err ask(struct import *m, int fd, struct step *s, bool keywords)
{
	const struct timespec pause = { 0, AGAIN_PAUSE_MS * 1000000L };
	struct failure own = { .code = ERR_UNAVAILABLE };

	for (int tries = 0; tries < AGAIN_MAX && own.code == ERR_UNAVAILABLE; tries++) {
		if (tries > 0 && m->duplicates)
			return fail(m->failure, ERR_UNAVAILABLE, "the server went away while %zu messages from octet %llu of %.100s on were added: they may be there or not; look, "
				"and go on without --duplicates", m->count, (unsigned long long)m->origins[0].offset, m->origins[0].path);
		if (tries > 0)
			nanosleep(&pause, NULL);
		own = (struct failure){ 0 };
		*s = (struct step){ .verb = "store add", .args = batch_args(m, keywords), .fds = &fd, .fd_count = 1 };
		(void)!step_ask(m->server, s, &own);
	}
	return own.code == ERR_OK ? ERR_OK : fail(m->failure, own.code, "%s", own.text);
}

static enum err ask_with_words(struct import *m, int fd, struct step *s)
{
	enum err e = ask(m, fd, s, true);

	if (e != ERR_LIMIT || json_object_size(m->keywords) == 0)
		return e;
	*m->failure = (struct failure){ 0 };
	m->keywords_lost += m->count; /* the folder has no room for them */
	return ask(m, fd, s, false);
}

static void note_there(struct import *m, size_t i, json_int_t uid)
{
	char what[100];

	m->there_already++;
	if (!m->verbose || json_array_size(m->there) >= TOLD_MAX)
		return;
	if (uid > 0)
		snprintf(what, sizeof(what), "the folder has it as UID %lld", (long long)uid);
	else
		snprintf(what, sizeof(what), "it comes a second time");
	json_array_append_new(m->there, json_pack("{s:s*,s:I,s:s}", "file", m->origins[i].path, "offset", (json_int_t)m->origins[i].offset,
		"what", what));
}

static void take_results(struct import *m, const json_t *reply)
{
	const json_t *results = json_object_get(reply, "results"), *result;
	size_t i;

	if (json_is_true(json_object_get(reply, "made")))
		json_object_set_new(m->folders_made, m->into, json_true());
	json_array_foreach(results, i, result)
	{
		if (i >= m->count)
			break;
		if (json_is_string(result)) {
			tell(m, m->origins[i].path, m->origins[i].offset, "the store does not take it: its structure cannot be kept");
		} else if (json_integer_value(result) < 0) {
			note_there(m, i, -1 - json_integer_value(result));
		} else {
			m->added++;
			m->octets_added += (uint64_t)json_integer_value(json_object_get(json_array_get(m->rows, i), "o"));
		}
	}
}

static enum err refuse(struct import *m, enum err e)
{
	struct failure why = *m->failure;

	*m->failure = (struct failure){ 0 };
	if (e == ERR_FOLDERNAME)
		return fail(m->failure, e, "'%.200s' can be no folder's name; say another one, or --flat for no folders inside", m->into);
	return fail(m->failure, e, "%.200s; %llu messages were added; run it again when that is mended: what is there is not added twice", why.text,
		(unsigned long long)m->added);
}

/* The rest of the buffer, the message that is being read, moves to its front. */
static void clear_batch(struct import *m)
{
	for (size_t i = 0; i < m->count; i++)
		mem_free(m->origins[i].path);
	m->count = 0;
	buf_drop(&m->octets, m->octets_full);
	m->octets_full = 0;
	json_decref(m->rows);
	m->rows = json_array();
	m->json_octets = 0;
}

static enum err flush(struct import *m)
{
	struct step s = { 0 };
	int fd;
	enum err e;

	if (m->count == 0)
		return ERR_OK;
	fd = memfd_new("messages");
	e = fd >= 0 ? memfd_add(fd, str_sub(buf_str(&m->octets), 0, m->octets_full)) : ERR_UNAVAILABLE;
	if (e == ERR_OK)
		e = memfd_seal(fd);
	if (e != ERR_OK)
		e = fail(m->failure, e, "there is no memory for %zu octets", m->octets_full);
	else
		e = ask_with_words(m, fd, &s);
	fd_close(&fd);
	if (e == ERR_OK)
		take_results(m, s.ret);
	else
		e = refuse(m, e);
	step_done(&s);
	clear_batch(m);
	return e;
}

/* Those that are new and more than a folder should have are left out. */
static json_t *known_words(struct import *m, const json_t *words)
{
	json_t *known = json_array();
	const json_t *word;
	size_t i;

	json_array_foreach(words, i, word)
	{
		const char *text = json_string_value(word);

		if (json_object_get(m->keywords, text) == NULL && json_object_size(m->keywords) >= KEYWORDS_MAX) {
			m->keywords_lost++;
			continue;
		}
		json_object_set_new(m->keywords, text, json_true());
		json_array_append_new(known, json_string(text));
		m->json_octets += 2 * strlen(text) + 3;
	}
	return known;
}

static enum err on_message(void *arg, const struct archive_message *message)
{
	struct import *m = arg;
	size_t octets = message->octets.len;
	char into[ARCHIVE_PATH_OCTETS];
	json_t *row;
	enum err e = ERR_OK;

	m->read++;
	snprintf(into, sizeof(into), "%.1500s%s%.2500s", m->folder, message->folder[0] != '\0' ? "/" : "", message->folder);
	if (m->count == APPEND_SET_MAX || m->json_octets > BATCH_JSON_OCTETS || strcmp(into, m->into) != 0)
		e = flush(m);
	if (e != ERR_OK)
		return e;
	memcpy(m->into, into, sizeof(into));
	row = json_pack("{s:I,s:i,s:I}", "o", (json_int_t)octets, "f", (int)message->flags, "d", (json_int_t)message->date);
	if (json_array_size(message->keywords) > 0)
		json_object_set_new(row, "k", known_words(m, message->keywords));
	json_array_append_new(m->rows, row);
	m->json_octets += ROW_JSON_OCTETS;
	m->origins[m->count++] = (struct origin){ str_dup_c(str_from_c(message->path)), message->offset };
	m->octets_full += octets;
	must(m->octets_full == m->octets.len);
	return m->octets_full >= BATCH_OCTETS ? flush(m) : ERR_OK;
}

/* ---- the command ---- */

static enum err read_options(struct import *m, const struct call *call, struct failure *f)
{
	const char *format = json_string_value(json_object_get(call->args, "format"));

	m->archive = (struct archive_options){ .format = ARCHIVE_ANY,
		.flat = json_is_true(json_object_get(call->args, "flat")),
		.no_flags = json_is_false(json_object_get(call->args, "flags")),
		.cut = json_is_true(json_object_get(call->args, "cut")),
		.now = clock_real_ms() / 1000 };
	m->folder = json_string_value(json_object_get(call->args, "folder"));
	m->duplicates = json_is_true(json_object_get(call->args, "duplicates"));
	m->verbose = json_is_true(json_object_get(call->args, "verbose"));
	if (json_is_true(json_object_get(call->args, "dry-run")))
		m->dry = (json_int_t)(clock_real_ms() * 1000 + getpid() % 1000);
	if (format != NULL && !archive_format(str_from_c(format), &m->archive))
		return fail(f, ERR_SYNTAX, "--format is mbox, mboxo, mboxrd, mboxcl, mboxcl2, maildir, mh or eml, and not '%.40s'", format);
	return m->folder[0] != '\0' ? ERR_OK : fail(f, ERR_SYNTAX, "the folder needs a name");
}

static enum err measure(struct import *m, const json_t *paths, struct failure *f)
{
	const json_t *path;
	enum err e = ERR_OK;
	size_t i;

	json_array_foreach(paths, i, path)
	{
		if (e == ERR_OK)
			e = archive_measure(json_string_value(path), &m->total, f);
	}
	return e;
}

static enum err walk(struct import *m, const json_t *paths)
{
	struct archive_sink sink = { &m->octets, on_message, on_problem, on_progress, m };
	const json_t *path;
	enum err e = ERR_OK;
	size_t i;

	json_array_foreach(paths, i, path)
	{
		if (e == ERR_OK)
			e = archive_walk(json_string_value(path), &m->archive, &sink);
	}
	return e == ERR_OK ? flush(m) : e;
}

static void answer(struct import *m)
{
	double seconds = (double)(clock_mono_ms() - m->begun_ms) / 1000;
	json_t *reply = json_pack("{s:b,s:I,s:I,s:I,s:I,s:I,s:o}", "ok", 1, "read", (json_int_t)m->read, m->dry ? "would_be_added" : "added",
		(json_int_t)m->added, "there_already", (json_int_t)m->there_already, "folders_made", (json_int_t)json_object_size(m->folders_made), "octets",
		(json_int_t)m->octets_added, "took_s", json_integer((json_int_t)(seconds + 0.5)));

	if (seconds > 0 && m->read > 0)
		json_object_set_new(reply, "messages_per_second", json_integer((json_int_t)((double)m->read / seconds)));
	if (m->keywords_lost > 0)
		json_object_set_new(reply, "keywords_left_out", json_integer((json_int_t)m->keywords_lost));
	if (json_array_size(m->there) > 0)
		json_object_set(reply, "twins", m->there);
	if (m->problems_count > json_array_size(m->problems))
		json_object_set_new(reply, "problems_not_shown", json_integer((json_int_t)(m->problems_count - json_array_size(m->problems))));
	json_object_set(reply, "problems", m->problems);
	json_object_set_new(reply, "message", json_string(m->problems_count > 0 ? "something was not imported; the rest was" :
		m->dry ? "nothing was kept" : "all of it is in the folder"));
	steps_answer(m->render, reply);
}

static enum err run(struct import *m, const struct call *call, const char *data, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	const json_t *paths = json_object_get(call->args, "path");
	enum err e = read_options(m, call, f);

	if (e == ERR_OK)
		e = measure(m, paths, f);
	if (e == ERR_OK)
		e = transport_open(&options, &m->server, f);
	if (e == ERR_OK)
		e = step_mailbox(m->server, json_string_value(json_object_get(call->args, "mailbox")), &m->mailbox, f);
	m->begun_ms = clock_mono_ms();
	if (e == ERR_OK)
		e = walk(m, paths);
	if (e == ERR_OK)
		answer(m);
	transport_close(m->server);
	return e;
}

enum err folder_import_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct import *m = MEM_NEW(struct import);
	enum err e;

	*m = (struct import){ .render = r, .failure = f, .rows = json_array(), .keywords = json_object(), .problems = json_array(),
		.there = json_array(), .folders_made = json_object() };
	/* A batch, and a message none of whose line ends had a CR. */
	buf_init(&m->octets, 2 * BATCH_OCTETS + 3 * ARCHIVE_MESSAGE_OCTETS_MAX);
	e = run(m, call, data, f);
	clear_batch(m);
	buf_done(&m->octets);
	json_decref(m->rows);
	json_decref(m->keywords);
	json_decref(m->problems);
	json_decref(m->there);
	json_decref(m->folders_made);
	mem_free(m);
	return e;
}
