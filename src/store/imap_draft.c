#include "store/imap_draft.h"

#include "mail/binary.h"

void imap_draft_init(struct imap_draft *d, const struct imap_append_item *item)
{
	*d = (struct imap_draft){ .flags = item->flags, .notes = item->notes, .has_date = item->has_date, .date = item->date };
	buf_init(&d->octets, BUF_NO_CEILING);
	buf_init(&d->record, RECORD_OCTETS_MAX);
}

void imap_draft_done(struct imap_draft *d)
{
	buf_done(&d->octets);
	buf_done(&d->record);
}

void imap_draft_put(struct imap_draft *d, struct str octets)
{
	if (d->binary)
		buf_put(&d->octets, octets);
	else if (!d->nul && !binary_lines(octets, &d->cr, &d->octets))
		d->nul = true;
}

enum err imap_draft_close(struct imap_draft *d)
{
	binary_lines_end(&d->cr, &d->octets);
	return d->nul ? ERR_BARELINEEND : ERR_OK;
}

void imap_draft_make_opaque(struct imap_draft *d)
{
	buf_clear(&d->record);
	/* Message and record are far below their limits here. */
	must(record_make_opaque(d->octets.len, &d->record) == ERR_OK);
}

/* Without a record nothing is known of parts: lines end as everywhere, and NUL cannot be kept. */
static enum err make_plain(struct imap_draft *d, struct buf *to)
{
	bool cr = false, sound = binary_lines(buf_str(&d->octets), &cr, to);

	binary_lines_end(&cr, to);
	return sound ? ERR_OK : ERR_UNSUPPORTED;
}

static enum imap_draft_next convert(struct imap_draft *d, const struct record *record)
{
	struct buf to;
	enum err e;

	buf_init(&to, BUF_NO_CEILING);
	e = record != NULL ? binary_encode(buf_str(&d->octets), record, &to) : make_plain(d, &to);
	buf_done(&d->octets);
	d->octets = to;
	d->binary = false;
	return e == ERR_OK ? IMAP_DRAFT_CHANGED : IMAP_DRAFT_REFUSED;
}

enum imap_draft_next imap_draft_parsed(struct imap_draft *d, struct str record)
{
	struct record opened;
	/* Octets are found with it here only for binary ones; the store checks every record. */
	bool known = record.len > 0 && (!d->binary || record_check(record, d->octets.len) == ERR_OK) &&
		     record_open_view(record, &opened) == ERR_OK;

	if (d->binary && (!known || (opened.flags & (RECORD_HAS_NUL | RECORD_HAS_BARE_CR_LF))))
		return convert(d, known ? &opened : NULL);
	d->binary = false;
	if (!known) {
		imap_draft_make_opaque(d);
		return IMAP_DRAFT_SOUND;
	}
	buf_clear(&d->record);
	buf_put(&d->record, record);
	return IMAP_DRAFT_SOUND;
}

bool imap_draft_has_8bit_header(const struct imap_draft *d)
{
	struct record opened;

	return record_open_view(buf_str(&d->record), &opened) == ERR_OK &&
	       (opened.flags & RECORD_HEADER_8BIT) != 0;
}
