#include <stdio.h>

#include "store/imap_engine.h"
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

	return imap_engine_over(i, c->result, NULL, STR_NONE);
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
	struct str pattern;
	bool root;       /* an empty pattern asks for the separator */
	bool subscribed; /* LSUB */
	bool begun;
	/* The last name looked at: names may come and go while the client is slow. */
	size_t last_len;
	char last[FOLDER_NAME_OCTETS_MAX];
	/* told[n]: its first n octets were a name that was told (LSUB). */
	bool told[FOLDER_NAME_OCTETS_MAX + 1];
};

static void read_list(struct imap *i, struct imap_args *args)
{
	struct list_command *c = ARENA_NEW(&i->arena, struct list_command);
	struct str reference = imap_arg_mailbox(args), pattern = imap_arg_pattern(args);

	i->state = c;
	c->root = pattern.len == 0;
	if (reference.len + pattern.len > PATTERN_OCTETS_MAX)
		imap_args_fail(args, ERR_LIMIT);
	else
		c->pattern =
			arena_printf(&i->arena, "%.*s%.*s", STR_FMT(reference), STR_FMT(pattern));
}

static void read_lsub(struct imap *i, struct imap_args *args)
{
	struct list_command *c;

	read_list(i, args);
	c = i->state;
	c->subscribed = true;
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

static void list_row(struct imap *i, const struct folder_info *f)
{
	struct list_command *c = i->state;
	char attributes[80];

	if (f->nonexistent || !imap_pattern_match(c->pattern, f->name, '/'))
		return;
	snprintf(attributes, sizeof(attributes), "%s%s%s", f->noselect ? "\\Noselect " : "",
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
	if (imap_pattern_match(c->pattern, f->name, '/')) {
		put_row(i, "LSUB", f->noselect || f->nonexistent ? "\\Noselect" : "", f->name);
		c->told[f->name.len] = true;
		return;
	}
	if (!imap_pattern_match_parent(c->pattern, f->name, '/', &parent) || c->told[parent])
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
		put_row(i, c->subscribed ? "LSUB" : "LIST", "\\Noselect", STR_NONE);
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	while (folder_next(i->s->mailbox, &at, &f)) {
		if (c->begun && str_cmp(f.name, str_make(c->last, c->last_len)) <= 0)
			continue;
		if (rows++ == IMAP_ROWS_STEP || !imap_has_room(i))
			return STEP_AGAIN;
		remember(c, f.name);
		c->begun = true;
		if (c->subscribed)
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
