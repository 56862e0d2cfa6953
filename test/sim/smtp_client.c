#include <stdio.h>
#include <string.h>

#include "client.h"
#include "fiber.h"
#include "mail.h"
#include "server.h"
#include "world.h"

#define TRIES_MAX 8
#define MESSAGES_MAX 6

/* One message of a step. */
struct letter {
	uint32_t token;
	unsigned users; /* one bit each */
	bool to_list;
};

static unsigned code_of(struct str line)
{
	uint32_t code = 0;

	return line.len >= 3 && str_u32(str_sub(line, 0, 3), 999, &code) ? code : 0;
}

/* The code of a whole reply; 0: the connection is over. */
static unsigned reply(struct talk *t)
{
	struct str line;

	do {
		if (!talk_line(t, &line))
			return 0;
		if (code_of(line) == 0) {
			violate("protocol", "%s: not a reply: %.*s", t->name, STR_FMT(line));
			return 0;
		}
	} while (line.len > 3 && line.at[3] == '-');
	return code_of(line);
}

static unsigned ask(struct talk *t, const char *command)
{
	struct str rest = str_skip(buf_str(&t->in), t->taken);

	if (rest.len > 0 && !str_starts(rest, S("421")))
		violate("protocol", "%s: a reply without a command: %.*s", t->name, STR_FMT(str_sub(rest, 0, 60)));
	talk_printf(t, "%s\r\n", command);
	return reply(t);
}

static void put_dotted(struct talk *t, uint32_t token)
{
	struct buf mail, wire;
	struct str rest, line;

	buf_init(&mail, MAIL_OCTETS_MAX);
	buf_init(&wire, 2 * MAIL_OCTETS_MAX);
	mail_put(&mail, token);
	rest = buf_str(&mail);
	while (rest.len > 0) {
		size_t end = str_find(rest, '\n');

		line = str_sub(rest, 0, end + 1);
		rest = str_skip(rest, line.len);
		if (line.at[0] == '.')
			buf_put(&wire, S("."));
		buf_put(&wire, line);
	}
	buf_put(&wire, S(".\r\n"));
	talk_put(t, buf_str(&wire));
	buf_done(&mail);
	buf_done(&wire);
}

static void add_asked(const struct letter *l)
{
	for (unsigned user = 0; user < SERVER_USERS; user++) {
		if (l->users >> user & 1)
			model_add_asked(model_folder(user, "INBOX"), l->token);
	}
}

static void add_told(const struct letter *l, enum outcome o)
{
	for (unsigned user = 0; user < SERVER_USERS; user++) {
		if (l->users >> user & 1)
			model_add_told(model_folder(user, "INBOX"), l->token, o, 0);
	}
}

/* 2xx: taken by all; else the code that stopped it, 0: the connection did. */
static unsigned recipients(struct talk *t, const struct letter *l)
{
	char line[80];
	unsigned code;

	for (unsigned user = 0; user < SERVER_USERS; user++) {
		if (!(l->users >> user & 1) || (l->to_list && user > 0))
			continue;
		if (l->to_list)
			snprintf(line, sizeof(line), "RCPT TO:<all@%s>", SERVER_DOMAIN);
		else
			snprintf(line, sizeof(line), "RCPT TO:<u%u@%s>", user, SERVER_DOMAIN);
		code = ask(t, line);
		if (code / 100 != 2)
			return code;
	}
	return 250;
}

/* True: this message needs no further try. */
static bool transaction(struct talk *t, const struct letter *l, const char *sender)
{
	char line[80];
	unsigned code;

	snprintf(line, sizeof(line), "MAIL FROM:<%s>", sender);
	code = ask(t, line);
	if (code == 250)
		code = recipients(t, l);
	if (code == 250)
		code = ask(t, "DATA");
	if (code != 354) {
		if (code != 0)
			ask(t, "RSET");
		return code / 100 == 5;
	}
	add_asked(l);
	put_dotted(t, l->token);
	if (dice_in(t->dice, 12))
		net_end(t->file);
	code = reply(t);
	trace(t->name, "message %u: %u", l->token, code);
	if (code / 100 == 2 || code / 100 == 5)
		add_told(l, code / 100 == 2 ? OUTCOME_DONE : OUTCOME_REFUSED);
	return code / 100 == 2 || code / 100 == 5;
}

static bool hello(struct talk *t, unsigned user, bool submit)
{
	static const char *const logons[SERVER_USERS] = { "AHUwAHNlY3JldA==", "AHUxAHNlY3JldA==", "AHUyAHNlY3JldA==", "AHUzAHNlY3JldA==" };
	char line[60];

	if (reply(t) != 220 || ask(t, "EHLO relay.elsewhere.example") != 250)
		return false;
	snprintf(line, sizeof(line), "AUTH PLAIN %s", logons[user]);
	return !submit || ask(t, line) == 235;
}

/* The first messages that are still to be sent, over one connection. How many of them are through. */
static size_t connection(struct step *s, const struct letter *letters, size_t count, bool submit)
{
	char name[24], sender[40];
	struct talk t;
	size_t done = 0;

	snprintf(name, sizeof(name), "%s.%u", submit ? "submit" : "smtp", s->number);
	snprintf(sender, sizeof(sender), "%c%u@%s", submit ? 'u' : 'f', s->user, submit ? SERVER_DOMAIN : "elsewhere.example");
	if (!talk_open(&t, name, submit ? SERVICE_SUBMISSION : SERVICE_SMTP, s->number, &s->dice))
		return 0;
	if (hello(&t, s->user, submit)) {
		while (done < count && transaction(&t, &letters[done], sender))
			done++;
		if (t.file != NULL && dice_throw(&s->dice, 4) > 0)
			ask(&t, "QUIT");
	}
	talk_close(&t);
	return done;
}

static void send_all(struct step *s, bool submit)
{
	struct letter letters[MESSAGES_MAX];
	size_t count = 1 + (size_t)dice_throw(&s->dice, MESSAGES_MAX), done = 0;

	for (size_t i = 0; i < count; i++) {
		struct letter *l = &letters[i];

		l->token = model_token();
		l->to_list = dice_in(&s->dice, 8);
		l->users = l->to_list ? 7 : 1u << s->user;
		if (!l->to_list && dice_in(&s->dice, 3))
			l->users |= 1u << dice_throw(&s->dice, SERVER_USERS);
		model_together(l->token, l->users);
	}
	for (unsigned i = 0; i < TRIES_MAX && done < count; i++) {
		done += connection(s, letters + done, count - done, submit);
		if (done < count)
			fiber_sleep(200 * MS + dice_throw(&s->dice, 2 * SECOND));
	}
}

void client_smtp(struct step *s)
{
	send_all(s, false);
}

void client_submit(struct step *s)
{
	send_all(s, true);
}
