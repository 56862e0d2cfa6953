#include "store/imap_box.h"

#include "store/imap_engine.h"

struct mailbox *imap_mailbox(const struct imap *i)
{
	return i->box->mailbox;
}

const struct acl_user *imap_user(const struct imap *i)
{
	return i->box->user;
}

struct str imap_box_outer(const struct imap_box *box, struct str name, char *room)
{
	size_t len = box->prefix.len;

	if (len == 0 || name.len == 0)
		return name;
	memcpy(room, box->prefix.at, len);
	if (str_eq(name, S("INBOX")))
		return str_make(room, len);
	room[len++] = '/';
	memcpy(room + len, name.at, name.len);
	return str_make(room, len + name.len);
}

bool imap_box_inner(const struct imap_box *box, struct str outer, struct str *ret)
{
	struct str name = outer;

	if (box->prefix.len > 0) {
		if (!str_starts(outer, box->prefix))
			return false;
		name = str_skip(outer, box->prefix.len);
		if (name.len > 0 && name.at[0] != '/')
			return false;
		name = name.len > 0 ? str_skip(name, 1) : S("INBOX");
	}
	*ret = name;
	return true;
}

void imap_box_put_name(struct imap *i, struct str name)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	imap_put_mailbox(imap_out(i), imap_box_outer(i->box, name, room), imap_utf8(i));
}

bool imap_box_subscribed(struct imap *i, struct str outer)
{
	struct folder_info f;
	size_t at = folder_from(i->s->mailbox, outer);

	return folder_next(i->s->mailbox, &at, &f) && str_eq(f.name, outer) && f.subscribed;
}

bool imap_box_shows(struct imap *i, const struct folder_info *f)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	return i->box == &i->own || i->box->public || imap_user(i)->access != ACCESS_NONE ||
	       acl_names_user(folder_acl(imap_mailbox(i), f->id), imap_user(i)) ||
	       imap_box_subscribed(i, imap_box_outer(i->box, f->name, room));
}

/* The inbox of another's mailbox has all its other folders below it. */
static bool has_more(struct imap *i)
{
	struct folder_info f;

	for (size_t at = 0; imap_rights_next(i, &at, &f);) {
		if (!str_eq(f.name, S("INBOX")) && !f.nonexistent && imap_box_shows(i, &f))
			return true;
	}
	return false;
}

void imap_box_adapt(struct imap *i, struct folder_info *f)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	if (i->box == &i->own)
		return;
	f->specials = 0;
	f->subscribed = imap_box_subscribed(i, imap_box_outer(i->box, f->name, room));
	if (!i->box->public && str_eq(f->name, S("INBOX")))
		f->has_children = has_more(i);
}

bool imap_box_is_others(struct imap *i, const struct folder_info *f, struct folder_info *ret)
{
	struct str inner;
	bool found;

	if (i->box != &i->own || !imap_others_is_name(f->name) || imap_others_enter(i, f->name, &inner) != ERR_OK)
		return false;
	found = folder_find(imap_mailbox(i), inner, ret) == ERR_OK && (imap_rights_of(i, ret) & ACL_LOOKUP) != 0;
	imap_others_leave(i);
	return found;
}
