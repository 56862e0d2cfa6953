#include "directory/role_place.h"

#include "base/cursor.h"
#include "base/log.h"
#include "config/network.h"
#include "config/offer.h"
#include "directory/group.h"
#include "directory/role_web.h"
#include "directory/sender.h"
#include "directory/virtual.h"
#include "io/clock.h"

#define HOUR_MS     3600000u
#define TEXT_OCTETS ((size_t)64 << 10)

/* Who asks. */
struct visit {
	struct directory_role *role;
	uint8_t service;
	struct str client, path, token;
	struct arena arena;
	struct failure failure;
	struct entry entry; /* the virtual directory */
	struct str rest;
	bool nameless;
	uint64_t account, mailbox; /* as whom */
	struct entry box;
};

static struct str source_of(const struct visit *v)
{
	return str_sub(v->client, 0, str_rfind(v->client, ':'));
}

static uint64_t now_seconds(void)
{
	return (uint64_t)(clock_real_ms() / 1000);
}

/* Why is for the log; who asks learns no more than that it is so. */
static enum err refuse(struct visit *v, enum err e, const char *text, const char *why)
{
	struct str mechanism = arena_printf(&v->arena, "virtual directory %.*s", STR_FMT(v->entry.virtual.path));

	role_anonymous_count(v->role, false);
	log_put(LOG_anonymous_refused, LOG_C("service", service_row((enum service)v->service)->name), LOG_S("client", v->client),
		LOG_S("mechanism", mechanism), LOG_C("code", err_name(e)), LOG_C("reason", why), LOG_END);
	return fail(&v->failure, e, "%s", text);
}

/* ---- as whom ---- */

static enum err as_person(struct visit *v)
{
	struct web_person person;
	enum err e = role_web_person(v->role, v->token, v->client, &v->arena, &person);

	if (e != ERR_OK)
		return fail(&v->failure, e == ERR_IO || e == ERR_CORRUPT ? e : ERR_NEEDAUTH, NULL);
	v->account = person.account;
	v->mailbox = person.mailbox;
	return directory_get(&v->role->directory, ENTRY_MAILBOX, v->mailbox, &v->arena, &v->box) == ERR_OK ? ERR_OK : fail(&v->failure, ERR_IO, NULL);
}

static enum err as_stranger(struct visit *v)
{
	const struct config *c = v->role->env->config;
	uint64_t number = network_source(source_of(v));
	struct pace_key key = { PACE_PAGE, str_make(&number, sizeof(number)), (uint32_t)c->anonymous_http_requests_max, 0 };
	struct virtual_query q = { &v->entry.virtual, now_seconds() };
	struct virtual_identity id;
	uint32_t wait = 0;
	enum err e;

	if (pace_take(v->role->pace, &key, clock_mono_ms(), &wait) != ERR_OK)
		return refuse(v, ERR_LIMIT, "Too many requests came from your network; wait a minute.",
			"too many anonymous requests from that address (anonymous.http_requests_max)");
	e = virtual_acts(&v->role->directory, &q, &v->arena, &id, &v->failure);
	if (e == ERR_IO || e == ERR_CORRUPT)
		return e;
	if (e != ERR_OK) {
		struct str why = arena_str(&v->arena, str_from_c(v->failure.text));

		v->failure = (struct failure){ 0 };
		return refuse(v, ERR_UNAVAILABLE, "This page is closed at the moment.", why.at);
	}
	v->nameless = true;
	v->account = id.account.id;
	v->mailbox = id.mailbox.id;
	v->box = id.mailbox;
	role_anonymous_count(v->role, true);
	return ERR_OK;
}

static unsigned ways_of(const struct visit *v)
{
	unsigned ways = virtual_ways(&v->entry.virtual);

	return offer_nameless(v->role->env->config, PROTOCOL_HTTP) ? ways : ways & ~(unsigned)PLACE_ANONYMOUS;
}

static enum err come_in(struct visit *v)
{
	enum err e = virtual_find(&v->role->directory, v->path, &v->arena, &v->entry, &v->rest);

	if (e == ERR_NOTFOUND || (e == ERR_OK && v->entry.virtual.disabled))
		return fail(&v->failure, ERR_NOTFOUND, NULL);
	if (e != ERR_OK)
		return fail(&v->failure, e, NULL);
	if (v->token.len > 0)
		return as_person(v);
	if (ways_of(v) & PLACE_ANONYMOUS)
		return as_stranger(v);
	/* Nobody can come in at all. */
	return ways_of(v) == 0 ? refuse(v, ERR_NOTFOUND, err_text(ERR_NOTFOUND), "anonymous.http is off") : fail(&v->failure, ERR_NEEDAUTH, NULL);
}

static struct form_owner owner_of(const struct visit *v)
{
	return (struct form_owner){ v->entry.id, v->account, network_source(source_of(v)) };
}

/* ---- the page ---- */

static struct str strings(struct visit *v, const struct entry_texts *texts)
{
	struct buf b;
	struct wr w = wr_to(&b);
	struct str ret;

	buf_init(&b, TEXT_OCTETS);
	for (size_t i = 0; i < texts->count; i++)
		wr_str(&w, texts->at[i]);
	ret = arena_str(&v->arena, buf_str(&b));
	buf_done(&b);
	return ret;
}

/* For the store: which folders, and by whose rights. Empty: there are none to show. */
static struct str seal_folders(struct visit *v)
{
	const struct entry_texts *folders = &v->entry.virtual.folders;
	struct ticket t = { .kind = TICKET_PAGE, .account = v->account, .service = v->service, .delegate = v->nameless, .access = ACCESS_NONE,
		.account_name = S(""), .mailbox_name = S(""), .expires_ms = clock_mono_ms() + TICKET_LOGON_MS_MAX };
	struct entry_ids groups;
	struct entry public;
	struct buf b;
	struct wr w = wr_to(&b);
	struct str ret;
	uint32_t number;

	if (folders->count == 0 || directory_public(&v->role->directory, &v->arena, &public) != ERR_OK ||
		group_closure(&v->role->directory, v->account, &v->arena, &groups) != ERR_OK)
		return S("");
	t.mailbox = public.id;
	t.groups = role_groups(&groups, &v->arena);
	buf_init(&b, TICKET_OCTETS_MAX * 2);
	for (size_t i = 0; i < folders->count; i++) {
		if (str_u32(folders->at[i], UINT32_MAX, &number))
			wr_u32(&w, number);
	}
	t.folders = arena_str(&v->arena, buf_str(&b));
	buf_clear(&b);
	ticket_seal(&t, v->role->env->ticket_key, &b);
	ret = arena_str(&v->arena, buf_str(&b));
	buf_done(&b);
	return ret;
}

static void tell_page(struct visit *v, struct msg_place_told *t)
{
	const struct entry_virtual *e = &v->entry.virtual;
	struct form_owner owner = owner_of(v);
	struct buf form;

	t->path = e->path;
	t->rest = v->rest;
	t->title = e->title.len > 0 ? e->title : e->path;
	t->submit_to = strings(v, &e->submit_to);
	t->ticket = seal_folders(v);
	t->octets_max = e->size;
	t->proof = (uint8_t)e->proof;
	t->fill_seconds = (uint32_t)e->fill_time;
	buf_init(&form, WEB_TOKEN_OCTETS + 1);
	form_token_make(&v->role->forms, &owner, clock_mono_ms(), &form);
	t->form = arena_str(&v->arena, buf_str(&form));
	buf_done(&form);
}

void role_place_ask(struct directory_role *r, struct link *from, const struct msg_place_ask *q)
{
	struct visit v = { .role = r, .service = q->service, .client = q->client, .path = q->path, .token = q->token };
	struct msg m = { .id = MSG_place_told, .place_told = { .request = q->request } };
	struct msg_place_told *t = &m.place_told;

	arena_init(&v.arena, ARENA_NONE);
	t->code = come_in(&v);
	t->text = str_from_c(v.failure.text);
	if (v.entry.id != 0 && t->code != ERR_NOTFOUND)
		t->ways = (uint8_t)ways_of(&v);
	if (t->code == ERR_OK)
		tell_page(&v, t);
	link_send(from, &m);
	arena_wipe(&v.arena);
}

/* ---- a message ---- */

static enum err check_token(struct visit *v, const struct msg_place_post *q)
{
	const struct entry_virtual *e = &v->entry.virtual;
	struct form_owner owner = owner_of(v);
	uint64_t age = 0, least = e->fill_time;
	enum err err = form_token_check(&v->role->forms, &owner, q->form, clock_mono_ms(), &age);

	if (err == ERR_EXISTS)
		return refuse(v, ERR_FORM, "This form was sent already. What is written below can be sent again as another message.", "the form was used before");
	if (err != ERR_OK)
		return refuse(v, ERR_FORM, "This form is too old, or was not made for you. Look at what is written below, and send it again.",
			"the form's token is no good");
	if (e->proof > 0 && q->work.len == 0)
		least += PLACE_SLOW_SECONDS;
	else if (!form_token_worked(q->form, q->work, (unsigned)e->proof))
		return refuse(v, ERR_FORM, "The proof of work is wrong. Send the form again.", "the proof of work is wrong");
	if (age < least * 1000)
		return refuse(v, ERR_FORM, "That was too quick for somebody who types. Wait some seconds, and send it again.",
			"the form was sent too soon after it was shown");
	return ERR_OK;
}

static enum err check_pace(struct visit *v)
{
	const struct entry_virtual *e = &v->entry.virtual;
	uint64_t who[] = { v->entry.id, network_source(source_of(v)) };
	struct pace_key one = { PACE_FORM, str_make(who, sizeof(who)), (uint32_t)e->rate, HOUR_MS };
	struct pace_key all = { PACE_FORMS, str_make(who, sizeof(*who)), (uint32_t)e->rate_all, HOUR_MS };
	uint64_t now = clock_mono_ms();
	uint32_t wait = 0;

	if (pace_take(v->role->pace, &one, now, &wait) != ERR_OK)
		return refuse(v, ERR_LIMIT, "Too many messages came from your network within the hour. Try again later.",
			"too many messages from that address within an hour (--rate)");
	if (pace_take(v->role->pace, &all, now, &wait) != ERR_OK)
		return refuse(v, ERR_LIMIT, "Too many messages came by this form within the hour. Try again later.",
			"too many messages by that form within an hour (--rate-all)");
	return ERR_OK;
}

/* *to: as it stands in the entry. */
static enum err check_recipient(struct visit *v, struct str *to)
{
	const struct entry_texts *all = &v->entry.virtual.submit_to;

	if (all->count == 0)
		return fail(&v->failure, ERR_NOTFOUND, NULL);
	if (to->len == 0 && all->count == 1)
		*to = all->at[0];
	for (size_t i = 0; i < all->count; i++) {
		if (str_ieq(all->at[i], *to)) {
			*to = all->at[i];
			return ERR_OK;
		}
	}
	return refuse(v, ERR_RELAY, "From here mail goes to the addresses of the form only.", "the recipient is none of --submit-to");
}

static enum err check_sender(struct visit *v)
{
	const struct entry_mailbox *m = &v->box.mailbox;

	if ((unsigned)(uintptr_t)map_get(&v->role->quota, v->mailbox) >= QUOTA_NOSEND)
		return fail(&v->failure, ERR_QUOTASEND, NULL);
	if (m->addresses.count == 0)
		return fail(&v->failure, ERR_SENDAS, "The mailbox has no address to send with.");
	return sender_judge(&v->role->directory, v->account, m->addresses.at[0], &v->arena, &v->failure);
}

static enum err judge(struct visit *v, const struct msg_place_post *q, struct str *to)
{
	if (come_in(v) != ERR_OK || check_recipient(v, to) != ERR_OK)
		return v->failure.code;
	if (q->octets > v->entry.virtual.size)
		return fail(&v->failure, ERR_TOOBIG, "The text is too long: %llu octets are allowed.", (unsigned long long)v->entry.virtual.size);
	if (check_token(v, q) != ERR_OK || check_sender(v) != ERR_OK || check_pace(v) != ERR_OK)
		return v->failure.code;
	if (form_token_use(&v->role->forms, q->form, clock_mono_ms()) != ERR_OK)
		return refuse(v, ERR_LIMIT, "Too many messages came within the hour. Try again later.", "too many forms within an hour");
	return ERR_OK;
}

/* For the recipient's judgement, and to whom a public folder says it was that posted. */
static struct str seal(struct visit *v)
{
	struct ticket t = { .kind = TICKET_SUBMIT, .account = v->account, .mailbox = v->mailbox, .service = v->service, .delegate = true,
		.access = ACCESS_NONE, .groups = S(""), .account_name = S(""), .mailbox_name = v->box.mailbox.alias,
		.expires_ms = clock_mono_ms() + TICKET_LOGON_MS_MAX };
	struct buf ticket;
	struct str ret;

	random_octets(&t.id, sizeof(t.id));
	buf_init(&ticket, TICKET_OCTETS_MAX * 2);
	ticket_seal(&t, v->role->env->ticket_key, &ticket);
	ret = arena_str(&v->arena, buf_str(&ticket));
	buf_done(&ticket);
	return ret;
}

void role_place_post(struct directory_role *r, struct link *from, const struct msg_place_post *q)
{
	struct visit v = { .role = r, .service = q->service, .client = q->client, .path = q->path, .token = q->token };
	struct msg m = { .id = MSG_place_posted, .place_posted = { .request = q->request } };
	struct msg_place_posted *p = &m.place_posted;
	struct str to = q->to;

	arena_init(&v.arena, ARENA_NONE);
	p->code = judge(&v, q, &to);
	p->text = str_from_c(v.failure.text);
	if (p->code == ERR_OK) {
		p->ticket = seal(&v);
		p->sender = v.box.mailbox.addresses.at[0];
		p->display = v.box.mailbox.display;
		p->to = to;
		p->account = directory_account_name(&r->directory, v.account, &v.arena);
		p->path = v.entry.virtual.path;
	}
	link_send(from, &m);
	arena_wipe(&v.arena);
}
