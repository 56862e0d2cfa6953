#include "ctl/virtual.h"

#include <string.h>

#include "ctl/public.h"
#include "ctl/steps.h"

/* Pages that the service has itself would be seen instead, or beside it. */
static enum err check_path(const json_t *path, struct failure *f)
{
	struct str s = str_from_c(json_is_string(path) ? json_string_value(path) : "");

#define RESOURCE(at, methods, logon, handler, what)                                                \
	if (str_ieq(s, S(at)) || (strlen(at) > 1 && str_istarts(s, S(at "/"))))                    \
		return fail(f, ERR_EXISTS, "the web service has a page of its own at %s: %s", at, what);
#include "front/http_resource.tbl"
	return ERR_OK;
}

/* {"folders":["3",...]} for {"publish":["Announcements",...]}. */
static enum err find_folders(struct transport *t, json_t *args, struct failure *f)
{
	const json_t *names = json_object_get(args, "publish"), *name;
	struct step show = { .verb = "public show" };
	json_t *numbers = json_array();
	json_int_t store;
	size_t i;
	enum err e;

	json_object_set_new(args, "folders", numbers);
	if (json_array_size(names) == 0)
		return ERR_OK;
	e = step_ask(t, &show, f);
	if (e != ERR_OK)
		return e;
	store = public_store_id(show.ret);
	step_done(&show);
	json_array_foreach(names, i, name)
	{
		struct step find = { .verb = "folder find", .args = json_pack("{s:I,s:O}", "mailbox", store, "folder", name) };

		if (e == ERR_OK)
			e = step_ask(t, &find, f);
		if (e == ERR_OK)
			json_array_append_new(numbers,
				json_sprintf("%lld", (long long)json_integer_value(json_object_get(find.ret, "folder"))));
		step_done(&find);
	}
	return e;
}

static enum err change(struct transport *t, const struct call *call, json_t **ret, struct failure *f)
{
	bool adds = strcmp(call->command->verb, "add") == 0;
	struct step ask = { .verb = adds ? "virtual directory add" : "virtual directory set", .args = json_copy(call->args) };
	json_t *mailbox = json_object_get(ask.args, "mailbox");
	enum err e = check_path(json_object_get(ask.args, adds ? "name" : "rename"), f);

	if (mailbox != NULL) {
		json_object_set(ask.args, "of-mailbox", mailbox);
		json_object_del(ask.args, "mailbox");
	}
	if (e == ERR_OK && json_object_get(ask.args, "publish") != NULL)
		e = find_folders(t, ask.args, f);
	if (e != ERR_OK) {
		json_decref(ask.args);
		return e;
	}
	e = step_ask(t, &ask, f);
	if (e == ERR_OK)
		*ret = json_incref(ask.ret);
	step_done(&ask);
	return e;
}

enum err virtual_change_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	struct transport *t = NULL;
	json_t *said = NULL;
	enum err e = transport_open(&options, &t, f);

	if (e == ERR_OK)
		e = change(t, call, &said, f);
	if (e == ERR_OK)
		steps_answer(r, said);
	transport_close(t);
	return e;
}
