#include "store/imap_spelling.h"
#include "store/imap_status.h"

/* ---- SELECT, EXAMINE ---- */

struct select {
	struct str mailbox;
};

static void read_name(struct imap *i, struct imap_args *args)
{
	struct select *c = ARENA_NEW(&i->arena, struct select);

	i->state = c;
	c->mailbox = imap_arg_mailbox(args);
}

static void on_changed(void *arg)
{
	session_wake(arg);
}

/* RFC 3501 section 6.3.1; RFC 9051 section 6.3.2 has the LIST in their place. */
static void put_old_state(struct imap *i)
{
	struct buf *to = imap_out(i);
	uint32_t unseen = view_first_unseen(i->view);

	imap_put_count(to, view_recent_count(i->view), "RECENT");
	if (unseen > 0)
		buf_printf(to, "* OK [UNSEEN %u] first unseen message\r\n", unseen);
}

static void put_state(struct imap *i, const struct folder_info *info)
{
	struct select *c = i->state;
	struct buf *to = imap_out(i);

	imap_engine_put_folder_flags(i);
	imap_put_count(to, view_count(i->view), "EXISTS");
	if (imap_is_rev2(i))
		imap_spelling_put_list(i, info, c->mailbox);
	else
		put_old_state(i);
	buf_put(to, S("* OK ["));
	imap_status_put_mailboxid(to, mailbox_id(i->s->mailbox), info->id, info->uidvalidity);
	buf_put(to, S("] folder's id\r\n"));
	buf_printf(to, "* OK [UIDVALIDITY %u] UIDs valid\r\n", info->uidvalidity);
	buf_printf(to, "* OK [UIDNEXT %u] next UID\r\n", info->uidnext);
}

/* RFC 9051 section 7.1, CLOSED: what is said from here on is not about that folder. */
static void close_selected(struct imap *i)
{
	if (i->view != NULL && imap_is_rev2(i))
		imap_put_ok(imap_out(i), STR_NONE, "CLOSED", S("the folder selected before"));
	imap_engine_select(i, NULL);
}

/* RFC 3501 section 6.3.1: whatever comes of it, the folder that was selected is no longer. */
static enum step open_folder(struct imap *i, bool read_only)
{
	struct select *c = i->state;
	struct folder_info info;
	struct folder_view *view;
	enum err e = imap_engine_folder(i, c->mailbox, ACL_READ, &info);

	close_selected(i);
	/* RFC 4314 section 5.2. */
	if (e == ERR_OK && (imap_rights_of(i, &info) & (ACL_INSERT | ACL_EXPUNGE | ACL_FLAGS)) == 0)
		read_only = true;
	if (e == ERR_OK) {
		struct view_options options = { .folder = info.id,
			.read_only = read_only,
			.changed = on_changed,
			.arg = i->s };

		e = view_open(i->s->mailbox, &options, &view);
	}
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	imap_engine_select(i, view);
	put_state(i, &info);
	return imap_engine_over(i, ERR_OK, read_only ? "READ-ONLY" : "READ-WRITE", STR_NONE);
}

static enum step run_select(struct imap *i)
{
	return open_folder(i, false);
}

static enum step run_examine(struct imap *i)
{
	return open_folder(i, true);
}

/* ---- CLOSE, UNSELECT ---- */

static enum step run_unselect(struct imap *i)
{
	imap_engine_select(i, NULL);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

struct close {
	enum err removal;
	bool asked;
};

static void on_removed(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct close *c = imap_of(s)->state;

	c->removal = e;
	session_answered(s);
}

/* RFC 3501 section 6.4.2. What cannot be removed stays, and the folder stays selected. */
static enum step run_close(struct imap *i)
{
	struct close *c = i->state;
	struct expunge_request request = {
		.folder = view_folder(i->view), .all = true, .deleted_only = true
	};

	if (c == NULL)
		i->state = c = ARENA_NEW(&i->arena, struct close);
	if (!c->asked && !view_read_only(i->view) && !view_folder_gone(i->view) &&
		(imap_rights_here(i) & ACL_EXPUNGE) != 0) {
		c->asked = true;
		session_asked(i->s);
		mailbox_expunge(i->s->mailbox, &request, on_removed, i->s);
		return STEP_PEER;
	}
	if (c->removal != ERR_OK)
		return imap_engine_over(i, c->removal, NULL, STR_NONE);
	return run_unselect(i);
}

const struct imap_handler imap_select_handler = { read_name, run_select, NULL };
const struct imap_handler imap_examine_handler = { read_name, run_examine, NULL };
const struct imap_handler imap_close_handler = { NULL, run_close, NULL };
const struct imap_handler imap_unselect_handler = { NULL, run_unselect, NULL };
