/*
 * The machine's limit as a server: one thread, one event loop, nothing between the socket and what
 * has to be done. The load generators are driven against it as against a mail server, so its rates
 * are what a generator and the kernel allow at most. Loopback only; ends with its parent.
 *
 *   bare MAIL_PORT POP3_PORT IMAP_PORT FILE MESSAGES
 *
 * mail   takes messages by SMTP or LMTP, appends them to FILE and says 250 after one flush for all
 *        that came in together
 * pop3   a mailbox of MESSAGES messages of about 4 KiB, from memory, for whoever logs on
 * imap   "SEND OCTETS LINES" is answered with so many octets in so many lines; IDLE is told of
 * every message taken
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "load.h"

#define EVENTS_MAX  256
#define CLIENTS_MAX 8192
#define POOL        256 /* different messages of the POP3 mailbox */
#define CHUNK_MAX   ((size_t)1 << 16)

enum service { MAIL, POP3, IMAP, SERVICES };

struct client {
	int fd;
	enum service service;
	bool data, idle, deaf; /* deaf: no longer asked for input, its output has to go first */
	size_t held, seen, in_size;
	char *in;
	/* What is to be sent: `times` times the chunk, then the tail. */
	struct str chunk, left;
	uint64_t times;
	char tail[64];
	size_t tail_len;
	char *own; /* the chunk, when it was made for this client */
};

static struct bare {
	int poll_fd, file_fd, listen_fds[SERVICES];
	struct client *waiting[CLIENTS_MAX], *idlers[CLIENTS_MAX];
	uint32_t waiting_count, idler_count, messages, taken;
	struct str pool[POOL];
} bare;

/* ---- output ---- */

static void listen_for(struct client *c, uint32_t what)
{
	struct epoll_event event = { .events = what, .data.ptr = c };

	epoll_ctl(bare.poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

/* The next octets to send, or none. */
static struct str next_out(struct client *c)
{
	if (c->left.len == 0 && c->times > 0) {
		c->left = c->chunk;
		c->times--;
	}
	if (c->left.len == 0 && c->tail_len > 0) {
		c->left = str_make(c->tail, c->tail_len);
		c->tail_len = 0;
	}
	return c->left;
}

/* Sends what the socket takes; true when all is sent. */
static bool pump(struct client *c)
{
	while (next_out(c).len > 0) {
		ssize_t n = send(c->fd, c->left.at, c->left.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN) {
			if (!c->deaf)
				listen_for(c, EPOLLOUT);
			c->deaf = true;
			return false;
		}
		if (n < 0)
			return true; /* it has gone: the next read tells */
		c->left = str_skip(c->left, (size_t)n);
	}
	if (c->deaf)
		listen_for(c, EPOLLIN);
	c->deaf = false;
	return true;
}

static bool say(struct client *c, struct str octets)
{
	c->chunk = octets;
	c->times = 1;
	return pump(c);
}

static bool say_tagged(struct client *c, struct str tag)
{
	c->tail_len = (size_t)snprintf(c->tail, sizeof(c->tail), "%.*s OK done\r\n", STR_FMT(tag));
	return pump(c);
}

/* ---- commands; each returns whether the client's next one may be looked at ---- */

static bool mail_command(struct client *c, struct str line)
{
	if (str_istarts(line, S("EHLO")) || str_istarts(line, S("LHLO")))
		return say(c, S("250-bare\r\n250 PIPELINING\r\n"));
	if (str_istarts(line, S("DATA"))) {
		c->data = true;
		return say(c, S("354 go\r\n"));
	}
	return say(c, S("250 ok\r\n"));
}

static bool pop3_command(struct client *c, struct str line)
{
	uint32_t n;

	if (str_istarts(line, S("STAT"))) {
		c->tail_len = (size_t)snprintf(c->tail, sizeof(c->tail), "+OK %u %llu\r\n",
			bare.messages, 4096ull * bare.messages);
		return pump(c);
	}
	if (str_istarts(line, S("RETR ")) && str_u32(str_trim(str_skip(line, 5)), UINT32_MAX, &n))
		return say(c, bare.pool[n % POOL]);
	return say(c, S("+OK\r\n"));
}

/* A chunk of whole lines and how often it goes out; the octets are right but for less than a line.
 */
static bool send_lines(struct client *c, uint64_t octets, uint64_t lines)
{
	size_t len, in_chunk, most;

	if (lines == 0)
		return true;
	len = octets / lines > 8 ? (size_t)(octets / lines) : 8;
	most = len < CHUNK_MAX ? CHUNK_MAX / len : 1;
	c->times = (lines + most - 1) / most;
	in_chunk = (size_t)(lines / c->times);
	mem_free(c->own);
	c->own = mem_new(len * in_chunk);
	memset(c->own, 'x', len * in_chunk);
	for (size_t i = 0; i < in_chunk; i++) {
		memcpy(c->own + i * len, "* ", 2);
		memcpy(c->own + (i + 1) * len - 2, "\r\n", 2);
	}
	c->chunk = str_make(c->own, len * in_chunk);
	return true;
}

static bool imap_command(struct client *c, struct str line)
{
	struct str tag, octets;
	uint64_t a, b;

	if (str_istarts(line, S("DONE")) || !str_cut(&line, ' ', &tag))
		return true;
	if (str_istarts(line, S("IDLE"))) {
		if (!c->idle && bare.idler_count < CLIENTS_MAX)
			bare.idlers[bare.idler_count++] = c;
		c->idle = true;
		return say(c, S("+ idling\r\n"));
	}
	if (str_istarts(line, S("SEND "))) {
		line = str_trim(str_skip(line, 5));
		if (!str_cut(&line, ' ', &octets) || !str_u64(octets, UINT64_MAX >> 1, &a) ||
			!str_u64(line, UINT64_MAX >> 1, &b))
			load_give_up("SEND wants two numbers");
		send_lines(c, a, b);
	}
	return say_tagged(c, tag);
}

/* ---- input ---- */

static void take_octets(struct client *c, size_t n)
{
	memmove(c->in, c->in + n, c->held - n);
	c->held -= n;
	c->seen = 0;
}

static bool take_message(struct client *c)
{
	struct str in = str_make(c->in, c->held);
	size_t from = c->seen > 4 ? c->seen - 4 : 0,
	       end = str_find_str(str_skip(in, from), S("\r\n.\r\n"));

	if (end == STR_NPOS) {
		c->seen = c->held;
		return false;
	}
	end += from;
	if (write(bare.file_fd, c->in, end + 5) < 0)
		load_give_up("cannot write");
	bare.waiting[bare.waiting_count++] = c;
	c->data = false;
	take_octets(c, end + 5);
	return false; /* the client waits for its 250 */
}

/* One command or message of what is held; false: there is none, or its answer is not out yet. */
static bool step(struct client *c)
{
	static bool (*const commands[])(
		struct client *, struct str) = { mail_command, pop3_command, imap_command };
	struct str in = str_make(c->in, c->held), line;
	size_t end;
	bool more;

	if (c->data)
		return take_message(c);
	end = str_find(in, '\n');
	if (end >= in.len)
		return false;
	line = str_trim(str_sub(in, 0, end));
	more = commands[c->service](c, line);
	take_octets(c, end + 1);
	return more;
}

static void close_client(struct client *c)
{
	for (uint32_t i = 0; i < bare.idler_count; i++)
		if (bare.idlers[i] == c)
			bare.idlers[i--] = bare.idlers[--bare.idler_count];
	close(c->fd);
	mem_free(c->own);
	mem_free(c->in);
	mem_free(c);
}

static void on_readable(struct client *c)
{
	ssize_t n;

	if (c->in_size - c->held < 16384) {
		c->in_size = 2 * c->in_size + 32768;
		c->in = mem_resize(c->in, c->in_size);
	}
	n = recv(c->fd, c->in + c->held, c->in_size - c->held, 0);
	if (n <= 0) {
		close_client(c);
		return;
	}
	c->held += (size_t)n;
	while (step(c))
		;
}

static void on_event(struct client *c, uint32_t what)
{
	if (!c->deaf) {
		on_readable(c);
		return;
	}
	if (what & (EPOLLERR | EPOLLHUP)) {
		close_client(c);
		return;
	}
	if (pump(c))
		while (step(c))
			;
}

static void on_connection(enum service service)
{
	static const struct str greetings[] = { S("220 bare\r\n"), S("+OK bare\r\n"),
		S("* OK bare\r\n") };
	struct client *c = mem_new(sizeof(*c));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	*c = (struct client){ .service = service,
		.fd = accept4(bare.listen_fds[service], NULL, NULL, SOCK_CLOEXEC) };
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	epoll_ctl(bare.poll_fd, EPOLL_CTL_ADD, c->fd, &event);
	say(c, greetings[service]);
}

static void flush(void)
{
	char text[64];
	size_t len;

	if (bare.waiting_count == 0)
		return;
	if (fdatasync(bare.file_fd) < 0)
		load_give_up("cannot flush");
	bare.taken += bare.waiting_count;
	while (bare.waiting_count > 0)
		say(bare.waiting[--bare.waiting_count], S("250 kept\r\n"));
	len = (size_t)snprintf(text, sizeof(text), "* %u EXISTS\r\n", bare.taken);
	for (uint32_t i = 0; i < bare.idler_count; i++)
		if (send(bare.idlers[i]->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			continue; /* it has gone: the next read tells */
}

static void serve(void)
{
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		int n = epoll_wait(bare.poll_fd, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.u64 < SERVICES)
				on_connection((enum service)events[i].data.u64);
			else
				on_event(events[i].data.ptr, events[i].events);
		}
		flush();
	}
}

static void make_pool(void)
{
	char *message = mem_new(LOAD_MESSAGE_OCTETS_MAX);

	for (uint32_t i = 0; i < POOL; i++) {
		size_t len = load_message(i, 4096, message);
		char *kept = mem_new(len + 5);

		memcpy(kept, "+OK\r\n", 5);
		memcpy(kept + 5, message, len);
		bare.pool[i] = str_make(kept, len + 5);
	}
	mem_free(message);
}

int main(int argc, char **argv)
{
	struct rlimit files = { .rlim_cur = CLIENTS_MAX, .rlim_max = CLIENTS_MAX };

	if (argc != 6)
		load_give_up("usage: bare MAIL_PORT POP3_PORT IMAP_PORT FILE MESSAGES");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	setrlimit(RLIMIT_NOFILE, &files);
	bare.poll_fd = epoll_create1(EPOLL_CLOEXEC);
	bare.file_fd = open(argv[4], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (bare.file_fd < 0)
		load_give_up("cannot make the file");
	bare.messages = load_number(argv[5], 10000000);
	make_pool();
	for (unsigned i = 0; i < SERVICES; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u64 = i };

		bare.listen_fds[i] = load_listen((uint16_t)load_number(argv[1 + i], 65535));
		epoll_ctl(bare.poll_fd, EPOLL_CTL_ADD, bare.listen_fds[i], &event);
	}
	serve();
	return 0;
}
