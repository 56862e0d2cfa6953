#include "wire/imap_sort.h"

#include "wire/imap_note.h"

static const struct str keys[IMAP_SORT_KEY_COUNT] = {
	[IMAP_SORT_ARRIVAL] = S_INIT("ARRIVAL"),
	[IMAP_SORT_CC] = S_INIT("CC"),
	[IMAP_SORT_DATE] = S_INIT("DATE"),
	[IMAP_SORT_DISPLAYFROM] = S_INIT("DISPLAYFROM"),
	[IMAP_SORT_DISPLAYTO] = S_INIT("DISPLAYTO"),
	[IMAP_SORT_FROM] = S_INIT("FROM"),
	[IMAP_SORT_RELEVANCY] = S_INIT("RELEVANCY"),
	[IMAP_SORT_SIZE] = S_INIT("SIZE"),
	[IMAP_SORT_SUBJECT] = S_INIT("SUBJECT"),
	[IMAP_SORT_TO] = S_INIT("TO"),
	[IMAP_SORT_NOTE] = S_INIT("ANNOTATION"),
};

static void read_note(struct imap_args *args, struct imap_sort_by *by)
{
	imap_args_need(args, ' ');
	by->entry = imap_args_note_entry(args);
	imap_args_need(args, ' ');
	by->shared = imap_args_note_scope(args) == IMAP_NOTE_SHARED;
}

static void one_criterion(struct imap_args *args, struct imap_sort *ret)
{
	struct imap_sort_by by = { 0 };
	struct str word = imap_args_word(args);
	size_t n = 0;

	if (str_ieq(word, S("REVERSE"))) {
		by.reverse = true;
		imap_args_need(args, ' ');
		word = imap_args_word(args);
	}
	while (n < IMAP_SORT_KEY_COUNT && !str_ieq(word, keys[n]))
		n++;
	if (n == IMAP_SORT_KEY_COUNT) {
		imap_args_fail(args, ERR_SYNTAX);
	} else if (ret->count == IMAP_SORT_KEYS_MAX) {
		imap_args_fail(args, ERR_LIMIT);
	} else {
		by.key = (enum imap_sort_key)n;
		if (by.key == IMAP_SORT_NOTE)
			read_note(args, &by);
		ret->by[ret->count++] = by;
	}
}

/* The charset is not optional here. */
static void read_search(struct imap_args *args, struct imap_search *ret)
{
	ret->charset = imap_arg_astring(args);
	imap_arg_search_keys(args, ret);
}

void imap_arg_sort(struct imap_args *args, struct imap_sort *ret, struct imap_search *ret_search)
{
	ret->count = 0;
	*ret_search = (struct imap_search){ 0 };
	imap_arg_search_returns(args, ret_search);
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		one_criterion(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	read_search(args, ret_search);
	for (size_t n = 0; n < ret->count; n++) {
		if (ret->by[n].key == IMAP_SORT_RELEVANCY && !ret_search->fuzzy)
			imap_args_fail(args, ERR_SYNTAX);
	}
}

void imap_arg_thread(struct imap_args *args, enum imap_thread *ret, struct imap_search *ret_search)
{
	struct str word = imap_arg_atom(args);

	*ret = str_ieq(word, S("REFERENCES")) ? IMAP_THREAD_REFERENCES : IMAP_THREAD_ORDEREDSUBJECT;
	if (*ret == IMAP_THREAD_ORDEREDSUBJECT && !str_ieq(word, S("ORDEREDSUBJECT")))
		imap_args_fail(args, ERR_SYNTAX);
	*ret_search = (struct imap_search){ 0 };
	read_search(args, ret_search);
}
