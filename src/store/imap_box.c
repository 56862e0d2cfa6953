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

void imap_box_put_name(struct imap *i, struct str name)
{
	imap_put_mailbox(imap_out(i), name, imap_utf8(i));
}
