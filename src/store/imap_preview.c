#include "store/imap_preview.h"

#include "base/mem.h"
#include "mail/preview.h"
#include "store/imap_text.h"

struct imap_preview {
	struct mailbox *mailbox;
	struct item item;
	const struct record *record;
	uint32_t part;  /* the next to be looked at, or the one in hand */
	unsigned tried;
	uint64_t left;  /* octets that may still be read */
	bool in_part, begun;
	uint64_t at;    /* in its body */
	struct imap_text text;
	struct buf raw;
	struct preview preview;
};

struct imap_preview *imap_preview_new(void)
{
	struct imap_preview *p = MEM_NEW(struct imap_preview);

	imap_text_init(&p->text);
	buf_init(&p->raw, IMAP_TEXT_RAW_OCTETS);
	return p;
}

void imap_preview_free(struct imap_preview *p)
{
	if (p == NULL)
		return;
	imap_text_done(&p->text);
	buf_done(&p->raw);
	mem_free(p);
}

void imap_preview_begin(
	struct imap_preview *p, struct mailbox *m, const struct item *it, const struct record *record)
{
	p->mailbox = m;
	p->item = *it;
	p->record = record;
	p->part = p->tried = 0;
	p->left = (record->flags & RECORD_OPAQUE) ? 0 : IMAP_PREVIEW_RAW_OCTETS;
	p->in_part = false;
	preview_begin(&p->preview, PREVIEW_PLAIN);
}

/* Text that a reader sees when the message is opened. */
static bool is_shown(const struct record_part *part)
{
	return part->kind == RECORD_PART_LEAF && part->body_octets > 0 &&
	       (part->flags & (RECORD_PART_OPAQUE | RECORD_PART_ENCODING_BAD)) == 0 &&
	       !str_ieq(part->disposition, S("attachment")) && str_ieq(part->type, S("text")) &&
	       (str_ieq(part->subtype, S("plain")) || str_ieq(part->subtype, S("html")));
}

/* The next one; messages inside are not looked into. */
static bool find_part(struct imap_preview *p, struct record_part *ret)
{
	while (record_part(p->record, p->part, ret)) {
		if (is_shown(ret))
			return true;
		p->part = ret->kind == RECORD_PART_MESSAGE && ret->next > p->part ? ret->next : p->part + 1;
	}
	return false;
}

static void begin_part(struct imap_preview *p, const struct record_part *part)
{
	bool html = str_ieq(part->subtype, S("html"));

	p->in_part = true;
	p->begun = false;
	p->at = 0;
	p->tried++;
	preview_begin(&p->preview, html ? PREVIEW_HTML : PREVIEW_PLAIN);
	imap_text_begin(&p->text, part->encoding, record_param_value(p->record, part->params, S("charset")), 0);
}

/* True: enough was read of this part. */
static bool read_piece(struct imap_preview *p, const struct record_part *part)
{
	/* The first words of a plain text come early. */
	uint64_t most = !p->begun && p->preview.kind == PREVIEW_PLAIN ? IMAP_TEXT_RAW_OCTETS / 16 : IMAP_TEXT_RAW_OCTETS;
	uint64_t left = part->body_octets - p->at;
	uint64_t wanted = left < most ? left : most;
	size_t used;

	if (wanted > p->left)
		wanted = p->left;
	p->begun = true;
	buf_clear(&p->raw);
	if (wanted == 0 || message_read(p->mailbox, &p->item, part->body_at + p->at, wanted, &p->raw) != ERR_OK)
		return true;
	used = imap_text_feed(&p->text, buf_str(&p->raw), wanted == left || wanted == p->left);
	p->at += used;
	p->left -= p->raw.len;
	if (!preview_feed(&p->preview, buf_str(&p->text.utf8)))
		return true;
	return used == 0 && p->left == 0;
}

bool imap_preview_step(struct imap_preview *p, struct str *ret_text)
{
	struct record_part part;

	if (p->left == 0 || (!p->in_part && p->tried == IMAP_PREVIEW_PARTS) || !find_part(p, &part)) {
		*ret_text = preview_end(&p->preview);
		return true;
	}
	if (!p->in_part)
		begin_part(p, &part);
	if (!read_piece(p, &part) && p->at < part.body_octets)
		return false;
	*ret_text = preview_end(&p->preview);
	p->in_part = false;
	p->part++;
	return ret_text->len > 0;
}
