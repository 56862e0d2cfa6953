#include "wire/http_form.h"

#include "wire/http.h"

#define NAME_OCTETS_MAX ((size_t)64)

/* One field as it stands. */
struct field {
	struct str name, value;
};

/* ---- urlencoded ---- */

static enum err next_coded(struct str *rest, struct field *ret)
{
	struct str one;

	if (!str_cut(rest, '&', &one)) {
		one = *rest;
		*rest = STR_NONE;
	}
	if (!str_cut(&one, '=', &ret->name))
		return ERR_SYNTAX;
	ret->value = one.at == NULL ? S("") : one;
	return ret->name.len > 0 ? ERR_OK : ERR_SYNTAX;
}

/* ---- multipart ---- */

/* name="value" out of ; name="value"; ...: quoted, without anything that would have to be escaped. */
static bool next_param(struct str *rest, struct field *ret)
{
	struct str s = str_trim(*rest);
	size_t end;

	if (s.len == 0 || s.at[0] != ';')
		return false;
	s = str_trim(str_skip(s, 1));
	if (!str_cut(&s, '=', &ret->name) || s.len < 2 || s.at[0] != '"')
		return false;
	s = str_skip(s, 1);
	end = str_find(s, '"');
	if (end == STR_NPOS || str_has_octet(str_sub(s, 0, end), '\\'))
		return false;
	ret->value = str_sub(s, 0, end);
	*rest = str_skip(s, end + 1);
	return true;
}

static enum err read_disposition(struct str value, struct str *ret_name)
{
	struct field p;
	bool named = false;

	value = str_trim(value);
	if (!str_istarts(value, S("form-data")))
		return ERR_SYNTAX;
	value = str_skip(value, strlen("form-data"));
	while (str_trim(value).len > 0) {
		if (!next_param(&value, &p))
			return ERR_SYNTAX;
		if (str_istarts(p.name, S("filename")))
			return ERR_MEDIATYPE;
		if (!str_ieq(p.name, S("name")) || named)
			return ERR_SYNTAX;
		*ret_name = p.value;
		named = true;
	}
	return named ? ERR_OK : ERR_SYNTAX;
}

static enum err read_part_head(struct str head, struct str *ret_name)
{
	bool found = false;

	while (head.len > 0) {
		size_t end = str_find_str(head, S("\r\n"));
		struct str line = str_sub(head, 0, end == STR_NPOS ? head.len : end), name;
		enum err e;

		head = end == STR_NPOS ? STR_NONE : str_skip(head, end + 2);
		if (!str_cut(&line, ':', &name) || name.len == 0 || str_has_octet(name, ' ') || str_has_octet(line, '\n') || str_has_octet(line, '\r'))
			return ERR_SYNTAX;
		if (str_ieq(name, S("Content-Transfer-Encoding")))
			return ERR_MEDIATYPE;
		if (!str_ieq(name, S("Content-Disposition")))
			continue;
		e = found ? ERR_SYNTAX : read_disposition(line, ret_name);
		if (e != ERR_OK)
			return e;
		found = true;
	}
	return found ? ERR_OK : ERR_SYNTAX;
}

/* Where the line "--boundary" begins, with the CRLF in front of it, which belongs to it (RFC 2046 section 5.1.1). */
static size_t find_boundary(struct str s, struct str boundary)
{
	for (size_t at = 0;;) {
		size_t more = str_find_str(str_skip(s, at), S("\r\n--"));

		if (more == STR_NPOS)
			return STR_NPOS;
		at += more;
		if (str_starts(str_skip(s, at + 4), boundary))
			return at;
		at += 4;
	}
}

/* *rest begins behind a boundary. ERR_OK with at NULL: that was the last one. */
static enum err next_part(const struct http_form *f, struct str *rest, struct field *ret)
{
	size_t head, end;
	struct str s = *rest;

	*ret = (struct field){ STR_NONE, STR_NONE };
	if (str_starts(s, S("--"))) {
		s = str_skip(s, 2);
		*rest = STR_NONE;
		return s.len == 0 || str_eq(s, S("\r\n")) ? ERR_OK : ERR_SYNTAX;
	}
	if (!str_starts(s, S("\r\n")))
		return ERR_SYNTAX;
	s = str_skip(s, 2);
	head = str_find_str(str_sub(s, 0, HTTP_FORM_PART_HEAD_MAX), S("\r\n\r\n"));
	if (head == STR_NPOS)
		return ERR_SYNTAX;
	end = find_boundary(str_skip(s, head + 2), f->boundary);
	if (end == STR_NPOS)
		return ERR_SYNTAX;
	/* An empty value has the boundary's CRLF for the one that ends the head's empty line. */
	if (end < 2)
		return ERR_SYNTAX;
	ret->value = str_sub(s, head + 4, end - 2);
	*rest = str_skip(s, head + 2 + end + 4 + f->boundary.len);
	return read_part_head(str_sub(s, 0, head), &ret->name);
}

/* ---- both ---- */

static struct str begin(const struct http_form *f)
{
	return f->boundary.at != NULL ? str_skip(f->body, 2 + f->boundary.len) : f->body;
}

/* ERR_NOTFOUND: there is no other one. */
static enum err next(const struct http_form *f, struct str *rest, struct field *ret)
{
	enum err e;

	if (f->boundary.at == NULL)
		return rest->len == 0 ? ERR_NOTFOUND : next_coded(rest, ret);
	if (rest->at == NULL)
		return ERR_NOTFOUND;
	e = next_part(f, rest, ret);
	return e == ERR_OK && ret->name.at == NULL ? ERR_NOTFOUND : e;
}

static enum err decode(const struct http_form *f, struct str octets, struct buf *to)
{
	if (f->boundary.at == NULL) {
		enum err e = http_decode(octets, true, to);

		return buf_overflowed(to) ? ERR_TOOBIG : e;
	}
	buf_put(to, octets);
	if (buf_overflowed(to))
		return ERR_TOOBIG;
	return str_has_octet(octets, '\0') ? ERR_SYNTAX : ERR_OK;
}

static enum err has_name(const struct http_form *f, const struct field *field, struct str name, bool *ret)
{
	struct buf text;
	enum err e;

	buf_init(&text, NAME_OCTETS_MAX);
	e = decode(f, field->name, &text);
	*ret = e == ERR_OK && str_eq(buf_str(&text), name);
	buf_done(&text);
	return e == ERR_TOOBIG ? ERR_OK : e; /* a name that long is none of ours */
}

/* The names seen so far, decoded, in one buffer; with their values each can be read. */
static enum err check_field(const struct http_form *f, const struct field *field, struct buf *names)
{
	struct buf value;
	size_t from = names->len;
	struct str had, one, mine;
	enum err e = decode(f, field->name, names);

	if (e != ERR_OK)
		return ERR_SYNTAX;
	if (str_has_octet(str_skip(buf_str(names), from), '\n'))
		return ERR_SYNTAX;
	mine = str_skip(buf_str(names), from);
	had = str_sub(buf_str(names), 0, from);
	while (str_cut(&had, '\n', &one)) {
		if (str_eq(one, mine))
			return ERR_SYNTAX;
	}
	buf_put_octet(names, '\n');
	buf_init(&value, f->body.len + 1);
	e = decode(f, field->value, &value);
	buf_done(&value);
	return e == ERR_OK && !buf_overflowed(names) ? ERR_OK : ERR_SYNTAX;
}

static enum err check(const struct http_form *f)
{
	struct str rest = begin(f);
	struct field field;
	struct buf names;
	size_t count = 0;
	enum err e;

	buf_init(&names, (NAME_OCTETS_MAX * 4 + 1) * HTTP_FORM_FIELDS_MAX);
	while ((e = next(f, &rest, &field)) == ERR_OK) {
		e = count++ == HTTP_FORM_FIELDS_MAX ? ERR_LIMIT : check_field(f, &field, &names);
		if (e != ERR_OK)
			break;
	}
	buf_done(&names);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err read_boundary(struct str params, struct str *ret)
{
	struct str s = str_trim(params);

	/* RFC 7578 knows no other parameter. */
	if (!str_istarts(s, S("boundary=")))
		return ERR_MEDIATYPE;
	s = str_skip(s, strlen("boundary="));
	if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"')
		s = str_sub(s, 1, s.len - 2);
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_alpha(s.at[i]) && !ascii_is_digit(s.at[i]) && (s.at[i] == '\0' || strchr("'()+_,-./:=?", s.at[i]) == NULL))
			return ERR_MEDIATYPE;
	}
	*ret = s;
	return s.len > 0 && s.len <= HTTP_FORM_BOUNDARY_MAX ? ERR_OK : ERR_MEDIATYPE;
}

enum err http_form_open(struct str type, struct str body, struct http_form *ret)
{
	struct str kind, params = type;
	struct http_form f = { body, STR_NONE };
	enum err e = ERR_OK;

	if (!str_cut(&params, ';', &kind)) {
		kind = type;
		params = S("");
	}
	if (str_ieq(str_trim(kind), S("multipart/form-data")))
		e = read_boundary(params, &f.boundary);
	else if (!str_ieq(str_trim(kind), S("application/x-www-form-urlencoded")))
		e = ERR_MEDIATYPE;
	if (e == ERR_OK && f.boundary.at != NULL && !(str_starts(body, S("--")) && str_starts(str_skip(body, 2), f.boundary)))
		e = ERR_SYNTAX;
	if (e == ERR_OK)
		e = check(&f);
	if (e == ERR_OK)
		*ret = f;
	return e;
}

enum err http_form_get(const struct http_form *f, struct str name, struct buf *to)
{
	struct str rest = begin(f);
	struct field field;
	bool is = false;
	enum err e;

	while ((e = next(f, &rest, &field)) == ERR_OK) {
		e = has_name(f, &field, name, &is);
		if (e != ERR_OK)
			return e;
		if (is)
			return decode(f, field.value, to);
	}
	return e;
}
