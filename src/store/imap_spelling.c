#include "store/imap_spelling.h"

#include "wire/imap_use.h"

/* A separator at the end is no part of a name (RFC 9051 section 6.3.4). */
static bool is_spelt(struct str as, struct str name)
{
	return str_eq(str_ends(as, S("/")) ? str_sub(as, 0, as.len - 1) : as, name);
}

void imap_spelling_put_list(struct imap *i, const struct folder_info *f, struct str supplied)
{
	struct buf *to = imap_out(i);
	unsigned uses = f->specials & FOLDER_SPECIAL_USES;

	buf_printf(to, "* LIST (%s%s%s%s", f->noselect ? "\\Noselect " : "",
		f->nonexistent ? "\\NonExistent " : "", f->has_children ? "\\HasChildren" : "\\HasNoChildren",
		uses != 0 ? " " : "");
	imap_put_uses(to, uses);
	buf_put(to, S(") \"/\" "));
	imap_box_put_name(i, f->name);
	if (!is_spelt(supplied, f->name)) {
		buf_put(to, S(" (\"OLDNAME\" ("));
		imap_put_mailbox(to, supplied, imap_utf8(i));
		buf_put(to, S("))"));
	}
	buf_put(to, S("\r\n"));
}

void imap_spelling_tell(struct imap *i, const struct folder_info *f, struct str supplied)
{
	bool listed = i->command.verb == IMAP_SELECT || i->command.verb == IMAP_EXAMINE;

	if (imap_is_rev2(i) && !listed && !is_spelt(supplied, f->name))
		imap_spelling_put_list(i, f, supplied);
}

void imap_spelling_changed(struct imap *i, struct str name, struct str to)
{
	struct folder_info info = { .nonexistent = true };
	struct str was, is;

	if (!imap_is_rev2(i) || folder_name(&i->arena, name, &was) != ERR_OK)
		return;
	is = was;
	if (to.len > 0 && folder_name(&i->arena, to, &is) != ERR_OK)
		return;
	if (is_spelt(name, was) && (to.len == 0 || is_spelt(to, is)))
		return;
	info.name = is;
	if (folder_find(imap_mailbox(i), is, &info) == ERR_OK || to.len == 0)
		imap_spelling_put_list(i, &info, name);
}
