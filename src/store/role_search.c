#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/work.h"
#include "role/answer.h"
#include "store/role_int.h"

#define REBUILD_LOOK_MS 200

static void on_rebuild(void *arg);

/* Without it every search reads the messages; that is no reason not to start. */
void role_search_start(struct store_role *r)
{
	const struct config *c = r->env->config;
	struct search_options options = { .loop = r->env->loop, .store = r->store, .folder = "search", .on = c->search_index,
		.share_percent = (unsigned)c->search_share_percent };
	enum err e;

	work_prepare(1);
	e = search_new(&options, &r->search);
	if (e != ERR_OK)
		log_put(LOG_search_failed, LOG_U("mailbox", 0), LOG_C("why", err_name(e)), LOG_END);
	r->rebuild_timer = timer_new(r->env->loop, on_rebuild, r);
}

void role_search_stop(struct store_role *r)
{
	timer_stop(r->rebuild_timer);
	if (r->search != NULL)
		search_stop(r->search);
}

void role_search_free(struct store_role *r)
{
	timer_free(r->rebuild_timer);
	search_free(r->search);
}

/* ---- administrators' requests ---- */

static void do_status(struct store_role *r, uint64_t request, uint64_t mailbox)
{
	json_t *rows = json_array();
	struct search_figures *figures;
	size_t count = search_figures(r->search, &figures);
	uint64_t octets = 0, waiting = 0;

	for (size_t i = 0; i < count; i++) {
		const struct search_figures *f = &figures[i];

		octets += f->octets;
		waiting += f->texts > 0 || f->working ? f->waiting : 0;
		if (mailbox != 0 ? f->mailbox != mailbox : f->texts == 0 && !f->working)
			continue;
		json_array_append_new(rows, json_pack("{s:I,s:I,s:I,s:I,s:I,s:b}", "mailbox", (json_int_t)f->mailbox, "messages",
			(json_int_t)f->texts, "position", (json_int_t)f->position, "waiting", (json_int_t)f->waiting, "octets",
			(json_int_t)f->octets, "working", (int)f->working));
	}
	mem_free(figures);
	answer_json(r->env, request, false, json_pack("{s:b,s:b,s:I,s:I,s:o}", "ok", 1, "index", (int)r->env->config->search_index, "waiting",
		(json_int_t)waiting, "octets", (json_int_t)octets, "rows", rows));
}

static void on_rebuild(void *arg)
{
	struct store_role *r = arg;
	uint64_t request = r->rebuild_request, done, total;
	bool failed;

	if (search_rebuilding(r->search, r->rebuild_mailbox, &done, &total, &failed)) {
		role_progress(r->env, "search: reading the messages", done, total);
		timer_set(r->rebuild_timer, REBUILD_LOOK_MS);
		return;
	}
	r->rebuild_request = 0;
	if (failed)
		answer_refuse(r->env, request, ERR_IO, "the index cannot be made; the server's log says why");
	else
		answer_json(r->env, request, false, json_pack("{s:b,s:s,s:I}", "ok", 1, "message", "the search index was made anew", "messages",
			(json_int_t)done));
}

static void do_rebuild(struct store_role *r, uint64_t request, uint64_t mailbox)
{
	enum err e;

	if (r->rebuild_request != 0) {
		answer_refuse(r->env, request, ERR_BUSY, "the search index is being made anew already");
		return;
	}
	e = search_rebuild(r->search, mailbox);
	if (e != ERR_OK) {
		answer_refuse(r->env, request, e, e == ERR_UNAVAILABLE ? "the search index is switched off (search.index)" : err_text(e));
		return;
	}
	r->rebuild_request = request;
	r->rebuild_mailbox = mailbox;
	timer_set(r->rebuild_timer, 0);
}

bool role_search_admin(struct store_role *r, const struct msg_admin_request *q)
{
	bool status = str_eq(q->verb, S("search status")), rebuilds = str_eq(q->verb, S("search rebuild"));
	json_t *whole, *mailbox;
	json_int_t id;

	if (!status && !rebuilds)
		return false;
	whole = json_loadb(q->json.at, q->json.len, 0, NULL);
	mailbox = json_object_get(json_object_get(whole, "args"), "mailbox");
	id = json_is_integer(mailbox) ? json_integer_value(mailbox) : 0;
	if (r->search == NULL)
		answer_refuse(r->env, q->request, ERR_UNAVAILABLE, "the search index cannot be used; the server's log says why");
	else if (mailbox != NULL && id <= 0)
		answer_refuse(r->env, q->request, ERR_NOBOX, err_text(ERR_NOBOX));
	else if (status)
		do_status(r, q->request, (uint64_t)id);
	else
		do_rebuild(r, q->request, (uint64_t)id);
	json_decref(whole);
	return true;
}
