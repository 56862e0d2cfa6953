#include "store/imap_kept.h"
#include "store/imap_spelling.h"
#include "store/imap_status.h"
#include "wire/imap_use.h"

#define MAILBOXID_OCTETS_MAX ((size_t)64)

/* ---- CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: one question to the store ---- */

struct change {
	struct str name, to;
	unsigned uses;    /* of CREATE */
	bool unknown_use;
	bool asked;
	enum err result;
	uint32_t folder, uidvalidity; /* of what was made */
};

static void read_one(struct imap *i, struct imap_args *args)
{
	struct change *c = ARENA_NEW(&i->arena, struct change);

	i->state = c;
	c->name = imap_arg_mailbox(args);
}

static void read_create(struct imap *i, struct imap_args *args)
{
	struct change *c = ARENA_NEW(&i->arena, struct change);
	struct imap_create create;

	imap_arg_create(args, &create);
	i->state = c;
	c->name = create.mailbox;
	c->uses = create.uses;
	c->unknown_use = create.unknown;
}

static void read_two(struct imap *i, struct imap_args *args)
{
	struct change *c;

	read_one(i, args);
	c = i->state;
	c->to = imap_arg_mailbox(args);
}

static void on_done(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct change *c = imap_of(s)->state;

	c->result = e;
	c->folder = result->folder;
	c->uidvalidity = result->uidvalidity;
	session_answered(s);
}

/* True when the answer is there. */
static bool ask_once(struct imap *i)
{
	struct change *c = i->state;

	if (c->asked)
		return true;
	c->asked = true;
	session_asked(i->s);
	return false;
}

/* Also of one that only holds others. One that is not there is the store's to refuse. */
static enum err need(struct imap *i, struct str name, uint32_t rights)
{
	struct folder_info f;
	enum err e = folder_find(imap_mailbox(i), name, &f);

	return e == ERR_OK ? imap_rights_need(i, &f, rights) : ERR_OK;
}

static enum step answer(struct imap *i)
{
	struct change *c = i->state;

	if (c->result == ERR_OK)
		imap_spelling_changed(i, c->name, c->to);
	return imap_engine_over(i, c->result, NULL,
		c->result == ERR_QUOTA ? S("the mailbox may have no more folders") : STR_NONE);
}

/* RFC 8474 section 4.1. */
static enum step created(struct imap *i)
{
	const struct change *c = i->state;
	struct buf code;
	enum step next;

	if (c->result != ERR_OK)
		return answer(i);
	imap_spelling_changed(i, c->name, c->to);
	buf_init(&code, MAILBOXID_OCTETS_MAX);
	imap_status_put_mailboxid(&code, mailbox_id(imap_mailbox(i)), c->folder, c->uidvalidity);
	next = imap_engine_over(i, ERR_OK, arena_str(&i->arena, buf_str(&code)).at, STR_NONE);
	buf_done(&code);
	return next;
}

static enum step refuse(struct imap *i)
{
	session_answered(i->s);
	return answer(i);
}

static enum step run_create(struct imap *i)
{
	struct change *c = i->state;

	if (c->unknown_use)
		return imap_engine_over(i, ERR_USEATTR, NULL, STR_NONE);
	if (ask_once(i))
		return created(i);
	c->result = imap_others_enter(i, c->name, &c->name);
	if (c->result == ERR_OK)
		c->result = imap_rights_need_above(i, c->name, ACL_CREATE);
	if (c->result == ERR_OK && c->uses != 0)
		c->result = i->box->public ? ERR_USEATTR : imap_rights_need_uses(i);
	if (c->result != ERR_OK)
		return refuse(i);
	/* What somebody makes where all may look is his to give to others. */
	if (i->box->public)
		folder_create_for(imap_mailbox(i), c->name, imap_user(i)->account, on_done, i->s);
	else
		folder_create(imap_mailbox(i), c->name, c->uses, on_done, i->s);
	return STEP_PEER;
}

static enum step run_delete(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	c->result = imap_others_enter(i, c->name, &c->name);
	if (c->result == ERR_OK)
		c->result = need(i, c->name, ACL_DELETE);
	if (c->result != ERR_OK)
		return refuse(i);
	folder_delete(imap_mailbox(i), c->name, on_done, i->s);
	return STEP_PEER;
}

static enum err enter_both(struct imap *i)
{
	struct change *c = i->state;
	struct imap_box *box;
	enum err e = imap_others_enter(i, c->to, &c->to);

	box = i->box;
	if (e == ERR_OK)
		e = imap_others_enter(i, c->name, &c->name);
	return e == ERR_OK && i->box != box ? ERR_UNSUPPORTED : e;
}

/* A deleted folder comes back under that name. */
static bool revives(struct imap *i)
{
	struct change *c = i->state;
	struct revive_request request = { .as = c->to };
	struct folder_info there;
	enum err e;

	if (folder_find(imap_mailbox(i), c->name, &there) == ERR_OK)
		return false;
	e = imap_kept_gone(i, c->name, &request.id);
	if (e == ERR_NOFOLDER)
		return false;
	c->result = e;
	if (e == ERR_OK)
		folder_revive(imap_mailbox(i), &request, on_done, i->s);
	else
		session_answered(i->s);
	return true;
}

static enum step run_rename(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	c->result = enter_both(i);
	if (c->result == ERR_OK && revives(i))
		return c->result == ERR_OK ? STEP_PEER : answer(i);
	/* Of INBOX it is the messages that go (RFC 3501 section 6.3.5). */
	if (c->result == ERR_OK)
		c->result = need(i, c->name, str_eq(c->name, S("INBOX")) ? ACL_DELETE | ACL_DELETE_MESSAGES | ACL_EXPUNGE : ACL_DELETE);
	if (c->result == ERR_OK)
		c->result = imap_rights_need_above(i, c->to, ACL_CREATE);
	if (c->result != ERR_OK)
		return refuse(i);
	folder_rename(imap_mailbox(i), c->name, c->to, on_done, i->s);
	return STEP_PEER;
}

static enum step run_subscribe(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	folder_subscribe(i->s->mailbox, c->name, true, on_done, i->s);
	return STEP_PEER;
}

static enum step run_unsubscribe(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	folder_subscribe(i->s->mailbox, c->name, false, on_done, i->s);
	return STEP_PEER;
}

const struct imap_handler imap_create_handler = { read_create, run_create, NULL };
const struct imap_handler imap_delete_handler = { read_one, run_delete, NULL };
const struct imap_handler imap_rename_handler = { read_two, run_rename, NULL };
const struct imap_handler imap_subscribe_handler = { read_one, run_subscribe, NULL };
const struct imap_handler imap_unsubscribe_handler = { read_one, run_unsubscribe, NULL };
