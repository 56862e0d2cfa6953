/*
 * SMTP load: N connections deliver M messages of S octets, each in a transaction of its own on a kept connection, commands
 * pipelined (RFC 2920). Counts a delivery when the final 250 has come. Loopback only; ends by itself.
 *
 *   smtp_load PORT RECIPIENT CONNECTIONS MESSAGES OCTETS [--json]
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
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define CONNECTIONS_MAX 1024

enum phase { GREETING, HELLO, ENVELOPE, BODY, DONE };

struct client {
	int fd;
	enum phase phase;
	unsigned replies_wanted;
	uint64_t began_us;
	char line[1024];
	size_t line_len;
};

static struct client clients[CONNECTIONS_MAX];
static struct str recipient, message;
static uint32_t connections, messages, begun, delivered;
static uint64_t *latencies_us;

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "smtp_load: %s\n", what);
	exit(1);
}

/* The server reads as fast as it can and our messages fit its socket buffer, so a blocking send is fair. */
static void put(struct client *c, struct str octets)
{
	while (octets.len > 0) {
		ssize_t n = send(c->fd, octets.at, octets.len, MSG_NOSIGNAL);

		if (n <= 0)
			give_up("the server has closed the connection");
		octets = str_skip(octets, (size_t)n);
	}
}

static void begin(struct client *c)
{
	char envelope[600];
	int n;

	if (begun == messages) {
		c->phase = DONE;
		put(c, S("QUIT\r\n"));
		return;
	}
	begun++;
	c->began_us = now_us();
	n = snprintf(envelope, sizeof(envelope), "MAIL FROM:<load@elsewhere.example>\r\nRCPT TO:<%.*s>\r\nDATA\r\n", STR_FMT(recipient));
	c->phase = ENVELOPE;
	c->replies_wanted = 3;
	put(c, str_make(envelope, (size_t)n));
}

static void on_reply(struct client *c, char class)
{
	if (c->phase == DONE)
		return;
	if (class != '2' && class != '3') {
		fprintf(stderr, "smtp_load: %.*s\n", (int)c->line_len, c->line);
		exit(1);
	}
	if (c->phase == GREETING) {
		c->phase = HELLO;
		put(c, S("EHLO load.example\r\n"));
	} else if (c->phase == HELLO) {
		begin(c);
	} else if (c->phase == ENVELOPE && --c->replies_wanted == 0) {
		c->phase = BODY;
		put(c, message);
	} else if (c->phase == BODY) {
		latencies_us[delivered++] = now_us() - c->began_us;
		begin(c);
	}
}

static void on_octet(struct client *c, char octet)
{
	if (octet != '\n') {
		if (c->line_len < sizeof(c->line))
			c->line[c->line_len++] = octet;
		return;
	}
	/* "250-" is followed by more lines of the same reply. */
	if (c->line_len >= 4 && c->line[3] != '-')
		on_reply(c, c->line[0]);
	c->line_len = 0;
}

static void on_input(struct client *c)
{
	char octets[16384];
	ssize_t n = recv(c->fd, octets, sizeof(octets), 0);

	if (n <= 0 && c->phase != DONE)
		give_up("the server has closed the connection");
	for (ssize_t i = 0; i < n; i++)
		on_octet(c, octets[i]);
}

static void open_client(struct client *c, uint16_t port, int poll_fd)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		give_up("cannot connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

static void make_message(uint32_t octets)
{
	static const char head[] = "From: load@elsewhere.example\r\nTo: somebody\r\nSubject: a message of the load\r\n\r\n";
	static const char words[] = "the quick brown fox jumps over the lazy dog while mail is kept safe ";
	char *at = mem_new(octets + 512);
	size_t len = sizeof(head) - 1;

	memcpy(at, head, len);
	for (size_t i = 0; len < octets; i++) {
		at[len++] = words[i % (sizeof(words) - 1)];
		if (i % 70 == 69) {
			memcpy(at + len, "\r\n", 2);
			len += 2;
		}
	}
	memcpy(at + len, "\r\n.\r\n", 5);
	message = str_make(at, len + 5);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void run(int poll_fd)
{
	while (delivered < messages) {
		struct epoll_event events[256];
		int n = epoll_wait(poll_fd, events, 256, 10000);

		if (n == 0)
			give_up("no answer for ten seconds");
		for (int i = 0; i < n; i++)
			on_input(events[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	uint32_t port, octets;
	uint64_t began;
	double seconds;
	int poll_fd = epoll_create1(0);

	if (argc < 6 || !str_u32(str_from_c(argv[1]), 65535, &port) || !str_u32(str_from_c(argv[3]), CONNECTIONS_MAX, &connections) ||
		!str_u32(str_from_c(argv[4]), 10000000, &messages) || !str_u32(str_from_c(argv[5]), 1 << 20, &octets))
		give_up("usage: smtp_load PORT RECIPIENT CONNECTIONS MESSAGES OCTETS [--json]");
	recipient = str_from_c(argv[2]);
	make_message(octets);
	latencies_us = mem_new(sizeof(*latencies_us) * messages);
	for (uint32_t i = 0; i < connections; i++)
		open_client(&clients[i], (uint16_t)port, poll_fd);
	began = now_us();
	run(poll_fd);
	seconds = (double)(now_us() - began) / 1e6;
	qsort(latencies_us, messages, sizeof(*latencies_us), compare);
	printf(argc > 6 ? "{\"connections\":%u,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n"
			: "%u connections: %.0f deliveries/s, p50 %.2f ms, p99 %.2f ms\n",
		connections, messages / seconds, (double)latencies_us[messages / 2] / 1e3, (double)latencies_us[messages * 99ull / 100] / 1e3);
	return 0;
}
