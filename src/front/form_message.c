#include "front/form_message.h"

#include "base/code.h"
#include "base/date.h"
#include "base/utf8.h"

#define WORD_OCTETS_MAX ((size_t)42) /* of UTF-8 in an encoded word: 75 with what stands around it */
#define LINE_OCTETS_MAX ((size_t)57) /* of octets in a line of base64 */

/* ---- what may be typed ---- */

static bool turns_around(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

bool form_line_good(struct str s)
{
	if (!utf8_valid(s))
		return false;
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		if (is_control(c) || turns_around(c))
			return false;
	}
	return true;
}

bool form_text_good(struct str s)
{
	if (!utf8_valid(s))
		return false;
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		if (c != '\t' && c != '\r' && c != '\n' && is_control(c))
			return false;
	}
	return true;
}

static bool is_atom(struct str s, const char *more)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && (c == '\0' || strchr(more, c) == NULL))
			return false;
		if (c == '.' && (i == 0 || i + 1 == s.len || s.at[i + 1] == '.'))
			return false;
	}
	return s.len > 0;
}

bool form_address_good(struct str s)
{
	size_t at = str_rfind(s, '@');
	struct str domain = str_skip(s, at == STR_NPOS ? s.len : at + 1), rest = domain, label;

	if (s.len > FORM_ADDRESS_OCTETS_MAX || at == STR_NPOS || at > 64 || !is_atom(str_sub(s, 0, at), "!#$%&'*+-/=?^_`{|}~."))
		return false;
	if (!is_atom(domain, "-.") || !str_has_octet(domain, '.'))
		return false;
	while (rest.len > 0) {
		if (!str_cut(&rest, '.', &label)) {
			label = rest;
			rest = STR_NONE;
		}
		if (label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
			return false;
	}
	return true;
}

/* ---- the header ---- */

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < 0x20 || s.at[i] > 0x7e)
			return false;
	}
	return str_find_str(s, S("=?")) == STR_NPOS && s.len <= 60;
}

/* Each word ends with a whole character (RFC 2047 section 5). */
static void put_words(struct buf *to, struct str s)
{
	while (s.len > 0) {
		size_t take = s.len < WORD_OCTETS_MAX ? s.len : WORD_OCTETS_MAX;

		while (take < s.len && ((unsigned char)s.at[take] & 0xc0) == 0x80)
			take--;
		buf_put_c(to, "=?UTF-8?B?");
		base64_put(to, str_sub(s, 0, take));
		buf_put_c(to, "?=");
		s = str_skip(s, take);
		if (s.len > 0)
			buf_put_c(to, "\r\n ");
	}
}

/* "Alice" <alice@example.org>; the name may be empty. */
static void put_person(struct buf *to, const char *field, struct str name, struct str address)
{
	buf_printf(to, "%s: ", field);
	if (name.len > 0 && !is_plain(name)) {
		put_words(to, name);
	} else if (name.len > 0) {
		buf_put_octet(to, '"');
		for (size_t i = 0; i < name.len; i++) {
			if (name.at[i] == '"' || name.at[i] == '\\')
				buf_put_octet(to, '\\');
			buf_put_octet(to, name.at[i]);
		}
		buf_put_octet(to, '"');
	}
	buf_printf(to, "%s<%.*s>\r\n", name.len == 0 ? "" : is_plain(name) ? " " : "\r\n ", STR_FMT(address));
}

static void put_date(struct buf *to, int64_t seconds)
{
	date_put_rfc5322(to, seconds);
	buf_put_c(to, "\r\n");
}

static void put_trace(struct buf *to, const struct form_message *m)
{
	buf_printf(to, "Return-Path: <%.*s>\r\nReceived: from [%s%s]\r\n\tby %.*s with %s\r\n\t(virtual directory %.*s)\r\n\tid %.*s; ",
		STR_FMT(m->sender), m->client_v6 ? "IPv6:" : "", m->client, STR_FMT(m->host_name), m->tls ? "HTTPS" : "HTTP", STR_FMT(m->path),
		STR_FMT(m->id));
	put_date(to, m->seconds);
}

/* ---- the body ---- */

/* Every line end becomes CRLF, and the last line has one. */
static void put_lines(struct buf *to, struct str text)
{
	char last = '\n';

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\n' && i > 0 && text.at[i - 1] == '\r')
			continue;
		if (c == '\r' || c == '\n')
			buf_put_c(to, "\r\n");
		else
			buf_put_octet(to, c);
		last = c;
	}
	if (last != '\n' && last != '\r')
		buf_put_c(to, "\r\n");
}

static bool is_seven_bit(struct str text)
{
	size_t line = 0;

	for (size_t i = 0; i < text.len; i++) {
		line = text.at[i] == '\n' ? 0 : line + 1;
		if ((unsigned char)text.at[i] > 0x7e || line > 990)
			return false;
	}
	return true;
}

static void put_body(struct buf *to, struct str text)
{
	struct buf lines;
	struct str rest;

	buf_init(&lines, text.len * 2 + 2);
	put_lines(&lines, text);
	rest = buf_str(&lines);
	if (is_seven_bit(rest)) {
		buf_printf(to, "Content-Transfer-Encoding: 7bit\r\n\r\n");
		buf_put(to, rest);
		rest = STR_NONE;
	} else {
		buf_put_c(to, "Content-Transfer-Encoding: base64\r\n\r\n");
	}
	while (rest.len > 0) {
		base64_put(to, str_sub(rest, 0, LINE_OCTETS_MAX));
		buf_put_c(to, "\r\n");
		rest = str_skip(rest, LINE_OCTETS_MAX);
	}
	buf_done(&lines);
}

void form_message_put(struct buf *to, const struct form_message *m)
{
	put_trace(to, m);
	buf_put_c(to, "Date: ");
	put_date(to, m->seconds);
	put_person(to, "From", m->display, m->sender);
	put_person(to, "Reply-To", m->name, m->address);
	buf_printf(to, "To: <%.*s>\r\nSubject: ", STR_FMT(m->to));
	if (is_plain(m->subject))
		buf_put(to, m->subject);
	else
		put_words(to, m->subject);
	buf_printf(to, "\r\nMessage-ID: <%.*s@%.*s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n", STR_FMT(m->id),
		STR_FMT(m->host_name));
	put_body(to, m->text);
}
