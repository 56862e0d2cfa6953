#include "store/imap_fetch_line.h"

#include "base/date.h"
#include "store/imap_line.h"
#include "store/imap_note.h"
#include "store/imap_object.h"
#include "store/imap_sync.h"
#include "wire/imap_record.h"

const struct imap_fetch_made imap_fetch_made[IMAP_FETCH_MADE] = {
	{ IMAP_FETCH_ENVELOPE, S_INIT("ENVELOPE") },
	{ IMAP_FETCH_BODY, S_INIT("BODY") },
	{ IMAP_FETCH_BODYSTRUCTURE, S_INIT("BODYSTRUCTURE") },
	{ IMAP_FETCH_THREADID, S_INIT("THREADID") },
};

void imap_fetch_blank(struct imap *i)
{
	struct fetch *c = i->state;

	if (c->blank)
		buf_put_octet(imap_out(i), ' ');
	c->blank = true;
}

static void put_ids(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);

	if (c->args.items & IMAP_FETCH_SAVEDATE) {
		imap_fetch_blank(i);
		buf_put(to, S("SAVEDATE "));
		date_put_imap(to, c->item.saved);
	}
	if (c->args.items & IMAP_FETCH_EMAILID) {
		imap_fetch_blank(i);
		buf_put(to, S("EMAILID ("));
		imap_object_put_email(to, mailbox_id(view_mailbox(i->view)), &c->item);
		buf_put_octet(to, ')');
	}
}

void imap_fetch_failed(struct fetch *c, enum err e)
{
	/* It is still numbered, so others have expunged it and the time of keeping it is over. */
	c->worst = e == ERR_NOMESSAGE ? ERR_EXPUNGED : e;
}

static void put_notes(struct imap *i)
{
	struct fetch *c = i->state;
	enum err e = imap_note_put(i, &c->item, c->needs_record ? &c->record : NULL, c->args.notes, &c->blank);

	if (e != ERR_OK)
		imap_fetch_failed(c, e);
}

/* The front of the line; imap_line_keywords was called since the folder last changed. */
void imap_fetch_put_fast(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);
	unsigned items = c->args.items;

	imap_line_put_fetch(i, c->seq);
	c->blank = false;
	if ((i->command.uid && !imap_enabled(i, IMAP_CAP_UIDONLY)) || (items & IMAP_FETCH_UID)) {
		imap_fetch_blank(i);
		buf_put(to, S("UID "));
		buf_put_u64(to, c->item.uid);
	}
	if (items & IMAP_FETCH_FLAGS) {
		imap_fetch_blank(i);
		imap_line_put_flags(i, to, &c->item);
	}
	if (items & IMAP_FETCH_INTERNALDATE) {
		imap_fetch_blank(i);
		buf_put(to, S("INTERNALDATE "));
		date_put_imap(to, c->item.date);
	}
	if (items & IMAP_FETCH_SIZE) {
		imap_fetch_blank(i);
		buf_put(to, S("RFC822.SIZE "));
		buf_put_u64(to, c->item.octets);
	}
	if (items & IMAP_FETCH_MODSEQ) {
		imap_fetch_blank(i);
		imap_sync_put_modseq(i, to, c->item.modseq);
	}
	if (items & (IMAP_FETCH_SAVEDATE | IMAP_FETCH_EMAILID))
		put_ids(i);
	if (c->args.notes != NULL)
		put_notes(i);
}

static void put_thread(struct imap *i, struct buf *to)
{
	struct fetch *c = i->state;

	buf_put_octet(to, '(');
	imap_object_put_thread(to, mailbox_id(view_mailbox(i->view)), &c->item, &c->record);
	buf_put_octet(to, ')');
}

/* ENVELOPE and the like, with its name. */
void imap_fetch_put_made(struct imap *i, size_t n, struct buf *to)
{
	struct fetch *c = i->state;
	unsigned how = imap_fetch_made[n].item == IMAP_FETCH_BODYSTRUCTURE ? IMAP_RECORD_EXTENDED : 0;
	enum err e = ERR_OK;

	buf_put(to, imap_fetch_made[n].name);
	buf_put_octet(to, ' ');
	if (imap_fetch_made[n].item == IMAP_FETCH_THREADID)
		put_thread(i, to);
	else if (imap_fetch_made[n].item == IMAP_FETCH_ENVELOPE)
		imap_record_put_envelope(to, &c->record, 0, imap_utf8(i));
	else
		e = imap_record_put_body(to, &c->record,
			how | (imap_utf8(i) ? IMAP_RECORD_UTF8 : 0) | (imap_is_rev2(i) ? IMAP_RECORD_DECODED : 0));
	if (e == ERR_OK)
		return;
	buf_put(to, S("NIL"));
	imap_fetch_failed(c, ERR_UNREADABLE);
}
