#include "store/imap_engine.h"
#include "wire/imap_quota.h"

/*
 * Quotas (RFC 9208, RFC 2087). A mailbox is one quota root, which has its name; a session sees its own and, "Public Folders", that of
 * the public store. What the
 * directory says of the mailbox are the limits: STORAGE the size at which it takes no more, MESSAGE and MAILBOX (what IMAP
 * calls mailboxes are our folders).
 */

#define UNIT_OCTETS ((uint64_t)1024) /* of STORAGE */

static uint64_t in_units(uint64_t octets)
{
	return octets / UNIT_OCTETS + (octets % UNIT_OCTETS > 0);
}

struct quota {
	struct str name; /* of the root, or of a folder */
	struct imap_quota wish;
	bool asked;
	enum err result;
	struct str text;
};

static struct quota *new_quota(struct imap *i)
{
	struct quota *c = ARENA_NEW(&i->arena, struct quota);

	i->state = c;
	return c;
}

static struct str root_name(const struct imap *i)
{
	return i->box->public ? S(IMAP_PUBLIC) : i->s->mailbox_name;
}

/* Of the mailbox that the command is about. */
static void put_quota(struct imap *i)
{
	const struct mailbox_limits *limits = mailbox_limits(imap_mailbox(i));
	struct mailbox_stats stats;
	struct buf *to = imap_out(i);
	const char *before = "";

	mailbox_stats(imap_mailbox(i), &stats);
	const uint64_t rows[IMAP_QUOTA_COUNT][2] = {
		[IMAP_QUOTA_STORAGE] = { in_units(stats.octets), in_units(limits->receive_octets) },
		[IMAP_QUOTA_MESSAGE] = { stats.messages, limits->messages_max },
		[IMAP_QUOTA_MAILBOX] = { stats.folders, stats.folders_max },
	};
	buf_put(to, S("* QUOTA "));
	imap_put_astring(to, root_name(i), imap_utf8(i));
	buf_put(to, S(" ("));
	for (unsigned n = 0; n < IMAP_QUOTA_COUNT; n++) {
		if (rows[n][1] == 0)
			continue; /* section 4.2.1: what is not limited is not named */
		buf_printf(to, "%s%s %llu %llu", before, imap_quota_name((enum imap_quota_resource)n),
			(unsigned long long)rows[n][0], (unsigned long long)rows[n][1]);
		before = " ";
	}
	buf_put(to, S(")\r\n"));
}

/* Somebody else's root is none that this session knows of. */
static enum err find_root(struct imap *i, struct str name)
{
	return str_eq(name, i->s->mailbox_name) ? ERR_OK : ERR_NOTFOUND;
}

/* ---- GETQUOTA, GETQUOTAROOT ---- */

static void read_get(struct imap *i, struct imap_args *args)
{
	new_quota(i)->name = imap_arg_astring(args);
}

static enum step run_get(struct imap *i)
{
	struct quota *c = i->state;
	enum err e = str_eq(c->name, S(IMAP_PUBLIC)) ? imap_others_enter_public(i) : find_root(i, c->name);

	if (e != ERR_OK)
		return imap_engine_over(i, ERR_NOTFOUND, NULL, S("no such quota root"));
	put_quota(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static void read_root(struct imap *i, struct imap_args *args)
{
	new_quota(i)->name = imap_arg_mailbox(args);
}

/* Section 4.1.2: also of a folder that is not there. */
static enum step run_root(struct imap *i)
{
	struct quota *c = i->state;
	struct buf *to = imap_out(i);
	struct str inner;
	enum err e = imap_others_enter(i, c->name, &inner);

	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	buf_put(to, S("* QUOTAROOT "));
	imap_put_mailbox(to, c->name, imap_utf8(i));
	if (i->box != &i->own && !i->box->public) { /* somebody else's root is none that this session knows of */
		buf_put(to, S("\r\n"));
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	buf_put_octet(to, ' ');
	imap_put_astring(to, root_name(i), imap_utf8(i));
	buf_put(to, S("\r\n"));
	put_quota(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

/* ---- SETQUOTA ---- */

static void read_set(struct imap *i, struct imap_args *args)
{
	struct quota *c = new_quota(i);

	c->name = imap_arg_astring(args);
	imap_arg_quota(args, &c->wish);
}

static void on_set(void *arg, enum err e, const struct session_reply *reply)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);
	struct quota *c = i->state;

	c->result = e;
	if (reply != NULL)
		c->text = arena_str(&i->arena, reply->text);
	session_answered(s);
}

/* A limit of 0 would be one that nothing fits in; the directory has no such limits. */
static enum err judge_wish(const struct imap_quota *q)
{
	if (q->others)
		return ERR_UNSUPPORTED;
	for (unsigned n = 0; n < IMAP_QUOTA_COUNT; n++) {
		if (q->limits[n] == 0)
			return ERR_UNSUPPORTED;
	}
	return ERR_OK;
}

/* Section 6: "a"; here on the mailbox itself. Whether the account may change limits the directory knows. */
static enum step ask(struct imap *i)
{
	struct quota *c = i->state;
	const struct imap_quota *q = &c->wish;
	struct folder_info mailbox = { .id = 0 };
	struct session_question question = { .kind = SESSION_ASK_LIMITS,
		.octets = q->limits[IMAP_QUOTA_STORAGE],
		.messages = q->limits[IMAP_QUOTA_MESSAGE],
		.folders = q->limits[IMAP_QUOTA_MAILBOX] };
	enum err e = find_root(i, c->name);

	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, S("no such quota root"));
	if (imap_rights_need(i, &mailbox, ACL_ADMIN) != ERR_OK)
		return imap_engine_over(i, ERR_PERM, NULL, STR_NONE);
	e = judge_wish(q);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, S("that cannot be a limit here"));
	if (question.octets != IMAP_QUOTA_NONE)
		question.octets = question.octets > INT64_MAX / UNIT_OCTETS ? IMAP_QUOTA_NONE : question.octets * UNIT_OCTETS;
	c->asked = true;
	session_asked(i->s);
	session_ask(i->s, &question, on_set);
	return STEP_PEER;
}

static enum step run_set(struct imap *i)
{
	struct quota *c = i->state;

	if (!c->asked)
		return ask(i);
	if (c->result == ERR_OK)
		put_quota(i);
	return imap_engine_over(i, c->result, NULL, c->result == ERR_OK ? STR_NONE : c->text);
}

/* ---- what nobody asked for ---- */

static void put_state(struct imap *i, const char *code, const char *text)
{
	imap_put_begin(imap_out(i), STR_NONE, "NO", code);
	imap_put_text(imap_out(i), i->language, str_from_c(text));
}

/*
 * Section 4.3.1: a mailbox that crosses a soft limit is told of when that happened, by this command or by others while a
 * folder is selected; and RFC 3501 section 7.1 has ALERT for what the user must see: once, when a folder is opened.
 */
void imap_quota_tell(struct imap *i, bool opening)
{
	static const char *const texts[] = {
		[MAILBOX_QUOTA_OK] = "",
		[MAILBOX_QUOTA_WARN] = "the mailbox is nearly full",
		[MAILBOX_QUOTA_NOSEND] = "the mailbox is over its sending limit: delete messages first",
		[MAILBOX_QUOTA_FULL] = "the mailbox is full and takes no more mail",
	};
	enum mailbox_quota now = mailbox_quota_state(i->s->mailbox), was = i->quota_told;

	i->quota_told = now;
	if (now > was && i->s->user.access != ACCESS_ANYONE)
		put_state(i, opening ? "ALERT" : "OVERQUOTA", texts[now]);
}

const struct imap_handler imap_getquota_handler = { read_get, run_get, NULL };
const struct imap_handler imap_getquotaroot_handler = { read_root, run_root, NULL };
const struct imap_handler imap_setquota_handler = { read_set, run_set, NULL };
