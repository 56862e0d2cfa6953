/*
 * SMTP load: N connections deliver messages of about S octets, each in a transaction of its own on
 * a kept connection, commands pipelined where the server says it can (RFC 2920). Counts a delivery
 * when the final 250 has come. Loopback only; ends by itself.
 *
 *   smtp_load PORT RECIPIENT CONNECTIONS MESSAGES OCTETS [OPTION]...
 *
 * --lmtp        say LHLO
 * --pack FILE   take the messages from a pack (see mail_files.c), in turn, instead of making them
 * --seconds N   begin no message after N seconds
 * --spread N    recipients in turn: the number 0 to N-1 is put before the @
 * --first N     number of the first message (default 0): message n is the same in every run
 * --json        one line of JSON
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "load.h"

#define CONNECTIONS_MAX 1024

enum phase { GREETING, HELLO, READY, ENVELOPE, BODY, DONE };

struct client {
	int fd;
	enum phase phase;
	bool pipelining;
	unsigned replies;
	uint32_t number;
	uint64_t began_us;
	char envelope[600];
	size_t envelope_len;
	char line[1024];
	size_t line_len;
	char *message;   /* kept while it is sent */
	struct str left; /* of it */
	size_t size;
};

static struct client clients[CONNECTIONS_MAX];
static struct {
	struct str recipient;
	uint32_t connections, messages, octets, seconds, spread, first, ready, begun, delivered,
		refused;
	uint64_t began_us, until_us, *latencies_us, octets_sent;
	bool lmtp, json, has_pack;
	struct load_pack pack;
	char *message;
	int poll_fd;
} load = { .seconds = 86400 };

/* Commands always fit the socket buffer. */
static void put(struct client *c, struct str octets)
{
	while (octets.len > 0) {
		ssize_t n = send(c->fd, octets.at, octets.len, MSG_NOSIGNAL);

		if (n <= 0)
			load_give_up("the server has closed the connection");
		octets = str_skip(octets, (size_t)n);
	}
}

/* The envelope's line number i, or all three of them at once. */
static void put_envelope(struct client *c, unsigned i)
{
	struct str rest = str_make(c->envelope, c->envelope_len), line = rest;

	for (unsigned k = 0; !c->pipelining && k <= i; k++) {
		size_t end = str_find(rest, '\n');

		line = str_sub(rest, 0, end + 1);
		rest = str_skip(rest, end + 1);
	}
	put(c, line);
}

static void begin(struct client *c)
{
	size_t at = str_find(load.recipient, '@');
	char number[16] = "";

	c->began_us = load_now_us();
	if (load.begun == load.messages || c->began_us > load.until_us) {
		c->phase = DONE;
		load.messages = load.begun;
		put(c, S("QUIT\r\n"));
		return;
	}
	if (load.spread > 0)
		snprintf(number, sizeof(number), "%u", load.begun % load.spread);
	c->number = load.first + load.begun++;
	c->envelope_len = (size_t)snprintf(c->envelope, sizeof(c->envelope),
		"MAIL FROM:<load@elsewhere.example>\r\nRCPT TO:<%.*s%s%s>\r\nDATA\r\n", (int)at,
		load.recipient.at, number, load.recipient.at + at);
	c->phase = ENVELOPE;
	c->replies = 0;
	put_envelope(c, 0);
}

/* Sends what the socket takes of the message; the rest when it takes more. */
static void put_message(struct client *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	bool waited = c->size != c->left.len;

	while (c->left.len > 0) {
		ssize_t n = send(c->fd, c->left.at, c->left.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			load_give_up("the server has closed the connection");
		c->left = str_skip(c->left, (size_t)n);
	}
	if (c->left.len > 0)
		event.events |= EPOLLOUT;
	if (c->left.len > 0 || waited)
		epoll_ctl(load.poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void begin_message(struct client *c)
{
	size_t len = load.has_pack ? load_pack_take(&load.pack, c->number, load.message)
				   : load_message(c->number, load.octets, load.message);

	mem_free(c->message);
	c->message = mem_copy(load.message, len);
	c->left = str_make(c->message, len);
	c->size = len;
	load.octets_sent += len;
	put_message(c);
}

static void on_envelope(struct client *c)
{
	if (++c->replies < 3) {
		if (!c->pipelining)
			put_envelope(c, c->replies);
		return;
	}
	c->phase = BODY;
	begin_message(c);
}

/* The clock runs from when all connections stand. */
static void on_ready(struct client *c)
{
	c->phase = READY;
	if (++load.ready < load.connections)
		return;
	load.began_us = load_now_us();
	load.until_us = load.began_us + (uint64_t)load.seconds * 1000000;
	for (uint32_t i = 0; i < load.connections; i++)
		begin(&clients[i]);
}

static void on_reply(struct client *c, char class)
{
	if (c->phase == DONE)
		return;
	if (class == '5' && c->phase == BODY && load.has_pack) {
		load.refused++; /* a real message that this server does not want */
	} else if (class != '2' && class != '3') {
		fprintf(stderr, "smtp_load: %.*s\n", (int)c->line_len, c->line);
		exit(1);
	}
	if (c->phase == GREETING) {
		c->phase = HELLO;
		put(c, load.lmtp ? S("LHLO load.example\r\n") : S("EHLO load.example\r\n"));
	} else if (c->phase == HELLO) {
		on_ready(c);
	} else if (c->phase == ENVELOPE) {
		on_envelope(c);
	} else {
		load.latencies_us[load.delivered++] = load_now_us() - c->began_us;
		begin(c);
	}
}

static void on_line(struct client *c)
{
	struct str line = str_trim(str_make(c->line, c->line_len));

	if (c->phase == HELLO && str_iends(line, S("PIPELINING")))
		c->pipelining = true;
	/* "250-" is followed by more lines of the same reply. */
	if (line.len >= 4 && line.at[3] != '-')
		on_reply(c, line.at[0]);
	c->line_len = 0;
}

static void on_input(struct client *c)
{
	char octets[16384];
	ssize_t n = recv(c->fd, octets, sizeof(octets), 0);

	if (n <= 0 && c->phase != DONE)
		load_give_up("the server has closed the connection");
	for (ssize_t i = 0; i < n; i++) {
		if (octets[i] == '\n')
			on_line(c);
		else if (c->line_len < sizeof(c->line))
			c->line[c->line_len++] = octets[i];
	}
	if (n <= 0) {
		close(c->fd);
		c->fd = -1;
	}
}

static void open_client(struct client *c, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		load_give_up("cannot connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	epoll_ctl(load.poll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void run(void)
{
	while (load.delivered < load.messages) {
		struct epoll_event events[256];
		int n = epoll_wait(load.poll_fd, events, 256, 60000);

		if (n == 0)
			load_give_up("no answer for a minute");
		for (int i = 0; i < n; i++) {
			if (events[i].events & EPOLLOUT)
				put_message(events[i].data.ptr);
			if (events[i].events & ~(uint32_t)EPOLLOUT)
				on_input(events[i].data.ptr);
		}
	}
}

static void take_options(int argc, char **argv)
{
	if (argc < 6)
		load_give_up(
			"usage: smtp_load PORT RECIPIENT CONNECTIONS MESSAGES OCTETS "
			"[--lmtp] [--pack FILE] [--seconds N] [--spread N] [--first N] [--json]");
	load.recipient = str_from_c(argv[2]);
	load.connections = load_number(argv[3], CONNECTIONS_MAX);
	load.messages = load_number(argv[4], 10000000);
	load.octets = load_number(argv[5], LOAD_MESSAGE_OCTETS_MAX / 2);
	for (int i = 6; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "--lmtp") == 0)
			load.lmtp = true;
		else if (strcmp(argv[i], "--json") == 0)
			load.json = true;
		else if (more && strcmp(argv[i], "--pack") == 0)
			load_pack_read(&load.pack, argv[++i]), load.has_pack = true;
		else if (more && strcmp(argv[i], "--seconds") == 0)
			load.seconds = load_number(argv[++i], 86400);
		else if (more && strcmp(argv[i], "--spread") == 0)
			load.spread = load_number(argv[++i], 1000000);
		else if (more && strcmp(argv[i], "--first") == 0)
			load.first = load_number(argv[++i], 1000000000);
		else
			load_give_up("unknown option");
	}
	if (load.connections == 0 || load.messages < load.connections)
		load_give_up("fewer messages than connections");
	load.message = mem_new(LOAD_MESSAGE_OCTETS_MAX);
	load.latencies_us = mem_new(sizeof(*load.latencies_us) * load.messages);
}

int main(int argc, char **argv)
{
	double seconds;

	take_options(argc, argv);
	load.poll_fd = epoll_create1(0);
	for (uint32_t i = 0; i < load.connections; i++)
		open_client(&clients[i], (uint16_t)load_number(argv[1], 65535));
	run();
	seconds = (double)(load_now_us() - load.began_us) / 1e6;
	qsort(load.latencies_us, load.messages, sizeof(*load.latencies_us), compare);
	printf(load.json ? "{\"connections\":%u,\"messages\":%u,\"per_second\":%.1f,\"p50_ms\":%."
			   "3f,\"p99_ms\":%.3f,\"octets\":%lu,\"refused\":%u}\n"
			 : "%u connections, %u messages: %.0f deliveries/s, p50 %.2f ms, p99 %.2f "
			   "ms, %lu octets, %u refused\n",
		load.connections, load.messages, (load.messages - load.refused) / seconds,
		(double)load.latencies_us[load.messages / 2] / 1e3,
		(double)load.latencies_us[load.messages * 99ull / 100] / 1e3,
		(unsigned long)load.octets_sent, load.refused);
	return 0;
}
