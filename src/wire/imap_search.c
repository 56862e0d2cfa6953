#include "wire/imap_search.h"

enum argument { ARG_NONE, ARG_TEXT, ARG_ATOM, ARG_DAY, ARG_NUMBER, ARG_SET, ARG_HEADER };

struct key_row {
	struct str name;
	enum imap_search_kind kind;
	enum argument argument;
	unsigned flag;
	bool not ;
};

static const struct key_row key_rows[] = {
	{ S_INIT("ALL"), IMAP_SEARCH_ALL, ARG_NONE, 0, false },
	{ S_INIT("ANSWERED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_ANSWERED, false },
	{ S_INIT("BCC"), IMAP_SEARCH_BCC, ARG_TEXT, 0, false },
	{ S_INIT("BEFORE"), IMAP_SEARCH_BEFORE, ARG_DAY, 0, false },
	{ S_INIT("BODY"), IMAP_SEARCH_BODY, ARG_TEXT, 0, false },
	{ S_INIT("CC"), IMAP_SEARCH_CC, ARG_TEXT, 0, false },
	{ S_INIT("DELETED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DELETED, false },
	{ S_INIT("DRAFT"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DRAFT, false },
	{ S_INIT("FLAGGED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_FLAGGED, false },
	{ S_INIT("FROM"), IMAP_SEARCH_FROM, ARG_TEXT, 0, false },
	{ S_INIT("HEADER"), IMAP_SEARCH_HEADER, ARG_HEADER, 0, false },
	{ S_INIT("KEYWORD"), IMAP_SEARCH_KEYWORD, ARG_ATOM, 0, false },
	{ S_INIT("LARGER"), IMAP_SEARCH_LARGER, ARG_NUMBER, 0, false },
	{ S_INIT("NEW"), IMAP_SEARCH_NEW, ARG_NONE, 0, false },
	{ S_INIT("OLD"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_RECENT, true },
	{ S_INIT("ON"), IMAP_SEARCH_ON, ARG_DAY, 0, false },
	{ S_INIT("RECENT"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_RECENT, false },
	{ S_INIT("SEEN"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_SEEN, false },
	{ S_INIT("SENTBEFORE"), IMAP_SEARCH_SENTBEFORE, ARG_DAY, 0, false },
	{ S_INIT("SENTON"), IMAP_SEARCH_SENTON, ARG_DAY, 0, false },
	{ S_INIT("SENTSINCE"), IMAP_SEARCH_SENTSINCE, ARG_DAY, 0, false },
	{ S_INIT("SINCE"), IMAP_SEARCH_SINCE, ARG_DAY, 0, false },
	{ S_INIT("SMALLER"), IMAP_SEARCH_SMALLER, ARG_NUMBER, 0, false },
	{ S_INIT("SUBJECT"), IMAP_SEARCH_SUBJECT, ARG_TEXT, 0, false },
	{ S_INIT("TEXT"), IMAP_SEARCH_TEXT, ARG_TEXT, 0, false },
	{ S_INIT("TO"), IMAP_SEARCH_TO, ARG_TEXT, 0, false },
	{ S_INIT("UID"), IMAP_SEARCH_UID, ARG_SET, 0, false },
	{ S_INIT("UNANSWERED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_ANSWERED, true },
	{ S_INIT("UNDELETED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DELETED, true },
	{ S_INIT("UNDRAFT"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_DRAFT, true },
	{ S_INIT("UNFLAGGED"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_FLAGGED, true },
	{ S_INIT("UNKEYWORD"), IMAP_SEARCH_KEYWORD, ARG_ATOM, 0, true },
	{ S_INIT("UNSEEN"), IMAP_SEARCH_FLAG, ARG_NONE, IMAP_SEEN, true },
};

#define MANY (-1) /* a list: closed by its bracket, or by the end of the command */

struct frame {
	size_t key;
	int need; /* keys still to come, or MANY */
};

/* The reader: keys so far, and the inner keys that are still open. */
struct reader {
	struct imap_args *args;
	struct imap_search_key *keys;
	size_t count, room;
	struct frame frames[IMAP_SEARCH_DEPTH_MAX];
	size_t depth;
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
	r->keys[r->count] = (struct imap_search_key){ .kind = kind, .end = (uint32_t)r->count + 1 };
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
	r->frames[r->depth++] = (struct frame){ r->count - 1, need };
}

static void close_key(struct reader *r)
{
	r->depth--;
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
	if (argument == ARG_NUMBER)
		key->number = imap_args_number(args);
	if (argument == ARG_SET)
		imap_args_set(args, &key->set);
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
	if (rest.len > 0 && (ascii_is_digit(rest.at[0]) || rest.at[0] == '*')) {
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
	read_leaf(r, word);
	return true;
}

void imap_arg_search_keys(struct imap_args *args, struct imap_search *ret)
{
	struct reader r = { .args = args };

	*ret = (struct imap_search){ 0 };
	imap_args_need(args, ' ');
	open_key(&r, IMAP_SEARCH_AND, MANY);
	while (args->err == ERR_OK) {
		if (read_key(&r) && !finish_key(&r))
			break;
	}
	ret->keys = r.keys;
	ret->count = args->err == ERR_OK ? r.count : 0;
}

/* RFC 4731 section 3.1. Modifiers that are not known are BAD. */
static unsigned read_returns(struct imap_args *args)
{
	static const struct str names[] = { S_INIT("MIN"), S_INIT("MAX"), S_INIT("ALL"), S_INIT("COUNT") };
	unsigned returns = 0;

	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	if (imap_args_take(args, ')'))
		return IMAP_RETURN_ALL;
	do {
		struct str word = imap_args_word(args);
		unsigned n = 0;

		while (n < 4 && !str_ieq(word, names[n]))
			n++;
		if (n == 4)
			imap_args_fail(args, ERR_SYNTAX);
		returns |= 1u << n;
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	return returns;
}

void imap_arg_search(struct imap_args *args, struct imap_search *ret)
{
	bool extended = str_istarts(args->rest, S(" RETURN "));
	struct str charset = STR_NONE;
	unsigned returns = 0;

	if (extended) {
		(void)imap_arg_atom(args);
		returns = read_returns(args);
	}
	if (str_istarts(args->rest, S(" CHARSET "))) {
		(void)imap_arg_atom(args);
		charset = imap_arg_astring(args);
	}
	imap_arg_search_keys(args, ret);
	ret->charset = charset;
	ret->extended = extended;
	ret->returns = returns;
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
