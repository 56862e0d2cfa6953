#include "netlogon/netlogon.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/log_sink.h"
#include "io/work.h"
#include "netlogon/issuer.h"
#include "netlogon/kerberos.h"
#include "netlogon/ldap.h"
#include "netlogon/netlogon_int.h"
#include "netlogon/pam.h"
#include "netlogon/winbind.h"

#define LOOK_MS       1000
#define TELL_MS       250
#define TOLD_ROWS_MAX 256

/* ---- realms ---- */

struct realm *netlogon_realm(struct netlogon *n, uint64_t domain)
{
	LIST_EACH(at, &n->realms) {
		struct realm *r = LIST_OF(at, struct realm, node);

		if (r->settings->domain == domain && !r->gone)
			return r;
	}
	return NULL;
}

void netlogon_realm_gone(struct netlogon *n, struct realm *r)
{
	must(r->gone && r->running == 0 && list_empty(&r->waiting));
	list_remove(&r->node);
	settings_unref(r->settings);
	mem_free(r);
}

static void look_at_new(struct netlogon *n, struct realm *r);

/* With the first domain that needs it: who has none need not have the library in his memory. Threads use it from then on. */
static void load_backend(struct netlogon *n, enum proof_backend b)
{
	static bool (*const prepare[PROOF_BACKEND_COUNT])(void) = {
		[PROOF_LDAP] = ldap_prepare,
		[PROOF_PAM] = pam_prepare,
		[PROOF_WINBIND] = winbind_prepare,
		[PROOF_ISSUER] = issuer_prepare,
		[PROOF_KERBEROS] = kerberos_prepare,
	};

	if (!n->loaded[b])
		n->loaded[b] = prepare[b]();
}

static void take_realm(struct netlogon *n, const struct msg_realm *m)
{
	struct realm *r = netlogon_realm(n, m->domain);
	struct settings *s;

	if (settings_new(m, &s) != ERR_OK || (r == NULL && n->realm_count >= NETLOGON_REALMS_MAX)) {
		log_put(LOG_limit_hit, LOG_C("what", "domains that others serve"), LOG_S("domain", m->name), LOG_END);
		return;
	}
	if (r == NULL) {
		r = MEM_NEW(struct realm);
		list_init(&r->node);
		list_init(&r->waiting);
		list_add_tail(&n->realms, &r->node);
		n->realm_count++;
	} else {
		question_refuse_all(n, r);
	}
	load_backend(n, s->backend);
	realm_set(r, s);
	timer_set(n->look, LOOK_MS);
	netlogon_tell_soon(n);
	look_at_new(n, r);
}

static void drop_realm(struct netlogon *n, struct realm *r)
{
	question_refuse_all(n, r);
	r->gone = true;
	n->realm_count--;
	if (r->running == 0)
		netlogon_realm_gone(n, r);
}

static void end_realm(struct netlogon *n, uint64_t domain)
{
	struct realm *r = netlogon_realm(n, domain);

	if (r == NULL)
		return;
	drop_realm(n, r);
	netlogon_tell_soon(n);
}

/* ---- health ---- */

static void look_at_new(struct netlogon *n, struct realm *r)
{
	for (size_t i = 0; i < r->settings->controller_count; i++) {
		if (realm_probe_due(r, i, clock_mono_ms()))
			question_probe(n, r, i);
	}
	/* A keytab is offered to no program when it has gone, and read when it has come, before anybody uses it. */
	if (r->settings->backend == PROOF_KERBEROS && r->running == 0 && kerberos_has_changed(r->settings))
		question_probe(n, r, 0);
}

/* A library that never returns keeps its thread for good; with the process the thread ends. */
static void restart_when_stuck(struct netlogon *n)
{
	uint64_t oldest_ms = question_oldest_ms(n);

	if (oldest_ms < NETLOGON_STUCK_MS)
		return;
	log_put(LOG_controller_stuck, LOG_U("seconds", oldest_ms / 1000), LOG_END);
	log_sink_flush();
	_exit(EXIT_FAILURE);
}

static void on_look(void *arg)
{
	struct netlogon *n = arg;

	LIST_EACH(at, &n->realms) {
		struct realm *r = LIST_OF(at, struct realm, node);

		if (!r->gone)
			look_at_new(n, r);
	}
	question_give_up(n);
	kerberos_expire();
	restart_when_stuck(n);
	if (!list_empty(&n->realms))
		timer_set(n->look, LOOK_MS);
}

static json_t *time_of(int64_t real_ms)
{
	struct date d = date_from_instant(real_ms / 1000, 0);

	if (real_ms == 0)
		return json_string("never");
	return json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour, d.minute, d.second);
}

static json_t *text_of(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value : json_string("?"); /* what a controller says need not be UTF-8 */
}

static json_t *row_of(const struct realm *r, size_t i)
{
	const struct controller *c = &r->controllers[i];
	bool fails = c->state == CONTROLLER_FAILS;
	json_t *row = json_pack("{s:o,s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:I,s:I,s:I}", "domain", text_of(r->settings->name), "backend",
		proof_backend_name(r->settings->backend), "controller", text_of(r->settings->controllers[i]), "state",
		realm_state_text(c->state), "last_success", time_of(c->good_at_ms), "last_failure", time_of(c->bad_at_ms),
		"failing_since", fails ? time_of(c->bad_since_ms) : json_string(""), "why", text_of(fails ? c->why : ""), "asked",
		(json_int_t)c->asked, "running", (json_int_t)c->running, "domain_id", (json_int_t)r->settings->domain);

	/* Elsewhere it is a wrong password, as a rule; a ticket is refused for what only an administrator can mend. */
	if (r->settings->backend == PROOF_KERBEROS && c->refused_at_ms != 0) {
		json_object_set_new(row, "last_refusal", time_of(c->refused_at_ms));
		json_object_set_new(row, "refused_because", text_of(c->refused));
	}
	return row;
}

static void send_state(struct netlogon *n, struct str json)
{
	struct msg m = { .id = MSG_controllers, .controllers = { .json = json } };

	link_send(&n->env->attendant, &m);
	link_send(role_link(n->env, ROLE_DIRECTORY, 0), &m);
}

/* At most one message each TELL_MS. */
static void on_tell(void *arg)
{
	struct netlogon *n = arg;
	json_t *rows = json_array();
	char *text;

	LIST_EACH(at, &n->realms) {
		const struct realm *r = LIST_OF(at, struct realm, node);

		for (size_t i = 0; !r->gone && i < r->settings->controller_count && json_array_size(rows) < TOLD_ROWS_MAX; i++)
			json_array_append_new(rows, row_of(r, i));
	}
	text = json_dumps(rows, JSON_COMPACT);
	must(text != NULL);
	send_state(n, str_from_c(text));
	free(text);
	json_decref(rows);
	n->told = true;
}

void netlogon_tell_soon(struct netlogon *n)
{
	if (!n->told)
		return;
	n->told = false;
	timer_set(n->tell, TELL_MS);
}

/* ---- the role ---- */

static enum err open_netlogon(struct role_env *env, struct failure *f)
{
	struct netlogon *n = MEM_NEW(struct netlogon);

	env->state = n;
	n->env = env;
	n->told = true;
	list_init(&n->realms);
	list_init(&n->running);
	map_init(&n->questions);
	n->look = timer_new(env->loop, on_look, n);
	n->tell = timer_new(env->loop, on_tell, n);
	kerberos_open();
	work_prepare(NETLOGON_THREADS);
	return ERR_OK;
}

static void on_message(struct role_env *env, struct link *from, struct msg *m)
{
	struct netlogon *n = env->state;

	if (m->id == MSG_realm)
		take_realm(n, &m->realm);
	else if (m->id == MSG_realm_ended)
		end_realm(n, m->realm_ended.domain);
	else if (m->id == MSG_proof_ask)
		question_ask(n, from, &m->proof_ask);
	else if (m->id == MSG_context_ended)
		kerberos_end(m->context_ended.context);
}

/* A new directory tells its domains anew. */
static void on_link_down(struct role_env *env, struct link *link)
{
	struct netlogon *n = env->state;

	question_drop_all(n);
	kerberos_end_all();
	LIST_EACH(at, &n->realms) {
		struct realm *r = LIST_OF(at, struct realm, node);

		if (!r->gone)
			drop_realm(n, r);
	}
}

/* A thread that waits for a controller would keep the process from ending. */
static void on_stop(struct role_env *env)
{
	struct netlogon *n = env->state;

	if (n->running_count > 0) {
		log_sink_flush();
		_exit(EXIT_SUCCESS);
	}
	timer_free(n->look);
	timer_free(n->tell);
	n->look = n->tell = NULL;
	role_stopped(env);
}

const struct role_def netlogon_role = {
	.role = ROLE_NETLOGON,
	.profile = SANDBOX_NETLOGON,
	.has_folder = true,
	.open = open_netlogon,
	.link_down = on_link_down,
	.message = on_message,
	.stop = on_stop,
};
