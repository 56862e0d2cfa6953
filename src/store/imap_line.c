#include "store/imap_line.h"

#include "store/imap_note.h"
#include "store/imap_sync.h"

static unsigned keywords_count(struct imap *i)
{
	unsigned n = 0;

	while (n < ITEM_KEYWORDS_MAX &&
		folder_keyword(view_mailbox(i->view), view_folder(i->view), n).len > 0)
		n++;
	return n;
}

void imap_line_put_folder_flags(struct imap *i)
{
	UNZEROED struct str keywords[ITEM_KEYWORDS_MAX];
	struct imap_flags flags = { .system = ITEM_FLAGS, .keywords = keywords };
	struct buf *to = imap_out(i);

	i->keywords_told = keywords_count(i);
	for (unsigned n = 0; n < i->keywords_told; n++)
		keywords[flags.keywords_count++] =
			folder_keyword(view_mailbox(i->view), view_folder(i->view), n);
	buf_put(to, S("* FLAGS "));
	imap_put_flags(to, &flags);
	buf_put(to, S("\r\n* OK [PERMANENTFLAGS "));
	i->rights_told = imap_rights_here(i);
	flags.system = view_read_only(i->view) ? 0 : imap_rights_flags(acl_rights_own(i->rights_told));
	if (view_read_only(i->view) || (acl_rights_own(i->rights_told) & ACL_WRITE) == 0) {
		flags.keywords_count = 0;
		imap_put_flags(to, &flags);
	} else {
		imap_put_flags(to, &flags);
		to->len--; /* the bracket comes behind \* */
		buf_put(to, i->keywords_told < ITEM_KEYWORDS_MAX ? S(" \\*)") : S(")"));
	}
	buf_put(to, S("] "));
	imap_put_text(to, i->language, S("flags that are kept"));
}

void imap_line_keywords(struct imap *i)
{
	if (folder_keyword(view_mailbox(i->view), view_folder(i->view), i->keywords_told).len > 0)
		imap_line_put_folder_flags(i);
}

static void put_with_keywords(
	struct imap *i, struct buf *to, const struct item *it, struct imap_flags *flags)
{
	struct str keywords[ITEM_KEYWORDS_MAX];

	flags->keywords = keywords;
	for (unsigned n = 0; n < i->keywords_told; n++) {
		if (item_keyword(it, n))
			keywords[flags->keywords_count++] =
				folder_keyword(view_mailbox(i->view), view_folder(i->view), n);
	}
	imap_put_flags(to, flags);
}

void imap_line_put_flags(struct imap *i, struct buf *to, const struct item *it)
{
	static const uint8_t none[sizeof(it->keywords)];
	struct imap_flags flags = { .system = it->flags };

	if (!imap_is_rev2(i) && view_recent(i->view, it->uid))
		flags.system |= IMAP_RECENT;
	buf_put(to, S("FLAGS "));
	if (memcmp(it->keywords, none, sizeof(none)) == 0)
		imap_put_flags(to, &flags);
	else
		put_with_keywords(i, to, it, &flags);
}

void imap_line_put_fetch(struct imap *i, uint32_t seq)
{
	struct buf *to = imap_out(i);
	bool uidonly = imap_enabled(i, IMAP_CAP_UIDONLY);

	buf_put(to, S("* "));
	buf_put_u64(to, uidonly ? view_uid(i->view, seq) : seq);
	buf_put(to, uidonly ? S(" UIDFETCH (") : S(" FETCH ("));
}

void imap_line_put_uid(struct imap *i, uint32_t uid)
{
	struct buf *to = imap_out(i);

	if (imap_enabled(i, IMAP_CAP_UIDONLY))
		return;
	buf_put(to, S("UID "));
	buf_put_u64(to, uid);
	buf_put_octet(to, ' ');
}

void imap_line_put_change(struct imap *i, uint32_t seq, const struct item *it)
{
	imap_line_keywords(i);
	imap_line_put_changed(i, seq, it);
}

void imap_line_put_changed(struct imap *i, uint32_t seq, const struct item *it)
{
	imap_line_put_noted(i, seq, it, NULL);
}

void imap_line_put_noted(struct imap *i, uint32_t seq, const struct item *it, const struct note_names *names)
{
	struct buf *to = imap_out(i);

	imap_line_put_fetch(i, seq);
	/* RFC 7162 section 3.2.4 and RFC 9051 section 7.5.2 want it in everything that was not asked for. */
	if (imap_sync_enabled(i) || imap_is_rev2(i) || names != NULL || (i->handler != NULL && i->command.uid))
		imap_line_put_uid(i, it->uid);
	imap_line_put_flags(i, to, it);
	if (names != NULL)
		imap_note_put_names(i, names);
	if (imap_sync_enabled(i)) {
		buf_put_octet(to, ' ');
		imap_sync_put_modseq(i, to, it->modseq);
	}
	buf_put(to, S(")\r\n"));
}
