#include "mail/record.h"

#include "base/cursor.h"
#include "mail/header.h"
#include "mail/record_compact.h"
#include "mail/record_int.h"
#include "mail/record_table.h"
#include "mail/record_writer.h"

enum err record_make(struct str message, struct buf *to)
{
	return record_writer_run(message, to);
}

enum err record_make_opaque(uint64_t message_octets, struct buf *to)
{
	return record_writer_opaque(message_octets, to);
}

/* ---- reading ---- */

enum err record_open_view(struct str octets, struct record *ret)
{
	if (octets.len > 0 && (unsigned char)octets.at[0] == RECORD_FORM)
		return record_compact_open(octets, ret);
	return record_table_open(octets, ret);
}

struct str record_split(struct str octets, struct str *ret_kept)
{
	struct record r;

	*ret_kept = STR_NONE;
	if (record_open_view(octets, &r) != ERR_OK)
		return octets;
	*ret_kept = r.kept;
	return str_sub(octets, 0, octets.len - r.kept.len);
}

/* Each: u8 octets of the name, u16 octets of the field (0: left out), then the field, or the name alone. */
bool record_kept_next(struct str *rest, struct record_kept *ret)
{
	struct rd in = rd_from(*rest);
	uint8_t name = rd_u8(&in);
	uint16_t field = rd_u16(&in);
	struct str octets = rd_octets(&in, field ? field : name);

	if (in.failed || name > octets.len)
		return false;
	ret->name = str_sub(octets, 0, name);
	ret->field = field ? octets : STR_NONE;
	*rest = in.rest;
	return true;
}

bool record_part(const struct record *r, uint32_t i, struct record_part *ret)
{
	return r->tables ? record_table_part(r, i, ret) : record_compact_part(r, i, ret);
}

bool record_envelope(const struct record *r, uint32_t envelope, struct record_envelope *ret)
{
	return r->tables ? record_table_envelope(r, envelope, ret) : record_compact_envelope(r, envelope, ret);
}

bool record_param_next(const struct record *r, struct record_rows *rows, struct record_param *ret)
{
	return r->tables ? record_table_param(r, rows, ret) : record_compact_param(r, rows, ret);
}

bool record_language_next(const struct record *r, struct record_rows *rows, struct str *ret)
{
	return r->tables ? record_table_language(r, rows, ret) : record_compact_language(r, rows, ret);
}

bool record_address_next(const struct record *r, struct record_rows *rows, struct record_address *ret)
{
	return r->tables ? record_table_address(r, rows, ret) : record_compact_address(r, rows, ret);
}

struct str record_param_value(const struct record *r, struct record_rows rows, struct str name)
{
	struct record_param p;

	while (record_param_next(r, &rows, &p)) {
		if (str_ieq(p.name, name))
			return p.value;
	}
	return STR_NONE;
}

/* The nth child (from 1) of part `parent`, or RECORD_NONE. */
static uint32_t child(const struct record *r, uint32_t parent, uint32_t n)
{
	struct record_part p, c;
	uint32_t i = parent + 1;

	if (!record_part(r, parent, &p) || n == 0 || n > p.children)
		return RECORD_NONE;
	while (--n > 0) {
		/* next grows in a checked record; in any other this must end, too. */
		if (!record_part(r, i, &c) || c.next <= i)
			return RECORD_NONE;
		i = c.next;
	}
	return i < r->parts ? i : RECORD_NONE;
}

uint32_t record_inner(const struct record *r, uint32_t i)
{
	struct record_part p;

	if (!record_part(r, i, &p) || p.kind != RECORD_PART_MESSAGE)
		return RECORD_NONE;
	return child(r, i, 1);
}

bool record_section(const struct record *r, const uint32_t *numbers, size_t count, uint32_t *ret_part)
{
	uint32_t at = 0, content = 0; /* content: whose children the next number counts; RECORD_NONE: none */
	struct record_part p;

	for (size_t i = 0; i < count; i++) {
		if (!record_part(r, content, &p))
			return false;
		if (p.kind == RECORD_PART_MULTIPART)
			at = child(r, content, numbers[i]);
		else
			at = numbers[i] == 1 ? content : RECORD_NONE;
		if (!record_part(r, at, &p))
			return false;
		content = p.kind == RECORD_PART_MULTIPART ? at : record_inner(r, at);
	}
	if (at >= r->parts)
		return false;
	*ret_part = at;
	return true;
}

/* ---- checking ---- */

struct check {
	const struct record *r;
	struct record_table_check table; /* of an earlier form */
	uint32_t at;                     /* where the next part begins */
	bool failed;
};

static void need(struct check *c, bool cond)
{
	if (!cond)
		c->failed = true;
}

static uint64_t body_end(const struct record_part *p)
{
	return (uint64_t)p->body_at + p->body_octets;
}

/* Type and number of children go together: IMAP's BODYSTRUCTURE can show nothing else. */
static void check_kind(struct check *c, const struct record_part *p)
{
	bool multipart = str_ieq(p->type, S("multipart"));
	bool message = str_ieq(p->type, S("message")) &&
		       (str_ieq(p->subtype, S("rfc822")) || str_ieq(p->subtype, S("global")));

	need(c, multipart == (p->kind == RECORD_PART_MULTIPART));
	need(c, message == (p->kind == RECORD_PART_MESSAGE));
	need(c, p->kind != RECORD_PART_MULTIPART || p->children > 0);
	need(c, p->kind != RECORD_PART_MESSAGE || p->children == 1);
	need(c, p->kind != RECORD_PART_LEAF || p->children == 0);
}

/* A part that is open in the walk. */
struct open {
	struct record_part part;
	uint32_t number, children;
	uint64_t free_at; /* where the next child may begin */
};

/* Against its parent, or as the root when there is none. */
static void check_place(struct check *c, uint32_t i, const struct record_part *p, const struct open *parent)
{
	uint64_t end = body_end(p);

	need(c, (uint64_t)p->header_at + p->header_octets == p->body_at && p->body_lines <= p->body_octets);
	need(c, p->next > i);
	if (parent == NULL) {
		need(c, i == 0 && p->parent == RECORD_NONE && p->depth == 0 && p->next == c->r->parts);
		need(c, p->header_at == 0 && end == c->r->message_octets);
		return;
	}
	need(c, p->parent == parent->number && p->depth == parent->part.depth + 1);
	need(c, p->next <= parent->part.next);
	need(c, p->header_at >= parent->free_at && end <= body_end(&parent->part));
	if (parent->part.kind == RECORD_PART_MESSAGE)
		need(c, p->header_at == parent->part.body_at && end == body_end(&parent->part));
}

static void check_own(struct check *c, uint32_t i, bool is_message)
{
	if (c->r->tables)
		need(c, record_table_part_sound(&c->table, i, is_message));
	else
		need(c, record_compact_part_sound(c->r, i, is_message, &c->at));
}

static void check_tree(struct check *c)
{
	UNZEROED struct open stack[RECORD_DEPTH_MAX];
	uint32_t depth = 0;

	for (uint32_t i = 0; i <= c->r->parts && !c->failed; i++) {
		struct record_part p;
		struct open *parent;

		while (depth > 0 && stack[depth - 1].part.next == i) {
			depth--;
			need(c, stack[depth].children == stack[depth].part.children);
		}
		if (i == c->r->parts)
			break;
		if (!record_part(c->r, i, &p)) {
			c->failed = true;
			return;
		}
		parent = depth > 0 ? &stack[depth - 1] : NULL;
		need(c, p.kind < RECORD_PART_KIND_COUNT && p.encoding < RECORD_ENCODING_COUNT);
		check_kind(c, &p);
		check_place(c, i, &p, parent);
		/* Messages, and only they, have an envelope. */
		check_own(c, i, parent == NULL || parent->part.kind == RECORD_PART_MESSAGE);
		if (parent != NULL) {
			parent->children++;
			parent->free_at = body_end(&p);
		}
		need(c, depth < RECORD_DEPTH_MAX);
		if (!c->failed)
			stack[depth++] = (struct open){ .part = p, .number = i, .free_at = p.body_at };
	}
	need(c, depth == 0);
}

enum err record_kept_check(struct str kept, uint64_t header_octets)
{
	struct record_kept k;
	uint64_t octets = 0;

	if (kept.len > RECORD_KEPT_OCTETS_MAX)
		return ERR_CORRUPT;
	while (kept.len > 0) {
		struct header_walk walk;
		struct header_field f;

		if (!record_kept_next(&kept, &k) || k.name.len == 0)
			return ERR_CORRUPT;
		octets += k.field.len;
		walk = header_walk(k.field);
		if (k.field.at != NULL && (!header_next(&walk, &f) || f.whole.len != k.field.len ||
						  f.name.len != k.name.len || k.field.at[k.field.len - 1] != '\n'))
			return ERR_CORRUPT;
	}
	return octets <= header_octets ? ERR_OK : ERR_CORRUPT;
}

static void check_kept(struct check *c)
{
	struct record_part root;

	if (c->r->kept.at == NULL)
		return;
	need(c, record_part(c->r, 0, &root) && record_kept_check(c->r->kept, root.header_octets) == ERR_OK);
	need(c, (c->r->flags & RECORD_OPAQUE) == 0);
}

enum err record_check(struct str record, uint64_t message_octets)
{
	struct record r;
	struct check c = { .r = &r };

	if (record.len > RECORD_OCTETS_MAX || record_open_view(record, &r) != ERR_OK)
		return ERR_CORRUPT;
	c.at = r.parts_at;
	need(&c, r.message_octets == message_octets && message_octets <= RECORD_MESSAGE_OCTETS_MAX);
	need(&c, r.parts > 0 && r.parts <= RECORD_PARTS_MAX && (r.flags & ~RECORD_FLAGS_ALL) == 0);
	need(&c, !r.tables || record_table_begin_sound(&c.table, &r));
	if (!c.failed)
		check_tree(&c);
	if (!c.failed)
		check_kept(&c);
	need(&c, r.tables || c.at == r.parts_end);
	need(&c, c.failed || !r.tables || record_table_end_sound(&c.table));
	return c.failed ? ERR_CORRUPT : ERR_OK;
}
