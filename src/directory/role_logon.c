#include "directory/role_logon.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "config/offer.h"
#include "directory/anonymous.h"
#include "directory/exchange.h"
#include "directory/make_account.h"
#include "directory/role_kerberos.h"
#include "directory/role_netlogon.h"
#include "directory/role_ntlm.h"
#include "directory/role_web.h"
#include "io/clock.h"
#include "io/work.h"

/* A controller finds out sooner that there is no such account than that its password is wrong: no such answer comes before this. */
#define REMOTE_REFUSAL_MS 500u

static void wipe_password(struct exchange *x)
{
	if (x->password.at != NULL)
		mem_wipe((void *)(uintptr_t)x->password.at, x->password.len);
	mem_free((void *)(uintptr_t)x->password.at);
	x->password = STR_NONE;
}

void exchange_release(struct exchange *x)
{
	role_kerberos_end(x);
	wipe_password(x);
	timer_free(x->delay);
	sasl_done(&x->sasl);
	mem_free(x->addresses);
	secret_job_wipe(&x->logon.job);
	arena_wipe(&x->arena);
	mem_free(x);
}

static struct checks *queue_of(const struct exchange *x)
{
	if (x->remote != NULL)
		return x->known ? &x->remote->known : &x->remote->strangers;
	return x->known ? &x->role->known : &x->role->strangers;
}

/* A check that has not begun is not made: whoever hangs up at once costs no hash. */
static void abandon(struct exchange *x)
{
	x->link = NULL;
	checks_drop(queue_of(x), &x->check);
	atomic_store(&x->abandoned, true);
	if (!x->checking)
		exchange_release(x);
}

static void forget(struct exchange *x)
{
	if (x->link != NULL)
		map_remove(x->link->data, x->session);
	abandon(x);
}

struct str exchange_source(const struct exchange *x)
{
	struct str client = str_from_c(x->client);

	return str_sub(client, 0, str_rfind(client, ':'));
}

void exchange_log_refusal(const struct exchange *x)
{
	const struct failure *f = &x->logon.failure;
	struct str read = x->arena.chunks ? logon_interpretation(&x->logon) : STR_NONE;

	log_put(LOG_logon_refused, LOG_C("service", service_row(x->service)->name), LOG_C("client", x->client),
		LOG_C("mechanism", x->mechanism), LOG_S("name", read), LOG_C("code", err_name(f->code)),
		LOG_C("reason", f->reason[0] ? f->reason : f->text), LOG_END);
}

/* ---- the audit trail ---- */

static enum logon_event event_of(const struct exchange *x, enum err e)
{
	if (x->event != LOGON_EVENT_ok)
		return x->event;
	return e == ERR_OK || e == x->logon.failure.code ? logon_event_of(&x->logon) : logon_event_of_error(e);
}

/* Whoever floods us with what costs him nothing does not wash everybody else out of the trail. */
static bool is_flood(struct exchange *x, enum err e)
{
	/* What the walk has refused was paid for with a hash, or with a controller's answer. */
	if (!x->nameless && (e == ERR_OK || (x->event == LOGON_EVENT_ok && e == x->logon.failure.code)))
		return false;
	return !role_audit_has_room(x->role, exchange_source(x));
}

/* e ERR_OK: logged on. */
static void keep_record(struct exchange *x, enum err e)
{
	const struct failure *f = &x->logon.failure;
	enum logon_event number = event_of(x, e);
	const struct logon_event_row *event = logon_event_row(number);
	bool walked = x->arena.chunks != NULL;
	struct audit_record r = { .ms = clock_real_ms(), .event = (uint16_t)event->code, .service = (uint8_t)x->service, .tls = x->tls,
		.good = e == ERR_OK, .account = x->logon.account.id, .client = str_from_c(x->client), .mechanism = str_from_c(x->mechanism),
		.account_name = x->logon.account_name };

	if (is_flood(x, e))
		return;
	r.name = walked ? logon_interpretation(&x->logon) : S("");
	r.secret = walked ? logon_secret_of(&x->logon) : S("");
	if (x->nameless) {
		r.name = S("anonymous");
		r.secret = arena_printf(&x->arena, "trace \"%.*s\"", STR_FMT(x->trace));
	}
	if (e == ERR_OK) {
		r.mailbox = x->grant.mailbox;
		r.mailbox_name = x->grant.mailbox_name;
		r.right = x->grant.by.len == 0 ? str_from_c(x->grant.right) : arena_printf(&x->arena, "group %.*s", STR_FMT(x->grant.by));
	} else {
		r.reason = f->code == e ? str_from_c(f->reason[0] ? f->reason : f->text) : str_from_c(event->what);
	}
	role_audit_put(x->role, &r);
}

static void note_use(const struct exchange *x)
{
	const struct app_password *p = x->logon.second.app;
	struct app_use use = { .account = x->logon.account.id, .service = (uint8_t)x->service, .seconds = (uint64_t)(clock_real_ms() / 1000) };

	if (p == NULL)
		return;
	use.id = p->id;
	snprintf(use.client, sizeof(use.client), "%.*s", STR_FMT(exchange_source(x)));
	app_use_note(&x->role->directory, &use);
}

void exchange_refuse(struct exchange *x, enum err e, const char *text)
{
	struct msg m = { .id = MSG_logon_refused };

	keep_record(x, e);

	m.logon_refused = (struct msg_logon_refused){ .session = x->session, .code = e, .text = str_from_c(text) };
	if (e == ERR_MOVED) {
		m.logon_refused.home = x->logon.mailbox.mailbox.home;
		m.logon_refused.user = x->logon.account_name;
	}
	link_send(x->link, &m);
	forget(x);
}

static void seal_grant(struct exchange *x, struct buf *to)
{
	const struct logon_grant *g = &x->grant;
	bool submits = service_row(x->service)->protocol == PROTOCOL_SMTP;
	struct ticket t = { .kind = submits ? TICKET_SUBMIT : TICKET_LOGON, .account = g->account, .mailbox = g->mailbox,
		.service = (uint8_t)x->service, .delegate = g->delegate, .access = right_access(g->rights),
		.groups = role_groups(&g->groups, &x->arena), .account_name = g->account_name,
		.mailbox_name = g->mailbox_name, .folder = g->folder, .limits = role_limits(&g->limits) };

	random_octets(&t.id, sizeof(t.id));
	t.expires_ms = clock_mono_ms() + (submits ? TICKET_SUBMIT_MS_MAX : TICKET_LOGON_MS_MAX);
	ticket_seal(&t, x->role->env->ticket_key, to);
}

void exchange_let_in(struct exchange *x, const struct ticket *t)
{
	struct msg m = { .id = MSG_logon_ok };
	struct buf ticket;

	buf_init(&ticket, TICKET_OCTETS_MAX * 2);
	ticket_seal(t, x->role->env->ticket_key, &ticket);
	keep_record(x, ERR_OK);
	m.logon_ok = (struct msg_logon_ok){ .session = x->session, .ticket = buf_str(&ticket), .account = x->grant.account_name,
		.mailbox = x->grant.mailbox_name };
	link_send(x->link, &m);
	buf_done(&ticket);
	forget(x);
}

/* False: the new password was refused, x is gone. */
static bool renew(struct exchange *x)
{
	struct failure f = { 0 };
	enum err e = role_web_renew(x->role, x->grant.account, x->renew, x->token, &f);

	if (e != ERR_OK)
		exchange_refuse(x, e, f.text);
	return e == ERR_OK;
}

static void grant(struct exchange *x)
{
	const struct logon_grant *g = &x->grant;
	struct msg m = { .id = MSG_logon_ok };
	struct buf ticket;

	if (x->renew.at != NULL && !renew(x))
		return;
	buf_init(&ticket, TICKET_OCTETS_MAX * 2);
	if (service_row(x->service)->protocol != PROTOCOL_HTTP)
		seal_grant(x, &ticket);
	else if (x->renew.at == NULL)
		role_web_begin(x->role, &x->logon, g, x->client, &ticket);
	log_put(g->delegate ? LOG_delegate_logon : LOG_logon_ok, LOG_C("service", service_row(x->service)->name),
		LOG_C("client", x->client), LOG_C("mechanism", x->mechanism), LOG_S("account", g->account_name),
		LOG_S("mailbox", g->mailbox_name), LOG_S("group", g->by), LOG_S("name", logon_interpretation(&x->logon)),
		LOG_S("secret", logon_secret_of(&x->logon)), LOG_END);
	note_use(x);
	keep_record(x, ERR_OK);
	m.logon_ok = (struct msg_logon_ok){ .session = x->session, .ticket = buf_str(&ticket), .account = g->account_name,
		.mailbox = g->mailbox_name, .last = buf_str(&x->sasl.last) };
	link_send(x->link, &m);
	buf_done(&ticket);
	forget(x);
}

static void pass(struct exchange *x)
{
	const struct logon_grant *g = &x->grant;

	throttle_passed(x->role->throttle, x->throttle_key, exchange_source(x), clock_mono_ms());
	role_lockout_passed(x->role, &x->logon);
	if (g->password_ends)
		log_put(LOG_password_ends, LOG_S("account", g->account_name), LOG_U("days", g->password_days), LOG_C("client", x->client),
			LOG_END);
}

static void conclude(void *arg)
{
	struct exchange *x = arg;

	if (x->pass) {
		grant(x);
		return;
	}
	exchange_anonymous_explain(x);
	exchange_log_refusal(x);
	exchange_refuse(x, x->logon.failure.code, x->logon.failure.text);
}

static void count(struct exchange *x)
{
	struct role_attempt t = { .source = exchange_source(x), .service = str_from_c(service_row(x->service)->name),
		.mechanism = str_from_c(x->mechanism) };

	throttle_failed(x->role->throttle, x->throttle_key, exchange_source(x), clock_mono_ms());
	role_lockout_failed(x->role, &x->logon, &t);
}

void exchange_settle(struct exchange *x)
{
	struct directory_role *r = x->role;
	uint64_t now = clock_mono_ms();
	uint32_t delay = 0;

	x->pass = logon_decide(&x->logon, &x->grant) == ERR_OK;
	(void)!throttle_ask(r->throttle, x->throttle_key, exchange_source(x), now, &delay);
	if (x->pass)
		pass(x);
	else if (x->logon.failure.code == ERR_AUTH)
		count(x);
	if (x->asked_ms != 0 && !x->pass && now < x->asked_ms + REMOTE_REFUSAL_MS && x->asked_ms + REMOTE_REFUSAL_MS - now > delay)
		delay = (uint32_t)(x->asked_ms + REMOTE_REFUSAL_MS - now);
	if (delay == 0) {
		conclude(x);
		return;
	}
	x->delay = timer_new(r->env->loop, conclude, x);
	timer_set(x->delay, delay);
}

static void begin_checks(struct directory_role *r);

static void on_checked(void *arg)
{
	struct exchange *x = arg;
	struct directory_role *r = x->role;

	r->checks_running--;
	role_hashed(r);
	x->checking = false;
	begin_checks(r);
	if (x->link == NULL) {
		/* One that was made counts, or guessing would be free for those who do not listen. */
		if (x->logon.job.done && !x->logon.job.right)
			count(x);
		exchange_release(x);
		return;
	}
	exchange_settle(x);
}

static void run_check(void *arg)
{
	struct exchange *x = arg;

	if (!atomic_load(&x->abandoned))
		secret_verify(&x->logon.job);
}

/* Whoever has logged on from there before goes first: a flood of guesses keeps nobody out. What the threads have cannot be
 * overtaken: one check each, and one that waits behind it. */
static void begin_checks(struct directory_role *r)
{
	while (r->checks_running < (size_t)r->hash_threads * 2) {
		struct check *next = checks_take(&r->known);
		struct exchange *x;

		if (next == NULL)
			next = checks_take(&r->strangers);
		if (next == NULL)
			return;
		x = LIST_OF(next, struct exchange, check);
		x->checking = true;
		r->checks_running++;
		work_queue(r->env->loop, run_check, on_checked, x);
	}
}

/* ---- domains that others serve ---- */

static void begin_remote(struct directory_role *r, struct remote_queue *q);

void exchange_welcome(struct exchange *x, struct str full_name)
{
	struct logon *l = &x->logon;
	struct make_account q = { .domain = &l->domain, .user = l->name.user, .full_name = full_name,
		.now_seconds = (uint64_t)l->query.now_seconds };
	struct logon_query again = l->query;
	struct failure f = { 0 };
	enum err e;

	if (l->account.id != 0 || l->failure.code != ERR_AUTH || !l->domain.domain.make_accounts)
		return;
	e = make_account(&x->role->directory, &x->arena, &q, &f);
	log_put(LOG_account_made, LOG_S("domain", l->domain.domain.name), LOG_S("user", l->name.user), LOG_C("code", err_name(e)),
		LOG_C("problem", f.text), LOG_END);
	again.proof = l->query.strong ? LOGON_BY_MECHANISM : LOGON_BY_PASSWORD;
	again.password = S("");
	/* Of two that come at once, the second finds what the first has made. */
	if (e == ERR_OK || e == ERR_EXISTS)
		logon_prepare(l, &x->role->directory, &again, &x->arena);
}

static void on_told(void *arg, const struct msg_proof_told *answer)
{
	struct exchange *x = arg;
	struct msg_proof_told told = *answer;
	enum proof_verdict v = proof_verdict_from(told.verdict);

	x->checking = false;
	x->remote->running--;
	begin_remote(x->role, x->remote);
	if (x->link == NULL) {
		if (v == PROOF_WRONG || v == PROOF_LOCKED)
			count(x);
		exchange_release(x);
		return;
	}
	if (x->sasl.want == SASL_NT)
		v = role_ntlm_told(&x->sasl, v, &told);
	if (v == PROOF_RIGHT)
		exchange_welcome(x, told.full_name);
	if (!x->logon.remote) { /* the domain is another one's since */
		exchange_refuse(x, ERR_NOCONTROLLER, err_text(ERR_NOCONTROLLER));
		return;
	}
	logon_told(&x->logon, v, told.controller, told.reason);
	exchange_settle(x);
}

static void ask_controller(struct exchange *x)
{
	struct role_proof q = { .domain = x->logon.domain.id, .kind = PROOF_PASSWORD, .user = logon_remote_user(&x->logon),
		.password = x->password };

	if (x->sasl.want == SASL_NT)
		role_ntlm_proof(&x->sasl, &q);
	x->asked_ms = clock_mono_ms();
	x->checking = true;
	x->remote->running++;
	role_netlogon_ask(x->role, &q, on_told, x);
	wipe_password(x);
}

/* As with the hash: in turn by where they come from, and those first who have logged on from there before. */
static void begin_remote(struct directory_role *r, struct remote_queue *q)
{
	while (q->running < REMOTE_CHECKS_MAX) {
		struct check *next = checks_take(&q->known);

		if (next == NULL)
			next = checks_take(&q->strangers);
		if (next == NULL)
			return;
		ask_controller(LIST_OF(next, struct exchange, check));
	}
}

struct remote_queue *exchange_queue(struct directory_role *r, uint64_t domain)
{
	struct remote_queue *q = map_get(&r->remote, domain);

	if (q == NULL) {
		q = MEM_NEW(struct remote_queue);
		checks_init(&q->known);
		checks_init(&q->strangers);
		map_put(&r->remote, domain, q);
	}
	return q;
}

/* Refuses who finds no place, or who has lost his to the newcomer. */
void exchange_enter_queue(struct exchange *x)
{
	struct directory_role *r = x->role;
	struct remote_queue *remote = x->remote;
	struct check *instead = NULL;
	struct exchange *out = NULL;

	if (checks_put(queue_of(x), &x->check, checks_source(exchange_source(x)), &instead) != ERR_OK)
		out = x;
	else if (instead != NULL)
		out = LIST_OF(instead, struct exchange, check);
	if (out != NULL) {
		log_put(LOG_limit_hit, LOG_C("what", "password checks"), LOG_C("client", out->client), LOG_END);
		exchange_refuse(out, ERR_BUSY, err_text(ERR_BUSY));
	}
	if (remote != NULL)
		begin_remote(r, remote);
	else
		begin_checks(r);
}

/* False: too many logons within a minute, of the account or from the source; refused, x is gone. */
static bool keeps_pace(struct exchange *x)
{
	const struct config *c = x->role->env->config;
	uint64_t number = checks_source(exchange_source(x));
	/* Strangers who guess at an account use up nothing of what it may do where it has logged on before. */
	struct str account = x->known ? arena_printf(&x->arena, "%.*s %llu", STR_FMT(x->throttle_key), (unsigned long long)number)
				      : x->throttle_key;
	struct pace_key keys[] = { { PACE_SOURCE, str_make(&number, sizeof(number)), (uint32_t)c->auth_source_logons_max },
		{ PACE_ACCOUNT, account, (uint32_t)c->auth_account_logons_max } };
	uint32_t wait = 0;

	for (size_t i = 0; i < 2; i++) {
		if (pace_take(x->role->pace, &keys[i], clock_mono_ms(), &wait) == ERR_OK)
			continue;
		x->event = keys[i].kind == PACE_SOURCE ? LOGON_EVENT_source_pace : LOGON_EVENT_account_pace;
		log_put(LOG_logon_pace, LOG_C("client", x->client), LOG_S("account", x->throttle_key),
			LOG_C("of", keys[i].kind == PACE_SOURCE ? "source" : "account"), LOG_U("wait_ms", wait), LOG_END);
		exchange_refuse(x, ERR_LOGONPACE, err_text(ERR_LOGONPACE));
		return false;
	}
	return true;
}

bool exchange_prepare(struct exchange *x, struct logon_query *q)
{
	struct directory_role *r = x->role;
	uint32_t delay;

	q->protocol = service_row(x->service)->protocol;
	q->now_seconds = clock_real_ms() / 1000;
	q->client = exchange_source(x);
	logon_prepare(&x->logon, &r->directory, q, &x->arena);
	x->throttle_key = logon_throttle_key(&x->logon);
	x->known = throttle_knows(r->throttle, x->throttle_key, exchange_source(x), clock_mono_ms());
	x->logon.query.known = x->known;
	if (throttle_ask(r->throttle, x->throttle_key, exchange_source(x), clock_mono_ms(), &delay) == ERR_OK)
		return keeps_pace(x);
	log_put(LOG_logon_throttled, LOG_C("client", x->client), LOG_S("account", x->throttle_key), LOG_U("wait_ms", delay), LOG_END);
	exchange_refuse(x, ERR_GUESSING, err_text(ERR_GUESSING));
	return false;
}

void exchange_check_password(struct exchange *x, struct str name, struct str authzid, struct str password)
{
	struct logon_query q = { .name = name, .authzid = authzid, .password = password, .proof = LOGON_BY_PASSWORD };

	struct anonymous_way way = { .config = x->role->env->config, .protocol = service_row(x->service)->protocol };

	/* What came as a password is kept nowhere: it may be somebody's, typed beside the wrong name. */
	if (offer_nameless(way.config, way.protocol) && anonymous_reads(&x->arena, name, authzid, &way)) {
		exchange_anonymous(x, &way, S(""));
		return;
	}
	if (!exchange_prepare(x, &q))
		return;
	if (x->logon.remote) {
		x->remote = exchange_queue(x->role, x->logon.domain.id);
		x->password = str_make(str_dup_c(x->logon.asked), x->logon.asked.len);
	}
	exchange_enter_queue(x);
}

/* ---- messages ---- */

/* NULL: refused. */
struct exchange *exchange_begin(struct directory_role *r, struct link *from, uint64_t session, uint8_t service, struct str client)
{
	struct exchange *x;

	/* A front that asks twice for one session is broken; the older question is dropped. */
	x = map_get(from->data, session);
	if (x != NULL)
		forget(x);
	/* A front has no more logons under way than connections. */
	if (((const struct map *)from->data)->count >= r->env->config->front_connections_max) {
		link_send(from, &(struct msg){ .id = MSG_logon_refused,
			.logon_refused = { .session = session, .code = ERR_BUSY, .text = str_from_c(err_text(ERR_BUSY)) } });
		return NULL;
	}
	x = MEM_NEW(struct exchange);
	x->role = r;
	x->link = from;
	x->session = session;
	x->service = (enum service)service;
	snprintf(x->client, sizeof(x->client), "%.*s", STR_FMT(client));
	sasl_init(&x->sasl);
	arena_init(&x->arena, ARENA_NONE);
	map_put(from->data, session, x);
	return x;
}

static void do_logon(struct directory_role *r, struct link *from, const struct msg_logon *q)
{
	struct exchange *x;

	if (!service_valid(q->service))
		return;
	x = exchange_begin(r, from, q->session, q->service, q->client);
	if (x == NULL)
		return;
	x->tls = q->tls;
	snprintf(x->mechanism, sizeof(x->mechanism), "name and password");
	exchange_check_password(x, q->name, q->mailbox, q->password);
}

void role_logon_renew(struct directory_role *r, struct link *from, const struct msg_web_ask *q, struct str name)
{
	struct exchange *x = service_valid(q->service) ? exchange_begin(r, from, q->request, q->service, q->client) : NULL;

	if (x == NULL)
		return;
	x->tls = q->tls;
	snprintf(x->mechanism, sizeof(x->mechanism), "change of password");
	x->renew = arena_str(&x->arena, q->fresh);
	x->token = arena_str(&x->arena, q->token);
	exchange_check_password(x, name, S(""), q->old);
}

void role_logon_message(struct directory_role *r, struct link *from, struct msg *m)
{
	struct exchange *x;

	if (from->data == NULL)
		return;
	if (m->id == MSG_logon) {
		do_logon(r, from, &m->logon);
	} else if (m->id == MSG_sasl_start) {
		exchange_sasl_start(r, from, &m->sasl_start);
	} else if (m->id == MSG_sasl_step) {
		exchange_sasl_step(from, &m->sasl_step);
	} else if (m->id == MSG_logon_turned_away) {
		role_audit_turned_away(r, &m->logon_turned_away);
	} else if (m->id == MSG_session_gone) {
		x = map_get(from->data, m->session_gone.session);
		if (x != NULL)
			forget(x);
	}
}

void role_logon_link_up(struct directory_role *r, struct link *link)
{
	struct map *exchanges = MEM_NEW(struct map);

	map_init(exchanges);
	link->data = exchanges;
}

void role_logon_link_down(struct directory_role *r, struct link *link)
{
	struct map *exchanges = link->data;

	if (exchanges == NULL)
		return;
	MAP_EACH(struct exchange, x, exchanges)
		abandon(x);
	map_done(exchanges);
	mem_free(exchanges);
	link->data = NULL;
}
