#include "ctl/manifest.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/code.h"
#include "base/date.h"
#include "base/mem.h"

#define HEADLINE "bourse-backup "
#define VERSION  "1"
#define ROWS_MAX ((size_t)1 << 20)
#define FIELDS   21

static const char *const part_names[] = { "store", "directory" };

const char *manifest_part_name(enum manifest_part part)
{
	return part_names[part];
}

void manifest_init(struct manifest *m)
{
	*m = (struct manifest){ 0 };
}

void manifest_done(struct manifest *m)
{
	mem_free(m->rows);
	*m = (struct manifest){ 0 };
}

static int compare(const struct manifest_row *row, enum manifest_part part, uint32_t number)
{
	if (row->part != part)
		return row->part < part ? -1 : 1;
	return row->number < number ? -1 : row->number > number;
}

/* The first row that is not before it. */
static size_t place_of(const struct manifest *m, enum manifest_part part, uint32_t number)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare(&m->rows[middle], part, number) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct manifest_row *manifest_find(struct manifest *m, enum manifest_part part, uint32_t number)
{
	size_t i = place_of(m, part, number);

	return i < m->count && compare(&m->rows[i], part, number) == 0 ? &m->rows[i] : NULL;
}

struct manifest_row *manifest_add(struct manifest *m, enum manifest_part part, uint32_t number)
{
	struct manifest_row *row = manifest_find(m, part, number);
	size_t i = place_of(m, part, number);

	if (row != NULL)
		return row;
	if (m->count == m->held) {
		m->held = m->held ? m->held * 2 : 64;
		m->rows = mem_resize(m->rows, m->held * sizeof(*m->rows));
	}
	memmove(m->rows + i + 1, m->rows + i, (m->count - i) * sizeof(*m->rows));
	m->count++;
	m->rows[i] = (struct manifest_row){ .part = part, .number = number };
	return &m->rows[i];
}

void manifest_remove(struct manifest *m, size_t i)
{
	must(i < m->count);
	m->count--;
	memmove(m->rows + i, m->rows + i + 1, (m->count - i) * sizeof(*m->rows));
}

/* ---- as text ---- */

void manifest_put(struct buf *to, const struct manifest *m)
{
	size_t begin = to->len;

	buf_printf(to, HEADLINE VERSION "\nmade %" PRId64 " ", m->made_s);
	date_put_rfc3339(to, m->made_s * 1000);
	buf_put_octet(to, '\n');
	for (int part = 0; part < MANIFEST_PARTS; part++) {
		if (!m->known[part])
			continue;
		buf_printf(to, "%s ", part_names[part]);
		hex_put(to, str_make(m->ids[part], STORE_ID_OCTETS));
		buf_put_octet(to, '\n');
	}
	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_row *r = &m->rows[i];

		buf_printf(to,
			"segment %s %" PRIu32 " octets %" PRIu64 " crc %08" PRIx32 " closed %d epoch %" PRIu64 " seq %" PRIu64
			" from %" PRId64 " to %" PRId64 " gone %" PRId64 "\n",
			part_names[r->part], r->number, r->octets, r->crc, r->closed, r->epoch, r->seq, r->first_s, r->last_s,
			r->gone_s);
	}
	buf_printf(to, "end %08" PRIx32 "\n", crc32c(0, str_skip(buf_str(to), begin)));
}

static bool get_number(struct str text, int64_t *ret)
{
	uint64_t n;

	if (!str_u64(text, INT64_MAX, &n))
		return false;
	*ret = (int64_t)n;
	return true;
}

static bool get_crc(struct str text, uint32_t *ret)
{
	unsigned char octets[4];
	struct buf b = { .at = (char *)octets, .held = sizeof(octets), .ceiling = sizeof(octets) };

	if (text.len != 8 || hex_get(&b, text) != ERR_OK)
		return false;
	*ret = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
	return true;
}

static bool get_part(struct str text, enum manifest_part *ret)
{
	for (unsigned i = 0; i < MANIFEST_PARTS; i++) {
		if (str_eq(text, str_from_c(part_names[i]))) {
			*ret = (enum manifest_part)i;
			return true;
		}
	}
	return false;
}

static size_t split(struct str line, struct str *words, size_t max)
{
	size_t n = 0;

	while (n < max && str_cut(&line, ' ', &words[n]))
		n++;
	if (n < max && line.len > 0)
		words[n++] = line;
	return n;
}

static bool get_segment(struct manifest *m, const struct str *w, size_t n)
{
	static const char *const names[] = { "octets", "crc", "closed", "epoch", "seq", "from", "to", "gone" };
	struct manifest_row row, *kept;
	uint64_t closed;

	if (n != FIELDS - 2 || m->count >= ROWS_MAX || !get_part(w[1], &row.part) || !str_u32(w[2], UINT32_MAX, &row.number))
		return false;
	for (size_t i = 0; i < 8; i++) {
		if (!str_eq(w[3 + 2 * i], str_from_c(names[i])))
			return false;
	}
	if (!str_u64(w[4], INT64_MAX, &row.octets) || !get_crc(w[6], &row.crc) || !str_u64(w[8], 1, &closed) ||
		!str_u64(w[10], UINT64_MAX, &row.epoch) || !str_u64(w[12], UINT64_MAX, &row.seq) ||
		!get_number(w[14], &row.first_s) || !get_number(w[16], &row.last_s) || !get_number(w[18], &row.gone_s))
		return false;
	if (row.number == 0 || manifest_find(m, row.part, row.number) != NULL)
		return false;
	row.closed = closed == 1;
	kept = manifest_add(m, row.part, row.number);
	*kept = row;
	return true;
}

static bool get_id(struct manifest *m, const struct str *w, size_t n)
{
	enum manifest_part part;
	struct buf id;

	if (n != 2 || !get_part(w[0], &part) || w[1].len != 2 * STORE_ID_OCTETS)
		return false;
	id = (struct buf){ .at = m->ids[part], .held = STORE_ID_OCTETS, .ceiling = STORE_ID_OCTETS };
	m->known[part] = true;
	return hex_get(&id, w[1]) == ERR_OK;
}

static bool get_line(struct manifest *m, struct str line)
{
	struct str words[FIELDS];
	size_t n = split(line, words, FIELDS);

	if (n >= 2 && str_eq(words[0], S("made")))
		return get_number(words[1], &m->made_s);
	if (n > 0 && str_eq(words[0], S("segment")))
		return get_segment(m, words, n);
	return get_id(m, words, n);
}

enum err manifest_get(struct manifest *m, struct str text)
{
	size_t end = text.len > 0 ? str_rfind(str_sub(text, 0, text.len - 1), '\n') : STR_NPOS;
	struct str body, line;
	char last[16];

	if (end == STR_NPOS || !str_starts(text, S(HEADLINE)))
		return ERR_CORRUPT;
	body = str_sub(text, 0, end + 1);
	snprintf(last, sizeof(last), "end %08" PRIx32 "\n", crc32c(0, body));
	if (!str_eq(str_skip(text, end + 1), str_from_c(last)))
		return ERR_CORRUPT;
	(void)str_cut(&body, '\n', &line);
	if (!str_eq(line, S(HEADLINE VERSION)))
		return ERR_CONFIG;
	while (str_cut(&body, '\n', &line)) {
		if (!get_line(m, line))
			return ERR_CORRUPT;
	}
	return ERR_OK;
}
