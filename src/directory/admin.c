#include "directory/admin.h"

#include "base/mem.h"
#include "directory/admin_args.h"
#include "directory/admin_int.h"
#include "directory/admin_show.h"

#define REQUEST_OCTETS_MAX ((size_t)1 << 20)

#define ARG(name, type, property, mode, doc)                                                       \
	{ { name, ADMIN_##type, doc }, property, ADMIN_##mode },
static const struct admin_arg args[] = {
#include "directory/admin.tbl"
};

#define ARG(name, type, property, mode, doc) { name, ADMIN_##type, doc },
static const struct admin_arg_row arg_rows[] = {
#include "directory/admin.tbl"
	{ NULL, ADMIN_TEXT, NULL },
};

#define VERB(verb, handler, kind, arguments, help) { verb, arguments, help },
static const struct admin_verb_row verbs[] = {
#include "directory/admin.tbl"
	{ NULL, NULL, NULL },
};

#define VERB(verb, handler, kind, arguments, help) { admin_do_##handler, ENTRY_##kind },
static const struct {
	admin_handler *run;
	enum entry_kind kind;
} handlers[] = {
#include "directory/admin.tbl"
};

const struct admin_arg_row *admin_args(void)
{
	return arg_rows;
}

const struct admin_verb_row *admin_verbs(void)
{
	return verbs;
}

const struct admin_arg *admin_arg_find(struct str name)
{
	for (size_t i = 0; i < sizeof(args) / sizeof(*args); i++) {
		if (str_eq(name, str_from_c(args[i].row.name)))
			return &args[i];
	}
	return NULL;
}

static size_t index_of(struct str verb)
{
	size_t i = 0;

	while (verbs[i].verb != NULL && !str_eq(verb, str_from_c(verbs[i].verb)))
		i++;
	return i;
}

bool admin_verb_find(struct str verb, struct admin_verb *ret)
{
	size_t i = index_of(verb);

	if (verbs[i].verb == NULL)
		return false;
	*ret = (struct admin_verb){ &verbs[i], handlers[i].kind };
	return true;
}

enum err admin_dispatch(struct admin *q, struct str verb)
{
	size_t i = index_of(verb);
	enum err e;

	if (verbs[i].verb == NULL)
		return fail(q->failure, ERR_SYNTAX, "there is no verb \"%.*s\"; see: bourse help",
			(int)(verb.len < 60 ? verb.len : 60), verb.at);
	q->kind = handlers[i].kind;
	e = admin_args_check(q, &verbs[i]);
	return e == ERR_OK ? handlers[i].run(q) : e;
}

/* {"verb": string, "args": object or absent} and nothing else. */
static enum err open_request(struct admin *q, json_t *request, struct str *ret_verb)
{
	const json_t *verb = json_object_get(request, "verb");
	json_t *given = json_object_get(request, "args");

	if (!json_is_string(verb) || (given != NULL && !json_is_object(given)) ||
		json_object_size(request) != (given == NULL ? 1u : 2u))
		return fail(q->failure, ERR_SYNTAX,
			"a request is {\"verb\": \"...\", \"args\": {...}}");
	q->args = given == NULL ? json_object() : json_incref(given);
	*ret_verb = str_make(json_string_value(verb), json_string_length(verb));
	return ERR_OK;
}

void admin_wipe_secrets(json_t *object)
{
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v)
	{
		const struct admin_arg *arg = admin_arg_find(str_from_c(key));

		if (arg != NULL && arg->row.type == ADMIN_SECRET && json_is_string(v))
			mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
	}
}

static void wipe_row(json_t *row)
{
	const char *key;
	json_t *v;

	json_object_foreach(row, key, v)
	{
		if (json_is_string(v))
			mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
	}
}

/* Replies are flat: texts stand in the object, or in its rows. */
void admin_wipe(const struct json_t *object)
{
	json_t *reply = (json_t *)(uintptr_t)object, *v, *row;
	const char *key;
	size_t i;

	json_object_foreach(reply, key, v)
	{
		if (json_is_string(v))
			mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
		json_array_foreach(v, i, row)
			wipe_row(row);
	}
}

static int put_reply(const char *octets, size_t len, void *arg)
{
	struct buf *reply = arg;

	buf_put(reply, str_make(octets, len));
	return buf_overflowed(reply) ? -1 : 0;
}

enum err admin_run(struct directory *d, struct str request, int64_t now_seconds, struct buf *reply,
	struct failure *f)
{
	struct admin q = { .directory = d,
		.failure = f,
		.now_seconds = now_seconds < 0 ? 0 : (uint64_t)now_seconds };
	json_t *root = request.len > REQUEST_OCTETS_MAX
			       ? NULL
			       : json_loadb(request.at, request.len, JSON_REJECT_DUPLICATES, NULL);
	struct str verb = STR_NONE;
	enum err e;

	if (!json_is_object(root)) {
		json_decref(root);
		return fail(f, ERR_SYNTAX, "the request is no JSON object");
	}
	arena_init(&q.arena, ARENA_NONE);
	q.reply = json_object();
	e = open_request(&q, root, &verb);
	if (e == ERR_OK)
		e = admin_dispatch(&q, verb);
	if (e == ERR_OK && json_dump_callback(q.reply, put_reply, reply, JSON_COMPACT) != 0)
		e = fail(f, ERR_TOOBIG, "the answer is too large to be sent at once");
	admin_wipe_secrets(q.args);
	if (q.secret)
		admin_wipe(q.reply);
	json_decref(q.args);
	json_decref(q.reply);
	json_decref(root);
	arena_wipe(&q.arena);
	return e;
}
