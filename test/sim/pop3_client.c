#include <stdio.h>

#include "client.h"
#include "fiber.h"
#include "mail.h"
#include "server.h"
#include "world.h"

#define MESSAGES_MAX 400

struct box {
	struct model_folder *inbox;
	struct {
		uint32_t uid;
		bool removed;
	} rows[MESSAGES_MAX + 1]; /* by POP3's number */
	uint32_t count;
};

/* +OK: true. The connection's end too is false: t->ended. */
static bool ask(struct talk *t, const char *format, unsigned argument, struct str *ret)
{
	struct str line, rest = str_skip(buf_str(&t->in), t->taken);

	if (rest.len > 0 && !str_starts(rest, S("-ERR")))
		violate("protocol", "%s: a reply without a command: %.*s", t->name, STR_FMT(str_sub(rest, 0, 60)));
	if (format[0] != '\0')
		talk_printf(t, format, argument);
	if (!talk_line(t, &line))
		return false;
	if (ret != NULL)
		*ret = line;
	if (!str_starts(line, S("+OK")) && !str_starts(line, S("-ERR")))
		violate("protocol", "%s: not a reply: %.*s", t->name, STR_FMT(line));
	return str_starts(line, S("+OK"));
}

static bool take_uidl(struct box *b, struct str line)
{
	uint32_t number = 0, halves[2] = { 0, 0 };
	size_t space = str_find(line, ' ');
	struct str id = str_skip(line, space + 1);

	if (space == STR_NPOS || !str_u32(str_sub(line, 0, space), MESSAGES_MAX, &number) || id.len != 16)
		return false;
	for (size_t i = 0; i < 16; i++) {
		char c = id.at[i];

		halves[i / 8] = halves[i / 8] << 4 | (uint32_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	if (number == 1)
		model_opened(b->inbox, halves[0], halves[1] + 1, 0);
	b->rows[number].uid = halves[1];
	b->count = number > b->count ? number : b->count;
	return true;
}

static bool list(struct talk *t, struct box *b)
{
	struct str line;

	if (!ask(t, "UIDL\r\n", 0, NULL))
		return false;
	while (talk_line(t, &line)) {
		if (str_eq(line, S(".")))
			return true;
		if (!take_uidl(b, line))
			violate("protocol", "%s: not a line of UIDL: %.*s", t->name, STR_FMT(line));
	}
	return false;
}

static bool retrieve(struct talk *t, struct box *b, uint32_t number)
{
	struct buf mail;
	struct str line;
	uint32_t token;
	bool whole = false;

	if (!ask(t, "RETR %u\r\n", number, NULL))
		return !t->ended;
	buf_init(&mail, MAIL_OCTETS_MAX);
	while (!whole && talk_line(t, &line)) {
		whole = str_eq(line, S("."));
		if (line.len > 0 && line.at[0] == '.')
			line = str_skip(line, 1);
		if (!whole) {
			buf_put(&mail, line);
			buf_put(&mail, S("\r\n"));
		}
	}
	token = mail_token(buf_str(&mail));
	if (whole && !mail_is(buf_str(&mail), token))
		violate("P5", "%s: message %u is not as it was sent (uid %u)", t->name, token, b->rows[number].uid);
	if (whole)
		model_seen(b->inbox, b->rows[number].uid, token);
	buf_done(&mail);
	return whole;
}

static bool removals(struct talk *t, struct box *b)
{
	for (uint32_t i = 1; i <= b->count; i++) {
		if (!dice_in(t->dice, 3))
			continue;
		/* What is not known to the model cannot be missed by it. */
		if (model_token_of(b->inbox, b->rows[i].uid) == 0 && !retrieve(t, b, i))
			return false;
		if (!ask(t, "DELE %u\r\n", i, NULL)) {
			if (t->ended)
				return false;
			continue;
		}
		b->rows[i].removed = true;
	}
	return true;
}

static void quit(struct talk *t, struct box *b)
{
	bool done;

	for (uint32_t i = 1; i <= b->count; i++) {
		if (b->rows[i].removed)
			model_remove_asked(b->inbox, b->rows[i].uid);
	}
	done = ask(t, "QUIT\r\n", 0, NULL);
	for (uint32_t i = 1; done && i <= b->count; i++) {
		if (b->rows[i].removed)
			model_gone(b->inbox, b->rows[i].uid);
	}
}

static bool session(struct talk *t, struct box *b, unsigned user)
{
	if (!ask(t, "", 0, NULL) || !ask(t, "USER u%u\r\n", user, NULL) || !ask(t, "PASS secret\r\n", 0, NULL))
		return false;
	if (!ask(t, "STAT\r\n", 0, NULL) || !list(t, b))
		return false;
	for (uint32_t i = 1; i <= b->count; i++) {
		if (dice_in(t->dice, 4) && !retrieve(t, b, i))
			return false;
	}
	if (!removals(t, b))
		return false;
	if (dice_in(t->dice, 8))
		return false; /* without QUIT nothing is removed */
	if (dice_in(t->dice, 8) && ask(t, "RSET\r\n", 0, NULL)) {
		for (uint32_t i = 1; i <= b->count; i++)
			b->rows[i].removed = false;
	}
	quit(t, b);
	return true;
}

void client_pop3(struct step *s)
{
	static struct box boxes[64];
	struct box *b = &boxes[s->number % 64];
	char name[24];
	struct talk t;

	*b = (struct box){ .inbox = model_folder(s->user, "INBOX") };
	snprintf(name, sizeof(name), "pop3.%u", s->number);
	if (!talk_open(&t, name, SERVICE_POP3, s->number, &s->dice))
		return;
	session(&t, b, s->user);
	talk_close(&t);
}
