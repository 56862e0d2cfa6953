#include "directory/change.h"
#include "directory/name.h"
#include "directory/role_int.h"
#include "directory/rules.h"
#include "io/clock.h"

/* The user right (account set --user-rights) that lets an account change the limits of mailboxes it may open. */
#define LIMITS_RIGHT "set mailbox limits"

static enum err check_right(struct directory *d, uint64_t account, struct arena *a, struct failure *f)
{
	struct entry e;
	enum err err = directory_get(d, ENTRY_ACCOUNT, account, a, &e);

	if (err != ERR_OK)
		return fail(f, err == ERR_NOTFOUND ? ERR_PERM : err, NULL);
	for (size_t i = 0; i < e.account.user_rights.count; i++) {
		if (name_same(a, e.account.user_rights.at[i], S(LIMITS_RIGHT)))
			return ERR_OK;
	}
	return fail(f, ERR_PERM, "the administrator sets limits, or an account with the user right \"" LIMITS_RIGHT "\"");
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
