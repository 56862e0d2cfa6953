/* Those who have no account, in the role: let in or refused, counted apart from all accounts. */
#include <stdio.h>

#include "base/log.h"
#include "config/network.h"
#include "config/offer.h"
#include "directory/anonymous.h"
#include "directory/exchange.h"
#include "io/clock.h"

static void tell_counts(struct directory_role *r)
{
	link_send(&r->env->attendant,
		&(struct msg){ .id = MSG_nameless, .nameless = { .logons = r->nameless.logons, .refused = r->nameless.refused } });
}

void role_anonymous_count(struct directory_role *r, bool let_in)
{
	r->nameless.logons += let_in;
	r->nameless.refused += !let_in;
	tell_counts(r);
}

/* ---- a logon ---- */

static void refuse(struct exchange *x, enum logon_event event)
{
	struct failure f = x->logon.failure;

	x->event = event;
	x->role->nameless.refused++;
	tell_counts(x->role);
	log_put(LOG_anonymous_refused, LOG_C("service", service_row(x->service)->name), LOG_C("client", x->client),
		LOG_C("mechanism", x->mechanism), LOG_S("trace", x->trace), LOG_C("code", err_name(f.code)),
		LOG_C("reason", f.reason[0] != '\0' ? f.reason : f.text), LOG_END);
	exchange_refuse(x, f.code, f.text);
}

static enum logon_event event_of(enum err e)
{
	switch ((unsigned)e) {
	case ERR_BOXOFF:
		return LOGON_EVENT_mailbox_off;
	case ERR_PROTOCOLOFF:
		return LOGON_EVENT_protocol_off;
	case ERR_MOVED:
		return LOGON_EVENT_mailbox_moved;
	case ERR_NOBOX:
	case ERR_NOTABOX:
		return LOGON_EVENT_nothing_to_show;
	case ERR_MECHANISMOFF:
		return LOGON_EVENT_no_mechanism;
	default:
		return LOGON_EVENT_trouble;
	}
}

static void let_in(struct exchange *x, const struct anonymous_way *way, const struct entry *box)
{
	struct directory_role *r = x->role;
	struct entry_mailbox m = box->kind == ENTRY_PUBLIC ? entry_public_box(&box->public) : box->mailbox;
	struct entry_limits limits = entry_limits(&m, &r->directory.defaults);
	struct ticket t = { .kind = TICKET_LOGON, .account = ACCESS_ANYONE_ACCOUNT, .mailbox = box->id, .service = (uint8_t)x->service,
		.delegate = true, .access = ACCESS_ANYONE, .groups = S(""), .account_name = x->logon.account_name,
		.mailbox_name = m.alias, .folder = way->folder, .limits = role_limits(&limits), .expires_ms = clock_mono_ms() + TICKET_LOGON_MS_MAX };

	if (way->public)
		t.mailbox_name = arena_printf(&x->arena, LOGON_NAME_PUBLIC "/%.*s", STR_FMT(way->folder));
	random_octets(&t.id, sizeof(t.id));
	x->event = LOGON_EVENT_ok_anonymous;
	x->grant = (struct logon_grant){ .mailbox = box->id, .right = "anyone", .account_name = t.account_name,
		.mailbox_name = t.mailbox_name };
	r->nameless.logons++;
	tell_counts(r);
	log_put(LOG_anonymous_logon, LOG_C("service", service_row(x->service)->name), LOG_C("client", x->client),
		LOG_C("mechanism", x->mechanism), LOG_S("account", t.account_name), LOG_S("mailbox", t.mailbox_name),
		LOG_S("trace", x->trace), LOG_END);
	exchange_let_in(x, &t);
}

void exchange_anonymous(struct exchange *x, const struct anonymous_way *way, struct str trace)
{
	struct directory_role *r = x->role;
	const struct config *c = r->env->config;
	uint64_t number = network_source(exchange_source(x));
	struct pace_key key = { PACE_NAMELESS, str_make(&number, sizeof(number)), (uint32_t)c->anonymous_logons_max };
	struct failure *f = &x->logon.failure;
	struct entry box;
	uint32_t wait = 0;

	x->nameless = true;
	x->trace = arena_str(&x->arena, trace);
	x->logon.account_name = arena_str(&x->arena, c->anonymous_name);
	*f = (struct failure){ 0 };
	if (pace_take(r->pace, &key, clock_mono_ms(), &wait) != ERR_OK) {
		fail(f, ERR_LOGONPACE, NULL);
		fail_reason(f, "too many anonymous logons from that address (anonymous.logons_max)");
		refuse(x, LOGON_EVENT_anonymous_pace);
	} else if (anonymous_mailbox(&r->directory, way, &x->arena, &box, f) != ERR_OK) {
		refuse(x, event_of(f->code));
	} else {
		let_in(x, way, &box);
	}
}

void exchange_anonymous_explain(struct exchange *x)
{
	const struct logon *l = &x->logon;
	enum service_protocol protocol = service_row(x->service)->protocol;
	struct failure *f = &x->logon.failure;
	size_t used = strlen(f->reason);

	if (f->code != ERR_AUTH || l->account.id != 0 || l->name.has_domain || !anonymous_is_name(l->name.user))
		return;
	if (protocol == PROTOCOL_SMTP)
		snprintf(f->reason + used, sizeof(f->reason) - used, "; %s", err_text(ERR_NAMELESS));
	else if (!offer_nameless(x->role->env->config, protocol))
		snprintf(f->reason + used, sizeof(f->reason) - used, "; anonymous access by %s is off", protocol_name(protocol));
}

/* ---- what they see ---- */

void role_anonymous_look(struct directory_role *r)
{
	static const enum service_protocol protocols[] = { PROTOCOL_NNTP, PROTOCOL_IMAP, PROTOCOL_POP3 };
	struct role_nameless was = r->nameless, *now = &r->nameless;
	struct failure f = { 0 };
	struct arena arena;
	struct entry box;

	arena_init(&arena, ARENA_NONE);
	now->on = now->ready = false;
	now->mailbox = 0;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		struct anonymous_way way = anonymous_any(r->env->config, protocols[i]);

		if (!offer_nameless(r->env->config, protocols[i]))
			continue;
		now->on = true;
		f = (struct failure){ 0 };
		if (anonymous_mailbox(&r->directory, &way, &arena, &box, &f) == ERR_OK) {
			now->ready = true;
			now->mailbox = box.id;
		}
	}
	if (now->on && !now->ready && (!was.on || was.ready))
		log_put(LOG_anonymous_unready, LOG_C("reason", f.reason), LOG_END);
	arena_done(&arena);
	if (was.mailbox == 0 || was.mailbox == now->mailbox)
		return;
	now->ended_ms = clock_mono_ms();
	link_send(role_link(r->env, ROLE_STORE, 0), &(struct msg){ .id = MSG_account_ended,
		.account_ended = { .account = ACCESS_ANYONE_ACCOUNT, .code = ERR_ACCOUNTOFF, .until_ms = UINT64_MAX } });
}

enum err role_anonymous_standing(const struct directory_role *r, uint64_t issued_ms, struct failure *f)
{
	return issued_ms <= r->nameless.ended_ms ? fail(f, ERR_ACCOUNTOFF, NULL) : ERR_OK;
}
