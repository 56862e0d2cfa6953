#include "directory/ntlm.h"

#include "base/mem.h"
#include "directory/name.h"
#include "sasl/ntlm_hash.h"

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

static size_t separator_in(struct str s)
{
	size_t at = 0;

	while (at < s.len && !is_separator(s.at[at]))
		at++;
	return at;
}

/* Some domain of accounts or mail domain has that name. */
static enum err has_domain(struct directory *d, struct arena *a, struct str name, bool *ret)
{
	struct entry domain;
	struct str nfc;
	const char *why;
	enum err e = ERR_NOTFOUND;

	if (name.len > 0 && name.len <= NAME_OCTETS_MAX && name_nfc(a, name, &nfc, &why) == ERR_OK) {
		e = directory_domain(d, nfc, a, &domain);
		if (e == ERR_NOTFOUND)
			e = directory_mail_domain(d, nfc, a, &domain);
	}
	*ret = e == ERR_OK;
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* What clients send that have no domain, or were told none. NULL: it is a domain's name. */
static const char *no_domain(const struct ntlm_who *w)
{
	struct str label = str_sub(w->host, 0, str_find(w->host, '.'));

	if (w->domain.len == 0)
		return "without a domain";
	if (str_ieq(w->domain, w->workstation))
		return "whose domain is the client's own name";
	if (str_ieq(w->domain, S(".")) || str_ieq(w->domain, S("WORKGROUP")))
		return "whose domain stands for none";
	/* The label is cut, as a NetBIOS name has 15 octets at most. */
	if (w->host.len > 0 && (str_ieq(w->domain, w->host) || str_ieq(w->domain, str_sub(label, 0, 15))))
		return "whose domain is this server's own name";
	return NULL;
}

/* Somebody has typed DOM\alice where a user was asked for. */
static enum err is_whole(struct directory *d, struct arena *a, struct str user, bool *ret)
{
	size_t at = separator_in(user);

	*ret = false;
	return at < user.len ? has_domain(d, a, str_sub(user, 0, at), ret) : ERR_OK;
}

enum err ntlm_name(struct directory *d, struct arena *a, const struct ntlm_who *w, struct str *ret_name, struct str *ret_how)
{
	const char *how = no_domain(w);
	bool known = false, whole = false, principal = str_has_octet(str_sub(w->user, 0, separator_in(w->user)), '@');
	enum err e = has_domain(d, a, w->domain, &known);

	if (e == ERR_OK)
		e = is_whole(d, a, w->user, &whole);
	if (e != ERR_OK)
		return e;
	if (principal || whole) {
		how = principal ? "whose user is a principal name" : "whose user has a domain of its own";
		*ret_name = arena_str(a, w->user);
	} else if (known || how == NULL) {
		how = known ? "whose domain is known" : "whose domain is not known";
		/* A separator in the domain would move the parts: whatever comes then is nobody's name. */
		*ret_name = separator_in(w->domain) < w->domain.len || str_has_octet(w->domain, '@')
				    ? S("\\")
				    : arena_printf(a, "%.*s\\%.*s", STR_FMT(w->domain), STR_FMT(w->user));
	} else {
		*ret_name = arena_printf(a, "\\%.*s", STR_FMT(w->user));
	}
	*ret_how = arena_printf(a, "NTLM of domain \"%.*s\", user \"%.*s\", workstation \"%.*s\", %s", STR_FMT(w->domain), STR_FMT(w->user),
		STR_FMT(w->workstation), how);
	return ERR_OK;
}

enum err ntlm_keep(struct arena *a, struct str password, struct entry_account *to)
{
	uint8_t hash[NTLM_HASH_OCTETS];
	struct str nfc = STR_NONE;
	struct arena scratch;
	const char *why;
	enum err e;

	if (!to->ntlm) {
		to->nt_hash = STR_NONE;
		return ERR_OK;
	}
	arena_init(&scratch, ARENA_NONE);
	e = name_nfc(&scratch, password, &nfc, &why);
	if (e == ERR_OK && !ntlm_nt_hash(nfc, hash))
		e = ERR_SYNTAX;
	arena_wipe(&scratch);
	if (e != ERR_OK)
		return e;
	to->nt_hash = arena_str(a, str_make(hash, sizeof(hash)));
	mem_wipe(hash, sizeof(hash));
	return ERR_OK;
}

const char *ntlm_why_not(const struct entry_account *account)
{
	if (!account->ntlm)
		return "NTLM is off for the account";
	if (account->nt_hash.len == 0)
		return "the account has no NT hash: its password was set before NTLM was switched on";
	return NULL;
}
