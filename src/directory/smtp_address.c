#include "directory/smtp_address.h"

#include <idn2.h>
#include <stdlib.h>

#include "base/mem.h"
#include "directory/name.h"

#define DOMAIN_OCTETS_MAX ((size_t)255)

/* What IDNA leaves: letters, digits, hyphens and (old hosts have them) underscores, labels of 1
 * to 63. */
static bool labels_good(struct str domain)
{
	size_t label = 0;

	for (size_t i = 0; i < domain.len; i++) {
		char c = domain.at[i];

		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-' && c != '_')
			return false;
		if (++label > 63)
			return false;
	}
	return label > 0;
}

static bool to_a_labels(struct arena *a, struct str domain, struct str *ret)
{
	char *c = str_dup_c(domain), *out = NULL;
	bool good = idn2_to_ascii_8z(c, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK;

	if (good)
		*ret = arena_str(a, str_from_c(out));
	idn2_free(out);
	mem_free(c);
	return good;
}

enum err smtp_address_domain(struct arena *a, struct str domain, struct str *ret)
{
	struct str nfc, lower;
	const char *why;
	char *copy;

	if (domain.len > DOMAIN_OCTETS_MAX || str_has_octet(domain, '\0') ||
		name_nfc(a, domain, &nfc, &why) != ERR_OK)
		return ERR_ADDRESS;
	if (str_ends(nfc, S(".")))
		nfc.len--;
	if (nfc.len == 0)
		return ERR_ADDRESS;
	lower = name_fold(a, nfc);
	if (!str_is_ascii(nfc) || str_find_str(lower, S("xn--")) != STR_NPOS) {
		/* IDNA maps case itself, and does not fold: sharp s must stay. A-labels want lower
		 * case. */
		if (!to_a_labels(a, str_is_ascii(nfc) ? lower : nfc, &nfc))
			return ERR_ADDRESS;
	}
	copy = arena_take(a, nfc.len + 1);
	for (size_t i = 0; i < nfc.len; i++)
		copy[i] = ascii_lower(nfc.at[i]);
	nfc.at = copy;
	if (nfc.len > DOMAIN_OCTETS_MAX || !labels_good(nfc))
		return ERR_ADDRESS;
	*ret = nfc;
	return ERR_OK;
}

/* RFC 5321 section 4.1.2 Quoted-string; the content without quoting is what is compared. */
static bool unquote(struct arena *a, struct str quoted, struct str *ret)
{
	char *out = arena_take(a, quoted.len);
	size_t len = 0;

	if (quoted.len < 3 || !str_ends(quoted, S("\"")))
		return false;
	for (size_t i = 1; i < quoted.len - 1; i++) {
		char c = quoted.at[i];

		if (c == '"')
			return false;
		if (c == '\\') {
			if (++i == quoted.len - 1)
				return false;
			c = quoted.at[i];
		}
		out[len++] = c;
	}
	*ret = str_make(out, len);
	return true;
}

/* RFC 5321 Dot-string with the UTF-8 of RFC 6531. */
static bool dot_string_good(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '.' && (i == 0 || i + 1 == s.len || s.at[i - 1] == '.'))
			return false;
		if (strchr(" \"(),:;<>@[\\]", s.at[i]) != NULL)
			return false;
	}
	return s.len > 0;
}

enum err smtp_address_parse(struct arena *a, struct str text, struct smtp_address *ret)
{
	struct smtp_address out;
	struct str local;
	const char *why;
	size_t at = str_rfind(text, '@');

	if (text.len > SMTP_ADDRESS_OCTETS_MAX || at == STR_NPOS || at == 0)
		return ERR_ADDRESS;
	local = str_sub(text, 0, at);
	if (local.at[0] == '"') {
		if (!unquote(a, local, &local))
			return ERR_ADDRESS;
	} else if (str_has_control(local) || !dot_string_good(local)) {
		return ERR_ADDRESS;
	}
	if (name_nfc(a, local, &out.local, &why) != ERR_OK)
		return ERR_ADDRESS;
	if (smtp_address_domain(a, str_skip(text, at + 1), &out.domain) != ERR_OK)
		return ERR_ADDRESS;
	local = name_fold(a, out.local);
	out.key = arena_printf(a, "%.*s@%.*s", STR_FMT(local), STR_FMT(out.domain));
	if (out.key.len > 2 * SMTP_ADDRESS_OCTETS_MAX - 128)
		return ERR_ADDRESS;
	*ret = out;
	return ERR_OK;
}
