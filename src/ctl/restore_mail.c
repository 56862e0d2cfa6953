#include "ctl/restore_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "config/near.h"
#include "ctl/past.h"
#include "ctl/steps.h"
#include "io/file.h"

#define NAMES_OCTETS   ((size_t)1 << 20)
#define PROBLEMS_MAX   1000
#define AGAIN_MAX      100 /* times that a store which was started again is waited for */
#define AGAIN_PAUSE_MS 100

struct mail {
	struct render *render;
	struct transport *live; /* the server at work */
	struct past past;
	/* What is asked for. */
	const char *mailbox, *folder, *message_id, *into; /* NULL: not given */
	uint32_t uid;                                     /* 0: not given */
	/* What was found. */
	json_int_t from, to; /* the mailbox's number in the backup and here */
	bool public;         /* it is the public store */
	char matched[200];
	json_t *folders; /* rows of "store folders" */
	json_t *problems;
	uint64_t done, total, found, added, there, made;
};

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text ? text : "";
}

static json_int_t number_of(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

/* ---- which mailbox ---- */

struct shown {
	json_int_t id;
	json_t *names; /* alias, then addresses */
};

static void add_names(json_t *to, struct str text)
{
	struct str one;

	while (text.len > 0) {
		if (!str_cut(&text, ',', &one)) {
			one = text;
			text = STR_NONE;
		}
		one = str_trim(one);
		if (one.len > 0)
			json_array_append_new(to, json_stringn(one.at, one.len));
	}
}

static void read_shown(const json_t *reply, struct shown *ret)
{
	json_t *rows = json_object_get(reply, "rows"), *row;
	struct str alias = S(""), addresses = S("");
	uint64_t id = 0;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		struct str name = str_from_c(text_of(row, "property")), value = str_from_c(text_of(row, "value"));

		if (str_eq(name, S("alias")))
			alias = value;
		else if (str_eq(name, S("addresses")))
			addresses = value;
		else if (str_eq(name, S("id")) && !str_u64(value, INT64_MAX, &id))
			id = 0;
	}
	*ret = (struct shown){ .id = (json_int_t)id, .names = json_array() };
	add_names(ret->names, alias);
	add_names(ret->names, addresses);
}

static enum err show(struct transport *t, const char *name, struct shown *ret, struct failure *f)
{
	struct step s = { .verb = "mailbox show", .args = json_pack("{s:s}", "name", name) };
	enum err e = step_ask(t, &s, f);

	if (e != ERR_OK)
		return e;
	read_shown(s.ret, ret);
	step_done(&s);
	if (ret->id > 0)
		return ERR_OK;
	json_decref(ret->names);
	return fail(f, ERR_PEER, "the directory's answer is not understood");
}

static enum err show_public(struct transport *t, struct shown *ret, struct failure *f)
{
	struct step s = { .verb = "public show" };
	enum err e = step_ask(t, &s, f);

	if (e != ERR_OK)
		return e;
	read_shown(s.ret, ret);
	step_done(&s);
	return ERR_OK;
}

static void add_near(void *arg, struct str json, bool more)
{
	json_t *reply = json_loadb(json.at, json.len, 0, NULL), *row;
	size_t i;

	json_array_foreach(json_object_get(reply, "rows"), i, row)
		json_array_append(arg, json_object_get(row, "name"));
	json_decref(reply);
}

/* Best, or all when there are few. */
static void put_near(const json_t *names, const char *wanted, struct buf *to)
{
	struct near near = near_to(str_from_c(wanted));
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
		near_try(&near, str_from_c(json_string_value(name)));
	if (near_best(&near).len > 0) {
		buf_printf(to, "; did you mean '%.*s'?", STR_FMT(near_best(&near)));
		return;
	}
	json_array_foreach(names, i, name)
	{
		if (i < 5)
			buf_printf(to, "%s%s", i == 0 ? "; it has " : ", ", json_string_value(name));
	}
	if (json_array_size(names) > 5)
		buf_printf(to, " and %zu more", json_array_size(names) - 5);
}

static enum err no_such(const char *what, const char *wanted, const json_t *names, struct failure *f)
{
	struct buf near;
	enum err e;

	buf_init(&near, NAMES_OCTETS);
	put_near(names, wanted, &near);
	e = fail(f, ERR_NOTFOUND, "the backup has no %s '%.60s'%.*s", what, wanted, STR_FMT(buf_str(&near)));
	buf_done(&near);
	return e;
}

static enum err refuse_mailbox(struct mail *m, struct failure *f)
{
	json_t *names = json_array();
	struct transport_request q = { .verb = S("mailbox list"), .json = S("{\"verb\":\"mailbox list\",\"args\":{}}"),
		.reply = add_near, .arg = names };
	enum err e = transport_call(m->past.server, &q, f);

	if (e == ERR_OK)
		e = no_such("mailbox", m->mailbox, names, f);
	json_decref(names);
	return e;
}

/* The same number under a name it had then is the same mailbox; one that was made anew has another, and one of the names. */
static enum err match(struct mail *m, const struct shown *past, struct failure *f)
{
	const json_t *name;
	size_t i;

	json_array_foreach(past->names, i, name)
	{
		struct failure own = { 0 };
		struct shown here;
		bool same;

		if (show(m->live, json_string_value(name), &here, &own) != ERR_OK) {
			if (own.code != ERR_NOTFOUND)
				return fail(f, own.code, "%s", own.text);
			continue;
		}
		json_decref(here.names);
		same = here.id == past->id;
		if (m->to == 0 || same) {
			m->to = here.id;
			snprintf(m->matched, sizeof(m->matched), "%s %.150s%s", i == 0 ? "the alias" : "the address",
				json_string_value(name), same ? "" : " (made anew since)");
		}
		if (same)
			break;
	}
	return m->to > 0 ? ERR_OK : ERR_NOBOX;
}

/* The public store, by the name it had then. ERR_NOTFOUND: that is not it. */
static enum err find_public(struct mail *m, struct failure *f)
{
	struct failure own = { 0 };
	struct shown past, here;
	enum err e = show_public(m->past.server, &past, &own);

	if (e != ERR_OK)
		return ERR_NOTFOUND;
	m->public = str_ieq(str_from_c(json_string_value(json_array_get(past.names, 0))), str_from_c(m->mailbox));
	m->from = past.id;
	json_decref(past.names);
	if (!m->public)
		return ERR_NOTFOUND;
	own = (struct failure){ 0 };
	e = show_public(m->live, &here, &own);
	if (e == ERR_NOTFOUND)
		return fail(f, ERR_NOBOX, "this server has no public store; make one first: bourse public enable");
	if (e != ERR_OK)
		return fail(f, e, "%s", own.text);
	json_decref(here.names);
	m->to = here.id;
	snprintf(m->matched, sizeof(m->matched), "the public store%s", m->to == m->from ? "" : " (made anew since)");
	return ERR_OK;
}

static enum err find_mailbox(struct mail *m, struct failure *f)
{
	struct failure own = { 0 };
	struct shown past;
	enum err e = show(m->past.server, m->mailbox, &past, &own);

	if (e == ERR_NOTFOUND)
		e = find_public(m, f);
	else if (e == ERR_OK)
		m->from = past.id;
	if (e == ERR_NOTFOUND)
		return refuse_mailbox(m, f);
	if (m->public)
		return e;
	if (e != ERR_OK)
		return f->code != ERR_OK ? e : fail(f, e, "%s", own.text);
	e = match(m, &past, f);
	if (e == ERR_NOBOX)
		e = fail(f, e, "no mailbox of this server has the alias or an address of '%.60s' in the backup; make one with 'bourse mailbox add'",
			m->mailbox);
	json_decref(past.names);
	return e;
}

/* ---- which folders ---- */

static enum err list_folders(struct mail *m, struct failure *f)
{
	json_int_t at = 0;
	bool end = false;

	m->folders = json_array();
	while (!end) {
		struct step s = { .verb = "store folders", .args = json_pack("{s:I,s:I}", "mailbox", m->from, "at", at) };

		if (step_ask(m->past.server, &s, f) != ERR_OK)
			return f->code;
		json_array_extend(m->folders, json_object_get(s.ret, "rows"));
		at = number_of(s.ret, "at");
		end = !json_is_false(json_object_get(s.ret, "end"));
		step_done(&s);
	}
	return ERR_OK;
}

static bool is_chosen(const struct mail *m, const json_t *row)
{
	struct str name = str_from_c(text_of(row, "name")), wanted = str_from_c(m->folder);

	if (m->public && str_eq(name, S("INBOX")))
		return false; /* it is nobody's */
	if (m->folder == NULL || str_eq(name, wanted))
		return true;
	return m->uid == 0 && str_starts(name, wanted) && name.len > wanted.len && name.at[wanted.len] == '/';
}

static enum err choose_folders(struct mail *m, struct failure *f)
{
	json_t *names = json_array(), *row;
	enum err e = list_folders(m, f);
	size_t i, chosen = 0;

	for (i = 0; e == ERR_OK && i < json_array_size(m->folders); i++) {
		row = json_array_get(m->folders, i);
		json_array_append(names, json_object_get(row, "name"));
		if (!is_chosen(m, row))
			continue;
		chosen++;
		m->total += (uint64_t)number_of(row, "messages");
	}
	if (e == ERR_OK && chosen == 0 && m->folder != NULL)
		e = no_such("folder", m->folder, names, f);
	json_decref(names);
	return e;
}

/* ---- the messages ---- */

static void add_problem(struct mail *m, const json_t *folder, json_int_t uid, const char *what)
{
	if (json_array_size(m->problems) < PROBLEMS_MAX)
		json_array_append_new(m->problems, json_pack("{s:s,s:I,s:s}", "folder", text_of(folder, "name"), "uid", uid, "what", what));
}

/* A message, or with row NULL the folder alone. */
static json_t *import_args(const struct mail *m, const json_t *folder, const json_t *row)
{
	json_t *args = json_object();
	char *name = NULL;

	if (m->into != NULL && asprintf(&name, "%s/%s", m->into, text_of(folder, "name")) < 0)
		abort();
	json_object_set_new(args, "mailbox", json_integer(m->to));
	json_object_set_new(args, "folder", json_string(name ? name : text_of(folder, "name")));
	json_object_set(args, "subscribed", json_object_get(folder, "subscribed"));
	if (m->into == NULL)
		json_object_set(args, "special", json_object_get(folder, "special"));
	if (row != NULL) {
		json_object_set(args, "flags", json_object_get(row, "flags"));
		json_object_set(args, "keywords", json_object_get(row, "keywords"));
		json_object_set(args, "date", json_object_get(row, "date"));
	}
	free(name);
	return args;
}

/* Of a folder that has to be made: who may do what with it, and how old messages become, as it was. */
static enum err add_list(struct mail *m, const json_t *folder, json_t *args, struct failure *f)
{
	struct step s = { .verb = "store list", .args = json_pack("{s:I,s:I}", "mailbox", m->from, "folder", number_of(folder, "id")) };
	enum err e = step_ask(m->past.server, &s, f);

	if (e != ERR_OK)
		return e;
	json_object_set(args, "acl", json_object_get(s.ret, "acl"));
	json_object_set(args, "age", json_object_get(s.ret, "age"));
	step_done(&s);
	return ERR_OK;
}

/* ---- annotations: those that are missing ---- */

/* Of what: folder NULL: of the mailbox itself; the uids are of a message, in the backup and here, or 0. */
struct noted {
	const json_t *folder;
	json_int_t from, to;
};

/* One that has no room here is passed over. */
static enum err annotate(struct mail *m, const struct noted *n, const json_t *row, struct failure *f)
{
	const json_t *folder = n->folder;
	json_t *whole = folder ? import_args(m, folder, NULL) : json_pack("{s:I}", "mailbox", m->to);
	struct step s = { .verb = "store annotate", .args = whole };
	struct failure own = { 0 };
	enum err e;

	json_object_set_new(whole, "uid", json_integer(n->to));
	json_object_set(whole, "owner", json_object_get(row, "owner"));
	json_object_set(whole, "entry", json_object_get(row, "entry"));
	json_object_set(whole, "value", json_object_get(row, "value"));
	e = step_ask(m->live, &s, &own);
	step_done(&s);
	if (e == ERR_TOOMANYENTRIES || e == ERR_TOOMANYNOTES || e == ERR_QUOTA) {
		add_problem(m, folder, n->from, "an annotation: there are too many already");
		return ERR_OK;
	}
	return e == ERR_OK ? ERR_OK : fail(f, e, "%.150s; run it again: what was added is not added twice", own.text);
}

static enum err bring_annotations(struct mail *m, const struct noted *n, struct failure *f)
{
	json_int_t at = 0;
	bool end = false;
	enum err e = ERR_OK;

	while (e == ERR_OK && !end) {
		struct step s = { .verb = "store annotations",
			.args = json_pack("{s:I,s:I,s:I,s:I}", "mailbox", m->from, "folder", number_of(n->folder, "id"), "uid", n->from, "at", at) };

		if (step_ask(m->past.server, &s, f) != ERR_OK)
			return f->code;
		end = !json_is_false(json_object_get(s.ret, "end"));
		at = number_of(s.ret, "at");
		if (!end)
			e = annotate(m, n, s.ret, f);
		step_done(&s);
	}
	return e;
}

/* file: the answer that has the message. The same request may come twice: what the first has added is there already. So a store that died meanwhile is asked again. */
static enum err import(struct mail *m, const json_t *folder, const json_t *row, const struct step *file, struct failure *f)
{
	const struct timespec pause = { 0, AGAIN_PAUSE_MS * 1000000L };
	struct failure own = { .code = ERR_UNAVAILABLE };
	struct noted noted = { .folder = folder, .from = row != NULL ? number_of(row, "uid") : 0 };
	struct step s = { .verb = "store import", .fds = file ? file->ret_fds : NULL, .fd_count = file ? file->ret_fd_count : 0 };

	for (int tries = 0; tries < AGAIN_MAX && own.code == ERR_UNAVAILABLE; tries++) {
		if (tries > 0)
			nanosleep(&pause, NULL);
		own = (struct failure){ 0 };
		s.args = import_args(m, folder, row);
		if (m->into == NULL && row == NULL && add_list(m, folder, s.args, f) != ERR_OK) {
			json_decref(s.args);
			return f->code;
		}
		(void)!step_ask(m->live, &s, &own);
	}
	if (own.code != ERR_OK)
		return fail(f, own.code, "%.150s; run it again: what was added is not added twice", own.text);
	m->made += json_is_true(json_object_get(s.ret, "made"));
	if (row != NULL && json_is_true(json_object_get(s.ret, "added")))
		m->added++;
	else if (row != NULL)
		m->there++;
	noted.to = number_of(s.ret, "uid");
	step_done(&s);
	return row != NULL && noted.to > 0 && json_is_true(json_object_get(row, "noted")) ? bring_annotations(m, &noted, f) : ERR_OK;
}

/* What is wrong with this message alone, so that the others can be had. */
static bool is_own(enum err e)
{
	return e == ERR_LIMIT || e == ERR_TOOBIG;
}

static enum err bring(struct mail *m, const json_t *folder, const struct step *file, struct failure *f)
{
	json_int_t uid = number_of(file->ret, "uid");
	struct failure own = { 0 };
	enum err e;

	m->found++;
	if (json_object_get(file->ret, "problem") != NULL || file->ret_fd_count != 1) {
		add_problem(m, folder, uid, text_of(file->ret, "problem"));
		return ERR_OK;
	}
	e = import(m, folder, file->ret, file, &own);
	if (e == ERR_OK)
		return ERR_OK;
	if (!is_own(e))
		return fail(f, e, "%s", own.text);
	add_problem(m, folder, uid, err_text(e));
	return ERR_OK;
}

static json_t *export_args(const struct mail *m, const json_t *folder, json_int_t uid)
{
	json_t *args = json_pack("{s:I,s:I,s:I}", "mailbox", m->from, "folder", number_of(folder, "id"), "uid", uid);

	if (m->message_id != NULL)
		json_object_set_new(args, "message-id", json_string(m->message_id));
	return args;
}

/* *uid: where to look; then where to go on, 0 at the end. */
static enum err bring_next(struct mail *m, const json_t *folder, json_int_t *uid, struct failure *f)
{
	struct step s = { .verb = "store export", .args = export_args(m, folder, *uid) };
	enum err e = step_ask(m->past.server, &s, f);
	json_int_t found, next;

	if (e != ERR_OK)
		return e;
	found = number_of(s.ret, "uid");
	next = number_of(s.ret, "next");
	if (found > 0 && (m->uid == 0 || found == (json_int_t)m->uid))
		e = bring(m, folder, &s, f);
	*uid = m->uid > 0 ? 0 : found > 0 ? found + 1 : next > *uid ? next : 0;
	step_done(&s);
	return e;
}

static enum err bring_folder(struct mail *m, const json_t *folder, struct failure *f)
{
	uint64_t messages = (uint64_t)number_of(folder, "messages"), before = m->found;
	bool alone = m->uid > 0 || m->message_id != NULL;
	json_int_t uid = m->uid > 0 ? (json_int_t)m->uid : 1;
	enum err e = alone ? ERR_OK : import(m, folder, NULL, NULL, f);

	if (e == ERR_OK && !alone)
		e = bring_annotations(m, &(struct noted){ .folder = folder }, f);
	while (e == ERR_OK && uid > 0) {
		e = bring_next(m, folder, &uid, f);
		steps_progress(m->render, "messages", m->done + (m->found - before), m->total + 1);
	}
	m->done += messages;
	return e;
}

static enum err bring_all(struct mail *m, struct failure *f)
{
	enum err e = choose_folders(m, f);
	json_t *row;
	size_t i;

	for (i = 0; e == ERR_OK && i < json_array_size(m->folders); i++) {
		row = json_array_get(m->folders, i);
		if (is_chosen(m, row))
			e = bring_folder(m, row, f);
	}
	if (e == ERR_OK && m->folder == NULL && m->into == NULL && m->message_id == NULL)
		e = bring_annotations(m, &(struct noted){ 0 }, f);
	if (e == ERR_OK && m->uid > 0 && m->found == 0)
		return fail(f, ERR_NOTFOUND, "the backup has no message with UID %u in '%.60s'", m->uid, m->folder);
	if (e == ERR_OK && m->message_id != NULL && m->found == 0)
		return fail(f, ERR_NOTFOUND, "the backup has no message with the Message-ID '%.60s' there", m->message_id);
	return e;
}

/* ---- the command ---- */

static const char *option(const struct call *call, const char *name)
{
	return json_string_value(json_object_get(call->args, name));
}

static enum err read_options(struct mail *m, const struct call *call, struct failure *f)
{
	const char *uid = option(call, "uid");

	m->mailbox = option(call, "mailbox");
	m->folder = option(call, "folder");
	m->message_id = option(call, "message-id");
	m->into = option(call, "into");
	if (uid != NULL && (!str_u32(str_from_c(uid), UINT32_MAX, &m->uid) || m->uid == 0))
		return fail(f, ERR_SYNTAX, "--uid is the number of a message, from 1 on, and not '%.40s'", uid);
	if (uid != NULL && m->message_id != NULL)
		return fail(f, ERR_SYNTAX, "--uid and --message-id both name a message; give one of them");
	if (m->folder == NULL && m->uid > 0)
		m->folder = "INBOX";
	else if (m->folder != NULL && str_ieq(str_from_c(m->folder), S("INBOX")))
		m->folder = "INBOX";
	if (m->mailbox[0] == '\0' || (m->folder != NULL && m->folder[0] == '\0') || (m->into != NULL && m->into[0] == '\0') ||
		(m->message_id != NULL && m->message_id[0] == '\0'))
		return fail(f, ERR_SYNTAX, "--mailbox, --folder, --message-id and --into need a name");
	return ERR_OK;
}

static void answer(struct mail *m)
{
	bool whole = json_array_size(m->problems) == 0;

	steps_progress(m->render, "messages", m->total + 1, m->total + 1);
	steps_answer(m->render, json_pack("{s:b,s:s,s:s,s:I,s:I,s:I,s:O,s:s}", "ok", 1, "mailbox", m->mailbox, "matched_by", m->matched,
		"added", (json_int_t)m->added, "there_already", (json_int_t)m->there, "folders_made", (json_int_t)m->made, "problems",
		m->problems, "message", whole ? "what was missing is back; nothing was overwritten" : "some messages could not be brought back"));
}

static enum err run(struct mail *m, const struct past_options *past, const struct transport_options *live, struct failure *f)
{
	enum err e = transport_open(live, &m->live, f);

	if (e != ERR_OK)
		return e;
	e = past_open(&m->past, past, f);
	if (e == ERR_OK)
		e = find_mailbox(m, f);
	if (e == ERR_OK)
		e = past_fetch(&m->past, (uint64_t)m->from, f);
	if (e == ERR_OK)
		e = bring_all(m, f);
	past_close(&m->past);
	return e;
}

enum err restore_mail_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct transport_options live = { .data = data, .config = call->config, .start = true };
	struct backup_folder b;
	struct past_options past = { .b = &b, .data = data, .config = call->config, .render = r };
	struct mail m = { .render = r };
	enum err e = restore_part_time(call, &past.until_s, f);

	if (e == ERR_OK)
		e = read_options(&m, call, f);
	if (e != ERR_OK)
		return e;
	m.problems = json_array();
	e = backup_open(&b, option(call, "backup"), false, f);
	if (e == ERR_OK)
		e = restore_part_check(&b, past.until_s, f);
	if (e == ERR_OK)
		e = run(&m, &past, &live, f);
	if (e == ERR_OK)
		answer(&m);
	transport_close(m.live);
	backup_close(&b);
	json_decref(m.folders);
	json_decref(m.problems);
	return e;
}
