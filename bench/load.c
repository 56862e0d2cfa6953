#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

uint64_t load_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

_Noreturn void load_give_up(const char *what)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

uint32_t load_number(const char *text, uint32_t max)
{
	uint32_t n;

	if (!str_u32(str_from_c(text), max, &n))
		load_give_up("a number is not one, or too large");
	return n;
}

/* ---- connections ---- */

void load_connect(struct load_peer *p, uint16_t port, SSL_CTX *tls)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 120 };
	int on = 1;

	p->tls = NULL;
	p->from = p->held = 0;
	p->octets = 0;
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		load_give_up("cannot connect");
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!tls)
		return;
	p->tls = SSL_new(tls);
	if (!p->tls || SSL_set_fd(p->tls, p->fd) != 1 || SSL_connect(p->tls) != 1)
		load_give_up("no TLS handshake");
}

void load_close(struct load_peer *p)
{
	SSL_free(p->tls);
	close(p->fd);
}

void load_put(struct load_peer *p, struct str octets)
{
	while (octets.len > 0) {
		ssize_t n = p->tls ? SSL_write(p->tls, octets.at, (int)octets.len)
				   : send(p->fd, octets.at, octets.len, MSG_NOSIGNAL);

		if (n <= 0)
			load_give_up("the server has closed the connection");
		octets = str_skip(octets, (size_t)n);
	}
}

static void fill(struct load_peer *p)
{
	ssize_t n = p->tls ? SSL_read(p->tls, p->in, sizeof(p->in))
			   : recv(p->fd, p->in, sizeof(p->in), 0);

	if (n <= 0)
		load_give_up(n < 0 && errno == EAGAIN ? "no answer for two minutes"
						      : "the server has closed the connection");
	p->from = 0;
	p->held = (size_t)n;
	p->octets += (uint64_t)n;
}

struct str load_line(struct load_peer *p)
{
	size_t len = 0;

	for (;;) {
		const char *at, *end;
		size_t n, kept;

		if (p->held == 0)
			fill(p);
		at = p->in + p->from;
		end = memchr(at, '\n', p->held);
		n = end ? (size_t)(end - at) + 1 : p->held;
		kept = n < sizeof(p->line) - len ? n : sizeof(p->line) - len;
		memcpy(p->line + len, at, kept);
		len += kept;
		p->from += n;
		p->held -= n;
		if (!end)
			continue;
		/* The end of a long line is kept at the expense of its middle: a literal's length
		 * stands there. */
		if (kept < n && n >= 32)
			memcpy(p->line + sizeof(p->line) - 32, end - 31, 32);
		return str_trim(str_make(p->line, len));
	}
}

void load_skip(struct load_peer *p, uint64_t octets)
{
	while (octets > 0) {
		size_t n;

		if (p->held == 0)
			fill(p);
		n = octets < p->held ? (size_t)octets : p->held;
		p->from += n;
		p->held -= n;
		octets -= n;
	}
}

void load_skip_dotted(struct load_peer *p)
{
	bool begins = true; /* of a line */

	for (;;) {
		const char *at, *dot;
		bool first;
		size_t n;

		if (p->held == 0)
			fill(p);
		at = p->in + p->from;
		dot = memchr(at, '.', p->held);
		first = dot != NULL && (dot == at ? begins : dot[-1] == '\n');
		n = dot != NULL ? (size_t)(dot - at) + 1 : p->held;
		begins = at[n - 1] == '\n';
		p->from += n;
		p->held -= n;
		if (!first)
			continue;
		if (load_line(p).len == 0)
			return;
		begins = true;
	}
}

/* ---- IMAP ---- */

static bool literal_octets(struct str line, uint64_t *ret)
{
	size_t open = str_rfind(line, '{');

	if (line.len < 3 || line.at[line.len - 1] != '}' || open >= line.len)
		return false;
	return str_u64(str_sub(line, open + 1, line.len - open - 2), UINT32_MAX, ret);
}

bool load_imap_try(struct load_peer *p, const char *tag, const char *command, uint32_t *ret_lines)
{
	struct str want = str_from_c(tag);
	size_t room = strlen(tag) + strlen(command) + 4;
	char *text = mem_new(room);

	*ret_lines = 0;
	load_put(p, str_make(text, (size_t)snprintf(text, room, "%s %s\r\n", tag, command)));
	mem_free(text);
	for (;;) {
		struct str line = load_line(p);
		uint64_t octets;
		bool first = true;

		while (literal_octets(line, &octets)) {
			load_skip(p, octets);
			line = load_line(p);
			first = false;
		}
		if (!first || !str_starts(line, want)) {
			(*ret_lines)++;
			continue;
		}
		if (str_starts(str_skip(line, want.len), S(" OK")))
			return true;
		fprintf(stderr, "%s\n%.*s\n", command, STR_FMT(line));
		return false;
	}
}

uint32_t load_imap(struct load_peer *p, const char *tag, const char *command)
{
	uint32_t lines;

	if (!load_imap_try(p, tag, command, &lines))
		load_give_up("the server said no");
	return lines;
}

void load_imap_logon(struct load_peer *p, uint16_t port, SSL_CTX *tls, const char *user_password)
{
	char command[512];

	load_connect(p, port, tls);
	load_line(p);
	snprintf(command, sizeof(command), "LOGIN %s", user_password);
	load_imap(p, "L", command);
}

/* ---- packs ---- */

void load_pack_read(struct load_pack *p, const char *path)
{
	FILE *f = fopen(path, "r");
	size_t len, number_at;

	*p = (struct load_pack){ 0 };
	if (!f)
		load_give_up("cannot open the pack");
	while (fscanf(f, "%zu %zu", &len, &number_at) == 2) {
		struct load_item item = { .len = len, .number_at = number_at };

		if (getc(f) != '\n' || len > LOAD_MESSAGE_OCTETS_MAX || number_at + 10 > len)
			load_give_up("the pack is damaged");
		item.at = mem_new(len);
		if (fread(item.at, 1, len, f) != len)
			load_give_up("the pack is cut off");
		if ((p->count & (p->count - 1)) == 0)
			p->items = mem_resize(
				p->items, sizeof(item) * (p->count > 0 ? 2 * p->count : 1));
		p->items[p->count++] = item;
	}
	fclose(f);
	if (p->count == 0)
		load_give_up("the pack is empty");
}

size_t load_pack_take(const struct load_pack *p, uint32_t n, char *at)
{
	const struct load_item *item = &p->items[n % p->count];
	char number[11];

	memcpy(at, item->at, item->len);
	snprintf(number, sizeof(number), "%010u", n);
	memcpy(at + item->number_at, number, 10);
	return item->len;
}

/* ---- messages ---- */

struct maker {
	char *at;
	size_t len;
	uint64_t state;
};

static uint32_t chance(struct maker *m, uint32_t below)
{
	m->state = m->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((m->state >> 33) % below);
}

static void add(struct maker *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct maker *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	m->len += (size_t)vsnprintf(m->at + m->len, 4096, format, args);
	va_end(args);
}

static void add_word(struct maker *m, const char *word)
{
	while (*word)
		m->at[m->len++] = *word++;
}

/* Words of two or three syllables, short ones more often, in lines of some seventy octets. */
static void add_text(struct maker *m, size_t octets)
{
	static const char *const syllables[] = { "ba", "con", "der", "el", "fa", "gor", "hin", "is",
		"ko", "lam", "mer", "no", "or", "pel", "qua", "ri", "ster", "ta", "un", "ver", "wo",
		"xi", "yen", "zu", "an", "the", "ing", "tion", "al", "re", "de", "in" };
	size_t end = m->len + octets, line = m->len;

	while (m->len < end) {
		for (uint32_t left = 1 + chance(m, 3); left > 0; left--)
			add_word(m, syllables[chance(m, 6 * left) % 32]);
		if (m->len - line < 68) {
			add_word(m, " ");
			continue;
		}
		add(m, "\r\n");
		line = m->len;
	}
	add(m, "\r\n");
}

static void add_base64(struct maker *m, size_t octets)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < octets / 78; i++) {
		for (int k = 0; k < 76; k++)
			m->at[m->len++] = digits[chance(m, 64)];
		add(m, "\r\n");
	}
}

static void add_head(struct maker *m, uint32_t n)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };

	add(m, "From: \"Person %u\" <person%u@senders.example>\r\n", n % 997, n % 997);
	add(m, "To: Box <box@example.org>, Other %u <other%u@example.org>\r\n", n % 31, n % 31);
	add(m, "Subject: Report %u on ", n);
	add_text(m, 20);
	add(m, "Date: %u %s 2025 %02u:%02u:%02u +0000\r\n", 1 + n % 28, months[n / 28 % 12], n % 24,
		n % 60, n / 60 % 60);
	add(m, "Message-ID: <%010u.load@senders.example>\r\n", n);
	if (n % 4 != 0)
		add(m,
			"In-Reply-To: <%010u.load@senders.example>\r\nReferences: "
			"<%010u.load@senders.example>\r\n",
			n - n % 4, n - n % 4);
	add(m, "MIME-Version: 1.0\r\n");
}

size_t load_message(uint32_t n, uint32_t octets, char *at)
{
	struct maker m = { .at = at, .state = n * 0x9e3779b97f4a7c15u + 1 };
	size_t parts = 1u + (n % 3 == 0) + (n % 5 == 0), share;

	add_head(&m, n);
	share = octets > m.len + 300 * parts ? (octets - m.len - 180 * parts) / parts : 60;
	if (n % 5 == 0)
		add(&m, "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\n");
	if (n % 3 == 0)
		add(&m, "Content-Type: multipart/alternative; "
			"boundary=\"inner\"\r\n\r\n--inner\r\n");
	add(&m, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
		"8bit\r\n\r\n");
	add_text(&m, share);
	if (n % 1000 == 7)
		add(&m, "quixotically\r\n");
	if (n % 3 == 0) {
		add(&m, "--inner\r\nContent-Type: text/html; "
			"charset=utf-8\r\n\r\n<html><body><p>\r\n");
		add_text(&m, share);
		add(&m, "</p></body></html>\r\n--inner--\r\n");
	}
	if (n % 5 == 0) {
		add(&m,
			"--outer\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n"
			"Content-Disposition: attachment; filename=\"report-%u.pdf\"\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n",
			n);
		add_base64(&m, share);
		add(&m, "--outer--\r\n");
	}
	add(&m, ".\r\n");
	return m.len;
}

int load_listen(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1024) < 0)
		load_give_up("cannot listen");
	return fd;
}
