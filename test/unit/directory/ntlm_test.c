#include "directory/ntlm.h"

#include "directory/logon.h"
#include "world.h"

static void setup(struct world *w)
{
	world_open(w);
	IS_NUM(ask(w, "init", "'name':'Example','domain':'DOM','mail':['example.org']"), ERR_OK);
}

static struct str named(struct world *w, const char *domain, const char *user, struct str *how)
{
	struct ntlm_who who = { .domain = str_from_c(domain), .user = str_from_c(user), .workstation = S("LAPTOP7"),
		.host = S("mail.example.org") };
	struct str name = STR_NONE;

	IS_NUM(ntlm_name(&w->directory, &w->arena, &who, &name, how), ERR_OK);
	return name;
}

static void test_names(void)
{
	static const struct {
		const char *domain, *user, *want, *how;
	} rows[] = {
		{ "DOM", "alice", "DOM\\alice", "is known" },
		{ "dom", "alice", "dom\\alice", "is known" },
		{ "DOM", "alice\\sales", "DOM\\alice\\sales", "is known" },
		{ "DOM", "alice/sales", "DOM\\alice/sales", "is known" },
		{ "example.org", "alice", "example.org\\alice", "is known" },
		{ "EXAMPLE.ORG", "alice", "EXAMPLE.ORG\\alice", "is known" },
		{ "", "alice", "\\alice", "without a domain" },
		{ "", "alice\\sales", "\\alice\\sales", "without a domain" },
		{ "", "alice/sales", "\\alice/sales", "without a domain" },
		{ "", "DOM\\alice", "DOM\\alice", "a domain of its own" },
		{ "", "DOM\\alice\\sales", "DOM\\alice\\sales", "a domain of its own" },
		{ "DOM", "DOM\\alice", "DOM\\alice", "a domain of its own" },
		{ "DOM", "OTHER\\alice", "OTHER\\alice", "a domain of its own" },
		{ "DOM", "other/alice", "other/alice", "a domain of its own" },
		{ "", "alice@example.org", "alice@example.org", "principal name" },
		{ "", "alice@example.org\\sales", "alice@example.org\\sales", "principal name" },
		{ "DOM", "alice@example.org", "alice@example.org", "principal name" },
		{ "", "alice\\sales@example.org", "\\alice\\sales@example.org", "without a domain" },
		{ "LAPTOP7", "alice", "\\alice", "client's own name" },
		{ "laptop7", "OTHER\\alice", "OTHER\\alice", "a domain of its own" },
		{ "WORKGROUP", "alice", "\\alice", "stands for none" },
		{ ".", "alice", "\\alice", "stands for none" },
		{ "MAIL", "alice", "\\alice", "this server's own name" },
		{ "mail.example.org", "alice", "\\alice", "this server's own name" },
		{ "NOWHERE", "alice", "NOWHERE\\alice", "is not known" },
		{ "DOM\\alice", "bob", "\\", "is not known" },
		{ "a@b", "bob", "\\", "is not known" },
		{ "", "\\alice", "\\\\alice", "without a domain" },
	};
	struct world w;
	struct str how;

	setup(&w);
	IS_NUM(ask(&w, "domain add", "'name':'OTHER'"), ERR_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		IS_STR(named(&w, rows[i].domain, rows[i].user, &how), str_from_c(rows[i].want));
		OK(str_find_str(how, str_from_c(rows[i].how)) != STR_NPOS, "%s + %s: %.*s", rows[i].domain, rows[i].user, STR_FMT(how));
	}
	/* A domain that is called like the client is the domain. */
	IS_NUM(ask(&w, "domain add", "'name':'LAPTOP7'"), ERR_OK);
	IS_STR(named(&w, "LAPTOP7", "alice", &how), S("LAPTOP7\\alice"));
	world_close(&w);
}

static struct str hash_of(struct world *w, const char *name)
{
	struct entry domain, account;

	if (directory_domain(&w->directory, S("DOM"), &w->arena, &domain) != ERR_OK ||
		directory_account(&w->directory, domain.id, str_from_c(name), &w->arena, &account) != ERR_OK)
		return S("?");
	return account.account.nt_hash;
}

/* Made with the password while NTLM is on, gone as soon as it is off. */
static void test_hash(void)
{
	static const char password[] = "\x88\x46\xf7\xea\xee\x8f\xb1\x17\xad\x06\xbd\xd8\x30\xb7\x58\x6c";
	struct str want = str_make(password, 16);
	struct world w;

	setup(&w);
	IS_NUM(ask(&w, "account add", "'name':'alice','password':'password'"), ERR_OK);
	IS_STR(hash_of(&w, "alice"), S(""));
	IS_NUM(ask(&w, "account set", "'name':'alice','ntlm':true"), ERR_OK);
	OK(replied(&w, "set its password anew"), "it is asked for");
	IS_STR(hash_of(&w, "alice"), S(""));
	IS_NUM(ask(&w, "account password", "'name':'alice','password':'password'"), ERR_OK);
	OK(str_eq(hash_of(&w, "alice"), want), "kept with the next password");
	IS_NUM(ask(&w, "account set", "'name':'alice','description':'x'"), ERR_OK);
	OK(str_eq(hash_of(&w, "alice"), want) && !replied(&w, "anew"), "and by other changes");
	IS_NUM(ask(&w, "account show", "'name':'alice'"), ERR_OK);
	OK(replied(&w, "'property':'nt-hash','value':'set'") || replied(&w, "\"nt-hash\",\"value\":\"set\""), "shown as set, and not what it is");
	IS_NUM(ask(&w, "account set", "'name':'alice','ntlm':false"), ERR_OK);
	IS_STR(hash_of(&w, "alice"), S(""));
	IS_NUM(ask(&w, "account set", "'name':'alice','ntlm':true"), ERR_OK);
	IS_STR(hash_of(&w, "alice"), S(""));
	IS_NUM(ask(&w, "account add", "'name':'bob','password':'password','ntlm':true"), ERR_OK);
	OK(str_eq(hash_of(&w, "bob"), want), "made with a new account");
	world_close(&w);
}

static enum err logon(struct world *w, struct logon *l, const char *name, bool right, struct logon_grant *g)
{
	struct logon_query q = { .name = str_from_c(name), .protocol = PROTOCOL_IMAP, .proof = LOGON_BY_MECHANISM, .ntlm = true,
		.origin = S("a test"), .now_seconds = NOW };

	logon_prepare(l, &w->directory, &q, &w->arena);
	logon_proven(l, right, right ? NULL : "the client's clock is 5 seconds slow");
	return logon_decide(l, g);
}

static bool reason_has(const struct logon *l, const char *what)
{
	return str_find_str(str_from_c(l->failure.reason), str_from_c(what)) != STR_NPOS;
}

static void test_logon(void)
{
	struct logon_grant g = { 0 };
	struct world w;
	static struct logon l;

	setup(&w);
	IS_NUM(ask(&w, "account add", "'name':'alice','password':'password'"), ERR_OK);
	IS_NUM(ask(&w, "mailbox add", "'name':'alice','account':'DOM\\\\alice'"), ERR_OK);
	IS_NUM(ask(&w, "mailbox add", "'name':'sales','account':'DOM\\\\alice'"), ERR_OK);
	IS_NUM(logon(&w, &l, "DOM\\alice", true, &g), ERR_AUTH);
	OK(reason_has(&l, "NTLM is off for the account"), "%s", l.failure.reason);
	OK(strstr(l.notes[LOGON_STEP_password].mend, "bourse account set 'DOM\\alice' --ntlm") != NULL, "%s", l.notes[LOGON_STEP_password].mend);
	IS_NUM(ask(&w, "account set", "'name':'alice','ntlm':true"), ERR_OK);
	IS_NUM(logon(&w, &l, "DOM\\alice", true, &g), ERR_AUTH);
	OK(reason_has(&l, "no NT hash"), "%s", l.failure.reason);
	OK(strstr(l.notes[LOGON_STEP_password].mend, "bourse account password") != NULL, "%s", l.notes[LOGON_STEP_password].mend);
	IS_NUM(ask(&w, "account password", "'name':'alice','password':'password'"), ERR_OK);
	IS_NUM(logon(&w, &l, "DOM\\alice", false, &g), ERR_AUTH);
	OK(reason_has(&l, "clock is 5 seconds slow"), "%s", l.failure.reason);
	IS_NUM(logon(&w, &l, "DOM\\alice", true, &g), ERR_OK);
	IS_STR(g.mailbox_name, S("alice"));
	OK(str_ends(logon_interpretation(&l), S(", from a test")), "%.*s", STR_FMT(logon_interpretation(&l)));
	IS_NUM(ask(&w, "account set", "'name':'alice','ntlm-mailbox':'sales'"), ERR_OK);
	IS_NUM(logon(&w, &l, "DOM\\alice", true, &g), ERR_OK);
	IS_STR(g.mailbox_name, S("sales"));
	IS_NUM(logon(&w, &l, "DOM\\alice\\alice", true, &g), ERR_OK);
	IS_STR(g.mailbox_name, S("alice"));
	IS_NUM(ask(&w, "mailbox remove", "'name':'sales'"), ERR_OK);
	IS_NUM(ask(&w, "account show", "'name':'alice'"), ERR_OK);
	OK(!replied(&w, "(removed)"), "a mailbox that is removed is nobody's any more");
	IS_NUM(logon(&w, &l, "DOM\\alice", true, &g), ERR_OK);
	IS_STR(g.mailbox_name, S("alice"));
	world_close(&w);
}

int main(void)
{
	test_names();
	test_hash();
	test_logon();
	return tap_done();
}
