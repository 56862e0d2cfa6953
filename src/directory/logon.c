#include "directory/logon.h"

#include "base/mem.h"
#include "directory/group.h"
#include "directory/logon_int.h"
#include "directory/logon_news.h"
#include "directory/logon_ntlm.h"
#include "directory/logon_remote.h"
#include "directory/name.h"
#include "directory/policy.h"
#include "directory/secrets.h"

#define NAMESAKES_MAX ((size_t)4)

#define STEP(name, phase, title) { logon_step_##name, LOGON_##phase, title },
static const struct {
	logon_step_function *run;
	enum logon_phase phase;
	const char *title;
} steps[LOGON_STEP_COUNT] = {
#include "directory/logon.tbl"
};
#undef STEP

const char *logon_step_title(enum logon_step s)
{
	must((unsigned)s < LOGON_STEP_COUNT);
	return steps[s].title;
}

/* ---- before the password ---- */

enum err logon_step_name(struct logon *l)
{
	struct failure f = { 0 };

	if (logon_name_parse(l->arena, l->query.name, l->query.authzid, &l->name, &f) != ERR_OK) {
		detail(l, LOGON_STEP_name, "%s", f.reason);
		mend(l, LOGON_STEP_name,
			"log on as DOMAIN\\user, DOMAIN\\user\\mailbox or user@mail.domain");
		return refuse(l, LOGON_STEP_name);
	}
	detail(l, LOGON_STEP_name, "%.*s", STR_FMT(logon_interpretation(l)));
	return ERR_OK;
}

/* The domain that a command about a mail domain should name: the first there is. */
static struct str any_domain(struct logon *l)
{
	struct entry_ids ids;
	struct entry e;

	if (directory_ids(l->directory, ENTRY_DOMAIN, 0, l->arena, 1, &ids) == ERR_OK &&
		ids.count == 1 &&
		directory_get(l->directory, ENTRY_DOMAIN, ids.at[0], l->arena, &e) == ERR_OK)
		return e.domain.name;
	return STR_NONE;
}

static enum err no_domain(struct logon *l)
{
	struct str any = any_domain(l), given = l->name.domain;

	detail(l, LOGON_STEP_domain, "there is no %s \"%.*s\"",
		l->name.kind == LOGON_NAME_EMAIL ? "mail domain" : "domain", STR_FMT(given));
	if (l->name.kind == LOGON_NAME_NT)
		mend(l, LOGON_STEP_domain, "bourse domain add %.*s", STR_FMT(word(l, given)));
	else if (any.len > 0)
		mend(l, LOGON_STEP_domain, "bourse domain set %.*s --add-mail %.*s",
			STR_FMT(word(l, any)), STR_FMT(word(l, given)));
	else
		mend(l, LOGON_STEP_domain, "bourse domain add DOM --mail %.*s",
			STR_FMT(word(l, given)));
	return refuse(l, LOGON_STEP_domain);
}

enum err logon_step_domain(struct logon *l)
{
	enum err e = ERR_NOTFOUND;

	if (!l->name.has_domain) {
		detail(l, LOGON_STEP_domain, "none given: the user is looked for in all domains");
		return ERR_OK;
	}
	if (l->name.kind == LOGON_NAME_NT)
		e = directory_domain(l->directory, l->name.domain, l->arena, &l->domain);
	if (e == ERR_NOTFOUND)
		e = directory_mail_domain(l->directory, l->name.domain, l->arena, &l->domain);
	if (e == ERR_NOTFOUND)
		return no_domain(l);
	if (e != ERR_OK)
		return fail(&l->failure, e, NULL);
	detail(l, LOGON_STEP_domain, "domain \"%.*s\"", STR_FMT(l->domain.domain.name));
	return ERR_OK;
}

static struct str email_of(struct logon *l)
{
	return arena_printf(l->arena, "%.*s@%.*s", STR_FMT(l->name.user), STR_FMT(l->name.domain));
}

/*
 * What the name is when it is no account's: people give the alias of a shared mailbox, or a contact's. For the doctor alone, because
 * a logon must take no longer for a name that stands for something.
 */
static bool is_other(struct logon *l)
{
	struct str text = l->name.kind == LOGON_NAME_EMAIL ? email_of(l) : l->name.user;
	struct entry e;

	if (!l->query.examine || directory_recipient(l->directory, text, l->arena, &e) != ERR_OK)
		return false;
	if (e.kind == ENTRY_MAILBOX && e.mailbox.account != 0) {
		struct str owner = directory_account_name(l->directory, e.mailbox.account, l->arena);

		detail(l, LOGON_STEP_account, "there is no account \"%.*s\", but a mailbox of that name; it belongs to %.*s", STR_FMT(text),
			STR_FMT(owner));
		mend(l, LOGON_STEP_account, "log on as %.*s\\%.*s", STR_FMT(owner), STR_FMT(e.mailbox.alias));
		return true;
	}
	l->event = LOGON_EVENT_name_contact;
	detail(l, LOGON_STEP_account, "\"%.*s\" is no account but a %s: nobody can log on as that", STR_FMT(text), entry_kind_name(e.kind));
	mend(l, LOGON_STEP_account, "log on with the name of an account: bourse account list");
	return true;
}

static enum err no_account(struct logon *l)
{
	struct str domain = l->domain.id != 0 ? l->domain.domain.name : any_domain(l);
	struct str name = joined(l, domain, l->name.user);

	if (is_other(l))
		return refuse(l, LOGON_STEP_account);
	if (l->domain.id != 0)
		detail(l, LOGON_STEP_account, "there is no account \"%.*s\"", STR_FMT(name));
	else
		detail(l, LOGON_STEP_account, "no domain has an account \"%.*s\"",
			STR_FMT(l->name.user));
	mend(l, LOGON_STEP_account, "bourse account add %.*s", STR_FMT(word(l, name)));
	return refuse(l, LOGON_STEP_account);
}

static enum err ambiguous(struct logon *l, const uint64_t *ids, size_t count)
{
	struct str list = S("");

	for (size_t i = 0; i < count; i++)
		list = arena_printf(l->arena, "%.*s%s%.*s", STR_FMT(list), i > 0 ? ", " : "",
			STR_FMT(directory_account_name(l->directory, ids[i], l->arena)));
	l->event = LOGON_EVENT_name_ambiguous;
	detail(l, LOGON_STEP_account, "the name is ambiguous: %.*s", STR_FMT(list));
	mend(l, LOGON_STEP_account, "log on with the domain: one of %.*s", STR_FMT(list));
	return refuse(l, LOGON_STEP_account);
}

static enum err account_in_all(struct logon *l, struct entry *ret)
{
	uint64_t ids[NAMESAKES_MAX];
	size_t count = 0;
	enum err e =
		directory_accounts_named(l->directory, l->name.user, ids, NAMESAKES_MAX, &count);

	if (e != ERR_OK)
		return e;
	if (count == 0)
		return ERR_NOTFOUND;
	if (count > 1)
		return ambiguous(l, ids, count);
	return directory_get(l->directory, ENTRY_ACCOUNT, ids[0], l->arena, ret);
}

/* The primary account of the mailbox with that address; it may belong to another domain. */
static enum err account_by_address(struct logon *l, struct entry *ret)
{
	struct entry box;
	enum err e = directory_address(l->directory, email_of(l), l->arena, &box);

	if (e == ERR_OK && (box.kind != ENTRY_MAILBOX || box.mailbox.account == 0))
		e = ERR_NOTFOUND;
	if (e != ERR_OK)
		return e;
	return directory_get(l->directory, ENTRY_ACCOUNT, box.mailbox.account, l->arena, ret);
}

static enum err find_account(struct logon *l, struct entry *ret)
{
	enum err e;

	if (!l->name.has_domain)
		return account_in_all(l, ret);
	e = directory_account(l->directory, l->domain.id, l->name.user, l->arena, ret);
	if (e == ERR_NOTFOUND && l->name.kind == LOGON_NAME_EMAIL)
		e = account_by_address(l, ret);
	return e;
}

enum err logon_step_account(struct logon *l)
{
	struct entry account;
	enum err e = find_account(l, &account);

	if (e == ERR_NOTFOUND)
		return no_account(l);
	if (e == ERR_OK)
		e = directory_get(
			l->directory, ENTRY_DOMAIN, account.account.domain, l->arena, &l->domain);
	if (e != ERR_OK)
		return l->failure.code != ERR_OK
			       ? e
			       : fail(&l->failure, e == ERR_NOTFOUND ? ERR_CORRUPT : e, NULL);
	l->account = account;
	l->account_name = joined(l, l->domain.domain.name, account.account.name);
	detail(l, LOGON_STEP_account, "account \"%.*s\"", STR_FMT(l->account_name));
	return ERR_OK;
}

/* ---- the password ---- */

/* The account as it is now: it may have changed while another thread was checking. */
static enum err read_again(struct logon *l, bool *ret_same)
{
	struct entry now;
	enum err e = directory_get(l->directory, ENTRY_ACCOUNT, l->account.id, l->arena, &now);

	*ret_same = e == ERR_OK && str_eq(now.account.secret, l->account.account.secret) &&
		    str_eq(now.account.app_passwords, l->account.account.app_passwords) &&
		    str_eq(now.account.factor, l->account.account.factor);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e == ERR_OK)
		l->account = now;
	return e;
}

static bool is_asked(const struct logon *l)
{
	return !l->query.examine || l->query.password.len > 0 || l->proof_told;
}

static bool is_right(const struct logon *l)
{
	return l->query.proof == LOGON_BY_PASSWORD ? l->job.right : l->proven;
}

/* Programs that choose by themselves take what does not send the password. */
static void hint_app_password(const struct logon *l, struct logon_note *note)
{
	size_t used = strlen(note->detail);

	if (l->query.proof == LOGON_BY_MECHANISM && !l->remote && l->second.keyless > 0)
		snprintf(note->detail + used, sizeof(note->detail) - used,
			"; %zu of its application passwords have no keys for that and are taken by PLAIN and LOGIN only", l->second.keyless);
}

enum err logon_step_password(struct logon *l)
{
	struct logon_note *note = &l->notes[LOGON_STEP_password];
	bool asked = is_asked(l), same;
	enum err e = read_again(l, &same);

	if (e != ERR_OK)
		return fail(&l->failure, e, NULL);
	if (l->remote)
		mend(l, LOGON_STEP_password, "set the password where the domain has it: %.*s", STR_FMT(l->domain.domain.backend));
	else
		mend(l, LOGON_STEP_password, "bourse account password %.*s", STR_FMT(account_word(l)));
	if (l->account.seal == ENTRY_LOCKED && !l->remote) {
		l->event = LOGON_EVENT_vault_locked;
		detail(l, LOGON_STEP_password, "the key to the account's secrets is missing");
		mend(l, LOGON_STEP_password, "put directory/" VAULT_FILE " back from a backup, then: bourse reload");
		return refuse(l, LOGON_STEP_password);
	}
	if (!same) {
		l->event = LOGON_EVENT_changed_meanwhile;
		detail(l, LOGON_STEP_password, "the account was changed during the logon");
	} else if (asked && !is_right(l) && l->second.app != NULL) {
		detail(l, LOGON_STEP_password, "wrong application password for %.*s: its first four characters are those of \"%.*s\"",
			STR_FMT(l->account_name), STR_FMT(l->second.app->label));
	} else if (asked && !is_right(l) && l->second.app_shaped && !l->remote) {
		l->event = LOGON_EVENT_app_unknown;
		detail(l, LOGON_STEP_password, "%.*s has no such application password (any more)", STR_FMT(l->account_name));
		mend(l, LOGON_STEP_password, "bourse account app-password add %.*s --label mail", STR_FMT(account_word(l)));
	} else if (l->account.account.secret.len == 0 && l->second.app == NULL && !l->proven && !l->remote) {
		l->event = LOGON_EVENT_no_password;
		detail(l, LOGON_STEP_password, "the account has no password yet");
	} else if (logon_ntlm_missing(l, note)) {
		l->event = l->account.account.ntlm ? LOGON_EVENT_no_keys : LOGON_EVENT_ntlm_off;
	} else if (asked && !is_right(l) && l->why_not[0] != '\0') {
		l->event = l->without_keys ? LOGON_EVENT_no_keys : LOGON_EVENT_wrong_proof;
		detail(l, LOGON_STEP_password, "%s", l->why_not);
	} else if (asked && !is_right(l)) {
		l->event = l->query.proof == LOGON_BY_MECHANISM ? LOGON_EVENT_wrong_proof : LOGON_EVENT_wrong_password;
		detail(l, LOGON_STEP_password, "wrong password for %.*s", STR_FMT(l->account_name));
	} else {
		note->mend[0] = '\0';
	}
	if (note->mend[0] != '\0') {
		hint_app_password(l, note);
		return refuse(l, LOGON_STEP_password);
	}
	detail(l, LOGON_STEP_password, "%s%s", asked ? "right" : "not checked: no password given",
		l->query.ntlm && !l->remote ? "; there is an NT hash"
		: l->remote || secrets_scram(&l->account.account, SCRAM_SHA_256).len > 0
			? ""
			: "; it was set before there were keys for SCRAM, and is set again for them: bourse account password");
	if (!asked)
		note->mark = LOGON_NOT_CHECKED;
	return ERR_OK;
}

/* ---- behind the password ---- */

enum err logon_step_factor(struct logon *l)
{
	struct logon_note *note = &l->notes[LOGON_STEP_factor];
	struct logon_second_verdict v;

	logon_factor_judge(l, &v);
	snprintf(note->detail, sizeof(note->detail), "%s", v.detail);
	snprintf(note->mend, sizeof(note->mend), "%s", v.mend);
	if (v.code == ERR_OK)
		return ERR_OK;
	l->event = v.event;
	if (v.code == ERR_AUTH)
		return refuse(l, LOGON_STEP_factor);
	if (v.detail[0] == '\0')
		return fail(&l->failure, v.code, NULL);
	return tell(l, LOGON_STEP_factor, v.code, "%s", v.detail);
}

/* A mailbox that the account could have meant; empty: it has none. */
static struct str own_mailbox(struct logon *l)
{
	struct str alias = STR_NONE;
	struct entry_ids ids = { 0 };
	struct arena scratch;
	struct entry box;

	arena_init(&scratch, ARENA_NONE);
	if (directory_mailboxes_of(l->directory, l->account.id, &scratch, 64, &ids) != ERR_OK)
		ids.count = 0;
	for (size_t i = 0; i < ids.count && alias.len == 0; i++) {
		if (directory_get(l->directory, ENTRY_MAILBOX, ids.at[i], &scratch, &box) ==
				ERR_OK &&
			box.mailbox.account == l->account.id)
			alias = arena_str(l->arena, box.mailbox.alias);
	}
	arena_done(&scratch);
	return alias;
}

/* "; log on as DOM\alice\alice-box" when there is such a mailbox. */
static struct str hint(struct logon *l)
{
	struct str own = own_mailbox(l);

	if (own.len == 0)
		return S("");
	return arena_printf(l->arena, "; its own mailbox is opened with %.*s\\%.*s",
		STR_FMT(l->account_name), STR_FMT(own));
}

static enum err no_mailbox(struct logon *l)
{
	struct str box = l->name.mailbox, own = own_mailbox(l);

	if (str_has_octet(box, '@'))
		mend(l, LOGON_STEP_mailbox, "bourse mailbox set %.*s --add-address %.*s",
			STR_FMT(own.len > 0 ? word(l, own) : S("ALIAS")), STR_FMT(word(l, box)));
	else if (own.len > 0)
		mend(l, LOGON_STEP_mailbox, "bourse mailbox set %.*s --rename %.*s",
			STR_FMT(word(l, own)), STR_FMT(word(l, box)));
	else
		mend(l, LOGON_STEP_mailbox, "bourse mailbox add %.*s --account %.*s",
			STR_FMT(word(l, box)), STR_FMT(account_word(l)));
	return tell(l, LOGON_STEP_mailbox, ERR_NOBOX,
		"logged on as %.*s, but there is no mailbox \"%.*s\"%.*s", STR_FMT(l->account_name),
		STR_FMT(box), STR_FMT(hint(l)));
}

/* An e-mail name by default means the mailbox with that address, when there is one; a name by NTLM the account's mailbox for it. */
static enum err find_mailbox(struct logon *l, struct entry *ret)
{
	enum err e;

	e = logon_ntlm_mailbox(l, ret);
	if (e != ERR_NOTFOUND)
		return e;
	if (l->name.kind == LOGON_NAME_EMAIL && !l->name.has_mailbox) {
		e = directory_address(l->directory, email_of(l), l->arena, ret);
		if (e != ERR_NOTFOUND && !(e == ERR_OK && ret->kind != ENTRY_MAILBOX))
			return e;
	}
	return directory_recipient(l->directory, l->name.mailbox, l->arena, ret);
}

/* By other protocols the folder is there in a session of one's own, under a name that depends on whose it is. */
static enum err not_by_pop3(struct logon *l)
{
	const char *tree = l->name.public ? "" : "Other Users/";

	l->event = LOGON_EVENT_folder_named;
	if (l->query.protocol == PROTOCOL_IMAP)
		mend(l, LOGON_STEP_mailbox, "log on as %.*s; the folder is there as %s%.*s/%.*s", STR_FMT(l->account_name), tree,
			STR_FMT(l->name.mailbox), STR_FMT(l->name.folder));
	else
		mend(l, LOGON_STEP_mailbox, "log on as %.*s", STR_FMT(l->account_name));
	return tell(l, LOGON_STEP_mailbox, ERR_NOTABOX, "logged on as %.*s, but a folder is opened by its name through POP3 only; %s",
		STR_FMT(l->account_name), l->notes[LOGON_STEP_mailbox].mend);
}

static enum err find_public(struct logon *l)
{
	struct entry e;
	enum err err = directory_public(l->directory, l->arena, &e);

	if (err == ERR_NOTFOUND) {
		mend(l, LOGON_STEP_mailbox, "bourse public enable");
		return tell(l, LOGON_STEP_mailbox, ERR_NOBOX, "logged on as %.*s, but there are no public folders here", STR_FMT(l->account_name));
	}
	if (err != ERR_OK)
		return fail(&l->failure, err, NULL);
	if (l->name.folder.len == 0) {
		mend(l, LOGON_STEP_mailbox, "log on as %.*s\\" LOGON_NAME_PUBLIC "/FOLDER", STR_FMT(l->account_name));
		return tell(l, LOGON_STEP_mailbox, ERR_NOBOX, "logged on as %.*s, but which public folder is to be opened was not said",
			STR_FMT(l->account_name));
	}
	l->mailbox = (struct entry){ .kind = ENTRY_MAILBOX, .id = e.id };
	l->mailbox.mailbox = entry_public_box(&e.public);
	l->mailbox.mailbox.pop3 = true;
	detail(l, LOGON_STEP_mailbox, "the public store");
	return ERR_OK;
}

enum err logon_step_mailbox(struct logon *l)
{
	struct entry box;
	enum err e;

	if (l->query.protocol != PROTOCOL_POP3 && (l->name.public || l->name.folder.len > 0))
		return not_by_pop3(l);
	if (l->name.public)
		return find_public(l);
	e = logon_news(l) ? logon_news_find(l) : ERR_OK;
	if (e != ERR_OK || logon_news_alone(l))
		return e;
	e = find_mailbox(l, &box);
	if (e == ERR_NOTFOUND)
		return no_mailbox(l);
	if (e != ERR_OK)
		return fail(&l->failure, e, NULL);
	if (box.kind != ENTRY_MAILBOX) {
		mend(l, LOGON_STEP_mailbox,
			"log on with the alias of a mailbox: bourse mailbox list");
		return tell(l, LOGON_STEP_mailbox, ERR_NOTABOX,
			"logged on as %.*s, but \"%.*s\" is a %s and has no mailbox%.*s",
			STR_FMT(l->account_name), STR_FMT(l->name.mailbox),
			entry_kind_name(box.kind), STR_FMT(hint(l)));
	}
	l->mailbox = box;
	detail(l, LOGON_STEP_mailbox, "mailbox \"%.*s\"", STR_FMT(box.mailbox.alias));
	return ERR_OK;
}

/* Submission asks again for each address; whoever has any right on a mailbox may begin. */
static uint32_t rights_needed(const struct logon *l)
{
	return l->query.protocol == PROTOCOL_SMTP ? RIGHT_ALL : RIGHT_OPENS;
}

static struct str rights_text(struct logon *l, uint32_t rights)
{
	struct buf text;
	struct str ret;

	buf_init(&text, 128);
	right_words_put(&text, rights);
	ret = arena_str(l->arena, buf_str(&text));
	buf_done(&text);
	return ret;
}

static struct str by_group(struct logon *l)
{
	return l->held.group == 0 ? S("") : directory_account_name(l->directory, l->held.group, l->arena);
}

static enum err refuse_right(struct logon *l)
{
	const struct entry_mailbox *m = &l->mailbox.mailbox;
	struct str alias = word(l, m->alias), account = account_word(l);

	if (l->held.rights == 0) {
		mend(l, LOGON_STEP_right, "bourse mailbox grant %.*s --account %.*s", STR_FMT(alias),
			STR_FMT(account));
		return tell(l, LOGON_STEP_right, ERR_BOXRIGHT,
			"logged on as %.*s, but it has no right to the mailbox \"%.*s\"%.*s",
			STR_FMT(l->account_name), STR_FMT(m->alias), STR_FMT(hint(l)));
	}
	mend(l, LOGON_STEP_right, "bourse mailbox grant %.*s --account %.*s --rights read",
		STR_FMT(alias), STR_FMT(account));
	return tell(l, LOGON_STEP_right, ERR_BOXRIGHT,
		"logged on as %.*s, which has the right %.*s on the mailbox \"%.*s\" but not the right read%.*s",
		STR_FMT(l->account_name), STR_FMT(rights_text(l, l->held.rights)), STR_FMT(m->alias),
		STR_FMT(hint(l)));
}

enum err logon_step_right(struct logon *l)
{
	enum err e = group_closure(l->directory, l->account.id, l->arena, &l->groups);

	if (e == ERR_LIMIT)
		return tell(l, LOGON_STEP_right, e, "the account %.*s is in more than %zu groups",
			STR_FMT(l->account_name), GROUP_CLOSURE_MAX);
	if (e != ERR_OK)
		return fail(&l->failure, e, NULL);
	if (logon_news_alone(l)) {
		detail(l, LOGON_STEP_right, "what the lists of folders give it");
		return ERR_OK;
	}
	l->held = right_of(&l->mailbox.mailbox, l->account.id, &l->groups);
	/* Lists give folders to those who have no right on the mailbox; that is the store's to judge. */
	if ((l->held.rights & rights_needed(l)) == 0 && l->name.folder.len == 0)
		return refuse_right(l);
	if ((l->held.rights & rights_needed(l)) == 0)
		detail(l, LOGON_STEP_right, "what the list of the folder gives: bourse folder rights %.*s %.*s",
			STR_FMT(word(l, l->mailbox.mailbox.alias)), STR_FMT(word(l, l->name.folder)));
	else if (l->held.primary)
		detail(l, LOGON_STEP_right, "primary account");
	else
		detail(l, LOGON_STEP_right, "%.*s%s%.*s", STR_FMT(rights_text(l, l->held.rights)),
			l->held.group != 0 ? ", by the group " : "", STR_FMT(by_group(l)));
	return ERR_OK;
}

/* RFC 2221 section 6: only behind the right password. */
static enum err moved(struct logon *l)
{
	const struct entry_mailbox *m = &l->mailbox.mailbox;

	l->event = LOGON_EVENT_mailbox_moved;
	mend(l, LOGON_STEP_open, "bourse mailbox set %.*s --moved-to ''", STR_FMT(word(l, m->alias)));
	return tell(l, LOGON_STEP_open, ERR_MOVED, "logged on as %.*s, but the mailbox \"%.*s\" is on %.*s now", STR_FMT(l->account_name),
		STR_FMT(m->alias), STR_FMT(m->home));
}

enum err logon_step_open(struct logon *l)
{
	const struct entry_mailbox *m = &l->mailbox.mailbox;

	if (logon_news_alone(l)) {
		detail(l, LOGON_STEP_open, "the public store is there");
		return ERR_OK;
	}
	if (m->disabled) {
		mend(l, LOGON_STEP_open, "bourse mailbox set %.*s --disabled no",
			STR_FMT(word(l, m->alias)));
		return tell(l, LOGON_STEP_open, ERR_BOXOFF,
			"logged on as %.*s, but the mailbox \"%.*s\" is disabled",
			STR_FMT(l->account_name), STR_FMT(m->alias));
	}
	if (m->home.len > 0)
		return moved(l);
	detail(l, LOGON_STEP_open, "enabled");
	return ERR_OK;
}

static bool protocol_on(const struct logon *l)
{
	const struct entry_mailbox *m = &l->mailbox.mailbox;

	if (l->query.protocol == PROTOCOL_HTTP)
		return m->http;
	if (l->query.protocol == PROTOCOL_POP3)
		return m->pop3;
	return l->query.protocol == PROTOCOL_IMAP ? m->imap : m->smtp;
}

enum err logon_step_protocol(struct logon *l)
{
	const struct entry_mailbox *m = &l->mailbox.mailbox;
	const char *name = protocol_name(l->query.protocol);

	if (logon_news(l)) {
		detail(l, LOGON_STEP_protocol, "news is in no mailbox");
		return ERR_OK;
	}
	if (!protocol_on(l)) {
		mend(l, LOGON_STEP_protocol, "bourse mailbox set %.*s --%s yes",
			STR_FMT(word(l, m->alias)), name);
		return tell(l, LOGON_STEP_protocol, ERR_PROTOCOLOFF,
			"logged on as %.*s, but %s is switched off for the mailbox \"%.*s\"",
			STR_FMT(l->account_name), name, STR_FMT(m->alias));
	}
	detail(l, LOGON_STEP_protocol, "%s is on", name);
	return ERR_OK;
}

/* ---- the walk ---- */

static bool walk(struct logon *l, enum logon_phase first, enum logon_phase last)
{
	for (size_t s = 0; s < LOGON_STEP_COUNT && l->failure.code == ERR_OK; s++) {
		struct logon_note *note = &l->notes[s];

		if (steps[s].phase < first || steps[s].phase > last)
			continue;
		note->mark = LOGON_GOOD;
		if (steps[s].run(l) != ERR_OK) {
			note->mark = LOGON_BAD;
			l->failed_step = (enum logon_step)s;
		}
	}
	return l->failure.code == ERR_OK;
}

/* A name that is not there costs what one costs that is: an account is read, and its secrets are opened. */
static void read_stand_in(struct logon *l)
{
	struct directory *d = l->directory;
	struct entry_ids ids = { 0 };
	struct entry account, domain;

	if (directory_get(d, ENTRY_ACCOUNT, d->stand_in, l->arena, &account) != ERR_OK) {
		(void)!directory_ids(d, ENTRY_ACCOUNT, 0, l->arena, 1, &ids);
		d->stand_in = ids.count > 0 ? ids.at[0] : 0;
	} else if (!l->has_stood_in) {
		(void)!directory_get(d, ENTRY_DOMAIN, account.account.domain, l->arena, &domain);
	}
	l->has_stood_in = true;
}

void logon_prepare(
	struct logon *l, struct directory *d, const struct logon_query *q, struct arena *a)
{
	char plain[APP_PASSWORD_TEXT_OCTETS + 1];
	struct str secret, password = STR_NONE;

	*l = (struct logon){ .directory = d, .arena = a, .query = *q };
	/* The copies are bounded: what is longer than a name can be is refused by its length alone.
	 */
	l->query.name = arena_str(a, str_sub(q->name, 0, LOGON_NAME_OCTETS_MAX + 1));
	l->query.client = arena_str(a, q->client);
	l->query.authzid = arena_str(a, str_sub(q->authzid, 0, LOGON_NAME_OCTETS_MAX + 1));
	l->query.origin = arena_str(a, q->origin);
	(void)walk(l, LOGON_PREPARE, LOGON_PREPARE);
	if (l->account.id == 0)
		read_stand_in(l);
	secret = logon_factor_choose(l, q->password, plain, &password);
	logon_remote_find(l);
	if (l->remote && l->query.proof == LOGON_BY_PASSWORD)
		l->query.proof = LOGON_BY_MECHANISM;
	if (l->remote)
		l->asked = password;
	secret_job_init(&l->job, l->remote ? STR_NONE : secret, l->remote ? STR_NONE : password);
	mem_wipe(plain, sizeof(plain));
	/* Only whether one was given matters from here on. */
	l->query.password.at = NULL;
}

static bool has_aged(const struct logon *l)
{
	uint64_t expires = l->remote ? 0 : policy_expires(&l->domain.domain, &l->account.account);

	return expires != 0 && l->query.now_seconds >= (int64_t)expires;
}

static void grant(struct logon *l, struct logon_grant *ret)
{
	const struct entry_mailbox *m = &l->mailbox.mailbox;
	struct str box = l->name.public ? S(LOGON_NAME_PUBLIC) : m->alias;
	bool listed = (l->held.rights & rights_needed(l)) == 0;

	*ret = (struct logon_grant){
		.account = l->account.id,
		.mailbox = l->mailbox.id,
		.delegate = !l->held.primary,
		.rights = l->held.rights,
		.by = by_group(l),
		.groups = l->groups,
		.right = l->held.primary ? "primary" : listed ? "list of the folder" : "delegate",
		.account_name = l->account_name,
		.mailbox_name = l->name.folder.len > 0 ? arena_printf(l->arena, "%.*s/%.*s", STR_FMT(box), STR_FMT(l->name.folder)) : box,
		.folder = l->name.folder,
		.display = m->display,
		.address = m->addresses.count > 0 ? m->addresses.at[0] : S(""),
		.limits = entry_limits(m, &l->directory->defaults),
	};
	if (logon_news(l))
		logon_news_grant(l, ret);
	ret->must_change = l->account.account.must_change || has_aged(l);
	ret->password_ends = policy_warns(&l->domain.domain, &l->account.account, (uint64_t)l->query.now_seconds, &ret->password_days);
}

void logon_proven(struct logon *l, bool right, const char *why)
{
	must(l->query.proof == LOGON_BY_MECHANISM);
	l->proof_told = true;
	l->proven = right && l->failure.code == ERR_OK;
	if (l->without_keys && l->remote)
		why = "others check the passwords of the account's domain: there are no keys for SCRAM here";
	else if (l->without_keys)
		why = "the account has no keys for SCRAM yet: its password was set before there were any; set it again";
	snprintf(l->why_not, sizeof(l->why_not), "%s", right || why == NULL ? "" : why);
}

/* Without the key nobody's password is known to be wrong; who is told so would throw away the right one. */
static void excuse(struct logon *l)
{
	const struct vault *v = l->directory->vault;

	if (v == NULL || !vault_locked(v))
		return;
	l->failure = (struct failure){ 0 };
	fail(&l->failure, ERR_VAULT, NULL);
	fail_reason(&l->failure, "%s", l->notes[l->failed_step].detail);
}

enum err logon_decide(struct logon *l, struct logon_grant *ret)
{
	must(l->job.done || l->proof_told || !is_asked(l));
	if (l->account.id == 0)
		read_stand_in(l);
	if (walk(l, LOGON_VERIFY, LOGON_DECIDE))
		grant(l, ret);
	else if (l->failure.code == ERR_AUTH)
		excuse(l);
	secret_job_wipe(&l->job);
	logon_factor_wipe(l);
	return l->failure.code;
}

enum err logon_run(struct logon *l, struct directory *d, const struct logon_query *q,
	struct arena *a, struct logon_grant *ret)
{
	logon_prepare(l, d, q, a);
	if (l->remote && d->told != NULL)
		logon_told(l, d->told->verdict, d->told->controller, d->told->reason);
	else if (l->remote)
		l->query.password.len = 0; /* nobody to ask: examined as without one */
	else if (!q->examine || q->password.len > 0)
		secret_verify(&l->job);
	return logon_decide(l, ret);
}

struct str logon_throttle_key(const struct logon *l)
{
	struct str user, domain;

	if (l->account.id != 0)
		return arena_printf(l->arena, "id %llu", (unsigned long long)l->account.id);
	if (l->name.user.len == 0)
		return S("unreadable");
	user = name_fold(l->arena, l->name.user);
	domain = name_fold(l->arena, l->name.domain);
	return arena_printf(l->arena, "%.*s\\%.*s", STR_FMT(domain), STR_FMT(user));
}

struct str logon_interpretation(const struct logon *l)
{
	struct buf out;
	struct str ret;

	if (l->name.user.len == 0)
		return S("not readable");
	buf_init(&out, BUF_NO_CEILING);
	logon_name_explain(&l->name, &out);
	if (l->query.origin.len > 0)
		buf_printf(&out, ", from %.*s", STR_FMT(l->query.origin));
	ret = arena_str(l->arena, buf_str(&out));
	buf_done(&out);
	return ret;
}
