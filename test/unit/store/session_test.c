/* The driver: time, ends, and that every row of the tables has its handler. */
#include "io/clock.h"
#include "session_kit.h"
#include "wire/imap.h"
#include "wire/pop3.h"

/* ---- idleness ---- */

/* Says something every 30 ms; the longest that it was silent, for whoever is not let run for so long is idle. */
static uint64_t say_something(struct kit *k, struct kit_client *c)
{
	uint64_t longest = 0;

	for (int i = 0; i < 4; i++) {
		uint64_t begun = clock_mono_ms();

		kit_send(c, S("a NOOP\r\n"));
		kit_rest(k, 30);
		longest = clock_mono_ms() - begun > longest ? clock_mono_ms() - begun : longest;
	}
	return longest;
}

static void test_idle(enum service service, const char *want)
{
	struct kit k;
	struct config config;
	struct kit_client *c = &k.clients[0];
	uint64_t longest;

	kit_open(&k, service);
	kit_append(&k, "INBOX", S("a: b\r\n\r\n"), 0);
	config = *k.config;
	config.pop3_idle_ms_max = config.imap_idle_ms_max = config.nntp_idle_ms_max = 60;
	kit_connect_with(c, S("DELE 1\r\n"), &config);
	longest = say_something(&k, c);
	OK(c->session != NULL || longest >= 60, "%s: who says something is not idle", service_row(service)->name);
	OK(str_ends(kit_all(c), str_from_c(want)), "%s: told", service_row(service)->name);
	IS_NUM(c->why, ERR_TIMEOUT);
	IS_NUM(kit_messages(&k, "INBOX"), 1);
	kit_close(&k);
}

/* Changes in the folder are no sign of life of the client. */
static void test_idle_in_busy_folder(void)
{
	struct kit k;
	struct config config;
	struct kit_client *c = &k.clients[0];

	kit_open(&k, SERVICE_IMAP);
	config = *k.config;
	config.imap_idle_ms_max = 400;
	kit_connect_with(c, S("a SELECT INBOX\r\nb IDLE\r\n"), &config);
	for (int i = 0; i < 100 && c->session != NULL; i++) {
		kit_append(&k, "INBOX", S("a: b\r\n\r\n"), 0);
		kit_rest(&k, 10);
	}
	OK(c->session == NULL && kit_messages(&k, "INBOX") < 100, "dropped after %u messages",
		kit_messages(&k, "INBOX"));
	OK(str_find_str(buf_str(&c->in), S("* 3 EXISTS")) != STR_NPOS,
		"told of messages meanwhile");
	kit_close(&k);
}

/* An octet now and then is a sign of life, but no message at the least rate. */
static void test_slow_append(void)
{
	struct kit k;
	struct config config;
	struct kit_client *c = &k.clients[0];
	uint64_t begun, longest;

	for (int slow = 0; slow < 2; slow++) {
		kit_open(&k, SERVICE_IMAP);
		config = *k.config;
		config.imap_idle_ms_max = 1500;
		config.smtp_data_octets_per_second_min = slow ? 100000 : 1;
		longest = 0;
		kit_connect_with(c, S("a APPEND INBOX {1000+}\r\n"), &config);
		for (int i = 0; i < 60 && c->session != NULL; i++) {
			begun = clock_mono_ms();
			kit_send(c, S("x"));
			kit_rest(&k, 50);
			longest = clock_mono_ms() - begun > longest ? clock_mono_ms() - begun : longest;
		}
		OK((c->session == NULL) == (slow == 1) || longest >= 1500, "dropped, or not: %d", slow);
		if (slow)
			OK(str_ends(kit_all(c), S("* BYE [UNAVAILABLE] the message comes in too slowly\r\n")), "told why");
		kit_close(&k);
	}
}

/* ---- ends ---- */

static void test_stop_while_waiting(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	kit_open(&k, SERVICE_POP3);
	kit_append(&k, "INBOX", S("a: b\r\n\r\n"), 0);
	kit_connect(c);
	kit_send(c, S("DELE 1\r\nQUIT\r\n"));
	while (strcmp(session_doing(c->session), "waiting") != 0)
		kit_rest(&k, 0);
	session_stop(c->session, ERR_SHUTDOWN);
	OK(str_ends(kit_all(c), S("signing off\r\n")),
		"a command that waits for the store is answered");
	IS_NUM(kit_messages(&k, "INBOX"), 0);
	kit_close(&k);
}

static void test_stop_in_a_reply(enum service service, const char *ask)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf message;

	kit_open(&k, service);
	buf_init(&message, BUF_NO_CEILING);
	while (message.len < 2000000)
		buf_put(&message,
			S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"));
	kit_append(&k, "INBOX", buf_str(&message), 0);
	kit_connect(c);
	watch_set(c->watch, 0);
	kit_send(c, str_from_c(ask));
	kit_rest(&k, 50);
	session_stop(c->session, ERR_SHUTDOWN);
	watch_set(c->watch, WATCH_READ);
	kit_all(c);
	OK(c->in.len < 2000000 && str_find_str(buf_str(&c->in), S("stopping")) == STR_NPOS,
		"%s: not a word inside a message", service_row(service)->name);
	buf_done(&message);
	kit_close(&k);
}

static void test_kick(void)
{
	for (int waits = 0; waits < 2; waits++) {
		struct kit k;
		struct kit_client *c = &k.clients[0];

		kit_open(&k, SERVICE_POP3);
		kit_append(&k, "INBOX", S("a: b\r\n\r\n"), 0);
		kit_connect(c);
		kit_send(c, S("DELE 1\r\nQUIT\r\n"));
		while (waits && strcmp(session_doing(c->session), "waiting") != 0)
			kit_rest(&k, 0);
		session_kick(c->session);
		c->session = NULL;
		kit_rest(&k, 20);
		IS_NUM(kit_messages(&k, "INBOX"), waits ? 0 : 1);
		kit_close(&k);
	}
}

/* The client hangs up at every moment of a dialogue. */
static void test_hang_up(enum service service, struct str talk)
{
	for (size_t cut = 0; cut <= talk.len; cut++) {
		struct kit k;
		struct kit_client *c = &k.clients[0];

		kit_open(&k, service);
		kit_append(&k, "INBOX", S("a: b\r\n\r\ntext\r\n"), 0);
		kit_connect(c);
		kit_send(c, str_sub(talk, 0, cut));
		if (cut % 2)
			kit_rest(&k, 0);
		kit_drop(c);
		for (int i = 0; i < 200 && c->session != NULL; i++)
			kit_rest(&k, 1);
		if (c->session != NULL)
			OK(false, "%s: hung up after %zu octets", service_row(service)->name, cut);
		kit_close(&k);
	}
	OK(true, "%s: hung up after every octet", service_row(service)->name);
}

/* ---- tables ---- */

static bool knows(enum service service, const char *verb)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf b;
	bool known;

	kit_open(&k, service);
	buf_init(&b, BUF_NO_CEILING);
	if (service == SERVICE_IMAP)
		buf_printf(&b, "a SELECT INBOX\r\nb %s\r\n", verb);
	else
		buf_printf(&b, "%s\r\n", verb);
	kit_connect(c);
	kit_send(c, buf_str(&b));
	shutdown(c->fd, SHUT_WR);
	known = str_find_str(kit_all(c), str_from_c(err_text(ERR_SEQUENCE))) == STR_NPOS;
	buf_done(&b);
	kit_close(&k);
	return known;
}

static void test_tables(void)
{
	for (int v = 0; v < IMAP_VERB_COUNT; v++) {
		const struct imap_row *row = imap_row((enum imap_verb)v);

		OK(knows(SERVICE_IMAP, row->verb) == ((row->homes & IMAP_IN_STORE) != 0), "IMAP %s",
			row->verb);
	}
	for (int v = 0; v < POP3_VERB_COUNT; v++) {
		const struct pop3_row *row = pop3_row((enum pop3_verb)v);
		bool has = knows(SERVICE_POP3, row->verb);

		OK(has || (row->homes & POP3_IN_STORE) == 0, "POP3 %s", row->verb);
	}
}

int main(void)
{
	test_idle(SERVICE_POP3, "-ERR [SYS/TEMP] timed out\r\n");
	test_idle(SERVICE_IMAP, "* BYE [UNAVAILABLE] timed out\r\n");
	test_idle(SERVICE_NNTP, "400 timed out\r\n");
	test_slow_append();
	test_idle_in_busy_folder();
	test_stop_while_waiting();
	test_stop_in_a_reply(SERVICE_POP3, "RETR 1\r\n");
	test_stop_in_a_reply(SERVICE_IMAP, "a SELECT INBOX\r\nb FETCH 1 BODY[]\r\n");
	test_kick();
	test_hang_up(SERVICE_POP3, S("STAT\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n"));
	test_hang_up(SERVICE_IMAP, S("a SELECT INBOX\r\nb APPEND INBOX {4+}\r\na: b\r\nc FETCH 1:* "
				     "(BODY[] ENVELOPE)\r\n"
				     "d SEARCH TEXT x\r\ne MOVE 1 Trash\r\nf IDLE\r\nDONE\r\ng "
				     "CLOSE\r\nh LOGOUT\r\n"));
	test_tables();
	return tap_done();
}
