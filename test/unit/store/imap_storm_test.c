/*
 * Three IMAP sessions on one folder do what they like. Each client believes only what it is told
 * (EXISTS, EXPUNGE, FETCH) and checks it: numbers are in range, no EXPUNGE comes while message
 * numbers are in use (RFC 3501 section 7.4.1), a number and a UID once seen together stay together,
 * and after a NOOP the list of UIDs is what the client had worked out.
 */
#include "session_kit.h"

#define MESSAGES_MAX 2000
#define CLIENTS      3

struct belief {
	uint32_t uids[MESSAGES_MAX]; /* 0: not heard of yet */
	uint32_t count;
	bool numbers_in_use;
	const char *fault;
};

static struct belief beliefs[CLIENTS];
static uint64_t seed;

static uint32_t roll(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static void hear_fetch(struct belief *b, uint32_t seq, struct str rest)
{
	size_t at = str_find_str(rest, S("UID "));
	unsigned long uid;

	if (seq == 0 || seq > b->count) {
		b->fault = "FETCH of a number out of range";
		return;
	}
	if (at == STR_NPOS)
		return;
	uid = strtoul(rest.at + at + 4, NULL, 10);
	if (b->uids[seq - 1] != 0 && b->uids[seq - 1] != uid)
		b->fault = "another UID than before";
	b->uids[seq - 1] = (uint32_t)uid;
}

static void hear(struct belief *b, struct str line)
{
	char *rest;
	unsigned long n;

	if (!str_starts(line, S("* ")) || !ascii_is_digit(line.at[2]))
		return;
	n = strtoul(line.at + 2, &rest, 10);
	line = str_skip(line, (size_t)(rest - line.at) + 1);
	if (str_starts(line, S("EXPUNGE"))) {
		if (n == 0 || n > b->count)
			b->fault = "EXPUNGE out of range";
		else if (b->numbers_in_use)
			b->fault = "EXPUNGE while numbers are in use";
		else
			memmove(&b->uids[n - 1], &b->uids[n],
				(b->count-- - n) * sizeof(b->uids[0]));
	} else if (str_starts(line, S("EXISTS"))) {
		if (n < b->count || n > MESSAGES_MAX)
			b->fault = "EXISTS goes down";
		else
			memset(&b->uids[b->count], 0, (n - b->count) * sizeof(b->uids[0]));
		b->count = (uint32_t)n;
	} else if (str_starts(line, S("FETCH"))) {
		hear_fetch(b, (uint32_t)n, line);
	}
}

static bool is_over(void *arg)
{
	struct kit_client *c = arg;
	struct str in = buf_str(&c->in);
	size_t at = str_find_str(in, S("\r\nt "));

	return c->closed || (str_starts(in, S("t ")) && str_ends(in, S("\r\n"))) ||
	       (at != STR_NPOS && str_ends(in, S("\r\n")));
}

static void tell(struct kit *k, unsigned n, const char *command, bool numbers_in_use)
{
	struct kit_client *c = &k->clients[n];
	struct belief *b = &beliefs[n];
	struct str rest, line;

	b->numbers_in_use = numbers_in_use;
	kit_send(c, str_from_c(command));
	if (!kit_until(k, is_over, c) || c->closed)
		b->fault = "no answer";
	rest = buf_str(&c->in);
	while (str_cut(&rest, '\n', &line))
		hear(b, line);
	buf_clear(&c->in);
}

static const struct {
	const char *format; /* of one or two numbers */
	bool numbers_in_use;
} commands[] = {
	{ "t NOOP\r\n", false },
	{ "t STORE %u +FLAGS (\\Deleted)\r\n", true },
	{ "t STORE %u -FLAGS.SILENT (\\Deleted)\r\n", true },
	{ "t UID STORE %u:* FLAGS (\\Seen $k%u)\r\n", false },
	{ "t EXPUNGE\r\n", false },
	{ "t UID EXPUNGE %u:%u\r\n", false },
	{ "t APPEND INBOX {4+}\r\na: b\r\n", false },
	{ "t APPEND INBOX (\\Deleted) {4+}\r\na: b\r\n", false },
	{ "t FETCH 1:* (UID FLAGS)\r\n", true },
	{ "t FETCH %u (UID BODY[])\r\n", true },
	{ "t UID FETCH %u:%u FLAGS\r\n", false },
	{ "t COPY %u INBOX\r\n", false },
	{ "t MOVE %u INBOX\r\n", false },
	{ "t MOVE %u Trash\r\n", false },
	{ "t UID MOVE %u:%u Trash\r\n", false },
	{ "t SEARCH UNSEEN TEXT a\r\n", true },
	{ "t IDLE\r\nDONE\r\n", false },
	{ "t CHECK\r\n", false },
	{ "t FETCH 1:* (UID MODSEQ) (CHANGEDSINCE %u)\r\n", true },
	{ "t UID FETCH %u:* (FLAGS) (CHANGEDSINCE %u)\r\n", false },
	{ "t UID FETCH 1:* (FLAGS) (PARTIAL -1:-%u)\r\n", false },
	{ "t STORE %u (UNCHANGEDSINCE %u) +FLAGS.SILENT (\\Draft)\r\n", true },
	{ "t UID STORE %u:* (UNCHANGEDSINCE %u) +FLAGS (\\Answered)\r\n", false },
	{ "t SEARCH MODSEQ %u\r\n", true },
	{ "t NOTIFY SET (selected-delayed (MessageNew (UID FLAGS) MessageExpunge FlagChange))\r\n", false },
};

static void act(struct kit *k, unsigned n)
{
	size_t row = roll(sizeof(commands) / sizeof(commands[0]));
	uint32_t count = beliefs[n].count, a = 1 + roll(count + 2), b = a + roll(3);
	char command[200];

	if (str_find_str(str_from_c(commands[row].format), S("UID ")) != STR_NPOS && count > 0) {
		a = beliefs[n].uids[roll(count)];
		a = a ? a : 1;
		b = a + roll(3);
	}
	snprintf(command, sizeof(command), commands[row].format, a, b);
	tell(k, n, command, commands[row].numbers_in_use);
}

/* What the server says the folder holds is what this client has put together from what it was told.
 */
static bool agrees(struct kit *k, unsigned n)
{
	struct belief *b = &beliefs[n];
	struct buf want;
	struct str got;
	bool good;

	tell(k, n, "t NOOP\r\n", false);
	tell(k, n, "t FETCH 1:* UID\r\n", true);
	buf_init(&want, BUF_NO_CEILING);
	buf_put(&want, S("* SEARCH"));
	for (uint32_t i = 0; i < b->count; i++)
		buf_printf(&want, " %u", b->uids[i]);
	buf_put(&want, S("\r\n"));
	kit_send(&k->clients[n], S("t UID SEARCH ALL\r\n"));
	kit_until(k, is_over, &k->clients[n]);
	got = buf_str(&k->clients[n].in);
	good = str_starts(got, buf_str(&want));
	if (!good)
		printf("# want %.*s# got %.*s", STR_FMT(buf_str(&want)), STR_FMT(got));
	buf_clear(&k->clients[n].in);
	buf_done(&want);
	return good;
}

static void storm(uint64_t number)
{
	struct kit k;
	bool good = true;

	seed = number;
	memset(beliefs, 0, sizeof(beliefs));
	kit_open_keeping(&k, SERVICE_IMAP, number % 2 ? 14 : 0);
	for (unsigned n = 0; n < 20; n++)
		kit_append(&k, "INBOX", S("Subject: a\r\n\r\na\r\n"), 0);
	for (unsigned n = 0; n < CLIENTS; n++) {
		kit_connect(&k.clients[n]);
		beliefs[n].count = 0;
		tell(&k, n, "t SELECT INBOX\r\n", false);
	}
	for (unsigned i = 0; i < 400 && good; i++) {
		unsigned n = roll(CLIENTS);

		act(&k, n);
		good = beliefs[n].fault == NULL && (i % 50 != 49 || agrees(&k, n));
		if (beliefs[n].fault)
			printf("# client %u, step %u: %s\n", n, i, beliefs[n].fault);
	}
	for (unsigned n = 0; n < CLIENTS && good; n++)
		good = agrees(&k, n) && beliefs[n].fault == NULL;
	OK(good, "storm %llu: %u messages at the end", (unsigned long long)number,
		beliefs[0].count);
	kit_close(&k);
}

int main(void)
{
	for (uint64_t number = 1; number <= 40; number++)
		storm(number);
	return tap_done();
}
