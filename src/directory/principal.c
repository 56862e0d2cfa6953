#include "directory/principal.h"

#include "base/utf8.h"

const char *principal_realm_wrong(struct str realm)
{
	if (realm.len == 0 || realm.len > PRINCIPAL_OCTETS_MAX)
		return "it is empty or too long";
	if (!utf8_valid(realm) || str_has_control(realm) || str_has_octet(realm, ' '))
		return "it has control characters or blanks";
	if (str_has_octet(realm, '@') || str_has_octet(realm, '/') || str_has_octet(realm, '\\'))
		return "a realm has no @, / or backslash";
	return NULL;
}

/* The library puts a backslash before what is no separator. */
static bool has_bare_at(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '\\')
			i++;
		else if (name.at[i] == '@')
			return true;
	}
	return false;
}

const char *principal_wrong(struct str principal)
{
	size_t at = str_rfind(principal, '@');

	if (principal.len > PRINCIPAL_OCTETS_MAX || !utf8_valid(principal) || str_has_control(principal))
		return "it is too long, or has control characters";
	if (at == STR_NPOS || at == 0)
		return "the realm is missing: alice@EXAMPLE.ORG";
	if (has_bare_at(str_sub(principal, 0, at)))
		return "it has two realms";
	return principal_realm_wrong(str_skip(principal, at + 1));
}

bool principal_split(struct str principal, struct str *ret_user, struct str *ret_realm)
{
	size_t at = str_rfind(principal, '@');
	struct str user = str_sub(principal, 0, at == STR_NPOS ? 0 : at);

	if (principal_wrong(principal) != NULL || str_ends(user, S("$")))
		return false;
	if (str_has_octet(user, '/') || str_has_octet(user, '\\') || str_has_octet(user, '@'))
		return false;
	*ret_user = user;
	*ret_realm = str_skip(principal, at + 1);
	return true;
}

enum err principal_name(struct directory *d, struct str principal, struct arena *a, struct str *ret_name, const char **ret_why)
{
	struct str user, realm;
	struct entry e;
	enum err err = directory_kerberos(d, principal, a, &e);

	if (err == ERR_OK)
		*ret_name = directory_account_name(d, e.id, a);
	if (err != ERR_NOTFOUND)
		return err;
	*ret_why = "it is linked to no account, and is no single person's name (bourse account set --add-principal)";
	if (!principal_split(principal, &user, &realm))
		return ERR_NOTFOUND;
	*ret_why = "it is linked to no account, and no domain has its realm (bourse domain set --realm)";
	err = directory_realm(d, realm, a, &e);
	if (err == ERR_OK)
		*ret_name = arena_printf(a, "%.*s\\%.*s", STR_FMT(e.domain.name), STR_FMT(user));
	return err;
}
