#include "directory/logon_name.h"

#include <stdlib.h>

#include "tap.h"

#define LEVELS_8 "a/b/c/d/e/f/g/h/"

/* domain, user, mailbox after defaults; given: which of d, u, m the typist gave, e for e-mail, z: from the authzid, p: the public store. */
static const struct row {
	struct str name, authzid;
	const char *domain, *user, *mailbox, *given, *folder;
} good[] = {
	/* folders of mailboxes */
	{ S_INIT("DOM\\alice\\sales/Archive"), S_INIT(""), "DOM", "alice", "sales", "dum", "Archive" },
	{ S_INIT("DOM/alice/sales/Archive/2024"), S_INIT(""), "DOM", "alice", "sales", "dum", "Archive/2024" },
	{ S_INIT("DOM\\\\alice\\\\sales\\\\Archive\\\\2024"), S_INIT(""), "DOM", "alice", "sales", "dum", "Archive/2024" },
	{ S_INIT("DOM\\alice\\sales/Archive/"), S_INIT(""), "DOM", "alice", "sales", "dum", "Archive" },
	{ S_INIT("\\alice\\sales/Archive"), S_INIT(""), "", "alice", "sales", "um", "Archive" },
	{ S_INIT("alice@example.org/sales/Archive"), S_INIT(""), "example.org", "alice", "sales", "edum", "Archive" },
	{ S_INIT("alice@example.org\\shared@example.net\\a@b@c"), S_INIT(""), "example.org", "alice", "shared@example.net", "edum", "a@b@c" },
	{ S_INIT("DOM\\alice\\sales/Public Folders/x"), S_INIT(""), "DOM", "alice", "sales", "dum", "Public Folders/x" },
	{ S_INIT("DOM\\alice"), S_INIT("DOM\\alice\\sales\\Archive"), "DOM", "alice", "sales", "dumz", "Archive" },
	{ S_INIT("DOM\\alice\\sales\\Archive"), S_INIT("DOM/alice/SALES/Archive"), "DOM", "alice", "sales", "dum", "Archive" },
	{ S_INIT("DOM\\alice\\sales\\Archive"), S_INIT("DOM/alice"), "DOM", "alice", "sales", "dum", "Archive" },
	/* public folders */
	{ S_INIT("DOM\\alice\\Public Folders/announce"), S_INIT(""), "DOM", "alice", "Public Folders", "dump", "announce" },
	{ S_INIT("DOM/alice/public folders/a/b"), S_INIT(""), "DOM", "alice", "Public Folders", "dump", "a/b" },
	{ S_INIT("DOM\\\\alice\\\\Public Folders\\\\announce"), S_INIT(""), "DOM", "alice", "Public Folders", "dump", "announce" },
	{ S_INIT("alice\\Public Folders/announce"), S_INIT(""), "", "alice", "Public Folders", "ump", "announce" },
	{ S_INIT("\\alice\\Public Folders/announce"), S_INIT(""), "", "alice", "Public Folders", "ump", "announce" },
	{ S_INIT("\\alice\\Public Folders"), S_INIT(""), "", "alice", "Public Folders", "ump", "" },
	{ S_INIT("DOM\\alice\\Public Folders"), S_INIT(""), "DOM", "alice", "Public Folders", "dump", "" },
	{ S_INIT("alice@example.org/Public Folders/announce"), S_INIT(""), "example.org", "alice", "Public Folders", "edump", "announce" },
	{ S_INIT("alice@example.org/Public Folders"), S_INIT(""), "example.org", "alice", "Public Folders", "edump", "" },
	{ S_INIT("alice\\Public Folders/Public Folders"), S_INIT(""), "", "alice", "Public Folders", "ump", "Public Folders" },
	{ S_INIT("alice"), S_INIT("Public Folders/announce/now"), "", "alice", "Public Folders", "umpz", "announce/now" },
	{ S_INIT("DOM\\alice"), S_INIT("public folders\\announce"), "DOM", "alice", "Public Folders", "dumpz", "announce" },
	{ S_INIT("DOM\\alice"), S_INIT("Public Folders"), "DOM", "alice", "Public Folders", "dumpz", "" },
	{ S_INIT("DOM\\alice"), S_INIT("DOM\\alice\\Public Folders\\announce"), "DOM", "alice", "Public Folders", "dumpz", "announce" },
	{ S_INIT("alice\\Public Folders/announce"), S_INIT("Public Folders/announce"), "", "alice", "Public Folders", "ump", "announce" },
	{ S_INIT("anonymous\\Public Folders/announce"), S_INIT(""), "", "anonymous", "Public Folders", "ump", "announce" },
	/* two parts are a domain and a user, whatever they are called */
	{ S_INIT("DOM\\Public Folders"), S_INIT(""), "DOM", "Public Folders", "Public Folders", "du", "" },
	{ S_INIT("alice"), S_INIT(""), "", "alice", "alice", "u" },
	{ S_INIT("DOM\\alice"), S_INIT(""), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM/alice"), S_INIT(""), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM\\alice\\box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM/alice/box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM\\alice/box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM/alice\\box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM\\\\alice\\\\box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM\\\\alice"), S_INIT(""), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM//alice//box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM\\\\alice\\box"), S_INIT(""), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM\\\\\\\\alice"), S_INIT(""), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM//box"), S_INIT(""), "DOM", "box", "box", "du" },
	{ S_INIT("DOM\\\\\\box"), S_INIT(""), "DOM", "box", "box", "du" },
	{ S_INIT("DOM\\alice\\"), S_INIT(""), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM\\alice\\\\"), S_INIT(""), "DOM", "alice", "alice", "du" },
	{ S_INIT("\\alice"), S_INIT(""), "", "alice", "alice", "u" },
	{ S_INIT("\\\\alice"), S_INIT(""), "", "alice", "alice", "u" },
	{ S_INIT("\\alice\\box"), S_INIT(""), "", "alice", "box", "um" },
	{ S_INIT("/alice/box"), S_INIT(""), "", "alice", "box", "um" },
	{ S_INIT("DOM\\alice\\shared@example.org"), S_INIT(""), "DOM", "alice", "shared@example.org", "dum" },
	{ S_INIT("example.org\\alice"), S_INIT(""), "example.org", "alice", "alice", "du" },
	{ S_INIT("alice@example.org"), S_INIT(""), "example.org", "alice", "alice", "edu" },
	{ S_INIT("alice@example.org\\box"), S_INIT(""), "example.org", "alice", "box", "edum" },
	{ S_INIT("alice@example.org\\\\box"), S_INIT(""), "example.org", "alice", "box", "edum" },
	{ S_INIT("alice@example.org/shared@example.net"), S_INIT(""), "example.org", "alice", "shared@example.net", "edum" },
	{ S_INIT("alice@example.org/"), S_INIT(""), "example.org", "alice", "alice", "edu" },
	{ S_INIT("/alice@example.org"), S_INIT(""), "example.org", "alice", "alice", "edu" },
	{ S_INIT("Mary Ann"), S_INIT(""), "", "Mary Ann", "Mary Ann", "u" },
	/* u and a combining diaeresis are composed */
	{ S_INIT("DOM\\ju\xcc\x88rgen"), S_INIT(""), "DOM", "j\xc3\xbcrgen", "j\xc3\xbcrgen", "du" },
	/* authorisation identities */
	{ S_INIT("alice"), S_INIT("box"), "", "alice", "box", "umz" },
	{ S_INIT("DOM\\alice"), S_INIT("box"), "DOM", "alice", "box", "dumz" },
	{ S_INIT("DOM\\alice"), S_INIT("shared@example.org"), "DOM", "alice", "shared@example.org", "dumz" },
	{ S_INIT("DOM\\alice"), S_INIT("DOM\\alice"), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM\\alice"), S_INIT("dom/ALICE"), "DOM", "alice", "alice", "du" },
	{ S_INIT("DOM\\alice"), S_INIT("DOM\\alice\\box"), "DOM", "alice", "box", "dumz" },
	{ S_INIT("DOM\\alice\\box"), S_INIT("DOM\\alice"), "DOM", "alice", "box", "dum" },
	{ S_INIT("DOM\\alice\\box"), S_INIT("BOX"), "DOM", "alice", "box", "dum" },
	{ S_INIT("alice"), S_INIT("alice"), "", "alice", "alice", "u" },
	{ S_INIT("alice@example.org"), S_INIT("alice@example.org"), "example.org", "alice", "alice", "edu" },
	{ S_INIT("alice@example.org"), S_INIT("alice@EXAMPLE.org"), "example.org", "alice", "alice", "edu" },
	{ S_INIT("alice@example.org"), S_INIT("shared@example.org"), "example.org", "alice", "shared@example.org", "edumz" },
	{ S_INIT("alice@example.org"), S_INIT("alice"), "example.org", "alice", "alice", "edumz" },
	{ S_INIT("DOM\\"), S_INIT("box"), "DOM", "box", "box", "dmz" },
};

static const struct {
	struct str name, authzid;
	const char *reason;
} bad[] = {
	{ S_INIT(""), S_INIT(""), "empty" },
	{ S_INIT("\\"), S_INIT(""), "no part" },
	{ S_INIT("//\\\\"), S_INIT(""), "no part" },
	{ S_INIT("DOM\\"), S_INIT(""), "domain only" },
	{ S_INIT("DOM//"), S_INIT(""), "domain only" },
	{ S_INIT("DOM\\"), S_INIT("shared@example.org"), "cannot stand for the user" },
	{ S_INIT("D\\u\\m/" LEVELS_8 LEVELS_8 LEVELS_8 LEVELS_8 "x"), S_INIT(""), "too many parts" },
	{ S_INIT("\\u\\m/" LEVELS_8 LEVELS_8 LEVELS_8 LEVELS_8 "x"), S_INIT(""), "too many levels" },
	{ S_INIT("u@d\\m/" LEVELS_8 LEVELS_8 LEVELS_8 LEVELS_8 "x"), S_INIT(""), "too many levels" },
	{ S_INIT("Public Folders/announce"), S_INIT(""), "nobody who reads it" },
	{ S_INIT("Public Folders/a/b/c"), S_INIT(""), "nobody who reads it" },
	{ S_INIT("\\Public Folders/announce"), S_INIT(""), "nobody who reads it" },
	{ S_INIT("DOM\\"), S_INIT("Public Folders/announce"), "nobody who reads it" },
	{ S_INIT("DOM\\alice\\Public Folders\\a"), S_INIT("Public Folders/b"), "different mailboxes" },
	{ S_INIT("DOM\\alice\\sales\\a"), S_INIT("sales"), "different mailboxes" },
	{ S_INIT("DOM\\alice\\sales"), S_INIT("Public Folders/b"), "different mailboxes" },
	{ S_INIT("DOM\\alice"), S_INIT("sales/Archive"), "another account" },
	{ S_INIT("DOM\\alice"), S_INIT("\\Public Folders\\b"), "cannot be read" },
	{ S_INIT("DOM\\alice\\Public Folders/a\nb"), S_INIT(""), "control" },
	{ S_INIT("DOM\\alice\\Public Folders/a\xff"), S_INIT(""), "UTF-8" },
	{ S_INIT("DOM\\alice\\Public Folders/\xe2\x80\xae" "a"), S_INIT(""), "bidirectional" },
	{ S_INIT("DOM\\alice@example.org"), S_INIT(""), "domain before the user" },
	{ S_INIT("@example.org"), S_INIT(""), "no e-mail address" },
	{ S_INIT("alice@"), S_INIT(""), "no e-mail address" },
	{ S_INIT("a@b@c"), S_INIT(""), "no e-mail address" },
	{ S_INIT("DOM\\alice\\a@b@c"), S_INIT(""), "mailbox is no address" },
	{ S_INIT("al\0ice"), S_INIT(""), "control" },
	{ S_INIT("alice\n"), S_INIT(""), "control" },
	{ S_INIT("al\x7f"), S_INIT(""), "control" },
	{ S_INIT("al\xc2\x85ice"), S_INIT(""), "control" },
	{ S_INIT("al\xff"), S_INIT(""), "UTF-8" },
	{ S_INIT("al\xc3"), S_INIT(""), "UTF-8" },
	{ S_INIT("\xc0\xaf"), S_INIT(""), "UTF-8" },
	{ S_INIT("ali\xe2\x80\xae" "ce"), S_INIT(""), "bidirectional" },
	{ S_INIT("ali\xe2\x81\xa6" "ce"), S_INIT(""), "bidirectional" },
	{ S_INIT("ali\xe2\x80\x8b" "ce"), S_INIT(""), "invisible" },
	{ S_INIT("alice"), S_INIT("b\xffx"), "UTF-8" },
	{ S_INIT("DOM\\alice"), S_INIT("DOM\\bob"), "another account" },
	{ S_INIT("DOM\\alice"), S_INIT("OTHER\\alice"), "another account" },
	{ S_INIT("alice"), S_INIT("DOM\\alice"), "another account" },
	{ S_INIT("DOM\\alice\\box"), S_INIT("other"), "different mailboxes" },
	{ S_INIT("alice"), S_INIT("a\\b\\c\\d"), "another account" },
	{ S_INIT("alice"), S_INIT("a@b@c"), "cannot be read" },
};

static void check_good(const struct row *r)
{
	struct arena a;
	struct failure f = { 0 };
	struct logon_name n;
	struct buf text;

	arena_init(&a, ARENA_NONE);
	buf_init(&text, 4096);
	IS_NUM(logon_name_parse(&a, r->name, r->authzid, &n, &f), ERR_OK);
	if (f.code != ERR_OK) {
		OK(false, "%.*s: %s", STR_FMT(r->name), f.reason);
	} else {
		IS_STR(n.domain, str_from_c(r->domain));
		IS_STR(n.user, str_from_c(r->user));
		IS_STR(n.mailbox, str_from_c(r->mailbox));
		IS_STR(n.folder, str_from_c(r->folder != NULL ? r->folder : ""));
		OK(n.has_domain == (strchr(r->given, 'd') != NULL) && n.has_user == (strchr(r->given, 'u') != NULL) &&
				n.has_mailbox == (strchr(r->given, 'm') != NULL) &&
				n.from_authzid == (strchr(r->given, 'z') != NULL) && n.public == (strchr(r->given, 'p') != NULL) &&
				(n.kind == LOGON_NAME_EMAIL) == (strchr(r->given, 'e') != NULL),
			"%.*s: given %s", STR_FMT(r->name), r->given);
		logon_name_explain(&n, &text);
		OK(str_find_str(buf_str(&text), n.public ? S("the public store") : str_from_c(r->mailbox)) != STR_NPOS &&
				str_find_str(buf_str(&text), n.folder) != STR_NPOS, "explained: %.*s",
			STR_FMT(buf_str(&text)));
	}
	buf_done(&text);
	arena_done(&a);
}

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct arena a;
		struct failure f = { 0 };
		struct logon_name n;

		arena_init(&a, ARENA_NONE);
		IS_NUM(logon_name_parse(&a, bad[i].name, bad[i].authzid, &n, &f), ERR_AUTH);
		OK(strstr(f.reason, bad[i].reason) != NULL, "reason '%s' has '%s'", f.reason, bad[i].reason);
		OK(strcmp(f.text, err_text(ERR_AUTH)) == 0, "the text is neutral");
		arena_done(&a);
	}
}

/* Every prefix of every good name is read or refused, from an exact copy. */
static void test_prefixes(void)
{
	size_t read = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		for (size_t n = 0; n <= good[i].name.len; n++) {
			char *copy = malloc(n + (n == 0));
			struct arena a;
			struct failure f = { 0 };
			struct logon_name name;

			memcpy(copy, good[i].name.at, n);
			arena_init(&a, ARENA_NONE);
			if (logon_name_parse(&a, str_make(copy, n), S(""), &name, &f) == ERR_OK)
				read += name.user.len > 0 && name.mailbox.len > 0;
			arena_done(&a);
			free(copy);
		}
	}
	OK(read > 300, "%zu prefixes are names", read);
}

static void test_length(void)
{
	static char many[LOGON_NAME_OCTETS_MAX + 1];
	struct arena a;
	struct failure f = { 0 };
	struct logon_name n;

	memset(many, 'x', sizeof(many));
	arena_init(&a, ARENA_NONE);
	IS_NUM(logon_name_parse(&a, str_make(many, sizeof(many) - 1), S(""), &n, &f), ERR_OK);
	IS_NUM(logon_name_parse(&a, str_make(many, sizeof(many)), S(""), &n, &f), ERR_AUTH);
	OK(strstr(f.reason, "512") != NULL, "%s", f.reason);
	arena_done(&a);
}

int main(void)
{
	struct arena a;
	struct failure f = { 0 };
	struct logon_name n;
	struct buf text;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		check_good(&good[i]);
	test_bad();
	test_prefixes();
	test_length();
	arena_init(&a, ARENA_NONE);
	buf_init(&text, 4096);
	IS_NUM(logon_name_parse(&a, S("DOM\\alice"), S(""), &n, &f), ERR_OK);
	logon_name_explain(&n, &text);
	IS_STR(buf_str(&text), S("domain \"DOM\", user \"alice\", mailbox \"alice\" (not given: the user's name)"));
	buf_done(&text);
	arena_done(&a);
	return tap_done();
}
