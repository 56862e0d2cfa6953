/*
 * A crowd of IMAP connections that do nothing. Loopback only; one JSON line when all stand.
 *
 *   crowd_load hold PORT COUNT plain|tls greeted|logged-on|idling 'USER PASSWORD'
 *       holds them until its standard input ends; idling is IDLE on INBOX
 *   crowd_load idle PORT COUNT ROUNDS 'USER PASSWORD' MAIL_PORT smtp|lmtp RECIPIENT
 *       all of them IDLE on INBOX; ROUNDS times (fewer where they take long) a message is sent, and the time is taken from its
 *       final 250, and from the end of its data, until the last session has been told
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "load.h"

#define TOLD_US_MAX 100000000u
/* Sessions that look by themselves once a minute would make rounds of a minute each: no further ones then. */
#define ROUNDS_US_MAX 30000000u
#define ROUNDS_MIN    3u
#define COUNT_MAX  5000
#define ROUNDS_MAX 100

struct crowd {
	uint32_t count;
	int poll_fd;
	uint32_t told; /* sessions that know of this round's message */
	bool *knows;
	struct load_peer **peers;
};

static SSL_CTX *tls_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (!context)
		load_give_up("no TLS");
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	return context;
}

static void stand(struct crowd *c, uint16_t port, SSL_CTX *tls, const char *user_password)
{
	uint64_t began = load_now_us();

	c->peers = mem_new(sizeof(*c->peers) * c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		c->peers[i] = mem_new(sizeof(**c->peers));
		if (user_password) {
			load_imap_logon(c->peers[i], port, tls, user_password);
			continue;
		}
		load_connect(c->peers[i], port, tls);
		load_line(c->peers[i]);
	}
	printf("{\"standing\":%u,\"per_second\":%.1f", c->count,
		c->count * 1e6 / (double)(load_now_us() - began));
}

static void say_idle(struct load_peer *p)
{
	load_imap(p, "S", "SELECT INBOX");
	load_put(p, S("I IDLE\r\n"));
	while (!str_starts(load_line(p), S("+")))
		;
}

static void hold(char **argv)
{
	struct crowd c = { .count = load_number(argv[3], COUNT_MAX) };
	bool is_tls = strcmp(argv[4], "tls") == 0;
	char end;

	stand(&c, (uint16_t)load_number(argv[2], 65535), is_tls ? tls_context() : NULL,
		strcmp(argv[5], "greeted") == 0 ? NULL : argv[6]);
	for (uint32_t i = 0; strcmp(argv[5], "idling") == 0 && i < c.count; i++)
		say_idle(c.peers[i]);
	printf("}\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
}

/* ---- IDLE ---- */

static void begin_idle(struct crowd *c)
{
	c->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	c->knows = mem_new(c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };

		say_idle(c->peers[i]);
		epoll_ctl(c->poll_fd, EPOLL_CTL_ADD, c->peers[i]->fd, &event);
	}
}

static void on_told(struct crowd *c, uint32_t i)
{
	do {
		if (!str_ends(load_line(c->peers[i]), S(" EXISTS")) || c->knows[i])
			continue;
		c->knows[i] = true;
		c->told++;
	} while (c->peers[i]->held > 0);
}

static void mail_ask(struct load_peer *p, const char *format, const char *argument)
{
	char text[512];
	struct str line;

	load_put(p, str_make(text, (size_t)snprintf(text, sizeof(text), format, argument)));
	do {
		line = load_line(p);
	} while (line.len > 3 && line.at[3] == '-');
	if (line.len == 0 || (line.at[0] != '2' && line.at[0] != '3'))
		load_give_up("the message was refused");
}

/* The times, in us, from the end of the data to the 250 and to the last session told. */
static void one_round(
	struct crowd *c, struct load_peer *mail, const char *recipient, uint64_t ret_us[2])
{
	static char message[16384];
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = UINT32_MAX };
	uint64_t began;

	mail_ask(mail, "MAIL FROM:<%s>\r\n", "load@elsewhere.example");
	mail_ask(mail, "RCPT TO:<%s>\r\n", recipient);
	mail_ask(mail, "DATA%s\r\n", "");
	memset(c->knows, 0, c->count);
	c->told = 0;
	ret_us[0] = 0;
	epoll_ctl(c->poll_fd, EPOLL_CTL_ADD, mail->fd, &event);
	load_put(mail,
		str_make(message, load_message((uint32_t)(load_now_us() / 1000), 4096, message)));
	began = load_now_us();
	while (c->told < c->count || ret_us[0] == 0) {
		struct epoll_event events[256];
		int n = epoll_wait(c->poll_fd, events, 256, (int)(TOLD_US_MAX / 1000));

		/* Some servers say something to idle sessions now and then, and would go on for ever. */
		if (n <= 0 || load_now_us() - began > TOLD_US_MAX)
			load_give_up("not all were told within 100 s");
		for (int i = 0; i < n; i++) {
			if (events[i].data.u32 != UINT32_MAX) {
				on_told(c, events[i].data.u32);
			} else {
				load_line(mail);
				ret_us[0] = load_now_us() - began;
			}
		}
		if (c->told == c->count)
			ret_us[1] = load_now_us() - began;
	}
	epoll_ctl(c->poll_fd, EPOLL_CTL_DEL, mail->fd, NULL);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void idle(char **argv)
{
	struct crowd c = { .count = load_number(argv[3], COUNT_MAX) };
	uint32_t rounds = load_number(argv[4], ROUNDS_MAX), done = 0;
	uint64_t until;
	struct load_peer *mail = mem_new(sizeof(*mail));
	double after_250[ROUNDS_MAX], after_data[ROUNDS_MAX];

	stand(&c, (uint16_t)load_number(argv[2], 65535), NULL, argv[5]);
	begin_idle(&c);
	load_connect(mail, (uint16_t)load_number(argv[6], 65535), NULL);
	load_line(mail);
	mail_ask(mail, "%s load.example\r\n", strcmp(argv[7], "lmtp") == 0 ? "LHLO" : "EHLO");
	until = load_now_us() + ROUNDS_US_MAX;
	while (done < rounds && (done < ROUNDS_MIN || load_now_us() < until)) {
		uint64_t us[2];

		usleep(300000);
		one_round(&c, mail, argv[8], us);
		after_250[done] = us[1] > us[0] ? (double)(us[1] - us[0]) / 1e3 : 0;
		after_data[done++] = (double)us[1] / 1e3;
	}
	rounds = done;
	qsort(after_250, rounds, sizeof(double), compare);
	qsort(after_data, rounds, sizeof(double), compare);
	printf(",\"after_250_ms\":%.3f,\"after_data_ms\":%.3f,\"worst_after_250_ms\":%.3f}\n",
		after_250[rounds / 2], after_data[rounds / 2], after_250[rounds - 1]);
}

int main(int argc, char **argv)
{
	struct rlimit files = { .rlim_cur = 8192, .rlim_max = 8192 };

	setrlimit(RLIMIT_NOFILE, &files);
	if (argc == 7 && strcmp(argv[1], "hold") == 0)
		hold(argv);
	else if (argc == 9 && strcmp(argv[1], "idle") == 0)
		idle(argv);
	else
		load_give_up("usage: see the head of crowd_load.c");
	return 0;
}
