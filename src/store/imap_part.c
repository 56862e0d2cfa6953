#include "store/imap_part.h"

#include "store/imap_engine.h"

/* The message with that uid, as it is now. */
static enum err find_item(struct mailbox *m, uint32_t folder, uint32_t uid, struct item *ret)
{
	struct view_options options = { .folder = folder, .read_only = true };
	struct folder_view *view;
	const struct item *it;
	enum err e = view_open(m, &options, &view);

	if (e != ERR_OK)
		return e;
	it = view_item(view, view_seq(view, uid));
	if (it != NULL)
		*ret = *it;
	view_close(view);
	return it != NULL ? ERR_OK : ERR_NOMESSAGE;
}

static enum err find_source(struct imap_part *p, const struct imap_section *section)
{
	struct record record;
	struct str octets;
	struct arena a;
	enum err e = ERR_OK;

	arena_init(&a, ARENA_NONE);
	if (imap_section_needs_record(section)) {
		e = message_record(p->mailbox, &p->item, &a, &octets);
		if (e == ERR_OK && record_open_view(octets, &record) != ERR_OK)
			e = ERR_UNREADABLE;
	}
	if (e == ERR_OK)
		e = imap_section_find(p->mailbox, &p->item, imap_section_needs_record(section) ? &record : NULL, section, &p->source);
	arena_done(&a);
	return e == ERR_OK && p->source.nil ? ERR_NOTFOUND : e;
}

enum err imap_part_open(
	struct mailbox *m, const struct folder_info *folder, const struct imap_url *url, struct imap_part *ret)
{
	enum err e;

	*ret = (struct imap_part){ .mailbox = m };
	if (url->uidvalidity != 0 && url->uidvalidity != folder->uidvalidity)
		return ERR_NOFOLDER;
	e = find_item(m, folder->id, url->uid, &ret->item);
	if (e != ERR_OK)
		return e;
	buf_init(&ret->source.text, RECORD_HEADER_OCTETS_MAX + 2);
	e = find_source(ret, &url->section);
	if (e != ERR_OK)
		imap_part_done(ret);
	return e;
}

enum err imap_part_read(struct imap_part *p, struct buf *to)
{
	uint64_t left = p->source.octets - p->done, at = p->source.at + p->done;
	size_t n = left < IMAP_PIECE_OCTETS ? (size_t)left : IMAP_PIECE_OCTETS;
	enum err e = ERR_OK;

	if (p->source.made)
		buf_put(to, str_sub(buf_str(&p->source.text), (size_t)at, n));
	else if (n > 0)
		e = message_read(p->mailbox, &p->item, at, n, to);
	p->done += n;
	return e;
}

void imap_part_done(struct imap_part *p)
{
	buf_done(&p->source.text);
}
