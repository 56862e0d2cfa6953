#include "base/mem.h"
#include "store/imap_engine.h"

/* Commands that change the messages of a set: one question to the store, then what the answer asks
 * for. */
struct change {
	struct imap_set set;
	struct str mailbox;      /* COPY, MOVE: the target */
	struct imap_store store; /* STORE */
	uint32_t *uids;          /* of the set; owned */
	size_t count, gone;
	bool asked, answering;
	enum err result;
	const char *code;      /* COPYUID */
	struct imap_walk walk; /* STORE: the rows of the answer */
};

static void free_change(struct imap *i)
{
	struct change *c = i->state;

	mem_free(c->uids);
}

static struct change *new_change(struct imap *i)
{
	struct change *c = ARENA_NEW(&i->arena, struct change);

	i->state = c;
	return c;
}

/* The messages of the set; ERR_SYNTAX for a number that is none. */
static enum err resolve(struct imap *i)
{
	struct change *c = i->state;
	struct imap_walk walk;
	enum err e = imap_walk_init(&walk, i, &c->set);

	if (e != ERR_OK)
		return e;
	if (view_folder_gone(i->view))
		return ERR_NOFOLDER;
	c->uids = imap_walk_uids(&walk, &c->count, &c->gone);
	return ERR_OK;
}

static enum step over(struct imap *i, enum err e)
{
	struct change *c = i->state;

	/* RFC 2180 section 4.2: others have expunged what was meant. A UID that is no more is
	 * passed over. */
	if (e == ERR_OK && c->gone > 0 && !i->command.uid)
		return imap_engine_over(i, ERR_EXPUNGED, NULL, STR_NONE);
	return imap_engine_over(i, e, c->code, STR_NONE);
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

static enum step run_expunge(struct imap *i)
{
	struct change *c = i->state;
	struct expunge_request request = { .folder = view_folder(i->view), .deleted_only = true };
	enum err e = ERR_OK;

	if (c->asked)
		return imap_engine_over(i, c->result, NULL, STR_NONE);
	if (view_read_only(i->view))
		e = ERR_READONLY;
	else
		e = imap_rights_need_here(i, ACL_EXPUNGE);
	if (e == ERR_OK && i->command.uid)
		e = resolve(i);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	request.all = !i->command.uid;
	request.list = (struct uid_list){ c->uids, c->count };
	c->asked = true;
	session_asked(i->s);
	mailbox_expunge(i->s->mailbox, &request, on_expunged, i->s);
	return STEP_PEER;
}

/* ---- STORE ---- */

static void read_store(struct imap *i, struct imap_args *args)
{
	struct change *c = new_change(i);

	imap_arg_set(args, &c->set);
	imap_arg_store(args, &c->store);
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
	session_answered(s);
}

/*
 * RFC 4314 section 4: of what is named only what the user may change is changed, and the command fails only when that is
 * nothing.
 */
static enum err judge_store(struct imap *i, struct flags_request *r)
{
	uint32_t rights = imap_rights_here(i), needs = 0;
	uint8_t mine = imap_rights_flags(rights);
	bool set = r->mode == FLAGS_SET;

	needs |= set || (r->flags & ITEM_SEEN) ? ACL_SEEN : 0;
	needs |= set || (r->flags & ITEM_DELETED) ? ACL_DELETE_MESSAGES : 0;
	needs |= set || r->keywords_count > 0 || (r->flags & ~(ITEM_SEEN | ITEM_DELETED)) ? ACL_WRITE : 0;
	if ((needs & rights) == 0 && needs != 0)
		return imap_rights_need_here(i, needs);
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
		.list = { c->uids, c->count },
		.mode = modes[c->store.how],
		.flags = (uint8_t)(c->store.flags.system & ITEM_FLAGS),
		.keywords = c->store.flags.keywords,
		.keywords_count = c->store.flags.keywords_count };
	enum err e = judge_store(i, &request);

	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	c->asked = true;
	session_asked(i->s);
	mailbox_flags(i->s->mailbox, &request, on_stored, i->s);
	return STEP_PEER;
}

static void put_stored(struct imap *i, uint32_t seq)
{
	struct buf *to = imap_out(i);

	if (view_item_gone(i->view, seq))
		return;
	imap_engine_put_fetch(i, seq);
	if (i->command.uid) {
		buf_put(to, S("UID "));
		buf_put_u64(to, view_uid(i->view, seq));
		buf_put_octet(to, ' ');
	}
	imap_engine_put_flags(i, to, view_item(i->view, seq));
	buf_put(to, S(")\r\n"));
}

/* RFC 3501 section 6.4.6: each message of the set with its flags as they are now. */
static enum step answer_store(struct imap *i)
{
	struct change *c = i->state;

	if (!c->answering) {
		c->answering = true;
		imap_engine_keywords(i);
		if (imap_walk_init(&c->walk, i, &c->set) != ERR_OK)
			return over(i, ERR_SYNTAX);
	}
	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		uint32_t seq = imap_walk_next(&c->walk);

		if (seq == 0)
			return over(i, ERR_OK);
		put_stored(i, seq);
	}
	return STEP_AGAIN;
}

static enum step run_store(struct imap *i)
{
	struct change *c = i->state;
	enum err e;

	if (!c->asked) {
		e = view_read_only(i->view) ? ERR_READONLY : resolve(i);
		if (e != ERR_OK)
			return imap_engine_over(i, e, NULL, STR_NONE);
		return c->count > 0 ? ask_store(i) : over(i, ERR_OK);
	}
	if (c->result == ERR_OK && !c->store.silent)
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

static enum err ask_copy(struct imap *i, bool move)
{
	struct change *c = i->state;
	struct copy_request request = { .from = view_folder(i->view) };
	struct folder_info target;
	uint32_t rights;
	enum err e = move && view_read_only(i->view) ? ERR_READONLY : resolve(i);

	/* RFC 6851 section 4.2. */
	if (e == ERR_OK && move)
		e = imap_rights_need_here(i, ACL_DELETE_MESSAGES | ACL_EXPUNGE);

	/* All or nothing: not even what is left of them. */
	if (e == ERR_OK && c->gone > 0 && !i->command.uid)
		e = ERR_EXPUNGED;
	if (e == ERR_OK)
		e = imap_engine_folder(i, c->mailbox, ACL_INSERT, &target);
	if (e != ERR_OK)
		return e;
	rights = imap_rights_of(i, &target);
	request.to = target.id;
	request.flags_lost = (uint8_t)(ITEM_FLAGS & ~imap_rights_flags(rights));
	request.keywords_lost = (rights & ACL_WRITE) == 0;
	request.list = (struct uid_list){ c->uids, c->count };
	c->asked = true;
	session_asked(i->s);
	if (move)
		mailbox_move(i->s->mailbox, &request, on_copied, i->s);
	else
		mailbox_copy(i->s->mailbox, &request, on_copied, i->s);
	return ERR_OK;
}

static enum step run_copy(struct imap *i)
{
	struct change *c = i->state;
	enum err e;

	if (c->asked)
		return c->result == ERR_OK ? over(i, ERR_OK)
					   : imap_engine_over(i, c->result, NULL, STR_NONE);
	e = ask_copy(i, false);
	return e == ERR_OK ? STEP_PEER : imap_engine_over(i, e, NULL, STR_NONE);
}

/* RFC 6851 section 4.3: COPYUID goes before the EXPUNGEs; also when only some could be moved. */
static enum step run_move(struct imap *i)
{
	struct change *c = i->state;
	enum err e;

	if (c->asked) {
		if (c->code != NULL)
			imap_put_ok(imap_out(i), STR_NONE, c->code, S("moved"));
		c->code = NULL;
		return over(i, c->result);
	}
	e = ask_copy(i, true);
	return e == ERR_OK ? STEP_PEER : imap_engine_over(i, e, NULL, STR_NONE);
}

const struct imap_handler imap_expunge_handler = { read_expunge, run_expunge, free_change };
const struct imap_handler imap_store_handler = { read_store, run_store, free_change };
const struct imap_handler imap_copy_handler = { read_copy, run_copy, free_change };
const struct imap_handler imap_move_handler = { read_copy, run_move, free_change };
