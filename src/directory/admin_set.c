#include "directory/admin_set.h"

#include "base/mem.h"
#include "directory/admin_args.h"
#include "directory/admin_right.h"
#include "directory/change.h"
#include "directory/lockouts.h"
#include "directory/policy.h"
#include "directory/realm.h"
#include "directory/rules.h"
#include "directory/secret.h"
#include "directory/secrets.h"
#include "directory/smtp_address.h"

struct str admin_set_shown(struct admin *q, const struct entry *e)
{
	return entry_domain(e) != 0 ? directory_account_name(q->directory, e->id, &q->arena)
				    : entry_name(e);
}

void admin_set_say(struct admin *q, const char *format, struct str name)
{
	struct str text = arena_printf(&q->arena, format, STR_FMT(name));

	json_object_set_new(q->reply, "message", json_stringn_nocheck(text.at, text.len));
}

static void say_created(struct admin *q, const struct entry *e)
{
	struct str name = admin_set_shown(q, e);
	json_t *created = json_object();

	json_object_set_new(created, "kind", json_string(entry_kind_name(e->kind)));
	json_object_set_new(created, "id", json_integer((json_int_t)e->id));
	json_object_set_new(created, "name", json_stringn_nocheck(name.at, name.len));
	json_object_set_new(q->reply, "created", created);
}

/* Rules, index, commit: the end of every change of one entry. old NULL: a new one. */
enum err admin_set_store(struct admin *q, const struct entry *old, struct entry *new, bool secret)
{
	struct change c;
	enum err e = rules_check(q->directory, &q->arena, new, q->failure);

	if (e == ERR_OK)
		e = change_begin(&c, q->directory, &q->arena, q->now_seconds, q->failure);
	if (e != ERR_OK)
		return e;
	e = old == NULL ? change_add(&c, new) : change_set(&c, old, new, secret);
	if (e == ERR_OK && new->kind == ENTRY_ACCOUNT)
		e = admin_right_put_groups(q, &c, new);
	if (e != ERR_OK) {
		change_abort(&c);
		return e;
	}
	return change_commit(&c);
}

/* Whoever is given a password here would still need the one that his domain's controllers know. */
static enum err check_password_is_ours(struct admin *q, const struct entry *account)
{
	struct entry domain;
	enum err e = directory_get(q->directory, ENTRY_DOMAIN, account->account.domain, &q->arena, &domain);

	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	if (realm_is_local(&domain.domain))
		return ERR_OK;
	return fail(q->failure, ERR_CONFLICT, "the passwords of %.*s are not here: %.*s checks them, and they are changed there",
		STR_FMT(domain.domain.name), STR_FMT(domain.domain.backend));
}

static enum err set_secret(struct admin *q, struct entry *e)
{
	struct entry domain;
	struct policy_wish wish = { .account = &e->account,
		.password = admin_args_str(q, "password"),
		.by = POLICY_ADMINISTRATOR,
		.now_seconds = q->now_seconds };
	struct str had = e->account.secret, made;
	enum err err = directory_get(q->directory, ENTRY_DOMAIN, e->account.domain, &q->arena, &domain);

	if (check_password_is_ours(q, e) != ERR_OK)
		return q->failure->code;
	if (err != ERR_OK)
		return fail(q->failure, err, NULL);
	wish.domain = &domain.domain;
	if (policy_judge(&wish, q->failure) != ERR_OK)
		return q->failure->code;
	err = q->trial ? secret_check(wish.password) : secrets_make(q->directory, &q->arena, wish.password, &e->account);
	made = e->account.secret;
	e->account.secret = had;
	if (err == ERR_OK)
		policy_set(wish.domain, &e->account, made, q->now_seconds, &q->arena);
	return err == ERR_OK ? ERR_OK : fail(q->failure, err, NULL);
}

static enum err set_name(struct admin *q, struct str name, struct entry *e)
{
	switch (e->kind) {
	case ENTRY_DOMAIN:
		e->domain.name = name;
		break;
	case ENTRY_ACCOUNT:
		return admin_args_account_name(q, name, &e->account.domain, &e->account.name);
	case ENTRY_GROUP:
		return admin_args_account_name(q, name, &e->group.domain, &e->group.name);
	case ENTRY_MAILBOX:
		e->mailbox.alias = name;
		break;
	case ENTRY_CONTACT:
		e->contact.alias = name;
		break;
	case ENTRY_LIST:
		e->list.alias = name;
		break;
	case ENTRY_PUBLIC:
		e->public.alias = name;
		break;
	case ENTRY_VIRTUAL:
		e->virtual.path = name;
		break;
	case ENTRY_NONE:
	case ENTRY_ORGANISATION:
	case ENTRY_KIND_END:
		break;
	}
	return ERR_OK;
}

/* The password that a domain is given is that of the account that searches for others at its controllers. */
static void set_backend(struct admin *q, struct entry *e)
{
	if (e->kind != ENTRY_DOMAIN)
		return;
	if (admin_args_have(q, "password"))
		e->domain.bind_secret = admin_args_str(q, "password");
	realm_complete(&q->arena, &e->domain);
}

/* A mailbox added without an address gets alias@ the first mail domain of its account's domain. */
static void default_address(struct admin *q, struct entry *e)
{
	struct entry account, domain;
	struct str *address;

	if (e->kind != ENTRY_MAILBOX || admin_args_have(q, "address") ||
		directory_get(q->directory, ENTRY_ACCOUNT, e->mailbox.account, &q->arena,
			&account) != ERR_OK ||
		directory_get(q->directory, ENTRY_DOMAIN, account.account.domain, &q->arena,
			&domain) != ERR_OK ||
		domain.domain.mail.count == 0)
		return;
	address = ARENA_NEW(&q->arena, struct str);
	*address = arena_printf(&q->arena, "%.*s@%.*s", STR_FMT(e->mailbox.alias),
		STR_FMT(domain.domain.mail.at[0]));
	e->mailbox.addresses = (struct entry_texts){ address, 1 };
}

/* An NT hash is kept only as long as it is asked for, and there is none until a password is set. */
static void judge_ntlm(struct admin *q, struct entry *e)
{
	if (q->kind != ENTRY_ACCOUNT || e->account.ntlm)
		return;
	e->account.nt_hash = STR_NONE;
	app_passwords_without_nt(&q->arena, &e->account);
}

static bool wants_password(const struct admin *q, const struct entry *e)
{
	return q->kind == ENTRY_ACCOUNT && e->account.ntlm && e->account.nt_hash.len == 0;
}

enum err admin_do_add(struct admin *q)
{
	struct entry e = entry_defaults(q->kind, 0);
	enum err err = set_name(q, admin_args_str(q, "name"), &e);

	if (err == ERR_OK)
		err = admin_args_apply(q, &e);
	if (err == ERR_OK && q->kind == ENTRY_ACCOUNT && admin_args_have(q, "password"))
		err = set_secret(q, &e);
	if (err != ERR_OK)
		return err;
	set_backend(q, &e);
	default_address(q, &e);
	err = admin_set_store(q, NULL, &e, false);
	if (err == ERR_OK)
		say_created(q, &e);
	return err;
}

/* ---- set ---- */

/* A mail domain that goes may have no addresses left: their mail would be refused as relaying. */
static enum err check_mail_kept(struct admin *q, const struct entry *old, const struct entry *new)
{
	for (size_t i = 0; i < old->domain.mail.count; i++) {
		struct str had, has, address;
		bool kept = false;
		enum err e = smtp_address_domain(&q->arena, old->domain.mail.at[i], &had);

		for (size_t n = 0; e == ERR_OK && new != NULL &&n < new->domain.mail.count; n++)
			kept |= smtp_address_domain(&q->arena, new->domain.mail.at[n], &has) ==
					ERR_OK &&
				str_eq(had, has);
		if (e == ERR_OK && !kept)
			e = directory_address_in(q->directory, had, &q->arena, &address);
		else if (e == ERR_OK)
			e = ERR_NOTFOUND;
		if (e == ERR_OK)
			return fail(q->failure, ERR_INUSE,
				"the mail domain %.*s still has addresses, such as %.*s; remove or "
				"change those first",
				STR_FMT(had), STR_FMT(address));
		if (e != ERR_NOTFOUND)
			return fail(q->failure, e, NULL);
	}
	return ERR_OK;
}

static enum err rename_entry(struct admin *q, struct entry *e)
{
	struct str name = admin_args_str(q, "rename");
	uint64_t domain = entry_domain(e);
	enum err err;

	if (name.len == 0)
		return ERR_OK;
	if (domain != 0 && !str_has_octet(name, '\\') && !str_has_octet(name, '/')) {
		*(e->kind == ENTRY_GROUP ? &e->group.name : &e->account.name) = name;
		return ERR_OK;
	}
	err = set_name(q, name, e);
	if (err == ERR_OK && entry_domain(e) != domain)
		return fail(q->failure, ERR_CONFLICT, "the %s cannot move to another domain", entry_kind_name(e->kind));
	return err;
}

enum err admin_set_find(struct admin *q, struct entry *ret)
{
	return admin_args_find(q, q->kind, admin_args_str(q, "name"), ret);
}

enum err admin_do_set(struct admin *q)
{
	struct entry old, new;
	enum err e = admin_set_find(q, &old);

	if (e != ERR_OK)
		return e;
	new = old;
	e = rename_entry(q, &new);
	if (e == ERR_OK)
		e = admin_args_apply(q, &new);
	set_backend(q, &new);
	if (e == ERR_OK && q->kind == ENTRY_DOMAIN)
		e = check_mail_kept(q, &old, &new);
	judge_ntlm(q, &new);
	if (e == ERR_OK)
		e = admin_set_store(q, &old, &new, false);
	if (e == ERR_OK)
		admin_set_say(q, wants_password(q, &new) ? "changed %.*s; for NTLM set its password anew: bourse account password"
					       : "changed %.*s",
			admin_set_shown(q, &new));
	return e;
}

enum err admin_do_member_remove(struct admin *q)
{
	struct entry old, new;
	enum err e = admin_set_find(q, &old);

	if (e != ERR_OK)
		return e;
	new = old;
	e = admin_args_apply_as(q, "member", ADMIN_REMOVE, &new);
	if (e == ERR_OK)
		e = admin_set_store(q, &old, &new, false);
	if (e == ERR_OK)
		admin_set_say(q, "changed %.*s", admin_set_shown(q, &new));
	return e;
}

enum err admin_do_password(struct admin *q)
{
	struct entry old, new;
	enum err e = admin_set_find(q, &old);

	if (e != ERR_OK)
		return e;
	new = old;
	/* Whoever sets a new password has changed it, unless it is to be changed once more. */
	new.account.must_change = admin_args_flag(q, "must-change", false);
	e = set_secret(q, &new);
	if (e == ERR_OK)
		e = admin_set_store(q, &old, &new, true);
	if (e == ERR_OK)
		admin_set_say(q, "the password of %.*s is set; it is in force at once",
			admin_set_shown(q, &new));
	return e;
}

enum err admin_do_unlock(struct admin *q)
{
	struct entry account, domain;
	struct lockout_rules rules;
	struct lockout l;
	enum err e = admin_set_find(q, &account);

	if (e == ERR_OK && directory_get(q->directory, ENTRY_DOMAIN, account.account.domain, &q->arena, &domain) != ERR_OK)
		e = fail(q->failure, ERR_CORRUPT, NULL);
	if (e != ERR_OK)
		return e;
	rules = policy_lockout(&domain.domain);
	lockouts_read(q->directory, account.id, &l);
	admin_set_say(q, lockout_unlock(&l, &rules, q->now_seconds) ? "unlocked %.*s" : "%.*s was not locked; its failed logons are forgotten",
		admin_set_shown(q, &account));
	lockouts_write(q->directory, account.id, &l);
	return ERR_OK;
}

/* ---- remove ---- */

static enum err check_domain_unused(struct admin *q, const struct entry *e)
{
	bool accounts;
	enum err err = directory_has_accounts(q->directory, e->id, &accounts);

	if (err != ERR_OK)
		return fail(q->failure, err, NULL);
	if (accounts)
		return fail(q->failure, ERR_INUSE,
			"the domain \"%.*s\" still has accounts or groups; remove those first: "
			"bourse account list, bourse group list",
			STR_FMT(e->domain.name));
	return check_mail_kept(q, e, NULL);
}

static enum err check_account_unused(struct admin *q, const struct entry *e)
{
	struct entry_ids boxes;
	struct entry box;
	enum err err = directory_mailboxes_of(q->directory, e->id, &q->arena, SIZE_MAX, &boxes);

	for (size_t i = 0; err == ERR_OK && i < boxes.count; i++) {
		err = directory_get(q->directory, ENTRY_MAILBOX, boxes.at[i], &q->arena, &box);
		if (err == ERR_OK && box.mailbox.account == e->id)
			return fail(q->failure, ERR_INUSE,
				"the account owns the mailbox \"%.*s\"; first give it to another: "
				"bourse "
				"mailbox set %.*s --account DOMAIN\\user, or remove it",
				STR_FMT(box.mailbox.alias), STR_FMT(box.mailbox.alias));
	}
	return err == ERR_OK ? ERR_OK : fail(q->failure, err, NULL);
}

enum err admin_do_remove(struct admin *q)
{
	struct entry entry;
	struct change c;
	struct str name;
	enum err e = admin_set_find(q, &entry);

	if (e == ERR_OK && q->kind == ENTRY_DOMAIN)
		e = check_domain_unused(q, &entry);
	if (e == ERR_OK && q->kind == ENTRY_ACCOUNT)
		e = check_account_unused(q, &entry);
	if (e == ERR_OK)
		e = change_begin(&c, q->directory, &q->arena, q->now_seconds, q->failure);
	if (e != ERR_OK)
		return e;
	name = admin_set_shown(q, &entry);
	e = change_remove(&c, &entry);
	if (e != ERR_OK) {
		change_abort(&c);
		return e;
	}
	e = change_commit(&c);
	if (e == ERR_OK)
		admin_set_say(q, "removed %.*s", name);
	return e;
}

/* ---- init ---- */

static enum err begin(struct admin *q, struct change *c, struct entry *domain, bool has_domain)
{
	struct entry_ids domains;
	enum err e = directory_ids(q->directory, ENTRY_DOMAIN, 0, &q->arena, 1, &domains);

	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	if (domains.count > 0 || c->organisation.organisation.name.len > 0)
		return fail(q->failure, ERR_EXISTS,
			"there is an organisation already; go on with: bourse account add");
	c->organisation.organisation.name = admin_args_str(q, "name");
	return has_domain ? change_add(c, domain) : ERR_OK;
}

enum err admin_do_init(struct admin *q)
{
	struct entry domain = entry_defaults(ENTRY_DOMAIN, 0);
	bool has_domain = admin_args_str(q, "domain").len > 0;
	struct change c;
	enum err e = ERR_OK;

	domain.domain.name = admin_args_str(q, "domain");
	if (!has_domain && admin_args_have(q, "mail"))
		return fail(q->failure, ERR_SYNTAX,
			"--mail needs --domain: mail domains belong to a domain");
	if (has_domain)
		e = admin_args_apply(q, &domain);
	if (e == ERR_OK && has_domain)
		e = rules_check(q->directory, &q->arena, &domain, q->failure);
	if (e == ERR_OK)
		e = change_begin(&c, q->directory, &q->arena, q->now_seconds, q->failure);
	if (e != ERR_OK)
		return e;
	e = begin(q, &c, &domain, has_domain);
	if (e != ERR_OK) {
		change_abort(&c);
		return e;
	}
	e = change_commit(&c);
	if (e == ERR_OK)
		admin_set_say(q, "the organisation %.*s has begun", admin_args_str(q, "name"));
	return e;
}
