#include "config/identity.h"

#include "wire/imap_write.h"

static void put_pair(struct buf *to, const char *name, struct str value)
{
	buf_printf(to, "%s\"%s\" ", to->at[to->len - 1] == '(' ? "" : " ", name);
	imap_put_string(to, value, false);
}

void identity_put(struct buf *to, const struct config *c)
{
	if (c->imap_id == CONFIG_ID_NOTHING) {
		buf_put_c(to, "ID NIL");
		return;
	}
	buf_put_c(to, "ID (");
	put_pair(to, "name", S("Bourse"));
	if (c->imap_id == CONFIG_ID_FULL) {
		put_pair(to, "version", S(BOURSE_VERSION));
		put_pair(to, "vendor", S("Bourse"));
	}
	if (c->imap_support_url.len > 0)
		put_pair(to, "support-url", c->imap_support_url);
	buf_put_octet(to, ')');
}
