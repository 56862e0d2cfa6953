#include "ctl/csv.h"

void csv_init(struct csv *c, const struct csv_format *format)
{
	*c = (struct csv){ .format = *format };
	buf_init(&c->text, CSV_RECORD_OCTETS_MAX);
}

void csv_done(struct csv *c)
{
	buf_done(&c->text);
}

static void begin_record(struct csv *c)
{
	buf_clear(&c->text);
	c->text.overflowed = false;
	c->count = c->field_at = 0;
	c->state = CSV_BEGIN;
	c->wrong = ERR_OK;
	c->began = c->given = false;
}

static void end_field(struct csv *c)
{
	if (c->count == CSV_FIELDS_MAX) {
		c->wrong = ERR_TOOBIG;
		return;
	}
	c->fields[c->count++] = (struct csv_span){ c->field_at, c->text.len - c->field_at };
	c->field_at = c->text.len;
	c->state = CSV_BEGIN;
}

static void take_octet(struct csv *c, char octet)
{
	if (c->state == CSV_QUOTED) {
		if (octet == c->format.quote)
			c->state = CSV_CLOSED;
		else
			buf_put_octet(&c->text, octet);
	} else if (octet == c->format.separator) {
		end_field(c);
	} else if (octet == c->format.quote && (c->state == CSV_BEGIN || c->state == CSV_CLOSED)) {
		if (c->state == CSV_CLOSED)
			buf_put_octet(&c->text, octet);
		c->state = CSV_QUOTED;
	} else if (c->state == CSV_CLOSED) {
		c->wrong = ERR_SYNTAX;
	} else {
		c->state = CSV_BARE;
		buf_put_octet(&c->text, octet);
	}
}

static bool ends_record(const struct csv *c, char octet)
{
	return (octet == '\r' || octet == '\n') && (c->state != CSV_QUOTED || c->wrong != ERR_OK);
}

/* True: the octet ended a record that is not empty. */
static bool take(struct csv *c, char octet)
{
	bool pair = c->after_cr && octet == '\n';

	c->at++;
	c->after_cr = octet == '\r';
	if (!pair && (octet == '\r' || octet == '\n'))
		c->lines++;
	if (pair && !c->began)
		return false;
	if (ends_record(c, octet)) {
		if (!c->began)
			return false;
		c->to = c->at - 1;
		return true;
	}
	if (!c->began) {
		c->began = true;
		c->from = c->at - 1;
		c->line = c->lines + 1;
	}
	if (c->wrong == ERR_OK)
		take_octet(c, octet);
	if (c->wrong == ERR_OK && buf_overflowed(&c->text))
		c->wrong = ERR_TOOBIG;
	return false;
}

static enum err give(struct csv *c)
{
	if (c->wrong == ERR_OK)
		end_field(c);
	c->given = true;
	return c->wrong;
}

enum err csv_next(struct csv *c, struct str *rest)
{
	if (c->given)
		begin_record(c);
	while (rest->len > 0) {
		char octet = rest->at[0];

		*rest = str_skip(*rest, 1);
		if (take(c, octet))
			return give(c);
	}
	return ERR_NEEDMORE;
}

enum err csv_end(struct csv *c)
{
	if (c->given)
		begin_record(c);
	if (!c->began)
		return ERR_NOTFOUND;
	if (c->state == CSV_QUOTED && c->wrong == ERR_OK)
		c->wrong = ERR_SYNTAX;
	c->to = c->at;
	return give(c);
}

struct str csv_field(const struct csv *c, size_t i)
{
	if (i >= c->count)
		return S("");
	return str_sub(buf_str(&c->text), c->fields[i].at, c->fields[i].len);
}

/* ---- several values in one field ---- */

/* One value off the front, unquoted into the arena. */
static enum err cut_value(const struct csv_format *f, struct str *rest, struct arena *a, struct str *ret)
{
	char *to, *begin;
	size_t i = 1;

	if (rest->len == 0 || rest->at[0] != f->quote) {
		if (!str_cut(rest, f->many, ret)) {
			*ret = *rest;
			*rest = STR_NONE;
		}
		*ret = str_trim(*ret);
		return ERR_OK;
	}
	begin = to = arena_take(a, rest->len);
	for (; i < rest->len; i++) {
		if (rest->at[i] == f->quote && (i + 1 == rest->len || rest->at[i + 1] != f->quote))
			break;
		i += rest->at[i] == f->quote;
		*to++ = rest->at[i];
	}
	if (i == rest->len || (i + 1 < rest->len && rest->at[i + 1] != f->many))
		return ERR_SYNTAX;
	*ret = str_make(begin, (size_t)(to - begin));
	*rest = str_skip(*rest, i + 2);
	return ERR_OK;
}

enum err csv_values(const struct csv_format *format, struct str field, struct arena *a, const struct str **ret,
	size_t *ret_count)
{
	size_t most = 1, count = 0;
	struct str *at;

	for (size_t i = 0; i < field.len; i++)
		most += field.at[i] == format->many;
	if (most > CSV_VALUES_MAX)
		return ERR_TOOBIG;
	at = ARENA_ARRAY(a, struct str, most);
	while (field.len > 0) {
		enum err e = cut_value(format, &field, a, &at[count]);

		if (e != ERR_OK)
			return e;
		count += at[count].len > 0;
	}
	*ret = at;
	*ret_count = count;
	return ERR_OK;
}

/* ---- writing ---- */

static void put_quoted(struct buf *to, char quote, struct str text)
{
	buf_put_octet(to, quote);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == quote)
			buf_put_octet(to, quote);
		buf_put_octet(to, text.at[i]);
	}
	buf_put_octet(to, quote);
}

static bool has_outer_space(struct str s)
{
	return str_trim(s).len < s.len;
}

void csv_put(struct buf *to, const struct csv_format *format, struct str field, bool first)
{
	bool quote = has_outer_space(field);

	if (!first)
		buf_put_octet(to, format->separator);
	quote |= str_has_octet(field, format->separator) || str_has_octet(field, format->quote) ||
		 str_has_octet(field, '\r') || str_has_octet(field, '\n') || (first && field.len == 0);
	if (quote)
		put_quoted(to, format->quote, field);
	else
		buf_put(to, field);
}

void csv_put_value(struct buf *field, const struct csv_format *format, struct str value)
{
	if (field->len > 0)
		buf_put_octet(field, format->many);
	if (has_outer_space(value) || str_has_octet(value, format->many) || (value.len > 0 && value.at[0] == format->quote))
		put_quoted(field, format->quote, value);
	else
		buf_put(field, value);
}

void csv_put_end(struct buf *to)
{
	buf_put_c(to, "\r\n");
}
