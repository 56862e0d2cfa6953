#include "wire/smtp_path.h"

#include "base/utf8.h"

static bool is_high(char c)
{
	return (unsigned char)c >= 0x80;
}

bool smtp_path_is_clean(struct str s)
{
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		if (c == UTF8_BAD || c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
	}
	return true;
}

/* atext of RFC 5322 3.2.3, and UTF-8 (RFC 6531 3.3). */
static bool is_atext(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || is_high(c) ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_label(struct str label, bool underscore)
{
	if (label.len < 1 || label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		char c = label.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !is_high(c) && c != '-' &&
			!(c == '_' && underscore))
			return false;
	}
	return true;
}

bool smtp_path_is_domain(struct str s, bool underscore)
{
	struct str label;

	if (s.len < 1 || s.len > SMTP_DOMAIN_OCTETS_MAX || !utf8_valid(s))
		return false;
	while (str_cut(&s, '.', &label)) {
		if (!is_label(label, underscore))
			return false;
	}
	return is_label(s, underscore);
}

static bool is_ipv4(struct str s)
{
	struct str part;
	uint32_t n;

	for (int i = 0; i < 4; i++) {
		if (i == 3)
			part = s;
		else if (!str_cut(&s, '.', &part))
			return false;
		if (part.len > 3 || !str_u32(part, 255, &n))
			return false;
	}
	return true;
}

static bool is_hex16(struct str s)
{
	if (s.len < 1 || s.len > 4)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = ascii_lower(s.at[i]);

		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

/* Groups of one side of "::"; -1: malformed. Only the last of all may be an IPv4 address. */
static int ipv6_groups(struct str s, bool v4_allowed)
{
	struct str group;
	int n = 0;

	if (s.len == 0)
		return 0;
	while (n <= 8 && str_cut(&s, ':', &group)) {
		if (!is_hex16(group))
			return -1;
		n++;
	}
	if (v4_allowed && is_ipv4(s))
		return n + 2;
	return is_hex16(s) && n <= 8 ? n + 1 : -1;
}

static bool is_ipv6(struct str s)
{
	size_t gap = str_find_str(s, S("::"));
	int head, tail;

	if (s.len < 2)
		return false;
	if (gap == STR_NPOS)
		return ipv6_groups(s, true) == 8;
	head = ipv6_groups(str_sub(s, 0, gap), false);
	tail = ipv6_groups(str_skip(s, gap + 2), true);
	return head >= 0 && tail >= 0 && head + tail <= 7;
}

enum smtp_domain_kind smtp_path_literal(struct str s, struct str *ret_address)
{
	if (is_ipv4(s)) {
		*ret_address = s;
		return SMTP_DOMAIN_IPV4;
	}
	if (str_istarts(s, S("IPv6:")) && is_ipv6(str_skip(s, 5))) {
		*ret_address = str_skip(s, 5);
		return SMTP_DOMAIN_IPV6;
	}
	return SMTP_DOMAIN_NONE;
}

static bool is_dot_string(struct str s)
{
	bool dot = true;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '.' && dot)
			return false;
		dot = s.at[i] == '.';
		if (!dot && !is_atext(s.at[i]))
			return false;
	}
	return !dot;
}

void smtp_path_put_local(struct buf *to, struct str local)
{
	if (is_dot_string(local)) {
		buf_put(to, local);
		return;
	}
	buf_put_octet(to, '"');
	for (size_t i = 0; i < local.len; i++) {
		if (local.at[i] == '"' || local.at[i] == '\\')
			buf_put_octet(to, '\\');
		buf_put_octet(to, local.at[i]);
	}
	buf_put_octet(to, '"');
}

void smtp_path_put(struct buf *to, const struct smtp_path *path)
{
	buf_put_octet(to, '<');
	buf_put(to, path->text);
	buf_put_octet(to, '>');
}

/* Quoted-string of RFC 5321 4.1.2 at the front of *rest; its content, unescaped, into the arena. */
static enum err get_quoted(struct arena *a, struct str *rest, struct str *ret)
{
	char *out = arena_try(a, rest->len + 1);
	size_t n = 0, i;

	if (out == NULL)
		return ERR_ADDRESS;
	for (i = 1; i < rest->len && rest->at[i] != '"'; i++) {
		if (rest->at[i] == '\\')
			i++;
		if (i >= rest->len || (unsigned char)rest->at[i] < ' ' || rest->at[i] == 0x7f)
			return ERR_ADDRESS;
		out[n++] = rest->at[i];
	}
	if (i >= rest->len || n == 0)
		return ERR_ADDRESS;
	*rest = str_skip(*rest, i + 1);
	*ret = str_make(out, n);
	return ERR_OK;
}

static enum err get_local(struct arena *a, struct str *rest, struct str *ret)
{
	size_t n = 0;

	if (rest->len > 0 && rest->at[0] == '"')
		return get_quoted(a, rest, ret);
	while (n < rest->len && (rest->at[n] == '.' || is_atext(rest->at[n])))
		n++;
	if (!is_dot_string(str_sub(*rest, 0, n)))
		return ERR_ADDRESS;
	*ret = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return ERR_OK;
}

/* What stands behind '@', up to '>' or the end. */
static enum err get_domain(struct str *rest, struct smtp_path *p)
{
	size_t n = 0;

	if (rest->len > 0 && rest->at[0] == '[') {
		n = str_find(*rest, ']');
		if (n == STR_NPOS)
			return ERR_ADDRESS;
		p->domain_kind = smtp_path_literal(str_sub(*rest, 1, n - 1), &p->domain);
		*rest = str_skip(*rest, n + 1);
		return p->domain_kind == SMTP_DOMAIN_NONE ? ERR_ADDRESS : ERR_OK;
	}
	while (n < rest->len && rest->at[n] != '>')
		n++;
	p->domain = str_sub(*rest, 0, n);
	p->domain_kind = SMTP_DOMAIN_NAME;
	*rest = str_skip(*rest, n);
	return smtp_path_is_domain(p->domain, false) ? ERR_OK : ERR_ADDRESS;
}

/* The canonical spelling; also the last look at octets and lengths. */
static enum err finish(struct arena *a, struct smtp_path *p)
{
	struct buf b;
	enum err e = ERR_ADDRESS;
	char *at;

	buf_init(&b, SMTP_PATH_OCTETS_MAX * 3);
	smtp_path_put_local(&b, p->local);
	if (p->domain_kind != SMTP_DOMAIN_NONE) {
		buf_put_octet(&b, '@');
		buf_put_c(&b, p->domain_kind == SMTP_DOMAIN_NAME   ? ""
			      : p->domain_kind == SMTP_DOMAIN_IPV4 ? "["
								   : "[IPv6:");
		buf_put(&b, p->domain);
		buf_put_c(&b, p->domain_kind == SMTP_DOMAIN_NAME ? "" : "]");
	}
	at = arena_try(a, b.len + 1);
	if (!buf_overflowed(&b) && b.len + 2 <= SMTP_PATH_OCTETS_MAX && at != NULL &&
		smtp_path_is_clean(buf_str(&b))) {
		memcpy(at, b.at, b.len);
		p->text = str_make(at, b.len);
		p->utf8 = !str_is_ascii(p->text);
		e = ERR_OK;
	}
	buf_done(&b);
	return e;
}

static enum err get_mailbox(struct arena *a, struct str *rest, struct smtp_path *p)
{
	enum err e = get_local(a, rest, &p->local);

	if (e != ERR_OK)
		return e;
	if (rest->len == 0 || rest->at[0] != '@')
		return ERR_ADDRESS;
	*rest = str_skip(*rest, 1);
	e = get_domain(rest, p);
	if (e != ERR_OK)
		return e;
	p->kind = SMTP_PATH_MAILBOX;
	return finish(a, p);
}

/* "@a,@b:" is checked, then forgotten (RFC 5321 appendix C). */
static enum err skip_route(struct str *rest)
{
	struct str route, hop;

	if (rest->len == 0 || rest->at[0] != '@')
		return ERR_OK;
	if (!str_cut(rest, ':', &route))
		return ERR_ADDRESS;
	while (str_cut(&route, ',', &hop)) {
		if (hop.len < 2 || hop.at[0] != '@' ||
			!smtp_path_is_domain(str_skip(hop, 1), false))
			return ERR_ADDRESS;
	}
	if (route.len < 2 || route.at[0] != '@' || !smtp_path_is_domain(str_skip(route, 1), false))
		return ERR_ADDRESS;
	return ERR_OK;
}

static enum err get_inside(struct arena *a, struct str *rest, bool forward, struct smtp_path *p)
{
	enum err e;

	if (!forward && str_starts(*rest, S(">")))
		return ERR_OK;
	if (forward && rest->len >= 11 && rest->at[10] == '>' &&
		str_istarts(*rest, S("postmaster"))) {
		p->kind = SMTP_PATH_POSTMASTER;
		p->local = str_sub(*rest, 0, 10);
		*rest = str_skip(*rest, 10);
		return finish(a, p);
	}
	e = skip_route(rest);
	return e == ERR_OK ? get_mailbox(a, rest, p) : e;
}

enum err smtp_path_get(struct arena *a, struct str *rest, bool forward, struct smtp_path *ret)
{
	struct smtp_path p = { .kind = SMTP_PATH_NULL };
	struct str at = *rest;
	enum err e;

	if (at.len == 0 || at.at[0] != '<')
		return ERR_ADDRESS;
	at = str_skip(at, 1);
	e = get_inside(a, &at, forward, &p);
	if (e != ERR_OK)
		return e;
	if (at.len == 0 || at.at[0] != '>')
		return ERR_ADDRESS;
	*rest = str_skip(at, 1);
	*ret = p;
	return ERR_OK;
}

enum err smtp_path_get_mailbox(struct arena *a, struct str text, struct smtp_path *ret)
{
	struct smtp_path p = { .kind = SMTP_PATH_NULL };
	enum err e = get_mailbox(a, &text, &p);

	if (e != ERR_OK)
		return e;
	if (text.len > 0)
		return ERR_ADDRESS;
	*ret = p;
	return ERR_OK;
}
