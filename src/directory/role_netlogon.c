#include "directory/role_netlogon.h"

#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "directory/logon.h"
#include "directory/realm.h"
#include "io/clock.h"

#define DOMAINS_AT_ONCE ((size_t)1000)

/* A question with everything that sending it again takes: netlogon may die and come back meanwhile. */
struct asked {
	struct list node;
	struct directory_role *role;
	uint64_t request;
	struct arena arena;
	struct role_proof proof; /* in the arena */
	bool sent;
	struct timer *timer;
	role_proof_fn *fn;
	void *arg;
};

static struct link *netlogon_of(struct directory_role *r)
{
	return role_link(r->env, ROLE_NETLOGON, 0);
}

/* ---- settings ---- */

static void send_realm(struct directory_role *r, const struct entry *e)
{
	struct msg m = { .id = MSG_realm };
	struct arena arena;

	if (realm_is_local(&e->domain)) {
		link_send(netlogon_of(r), &(struct msg){ .id = MSG_realm_ended, .realm_ended = { .domain = e->id } });
		return;
	}
	arena_init(&arena, ARENA_NONE);
	m.realm = realm_message(&arena, e, e->domain.bind_secret);
	link_send(netlogon_of(r), &m);
	arena_wipe(&arena);
}

void role_netlogon_changed(struct directory_role *r, enum directory_deed deed, const struct entry *e)
{
	struct arena arena;
	struct entry now;

	if (deed == DIRECTORY_REMOVED) {
		link_send(netlogon_of(r), &(struct msg){ .id = MSG_realm_ended, .realm_ended = { .domain = e->id } });
		return;
	}
	/* What was stored has its secrets sealed. */
	arena_init(&arena, ARENA_NONE);
	if (directory_get(&r->directory, ENTRY_DOMAIN, e->id, &arena, &now) == ERR_OK)
		send_realm(r, &now);
	arena_wipe(&arena);
}

void role_netlogon_issuer(struct directory_role *r)
{
	const struct config *c = r->env->config;
	struct msg m = { .id = MSG_realm_ended, .realm_ended = { .domain = PROOF_DOMAIN_ISSUER } };

	if (c->oauth_issuer.len > 0) {
		m.id = MSG_realm;
		m.realm = realm_of_issuer(c);
	}
	link_send(netlogon_of(r), &m);
}

void role_netlogon_kerberos(struct directory_role *r)
{
	const struct config *c = r->env->config;
	struct msg m = { .id = MSG_realm_ended, .realm_ended = { .domain = PROOF_DOMAIN_KERBEROS } };

	if (c->kerberos_keytab.len > 0) {
		m.id = MSG_realm;
		m.realm = realm_of_kerberos(c);
	}
	link_send(netlogon_of(r), &m);
}

static void send_realms(struct directory_role *r)
{
	uint64_t from = 1;
	size_t count;

	do {
		struct arena arena;
		struct entry_ids ids = { 0 };
		struct entry e;

		arena_init(&arena, ARENA_NONE);
		if (directory_ids(&r->directory, ENTRY_DOMAIN, from, &arena, DOMAINS_AT_ONCE, &ids) != ERR_OK)
			ids.count = 0;
		for (size_t i = 0; i < ids.count; i++) {
			if (directory_get(&r->directory, ENTRY_DOMAIN, ids.at[i], &arena, &e) == ERR_OK && !realm_is_local(&e.domain))
				send_realm(r, &e);
			from = ids.at[i] + 1;
		}
		count = ids.count;
		arena_wipe(&arena);
	} while (count == DOMAINS_AT_ONCE);
}

/* ---- questions ---- */

static void send_question(struct asked *a)
{
	const struct role_proof *p = &a->proof;
	struct msg m = { .id = MSG_proof_ask };

	m.proof_ask = (struct msg_proof_ask){ .request = a->request, .domain = p->domain, .kind = (uint8_t)p->kind, .user = p->user,
		.password = p->password, .nt_domain = p->nt_domain, .challenge = p->challenge, .lm = p->lm, .nt = p->nt,
		.context = p->context, .call = (uint8_t)p->call, .protocol = (uint8_t)p->protocol, .exporter = p->exporter,
		.end_point = p->end_point, .unique = p->unique };
	a->sent = link_send(netlogon_of(a->role), &m);
}

static void end_question(struct asked *a, const struct msg_proof_told *told)
{
	role_proof_fn *fn = a->fn;
	void *arg = a->arg;

	list_remove(&a->node);
	map_remove(&a->role->asked, a->request);
	timer_free(a->timer);
	arena_wipe(&a->arena);
	mem_free(a);
	fn(arg, told);
}

static void on_timer(void *arg)
{
	end_question(arg, &(struct msg_proof_told){ .verdict = PROOF_UNAVAILABLE, .reason = S("nobody answers") });
}

void role_netlogon_ask(struct directory_role *r, const struct role_proof *q, role_proof_fn *fn, void *arg)
{
	struct asked *a = MEM_NEW(struct asked);
	struct role_proof *p = &a->proof;

	a->role = r;
	a->request = role_request(r->env);
	a->fn = fn;
	a->arg = arg;
	list_init(&a->node);
	arena_init(&a->arena, ARENA_NONE);
	*p = *q;
	p->user = arena_str(&a->arena, q->user);
	p->password = arena_str(&a->arena, q->password);
	p->nt_domain = arena_str(&a->arena, q->nt_domain);
	p->challenge = arena_str(&a->arena, q->challenge);
	p->lm = arena_str(&a->arena, q->lm);
	p->nt = arena_str(&a->arena, q->nt);
	p->exporter = arena_str(&a->arena, q->exporter);
	p->end_point = arena_str(&a->arena, q->end_point);
	p->unique = arena_str(&a->arena, q->unique);
	a->timer = timer_new(r->env->loop, on_timer, a);
	timer_set(a->timer, ROLE_PROOF_MS);
	map_put(&r->asked, a->request, a);
	list_add_tail(&r->asked_order, &a->node);
	send_question(a);
}

static void on_told(struct directory_role *r, const struct msg_proof_told *told)
{
	struct asked *a = map_get(&r->asked, told->request);

	if (a != NULL)
		end_question(a, told);
}

/* ---- doctor logon ---- */

/* An administrator's request that waits for a controller's word. */
struct examined {
	struct directory_role *role;
	uint64_t request;
	struct arena arena;
	struct str json; /* holds a password */
};

static void on_examined(void *arg, const struct msg_proof_told *told)
{
	struct examined *x = arg;
	struct directory_told word = { .verdict = proof_verdict_from(told->verdict), .controller = told->controller,
		.reason = told->reason };

	x->role->directory.told = &word;
	role_admin_run(x->role, x->request, x->json);
	x->role->directory.told = NULL;
	arena_wipe(&x->arena);
	mem_free(x);
}

static struct str argument(const json_t *args, const char *name)
{
	const json_t *v = json_object_get(args, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : S("");
}

static void examine_there(struct directory_role *r, const struct msg_admin_request *m, const struct logon *l)
{
	struct role_proof q = { .domain = l->domain.id, .kind = PROOF_PASSWORD, .user = logon_remote_user(l), .password = l->asked };
	struct examined *x = MEM_NEW(struct examined);

	x->role = r;
	x->request = m->request;
	arena_init(&x->arena, ARENA_NONE);
	x->json = arena_str(&x->arena, m->json);
	role_netlogon_ask(r, &q, on_examined, x);
}

bool role_netlogon_examine(struct directory_role *r, const struct msg_admin_request *m)
{
	json_t *root = str_eq(m->verb, S("doctor logon")) ? json_loadb(m->json.at, m->json.len, 0, NULL) : NULL;
	json_t *args = json_object_get(root, "args");
	struct str password = argument(args, "password");
	struct logon_query q = { .name = argument(args, "name"), .authzid = argument(args, "mailbox"), .password = password,
		.code = argument(args, "totp"), .examine = true };
	struct logon *l = password.len > 0 ? MEM_NEW(struct logon) : NULL;
	struct arena arena;
	bool there = false;

	arena_init(&arena, ARENA_NONE);
	if (l != NULL) {
		logon_prepare(l, &r->directory, &q, &arena);
		there = l->remote;
		if (there)
			examine_there(r, m, l);
		secret_job_wipe(&l->job);
		mem_wipe((void *)(uintptr_t)password.at, password.len);
	}
	mem_free(l);
	arena_done(&arena);
	json_decref(root);
	return there;
}

/* ---- messages ---- */

void role_netlogon_open(struct directory_role *r)
{
	map_init(&r->asked);
	map_init(&r->remote);
	list_init(&r->asked_order);
}

bool role_netlogon_message(struct directory_role *r, const struct msg *m)
{
	if (m->id == MSG_proof_told) {
		on_told(r, &m->proof_told);
	} else if (m->id == MSG_controllers) {
		json_decref(r->directory.controllers);
		r->directory.controllers = json_loadb(m->controllers.json.at, m->controllers.json.len, 0, NULL);
		role_kerberos_state(r);
	} else {
		return false;
	}
	return true;
}

void role_netlogon_up(struct directory_role *r)
{
	send_realms(r);
	role_netlogon_issuer(r);
	role_netlogon_kerberos(r);
	LIST_EACH(at, &r->asked_order) {
		struct asked *a = LIST_OF(at, struct asked, node);

		if (!a->sent)
			send_question(a);
	}
}

/* A new one comes within a moment, and is asked again. */
void role_netlogon_down(struct directory_role *r)
{
	LIST_EACH(at, &r->asked_order)
		LIST_OF(at, struct asked, node)->sent = false;
	json_decref(r->directory.controllers);
	r->directory.controllers = NULL;
}
