#include "wire/imap_sync.h"

#define FLAGS_PREFIX "/flags/"

/* ---- numbers ---- */

static struct str digits(struct imap_args *args)
{
	size_t n = 0;
	struct str text;

	while (n < args->rest.len && ascii_is_digit(args->rest.at[n]))
		n++;
	text = str_sub(args->rest, 0, n);
	args->rest = str_skip(args->rest, n);
	return text;
}

uint64_t imap_args_modseq(struct imap_args *args, bool zero)
{
	uint64_t n;

	if (!str_u64(digits(args), IMAP_MODSEQ_MAX, &n) || (n == 0 && !zero)) {
		imap_args_fail(args, ERR_SYNTAX);
		return 0;
	}
	return n;
}

static uint32_t number(struct imap_args *args)
{
	uint32_t n = imap_args_number(args);

	if (n == 0)
		imap_args_fail(args, ERR_SYNTAX);
	return n;
}

/* A set without a star. */
static void plain_set(struct imap_args *args, struct imap_set *ret)
{
	imap_args_set(args, ret);
	if (args->err == ERR_OK && ret->star)
		imap_args_fail(args, ERR_SYNTAX);
}

static bool once(struct imap_args *args, bool *given)
{
	if (*given)
		imap_args_fail(args, ERR_SYNTAX);
	*given = true;
	return args->err == ERR_OK;
}

/* ---- SELECT ---- */

static void read_match(struct imap_args *args, struct imap_select *ret)
{
	ret->match_given = true;
	imap_args_need(args, '(');
	plain_set(args, &ret->match_seqs);
	imap_args_need(args, ' ');
	plain_set(args, &ret->match_uids);
	imap_args_need(args, ')');
	if (args->err == ERR_OK &&
		imap_set_size(&ret->match_seqs) != imap_set_size(&ret->match_uids))
		imap_args_fail(args, ERR_SYNTAX);
}

static void read_qresync(struct imap_args *args, struct imap_select *ret)
{
	if (!once(args, &ret->qresync))
		return;
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	ret->uidvalidity = number(args);
	imap_args_need(args, ' ');
	ret->modseq = imap_args_modseq(args, false);
	if (imap_arg_peek(args) != '\0' && imap_arg_peek(args) != '(') {
		ret->known_given = true;
		imap_args_need(args, ' ');
		plain_set(args, &ret->known);
	}
	if (imap_args_take(args, ' '))
		read_match(args, ret);
	imap_args_need(args, ')');
}

void imap_arg_select(struct imap_args *args, struct imap_select *ret)
{
	*ret = (struct imap_select){ 0 };
	if (!imap_arg_more(args))
		return;
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		struct str word = imap_args_word(args);

		if (str_ieq(word, S("CONDSTORE")))
			once(args, &ret->condstore);
		else if (str_ieq(word, S("ANNOTATE")))
			once(args, &ret->annotate);
		else if (str_ieq(word, S("QRESYNC")))
			read_qresync(args, ret);
		else
			imap_args_fail(args, ERR_SYNTAX);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

/* ---- FETCH ---- */

static void read_fetch_modifier(struct imap_args *args, struct imap_fetch_modifiers *ret)
{
	struct str word = imap_args_word(args);

	if (str_ieq(word, S("CHANGEDSINCE")) && once(args, &ret->changed_since_given)) {
		imap_args_need(args, ' ');
		ret->changed_since = imap_args_modseq(args, true);
	} else if (str_ieq(word, S("VANISHED")) && once(args, &ret->vanished)) {
		return;
	} else if (str_ieq(word, S("PARTIAL")) && once(args, &ret->partial_given)) {
		imap_args_need(args, ' ');
		imap_args_window(args, &ret->partial);
	} else {
		imap_args_fail(args, ERR_SYNTAX);
	}
}

void imap_arg_fetch_modifiers(struct imap_args *args, bool uid, struct imap_fetch_modifiers *ret)
{
	*ret = (struct imap_fetch_modifiers){ 0 };
	if (!imap_arg_more(args))
		return;
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		read_fetch_modifier(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	if ((ret->vanished && (!uid || !ret->changed_since_given)) || (ret->partial_given && !uid))
		imap_args_fail(args, ERR_SYNTAX);
}

/* ---- STORE ---- */

void imap_arg_store_modifiers(struct imap_args *args, struct imap_store_modifiers *ret)
{
	*ret = (struct imap_store_modifiers){ 0 };
	if (imap_arg_peek(args) != '(')
		return;
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	if (!str_ieq(imap_args_word(args), S("UNCHANGEDSINCE")))
		imap_args_fail(args, ERR_SYNTAX);
	imap_args_need(args, ' ');
	ret->unchanged_since_given = true;
	ret->unchanged_since = imap_args_modseq(args, true);
	imap_args_need(args, ')');
}

/* ---- SEARCH ---- */

uint64_t imap_args_search_modseq(struct imap_args *args)
{
	struct str entry, kind;

	if (args->rest.len > 0 && args->rest.at[0] == '"') {
		entry = imap_args_astring(args);
		imap_args_need(args, ' ');
		kind = imap_args_word(args);
		imap_args_need(args, ' ');
		if (!str_istarts(entry, S(FLAGS_PREFIX)) || entry.len == strlen(FLAGS_PREFIX) ||
			!(str_ieq(kind, S("priv")) || str_ieq(kind, S("shared")) ||
				str_ieq(kind, S("all"))))
			imap_args_fail(args, ERR_SYNTAX);
	}
	return imap_args_modseq(args, true);
}
