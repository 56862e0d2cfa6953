/* What must be set for a domain that others serve: every way to get it wrong is told when it is set. */
#include "directory/realm.h"

#include "directory/controllers.h"
#include "directory/logon.h"
#include "directory/make_account.h"
#include "world.h"

static void build(struct world *w)
{
	DO(w, "init", "'name':'Example','domain':'DOM','mail':'example.org'");
	DO(w, "domain add", "'name':'CORP','mail':'corp.example','backend':'ldap','controllers':'ldap://a ldaps://b:636',"
			    "'base':'dc=corp,dc=example'");
}

#define LDAP "'name':'CORP','backend':'ldap',"

static const struct {
	const char *args;
	enum err want;
	const char *says;
} rows[] = {
	{ "'name':'CORP','backend':'ntlm'", ERR_SYNTAX, "there are: local, ldap, winbind, pam" },
	{ LDAP "'controllers':''", ERR_SYNTAX, "which servers are asked" },
	{ LDAP "'controllers':'dc1.corp.example'", ERR_SYNTAX, "must begin with ldap://" },
	{ LDAP "'controllers':'ldap://a ldap://b:x'", ERR_SYNTAX, "no port" },
	{ LDAP "'controllers':'ldap://a ldap://b ldap://c ldap://d ldap://e ldap://f ldap://g ldap://h ldap://i'", ERR_TOOBIG, "8 controllers" },
	{ LDAP "'base':''", ERR_SYNTAX, "no place to search" },
	{ LDAP "'base':'corp.example'", ERR_SYNTAX, "no place to search" },
	{ LDAP "'filter':'uid=%u'", ERR_SYNTAX, "no search filter" },
	{ LDAP "'filter':'(uid=alice)'", ERR_SYNTAX, "no search filter" },
	{ LDAP "'filter':'(uid=%u'", ERR_SYNTAX, "no search filter" },
	{ LDAP "'filter':'(uid=%n)'", ERR_SYNTAX, "no search filter" },
	{ LDAP "'bind-dn':'mail'", ERR_SYNTAX, "no account of an LDAP server" },
	{ LDAP "'bind-dn':'cn=mail,'", ERR_SYNTAX, "no account of an LDAP server" },
	{ LDAP "'bind-dn':'cn=mail,dc=corp'", ERR_CONFLICT, "needs its password" },
	{ LDAP "'user-dn':'uid=%u,dc=corp'", ERR_CONFLICT, "leave out --base" },
	{ LDAP "'base':'','user-dn':'uid=alice,dc=corp'", ERR_SYNTAX, "cannot name an account" },
	{ LDAP "'base':'','user-dn':'%u'", ERR_SYNTAX, "cannot name an account" },
	{ LDAP "'base':'','user-dn':'uid=%u,corp'", ERR_SYNTAX, "cannot name an account" },
	{ LDAP "'timeout':'0'", ERR_SYNTAX, "1 to 60 seconds" },
	{ LDAP "'timeout':'61'", ERR_SYNTAX, "1 to 60 seconds" },
	{ LDAP "'make-mailboxes':true", ERR_CONFLICT, "needs --make-accounts" },
	{ LDAP "'make-mailboxes':true,'make-accounts':true,'mail':''", ERR_CONFLICT, "a mail domain" },
	{ "'name':'CORP','backend':'local','make-accounts':true", ERR_CONFLICT, "that others serve" },
	{ "'name':'CORP','backend':'pam'", ERR_SYNTAX, "--service must be" },
	{ "'name':'CORP','backend':'pam','service':'../shadow'", ERR_SYNTAX, "--service must be" },
	{ "'name':'CORP','backend':'pam','service':'.x'", ERR_SYNTAX, "--service must be" },
	{ "'name':'CORP','backend':'winbind','nt-domain':'A\\\\B'", ERR_SYNTAX, "no name of a Windows domain" },
	/* and what is right */
	{ LDAP "'bind-dn':'cn=mail,dc=corp','password':'x'", ERR_OK, "" },
	{ LDAP "'bind-dn':'svc@corp.example'", ERR_OK, "" },
	{ LDAP "'bind-dn':'CORP\\\\svc','filter':'(&(sAMAccountName=%u)(memberOf=cn=mail,dc=corp))'", ERR_OK, "" },
	{ LDAP "'bind-dn':'','base':'','user-dn':'%u@corp.example'", ERR_OK, "" },
	{ LDAP "'user-dn':'%d\\\\%u','timeout':'60'", ERR_OK, "" },
	{ LDAP "'user-dn':'uid=%u,dc=corp','controllers':'ldapi://%2frun%2fslapd%2fldapi','starttls':false", ERR_OK, "" },
	{ "'name':'CORP','backend':'pam','service':'bourse','make-accounts':true,'make-mailboxes':true", ERR_OK, "" },
	{ "'name':'CORP','backend':'winbind','nt-domain':'EMEA'", ERR_OK, "" },
	{ "'name':'CORP','backend':'local','make-accounts':false,'make-mailboxes':false", ERR_OK, "" },
};

static void test_rules(struct world *w)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err e = ask(w, "domain set", rows[i].args);

		OK(e == rows[i].want && (e == ERR_OK || strstr(w->failure.text, rows[i].says)), "%s: %s, '%s'", rows[i].args, err_name(e),
			e == ERR_OK ? "" : w->failure.text);
	}
}

static void test_completion(struct world *w)
{
	struct entry e;
	struct msg_realm m;

	DO(w, "domain add", "'name':'TWO','backend':'ldap','controllers':' ldap://a   ldaps://b','base':'dc=two','bind-dn':'cn=m,dc=two',"
			    "'password':'x y'");
	must(directory_domain(&w->directory, S("TWO"), &w->arena, &e) == ERR_OK);
	IS_NUM(e.domain.controllers.count, 2);
	IS_STR(e.domain.filter, S("(uid=%u)"));
	OK(e.domain.starttls && e.domain.timeout == PROOF_TIMEOUT_SECONDS, "what is not said is secure");
	OK(!realm_is_local(&e.domain), "others serve it");
	IS_STR(e.domain.bind_secret, S("x y"));
	m = realm_message(&w->arena, &e, e.domain.bind_secret);
	IS_STR(m.controllers, S("ldap://a ldaps://b"));
	IS_NUM(m.backend, PROOF_LDAP);
	IS_NUM(m.timeout_ms, 5000);
	DO(w, "domain show", "'name':'TWO'");
	OK(!replied(w, "x y"), "the password is not shown");
	DO(w, "domain set", "'name':'TWO','backend':'pam','service':'mail'");
	must(directory_domain(&w->directory, S("TWO"), &w->arena, &e) == ERR_OK);
	m = realm_message(&w->arena, &e, STR_NONE);
	IS_STR(m.controllers, S("pam:mail"));
	DO(w, "domain set", "'name':'TWO','backend':'winbind'");
	must(directory_domain(&w->directory, S("TWO"), &w->arena, &e) == ERR_OK);
	m = realm_message(&w->arena, &e, STR_NONE);
	IS_STR(m.controllers, S("winbindd"));
	must(directory_domain(&w->directory, S("DOM"), &w->arena, &e) == ERR_OK);
	OK(realm_is_local(&e.domain), "the first one is ours");
}

/* An account there has no password here, and is given none. */
static void test_passwords(struct world *w)
{
	IS_NUM(ask(w, "account add", "'name':'TWO\\\\eve','password':'x'"), ERR_CONFLICT);
	OK(strstr(w->failure.text, "winbind checks them") != NULL, "%s", w->failure.text);
	DO(w, "account add", "'name':'TWO\\\\eve'");
	IS_NUM(ask(w, "account password", "'name':'TWO\\\\eve','password':'x'"), ERR_CONFLICT);
	DO(w, "account list", "");
	OK(!replied(w, "no password"), "which is no state to mend");
}

/* It needs a hash, or somebody who takes a response. */
static void test_ntlm(struct world *w)
{
	static const char *const backends[] = { "'backend':'pam','service':'mail'", "'backend':'ldap','controllers':'ldap://a','base':'dc=two'" };
	char args[200];

	DO(w, "account set", "'name':'TWO\\\\eve','ntlm':true");
	for (size_t i = 0; i < sizeof(backends) / sizeof(*backends); i++) {
		snprintf(args, sizeof(args), "'name':'TWO',%s", backends[i]);
		DO(w, "domain set", args);
		NO(w, "account add", "'name':'TWO\\\\fay','ntlm':true", CONFLICT, i == 0 ? "checked by pam" : "checked by ldap");
		NO(w, "account set", "'name':'TWO\\\\eve','full-name':'Eve'", CONFLICT, "--ntlm no");
	}
	DO(w, "account set", "'name':'TWO\\\\eve','ntlm':false");
	DO(w, "account set", "'name':'TWO\\\\eve','full-name':'Eve'");
	NO(w, "account set", "'name':'TWO\\\\eve','ntlm':true", CONFLICT, "by NTLM");
	DO(w, "domain set", "'name':'TWO','backend':'winbind'");
}

static enum err try(struct world *w, const char *name, enum proof_verdict v, struct logon *l)
{
	struct logon_query q = { .name = str_from_c(name), .password = S("x"), .protocol = PROTOCOL_IMAP, .now_seconds = w->now };
	struct logon_grant g;

	logon_prepare(l, &w->directory, &q, &w->arena);
	OK(l->remote, "%s: others are asked", name);
	logon_told(l, v, S("ldap://a"), S("because"));
	return logon_decide(l, &g);
}

/* What a controller says, and what becomes of it: of a known account, and of one that nobody knows here. */
static void test_logons(struct world *w)
{
	static const struct {
		enum proof_verdict verdict;
		enum err known, unknown;
	} said[] = {
		{ PROOF_RIGHT, ERR_OK, ERR_AUTH },
		{ PROOF_WRONG, ERR_AUTH, ERR_AUTH },
		{ PROOF_LOCKED, ERR_AUTH, ERR_AUTH },
		{ PROOF_DISABLED, ERR_ACCOUNTOFF, ERR_AUTH },
		{ PROOF_EXPIRED, ERR_EXPIRED, ERR_AUTH },
		{ PROOF_CHANGE, ERR_EXPIRED, ERR_AUTH },
		{ PROOF_HOURS, ERR_HOURS, ERR_AUTH },
		{ PROOF_UNAVAILABLE, ERR_NOCONTROLLER, ERR_NOCONTROLLER },
	};
	struct logon l;

	DO(w, "mailbox add", "'name':'eve','account':'TWO\\\\eve'");
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		enum err known = try(w, "TWO\\eve", said[i].verdict, &l), unknown;
		bool tells = l.failure.reason[0] != '\0' || known == ERR_OK;

		IS_STR(logon_remote_user(&l), S("eve"));
		OK(known == said[i].known && tells, "known, %d: %s %s", (int)said[i].verdict, err_name(known), l.failure.reason);
		if (known == ERR_AUTH)
			IS_STR(str_from_c(l.failure.text), str_from_c(err_text(ERR_AUTH)));
		unknown = try(w, "TWO\\mallory", said[i].verdict, &l);
		IS_STR(logon_remote_user(&l), S("mallory"));
		OK(unknown == said[i].unknown, "unknown, %d: %s", (int)said[i].verdict, err_name(unknown));
		IS_STR(str_from_c(l.failure.text), str_from_c(err_text(unknown)));
	}
	IS_NUM(proof_verdict_from(0), PROOF_UNAVAILABLE);
	IS_NUM(proof_verdict_from(9), PROOF_UNAVAILABLE);
	IS_NUM(proof_verdict_from(PROOF_HOURS), PROOF_HOURS);
}

static void test_doctor(struct world *w)
{
	struct controllers_view view;
	struct str json;
	struct entry e;

	must(directory_domain(&w->directory, S("TWO"), &w->arena, &e) == ERR_OK);
	DO(w, "doctor logon", "'name':'TWO\\\\eve','password':'x'");
	SAYS(w, "nothing is known of them yet");
	json = arena_printf(&w->arena,
		"[{\"domain_id\":%llu,\"controller\":\"ldap://a\",\"failing_since\":\"2026-05-28T20:26:40Z\",\"why\":\"refused\"},"
		"{\"domain_id\":999,\"controller\":\"ldap://c\",\"state\":\"answers\",\"failing_since\":\"\"}]",
		(unsigned long long)e.id);
	w->directory.controllers = json_loadb(json.at, json.len, 0, NULL);
	controllers_look(w->directory.controllers, e.id, &view);
	OK(view.count == 1 && view.failing == 1, "one, which fails");
	IS_STR(str_from_c(view.text), S("ldap://a does not answer since 2026-05-28T20:26:40Z (refused)"));
	DO(w, "doctor logon", "'name':'TWO\\\\eve'");
	SAYS(w, "does not answer since 2026-05-28T20:26:40Z");
	SAYS(w, "bourse status");
	w->directory.told = &(struct directory_told){ PROOF_WRONG, S("ldap://b"), S("Invalid credentials") };
	DO(w, "doctor logon", "'name':'TWO\\\\eve','password':'x'");
	SAYS(w, "ldap://b: Invalid credentials");
	w->directory.told = NULL;
	json_decref(w->directory.controllers);
	w->directory.controllers = NULL;
	/* More than the text has room for is cut, not written elsewhere. */
	{
		json_t *many = json_array();

		for (int i = 0; i < 20; i++)
			json_array_append_new(many, json_pack("{s:i,s:s,s:s,s:s}", "domain_id", 1, "controller", "ldap://a-rather-long-name.example.org",
				"failing_since", "2026-05-28T20:26:40Z", "why", "because of this and that"));
		json_array_append_new(many, json_string("not even a row"));
		controllers_look(many, 1, &view);
		OK(view.count == 20 && strlen(view.text) < sizeof(view.text), "all are counted");
		json_decref(many);
	}
}

static void test_making(struct world *w)
{
	struct failure f = { 0 };
	struct entry domain, account, box;
	struct make_account q = { .domain = &domain, .user = S("newcomer"), .full_name = S("New\xff"), .now_seconds = (uint64_t)w->now };

	DO(w, "domain set", "'name':'TWO','mail':'two.example','make-accounts':true,'make-mailboxes':true");
	must(directory_domain(&w->directory, S("TWO"), &w->arena, &domain) == ERR_OK);
	IS_NUM(make_account(&w->directory, &w->arena, &q, &f), ERR_OK);
	IS_NUM(directory_account(&w->directory, domain.id, S("newcomer"), &w->arena, &account), ERR_OK);
	IS_STR(account.account.full_name, S(""));
	OK(account.account.secret.len == 0, "it has no password here");
	IS_NUM(directory_address(&w->directory, S("newcomer@two.example"), &w->arena, &box), ERR_OK);
	OK(box.mailbox.account == account.id, "its mailbox is its own");
	IS_NUM(make_account(&w->directory, &w->arena, &q, &f), ERR_EXISTS);
	f = (struct failure){ 0 };
	q.user = S("a*b");
	IS_NUM(make_account(&w->directory, &w->arena, &q, &f), ERR_SYNTAX);
	/* A mailbox of that name is somebody else's. */
	f = (struct failure){ 0 };
	q.user = S("eve2");
	q.full_name = S("Eve E");
	DO(w, "mailbox add", "'name':'eve2','account':'TWO\\\\eve'");
	IS_NUM(make_account(&w->directory, &w->arena, &q, &f), ERR_OK);
	OK(f.text[0] != '\0', "and it is said: %s", f.text);
	IS_NUM(directory_account(&w->directory, domain.id, S("eve2"), &w->arena, &account), ERR_OK);
	IS_STR(account.account.full_name, S("Eve E"));
}

int main(void)
{
	struct world w;

	world_open(&w);
	build(&w);
	test_rules(&w);
	test_completion(&w);
	test_passwords(&w);
	test_ntlm(&w);
	test_logons(&w);
	test_doctor(&w);
	test_making(&w);
	world_close(&w);
	return tap_done();
}
