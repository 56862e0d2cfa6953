#include "directory/role_int.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "directory/change.h"
#include "directory/logon.h"
#include "directory/reach.h"
#include "directory/rules.h"
#include "directory/user_right.h"
#include "io/clock.h"

static enum err check_right(struct directory *d, uint64_t account, struct arena *a, struct failure *f)
{
	enum err e = user_right_check(d, account, USER_RIGHT_LIMITS, a);

	if (e != ERR_PERM)
		return e == ERR_OK ? e : fail(f, e, NULL);
	return fail(f, ERR_PERM, "the administrator sets limits, or an account with the user right \"%.*s\"",
		STR_FMT(user_right_name(USER_RIGHT_LIMITS)));
}

/* RFC 9208 section 4.1.3: limits that were not named are no more. The lower ones of the size stay below it. */
static enum err set_limits(struct change *c, const struct msg_limits_wish *q, struct failure *f)
{
	struct entry old, new;
	struct entry_mailbox *m = &new.mailbox;
	struct entry_limits now;
	enum err e = directory_get(c->directory, ENTRY_MAILBOX, q->mailbox, c->arena, &old);

	if (e != ERR_OK)
		return fail(f, e == ERR_NOTFOUND ? ERR_NOBOX : e, NULL);
	new = old;
	now = entry_limits(&old.mailbox, &c->directory->defaults);
	m->quota_receive = q->octets;
	m->quota_messages = q->messages;
	m->quota_folders = q->folders < RULES_FOLDERS_MAX ? q->folders : ENTRY_UNLIMITED;
	if (now.send_octets > q->octets)
		m->quota_send = q->octets;
	if (now.warn_octets > q->octets)
		m->quota_warn = q->octets;
	e = rules_check(c->directory, c->arena, &new, f);
	return e == ERR_OK ? change_set(c, &old, &new, false) : e;
}

static enum err wish(struct directory_role *r, const struct msg_limits_wish *q, struct arena *a, struct failure *f)
{
	struct change c;
	enum err e = check_right(&r->directory, q->account, a, f);

	if (e == ERR_OK)
		e = change_begin(&c, &r->directory, a, (uint64_t)(clock_real_ms() / 1000), f);
	if (e != ERR_OK)
		return e;
	e = set_limits(&c, q, f);
	if (e == ERR_OK)
		return change_commit(&c);
	change_abort(&c);
	return e;
}

void role_wish_limits(struct directory_role *r, struct link *from, const struct msg_limits_wish *q)
{
	struct msg m = { .id = MSG_limits_wished };
	struct failure f = { 0 };
	struct arena arena;
	enum err e;

	arena_init(&arena, ARENA_NONE);
	e = wish(r, q, &arena, &f);
	/* The store has been told of the limits by now, on the same way as this goes. */
	m.limits_wished = (struct msg_limits_wished){ .request = q->request, .code = e, .text = str_from_c(f.text) };
	link_send(from, &m);
	arena_done(&arena);
}

/* ---- who is meant in an access list ---- */

/* "$sales" or "DOM\\sales": accounts and groups of a domain share their names. */
static enum err find_group(struct directory *d, struct str name, struct arena *a, uint64_t *ret)
{
	struct str user = str_starts(name, S("$")) ? str_skip(name, 1) : name, domain = STR_NONE;
	struct entry_ids domains = { NULL, 0 };
	struct entry e;
	size_t count = 0;
	enum err err = str_cut(&user, '\\', &domain) ? directory_domain(d, domain, a, &e) : ERR_NOTFOUND;

	if (err == ERR_OK)
		domains = (struct entry_ids){ &e.id, 1 };
	else if (domain.at == NULL)
		err = directory_ids(d, ENTRY_DOMAIN, 0, a, SIZE_MAX, &domains);
	for (size_t i = 0; i < domains.count; i++) {
		struct entry group;

		err = directory_principal(d, domains.at[i], user, a, &group);
		if (err == ERR_OK && group.kind == ENTRY_GROUP && ++count == 1)
			*ret = group.id;
		if (err != ERR_OK && err != ERR_NOTFOUND)
			return err;
	}
	return count == 1 ? ERR_OK : err == ERR_OK ? ERR_NOTFOUND : err;
}

/* RFC 4314 section 2: what can be logged on with names that account. */
static enum err find_account(struct directory *d, struct str name, struct arena *a, struct failure *f, uint64_t *ret)
{
	struct logon *l = ARENA_NEW(a, struct logon);
	enum err e;

	logon_prepare(l, d, &(struct logon_query){ .name = name, .authzid = S(""), .password = S(""), .examine = true }, a);
	secret_job_wipe(&l->job);
	e = l->failure.code;
	if (e == ERR_AUTH)
		return fail(f, l->failed_step == LOGON_STEP_name ? ERR_SYNTAX : ERR_NOTFOUND, "no account has that name");
	if (e == ERR_OK)
		*ret = l->account.id;
	return e == ERR_OK ? e : fail(f, e, NULL);
}

static void put_name(struct directory *d, uint64_t id, struct arena *a, struct wr *to)
{
	struct entry account;
	bool there = directory_get(d, ENTRY_NONE, id, a, &account) == ERR_OK && entry_domain(&account) != 0;

	if (there && account.kind == ENTRY_GROUP)
		wr_str(to, arena_printf(a, "$%.*s", STR_FMT(directory_account_name(d, id, a))));
	else
		wr_str(to, there ? directory_account_name(d, id, a) : S(""));
}

static enum err find_principal(
	struct directory *d, struct str name, struct arena *a, struct failure *f, struct msg_accounts_told *ret)
{
	bool group = str_starts(name, S("$"));
	enum err e = group ? ERR_NOTFOUND : find_account(d, name, a, f, &ret->account);

	if (e != ERR_NOTFOUND)
		return e;
	ret->group = find_group(d, name, a, &ret->account) == ERR_OK;
	if (ret->group) {
		*f = (struct failure){ 0 };
		return ERR_OK;
	}
	return fail(f, e, "no group has that name");
}

static enum err answer_accounts(
	struct directory *d, const struct msg_accounts_ask *q, struct arena *a, struct failure *f, struct msg_accounts_told *ret)
{
	struct entry mailbox;
	struct rd ids = rd_from(q->ids);
	struct wr names;
	struct buf b;
	enum err e = directory_get(d, ENTRY_NONE, q->mailbox, a, &mailbox);
	bool public = e == ERR_OK && mailbox.kind == ENTRY_PUBLIC;

	if (e == ERR_OK && !public && mailbox.kind != ENTRY_MAILBOX)
		e = ERR_NOTFOUND;

	if (e != ERR_OK)
		return fail(f, e == ERR_NOTFOUND ? ERR_NOBOX : e, NULL);
	if (q->name.len > 0 && find_principal(d, q->name, a, f, ret) != ERR_OK)
		return f->code;
	ret->owner = public ? 0 : mailbox.mailbox.account; /* it is nobody's */
	buf_init(&b, PEER_MESSAGE_OCTETS_MAX - 1024);
	names = wr_to(&b);
	put_name(d, ret->owner, a, &names);
	while (ids.rest.len >= sizeof(uint64_t))
		put_name(d, rd_u64(&ids), a, &names);
	e = wr_end(&names);
	ret->names = arena_str(a, buf_str(&b));
	buf_done(&b);
	return e == ERR_OK ? e : fail(f, ERR_LIMIT, NULL);
}

void role_tell_accounts(struct directory_role *r, struct link *from, const struct msg_accounts_ask *q)
{
	struct msg m = { .id = MSG_accounts_told };
	struct failure f = { 0 };
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	m.accounts_told.request = q->request;
	m.accounts_told.code = answer_accounts(&r->directory, q, &arena, &f, &m.accounts_told);
	m.accounts_told.text = str_from_c(f.text);
	link_send(from, &m);
	arena_done(&arena);
}

/* ---- whose messages a URL names ---- */

static enum err find_owner(struct directory *d, const struct msg_url_ask *q, struct arena *a, struct msg_url_told *ret)
{
	struct logon *l = ARENA_NEW(a, struct logon);
	struct logon_query query = { .name = q->owner, .authzid = S(""), .password = S(""), .protocol = PROTOCOL_IMAP,
		.now_seconds = clock_real_ms() / 1000, .examine = true };
	struct logon_grant grant;
	enum err e;

	logon_prepare(l, d, &query, a);
	e = logon_decide(l, &grant);
	if (e != ERR_OK)
		return e;
	ret->account = grant.account;
	ret->mailbox = grant.mailbox;
	ret->access = (uint8_t)right_access(grant.rights);
	ret->groups = role_groups(&grant.groups, a);
	return ERR_OK;
}

void role_tell_url(struct directory_role *r, struct link *from, const struct msg_url_ask *q)
{
	struct msg m = { .id = MSG_url_told };
	struct failure f = { 0 };
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	m.url_told.request = q->request;
	m.url_told.code = find_owner(&r->directory, q, &arena, &m.url_told);
	m.url_told.submits = user_right_check(&r->directory, q->account, USER_RIGHT_SUBMISSION, &arena) == ERR_OK;
	/* A reader that nobody is is nobody. */
	if (q->reader.len > 0 && find_account(&r->directory, q->reader, &arena, &f, &m.url_told.reader) != ERR_OK)
		m.url_told.reader = 0;
	link_send(from, &m);
	arena_done(&arena);
}

/* ---- what an account may open ---- */

struct str role_groups(const struct entry_ids *groups, struct arena *a)
{
	struct buf octets;
	struct wr w = wr_to(&octets);
	struct str ret;

	buf_init(&octets, TICKET_GROUPS_MAX * sizeof(uint64_t));
	for (size_t i = 0; i < groups->count; i++)
		wr_u64(&w, groups->at[i]);
	must(wr_end(&w) == ERR_OK);
	ret = arena_str(a, buf_str(&octets));
	buf_done(&octets);
	return ret;
}

#define REACH_OCTETS_MAX ((size_t)64 << 10) /* of rows in one message */

/* Mailboxes that are disabled or elsewhere are passed over, as a logon would refuse them. False: there is no more room. */
static bool put_box(struct wr *w, const struct entry *box, enum access access)
{
	const struct entry_mailbox *m = &box->mailbox;

	if (m->disabled || m->home.len > 0 || !m->imap)
		return true;
	if (w->to->len + m->alias.len + 16 > REACH_OCTETS_MAX)
		return false;
	wr_u64(w, box->id);
	wr_u8(w, (uint8_t)access);
	wr_str(w, m->alias);
	return true;
}

static bool is_in_reach(const struct reach *reach, uint64_t id)
{
	for (size_t i = 0; i < reach->count; i++) {
		if (reach->rows[i].mailbox.id == id)
			return (reach->rows[i].held.rights & RIGHT_OPENS) != 0;
	}
	return false;
}

/* Those that have folders for it, and which it has no right to open. */
static void put_granted(struct directory *d, const struct reach *reach, struct str ids, struct wr *w, struct msg_reach_told *ret)
{
	struct rd rest = rd_from(ids);

	while (rest.rest.len >= sizeof(uint64_t) && !ret->more) {
		uint64_t id = rd_u64(&rest);
		struct arena scratch;
		struct entry box;

		arena_init(&scratch, ARENA_NONE);
		if (!is_in_reach(reach, id) && directory_get(d, ENTRY_MAILBOX, id, &scratch, &box) == ERR_OK)
			ret->more = !put_box(w, &box, ACCESS_NONE);
		arena_done(&scratch);
	}
}

static void put_reach(const struct reach *reach, struct wr *w, struct msg_reach_told *ret)
{

	ret->more = reach->more;
	for (size_t i = 0; i < reach->count; i++) {
		const struct reach_row *row = &reach->rows[i];
		enum access access = right_access(row->held.rights);

		if (access != ACCESS_NONE && !put_box(w, &row->mailbox, access)) {
			ret->more = true;
			return;
		}
	}
}

static enum err answer_reach(struct directory *d, const struct msg_reach_ask *q, struct arena *a, struct buf *rows, struct msg_reach_told *ret)
{
	struct entry account, mailbox;
	struct wr w = wr_to(rows);
	struct reach reach;
	enum err e = directory_get(d, ENTRY_ACCOUNT, q->account, a, &account);

	if (e == ERR_OK)
		e = directory_get(d, ENTRY_NONE, q->mailbox, a, &mailbox);
	if (e == ERR_OK && mailbox.kind != ENTRY_MAILBOX && mailbox.kind != ENTRY_PUBLIC)
		e = ERR_NOTFOUND;
	if (e == ERR_OK)
		e = reach_find(d, q->account, a, &reach);
	if (e != ERR_OK)
		return e;
	if (mailbox.kind == ENTRY_MAILBOX) /* on the public store nobody has a right but by the lists of its folders */
		ret->access = (uint8_t)right_access(right_of(&mailbox.mailbox, q->account, &reach.groups).rights);
	ret->groups = role_groups(&reach.groups, a);
	put_reach(&reach, &w, ret);
	put_granted(d, &reach, q->granted, &w, ret);
	ret->mailboxes = buf_str(rows);
	return ERR_OK;
}

void role_tell_reach(struct directory_role *r, struct link *from, const struct msg_reach_ask *q)
{
	struct msg m = { .id = MSG_reach_told };
	struct arena arena;
	struct buf rows;

	arena_init(&arena, ARENA_NONE);
	buf_init(&rows, REACH_OCTETS_MAX);
	m.reach_told.access = ACCESS_NONE;
	m.reach_told.code = answer_reach(&r->directory, q, &arena, &rows, &m.reach_told);
	m.reach_told.request = q->request;
	link_send(from, &m);
	buf_done(&rows);
	arena_done(&arena);
}

/* ---- in which mailboxes accounts read ---- */

#define BOXES_MAX   ((size_t)200)
#define VISITED_MAX ((size_t)2000) /* accounts and groups, each once */

struct boxes {
	struct directory *directory;
	struct arena *arena;
	uint64_t at[VISITED_MAX]; /* still to be looked at, behind those that were */
	size_t count, looked, found;
	struct map seen;
	struct wr *to;
};

static char mark;

static void visit(struct boxes *b, uint64_t id)
{
	if (b->count == VISITED_MAX || map_get(&b->seen, id) != NULL)
		return;
	map_put(&b->seen, id, &mark);
	b->at[b->count++] = id;
}

/* The one that is the account's own; one that is disabled or elsewhere reads nothing. */
static void put_own_box(struct boxes *b, uint64_t account)
{
	struct entry_ids ids = { 0 };
	struct entry box;

	if (directory_mailboxes_of(b->directory, account, b->arena, BOXES_MAX, &ids) != ERR_OK)
		return;
	for (size_t i = 0; i < ids.count && b->found < BOXES_MAX; i++) {
		if (directory_get(b->directory, ENTRY_MAILBOX, ids.at[i], b->arena, &box) != ERR_OK || box.mailbox.account != account ||
			box.mailbox.disabled || box.mailbox.home.len > 0)
			continue;
		wr_u64(b->to, box.id);
		b->found++;
		return;
	}
}

static void put_boxes(struct boxes *b)
{
	while (b->looked < b->count) {
		struct entry e;

		if (directory_get(b->directory, ENTRY_NONE, b->at[b->looked++], b->arena, &e) != ERR_OK)
			continue;
		if (e.kind == ENTRY_ACCOUNT && !e.account.disabled)
			put_own_box(b, e.id);
		for (size_t i = 0; e.kind == ENTRY_GROUP && i < e.group.members.count; i++)
			visit(b, e.group.members.at[i]);
	}
}

/* "Public Folders <postmaster@the first mail domain>" */
static struct str notice_from(struct directory *d, struct arena *a, const char *host)
{
	struct entry_ids ids = { 0 };
	struct entry e;
	struct str domain = str_from_c(host);

	if (directory_ids(d, ENTRY_DOMAIN, 0, a, 1, &ids) == ERR_OK && ids.count == 1 &&
		directory_get(d, ENTRY_DOMAIN, ids.at[0], a, &e) == ERR_OK && e.domain.mail.count > 0)
		domain = e.domain.mail.at[0];
	return arena_printf(a, "Public Folders <postmaster@%.*s>", STR_FMT(domain));
}

void role_tell_boxes(struct directory_role *r, struct link *from, const struct msg_boxes_ask *q)
{
	struct msg m = { .id = MSG_boxes_told };
	struct boxes *b = MEM_NEW(struct boxes);
	struct rd ids = rd_from(q->ids);
	struct arena arena;
	struct buf octets;
	struct wr w = wr_to(&octets);

	arena_init(&arena, ARENA_NONE);
	buf_init(&octets, BOXES_MAX * sizeof(uint64_t));
	b->directory = &r->directory;
	b->arena = &arena;
	b->to = &w;
	map_init(&b->seen);
	while (ids.rest.len >= sizeof(uint64_t))
		visit(b, rd_u64(&ids));
	put_boxes(b);
	m.boxes_told = (struct msg_boxes_told){ .request = q->request, .boxes = buf_str(&octets),
		.from = notice_from(&r->directory, &arena, "localhost") };
	link_send(from, &m);
	map_done(&b->seen);
	buf_done(&octets);
	arena_done(&arena);
	mem_free(b);
}
