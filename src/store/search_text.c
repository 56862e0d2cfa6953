#include "store/search_text.h"

#include "mail/header.h"
#include "mail/record.h"
#include "store/imap_text.h"

/* STR_NONE: not read. */
static struct str range(const struct search_message *m, uint64_t at, uint64_t octets)
{
	for (size_t n = 0; n < m->count; n++) {
		const struct search_piece *p = &m->pieces[n];

		if (at >= p->at && at + octets <= p->at + p->octets)
			return str_sub(
				buf_str(&m->raw), p->offset + (size_t)(at - p->at), (size_t)octets);
	}
	return STR_NONE;
}

static bool put_header(const struct search_message *m, uint64_t at, uint64_t octets, struct buf *to)
{
	struct str header;

	if (octets > RECORD_HEADER_OCTETS_MAX)
		octets = RECORD_HEADER_OCTETS_MAX;
	if (octets == 0)
		return true;
	header = range(m, at, octets);
	imap_text_header(IMAP_UNICODE_CASEMAP, header, to);
	return header.len == octets;
}

/* In the same pieces as imap_match.c, for a very long line may be cut at their ends. */
static bool put_body(const struct search_message *m, const struct record *record,
	const struct record_part *p, struct buf *to)
{
	struct str rest = range(m, p->body_at, p->body_octets), piece;
	struct imap_text text;
	bool good = rest.len == p->body_octets;

	imap_text_init(&text);
	imap_text_begin(&text, p->encoding, record_param_value(record, p->params, S("charset")), 0);
	while (good && rest.len > 0) {
		size_t used;

		piece = str_sub(rest, 0, IMAP_TEXT_RAW_OCTETS);
		used = imap_text_feed(&text, piece, piece.len == rest.len);
		good = used > 0;
		buf_put(to, buf_str(&text.window));
		rest = str_skip(rest, used);
	}
	imap_text_done(&text);
	return good;
}

static bool put_part(
	const struct search_message *m, const struct record *record, uint32_t n, struct buf *to)
{
	struct record_part p;

	if (!record_part(record, n, &p))
		return false;
	if (n == 0 && (record->flags & RECORD_OPAQUE)) {
		struct str all = range(m, 0,
			m->octets < RECORD_HEADER_OCTETS_MAX ? m->octets
							     : RECORD_HEADER_OCTETS_MAX);

		imap_text_header(IMAP_UNICODE_CASEMAP, str_sub(all, 0, header_octets(all, NULL)), to);
	} else if (!put_header(m, p.header_at, p.header_octets, to)) {
		return false;
	}
	/* Nothing stands across two parts. */
	buf_put(to, S("\n"));
	return p.kind != RECORD_PART_LEAF || !str_ieq(p.type, S("text")) || p.body_octets == 0 ||
	       put_body(m, record, &p, to);
}

/* What FROM, TO and their like look through is made of the record, and need not stand so in the header. */
static void put_envelope(const struct record *record, struct buf *to)
{
	struct record_envelope e;
	struct record_rows rows[4];
	struct buf line;

	if (!record_envelope(record, 0, &e))
		return;
	memcpy(rows, (struct record_rows[]){ e.from, e.to, e.cc, e.bcc }, sizeof(rows));
	buf_init(&line, BUF_NO_CEILING);
	for (size_t n = 0; n < 4; n++) {
		imap_text_addresses(IMAP_UNICODE_CASEMAP, record, rows[n], &line, to);
		buf_put(to, S("\n"));
	}
	imap_text_value(IMAP_UNICODE_CASEMAP, e.subject, to);
	buf_put(to, S("\n"));
	buf_done(&line);
}

bool search_text_put(const struct search_message *m, struct buf *to)
{
	struct record record;
	bool good = !m->unsure && record_open_view(m->record, &record) == ERR_OK;

	if (good)
		put_envelope(&record, to);
	for (uint32_t n = 0; good && n < record.parts; n++)
		good = put_part(m, &record, n, to);
	for (size_t i = 0; good && i < to->len; i++) {
		char *nul = memchr(to->at + i, '\0', to->len - i);

		if (nul == NULL)
			break;
		*nul = ' ';
		i = (size_t)(nul - to->at);
	}
	return good && !buf_overflowed(to);
}
