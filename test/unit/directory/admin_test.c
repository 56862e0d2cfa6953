#include "world.h"

/* ---- what a request may look like ---- */

static void test_requests(struct world *w)
{
	static const char *const bad[] = {
		"", "[]", "{", "1", "null", "{}", "{\"verb\":1}", "{\"verb\":\"help\",\"args\":[]}",
		"{\"verb\":\"help\",\"args\":{},\"more\":1}", "{\"verb\":\"no such\"}", "{\"verb\":\"help\",\"verb\":\"help\"}",
		"{\"verb\":\"help\"} x", "{\"verb\":\"help\",\"args\":{\"name\":\"\xff\"}}", "{\"verb\":\"he\\u0000lp\"}",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct failure f = { 0 };

		buf_clear(&w->reply);
		OK(admin_run(&w->directory, str_from_c(bad[i]), NOW, &w->reply, &f) == ERR_SYNTAX && w->reply.len == 0,
			"refused: %s: %s", bad[i], f.text);
	}
	DO(w, "help", "");
	SAYS(w, "account password");
	DO(w, "help", "'name':'mailbox add'");
	SAYS(w, "quota-warn");
	NO(w, "help", "'name':'mailbox'", NOTFOUND, "bourse help");
	NO(w, "account add", "'nome':'x'", SYNTAX, "\"nome\"");
	NO(w, "account add", "", SYNTAX, "needs name");
	NO(w, "account add", "'name':''", SYNTAX, "needs name");
	NO(w, "account add", "'name':7", SYNTAX, "--name must be");
	NO(w, "domain show", "'name':'DOM','mail':'x'", SYNTAX, "no argument \"mail\"");
}

/* Every row of the table can be asked and answers; every argument that a verb names exists. */
static void test_table(struct world *w)
{
	for (const struct admin_verb_row *v = admin_verbs(); v->verb != NULL; v++) {
		char args[128];

		OK(v->help[0] != '\0', "%s has a help text", v->verb);
		snprintf(args, sizeof(args), "'name':'%s'", v->verb);
		DO(w, "help", args);
		if (strstr(v->arguments, "name!") != NULL)
			NO(w, v->verb, "", SYNTAX, "needs name");
	}
	for (const struct admin_arg_row *r = admin_args(); r->name != NULL; r++)
		OK(r->doc[0] != '\0', "--%s has a text", r->name);
}

/* ---- making a small organisation ---- */

static void test_making(struct world *w)
{
	NO(w, "organisation show", "", NOTFOUND, "bourse init");
	NO(w, "account add", "'name':'alice'", SYNTAX, "there is no domain yet");
	NO(w, "init", "'name':'Example','mail':'example.org'", SYNTAX, "--domain");
	NO(w, "init", "'name':'Example','domain':'D/M'", SYNTAX, "cannot be");
	DO(w, "init", "'name':'Example','domain':'DOM','mail':'example.org'");
	NO(w, "init", "'name':'Example'", EXISTS, "already");
	DO(w, "organisation show", "");
	SAYS(w, "Example");
	DO(w, "account add", "'name':'DOM\\\\alice','full-name':'Alice A','password':'secret'");
	SAYS(w, "\"name\":\"DOM\\\\alice\"");
	SAYS(w, "\"id\":2");
	DO(w, "account add", "'name':'bob'");
	SAYS(w, "DOM\\\\bob");
	DO(w, "account list", "");
	SAYS(w, "no password");
	OK(!replied(w, "argon2"), "secrets are not listed");
	DO(w, "account show", "'name':'DOM/alice'");
	SAYS(w, "{\"property\":\"secret\",\"value\":\"set\"}");
	DO(w, "mailbox add", "'name':'alice','account':'DOM\\\\alice','quota-warn':'1G','quota-send':'2G'");
	DO(w, "mailbox show", "'name':'ALICE'");
	SAYS(w, "{\"property\":\"addresses\",\"value\":\"alice@example.org\"}");
	SAYS(w, "{\"property\":\"quota-warn\",\"value\":\"1G\"}");
	SAYS(w, "{\"property\":\"quota-receive\",\"value\":\"default\"}");
	SAYS(w, "{\"property\":\"retention-days\",\"value\":\"default\"}");
	SAYS(w, "{\"property\":\"account\",\"value\":\"DOM\\\\alice\"}");
	DO(w, "mailbox add", "'name':'bob','account':'bob','address':['bob@example.org','robert@example.org']");
	DO(w, "contact add", "'name':'carol','remote':'carol@example.net','display':'Carol C'");
	DO(w, "list add", "'name':'staff','address':'staff@example.org','member':'alice,bob','owner':'DOM\\\\alice'");
	DO(w, "list show", "'name':'staff'");
	SAYS(w, "\"alice, bob\"");
	DO(w, "mailbox list", "");
	SAYS(w, "bob@example.org, robert@example.org");
	DO(w, "domain list", "");
	DO(w, "contact list", "");
	SAYS(w, "carol@example.net");
	DO(w, "list list", "");
}

/* ---- names are exact and unique ---- */

static void test_unique(struct world *w)
{
	NO(w, "account add", "'name':'DOM\\\\ALICE'", EXISTS, "taken by the account \"alice\"");
	NO(w, "mailbox add", "'name':'Alice'", EXISTS, "the alias \"Alice\" is taken by the mailbox \"alice\"");
	NO(w, "contact add", "'name':'staff','remote':'x@example.net'", EXISTS, "taken by the list \"staff\"");
	NO(w, "list add", "'name':'carol'", EXISTS, "taken by the contact \"carol\"");
	NO(w, "mailbox add", "'name':'x','address':'ROBERT@Example.ORG.'", EXISTS, "taken by the mailbox \"bob\"");
	NO(w, "mailbox add", "'name':'x','address':'\\\"staff\\\"@example.org'", EXISTS, "taken by the list");
	NO(w, "domain add", "'name':'dom'", EXISTS, "the domain name \"dom\" is taken");
	NO(w, "domain add", "'name':'D2','mail':'EXAMPLE.org'", EXISTS, "the mail domain");
	DO(w, "domain add", "'name':'D2','mail':'b\xc3\xbc" "cher.example'");
	NO(w, "domain add", "'name':'D3','mail':'xn--bcher-kva.example'", EXISTS, "taken by the domain \"D2\"");
	DO(w, "account add", "'name':'D2\\\\alice'");
	NO(w, "account show", "'name':'alice'", CONFLICT, "DOMAIN\\user");
	NO(w, "account add", "'name':'dave'", SYNTAX, "several domains");
	NO(w, "mailbox show", "'name':'ali'", NOTFOUND, "no mailbox \"ali\"");
	NO(w, "mailbox show", "'name':'staff'", NOTFOUND, "not a mailbox but a list");
	DO(w, "mailbox show", "'name':'robert@example.org'");
	DO(w, "mailbox add", "'name':'b\xc3\xbc" "cher','address':'b\xc3\xbc" "cher@b\xc3\xbc" "cher.example'");
	DO(w, "mailbox show", "'name':'bu\xcc\x88" "cher@XN--BCHER-KVA.example.'");
	SAYS(w, "b\xc3\xbc" "cher@b\xc3\xbc" "cher.example");
}

/* ---- the public store ---- */

static void test_public(struct world *w)
{
	NO(w, "public show", "", NOTFOUND, "bourse public enable");
	NO(w, "directory disable", "", NOTFOUND, "no public store");
	NO(w, "public set", "'quota-warn':'1G'", NOTFOUND, "no public store");
	NO(w, "public enable", "'name':'alice'", EXISTS, "taken by the mailbox \"alice\"");
	NO(w, "public enable", "'name':'a/b'", SYNTAX, "cannot be an alias");
	NO(w, "public enable", "'quota-warn':'2G','quota-receive':'1G'", CONFLICT, "--quota-warn must not be above --quota-receive");
	NO(w, "public enable", "'quota-folders':'0'", SYNTAX, "--quota-folders 0");
	NO(w, "public enable", "'retention-days':'30000'", SYNTAX, "--retention-days");
	DO(w, "public enable", "");
	NO(w, "public enable", "'name':'second'", EXISTS, "a public store already");
	NO(w, "mailbox add", "'name':'Public'", EXISTS, "taken by the public store \"public\"");
	NO(w, "mailbox show", "'name':'public'", NOTFOUND, "not a mailbox but a public store");
	NO(w, "list add", "'name':'x','member':'public'", CONFLICT, "cannot be a member");
	NO(w, "mailbox set", "'name':'public','display':'x'", NOTFOUND, "not a mailbox");
	DO(w, "directory box", "'name':'PUBLIC'");
	SAYS(w, "\"property\":\"id\"");
	DO(w, "directory box", "'name':'alice'");
	SAYS(w, "\"property\":\"id\"");
	NO(w, "directory box", "'name':'nobody'", NOTFOUND, "no mailbox \"nobody\"");
	DO(w, "public set", "'rename':'folders','quota-receive':'5G'");
	DO(w, "public show", "");
	SAYS(w, "{\"property\":\"alias\",\"value\":\"folders\"}");
	SAYS(w, "{\"property\":\"quota-receive\",\"value\":\"5G\"}");
	SAYS(w, "{\"property\":\"quota-messages\",\"value\":\"unlimited\"}");
	DO(w, "directory address add", "'mail-address':'News@Example.org','folder':'7'");
	NO(w, "directory address add", "'mail-address':'news@example.org.','folder':'8'", EXISTS, "a public folder has the address");
	NO(w, "directory address add", "'mail-address':'alice@example.org','folder':'8'", EXISTS, "taken by the mailbox \"alice\"");
	NO(w, "directory address add", "'mail-address':'x@elsewhere.example','folder':'8'", NOTFOUND, "not a mail domain of this server");
	NO(w, "directory address add", "'mail-address':'x','folder':'8'", SYNTAX, "no SMTP address");
	NO(w, "directory address add", "'mail-address':'x@example.org','folder':'0'", SYNTAX, "--folder");
	NO(w, "directory address add", "'mail-address':'x@example.org','folder':'4294967296'", SYNTAX, "--folder");
	NO(w, "mailbox add", "'name':'news','address':'news@example.org'", EXISTS, "taken by the public store");
	NO(w, "domain remove", "'name':'DOM'", INUSE, "");
	DO(w, "public show", "");
	SAYS(w, "{\"property\":\"addresses\",\"value\":\"News@Example.org\"}");
	SAYS(w, "{\"property\":\"folders\",\"value\":\"7\"}");
	NO(w, "directory address remove", "'mail-address':'other@example.org'", NOTFOUND, "no public folder has the address");
	DO(w, "directory address remove", "'mail-address':'NEWS@example.org'");
	NO(w, "directory address remove", "'mail-address':'news@example.org'", NOTFOUND, "no public folder has the address");
	DO(w, "directory read", "'class':'public store'");
	DO(w, "directory disable", "");
	NO(w, "public show", "", NOTFOUND, "no public store");
	NO(w, "directory box", "'name':'folders'", NOTFOUND, "no mailbox");
}

/* ---- values that are refused, each with its words ---- */

static void test_values(struct world *w)
{
	NO(w, "account set", "'name':'bob','must-change':true,'cannot-change':true", CONFLICT, "neither log on nor change");
	NO(w, "account set", "'name':'bob','must-change':'yes','never-expires':'on'", CONFLICT, "exclude each other");
	DO(w, "account set", "'name':'bob','cannot-change':'yes'");
	NO(w, "account set", "'name':'bob','must-change':'yes'", CONFLICT, "--must-change no");
	DO(w, "account set", "'name':'bob','cannot-change':false");
	NO(w, "account set", "'name':'bob','must-change':'maybe'", SYNTAX, "yes or no");
	NO(w, "account set", "'name':'bob','expires':'2026-02-30'", SYNTAX, "a date like");
	NO(w, "account set", "'name':'bob','expires':'tomorrow'", SYNTAX, "a date like");
	NO(w, "account set", "'name':'bob','hours':'mon 18-08'", SYNTAX, "mon-fri");
	DO(w, "account set", "'name':'bob','expires':'2030-12-31','hours':'mon-fri 08-18'");
	DO(w, "account show", "'name':'bob'");
	SAYS(w, "2030-12-31T00:00:00");
	SAYS(w, "fri 08-18");
	DO(w, "account set", "'name':'bob','expires':'never','hours':'always'");
	NO(w, "account password", "'name':'bob','password':'a\\u0007b'", SYNTAX, "cannot be a password");
	NO(w, "account password", "'name':'bob'", SYNTAX, "needs password");
	NO(w, "account add", "'name':'DOM\\\\x\\\\y'", SYNTAX, "DOMAIN\\user");
	NO(w, "account add", "'name':'NONE\\\\x'", NOTFOUND, "bourse domain add NONE");
	NO(w, "account add", "'name':'DOM\\\\a*b'", SYNTAX, "cannot be the name of an account");
	NO(w, "mailbox set", "'name':'bob','quota-warn':'0'", SYNTAX, "unlimited");
	NO(w, "mailbox set", "'name':'bob','quota-warn':0", SYNTAX, "unlimited");
	NO(w, "mailbox set", "'name':'bob','quota-warn':-1", SYNTAX, "a size like");
	NO(w, "mailbox set", "'name':'bob','quota-warn':'big'", SYNTAX, "a size like");
	NO(w, "mailbox set", "'name':'bob','quota-warn':'99999999999T'", SYNTAX, "a size like");
	NO(w, "mailbox set", "'name':'bob','quota-warn':'3G','quota-send':'2G'", CONFLICT, "--quota-warn must not be above --quota-send");
	NO(w, "mailbox set", "'name':'bob','quota-warn':'3G','quota-receive':'2G'", CONFLICT, "--quota-receive");
	DO(w, "mailbox set", "'name':'bob','quota-warn':'1G','quota-send':'2GB','quota-receive':'3GiB'");
	NO(w, "mailbox set", "'name':'bob','quota-receive':'1500M'", CONFLICT, "--quota-send must not be above --quota-receive");
	DO(w, "mailbox set", "'name':'bob','quota-warn':'unlimited'");
	NO(w, "mailbox set", "'name':'bob','quota-messages':0", SYNTAX, "unlimited");
	NO(w, "mailbox set", "'name':'bob','quota-folders':'0'", SYNTAX, "unlimited");
	NO(w, "mailbox set", "'name':'bob','quota-folders':10001", SYNTAX, "10000 at most");
	NO(w, "mailbox set", "'name':'bob','quota-messages':'many'", SYNTAX, "a number");
	DO(w, "mailbox set", "'name':'bob','quota-messages':'5000000','quota-folders':'unlimited'");
	DO(w, "mailbox show", "'name':'bob'");
	SAYS(w, "{\"property\":\"quota-messages\",\"value\":\"5000000\"}");
	SAYS(w, "{\"property\":\"quota-folders\",\"value\":\"unlimited\"}");
	NO(w, "mailbox set", "'name':'bob','retention-days':'99999'", SYNTAX, "--retention-days");
	NO(w, "mailbox set", "'name':'bob','retention-days':'x'", SYNTAX, "a number");
	NO(w, "mailbox set", "'name':'bob','moved-to':'imap://mail2/'", SYNTAX, "--moved-to mail2.example.org");
	NO(w, "mailbox set", "'name':'bob','moved-to':'mail2:0'", SYNTAX, "--moved-to");
	NO(w, "mailbox set", "'name':'bob','moved-to':'mail2:65536'", SYNTAX, "--moved-to");
	NO(w, "mailbox set", "'name':'bob','moved-to':':143'", SYNTAX, "--moved-to");
	NO(w, "mailbox set", "'name':'bob','moved-to':'a]b'", SYNTAX, "--moved-to");
	DO(w, "mailbox set", "'name':'bob','moved-to':'mail2.example.org:1143'");
	DO(w, "mailbox show", "'name':'bob'");
	SAYS(w, "mail2.example.org:1143");
	DO(w, "mailbox set", "'name':'bob','moved-to':''");
	NO(w, "mailbox set", "'name':'bob','add-address':'bob'", SYNTAX, "no SMTP address");
	NO(w, "mailbox set", "'name':'bob','add-address':'bob@example.net'", NOTFOUND, "--add-mail example.net");
	NO(w, "mailbox set", "'name':'bob','add-address':'a@example.org,,b@example.org'", SYNTAX, "list of words");
	NO(w, "mailbox set", "'name':'bob','account':'nobody'", NOTFOUND, "bourse account list");
	NO(w, "contact add", "'name':'x','remote':'x@example.org'", CONFLICT, "somebody outside");
	NO(w, "contact add", "'name':'x','remote':'x'", SYNTAX, "no SMTP address");
	NO(w, "list member add", "'name':'staff','member':'staff'", CONFLICT, "member of itself");
	NO(w, "list member add", "'name':'staff','member':'carol'", CONFLICT, "nothing outside");
	NO(w, "list member add", "'name':'staff','member':'nobody'", NOTFOUND, "nobody");
	NO(w, "list member remove", "'name':'staff','member':'carol'", NOTFOUND, "not a member");
	NO(w, "domain set", "'name':'DOM','add-mail':'exa mple.org'", SYNTAX, "no mail domain");
	NO(w, "domain set", "'name':'DOM','postmaster':'staff'", NOTFOUND, "not a mailbox");
	NO(w, "domain set", "'name':'DOM','remove-mail':'example.com'", NOTFOUND, "not there");
}

static void test_changes(struct world *w)
{
	DO(w, "mailbox set", "'name':'bob','add-address':'bobby@example.org'");
	DO(w, "mailbox set", "'name':'bob','add-address':'BOBBY@example.org'");
	DO(w, "mailbox show", "'name':'bobby@example.org'");
	SAYS(w, "\"bob@example.org, robert@example.org, bobby@example.org\"");
	DO(w, "mailbox set", "'name':'bob','primary-address':'robert@example.org'");
	DO(w, "mailbox show", "'name':'bob'");
	SAYS(w, "\"robert@example.org, bob@example.org, bobby@example.org\"");
	DO(w, "mailbox set", "'name':'bob','remove-address':'Bobby@EXAMPLE.org'");
	NO(w, "mailbox show", "'name':'bobby@example.org'", NOTFOUND, "bobby");
	NO(w, "mailbox set", "'name':'bob','remove-address':'bobby@example.org'", NOTFOUND, "not there");
	DO(w, "mailbox set", "'name':'bob','rename':'robert'");
	NO(w, "mailbox show", "'name':'bob'", NOTFOUND, "bob");
	DO(w, "mailbox set", "'name':'robert','rename':'Bob'");
	DO(w, "mailbox show", "'name':'bob'");
	SAYS(w, "\"Bob\"");
	DO(w, "account set", "'name':'bob','rename':'robert'");
	DO(w, "account set", "'name':'DOM\\\\robert','rename':'DOM\\\\bob'");
	NO(w, "account set", "'name':'DOM\\\\bob','rename':'D2\\\\bob'", CONFLICT, "another domain");
	NO(w, "account set", "'name':'DOM\\\\bob','rename':'alice'", EXISTS, "taken");
	DO(w, "mailbox grant", "'name':'alice','account':'bob'");
	NO(w, "mailbox grant", "'name':'alice','account':'bob'", EXISTS, "already has");
	NO(w, "mailbox grant", "'name':'alice','account':'DOM\\\\alice'", CONFLICT, "primary account");
	DO(w, "mailbox show", "'name':'alice'");
	SAYS(w, "{\"property\":\"rights\",\"value\":\"DOM\\\\bob: full send-as\"}");
	DO(w, "mailbox revoke", "'name':'alice','account':'bob'");
	NO(w, "mailbox revoke", "'name':'alice','account':'bob'", NOTFOUND, "none of these rights");
	DO(w, "list member remove", "'name':'staff','member':['alice']");
	DO(w, "list member add", "'name':'staff','member':'alice@example.org'");
	DO(w, "list show", "'name':'staff'");
	SAYS(w, "\"Bob, alice\"");
}

static void test_rights(struct world *w)
{
	DO(w, "account add", "'name':'DOM\\\\zoe'");
	NO(w, "mailbox grant", "'name':'alice'", SYNTAX, "either --account");
	NO(w, "mailbox grant", "'name':'alice','account':'zoe','group':'x'", SYNTAX, "either --account");
	NO(w, "mailbox grant", "'name':'alice','account':'zoe','rights':'write'", SYNTAX, "send-on-behalf");
	NO(w, "mailbox grant", "'name':'alice','account':'zoe','rights':' '", SYNTAX, "send-on-behalf");
	DO(w, "mailbox grant", "'name':'alice','account':'zoe','rights':'read send-on-behalf'");
	SAYS(w, "DOM\\\\zoe has the rights: read send-on-behalf; it counts at once");
	NO(w, "mailbox grant", "'name':'alice','account':'zoe','rights':'READ'", EXISTS, "read send-on-behalf");
	DO(w, "mailbox grant", "'name':'alice','account':'zoe','rights':'send-as,owner'");
	DO(w, "mailbox show", "'name':'alice'");
	SAYS(w, "DOM\\\\zoe: owner read send-as send-on-behalf");
	DO(w, "mailbox revoke", "'name':'alice','account':'zoe','rights':'owner send-as full'");
	SAYS(w, "DOM\\\\zoe has the rights: read send-on-behalf");
	NO(w, "mailbox revoke", "'name':'alice','account':'zoe','rights':'full'", NOTFOUND, "none of these rights");
	DO(w, "account show", "'name':'zoe'");
	SAYS(w, "{\"property\":\"mailboxes\",\"value\":\"alice: read send-on-behalf\"}");
	DO(w, "account show", "'name':'DOM\\\\alice'");
	SAYS(w, "{\"property\":\"mailboxes\",\"value\":\"alice: primary account\"}");
	DO(w, "mailbox revoke", "'name':'alice','account':'zoe'");
	SAYS(w, "has no rights any more");
}

static void test_groups(struct world *w)
{
	NO(w, "group add", "'name':'DOM\\\\alice'", EXISTS, "taken by the account");
	NO(w, "group add", "'name':'DOM\\\\a*b'", SYNTAX, "name of a group");
	DO(w, "group add", "'name':'DOM\\\\sales','description':'who sells','member':'DOM\\\\zoe,DOM\\\\bob'");
	SAYS(w, "{\"kind\":\"group\"");
	SAYS(w, "\"name\":\"DOM\\\\sales\"");
	NO(w, "account add", "'name':'DOM\\\\SALES'", EXISTS, "taken by the group \"sales\"");
	NO(w, "account show", "'name':'DOM\\\\sales'", NOTFOUND, "no account");
	NO(w, "group show", "'name':'DOM\\\\zoe'", NOTFOUND, "no group");
	DO(w, "group add", "'name':'DOM\\\\staff','member':'DOM\\\\sales'");
	NO(w, "group member add", "'name':'sales','member':'DOM\\\\staff'", CONFLICT, "it would be in itself");
	NO(w, "group member add", "'name':'sales','member':'DOM\\\\sales'", CONFLICT, "it would be in itself");
	NO(w, "group member add", "'name':'sales','member':'DOM\\\\nobody'", NOTFOUND, "nobody");
	DO(w, "mailbox grant", "'name':'alice','group':'DOM\\\\staff','rights':'read'");
	DO(w, "account show", "'name':'zoe'");
	SAYS(w, "{\"property\":\"groups\",\"value\":\"DOM\\\\sales\"}");
	SAYS(w, "alice: read (by DOM\\\\staff)");
	DO(w, "mailbox show", "'name':'alice'");
	SAYS(w, "DOM\\\\staff: read");
	DO(w, "group show", "'name':'DOM/sales'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"DOM\\\\zoe, DOM\\\\bob\"}");
	SAYS(w, "{\"property\":\"groups\",\"value\":\"DOM\\\\staff\"}");
	DO(w, "group member remove", "'name':'sales','member':'bob'");
	NO(w, "group member remove", "'name':'sales','member':'bob'", NOTFOUND, "not a member");
	DO(w, "account set", "'name':'DOM\\\\bob','groups':'staff'");
	DO(w, "account show", "'name':'DOM\\\\bob'");
	SAYS(w, "{\"property\":\"groups\",\"value\":\"DOM\\\\staff\"}");
	NO(w, "account set", "'name':'DOM\\\\bob','groups':'staff,D2\\\\none'", NOTFOUND, "no group \"D2\\none\"");
	NO(w, "account set", "'name':'DOM\\\\bob','remove-groups':'none'", NOTFOUND, "no group \"none\"");
	NO(w, "account set", "'name':'DOM\\\\bob','groups':'a*b'", SYNTAX, "name of a group");
	NO(w, "account set", "'name':'DOM\\\\bob','groups':'alice'", EXISTS, "taken by the account");
	DO(w, "account set", "'name':'DOM\\\\bob','add-groups':'new one'");
	DO(w, "account show", "'name':'DOM\\\\bob'");
	SAYS(w, "{\"property\":\"groups\",\"value\":\"DOM\\\\new one, DOM\\\\staff\"}");
	DO(w, "account set", "'name':'DOM\\\\bob','remove-groups':'DOM\\\\new one'");
	DO(w, "group remove", "'name':'new one'");
	DO(w, "account add", "'name':'DOM\\\\yan','groups':['DOM\\\\sales']");
	DO(w, "group show", "'name':'sales'");
	SAYS(w, "\"DOM\\\\zoe, DOM\\\\yan\"");
	DO(w, "account set", "'name':'DOM\\\\bob','groups':''");
	DO(w, "group list", "");
	SAYS(w, "who sells");
	DO(w, "group set", "'name':'sales','rename':'trade'");
	NO(w, "group set", "'name':'trade','rename':'D2\\\\trade'", CONFLICT, "another domain");
	NO(w, "domain remove", "'name':'DOM'", INUSE, "accounts or groups");
	/* Whoever goes is in no group any more, and the group's rights go with it. */
	DO(w, "account remove", "'name':'DOM\\\\zoe'");
	DO(w, "account remove", "'name':'DOM\\\\yan'");
	DO(w, "group show", "'name':'trade'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"\"}");
	DO(w, "group remove", "'name':'trade'");
	DO(w, "group show", "'name':'staff'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"\"}");
	DO(w, "group remove", "'name':'staff'");
	DO(w, "mailbox show", "'name':'alice'");
	SAYS(w, "{\"property\":\"rights\",\"value\":\"\"}");
}

static void test_removal(struct world *w)
{
	DO(w, "domain set", "'name':'DOM','postmaster':'bob'");
	DO(w, "mailbox grant", "'name':'alice','account':'bob'");
	NO(w, "domain remove", "'name':'DOM'", INUSE, "still has accounts");
	NO(w, "domain set", "'name':'DOM','remove-mail':'example.org'", INUSE, "such as alice@example.org");
	NO(w, "account remove", "'name':'bob'", INUSE, "owns the mailbox \"Bob\"");
	DO(w, "mailbox remove", "'name':'bob'");
	DO(w, "list show", "'name':'staff'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"alice\"}");
	DO(w, "domain show", "'name':'DOM'");
	SAYS(w, "{\"property\":\"postmaster\",\"value\":\"\"}");
	DO(w, "account remove", "'name':'bob'");
	DO(w, "mailbox show", "'name':'alice'");
	SAYS(w, "{\"property\":\"rights\",\"value\":\"\"}");
	/* The name is free again, the id is not. */
	DO(w, "account add", "'name':'DOM\\\\bob'");
	OK(!replied(w, "\"id\":3}"), "ids are never reused: %.*s", STR_FMT(buf_str(&w->reply)));
	DO(w, "mailbox show", "'name':'alice'");
	SAYS(w, "{\"property\":\"rights\",\"value\":\"\"}");
	DO(w, "contact remove", "'name':'carol'");
	DO(w, "list remove", "'name':'staff'");
	DO(w, "mailbox remove", "'name':'alice'");
	DO(w, "mailbox remove", "'name':'b\xc3\xbc" "cher'");
	DO(w, "account remove", "'name':'DOM\\\\bob'");
	DO(w, "account remove", "'name':'DOM\\\\alice'");
	DO(w, "account remove", "'name':'D2\\\\alice'");
	DO(w, "domain remove", "'name':'DOM'");
	DO(w, "domain remove", "'name':'D2'");
}

struct counted {
	size_t keys;
};

static bool count_key(void *arg, struct str key, struct str value)
{
	((struct counted *)arg)->keys++;
	return true;
}

static size_t keys_in(struct world *w)
{
	struct counted c = { 0 };

	if (kv_scan(w->kv, DIRECTORY_SHARD, STR_NONE, STR_NONE, 0, count_key, &c) != ERR_OK)
		return 0;
	return c.keys;
}

/* A refused change leaves the store as it was, to the last octet. */
static void test_atomic(struct world *w)
{
	uint64_t before, after;

	DO(w, "domain add", "'name':'DOM','mail':'example.org'");
	DO(w, "mailbox add", "'name':'a','address':'a@example.org'");
	IS_NUM(kv_digest(w->kv, &before), ERR_OK);
	NO(w, "mailbox add", "'name':'b','address':'b@example.org,A@example.org'", EXISTS, "taken");
	NO(w, "mailbox set", "'name':'a','rename':'z','quota-warn':'0'", SYNTAX, "unlimited");
	kv_fault_inject(w->kv, KV_FAULT_WRITE_ENOSPC, 1);
	NO(w, "mailbox add", "'name':'b','address':'b@example.org'", DISKFULL, "storage");
	IS_NUM(kv_digest(w->kv, &after), ERR_OK);
	OK(before == after, "nothing changed");
	DO(w, "mailbox remove", "'name':'a'");
	DO(w, "domain remove", "'name':'DOM'");
}

/* ---- the store is told ---- */

struct heard {
	char text[512];
};

static void hear(void *arg, enum directory_deed deed, const struct entry *e, bool secret)
{
	struct heard *h = arg;
	size_t len = strlen(h->text);

	snprintf(h->text + len, sizeof(h->text) - len, "%s %.*s%s%s;", entry_kind_name(e->kind), STR_FMT(entry_name(e)),
		deed == DIRECTORY_ADDED ? "+" : deed == DIRECTORY_REMOVED ? "-" : "", secret ? "!" : "");
}

static void heard(struct heard *h, const char *want)
{
	OK(strcmp(h->text, want) == 0, "heard '%s', want '%s'", h->text, want);
	h->text[0] = '\0';
}

static void test_events(struct world *w)
{
	struct heard h = { "" };

	w->directory.on_change = hear;
	w->directory.arg = &h;
	DO(w, "domain add", "'name':'DOM','mail':'example.org'");
	heard(&h, "domain DOM+;");
	DO(w, "account add", "'name':'alice'");
	DO(w, "account password", "'name':'alice','password':'x'");
	heard(&h, "account alice+;account alice!;");
	DO(w, "account set", "'name':'alice','disabled':true");
	heard(&h, "account alice;");
	DO(w, "mailbox add", "'name':'alice'");
	DO(w, "mailbox grant", "'name':'alice','account':'alice'");
	DO(w, "account remove", "'name':'alice'");
	heard(&h, "mailbox alice+;mailbox alice;account alice-;mailbox alice;");
	NO(w, "mailbox add", "'name':'alice'", EXISTS, "taken");
	heard(&h, "");
	w->directory.on_change = NULL;
}

/* Two rows of one name would give an argument of one verb the type of another's. */
static void test_arguments_are_distinct(void)
{
	for (const struct admin_arg_row *a = admin_args(); a->name != NULL; a++) {
		unsigned rows = 0;

		for (const struct admin_arg_row *b = admin_args(); b->name != NULL; b++)
			rows += strcmp(a->name, b->name) == 0;
		OK(rows == 1, "--%s has %u rows", a->name, rows);
	}
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_requests(&w);
	test_table(&w);
	IS_NUM(keys_in(&w), 0);
	test_making(&w);
	test_unique(&w);
	test_public(&w);
	test_values(&w);
	test_changes(&w);
	test_rights(&w);
	test_groups(&w);
	test_removal(&w);
	test_atomic(&w);
	IS_NUM(keys_in(&w), 1); /* the organisation: no index key is left behind */
	test_events(&w);
	world_close(&w);
	test_arguments_are_distinct();
	return tap_done();
}
