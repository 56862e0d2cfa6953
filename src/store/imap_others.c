#include "store/imap_others.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "store/imap_engine.h"
#include "store/imap_notify.h"
#include "wire/mutf7.h"

#define TREE        IMAP_OTHERS "/"
#define PUBLIC_TREE IMAP_PUBLIC "/"
#define TRANSLATION_OCTETS_MAX ((size_t)200)

struct imap_other {
	struct imap_box box; /* first: boxes of others are these; mailbox NULL: not open */
	struct acl_user user;
	uint64_t id;
	bool listed; /* the directory named it last time; else it is only still selected */
};

struct imap_others {
	struct imap_other **rows; /* ascending prefixes; those that are not listed last */
	size_t count;
};

/* ---- names ---- */

bool imap_others_named(struct str command)
{
	return str_find_str(command, S(IMAP_OTHERS)) != STR_NPOS || str_find_str(command, S(IMAP_PUBLIC)) != STR_NPOS;
}

static bool is_public_name(struct str name)
{
	return str_eq(name, S(IMAP_PUBLIC)) || str_starts(name, S(PUBLIC_TREE));
}

bool imap_others_is_name(struct str name)
{
	return str_eq(name, S(IMAP_OTHERS)) || str_starts(name, S(TREE)) || is_public_name(name);
}

static bool may_match(struct str literal, struct str tree)
{
	return str_starts(tree, literal) || str_starts(literal, tree);
}

bool imap_others_match(struct str pattern)
{
	size_t literal = 0;

	while (literal < pattern.len && pattern.at[literal] != '*' && pattern.at[literal] != '%')
		literal++;
	pattern = str_sub(pattern, 0, literal);
	return may_match(pattern, S(TREE)) || may_match(pattern, S(PUBLIC_TREE));
}

/* ---- rows ---- */

static void close_box(struct imap_other *o)
{
	mailbox_unref(o->box.mailbox);
	o->box.mailbox = NULL;
}

static void free_other(struct imap_other *o)
{
	close_box(o);
	mem_free((void *)(uintptr_t)o->box.prefix.at);
	mem_free(o);
}

static struct imap_other *find_id(const struct imap_others *l, uint64_t id)
{
	for (size_t n = 0; n < l->count; n++) {
		if (l->rows[n]->id == id)
			return l->rows[n];
	}
	return NULL;
}

static void set_prefix(struct imap_other *o, const char *tree, struct str alias)
{
	struct buf prefix;

	buf_init(&prefix, BUF_NO_CEILING);
	buf_printf(&prefix, "%s%.*s", tree, STR_FMT(alias));
	mem_free((void *)(uintptr_t)o->box.prefix.at);
	o->box.prefix = str_make(str_dup_c(buf_str(&prefix)), prefix.len);
	buf_done(&prefix);
}

static struct imap_other *add(struct imap_others *l, uint64_t id)
{
	struct imap_other *o = MEM_NEW(struct imap_other);

	o->id = id;
	o->box.user = &o->user;
	l->rows = mem_resize(l->rows, (l->count + 1) * sizeof(*l->rows));
	l->rows[l->count++] = o;
	return o;
}

static int compare(const void *x, const void *y)
{
	const struct imap_other *a = *(struct imap_other *const *)x, *b = *(struct imap_other *const *)y;

	if (a->listed != b->listed)
		return a->listed ? -1 : 1;
	return str_cmp(a->box.prefix, b->box.prefix);
}

/* Those that are gone and in no use go; of the others nobody has the right on the whole mailbox that he had. */
static void begin_rows(struct imap *i)
{
	struct imap_others *l = i->others;

	for (size_t n = 0; n < l->count; n++) {
		struct acl_user *user = &l->rows[n]->user;

		l->rows[n]->listed = false;
		*user = i->s->user;
		user->access = ACCESS_NONE;
	}
}

static void end_rows(struct imap *i)
{
	struct imap_others *l = i->others;
	size_t kept = 0;

	for (size_t n = 0; n < l->count; n++) {
		struct imap_other *o = l->rows[n];

		if (o->listed || &o->box == i->here || &o->box == i->box)
			l->rows[kept++] = o;
		else
			free_other(o);
	}
	l->count = kept;
	if (kept > 0)
		qsort(l->rows, kept, sizeof(struct imap_other *), compare);
}

/* The public store, when there is one: the directory need not say so. */
static struct imap_other *note_public(struct imap *i)
{
	uint64_t id = store_public(i->s->store);
	struct imap_other *o = id != 0 ? find_id(i->others, id) : NULL;

	if (id == 0)
		return NULL;
	if (o == NULL) {
		o = add(i->others, id);
		o->box.public = true;
		set_prefix(o, IMAP_PUBLIC, S(""));
	}
	o->listed = true;
	o->user = i->s->user;
	o->user.access = i->s->user.access == ACCESS_ANYONE ? ACCESS_ANYONE : ACCESS_NONE;
	return o;
}

void imap_others_take(struct imap *i, const struct session_reply *reply)
{
	struct rd r = rd_from(reply->mailboxes);

	if (i->others == NULL)
		i->others = MEM_NEW(struct imap_others);
	begin_rows(i);
	note_public(i);
	while (!r.failed && r.rest.len > 0) {
		uint64_t id = rd_u64(&r);
		uint8_t access = rd_u8(&r);
		struct str alias = rd_str(&r);
		struct imap_other *o = find_id(i->others, id);

		if (r.failed || !access_valid(access) || id == mailbox_id(i->s->mailbox))
			continue;
		if (o == NULL)
			o = add(i->others, id);
		o->listed = true;
		o->user = i->s->user;
		o->user.access = (enum access)access;
		set_prefix(o, TREE, alias);
	}
	end_rows(i);
	imap_notify_reached(i);
}

void imap_others_done(struct imap *i)
{
	if (i->others == NULL)
		return;
	for (size_t n = 0; n < i->others->count; n++)
		free_other(i->others->rows[n]);
	mem_free(i->others->rows);
	mem_free(i->others);
	i->others = NULL;
}

/* ---- asking ---- */

static void on_reach(void *arg, enum err e, const struct session_reply *reply)
{
	struct session *s = arg;

	/* Without a directory what it said last goes on. */
	if (e == ERR_OK && reply->access != ACCESS_NONE)
		session_rights(s, reply);
	session_answered(s);
}

enum step imap_others_ask(struct imap *i, bool all)
{
	struct session_question q = { .kind = SESSION_ASK_REACH, .all = all };

	if (i->s->user.access == ACCESS_ANYONE) { /* there is nothing to ask: others' mailboxes are closed to him */
		imap_others_take(i, &(struct session_reply){ .mailboxes = STR_NONE });
		return STEP_AGAIN;
	}
	session_asked(i->s);
	session_ask(i->s, &q, on_reach);
	return STEP_PEER;
}

/* ---- where one is ---- */

void imap_others_leave(struct imap *i)
{
	struct imap_box *box = i->box;

	i->box = &i->own;
	if (box != &i->own && box != i->here)
		close_box((struct imap_other *)(void *)box);
}

static enum err enter(struct imap *i, struct imap_other *o)
{
	enum err e = ERR_OK;

	imap_others_leave(i);
	if (o->box.mailbox == NULL)
		e = i->s->open != NULL ? i->s->open(i->s->arg, o->id, &o->box.mailbox) : ERR_UNAVAILABLE;
	if (e == ERR_OK)
		i->box = &o->box;
	return e == ERR_NOBOX ? ERR_NOFOLDER : e;
}

static struct imap_other *find_alias(struct imap *i, struct str alias)
{
	struct str name = alias;

	if (i->others == NULL || (!str_is_ascii(alias) && folder_name(&i->arena, alias, &name) != ERR_OK))
		return NULL;
	for (size_t n = 0; n < i->others->count && i->others->rows[n]->listed; n++) {
		if (!i->others->rows[n]->box.public && str_eq(str_skip(i->others->rows[n]->box.prefix, sizeof(TREE) - 1), name))
			return i->others->rows[n];
	}
	return NULL;
}

enum err imap_others_enter_id(struct imap *i, uint64_t mailbox)
{
	struct imap_other *o;

	if (mailbox == mailbox_id(i->s->mailbox)) {
		imap_others_leave(i);
		return ERR_OK;
	}
	o = i->others != NULL ? find_id(i->others, mailbox) : NULL;
	return o != NULL && o->listed ? enter(i, o) : ERR_NOFOLDER;
}

enum err imap_others_enter_public(struct imap *i)
{
	struct imap_other *o;

	if (i->others == NULL)
		i->others = MEM_NEW(struct imap_others);
	o = note_public(i);
	return o != NULL ? enter(i, o) : ERR_NOFOLDER;
}

/* Its INBOX is there because every mailbox has one; nobody has a right on it, and it has no name here. */
static enum err enter_public(struct imap *i, struct str name, struct str *ret)
{
	struct str inner = str_skip(name, name.len < sizeof(PUBLIC_TREE) - 1 ? name.len : sizeof(PUBLIC_TREE) - 1);
	enum err e;

	if (inner.len == 0 || str_ieq(inner, S("INBOX")) || str_istarts(inner, S("INBOX/")))
		return ERR_NOFOLDER;
	e = imap_others_enter_public(i);
	if (e == ERR_OK)
		*ret = inner;
	return e;
}

enum err imap_others_enter(struct imap *i, struct str name, struct str *ret)
{
	struct str rest, alias;
	struct imap_other *o;
	enum err e;

	if (!imap_others_is_name(name)) {
		imap_others_leave(i);
		*ret = name;
		return ERR_OK;
	}
	if (is_public_name(name))
		return enter_public(i, name, ret);
	rest = str_skip(name, name.len < sizeof(TREE) - 1 ? name.len : sizeof(TREE) - 1);
	if (!str_cut(&rest, '/', &alias)) {
		alias = rest;
		rest = STR_NONE;
	}
	o = find_alias(i, alias);
	if (o == NULL)
		return ERR_NOFOLDER;
	e = enter(i, o);
	if (e == ERR_OK)
		*ret = rest.len > 0 ? rest : S("INBOX");
	return e;
}

bool imap_others_next(struct imap *i, struct str prefix)
{
	for (size_t n = 0; i->others != NULL && n < i->others->count && i->others->rows[n]->listed; n++) {
		struct imap_other *o = i->others->rows[n];

		/* One that cannot be opened is passed over. */
		if (str_cmp(o->box.prefix, prefix) > 0 && enter(i, o) == ERR_OK)
			return true;
	}
	return false;
}

/* RFC 5255 section 3.4: beside the prefix what the user may be shown in its place. */
static void put_tree(struct imap *i, struct str prefix)
{
	struct buf *to = imap_out(i), own, encoded;

	buf_printf(to, " ((\"%.*s\" \"/\"", STR_FMT(prefix));
	if (language_row(i->language)->texts_count > 0) {
		buf_init(&own, TRANSLATION_OCTETS_MAX);
		buf_init(&encoded, 5 * TRANSLATION_OCTETS_MAX);
		language_put(&own, i->language, prefix);
		mutf7_put(&encoded, buf_str(&own));
		buf_put(to, S(" \"TRANSLATION\" ("));
		imap_put_string(to, buf_str(&encoded), false);
		buf_put_octet(to, ')');
		buf_done(&own);
		buf_done(&encoded);
	}
	buf_put(to, S("))"));
}

void imap_others_put_namespaces(struct imap *i)
{
	struct buf *to = imap_out(i);

	buf_put(to, S("* NAMESPACE ((\"\" \"/\"))"));
	if (i->s->user.access != ACCESS_ANYONE)
		put_tree(i, S(TREE));
	else
		buf_put(to, S(" NIL"));
	if (store_public(i->s->store) != 0)
		put_tree(i, S(PUBLIC_TREE));
	else
		buf_put(to, S(" NIL"));
	buf_put(to, S("\r\n"));
}
