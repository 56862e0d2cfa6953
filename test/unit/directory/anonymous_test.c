/* What somebody without an account is let in to see. */
#include "directory/anonymous.h"

#include "world.h"

static const struct config *config_of(struct world *w, const char *text)
{
	const struct config *c = NULL;
	struct failure f = { 0 };

	OK(config_parse(&w->arena, str_from_c(text), "t.conf", &c, &f) == ERR_OK, "%s: %s", text, f.text);
	must(c != NULL);
	return c;
}

static void test_mailbox(struct world *w)
{
	static const struct {
		const char *config;
		enum service_protocol protocol;
		enum err want;
		const char *reason;
	} cases[] = {
		{ "anonymous.mailbox = info;", PROTOCOL_IMAP, ERR_MECHANISMOFF, "anonymous.imap is off" },
		{ "anonymous.imap = on; anonymous.mailbox = info;", PROTOCOL_POP3, ERR_MECHANISMOFF, "anonymous.pop3 is off" },
		{ "anonymous.imap = on; anonymous.pop3 = on; anonymous.mailbox = info;", PROTOCOL_SMTP, ERR_MECHANISMOFF, "off" },
		{ "anonymous.imap = on; anonymous.mailbox = info;", PROTOCOL_NNTP, ERR_MECHANISMOFF, "anonymous.nntp is off" },
		{ "anonymous.nntp = on; anonymous.mailbox = info;", PROTOCOL_NNTP, ERR_NOBOX, "there is no public store, and news is in it alone" },
		{ "anonymous.imap = on;", PROTOCOL_IMAP, ERR_NOBOX, "there is no public store, and anonymous.mailbox names no mailbox" },
		{ "anonymous.imap = on; anonymous.mailbox = nobody;", PROTOCOL_IMAP, ERR_NOBOX, "there is no mailbox \"nobody\"" },
		{ "anonymous.imap = on; anonymous.mailbox = all;", PROTOCOL_IMAP, ERR_NOTABOX, "is a list" },
		{ "anonymous.imap = on; anonymous.mailbox = closed;", PROTOCOL_IMAP, ERR_BOXOFF, "is disabled" },
		{ "anonymous.pop3 = on; anonymous.mailbox = info;", PROTOCOL_POP3, ERR_PROTOCOLOFF, "off for the mailbox" },
		{ "anonymous.imap = on; anonymous.mailbox = info;", PROTOCOL_IMAP, ERR_OK, "" },
		{ "anonymous.imap = on; anonymous.mailbox = \"Info@Example.org\";", PROTOCOL_IMAP, ERR_OK, "" },
	};
	struct entry box;

	DO(w, "mailbox add", "'name':'info','address':['info@example.org'],'pop3':false");
	DO(w, "mailbox add", "'name':'closed','disabled':true");
	DO(w, "list add", "'name':'all','member':['info']");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct failure f = { 0 };
		struct anonymous_way way = { .config = config_of(w, cases[i].config), .protocol = cases[i].protocol };
		enum err e = anonymous_mailbox(&w->directory, &way, &w->arena, &box, &f);

		OK(e == cases[i].want && strstr(f.reason, cases[i].reason) != NULL, "%s: %s %s", cases[i].config, err_name(e), f.reason);
		OK(e == ERR_OK || strstr(f.text, "info") == NULL, "the client hears no name: %s", f.text);
	}
	IS_STR(box.mailbox.alias, S("info"));
}

static void test_names(struct world *w)
{
	const struct config *c = NULL;
	struct failure f = { 0 }, g = { 0 };

	OK(anonymous_is_name(S("anonymous")) && anonymous_is_name(S("ANONYMOUS")), "the name");
	OK(!anonymous_is_name(S("anonymous2")) && !anonymous_is_name(S("DOM\\anonymous")) && !anonymous_is_name(S("")), "no other");
	IS_NUM(config_parse(&w->arena, S("anonymous.name = \"DOM\\\\alice\";"), "t.conf", &c, &f), ERR_CONFIG);
	OK(strstr(f.text, "anonymous.name") != NULL, "%s", f.text);
	IS_NUM(config_parse(&w->arena, S("anonymous.name = \"a@b\";"), "t.conf", &c, &g), ERR_CONFIG);
}

int main(void)
{
	struct world w;

	world_open(&w);
	DO(&w, "domain add", "'name':'DOM','mail':'example.org'");
	test_mailbox(&w);
	test_names(&w);
	world_close(&w);
	return tap_done();
}
