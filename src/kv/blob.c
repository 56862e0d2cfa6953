#include "kv/blob.h"

#include "base/code.h"
#include "base/mem.h"
#include "kv/pieces.h"
#include "kv/record.h"

#define ROW_OCTETS ((size_t)8)

static uint64_t pieces_of(uint64_t octets)
{
	return octets / BLOB_PIECE_OCTETS + (octets % BLOB_PIECE_OCTETS != 0);
}

static size_t plain_octets(uint64_t octets, uint64_t piece)
{
	uint64_t left = octets - piece * BLOB_PIECE_OCTETS;

	return left < BLOB_PIECE_OCTETS ? (size_t)left : BLOB_PIECE_OCTETS;
}

static uint32_t piece_crc(kv_blob id, uint64_t piece, struct str stored)
{
	char head[16];
	struct buf b = { .at = head, .held = sizeof(head), .ceiling = sizeof(head) };
	struct wr w = wr_to(&b);

	wr_u64(&w, id);
	wr_u64(&w, piece);
	return crc32c(crc32c(0, buf_str(&b)), stored);
}

static void row_set(char *at, uint32_t stored, uint32_t crc)
{
	struct buf b = { .at = at, .held = ROW_OCTETS, .ceiling = ROW_OCTETS };
	struct wr w = wr_to(&b);

	wr_u32(&w, stored);
	wr_u32(&w, crc);
}

static void piece_write(struct buf *to, struct str plain, struct compress *c)
{
	char *room = buf_room(to, plain.len);
	size_t packed;

	if (room == NULL)
		return;
	packed = c != NULL ? compress_piece(c, plain, room, plain.len) : 0;
	if (packed == 0) {
		memcpy(room, plain.at, plain.len);
		packed = plain.len;
	}
	buf_added(to, packed);
}

void blob_write(struct buf *to, struct kv_blob_row row, struct str octets, struct compress *c)
{
	size_t op_at = to->len, table_at, n = (size_t)pieces_of(octets.len);

	row.octets = octets.len;
	record_blob(to, &row, c != NULL ? compress_dict(c) : 0, 0);
	table_at = to->len;
	if (buf_room(to, n * ROW_OCTETS) == NULL)
		return;
	buf_added(to, n * ROW_OCTETS);
	for (size_t i = 0; i < n; i++) {
		size_t at = to->len;
		struct str plain =
			str_sub(octets, i * BLOB_PIECE_OCTETS, plain_octets(octets.len, i));
		struct str stored;

		piece_write(to, plain, c);
		if (buf_overflowed(to))
			return;
		stored = str_skip(buf_str(to), at);
		row_set(to->at + table_at + i * ROW_OCTETS, (uint32_t)stored.len,
			piece_crc(row.id, i, stored));
	}
	record_blob_stored(to, op_at, (uint32_t)(to->len - table_at));
}

bool blob_sound(uint64_t octets, struct str stored)
{
	uint64_t n = pieces_of(octets), sum;
	struct rd r;

	if (n > stored.len / ROW_OCTETS)
		return false;
	sum = n * ROW_OCTETS;
	r = rd_from(stored);
	for (uint64_t i = 0; i < n; i++) {
		uint32_t len = rd_u32(&r);

		rd_u32(&r);
		if (len == 0 || len > plain_octets(octets, i))
			return false;
		sum += len;
	}
	return sum == stored.len;
}

static enum err put_plain(const struct blob_source *s, struct str stored, size_t plain, char *to)
{
	if (stored.len == plain) {
		memcpy(to, stored.at, plain);
		return ERR_OK;
	}
	if (s->unpacking.unpacker == NULL || !unpack(s->unpacking, stored, str_make(to, plain)))
		return ERR_CORRUPT;
	return ERR_OK;
}

struct reading {
	const struct blob_source *s;
	struct rd table;      /* rows not yet read */
	uint64_t from, end;   /* what is wanted of the plain octets */
	uint64_t at;          /* in the stored form, of the next piece */
	struct str whole;     /* the stored form, when it was read at once */
	char *packed;         /* room for a piece; NULL until wanted */
};

static enum err piece_packed(struct reading *g, uint64_t at, size_t len, struct str *ret)
{
	enum err e;

	if (g->whole.len > 0) {
		*ret = str_sub(g->whole, (size_t)at, len);
		return ERR_OK;
	}
	if (g->packed == NULL)
		g->packed = mem_resize(NULL, BLOB_PIECE_OCTETS);
	e = g->s->read(g->s->arg, at, g->packed, len);
	*ret = str_make(g->packed, len);
	return e;
}

/* Unpacks a piece where it is to stand. */
static enum err put_whole(struct reading *g, struct str packed, size_t octets, struct buf *to)
{
	char *room = buf_room(to, octets);
	enum err e;

	if (room == NULL)
		return ERR_TOOBIG;
	e = put_plain(g->s, packed, octets, room);
	if (e == ERR_OK)
		buf_added(to, octets);
	return e;
}

/* What is wanted of piece i, whose octets are plain. */
static enum err put_cut(struct reading *g, uint64_t i, struct str plain, struct buf *to)
{
	uint64_t start = i * BLOB_PIECE_OCTETS;

	if (g->end < start + plain.len)
		plain = str_sub(plain, 0, (size_t)(g->end - start));
	if (g->from > start)
		plain = str_skip(plain, (size_t)(g->from - start));
	buf_put(to, plain);
	return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
}

static enum err put_part(struct reading *g, uint64_t i, struct str packed, struct buf *to)
{
	size_t octets = plain_octets(g->s->octets, i);
	char *room = mem_resize(NULL, octets);
	struct str plain = str_make(room, octets);
	enum err e = put_plain(g->s, packed, octets, room);

	if (e == ERR_OK)
		e = put_cut(g, i, plain, to);
	/* Whoever has not taken its end will come for it. */
	if (e != ERR_OK || g->end >= i * BLOB_PIECE_OCTETS + octets ||
		!pieces_take(g->s->pieces, g->s->id, i, plain))
		mem_free(room);
	return e;
}

static enum err put_known(struct reading *g, uint64_t i, struct str plain, struct buf *to)
{
	enum err e = put_cut(g, i, plain, to);

	if (g->end >= i * BLOB_PIECE_OCTETS + plain.len)
		pieces_drop(g->s->pieces, g->s->id, i);
	return e;
}

/* Appends the part of piece i that lies in [from, end). */
static enum err piece_read(struct reading *g, uint64_t i, struct buf *to)
{
	uint32_t len = rd_u32(&g->table), crc = rd_u32(&g->table);
	size_t octets = plain_octets(g->s->octets, i);
	uint64_t start = i * BLOB_PIECE_OCTETS;
	struct str known, packed;
	enum err e;

	if (len == 0 || len > octets || g->at + len > g->s->stored)
		return ERR_CORRUPT;
	g->at += len;
	if (start + octets <= g->from || start >= g->end)
		return ERR_OK;
	if (pieces_get(g->s->pieces, g->s->id, i, &known) && known.len == octets)
		return put_known(g, i, known, to);
	e = piece_packed(g, g->at - len, len, &packed);
	if (e != ERR_OK)
		return e;
	if (piece_crc(g->s->id, i, packed) != crc)
		return ERR_CORRUPT;
	if (g->from <= start && g->end >= start + octets)
		return put_whole(g, packed, octets, to);
	return put_part(g, i, packed, to);
}

/* The table first; where there is one piece, that comes with it. */
static enum err pieces_read(struct reading *g, struct buf *to)
{
	const struct blob_source *s = g->s;
	uint64_t n = pieces_of(s->octets);
	size_t table = (size_t)n * ROW_OCTETS, len = table;
	struct str known;
	bool whole = n == 1 && s->stored <= ROW_OCTETS + BLOB_PIECE_OCTETS &&
		     !pieces_get(s->pieces, s->id, 0, &known);
	char *head;
	enum err e;

	if (n > s->stored / ROW_OCTETS)
		return ERR_CORRUPT;
	if (whole)
		len = (size_t)s->stored;
	head = mem_resize(NULL, len);
	e = s->read(s->arg, 0, head, len);
	g->table = rd_from(str_make(head, table));
	g->whole = str_make(head, whole ? len : 0);
	g->at = table;
	for (uint64_t i = 0; e == ERR_OK && i < n && i * BLOB_PIECE_OCTETS < g->end; i++)
		e = piece_read(g, i, to);
	mem_free(g->packed);
	mem_free(head);
	return e;
}

enum err blob_range(const struct blob_source *s, uint64_t from, uint64_t len, struct buf *to)
{
	struct reading g = { .s = s, .from = from };
	size_t before = to->len;
	enum err e;

	if (from >= s->octets || len == 0)
		return ERR_OK;
	if (len > s->octets - from)
		len = s->octets - from;
	g.end = from + len;
	e = pieces_read(&g, to);
	if (e != ERR_OK)
		to->len = before;
	return e;
}
