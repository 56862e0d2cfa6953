#include "mail/param.h"

#include "mail/transfer.h"

/* A parameter as it stands in the field. */
struct piece {
	struct str name;    /* without "*0*" */
	uint32_t number;    /* of the piece; NO_PIECE: it is whole */
	bool extended;      /* charset and %xx */
	struct str value;   /* view into the field, or into the octets for a quoted one */
	bool used;
};

#define NO_PIECE UINT32_MAX

struct pieces {
	struct piece rows[PARAM_MAX];
	size_t count;
};

static bool is_token(char c)
{
	return c > ' ' && c < 0x7f && memchr("()<>@,;:\\\"/[]?=", c, 15) == NULL;
}

/* Blanks and comments. */
static void skip_gap(struct str *s)
{
	size_t depth = 0, i;

	for (i = 0; i < s->len; i++) {
		char c = s->at[i];

		if (c == '\\' && depth > 0)
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && !ascii_is_wsp(c))
			break;
	}
	*s = str_skip(*s, i);
}

static struct str cut_token(struct str *s)
{
	size_t n = 0;
	struct str token;

	while (n < s->len && is_token(s->at[n]))
		n++;
	token = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return token;
}

bool param_media_type(struct str text, struct str *ret_type, struct str *ret_subtype, struct str *ret_rest)
{
	struct str type, subtype;

	skip_gap(&text);
	type = cut_token(&text);
	skip_gap(&text);
	if (type.len == 0 || text.len == 0 || text.at[0] != '/')
		return false;
	text = str_skip(text, 1);
	skip_gap(&text);
	subtype = cut_token(&text);
	if (subtype.len == 0)
		return false;
	*ret_type = type;
	*ret_subtype = subtype;
	*ret_rest = text;
	return true;
}

struct str param_token(struct str text, struct str *ret_rest)
{
	struct str token;

	skip_gap(&text);
	token = cut_token(&text);
	*ret_rest = text;
	return token;
}

/* A quoted string at the start of *s; without a closing quote it reaches to the end. */
static struct str cut_quoted(struct str *s, struct buf *to)
{
	size_t i = 1, from = to->len;

	for (; i < s->len && s->at[i] != '"'; i++) {
		if (s->at[i] == '\\' && i + 1 < s->len)
			i++;
		buf_put_octet(to, s->at[i]);
	}
	*s = str_skip(*s, i + 1);
	return str_sub(buf_str(to), from, to->len);
}

/* s begins with a blank: a comment, or "name=" of a parameter whose semicolon is missing, follows. */
static bool value_ends(struct str s)
{
	while (s.len > 0 && ascii_is_wsp(s.at[0]))
		s = str_skip(s, 1);
	if (s.len == 0 || s.at[0] == '(')
		return true;
	return cut_token(&s).len > 0 && s.len > 1 && s.at[0] == '=';
}

/* An unquoted value: to the semicolon, since names with blanks in them are common. */
static struct str cut_bare(struct str *s)
{
	size_t n = 0;
	struct str value;

	while (n < s->len && s->at[n] != ';') {
		size_t gap = n;

		if (!ascii_is_wsp(s->at[n])) {
			n++;
			continue;
		}
		if (value_ends(str_skip(*s, n)))
			break;
		while (gap < s->len && ascii_is_wsp(s->at[gap]))
			gap++;
		n = gap;
	}
	value = str_trim(str_sub(*s, 0, n));
	*s = str_skip(*s, n);
	return value;
}

/* name, name*, name*0, name*0* */
static void split_name(struct str name, struct piece *p)
{
	struct str head = name, tail = name;

	p->number = NO_PIECE;
	p->name = name;
	if (str_ends(name, S("*"))) {
		p->extended = true;
		head.len--;
		tail.len--;
		p->name.len--;
	}
	if (str_cut(&tail, '*', &head) && tail.len <= 3 && str_u32(tail, PARAM_PIECES_MAX - 1, &p->number))
		p->name = head;
}

/* Cuts one parameter off *s; false: none there, but *s may still hold others. */
static bool cut_param(struct str *s, struct buf *octets, struct piece *ret)
{
	struct str name;

	skip_gap(s);
	name = cut_token(s);
	skip_gap(s);
	if (name.len == 0 || s->len == 0 || s->at[0] != '=') {
		if (name.len == 0 && s->len > 0)
			*s = str_skip(*s, 1);
		return false;
	}
	*s = str_skip(*s, 1);
	skip_gap(s);
	*ret = (struct piece){ .used = false };
	split_name(name, ret);
	ret->value = s->len > 0 && s->at[0] == '"' ? cut_quoted(s, octets) : cut_bare(s);
	return true;
}

/* A piece without %xx among pieces that have it must not be read as one. */
static void put_percent(struct str value, struct buf *to)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (is_token((char)c) && c != '%' && c != '*' && c != '\'') {
			buf_put_octet(to, (char)c);
			continue;
		}
		buf_put_octet(to, '%');
		buf_put_octet(to, hex[c >> 4]);
		buf_put_octet(to, hex[c & 15]);
	}
}

static struct piece *find_piece(struct pieces *p, struct str name, uint32_t number)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->rows[i].number == number && !p->rows[i].used && str_ieq(p->rows[i].name, name))
			return &p->rows[i];
	}
	return NULL;
}

/* The piece and those that follow it in number, as one value. Extended when any of them is. */
static void join(struct pieces *p, struct piece *first, struct params *ret)
{
	struct param *row = &ret->rows[ret->count++];
	size_t from = ret->octets.len;
	bool extended = first->extended;
	struct piece *piece = first;

	for (size_t i = 0; i < p->count; i++)
		extended |= p->rows[i].extended && p->rows[i].number != NO_PIECE &&
			    str_ieq(p->rows[i].name, first->name);
	for (uint32_t number = first->number; piece != NULL; piece = find_piece(p, first->name, ++number)) {
		piece->used = true;
		if (extended && !piece->extended)
			put_percent(piece->value, &ret->octets);
		else
			buf_put(&ret->octets, piece->value);
	}
	row->value = str_sub(buf_str(&ret->octets), from, ret->octets.len);
	from = ret->octets.len;
	buf_put(&ret->octets, first->name);
	if (extended)
		buf_put(&ret->octets, S("*"));
	row->name = str_sub(buf_str(&ret->octets), from, ret->octets.len);
}

static void take_whole(const struct piece *p, struct params *ret)
{
	struct param *row = &ret->rows[ret->count++];

	row->value = p->value;
	row->name = p->name;
	row->name.len += p->extended; /* the '*' stands behind the name in the field */
}

void params_read(struct str rest, struct params *ret)
{
	struct pieces pieces;
	struct piece piece;

	pieces.count = 0;
	ret->count = 0;
	ret->truncated = false;
	buf_init(&ret->octets, BUF_NO_CEILING);
	/* Room for everything at once: unquoted octets, and joined ones at three for one. Views must not move. */
	must(buf_room(&ret->octets, rest.len * 4 + PARAM_MAX) != NULL);
	while (rest.len > 0) {
		if (!cut_param(&rest, &ret->octets, &piece))
			continue;
		if (pieces.count == PARAM_MAX) {
			ret->truncated = true;
			break;
		}
		pieces.rows[pieces.count++] = piece;
	}
	for (size_t i = 0; i < pieces.count; i++) {
		struct piece *p = &pieces.rows[i];

		if (p->used)
			continue;
		if (p->number == NO_PIECE)
			take_whole(p, ret);
		else if (p->number == 0 || find_piece(&pieces, p->name, 0) == NULL)
			join(&pieces, p, ret);
	}
}

void params_done(struct params *p)
{
	buf_done(&p->octets);
}

struct str params_value(const struct params *p, struct str name)
{
	for (size_t i = 0; i < p->count; i++) {
		if (str_ieq(p->rows[i].name, name))
			return p->rows[i].value;
	}
	return STR_NONE;
}
