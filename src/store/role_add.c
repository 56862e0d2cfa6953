#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/file.h"
#include "mail/record.h"
#include "store/message.h"
#include "store/role_int.h"
#include "store/twins.h"

#define FILE_OCTETS_MAX    ((size_t)1 << 30)
#define PARSES_MAX         8u    /* asked at once: deliveries ask the same workers */
#define SET_OCTETS_MAX     ((uint64_t)48 << 20)
#define TWINS_IDLE_MS      20000 /* for which what a folder has stays known */

/* One message of them. */
struct added {
	struct append_request request;
	uint64_t key;
	uint32_t uid;
	bool there; /* it, or one before it, was there already */
	enum err err;
};

/*
 * Many messages into one folder: one write set, or a few. One after the other in each store: each has to see what those before it
 * have added.
 */
struct adding {
	struct store_role *role;
	uint64_t request;
	struct list node; /* in role->addings; the first one is at work */
	struct arena arena;
	json_t *whole;
	const json_t *args;
	struct mailbox *mailbox;
	struct str folder, file; /* file: mapped */
	uint32_t folder_id;      /* 0: a dry run, and there is none */
	struct added *rows;
	size_t count;
	size_t asked, parsed;    /* of the rows */
	size_t begun, done;      /* appended: the set under way */
	size_t *set;             /* its rows */
	size_t set_count;
	struct deferred again;
	uint64_t dry;            /* the run's number; 0: for good */
	bool made, duplicates;
	bool asking;             /* a parser's answer may come inside the question */
};

static void begin(struct adding *a);
static void go_on(void *arg);

static void end(struct adding *a, enum err e, json_t *reply)
{
	struct store_role *r = a->role;
	bool worked = r->addings.next == &a->node;

	if (e != ERR_OK)
		role_refuse(r, a->request, e);
	else
		role_answer(r, a->request, reply);
	if (r->twins != NULL)
		timer_set(r->twins_timer, TWINS_IDLE_MS);
	deferred_cancel(&a->again);
	list_remove(&a->node);
	mailbox_unref(a->mailbox);
	fd_unmap(&a->file);
	json_decref(a->whole);
	arena_done(&a->arena);
	mem_free(a);
	if (worked && !list_empty(&r->addings))
		begin(LIST_OF(r->addings.next, struct adding, node));
}

static void answer(struct adding *a)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < a->count; i++) {
		const struct added *row = &a->rows[i];

		if (row->err != ERR_OK)
			json_array_append_new(rows, json_string(err_name(row->err)));
		else
			json_array_append_new(rows, json_integer(row->there ? -(json_int_t)row->uid - 1 : (json_int_t)row->uid));
	}
	end(a, ERR_OK, json_pack("{s:b,s:b,s:o}", "ok", 1, "made", (int)a->made, "results", rows));
}

/* ---- writing ---- */

static void on_added(void *arg, enum err e, const struct mailbox_result *result)
{
	struct adding *a = arg;

	if (e != ERR_OK) {
		end(a, e, NULL);
		return;
	}
	must(result->count == a->set_count);
	for (size_t i = 0; i < a->set_count; i++)
		a->rows[a->set[i]].uid = result->new_uids[i];
	log_put(LOG_archived, LOG_U("mailbox", mailbox_id(a->mailbox)), LOG_U("folder", a->folder_id), LOG_U("messages", a->set_count),
		LOG_END);
	loop_defer(a->role->env->loop, &a->again);
}

static void append_some(struct adding *a)
{
	struct append_request *requests = ARENA_ARRAY(&a->arena, struct append_request, APPEND_SET_MAX);
	uint64_t octets = 0;

	a->set_count = 0;
	while (a->begun < a->count && a->set_count < APPEND_SET_MAX) {
		const struct added *row = &a->rows[a->begun];

		if (row->there || row->err != ERR_OK) {
			a->begun++;
			continue;
		}
		octets += row->request.octets.len + row->request.record.len;
		if (octets > SET_OCTETS_MAX && a->set_count > 0)
			break;
		requests[a->set_count] = row->request;
		requests[a->set_count].folder = a->folder_id;
		a->set[a->set_count++] = a->begun++;
	}
	if (a->set_count == 0)
		answer(a);
	else
		mailbox_append_set(a->mailbox, &(struct append_set){ .requests = requests, .count = a->set_count }, on_added, a);
}

/* ---- what is there already ---- */

static void on_twins_idle(void *arg)
{
	struct store_role *r = arg;

	if (!list_empty(&r->addings))
		return;
	twins_close(r->twins);
	r->twins = NULL;
}

/* What a dry run has noted is not there for another one. */
static enum err open_twins(struct adding *a)
{
	struct store_role *r = a->role;

	if (r->twins_timer == NULL)
		r->twins_timer = timer_new(r->env->loop, on_twins_idle, r);
	if (r->twins != NULL && twins_of(r->twins, a->mailbox, a->folder_id) && (!twins_noted(r->twins) || r->twins_dry == a->dry))
		return ERR_OK;
	twins_close(r->twins);
	r->twins = NULL;
	return twins_open(a->mailbox, a->folder_id, &r->twins);
}

/* One of the same message before it. */
static bool is_again(const struct adding *a, size_t i)
{
	for (size_t n = 0; n < i; n++) {
		if (a->rows[n].key == a->rows[i].key && a->rows[n].err == ERR_OK)
			return true;
	}
	return false;
}

static void judge(struct adding *a, size_t i)
{
	struct store_role *r = a->role;
	struct added *row = &a->rows[i];
	struct twins_message message = { row->request.octets, row->request.record, 0 };

	if (row->err != ERR_OK || a->duplicates)
		return;
	row->key = twins_key(message.octets, message.record);
	if (a->folder_id == 0)
		row->key ^= map_hash(a->folder); /* one of several that are not there */
	message.key = row->key;
	row->there = twins_has(r->twins, &message, &row->uid) || is_again(a, i);
	if (a->dry != 0 && !row->there) {
		twins_note(r->twins, row->key);
		r->twins_dry = a->dry;
	}
}

static void judge_all(struct adding *a)
{
	for (size_t i = 0; i < a->count; i++)
		judge(a, i);
	if (a->dry != 0)
		answer(a);
	else
		append_some(a);
}

/* ---- records ---- */

static void ask_parsers(struct adding *a);

static struct str opaque(struct adding *a, struct str octets)
{
	struct buf record;
	struct str kept = STR_NONE;

	buf_init(&record, RECORD_OCTETS_MAX);
	if (record_make_opaque(octets.len, &record) == ERR_OK)
		kept = arena_str(&a->arena, buf_str(&record));
	buf_done(&record);
	return kept;
}

/* Parsers answer in any order; each answer is for one row. */
struct parse_of {
	struct adding *adding;
	size_t row;
};

static void on_parsed(void *arg, enum err e, struct str record)
{
	const struct parse_of *p = arg;
	struct adding *a = p->adding;
	struct added *row = &a->rows[p->row];

	row->request.record = e == ERR_OK ? arena_str(&a->arena, record) : STR_NONE;
	if (e == ERR_OK)
		e = message_check(row->request.octets, row->request.record);
	if (e != ERR_OK) {
		row->request.record = opaque(a, row->request.octets);
		row->err = message_check(row->request.octets, row->request.record);
	}
	a->parsed++;
	if (!a->asking)
		ask_parsers(a);
}

static void ask_parsers(struct adding *a)
{
	a->asking = true;
	while (a->asked < a->count && a->asked - a->parsed < PARSES_MAX) {
		struct parse_of *p = ARENA_NEW(&a->arena, struct parse_of);

		*p = (struct parse_of){ a, a->asked++ };
		role_parse(a->role, a->rows[p->row].request.octets, on_parsed, p);
	}
	a->asking = false;
	if (a->parsed == a->count)
		loop_defer(a->role->env->loop, &a->again);
}

/* ---- the steps ---- */

/* The next slice of whatever is not done. */
static void go_on(void *arg)
{
	struct adding *a = arg;
	bool known = true;
	enum err e = ERR_OK;

	if (a->parsed < a->count) {
		ask_parsers(a);
		return;
	}
	if (a->begun > 0) {
		append_some(a);
		return;
	}
	if (!a->duplicates)
		e = open_twins(a);
	if (e == ERR_OK && !a->duplicates)
		e = twins_look(a->role->twins, &known);
	if (e != ERR_OK)
		end(a, e, NULL);
	else if (known)
		judge_all(a);
	else
		loop_defer(a->role->env->loop, &a->again);
}

static void use_folder(struct adding *a);

static void on_made(void *arg, enum err e, const struct mailbox_result *result)
{
	struct adding *a = arg;

	if (e == ERR_FOLDEREXISTS) { /* a session was quicker */
		use_folder(a);
		return;
	}
	if (e != ERR_OK) {
		end(a, e, NULL);
		return;
	}
	a->made = true;
	a->folder_id = result->folder;
	go_on(a);
}

static void use_folder(struct adding *a)
{
	struct folder_info f;
	enum err e = role_folder_is_hidden(a->mailbox, a->folder) ? ERR_FOLDERNAME : folder_find(a->mailbox, a->folder, &f);

	if (e == ERR_OK && !f.noselect) {
		a->folder_id = f.id;
		go_on(a);
	} else if (e != ERR_OK && e != ERR_NOFOLDER) {
		end(a, e, NULL);
	} else if (a->dry != 0) {
		a->made = true;
		go_on(a);
	} else {
		folder_create_unused(a->mailbox, a->folder, 0, on_made, a);
	}
}

static void begin(struct adding *a)
{
	enum err e = role_mailbox(a->role, role_number(a->args, "mailbox"), &a->mailbox);

	if (e != ERR_OK) {
		end(a, e, NULL);
		return;
	}
	for (size_t i = 0; mailbox_is_public(a->mailbox) && i < a->count; i++)
		a->rows[i].request.flags &= (uint8_t)~ITEM_SEEN; /* where it is each reader's own */
	use_folder(a);
}

/* ---- the request ---- */

static enum err read_row(struct adding *a, const json_t *row, size_t *at, struct added *ret)
{
	json_int_t octets = json_integer_value(json_object_get(row, "o"));
	struct append_request *q = &ret->request;

	if (octets < 1 || (size_t)octets > a->file.len - *at)
		return ERR_SYNTAX;
	*q = (struct append_request){ .flags = (uint8_t)(role_number(row, "f") & ITEM_FLAGS),
		.date = json_integer_value(json_object_get(row, "d")),
		.octets = str_sub(a->file, *at, (size_t)octets),
		.no_quota = true };
	*at += (size_t)octets;
	return role_keywords(json_object_get(row, "k"), &a->arena, q);
}

static enum err read_request(struct adding *a, int fd)
{
	const json_t *folder = json_object_get(a->args, "folder"), *rows = json_object_get(a->args, "messages"), *row;
	size_t i, at = 0;
	enum err e = fd >= 0 && memfd_is_sealed(fd) ? fd_map(fd, FILE_OCTETS_MAX, &a->file) : ERR_PEER;

	a->folder = str_make(json_string_value(folder), json_string_length(folder));
	a->duplicates = json_is_true(json_object_get(a->args, "duplicates"));
	a->dry = role_number(a->args, "dry");
	a->count = json_array_size(rows);
	if (e == ERR_OK && (a->folder.at == NULL || a->count == 0 || a->count > APPEND_SET_MAX))
		e = ERR_SYNTAX;
	a->rows = ARENA_ARRAY(&a->arena, struct added, a->count + 1);
	a->set = ARENA_ARRAY(&a->arena, size_t, APPEND_SET_MAX);
	for (i = 0; e == ERR_OK && (row = json_array_get(rows, i)) != NULL; i++)
		e = read_row(a, row, &at, &a->rows[i]);
	return e == ERR_OK && at != a->file.len ? ERR_SYNTAX : e;
}

bool role_add(struct store_role *r, const struct msg_admin_file_request *q, int fd)
{
	struct adding *a;
	enum err e;
	bool alone = list_empty(&r->addings);

	if (!str_eq(q->verb, S("store add")))
		return false;
	a = MEM_NEW(struct adding);
	*a = (struct adding){ .role = r, .request = q->request, .whole = json_loadb(q->json.at, q->json.len, 0, NULL) };
	arena_init(&a->arena, ARENA_NONE);
	deferred_init(&a->again, go_on, a);
	a->args = json_object_get(a->whole, "args");
	e = read_request(a, fd);
	list_add_tail(&r->addings, &a->node);
	if (e != ERR_OK)
		end(a, e, NULL);
	else if (alone)
		begin(a);
	return true;
}

void role_add_free(struct store_role *r)
{
	twins_close(r->twins);
	timer_free(r->twins_timer);
	r->twins = NULL;
}
