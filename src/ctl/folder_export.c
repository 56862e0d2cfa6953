#include "ctl/folder_export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/steps.h"
#include "io/file.h"
#include "mail/header.h"
#include "mail/mbox.h"
#include "mail/msgid.h"
#include "store/item.h"

#define MESSAGE_OCTETS_MAX ((size_t)1 << 30)
#define TOLD_MAX           1000
#define LETTERS            26

struct export {
	struct render *render;
	struct transport *server;
	struct failure *failure;
	const char *path; /* NULL: standard output */
	json_int_t mailbox, folder;
	bool mbox, maildir, no_flags;
	int fd; /* of the mbox, or of the folder that messages are put into */
	json_t *words; /* keywords of a Maildir: name -> letter */
	struct buf out;
	json_t *problems;
	uint64_t written, octets;
};

/* One message at hand. */
struct item_file {
	struct str octets;
	json_int_t uid, date;
	unsigned flags;
	const json_t *keywords;
};

static enum err broken(struct export *x)
{
	return fail(x->failure, file_err(errno), "%.300s cannot be written: %s", x->path ? x->path : "standard output", strerror(errno));
}

static enum err write_all(struct export *x, int fd, struct str octets)
{
	while (octets.len > 0) {
		ssize_t n = write(fd, octets.at, octets.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return broken(x);
		octets = str_skip(octets, (size_t)n);
	}
	return ERR_OK;
}

/* ---- mbox ---- */

/* Fields in which mail programs keep flags in an mbox; those of the message give way. */
static bool is_status(struct str name)
{
	return str_ieq(name, S("Status")) || str_ieq(name, S("X-Status")) || str_ieq(name, S("X-Keywords"));
}

static void put_status(struct buf *to, const struct item_file *m)
{
	const json_t *word;
	size_t i;

	if (m->flags & ITEM_SEEN)
		buf_put_c(to, "Status: RO\r\n");
	if (m->flags & (ITEM_ANSWERED | ITEM_FLAGGED | ITEM_DRAFT | ITEM_DELETED))
		buf_printf(to, "X-Status: %s%s%s%s\r\n", m->flags & ITEM_ANSWERED ? "A" : "", m->flags & ITEM_FLAGGED ? "F" : "",
			m->flags & ITEM_DRAFT ? "T" : "", m->flags & ITEM_DELETED ? "D" : "");
	json_array_foreach(m->keywords, i, word)
		buf_printf(to, "%s %s", i == 0 ? "X-Keywords:" : "", json_string_value(word));
	if (json_array_size(m->keywords) > 0)
		buf_put_c(to, "\r\n");
}

/* The message with what its flags are. */
static void put_marked(struct buf *to, const struct item_file *m)
{
	bool empty = false;
	size_t end = header_octets(m->octets, &empty), at = 0;
	struct header_walk walk = header_walk(str_sub(m->octets, 0, end));
	struct header_field f;
	size_t fields = end;

	while (header_next(&walk, &f)) {
		size_t begin = (size_t)(f.whole.at - m->octets.at);

		if (is_status(f.name)) {
			buf_put(to, str_sub(m->octets, at, begin - at));
			at = begin + f.whole.len;
		}
		fields = begin + f.whole.len;
	}
	buf_put(to, str_sub(m->octets, at, fields - at));
	put_status(to, m);
	buf_put(to, str_skip(m->octets, fields));
}

static enum err write_mbox(struct export *x, const struct item_file *m)
{
	struct str header = str_sub(m->octets, 0, header_octets(m->octets, NULL));
	struct header_field field;
	struct buf marked, sender;
	enum err e;

	buf_init(&sender, 4096);
	buf_init(&marked, 2 * MESSAGE_OCTETS_MAX);
	if (header_find(header, S("Return-Path"), &field) || header_find(header, S("From"), &field))
		(void)!msgid_next(&field.value, &sender);
	if (x->no_flags)
		buf_put(&marked, m->octets);
	else
		put_marked(&marked, m);
	buf_clear(&x->out);
	mbox_put(&x->out, buf_str(&marked), buf_str(&sender), m->date);
	e = write_all(x, x->fd, buf_str(&x->out));
	buf_done(&marked);
	buf_done(&sender);
	return e;
}

/* ---- files ---- */

/* 0: there are no letters left, or it is nobody's. */
static char letter_of(struct export *x, const char *word)
{
	json_t *there = json_object_get(x->words, word);
	size_t n = json_object_size(x->words);

	if (strcmp(word, "$Forwarded") == 0)
		return 'P';
	if (there == NULL && n < LETTERS) {
		there = json_integer((json_int_t)n);
		json_object_set_new(x->words, word, there);
	}
	return there != NULL ? (char)('a' + json_integer_value(there)) : '\0';
}

static int compare_letters(const void *one, const void *other)
{
	return *(const char *)one - *(const char *)other;
}

static void put_letters(struct export *x, const struct item_file *m, char letters[64])
{
	static const char flags[] = { 'S', 'R', 'F', 'T', 'D' }; /* as ITEM_ has them */
	const json_t *word;
	size_t i, n = 0;

	for (i = 0; i < sizeof(flags); i++) {
		if (m->flags & 1u << i)
			letters[n++] = flags[i];
	}
	json_array_foreach(m->keywords, i, word)
	{
		char letter = letter_of(x, json_string_value(word));

		if (letter != '\0' && n < 60)
			letters[n++] = letter;
	}
	qsort(letters, n, 1, compare_letters);
	letters[n] = '\0';
}

static void put_lf(struct buf *to, struct str octets)
{
	while (octets.len > 0) {
		size_t end = str_find_str(octets, S("\r\n"));

		buf_put(to, str_sub(octets, 0, end));
		if (end == STR_NPOS)
			return;
		buf_put_octet(to, '\n');
		octets = str_skip(octets, end + 2);
	}
}

static enum err write_file(struct export *x, const struct item_file *m)
{
	struct timespec times[2] = { { .tv_sec = m->date }, { .tv_sec = m->date } };
	char name[200], letters[64] = "";
	enum err e;
	int fd;

	put_letters(x, m, letters);
	buf_clear(&x->out);
	if (x->maildir) {
		put_lf(&x->out, m->octets);
		snprintf(name, sizeof(name), "cur/%lld.%08lld.bourse:2,%s", (long long)m->date, (long long)m->uid, x->no_flags ? "" : letters);
	} else {
		buf_put(&x->out, m->octets);
		snprintf(name, sizeof(name), "%08lld.eml", (long long)m->uid);
	}
	fd = openat(x->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return broken(x);
	e = write_all(x, fd, buf_str(&x->out));
	if (e == ERR_OK && futimens(fd, times) < 0)
		e = broken(x);
	fd_close(&fd);
	return e;
}

static enum err write_words(struct export *x)
{
	const char *word;
	json_t *letter;
	enum err e;
	int fd;

	if (!x->maildir || x->no_flags || json_object_size(x->words) == 0)
		return ERR_OK;
	buf_clear(&x->out);
	json_object_foreach(x->words, word, letter)
		buf_printf(&x->out, "%d %s\n", (int)json_integer_value(letter), word);
	fd = openat(x->fd, "dovecot-keywords", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	e = fd >= 0 ? write_all(x, fd, buf_str(&x->out)) : broken(x);
	fd_close(&fd);
	return e;
}

/* ---- reading ---- */

static void add_problem(struct export *x, json_int_t uid, const char *what)
{
	if (json_array_size(x->problems) < TOLD_MAX)
		json_array_append_new(x->problems, json_pack("{s:I,s:s}", "uid", uid, "what", what));
}

static enum err take(struct export *x, const struct step *s)
{
	const char *problem = json_string_value(json_object_get(s->ret, "problem"));
	struct item_file m = { .uid = json_integer_value(json_object_get(s->ret, "uid")),
		.date = json_integer_value(json_object_get(s->ret, "date")),
		.flags = (unsigned)json_integer_value(json_object_get(s->ret, "flags")),
		.keywords = json_object_get(s->ret, "keywords") };
	enum err e;

	if (problem != NULL || s->ret_fd_count != 1) {
		add_problem(x, m.uid, problem ? problem : "it cannot be read");
		return ERR_OK;
	}
	e = fd_map(s->ret_fds[0], MESSAGE_OCTETS_MAX, &m.octets);
	if (e != ERR_OK)
		return fail(x->failure, e, "a message cannot be read");
	e = x->mbox ? write_mbox(x, &m) : write_file(x, &m);
	x->written++;
	x->octets += m.octets.len;
	fd_unmap(&m.octets);
	return e;
}

static enum err read_all(struct export *x)
{
	json_int_t uid = 1;
	enum err e = ERR_OK;
	char what[100];

	while (e == ERR_OK && uid > 0) {
		struct step s = { .verb = "store export",
			.args = json_pack("{s:I,s:I,s:I}", "mailbox", x->mailbox, "folder", x->folder, "uid", uid) };

		e = step_ask(x->server, &s, x->failure);
		if (e != ERR_OK)
			return e;
		uid = json_integer_value(json_object_get(s.ret, "uid"));
		if (uid > 0)
			e = take(x, &s);
		uid = uid > 0 ? uid + 1 : 0;
		step_done(&s);
		snprintf(what, sizeof(what), "%llu messages", (unsigned long long)x->written);
		steps_progress(x->render, what, x->written, 0);
	}
	return e;
}

/* ---- the command ---- */

static enum err read_options(struct export *x, const struct call *call, struct failure *f)
{
	struct str format = str_from_c(json_string_value(json_object_get(call->args, "format")));

	x->path = json_string_value(json_object_get(call->args, "path"));
	x->no_flags = json_is_false(json_object_get(call->args, "flags"));
	x->mbox = format.len == 0 || str_eq(format, S("mbox"));
	x->maildir = str_eq(format, S("maildir"));
	if (!x->mbox && !x->maildir && !str_eq(format, S("eml")))
		return fail(f, ERR_SYNTAX, "--format is mbox, maildir or eml, and not '%.40s'", format.at);
	if (x->path[0] == '\0')
		return fail(f, ERR_SYNTAX, "a file or folder to write to is missing");
	if (strcmp(x->path, "-") == 0)
		x->path = NULL;
	return x->path == NULL && !x->mbox ? fail(f, ERR_SYNTAX, "many files do not go to standard output; name a folder") : ERR_OK;
}

/* Nothing that is there is touched. */
static enum err open_target(struct export *x)
{
	static const char *const parts[] = { "cur", "new", "tmp" };

	if (x->path == NULL) {
		x->fd = dup(STDOUT_FILENO);
		return x->fd >= 0 ? ERR_OK : broken(x);
	}
	if (x->mbox) {
		x->fd = open(x->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		return x->fd >= 0 ? ERR_OK : broken(x);
	}
	if (mkdir(x->path, 0700) < 0)
		return broken(x);
	x->fd = open(x->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	for (size_t i = 0; x->fd >= 0 && x->maildir && i < 3; i++) {
		if (mkdirat(x->fd, parts[i], 0700) < 0)
			return broken(x);
	}
	return x->fd >= 0 ? ERR_OK : broken(x);
}

static enum err find_folder(struct export *x, const struct call *call)
{
	struct step s = { .verb = "folder find" };
	enum err e = step_mailbox(x->server, json_string_value(json_object_get(call->args, "mailbox")), &x->mailbox, x->failure);

	if (e != ERR_OK)
		return e;
	s.args = json_pack("{s:I,s:O}", "mailbox", x->mailbox, "folder", json_object_get(call->args, "folder"));
	e = step_ask(x->server, &s, x->failure);
	x->folder = e == ERR_OK ? json_integer_value(json_object_get(s.ret, "folder")) : 0;
	step_done(&s);
	return e;
}

static void answer(struct export *x)
{
	if (x->path == NULL)
		return;
	steps_answer(x->render, json_pack("{s:b,s:I,s:I,s:O,s:s}", "ok", 1, "written", (json_int_t)x->written, "octets", (json_int_t)x->octets,
		"problems", x->problems, "message", json_array_size(x->problems) == 0 ? "all of the folder was written" : "some messages cannot be read"));
}

static enum err run(struct export *x, const struct call *call, const char *data)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	enum err e = read_options(x, call, x->failure);

	if (e == ERR_OK)
		e = transport_open(&options, &x->server, x->failure);
	if (e == ERR_OK)
		e = find_folder(x, call);
	if (e == ERR_OK)
		e = open_target(x);
	if (e == ERR_OK)
		e = read_all(x);
	if (e == ERR_OK)
		e = write_words(x);
	if (e == ERR_OK && x->path != NULL && fsync(x->fd) < 0)
		e = broken(x);
	if (e == ERR_OK)
		answer(x);
	return e;
}

enum err folder_export_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct export *x = MEM_NEW(struct export);
	enum err e;

	*x = (struct export){ .render = r, .failure = f, .fd = -1, .words = json_object(), .problems = json_array() };
	buf_init(&x->out, 3 * MESSAGE_OCTETS_MAX);
	e = run(x, call, data);
	transport_close(x->server);
	fd_close(&x->fd);
	buf_done(&x->out);
	json_decref(x->words);
	json_decref(x->problems);
	mem_free(x);
	return e;
}
