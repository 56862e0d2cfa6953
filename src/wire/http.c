#include "wire/http.h"

static const struct {
	const char *name;
	enum http_method method;
} methods[] = { { "GET", HTTP_GET }, { "HEAD", HTTP_HEAD }, { "POST", HTTP_POST }, { "OPTIONS", HTTP_OPTIONS } };

/* ---- octets ---- */

/* RFC 9110 section 5.6.2. */
static bool is_token_octet(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_token_octet(s.at[i]))
			return false;
	return s.len > 0;
}

static bool is_visible(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= 0x20 || s.at[i] > 0x7e)
			return false;
	return s.len > 0;
}

static bool is_field_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.at[i] < 0x20 && s.at[i] != '\t') || s.at[i] == 0x7f)
			return false;
	return true;
}

static struct str trim_wsp(struct str s)
{
	while (s.len > 0 && ascii_is_wsp(s.at[0]))
		s = str_skip(s, 1);
	while (s.len > 0 && ascii_is_wsp(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* One line off the front. A CR or LF by itself is where two readers differ. */
static enum err cut_line(struct str *rest, struct str *ret)
{
	size_t end = str_find(*rest, '\n'), cr = str_find(*rest, '\r');

	if (cr != STR_NPOS && cr + 1 < rest->len && cr + 1 != end)
		return ERR_BARELINEEND;
	if (end == STR_NPOS)
		return ERR_NEEDMORE;
	if (end == 0 || cr != end - 1)
		return ERR_BARELINEEND;
	*ret = str_sub(*rest, 0, cr);
	*rest = str_skip(*rest, end + 1);
	return str_has_octet(*ret, '\0') ? ERR_BARELINEEND : ERR_OK;
}

/* ---- the request line ---- */

static enum http_method method_of(struct str name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (str_eq(name, str_from_c(methods[i].name)))
			return methods[i].method;
	return HTTP_OTHER;
}

struct str http_method_name(enum http_method m)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (methods[i].method == m)
			return str_from_c(methods[i].name);
	return S("");
}

/* "http://host:port/path": *ret_authority, and the path is left. */
static bool cut_absolute(struct str *target, struct str *ret_authority)
{
	size_t scheme = str_istarts(*target, S("http://")) ? 7 : str_istarts(*target, S("https://")) ? 8 : 0;
	struct str rest = str_skip(*target, scheme);
	size_t path = str_find(rest, '/');

	if (scheme == 0)
		return false;
	if (path == STR_NPOS)
		path = rest.len;
	*ret_authority = str_sub(rest, 0, path);
	*target = path < rest.len ? str_skip(rest, path) : S("/");
	return ret_authority->len > 0 && !str_has_octet(*ret_authority, '@');
}

static enum err read_target(struct str target, struct http_request *r, struct str *ret_authority)
{
	*ret_authority = STR_NONE;
	if (target.len > HTTP_TARGET_OCTETS_MAX)
		return ERR_TOOLONG;
	if (!is_visible(target) || str_has_octet(target, '#') || str_has_octet(target, '\\'))
		return ERR_HTTP;
	if (str_eq(target, S("*"))) {
		r->path = target;
		return r->method == HTTP_OPTIONS ? ERR_OK : ERR_HTTP;
	}
	if (target.at[0] != '/' && !cut_absolute(&target, ret_authority))
		return ERR_HTTP;
	r->path = target;
	r->query = target;
	if (!str_cut(&r->query, '?', &r->path))
		r->query = STR_NONE;
	return ERR_OK;
}

static enum err read_version(struct str version, struct http_request *r)
{
	r->old = str_eq(version, S("HTTP/1.0"));
	if (r->old || str_eq(version, S("HTTP/1.1")))
		return ERR_OK;
	if (version.len == 8 && str_starts(version, S("HTTP/")) && ascii_is_digit(version.at[5]) && version.at[6] == '.' &&
		ascii_is_digit(version.at[7]))
		return ERR_VERSION;
	return ERR_HTTP;
}

static enum err read_request_line(struct str line, struct http_request *r, struct str *ret_authority)
{
	struct str method, target;
	enum err e;

	if (!str_cut(&line, ' ', &method) || !str_cut(&line, ' ', &target) || !is_token(method))
		return ERR_HTTP;
	r->method = method_of(method);
	e = read_version(line, r);
	return e == ERR_OK ? read_target(target, r, ret_authority) : e;
}

/* ---- fields ---- */

struct str http_field(const struct http_request *r, struct str name)
{
	for (size_t i = 0; i < r->count; i++)
		if (str_ieq(r->fields[i].name, name))
			return r->fields[i].value.at == NULL ? S("") : r->fields[i].value;
	return STR_NONE;
}

static size_t count_of(const struct http_request *r, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += str_ieq(r->fields[i].name, name);
	return n;
}

static enum err read_field(struct str line, struct http_field *ret)
{
	struct str name;

	/* A line that begins with white space goes on with the one before it in old readers. */
	if (!str_cut(&line, ':', &name) || !is_token(name) || !is_field_value(line))
		return ERR_HTTP;
	*ret = (struct http_field){ name, trim_wsp(line) };
	return ERR_OK;
}

bool http_list_has(struct str list, struct str word)
{
	struct str one;

	while (list.len > 0) {
		if (!str_cut(&list, ',', &one)) {
			one = list;
			list = STR_NONE;
		}
		if (str_ieq(trim_wsp(one), word))
			return true;
	}
	return false;
}

/* RFC 9112 section 6.3, without the cases that it leaves to the reader's courage. */
static enum err read_framing(struct http_request *r)
{
	struct str coding = http_field(r, S("Transfer-Encoding")), length = http_field(r, S("Content-Length"));

	if (count_of(r, S("Transfer-Encoding")) > 1 || count_of(r, S("Content-Length")) > 1)
		return ERR_HTTP;
	if (coding.at != NULL && (length.at != NULL || r->old))
		return ERR_HTTP;
	if (coding.at != NULL && !str_ieq(coding, S("chunked")))
		return is_token(coding) && !str_iends(coding, S("chunked")) ? ERR_UNSUPPORTED : ERR_HTTP;
	r->chunked = coding.at != NULL;
	r->has_length = length.at != NULL;
	if (r->has_length && !str_u64(length, (uint64_t)INT64_MAX, &r->length))
		return ERR_HTTP;
	return ERR_OK;
}

/* "host", "host:port", "[v6]:port". */
static bool read_host(struct str authority, struct str *ret)
{
	size_t port = authority.len > 0 && authority.at[0] == '[' ? str_find(authority, ']') + 1 : str_find(authority, ':');
	uint32_t number;

	*ret = authority;
	for (size_t i = 0; i < authority.len; i++)
		if (!ascii_is_alpha(authority.at[i]) && !ascii_is_digit(authority.at[i]) &&
			(authority.at[i] == '\0' || strchr(".-_:[]", authority.at[i]) == NULL))
			return false;
	if (port == STR_NPOS || port >= authority.len)
		return port != 0;
	*ret = str_sub(authority, 0, port);
	return authority.at[port] == ':' && str_u32(str_skip(authority, port + 1), 65535, &number);
}

static enum err check_host(struct http_request *r, struct str authority)
{
	struct str host = http_field(r, S("Host"));
	size_t count = count_of(r, S("Host"));

	if (count > 1 || (count == 0 && !r->old))
		return ERR_HTTP;
	if (authority.at != NULL && host.at != NULL && !str_ieq(authority, host))
		return ERR_HTTP;
	if (host.at == NULL)
		host = authority;
	return host.len == 0 || read_host(host, &r->host) ? ERR_OK : ERR_HTTP;
}

static enum err check_fields(struct http_request *r, struct str authority)
{
	struct str connection = http_field(r, S("Connection")), expect = http_field(r, S("Expect"));
	enum err e = check_host(r, authority);

	if (e == ERR_OK)
		e = read_framing(r);
	if (e != ERR_OK)
		return e;
	r->keep = r->old ? http_list_has(connection, S("keep-alive")) : !http_list_has(connection, S("close"));
	if (expect.at == NULL || r->old)
		return ERR_OK;
	r->expects_continue = str_ieq(expect, S("100-continue"));
	return r->expects_continue ? ERR_OK : ERR_EXPECT;
}

static enum err read_head(struct str *rest, struct http_request *r)
{
	struct str line, authority;
	enum err e = cut_line(rest, &line);

	/* One empty line in front is a habit of old clients (RFC 9112 section 2.2). */
	if (e == ERR_OK && line.len == 0)
		e = cut_line(rest, &line);
	if (e == ERR_OK)
		e = read_request_line(line, r, &authority);
	while (e == ERR_OK) {
		e = cut_line(rest, &line);
		if (e != ERR_OK)
			break;
		if (line.len == 0)
			return check_fields(r, authority);
		if (r->count == HTTP_FIELDS_MAX)
			return ERR_HEADTOOBIG;
		e = read_field(line, &r->fields[r->count++]);
	}
	return e;
}

enum err http_read_request(struct str in, size_t max, struct http_request *ret, size_t *ret_used)
{
	struct str rest = str_sub(in, 0, max);
	enum err e;

	memset(ret, 0, sizeof(*ret));
	e = read_head(&rest, ret);
	if (e == ERR_NEEDMORE && in.len >= max)
		return str_find(str_sub(in, 0, max), '\n') == STR_NPOS ? ERR_TOOLONG : ERR_HEADTOOBIG;
	if (e == ERR_OK)
		*ret_used = (in.len < max ? in.len : max) - rest.len;
	return e;
}

/* ---- body ---- */

void http_body_init(struct http_body *b, const struct http_request *r)
{
	*b = (struct http_body){ .chunked = r->chunked };
	b->state = r->chunked ? HTTP_BODY_SIZE : HTTP_BODY_DATA;
	b->left = r->chunked ? 0 : r->length;
}

/* "1a", "1a;name=value": hexadecimal digits, and extensions that nobody needs. */
static enum err read_chunk_line(struct str line, uint64_t *ret)
{
	size_t digits = 0;

	*ret = 0;
	for (; digits < line.len; digits++) {
		char c = ascii_lower(line.at[digits]);

		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			break;
		*ret = *ret << 4 | (unsigned)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	if (digits == 0 || digits > 8)
		return ERR_HTTP;
	line = str_skip(line, digits);
	return line.len == 0 || (line.at[0] == ';' && is_field_value(line)) ? ERR_OK : ERR_HTTP;
}

static enum err take_size(struct http_body *b, struct str *in)
{
	struct str line;
	enum err e = cut_line(in, &line);

	if (e == ERR_NEEDMORE)
		return in->len > HTTP_CHUNK_LINE_MAX ? ERR_HTTP : ERR_NEEDMORE;
	if (e == ERR_OK && line.len > HTTP_CHUNK_LINE_MAX)
		return ERR_HTTP;
	if (e == ERR_OK)
		e = read_chunk_line(line, &b->left);
	b->state = b->left > 0 ? HTTP_BODY_DATA : HTTP_BODY_TRAILER;
	return e;
}

static enum err take_data(struct http_body *b, struct str *in, struct buf *to)
{
	struct str some = str_sub(*in, 0, b->left < in->len ? (size_t)b->left : in->len);

	/* Said at once, not when it has all come. */
	if (b->left > to->ceiling - to->len)
		return ERR_TOOBIG;
	buf_put(to, some);
	*in = str_skip(*in, some.len);
	b->left -= some.len;
	if (b->left > 0)
		return ERR_NEEDMORE;
	b->state = b->chunked ? HTTP_BODY_DATA_END : HTTP_BODY_OVER;
	return ERR_OK;
}

static enum err take_data_end(struct http_body *b, struct str *in)
{
	if (in->len > 0 && in->at[0] != '\r')
		return ERR_HTTP;
	if (in->len > 1 && in->at[1] != '\n')
		return ERR_BARELINEEND;
	if (in->len < 2)
		return ERR_NEEDMORE;
	*in = str_skip(*in, 2);
	b->state = HTTP_BODY_SIZE;
	return ERR_OK;
}

/* Fields behind the body are read, and not believed. */
static enum err take_trailer(struct http_body *b, struct str *in)
{
	struct http_field field;
	struct str line;
	enum err e = cut_line(in, &line);

	if (e == ERR_NEEDMORE)
		return b->trailer + in->len > HTTP_HEAD_OCTETS_MAX ? ERR_HEADTOOBIG : ERR_NEEDMORE;
	if (e != ERR_OK)
		return e;
	b->trailer += line.len + 2;
	if (b->trailer > HTTP_HEAD_OCTETS_MAX)
		return ERR_HEADTOOBIG;
	if (line.len > 0)
		return read_field(line, &field);
	b->state = HTTP_BODY_OVER;
	return ERR_OK;
}

enum err http_body_take(struct http_body *b, struct str *in, struct buf *to)
{
	enum err e = ERR_OK;

	while (e == ERR_OK && b->state != HTTP_BODY_OVER) {
		if (b->state == HTTP_BODY_SIZE)
			e = take_size(b, in);
		else if (b->state == HTTP_BODY_DATA)
			e = take_data(b, in, to);
		else if (b->state == HTTP_BODY_DATA_END)
			e = take_data_end(b, in);
		else
			e = take_trailer(b, in);
	}
	return e;
}

/* ---- forms, cookies ---- */

static int hex_digit(char c)
{
	c = ascii_lower(c);
	if (ascii_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err http_decode(struct str text, bool plus, struct buf *to)
{
	for (size_t i = 0; i < text.len; i++) {
		int high, low;

		if (text.at[i] != '%') {
			buf_put_octet(to, plus && text.at[i] == '+' ? ' ' : text.at[i]);
			continue;
		}
		high = i + 2 < text.len ? hex_digit(text.at[i + 1]) : -1;
		low = i + 2 < text.len ? hex_digit(text.at[i + 2]) : -1;
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return ERR_SYNTAX;
		buf_put_octet(to, (char)(high << 4 | low));
		i += 2;
	}
	return buf_overflowed(to) || str_has_octet(text, '\0') ? ERR_SYNTAX : ERR_OK;
}

struct str http_form(struct str body, struct str name)
{
	struct str one, have;

	while (body.len > 0) {
		if (!str_cut(&body, '&', &one)) {
			one = body;
			body = STR_NONE;
		}
		if (str_cut(&one, '=', &have) && str_eq(have, name))
			return one.at == NULL ? S("") : one;
	}
	return STR_NONE;
}

struct str http_cookie(const struct http_request *r, struct str name)
{
	struct str found = STR_NONE;

	for (size_t i = 0; i < r->count; i++) {
		struct str rest = r->fields[i].value, one, have;

		while (str_ieq(r->fields[i].name, S("Cookie")) && rest.len > 0) {
			if (!str_cut(&rest, ';', &one)) {
				one = rest;
				rest = STR_NONE;
			}
			one = trim_wsp(one);
			if (!str_cut(&one, '=', &have) || !str_eq(have, name))
				continue;
			if (found.at != NULL)
				return STR_NONE;
			found = one.at == NULL ? S("") : one;
		}
	}
	return found;
}

/* ---- replies ---- */

const char *http_reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} rows[] = { { 200, "OK" }, { 204, "No Content" }, { 303, "See Other" }, { 304, "Not Modified" }, { 308, "Permanent Redirect" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" }, { 408, "Request Timeout" },
		{ 409, "Conflict" }, { 413, "Content Too Large" }, { 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" }, { 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 502, "Bad Gateway" },
		{ 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" }, { 507, "Insufficient Storage" }, { 508, "Loop Detected" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].status == status)
			return rows[i].reason;
	return "Error";
}

void http_put_html(struct buf *to, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '&')
			buf_put_c(to, "&amp;");
		else if (c == '<')
			buf_put_c(to, "&lt;");
		else if (c == '>')
			buf_put_c(to, "&gt;");
		else if (c == '"')
			buf_put_c(to, "&quot;");
		else if (c == '\'')
			buf_put_c(to, "&#39;");
		else if ((unsigned char)c < 0x20 || c == 0x7f)
			buf_put_c(to, "\xef\xbf\xbd");
		else
			buf_put_octet(to, c);
	}
}
