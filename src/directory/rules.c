#include "directory/rules.h"

#include "config/network.h"
#include "directory/fingerprint.h"
#include "directory/group.h"
#include "directory/name.h"
#include "directory/policy.h"
#include "directory/principal.h"
#include "directory/user_right.h"
#include "directory/realm.h"
#include "directory/smtp_address.h"
#include "directory/virtual.h"

#define RETENTION_DAYS_MAX ((uint64_t)24855) /* as a folder's age limit had in Exchange */

static enum err check_name(const char *what, struct str name, struct failure *f)
{
	const char *why = name_why_not(name);

	if (why == NULL)
		return ERR_OK;
	return fail(f, ERR_SYNTAX, "\"%.*s\" cannot be %s: %s", STR_FMT(name), what, why);
}

static enum err check_reference(
	struct directory *d, struct arena *a, enum entry_kind kind, uint64_t id, struct failure *f)
{
	struct entry e;
	enum err err;

	if (id == 0)
		return ERR_OK;
	err = directory_get(d, kind, id, a, &e);
	if (err == ERR_NOTFOUND)
		return fail(f, err, "there is no %s with id %llu", entry_kind_name(kind),
			(unsigned long long)id);
	return err == ERR_OK ? ERR_OK : fail(f, err, NULL);
}

static enum err check_user_rights(struct arena *a, const struct entry_texts *rights, struct failure *f)
{
	for (size_t i = 0; i < rights->count; i++) {
		if (!user_right_known(a, rights->at[i]))
			return fail(f, ERR_SYNTAX, "\"%.*s\" is no user right; there are: %.*s", STR_FMT(rights->at[i]),
				STR_FMT(user_right_list(a)));
	}
	return ERR_OK;
}

/* ---- domain ---- */

static enum err check_domain(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	const struct entry_domain *m = &e->domain;

	if (check_name("the name of a domain", m->name, f) != ERR_OK)
		return f->code;
	if (realm_check(m, f) != ERR_OK)
		return f->code;
	if (m->realm.len > 0 && principal_realm_wrong(m->realm) != NULL)
		return fail(f, ERR_SYNTAX, "\"%.*s\" is no Kerberos realm: %s; give it like EXAMPLE.ORG", STR_FMT(m->realm),
			principal_realm_wrong(m->realm));
	if (m->mail.count > RULES_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "a domain can have %zu mail domains at most",
			RULES_ITEMS_MAX);
	for (size_t i = 0; i < m->mail.count; i++) {
		struct str key;

		if (smtp_address_domain(a, m->mail.at[i], &key) != ERR_OK)
			return fail(f, ERR_SYNTAX,
				"\"%.*s\" is no mail domain; give it like example.org",
				STR_FMT(m->mail.at[i]));
	}
	if (policy_check_domain(m, f) != ERR_OK || check_user_rights(a, &m->user_rights, f) != ERR_OK)
		return f->code;
	return check_reference(d, a, ENTRY_MAILBOX, m->postmaster, f);
}

/* ---- account ---- */

static enum err check_clients(const struct entry_account *m, struct failure *f)
{
	if (m->networks.count > RULES_ITEMS_MAX || m->protocols.count > RULES_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "an account can have %zu networks at most", RULES_ITEMS_MAX);
	for (size_t i = 0; i < m->networks.count; i++) {
		if (!network_valid(m->networks.at[i]))
			return fail(f, ERR_SYNTAX, "\"%.*s\" is no network; give it like 192.0.2.0/24, 2001:db8::/32 or loopback",
				STR_FMT(m->networks.at[i]));
	}
	for (size_t i = 0; i < m->protocols.count; i++) {
		struct str s = m->protocols.at[i];

		if (!str_ieq(s, S("smtp")) && !str_ieq(s, S("pop3")) && !str_ieq(s, S("imap")) &&
			!str_ieq(s, S("http")) && !str_ieq(s, S("nntp")))
			return fail(f, ERR_SYNTAX, "\"%.*s\" is no protocol that can be logged on with; there are: smtp, pop3, imap, http, nntp", STR_FMT(s));
	}
	return ERR_OK;
}

/* Its proof is one of knowing a hash: LDAP and PAM take passwords alone, and of those none is kept here that a hash could be made of. */
static enum err check_ntlm(const struct entry_domain *d, const struct entry_account *m, struct failure *f)
{
	if (!m->ntlm || realm_is_local(d) || str_eq(d->backend, str_from_c(proof_backend_name(PROOF_WINBIND))))
		return ERR_OK;
	return fail(f, ERR_CONFLICT,
		"nobody of the domain %.*s can log on by NTLM: its passwords are checked by %.*s, which takes none but whole ones; NTLM is for "
		"passwords that are kept here, and for domains served by winbind; set --ntlm no",
		STR_FMT(d->name), STR_FMT(d->backend));
}

static enum err check_principals(const struct entry_account *m, struct failure *f)
{
	if (m->principals.count > RULES_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "an account can have %zu principals at most", RULES_ITEMS_MAX);
	for (size_t i = 0; i < m->principals.count; i++) {
		const char *why = principal_wrong(m->principals.at[i]);

		if (why != NULL)
			return fail(f, ERR_SYNTAX, "\"%.*s\" is no Kerberos principal: %s", STR_FMT(m->principals.at[i]), why);
	}
	return ERR_OK;
}

static enum err check_account(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	const struct entry_account *m = &e->account;
	struct entry domain = entry_defaults(ENTRY_DOMAIN, 0);

	if (check_name("the name of an account", m->name, f) != ERR_OK)
		return f->code;
	if (m->domain != 0 && check_reference(d, a, ENTRY_DOMAIN, m->domain, f) != ERR_OK)
		return f->code;
	if (m->domain != 0 && directory_get(d, ENTRY_DOMAIN, m->domain, a, &domain) != ERR_OK)
		return fail(f, ERR_IO, NULL);
	if (policy_check_account(&domain.domain, m, f) != ERR_OK || check_ntlm(&domain.domain, m, f) != ERR_OK || check_clients(m, f) != ERR_OK ||
		check_user_rights(a, &m->user_rights, f) != ERR_OK)
		return f->code;
	if (m->user_rights.count > RULES_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "an account can have %zu user rights at most",
			RULES_ITEMS_MAX);
	if (m->certificates.count > RULES_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "an account can have %zu certificates at most", RULES_ITEMS_MAX);
	for (size_t i = 0; i < m->certificates.count; i++) {
		if (!fingerprint_valid(m->certificates.at[i]))
			return fail(f, ERR_SYNTAX,
				"\"%.*s\" is no SHA-256 fingerprint; take it from: openssl x509 -in cert.pem -noout -fingerprint -sha256",
				STR_FMT(m->certificates.at[i]));
	}
	if (check_principals(m, f) != ERR_OK)
		return f->code;
	if (m->domain == 0)
		return fail(f, ERR_NOTFOUND, "an account needs a domain: bourse domain add DOM");
	return ERR_OK;
}

/* ---- group ---- */

static enum err check_group_member(struct directory *d, struct arena *a, const struct entry *group,
	uint64_t id, struct failure *f)
{
	struct entry e;
	enum err err = directory_get(d, ENTRY_NONE, id, a, &e);

	if (err == ERR_NOTFOUND || (err == ERR_OK && e.kind != ENTRY_ACCOUNT && e.kind != ENTRY_GROUP))
		return fail(f, ERR_NOTFOUND, "members of a group are accounts and groups; one of them is no more");
	if (err == ERR_OK && e.kind == ENTRY_GROUP)
		err = group_may_have(d, group->id, id, a);
	if (err == ERR_CONFLICT)
		return fail(f, err, "the group %.*s cannot be in \"%.*s\": that is in it, and it would be in itself",
			STR_FMT(directory_account_name(d, id, a)), STR_FMT(group->group.name));
	if (err == ERR_LOOP)
		return fail(f, err, "groups within groups can be %zu deep at most", GROUP_DEPTH_MAX);
	return err == ERR_OK ? ERR_OK : fail(f, err, NULL);
}

static enum err check_group(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	const struct entry_group *m = &e->group;

	if (check_name("the name of a group", m->name, f) != ERR_OK || check_user_rights(a, &m->user_rights, f) != ERR_OK)
		return f->code;
	if (m->members.count > ENTRY_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "a group can have %zu members at most; put groups into it",
			ENTRY_ITEMS_MAX);
	for (size_t i = 0; i < m->members.count; i++) {
		if (check_group_member(d, a, e, m->members.at[i], f) != ERR_OK)
			return f->code;
	}
	if (m->domain == 0)
		return fail(f, ERR_NOTFOUND, "a group needs a domain: bourse domain add DOM");
	return check_reference(d, a, ENTRY_DOMAIN, m->domain, f);
}

/* ---- recipients ---- */

static enum err check_address(
	struct directory *d, struct arena *a, struct str address, struct failure *f)
{
	struct smtp_address parsed;
	struct entry domain;
	enum err e;

	if (smtp_address_parse(a, address, &parsed) != ERR_OK)
		return fail(f, ERR_SYNTAX,
			"\"%.*s\" is no SMTP address; give it like alice@example.org",
			STR_FMT(address));
	e = directory_mail_domain(d, parsed.domain, a, &domain);
	if (e == ERR_NOTFOUND)
		return fail(f, ERR_NOTFOUND,
			"%.*s is not a mail domain of this server, so mail for %.*s would be "
			"refused; "
			"first: bourse domain set DOM --add-mail %.*s",
			STR_FMT(parsed.domain), STR_FMT(address), STR_FMT(parsed.domain));
	return e == ERR_OK ? ERR_OK : fail(f, e, NULL);
}

static enum err check_recipient(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	struct entry_texts addresses = entry_addresses(e);

	if (check_name("an alias", entry_alias(e), f) != ERR_OK)
		return f->code;
	if (addresses.count > RULES_ITEMS_MAX)
		return fail(
			f, ERR_TOOBIG, "an entry can have %zu addresses at most", RULES_ITEMS_MAX);
	for (size_t i = 0; i < addresses.count; i++) {
		if (check_address(d, a, addresses.at[i], f) != ERR_OK)
			return f->code;
	}
	return ERR_OK;
}

/* The three limits in rising order; 0 once meant "nothing" and once "unlimited", so it means
 * neither here. */
static enum err check_quotas(const struct entry_mailbox *m, struct failure *f)
{
	const struct {
		const char *name;
		uint64_t octets;
	} steps[] = {
		{ "quota-warn", m->quota_warn },
		{ "quota-send", m->quota_send },
		{ "quota-receive", m->quota_receive },
	};
	size_t below = 0;

	for (size_t i = 0; i < 3; i++) {
		if (steps[i].octets == 0)
			return fail(f, ERR_SYNTAX,
				"--%s 0 could mean nothing or no limit; say \"unlimited\" or a "
				"size "
				"like 500M (to stop all mail: --disabled yes)",
				steps[i].name);
		if (steps[i].octets >= ENTRY_DEFAULT)
			continue;
		if (steps[below].octets < ENTRY_DEFAULT && steps[below].octets > steps[i].octets)
			return fail(f, ERR_CONFLICT, "--%s must not be above --%s",
				steps[below].name, steps[i].name);
		below = i;
	}
	return ERR_OK;
}

/* As with sizes, 0 could mean two things. */
static enum err check_counts(const struct entry_mailbox *m, struct failure *f)
{
	if (m->quota_messages == 0 || m->quota_folders == 0)
		return fail(f, ERR_SYNTAX,
			"--quota-%s 0 could mean nothing or no limit; say \"unlimited\" or a number",
			m->quota_messages == 0 ? "messages" : "folders");
	if (m->quota_folders < ENTRY_DEFAULT && m->quota_folders > RULES_FOLDERS_MAX)
		return fail(f, ERR_SYNTAX, "--quota-folders can be %llu at most",
			(unsigned long long)RULES_FOLDERS_MAX);
	return ERR_OK;
}

static enum err check_retention(const struct entry_mailbox *m, struct failure *f)
{
	if (m->retention_days == ENTRY_DEFAULT || m->retention_days <= RETENTION_DAYS_MAX)
		return ERR_OK;
	return fail(f, ERR_SYNTAX, "--retention-days can be %llu at most", (unsigned long long)RETENTION_DAYS_MAX);
}

static enum err check_rights(
	struct directory *d, struct arena *a, const struct entry_mailbox *m, struct failure *f)
{
	if (m->rights.count > RULES_GRANTS_MAX)
		return fail(f, ERR_TOOBIG, "%zu accounts and groups can have rights on a mailbox at most; put accounts into a group",
			RULES_GRANTS_MAX);
	for (size_t i = 0; i < m->rights.count; i++) {
		uint64_t id = m->rights.at[i].id;
		struct entry e;
		enum err err = directory_get(d, ENTRY_NONE, id, a, &e);

		if (id == m->account)
			return fail(f, ERR_CONFLICT,
				"%.*s is the primary account of the mailbox and has all rights; "
				"it can be granted none",
				STR_FMT(directory_account_name(d, id, a)));
		if (err == ERR_NOTFOUND || (err == ERR_OK && e.kind != ENTRY_ACCOUNT && e.kind != ENTRY_GROUP))
			return fail(f, ERR_NOTFOUND, "there is no account or group with id %llu", (unsigned long long)id);
		if (err != ERR_OK)
			return fail(f, err, NULL);
	}
	return ERR_OK;
}

/* What can stand in an imap URL behind the user (RFC 5092 section 3): a name or an IPv4 address, and a port. */
static bool is_server(struct str s)
{
	uint32_t port = 1;
	struct str host = s;

	if (str_cut(&s, ':', &host) && !str_u32(s, 65535, &port))
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if (!ascii_is_alpha(host.at[i]) && !ascii_is_digit(host.at[i]) && host.at[i] != '-' && host.at[i] != '.')
			return false;
	}
	return port > 0 && host.len > 0 && host.len <= 253 && host.at[0] != '.' && host.at[0] != '-';
}

static enum err check_home(const struct entry_mailbox *m, struct failure *f)
{
	if (m->home.len == 0 || is_server(m->home))
		return ERR_OK;
	return fail(f, ERR_SYNTAX, "\"%.*s\" is no mail server; give it like --moved-to mail2.example.org or mail2.example.org:1143",
		STR_FMT(str_sub(m->home, 0, 100)));
}

static enum err check_mailbox(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	const struct entry_mailbox *m = &e->mailbox;

	if (check_recipient(d, a, e, f) != ERR_OK || check_quotas(m, f) != ERR_OK ||
		check_counts(m, f) != ERR_OK)
		return f->code;
	if (check_retention(m, f) != ERR_OK || check_home(m, f) != ERR_OK || check_reference(d, a, ENTRY_ACCOUNT, m->account, f) != ERR_OK)
		return f->code;
	return check_rights(d, a, m, f);
}

static enum err check_contact(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	struct smtp_address parsed;
	struct entry domain;
	enum err err;

	if (check_recipient(d, a, e, f) != ERR_OK)
		return f->code;
	if (smtp_address_parse(a, e->contact.remote, &parsed) != ERR_OK)
		return fail(f, ERR_SYNTAX,
			"\"%.*s\" is no SMTP address; give it like bob@example.net",
			STR_FMT(e->contact.remote));
	err = directory_mail_domain(d, parsed.domain, a, &domain);
	if (err == ERR_OK)
		return fail(f, ERR_CONFLICT,
			"a contact is for somebody outside, but %.*s is a mail domain of this "
			"server; "
			"use: bourse mailbox add",
			STR_FMT(parsed.domain));
	return err == ERR_NOTFOUND ? ERR_OK : fail(f, err, NULL);
}

static enum err check_member(struct directory *d, struct arena *a, const struct entry *list,
	uint64_t id, struct failure *f)
{
	struct entry e;
	enum err err;

	if (id == list->id)
		return fail(f, ERR_CONFLICT, "a list cannot be a member of itself");
	err = directory_get(d, ENTRY_NONE, id, a, &e);
	if (err != ERR_OK)
		return err == ERR_NOTFOUND ? fail(f, err, "a member does not exist any more")
					   : fail(f, err, NULL);
	if (e.kind == ENTRY_CONTACT)
		return fail(f, ERR_CONFLICT,
			"the contact \"%.*s\" cannot be a member: this version sends nothing "
			"outside, and mail for the list would be refused",
			STR_FMT(e.contact.alias));
	if (!entry_is_recipient(e.kind))
		return fail(f, ERR_CONFLICT, "%s \"%.*s\" cannot be a member of a list",
			entry_kind_name(e.kind), STR_FMT(entry_name(&e)));
	return ERR_OK;
}

static enum err check_list(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	if (check_recipient(d, a, e, f) != ERR_OK)
		return f->code;
	if (e->list.members.count > ENTRY_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "a list can have %zu members at most; put lists into it",
			ENTRY_ITEMS_MAX);
	for (size_t i = 0; i < e->list.members.count; i++) {
		if (check_member(d, a, e, e->list.members.at[i], f) != ERR_OK)
			return f->code;
	}
	return check_reference(d, a, ENTRY_ACCOUNT, e->list.owner, f);
}

static enum err check_public(struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	struct entry_mailbox box = entry_public_box(&e->public);
	struct entry other;
	enum err err = directory_public(d, a, &other);

	if (err == ERR_OK && other.id != e->id)
		return fail(f, ERR_EXISTS, "there is a public store already; see: bourse public show");
	if (err != ERR_OK && err != ERR_NOTFOUND)
		return fail(f, err, NULL);
	if (check_name("an alias", box.alias, f) != ERR_OK || check_quotas(&box, f) != ERR_OK || check_counts(&box, f) != ERR_OK)
		return f->code;
	if (check_retention(&box, f) != ERR_OK)
		return f->code;
	if (e->public.addresses.count > RULES_POSTS_MAX)
		return fail(f, ERR_TOOBIG, "public folders can have %zu addresses at most", RULES_POSTS_MAX);
	must(e->public.addresses.count == e->public.folders.count);
	for (size_t i = 0; i < e->public.addresses.count; i++) {
		if (check_address(d, a, e->public.addresses.at[i], f) != ERR_OK)
			return f->code;
	}
	return ERR_OK;
}

enum err rules_check(struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	switch (e->kind) {
	case ENTRY_DOMAIN:
		return check_domain(d, a, e, f);
	case ENTRY_ACCOUNT:
		return check_account(d, a, e, f);
	case ENTRY_MAILBOX:
		return check_mailbox(d, a, e, f);
	case ENTRY_CONTACT:
		return check_contact(d, a, e, f);
	case ENTRY_LIST:
		return check_list(d, a, e, f);
	case ENTRY_GROUP:
		return check_group(d, a, e, f);
	case ENTRY_PUBLIC:
		return check_public(d, a, e, f);
	case ENTRY_VIRTUAL:
		return virtual_check(d, a, e, f);
	case ENTRY_NONE:
	case ENTRY_ORGANISATION:
	case ENTRY_KIND_END:
		break;
	}
	return ERR_OK;
}
