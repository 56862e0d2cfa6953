#include "directory/recipient.h"

#include "world.h"

static enum err judge(struct world *w, const char *address, struct recipient *r)
{
	arena_clear(&w->arena);
	w->failure = (struct failure){ 0 };
	return recipient_judge(&w->directory, str_from_c(address), &w->arena, r, &w->failure);
}

/* The aliases reached, with blanks between. */
static const char *reached(const struct recipient *r)
{
	static char text[512];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->count && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", i > 0 ? " " : "", STR_FMT(r->mailboxes[i].alias));
	return text;
}

static void build(struct world *w)
{
	DO(w, "domain add", "'name':'DOM','mail':['example.org','b\xc3\xbc" "cher.example']");
	DO(w, "domain add", "'name':'D2','mail':'example.net'");
	DO(w, "account add", "'name':'DOM\\\\alice'");
	DO(w, "account add", "'name':'DOM\\\\bob'");
	DO(w, "mailbox add", "'name':'first','account':'DOM\\\\alice','address':'alice@example.org,al@b\xc3\xbc" "cher.example','quota-receive':'1M'");
	DO(w, "mailbox add", "'name':'bob','account':'DOM\\\\bob'");
	DO(w, "mailbox add", "'name':'eve','address':'eve@example.org'");
	DO(w, "mailbox add", "'name':'off','address':'off@example.org','disabled':'yes'");
	DO(w, "mailbox add", "'name':'pm2','address':'pm2@example.net'");
	DO(w, "contact add", "'name':'carol','remote':'carol@example.com','address':'carol@example.org'");
	DO(w, "list add", "'name':'both','address':'both@example.org','member':'first,bob'");
	DO(w, "list add", "'name':'all','address':'all@example.org','member':'both,eve,off,bob'");
	DO(w, "list add", "'name':'none','address':'none@example.org'");
	DO(w, "list add", "'name':'offs','address':'offs@example.org','member':'off'");
	DO(w, "list member add", "'name':'both','member':'all'"); /* a loop */
}

static const struct {
	const char *address;
	enum err want;
	const char *words; /* aliases reached, or what the text holds */
} rows[] = {
	{ "alice@example.org", ERR_OK, "first" },
	{ "ALICE@Example.ORG.", ERR_OK, "first" },
	{ "\"alice\"@example.org", ERR_OK, "first" },
	{ "al@xn--bcher-kva.example", ERR_OK, "first" },
	{ "AL@B\xc3\x9c" "CHER.example", ERR_OK, "first" },
	{ "bob@example.org", ERR_OK, "bob" },
	{ "both@example.org", ERR_OK, "first bob eve" },
	{ "all@example.org", ERR_OK, "eve bob first" },
	{ "none@example.org", ERR_RCPTUNKNOWN, "no members" },
	{ "offs@example.org", ERR_BOXOFF, "disabled" },
	{ "off@example.org", ERR_BOXOFF, "disabled" },
	{ "nobody@example.org", ERR_RCPTUNKNOWN, "no such" },
	{ "alic@example.org", ERR_RCPTUNKNOWN, "no such" },
	{ "first@example.org", ERR_RCPTUNKNOWN, "no such" }, /* an alias is no address */
	{ "alice@example.net", ERR_RCPTUNKNOWN, "no such" },
	{ "carol@example.org", ERR_RELAY, "outside" },
	{ "alice@example.com", ERR_RELAY, "example.com is not a mail domain" },
	{ "alice@sub.example.org", ERR_RELAY, "relay" },
	{ "alice%example.com@example.org", ERR_RCPTUNKNOWN, "no such" },
	{ "alice@[127.0.0.1]", ERR_RELAY, "literal" },
	{ "postmaster@[127.0.0.1]", ERR_RELAY, "literal" },
	{ "alice", ERR_ADDRESS, "address" },
	{ "", ERR_ADDRESS, "address" },
	{ "@example.org", ERR_ADDRESS, "address" },
	{ "a@b@example.org", ERR_ADDRESS, "address" },
	{ "postmaster", ERR_OK, "first" },
	{ "PostMaster", ERR_OK, "first" },
	{ "postmaster@example.org", ERR_OK, "first" },
	{ "ABUSE@example.org", ERR_OK, "first" },
	{ "abuse@b\xc3\xbc" "cher.example", ERR_OK, "first" },
	{ "postmaster@example.net", ERR_OK, "first" },
	{ "postmaster@example.com", ERR_RELAY, "relay" },
	{ "abuse", ERR_ADDRESS, "address" },
};

static void test_rows(struct world *w)
{
	struct recipient r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err e = judge(w, rows[i].address, &r);

		OK(e == rows[i].want && (e == ERR_OK || w->failure.code == e), "%s: %s %s", rows[i].address, err_name(e),
			w->failure.text);
		if (e == ERR_OK)
			OK(strcmp(reached(&r), rows[i].words) == 0, "%s reaches %s, want %s", rows[i].address, reached(&r), rows[i].words);
		else
			OK(strstr(w->failure.text, rows[i].words) != NULL, "%s: '%s' has '%s'", rows[i].address, w->failure.text,
				rows[i].words);
	}
	IS_NUM(judge(w, "alice@example.org", &r), ERR_OK);
	OK(r.kind == ENTRY_MAILBOX && r.id == r.mailboxes[0].id && r.mailboxes[0].limits.receive_octets == 1 << 20, "limits");
	IS_NUM(judge(w, "both@example.org", &r), ERR_OK);
	IS_NUM(r.kind, ENTRY_LIST);
}

static void test_public(struct world *w)
{
	struct recipient r;

	DO(w, "public enable", "'quota-receive':'2M'");
	DO(w, "directory address add", "'mail-address':'post@example.org','folder':'7'");
	DO(w, "directory address add", "'mail-address':'more@example.org','folder':'4294967295'");
	IS_NUM(judge(w, "POST@Example.org.", &r), ERR_OK);
	OK(r.kind == ENTRY_PUBLIC && r.folder == 7 && r.count == 1 && r.mailboxes[0].id == r.id, "the folder of the address");
	IS_NUM(r.mailboxes[0].limits.receive_octets, 2 << 20);
	IS_NUM(judge(w, "more@example.org", &r), ERR_OK);
	IS_NUM(r.folder, UINT32_MAX);
	IS_NUM(judge(w, "public@example.org", &r), ERR_RCPTUNKNOWN);
	NO(w, "list set", "'name':'none','members':'post@example.org'", CONFLICT, "cannot be a member");
	DO(w, "directory address remove", "'mail-address':'post@example.org'");
	IS_NUM(judge(w, "post@example.org", &r), ERR_RCPTUNKNOWN);
	IS_NUM(judge(w, "more@example.org", &r), ERR_OK);
	DO(w, "directory disable", "");
	IS_NUM(judge(w, "more@example.org", &r), ERR_RCPTUNKNOWN);
}

static void test_postmaster(struct world *w)
{
	struct recipient r;

	DO(w, "domain set", "'name':'D2','postmaster':'pm2'");
	IS_NUM(judge(w, "abuse@example.net", &r), ERR_OK);
	OK(strcmp(reached(&r), "pm2") == 0, "the domain's own");
	IS_NUM(judge(w, "postmaster@example.org", &r), ERR_OK);
	OK(strcmp(reached(&r), "first") == 0, "the other has none of its own");
	DO(w, "mailbox set", "'name':'eve','add-address':'postmaster@example.org'");
	IS_NUM(judge(w, "postmaster@example.org", &r), ERR_OK);
	OK(strcmp(reached(&r), "eve") == 0, "an entry with the address wins");
	IS_NUM(judge(w, "postmaster", &r), ERR_OK);
	OK(strcmp(reached(&r), "eve") == 0, "without a domain too");
	DO(w, "mailbox remove", "'name':'pm2'");
	IS_NUM(judge(w, "abuse@example.net", &r), ERR_OK);
	OK(strcmp(reached(&r), "first") == 0, "a removed postmaster is none");
}

/* A chain of lists; the innermost has a mailbox. */
static void test_depth(struct world *w)
{
	struct recipient r;
	char args[128];

	DO(w, "list add", "'name':'l0','address':'l0@example.org','member':'bob'");
	for (int i = 1; i <= 32; i++) {
		snprintf(args, sizeof(args), "'name':'l%d','address':'l%d@example.org','member':'l%d'", i, i, i - 1);
		if (ask(w, "list add", args) != ERR_OK)
			OK(false, "%s", w->failure.text);
	}
	IS_NUM(judge(w, "l31@example.org", &r), ERR_OK);
	OK(strcmp(reached(&r), "bob") == 0, "32 lists deep");
	IS_NUM(judge(w, "l32@example.org", &r), ERR_LOOP);
}

/* More than a list may reach, also through two lists; and an arena too small for the answer. */
static void test_many(struct world *w)
{
	struct recipient r;
	struct arena small;
	struct buf members;
	char args[96];

	buf_init(&members, 1 << 20);
	for (size_t i = 0; i <= RECIPIENT_MAILBOXES_MAX; i++) {
		snprintf(args, sizeof(args), "'name':'m%zu'", i);
		if (ask(w, "mailbox add", args) != ERR_OK)
			OK(false, "%s", w->failure.text);
		buf_printf(&members, "%s%s%zu%s", i == 0 ? "'name':'many','address':'many@example.org','member':'" : ",", "m", i,
			i + 1 == RECIPIENT_MAILBOXES_MAX / 2 || i + 1 >= RECIPIENT_MAILBOXES_MAX ? "'" : "");
		if (i + 1 == RECIPIENT_MAILBOXES_MAX / 2) {
			buf_put_octet(&members, '\0');
			DO(w, "list add", members.at);
			buf_clear(&members);
			buf_put_c(&members, "'name':'many','member':'m0");
		} else if (i + 1 == RECIPIENT_MAILBOXES_MAX) {
			buf_put_octet(&members, '\0');
			DO(w, "list member add", members.at);
		}
	}
	IS_NUM(judge(w, "many@example.org", &r), ERR_OK);
	IS_NUM(r.count, RECIPIENT_MAILBOXES_MAX);
	arena_init(&small, (size_t)16 << 10);
	IS_NUM(recipient_judge(&w->directory, S("many@example.org"), &small, &r, &w->failure), ERR_TOOMANYRCPT);
	arena_done(&small);
	snprintf(args, sizeof(args), "'name':'many','member':'m%zu'", RECIPIENT_MAILBOXES_MAX);
	DO(w, "list member add", args);
	IS_NUM(judge(w, "many@example.org", &r), ERR_TOOMANYRCPT);
	buf_done(&members);
}

int main(void)
{
	struct world w;
	struct recipient r;

	world_open(&w);
	IS_NUM(judge(&w, "postmaster", &r), ERR_RCPTUNKNOWN);
	build(&w);
	test_rows(&w);
	test_public(&w);
	test_postmaster(&w);
	test_depth(&w);
	test_many(&w);
	world_close(&w);
	return tap_done();
}
