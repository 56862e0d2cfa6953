#include "directory/role_web.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "directory/change.h"
#include "directory/doctor.h"
#include "directory/role_logon.h"
#include "directory/policy.h"
#include "directory/realm.h"
#include "directory/secrets.h"
#include "io/clock.h"

#define FACTS_OCTETS_MAX ((size_t)8192)

void role_web_config(struct directory_role *r)
{
	web_set(&r->web, r->env->config->http_session_idle_ms_max, r->env->config->http_session_ms_max);
}

/* ---- who it is ---- */

/* As if that person logged on now, the password apart: what was changed meanwhile counts with the next request. client: its address. */
static enum err judge(struct directory_role *r, const struct web_session *s, struct str client, struct logon *l, struct logon_grant *ret)
{
	struct logon_query q = { .name = str_from_c(s->name), .authzid = S(""), .password = S(""), .protocol = PROTOCOL_HTTP,
		.client = str_sub(client, 0, str_rfind(client, ':')), .now_seconds = clock_real_ms() / 1000, .ntlm = s->ntlm, .examine = true,
		.strong = true };
	enum err e;

	logon_prepare(l, &r->directory, &q, l->arena);
	e = logon_decide(l, ret);
	/* The name may be another's by now. */
	return e == ERR_OK && (ret->account != s->account || ret->mailbox != s->mailbox) ? ERR_NEEDAUTH : e;
}

static struct web_session *find(struct directory_role *r, const struct msg_web_ask *q)
{
	return web_find(&r->web, q->token, clock_mono_ms());
}

/* ---- facts ---- */

static void put_fact(struct wr *w, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	wr_str(w, str_from_c(name));
	wr_str(w, value);
}

static struct str octets_text(struct arena *a, uint64_t octets)
{
	static const char *const units[] = { "octets", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	if (octets == 0)
		return S("no limit");
	while (unit < 4 && octets >= 10240) {
		octets /= 1024;
		unit++;
	}
	return arena_printf(a, "%llu %s", (unsigned long long)octets, units[unit]);
}

static struct str state_text(const struct directory_role *r, uint64_t mailbox)
{
	unsigned state = (unsigned)(uintptr_t)map_get(&r->quota, mailbox);

	if (state >= QUOTA_FULL)
		return S("full: it sends and receives nothing until messages are deleted");
	return state >= QUOTA_NOSEND ? S("over its limit: it sends nothing until messages are deleted") : S("");
}

static void put_facts(struct directory_role *r, const struct web_session *s, const struct logon_grant *g, struct arena *a, struct buf *to)
{
	struct wr w = wr_to(to);
	struct buf since;

	buf_init(&since, 64);
	date_put_rfc3339(&since, clock_real_ms() - (int64_t)(clock_mono_ms() - s->begun_ms));
	put_fact(&w, "Account", g->account_name);
	put_fact(&w, "Mailbox", g->mailbox_name);
	put_fact(&w, "Display name", g->display);
	put_fact(&w, "E-mail address", g->address);
	put_fact(&w, "Opened as", g->delegate ? S("delegate") : S("owner"));
	put_fact(&w, "A warning comes above", octets_text(a, g->limits.warn_octets));
	put_fact(&w, "No sending above", octets_text(a, g->limits.send_octets));
	put_fact(&w, "No receiving above", octets_text(a, g->limits.receive_octets));
	put_fact(&w, "The mailbox is", state_text(r, g->mailbox));
	if (g->password_ends)
		put_fact(&w, "Days until the password has to be changed", arena_printf(a, "%llu", (unsigned long long)g->password_days));
	put_fact(&w, "Signed in since (UTC)", str_sub(buf_str(&since), 0, 16));
	put_fact(&w, "Signed in from", str_from_c(s->client));
	put_fact(&w, "Web sessions of the account", arena_printf(a, "%zu", web_count(&r->web, s->account, clock_mono_ms())));
	buf_done(&since);
}

/* ---- answers ---- */

static void tell(struct link *to, uint64_t request, enum err e)
{
	link_send(to, &(struct msg){ .id = MSG_web_told, .web_told = { .request = request, .code = e } });
}

static void look(struct directory_role *r, struct link *from, const struct msg_web_ask *q)
{
	struct web_session *s = find(r, q);
	struct msg m = { .id = MSG_web_told, .web_told = { .request = q->request } };
	struct logon_grant g;
	struct logon *l;
	struct arena a;
	struct buf facts;
	enum err e;

	if (s == NULL) {
		tell(from, q->request, ERR_NEEDAUTH);
		return;
	}
	arena_init(&a, ARENA_NONE);
	buf_init(&facts, FACTS_OCTETS_MAX);
	l = ARENA_NEW(&a, struct logon);
	l->arena = &a;
	e = judge(r, s, q->client, l, &g);
	m.web_told.code = e == ERR_IO || e == ERR_CORRUPT || e == ERR_OK ? e : ERR_NEEDAUTH;
	if (e == ERR_OK) {
		put_facts(r, s, &g, &a, &facts);
		m.web_told.form = str_make(s->form, sizeof(s->form));
		m.web_told.must_change = g.must_change;
		m.web_told.may_change = !l->account.account.cannot_change && realm_is_local(&l->domain.domain);
		m.web_told.facts = buf_str(&facts);
	} else if (m.web_told.code == ERR_NEEDAUTH) {
		web_end(&r->web, s);
	}
	link_send(from, &m);
	buf_done(&facts);
	arena_wipe(&a);
}

enum err role_web_person(struct directory_role *r, struct str token, struct str client, struct arena *a, struct web_person *ret)
{
	struct web_session *s = web_find(&r->web, token, clock_mono_ms());
	struct logon_grant g;
	struct logon *l;
	enum err e;

	if (s == NULL)
		return ERR_NEEDAUTH;
	l = ARENA_NEW(a, struct logon);
	l->arena = a;
	e = judge(r, s, client, l, &g);
	if (e == ERR_OK && g.must_change)
		return ERR_NEEDAUTH;
	*ret = (struct web_person){ s->account, s->mailbox };
	return e == ERR_IO || e == ERR_CORRUPT || e == ERR_OK ? e : ERR_NEEDAUTH;
}

static void sign_out(struct directory_role *r, struct link *from, const struct msg_web_ask *q)
{
	struct web_session *s = find(r, q);

	if (s == NULL || !web_form_is(s, q->form)) {
		tell(from, q->request, s == NULL ? ERR_NEEDAUTH : ERR_FORM);
		return;
	}
	web_end(&r->web, s);
	tell(from, q->request, ERR_OK);
}

static void refuse(struct link *to, uint64_t request, enum err e)
{
	link_send(to, &(struct msg){ .id = MSG_logon_refused,
		.logon_refused = { .session = request, .code = e, .text = str_from_c(err_text(e)) } });
}

static void change_password(struct directory_role *r, struct link *from, const struct msg_web_ask *q)
{
	const struct web_session *s = find(r, q);

	if (s == NULL)
		refuse(from, q->request, ERR_NEEDAUTH);
	else if (!web_form_is(s, q->form))
		refuse(from, q->request, ERR_FORM);
	else
		role_logon_renew(r, from, q, str_from_c(s->name));
}

/* A session that was made for one request. */
static void drop(struct directory_role *r, const struct msg_web_ask *q)
{
	struct web_session *s = find(r, q);

	if (s != NULL)
		web_end(&r->web, s);
}

void role_web_ask(struct directory_role *r, struct link *from, const struct msg_web_ask *q)
{
	if (q->what == WEB_LOOK)
		look(r, from, q);
	else if (q->what == WEB_SIGN_OUT)
		sign_out(r, from, q);
	else if (q->what == WEB_DROP)
		drop(r, q);
	else if (q->what == WEB_PASSWORD)
		change_password(r, from, q);
}

/* ---- logons ---- */

void role_web_begin(struct directory_role *r, const struct logon *l, const struct logon_grant *g, const char *client, struct buf *token)
{
	struct web_session given = { .account = g->account, .mailbox = g->mailbox, .ntlm = l->query.ntlm };
	const struct web_session *s;

	/* What was typed, with the mailbox that was asked for beside it, is what every request is judged by. */
	snprintf(given.name, sizeof(given.name), "%.*s", STR_FMT(l->query.name));
	snprintf(given.client, sizeof(given.client), "%s", client);
	s = web_begin(&r->web, &given, clock_mono_ms());
	buf_put(token, str_make(s->token, sizeof(s->token)));
}

/* As an administrator's, but that the owner is held to the rules for owners. */
static enum err give(struct directory_role *r, const struct entry *domain, struct entry *account, struct arena *a, struct policy_wish *wish)
{
	struct str had = account->account.secret, made;
	enum err e = secrets_make(&r->directory, a, wish->password, &account->account);

	made = account->account.secret;
	account->account.secret = had;
	if (e == ERR_OK)
		policy_set(&domain->domain, &account->account, made, wish->now_seconds, a);
	account->account.must_change = false;
	return e;
}

static enum err set_password(struct directory_role *r, const struct entry *old, struct str password, struct arena *a, struct failure *f)
{
	struct entry new = *old, domain;
	struct policy_wish wish = { .account = &old->account, .password = password, .by = POLICY_OWNER,
		.now_seconds = (uint64_t)(clock_real_ms() / 1000) };
	struct change c;
	enum err e = directory_get(&r->directory, ENTRY_DOMAIN, old->account.domain, a, &domain);

	if (e != ERR_OK)
		return fail(f, e, NULL);
	if (!realm_is_local(&domain.domain))
		return fail(f, ERR_PERM, "The password of this account is kept elsewhere, and changed there.");
	wish.domain = &domain.domain;
	e = policy_judge(&wish, f);
	if (e != ERR_OK)
		return e;
	e = give(r, &domain, &new, a, &wish);
	if (e != ERR_OK)
		return fail(f, e, NULL);
	e = change_begin(&c, &r->directory, a, wish.now_seconds, f);
	if (e != ERR_OK)
		return e;
	e = change_set(&c, old, &new, true);
	if (e != ERR_OK) {
		change_abort(&c);
		return e;
	}
	return change_commit(&c);
}

enum err role_web_renew(struct directory_role *r, uint64_t account, struct str password, struct str token, struct failure *f)
{
	struct entry old;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	/* The others end with the change; this one has shown that it knows the password. */
	r->web_keep = web_find(&r->web, token, clock_mono_ms());
	e = directory_get(&r->directory, ENTRY_ACCOUNT, account, &a, &old);
	if (e != ERR_OK)
		fail(f, e, NULL);
	else if (old.account.cannot_change)
		e = fail(f, ERR_PERM, "The password of this account is changed by the administrator only.");
	else
		e = set_password(r, &old, password, &a, f);
	r->web_keep = NULL;
	if (e == ERR_OK)
		log_put(LOG_password_changed, LOG_U("account", account), LOG_END);
	arena_wipe(&a);
	return e;
}
