#include "directory/logon_name.h"

#include "directory/name.h"

#define LEVELS_MAX ((size_t)32)      /* of a folder */
#define PARTS_MAX  (LEVELS_MAX + 3)

/* A name cut at its separators; an empty part at the start or the end was left out by the typist.
 */
struct parts {
	struct str at[PARTS_MAX];
	size_t count;
	bool leading, trailing;
	struct arena *arena; /* of what is put together of them */
};

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static const char *cut(struct arena *a, struct str s, struct parts *ret)
{
	size_t i = 0;

	*ret = (struct parts){ .arena = a };
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
			return "it has too many parts";
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

static bool is_public(struct str part)
{
	return str_ieq(part, S(LOGON_NAME_PUBLIC));
}

/* A mailbox, or the public store, and the folder behind it. */
static const char *take_mailbox(struct logon_name *n, const struct parts *p, size_t at)
{
	struct str part = p->at[at];

	n->public = is_public(part);
	if (str_has_octet(part, '@') && !is_email(part))
		return "its mailbox is no address";
	if (p->count - at - 1 > LEVELS_MAX)
		return "its folder has too many levels";
	n->has_mailbox = true;
	n->mailbox = n->public ? S(LOGON_NAME_PUBLIC) : part;
	for (size_t i = at + 1; i < p->count; i++)
		n->folder = i == at + 1 ? p->at[i] : arena_printf(p->arena, "%.*s/%.*s", STR_FMT(n->folder), STR_FMT(p->at[i]));
	return NULL;
}

/* user@dom, user@dom\mailbox */
static const char *read_email(const struct parts *p, struct logon_name *n)
{
	size_t at = str_find(p->at[0], '@');

	if (!is_email(p->at[0]))
		return "it is no e-mail address";
	n->kind = LOGON_NAME_EMAIL;
	n->has_user = n->has_domain = true;
	n->user = str_sub(p->at[0], 0, at);
	n->domain = str_skip(p->at[0], at + 1);
	return p->count > 1 ? take_mailbox(n, p, 1) : NULL;
}

/* Where the public store stands, behind the user; 0: nowhere. Two parts alone are a domain and a user. */
static size_t public_part(const struct parts *p)
{
	if (p->count > 1 && is_public(p->at[1]) && (p->leading || p->count > 2))
		return 1;
	return p->count > 2 && !p->leading && is_public(p->at[2]) ? 2 : 0;
}

/* user, DOM\user, DOM\user\mailbox, \user, \user\mailbox; "DOM\" for an authorisation identity to
 * complete. */
static const char *read_nt(const struct parts *p, struct logon_name *n)
{
	size_t public = public_part(p), next;
	bool domain = !p->leading && public != 1 && (p->count > 1 || p->trailing);

	next = domain ? 1 : 0;
	n->kind = LOGON_NAME_NT;
	if (p->count > 1 && is_public(p->at[0]))
		return "it names a public folder, but nobody who reads it";
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
	return next < p->count ? take_mailbox(n, p, next) : NULL;
}

/* One name alone, without defaults; s is NFC and not empty. NULL, or why not. */
static const char *read_name(struct arena *a, struct str s, struct logon_name *n)
{
	struct parts p;
	const char *why = cut(a, s, &p);

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

/* The mailbox that the authorisation identity chooses, and its folder; has_mailbox false: none. NULL, or why not. */
static const char *selected(
	struct arena *a, const struct logon_name *n, struct str authzid, struct logon_name *ret)
{
	struct parts p;
	const char *why = cut(a, authzid, &p);
	bool alone = why == NULL && (!has_separator(authzid) || (p.count > 1 && !p.leading && is_public(p.at[0])));

	*ret = (struct logon_name){ 0 };
	if (why == NULL && !(alone && has_separator(authzid)))
		why = read_name(a, authzid, ret);
	if (why != NULL)
		return "the authorisation identity cannot be read";
	if (ret->has_user && same_identity(a, n, ret))
		return NULL;
	if (!alone)
		return "the authorisation identity names another account; it may name a mailbox";
	*ret = (struct logon_name){ 0 };
	return take_mailbox(ret, &p, 0);
}

static const char *add_authzid(struct arena *a, struct str authzid, struct logon_name *n)
{
	struct logon_name z;
	const char *why = selected(a, n, authzid, &z);

	if (why != NULL || !z.has_mailbox)
		return why;
	if (n->has_mailbox)
		return name_same(a, z.mailbox, n->mailbox) && str_eq(z.folder, n->folder)
			       ? NULL
			       : "name and authorisation identity ask for different mailboxes";
	n->from_authzid = n->has_mailbox = true;
	n->mailbox = z.mailbox;
	n->public = z.public;
	n->folder = z.folder;
	return NULL;
}

static const char *add_defaults(struct logon_name *n)
{
	if (!n->has_user && !n->has_mailbox)
		return "it names a domain only";
	if (!n->has_user && n->public)
		return "it names a public folder, but nobody who reads it";
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
		why = read_name(a, nfc, &n);
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
	if (n->public)
		buf_put_c(to, ", the public store");
	else
		buf_printf(to, ", mailbox \"%.*s\"", STR_FMT(n->mailbox));
	if (n->folder.len > 0)
		buf_printf(to, ", folder \"%.*s\"", STR_FMT(n->folder));
	if (n->from_authzid)
		buf_put_c(to, " (from the authorisation identity)");
	else if (!n->has_mailbox)
		buf_put_c(to, " (not given: the user's name)");
}
