#include "wire/imap.h"

#include "exact.h"
#include "tap.h"

static const struct imap_limits small = { 64, 2, 16, true };
static const struct imap_limits whole = { 64, 2, 16, false };

struct row {
	const struct imap_limits *limits;
	struct str in;
	enum err want;
	struct str command;
	size_t used;
	size_t gos;
	size_t needs; /* prefixes shorter than this ask for more */
	bool has_body;
	bool body_sync;
	uint64_t body_octets;
};

static const struct row rows[] = {
	{ &small, S_INIT("a NOOP\r\n"), ERR_OK, S_INIT("a NOOP"), 8, 0, 8, 0, 0, 0 },
	{ &small, S_INIT("a NOOP\r\nb NOOP\r\n"), ERR_OK, S_INIT("a NOOP"), 8, 0, 8, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {1+}\r\nu {1+}\r\np\r\n"), ERR_OK,
		S_INIT("a LOGIN {1+}\r\nu {1+}\r\np"), 25, 0, 25, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {1}\r\nu {1}\r\np\r\n"), ERR_OK,
		S_INIT("a LOGIN {1}\r\nu {1}\r\np"), 23, 2, 23, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {0}\r\n {1}\r\np\r\n"), ERR_OK,
		S_INIT("a LOGIN {0}\r\n {1}\r\np"), 22, 2, 22, 0, 0, 0 },
	{ &small, S_INIT("a X {4}\r\n\r\n\0\n\r\n"), ERR_OK, S_INIT("a X {4}\r\n\r\n\0\n"), 15, 1,
		15, 0, 0, 0 },
	{ &small, S_INIT("a X {1}\r\nx{1}\r\ny {1}\r\nz\r\n"), ERR_TOOBIG, S_INIT(""), 22, 2, 22, 0,
		0, 0 },
	{ &small, S_INIT("a X {1}\r\nx{1}\r\ny {1+}\r\nz\r\n"), ERR_TOOLONG, S_INIT(""), 23, 2, 23,
		0, 0, 0 },
	{ &small, S_INIT("a X {60}\r\n"), ERR_TOOBIG, S_INIT(""), 10, 0, 10, 0, 0, 0 },
	{ &small, S_INIT("a X {17+}\r\n"), ERR_TOOLONG, S_INIT(""), 11, 0, 11, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {2147483647+}\r\n"), ERR_TOOLONG, S_INIT(""), 23, 0, 23, 0, 0,
		0 },
	{ &small, S_INIT("a LOGIN {4294967296}\r\n"), ERR_TOOBIG, S_INIT(""), 22, 0, 22, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {99999999999999999999}\r\n"), ERR_SYNTAX, S_INIT(""), 32, 0, 32,
		0, 0, 0 },
	{ &small, S_INIT("a LOGIN {99999999999999999999+}\r\n"), ERR_TOOLONG, S_INIT(""), 33, 0, 33,
		0, 0, 0 },
	{ &small, S_INIT("a LOGIN {-1}\r\n"), ERR_SYNTAX, S_INIT(""), 14, 0, 14, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {}\r\n"), ERR_SYNTAX, S_INIT(""), 12, 0, 12, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN {1\r\n"), ERR_OK, S_INIT("a LOGIN {1"), 12, 0, 12, 0, 0, 0 },
	{ &small, S_INIT("a X \"{5}\"\r\n"), ERR_OK, S_INIT("a X \"{5}\""), 11, 0, 11, 0, 0, 0 },
	{ &small, S_INIT("a X \"\\\"{5}\r\n"), ERR_SYNTAX, S_INIT(""), 12, 0, 12, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN \"x\\\r\n"), ERR_SYNTAX, S_INIT(""), 13, 0, 13, 0, 0, 0 },
	{ &small, S_INIT("a LOGIN D\\u \"x\"\r\n"), ERR_OK, S_INIT("a LOGIN D\\u \"x\""), 17, 0, 17,
		0, 0, 0 },
	{ &small, S_INIT("a NO\nOP\r\n"), ERR_BARELINEEND, S_INIT(""), 0, 0, 5, 0, 0, 0 },
	{ &small, S_INIT("a NO\0OP\r\n"), ERR_BARELINEEND, S_INIT(""), 0, 0, 5, 0, 0, 0 },
	{ &small, S_INIT("a X {1+}\r\nx\rz\r\n"), ERR_BARELINEEND, S_INIT(""), 0, 0, 13, 0, 0, 0 },
	{ &small, S_INIT("a APPEND x {300}\r\nbody"), ERR_OK, S_INIT("a APPEND x {300}"), 18, 1, 18,
		1, 1, 300 },
	{ &small, S_INIT("a append x (\\Seen) {5000000000+}\r\n"), ERR_OK,
		S_INIT("a append x (\\Seen) {5000000000+}"), 34, 0, 34, 1, 0, 5000000000 },
	{ &small, S_INIT("a APPEND {1}\r\nx {9+}\r\n"), ERR_OK, S_INIT("a APPEND {1}\r\nx {9+}"),
		22, 1, 22, 1, 0, 9 },
	/* Names of folders and of parts are no text of a message. */
	{ &small, S_INIT("a APPEND x CATENATE (URL {3}\r\n/a/ TEXT {7}\r\n"), ERR_OK,
		S_INIT("a APPEND x CATENATE (URL {3}\r\n/a/ TEXT {7}"), 44, 2, 44, 1, 1, 7 },
	{ &small, S_INIT("a APPEND x CATENATE (url {1+}\r\nx)\r\n"), ERR_OK,
		S_INIT("a APPEND x CATENATE (url {1+}\r\nx)"), 35, 0, 35, 0, 0, 0 },
	{ &small, S_INIT("a APPEND URL {9}\r\n"), ERR_OK, S_INIT("a APPEND URL {9}"), 18, 1, 18, 1, 1, 9 },
	{ &small, S_INIT("a APPEND {3}\r\nURL {9}\r\n"), ERR_OK, S_INIT("a APPEND {3}\r\nURL {9}"), 23, 2, 23, 1, 1, 9 },
	{ &small, S_INIT("a REPLACE 1 {1}\r\nx {9}\r\n"), ERR_OK, S_INIT("a REPLACE 1 {1}\r\nx {9}"), 24, 2, 24, 1, 1, 9 },
	{ &small, S_INIT("a UID REPLACE 1 x {9}\r\n"), ERR_OK, S_INIT("a UID REPLACE 1 x {9}"), 23, 1, 23, 1, 1, 9 },
	{ &small, S_INIT("a UID REPLACE 1 URL {9}\r\n"), ERR_OK, S_INIT("a UID REPLACE 1 URL {9}"), 25, 1, 25, 1, 1, 9 },
	{ &small, S_INIT("a APPEND x ~{9+}\r\n"), ERR_OK, S_INIT("a APPEND x ~{9+}"), 18, 0, 18, 1, 0, 9 },
	{ &whole, S_INIT("a APPEND x {3+}\r\nabc\r\n"), ERR_OK, S_INIT("a APPEND x {3+}\r\nabc"),
		22, 0, 22, 0, 0, 0 },
	{ &whole, S_INIT("a APPEND x {300}\r\n"), ERR_TOOBIG, S_INIT(""), 18, 0, 18, 0, 0, 0 },
	{ &small, S_INIT("a 3456789012345678901234567890123456789012345678901234567890abcd"),
		ERR_TOOLONG, S_INIT(""), 0, 0, 64, 0, 0, 0 },
};

static void same(const struct imap_cut *cut, const struct row *row)
{
	IS_NUM(cut->gos, row->gos);
	if (row->want == ERR_OK || row->want == ERR_TOOBIG || row->want == ERR_SYNTAX)
		IS_NUM(cut->used, row->used);
	if (row->want != ERR_OK)
		return;
	IS_STR(cut->command, row->command);
	IS_NUM(cut->has_body, row->has_body);
	IS_NUM(cut->body_sync, row->body_sync);
	IS_NUM(cut->body_octets, row->body_octets);
}

/* Every prefix: more is asked for until the answer is there, and then it stays. Go-aheads never
 * shrink. */
static void each(const struct row *row)
{
	size_t gos = 0;

	for (size_t n = 0; n <= row->in.len; n++) {
		struct str in = exact(str_sub(row->in, 0, n));
		struct imap_cut cut;
		enum err e = imap_cut(row->limits, in, &cut);
		enum err want = n < row->needs ? ERR_NEEDMORE : row->want;

		OK(e == want, "%.*s, %zu octets: %s", STR_FMT(row->in), n, err_name(e));
		OK(cut.gos >= gos, "gos grows");
		gos = cut.gos;
		IS_STR(cut.tag, n > 1 ? S("a") : S(""));
		if (e != ERR_NEEDMORE)
			same(&cut, row);
		exact_free(in);
	}
}

/* The client waits with its literal: the go-ahead is there as soon as the size is. */
static void go_ahead(void)
{
	struct imap_cut cut;

	OK(imap_cut(&small, S("a LOGIN {1}\r"), &cut) == ERR_NEEDMORE && cut.gos == 0, "not yet");
	OK(imap_cut(&small, S("a LOGIN {1}\r\n"), &cut) == ERR_NEEDMORE && cut.gos == 1, "go");
	OK(imap_cut(&small, S("a LOGIN {1}\r\nu {1}\r\n"), &cut) == ERR_NEEDMORE && cut.gos == 2,
		"go again");
	OK(imap_cut(&small, S("a LOGIN {1}\r\nu {70}\r\n"), &cut) == ERR_TOOBIG && cut.gos == 1,
		"not that one");
}

/* What stands behind the text of a message. */
static void more(void)
{
	static const struct row cases[] = {
		{ &small, S_INIT("\r\nb NOOP\r\n"), ERR_OK, S_INIT(""), 2, 0, 2, 0, 0, 0 },
		{ &small, S_INIT(" (\\Seen) {5}\r\n"), ERR_OK, S_INIT(" (\\Seen) {5}"), 14, 1, 14, 1, 1, 5 },
		{ &small, S_INIT(" URL {2}\r\nab TEXT {8+}\r\n"), ERR_OK, S_INIT(" URL {2}\r\nab TEXT {8+}"), 24, 1, 24, 1, 0, 8 },
		{ &small, S_INIT(" URL {2}\r\nab)\r\n"), ERR_OK, S_INIT(" URL {2}\r\nab)"), 15, 1, 15, 0, 0, 0 },
		{ &small, S_INIT("{1}\r\n"), ERR_OK, S_INIT("{1}"), 5, 1, 5, 1, 1, 1 },
		{ &small, S_INIT(" \"x\r\n"), ERR_SYNTAX, S_INIT(""), 5, 0, 5, 0, 0, 0 },
		{ &small, S_INIT(" x\n"), ERR_BARELINEEND, S_INIT(""), 0, 0, 3, 0, 0, 0 },
		{ &small, S_INIT(" URL {70}\r\n"), ERR_TOOBIG, S_INIT(""), 11, 0, 11, 0, 0, 0 },
	};
	struct imap_cut cut;

	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		const struct row *row = &cases[n];

		for (size_t len = 0; len <= row->in.len; len++) {
			struct str in = exact(str_sub(row->in, 0, len));
			enum err e = imap_cut_more(row->limits, in, false, &cut);

			OK(e == (len < row->needs ? ERR_NEEDMORE : row->want), "%.*s, %zu octets: %s", STR_FMT(row->in), len,
				err_name(e));
			if (e != ERR_NEEDMORE)
				same(&cut, row);
			exact_free(in);
		}
	}
	OK(imap_cut_more(&small, S(" URL {70+}\r\n"), true, &cut) == ERR_OK && cut.has_body && !cut.body_sync &&
			cut.body_octets == 70,
		"skipping: every literal is one to be skipped");
}

static void logon_line(void)
{
	static char line[12300];
	struct imap_cut cut;
	struct imap_limits limits = IMAP_LIMITS_PREAUTH;

	memset(line, 'A', sizeof(line));
	memcpy(line, "a AUTHENTICATE PLAIN ", 21);
	memcpy(line + 12286, "\r\n", 2);
	OK(imap_cut(&limits, str_make(line, 12288), &cut) == ERR_OK,
		"12,288 octets of AUTHENTICATE");
	line[12286] = 'A';
	OK(imap_cut(&limits, str_make(line, 12288), &cut) == ERR_TOOLONG, "not one more");
	memcpy(line, "a LOGIN u            ", 21);
	OK(imap_cut(&limits, str_make(line, 8192), &cut) == ERR_TOOLONG, "LOGIN: 8,192");
	OK(imap_cut(&limits, str_make(line, 8191), &cut) == ERR_NEEDMORE, "and no less");
}

static void tags(void)
{
	static const struct {
		struct str tag;
		bool good;
	} cases[] = {
		{ S_INIT("a"), true },
		{ S_INIT("A0.1-]"), true },
		{ S_INIT(""), false },
		{ S_INIT("a+"), false },
		{ S_INIT("*"), false },
		{ S_INIT("a b"), false },
		{ S_INIT("a("), false },
		{ S_INIT("\xc3\xa9"), false },
		{ S_INIT("\""), false },
		{ S_INIT("a\\"), false },
		{ S_INIT("a{"), false },
		{ S_INIT("a\x7f"), false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		OK(imap_is_tag(cases[i].tag) == cases[i].good, "tag '%.*s'", STR_FMT(cases[i].tag));
}

static void table_is_unique(void)
{
	for (int i = 0; i < IMAP_VERB_COUNT; i++) {
		const struct imap_row *row = imap_row((enum imap_verb)i);
		enum imap_verb found;

		OK(imap_find(str_from_c(row->verb), &found) == ERR_OK && (int)found == i,
			"%s finds its row", row->verb);
		OK(row->homes != 0 && row->states != 0 && strchr(row->rfc, ' ') != NULL,
			"%s is filled in", row->verb);
		OK((row->homes & IMAP_IN_FRONT) == 0 || (row->states & IMAP_NOTAUTH) != 0,
			"%s: the front answers before logon only", row->verb);
		OK((row->homes & IMAP_IN_STORE) == 0 || (row->states & IMAP_LOGGEDIN) != 0,
			"%s: the store answers after logon only", row->verb);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	go_ahead();
	more();
	logon_line();
	tags();
	table_is_unique();
	return tap_done();
}
