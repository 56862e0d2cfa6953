#include "directory/logon_name.h"

#include "directory/name.h"

#define PARTS_MAX ((size_t)3)

/* A name cut at its separators; an empty part at the start or the end was left out by the typist.
 */
struct parts {
	struct str at[PARTS_MAX];
	size_t count;
	bool leading, trailing;
};

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static const char *cut(struct str s, struct parts *ret)
{
	size_t i = 0;

	*ret = (struct parts){ 0 };
	ret->leading = is_separator(s.at[0]);
	ret->trailing = is_separator(s.at[s.len - 1]);
	while (i < s.len) {
		size_t from;

		while (i < s.len && is_separator(s.at[i]))
			i++;
		from = i;
		while (i < s.len && !is_separator(s.at[i]))
			i++;
		if (i == from)
			break;
		if (ret->count == PARTS_MAX)
			return "it has more than three parts";
		ret->at[ret->count++] = str_sub(s, from, i - from);
	}
	return ret->count == 0 ? "it has no part but separators" : NULL;
}

/* Exactly one '@' with something on both sides. */
static bool is_email(struct str s)
{
	size_t at = str_find(s, '@');

	return at != STR_NPOS && at > 0 && at + 1 < s.len && str_rfind(s, '@') == at;
}

static const char *take_mailbox(struct logon_name *n, struct str part)
{
	if (str_has_octet(part, '@') && !is_email(part))
		return "its mailbox is no address";
	n->has_mailbox = true;
	n->mailbox = part;
	return NULL;
}

/* user@dom, user@dom\mailbox */
static const char *read_email(const struct parts *p, struct logon_name *n)
{
	size_t at = str_find(p->at[0], '@');

	if (!is_email(p->at[0]))
		return "it is no e-mail address";
	if (p->count > 2)
		return "it has more than a mailbox behind the e-mail address";
	n->kind = LOGON_NAME_EMAIL;
	n->has_user = n->has_domain = true;
	n->user = str_sub(p->at[0], 0, at);
	n->domain = str_skip(p->at[0], at + 1);
	return p->count == 2 ? take_mailbox(n, p->at[1]) : NULL;
}

/* user, DOM\user, DOM\user\mailbox, \user, \user\mailbox; "DOM\" for an authorisation identity to
 * complete. */
static const char *read_nt(const struct parts *p, struct logon_name *n)
{
	bool domain = !p->leading && (p->count > 1 || p->trailing);
	size_t next = domain ? 1 : 0;

	n->kind = LOGON_NAME_NT;
	if (p->leading && p->count > 2)
		return "it has more than a user and a mailbox behind the leading separator";
	if (domain) {
		n->has_domain = true;
		n->domain = p->at[0];
	}
	if (next < p->count) {
		n->has_user = true;
		n->user = p->at[next++];
		if (str_has_octet(n->user, '@'))
			return "it has a domain before the user and behind the '@'";
	}
	return next < p->count ? take_mailbox(n, p->at[next]) : NULL;
}

/* One name alone, without defaults; s is NFC and not empty. NULL, or why not. */
static const char *read_name(struct str s, struct logon_name *n)
{
	struct parts p;
	const char *why = cut(s, &p);

	*n = (struct logon_name){ 0 };
	if (why != NULL)
		return why;
	return str_has_octet(p.at[0], '@') ? read_email(&p, n) : read_nt(&p, n);
}

static bool same_identity(struct arena *a, const struct logon_name *x, const struct logon_name *y)
{
	return x->kind == y->kind && x->has_domain == y->has_domain && x->has_user == y->has_user &&
	       name_same(a, x->domain, y->domain) && name_same(a, x->user, y->user);
}

static bool has_separator(struct str s)
{
	return str_has_octet(s, '\\') || str_has_octet(s, '/');
}

/* The mailbox that the authorisation identity chooses; empty: none. NULL, or why not. */
static const char *selected(
	struct arena *a, const struct logon_name *n, struct str authzid, struct str *ret)
{
	struct logon_name z;
	const char *why = read_name(authzid, &z);

	*ret = S("");
	if (why != NULL)
		return "the authorisation identity cannot be read";
	if (same_identity(a, n, &z)) {
		*ret = z.mailbox;
		return NULL;
	}
	if (has_separator(authzid))
		return "the authorisation identity names another account; it may name a mailbox";
	*ret = authzid;
	return NULL;
}

static const char *add_authzid(struct arena *a, struct str authzid, struct logon_name *n)
{
	struct str mailbox;
	const char *why = selected(a, n, authzid, &mailbox);

	if (why != NULL)
		return why;
	if (mailbox.len == 0)
		return NULL;
	if (n->has_mailbox)
		return name_same(a, mailbox, n->mailbox)
			       ? NULL
			       : "name and authorisation identity ask for different mailboxes";
	n->from_authzid = true;
	return take_mailbox(n, mailbox);
}

static const char *add_defaults(struct logon_name *n)
{
	if (!n->has_user && !n->has_mailbox)
		return "it names a domain only";
	if (!n->has_user)
		n->user = n->mailbox;
	if (!n->has_mailbox)
		n->mailbox = n->user;
	if (str_has_octet(n->user, '@'))
		return "its mailbox is an address, which cannot stand for the user";
	return NULL;
}

static const char *prepare(struct arena *a, struct str s, struct str *ret)
{
	const char *why;

	if (s.len > LOGON_NAME_OCTETS_MAX)
		return "it is longer than 512 octets";
	return name_nfc(a, s, ret, &why) == ERR_OK ? NULL : why;
}

enum err logon_name_parse(struct arena *a, struct str name, struct str authzid,
	struct logon_name *ret, struct failure *f)
{
	struct logon_name n;
	struct str nfc = S(""), zid = S("");
	const char *why = name.len == 0 ? "it is empty" : prepare(a, name, &nfc);

	if (why == NULL)
		why = prepare(a, authzid, &zid);
	if (why == NULL)
		why = read_name(nfc, &n);
	if (why == NULL && zid.len > 0)
		why = add_authzid(a, zid, &n);
	if (why == NULL)
		why = add_defaults(&n);
	if (why != NULL) {
		fail(f, ERR_AUTH, NULL);
		fail_reason(f, "the name cannot be read: %s", why);
		return ERR_AUTH;
	}
	*ret = n;
	return ERR_OK;
}

void logon_name_explain(const struct logon_name *n, struct buf *to)
{
	if (!n->has_domain)
		buf_put_c(to, "no domain");
	else
		buf_printf(to, "%s \"%.*s\"",
			n->kind == LOGON_NAME_EMAIL ? "mail domain" : "domain", STR_FMT(n->domain));
	buf_printf(to, ", user \"%.*s\"", STR_FMT(n->user));
	if (!n->has_user)
		buf_put_c(to, " (not given: the mailbox's name)");
	buf_printf(to, ", mailbox \"%.*s\"", STR_FMT(n->mailbox));
	if (n->from_authzid)
		buf_put_c(to, " (from the authorisation identity)");
	else if (!n->has_mailbox)
		buf_put_c(to, " (not given: the user's name)");
}
