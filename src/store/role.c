#include "store/role.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "mail/charset.h"
#include "store/renew.h"
#include "store/role_int.h"
#include "store/role_page.h"

#define STOP_WAIT_MS  5000
#define RESTORED_MARK "restored" /* in our folder */

static void on_fatal(void *arg, const char *what)
{
	log_put(LOG_flush_failed, LOG_C("what", what), LOG_END);
	_exit(EXIT_FAILURE);
}

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
	role_progress(arg, "store: reading the journal", done, total);
}

static void on_kv(void *arg, int events)
{
	struct store_role *r = arg;

	kv_dispatch(r->kv);
}

static void on_turn(void *arg)
{
	struct store_role *r = arg;

	store_turn(r->store);
}

/* ---- what the mail logic asks of us ---- */

static int64_t now_ms(void *arg)
{
	return clock_real_ms();
}

static void soon(void *arg)
{
	struct store_role *r = arg;

	loop_defer(r->env->loop, &r->turn);
}

static void on_quota(void *arg, uint64_t mailbox, enum mailbox_quota state, uint64_t used_octets)
{
	if (state != MAILBOX_QUOTA_OK)
		log_put(state == MAILBOX_QUOTA_FULL ? LOG_quota_full : LOG_quota_warning, LOG_U("mailbox", mailbox),
			LOG_U("octets", used_octets), LOG_END);
	role_note_quota(arg, mailbox, state);
}

static void send_quota(struct store_role *r, uint64_t mailbox, enum mailbox_quota state)
{
	struct msg m = { .id = MSG_quota_state, .quota_state = { .mailbox = mailbox, .state = (uint8_t)state } };

	link_send(role_link(r->env, ROLE_DIRECTORY, 0), &m);
}

void role_note_quota(struct store_role *r, uint64_t mailbox, enum mailbox_quota state)
{
	struct known_quota *known = map_get(&r->quotas, mailbox);

	if ((known ? known->state : MAILBOX_QUOTA_OK) == state)
		return;
	send_quota(r, mailbox, state);
	if (state == MAILBOX_QUOTA_OK) {
		mem_free(map_remove(&r->quotas, mailbox));
		return;
	}
	if (known == NULL) {
		known = MEM_NEW(struct known_quota);
		map_put(&r->quotas, mailbox, known);
	}
	*known = (struct known_quota){ .mailbox = mailbox, .state = state };
}

/* A directory that has just started knows of none. */
static void on_link_up(struct role_env *env, struct link *link)
{
	struct store_role *r = env->state;

	if (link->role != ROLE_DIRECTORY)
		return;
	MAP_EACH(struct known_quota, known, &r->quotas)
		send_quota(r, known->mailbox, known->state);
	role_tell_held(r, 1);
	role_rights_unknown(r);
	role_accounts_ask(r); /* the one before may have died before it told us of an end */
}

struct mailbox_limits role_mailbox_limits(const struct ticket_limits *t)
{
	return (struct mailbox_limits){ .warn_octets = t->warn_octets, .send_octets = t->send_octets,
		.receive_octets = t->receive_octets, .messages_max = t->messages_max, .folders_max = t->folders_max,
		.retention_days = t->retention_days };
}

static void on_changed(void *arg, uint64_t mailbox, uint64_t modseq)
{
	struct store_role *r = arg;

	if (r->search != NULL)
		search_changed(r->search, mailbox);
	if (r->store != NULL && mailbox == store_public(r->store))
		role_moderation_wake(r);
}

/* ---- life ---- */

static pthread_t preparing;

static void *load_converters(void *arg)
{
	charset_prepare();
	return arg;
}

/* The converters are half of all that is loaded: while the journal is read, and done before the sandbox is entered. */
static void prepare(void)
{
	must(pthread_create(&preparing, NULL, load_converters, NULL) == 0);
	search_prepare();
}

static enum err open_engine(struct store_role *r, struct failure *f)
{
	const struct config *c = r->env->config;
	struct kv_options options = { .folder = ".", .segment_octets = c->store_segment_octets,
		.index_ms_max = (unsigned)c->store_index_ms_max, .compress = c->store_compress, .times = true, .lock_ms = ROLE_LOCK_MS,
		.rebuild_index = r->env->rebuild_index, .on_fatal = on_fatal, .on_progress = on_progress, .arg = r->env };
	struct kv_opened opened = { 0 };
	enum err e = kv_open_journal(&options, &r->kv, &opened);

	if (e != ERR_OK)
		return fail(f, e, "the store cannot be opened (%s); see %.*s/store, and 'bourse check'", err_text(e),
			STR_FMT(r->env->data_folder));
	if (opened.index_rebuilt)
		log_put(LOG_index_rebuilt, LOG_C("of", "store"), LOG_U("records", opened.records_replayed), LOG_END);
	if (opened.tail_octets_dropped > 0)
		log_put(LOG_torn_tail, LOG_U("octets", opened.tail_octets_dropped), LOG_END);
	log_put(LOG_store_opened, LOG_U("replayed", opened.records_replayed), LOG_END);
	return ERR_OK;
}

static void on_renewed(void *arg, uint64_t done)
{
	role_progress(arg, "store: renewing UIDVALIDITY after a restore", done, done + 1);
}

/* `bourse restore` left a mark: what clients remember of the time since the backup must not be taken for what comes now. */
static enum err renew_restored(struct store_role *r, struct failure *f)
{
	struct buf text;
	uint32_t above = 0;
	enum err e;

	buf_init(&text, 64);
	e = file_read(RESTORED_MARK, &text);
	if (e == ERR_OK && !str_u32(str_trim(buf_str(&text)), UINT32_MAX / 2, &above))
		e = ERR_CORRUPT;
	buf_done(&text);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e == ERR_OK)
		e = renew_all(r->kv, above, on_renewed, r->env);
	if (e == ERR_OK && unlink(RESTORED_MARK) != 0)
		e = ERR_IO;
	if (e != ERR_OK)
		return fail(f, e, "the restored store cannot be made ready (%s); its mark is %.*s/store/" RESTORED_MARK, err_text(e),
			STR_FMT(r->env->data_folder));
	log_put(LOG_restored, LOG_END);
	return ERR_OK;
}

static enum err open_store(struct role_env *env, struct failure *f)
{
	struct store_role *r = MEM_NEW(struct store_role);
	struct store_options options = { .now_ms = now_ms, .soon = soon, .quota = on_quota, .changed = on_changed, .arg = r };

	env->state = r;
	r->env = env;
	r->started_ms = env->begun_ms;
	if (open_engine(r, f) != ERR_OK || renew_restored(r, f) != ERR_OK)
		return f->code;
	r->store = store_new(r->kv, &options);
	store_retained_max_set(r->store, env->config->retention_deleted_octets_max);
	role_search_start(r);
	r->kv_watch = watch_new(env->loop, kv_wake_fd(r->kv), on_kv, r);
	watch_set(r->kv_watch, WATCH_READ);
	deferred_init(&r->turn, on_turn, r);
	pending_init(&r->parses);
	pending_init(&r->questions);
	list_init(&r->sessions);
	list_init(&r->stale);
	list_init(&r->deliveries);
	list_init(&r->imports);
	list_init(&r->addings);
	map_init(&r->limits);
	map_init(&r->used);
	map_init(&r->sums);
	map_init(&r->quotas);
	r->budget.max = env->config->front_in_transit_octets_max;
	backup_start(&r->backup, env, r->kv);
	role_care_start(r);
	role_accounts_start(r);
	role_moderation_start(r);
	role_nameless_start(r);
	role_page_start(r);
	must(pthread_join(preparing, NULL) == 0);
	return ERR_OK;
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	struct store_role *r = env->state;

	if (m->id == MSG_deliver)
		role_deliver(r, from, m);
	else if (m->id == MSG_page_ask)
		role_page_ask(r, from, &m->page_ask);
	else if (m->id == MSG_hand_over)
		role_hand_over(r, from, m);
	else if (m->id == MSG_parsed)
		pending_answer(&r->parses, m->parsed.request, m);
	else if (m->id == MSG_limits_wished)
		pending_answer(&r->questions, m->limits_wished.request, m);
	else if (m->id == MSG_accounts_told)
		pending_answer(&r->questions, m->accounts_told.request, m);
	else if (m->id == MSG_url_told)
		pending_answer(&r->questions, m->url_told.request, m);
	else if (m->id == MSG_boxes_told)
		pending_answer(&r->questions, m->boxes_told.request, m);
	else if (m->id == MSG_reach_told)
		pending_answer(&r->questions, m->reach_told.request, m);
	else if (m->id == MSG_post_ask)
		role_post_judge(r, from, &m->post_ask);
	else if (m->id == MSG_rights_changed)
		role_take_rights(r, m->rights_changed.mailbox);
	else if (m->id == MSG_limits)
		role_take_limits(r, &m->limits);
	else if (m->id == MSG_mailbox_removed)
		role_mailbox_removed(r, m->mailbox_removed.mailbox);
	else if (m->id == MSG_account_ended)
		role_account_ended(r, &m->account_ended);
	else if (m->id == MSG_mailboxes_judged)
		role_tell_held(r, m->mailboxes_judged.next);
	else if (m->id == MSG_admin_file_request)
		role_admin_file(r, m);
	else if (m->id == MSG_admin_request)
		role_admin(r, &m->admin_request);
	else if (m->id == MSG_kerberos_state)
		r->kerberos = m->kerberos_state.ready;
	else if (m->id == MSG_admin_cancel)
		check_cancel(&r->check, m->admin_cancel.request);
}

static void on_link_down(struct role_env *env, struct link *link)
{
	struct store_role *r = env->state;

	role_deliver_link_down(r, link);
	role_page_link_down(r, link);
	role_session_link_down(r, link);
	pending_link_down(&r->parses, link);
	pending_link_down(&r->questions, link);
}

static void on_reload(struct role_env *env)
{
	struct store_role *r = env->state;

	r->budget.max = env->config->front_in_transit_octets_max;
	scrub_reload(&r->scrub);
	role_nameless_reload(r);
	store_retained_max_set(r->store, env->config->retention_deleted_octets_max);
	if (r->search != NULL)
		search_set(r->search, env->config->search_index, (unsigned)env->config->search_share_percent);
}

/* Every acknowledged change is on disk already; closing only spares the next start a replay. */
static void finish(void *arg)
{
	struct store_role *r = arg;

	role_search_free(r);
	role_add_free(r);
	role_folder_stop(r);
	watch_free(r->kv_watch);
	kv_close(r->kv);
	role_stopped(r->env);
}

static void try_finish(void *arg)
{
	struct store_role *r = arg;

	bool working = r->search != NULL && !search_idle(r->search);

	if (list_empty(&r->sessions) && store_idle(r->store) && !working) {
		finish(r);
		return;
	}
	if (!working && loop_now_ms(r->env->loop) > r->stop_deadline_ms) {
		finish(r); /* a client that does not take its goodbye */
		return;
	}
	timer_set(r->stop_timer, 10);
}

static void on_stop(struct role_env *env)
{
	struct store_role *r = env->state;

	role_care_stop(r);
	role_moderation_stop(r);
	role_accounts_stop(r);
	role_page_stop(r);
	role_nameless_stop(r);
	role_search_stop(r);
	role_sessions_stop(r);
	r->stop_timer = timer_new(env->loop, try_finish, r);
	r->stop_deadline_ms = loop_now_ms(env->loop) + STOP_WAIT_MS;
	try_finish(r);
}

const struct role_def store_role = {
	.role = ROLE_STORE,
	.profile = SANDBOX_STORE,
	.has_folder = true,
	.prepare = prepare,
	.open = open_store,
	.link_up = on_link_up,
	.message = on_message,
	.link_down = on_link_down,
	.reloaded = on_reload,
	.stop = on_stop,
};
