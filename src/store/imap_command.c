#include "store/imap_command.h"

#include "store/imap_limit.h"
#include "store/imap_metadata.h"
#include "store/imap_notify.h"
#include "store/imap_sync.h"
#include "store/imap_urlauth.h"
#include "wire/line.h"

#define DONE_LINE ((size_t)1024)

void imap_command_put_capabilities(struct imap *i)
{
	buf_put_c(imap_out(i), "* ");
	imap_put_caps(imap_out(i), &i->offered, imap_limit_number, i);
	buf_put_c(imap_out(i), "\r\n");
}

static enum step run_capability(struct imap *i)
{
	imap_command_put_capabilities(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static enum step run_noop(struct imap *i)
{
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static enum step run_logout(struct imap *i)
{
	imap_put_bye(imap_out(i), i->language,
		arena_printf(&i->arena, "Bourse IMAP4rev1 server %.*s signing off", STR_FMT(i->s->host_name)));
	i->closing = true;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

/* RFC 5161 section 3.1: what is not known, or is no extension to be enabled, is passed over. */
static void read_enable(struct imap *i, struct imap_args *args)
{
	struct imap_caps *wanted = ARENA_NEW(&i->arena, struct imap_caps);
	enum imap_cap cap;

	do {
		if (imap_cap_find(imap_arg_atom(args), &cap) == ERR_OK &&
			(imap_cap_row(cap)->flags & IMAP_CAP_ENABLED))
			imap_caps_set(wanted, cap, true);
	} while (imap_arg_more(args));
	i->state = wanted;
}

static enum step run_enable(struct imap *i)
{
	const struct imap_caps *wanted = i->state;
	bool knew = imap_sync_enabled(i);
	struct buf *to = imap_out(i);

	buf_put_c(to, "* ENABLED");
	for (int cap = 0; cap < IMAP_CAP_COUNT; cap++) {
		if (!imap_caps_has(wanted, cap) || !imap_caps_has(&i->offered, cap) || imap_enabled(i, cap))
			continue;
		imap_caps_set(&i->enabled, cap, true);
		buf_printf(to, " %s", imap_cap_row(cap)->name);
	}
	buf_put_c(to, "\r\n");
	if (!knew && imap_sync_enabled(i) && i->view != NULL)
		imap_sync_put_highest(i);
	if (imap_enabled(i, IMAP_CAP_METADATA))
		imap_metadata_enable(i);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

/* RFC 2177. The first time i->state is NULL. */
static enum step run_idle(struct imap *i)
{
	struct str line;
	enum err e;

	if (i->state == NULL) {
		imap_put_go(imap_out(i), i->language, S("idling"));
		arena_done(&i->arena); /* for hours, perhaps; nothing is in it */
	}
	i->state = i;
	if (i->view != NULL && imap_contexts_due(i)) {
		imap_contexts_fetch(i);
		return STEP_AGAIN;
	}
	if (imap_notify_is_due(i))
		return imap_notify_step(i);
	if (imap_rights_lost(i))
		return STEP_DONE;
	if (i->view != NULL && view_pending(i->view) && !imap_notify_is_deaf(i)) {
		imap_engine_sync(i, true);
		imap_quota_tell(i, false);
		return imap_rights_lost(i) ? STEP_DONE : STEP_AGAIN;
	}
	imap_metadata_tell(i);
	if (imap_urlauth_tell(i)) {
		imap_engine_sync(i, true); /* so that the next change wakes it as well */
		return STEP_AGAIN;
	}
	e = line_cut(session_in(i->s), DONE_LINE, &line);
	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK) {
		i->closing = true;
		return imap_engine_over(i, e, NULL, STR_NONE);
	}
	e = str_ieq(line, S("DONE")) ? ERR_OK : ERR_SYNTAX;
	session_consume(i->s, line.len + 2);
	return imap_engine_over(i, e, NULL, e == ERR_OK ? STR_NONE : S("DONE was expected"));
}

const struct imap_handler imap_capability_handler = { NULL, run_capability, NULL };
const struct imap_handler imap_noop_handler = { NULL, run_noop, NULL };
const struct imap_handler imap_logout_handler = { NULL, run_logout, NULL };
const struct imap_handler imap_enable_handler = { read_enable, run_enable, NULL };
const struct imap_handler imap_idle_handler = { NULL, run_idle, NULL };
