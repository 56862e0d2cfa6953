#include "ctl/public.h"

#include "ctl/steps.h"

json_int_t public_store_id(const json_t *reply)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(reply, "rows"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "property"));
		const char *value = json_string_value(json_object_get(row, "value"));
		uint64_t id;

		if (name && value && strcmp(name, "id") == 0 && str_u64(str_from_c(value), INT64_MAX, &id))
			return (json_int_t)id;
	}
	return 0;
}

/* From then on nobody makes a folder that would go with it. */
static enum err shut_empty(struct transport *t, json_int_t *ret_id, struct failure *f)
{
	struct step show = { .verb = "public show" }, shut = { .verb = "folder shut" };
	struct failure own = { 0 };
	enum err e = step_ask(t, &show, f);

	if (e != ERR_OK)
		return e;
	*ret_id = public_store_id(show.ret);
	shut.args = json_pack("{s:I}", "mailbox", *ret_id);
	step_done(&show);
	e = step_ask(t, &shut, &own);
	step_done(&shut);
	if (e == ERR_INUSE)
		return fail(f, e, "there are folders in it; delete them first (bourse folder list public), or say --purge");
	return e == ERR_OK ? e : fail(f, e, "%s", own.text);
}

static void unshut(struct transport *t, json_int_t id)
{
	struct step s = { .verb = "folder unshut", .args = json_pack("{s:I}", "mailbox", id) };
	struct failure own = { 0 };

	(void)!step_ask(t, &s, &own);
	step_done(&s);
}

enum err public_disable_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	struct step disable = { .verb = "directory disable" };
	struct transport *t = NULL;
	json_int_t id = 0;
	enum err e = transport_open(&options, &t, f);

	if (e == ERR_OK && !json_is_true(json_object_get(call->args, "purge")))
		e = shut_empty(t, &id, f);
	if (e == ERR_OK)
		e = step_ask(t, &disable, f);
	if (e != ERR_OK && id != 0 && t != NULL)
		unshut(t, id);
	if (e == ERR_OK)
		steps_answer(r, json_incref(disable.ret));
	step_done(&disable);
	transport_close(t);
	return e;
}

static enum err add_address(struct transport *t, const struct call *call, json_t **ret, struct failure *f)
{
	struct step show = { .verb = "public show" }, find = { .verb = "folder find" }, add = { .verb = "directory address add" };
	enum err e = step_ask(t, &show, f);

	if (e != ERR_OK)
		return e;
	find.args = json_pack("{s:I,s:O}", "mailbox", public_store_id(show.ret), "folder", json_object_get(call->args, "folder"));
	step_done(&show);
	e = step_ask(t, &find, f);
	if (e != ERR_OK)
		return e;
	add.args = json_pack("{s:O,s:O}", "folder", json_object_get(find.ret, "folder"), "mail-address",
		json_object_get(call->args, "address"));
	step_done(&find);
	e = step_ask(t, &add, f);
	*ret = json_incref(add.ret);
	step_done(&add);
	return e;
}

static enum err remove_address(struct transport *t, const struct call *call, json_t **ret, struct failure *f)
{
	struct step gone = { .verb = "directory address remove",
		.args = json_pack("{s:O}", "mail-address", json_object_get(call->args, "address")) };
	enum err e = step_ask(t, &gone, f);

	*ret = json_incref(gone.ret);
	step_done(&gone);
	return e;
}

enum err folder_address_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	bool removes = json_is_true(json_object_get(call->args, "remove"));
	struct transport *t = NULL;
	json_t *said = NULL;
	enum err e = transport_open(&options, &t, f);

	if (e == ERR_OK)
		e = removes ? remove_address(t, call, &said, f) : add_address(t, call, &said, f);
	if (e == ERR_OK)
		steps_answer(r, said);
	transport_close(t);
	return e;
}
