#include "store/imap_engine.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/imap_command.h"
#include "store/imap_conversion.h"
#include "store/imap_convert.h"
#include "store/imap_input.h"
#include "store/imap_kept.h"
#include "store/imap_limit.h"
#include "store/imap_metadata.h"
#include "store/imap_news.h"
#include "store/imap_notify.h"
#include "store/imap_progress.h"
#include "store/imap_spelling.h"
#include "store/imap_sync.h"
#include "store/imap_urlauth.h"

#define KEEP_OCTETS ((size_t)4 << 10) /* of arenas between commands */

/* ---- what happened in the folder ---- */

void imap_engine_sync(struct imap *i, bool allow_expunges)
{
	uint32_t limit;

	if (i->view == NULL)
		return;
	limit = view_uid_limit(i->view);
	view_sync(i->view, allow_expunges, imap_news_keep, i);
	if (view_uid_limit(i->view) > limit)
		imap_notify_arrived(i, limit, view_uid_limit(i->view));
}

/* ---- folders ---- */

/* The mailbox of the folder that was selected is open no longer, unless the command is about it. */
static void leave_selected(struct imap *i)
{
	struct imap_box *was = i->here, *now = i->box;

	i->here = NULL;
	if (was == NULL || was == now)
		return;
	i->box = was;
	imap_others_leave(i);
	i->box = now;
}

void imap_engine_select(struct imap *i, struct folder_view *view)
{
	imap_news_drop(i);
	imap_contexts_drop(i);
	imap_notify_closed(i);
	imap_saved_clear(i);
	view_close(i->view);
	i->view = view;
	leave_selected(i);
	i->here = view != NULL ? i->box : NULL;
	i->keywords_told = 0;
}

enum err imap_engine_folder(
	struct imap *i, struct str name, uint32_t rights, struct folder_info *ret)
{
	enum err e = imap_others_enter(i, name, &name);

	if (e == ERR_OK)
		e = folder_find(imap_mailbox(i), name, ret);
	if (e == ERR_NOFOLDER && imap_kept_folder(i, name, ret) == ERR_OK)
		return imap_rights_need(i, ret, rights);
	if (e == ERR_OK)
		imap_spelling_tell(i, ret, name);
	if (e == ERR_OK && (ret->noselect || ret->nonexistent))
		e = ERR_NOFOLDER;
	return e == ERR_OK ? imap_rights_need(i, ret, rights) : e;
}

/* ---- the end of a command ---- */

enum step imap_engine_over(struct imap *i, enum err e, const char *code, struct str text)
{
	i->over = true;
	imap_kept_release(i);
	imap_others_leave(i);
	i->result = e;
	i->code = code;
	i->text = text;
	return STEP_AGAIN;
}

/* RFC 3501 section 7.4.1: no EXPUNGE while FETCH, STORE or SEARCH with message numbers is answered.
 */
static void sync_at_end(struct imap *i)
{
	unsigned flags = i->row->flags;

	i->synced = true;
	/* RFC 5465 section 3.1: of nothing but what the client itself removes. */
	if (imap_notify_is_deaf(i) && i->command.verb != IMAP_EXPUNGE && i->command.verb != IMAP_MOVE)
		return;
	if (flags & IMAP_BREAKS_SEQS)
		imap_engine_sync(i, true);
	else if (flags & IMAP_USES_SEQS)
		imap_engine_sync(i, i->command.uid && !i->numbers_used);
}

/* In the tagged answer, or before it where there is another code. */
static void put_codes(struct imap *i)
{
	const char *modseq = imap_sync_code(i);
	bool taken = i->result != ERR_OK || i->code != NULL;

	if (modseq != NULL && taken)
		imap_put_ok(imap_out(i), i->language, STR_NONE, modseq, S("highest"));
	else if (modseq != NULL)
		i->code = modseq;
	taken |= modseq != NULL;
	if (i->limit_code != NULL && taken) {
		imap_put_begin(imap_out(i), STR_NONE, "NO", i->limit_code);
		imap_put_text(imap_out(i), i->language, S("there are more below"));
	} else if (i->limit_code != NULL)
		i->code = i->limit_code;
	/* RFC 5530 section 3: numbers do not move yet, and a NOOP would tell. */
	if (i->result == ERR_OK && i->code == NULL && (i->row->flags & IMAP_USES_SEQS) && !i->command.uid &&
		i->view != NULL && view_expunges_pending(i->view))
		i->code = "EXPUNGEISSUED";
}

static void answer(struct imap *i)
{
	struct buf *to = imap_out(i);
	bool creates = i->handler == &imap_append_handler || i->handler == &imap_copy_handler ||
		       i->handler == &imap_move_handler || i->handler == &imap_replace_handler;

	if (i->result == ERR_PERM && i->missing != 0 && i->text.len == 0)
		i->text = imap_rights_missing(i);
	if (i->result == ERR_OK && i->text.len == 0)
		i->text = arena_printf(
			&i->arena, "%s%s completed", i->command.uid ? "UID " : "", i->row->verb);
	put_codes(i);
	if (i->result == ERR_OK) {
		imap_put_ok(to, i->language, i->command.tag, i->code, i->text);
	} else if (i->code != NULL) {
		imap_put_begin(to, i->command.tag, err_row(i->result)->imap_status, i->code);
		imap_put_text(to, i->language, i->text.len > 0 ? i->text : str_from_c(err_text(i->result)));
	} else if (i->result == ERR_NOFOLDER && !creates) { /* TRYCREATE would be bad advice */
		imap_put_status(to, i->language, i->command.tag, ERR_NOTFOUND, S("no such folder"));
	} else {
		imap_put_status(to, i->language, i->command.tag, i->result, i->text);
	}
}

/* One large command must not make an idle session dear. */
static void forget_arena(struct arena *a)
{
	if (a->held > KEEP_OCTETS)
		arena_done(a);
	else
		arena_clear(a);
}

static void forget_command(struct imap *i)
{
	if (i->handler != NULL && i->handler->free != NULL && i->state != NULL)
		i->handler->free(i);
	imap_progress_end(i);
	i->handler = NULL;
	i->state = NULL;
	i->then = NULL;
	i->over = i->synced = i->mid_line = false;
	i->missing = 0;
	i->modseq_told = i->expunges_told = i->numbers_used = false;
	i->limit_code = NULL;
	i->has_body = false;
	i->reach_due = false;
	imap_others_leave(i);
	forget_arena(&i->arena);
	forget_arena(&i->parsed);
}

static void put_bye(struct imap *i, enum err why)
{
	imap_put_status(imap_out(i), i->language, STR_NONE, why, STR_NONE);
}

/* After an answer: how many senseless ones in a row were there? */
static enum step count_bad(struct imap *i, enum err e)
{
	if (strcmp(err_row(e)->imap_status, "BAD") != 0) {
		i->bad = 0;
		return STEP_AGAIN;
	}
	if (++i->bad < IMAP_BAD_MAX)
		return STEP_AGAIN;
	log_put(LOG_bad_input, LOG_S("account", i->s->account), LOG_S("client", i->s->client),
		LOG_END);
	put_bye(i, ERR_JUNK);
	return STEP_DONE;
}

void imap_engine_nest(struct imap *i, const struct imap_handler *handler, enum imap_verb verb)
{
	must(!i->nested && !i->over);
	i->nested = true;
	i->outer.handler = i->handler;
	i->outer.row = i->row;
	i->outer.command = i->command;
	i->outer.state = i->state;
	i->handler = handler;
	i->row = imap_row(verb);
	i->command = (struct imap_command){ .verb = verb, .uid = true };
	i->state = NULL;
}

static enum step finish_nested(struct imap *i)
{
	if (i->handler->free != NULL && i->state != NULL)
		i->handler->free(i);
	i->handler = i->outer.handler;
	i->row = i->outer.row;
	i->command = i->outer.command;
	i->state = i->outer.state;
	i->nested = i->over = i->mid_line = false;
	i->limit_code = NULL;
	forget_arena(&i->arena);
	return STEP_AGAIN;
}

static enum step finish(struct imap *i)
{
	enum step (*then)(struct imap *i) = i->then;
	bool closing = i->closing;
	enum err e = i->result;

	if (i->nested)
		return finish_nested(i);
	if (!i->synced) {
		sync_at_end(i);
		return STEP_AGAIN;
	}
	imap_rights_tell(i);
	imap_urlauth_tell(i);
	if (i->view != NULL || (i->row->flags & IMAP_BODY))
		imap_quota_tell(i, i->command.verb == IMAP_SELECT || i->command.verb == IMAP_EXAMINE);
	imap_metadata_tell(i);
	answer(i);
	forget_command(i);
	if (then != NULL)
		return then(i);
	return closing ? STEP_DONE : count_bad(i, e);
}

/* ---- dialogue ---- */

static const struct imap_handler *const handlers[IMAP_VERB_COUNT] = {
	[IMAP_CAPABILITY] = &imap_capability_handler,
	[IMAP_NOOP] = &imap_noop_handler,
	[IMAP_LOGOUT] = &imap_logout_handler,
	[IMAP_ID] = &imap_id_handler,
	[IMAP_ENABLE] = &imap_enable_handler,
	[IMAP_COMPRESS] = &imap_compress_handler,
	[IMAP_UNAUTHENTICATE] = &imap_unauthenticate_handler,
	[IMAP_SELECT] = &imap_select_handler,
	[IMAP_EXAMINE] = &imap_examine_handler,
	[IMAP_CREATE] = &imap_create_handler,
	[IMAP_DELETE] = &imap_delete_handler,
	[IMAP_RENAME] = &imap_rename_handler,
	[IMAP_SUBSCRIBE] = &imap_subscribe_handler,
	[IMAP_UNSUBSCRIBE] = &imap_unsubscribe_handler,
	[IMAP_LIST] = &imap_list_handler,
	[IMAP_LSUB] = &imap_lsub_handler,
	[IMAP_RLIST] = &imap_rlist_handler,
	[IMAP_RLSUB] = &imap_lsub_handler,
	[IMAP_NAMESPACE] = &imap_namespace_handler,
	[IMAP_LANGUAGE] = &imap_language_handler,
	[IMAP_STATUS] = &imap_status_handler,
	[IMAP_GETMETADATA] = &imap_getmetadata_handler,
	[IMAP_SETMETADATA] = &imap_setmetadata_handler,
	[IMAP_APPEND] = &imap_append_handler,
	[IMAP_REPLACE] = &imap_replace_handler,
	[IMAP_RESETKEY] = &imap_resetkey_handler,
	[IMAP_GENURLAUTH] = &imap_genurlauth_handler,
	[IMAP_URLFETCH] = &imap_urlfetch_handler,
	[IMAP_IDLE] = &imap_idle_handler,
	[IMAP_NOTIFY] = &imap_notify_handler,
	[IMAP_CHECK] = &imap_noop_handler,
	[IMAP_CLOSE] = &imap_close_handler,
	[IMAP_UNSELECT] = &imap_unselect_handler,
	[IMAP_EXPUNGE] = &imap_expunge_handler,
	[IMAP_SEARCH] = &imap_search_handler,
	[IMAP_SORT] = &imap_sort_handler,
	[IMAP_THREAD] = &imap_thread_handler,
	[IMAP_CANCELUPDATE] = &imap_cancelupdate_handler,
	[IMAP_ESEARCH] = &imap_esearch_handler,
	[IMAP_COMPARATOR] = &imap_comparator_handler,
	[IMAP_FETCH] = &imap_fetch_handler,
	[IMAP_CONVERT] = &imap_convert_handler,
	[IMAP_CONVERSIONS] = &imap_conversions_handler,
	[IMAP_STORE] = &imap_store_handler,
	[IMAP_COPY] = &imap_copy_handler,
	[IMAP_MOVE] = &imap_move_handler,
	[IMAP_SETACL] = &imap_setacl_handler,
	[IMAP_DELETEACL] = &imap_deleteacl_handler,
	[IMAP_GETACL] = &imap_getacl_handler,
	[IMAP_LISTRIGHTS] = &imap_listrights_handler,
	[IMAP_MYRIGHTS] = &imap_myrights_handler,
	[IMAP_GETQUOTA] = &imap_getquota_handler,
	[IMAP_GETQUOTAROOT] = &imap_getquotaroot_handler,
	[IMAP_SETQUOTA] = &imap_setquota_handler,
};

static enum err parse(struct imap *i, struct str command)
{
	struct imap_args args;
	enum err e;

	imap_args_init(&args, &i->parsed, arena_str(&i->parsed, command));
	args.utf8 = imap_utf8(i);
	e = imap_command(&args, &i->command);
	if (e != ERR_OK)
		return e;
	i->row = imap_row(i->command.verb);
	i->handler = handlers[i->command.verb];
	if (i->handler == NULL || (i->row->states & (i->view ? IMAP_SELECTED : IMAP_AUTH)) == 0)
		return ERR_SEQUENCE;
	if (i->s->user.access == ACCESS_ANYONE && (i->row->flags & IMAP_NAMED))
		return ERR_PERM;
	/* ESEARCH answers with uids (RFC 7377 section 2.1). */
	if (imap_enabled(i, IMAP_CAP_UIDONLY) && (i->row->flags & IMAP_USES_SEQS) && !i->command.uid &&
		i->command.verb != IMAP_ESEARCH)
		return ERR_UIDREQUIRED;
	if (i->handler->read != NULL)
		i->handler->read(i, &args);
	return imap_args_end(&args);
}

void imap_engine_skip_body(struct imap *i)
{
	i->skip_octets = i->body_octets;
	i->skipping = true;
}

static bool names_others(struct imap *i, struct str command)
{
	enum imap_verb verb = i->command.verb;
	bool lists = verb == IMAP_LIST || verb == IMAP_LSUB || verb == IMAP_RLIST || verb == IMAP_RLSUB;
	bool wild = lists && (str_has_octet(command, '*') || str_has_octet(command, '%'));
	bool subscribed = (lists || verb == IMAP_ESEARCH || verb == IMAP_NOTIFY) && str_ilike(command, S("*SUBSCRIBED*"));

	i->reach_all = imap_others_named(command) || verb == IMAP_LSUB || verb == IMAP_RLSUB || subscribed;
	return wild || i->reach_all;
}

static enum step begin(struct imap *i, const struct imap_cut *cut)
{
	enum err e;

	i->command = (struct imap_command){ 0 };
	imap_progress_begin(i);
	e = parse(i, cut->command);
	i->reach_due = e == ERR_OK && names_others(i, cut->command);
	session_consume(i->s, cut->used);
	if (e == ERR_OK)
		return STEP_AGAIN;
	imap_put_status(imap_out(i), i->language, i->command.tag, e, STR_NONE);
	if (i->has_body && !i->body_sync)
		imap_engine_skip_body(i);
	forget_command(i);
	return count_bad(i, e);
}

static enum step read_command(struct imap *i)
{
	struct imap_cut cut;
	enum err e = imap_input_cut(i, IMAP_INPUT_COMMAND, &cut);

	if (e == ERR_NEEDMORE) { /* a session at rest holds little */
		arena_done(&i->arena);
		arena_done(&i->parsed);
		return STEP_READ;
	}
	if (e == ERR_TOOLONG || e == ERR_BARELINEEND)
		return imap_input_lost(i, cut.tag, e);
	if (e == ERR_OK)
		return begin(i, &cut);
	imap_put_status(imap_out(i), i->language, cut.tag, e,
		e == ERR_TOOBIG ? S("command exceeds the size limit") : STR_NONE);
	session_consume(i->s, cut.used);
	return count_bad(i, e);
}

static enum step imap_run(struct session *s)
{
	struct imap *i = imap_of(s);

	if (i->skipping)
		return imap_input_skip(i);
	if (i->news_count > 0 || (i->synced && i->contexts.touched_count > 0))
		return imap_news_tell(i);
	if (i->over)
		return finish(i);
	if (i->handler != NULL && i->reach_due) {
		i->reach_due = false;
		return imap_others_ask(i, i->reach_all);
	}
	if (i->handler != NULL)
		return i->handler->run(i);
	if (imap_rights_lost(i))
		return STEP_DONE;
	if (i->view != NULL && imap_contexts_due(i)) {
		imap_contexts_fetch(i);
		return STEP_AGAIN;
	}
	if (imap_notify_is_due(i))
		return imap_notify_step(i);
	imap_input_room(i, i->looked_at * 2);
	return read_command(i);
}

static void put_welcome(struct imap *i, struct str text)
{
	struct buf code;

	i->offered = imap_id_offered(i->s);
	buf_init(&code, 4096);
	imap_put_caps(&code, &i->offered, imap_limit_number, i);
	buf_put_octet(&code, '\0');
	imap_put_ok(imap_out(i), i->language, i->s->tag, code.at, text);
	buf_done(&code);
}

static enum err imap_open(struct session *s)
{
	struct imap *i = MEM_NEW(struct imap);
	/* RFC 3501 section 9, text: ASCII, until IMAP4rev2 or another language (RFC 5255 section 3.5) is switched on. */
	struct str text = s->language != LANGUAGE_I_DEFAULT || str_is_ascii(s->mailbox_name)
				  ? arena_printf(&s->arena, "logged on as %.*s", STR_FMT(s->mailbox_name))
				  : S("logged on");

	i->s = s;
	i->language = s->language;
	i->own = (struct imap_box){ s->mailbox, &s->user, S("") };
	i->box = &i->own;
	i->in_max = IMAP_IN_OCTETS;
	s->state = i;
	arena_init(&i->arena, ARENA_NONE);
	arena_init(&i->parsed, IMAP_PARSED_OCTETS + s->limits.arguments_octets_max);
	if (s->refused != ERR_OK) {
		imap_put_status(session_out(s), s->language, s->tag, s->refused, STR_NONE);
		return s->refused;
	}
	put_welcome(i, text);
	return ERR_OK;
}

static void imap_farewell(struct session *s, enum err why)
{
	struct imap *i = imap_of(s);

	if (i->mid_line)
		return;
	if (strcmp(err_row(why)->imap_status, "BYE") == 0)
		put_bye(i, why);
	else
		imap_put_bye(session_out(s), i->language, str_from_c(err_text(why)));
}

static void imap_free(struct session *s)
{
	struct imap *i = imap_of(s);

	if (i->nested)
		finish_nested(i);
	forget_command(i);
	imap_notify_free(i);
	imap_news_drop(i);
	imap_contexts_drop(i);
	imap_saved_clear(i);
	imap_metadata_done(i);
	imap_conversions_free(i->conversions);
	view_close(i->view);
	i->here = NULL;
	imap_kept_release(i);
	imap_others_done(i);
	arena_done(&i->arena);
	arena_done(&i->parsed);
	mem_free(i);
}

static void imap_rights_changed(struct session *s, const struct session_reply *reply)
{
	imap_others_take(imap_of(s), reply);
}

static const char *imap_doing(const struct session *s)
{
	const struct imap *i = imap_of(s);

	return i->handler != NULL ? i->row->handler : "idle";
}

const struct session_engine imap_engine = {
	.name = "imap",
	.in_octets_max = IMAP_IN_OCTETS,
	.open = imap_open,
	.run = imap_run,
	.rights = imap_rights_changed,
	.farewell = imap_farewell,
	.free = imap_free,
	.doing = imap_doing,
};
