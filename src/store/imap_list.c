#include "store/imap_kept.h"
#include "store/imap_metadata.h"
#include "store/imap_status.h"
#include "wire/imap_list.h"
#include "wire/imap_pattern.h"
#include "wire/imap_use.h"

/*
 * LIST, extended or not (RFC 9051 6.3.9, RFC 5258), and LSUB (RFC 3501 6.3.9). Names are walked in octet order, so that a
 * name stands before all names below it; the walk goes on behind the last name looked at, whatever has happened meanwhile. Behind the
 * session's own folders come those of others (imap_others.h), mailbox by mailbox; whether they are subscribed is the session's own
 * affair, and so it is kept in its own mailbox, under their whole names.
 */

#define PATTERN_OCTETS_MAX (2 * (size_t)FOLDER_NAME_OCTETS_MAX)
#define SELECTIONS         (IMAP_LIST_SUBSCRIBED | IMAP_LIST_SPECIAL_USE)
#define METADATA_ROWS      10u /* as dear as so many names: a row is read */

struct list_command {
	size_t patterns_count;
	struct str *patterns; /* none is empty; all of them together have PATTERN_OCTETS_MAX */
	bool root;            /* an empty pattern asks for the separator */
	bool lsub;
	bool others;          /* names of others can match */
	bool kept;            /* names of imap_kept.h are asked for */
	struct imap_kept_walk kept_walk;
	unsigned select, returns; /* of imap_list.h; LSUB has none */
	unsigned status;          /* items; 0: none is asked for */
	struct imap_entries metadata;
	unsigned rows;            /* looked at in this step, or what costs as much as one */
	bool begun;
	/* The last name looked at: names may come and go while the client is slow. */
	size_t last_len;
	char last[IMAP_BOX_NAME_OCTETS_MAX];
	/* told[n]: its first n octets are a level that was told, or is not to be told. */
	bool told[IMAP_BOX_NAME_OCTETS_MAX + 1];
};

/* One LIST response. */
struct list_row {
	const struct folder_info *folder;
	struct str name; /* as the client knows it */
	bool meets;    /* the selection criteria */
	bool children; /* CHILDINFO: a name below it meets them */
};

/* ---- arguments ---- */

/* As names are spelt here (RFC 9051 section 5.1). */
static struct str spell(struct imap *i, struct str reference, struct str pattern)
{
	struct str whole = arena_printf(&i->arena, "%.*s%.*s", STR_FMT(reference), STR_FMT(pattern)), made;

	return folder_pattern(&i->arena, whole, &made) == ERR_OK ? made : whole;
}

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
	c->status = list->status;
	c->metadata = list->metadata;
	for (size_t n = 0; n < list->patterns_count; n++) {
		octets += list->reference.len + list->patterns[n].len;
		if (octets > PATTERN_OCTETS_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			break;
		}
		if (list->patterns[n].len > 0)
			c->patterns[c->patterns_count++] = spell(i, list->reference, list->patterns[n]);
	}
	for (size_t n = 0; n < c->patterns_count; n++)
		c->others |= imap_others_match(c->patterns[n]);
	for (size_t n = 0; n < c->patterns_count; n++)
		c->kept |= imap_kept_match(c->patterns[n]);
	return c;
}

static void read_list(struct imap *i, struct imap_args *args)
{
	struct imap_list list;

	imap_arg_list(args, &list);
	begin_list(i, args, &list);
}

/* What LSUB, RLIST and RLSUB have: a reference and one pattern. */
static struct list_command *read_plain(struct imap *i, struct imap_args *args)
{
	struct imap_list list = { .patterns_count = 1 };

	list.reference = imap_arg_mailbox(args);
	list.patterns[0] = imap_arg_pattern(args);
	return begin_list(i, args, &list);
}

static void read_lsub(struct imap *i, struct imap_args *args)
{
	read_plain(i, args)->lsub = true;
}

/* RFC 2193 section 5: as LIST was then, and with folders on other servers, of which there are none. */
static void read_rlist(struct imap *i, struct imap_args *args)
{
	read_plain(i, args);
}

/* ---- responses ---- */

static void put_name(struct imap *i, struct str name)
{
	buf_put(imap_out(i), S(") \"/\" "));
	imap_put_mailbox(imap_out(i), name, imap_utf8(i));
}

/* Children and special uses are told whether or not they are asked for: plain LIST has them, and
 * an extended one may (RFC 5258 section 4, RFC 6154 section 2). */
static void put_list(struct imap *i, const struct list_row *row, bool noselect)
{
	const struct list_command *c = i->state;
	const struct folder_info *f = row->folder;
	struct buf *to = imap_out(i);

	buf_put(to, S("* LIST ("));
	imap_put_attribute(to, noselect, "\\Noselect");
	imap_put_attribute(to, f->nonexistent, "\\NonExistent");
	imap_put_attribute(to, f->subscribed && (c->returns & IMAP_LIST_RETURN_SUBSCRIBED), "\\Subscribed");
	imap_put_attribute(to, true, f->has_children ? "\\HasChildren" : "\\HasNoChildren");
	if ((f->specials & FOLDER_SPECIAL_USES) != 0) {
		buf_put_octet(to, ' ');
		imap_put_uses(to, f->specials & FOLDER_SPECIAL_USES);
	}
	put_name(i, row->name);
	if (row->children)
		buf_put(to, S(" (\"CHILDINFO\" (\"SUBSCRIBED\"))"));
	buf_put(to, S("\r\n"));
}

static void put_lsub(struct imap *i, bool noselect, struct str name)
{
	struct buf *to = imap_out(i);

	buf_put(to, S("* LSUB ("));
	imap_put_attribute(to, noselect, "\\Noselect");
	put_name(i, name);
	buf_put(to, S("\r\n"));
}

/* RFC 8440 section 3, RFC 9590 section 3: of what exists and meets the criteria. */
static void tell_more(struct imap *i, const struct folder_info *f)
{
	struct list_command *c = i->state;

	if (c->returns & IMAP_LIST_RETURN_MYRIGHTS)
		imap_rights_put_mine(i, f);
	if (c->metadata.count == 0)
		return;
	imap_metadata_put(i, f, &c->metadata);
	c->rows += METADATA_ROWS;
}

/* RFC 5819 section 2: STATUS follows for what can be opened and meets the criteria; when it cannot be opened after all, or not
 * by this user, that is \Noselect, and when anything else fails, there is no STATUS. */
static void tell(struct imap *i, const struct list_row *row)
{
	struct list_command *c = i->state;
	const struct folder_info *f = row->folder;
	struct imap_status status;
	enum err e = ERR_NOTFOUND;

	if (c->status != 0 && row->meets && !f->noselect && !f->nonexistent) {
		c->rows += imap_status_is_dear(f, c->status) ? IMAP_ROWS_STEP : 1;
		e = imap_status_look(i, f, c->status, &status);
	}
	put_list(i, row, f->noselect || e == ERR_NOFOLDER || e == ERR_PERM);
	if (e == ERR_OK)
		imap_status_put(i, &status);
	if (row->meets && !f->nonexistent)
		tell_more(i, f);
	i->missing = 0; /* of what was looked at only */
}

/* ---- LIST ---- */

static bool matches(const struct list_command *c, struct str name)
{
	for (size_t n = 0; n < c->patterns_count; n++) {
		if (imap_pattern_match(c->patterns[n], name, '/'))
			return true;
	}
	return false;
}

/* Every selection option must be met (RFC 5258 section 3). All mailboxes are local, so REMOTE adds
 * none. */
static bool meets(const struct list_command *c, const struct folder_info *f)
{
	if ((c->select & IMAP_LIST_SUBSCRIBED) ? !f->subscribed : f->nonexistent)
		return false;
	return !(c->select & IMAP_LIST_SPECIAL_USE) || (f->specials & FOLDER_SPECIAL_USES);
}

/* ---- mailboxes of others ---- */

/* In the public store maybe only what was subscribed to (imap.public_folders). */
static bool is_listed(struct imap *i, const struct folder_info *f)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	if (i->box->public && i->s->public_subscribed)
		return imap_box_subscribed(i, imap_box_outer(i->box, f->name, room));
	return imap_box_shows(i, f);
}

static bool is_child(const struct imap *i, struct str name, struct str of)
{
	if (i->box != &i->own && str_eq(of, S("INBOX")))
		return !str_eq(name, of);
	return str_starts(name, of) && name.len > of.len && name.at[of.len] == '/';
}

/* Whether a name below f, whose place in the walk is just in front of `at`, meets the criteria. */
/* The walk may still come to a child. */
static bool is_near(const struct imap *i, struct str name, struct str of)
{
	return str_starts(name, of) || (i->box != &i->own && str_eq(of, S("INBOX")));
}

static bool has_meeting_child(struct imap *i, const struct folder_info *f, size_t at)
{
	struct list_command *c = i->state;
	struct folder_info child;
	size_t from = at;
	bool found = false;

	at = i->box != &i->own && str_eq(f->name, S("INBOX")) ? 0 : at;
	while (!found && imap_rights_next(i, &at, &child) && is_near(i, child.name, f->name)) {
		imap_box_adapt(i, &child);
		found = is_child(i, child.name, f->name) && meets(c, &child) && is_listed(i, &child);
	}
	c->rows += (unsigned)(at - from) / IMAP_ROWS_STEP;
	return found;
}

/*
 * RFC 9051 section 6.3.9: where a pattern ends in % levels that are no folders are told as well. Whoever has found one
 * so may ask for it by its name, to see whether it can be opened or looked into (mutt does).
 */
static bool matches_levels(const struct list_command *c, struct str level)
{
	for (size_t n = 0; n < c->patterns_count; n++) {
		if (str_eq(c->patterns[n], level) || (str_ends(c->patterns[n], S("%")) && imap_pattern_match(c->patterns[n], level, '/')))
			return true;
	}
	return false;
}

static bool find_level(struct imap *i, struct str level, struct folder_info *ret)
{
	struct str inner;
	size_t at;

	if (!imap_box_inner(i->box, level, &inner))
		return false;
	at = folder_from(imap_mailbox(i), inner);
	if (!imap_rights_next(i, &at, ret) || !str_eq(ret->name, inner) || !is_listed(i, ret))
		return false;
	imap_box_adapt(i, ret);
	return true;
}

/* A level above a name that meets the criteria and does not match: RECURSIVEMATCH tells of it when it matches. One that
 * meets them too is told with its own name. */
static void tell_parent(struct imap *i, struct str level)
{
	struct list_command *c = i->state;
	struct folder_info f;

	if (!matches(c, level))
		return;
	if (!find_level(i, level, &f))
		f = (struct folder_info){ .name = level, .nonexistent = true };
	if (!meets(c, &f))
		tell(i, &(struct list_row){ .folder = &f, .name = level, .children = true });
}

/* Every folder has its parents; this user may not know of them (RFC 4314 section 4, LIST). */
static void tell_hidden(struct imap *i, struct str level)
{
	struct folder_info f;

	if (!matches_levels(i->state, level) || find_level(i, level, &f))
		return;
	f = (struct folder_info){ .name = level, .noselect = true, .nonexistent = true, .has_children = true };
	tell(i, &(struct list_row){ .folder = &f, .name = level });
}

/* RFC 5258 section 3.5: levels all of whose names that meet the criteria are told themselves are left out. */
static void tell_levels(struct imap *i, struct str name, void (*tell_level)(struct imap *i, struct str level))
{
	struct list_command *c = i->state;

	for (size_t n = 1; n < name.len; n++) {
		if (name.at[n] != '/' || c->told[n])
			continue;
		c->told[n] = true;
		tell_level(i, str_sub(name, 0, n));
	}
}

static void look_list(struct imap *i, const struct folder_info *f, struct str name, size_t at)
{
	const struct list_command *c = i->state;
	bool recursive = (c->select & IMAP_LIST_RECURSIVEMATCH) != 0;

	if (!meets(c, f))
		return;
	if (matches(c, name))
		tell(i, &(struct list_row){ .folder = f,
				.name = name,
				.meets = true,
				.children = recursive && has_meeting_child(i, f, at) });
	else if (recursive)
		tell_levels(i, name, tell_parent);
	else if ((i->box != &i->own || imap_user(i)->access != ACCESS_OWNER) && (c->select & SELECTIONS) == 0)
		tell_levels(i, name, tell_hidden);
}

/* ---- LSUB ---- */

/* RFC 3501 section 6.3.9: a subscribed name below what the pattern matches shows its parent with
 * \Noselect. */
static void look_lsub(struct imap *i, const struct folder_info *f)
{
	struct list_command *c = i->state;
	size_t parent;

	if (!f->subscribed)
		return;
	if (matches(c, f->name)) {
		put_lsub(i, f->noselect || f->nonexistent, f->name);
		c->told[f->name.len] = true;
		return;
	}
	if (c->patterns_count == 0 || !imap_pattern_match_parent(c->patterns[0], f->name, '/', &parent) ||
		c->told[parent])
		return;
	put_lsub(i, true, str_sub(f->name, 0, parent));
	c->told[parent] = true;
}

/* ---- the walk ---- */

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

static void look(struct imap *i, const struct folder_info *f, size_t at)
{
	struct list_command *c = i->state;
	struct folder_info own = *f, other;
	char room[IMAP_BOX_NAME_OCTETS_MAX];
	struct str name = imap_box_outer(i->box, f->name, room);
	bool others = imap_box_is_others(i, f, &other);

	remember(c, name);
	c->begun = true;
	c->rows += others ? METADATA_ROWS : 1;
	if (c->lsub) {
		own.nonexistent &= !others;
		own.noselect |= others && other.noselect;
		look_lsub(i, &own);
	} else if (!others && is_listed(i, f)) { /* else it is told with its mailbox, or not at all */
		imap_box_adapt(i, &own);
		look_list(i, &own, name, at);
	}
}

static size_t walk_from(struct imap *i)
{
	const struct list_command *c = i->state;
	struct str last;

	if (!c->begun || !imap_box_inner(i->box, str_make(c->last, c->last_len), &last))
		return 0;
	return folder_after(imap_mailbox(i), last);
}

/* LSUB has all names that there are with the session's own. */
static bool next_mailbox(struct imap *i)
{
	struct list_command *c = i->state;

	c->begun = false;
	c->rows += METADATA_ROWS;
	return c->others && !c->lsub && imap_others_next(i, i->box->prefix);
}

/* False: there is no more. */
static bool next_kept(struct imap *i)
{
	struct list_command *c = i->state;
	struct folder_info f;

	if (!c->kept || c->lsub || !imap_kept_next(i, &c->kept_walk, &f))
		return false;
	c->rows++;
	if (matches(c, f.name) && meets(c, &f))
		put_list(i, &(struct list_row){ .folder = &f, .name = f.name }, f.noselect);
	return true;
}

static enum step run_list(struct imap *i)
{
	struct list_command *c = i->state;
	struct folder_info f;
	size_t at = walk_from(i);

	c->rows = 0;
	if (c->root) {
		if (c->lsub)
			put_lsub(i, true, STR_NONE);
		else
			buf_put(imap_out(i), S("* LIST (\\Noselect) \"/\" \"\"\r\n"));
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	while (c->rows < IMAP_ROWS_STEP && imap_has_room(i)) {
		if (imap_rights_next(i, &at, &f)) {
			look(i, &f, at);
			continue;
		}
		if (c->kept_walk.begun || !next_mailbox(i)) {
			if (next_kept(i))
				continue;
			return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
		}
		at = 0;
	}
	return STEP_AGAIN;
}

const struct imap_handler imap_list_handler = { read_list, run_list, NULL };
const struct imap_handler imap_lsub_handler = { read_lsub, run_list, NULL };
const struct imap_handler imap_rlist_handler = { read_rlist, run_list, NULL };
