#include "directory/role.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/log.h"
#include "base/mem.h"
#include "directory/admin_bulk.h"
#include "directory/hash_memory.h"
#include "directory/group.h"
#include "directory/group_past.h"
#include "directory/recipient.h"
#include "directory/role_int.h"
#include "directory/role_kerberos.h"
#include "directory/role_place.h"
#include "directory/role_web.h"
#include "directory/sender.h"
#include "io/clock.h"
#include "io/work.h"

static void on_fatal(void *arg, const char *what)
{
	log_put(LOG_flush_failed, LOG_C("what", what), LOG_END);
	_exit(EXIT_FAILURE);
}

static void on_progress(void *arg, uint64_t done, uint64_t total)
{
	role_progress(arg, "directory: reading the journal", done, total);
}

static void on_kv(void *arg, int events)
{
	struct directory_role *r = arg;

	kv_dispatch(r->kv);
}

static void take_config(struct directory_role *r)
{
	const struct config *c = r->env->config;

	r->directory.defaults = (struct entry_limits){ .warn_octets = c->quota_warning_octets,
		.send_octets = c->quota_send_octets, .receive_octets = c->quota_receive_octets,
		.messages_max = c->quota_messages_max, .folders_max = (uint32_t)c->quota_folders_max,
		.retention_days = (uint32_t)(c->retention_deleted_item_ms / 86400000) };
	r->directory.scram_iterations = (uint32_t)c->auth_scram_iterations;
	throttle_set(r->throttle, (uint32_t)c->auth_failures_max, (uint32_t)(c->auth_failures_ms / c->auth_failures_max));
}

static void on_reload(struct role_env *env)
{
	take_config(env->state);
	role_web_config(env->state);
	role_netlogon_issuer(env->state);
	role_netlogon_kerberos(env->state);
	role_vault_reload(env->state);
	role_audit_config(env->state);
	role_send_limits(env->state);
	role_anonymous_look(env->state);
	scrub_reload(&((struct directory_role *)env->state)->scrub);
}

static void on_damage(void *arg, const struct kv_problem *p)
{
	log_put(LOG_store_damage, LOG_C("of", "directory"), LOG_U("segment", p->segment), LOG_U("offset", p->offset),
		LOG_C("what", p->what), LOG_END);
}

static void on_problem(void *arg, const struct kv_problem *p)
{
	struct directory_role *r = arg;

	on_damage(r, p);
	check_problem(&r->check, check_engine_row(p));
}

static void on_hash_idle(void *arg)
{
	hash_memory_release();
}

static void on_trial_idle(void *arg)
{
	admin_bulk_end_trial(&((struct directory_role *)arg)->directory);
}

void role_hashed(struct directory_role *r)
{
	if (r->hash_idle != NULL)
		timer_set(r->hash_idle, HASH_KEEP_MS);
}

static unsigned cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n < (long)HASH_THREADS_MAX ? (unsigned)n : HASH_THREADS_MAX;
}

static enum err convert_past(struct directory *d, struct failure *f)
{
	struct group_past done;
	enum err e = group_past_convert(d, (uint64_t)(clock_real_ms() / 1000), &done);

	if (e == ERR_VAULT) /* accounts cannot be written: the start with the key does it */
		return ERR_OK;
	if (e != ERR_OK)
		return fail(f, e, "groups of accounts, as an earlier version kept them, cannot be made entries (%s)", err_text(e));
	if (done.groups > 0 || done.skipped > 0)
		log_put(LOG_groups_made, LOG_U("groups", done.groups), LOG_U("names_dropped", done.skipped), LOG_END);
	return ERR_OK;
}

static unsigned quota_for_doctor(void *arg, uint64_t mailbox)
{
	return (unsigned)(uintptr_t)map_get(&((struct directory_role *)arg)->quota, mailbox);
}

static void open_facts(struct directory_role *r)
{
	r->facts = (struct doctor_facts){ .config = &r->env->config, .throttle = r->throttle, .quota = quota_for_doctor, .arg = r };
	r->directory.facts = &r->facts;
}

static enum err open_directory(struct role_env *env, struct failure *f)
{
	struct directory_role *r = MEM_NEW(struct directory_role);
	struct kv_options options = { .folder = ".", .segment_octets = (size_t)16 << 20, .rebuild_index = env->rebuild_index, .times = true, .lock_ms = ROLE_LOCK_MS,
		.on_fatal = on_fatal, .on_progress = on_progress, .arg = env };
	struct kv_opened opened = { 0 };
	unsigned char seed[16];
	enum err e;

	env->state = r;
	r->env = env;
	role_netlogon_open(r);
	checks_init(&r->known);
	checks_init(&r->strangers);
	e = kv_open_journal(&options, &r->kv, &opened);
	if (e != ERR_OK)
		return fail(f, e, "the directory cannot be opened (%s); see %.*s/directory, and 'bourse check'", err_text(e),
			STR_FMT(env->data_folder));
	if (opened.index_rebuilt)
		log_put(LOG_index_rebuilt, LOG_C("of", "directory"), LOG_U("records", opened.records_replayed), LOG_END);
	if (opened.tail_octets_dropped > 0)
		log_put(LOG_torn_tail, LOG_U("octets", opened.tail_octets_dropped), LOG_END);
	random_octets(seed, sizeof(seed));
	r->throttle = throttle_new(seed);
	random_octets(seed, sizeof(seed));
	r->pace = pace_new(seed);
	take_config(r);
	map_init(&r->quota);
	form_tokens_init(&r->forms);
	web_init(&r->web, env->config->http_session_idle_ms_max, env->config->http_session_ms_max);
	open_facts(r);
	r->directory.kv = r->kv;
	e = role_vault_open(r, f);
	if (e == ERR_OK)
		e = convert_past(&r->directory, f);
	if (e != ERR_OK)
		return e;
	e = directory_salt_key(&r->directory);
	if (e != ERR_OK)
		return fail(f, e, "the directory cannot be written (%s); see %.*s/directory", err_text(e), STR_FMT(env->data_folder));
	r->directory.on_change = role_directory_changed;
	r->directory.arg = r;
	e = directory_drafts_open(&r->directory);
	if (e != ERR_OK)
		return fail(f, e, "the directory cannot be opened: %s", err_text(e));
	r->trial_idle = timer_new(env->loop, on_trial_idle, r);
	role_lockout_open(r);
	map_init(&r->ended);
	pending_init(&r->posts);
	list_init(&r->postings);
	r->kv_watch = watch_new(env->loop, kv_wake_fd(r->kv), on_kv, r);
	watch_set(r->kv_watch, WATCH_READ);
	backup_start(&r->backup, env, r->kv);
	check_start(&r->check, env, r->kv, &(struct check_options){ .of = "directory", .each = on_problem, .arg = r });
	scrub_start(&r->scrub, env, r->kv, on_damage, r);
	e = role_audit_open(r, f);
	if (e != ERR_OK)
		return e;
	role_anonymous_look(r);
	r->hash_threads = cores();
	r->hash_idle = timer_new(env->loop, on_hash_idle, r);
	work_prepare(r->hash_threads);
	return ERR_OK;
}

struct ticket_limits role_limits(const struct entry_limits *limits)
{
	return (struct ticket_limits){ .warn_octets = limits->warn_octets, .send_octets = limits->send_octets,
		.receive_octets = limits->receive_octets, .messages_max = limits->messages_max, .folders_max = limits->folders_max,
		.retention_days = limits->retention_days };
}

/* ---- recipients and senders ---- */

static void answer(struct link *to, uint64_t request, const struct failure *f, struct str ticket)
{
	struct msg m = { .id = MSG_verdict };

	m.verdict = (struct msg_verdict){ .request = request, .code = f->code, .text = str_from_c(f->text), .ticket = ticket };
	link_send(to, &m);
}

static unsigned quota_of(const struct directory_role *r, uint64_t mailbox)
{
	return (unsigned)(uintptr_t)map_get(&r->quota, mailbox);
}

/* A mailbox that is full is refused; a list's members get their mail all the same, because nobody could be told. */
static size_t seal_rows(struct directory_role *r, const struct recipient *found, struct arena *arena, struct ticket_recipient **ret)
{
	struct ticket_recipient *rows = ARENA_ARRAY(arena, struct ticket_recipient, found->count);
	bool list = found->kind == ENTRY_LIST;
	size_t count = 0;

	for (size_t i = 0; i < found->count; i++) {
		const struct recipient_mailbox *box = &found->mailboxes[i];

		if (list || quota_of(r, box->id) < QUOTA_FULL)
			rows[count++] = (struct ticket_recipient){ .mailbox = box->id, .limits = role_limits(&box->limits),
				.no_quota = list };
	}
	*ret = rows;
	return count;
}

/* ---- mail to a public folder: whether it may be sent there the store knows ---- */

struct posting {
	struct list node; /* in r->postings */
	struct directory_role *role;
	struct link *from; /* NULL: the front has died */
	uint64_t request;
	struct ticket_recipient row;
};

static void on_post_told(void *arg, enum err e, struct msg *m)
{
	struct posting *p = arg;
	struct failure f = { 0 };
	struct buf ticket;

	buf_init(&ticket, PEER_MESSAGE_OCTETS_MAX);
	if (e == ERR_OK && m->post_told.code != ERR_OK)
		fail(&f, m->post_told.code, m->post_told.text.len > 0 ? "%.*s" : NULL, STR_FMT(m->post_told.text));
	else if (e != ERR_OK)
		fail(&f, e, NULL);
	if (f.code == ERR_OK) {
		p->row.folder = m->post_told.folder; /* the one in which it waits, when it is held */
		snprintf(f.text, sizeof(f.text), "%.*s", STR_FMT(m->post_told.text));
		ticket_recipients_seal(&p->row, 1, clock_mono_ms() + TICKET_DELIVER_MS_MAX, p->role->env->ticket_key, &ticket);
	}
	answer(p->from, p->request, &f, buf_str(&ticket));
	buf_done(&ticket);
	list_remove(&p->node);
	mem_free(p);
}

/* Whoever has logged on is known by the ticket that he was given then; whose groups count is read anew. */
static void ask_post(struct directory_role *r, struct link *from, const struct msg_recipient_judge *q, const struct recipient *found)
{
	struct posting *p = MEM_NEW(struct posting);
	struct link *store = role_link(r->env, ROLE_STORE, 0);
	struct msg m = { .id = MSG_post_ask };
	struct entry_ids groups = { NULL, 0 };
	struct str rest = q->ticket;
	struct ticket ticket = { 0 };
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	if (ticket_open(&rest, r->env->ticket_key, TICKET_SUBMIT, clock_mono_ms(), &ticket) != ERR_OK ||
		group_closure(&r->directory, ticket.account, &arena, &groups) != ERR_OK)
		ticket.account = 0;
	*p = (struct posting){ .role = r, .from = from, .request = q->request,
		.row = { .mailbox = found->id, .limits = role_limits(&found->mailboxes[0].limits), .folder = found->folder,
			.poster = ticket.account } };
	list_init(&p->node);
	list_add_tail(&r->postings, &p->node);
	m.post_ask = (struct msg_post_ask){ .request = role_request(r->env), .mailbox = found->id, .folder = found->folder,
		.account = ticket.account, .groups = ticket.account != 0 ? role_groups(&groups, &arena) : STR_NONE };
	if (store != NULL && link_send(store, &m))
		pending_add(&r->posts, m.post_ask.request, store, on_post_told, p);
	else
		on_post_told(p, ERR_UNAVAILABLE, NULL);
	arena_done(&arena);
}

static void judge_recipient(struct directory_role *r, struct link *from, const struct msg_recipient_judge *q)
{
	struct failure f = { 0 };
	struct recipient found;
	struct ticket_recipient *rows = NULL;
	struct arena arena;
	struct buf ticket;
	size_t count = 0;

	arena_init(&arena, ARENA_NONE);
	buf_init(&ticket, PEER_MESSAGE_OCTETS_MAX);
	if (recipient_judge(&r->directory, q->address, &arena, &found, &f) == ERR_OK && found.kind == ENTRY_PUBLIC) {
		ask_post(r, from, q, &found);
		buf_done(&ticket);
		arena_done(&arena);
		return;
	}
	if (f.code == ERR_OK) {
		count = seal_rows(r, &found, &arena, &rows);
		if (count == 0)
			fail(&f, ERR_QUOTA, NULL);
		else if (count > TICKET_RECIPIENTS_MAX)
			fail(&f, ERR_TOOMANYRCPT, "the list has more members than one message may have");
	}
	if (f.code == ERR_OK)
		ticket_recipients_seal(rows, count, clock_mono_ms() + TICKET_DELIVER_MS_MAX, r->env->ticket_key, &ticket);
	answer(from, q->request, &f, buf_str(&ticket));
	buf_done(&ticket);
	arena_done(&arena);
}

/* Whatever has ended what the logon began, for a client it is one thing. */
static enum err judge_standing(struct directory_role *r, const struct ticket *t, struct failure *f)
{
	enum err e = role_standing(r, t->account, t->expires_ms - TICKET_SUBMIT_MS_MAX, f);

	if (e != ERR_OK && e != ERR_IO && e != ERR_CORRUPT)
		f->code = ERR_ENDED;
	return e;
}

static void judge_sender(struct directory_role *r, struct link *from, const struct msg_sender_judge *q)
{
	struct failure f = { 0 };
	struct str rest = q->ticket;
	struct ticket ticket;
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	if (ticket_open(&rest, r->env->ticket_key, TICKET_SUBMIT, clock_mono_ms(), &ticket) != ERR_OK)
		fail(&f, ERR_TICKET, NULL);
	else if (judge_standing(r, &ticket, &f) != ERR_OK)
		must(f.code != ERR_OK);
	else if (quota_of(r, ticket.mailbox) >= QUOTA_NOSEND)
		fail(&f, ERR_QUOTASEND, NULL);
	else
		(void)!sender_judge(&r->directory, ticket.account, q->address, &arena, &f);
	answer(from, q->request, &f, STR_NONE);
	arena_done(&arena);
}

#define AUTHORS_MAX ((size_t)1000) /* of one message */

/* ERR_PEER: the front has put them badly. */
static enum err read_authors(struct arena *a, const struct msg_author_judge *q, struct sender_header *ret)
{
	struct rd rest = rd_from(q->authors);
	struct str *at = ARENA_ARRAY(a, struct str, AUTHORS_MAX);
	size_t count = 0;

	while (rest.rest.len > 0 && count < AUTHORS_MAX && !rest.failed)
		at[count++] = rd_str(&rest);
	*ret = (struct sender_header){ .envelope = q->envelope, .authors = at, .authors_count = count,
		.sender = q->has_sender ? q->sender : STR_NONE };
	return rd_end(&rest);
}

static void judge_authors(struct directory_role *r, struct link *from, const struct msg_author_judge *q)
{
	struct sender_answer verdict = { .sender = STR_NONE };
	struct str rest = q->ticket;
	struct sender_header header;
	struct ticket ticket;
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	if (ticket_open(&rest, r->env->ticket_key, TICKET_SUBMIT, clock_mono_ms(), &ticket) != ERR_OK)
		fail(&verdict.failure, ERR_TICKET, NULL);
	else if (read_authors(&arena, q, &header) != ERR_OK)
		fail(&verdict.failure, ERR_PEER, NULL);
	else
		(void)!sender_header_judge(&r->directory, ticket.account, &header, &arena, &verdict);
	answer(from, q->request, &verdict.failure, verdict.sender);
	arena_done(&arena);
}

/* For whoever sets up a mail program; which addresses there are is nobody's business. */
static void judge_mail_domain(struct directory_role *r, struct link *from, const struct msg_mail_domain_judge *q)
{
	struct failure f = { 0 };
	struct entry domain;
	struct arena arena;
	enum err e;

	arena_init(&arena, ARENA_NONE);
	e = directory_mail_domain(&r->directory, q->domain, &arena, &domain);
	if (e != ERR_OK)
		fail(&f, e, NULL);
	answer(from, q->request, &f, STR_NONE);
	arena_done(&arena);
}

static void take_quota_state(struct directory_role *r, const struct msg_quota_state *q)
{
	map_remove(&r->quota, q->mailbox);
	if (q->state >= QUOTA_NOSEND)
		map_put(&r->quota, q->mailbox, (void *)(uintptr_t)q->state);
}

static void cancel(struct directory_role *r, uint64_t request)
{
	check_cancel(&r->check, request);
	role_audit_cancel(r, request);
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	struct directory_role *r = env->state;

	if (m->id == MSG_recipient_judge)
		judge_recipient(r, from, &m->recipient_judge);
	else if (m->id == MSG_sender_judge)
		judge_sender(r, from, &m->sender_judge);
	else if (m->id == MSG_author_judge)
		judge_authors(r, from, &m->author_judge);
	else if (m->id == MSG_quota_state)
		take_quota_state(r, &m->quota_state);
	else if (m->id == MSG_web_ask)
		role_web_ask(r, from, &m->web_ask);
	else if (m->id == MSG_place_ask)
		role_place_ask(r, from, &m->place_ask);
	else if (m->id == MSG_place_post)
		role_place_post(r, from, &m->place_post);
	else if (m->id == MSG_mail_domain_judge)
		judge_mail_domain(r, from, &m->mail_domain_judge);
	else if (m->id == MSG_limits_wish)
		role_wish_limits(r, from, &m->limits_wish);
	else if (m->id == MSG_accounts_ask)
		role_tell_accounts(r, from, &m->accounts_ask);
	else if (m->id == MSG_post_told)
		(void)!pending_answer(&r->posts, m->post_told.request, m);
	else if (m->id == MSG_boxes_ask)
		role_tell_boxes(r, from, &m->boxes_ask);
	else if (m->id == MSG_reach_ask)
		role_tell_reach(r, from, &m->reach_ask);
	else if (m->id == MSG_url_ask)
		role_tell_url(r, from, &m->url_ask);
	else if (m->id == MSG_sessions_held)
		role_judge_sessions(r, from, m->sessions_held.sessions);
	else if (m->id == MSG_mailboxes_held)
		role_judge_held(r, from, m->mailboxes_held.ids);
	else if (m->id == MSG_admin_request)
		role_admin_request(r, &m->admin_request);
	else if (m->id == MSG_admin_cancel)
		cancel(r, m->admin_cancel.request);
	else if (!role_netlogon_message(r, m))
		role_logon_message(r, from, m);
}

static void on_link_up(struct role_env *env, struct link *link)
{
	if (link->role == ROLE_STORE || link->role == ROLE_FRONT_USER)
		role_kerberos_greet(env->state, link);
	if (link->role == ROLE_STORE)
		role_send_limits(env->state);
	else if (link->role == ROLE_NETLOGON)
		role_netlogon_up(env->state);
	else
		role_logon_link_up(env->state, link);
}

static void on_link_down(struct role_env *env, struct link *link)
{
	struct directory_role *r = env->state;

	LIST_EACH(node, &r->postings) {
		struct posting *p = LIST_OF(node, struct posting, node);

		if (p->from == link)
			p->from = NULL;
	}
	pending_link_down(&r->posts, link);
	if (link->role == ROLE_STORE) {
		map_done(&r->quota); /* the next store tells anew */
		map_init(&r->quota);
	} else if (link->role == ROLE_NETLOGON) {
		role_netlogon_down(r);
	} else {
		role_logon_link_down(r, link);
	}
}

static void on_stop(struct role_env *env)
{
	struct directory_role *r = env->state;

	backup_stop(&r->backup);
	scrub_stop(&r->scrub);
	check_stop(&r->check);
	role_audit_stop(r);
	timer_free(r->hash_idle);
	r->hash_idle = NULL;
	timer_free(r->trial_idle);
	r->trial_idle = NULL;
	directory_drafts_close(&r->directory);
	form_tokens_done(&r->forms);
	web_done(&r->web);
	watch_free(r->kv_watch);
	role_lockout_stop(r);
	role_standing_stop(r);
	role_vault_stop(r);
	kv_close(r->kv);
	role_stopped(env);
}

const struct role_def directory_role = {
	.role = ROLE_DIRECTORY,
	.profile = SANDBOX_DIRECTORY,
	.has_folder = true,
	.open = open_directory,
	.link_up = on_link_up,
	.link_down = on_link_down,
	.message = on_message,
	.reloaded = on_reload,
	.stop = on_stop,
};
