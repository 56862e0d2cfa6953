#include "store/nntp_head.h"

#include "base/date.h"
#include "mail/header.h"
#include "mail/record.h"

#define HEADER_OCTETS_FIRST ((size_t)16 << 10)
#define VALUE_OCTETS_MAX    ((size_t)900)       /* of ours: with its name it fits a line of 998 (RFC 5536 section 2.2) */
#define SHOWN_OCTETS_MAX    ((size_t)8192)      /* of a value on one line */

static const struct {
	struct str name;
	bool always; /* the message's own is never served */
} fields[NNTP_HEAD_COUNT] = {
	[NNTP_HEAD_PATH] = { S_INIT("Path"), false },
	[NNTP_HEAD_NEWSGROUPS] = { S_INIT("Newsgroups"), true },
	[NNTP_HEAD_FROM] = { S_INIT("From"), false },
	[NNTP_HEAD_SUBJECT] = { S_INIT("Subject"), false },
	[NNTP_HEAD_DATE] = { S_INIT("Date"), false },
	[NNTP_HEAD_ID] = { S_INIT("Message-ID"), false },
	[NNTP_HEAD_XREF] = { S_INIT("Xref"), true },
};

/* ---- the message's own ---- */

void nntp_source_init(struct nntp_source *s, struct nntp *n, uint32_t folder, const struct item *it)
{
	*s = (struct nntp_source){ .n = n, .folder = folder, .item = *it };
	buf_init(&s->header, NNTP_HEADER_OCTETS_MAX);
}

void nntp_source_done(struct nntp_source *s)
{
	buf_done(&s->header);
}

struct keeping {
	struct nntp_source *s;
	struct arena *arena;
};

static bool keep(void *arg, size_t i, const struct message_parts *parts)
{
	struct keeping *k = arg;

	if (parts->kept.at != NULL)
		k->s->kept = arena_str(k->arena, parts->kept);
	return true;
}

void nntp_source_find(struct nntp_source *s, struct arena *a)
{
	const struct item *it = &s->item;
	struct message_list list = { &it, 1, MESSAGE_KEPT };
	struct keeping k = { s, a };

	/* What cannot be had so is read from the message. */
	if (message_list_each(nntp_box(s->n), &list, keep, &k) != ERR_OK)
		s->kept = STR_NONE;
}

static void read_header(struct nntp_source *s)
{
	size_t octets = HEADER_OCTETS_FIRST;

	s->read = true;
	for (;;) {
		buf_clear(&s->header);
		s->err = message_read(nntp_box(s->n), &s->item, 0, octets, &s->header);
		if (s->err != ERR_OK || octets >= s->item.octets || octets >= NNTP_HEADER_OCTETS_MAX || header_octets(buf_str(&s->header), NULL) < octets)
			return;
		octets = NNTP_HEADER_OCTETS_MAX;
	}
}

static bool find_read(struct nntp_source *s, struct str name, struct str *ret)
{
	struct header_field field;
	struct str header;

	if (!s->read)
		read_header(s);
	header = buf_str(&s->header);
	if (s->err != ERR_OK || !header_find(str_sub(header, 0, header_octets(header, NULL)), name, &field))
		return false;
	*ret = field.value;
	return true;
}

/* Behind the colon, without the last line end. */
static struct str value_of(const struct record_kept *kept)
{
	struct str value = str_skip(kept->field, str_find(kept->field, ':') + 1);

	if (value.len > 0 && value.at[value.len - 1] == '\n')
		value.len--;
	if (value.len > 0 && value.at[value.len - 1] == '\r')
		value.len--;
	return value;
}

bool nntp_source_field(struct nntp_source *s, struct str name, struct str *ret)
{
	struct str rest = s->kept;
	struct record_kept kept;

	if (s->kept.at == NULL || s->read)
		return find_read(s, name, ret);
	while (record_kept_next(&rest, &kept)) {
		if (!str_ieq(kept.name, name))
			continue;
		if (kept.field.at == NULL)
			return find_read(s, name, ret);
		*ret = value_of(&kept);
		return true;
	}
	return false;
}

/* ---- ours ---- */

static bool has_own(struct nntp_source *s, enum nntp_head_field f)
{
	struct str value;

	return nntp_source_field(s, fields[f].name, &value);
}

static struct str own_id(struct nntp_source *s, struct arena *a)
{
	struct str raw, id = STR_NONE;
	struct buf value;

	if (!nntp_source_field(s, fields[NNTP_HEAD_ID].name, &raw))
		return STR_NONE;
	buf_init(&value, SHOWN_OCTETS_MAX);
	header_unfold(str_sub(raw, 0, SHOWN_OCTETS_MAX), &value);
	if (article_id_valid(buf_str(&value)))
		id = arena_str(a, buf_str(&value));
	buf_done(&value);
	return id;
}

struct groups {
	struct buf newsgroups, xref;
};

static void add_group(struct nntp *n, const struct article_place *at, struct groups *g)
{
	struct str name = nntp_group_name(n, at->folder);

	if (name.len == 0 || g->xref.len + name.len + 12 > VALUE_OCTETS_MAX)
		return;
	buf_printf(&g->newsgroups, "%s%.*s", g->newsgroups.len > 0 ? "," : "", STR_FMT(name));
	buf_printf(&g->xref, " %.*s:%u", STR_FMT(name), at->uid);
}

/* The group in which it is read comes first, and is always there. Names of other groups are looked up behind it. */
static enum err put_groups(struct nntp_source *s, struct arena *a, struct nntp_head *h)
{
	struct article_place here = { s->folder, s->item.uid }, places[ARTICLE_PLACES_MAX];
	struct nntp *n = s->n;
	struct groups g;
	size_t count = 0;
	enum err e = ERR_OK;

	if (h->values[NNTP_HEAD_ID].at == NULL)
		e = article_places(nntp_box(n), h->message_id, places, &count);
	if (e != ERR_OK)
		return e;
	buf_init(&g.newsgroups, BUF_NO_CEILING);
	buf_init(&g.xref, BUF_NO_CEILING);
	buf_put(&g.xref, str_sub(n->s->host_name, 0, 255));
	add_group(n, &here, &g);
	for (size_t i = 0; i < count; i++) {
		if (places[i].folder != s->folder)
			add_group(n, &places[i], &g);
	}
	h->values[NNTP_HEAD_NEWSGROUPS] = arena_str(a, buf_str(&g.newsgroups));
	h->values[NNTP_HEAD_XREF] = arena_str(a, buf_str(&g.xref));
	buf_done(&g.newsgroups);
	buf_done(&g.xref);
	return ERR_OK;
}

static struct str derived_id(struct nntp *n, uint32_t folder, uint32_t uid, struct arena *a)
{
	struct buf id;
	struct str ret;

	buf_init(&id, BUF_NO_CEILING);
	nntp_place_put_id(n, folder, uid, &id);
	ret = arena_str(a, buf_str(&id));
	buf_done(&id);
	return ret;
}

static struct str date_of(const struct item *it, struct arena *a)
{
	struct buf date;
	struct str ret;

	buf_init(&date, BUF_NO_CEILING);
	date_put_rfc5322(&date, it->date);
	ret = arena_str(a, buf_str(&date));
	buf_done(&date);
	return ret;
}

static void put_missing(struct nntp_source *s, struct arena *a, struct nntp_head *h)
{
	if (!has_own(s, NNTP_HEAD_PATH))
		h->values[NNTP_HEAD_PATH] = arena_printf(a, "%.*s!not-for-mail", STR_FMT(s->n->s->host_name));
	if (!has_own(s, NNTP_HEAD_FROM))
		h->values[NNTP_HEAD_FROM] = S("nobody@invalid");
	if (!has_own(s, NNTP_HEAD_SUBJECT))
		h->values[NNTP_HEAD_SUBJECT] = S("(none)");
	if (!has_own(s, NNTP_HEAD_DATE))
		h->values[NNTP_HEAD_DATE] = date_of(&s->item, a);
	if (h->message_id.len == 0) {
		h->message_id = derived_id(s->n, s->folder, s->item.uid, a);
		h->values[NNTP_HEAD_ID] = h->message_id;
	}
}

static bool hides(const struct nntp_head *h, struct str name)
{
	for (size_t i = 0; i < NNTP_HEAD_COUNT; i++) {
		if (h->values[i].at != NULL && str_ieq(name, fields[i].name))
			return true;
	}
	return false;
}

/* Of the message's own fields that are not served. */
static uint64_t hidden_octets(struct nntp_source *s, const struct nntp_head *h)
{
	struct str rest = s->kept, header = buf_str(&s->header);
	struct header_walk walk = header_walk(str_sub(header, 0, header_octets(header, NULL)));
	struct header_field field;
	struct record_kept kept;
	uint64_t octets = 0;

	while (s->read && header_next(&walk, &field))
		octets += hides(h, field.name) ? field.whole.len : 0;
	while (!s->read && record_kept_next(&rest, &kept))
		octets += hides(h, kept.name) ? kept.field.len : 0;
	return octets;
}

bool nntp_head_names_groups(struct str field)
{
	return str_ieq(field, fields[NNTP_HEAD_NEWSGROUPS].name) || str_ieq(field, fields[NNTP_HEAD_XREF].name) || str_ieq(field, S(":bytes"));
}

enum err nntp_head_make(struct nntp_source *s, struct arena *a, bool groups, struct nntp_head *ret)
{
	struct nntp_head h = { .octets = s->item.octets };
	enum err e;

	h.message_id = own_id(s, a);
	put_missing(s, a, &h);
	e = groups ? put_groups(s, a, &h) : ERR_OK;
	if (e == ERR_OK)
		e = s->err;
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < NNTP_HEAD_COUNT; i++) {
		if (h.values[i].at != NULL)
			h.octets += fields[i].name.len + h.values[i].len + 4;
	}
	h.octets -= hidden_octets(s, &h);
	*ret = h;
	return ERR_OK;
}

struct str nntp_source_id(struct nntp_source *s, struct arena *a)
{
	struct str id = own_id(s, a);

	return id.len > 0 ? id : derived_id(s->n, s->folder, s->item.uid, a);
}

enum err nntp_head_id(struct nntp *n, const struct nntp_place *place, struct str *ret)
{
	struct nntp_source s;
	struct str id;

	nntp_source_init(&s, n, place->folder, &place->item);
	nntp_source_find(&s, &n->arena);
	id = nntp_source_id(&s, &n->arena);
	nntp_source_done(&s);
	if (s.err == ERR_OK)
		*ret = id;
	return s.err;
}

/* ---- how it is served ---- */

void nntp_head_put(const struct nntp_head *h, struct buf *to)
{
	for (size_t i = 0; i < NNTP_HEAD_COUNT; i++) {
		if (h->values[i].at != NULL)
			buf_printf(to, "%s: %.*s\r\n", fields[i].name.at, STR_FMT(h->values[i]));
	}
}

size_t nntp_head_put_whole(const struct nntp_head *h, struct str octets, struct buf *to)
{
	size_t length = header_octets(octets, NULL);
	struct header_walk walk = header_walk(str_sub(octets, 0, length));
	struct header_field field;

	nntp_head_put(h, to);
	while (header_next(&walk, &field)) {
		if (!hides(h, field.name))
			buf_put(to, field.whole);
	}
	if (to->len > 0 && to->at[to->len - 1] != '\n')
		buf_put(to, S("\r\n"));
	return length;
}

static void put_shown(struct buf *to, struct str value)
{
	size_t from = to->len;

	header_unfold(str_sub(value, 0, SHOWN_OCTETS_MAX), to);
	for (size_t i = from; i < to->len; i++) {
		if ((unsigned char)to->at[i] < ' ' || to->at[i] == 0x7f)
			to->at[i] = ' ';
	}
}

bool nntp_head_value(const struct nntp_head *h, struct nntp_source *s, struct str name, struct buf *to)
{
	struct str value;

	for (size_t i = 0; i < NNTP_HEAD_COUNT; i++) {
		if (h->values[i].at == NULL || !str_ieq(name, fields[i].name))
			continue;
		buf_put(to, h->values[i]);
		return true;
	}
	if (!nntp_source_field(s, name, &value))
		return false;
	put_shown(to, value);
	return true;
}
