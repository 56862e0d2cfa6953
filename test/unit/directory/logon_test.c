#include "directory/logon.h"

#include "directory/change.h"
#include "directory/logon_scram.h"

#include "world.h"

static void build(struct world *w)
{
	DO(w, "init", "'name':'Example','domain':'DOM','mail':'example.org'");
	DO(w, "domain add", "'name':'D2','mail':'example.net'");
	DO(w, "account add", "'name':'DOM\\\\alice','password':'alice-pw'");
	DO(w, "account add", "'name':'DOM\\\\bob','password':'bob-pw'");
	DO(w, "account add", "'name':'DOM\\\\sam','password':'sam-pw'");
	DO(w, "account add", "'name':'D2\\\\sam','password':'sam2-pw'");
	DO(w, "account add", "'name':'DOM\\\\j\xc3\xbcrgen','password':'p\xc3\xa4ss'");
	DO(w, "mailbox add", "'name':'alice','account':'DOM\\\\alice','display':'Alice A','quota-send':'1M'");
	DO(w, "mailbox add", "'name':'bob-box','account':'bob','address':'robert@example.org,bob@example.net'");
	DO(w, "mailbox add", "'name':'shared','account':'DOM\\\\alice','address':'shared@example.org'");
	DO(w, "mailbox add", "'name':'j\xc3\xbcrgen','account':'DOM\\\\j\xc3\xbcrgen'");
	DO(w, "mailbox grant", "'name':'shared','account':'bob'");
	DO(w, "contact add", "'name':'carol','remote':'carol@example.com'");
	DO(w, "list add", "'name':'staff','address':'staff@example.org','member':'alice'");
}

struct row {
	const char *name, *authzid, *password;
	enum err want;
	const char *account, *mailbox; /* of the grant; else what the public text and the private reason hold */
	bool delegate;
};

static const struct row rows[] = {
	{ "alice", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "ALICE", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "DOM\\alice", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "dom/Alice/ALICE", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "DOM\\\\alice\\\\shared", "", "alice-pw", ERR_OK, "DOM\\alice", "shared" },
	{ "DOM\\alice", "shared", "alice-pw", ERR_OK, "DOM\\alice", "shared" },
	{ "example.org\\alice", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "alice@example.org", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "alice@EXAMPLE.ORG.", "", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	{ "alice@example.org/shared@example.org", "", "alice-pw", ERR_OK, "DOM\\alice", "shared" },
	{ "alice@example.org", "alice@example.org", "alice-pw", ERR_OK, "DOM\\alice", "alice" },
	/* the address of a mailbox leads to its primary account and opens it */
	{ "robert@example.org", "", "bob-pw", ERR_OK, "DOM\\bob", "bob-box" },
	{ "bob@example.net", "", "bob-pw", ERR_OK, "DOM\\bob", "bob-box" },
	{ "DOM\\bob\\bob-box", "", "bob-pw", ERR_OK, "DOM\\bob", "bob-box" },
	{ "DOM\\bob\\shared", "", "bob-pw", ERR_OK, "DOM\\bob", "shared", true },
	{ "DOM\\bob\\shared@example.org", "", "bob-pw", ERR_OK, "DOM\\bob", "shared", true },
	{ "DOM\\J\xc3\x9cRGEN", "", "pa\xcc\x88ss", ERR_OK, "DOM\\j\xc3\xbcrgen", "j\xc3\xbcrgen" },
	/* before the password: one neutral text */
	{ "nobody", "", "alice-pw", ERR_AUTH, "wrong", "no domain has an account" },
	{ "DOM\\nobody", "", "alice-pw", ERR_AUTH, "wrong", "no account \"DOM\\nobody\"" },
	{ "NONE\\alice", "", "alice-pw", ERR_AUTH, "wrong", "no domain \"NONE\"" },
	{ "alice@nowhere.example", "", "alice-pw", ERR_AUTH, "wrong", "no mail domain" },
	{ "nobody@example.org", "", "alice-pw", ERR_AUTH, "wrong", "no account" },
	{ "staff@example.org", "", "alice-pw", ERR_AUTH, "wrong", "no account" },
	{ "alice", "", "Alice-pw", ERR_AUTH, "wrong", "wrong password for DOM\\alice" },
	{ "alice", "", "", ERR_AUTH, "wrong", "wrong password" },
	{ "alice", "", "alice-pw ", ERR_AUTH, "wrong", "wrong password" },
	{ "DOM\\o'brien", "", "x", ERR_AUTH, "wrong", "no account" },
	{ "sam", "", "sam-pw", ERR_AUTH, "wrong", "ambiguous: DOM\\sam, D2\\sam" },
	{ "a@b@c", "", "x", ERR_AUTH, "wrong", "cannot be read" },
	{ "al", "", "alice-pw", ERR_AUTH, "wrong", "no domain has an account" },
	{ "DOM\\alice", "DOM\\bob", "alice-pw", ERR_AUTH, "wrong", "another account" },
	{ "DOM\\alice\\nobox", "", "wrong", ERR_AUTH, "wrong", "wrong password" },
	/* behind the password: what is wrong */
	{ "DOM\\sam", "", "sam-pw", ERR_NOBOX, "logged on as DOM\\sam, but there is no mailbox \"sam\"", "find the mailbox" },
	{ "DOM\\alice\\nobox", "", "alice-pw", ERR_NOBOX, "no mailbox \"nobox\"; its own mailbox is opened with DOM\\alice\\alice", "find" },
	{ "DOM\\alice\\x@example.org", "", "alice-pw", ERR_NOBOX, "no mailbox \"x@example.org\"", "find" },
	{ "bob", "", "bob-pw", ERR_NOBOX, "DOM\\bob\\bob-box", "find" },
	{ "DOM\\alice\\carol", "", "alice-pw", ERR_NOTABOX, "\"carol\" is a contact", "find" },
	{ "DOM\\alice\\staff", "", "alice-pw", ERR_NOTABOX, "\"staff\" is a list", "find" },
	{ "DOM\\alice\\bob-box", "", "alice-pw", ERR_BOXRIGHT, "no right to the mailbox \"bob-box\"", "right" },
	{ "DOM\\sam\\alice", "", "sam-pw", ERR_BOXRIGHT, "logged on as DOM\\sam", "right" },
};

static enum err try(struct world *w, const struct row *r, struct logon *l, struct logon_grant *g)
{
	struct logon_query q = {
		.name = str_from_c(r->name),
		.authzid = str_from_c(r->authzid),
		.password = str_from_c(r->password),
		.protocol = PROTOCOL_IMAP,
		.now_seconds = w->now,
	};

	arena_clear(&w->arena);
	return logon_run(l, &w->directory, &q, &w->arena, g);
}

static void test_rows(struct world *w)
{
	struct logon l;
	struct logon_grant g;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		enum err e = try(w, r, &l, &g);

		OK(e == r->want && l.failure.code == e, "%s: %s, want %s", r->name, err_name(e), err_name(r->want));
		OK(!l.job.right && l.job.password_len == 0, "the job is wiped");
		if (e == ERR_OK) {
			IS_STR(g.account_name, str_from_c(r->account));
			IS_STR(g.mailbox_name, str_from_c(r->mailbox));
			OK(g.delegate == r->delegate && g.account != 0 && g.mailbox != 0, "%s: the grant", r->name);
		} else {
			OK(strstr(l.failure.text, r->account) != NULL, "%s: text '%s'", r->name, l.failure.text);
			OK(strstr(l.failure.reason, r->mailbox) != NULL, "%s: reason '%s'", r->name, l.failure.reason);
		}
		if (e == ERR_AUTH)
			OK(strcmp(l.failure.text, err_text(ERR_AUTH)) == 0, "%s: the text is neutral", r->name);
	}
}

static void test_grant(struct world *w)
{
	const struct row alice = { "alice@example.org", "", "alice-pw", ERR_OK, NULL, NULL, false };
	struct logon l;
	struct logon_grant g;

	IS_NUM(try(w, &alice, &l, &g), ERR_OK);
	IS_STR(g.display, S("Alice A"));
	IS_STR(g.address, S("alice@example.org"));
	OK(g.limits.send_octets == 1 << 20 && g.limits.receive_octets == 0 && g.limits.retention_days == 0, "limits, and defaults where there are none");
	IS_STR(logon_interpretation(&l), S("mail domain \"example.org\", user \"alice\", mailbox \"alice\" (not given: the user's name)"));
}

/* Unknown names cost the same check as known ones: a job that is not known, and the same work. */
static void test_same_work(struct world *w)
{
	static const char *const names[] = { "nobody", "NONE\\x", "a@b@c", "", "sam", "DOM\\o'brien", "\xff" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct logon_query q = { .name = str_from_c(names[i]), .password = S("x"), .now_seconds = w->now };
		struct logon l;
		struct logon_grant g;

		arena_clear(&w->arena);
		logon_prepare(&l, &w->directory, &q, &w->arena);
		OK(!l.job.known && strncmp(l.job.encoded, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0, "%s: a job like others",
			names[i]);
		l.job.right = true; /* even so */
		l.job.done = true;
		IS_NUM(logon_decide(&l, &g), ERR_AUTH);
		OK(logon_throttle_key(&l).len > 0, "there is something to count for");
	}
}

/* What changes while the other thread hashes is seen. */
static void test_meanwhile(struct world *w)
{
	struct logon_query q = { .name = S("DOM\\alice"), .password = S("alice-pw"), .protocol = PROTOCOL_IMAP, .now_seconds = w->now };
	struct logon l;
	struct logon_grant g;

	arena_clear(&w->arena);
	logon_prepare(&l, &w->directory, &q, &w->arena);
	secret_verify(&l.job);
	DO(w, "account password", "'name':'DOM\\\\alice','password':'new'");
	IS_NUM(logon_decide(&l, &g), ERR_AUTH);
	OK(strstr(l.failure.reason, "changed during") != NULL, "%s", l.failure.reason);
	/* The old password is wrong with the next request: nothing is cached. */
	IS_NUM(logon_run(&l, &w->directory, &q, &w->arena, &g), ERR_AUTH);
	q.password = S("new");
	IS_NUM(logon_run(&l, &w->directory, &q, &w->arena, &g), ERR_OK);
	logon_prepare(&l, &w->directory, &q, &w->arena);
	secret_verify(&l.job);
	DO(w, "account set", "'name':'DOM\\\\alice','disabled':'yes'");
	IS_NUM(logon_decide(&l, &g), ERR_ACCOUNTOFF);
	DO(w, "account set", "'name':'DOM\\\\alice','disabled':'no'");
	DO(w, "account password", "'name':'DOM\\\\alice','password':'alice-pw'");
}

/* ---- the doctor: broken set-ups, the step that fails, the words that mend, and that they do ---- */

static const struct broken {
	const char *verb, *args;            /* what breaks it; NULL: it is broken already */
	const char *name, *protocol;        /* what is asked */
	const char *step, *detail, *mend;   /* the JSON of the failing row */
	const char *mend_verb, *mend_args;  /* the command named, as a request; NULL: none */
	enum err code;                      /* of the logon with the right password */
} broken[] = {
	{ NULL, NULL, "a@b@c", "imap", "read the name", "no e-mail address", "log on as DOMAIN", NULL, NULL, ERR_AUTH },
	{ NULL, NULL, "NONE\\\\alice", "imap", "find the domain", "no domain \\\"NONE\\\"", "bourse domain add NONE",
		"domain add", "'name':'NONE'", ERR_AUTH },
	{ NULL, NULL, "alice@example.com", "imap", "find the domain", "no mail domain", "bourse domain set DOM --add-mail example.com",
		"domain set", "'name':'DOM','add-mail':'example.com'", ERR_AUTH },
	{ NULL, NULL, "DOM\\\\zoe", "imap", "find the account", "no account", "bourse account add 'DOM\\\\zoe'",
		"account add", "'name':'DOM\\\\zoe','password':'alice-pw'", ERR_AUTH },
	{ NULL, NULL, "sam", "imap", "find the account", "ambiguous", "one of DOM\\\\sam, D2\\\\sam", NULL, NULL, ERR_AUTH },
	{ "account add", "'name':'DOM\\\\new'", "DOM\\\\new", "imap", "check the password", "no password yet",
		"bourse account password 'DOM\\\\new'", "account password", "'name':'DOM\\\\new','password':'alice-pw'", ERR_AUTH },
	{ "account set", "'name':'DOM\\\\alice','disabled':'yes'", "DOM\\\\alice", "imap", "account is enabled", "is disabled",
		"bourse account set 'DOM\\\\alice' --disabled no", "account set", "'name':'DOM\\\\alice','disabled':'no'", ERR_ACCOUNTOFF },
	{ "account set", "'name':'DOM\\\\alice','expires':'2026-01-01'", "DOM\\\\alice", "imap", "account has not expired",
		"expired on 2026-01-01", "bourse account set 'DOM\\\\alice' --expires never", "account set",
		"'name':'DOM\\\\alice','expires':'never'", ERR_EXPIRED },
	{ "account set", "'name':'DOM\\\\alice','must-change':'yes'", "DOM\\\\alice", "imap", "password need not be changed first",
		"must be changed", "bourse account set 'DOM\\\\alice' --must-change no", "account set",
		"'name':'DOM\\\\alice','must-change':'no'", ERR_EXPIRED },
	{ "account set", "'name':'DOM\\\\alice','hours':'mon-wed 08-18'", "DOM\\\\alice", "imap", "account may log on at this hour",
		"not log on at this hour", "bourse account set 'DOM\\\\alice' --hours always", "account set",
		"'name':'DOM\\\\alice','hours':'always'", ERR_HOURS },
	{ "mailbox set", "'name':'alice','rename':'alice-box'", "DOM\\\\alice", "imap", "find the mailbox",
		"no mailbox \\\"alice\\\"; its own mailbox is opened with DOM\\\\alice\\\\alice-box",
		"bourse mailbox set alice-box --rename alice", "mailbox set", "'name':'alice-box','rename':'alice'", ERR_NOBOX },
	{ NULL, NULL, "DOM\\\\alice\\\\carol", "imap", "find the mailbox", "is a contact", "bourse mailbox list", NULL, NULL, ERR_NOTABOX },
	{ "mailbox set", "'name':'alice','account':'bob'", "DOM\\\\alice", "imap", "account has a right to the mailbox", "no right",
		"bourse mailbox grant alice --account 'DOM\\\\alice'", "mailbox grant", "'name':'alice','account':'DOM\\\\alice'", ERR_BOXRIGHT },
	{ "mailbox set", "'name':'alice','disabled':'yes'", "DOM\\\\alice", "imap", "mailbox is enabled", "is disabled",
		"bourse mailbox set alice --disabled no", "mailbox set", "'name':'alice','disabled':'no'", ERR_BOXOFF },
	{ "mailbox set", "'name':'alice','pop3':'no'", "DOM\\\\alice", "pop3", "protocol is on for the mailbox", "pop3 is switched off",
		"bourse mailbox set alice --pop3 yes", "mailbox set", "'name':'alice','pop3':'yes'", ERR_PROTOCOLOFF },
	{ NULL, NULL, "DOM\\\\alice", "nntp", "find the mailbox", "no public store here", "bourse public enable", "public enable", "",
		ERR_NOBOX },
	{ "account set", "'name':'DOM\\\\alice','protocols':'imap'", "DOM\\\\alice", "nntp", "account may log on by the protocol",
		"may not log on by nntp", "bourse account set 'DOM\\\\alice' --protocols ''", "account set", "'name':'DOM\\\\alice','protocols':''",
		ERR_PROTOCOLOFF },
	{ "mailbox set", "'name':'alice','smtp':'no'", "DOM\\\\alice", "smtp", "protocol is on for the mailbox", "smtp is switched off",
		"bourse mailbox set alice --smtp yes", "mailbox set", "'name':'alice','smtp':'yes'", ERR_PROTOCOLOFF },
};

static void check_failing_row(struct world *w, const struct broken *b)
{
	char want[512];

	snprintf(want, sizeof(want), "{\"step\":\"%s\",\"ok\":\"no\"", b->step);
	SAYS(w, want);
	SAYS(w, b->detail);
	SAYS(w, b->mend);
}

static void test_doctor(struct world *w)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		const struct broken *b = &broken[i];
		char args[256];

		if (b->verb != NULL)
			DO(w, b->verb, b->args);
		/* Without a password first: the walk goes on over it. */
		snprintf(args, sizeof(args), "'name':'%s','protocol':'%s'", b->name, b->protocol);
		DO(w, "doctor logon", args);
		check_failing_row(w, b);
		snprintf(args, sizeof(args), "'name':'%s','protocol':'%s','password':'alice-pw'", b->name, b->protocol);
		DO(w, "doctor logon", args);
		check_failing_row(w, b);
		if (b->mend_verb == NULL)
			continue;
		DO(w, b->mend_verb, b->mend_args);
		DO(w, "doctor logon", args);
		snprintf(args, sizeof(args), "{\"step\":\"%s\",\"ok\":\"yes\"", b->step);
		SAYS(w, args);
	}
}

static void test_doctor_words(struct world *w)
{
	DO(w, "doctor logon", "'name':'DOM\\\\bob\\\\shared'");
	SAYS(w, "not checked");
	SAYS(w, "may open the mailbox \\\"shared\\\" as a delegate");
	DO(w, "doctor logon", "'name':'DOM\\\\bob','mailbox':'shared'");
	SAYS(w, "may open the mailbox \\\"shared\\\"");
	DO(w, "doctor logon", "'name':'DOM\\\\bob\\\\shared','password':'nope'");
	SAYS(w, "{\"step\":\"check the password\",\"ok\":\"no\",\"detail\":\"wrong password for DOM\\\\bob\",\"mend\":\"bourse account password 'DOM\\\\bob'\",\"code\":7202,\"event\":\"wrong_password\"}");
	SAYS(w, "not reached");
	OK(!replied(w, "nope"), "the password is not echoed");
	NO(w, "doctor logon", "'name':'x','protocol':'ftp'", SYNTAX, "smtp, pop3, http, nntp or imap");
}

/* What a client of SCRAM is told. */
static struct str told(struct world *w, const char *name, enum scram_hash hash, struct logon *l)
{
	struct logon_query q = { .name = str_from_c(name), .protocol = PROTOCOL_IMAP, .proof = LOGON_BY_MECHANISM, .now_seconds = w->now };

	logon_prepare(l, &w->directory, &q, &w->arena);
	return logon_scram(l, hash);
}

static const char *const namesakes[][2] = {
	{ "DOM\\alice", "alice@example.org" },
	{ "DOM\\alice", "ALICE" },
	{ "DOM\\alice", "example.org/Alice/shared" },
	{ "DOM\\bob", "robert@example.org" },
	/* nobody */
	{ "DOM\\nobody", "nobody@example.org" },
	{ "DOM\\nobody", "NoBody" },
	{ "DOM\\nobody", "example.org/nobody/shared" },
	{ "NONE\\nobody", "none\\NOBODY" },
};
static const char *const strangers[][2] = {
	{ "DOM\\alice", "DOM\\bob" },
	{ "DOM\\alice", "D2\\alice" },
	{ "DOM\\nobody", "DOM\\nobody2" },
	{ "DOM\\nobody", "D2\\nobody" },
	{ "DOM\\nobody", "NONE\\nobody" },
	{ "DOM\\sam", "D2\\sam" },
	{ "a@b@c", "a@b@d" },
};

static void test_scram(struct world *w)
{
	struct logon l;
	struct logon_grant g;
	struct scram_keys k;

	for (size_t i = 0; i < sizeof(namesakes) / sizeof(*namesakes); i++)
		IS_STR(told(w, namesakes[i][0], SCRAM_SHA_256, &l), told(w, namesakes[i][1], SCRAM_SHA_256, &l));
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		OK(!str_eq(told(w, strangers[i][0], SCRAM_SHA_1, &l), told(w, strangers[i][1], SCRAM_SHA_1, &l)), "%s and %s", strangers[i][0],
			strangers[i][1]);
	IS_NUM(scram_keys_get(told(w, "DOM\\alice", SCRAM_SHA_1, &l), &k), ERR_OK);
	logon_proven(&l, true, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_OK);
	IS_STR(g.account_name, S("DOM\\alice"));
	IS_NUM(told(w, "DOM\\alice", SCRAM_SHA_256, &l).len > 0, true);
	logon_proven(&l, false, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_AUTH);
	OK(strstr(l.failure.reason, "wrong password") != NULL, "%s", l.failure.reason);
	/* Nobody has proven anything, whatever a mechanism says. */
	told(w, "DOM\\nobody", SCRAM_SHA_256, &l);
	logon_proven(&l, true, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_AUTH);
	OK(strstr(l.failure.reason, "no account") != NULL, "%s", l.failure.reason);
}

/* An account whose password was set before there were keys. */
static void test_scram_without_keys(struct world *w)
{
	struct entry old, new;
	struct failure f = { 0 };
	struct logon l;
	struct logon_grant g;
	struct change c;
	struct str keys;

	must(directory_alias(&w->directory, S("j\xc3\xbcrgen"), &w->arena, &old) == ERR_OK);
	must(directory_get(&w->directory, ENTRY_ACCOUNT, old.mailbox.account, &w->arena, &old) == ERR_OK);
	new = old;
	new.account.scram_sha_256 = new.account.scram_sha_1 = S("");
	must(change_begin(&c, &w->directory, &w->arena, NOW, &f) == ERR_OK);
	must(change_set(&c, &old, &new, false) == ERR_OK && change_commit(&c) == ERR_OK);
	keys = told(w, "DOM\\j\xc3\xbcrgen", SCRAM_SHA_256, &l);
	IS_NUM(keys.len, old.account.scram_sha_256.len);
	IS_STR(told(w, "J\xc3\x9cRGEN@example.org", SCRAM_SHA_256, &l), keys);
	logon_proven(&l, false, NULL);
	IS_NUM(logon_decide(&l, &g), ERR_AUTH);
	OK(strstr(l.failure.reason, "no keys for SCRAM yet") != NULL, "%s", l.failure.reason);
	OK(strstr(l.notes[LOGON_STEP_password].mend, "bourse account password") != NULL, "%s", l.notes[LOGON_STEP_password].mend);
	DO(w, "doctor logon", "'name':'DOM\\\\j\xc3\xbcrgen'");
	OK(replied(w, "before there were keys for SCRAM"), "the doctor says so");
	DO(w, "doctor logon", "'name':'alice'");
	OK(!replied(w, "SCRAM"), "and of others says nothing");
}

/* By which right, and which one is missing. */
static void test_rights(struct world *w)
{
	DO(w, "mailbox add", "'name':'desk','address':'desk@example.org'");
	DO(w, "group add", "'name':'DOM\\\\crew','member':'DOM\\\\bob'");
	DO(w, "mailbox grant", "'name':'desk','group':'DOM\\\\crew','rights':'send-on-behalf'");
	DO(w, "doctor logon", "'name':'DOM\\\\bob\\\\desk'");
	SAYS(w, "has the right send-on-behalf on the mailbox \\\"desk\\\" but not the right read");
	SAYS(w, "bourse mailbox grant desk --account 'DOM\\\\bob' --rights read");
	DO(w, "doctor logon", "'name':'DOM\\\\bob\\\\desk','protocol':'smtp'");
	SAYS(w, "send-on-behalf, by the group DOM\\\\crew");
	DO(w, "mailbox grant", "'name':'desk','account':'DOM\\\\bob','rights':'read'");
	DO(w, "doctor logon", "'name':'DOM\\\\bob\\\\desk'");
	SAYS(w, "read send-on-behalf, by the group DOM\\\\crew");
	DO(w, "doctor logon", "'name':'DOM\\\\alice\\\\desk'");
	SAYS(w, "no right to the mailbox");
	DO(w, "group remove", "'name':'crew'");
	DO(w, "doctor logon", "'name':'DOM\\\\bob\\\\desk'");
	OK(!replied(w, "send-on-behalf"), "what the group had is gone with it");
	DO(w, "mailbox remove", "'name':'desk'");
}

int main(void)
{
	struct world w;

	world_open(&w);
	build(&w);
	test_rows(&w);
	test_grant(&w);
	test_same_work(&w);
	test_meanwhile(&w);
	test_scram(&w);
	test_scram_without_keys(&w);
	test_doctor(&w);
	test_doctor_words(&w);
	test_rights(&w);
	world_close(&w);
	return tap_done();
}
