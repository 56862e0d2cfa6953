#include <stdio.h>

#include "store/imap_engine.h"
#include "wire/imap_list.h"
#include "wire/imap_pattern.h"

/* ---- CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: one question to the store ---- */

struct change {
	struct str name, to;
	bool asked;
	enum err result;
};

static void read_one(struct imap *i, struct imap_args *args)
{
	struct change *c = ARENA_NEW(&i->arena, struct change);

	i->state = c;
	c->name = imap_arg_mailbox(args);
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

static enum step answer(struct imap *i)
{
	struct change *c = i->state;

	return imap_engine_over(i, c->result, NULL,
		c->result == ERR_QUOTA ? S("the mailbox may have no more folders") : STR_NONE);
}

static enum step run_create(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	folder_create(i->s->mailbox, c->name, FOLDER_SPECIAL_NONE, on_done, i->s);
	return STEP_PEER;
}

static enum step run_delete(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	folder_delete(i->s->mailbox, c->name, on_done, i->s);
	return STEP_PEER;
}

static enum step run_rename(struct imap *i)
{
	struct change *c = i->state;

	if (ask_once(i))
		return answer(i);
	folder_rename(i->s->mailbox, c->name, c->to, on_done, i->s);
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

/* ---- LIST, LSUB ---- */

#define PATTERN_OCTETS_MAX (2 * (size_t)FOLDER_NAME_OCTETS_MAX)

struct list_command {
	size_t patterns_count;
	struct str *patterns; /* none is empty; all of them together have PATTERN_OCTETS_MAX */
	bool root;            /* an empty pattern asks for the separator */
	bool lsub;
	unsigned select, returns; /* of imap_list.h; LSUB has none */
	bool begun;
	/* The last name looked at: names may come and go while the client is slow. */
	size_t last_len;
	char last[FOLDER_NAME_OCTETS_MAX];
	/* told[n]: its first n octets were a name that was told (LSUB). */
	bool told[FOLDER_NAME_OCTETS_MAX + 1];
};

/* Puts the reference in front of each pattern. An extended LIST passes over empty ones (RFC 5258
 * section 3); elsewhere the only one asks for the root. */
static struct list_command *begin_list(
	struct imap *i, struct imap_args *args, const struct imap_list *list)
{
	struct list_command *c = ARENA_NEW(&i->arena, struct list_command);
	size_t octets = 0;

	i->state = c;
	c->patterns = arena_take(&i->arena, IMAP_PATTERNS_MAX * sizeof(*c->patterns));
	c->root = !list->extended && list->patterns_count == 1 && list->patterns[0].len == 0;
	c->select = list->select;
	c->returns = list->returns;
	for (size_t n = 0; n < list->patterns_count; n++) {
		octets += list->reference.len + list->patterns[n].len;
		if (octets > PATTERN_OCTETS_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			break;
		}
		if (list->patterns[n].len > 0)
			c->patterns[c->patterns_count++] = arena_printf(&i->arena, "%.*s%.*s",
				STR_FMT(list->reference), STR_FMT(list->patterns[n]));
	}
	return c;
}

static void read_list(struct imap *i, struct imap_args *args)
{
	struct imap_list list;

	imap_arg_list(args, &list);
	begin_list(i, args, &list);
}

static void read_lsub(struct imap *i, struct imap_args *args)
{
	struct imap_list list = { .patterns_count = 1 };

	list.reference = imap_arg_mailbox(args);
	list.patterns[0] = imap_arg_pattern(args);
	begin_list(i, args, &list)->lsub = true;
}

static const char *const special_names[FOLDER_SPECIAL_COUNT] = {
	[FOLDER_SPECIAL_DRAFTS] = " \\Drafts",
	[FOLDER_SPECIAL_SENT] = " \\Sent",
	[FOLDER_SPECIAL_TRASH] = " \\Trash",
	[FOLDER_SPECIAL_JUNK] = " \\Junk",
	[FOLDER_SPECIAL_ARCHIVE] = " \\Archive",
};

static void put_row(struct imap *i, const char *verb, const char *attributes, struct str name)
{
	struct buf *to = imap_out(i);

	buf_printf(to, "* %s (%s) \"/\" ", verb, attributes);
	imap_put_mailbox(to, name, false);
	buf_put(to, S("\r\n"));
}

static bool matches(const struct list_command *c, struct str name)
{
	for (size_t n = 0; n < c->patterns_count; n++) {
		if (imap_pattern_match(c->patterns[n], name, '/'))
			return true;
	}
	return false;
}

/* Every selection option must be met (RFC 5258 section 3). All mailboxes are local, so REMOTE
 * adds none; nor does RECURSIVEMATCH, as CHILDINFO belongs to LIST-EXTENDED, which is not
 * announced. */
static bool selected(const struct list_command *c, const struct folder_info *f)
{
	if ((c->select & IMAP_LIST_SUBSCRIBED) ? !f->subscribed : f->nonexistent)
		return false;
	return !(c->select & IMAP_LIST_SPECIAL_USE) || special_names[f->special];
}

/* Children and special uses are told whether or not they are asked for: plain LIST has them, and
 * an extended one may (RFC 5258 section 4, RFC 6154 section 2). */
static void list_row(struct imap *i, const struct folder_info *f)
{
	struct list_command *c = i->state;
	bool subscribed = f->subscribed && (c->returns & IMAP_LIST_RETURN_SUBSCRIBED);
	char attributes[80];

	if (!selected(c, f) || !matches(c, f->name))
		return;
	snprintf(attributes, sizeof(attributes), "%s%s%s%s%s", f->noselect ? "\\Noselect " : "",
		f->nonexistent ? "\\NonExistent " : "", subscribed ? "\\Subscribed " : "",
		f->has_children ? "\\HasChildren" : "\\HasNoChildren",
		special_names[f->special] ? special_names[f->special] : "");
	put_row(i, "LIST", attributes, f->name);
}

/* RFC 3501 section 6.3.9: a subscribed name below what the pattern matches shows its parent with
 * \Noselect. */
static void lsub_row(struct imap *i, const struct folder_info *f)
{
	struct list_command *c = i->state;
	size_t parent;

	if (!f->subscribed)
		return;
	if (matches(c, f->name)) {
		put_row(i, "LSUB", f->noselect || f->nonexistent ? "\\Noselect" : "", f->name);
		c->told[f->name.len] = true;
		return;
	}
	if (!imap_pattern_match_parent(c->patterns[0], f->name, '/', &parent) || c->told[parent])
		return;
	put_row(i, "LSUB", "\\Noselect", str_sub(f->name, 0, parent));
	c->told[parent] = true;
}

/* All names between a name and one that begins with it begin with it, so marks of common octets
 * stay good. */
static void remember(struct list_command *c, struct str name)
{
	size_t common = 0;

	while (common < name.len && common < c->last_len && name.at[common] == c->last[common])
		common++;
	for (size_t n = common + 1; n <= c->last_len; n++)
		c->told[n] = false;
	memcpy(c->last, name.at, name.len);
	c->last_len = name.len;
}

static enum step run_list(struct imap *i)
{
	struct list_command *c = i->state;
	struct folder_info f;
	unsigned rows = 0;
	size_t at = 0;

	if (c->root) {
		put_row(i, c->lsub ? "LSUB" : "LIST", "\\Noselect", STR_NONE);
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	while (imap_rights_next(i, &at, &f)) {
		if (c->begun && str_cmp(f.name, str_make(c->last, c->last_len)) <= 0)
			continue;
		if (rows++ == IMAP_ROWS_STEP || !imap_has_room(i))
			return STEP_AGAIN;
		remember(c, f.name);
		c->begun = true;
		if (c->lsub)
			lsub_row(i, &f);
		else
			list_row(i, &f);
	}
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_create_handler = { read_one, run_create, NULL };
const struct imap_handler imap_delete_handler = { read_one, run_delete, NULL };
const struct imap_handler imap_rename_handler = { read_two, run_rename, NULL };
const struct imap_handler imap_subscribe_handler = { read_one, run_subscribe, NULL };
const struct imap_handler imap_unsubscribe_handler = { read_one, run_unsubscribe, NULL };
const struct imap_handler imap_list_handler = { read_list, run_list, NULL };
const struct imap_handler imap_lsub_handler = { read_lsub, run_list, NULL };
