#include "store/imap_urlauth.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/imap_line.h"
#include "store/imap_kept.h"
#include "store/imap_note.h"
#include "store/imap_spelling.h"
#include "store/imap_status.h"
#include "store/imap_sync.h"

/* ---- SELECT, EXAMINE ---- */

struct select {
	struct str mailbox;
	struct imap_select args;
	bool read_only, opened, collected, vanished, walking;
	struct imap_sync sync;
	struct imap_set all; /* every uid */
	struct imap_range all_range;
	struct imap_walk walk;
};

static void read_select(struct imap *i, struct imap_args *args)
{
	struct select *c = ARENA_NEW(&i->arena, struct select);

	i->state = c;
	c->mailbox = imap_arg_mailbox(args);
	imap_arg_select(args, &c->args);
	/* RFC 7162 section 3.2.3 */
	if (c->args.qresync && !imap_enabled(i, IMAP_CAP_QRESYNC))
		imap_args_fail(args, ERR_SEQUENCE);
	if (c->args.match_given && imap_enabled(i, IMAP_CAP_UIDONLY))
		imap_args_fail(args, ERR_UIDREQUIRED);
}

static void free_select(struct imap *i)
{
	struct select *c = i->state;

	imap_sync_done(&c->sync);
	imap_walk_done(&c->walk);
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
	/* RFC 9586 section 3.4: it is a message number. */
	if (unseen == 0 || imap_enabled(i, IMAP_CAP_UIDONLY))
		return;
	buf_printf(to, "* OK [UNSEEN %u] ", unseen);
	imap_put_text(to, i->language, S("first unseen message"));
}

static void put_state(struct imap *i, const struct folder_info *info)
{
	struct select *c = i->state;
	struct buf *to = imap_out(i);

	imap_line_put_folder_flags(i);
	imap_put_count(to, view_count(i->view), "EXISTS");
	if (imap_is_rev2(i))
		imap_spelling_put_list(i, info, c->mailbox);
	else
		put_old_state(i);
	imap_urlauth_begin(i);
	buf_put(to, S("* OK ["));
	imap_status_put_mailboxid(to, mailbox_id(imap_mailbox(i)), info->id, info->uidvalidity);
	buf_put(to, S("] "));
	imap_put_text(to, i->language, S("folder's id"));
	buf_printf(to, "* OK [UIDVALIDITY %u] ", info->uidvalidity);
	imap_put_text(to, i->language, S("UIDs valid"));
	buf_printf(to, "* OK [UIDNEXT %u] ", info->uidnext);
	imap_put_text(to, i->language, S("next UID"));
	imap_note_begin(i);
	imap_sync_put_highest(i);
}

static uint32_t number_at(const struct imap_set *set, uint64_t n)
{
	size_t r = 0;

	while (n > set->ranges[r].last - set->ranges[r].first)
		n -= (uint64_t)set->ranges[r].last - set->ranges[r].first + 1, r++;
	return set->ranges[r].first + (uint32_t)n;
}

/* RFC 7162 section 3.2.5.2: the last of the pairs that still hold; below it nothing has gone. Where one does not hold, none
 * behind it does. */
static uint32_t matched_uid(struct imap *i, const struct imap_select *args)
{
	uint64_t from = 0, to = args->match_given ? imap_set_size(&args->match_seqs) : 0;

	while (from < to) {
		uint64_t mid = from + (to - from) / 2;

		if (view_uid(i->view, number_at(&args->match_seqs, mid)) ==
			number_at(&args->match_uids, mid))
			from = mid + 1;
		else
			to = mid;
	}
	return from > 0 ? number_at(&args->match_uids, from - 1) : 0;
}

static void begin_sync(struct imap *i)
{
	struct select *c = i->state;

	c->sync = (struct imap_sync){ .since = c->args.modseq,
		.changed = true,
		.vanished = true,
		.vanished_from = matched_uid(i, &c->args) + 1,
		.known = c->args.known,
		.known_given = c->args.known_given };
	c->all_range = (struct imap_range){ 1, UINT32_MAX };
	c->all = (struct imap_set){ .ranges = &c->all_range, .count = 1 };
}

static void begin_rows(struct select *c, struct imap *i)
{
	c->walking = true;
	c->walk = (struct imap_walk){ .view = i->view,
		.set = c->args.known_given ? &c->args.known : &c->all,
		.uid = true,
		.seq = 1 };
	imap_sync_narrow(&c->sync, &c->walk);
}

static enum step put_rows(struct imap *i)
{
	struct select *c = i->state;

	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		uint32_t seq = imap_walk_next(&c->walk);
		const struct item *it = view_item(i->view, seq);

		if (it == NULL && !c->walk.paused)
			return imap_engine_over(i, ERR_OK, c->read_only ? "READ-ONLY" : "READ-WRITE",
				STR_NONE);
		if (it != NULL)
			imap_line_put_change(i, seq, it);
		if (it == NULL)
			break;
	}
	return STEP_AGAIN;
}

/* RFC 7162 section 3.2.5.1: what is gone first, so that numbers are what the client thinks they are. */
static enum step resync(struct imap *i)
{
	struct select *c = i->state;
	enum err e;

	if (!c->collected) {
		c->collected = imap_sync_collect(i, &c->sync, &e);
		return e == ERR_OK ? STEP_AGAIN : imap_engine_over(i, e, NULL, STR_NONE);
	}
	if (!c->vanished) {
		c->vanished = imap_sync_put_vanished(i, &c->sync);
		return STEP_AGAIN;
	}
	if (!c->walking)
		begin_rows(c, i);
	return put_rows(i);
}

/* RFC 7162 section 3.2.11, RFC 9051 section 7.1: what is said from here on is not about that folder. */
static void close_selected(struct imap *i)
{
	if (i->view != NULL)
		imap_put_ok(imap_out(i), i->language, STR_NONE, "CLOSED", S("the folder selected before"));
	imap_engine_select(i, NULL);
}

/* Whoever looks into another's mailbox leaves a trace, as by logging on to it. */
static void note_other(struct imap *i, const struct folder_info *info, bool read_only)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	if (i->box != &i->own && !i->box->public)
		log_put(LOG_other_selected, LOG_S("account", i->s->account), LOG_S("client", i->s->client),
			LOG_S("folder", imap_box_outer(i->box, info->name, room)), LOG_U("mailbox", mailbox_id(imap_mailbox(i))),
			LOG_U("read_only", read_only), LOG_END);
}

/* RFC 3501 section 6.3.1: whatever comes of it, the folder that was selected is no longer. */
static enum step open_folder(struct imap *i, bool read_only)
{
	struct select *c = i->state;
	bool examined = read_only;
	struct folder_info info;
	struct folder_view *view;
	enum err e = imap_engine_folder(i, c->mailbox, ACL_READ, &info);

	close_selected(i);
	/* RFC 4314 section 5.2. */
	if (e == ERR_OK && (acl_rights_own(imap_rights_of(i, &info)) & (ACL_INSERT | ACL_EXPUNGE | ACL_FLAGS)) == 0)
		read_only = true;
	if (e == ERR_OK && folder_is_kept(info.id))
		examined = read_only = true;
	if (c->args.condstore)
		imap_sync_enable(i);
	if (e == ERR_OK) {
		struct view_options options = { .folder = info.id,
			.read_only = read_only,
			.reader = imap_user(i)->account,
			.changed = on_changed,
			.arg = i->s };

		e = view_open(imap_mailbox(i), &options, &view);
	}
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	imap_engine_select(i, view);
	note_other(i, &info, read_only);
	i->examined = examined;
	i->annotates = c->args.annotate;
	put_state(i, &info);
	c->read_only = read_only;
	/* RFC 7162 section 3.2.5: not where there are no modseqs. */
	c->opened = c->args.qresync && c->args.uidvalidity == info.uidvalidity && !imap_kept_here(i);
	if (!c->opened)
		return imap_engine_over(i, ERR_OK, read_only ? "READ-ONLY" : "READ-WRITE", STR_NONE);
	begin_sync(i);
	return STEP_AGAIN;
}

static enum step run_select(struct imap *i)
{
	struct select *c = i->state;

	return c->opened ? resync(i) : open_folder(i, false);
}

static enum step run_examine(struct imap *i)
{
	struct select *c = i->state;

	return c->opened ? resync(i) : open_folder(i, true);
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

/* What is one's own, when that is all that one may remove. */
static enum step remove_deleted(struct imap *i)
{
	struct close *c = i->state;
	struct expunge_request request = {
		.folder = view_folder(i->view), .all = (imap_rights_here(i) & ACL_EXPUNGE) != 0, .deleted_only = true
	};
	uint32_t *uids = NULL;
	size_t count = 0;

	if (!request.all)
		c->removal = imap_rights_own_deleted(i, &uids, &count);
	if (c->removal != ERR_OK)
		return imap_engine_over(i, c->removal, NULL, STR_NONE);
	request.list = (struct uid_list){ uids, count };
	c->asked = true;
	session_asked(i->s);
	mailbox_expunge(view_mailbox(i->view), &request, on_removed, i->s);
	mem_free(uids);
	return STEP_PEER;
}

/* RFC 3501 section 6.4.2. What cannot be removed stays, and the folder stays selected. */
static enum step run_close(struct imap *i)
{
	struct close *c = i->state;

	if (c == NULL)
		i->state = c = ARENA_NEW(&i->arena, struct close);
	if (!c->asked && !view_read_only(i->view) && !view_folder_gone(i->view) &&
		(acl_rights_own(imap_rights_here(i)) & ACL_EXPUNGE) != 0)
		return remove_deleted(i);
	if (c->removal != ERR_OK)
		return imap_engine_over(i, c->removal, NULL, STR_NONE);
	return run_unselect(i);
}

const struct imap_handler imap_select_handler = { read_select, run_select, free_select };
const struct imap_handler imap_examine_handler = { read_select, run_examine, free_select };
const struct imap_handler imap_close_handler = { NULL, run_close, NULL };
const struct imap_handler imap_unselect_handler = { NULL, run_unselect, NULL };
