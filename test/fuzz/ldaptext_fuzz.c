/* First octet: which of them. Then a text, as an administrator or a client may write it. */
#include "wire/ldap_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name that is put into a filter or a DN is a value there, whatever it holds. */
static void check_fill(enum ldap_form form, struct str template, struct str user)
{
	struct buf to;

	buf_init(&to, (size_t)1 << 20);
	if (user.len > 0 && user.len < 1000 && ldap_fill(template, form, user, S("DOM"), &to) == ERR_OK)
		must(form == LDAP_FORM_FILTER ? ldap_filter_is_valid(buf_str(&to)) : ldap_dn_is_valid(buf_str(&to)));
	buf_done(&to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make(data + (size > 0), size > 0 ? size - 1 : 0);
	struct buf to;

	if (size == 0)
		return 0;
	buf_init(&to, 65536);
	switch (data[0] % 6) {
	case 0:
		if (ldap_url_why_not(text) == NULL)
			(void)ldap_url_is_open(text);
		break;
	case 1:
		(void)ldap_dn_is_valid(text);
		break;
	case 2:
		(void)ldap_filter_is_valid(text);
		break;
	case 3:
		if (ldap_template_is_valid(text))
			must(ldap_fill(text, LDAP_FORM_PLAIN, S("u"), S("d"), &to) == ERR_OK);
		break;
	case 4:
		check_fill(LDAP_FORM_FILTER, S("(&(uid=%u)(!(a=%u)))"), text);
		break;
	default:
		check_fill(LDAP_FORM_DN, S("uid=%u,dc=%d"), text);
	}
	buf_done(&to);
	return 0;
}
