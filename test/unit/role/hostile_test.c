/*
 * A front in an attacker's hands, against the real directory and the real store: forged, altered, expired and repeated
 * tickets, messages with changed octets, descriptors that are no sealed memory. Neither may die, give anything, or stop to
 * serve the honest front beside it. Rounds are HOSTILE_ROUNDS (default 4000) a role; the seed is printed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

#include "directory/role.h"
#include "io/clock.h"
#include "ipc/service.h"
#include "kit.h"
#include "store/role.h"
#include "tap.h"

static uint64_t random_state;

static uint64_t any(uint64_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (random_state >> 33) % below;
}

static struct str key(void)
{
	return str_make(kit_key, sizeof(kit_key));
}

/* ---- tickets at the store ---- */

static struct ticket logon_ticket(uint64_t id)
{
	return (struct ticket){ .kind = TICKET_LOGON, .id = id, .expires_ms = clock_mono_ms() + TICKET_LOGON_MS_MAX, .account = 1,
		.mailbox = 5, .service = SERVICE_POP3, .account_name = S("DOM\\alice"), .mailbox_name = S("alice") };
}

/* True when the store opens a session for these octets: it greets. */
static bool opens(int front, struct str ticket, enum service service)
{
	struct msg m = { .id = MSG_hand_over, .fd_count = 1 };
	char octets[512];
	ssize_t n;
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	m.hand_over = (struct msg_hand_over){ .session = 1, .service = (uint8_t)service, .client = S("192.0.2.1:1"), .ticket = ticket,
		.tag = S("a"), .unread = S("") };
	m.fds[0] = ends[0];
	kit_send_with(front, &m);
	close(ends[0]);
	n = read(ends[1], octets, sizeof(octets));
	close(ends[1]);
	return n > 0;
}

static bool opens_sealed(int front, const struct ticket *t, struct str with, enum service service)
{
	struct buf octets;
	bool opened;

	buf_init(&octets, TICKET_OCTETS_MAX * 2);
	ticket_seal(t, with, &octets);
	opened = opens(front, buf_str(&octets), service);
	buf_done(&octets);
	return opened;
}

static void test_logon_tickets(int front)
{
	struct ticket t = logon_ticket(1000), other;
	char wrong[TICKET_KEY_OCTETS] = "not that key";
	struct buf octets;
	size_t opened = 0;

	buf_init(&octets, TICKET_OCTETS_MAX * 2);
	ticket_seal(&t, key(), &octets);
	OK(opens(front, buf_str(&octets), SERVICE_POP3), "a good ticket opens a session");
	OK(!opens(front, buf_str(&octets), SERVICE_POP3), "once");
	other = logon_ticket(1001);
	OK(!opens_sealed(front, &other, key(), SERVICE_IMAP), "not at another service");
	OK(!opens_sealed(front, &other, key(), (enum service)200), "nor at one that is none");
	OK(!opens_sealed(front, &other, str_make(wrong, sizeof(wrong)), SERVICE_POP3), "not under another key");
	other.kind = TICKET_SUBMIT;
	OK(!opens_sealed(front, &other, key(), SERVICE_POP3), "not one for sending");
	other = logon_ticket(1002);
	other.expires_ms = clock_mono_ms() - 1;
	OK(!opens_sealed(front, &other, key(), SERVICE_POP3), "not an expired one");
	other.expires_ms = clock_mono_ms() + 1000; /* minted 29 seconds ago, before this store began */
	OK(!opens_sealed(front, &other, key(), SERVICE_POP3), "not one that the store before may have seen");
	for (size_t i = 0; i < octets.len; i++) {
		octets.at[i] ^= (char)(1u << any(8));
		opened += opens(front, buf_str(&octets), SERVICE_POP3);
		opened += opens(front, str_sub(buf_str(&octets), 0, i), SERVICE_POP3);
	}
	OK(opened == 0, "no altered or cut ticket opens anything");
	buf_clear(&octets);
	other = logon_ticket(1003);
	ticket_seal(&other, key(), &octets);
	buf_put_octet(&octets, 'x');
	OK(!opens(front, buf_str(&octets), SERVICE_POP3), "nor one with something behind it");
	buf_done(&octets);
}

/* ---- deliveries ---- */

static enum err deliver(struct kit *k, int front, struct str tickets, int fd, int record_fd)
{
	struct msg m = { .id = MSG_deliver }, answer;

	m.deliver = (struct msg_deliver){ .request = 42, .sender = S("s@x"), .recipient_tickets = tickets,
		.record_octets = record_fd >= 0 ? 100 : 0 };
	if (fd >= 0)
		m.fds[m.fd_count++] = fd;
	if (record_fd >= 0)
		m.fds[m.fd_count++] = record_fd;
	kit_send_with(front, &m);
	if (!kit_hear(k, front, ROLE_FRONT_MX, 10000, &answer) || answer.id != MSG_delivered || answer.delivered.request != 42)
		return ERR_TIMEOUT;
	return answer.delivered.code;
}

static int message_fd(uint64_t hole_octets, bool sealed)
{
	int fd = memfd_new("message");

	must(fd >= 0 && memfd_add(fd, S("Subject: x\r\n\r\nbody\r\n")) == ERR_OK);
	must(hole_octets == 0 || ftruncate(fd, (off_t)hole_octets) == 0);
	must(!sealed || memfd_seal(fd) == ERR_OK);
	return fd;
}

static void refuses(struct kit *k, int front, struct str tickets, int fd, const char *what)
{
	enum err e = deliver(k, front, tickets, fd, -1);

	OK(e != ERR_OK && e != ERR_TIMEOUT, "refused: %s (%s)", what, err_name(e));
	fd_close(&fd);
}

static void test_deliveries(struct kit *k, int front)
{
	struct ticket_recipient row = { .mailbox = 5 };
	int good = message_fd(0, true), fd, pipe_fds[2];
	struct buf tickets;
	size_t taken = 0;

	buf_init(&tickets, PEER_MESSAGE_OCTETS_MAX);
	ticket_recipients_seal(&row, 1, clock_mono_ms() + 10000, key(), &tickets);
	IS_NUM(deliver(k, front, buf_str(&tickets), good, -1), ERR_OK);
	IS_NUM(deliver(k, front, STR_NONE, good, -1), ERR_TICKET);
	for (size_t i = 0; i < tickets.len; i++) {
		tickets.at[i] ^= 1;
		taken += deliver(k, front, buf_str(&tickets), good, -1) != ERR_TICKET;
		tickets.at[i] ^= 1;
	}
	OK(taken == 0, "no altered recipients");
	must(pipe(pipe_fds) == 0);
	refuses(k, front, buf_str(&tickets), -1, "no message at all");
	refuses(k, front, buf_str(&tickets), message_fd(0, false), "a message that could still change");
	refuses(k, front, buf_str(&tickets), message_fd((uint64_t)1 << 40, true), "a terabyte of nothing");
	refuses(k, front, buf_str(&tickets), open("/dev/zero", O_RDONLY), "a device");
	refuses(k, front, buf_str(&tickets), open("/", O_RDONLY | O_DIRECTORY), "a folder");
	refuses(k, front, buf_str(&tickets), pipe_fds[0], "a pipe");
	IS_NUM(deliver(k, front, buf_str(&tickets), good, pipe_fds[1]), ERR_PEER); /* a record from a pipe */
	fd = message_fd(50, true);
	IS_NUM(deliver(k, front, buf_str(&tickets), good, fd), ERR_PEER); /* a record shorter than said */
	fd_close(&fd);
	fd = message_fd(100, true);
	IS_NUM(deliver(k, front, buf_str(&tickets), good, fd), ERR_PEER); /* a record that is none */
	fd_close(&fd);
	fd_close(&pipe_fds[1]);
	fd_close(&good);
	buf_clear(&tickets);
	ticket_recipients_seal(&row, 1, clock_mono_ms() - 1, key(), &tickets);
	fd = message_fd(0, true);
	IS_NUM(deliver(k, front, buf_str(&tickets), fd, -1), ERR_TICKET); /* expired */
	fd_close(&fd);
	buf_done(&tickets);
}

/* ---- anything at all ---- */

static void seed_message(struct buf *to, uint64_t which)
{
	struct ticket t = logon_ticket(any(1u << 30));
	struct ticket_recipient row = { .mailbox = any(100) };
	struct buf ticket;
	struct msg m = { .id = MSG_hand_over };

	buf_init(&ticket, TICKET_OCTETS_MAX * 2);
	if (which == 0) {
		ticket_seal(&t, key(), &ticket);
		m.hand_over = (struct msg_hand_over){ .session = any(9), .service = (uint8_t)any(9), .client = S("192.0.2.1:1"),
			.ticket = buf_str(&ticket), .tag = S("a"), .unread = S("NOOP\r\nSTAT\r\n") };
	} else if (which == 1) {
		ticket_recipients_seal(&row, 1, clock_mono_ms() + 1000, key(), &ticket);
		m.id = MSG_deliver;
		m.deliver = (struct msg_deliver){ .request = any(9), .sender = S("s@x"), .recipient_tickets = buf_str(&ticket),
			.trace = S("t"), .record = S("r"), .record_octets = any(200) };
	} else if (which == 2) {
		m.id = MSG_sasl_start;
		m.sasl_start = (struct msg_sasl_start){ .session = any(9), .service = (uint8_t)any(9), .client = S("192.0.2.1:1"),
			.mechanism = any(2) ? S("LOGIN") : S("PLAIN"), .has_initial = any(2) };
	} else if (which == 3) {
		m.id = MSG_sasl_step;
		m.sasl_step = (struct msg_sasl_step){ .session = any(9), .cancel = any(4) == 0, .response = S("name") };
	} else if (which == 4) {
		m.id = MSG_recipient_judge;
		m.recipient_judge = (struct msg_recipient_judge){ .request = any(9), .sender = S("s@x"), .address = S("a@example.org") };
	} else if (which == 5) {
		t.kind = TICKET_SUBMIT;
		ticket_seal(&t, key(), &ticket);
		m.id = MSG_sender_judge;
		m.sender_judge = (struct msg_sender_judge){ .request = any(9), .ticket = buf_str(&ticket), .address = S("a@example.org") };
	} else {
		m.id = MSG_session_gone;
		m.session_gone = (struct msg_session_gone){ .session = any(9) };
	}
	must(msg_encode(&m, to) == ERR_OK);
	buf_done(&ticket);
}

static void change(struct buf *b)
{
	for (uint64_t n = any(4); n > 0 && b->len > 0; n--) {
		size_t at = any(b->len);

		if (any(3) == 0)
			b->at[at] = (char)any(256);
		else if (any(2))
			b->at[at] ^= (char)(1u << any(8));
		else
			b->len = any(8) ? b->len : at + 1;
	}
	if (any(20) == 0)
		buf_put(b, str_make("\0\0\0\0more", any(9)));
}

static int any_fd(void)
{
	int pipe_fds[2];

	switch (any(5)) {
	case 0:
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	case 1:
		return message_fd(0, any(2));
	case 2:
		return message_fd(any(1u << 30), true);
	case 3:
		must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pipe_fds) == 0);
		break;
	default:
		must(pipe(pipe_fds) == 0);
	}
	close(pipe_fds[1]);
	return pipe_fds[0];
}

/* Answers are thrown away; false: the role has closed the channel on us. */
static bool drain(int fd)
{
	char octets[4096];
	ssize_t n;

	while ((n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT)) > 0)
		continue;
	return n < 0;
}

static size_t attack(struct kit *k, uint64_t first, uint64_t kinds, bool (*serves)(struct kit *k))
{
	const char *given = getenv("HOSTILE_ROUNDS");
	unsigned long rounds = given ? strtoul(given, NULL, 10) : 4000;
	int front = kit_link(k, ROLE_FRONT_USER, 7);
	size_t closed = 0;

	for (unsigned long i = 0; i < rounds; i++) {
		int fds[PEER_FDS_MAX];
		size_t fd_count = any(4) ? any(3) : any(5);
		struct buf octets;

		buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
		seed_message(&octets, first + any(kinds));
		change(&octets);
		for (size_t n = 0; n < fd_count; n++)
			fds[n] = any_fd();
		if (octets.len > 0)
			(void)!peer_send_now(front, buf_str(&octets), fds, fd_count);
		while (fd_count > 0)
			fd_close(&fds[--fd_count]);
		buf_done(&octets);
		if (!drain(front)) {
			closed++;
			fd_close(&front);
			front = kit_link(k, ROLE_FRONT_USER, 7);
		}
		if (i % 500 == 499 && !serves(k))
			break;
	}
	fd_close(&front);
	return closed;
}

static int honest = -1;

static bool store_serves(struct kit *k)
{
	struct ticket t = logon_ticket(any((uint64_t)1 << 62) + 5000);
	bool good = opens_sealed(honest, &t, key(), SERVICE_POP3);

	OK(good, "the honest front is served");
	return good;
}

static bool directory_serves(struct kit *k)
{
	struct msg m = { .id = MSG_recipient_judge }, answer;
	bool good;

	m.recipient_judge = (struct msg_recipient_judge){ .request = 77, .sender = S("s@x"), .address = S("nobody@nowhere.example") };
	kit_send_with(honest, &m);
	good = kit_hear(k, honest, ROLE_FRONT_MX, 20000, &answer) && answer.id == MSG_verdict && answer.verdict.request == 77 &&
	       answer.verdict.code != ERR_OK;
	OK(good, "the honest front is served");
	return good;
}

/* Logons begun and never ended are refused before they fill the memory. */
static void test_too_many_logons(struct kit *k)
{
	int front = kit_link(k, ROLE_FRONT_USER, 8);
	struct msg m = { .id = MSG_sasl_start }, answer;
	uint64_t challenged = 0, refused = 0;

	for (uint64_t i = 1; i <= 20100; i++) {
		m.sasl_start = (struct msg_sasl_start){ .session = i, .service = SERVICE_POP3, .client = S("192.0.2.1:1"),
			.mechanism = S("LOGIN") };
		kit_send_with(front, &m);
		if (!kit_hear(k, front, ROLE_FRONT_USER, 10000, &answer))
			break;
		challenged += answer.id == MSG_sasl_challenge;
		refused += answer.id == MSG_logon_refused && answer.logon_refused.code == ERR_BUSY;
	}
	IS_NUM(challenged, 20000); /* front.connections_max */
	IS_NUM(refused, 100);
	fd_close(&front);
}

static void test_store(void)
{
	struct kit k;
	int front;

	kit_init(&k, &store_role);
	OK(kit_start(&k), "the store is ready");
	honest = kit_link(&k, ROLE_FRONT_USER, 0);
	test_logon_tickets(honest);
	front = kit_link(&k, ROLE_FRONT_MX, 0);
	test_deliveries(&k, front);
	fd_close(&front);
	OK(attack(&k, 0, 2, store_serves) > 10, "malformed messages close their channel");
	OK(store_serves(&k), "and the store lives");
	fd_close(&honest);
	IS_NUM(kit_stop(&k), 0);
	kit_done(&k);
}

static void test_directory(void)
{
	struct kit k;

	kit_init(&k, &directory_role);
	OK(kit_start(&k), "the directory is ready");
	honest = kit_link(&k, ROLE_FRONT_MX, 0);
	OK(directory_serves(&k), "it answers");
	test_too_many_logons(&k);
	OK(attack(&k, 2, 5, directory_serves) > 10, "malformed messages close their channel");
	OK(directory_serves(&k), "and the directory lives");
	fd_close(&honest);
	IS_NUM(kit_stop(&k), 0);
	kit_done(&k);
}

int main(void)
{
	const char *given = getenv("HOSTILE_SEED");

	signal(SIGPIPE, SIG_IGN);
	random_state = given ? strtoull(given, NULL, 10) : clock_mono_ms();
	printf("# HOSTILE_SEED=%llu\n", (unsigned long long)random_state);
	test_store();
	test_directory();
	return tap_done();
}
