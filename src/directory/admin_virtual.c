#include "directory/admin_virtual.h"

#include "config/offer.h"
#include "directory/admin_show.h"
#include "directory/shell_word.h"

static enum err acts(struct admin *q, const struct entry *e, struct virtual_identity *id, struct failure *f)
{
	return virtual_acts(q->directory, &(struct virtual_query){ &e->virtual, q->now_seconds }, &q->arena, id, f);
}

struct str admin_virtual_state(struct admin *q, const struct entry *e)
{
	struct virtual_identity id;
	struct failure f = { 0 };

	if (e->virtual.disabled)
		return S("disabled");
	return acts(q, e, &id, &f) == ERR_OK ? S("") : arena_str(&q->arena, str_from_c(f.text));
}

/* Why a stranger does not come in; empty: he does. */
static struct str shut(struct admin *q, const struct config *c, const struct entry *e)
{
	if (!offer_nameless(c, PROTOCOL_HTTP))
		return S("anonymous.http is off");
	if (!(virtual_ways(&e->virtual) & PLACE_ANONYMOUS))
		return S("anonymous is not among its ways to come in (--authentication)");
	return admin_virtual_state(q, e);
}

static void tell_one(struct admin *q, const struct config *c, const struct entry *e, admin_virtual_fn *fn, void *arg)
{
	const struct entry_virtual *v = &e->virtual;
	struct str why = shut(q, c, e), path = shell_word(&q->arena, v->path);
	struct virtual_identity id;
	struct failure f = { 0 };

	if (why.len > 0) {
		fn(arg, &(struct admin_virtual_row){ v->path, S("nothing"), why, S("") });
		return;
	}
	if (acts(q, e, &id, &f) != ERR_OK)
		return;
	for (size_t i = 0; i < v->submit_to.count; i++)
		fn(arg, &(struct admin_virtual_row){ v->path, arena_printf(&q->arena, "send mail to %.*s", STR_FMT(v->submit_to.at[i])),
				arena_printf(&q->arena, "its form submits as %.*s and mailbox \"%.*s\", %llu an hour from one address, %llu from all",
					STR_FMT(directory_account_name(q->directory, v->account, &q->arena)), STR_FMT(id.mailbox.mailbox.alias),
					(unsigned long long)v->rate, (unsigned long long)v->rate_all),
				arena_printf(&q->arena, "bourse virtual-directory set %.*s --submit-to '', or --disabled", STR_FMT(path)) });
}

enum err admin_virtual_strangers(struct admin *q, const struct config *c, admin_virtual_fn *fn, void *arg)
{
	struct entry_ids ids;
	struct entry e;
	enum err err = directory_ids(q->directory, ENTRY_VIRTUAL, 0, &q->arena, SIZE_MAX, &ids);

	for (size_t i = 0; err == ERR_OK && i < ids.count; i++) {
		err = directory_get(q->directory, ENTRY_VIRTUAL, ids.at[i], &q->arena, &e);
		if (err == ERR_OK)
			tell_one(q, c, &e, fn, arg);
	}
	return err;
}

static json_t *numbers_of(const struct entry_texts *texts)
{
	json_t *all = json_array();
	uint64_t n;

	for (size_t i = 0; i < texts->count; i++) {
		if (str_u64(texts->at[i], UINT32_MAX, &n))
			json_array_append_new(all, json_integer((json_int_t)n));
	}
	return all;
}

static json_t *one_of(struct admin *q, const struct config *c, const struct entry *e)
{
	const struct entry_virtual *v = &e->virtual;
	struct virtual_identity id = { 0 };
	struct failure f = { 0 };
	bool ready = !v->disabled && acts(q, e, &id, &f) == ERR_OK;
	json_t *row = json_object(), *groups = json_array();
	struct str sends = S("");

	for (size_t i = 0; ready && i < id.groups.count; i++)
		json_array_append_new(groups, json_integer((json_int_t)id.groups.at[i]));
	for (size_t i = 0; i < v->submit_to.count; i++)
		sends = arena_printf(&q->arena, "%.*s%s%.*s", STR_FMT(sends), i > 0 ? ", " : "", STR_FMT(v->submit_to.at[i]));
	json_object_set_new(row, "path", admin_show_string(v->path));
	json_object_set_new(row, "account", json_integer((json_int_t)v->account));
	json_object_set_new(row, "name", admin_show_string(directory_account_name(q->directory, v->account, &q->arena)));
	json_object_set_new(row, "groups", groups);
	json_object_set_new(row, "folders", numbers_of(&v->folders));
	json_object_set_new(row, "sends", admin_show_string(sends));
	json_object_set_new(row, "ready", json_boolean(ready));
	json_object_set_new(row, "anonymous", json_boolean(c != NULL && shut(q, c, e).len == 0));
	return row;
}

json_t *admin_virtual_all(struct admin *q, const struct config *c, uint64_t account)
{
	json_t *rows = json_array();
	struct entry_ids ids = { 0 };
	struct entry e;

	if (directory_ids(q->directory, ENTRY_VIRTUAL, 0, &q->arena, SIZE_MAX, &ids) != ERR_OK)
		return rows;
	for (size_t i = 0; i < ids.count; i++) {
		if (directory_get(q->directory, ENTRY_VIRTUAL, ids.at[i], &q->arena, &e) == ERR_OK && (account == 0 || e.virtual.account == account))
			json_array_append_new(rows, one_of(q, c, &e));
	}
	return rows;
}
