/*
 * UNAUTHENTICATE (RFC 8437): the session ends here, and the front has the connection again, as it
 * was before the logon. What ENABLE, SELECT, SEARCHRES, NOTIFY and the like left behind goes with
 * the session; COMPRESS ends behind the answer (section 4.1).
 */
#include "store/imap_engine.h"

static enum step leave(struct imap *i)
{
	return STEP_LEAVE;
}

/* Section 3: no NO; BAD where it is not announced (imap.hide). */
static enum step run_unauthenticate(struct imap *i)
{
	if (i->s->leave == NULL || !imap_caps_has(&i->offered, IMAP_CAP_UNAUTHENTICATE))
		return imap_engine_over(i, ERR_COMMAND, NULL, STR_NONE);
	i->then = leave;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_unauthenticate_handler = { NULL, run_unauthenticate, NULL };
