#include "wire/ldap_text.h"

#define DEPTH_MAX 32u

static bool is_hex(char c)
{
	char l = ascii_lower(c);

	return ascii_is_digit(c) || (l >= 'a' && l <= 'f');
}

static bool is_word(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c == '-';
}

/* ---- URLs ---- */

static bool host_is_valid(struct str host)
{
	if (host.len > 2 && host.at[0] == '[') {
		for (size_t i = 1; i < host.len - 1; i++) {
			if (!is_hex(host.at[i]) && host.at[i] != ':' && host.at[i] != '.')
				return false;
		}
		return host.at[host.len - 1] == ']';
	}
	for (size_t i = 0; i < host.len; i++) {
		if (!is_word(host.at[i]) && host.at[i] != '.' && host.at[i] != '_')
			return false;
	}
	return host.len > 0 && host.len <= 255 && host.at[0] != '-' && host.at[0] != '.';
}

/* What stands between the scheme and the path: host and, if there is one, port. */
static struct str host_of(struct str url, struct str *ret_port)
{
	struct str rest = str_skip(url, str_find_str(url, S("://")) + 3);
	size_t bracket = str_find(rest, ']'), colon;

	if (str_ends(rest, S("/")))
		rest.len--;
	colon = bracket == STR_NPOS ? str_find(rest, ':')
				    : str_find(str_skip(rest, bracket), ':');
	if (bracket != STR_NPOS && colon != STR_NPOS)
		colon += bracket;
	*ret_port = colon == STR_NPOS ? STR_NONE : str_skip(rest, colon + 1);
	return str_sub(rest, 0, colon);
}

static bool path_is_valid(struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		if (path.at[i] == '%' &&
			(i + 2 >= path.len || !is_hex(path.at[i + 1]) || !is_hex(path.at[i + 2])))
			return false;
		if (!is_word(path.at[i]) && memchr("%._~", path.at[i], 4) == NULL)
			return false;
	}
	return str_istarts(path, S("%2f"));
}

const char *ldap_url_why_not(struct str url)
{
	struct str host, port;
	uint32_t number;

	if (url.len > LDAP_TEXT_OCTETS_MAX)
		return "is too long";
	if (str_starts(url, S("ldapi://")))
		return path_is_valid(str_skip(url, 8))
			       ? NULL
			       : "names no socket; give it like ldapi://%2frun%2fslapd%2fldapi";
	if (!str_starts(url, S("ldap://")) && !str_starts(url, S("ldaps://")))
		return "must begin with ldap://, ldaps:// or ldapi://";
	host = host_of(url, &port);
	if (str_has_octet(host, '/') || str_has_octet(port, '/') || str_has_octet(host, '?'))
		return "must end behind its host and port; the base of the search is set apart";
	if (!host_is_valid(host))
		return "names no host";
	if (port.at != NULL && (!str_u32(port, 65535, &number) || number == 0))
		return "has no port between 1 and 65535";
	return NULL;
}

static bool is_loopback(struct str host)
{
	bool number = str_starts(host, S("127."));

	for (size_t i = 0; number && i < host.len; i++)
		number = ascii_is_digit(host.at[i]) || host.at[i] == '.';
	return number || str_ieq(host, S("localhost")) || str_eq(host, S("[::1]"));
}

bool ldap_url_is_open(struct str url)
{
	struct str port;

	return str_starts(url, S("ldap://")) && !is_loopback(host_of(url, &port));
}

/* ---- distinguished names ---- */

/* descr or numericoid of RFC 4512 section 1.4; what stands before '='. */
static bool attribute_is_valid(struct str s)
{
	bool number = s.len > 0 && ascii_is_digit(s.at[0]);

	if (s.len == 0 || (!number && !ascii_is_alpha(s.at[0])))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (number ? !ascii_is_digit(s.at[i]) && s.at[i] != '.' : !is_word(s.at[i]))
			return false;
	}
	return !number || (s.at[s.len - 1] != '.' && str_find_str(s, S("..")) == STR_NPOS);
}

static bool hex_value_is_valid(struct str s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (!is_hex(s.at[i]))
			return false;
	}
	return s.len >= 3 && s.len % 2 == 1;
}

/* Octets of an escape at s.at[0] == '\\'; 0: it is none. */
static size_t dn_escape(struct str s)
{
	if (s.len >= 2 && memchr(" \"#+,;<=>\\", s.at[1], 10) != NULL)
		return 2;
	return s.len >= 3 && is_hex(s.at[1]) && is_hex(s.at[2]) ? 3 : 0;
}

/* A value up to an unescaped ',' or '+'; *ret_used octets. */
static bool dn_value(struct str s, size_t *ret_used)
{
	size_t i = 0;
	bool blank_last = false;

	if (s.len > 0 && s.at[0] == ' ')
		return false;
	while (i < s.len && s.at[i] != ',' && s.at[i] != '+') {
		size_t escape = s.at[i] == '\\' ? dn_escape(str_skip(s, i)) : 1;

		if (escape == 0 || s.at[i] == '\0' || memchr("\";<>", s.at[i], 4) != NULL)
			return false;
		blank_last = escape == 1 && s.at[i] == ' ';
		i += escape;
	}
	*ret_used = i;
	if (s.len > 0 && s.at[0] == '#')
		return hex_value_is_valid(str_sub(s, 0, i));
	return !blank_last;
}

bool ldap_dn_is_valid(struct str dn)
{
	struct str rest = dn;

	if (dn.len > LDAP_TEXT_OCTETS_MAX)
		return false;
	while (rest.len > 0) {
		size_t equals = str_find(rest, '='), used;

		if (equals == STR_NPOS || !attribute_is_valid(str_sub(rest, 0, equals)) ||
			!dn_value(str_skip(rest, equals + 1), &used))
			return false;
		rest = str_skip(rest, equals + 1 + used);
		if (rest.len == 1)
			return false; /* ends in ',' or '+' */
		rest = str_skip(rest, 1);
		/* RFC 4514 writes none, but people do: a blank behind the comma. */
		while (rest.len > 1 && rest.at[0] == ' ')
			rest = str_skip(rest, 1);
	}
	return true;
}

/* ---- filters ---- */

/* attr *(";" option), or of an extensible match: [attr] [":dn"] [":" rule]. */
static bool description_is_valid(struct str s, bool extensible)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_word(s.at[i]) && memchr(".;", s.at[i], 2) == NULL &&
			!(extensible && s.at[i] == ':'))
			return false;
	}
	return s.len > 0;
}

static bool assertion_is_valid(struct str value, bool stars)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '\\' && (i + 2 >= value.len || !is_hex(value.at[i + 1]) ||
						   !is_hex(value.at[i + 2])))
			return false;
		if (value.at[i] == '\0' || (value.at[i] == '*' && !stars))
			return false;
	}
	return true;
}

/* attr=value, attr~=value, attr>=value, attr<=value, attr:rule:=value */
static bool item_is_valid(struct str item)
{
	size_t equals = str_find(item, '=');
	struct str left = str_sub(item, 0, equals);
	bool plain = true, extensible = false;

	if (equals == STR_NPOS)
		return false;
	if (left.len > 0 && memchr("~<>:", left.at[left.len - 1], 4) != NULL) {
		extensible = left.at[left.len - 1] == ':';
		left.len--;
		plain = false;
	}
	return description_is_valid(left, extensible) &&
	       assertion_is_valid(str_skip(item, equals + 1), plain);
}

struct nesting {
	unsigned depth;
	struct {
		char kind; /* & | ! */
		unsigned children;
	} open[DEPTH_MAX];
};

/* '(' was read: a combination is opened, or an item taken whole with its ')'. */
static bool filter_open(struct nesting *n, struct str *rest)
{
	struct str item;

	if (n->depth > 0)
		n->open[n->depth - 1].children++;
	if (rest->len > 0 && memchr("&|!", rest->at[0], 3) != NULL) {
		if (n->depth == DEPTH_MAX)
			return false;
		n->open[n->depth].kind = rest->at[0];
		n->open[n->depth++].children = 0;
		*rest = str_skip(*rest, 1);
		return true;
	}
	return str_cut(rest, ')', &item) && !str_has_octet(item, '(') && item_is_valid(item);
}

static bool filter_close(struct nesting *n)
{
	if (n->depth == 0)
		return false;
	n->depth--;
	return n->open[n->depth].kind != '!' || n->open[n->depth].children == 1;
}

bool ldap_filter_is_valid(struct str filter)
{
	struct nesting n = { 0 };
	struct str rest = filter;

	if (filter.len > LDAP_TEXT_OCTETS_MAX || !str_starts(filter, S("(")))
		return false;
	do {
		char c = rest.len > 0 ? rest.at[0] : '\0';

		rest = str_skip(rest, 1);
		if (c == '(' ? !filter_open(&n, &rest) : c != ')' || !filter_close(&n))
			return false;
	} while (n.depth > 0);
	return rest.len == 0;
}

/* ---- templates ---- */

bool ldap_template_is_valid(struct str text)
{
	bool user = false;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '%')
			continue;
		i++;
		if (i == text.len || memchr("ud%", text.at[i], 3) == NULL)
			return false;
		user |= text.at[i] == 'u';
	}
	return user && text.len <= LDAP_TEXT_OCTETS_MAX;
}

static void put_filter_value(struct buf *to, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '\0' || memchr("*()\\", value.at[i], 4) != NULL)
			buf_printf(to, "\\%02x", (unsigned char)value.at[i]);
		else
			buf_put_octet(to, value.at[i]);
	}
}

static void put_dn_value(struct buf *to, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		bool edge = (i == 0 && (value.at[i] == ' ' || value.at[i] == '#')) ||
			    (i + 1 == value.len && value.at[i] == ' ');

		if (value.at[i] == '\0' || edge || memchr("\"+,;<=>\\", value.at[i], 8) != NULL)
			buf_printf(to, "\\%02x", (unsigned char)value.at[i]);
		else
			buf_put_octet(to, value.at[i]);
	}
}

static void put_value(struct buf *to, enum ldap_form form, struct str value)
{
	if (form == LDAP_FORM_FILTER)
		put_filter_value(to, value);
	else if (form == LDAP_FORM_DN)
		put_dn_value(to, value);
	else
		buf_put(to, value);
}

enum err ldap_fill(
	struct str text, enum ldap_form form, struct str user, struct str domain, struct buf *to)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c != '%') {
			buf_put_octet(to, c);
			continue;
		}
		i++;
		c = i < text.len ? text.at[i] : '\0';
		if (c == 'u' || c == 'd')
			put_value(to, form, c == 'u' ? user : domain);
		else if (c == '%')
			buf_put_octet(to, '%');
		else
			return ERR_SYNTAX;
	}
	return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
}
