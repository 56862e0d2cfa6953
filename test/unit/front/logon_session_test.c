#include "front/pop3_session.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/language.h"
#include "front/bench.h"
#include "front/listener.h"
#include "tap.h"

/* One thing said, and what is heard: the whole of it, or with "..." behind it its beginning; "!":
 * and a hang-up. */
struct line {
	const char *say;
	const char *want;
};

struct dialogue {
	const char *what;
	enum service service;
	struct line lines[12];
};

#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}
#define POP "+OK mail.example.org Bourse POP3 ready i1\r\n"
#define IMAP                                                                                       \
	"* OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID LANGUAGE LOGIN-REFERRALS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1 AUTH=PLAIN AUTH=LOGIN] mail.example.org "  \
	"Bourse IMAP4 ready i1\r\n"
#define NEWS "201 mail.example.org Bourse NNTP ready i1\r\n"
#define LITTLE "c NO [AUTHENTICATIONFAILED] user name or password is wrong\r\n"

static const struct dialogue dialogues[] = {
	{ "POP3 before logon", SERVICE_POP3,
		{ { "", POP },
			{ "CAPA\r\n",
				"+OK capabilities\r\nUSER\r\nSASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN\r\nTOP\r\n..." },
			{ "NOOP\r\n", "-ERR ..." }, { "STAT\r\n", "-ERR ..." },
			{ "PASS x\r\n", "-ERR USER first\r\n" }, { "UTF8\r\n", "+OK ..." },
			{ "LANG\r\n", "+OK languages\r\nen English\r\n.\r\n" },
			{ "LANG de\r\n", "-ERR ..." }, { "STLS\r\n", "-ERR ..." },
			{ "AUTH\r\n", "+OK mechanisms\r\nSCRAM-SHA-256\r\nSCRAM-SHA-1\r\nPLAIN\r\nLOGIN\r\n.\r\n" },
			{ "QUIT\r\n", "+OK goodbye\r\n!" }, END } },
	{ "POP3 a wrong password", SERVICE_POP3,
		{ { "", POP },
			{ "USER DOM\\alice\r\nPASS wrong\r\nPASS secret\r\n",
				"+OK password, please\r\n-ERR [AUTH] user name or password is "
				"wrong\r\n-ERR USER first\r\n" },
			END } },
	{ "POP3 junk", SERVICE_POP3,
		{ { "", POP },
			{ "A\r\nB\r\nC\r\nD\r\nE\r\nF\r\nG\r\nH\r\nI\r\nJ\r\nQUIT\r\n",
				"-ERR ...!" },
			END } },
	{ "POP3 bare LF", SERVICE_POP3, { { "", POP }, { "CAPA\nCAPA\r\n", "-ERR ...!" }, END } },
	{ "C3 POP3 SASL", SERVICE_POP3,
		{ { "", POP }, { "AUTH PLAIN\r\n", "+ \r\n" }, { "*\r\n", "-ERR ..." },
			{ "AUTH PLAIN !!!!\r\n", "-ERR ..." }, { "AUTH plain\r\n", "+ \r\n" },
			{ "\r\n", "-ERR ..." }, { "AUTH NTLM\r\n", "-ERR ..." },
			{ "AUTH PLAIN =\r\n", "-ERR ..." }, END } },
	{ "NNTP before logon", SERVICE_NNTP,
		{ { "", NEWS },
			{ "CAPABILITIES\r\n",
				"101 capabilities\r\nVERSION 2\r\nIMPLEMENTATION Bourse\r\nREADER\r\nOVER MSGID\r\nHDR\r\n"
				"LIST ACTIVE ACTIVE.TIMES HEADERS NEWSGROUPS OVERVIEW.FMT SUBSCRIPTIONS\r\nNEWNEWS\r\nXPAT\r\nAUTHINFO USER SASL\r\n"
				"SASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN\r\n.\r\n" },
			{ "GROUP a\r\n", "480 ..." }, { "GROUP\r\n", "501 ..." }, { "STARTTLS\r\n", "580 ..." }, { "X\r\n", "500 ..." },
			{ "AUTHINFO PASS x\r\n", "482 ..." }, { "MODE READER\r\n", "480 ..." }, { "QUIT\r\n", "205 goodbye\r\n!" }, END } },
	{ "NNTP SASL", SERVICE_NNTP,
		{ { "", NEWS }, { "AUTHINFO SASL PLAIN\r\n", "383 =\r\n" }, { "*\r\n", "481 ..." },
			{ "AUTHINFO SASL PLAIN !!!!\r\n", "504 ..." }, { "AUTHINFO SASL plain\r\n", "383 =\r\n" },
			{ "=\r\n", "48..." }, { "AUTHINFO SASL NTLM\r\n", "503 ..." }, { "AUTHINFO SASL PLAIN =\r\n", "48..." }, END } },
	{ "NNTP bare LF", SERVICE_NNTP, { { "", NEWS }, { "DATE\nDATE\r\n", "400 ...!" }, END } },
	{ "NNTP an article that nobody asked for", SERVICE_NNTP, { { "", NEWS }, { "TAKETHIS <a@b>\r\nQUIT\r\n", "500 ...!" }, END } },
	{ "IMAP before logon", SERVICE_IMAP,
		{ { "", IMAP },
			{ "a CAPABILITY\r\n",
				"* CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID LANGUAGE LOGIN-REFERRALS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1 AUTH=PLAIN "
				"AUTH=LOGIN\r\na OK CAPABILITY completed\r\n" },
			{ "b ID NIL\r\n", "* ID (\"name\" \"Bourse\")\r\nb OK ID completed\r\n" },
			{ "c NOOP\r\n", "c OK NOOP completed\r\n" },
			{ "d NOOP x\r\n", "d BAD ..." }, { "e SELECT INBOX\r\n", "e BAD ..." },
			{ "f ENABLE UTF8=ACCEPT\r\n", "f BAD ..." },
			{ "g STARTTLS\r\n", "g BAD ..." }, { "h LOGIN x\r\n", "h BAD ..." },
			{ "*\r\n", "* BAD ..." },
			{ "i LOGOUT\r\n", "* BYE goodbye\r\ni OK LOGOUT completed\r\n!" }, END } },
	{ "IMAP in German", SERVICE_IMAP,
		{ { "", IMAP }, { "a LANGUAGE\r\n", "* LANGUAGE (i-default en de)\r\na OK LANGUAGE completed\r\n" },
			{ "b LANGUAGE fr\r\n", "b NO [CANNOT] none of these languages is spoken here\r\n" },
			{ "c LANGUAGE de-AT\r\n", "* LANGUAGE (de)\r\nc OK LANGUAGE ausgef\xc3\xbchrt\r\n" },
			{ "d LOGIN {5}\r\n", "+ bitte weiter\r\n" }, { "alice wrong\r\n", "d NO [AUTHENTICATIONFAILED] Benutzername ..." },
			{ "e SELECT INBOX\r\n", "e BAD [CLIENTBUG] zuerst bitte anmelden\r\n" },
			{ "f LANGUAGE de_AT\r\n", "f BAD [CLIENTBUG] Syntaxfehler\r\n" },
			{ "g LANGUAGE default\r\nh NOOP\r\n", "* LANGUAGE (i-default)\r\ng OK LANGUAGE completed\r\nh OK NOOP completed\r\n" },
			{ "i LANGUAGE de\r\nj LOGOUT\r\n",
				"* LANGUAGE (de)\r\ni OK LANGUAGE ausgef\xc3\xbchrt\r\n* BYE auf Wiedersehen\r\nj OK LOGOUT ausgef\xc3\xbchrt\r\n!" },
			END } },
	{ "IMAP literals", SERVICE_IMAP,
		{ { "", IMAP }, { "c LOGIN {9}\r\n", "+ go ahead\r\n" },
			{ "DOM\\alice {5}\r\n", "+ go ahead\r\n" }, { "wrong\r\n", LITTLE },
			{ "c LOGIN {9+}\r\nDOM\\alice {5+}\r\nwrong\r\nd NOOP\r\n",
				LITTLE "d OK NOOP completed\r\n" },
			{ "c LOGIN {9000}\r\n", "c NO [TOOBIG] ..." },
			{ "d NOOP\r\n", "d OK NOOP completed\r\n" },
			{ "c LOGIN {5000+}\r\n", "* BYE ...!" }, END } },
	{ "IMAP a NUL in a password", SERVICE_IMAP,
		{ { "", IMAP }, { "c LOGIN a \"\n\"\r\n", "* BYE ...!" }, END } },
	{ "C3 IMAP SASL", SERVICE_IMAP,
		{ { "", IMAP }, { "a AUTHENTICATE PLAIN\r\n", "+ \r\n" }, { "*\r\n", "a BAD ..." },
			{ "b AUTHENTICATE PLAIN !!!!\r\n", "b BAD ..." },
			{ "c AUTHENTICATE plain\r\n", "+ \r\n" }, { "\r\n", "c BAD ..." },
			{ "d AUTHENTICATE NTLM\r\n", "d NO ..." },
			{ "e AUTHENTICATE PLAIN =\r\n", "e BAD ..." },
			{ "f AUTHENTICATE PLAIN AERPTVxhbGljZQB3cm9uZw==\r\n", "f NO ..." },
			{ "g NOOP\r\n", "g OK NOOP completed\r\n" }, END } },
};

static void check_heard(struct bench_client *c, const char *what, size_t nth, const char *want_text)
{
	struct str want = str_from_c(want_text), got = bench_heard(c);
	bool hangs_up = str_ends(want, S("!")), cut;

	want.len -= hangs_up;
	cut = str_ends(want, S("..."));
	want.len -= cut ? 3 : 0;
	OK((cut ? str_starts(got, want) && str_ends(got, S("\r\n")) : str_eq(got, want)) &&
			c->closed == hangs_up,
		"%s, line %zu: got '%.*s'%s, want '%s'", what, nth, STR_FMT(got),
		c->closed ? "!" : "", want_text);
}

static void run_dialogue(const struct dialogue *d, bool octet_by_octet)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_connect(&b, &c, d->service, "192.0.2.7");
	for (size_t i = 0; d->lines[i].say != NULL; i++) {
		struct str say = str_from_c(d->lines[i].say);

		for (size_t n = 0; n < say.len; n += octet_by_octet ? 1 : say.len) {
			bench_send(&c, str_sub(say, n, octet_by_octet ? 1 : say.len));
			bench_settle(&b);
		}
		check_heard(&c, d->what, i, d->lines[i].want);
	}
	bench_hang_up(&c);
	bench_done(&b);
}

/* ---- hand-over ---- */

static const struct hand_over_row {
	enum service service;
	const char *lines[3];
	const char *ahead; /* sent with the last of them */
	const char *tag;
	enum language language;
} hand_overs[] = {
	{ SERVICE_POP3, { "USER DOM\\alice\r\n", "PASS secret\r\n" }, "STAT\r\nLIS", "" },
	{ SERVICE_POP3, { "AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n" }, "", "" },
	{ SERVICE_NNTP, { "AUTHINFO USER DOM\\alice\r\n", "AUTHINFO PASS secret\r\n" }, "GROUP a.b\r\nARTI", "281" },
	{ SERVICE_NNTP, { "AUTHINFO SASL PLAIN\r\n", "AERPTVxhbGljZQBzZWNyZXQ=\r\n" }, "", "281" },
	{ SERVICE_IMAP, { "a7 LOGIN DOM\\alice secret\r\n" }, "b SELECT INBOX\r\n", "a7" },
	{ SERVICE_IMAP, { "a7 LOGIN {9+}\r\nDOM\\alice {6+}\r\nsecret\r\n" }, "b", "a7" },
	{ SERVICE_IMAP, { "x AUTHENTICATE PLAIN\r\n", "AERPTVxhbGljZQBzZWNyZXQ=\r\n" },
		"y NOOP\r\n", "x" },
	{ SERVICE_IMAP, { "x AUTHENTICATE PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n" }, "", "x" },
	{ SERVICE_IMAP, { "l LANGUAGE de\r\n", "x LOGIN DOM\\alice secret\r\n" }, "", "x", LANGUAGE_DE },
};

static void say_rows(struct bench_client *c, const struct hand_over_row *row)
{
	for (size_t i = 0; row->lines[i] != NULL; i++) {
		struct buf text;

		buf_init(&text, 4096);
		buf_put_c(&text, row->lines[i]);
		if (row->lines[i + 1] == NULL)
			buf_put_c(&text, row->ahead);
		bench_heard(c);
		bench_say(c, buf_str(&text));
		buf_done(&text);
	}
}

static void check_taken(struct bench *b, const struct hand_over_row *row)
{
	OK(b->taken.fd >= 0, "%s: the store has the session", row->lines[0]);
	IS_STR(buf_str(&b->taken.ticket), S("TICKET"));
	IS_STR(buf_str(&b->taken.tag), str_from_c(row->tag));
	IS_STR(buf_str(&b->taken.unread), str_from_c(row->ahead));
	IS_STR(buf_str(&b->taken.client), S("192.0.2.7:4711"));
	IS_NUM(b->taken.service, row->service);
	IS_NUM(b->taken.language, row->language);
}

static struct str read_from(int fd, char *to, size_t n)
{
	ssize_t got = read(fd, to, n);

	return str_make(to, got > 0 ? (size_t)got : 0);
}

/* RFC 8437: what was sent ahead comes with it, and the session's name of the client is remembered. */
static void check_way_back(struct bench *b, struct bench_client *c)
{
	bench_give_back(b, S("z CAPABILITY\r\nl LOGIN DOM\\alice secret\r\nmore"));
	OK(str_starts(bench_heard(c), S("* CAPABILITY IMAP4rev1 ")), "not logged on any more");
	OK(b->taken.fd >= 0, "logged on again");
	IS_STR(buf_str(&b->taken.unread), S("more"));
	IS_STR(buf_str(&b->taken.tag), S("l"));
	IS_STR(buf_str(&b->taken.client), S("192.0.2.7:4711"));
	IS_STR(buf_str(&b->taken.name), S("Example Mail"));
	IS_NUM(b->taken.language, LANGUAGE_I_DEFAULT); /* RFC 8437 section 3 */
	IS_NUM(b->front->clients_count + b->front->strangers_count + b->front->by_address.count, 0);
}

static void test_plain_hand_over(const struct hand_over_row *row)
{
	struct bench b;
	struct bench_client c;
	char octets[64];

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_connect(&b, &c, row->service, "192.0.2.7");
	say_rows(&c, row);
	check_taken(&b, row);
	OK(!b.taken.tls && bench_heard(&c).len == 0, "nothing is said by the front");
	IS_NUM(b.front->clients_count + b.front->relays_count + b.front->strangers_count +
			b.front->by_address.count,
		0);
	must(write(b.taken.fd, "+OK", 3) == 3);
	IS_STR(bench_heard(&c), S("+OK"));
	bench_send(&c, S("ping"));
	IS_STR(read_from(b.taken.fd, octets, sizeof(octets)), S("ping"));
	if (row->service == SERVICE_IMAP)
		check_way_back(&b, &c);
	bench_hang_up(&c);
	bench_done(&b);
}

/* Who reads news without an account comes back for a logon, with the line that asks for it, and goes on where he was. */
static void test_nameless_reader(void)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	b.config.anonymous_nntp = true;
	bench_connect(&b, &c, SERVICE_NNTP, "192.0.2.7");
	bench_heard(&c);
	bench_say(&c, S("DATE\r\nGROUP a.group\r\nSTAT 7\r\n"));
	OK(b.taken.fd >= 0 && str_starts(bench_heard(&c), S("111 ")), "a reader is the store's");
	IS_STR(buf_str(&b.taken.unread), S("GROUP a.group\r\nSTAT 7\r\n"));
	IS_STR(buf_str(&b.taken.tag), S(""));
	IS_STR(buf_str(&b.taken.place), S(""));
	IS_STR(buf_str(&b.taken.offers), S("AUTHINFO USER SASL\r\nSASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN ANONYMOUS\r\n"));
	bench_give_back(&b, S("AUTHINFO USER DOM\\alice\r\nAUTHINFO PASS wrong\r\nDATE\r\nNEXT\r\n"));
	OK(str_starts(bench_heard(&c), S("381 password, please\r\n481 user name or password is wrong\r\n111 ")), "not logged on");
	IS_STR(buf_str(&b.taken.unread), S("NEXT\r\n"));
	IS_STR(buf_str(&b.taken.place), S("a.group 7"));
	bench_give_back(&b, S("AUTHINFO SASL PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\nNEXT\r\n"));
	IS_STR(buf_str(&b.taken.tag), S("281"));
	IS_STR(buf_str(&b.taken.unread), S("NEXT\r\n"));
	IS_STR(buf_str(&b.taken.place), S("a.group 7"));
	IS_STR(buf_str(&b.taken.offers), S("SASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN ANONYMOUS\r\n"));
	bench_hang_up(&c);
	bench_done(&b);
}

/* Nobody is there to open the session: the command is answered, and the next one is. */
static void test_nameless_without_store(void)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	b.config.anonymous_nntp = true;
	bench_unlink(&b, &b.store);
	bench_connect(&b, &c, SERVICE_NNTP, "192.0.2.7");
	bench_heard(&c);
	bench_say(&c, S("GROUP a.group\r\nDATE\r\n"));
	IS_STR(str_from_c(bench_codes(&c)), S("403 111"));
	bench_unlink(&b, &b.directory);
	bench_say(&c, S("GROUP a.group\r\nDATE\r\n"));
	IS_STR(str_from_c(bench_codes(&c)), S("403 111"));
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_no_store(void)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_unlink(&b, &b.store);
	bench_connect(&b, &c, SERVICE_IMAP, "192.0.2.7");
	bench_heard(&c);
	bench_say(&c, S("a LOGIN DOM\\alice secret\r\n"));
	OK(str_starts(bench_heard(&c), S("a NO [UNAVAILABLE] ")),
		"no store: NO, and the session goes on");
	bench_link(&b, &b.store, ROLE_STORE, 0);
	bench_say(&c, S("b LOGIN DOM\\alice secret\r\n"));
	OK(b.taken.fd >= 0, "until there is one again");
	bench_hang_up(&c);
	bench_done(&b);
}

/* ---- passwords without TLS ---- */

static void test_needs_tls(void)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	bench_connect(&b, &c, SERVICE_IMAP, "127.0.0.1");
	OK(str_find_str(bench_heard(&c), S(" LOGINDISABLED]")) != STR_NPOS,
		"LOGINDISABLED is said");
	bench_say(&c, S("a LOGIN DOM\\alice secret\r\n"));
	OK(str_starts(bench_heard(&c), S("a NO [PRIVACYREQUIRED]")), "and meant");
	bench_say(&c, S("a AUTHENTICATE PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	OK(str_starts(bench_heard(&c), S("a NO [PRIVACYREQUIRED]")), "for AUTHENTICATE, too");
	bench_hang_up(&c);
	bench_connect(&b, &c, SERVICE_POP3, "127.0.0.1");
	bench_heard(&c);
	bench_say(
		&c, S("USER DOM\\alice\r\nPASS secret\r\nAUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	OK(strcmp(bench_codes(&c), "-ER -ER -ER") == 0, "POP3");
	bench_say(&c, S("CAPA\r\n"));
	OK(str_starts(bench_heard(&c), S("+OK capabilities\r\nTOP\r\n")),
		"neither USER nor SASL is offered");
	/* The directory hears that they were turned away, and nothing else. */
	IS_NUM(b.turned_away_count, 4);
	IS_NUM(b.asks_count, 4);
	bench_hang_up(&c);
	bench_done(&b);
}

/* ---- limits ---- */

static void test_crowd(void)
{
	struct bench b;
	struct bench_client c[6];

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	b.config.front_connections_max = 8;
	for (int i = 0; i < 4; i++)
		bench_connect(&b, &c[i], i % 2 ? SERVICE_IMAP : SERVICE_SUBMISSION, "192.0.2.7");
	IS_NUM(b.front->strangers_count, 4);
	bench_heard(&c[0]);
	bench_say(&c[0], S("EHLO x\r\n"));
	bench_say(&c[0], S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	bench_heard(&c[0]);
	IS_NUM(b.front->strangers_count, 3);
	bench_connect(&b, &c[4], SERVICE_POP3, "192.0.2.8");
	bench_heard(&c[1]);
	IS_NUM(listener_admit(b.front, SERVICE_IMAP, 0xffffffffc0000209), ERR_OK);
	OK(str_starts(bench_heard(&c[1]), S("* BYE ")) && c[1].closed,
		"the oldest that has not logged on goes");
	OK(!c[0].closed && !c[2].closed, "nobody else");
	IS_NUM(b.front->strangers_count, 3);
	b.config.front_connections_per_address_max = 2;
	OK(crowd_count(&b.front->by_address, 0xffffffffc0000207) == 2,
		"two of that address are left");
	IS_NUM(listener_admit(b.front, SERVICE_IMAP, 0xffffffffc0000207), ERR_CROWDED);
	IS_NUM(listener_admit(b.front, SERVICE_IMAP, 0xffffffffc0000208), ERR_OK);
	b.config.front_connections_max = 4;
	IS_NUM(listener_admit(b.front, SERVICE_IMAP, 0xffffffffc0000209), ERR_CROWDED);
	for (int i = 0; i < 5; i++)
		bench_hang_up(&c[i]);
	bench_done(&b);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(*dialogues); i++) {
		run_dialogue(&dialogues[i], false);
		run_dialogue(&dialogues[i], true);
	}
	for (size_t i = 0; i < sizeof(hand_overs) / sizeof(*hand_overs); i++)
		test_plain_hand_over(&hand_overs[i]);
	test_no_store();
	test_nameless_reader();
	test_nameless_without_store();
	test_needs_tls();
	test_crowd();
	return tap_done();
}
