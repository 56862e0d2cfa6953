#include "wire/imap_search.h"

#include "wire/imap_fetch.h"
#include "wire/imap_note.h"
#include "wire/imap_sync.h"

enum argument {
	ARG_NONE,
	ARG_TEXT,
	ARG_ATOM,
	ARG_OBJECTID,
	ARG_FILTER,
	ARG_DAY,
	ARG_NUMBER,
	ARG_SECONDS,
	ARG_SET,
	ARG_AFTER,
	ARG_BEFORE,
	ARG_HEADER,
	ARG_MODSEQ,
	ARG_NOTE
};

struct key_row {
	struct str name;
	enum imap_search_kind kind;
	enum argument argument;
	unsigned flag;
	bool not ;
};

static const struct key_row key_rows[] = {
	{ S_INIT("ALL"), IMAP_SEARCH_ALL, ARG_NONE, 0, false },
	{ S_INIT("ANNOTATION"), IMAP_SEARCH_NOTE, ARG_NOTE, 0, false },
	{ S_INIT("ANSWERED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_ANSWERED, false },
	{ S_INIT("BCC"), IMAP_SEARCH_BCC, ARG_TEXT, 0, false },
	{ S_INIT("BEFORE"), IMAP_SEARCH_BEFORE, ARG_DAY, 0, false },
	{ S_INIT("BODY"), IMAP_SEARCH_BODY, ARG_TEXT, 0, false },
	{ S_INIT("CC"), IMAP_SEARCH_CC, ARG_TEXT, 0, false },
	{ S_INIT("DELETED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DELETED, false },
	{ S_INIT("DRAFT"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DRAFT, false },
	{ S_INIT("EMAILID"), IMAP_SEARCH_EMAILID, ARG_OBJECTID, 0, false },
	{ S_INIT("FILTER"), IMAP_SEARCH_FILTER, ARG_FILTER, 0, false },
	{ S_INIT("FLAGGED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_FLAGGED, false },
	{ S_INIT("FROM"), IMAP_SEARCH_FROM, ARG_TEXT, 0, false },
	{ S_INIT("HEADER"), IMAP_SEARCH_HEADER, ARG_HEADER, 0, false },
	{ S_INIT("KEYWORD"), IMAP_SEARCH_KEYWORD, ARG_ATOM, 0, false },
	{ S_INIT("LARGER"), IMAP_SEARCH_LARGER, ARG_NUMBER, 0, false },
	{ S_INIT("MODSEQ"), IMAP_SEARCH_MODSEQ, ARG_MODSEQ, 0, false },
	{ S_INIT("NEW"), IMAP_SEARCH_NEW, ARG_NONE, 0, false },
	{ S_INIT("OLD"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_RECENT, true },
	{ S_INIT("OLDER"), IMAP_SEARCH_OLDER, ARG_SECONDS, 0, false },
	{ S_INIT("ON"), IMAP_SEARCH_ON, ARG_DAY, 0, false },
	{ S_INIT("RECENT"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_RECENT, false },
	{ S_INIT("SAVEDATESUPPORTED"), IMAP_SEARCH_ALL, ARG_NONE, 0, false },
	{ S_INIT("SAVEDBEFORE"), IMAP_SEARCH_SAVEDBEFORE, ARG_DAY, 0, false },
	{ S_INIT("SAVEDON"), IMAP_SEARCH_SAVEDON, ARG_DAY, 0, false },
	{ S_INIT("SAVEDSINCE"), IMAP_SEARCH_SAVEDSINCE, ARG_DAY, 0, false },
	{ S_INIT("SEEN"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_SEEN, false },
	{ S_INIT("SENTBEFORE"), IMAP_SEARCH_SENTBEFORE, ARG_DAY, 0, false },
	{ S_INIT("SENTON"), IMAP_SEARCH_SENTON, ARG_DAY, 0, false },
	{ S_INIT("SENTSINCE"), IMAP_SEARCH_SENTSINCE, ARG_DAY, 0, false },
	{ S_INIT("SINCE"), IMAP_SEARCH_SINCE, ARG_DAY, 0, false },
	{ S_INIT("SMALLER"), IMAP_SEARCH_SMALLER, ARG_NUMBER, 0, false },
	{ S_INIT("SUBJECT"), IMAP_SEARCH_SUBJECT, ARG_TEXT, 0, false },
	{ S_INIT("TEXT"), IMAP_SEARCH_TEXT, ARG_TEXT, 0, false },
	{ S_INIT("THREADID"), IMAP_SEARCH_THREADID, ARG_OBJECTID, 0, false },
	{ S_INIT("TO"), IMAP_SEARCH_TO, ARG_TEXT, 0, false },
	{ S_INIT("UID"), IMAP_SEARCH_UID, ARG_SET, 0, false },
	{ S_INIT("UIDAFTER"), IMAP_SEARCH_UID, ARG_AFTER, 0, false },
	{ S_INIT("UIDBEFORE"), IMAP_SEARCH_UID, ARG_BEFORE, 0, false },
	{ S_INIT("UNANSWERED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_ANSWERED, true },
	{ S_INIT("UNDELETED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DELETED, true },
	{ S_INIT("UNDRAFT"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DRAFT, true },
	{ S_INIT("UNFLAGGED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_FLAGGED, true },
	{ S_INIT("UNKEYWORD"), IMAP_SEARCH_KEYWORD, ARG_ATOM, 0, true },
	{ S_INIT("UNSEEN"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_SEEN, true },
	{ S_INIT("YOUNGER"), IMAP_SEARCH_YOUNGER, ARG_SECONDS, 0, false },
};

#define MANY (-1) /* a list: closed by its bracket, or by the end of the command */

struct frame {
	size_t key;
	int need; /* keys still to come, or MANY */
	bool fuzzy;
};

/* The reader: keys so far, and the inner keys that are still open. */
struct reader {
	struct imap_args *args;
	struct imap_search_key *keys;
	size_t count, room;
	struct frame frames[IMAP_SEARCH_DEPTH_MAX];
	size_t depth;
	size_t fuzzy; /* open frames that are */
};

static struct imap_search_key *add(struct reader *r, enum imap_search_kind kind)
{
	size_t room = r->room > 0 ? r->room * 2 : 8;
	struct imap_search_key *grown;

	if (r->count == IMAP_SEARCH_KEYS_MAX) {
		imap_args_fail(r->args, ERR_LIMIT);
		return NULL;
	}
	if (r->count == r->room) {
		grown = arena_try(r->args->arena, room * sizeof(*grown));
		if (grown == NULL) {
			imap_args_fail(r->args, ERR_LIMIT);
			return NULL;
		}
		if (r->room > 0)
			memcpy(grown, r->keys, r->room * sizeof(*grown));
		r->keys = grown;
		r->room = room;
	}
	r->keys[r->count] = (struct imap_search_key){
		.kind = kind, .end = (uint32_t)r->count + 1, .fuzzy = r->fuzzy > 0
	};
	return &r->keys[r->count++];
}

static void open_key(struct reader *r, enum imap_search_kind kind, int need)
{
	if (r->depth == IMAP_SEARCH_DEPTH_MAX) {
		imap_args_fail(r->args, ERR_LIMIT);
		return;
	}
	if (add(r, kind) == NULL)
		return;
	r->frames[r->depth++] = (struct frame){ r->count - 1, need, false };
}

/* An AND over one key. */
static void open_fuzzy(struct reader *r)
{
	open_key(r, IMAP_SEARCH_AND, 1);
	if (r->args->err != ERR_OK)
		return;
	r->frames[r->depth - 1].fuzzy = true;
	r->fuzzy++;
}

static void close_key(struct reader *r)
{
	r->depth--;
	r->fuzzy -= r->frames[r->depth].fuzzy;
	r->keys[r->frames[r->depth].key].end = (uint32_t)r->count;
}

/* A key is complete, and so may be what held it. True while more keys must come. */
static bool finish_key(struct reader *r)
{
	while (r->args->err == ERR_OK) {
		struct frame *top = &r->frames[r->depth - 1];

		if (top->need != MANY && --top->need > 0)
			break;
		if (top->need == MANY && r->depth == 1 && r->args->rest.len == 0) {
			close_key(r);
			return false;
		}
		if (top->need == MANY && (r->depth == 1 || !imap_args_take(r->args, ')')))
			break;
		close_key(r);
	}
	imap_args_need(r->args, ' ');
	return r->args->err == ERR_OK;
}

/* RFC 8474 section 7: 1 to 255 letters, digits, "_" and "-". */
static struct str read_objectid(struct imap_args *args)
{
	struct str s = imap_args_atom(args);

	for (size_t n = 0; n < s.len; n++) {
		if (!ascii_is_alpha(s.at[n]) && !ascii_is_digit(s.at[n]) && s.at[n] != '_' &&
			s.at[n] != '-')
			imap_args_fail(args, ERR_SYNTAX);
	}
	if (s.len > 255)
		imap_args_fail(args, ERR_SYNTAX);
	return s;
}

static void read_note(struct imap_args *args, struct imap_search_key *key)
{
	key->field = imap_args_note_pattern(args);
	imap_args_need(args, ' ');
	key->flag = imap_args_note_scopes(args);
	imap_args_need(args, ' ');
	key->text = imap_args_value(args);
	key->number = key->text.at == NULL;
}

/* RFC 9738 section 3.2: the uids beyond that one, which may be none; unlike n:* without the last message where that is not among them. */
static void read_bound(struct imap_args *args, bool after, struct imap_set *ret)
{
	uint32_t uid = imap_args_number(args);

	if (uid == 0)
		imap_args_fail(args, ERR_SYNTAX);
	ret->ranges = arena_try(args->arena, sizeof(*ret->ranges));
	if (ret->ranges == NULL)
		imap_args_fail(args, ERR_LIMIT);
	if (args->err != ERR_OK)
		return;
	*ret->ranges = after ? (struct imap_range){ uid + 1, UINT32_MAX } : (struct imap_range){ 1, uid - 1 };
	ret->count = uid != (after ? UINT32_MAX : 1);
}

static void read_argument(struct reader *r, enum argument argument, struct imap_search_key *key)
{
	struct imap_args *args = r->args;

	if (argument == ARG_NONE)
		return;
	imap_args_need(args, ' ');
	if (argument == ARG_HEADER) {
		key->field = imap_args_astring(args);
		imap_args_need(args, ' ');
	}
	if (argument == ARG_TEXT || argument == ARG_HEADER)
		key->text = imap_args_astring(args);
	if (argument == ARG_ATOM)
		key->text = imap_args_atom(args);
	if (argument == ARG_DAY)
		key->day = imap_args_date(args);
	if (argument == ARG_FILTER) {
		key->text = imap_args_atom(args);
		if (str_has_octet(key->text, '/'))
			imap_args_fail(args, ERR_SYNTAX);
	}
	if (argument == ARG_OBJECTID)
		key->text = read_objectid(args);
	if (argument == ARG_NUMBER)
		key->number = imap_args_number64(args);
	if (argument == ARG_SECONDS && (key->number = imap_args_number(args)) == 0)
		imap_args_fail(args, ERR_SYNTAX);
	if (argument == ARG_SET)
		imap_args_set(args, &key->set);
	if (argument == ARG_AFTER || argument == ARG_BEFORE)
		read_bound(args, argument == ARG_AFTER, &key->set);
	if (argument == ARG_MODSEQ)
		key->modseq = imap_args_search_modseq(args);
	if (argument == ARG_NOTE)
		read_note(args, key);
}

static void read_leaf(struct reader *r, struct str word)
{
	for (size_t i = 0; i < sizeof(key_rows) / sizeof(*key_rows); i++) {
		const struct key_row *row = &key_rows[i];
		struct imap_search_key *key, *outer = NULL;

		if (!str_ieq(word, row->name))
			continue;
		if (row->not &&(outer = add(r, IMAP_SEARCH_NOT)) == NULL)
			return;
		key = add(r, row->kind);
		if (key == NULL)
			return;
		if (row->not )
			r->keys[r->count - 2].end = (uint32_t)r->count;
		key->flag = row->flag;
		read_argument(r, row->argument, key);
		return;
	}
	imap_args_fail(r->args, ERR_SYNTAX);
}

static void read_sequence(struct reader *r)
{
	struct imap_search_key *key = add(r, IMAP_SEARCH_SEQ);

	if (key != NULL)
		imap_args_set(r->args, &key->set);
}

/* One key, or the front of one that holds others. True: it is complete. */
static bool read_key(struct reader *r)
{
	struct str word, rest = r->args->rest;

	if (imap_args_take(r->args, '(')) {
		open_key(r, IMAP_SEARCH_AND, MANY);
		return false;
	}
	if (rest.len > 0 && (ascii_is_digit(rest.at[0]) || rest.at[0] == '*' || rest.at[0] == '$')) {
		read_sequence(r);
		return true;
	}
	word = imap_args_word(r->args);
	if (str_ieq(word, S("NOT")) || str_ieq(word, S("OR"))) {
		bool or = str_ieq(word, S("OR"));

		open_key(r, or ? IMAP_SEARCH_OR : IMAP_SEARCH_NOT, or ? 2 : 1);
		imap_args_need(r->args, ' ');
		return false;
	}
	if (str_ieq(word, S("FUZZY"))) {
		open_fuzzy(r);
		imap_args_need(r->args, ' ');
		return false;
	}
	read_leaf(r, word);
	return true;
}

void imap_arg_search_keys(struct imap_args *args, struct imap_search *ret)
{
	struct reader r = { .args = args };

	imap_args_need(args, ' ');
	open_key(&r, IMAP_SEARCH_AND, MANY);
	while (args->err == ERR_OK) {
		if (read_key(&r) && !finish_key(&r))
			break;
	}
	for (size_t n = 0; n < r.count; n++)
		ret->fuzzy |= r.keys[n].fuzzy;
	if ((ret->returns & IMAP_RETURN_RELEVANCY) && !ret->fuzzy)
		imap_args_fail(args, ERR_SYNTAX);
	ret->keys = r.keys;
	ret->count = args->err == ERR_OK ? r.count : 0;
	for (size_t n = 0; n < ret->count; n++)
		ret->modseq |= r.keys[n].kind == IMAP_SEARCH_MODSEQ;
}

static uint32_t read_position(struct imap_args *args, bool from_end)
{
	uint32_t n;

	if (from_end)
		imap_args_need(args, '-');
	n = imap_args_number(args);
	if (n == 0)
		imap_args_fail(args, ERR_SYNTAX);
	return n;
}

void imap_args_window(struct imap_args *args, struct imap_window *ret)
{
	ret->from_end = args->rest.len > 0 && args->rest.at[0] == '-';
	ret->from = read_position(args, ret->from_end);
	imap_args_need(args, ':');
	ret->to = read_position(args, ret->from_end);
}

static const struct return_row {
	struct str name;
	unsigned option;
} return_rows[] = {
	{ S_INIT("MIN"), IMAP_RETURN_MIN },
	{ S_INIT("MAX"), IMAP_RETURN_MAX },
	{ S_INIT("ALL"), IMAP_RETURN_ALL },
	{ S_INIT("COUNT"), IMAP_RETURN_COUNT },
	{ S_INIT("SAVE"), IMAP_RETURN_SAVE },
	{ S_INIT("PARTIAL"), IMAP_RETURN_PARTIAL },
	{ S_INIT("RELEVANCY"), IMAP_RETURN_RELEVANCY },
	{ S_INIT("CONTEXT"), IMAP_RETURN_CONTEXT },
	{ S_INIT("UPDATE"), IMAP_RETURN_UPDATE },
};
#define RETURN_ROWS (sizeof(return_rows) / sizeof(*return_rows))

static void read_updates(struct imap_args *args, struct imap_search *ret)
{
	ret->updates = arena_try(args->arena, sizeof(*ret->updates));
	if (ret->updates == NULL)
		imap_args_fail(args, ERR_LIMIT);
	else
		imap_arg_fetch(args, ret->updates);
}

static void read_return(struct imap_args *args, struct imap_search *ret)
{
	struct str word = imap_args_word(args);
	size_t n = 0;

	while (n < RETURN_ROWS && !str_ieq(word, return_rows[n].name))
		n++;
	/* RFC 9394 section 3.1: one PARTIAL, no second one. */
	if (n == RETURN_ROWS || (return_rows[n].option & ret->returns & IMAP_RETURN_PARTIAL)) {
		imap_args_fail(args, ERR_SYNTAX);
		return;
	}
	ret->returns |= return_rows[n].option;
	if (return_rows[n].option == IMAP_RETURN_UPDATE && imap_arg_peek(args) == '(')
		read_updates(args, ret);
	if (return_rows[n].option != IMAP_RETURN_PARTIAL)
		return;
	imap_args_need(args, ' ');
	imap_args_window(args, &ret->partial);
}

/* RFC 4731 section 3.1. Options that are not known are BAD. */
void imap_arg_search_returns(struct imap_args *args, struct imap_search *ret)
{
	if (!str_istarts(args->rest, S(" RETURN ")))
		return;
	(void)imap_arg_atom(args);
	ret->extended = true;
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	if (imap_args_take(args, ')')) {
		ret->returns = IMAP_RETURN_ALL;
		return;
	}
	do {
		read_return(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	if ((ret->returns & IMAP_RETURN_PARTIAL) && (ret->returns & IMAP_RETURN_ALL))
		imap_args_fail(args, ERR_SYNTAX);
}

void imap_arg_search(struct imap_args *args, struct imap_search *ret)
{
	*ret = (struct imap_search){ 0 };
	imap_arg_search_returns(args, ret);
	if (str_istarts(args->rest, S(" CHARSET "))) {
		(void)imap_arg_atom(args);
		ret->charset = imap_arg_astring(args);
	}
	imap_arg_search_keys(args, ret);
}

/* Of brackets within brackets, as imap_search_match counts. */
static size_t depth_of(const struct imap_search *s)
{
	size_t ends[IMAP_SEARCH_DEPTH_MAX + 1], depth = 0, deepest = 0;

	for (size_t i = 0; i < s->count; i++) {
		while (depth > 0 && ends[depth - 1] <= i)
			depth--;
		if (s->keys[i].kind > IMAP_SEARCH_NOT)
			continue;
		if (depth == IMAP_SEARCH_DEPTH_MAX + 1)
			return depth + 1;
		ends[depth++] = s->keys[i].end;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

enum err imap_search_splice(
	struct arena *a, struct imap_search *search, size_t at, const struct imap_search *with)
{
	struct imap_search s = *search;
	uint32_t more = (uint32_t)with->count - 1;

	must(at < s.count && s.keys[at].kind > IMAP_SEARCH_NOT && with->count > 0);
	s.count += more;
	if (s.count > IMAP_SEARCH_KEYS_MAX)
		return ERR_LIMIT;
	s.keys = arena_try(a, s.count * sizeof(*s.keys));
	if (s.keys == NULL)
		return ERR_LIMIT;
	memcpy(s.keys, search->keys, at * sizeof(*s.keys));
	memcpy(s.keys + at, with->keys, with->count * sizeof(*s.keys));
	memcpy(s.keys + at + with->count, search->keys + at + 1, (search->count - at - 1) * sizeof(*s.keys));
	for (size_t i = 0; i < s.count; i++) {
		bool inner = i >= at && i < at + with->count;

		if (inner)
			s.keys[i].end += (uint32_t)at;
		else if (s.keys[i].end > at)
			s.keys[i].end += more;
		s.keys[i].fuzzy |= inner && search->keys[at].fuzzy;
	}
	s.fuzzy |= with->fuzzy;
	s.modseq |= with->modseq;
	if (depth_of(&s) > IMAP_SEARCH_DEPTH_MAX + 1)
		return ERR_LIMIT;
	*search = s;
	return ERR_OK;
}

struct open {
	size_t key;
	enum imap_truth truth; /* of what has been looked at; for NOT of its one key */
};

/* A value for the innermost open key. True: that key is decided. */
static bool merge(enum imap_search_kind kind, struct open *o, enum imap_truth truth)
{
	if (kind == IMAP_SEARCH_NOT) {
		o->truth = (enum imap_truth)(IMAP_YES - truth);
		return true;
	}
	if (kind == IMAP_SEARCH_AND) {
		o->truth = truth < o->truth ? truth : o->truth;
		return o->truth == IMAP_NO;
	}
	o->truth = truth > o->truth ? truth : o->truth;
	return o->truth == IMAP_YES;
}

enum imap_truth imap_search_match(
	const struct imap_search *search, imap_search_leaf *leaf, void *arg)
{
	/* A negated leaf is one deeper than the reader counts. */
	struct open open[IMAP_SEARCH_DEPTH_MAX + 1];
	size_t depth = 0, i = 0;
	enum imap_truth truth = IMAP_YES;

	must(search->count > 0);
	do {
		const struct imap_search_key *key = &search->keys[i++];

		if (key->kind <= IMAP_SEARCH_NOT && key->end > i) {
			must(depth < IMAP_SEARCH_DEPTH_MAX + 1);
			open[depth++] = (struct open){ i - 1,
				key->kind == IMAP_SEARCH_AND ? IMAP_YES : IMAP_NO };
			continue;
		}
		truth = key->kind <= IMAP_SEARCH_NOT ? IMAP_YES : leaf(arg, key);
		while (depth > 0) {
			struct open *o = &open[depth - 1];
			const struct imap_search_key *outer = &search->keys[o->key];

			if (merge(outer->kind, o, truth))
				i = outer->end;
			if (i < outer->end)
				break;
			truth = o->truth;
			depth--;
		}
	} while (depth > 0);
	return truth;
}
