#include "wire/pop3.h"

#define CMD(verb, homes, states, flags, handler, rfc)                                              \
	{ #verb, (homes), (states), (flags), #handler, (rfc) },
static const struct pop3_row rows[POP3_VERB_COUNT] = {
#include "wire/pop3.tbl"
};
#undef CMD

/* RFC 2449 4: a reply line has at most 512 octets, its CRLF included. */
#define TEXT_OCTETS_MAX ((size_t)490)

const struct pop3_row *pop3_row(enum pop3_verb verb)
{
	must((unsigned)verb < POP3_VERB_COUNT);
	return &rows[verb];
}

/* The word up to the first blank; one blank is taken with it, for passwords may begin with one. */
static struct str cut_word(struct str *rest)
{
	size_t n = str_find(*rest, ' ');
	struct str word;

	if (n == STR_NPOS)
		n = rest->len;
	word = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n + 1);
	return word;
}

enum err pop3_find(struct str line, enum pop3_verb *ret)
{
	struct str word = cut_word(&line);

	for (int i = 0; i < POP3_VERB_COUNT; i++) {
		if (str_ieq(word, str_from_c(rows[i].verb))) {
			*ret = (enum pop3_verb)i;
			return ERR_OK;
		}
	}
	return ERR_COMMAND;
}

bool pop3_may_be_long(struct str in)
{
	enum pop3_verb verb;

	return pop3_find(str_sub(in, 0, 5), &verb) == ERR_OK &&
	       (rows[verb].flags & POP3_LOGON_LINE) != 0 && in.len >= 5;
}

static enum err read_message(struct str word, struct pop3_command *c)
{
	uint64_t n;

	for (size_t i = 0; i < word.len; i++) {
		if (!ascii_is_digit(word.at[i]))
			return ERR_SYNTAX;
	}
	if (word.len == 0)
		return ERR_SYNTAX;
	if (!str_u64(word, UINT32_MAX, &n) || n == 0)
		return ERR_NOMESSAGE;
	c->message = (uint32_t)n;
	c->has_message = true;
	return ERR_OK;
}

static enum err parse_message(struct str rest, struct pop3_command *c)
{
	bool optional = c->verb == POP3_LIST || c->verb == POP3_UIDL;

	rest = str_trim(rest);
	return optional && rest.len == 0 ? ERR_OK : read_message(rest, c);
}

static enum err parse_top(struct str rest, struct pop3_command *c)
{
	struct str word = cut_word(&rest);
	enum err e = read_message(word, c);

	if (e != ERR_OK)
		return e;
	return str_u32(str_trim(rest), UINT32_MAX, &c->lines) ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_auth(struct str rest, struct pop3_command *c)
{
	c->mechanism = cut_word(&rest);
	for (size_t i = 0; i < c->mechanism.len; i++) {
		char m = c->mechanism.at[i];

		if (!ascii_is_alpha(m) && !ascii_is_digit(m) && m != '-' && m != '_')
			return ERR_SYNTAX;
	}
	rest = str_trim(rest);
	c->has_initial = rest.len > 0;
	c->initial = str_eq(rest, S("=")) ? S("") : rest;
	if (c->mechanism.len > 20 || str_has_octet(rest, ' ') || str_has_control(rest))
		return ERR_SYNTAX;
	return c->mechanism.len == 0 && c->has_initial ? ERR_SYNTAX : ERR_OK;
}

static enum err parse_text(struct str rest, struct pop3_command *c)
{
	c->text = rest;
	if (c->verb == POP3_PASS) {
		for (size_t i = 0; i < rest.len; i++) {
			if (str_has_control(str_sub(rest, i, 1)) && rest.at[i] != '\t')
				return ERR_SYNTAX;
		}
		return ERR_OK;
	}
	if (str_has_control(rest) || (c->verb == POP3_USER && rest.len == 0))
		return ERR_SYNTAX;
	return ERR_OK;
}

static enum err parse_arg(struct str rest, struct pop3_command *c)
{
	if (c->verb == POP3_USER || c->verb == POP3_PASS || c->verb == POP3_LANG)
		return parse_text(rest, c);
	if (c->verb == POP3_AUTH)
		return parse_auth(rest, c);
	if (c->verb == POP3_TOP)
		return parse_top(rest, c);
	if (c->verb == POP3_LIST || c->verb == POP3_UIDL || c->verb == POP3_RETR ||
		c->verb == POP3_DELE)
		return parse_message(rest, c);
	return str_trim(rest).len == 0 ? ERR_OK : ERR_SYNTAX;
}

enum err pop3_parse(struct str line, struct pop3_command *ret)
{
	struct pop3_command c = { 0 };
	enum err e = pop3_find(line, &c.verb);

	if (e != ERR_OK)
		return e;
	cut_word(&line);
	e = parse_arg(line, &c);
	if (e == ERR_OK)
		*ret = c;
	return e;
}

static void put_text(struct buf *to, struct str text)
{
	text = str_sub(text, 0, TEXT_OCTETS_MAX);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		buf_put_octet(to, str_has_control(str_make(&c, 1)) ? '?' : c);
	}
	buf_put(to, S("\r\n"));
}

void pop3_ok(struct buf *to, struct str text)
{
	buf_put_c(to, "+OK ");
	put_text(to, text.len > 0 ? text : str_from_c(err_text(ERR_OK)));
}

void pop3_err(struct buf *to, enum err e, struct str text)
{
	const struct err_row *row = err_row(e);

	buf_put_c(to, "-ERR ");
	if (row->pop3_code != NULL) {
		buf_put_octet(to, '[');
		buf_put_c(to, row->pop3_code);
		buf_put_c(to, "] ");
	}
	put_text(to, text.len > 0 ? text : str_from_c(row->text));
}

void pop3_line(struct buf *to, struct str text)
{
	if (text.len > 0 && text.at[0] == '.')
		buf_put_octet(to, '.');
	put_text(to, text);
}

void pop3_end(struct buf *to)
{
	buf_put(to, S(".\r\n"));
}
