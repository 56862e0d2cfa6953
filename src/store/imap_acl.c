#include "base/mem.h"
#include "base/utf8.h"
#include "store/imap_engine.h"

/*
 * Access lists (RFC 4314). Entries are bound to accounts' ids; names are what the directory makes of them in each command. The
 * mailbox's owner is told with all rights, which no command can change. The empty name stands for the mailbox itself. A group is told
 * with a dollar sign in front, and may be named with or without it: accounts and groups of a domain share their names.
 */

struct acl_command {
	struct str mailbox, identifier; /* as typed */
	struct acl_change change;
	enum acl_kind word; /* of the identifier when it is one of ours; ACL_ACCOUNT: it names an account */
	struct folder_info folder;
	uint64_t *ids, *gone; /* of the accounts in the list; owned */
	bool asked, told, changed, group;
	enum err result;
	struct str text;
	uint64_t owner, account;
	struct acl_names names;
};

static void free_acl(struct imap *i)
{
	struct acl_command *c = i->state;

	mem_free(c->ids);
	mem_free(c->gone);
}

/* ---- arguments ---- */

static void read_mailbox(struct imap *i, struct imap_args *args)
{
	struct acl_command *c = ARENA_NEW(&i->arena, struct acl_command);

	i->state = c;
	c->mailbox = imap_arg_mailbox(args);
}

/* Section 3: what cannot be a name, or is empty, is BAD; the directory looks closer. */
static void read_identifier(struct imap *i, struct imap_args *args)
{
	struct acl_command *c;
	struct str name;

	read_mailbox(i, args);
	c = i->state;
	c->identifier = name = imap_arg_login(args);
	c->change.entry.negative = str_starts(name, S("-"));
	name = str_skip(name, c->change.entry.negative);
	if (name.len == 0 || !utf8_valid(name))
		imap_args_fail(args, ERR_SYNTAX);
	c->word = acl_word_kind(name);
}

static void read_set(struct imap *i, struct imap_args *args)
{
	struct acl_command *c;
	struct str rights;

	read_identifier(i, args);
	c = i->state;
	rights = imap_arg_astring(args);
	if (str_starts(rights, S("+")))
		c->change.how = ACL_ADD;
	else if (str_starts(rights, S("-")))
		c->change.how = ACL_REMOVE;
	if (acl_letters_get(str_skip(rights, c->change.how != ACL_REPLACE), &c->change.entry.rights) != ERR_OK)
		imap_args_fail(args, ERR_SYNTAX);
}

static void read_delete(struct imap *i, struct imap_args *args)
{
	struct acl_command *c;

	read_identifier(i, args);
	c = i->state;
	c->change.remove = true;
}

/* ---- the folder, and the directory's answer ---- */

static enum err find(struct imap *i, uint32_t rights)
{
	struct acl_command *c = i->state;

	if (c->mailbox.len > 0)
		return imap_engine_folder(i, c->mailbox, rights, &c->folder);
	c->folder = (struct folder_info){ .name = S("") };
	return imap_rights_need(i, &c->folder, rights);
}

static const struct acl *list_of(struct imap *i)
{
	const struct acl_command *c = i->state;
	const struct acl *acl = folder_acl(imap_mailbox(i), c->folder.id);

	return acl ? acl : &acl_default;
}

static void on_told(void *arg, enum err e, const struct session_reply *reply)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);
	struct acl_command *c = i->state;

	c->told = true;
	c->result = e;
	if (reply != NULL) {
		c->text = arena_str(&i->arena, reply->text);
		c->names.octets = arena_str(&i->arena, reply->names);
		c->owner = reply->owner;
		c->account = reply->account;
		c->group = reply->group;
	}
	session_answered(s);
}

static enum step ask(struct imap *i)
{
	struct acl_command *c = i->state;
	struct session_question q = { .kind = SESSION_ASK_ACCOUNTS };
	enum err e = find(i, ACL_ADMIN);

	q.mailbox = mailbox_id(imap_mailbox(i));
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	c->ids = mem_new((list_of(i)->count + 1) * sizeof(*c->ids));
	q.ids_count = acl_accounts(list_of(i), c->ids);
	q.ids = c->ids;
	c->names = (struct acl_names){ c->ids, q.ids_count, STR_NONE };
	if (c->identifier.len > 0 && c->word == ACL_ACCOUNT)
		q.name = str_skip(c->identifier, c->change.entry.negative);
	c->asked = true;
	session_asked(i->s);
	session_ask(i->s, &q, on_told);
	return STEP_PEER;
}

/* ---- GETACL ---- */

static void put_rights(struct buf *to, uint32_t rights)
{
	char octets[ACL_RIGHTS + 2];
	struct buf b;

	buf_init(&b, sizeof(octets));
	acl_letters_put(&b, rights);
	imap_put_astring(to, buf_str(&b), false);
	buf_done(&b);
}

static void put_entry(struct imap *i, struct str name, bool negative, uint32_t rights)
{
	struct buf *to = imap_out(i);

	buf_put_octet(to, ' ');
	imap_put_astring(to, arena_printf(&i->arena, "%s%.*s", negative ? "-" : "", STR_FMT(name)), imap_utf8(i));
	buf_put_octet(to, ' ');
	put_rights(to, rights);
}

static void put_list(struct imap *i)
{
	struct acl_command *c = i->state;
	const struct acl *acl = list_of(i);
	struct str owner = acl_names_owner(&c->names);
	struct buf *to = imap_out(i);

	buf_put(to, S("* ACL "));
	imap_box_put_name(i, c->folder.name);
	if (owner.len > 0)
		put_entry(i, owner, false, ACL_ALL);
	for (size_t n = 0; n < acl->count; n++) {
		const struct acl_entry *e = &acl->entries[n];
		struct str name = acl_identifier(e, &c->names);

		/* Whoever was the owner's delegate before is the owner now, and told of once. */
		if (name.len > 0 && (e->kind != ACL_ACCOUNT || e->account != c->owner))
			put_entry(i, name, e->negative, e->rights);
	}
	buf_put(to, S("\r\n"));
}

/* ERR_OK: the directory has answered, and the folder is still what it was. */
static enum err settle(struct imap *i)
{
	struct acl_command *c = i->state;

	return c->result == ERR_OK ? find(i, ACL_ADMIN) : c->result;
}

static enum step run_get(struct imap *i)
{
	struct acl_command *c = i->state;
	enum err e;

	if (!c->asked)
		return ask(i);
	e = settle(i);
	if (e == ERR_OK)
		put_list(i);
	return imap_engine_over(i, e, NULL, c->text);
}

/* ---- SETACL, DELETEACL ---- */

static void on_changed(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct acl_command *c = imap_of(s)->state;

	c->result = e;
	session_answered(s);
}

static bool is_owner(const struct acl_command *c)
{
	return c->word == ACL_ACCOUNT && !c->group && c->account == c->owner;
}

/* Nothing is to be done for the owner but what is so anyway. */
static enum step answer_owner(struct imap *i)
{
	const struct acl_change *change = &((struct acl_command *)i->state)->change;
	bool same = change->how == ACL_ADD || change->entry.rights == (change->how == ACL_REPLACE ? ACL_ALL : 0);

	if (same && !change->remove && !change->entry.negative)
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	return imap_engine_over(
		i, ERR_UNSUPPORTED, NULL, S("the owner of a mailbox has all rights, and none can be taken away"));
}

static enum step change_list(struct imap *i)
{
	struct acl_command *c = i->state;

	c->change.entry.kind = c->word == ACL_ACCOUNT && c->group ? ACL_GROUP : c->word;
	c->change.entry.account = c->word == ACL_ACCOUNT ? c->account : 0;
	c->gone = mem_new((c->names.count + 1) * sizeof(*c->gone));
	c->change.gone_count = acl_names_gone(&c->names, c->gone);
	c->change.gone = c->gone;
	c->changed = true;
	session_asked(i->s);
	folder_acl_change(imap_mailbox(i), c->folder.id, &c->change, on_changed, i->s);
	return STEP_PEER;
}

static enum step run_change(struct imap *i)
{
	struct acl_command *c = i->state;
	enum err e;

	if (!c->asked)
		return ask(i);
	if (c->changed)
		return imap_engine_over(i, c->result, NULL, STR_NONE);
	e = settle(i);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, c->text);
	if ((c->change.entry.rights & ACL_PUBLIC) != 0 && !i->box->public)
		return imap_engine_over(i, ERR_UNSUPPORTED, NULL, S("0, 1 and 2 are for public folders: here nobody knows who posted what"));
	return is_owner(c) ? answer_owner(i) : change_list(i);
}

/* ---- LISTRIGHTS, MYRIGHTS ---- */

static enum step run_listrights(struct imap *i)
{
	struct acl_command *c = i->state;
	struct buf *to = imap_out(i);
	enum err e;

	if (!c->asked)
		return ask(i);
	e = settle(i);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, c->text);
	buf_put(to, S("* LISTRIGHTS "));
	imap_box_put_name(i, c->folder.name);
	buf_put_octet(to, ' ');
	imap_put_astring(to, c->identifier, imap_utf8(i)); /* section 3.4: as it was given */
	buf_put_octet(to, ' ');
	put_rights(to, is_owner(c) ? ACL_ALL : 0);
	for (unsigned right = 1; !is_owner(c) && right <= (i->box->public ? ACL_KNOWN : ACL_ALL); right <<= 1)
		buf_printf(to, " %s", acl_letter((enum acl_right)right));
	buf_put_c(to, is_owner(c) ? "\r\n" : " c d\r\n");
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static enum step run_myrights(struct imap *i)
{
	struct acl_command *c = i->state;
	uint32_t rights;
	enum err e = find(i, 0);

	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	rights = imap_rights_of(i, &c->folder);
	/* Section 4: any of these lets one know of the folder. */
	if ((rights & (ACL_LOOKUP | ACL_READ | ACL_INSERT | ACL_CREATE | ACL_DELETE | ACL_ADMIN)) == 0)
		return imap_engine_over(i, ERR_NOFOLDER, NULL, STR_NONE);
	imap_rights_put_mine(i, &c->folder);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_setacl_handler = { read_set, run_change, free_acl };
const struct imap_handler imap_deleteacl_handler = { read_delete, run_change, free_acl };
const struct imap_handler imap_getacl_handler = { read_mailbox, run_get, free_acl };
const struct imap_handler imap_listrights_handler = { read_identifier, run_listrights, free_acl };
const struct imap_handler imap_myrights_handler = { read_mailbox, run_myrights, free_acl };
