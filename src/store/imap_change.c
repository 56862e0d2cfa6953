#include "base/mem.h"
#include "store/imap_kept.h"
#include "store/imap_limit.h"
#include "store/imap_line.h"
#include "store/imap_note.h"
#include "store/imap_progress.h"
#include "store/imap_sync.h"
#include "store/imap_transfer.h"
#include "store/moderation.h"

/* Commands that change the messages of a set: one question to the store, then what the answer asks
 * for. */
struct change {
	struct imap_set set;
	struct str mailbox;      /* COPY, MOVE: the target */
	struct imap_store store; /* STORE */
	struct imap_store_modifiers modifiers;
	uint64_t first_modseq; /* STORE: of the changes made; 0: none */
	uint32_t *refused;     /* STORE: uids that were changed meanwhile; owned */
	size_t refused_count;
	uint32_t *uids;          /* of the set; owned */
	size_t count, gone;
	uint32_t limit_uid; /* lower ones of the set were left out (MESSAGELIMIT); 0: none */
	size_t looked_at; /* of uids: they have the parts that STORE ANNOTATION is about */
	bool resolved, asked, answering;
	bool waits; /* COPY, MOVE: they wait for a moderator, elsewhere than in the folder that was named */
	enum err result;
	const char *code;      /* COPYUID, MODIFIED */
	struct imap_walk walk; /* STORE: the rows of the answer */
};

static void free_change(struct imap *i)
{
	struct change *c = i->state;

	imap_transfer_free(i, i->transfer);
	i->transfer = NULL;
	mem_free(c->uids);
	mem_free(c->refused);
}

static struct change *new_change(struct imap *i)
{
	struct change *c = ARENA_NEW(&i->arena, struct change);

	i->state = c;
	return c;
}

/* The messages of the set; ERR_SYNTAX for a number that is none. Of a folder that is no more they all are gone: that is no word
 * about the target of a COPY, which TRYCREATE would be. */
static enum err resolve(struct imap *i)
{
	struct change *c = i->state;
	struct imap_walk walk;
	enum err e = imap_walk_init(&walk, i, &c->set);

	if (e != ERR_OK)
		return e;
	if (view_folder_gone(i->view))
		return ERR_EXPUNGED;
	c->uids = imap_walk_uids(&walk, &c->count, &c->gone);
	return ERR_OK;
}

/* RFC 9738 section 3.1: those with the highest uids. */
static void cut_to_limit(struct imap *i)
{
	struct change *c = i->state;
	uint32_t limit = imap_limit_messages(i);

	if (limit == 0 || c->count <= limit)
		return;
	memmove(c->uids, c->uids + (c->count - limit), limit * sizeof(*c->uids));
	c->count = limit;
	c->limit_uid = c->uids[0];
}

static enum step over(struct imap *i, enum err e)
{
	struct change *c = i->state;

	/* RFC 2180 section 4.2: others have expunged what was meant. A UID that is no more is
	 * passed over. */
	if (e == ERR_OK && c->gone > 0 && !i->command.uid)
		e = ERR_EXPUNGED;
	imap_limit_note(i, c->limit_uid);
	return imap_engine_over(i, e, c->waits ? NULL : c->code, e == ERR_OK && c->waits ? S("held until a moderator approves it") : STR_NONE);
}

/* ---- EXPUNGE ---- */

static void read_expunge(struct imap *i, struct imap_args *args)
{
	struct change *c = new_change(i);

	if (i->command.uid)
		imap_arg_set(args, &c->set);
}

static void on_expunged(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct change *c = imap_of(s)->state;

	c->result = e;
	session_answered(s);
}

/* Others of the set do not count for a limit. */
static void keep_deleted(struct imap *i)
{
	struct change *c = i->state;
	size_t count = 0;

	for (size_t n = 0; n < c->count; n++) {
		const struct item *it = view_item(i->view, view_seq(i->view, c->uids[n]));

		if (it != NULL && (it->flags & ITEM_DELETED))
			c->uids[count++] = c->uids[n];
	}
	c->count = count;
}

/* All that may be removed is named: what is one's own, when that is all. */
static enum err name_own(struct imap *i)
{
	struct change *c = i->state;

	if (!i->command.uid)
		return imap_rights_own_deleted(i, &c->uids, &c->count);
	return mailbox_posted(view_mailbox(i->view), view_folder(i->view), i->here->user->account, c->uids, &c->count);
}

static enum step run_expunge(struct imap *i)
{
	struct change *c = i->state;
	struct expunge_request request = { .folder = view_folder(i->view), .deleted_only = true };
	uint32_t rights = imap_rights_here(i);
	bool own = (rights & ACL_EXPUNGE) == 0 && (rights & ACL_DELETE_OWN) != 0;
	enum err e = ERR_OK;

	if (c->asked) {
		imap_limit_note(i, c->limit_uid);
		return imap_engine_over(i, c->result, NULL, STR_NONE);
	}
	if (view_read_only(i->view))
		e = ERR_READONLY;
	else if (!own)
		e = imap_rights_need_here(i, ACL_EXPUNGE);
	if (e == ERR_OK && i->command.uid)
		e = resolve(i);
	if (e == ERR_OK && i->command.uid)
		keep_deleted(i);
	if (e == ERR_OK && own)
		e = name_own(i);
	cut_to_limit(i);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	request.all = !i->command.uid && !own;
	request.list = (struct uid_list){ c->uids, c->count };
	c->asked = true;
	imap_progress_wait(i, c->count);
	session_asked(i->s);
	mailbox_expunge(view_mailbox(i->view), &request, on_expunged, i->s);
	return STEP_PEER;
}

/* ---- STORE ---- */

static void read_store(struct imap *i, struct imap_args *args)
{
	struct change *c = new_change(i);

	imap_arg_set(args, &c->set);
	imap_arg_store_modifiers(args, &c->modifiers);
	if (c->modifiers.unchanged_since_given)
		imap_sync_asks(i, args);
	imap_arg_store(args, &c->store);
}

/* RFC 7162 section 3.1.3: MODIFIED, in the numbers of the command. */
static void note_refused(struct imap *i, const struct mailbox_result *r)
{
	struct change *c = i->state;
	struct buf b;
	uint32_t *numbers;

	if (r->refused_count == 0)
		return;
	numbers = mem_new(r->refused_count * sizeof(*numbers));
	c->refused = mem_new(r->refused_count * sizeof(*c->refused));
	c->refused_count = r->refused_count;
	for (size_t n = 0; n < r->refused_count; n++) {
		c->refused[n] = r->refused[n];
		numbers[n] = i->command.uid ? r->refused[n] : view_seq(i->view, r->refused[n]);
	}
	buf_init(&b, BUF_NO_CEILING);
	buf_put(&b, S("MODIFIED "));
	imap_set_put_numbers(&b, numbers, r->refused_count);
	c->code = arena_str(&i->arena, buf_str(&b)).at;
	buf_done(&b);
	mem_free(numbers);
}

static void on_stored(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);
	struct change *c = i->state;

	c->result = e;
	/* The answer itself tells, or .SILENT does not want to know. */
	for (size_t n = 0; result != NULL && n < result->modseqs_count; n++)
		view_silence(i->view, result->modseqs[n]);
	if (result != NULL && result->modseqs_count > 0)
		c->first_modseq = result->modseqs[0];
	if (result != NULL)
		note_refused(i, result);
	if (result != NULL)
		imap_contexts_touched(i, result->uids, result->count);
	session_answered(s);
}

/*
 * RFC 4314 section 4: of what is named only what the user may change is changed, and the command fails only when that is
 * nothing.
 */
static enum err judge_store(struct imap *i, struct flags_request *r)
{
	uint32_t rights, needs = 0;
	bool set = r->mode == FLAGS_SET;
	enum err e = imap_rights_on(i, r->list.uids, r->list.count, &rights);
	uint8_t mine;

	if (e != ERR_OK)
		return e;
	mine = imap_rights_flags(rights);
	needs |= set || (r->flags & ITEM_SEEN) ? ACL_SEEN : 0;
	needs |= set || (r->flags & ITEM_DELETED) ? ACL_DELETE_MESSAGES : 0;
	needs |= set || r->keywords_count > 0 || (r->flags & ~(ITEM_SEEN | ITEM_DELETED)) ? ACL_WRITE : 0;
	if ((needs & rights) == 0 && needs != 0)
		return imap_rights_need_on(i, r->list.uids, r->list.count, needs);
	r->flags &= mine;
	r->flags_kept = (uint8_t)(ITEM_FLAGS & ~mine);
	r->keywords_kept = (rights & ACL_WRITE) == 0;
	if (r->keywords_kept)
		r->keywords_count = 0;
	return ERR_OK;
}

static enum step ask_store(struct imap *i)
{
	static const enum flags_mode modes[] = {
		[IMAP_STORE_SET] = FLAGS_SET,
		[IMAP_STORE_ADD] = FLAGS_ADD,
		[IMAP_STORE_REMOVE] = FLAGS_REMOVE,
	};
	struct change *c = i->state;
	struct flags_request request = { .folder = view_folder(i->view),
		.reader = view_reader(i->view),
		.list = { c->uids, c->count },
		.mode = modes[c->store.how],
		.flags = (uint8_t)(c->store.flags.system & ITEM_FLAGS),
		.keywords = c->store.flags.keywords,
		.keywords_count = c->store.flags.keywords_count,
		.unchanged_since_given = c->modifiers.unchanged_since_given,
		.unchanged_since = c->modifiers.unchanged_since };
	enum err e = judge_store(i, &request);

	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	c->asked = true;
	imap_progress_wait(i, c->count);
	session_asked(i->s);
	mailbox_flags(view_mailbox(i->view), &request, on_stored, i->s);
	return STEP_PEER;
}

/* RFC 5257 section 3.2.1: some messages in each step. ERR_NEEDMORE: there are others. */
static enum err look_for_parts(struct imap *i)
{
	struct change *c = i->state;
	struct record record;
	struct arena a;
	struct str octets;
	enum err e = ERR_OK;

	arena_init(&a, ARENA_NONE);
	for (size_t n = 0; e == ERR_OK && n < MESSAGE_LIST_MAX && c->looked_at < c->count; n++) {
		const struct item *it = view_item(i->view, view_seq(i->view, c->uids[c->looked_at++]));

		if (it == NULL)
			continue;
		arena_clear(&a);
		e = message_record(view_mailbox(i->view), it, &a, &octets);
		if (e == ERR_OK)
			e = record_open_view(octets, &record) == ERR_OK ? ERR_OK : ERR_UNREADABLE;
		if (e == ERR_OK && !imap_note_fits(&c->store.notes, &record))
			e = ERR_SYNTAX;
	}
	arena_done(&a);
	return e == ERR_OK && c->looked_at < c->count ? ERR_NEEDMORE : e;
}

static enum step ask_notes(struct imap *i)
{
	struct change *c = i->state;
	struct note_request request = { .folder = view_folder(i->view),
		.list = { c->uids, c->count },
		.changes = imap_note_changes(i, &i->arena, &c->store.notes),
		.unchanged_since_given = c->modifiers.unchanged_since_given,
		.unchanged_since = c->modifiers.unchanged_since };
	enum err e = imap_rights_need_here(i, imap_note_rights(i, &c->store.notes));

	if (e == ERR_OK && imap_note_names_parts(&c->store.notes))
		e = look_for_parts(i);
	if (e == ERR_NEEDMORE)
		return STEP_AGAIN;
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, e == ERR_SYNTAX ? S("a message has no such part") : STR_NONE);
	c->asked = true;
	imap_progress_wait(i, c->count);
	session_asked(i->s);
	mailbox_note(view_mailbox(i->view), &request, on_stored, i->s);
	return STEP_PEER;
}

static bool is_refused(const struct change *c, uint32_t uid)
{
	size_t from = 0, to = c->refused_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (c->refused[mid] < uid)
			from = mid + 1;
		else
			to = mid;
	}
	return from < c->refused_count && c->refused[from] == uid;
}

/* RFC 7162 section 3.1.3: .SILENT keeps back flags that the client knows, but not their modseq. Without UNCHANGEDSINCE a message
 * that was as it was to be needs no word. */
static void put_silently(struct imap *i, uint32_t seq, const struct item *it)
{
	struct change *c = i->state;
	struct buf *to = imap_out(i);

	if (is_refused(c, it->uid)) {
		imap_line_put_changed(i, seq, it);
		return;
	}
	if (!c->modifiers.unchanged_since_given &&
		(c->first_modseq == 0 || it->modseq < c->first_modseq))
		return;
	imap_line_put_fetch(i, seq);
	imap_line_put_uid(i, it->uid);
	imap_sync_put_modseq(i, to, it->modseq);
	buf_put(to, S(")\r\n"));
}

static void put_stored(struct imap *i, uint32_t seq)
{
	struct change *c = i->state;

	if (view_item_gone(i->view, seq) || view_uid(i->view, seq) < c->limit_uid)
		return;
	if (c->store.silent)
		put_silently(i, seq, view_item(i->view, seq));
	else
		imap_line_put_changed(i, seq, view_item(i->view, seq));
}

/* RFC 3501 section 6.4.6: each message of the set with its flags as they are now. */
static enum step answer_store(struct imap *i)
{
	struct change *c = i->state;

	if (!c->answering) {
		c->answering = true;
		if (imap_walk_init(&c->walk, i, &c->set) != ERR_OK)
			return over(i, ERR_SYNTAX);
	}
	imap_line_keywords(i);
	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		uint32_t seq = imap_walk_next(&c->walk);

		if (seq == 0)
			return over(i, ERR_OK);
		put_stored(i, seq);
	}
	return STEP_AGAIN;
}

/* Whoever may only read a folder keeps private notes of it all the same (RFC 5257 section 3.4). */
static bool may_not_store(struct imap *i)
{
	struct change *c = i->state;

	return c->store.notes.count > 0 ? i->examined : view_read_only(i->view);
}

static enum step run_store(struct imap *i)
{
	struct change *c = i->state;
	enum err e;

	if (!c->resolved) {
		c->resolved = true;
		if (c->modifiers.unchanged_since_given)
			imap_sync_enable(i);
		e = may_not_store(i) ? ERR_READONLY : resolve(i);
		if (e != ERR_OK)
			return imap_engine_over(i, e, NULL, STR_NONE);
		cut_to_limit(i);
	}
	if (!c->asked && c->count == 0)
		return over(i, ERR_OK);
	if (!c->asked)
		return c->store.notes.count > 0 ? ask_notes(i) : ask_store(i);
	if (c->result == ERR_OK && (!c->store.silent || imap_sync_enabled(i)))
		return answer_store(i);
	return over(i, c->result);
}

/* ---- COPY, MOVE ---- */

static void read_copy(struct imap *i, struct imap_args *args)
{
	struct change *c = new_change(i);

	imap_arg_set(args, &c->set);
	c->mailbox = imap_arg_mailbox(args);
}

/* RFC 4315 section 3: COPYUID uidvalidity source target. */
static const char *copy_code(struct imap *i, const struct mailbox_result *r)
{
	struct buf b;
	const char *code;

	if (r == NULL || r->count == 0 || r->new_uids == NULL)
		return NULL;
	buf_init(&b, BUF_NO_CEILING);
	buf_printf(&b, "COPYUID %u ", r->uidvalidity);
	imap_set_put_numbers(&b, r->uids, r->count);
	buf_put_octet(&b, ' ');
	imap_set_put_numbers(&b, r->new_uids, r->count);
	code = arena_str(&i->arena, buf_str(&b)).at;
	buf_done(&b);
	return code;
}

static void on_copied(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);
	struct change *c = i->state;

	c->result = e;
	c->code = copy_code(i, result);
	session_answered(s);
}

/* Of messages that come back: those that were named, when all of them did. */
static void on_restored(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);
	struct change *c = i->state;
	struct mailbox_result named = { 0 };

	c->result = e;
	if (e == ERR_OK && result->count == c->count) {
		named = *result;
		named.uids = c->uids;
		c->code = copy_code(i, &named);
	}
	session_answered(s);
}

static enum err ask_restore(struct imap *i)
{
	struct change *c = i->state;
	struct folder_info target;
	enum err e = resolve(i);

	if (e == ERR_OK && c->gone > 0 && !i->command.uid)
		e = ERR_EXPUNGED;
	if (e == ERR_OK)
		e = imap_engine_folder(i, c->mailbox, ACL_INSERT, &target);
	if (e == ERR_OK && i->box != i->here)
		e = ERR_UNSUPPORTED;
	if (e != ERR_OK)
		return e;
	c->asked = true;
	if (c->count == 0) {
		session_asked(i->s);
		session_answered(i->s);
		return ERR_OK;
	}
	e = imap_kept_restore(i, (struct uid_list){ c->uids, c->count }, target.id, on_restored);
	if (e == ERR_OK)
		session_asked(i->s);
	return e;
}

static enum err ask_copy(struct imap *i, bool move)
{
	struct change *c = i->state;
	struct copy_request request = { .from = view_folder(i->view) };
	struct folder_info target;
	uint32_t rights;
	enum err e = move && view_read_only(i->view) ? ERR_READONLY : resolve(i);

	/* RFC 6851 section 4.2. */
	if (e == ERR_OK && move)
		e = imap_rights_need_on(i, c->uids, c->count, ACL_DELETE_MESSAGES | ACL_EXPUNGE);

	/* All or nothing: not even what is left of them. */
	if (e == ERR_OK && c->gone > 0 && !i->command.uid)
		e = ERR_EXPUNGED;
	if (e == ERR_OK)
		e = imap_engine_folder(i, c->mailbox, ACL_INSERT, &target);
	if (e != ERR_OK)
		return e;
	if (!move && imap_limit_saves(i) > 0 && c->count > imap_limit_saves(i))
		return ERR_LIMIT;
	if (move)
		cut_to_limit(i);
	rights = acl_rights_own(imap_rights_of(i, &target));
	request.to = moderation_target(imap_mailbox(i), target.id, imap_user(i));
	c->waits = request.to != target.id;
	request.reader = view_reader(i->view);
	request.flags_lost = (uint8_t)(ITEM_FLAGS & ~imap_rights_flags(rights));
	request.keywords_lost = (rights & ACL_WRITE) == 0;
	request.notes_shared = (rights & ACL_NOTE) != 0;
	request.notes_account = rights & ACL_READ ? i->s->user.account : 0;
	request.list = (struct uid_list){ c->uids, c->count };
	request.poster = imap_rights_poster(i);
	if (i->box != i->here) {
		i->transfer = imap_transfer_new(&(struct imap_transfer_request){
			.uids = c->uids, .count = c->count, .folder = request.to, .rights = rights, .move = move });
		return ERR_OK;
	}
	c->asked = true;
	imap_progress_wait(i, c->count);
	session_asked(i->s);
	if (move)
		mailbox_move(view_mailbox(i->view), &request, on_copied, i->s);
	else
		mailbox_copy(view_mailbox(i->view), &request, on_copied, i->s);
	return ERR_OK;
}

#define TOO_MANY S("no more than 500 messages of 64 MiB together go into another mailbox at once")

#define TOO_MANY_BACK S("no more than 500 messages come back at once")

/* Into another mailbox. */
static enum step run_transfer(struct imap *i)
{
	struct change *c = i->state;
	struct imap_transfer_end end;
	enum step step = imap_transfer_step(i, i->transfer, &end);

	if (!end.over)
		return step;
	c->code = end.code;
	c->result = end.result;
	c->asked = true;
	imap_transfer_free(i, i->transfer);
	i->transfer = NULL;
	if (end.result == ERR_LIMIT)
		return imap_engine_over(i, ERR_LIMIT, NULL, TOO_MANY);
	return STEP_AGAIN;
}

static enum step begun(const struct imap *i)
{
	return i->transfer != NULL ? STEP_AGAIN : STEP_PEER;
}

static enum step run_copy(struct imap *i)
{
	struct change *c = i->state;
	enum err e;

	if (i->transfer != NULL)
		return run_transfer(i);
	if (c->asked)
		return c->result == ERR_OK ? over(i, ERR_OK)
					   : imap_engine_over(i, c->result, NULL, STR_NONE);
	e = imap_kept_here(i) ? ask_restore(i) : ask_copy(i, false);
	if (e == ERR_LIMIT && imap_kept_here(i))
		return imap_engine_over(i, ERR_LIMIT, NULL, TOO_MANY_BACK);
	if (e == ERR_LIMIT)
		return imap_limit_refuse(i, imap_limit_saves(i));
	return e == ERR_OK ? begun(i) : imap_engine_over(i, e, NULL, STR_NONE);
}

/* RFC 6851 section 4.3: COPYUID goes before the EXPUNGEs; also when only some could be moved. */
static enum step run_move(struct imap *i)
{
	struct change *c = i->state;
	enum err e;

	if (i->transfer != NULL)
		return run_transfer(i);
	if (c->asked) {
		if (c->code != NULL && !c->waits)
			imap_put_ok(imap_out(i), i->language, STR_NONE, c->code, S("moved"));
		c->code = NULL;
		return over(i, c->result);
	}
	e = imap_kept_here(i) ? ask_restore(i) : ask_copy(i, true);
	if (e == ERR_LIMIT && imap_kept_here(i))
		return imap_engine_over(i, ERR_LIMIT, NULL, TOO_MANY_BACK);
	return e == ERR_OK ? begun(i) : imap_engine_over(i, e, NULL, STR_NONE);
}

const struct imap_handler imap_expunge_handler = { read_expunge, run_expunge, free_change };
const struct imap_handler imap_store_handler = { read_store, run_store, free_change };
const struct imap_handler imap_copy_handler = { read_copy, run_copy, free_change };
const struct imap_handler imap_move_handler = { read_copy, run_move, free_change };
