#include "store/imap_metadata.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "store/imap_filter.h"
#include "store/imap_notify.h"
#include "wire/imap_use.h"

#define LINE_OCTETS     ((size_t)8 << 10)  /* a METADATA response that is longer is ended, and another one begun */
#define NEWS_OCTETS_MAX ((size_t)64 << 10) /* of names that wait to be told */

#define SPECIALUSE S("/private/specialuse")

/* ---- what can be had ---- */

struct entries {
	struct annotation rows[ANNOTATIONS_MAX + 2];
	size_t count;
};

static void add_entry(struct entries *to, struct str entry, struct str value)
{
	must(to->count < sizeof(to->rows) / sizeof(*to->rows));
	to->rows[to->count++] = (struct annotation){ .entry = entry, .value = value };
}

static void add_text(struct entries *to, struct str entry, struct str text)
{
	if (text.len > 0)
		add_entry(to, entry, text);
}

static struct str uses_text(struct arena *a, unsigned uses)
{
	struct buf text;
	struct str copy;

	buf_init(&text, BUF_NO_CEILING);
	imap_put_uses(&text, uses);
	copy = arena_str(a, buf_str(&text));
	buf_done(&text);
	return copy;
}

/* What this session sees: shared entries, its account's private ones, and those of the server's own. folder NULL: the
 * server's. */
static enum err find_entries(struct imap *i, struct arena *a, const struct folder_info *folder, struct entries **ret)
{
	struct entries *found = ARENA_NEW(a, struct entries);
	struct annotation_list list;
	enum err e = folder_annotations(imap_mailbox(i), folder ? folder->id : 0, a, &list);

	if (e != ERR_OK)
		return e;
	found->count = 0;
	for (size_t n = 0; n < list.count; n++) {
		if (list.rows[n].owner == 0 || list.rows[n].owner == i->s->user.account)
			found->rows[found->count++] = list.rows[n];
	}
	if (folder) {
		add_text(found, SPECIALUSE, uses_text(a, folder->specials & FOLDER_SPECIAL_USES));
	} else {
		add_text(found, S("/shared/comment"), i->s->server_comment);
		add_text(found, S("/shared/admin"), i->s->server_admin);
	}
	*ret = found;
	return ERR_OK;
}

/* ---- responses ---- */

struct line {
	struct imap *i;
	struct str mailbox;
	size_t from; /* where it begins in the output */
	bool begun;
};

static void line_end(struct line *l)
{
	if (l->begun)
		buf_put(imap_out(l->i), S(")\r\n"));
	l->begun = false;
}

static void line_put(struct line *l, struct str entry, struct str value)
{
	struct buf *to = imap_out(l->i);

	if (!l->begun) {
		l->from = to->len;
		buf_put(to, S("* METADATA "));
		imap_box_put_name(l->i, l->mailbox);
	}
	buf_put_c(to, l->begun ? " " : " (");
	l->begun = true;
	imap_put_astring(to, entry, false);
	buf_put_octet(to, ' ');
	imap_put_value(to, value);
	if (to->len - l->from > LINE_OCTETS)
		line_end(l);
}

struct query {
	const struct imap_entries *wanted;
	enum imap_depth depth;
	uint32_t maxsize; /* octets of a value */
	uint32_t longest; /* of those that are longer; 0: none is */
	size_t at;        /* the next one of `wanted` */
};

static void put_value(struct query *q, struct line *l, const struct annotation *row, struct str name)
{
	if (row->value.len <= q->maxsize)
		line_put(l, name, row->value);
	else if (row->value.len > q->longest)
		q->longest = (uint32_t)row->value.len;
}

/* One entry that is asked for, and those below it. It is told in the client's spelling; with NIL where nothing is found. */
static void put_wanted(struct query *q, struct line *l, const struct entries *found)
{
	struct str wanted = q->wanted->names[q->at++];
	bool any = false;

	for (size_t n = 0; n < found->count; n++) {
		const struct annotation *row = &found->rows[n];

		if (!imap_entry_within(row->entry, wanted, q->depth))
			continue;
		any = true;
		put_value(q, l, row, row->entry.len == wanted.len ? wanted : row->entry);
	}
	if (!any)
		line_put(l, wanted, STR_NONE);
}

/* RFC 5464 section 3.3: "l", and something to do with the messages. */
static bool may_know(struct imap *i, const struct folder_info *folder)
{
	const uint32_t some = ACL_READ | ACL_SEEN | ACL_WRITE | ACL_INSERT | ACL_POST;
	uint32_t has = imap_rights_of(i, folder);

	return (has & ACL_LOOKUP) != 0 && (has & some) != 0;
}

static enum err judge_rights(struct imap *i, const struct folder_info *folder)
{
	return may_know(i, folder) ? ERR_OK : imap_rights_need(i, folder, ACL_LOOKUP | ACL_READ);
}

void imap_metadata_put(struct imap *i, const struct folder_info *folder, const struct imap_entries *wanted)
{
	struct line l = { .i = i, .mailbox = folder->name };
	struct query q = { .wanted = wanted, .depth = IMAP_DEPTH_0, .maxsize = UINT32_MAX };
	struct entries *found;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	if (may_know(i, folder) && find_entries(i, &a, folder, &found) == ERR_OK) {
		while (q.at < wanted->count)
			put_wanted(&q, &l, found);
		line_end(&l);
	}
	arena_done(&a);
}

/* ---- GETMETADATA ---- */

struct get {
	struct imap_getmetadata args;
	struct entries *found; /* NULL: not looked up yet */
	struct folder_info folder;
	struct str name;
	struct query query;
};

/* Of the server when the name is empty: ret->id is 0 then. A folder that cannot be opened has annotations, too. */
static enum err find_mailbox(struct imap *i, struct str name, struct folder_info *ret)
{
	enum err e;

	*ret = (struct folder_info){ .name = S("") };
	if (name.len == 0)
		return ERR_OK;
	e = imap_others_enter(i, name, &name);
	if (e == ERR_OK)
		e = folder_find(imap_mailbox(i), name, ret);
	return e == ERR_OK ? judge_rights(i, ret) : e;
}

static void read_get(struct imap *i, struct imap_args *args)
{
	struct get *c = ARENA_NEW(&i->arena, struct get);

	i->state = c;
	imap_arg_getmetadata(args, &c->args);
}

static enum err begin_get(struct imap *i)
{
	struct get *c = i->state;
	enum err e = find_mailbox(i, c->args.mailbox, &c->folder);

	if (e != ERR_OK)
		return e;
	c->name = arena_str(&i->arena, c->folder.name);
	c->query = (struct query){ .wanted = &c->args.entries,
		.depth = c->args.depth,
		.maxsize = c->args.has_maxsize ? c->args.maxsize : UINT32_MAX };
	return find_entries(i, &i->arena, c->folder.id ? &c->folder : NULL, &c->found);
}

/* The values are those of one moment, however slowly the client takes them. */
static enum step run_get(struct imap *i)
{
	struct get *c = i->state;
	struct line l = { .i = i };
	const char *code = NULL;
	enum err e = c->found ? ERR_OK : begin_get(i);

	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	l.mailbox = c->name;
	while (c->query.at < c->args.entries.count && imap_has_room(i))
		put_wanted(&c->query, &l, c->found);
	line_end(&l);
	if (c->query.at < c->args.entries.count)
		return STEP_AGAIN;
	if (c->query.longest > 0)
		code = arena_printf(&i->arena, "METADATA LONGENTRIES %u", c->query.longest).at;
	return imap_engine_over(i, ERR_OK, code, STR_NONE);
}

/* ---- SETMETADATA ---- */

struct set {
	struct imap_setmetadata args;
	struct annotation changes[IMAP_ENTRIES_MAX];
	struct annotate_request request;
	bool asked;
	enum err result;
};

static void read_set(struct imap *i, struct imap_args *args)
{
	struct set *c = ARENA_NEW(&i->arena, struct set);

	i->state = c;
	imap_arg_setmetadata(args, &c->args);
}

/* RFC 5464 section 3.3: what all share of the server is the administrator's. */
static enum err plan_change(struct imap *i, size_t n)
{
	struct set *c = i->state;
	struct str entry = c->args.entries.names[n], value = c->args.values[n];
	bool shared = str_istarts(entry, S("/shared/"));

	if (shared && c->request.folder == 0)
		return ERR_PERM;
	if (str_ieq(entry, SPECIALUSE)) {
		c->request.specials_given = true;
		return imap_uses_get(value, &c->request.specials) ? imap_rights_need_uses(i) : ERR_USEATTR;
	}
	/* RFC 5466 section 3.2. */
	if (c->request.folder == 0 && !imap_filter_is_sound(i, entry, value))
		return ERR_SYNTAX;
	c->changes[c->request.changes.count++] = (struct annotation){
		.owner = shared ? 0 : i->s->user.account, .entry = entry, .value = value };
	return ERR_OK;
}

static enum err begin_set(struct imap *i)
{
	struct set *c = i->state;
	struct folder_info folder;
	enum err e = find_mailbox(i, c->args.mailbox, &folder);

	c->request = (struct annotate_request){ .folder = folder.id, .changes.rows = c->changes };
	for (size_t n = 0; e == ERR_OK && n < c->args.entries.count; n++)
		e = plan_change(i, n);
	return e;
}

static void on_set(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct set *c = imap_of(s)->state;

	c->result = e;
	session_answered(s);
}

static enum step run_set(struct imap *i)
{
	struct set *c = i->state;
	enum err e;

	if (c->asked)
		return imap_engine_over(i, c->result, NULL, STR_NONE);
	e = begin_set(i);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	c->asked = true;
	session_asked(i->s);
	folder_annotate(imap_mailbox(i), &c->request, on_set, i->s);
	return STEP_PEER;
}

/* ---- what others change ---- */

/* Names in `news`: folder u32, entry with its length. */
struct imap_watch {
	struct mailbox_watch watch;
	struct buf news;
	bool overflowed;
};

static bool next_news(struct rd *r, uint32_t *ret_folder, struct str *ret_entry)
{
	if (r->rest.len == 0)
		return false;
	*ret_folder = rd_u32(r);
	*ret_entry = rd_str(r);
	return !r->failed;
}

static bool is_known(const struct imap_watch *w, uint32_t folder, struct str entry)
{
	struct rd r = rd_from(buf_str(&w->news));
	uint32_t f;
	struct str e;

	while (next_news(&r, &f, &e)) {
		if (f == folder && str_ieq(e, entry))
			return true;
	}
	return false;
}

static void add_news(struct imap_watch *w, uint32_t folder, struct str entry)
{
	struct wr to = wr_to(&w->news);

	if (w->overflowed || is_known(w, folder, entry))
		return;
	w->overflowed = w->news.len + entry.len + 8 > NEWS_OCTETS_MAX;
	if (w->overflowed) {
		buf_clear(&w->news);
		return;
	}
	wr_u32(&to, folder);
	wr_str(&to, entry);
}

static void on_annotated(void *arg, uint32_t folder, const struct annotation_list *changes)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);

	if (!imap_enabled(i, IMAP_CAP_METADATA) && !imap_notify_hears_annotation(i, folder))
		return;
	for (size_t n = 0; n < changes->count; n++) {
		if (changes->rows[n].owner == 0 || changes->rows[n].owner == s->user.account)
			add_news(i->watch, folder, changes->rows[n].entry);
	}
	if (imap_metadata_pending(i))
		session_wake(s);
}

void imap_metadata_enable(struct imap *i)
{
	if (i->watch)
		return;
	i->watch = MEM_NEW(struct imap_watch);
	i->watch->watch = (struct mailbox_watch){ .annotated = on_annotated, .arg = i->s };
	buf_init(&i->watch->news, NEWS_OCTETS_MAX);
	mailbox_watch(i->s->mailbox, &i->watch->watch);
}

bool imap_metadata_pending(const struct imap *i)
{
	return i->watch && (i->watch->news.len > 0 || i->watch->overflowed);
}

/* False: the folder is gone, or this user may not know of it, and there is nothing to tell. */
static bool begin_news(struct imap *i, uint32_t folder)
{
	struct folder_info f = { .name = S("") };

	if (folder != 0 && (folder_by_id(i->s->mailbox, folder, &f) != ERR_OK || !may_know(i, &f)))
		return false;
	buf_put(imap_out(i), S("* METADATA "));
	imap_box_put_name(i, f.name);
	return true;
}

/* Names one after the other that belong to one folder make one line. */
static void put_news(struct imap *i, struct rd r)
{
	struct buf *to = imap_out(i);
	uint32_t folder, last = UINT32_MAX;
	bool open = false;
	struct str entry;

	while (next_news(&r, &folder, &entry)) {
		if (folder != last) {
			buf_put(to, open ? S("\r\n") : STR_NONE);
			open = begin_news(i, folder);
			last = folder;
		}
		if (open) {
			buf_put_octet(to, ' ');
			imap_put_astring(to, entry, false);
		}
	}
	buf_put(to, open ? S("\r\n") : STR_NONE);
}

void imap_metadata_tell(struct imap *i)
{
	struct imap_watch *w = i->watch;

	if (!imap_metadata_pending(i))
		return;
	if (w->overflowed)
		imap_put_ok(imap_out(i), i->language, STR_NONE, "NOTIFICATIONOVERFLOW",
			S("more annotations were changed than can be told"));
	put_news(i, rd_from(buf_str(&w->news)));
	w->overflowed = false;
	buf_done(&w->news);
	buf_init(&w->news, NEWS_OCTETS_MAX);
}

void imap_metadata_done(struct imap *i)
{
	if (!i->watch)
		return;
	mailbox_unwatch(&i->watch->watch);
	buf_done(&i->watch->news);
	mem_free(i->watch);
	i->watch = NULL;
}

const struct imap_handler imap_getmetadata_handler = { read_get, run_get, NULL };
const struct imap_handler imap_setmetadata_handler = { read_set, run_set, NULL };
