#include "wire/imap_append.h"

#include "wire/imap_note.h"

static enum imap_append_what bad(struct imap_args *args)
{
	imap_args_fail(args, ERR_SYNTAX);
	return IMAP_APPEND_END;
}

/* A literal's size, with which the piece ends. */
static enum imap_append_what text(struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	ret->binary = imap_args_take(args, '~');
	ret->utf8 = a->utf8;
	if (!imap_args_literal_size(args, &ret->octets) || args->rest.len > 0 || (a->utf8 && !ret->binary))
		return bad(args);
	a->place = IMAP_APPEND_BEHIND;
	return IMAP_APPEND_TEXT;
}

static enum imap_append_what utf8_text(struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	a->utf8 = true;
	return text(a, args, ret);
}

static enum imap_append_what message(
	struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	if (args->rest.len == 0 && a->begun)
		return IMAP_APPEND_END;
	a->begun = true;
	a->place = IMAP_APPEND_AT_DATA;
	ret->flags = (struct imap_flags){ 0 };
	if (imap_arg_peek(args) == '(')
		imap_arg_flags(args, &ret->flags);
	ret->has_date = imap_arg_peek(args) == '"';
	ret->date = ret->has_date ? imap_arg_date_time(args) : 0;
	ret->notes = (struct imap_notes){ 0 };
	if (str_istarts(args->rest, S(" ANNOTATION "))) {
		(void)imap_arg_atom(args);
		imap_args_notes(args, &ret->notes);
	}
	return args->err == ERR_OK ? IMAP_APPEND_MESSAGE : IMAP_APPEND_END;
}

static enum imap_append_what part(struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	struct str word = imap_args_word(args);

	if (str_ieq(word, S("UTF8")))
		return utf8_text(a, args, ret);
	imap_args_need(args, ' ');
	if (str_ieq(word, S("TEXT")))
		return text(a, args, ret);
	if (!str_ieq(word, S("URL")))
		return bad(args);
	ret->url = imap_args_astring(args);
	a->place = IMAP_APPEND_BEHIND;
	return args->err == ERR_OK ? IMAP_APPEND_URL : IMAP_APPEND_END;
}

static enum imap_append_what data(struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	char next = imap_arg_peek(args);
	struct str word;

	imap_args_need(args, ' ');
	if (next == '{' || next == '~')
		return text(a, args, ret);
	word = imap_args_word(args);
	if (str_ieq(word, S("UTF8")))
		return utf8_text(a, args, ret);
	if (!str_ieq(word, S("CATENATE")))
		return bad(args);
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	a->catenate = true;
	return part(a, args, ret);
}

static enum imap_append_what behind(struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	if (a->utf8)
		imap_args_need(args, ')');
	a->utf8 = false;
	if (a->catenate && !imap_args_take(args, ')')) {
		imap_args_need(args, ' ');
		return part(a, args, ret);
	}
	a->catenate = false;
	a->place = IMAP_APPEND_AT_MESSAGE;
	return args->err == ERR_OK ? IMAP_APPEND_CLOSE : IMAP_APPEND_END;
}

enum imap_append_what imap_append_next(
	struct imap_append *a, struct imap_args *args, struct imap_append_item *ret)
{
	if (args->err != ERR_OK)
		return IMAP_APPEND_END;
	switch (a->place) {
	case IMAP_APPEND_AT_MESSAGE:
		return message(a, args, ret);
	case IMAP_APPEND_AT_DATA:
		return data(a, args, ret);
	case IMAP_APPEND_BEHIND:
		return behind(a, args, ret);
	}
	return bad(args);
}

enum err imap_append_check(const struct imap_append *a, const struct imap_args *args, bool open)
{
	struct imap_append copy = *a;
	struct imap_args rest = *args;
	struct imap_append_item item;
	enum imap_append_what what;

	do {
		what = imap_append_next(&copy, &rest, &item);
	} while (what != IMAP_APPEND_TEXT && what != IMAP_APPEND_END);
	if (rest.err == ERR_OK && open != (what == IMAP_APPEND_TEXT))
		return ERR_SYNTAX;
	return imap_args_end(&rest);
}
