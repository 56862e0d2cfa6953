/* A logon name and, behind the first NUL, an authorisation identity. */
#include "directory/logon_name.h"

#include "directory/name.h"
#include "directory/smtp_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read and written again with plain separators must read the same. */
static void check_stable(struct arena *a, const struct logon_name *n)
{
	struct failure f = { 0 };
	struct logon_name again;
	struct str whole;

	if (n->kind == LOGON_NAME_EMAIL)
		whole = arena_printf(a, "%.*s@%.*s\\%.*s", STR_FMT(n->user), STR_FMT(n->domain),
			STR_FMT(n->mailbox));
	else
		whole = arena_printf(a, "%.*s\\%.*s\\%.*s", STR_FMT(n->domain), STR_FMT(n->user),
			STR_FMT(n->mailbox));
	if (whole.len > LOGON_NAME_OCTETS_MAX)
		return;
	must(logon_name_parse(a, whole, S(""), &again, &f) == ERR_OK);
	must(again.kind == n->kind && str_eq(again.user, n->user) &&
		str_eq(again.mailbox, n->mailbox) && str_eq(again.domain, n->domain));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str name = str_make(data, size), authzid = S(""), head;
	struct failure f = { 0 };
	struct smtp_address address;
	struct logon_name n;
	struct arena a;
	struct buf text;

	if (str_cut(&name, '\0', &head)) {
		authzid = name;
		name = head;
	}
	arena_init(&a, ARENA_COMMAND);
	buf_init(&text, BUF_NO_CEILING);
	if (logon_name_parse(&a, name, authzid, &n, &f) == ERR_OK) {
		must(n.user.len > 0 && n.mailbox.len > 0);
		must(n.has_domain == (n.domain.len > 0));
		must(!str_has_control(n.user) && !str_has_control(n.domain) &&
			!str_has_control(n.mailbox));
		check_stable(&a, &n);
		logon_name_explain(&n, &text);
		must(name_same(&a, name_fold(&a, n.user), n.user));
	} else {
		must(f.code == ERR_AUTH && f.reason[0] != '\0' &&
			strcmp(f.text, err_text(ERR_AUTH)) == 0);
	}
	if (name.len <= LOGON_NAME_OCTETS_MAX && smtp_address_parse(&a, name, &address) == ERR_OK) {
		struct str again;

		must(smtp_address_domain(&a, address.domain, &again) == ERR_OK &&
			str_eq(again, address.domain));
	}
	buf_done(&text);
	arena_done(&a);
	return 0;
}
