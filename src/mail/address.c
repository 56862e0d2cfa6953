#include "mail/address.h"

enum kind { END, WORD, QUOTED, SPECIAL };

struct token {
	enum kind kind;
	struct str text; /* without quotes, escapes still in it */
	char special;
	bool gap;        /* blanks or a comment stand before it */
};

void address_list_init(struct address_list *l, struct str text)
{
	*l = (struct address_list){ .rest = text };
	for (size_t i = 0; i < ADDRESS_BUFS; i++)
		buf_init(&l->bufs[i], BUF_NO_CEILING);
}

void address_list_done(struct address_list *l)
{
	for (size_t i = 0; i < ADDRESS_BUFS; i++)
		buf_done(&l->bufs[i]);
}

static bool is_blank(char c)
{
	return ascii_is_wsp(c) || c == '\r' || c == '\n';
}

/* In text with backslash escapes, s.at[0] being the opening octet: the offset of the closing one, or STR_NPOS. */
static size_t quoted_end(struct str s, char close)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[i] == close)
			return i;
	}
	return STR_NPOS;
}

/* Octets of the comment at the start of s, nested ones included; an open one reaches to the end. */
static size_t comment_octets(struct str s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\') {
			i++;
		} else if (s.at[i] == '(') {
			depth++;
		} else if (s.at[i] == ')' && --depth == 0) {
			return i + 1;
		}
	}
	return s.len;
}

/* Appends text without backslashes and line ends. */
static void put_unescaped(struct buf *to, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\' && i + 1 < text.len)
			i++;
		if (text.at[i] != '\r' && text.at[i] != '\n')
			buf_put_octet(to, text.at[i]);
	}
}

/* Passes over blanks and comments; the last comment is kept, it may be the only name there is. */
static bool skip_gap(struct address_list *l)
{
	size_t before = l->rest.len;

	while (l->rest.len > 0) {
		size_t n = 1;

		if (l->rest.at[0] == '(') {
			n = comment_octets(l->rest);
			buf_clear(&l->bufs[ADDRESS_COMMENT]);
			put_unescaped(&l->bufs[ADDRESS_COMMENT],
				str_trim(str_sub(l->rest, 1, n - 1 - (n > 1 && l->rest.at[n - 1] == ')'))));
		} else if (!is_blank(l->rest.at[0])) {
			break;
		}
		l->rest = str_skip(l->rest, n);
	}
	return l->rest.len < before;
}

static bool is_special(char c)
{
	return memchr("<>@,;:", c, 6) != NULL;
}

static struct token next_token(struct address_list *l, bool in_domain)
{
	struct token t = { .kind = END };
	size_t end = STR_NPOS;

	t.gap = skip_gap(l);
	if (l->rest.len == 0)
		return t;
	if (l->rest.at[0] == '"' && !l->no_quote) {
		end = quoted_end(l->rest, '"');
		l->no_quote = end == STR_NPOS;
		t.kind = QUOTED;
	}
	if (end != STR_NPOS) {
		t.text = str_sub(l->rest, 1, end - 1);
		l->rest = str_skip(l->rest, end + 1);
		return t;
	}
	if (is_special(l->rest.at[0])) {
		t.kind = SPECIAL;
		t.special = l->rest.at[0];
		t.text = str_sub(l->rest, 0, 1);
		l->rest = str_skip(l->rest, 1);
		return t;
	}
	t.kind = WORD;
	if (in_domain && l->rest.at[0] == '[')
		end = str_find(str_sub(l->rest, 0, 256), ']'); /* a domain literal may hold colons */
	end = end == STR_NPOS ? 1 : end + 1;
	while (end < l->rest.len && !is_blank(l->rest.at[end]) && !is_special(l->rest.at[end]) &&
		l->rest.at[end] != '(' && (l->rest.at[end] != '"' || l->no_quote))
		end++;
	t.text = str_sub(l->rest, 0, end);
	l->rest = str_skip(l->rest, end);
	return t;
}

static void put_token(struct buf *to, const struct token *t)
{
	if (t->kind == QUOTED)
		put_unescaped(to, t->text);
	else
		buf_put(to, t->text);
}

static void put_phrase(struct address_list *l, const struct token *t)
{
	struct buf *phrase = &l->bufs[ADDRESS_PHRASE];

	if (t->gap && phrase->len > 0)
		buf_put_octet(phrase, ' ');
	put_token(phrase, t);
}

/* Blanks around dots are the obsolete syntax of RFC 5322 section 4.4. */
static bool dot_joins(const struct buf *b, const struct token *t)
{
	return b->len == 0 || !t->gap || b->at[b->len - 1] == '.' || (t->text.len > 0 && t->text.at[0] == '.');
}

/* Without angle brackets the word next to the "@" counts: "John john@example.org". */
static void put_local(struct address_list *l, const struct token *t, bool in_angle)
{
	struct buf *local = &l->bufs[ADDRESS_LOCAL];

	if (!dot_joins(local, t)) {
		if (in_angle)
			buf_put_octet(local, ' ');
		else
			buf_clear(local);
	}
	put_token(local, t);
}

static void put_host(struct address_list *l, const struct token *t)
{
	if (dot_joins(&l->bufs[ADDRESS_HOST], t))
		put_token(&l->bufs[ADDRESS_HOST], t);
}

/* A second "@": what was read as the domain belongs to the local part. */
static void put_at(struct address_list *l, bool *in_domain)
{
	if (*in_domain) {
		buf_put_octet(&l->bufs[ADDRESS_LOCAL], '@');
		buf_put(&l->bufs[ADDRESS_LOCAL], buf_str(&l->bufs[ADDRESS_HOST]));
		buf_clear(&l->bufs[ADDRESS_HOST]);
	}
	*in_domain = true;
}

/* The rest of "@a,@b:" when one stands at the start of an angle address. */
static void parse_route(struct address_list *l)
{
	size_t end = 0;
	struct str route;

	(void)skip_gap(l);
	if (l->rest.len == 0 || l->rest.at[0] != '@')
		return;
	while (end < l->rest.len && memchr(":<>;\"", l->rest.at[end], 5) == NULL)
		end++;
	if (end == l->rest.len || l->rest.at[end] != ':')
		return;
	route = str_sub(l->rest, 0, end);
	l->rest = str_skip(l->rest, end + 1);
	for (size_t i = 0; i < route.len; i++) {
		if (!is_blank(route.at[i]))
			buf_put_octet(&l->bufs[ADDRESS_ADL], route.at[i]);
	}
}

/* Behind "<"; stops behind ">", or before what ends the address when it is missing. */
static void parse_angle(struct address_list *l)
{
	bool in_domain = false;

	buf_clear(&l->bufs[ADDRESS_LOCAL]);
	buf_clear(&l->bufs[ADDRESS_HOST]);
	parse_route(l);
	for (;;) {
		bool gap = skip_gap(l);
		struct str before = l->rest;
		struct token t = next_token(l, in_domain);

		t.gap = gap;
		if (t.kind == END || (t.kind == SPECIAL && t.special == '>'))
			return;
		if (t.kind == SPECIAL && (t.special == ',' || t.special == ';')) {
			l->rest = before;
			return;
		}
		if (t.kind == SPECIAL && t.special == '@')
			put_at(l, &in_domain);
		else if (in_domain)
			put_host(l, &t);
		else
			put_local(l, &t, true);
	}
}

/* Up to the comma or semicolon that ends an address, which is returned; 0 at the end. */
static char skip_to_separator(struct address_list *l)
{
	for (;;) {
		struct token t = next_token(l, false);

		if (t.kind == END)
			return 0;
		if (t.kind == SPECIAL && (t.special == ',' || t.special == ';'))
			return t.special;
	}
}

struct item {
	bool seen, angle, group, in_domain;
	char separator; /* ',' ';' or 0 at the end */
};

/* One token of an address; false: the address (or the start of a group) is complete. */
static bool parse_token(struct address_list *l, const struct token *t, struct item *it)
{
	char c = t->kind == SPECIAL ? t->special : 0;

	if (t->kind == END || c == ',' || c == ';') {
		it->separator = c;
		return false;
	}
	if (c == ':' && !l->in_group && !it->in_domain) {
		it->group = true;
		return false;
	}
	it->seen = true;
	if (c == '<') {
		it->angle = true;
		parse_angle(l);
		it->separator = skip_to_separator(l);
		return false;
	}
	put_phrase(l, t);
	if (c == '@')
		put_at(l, &it->in_domain);
	else if (it->in_domain)
		put_host(l, t);
	else
		put_local(l, t, false);
	return true;
}

static struct item parse_item(struct address_list *l)
{
	struct item it = { 0 };
	struct token t;

	for (size_t i = 0; i < ADDRESS_BUFS; i++)
		buf_clear(&l->bufs[i]);
	do {
		t = next_token(l, it.in_domain);
	} while (parse_token(l, &t, &it));
	return it;
}

/* The buffer's octets, absent when there are none. */
static struct str or_absent(const struct buf *b)
{
	return b->len > 0 ? buf_str(b) : STR_NONE;
}

static struct str or_empty(const struct buf *b)
{
	return b->len > 0 ? buf_str(b) : S("");
}

static void give_mailbox(struct address_list *l, const struct item *it, struct address *ret)
{
	struct str phrase = or_absent(&l->bufs[ADDRESS_PHRASE]);
	struct str comment = or_absent(&l->bufs[ADDRESS_COMMENT]);

	ret->kind = ADDRESS_MAILBOX;
	ret->name = it->angle && phrase.len > 0 ? phrase : comment;
	ret->adl = or_absent(&l->bufs[ADDRESS_ADL]);
	ret->mailbox = or_empty(&l->bufs[ADDRESS_LOCAL]);
	ret->host = or_empty(&l->bufs[ADDRESS_HOST]);
}

bool address_list_next(struct address_list *l, struct address *ret)
{
	*ret = (struct address){ .kind = ADDRESS_GROUP_END };
	while (!l->group_ends) {
		struct item it = parse_item(l);

		if (it.group) {
			l->in_group = true;
			ret->kind = ADDRESS_GROUP;
			ret->name = or_empty(&l->bufs[ADDRESS_PHRASE]);
			return true;
		}
		l->group_ends = l->in_group && it.separator != ',';
		if (it.seen) {
			give_mailbox(l, &it, ret);
			return true;
		}
		if (it.separator == 0 && !l->in_group)
			return false;
	}
	l->group_ends = false;
	l->in_group = false;
	return true;
}
