/*
 * Loads of POP3 and IMAP sessions. Loopback only; ends by itself; one JSON value on standard
 * output.
 *
 *   session_load imap PORT 'USER PASSWORD' COMMAND...
 *       one session; each command timed up to its tagged answer: an array of {ms, octets, lines},
 *       the first for connecting and logging on. A command that begins with - is done but not told.
 *       One that was not answered OK has no ms but "refused".
 *   session_load pop3 PORT SESSIONS USER PASSWORD
 *       each session (USER, or USER0 USER1 ...) fetches its whole mailbox
 *   session_load logon PORT PARALLEL SECONDS 'USER PASSWORD'
 *       IMAP LOGIN and LOGOUT on a new connection each
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "crew.h"

#define WINDOW 64 /* RETR commands in flight */

/* ---- IMAP ---- */

static void imap(uint16_t port, const char *user_password, char **commands)
{
	struct load_peer *p = mem_new(sizeof(*p));
	uint64_t began = load_now_us();

	load_imap_logon(p, port, NULL, user_password);
	printf("[{\"ms\":%.3f}", (double)(load_now_us() - began) / 1e3);
	for (; *commands; commands++) {
		bool told = (*commands)[0] != '-';
		uint64_t before = p->octets;
		uint32_t lines;
		bool done;

		began = load_now_us();
		done = load_imap_try(p, "T", *commands + !told, &lines);
		if (told && !done)
			printf(",\n{\"refused\":true}");
		else if (told)
			printf(",\n{\"ms\":%.3f,\"octets\":%lu,\"lines\":%u}",
				(double)(load_now_us() - began) / 1e3,
				(unsigned long)(p->octets - before), lines);
		fflush(stdout);
	}
	load_put(p, S("Z LOGOUT\r\n"));
	load_close(p);
	mem_free(p);
	printf("]\n");
}

/* ---- POP3 ---- */

static struct str pop3_ask(struct load_peer *p, const char *word, const char *argument)
{
	char text[512];
	struct str line;

	load_put(p,
		str_make(text, (size_t)snprintf(text, sizeof(text), "%s%s\r\n", word, argument)));
	line = load_line(p);
	if (!str_starts(line, S("+OK"))) {
		fprintf(stderr, "%s: %.*s\n", word, STR_FMT(line));
		load_give_up("the server said no");
	}
	return line;
}

static void pop3_ask_more(struct load_peer *p, uint32_t *asked, uint32_t until)
{
	char text[WINDOW * 20];
	size_t len = 0;

	while (*asked < until && len + 20 < sizeof(text))
		len += (size_t)snprintf(text + len, 20, "RETR %u\r\n", ++*asked);
	load_put(p, str_make(text, len));
}

static void pop3_drain(struct load_peer *p, uint32_t count)
{
	uint32_t asked = 0;

	for (uint32_t got = 0; got < count; got++) {
		if (asked - got <= WINDOW / 2 && asked < count)
			pop3_ask_more(p, &asked, count < got + WINDOW ? count : got + WINDOW);
		if (!str_starts(load_line(p), S("+OK")))
			load_give_up("RETR was refused");
		load_skip_dotted(p);
	}
}

static void pop3(uint16_t port, const char *user, const char *password)
{
	struct load_peer *p = mem_new(sizeof(*p));
	struct str line, count;
	struct crew_row *row;
	uint32_t messages;

	load_connect(p, port, NULL);
	load_line(p);
	pop3_ask(p, "USER ", user);
	pop3_ask(p, "PASS ", password);
	line = str_skip(pop3_ask(p, "STAT", ""), 4);
	if (!str_cut(&line, ' ', &count) || !str_u32(count, 10000000, &messages))
		load_give_up("STAT tells no number");
	row = crew_begin();
	p->octets = 0;
	pop3_drain(p, messages);
	*row = (struct crew_row){ .done = messages, .octets = p->octets, .done_us = load_now_us() };
	pop3_ask(p, "QUIT", "");
}

/* ---- logons ---- */

static void logons(uint16_t port, uint32_t seconds, const char *user_password)
{
	struct load_peer *p = mem_new(sizeof(*p));
	struct crew_row *row = crew_begin();
	uint64_t until = load_now_us() + (uint64_t)seconds * 1000000;

	do {
		load_imap_logon(p, port, NULL, user_password);
		load_imap(p, "Z", "LOGOUT");
		load_close(p);
		row->done++;
	} while (load_now_us() < until);
	row->done_us = load_now_us();
}

int main(int argc, char **argv)
{
	bool is_pop3 = argc == 6 && strcmp(argv[1], "pop3") == 0,
	     is_logon = argc == 6 && strcmp(argv[1], "logon") == 0;
	uint32_t sessions;
	uint16_t port;

	if (argc < 4 || (!is_pop3 && !is_logon && strcmp(argv[1], "imap") != 0))
		load_give_up("usage: see the head of session_load.c");
	port = (uint16_t)load_number(argv[2], 65535);
	if (!is_pop3 && !is_logon) {
		imap(port, argv[3], argv + 4);
		return 0;
	}
	sessions = load_number(argv[3], CREW_MAX);
	crew_open();
	for (uint32_t i = 0; i < sessions; i++) {
		char user[256];

		if (!crew_child(i))
			continue;
		if (sessions > 1)
			snprintf(user, sizeof(user), "%s%u", argv[4], i);
		else
			snprintf(user, sizeof(user), "%s", argv[4]);
		if (is_pop3)
			pop3(port, user, argv[5]);
		else
			logons(port, load_number(argv[4], 3600), argv[5]);
		_exit(0);
	}
	crew_finish(sessions, is_pop3 ? "messages" : "logons");
	return 0;
}
