#include "session_kit.h"
#include "store/keys.h"
#include "store/pop3.h"

static const struct str one = S_INIT("Subject: one\r\n\r\nHello\r\n.\r\n..dots\r\n");
static const struct str two = S_INIT("Subject: two\r\n\r\nNo line end");
static const struct str three = S_INIT("Subject: three\r\n\r\n1\r\n2\r\n3\r\n");

static void fill(struct kit *k)
{
	kit_append(k, "INBOX", one, 0);
	kit_append(k, "INBOX", two, ITEM_SEEN);
	kit_append(k, "INBOX", three, 0);
}

/* ---- dialogues over three messages ---- */

struct dialogue {
	const char *name;
	const char *lines[60];
	uint32_t want_left; /* messages in the INBOX afterwards */
};

static const struct dialogue dialogues[] = {
	{ "greeting, STAT, LIST, UIDL",
		{ "O", "S: +OK Anna has 3 messages (* octets)", "C: STAT", "S: +OK 3 88", "C: LIST",
			"S: +OK 3 messages (88 octets)", "S: 1 34", "S: 2 27", "S: 3 27", "S: .",
			"C: list 2", "S: +OK 2 27", "C: UIDL", "S: +OK 3 messages (88 octets)",
			"S: 1 3b9aca0000000001", "S: 2 3b9aca0000000002", "S: 3 3b9aca0000000003",
			"S: .", "C: UIDL 3", "S: +OK 3 3b9aca0000000003", "C: NOOP", "S: +OK done",
			"C: QUIT", "S: +OK Bourse POP3 server mail.example.org signing off", "X" },
		3 },
	{ "RETR doubles dots and ends the last line",
		{ "O", "S: +OK*", "C: RETR 1", "S: +OK 34 octets", "S: Subject: one",
			"S: ", "S: Hello", "S: ..", "S: ...dots", "S: .", "C: RETR 2",
			"S: +OK 27 octets", "S: Subject: two", "S: ", "S: No line end", "S: .",
			"C: QUIT", "S: +OK*", "X" },
		3 },
	{ "TOP",
		{ "O", "S: +OK*", "C: TOP 3 0", "S: +OK*", "S: Subject: three", "S: ", "S: .",
			"C: TOP 3 2", "S: +OK*", "S: Subject: three", "S: ", "S: 1", "S: 2", "S: .",
			"C: TOP 3 4294967295", "S: +OK*", "S: Subject: three", "S: ", "S: 1",
			"S: 2", "S: 3", "S: .", "C: TOP 3", "S: -ERR*", "C: QUIT", "S: +OK*", "X" },
		3 },
	{ "DELE takes effect at QUIT",
		{ "O", "S: +OK*", "C: DELE 1", "S: +OK*", "C: DELE 1", "S: -ERR message is marked*",
			"C: RETR 1", "S: -ERR*", "C: STAT", "S: +OK 2 54", "C: LIST",
			"S: +OK 2 messages (54*", "S: 2 27", "S: 3 27", "S: .", "C: UIDL 1",
			"S: -ERR*", "C: DELE 3", "S: +OK*", "C: QUIT", "S: +OK*", "X", "O",
			"S: +OK Anna has 1 message (27 octets)", "C: UIDL", "S: +OK*", "S: 1 *2",
			"S: .", "C: QUIT", "S: +OK*", "X" },
		1 },
	{ "RSET takes marks back",
		{ "O", "S: +OK*", "C: DELE 1", "S: +OK*", "C: DELE 2", "S: +OK*", "C: RSET",
			"S: +OK maildrop has 3 messages (88 octets)", "C: LIST 1", "S: +OK 1 34",
			"C: QUIT", "S: +OK*", "X" },
		3 },
	{ "numbers that are none",
		{ "O", "S: +OK*", "C: RETR 0", "S: -ERR no such message", "C: RETR 4",
			"S: -ERR no such message", "C: RETR -1", "S: -ERR*", "C: RETR 4294967296",
			"S: -ERR*", "C: DELE x", "S: -ERR*", "C: RETR", "S: -ERR*", "C: LIST 4",
			"S: -ERR no such message", "C: UIDL 0", "S: -ERR*", "C: TOP 1 4294967296",
			"S: -ERR*", "C: STAT", "S: +OK 3 88", "C: QUIT", "S: +OK*", "X" },
		3 },
	{ "commands of before the logon",
		{ "O", "S: +OK*", "C: USER anna", "S: -ERR*", "C: PASS x", "S: -ERR*", "C: STLS",
			"S: -ERR*", "C: AUTH PLAIN", "S: -ERR*", "C: APOP a b", "S: -ERR*",
			"C: UTF8", "S: -ERR*", "C: QUIT", "S: +OK*", "X" },
		3 },
	{ "CAPA and LANG",
		{ "O", "S: +OK*", "C: CAPA", "S: +OK*", "S: SASL PLAIN LOGIN", "S: TOP", "S: UIDL",
			"S: USER", "S: RESP-CODES", "S: AUTH-RESP-CODE", "S: PIPELINING",
			"S: UTF8", "S: LANG", "S: IMPLEMENTATION Bourse", "S: EXPIRE NEVER", "S: .", "C: LANG", "S: +OK*", "S: en English",
			"S: .", "C: LANG *", "S: +OK en *", "C: LANG EN-gb", "S: +OK en *",
			"C: LANG tlh", "S: -ERR*", "C: QUIT", "S: +OK*", "X" },
		3 },
	{ "pipelining, in order",
		{ "O", "S: +OK*", "C: STAT|DELE 2|LIST 1|NOOP|RETR 2|QUIT", "S: +OK 3 88",
			"S: +OK marked*", "S: +OK 1 34", "S: +OK done",
			"S: -ERR message is marked*", "S: +OK*", "X" },
		2 },
	{ "two sessions: what the other removed is no such message, numbers stay",
		{ "1O", "1S: +OK*", "2O", "2S: +OK*", "1C: DELE 1", "1S: +OK*", "1C: QUIT",
			"1S: +OK*", "1X", "2C: RETR 1", "2S: -ERR no such message", "2C: LIST",
			"2S: +OK 3*", "2S: 1 34", "2S: 2 27", "2S: 3 27", "2S: .", "2C: LIST 3",
			"2S: +OK 3 27", "2C: DELE 1", "2S: -ERR no such message", "2C: DELE 2",
			"2S: +OK*", "2C: QUIT", "2S: +OK*", "2X" },
		1 },
	{ "both mark the same message",
		{ "1O", "1S: +OK*", "2O", "2S: +OK*", "1C: DELE 1", "1S: +OK*", "2C: DELE 1",
			"2S: +OK*", "1C: QUIT", "1S: +OK*", "1X", "2C: QUIT", "2S: +OK*", "2X" },
		2 },
	{ "a line that is too long ends the session, and so do bare line ends",
		{ "O", "S: +OK*", "C: DELE 1", "S: +OK*", "C- NOOP\n", "S: -ERR*", "X" }, 3 },
};

static void test_dialogues(void)
{
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		struct kit k;

		kit_open(&k, SERVICE_POP3);
		fill(&k);
		kit_play(&k, dialogues[i].name, dialogues[i].lines);
		IS_NUM(kit_messages(&k, "INBOX"), dialogues[i].want_left);
		kit_close(&k);
	}
}

/* ---- the same answers however the octets come ---- */

static void test_cuts(void)
{
	struct str talk = S("STAT\r\nRETR 1\r\nbogus\r\nTOP 3 1\r\nUIDL\r\nDELE 2\r\nLIST\r\nLANG "
			    "en\r\nQUIT\r\n");
	struct str want = STR_NONE;

	for (size_t cut = 0; cut < talk.len; cut++) {
		struct kit k;
		struct str got;

		kit_open(&k, SERVICE_POP3);
		fill(&k);
		kit_connect(&k.clients[0]);
		got = kit_talk(&k, &k.clients[0], talk, cut);
		if (cut == 0)
			want = str_make(str_dup_c(got), got.len);
		OK(want.len > 300 && str_eq(got, want) && kit_messages(&k, "INBOX") == 2,
			"cut at %zu", cut);
		kit_close(&k);
	}
	mem_free((void *)(uintptr_t)want.at);
}

static void test_unread(void)
{
	struct str talk = S("STAT\r\nNOOP\r\nDELE 2\r\nQUIT\r\n");

	for (size_t cut = 1; cut <= talk.len; cut++) {
		struct kit k;

		kit_open(&k, SERVICE_POP3);
		fill(&k);
		kit_connect_with(&k.clients[0], str_sub(talk, 0, cut), k.config);
		kit_send(&k.clients[0], str_skip(talk, cut));
		OK(str_ends(kit_all(&k.clients[0]), S("signing off\r\n")) &&
				kit_messages(&k, "INBOX") == 2,
			"the front had read %zu octets", cut);
		kit_close(&k);
	}
}

/* ---- ends that delete nothing ---- */

static void test_lost(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	kit_open(&k, SERVICE_POP3);
	fill(&k);
	kit_connect(c);
	OK(kit_line(c, "+OK*", "lost"), "greeted");
	kit_send(c, S("DELE 1\r\nDELE 2\r\n"));
	OK(kit_line(c, "+OK*", "lost") && kit_line(c, "+OK*", "lost"), "marked");
	kit_drop(c);
	for (int i = 0; i < 10000 && c->session != NULL; i++)
		kit_rest(&k, 1);
	OK(c->session == NULL, "the session is over");
	IS_NUM(kit_messages(&k, "INBOX"), 3);
	kit_close(&k);
}

static void test_stop(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	kit_open(&k, SERVICE_POP3);
	fill(&k);
	kit_connect(c);
	OK(kit_line(c, "+OK*", "stop"), "greeted");
	kit_send(c, S("DELE 1\r\n"));
	OK(kit_line(c, "+OK*", "stop"), "marked");
	session_stop(c->session, ERR_SHUTDOWN);
	OK(kit_line(c, "-ERR [SYS/TEMP] the server is stopping", "stop"), "told");
	OK(kit_until(&k, kit_is_closed, c) && c->why == ERR_SHUTDOWN, "ended for that reason");
	IS_NUM(kit_messages(&k, "INBOX"), 3);
	kit_close(&k);
}

static void test_bad_commands(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	unsigned answers = 0;

	kit_open(&k, SERVICE_POP3);
	kit_connect(c);
	for (unsigned i = 0; i < POP3_BAD_MAX - 1; i++)
		kit_send(c, S("GET / HTTP/1.1\r\n"));
	kit_send(c, S("NOOP\r\n"));
	for (unsigned i = 0; i < POP3_BAD_MAX + 5; i++)
		kit_send(c, S("GET / HTTP/1.1\r\n"));
	for (struct str rest = kit_all(c), line; str_cut(&rest, '\n', &line);)
		answers += str_starts(line, S("-ERR"));
	IS_NUM(answers, 2 * POP3_BAD_MAX - 1);
	kit_close(&k);
}

/* ---- size ---- */

static bool has_octets(void *arg)
{
	struct kit_client *c = arg;

	return c->in.len > 40 && str_ends(buf_str(&c->in), S("\r\n.\r\n"));
}

static void test_large(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf message;
	uint64_t lines = 0;

	kit_open(&k, SERVICE_POP3);
	buf_init(&message, BUF_NO_CEILING);
	buf_put(&message, S("Subject: large\r\n\r\n"));
	while (message.len < 3000000)
		buf_printf(&message, ".line %llu\r\n", (unsigned long long)lines++);
	kit_append(&k, "INBOX", buf_str(&message), 0);
	kit_connect(c);
	OK(kit_line(c, "+OK*", "large"), "greeted");
	kit_send(c, S("RETR 1\r\n"));
	OK(kit_until(&k, has_octets, c), "the end came");
	OK(kit_line(c, "+OK 3* octets", "large"), "size");
	IS_NUM(c->in.len, message.len + lines + 3);
	buf_done(&message);
	kit_close(&k);
}

static void count_down(void *arg, enum err e, const struct mailbox_result *result)
{
	must(e == ERR_OK);
	--*(unsigned *)arg;
}

static bool is_zero(void *arg)
{
	return *(unsigned *)arg == 0;
}

#define MANY 200000u

static void test_many(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf record;
	struct str message = S("Subject: x\r\n\r\nx\r\n"), all;
	unsigned left = 0, lines = 0;

	kit_open(&k, SERVICE_POP3);
	buf_init(&record, RECORD_OCTETS_MAX);
	must(record_make(message, &record) == ERR_OK);
	for (unsigned i = 0; i < MANY; i++) {
		struct append_request request = { .folder = kit_folder(&k, "INBOX"),
			.octets = message,
			.record = buf_str(&record) };

		left++;
		mailbox_append(k.mailbox, &request, count_down, &left);
		while (left >= 1000)
			kit_rest(&k, 0);
	}
	while (!is_zero(&left))
		kit_rest(&k, 0);
	kit_connect(c);
	kit_send(c, S("LIST\r\nUIDL\r\nDELE 1\r\nDELE 200000\r\nQUIT\r\n"));
	all = kit_all(c);
	for (struct str line; str_cut(&all, '\n', &line);)
		lines++;
	IS_NUM(lines, 2 * (MANY + 2) + 4);
	IS_NUM(kit_messages(&k, "INBOX"), MANY - 2);
	buf_done(&record);
	kit_close(&k);
}

/* One message whose row is gone from under it. */
static void test_unreadable(void)
{
	static const char *const lines[] = { "O", "S: +OK*", "C: RETR 2", "S: -ERR [SYS/PERM] *",
		"C: TOP 2 0", "S: -ERR [SYS/PERM] *", "C: LIST", "S: +OK 3*", "S: 1 34", "S: 2 27",
		"S: 3 27", "S: .", "C: UIDL 2", "S: +OK 2 *", "C: RETR 3", "S: +OK*",
		"S: Subject: three", "S: ", "S: 1", "S: 2", "S: 3", "S: .", "C: QUIT", "S: +OK*",
		"X", NULL };
	struct kit k;
	struct kv_write *w;
	struct key email = key_number(KEYS_EMAIL, 2);

	kit_open(&k, SERVICE_POP3);
	fill(&k);
	w = kv_write_new(k.kv);
	kv_del(w, 1, key_str(&email));
	must(kv_commit_now(k.kv, w) == ERR_OK);
	kit_play(&k, "one message cannot be read", lines);
	kit_close(&k);
}

/* RFC-proof but rude: thousands of RETR pipelined, nothing ever read. */
static void test_client_that_never_reads(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf message, asked;
	struct str rest;
	size_t before, after;

	kit_open(&k, SERVICE_POP3);
	buf_init(&message, BUF_NO_CEILING);
	buf_init(&asked, BUF_NO_CEILING);
	buf_put(&message, S("Subject: large\r\n\r\n"));
	while (message.len < 1000000)
		buf_put(&message, S("some line of text in a message\r\n"));
	kit_append(&k, "INBOX", buf_str(&message), 0);
	for (int i = 0; i < 100000; i++)
		buf_put(&asked, S("RETR 1\r\n"));
	kit_connect(c);
	watch_set(c->watch, 0);
	before = kit_memory();
	rest = buf_str(&asked);
	for (int i = 0; i < 300; i++) {
		ssize_t n = send(c->fd, rest.at, rest.len, MSG_NOSIGNAL);

		rest = str_skip(rest, n > 0 ? (size_t)n : 0);
		kit_rest(&k, 1);
	}
	after = kit_memory();
	OK(rest.len > 0, "the server stopped reading");
	OK(after < before + KIT_MEMORY_SLACK, "grew by %zd octets", (ssize_t)(after - before));
	buf_done(&message);
	buf_done(&asked);
	kit_close(&k);
}

int main(void)
{
	test_dialogues();
	test_cuts();
	test_unread();
	test_lost();
	test_stop();
	test_bad_commands();
	test_large();
	test_unreadable();
	test_many();
	test_client_that_never_reads();
	return tap_done();
}
