#include "wire/imap_url.h"

#include "base/date.h"
#include "base/utf8.h"
#include "mail/transfer.h"

struct reader {
	struct arena *arena;
	struct str rest;
	enum err err;
};

static void spoil(struct reader *r, enum err e)
{
	if (r->err == ERR_OK)
		r->err = e;
	r->rest = STR_NONE;
}

static bool take(struct reader *r, struct str prefix)
{
	if (!str_istarts(r->rest, prefix))
		return false;
	r->rest = str_skip(r->rest, prefix.len);
	return true;
}

/* bchar of RFC 5092 section 11, but for %xx; achar is without the last three. */
static bool is_bchar(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && str_has_octet(S("-._~!$'()*+,&=:@/"), c));
}

/* Octets up to one of `ends` (or the end), percent-decoded. */
static struct str decode(struct reader *r, struct str ends)
{
	size_t n = 0, len = 0;
	char *out;

	while (n < r->rest.len && !str_has_octet(ends, r->rest.at[n]))
		n++;
	out = arena_try(r->arena, n + 1);
	if (out == NULL) {
		spoil(r, ERR_LIMIT);
		return STR_NONE;
	}
	for (size_t i = 0; i < n; i++) {
		char c = r->rest.at[i];
		int high = -1, low = -1;

		if (c == '%' && i + 2 < n) {
			high = transfer_hex(r->rest.at[i + 1]);
			low = transfer_hex(r->rest.at[i + 2]);
			i += 2;
		}
		if (high >= 0 && low >= 0) {
			out[len++] = (char)(high << 4 | low);
		} else if (c != '%' && is_bchar(c)) {
			out[len++] = c;
		} else {
			spoil(r, ERR_SYNTAX);
			return STR_NONE;
		}
	}
	r->rest = str_skip(r->rest, n);
	return str_make(out, len);
}

static uint32_t number(struct reader *r, uint32_t least)
{
	size_t n = 0;
	uint32_t value = 0;

	while (n < r->rest.len && ascii_is_digit(r->rest.at[n]))
		n++;
	if (!str_u32(str_sub(r->rest, 0, n), UINT32_MAX, &value) || value < least) {
		spoil(r, ERR_SYNTAX);
		return least;
	}
	r->rest = str_skip(r->rest, n);
	return value;
}

/* ---- where ---- */

/* [user[;AUTH=x]@]host[:port] */
static void read_server(struct reader *r, struct imap_url *ret)
{
	size_t slash = str_find(r->rest, '/'), at;
	struct str server = str_sub(r->rest, 0, slash);
	struct reader user = { .arena = r->arena };

	if (slash == STR_NPOS) {
		spoil(r, ERR_SYNTAX);
		return;
	}
	at = str_rfind(server, '@');
	if (at != STR_NPOS) {
		user.rest = str_sub(server, 0, at);
		ret->user = decode(&user, S(";"));
		if (user.err == ERR_OK && user.rest.len > 0 && !take(&user, S(";AUTH=")))
			spoil(&user, ERR_SYNTAX);
		server = str_skip(server, at + 1);
	}
	for (size_t i = 0; i < server.len; i++) {
		if (!is_bchar(server.at[i]) && server.at[i] != '[' && server.at[i] != ']')
			spoil(&user, ERR_SYNTAX);
	}
	if (user.err != ERR_OK || server.len == 0 || !utf8_valid(ret->user) || str_has_control(ret->user)) {
		spoil(r, user.err != ERR_OK ? user.err : ERR_SYNTAX);
		return;
	}
	ret->host = server;
	r->rest = str_skip(r->rest, slash);
}

/* "." and ".." mean something else than a folder when they are not encoded (RFC 5092 section 7). */
static bool has_dots(struct str path)
{
	struct str segment;
	bool more = true;

	while (more) {
		more = str_cut(&path, '/', &segment);
		if (!more)
			segment = path;
		if (str_eq(segment, S(".")) || str_eq(segment, S("..")))
			return true;
	}
	return false;
}

static void read_mailbox(struct reader *r, struct imap_url *ret)
{
	struct str raw = str_sub(r->rest, 0, str_find(r->rest, ';'));
	struct reader name = { .arena = r->arena };
	bool with_validity = str_istarts(str_skip(r->rest, raw.len), S(";UIDVALIDITY="));

	/* "/;UID=" belongs to the message. */
	name.rest = raw.len > 0 && !with_validity ? str_sub(raw, 0, raw.len - 1) : raw;
	if (!with_validity && !str_ends(raw, S("/")))
		spoil(r, ERR_SYNTAX);
	if (has_dots(name.rest) || str_starts(name.rest, S("/")) || name.rest.len == 0)
		spoil(r, ERR_SYNTAX);
	ret->mailbox = decode(&name, STR_NONE);
	if (name.err != ERR_OK)
		spoil(r, name.err);
	if (!utf8_valid(ret->mailbox) || str_has_control(ret->mailbox))
		spoil(r, ERR_SYNTAX);
	r->rest = str_skip(r->rest, raw.len);
	if (take(r, S(";UIDVALIDITY="))) {
		ret->uidvalidity = number(r, 1);
		if (!take(r, S("/")))
			spoil(r, ERR_SYNTAX);
	}
}

/* ---- what ---- */

/* Read as the client would have to write it in FETCH. */
static void read_section(struct reader *r, struct imap_url *ret)
{
	struct str raw = str_sub(r->rest, 0, str_find(r->rest, ';')), text;
	struct reader spec = { .arena = r->arena, .rest = raw };
	struct imap_args args;
	struct imap_fetch fetch;
	char *at;

	/* "/;PARTIAL=" is the next thing's. */
	if (raw.len < r->rest.len && str_istarts(str_skip(r->rest, raw.len), S(";PARTIAL="))) {
		if (!str_ends(raw, S("/")))
			spoil(r, ERR_SYNTAX);
		spec.rest = str_sub(raw, 0, raw.len > 0 ? raw.len - 1 : 0);
	}
	text = decode(&spec, STR_NONE);
	at = arena_try(r->arena, text.len + 16);
	if (spec.err != ERR_OK || at == NULL) {
		spoil(r, spec.err != ERR_OK ? spec.err : ERR_LIMIT);
		return;
	}
	memcpy(at, " BODY.PEEK[", 11);
	if (text.len > 0)
		memcpy(at + 11, text.at, text.len);
	at[11 + text.len] = ']';
	imap_args_init(&args, r->arena, str_make(at, text.len + 12));
	imap_arg_fetch(&args, &fetch);
	if (text.len == 0 || imap_args_end(&args) != ERR_OK || fetch.sections_count != 1 || fetch.items != 0) {
		spoil(r, args.err == ERR_LIMIT ? ERR_LIMIT : ERR_SYNTAX);
		return;
	}
	ret->section = fetch.sections[0];
	r->rest = str_skip(r->rest, raw.len);
}

static void read_message(struct reader *r, struct imap_url *ret)
{
	bool slash;

	if (!take(r, S(";UID=")))
		spoil(r, ERR_SYNTAX);
	ret->uid = number(r, 1);
	ret->section = (struct imap_section){ .name = IMAP_NAME_BODY, .what = IMAP_SECTION_ALL, .peek = true };
	slash = take(r, S("/"));
	if (slash && take(r, S(";SECTION="))) {
		read_section(r, ret);
		/* The slash before ";PARTIAL=" was taken with what stands before it. */
		slash = str_istarts(r->rest, S(";PARTIAL="));
	}
	if (slash && !take(r, S(";PARTIAL=")))
		spoil(r, ERR_SYNTAX);
	if (!slash)
		return;
	ret->section.partial = true;
	ret->section.from = number(r, 0);
	ret->section.octets = take(r, S(".")) ? number(r, 1) : UINT32_MAX;
}

/* ---- who and until when ---- */

static int digits(struct reader *r, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++) {
		if (r->rest.len == 0 || !ascii_is_digit(r->rest.at[0])) {
			spoil(r, ERR_SYNTAX);
			return 0;
		}
		value = value * 10 + r->rest.at[0] - '0';
		r->rest = str_skip(r->rest, 1);
	}
	return value;
}

static void need(struct reader *r, struct str word)
{
	if (!take(r, word))
		spoil(r, ERR_SYNTAX);
}

/* RFC 3339 date-time; parts of a second are let go. */
static int64_t read_expire(struct reader *r)
{
	struct date d = { 0 }, back;
	bool west;

	d.year = digits(r, 4);
	need(r, S("-"));
	d.month = digits(r, 2);
	need(r, S("-"));
	d.day = digits(r, 2);
	need(r, S("T"));
	d.hour = digits(r, 2);
	need(r, S(":"));
	d.minute = digits(r, 2);
	need(r, S(":"));
	d.second = digits(r, 2);
	if (take(r, S("."))) {
		do {
			digits(r, 1);
		} while (r->rest.len > 0 && ascii_is_digit(r->rest.at[0]));
	}
	if (!take(r, S("Z"))) {
		west = take(r, S("-"));
		if (!west)
			need(r, S("+"));
		d.zone_minutes = digits(r, 2) * 60;
		need(r, S(":"));
		d.zone_minutes = (d.zone_minutes + digits(r, 2)) * (west ? -1 : 1);
	}
	if (r->err != ERR_OK || d.month < 1 || d.month > 12 || d.day < 1 || d.hour > 23 || d.minute > 59 || d.second > 60) {
		spoil(r, ERR_SYNTAX);
		return 0;
	}
	back = date_from_instant(date_to_instant(&(struct date){ .year = d.year, .month = d.month, .day = d.day }), 0);
	if (back.day != d.day)
		spoil(r, ERR_SYNTAX);
	return date_to_instant(&d);
}

static void read_access(struct reader *r, struct imap_url *ret)
{
	static const struct {
		struct str name;
		enum imap_url_access access;
		bool user;
	} rows[] = {
		{ S_INIT("submit+"), IMAP_URL_SUBMIT, true },
		{ S_INIT("user+"), IMAP_URL_USER, true },
		{ S_INIT("authuser"), IMAP_URL_AUTHUSER, false },
		{ S_INIT("anonymous"), IMAP_URL_ANONYMOUS, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && ret->access == IMAP_URL_OPEN; i++) {
		if (!take(r, rows[i].name))
			continue;
		ret->access = rows[i].access;
		if (rows[i].user)
			ret->access_user = decode(r, S(":;@/"));
		if (rows[i].user && (ret->access_user.len == 0 || !utf8_valid(ret->access_user)))
			spoil(r, ERR_SYNTAX);
	}
	if (ret->access == IMAP_URL_OPEN)
		spoil(r, ERR_SYNTAX);
}

/* ":INTERNAL:91354a47..." */
static void read_token(struct reader *r, struct imap_url *ret)
{
	size_t colon = str_find(r->rest, ':');

	ret->mechanism = str_sub(r->rest, 0, colon);
	ret->token = colon == STR_NPOS ? STR_NONE : str_skip(r->rest, colon + 1);
	if (ret->mechanism.len == 0 || ret->token.len < 32)
		spoil(r, ERR_SYNTAX);
	for (size_t i = 0; i < ret->mechanism.len; i++) {
		char c = ret->mechanism.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-' && c != '.')
			spoil(r, ERR_SYNTAX);
	}
	for (size_t i = 0; i < ret->token.len; i++) {
		if (transfer_hex(ret->token.at[i]) < 0)
			spoil(r, ERR_SYNTAX);
	}
	r->rest = STR_NONE;
}

enum err imap_url_get(struct arena *a, struct str text, struct imap_url *ret)
{
	struct reader r = { .arena = a, .rest = text };

	*ret = (struct imap_url){ 0 };
	if (text.len > IMAP_URL_OCTETS_MAX)
		return ERR_LIMIT;
	ret->absolute = take(&r, S("imap://"));
	if (ret->absolute)
		read_server(&r, ret);
	if (take(&r, S("/")))
		read_mailbox(&r, ret);
	read_message(&r, ret);
	ret->has_expire = take(&r, S(";EXPIRE="));
	if (ret->has_expire)
		ret->expire = read_expire(&r);
	if (take(&r, S(";URLAUTH="))) {
		read_access(&r, ret);
		ret->rump = str_sub(text, 0, text.len - r.rest.len);
		if (take(&r, S(":")))
			read_token(&r, ret);
	} else if (ret->has_expire) {
		spoil(&r, ERR_SYNTAX);
	}
	if (r.rest.len > 0)
		spoil(&r, ERR_SYNTAX);
	return r.err;
}

void imap_url_put_server(struct buf *to, struct str user, struct str host)
{
	buf_put_c(to, "imap://");
	for (size_t i = 0; i < user.len; i++) {
		char c = user.at[i];

		if (ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_put_octet(to, c);
		else
			buf_printf(to, "%%%02X", (unsigned char)c);
	}
	buf_put_c(to, ";AUTH=*@");
	buf_put(to, host);
	buf_put_octet(to, '/');
}
