#include "kv/blob.h"

#include "base/code.h"
#include "base/mem.h"
#include "kv/compress.h"
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

static enum err unpack(const struct blob_source *s, struct str stored, size_t plain, char *to)
{
	if (stored.len == plain) {
		memcpy(to, stored.at, plain);
		return ERR_OK;
	}
	if (s->compress == NULL ||
		!compress_unpack(s->compress, s->dict, stored, str_make(to, plain)))
		return ERR_CORRUPT;
	return ERR_OK;
}

struct reading {
	const struct blob_source *s;
	struct rd table;      /* rows not yet read */
	uint64_t at;          /* in the stored form, of the next piece */
	char *packed, *plain; /* BLOB_PIECE_OCTETS each */
};

/* Appends the part of piece i that lies in [from, to). */
static enum err piece_read(
	struct reading *g, uint64_t i, uint64_t from, uint64_t end, struct buf *to)
{
	uint32_t len = rd_u32(&g->table), crc = rd_u32(&g->table);
	size_t octets = plain_octets(g->s->octets, i);
	uint64_t start = i * BLOB_PIECE_OCTETS;
	struct str plain = str_make(g->plain, octets);
	enum err e;

	if (len == 0 || len > octets || g->at + len > g->s->stored)
		return ERR_CORRUPT;
	g->at += len;
	if (start + octets <= from || start >= end)
		return ERR_OK;
	e = g->s->read(g->s->arg, g->at - len, g->packed, len);
	if (e != ERR_OK)
		return e;
	if (piece_crc(g->s->id, i, str_make(g->packed, len)) != crc)
		return ERR_CORRUPT;
	e = unpack(g->s, str_make(g->packed, len), octets, g->plain);
	if (e != ERR_OK)
		return e;
	if (end < start + octets)
		plain = str_sub(plain, 0, (size_t)(end - start));
	if (from > start)
		plain = str_skip(plain, (size_t)(from - start));
	buf_put(to, plain);
	return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
}

static enum err pieces_read(
	const struct blob_source *s, uint64_t from, uint64_t end, struct buf *to)
{
	uint64_t n = pieces_of(s->octets);
	size_t most = s->octets < BLOB_PIECE_OCTETS ? (size_t)s->octets : BLOB_PIECE_OCTETS;
	struct reading g = { .s = s, .at = n * ROW_OCTETS };
	char *table;
	enum err e;

	if (n > s->stored / ROW_OCTETS)
		return ERR_CORRUPT;
	table = mem_new((size_t)n * ROW_OCTETS);
	g.packed = mem_new(most);
	g.plain = mem_new(most);
	e = s->read(s->arg, 0, table, (size_t)n * ROW_OCTETS);
	g.table = rd_from(str_make(table, (size_t)n * ROW_OCTETS));
	for (uint64_t i = 0; e == ERR_OK && i < n && i * BLOB_PIECE_OCTETS < end; i++)
		e = piece_read(&g, i, from, end, to);
	mem_free(g.plain);
	mem_free(g.packed);
	mem_free(table);
	return e;
}

enum err blob_range(const struct blob_source *s, uint64_t from, uint64_t len, struct buf *to)
{
	size_t before = to->len;
	enum err e;

	if (from >= s->octets || len == 0)
		return ERR_OK;
	if (len > s->octets - from)
		len = s->octets - from;
	e = pieces_read(s, from, from + len, to);
	if (e != ERR_OK)
		to->len = before;
	return e;
}
