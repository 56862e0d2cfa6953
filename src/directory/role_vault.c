#include "directory/role_int.h"

#include <fcntl.h>
#include <jansson.h>

#include "base/log.h"
#include "directory/reseal.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/answer.h"

static uint64_t now_seconds(void)
{
	return (uint64_t)(clock_real_ms() / 1000);
}

/* ---- at the start ---- */

enum err role_vault_open(struct directory_role *r, struct failure *f)
{
	struct reseal_start report = { 0 };
	enum err e;

	if (r->directory.vault == NULL)
		r->directory.vault = vault_new();
	e = reseal_start(&r->directory, VAULT_FILE, now_seconds(), &report, f);
	if (e == ERR_VAULT) {
		/* A directory without its key still knows who gets mail. */
		log_put(LOG_vault_locked, LOG_C("reason", f->text), LOG_END);
		*f = (struct failure){ 0 };
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	if (report.made)
		log_put(LOG_vault_made, LOG_S("folder", r->env->data_folder), LOG_C("file", "directory/" VAULT_FILE), LOG_END);
	if (report.sealed > 0)
		log_put(LOG_vault_sealed, LOG_U("entries", report.sealed), LOG_END);
	return ERR_OK;
}

void role_vault_reload(struct directory_role *r)
{
	struct failure f = { 0 };

	if (vault_locked(r->directory.vault) && role_vault_open(r, &f) != ERR_OK)
		log_put(LOG_vault_locked, LOG_C("reason", f.text), LOG_END);
}

/* ---- another key ---- */

static void end(struct directory_role *r, struct failure *f)
{
	struct role_reseal *w = &r->reseal;

	timer_free(w->timer);
	w->timer = NULL;
	if (f->code != ERR_OK) {
		answer_refuse(r->env, w->request, f->code, f->text);
		return;
	}
	log_put(LOG_vault_sealed, LOG_U("entries", w->reseal.sealed), LOG_U("emptied", w->reseal.emptied), LOG_END);
	answer_json(r->env, w->request, false,
		json_pack("{s:b,s:I,s:I,s:I,s:s}", "ok", 1, "entries", (json_int_t)w->reseal.sealed, "without_password",
			(json_int_t)w->reseal.emptied, "keys", (json_int_t)vault_count(r->directory.vault), "message",
			"secrets are sealed with a new key; make a backup, so that it has the key"));
}

/* Old ones open what journal and backups had before; who drops them wants them gone. */
static void drop_old(struct directory_role *r, struct failure *f)
{
	enum err e;

	if (vault_forget(r->directory.vault) == 0)
		return;
	e = vault_save(r->directory.vault, VAULT_FILE);
	if (e != ERR_OK)
		fail(f, e, "secrets are sealed with a new key, but the file with the old ones cannot be replaced: %s", err_text(e));
}

/* A piece at a time: logons go on between. */
static void on_turn(void *arg)
{
	struct directory_role *r = arg;
	struct role_reseal *w = &r->reseal;
	struct failure f = { 0 };
	enum err e = reseal_step(&w->reseal, now_seconds(), &f);

	if (e == ERR_OK && !w->reseal.done) {
		timer_set(w->timer, 1);
		return;
	}
	if (e == ERR_OK && w->forget)
		drop_old(r, &f);
	end(r, &f);
}

static void rekey(struct directory_role *r, const struct msg_admin_request *q)
{
	json_t *whole = json_loadb(q->json.at, q->json.len, 0, NULL);
	const json_t *args = json_object_get(whole, "args");
	bool lost = json_is_true(json_object_get(args, "lost")), forget = json_is_true(json_object_get(args, "forget"));
	struct role_reseal *w = &r->reseal;
	struct failure f = { 0 };
	enum err e;

	json_decref(whole);
	if (w->timer != NULL)
		e = fail(&f, ERR_INUSE, "secrets are being sealed with a new key already");
	else
		e = reseal_rekey(&r->directory, VAULT_FILE, now_seconds(), lost, &f);
	if (e != ERR_OK) {
		answer_refuse(r->env, q->request, f.code, f.text);
		return;
	}
	reseal_begin(&w->reseal, &r->directory, lost);
	w->request = q->request;
	w->forget = forget;
	w->timer = timer_new(r->env->loop, on_turn, r);
	timer_set(w->timer, 1);
}

void role_vault_stop(struct directory_role *r)
{
	timer_free(r->reseal.timer);
	r->reseal.timer = NULL;
	vault_free(r->directory.vault);
	r->directory.vault = NULL;
}

/* ---- for a backup ---- */

static void give(struct directory_role *r, uint64_t request)
{
	struct msg m = { .id = MSG_admin_file, .fd_count = 1, .fds = { open(VAULT_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) } };

	if (m.fds[0] < 0) {
		answer_refuse(r->env, request, ERR_NOTFOUND, "there is no key file");
		return;
	}
	m.admin_file = (struct msg_admin_file){ .request = request, .json = S("{\"ok\":true}") };
	link_send(&r->env->attendant, &m);
	fd_close(&m.fds[0]);
}

bool role_vault_request(struct directory_role *r, const struct msg_admin_request *q)
{
	if (str_eq(q->verb, S("directory rekey")))
		rekey(r, q);
	else if (str_eq(q->verb, S("directory key")))
		give(r, q->request);
	else
		return false;
	return true;
}
