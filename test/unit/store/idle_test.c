/*
 * What a session at rest holds: the octets our own allocator has given out for it, counted by a twin of it that is linked
 * in its place. What the kernel and TLS need besides: the bench's row `memory`.
 */
#include <stdatomic.h>

#include "session_kit.h"

#define SESSIONS        50
#define ENTRY_OCTETS    16   /* what the system's allocator keeps for each piece, about */
#define IDLE_OCTETS_MAX 6144 /* of one session; the kernel's objects for it take 4 KiB more */

static _Atomic size_t held;

struct piece {
	size_t octets;
	_Alignas(16) char at[];
};

static struct piece *piece_of(void *at)
{
	return (struct piece *)((char *)at - offsetof(struct piece, at));
}

static void *counted(struct piece *p, size_t octets)
{
	must(p != NULL);
	p->octets = octets;
	held += octets + ENTRY_OCTETS;
	return p->at;
}

void *mem_new(size_t octets)
{
	return counted(calloc(1, sizeof(struct piece) + octets), octets);
}

void *mem_resize(void *at, size_t octets)
{
	if (at != NULL)
		held -= piece_of(at)->octets + ENTRY_OCTETS;
	return counted(realloc(at != NULL ? piece_of(at) : NULL, sizeof(struct piece) + octets), octets);
}

void *mem_copy(const void *from, size_t octets)
{
	void *at = mem_new(octets);

	if (octets > 0)
		memcpy(at, from, octets);
	return at;
}

void mem_free(void *at)
{
	if (at == NULL)
		return;
	held -= piece_of(at)->octets + ENTRY_OCTETS;
	free(piece_of(at));
}

void mem_wipe(void *at, size_t octets)
{
	explicit_bzero(at, octets);
}

/* ---- the sessions ---- */

static void on_nothing(void *arg, int events)
{
}

/* What the test's own end of a connection holds. */
static size_t client_octets(struct kit *k)
{
	size_t before = held, octets;
	int fds[2];
	struct watch *w;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	w = watch_new(k->loop, fds[0], on_nothing, NULL);
	octets = held - before;
	watch_free(w);
	kit_rest(k, 1);
	must(held == before);
	fd_close(&fds[0]);
	fd_close(&fds[1]);
	return octets;
}

/* Says all lines, and reads until the last is answered. */
static void talk(struct kit_client *c, const char *const *lines, const char *last)
{
	bool answered = false;
	char text[256];

	for (; *lines != NULL; lines++)
		kit_send(c, str_make(text, (size_t)snprintf(text, sizeof(text), "%s\r\n", *lines)));
	while (!answered && kit_until(c->kit, kit_has_line, c) && c->in.len > 0) {
		struct str in = buf_str(&c->in);
		struct str line = str_sub(in, 0, str_find_str(in, S("\r\n")));

		answered = kit_glob(str_from_c(last), line);
		buf_drop(&c->in, line.len + 2);
	}
	must(answered);
	buf_done(&c->in);
}

static size_t octets_each(struct kit *k, const char *const *lines, const char *last)
{
	static struct kit_client clients[SESSIONS + 1];
	size_t before = 0, each;

	/* The first loads what all of them share. */
	for (int i = 0; i <= SESSIONS; i++) {
		struct kit_client *c = &clients[i];

		if (i == 1)
			before = held;
		*c = (struct kit_client){ .kit = k, .fd = -1 };
		kit_connect(c);
		talk(c, lines, last);
	}
	kit_rest(k, 20);
	each = (held - before) / SESSIONS - client_octets(k);
	for (int i = 0; i <= SESSIONS; i++) {
		session_kick(clients[i].session);
		kit_drop(&clients[i]);
	}
	kit_rest(k, 1);
	return each;
}

static const struct {
	const char *what;
	enum service service;
	const char *lines[8];
	const char *last;
} cases[] = {
	{ "IMAP, logged on", SERVICE_IMAP, { "a NOOP" }, "a OK*" },
	{ "IMAP, in IDLE", SERVICE_IMAP, { "a SELECT INBOX", "b IDLE" }, "+ *" },
	{ "IMAP, in IDLE after work",
		SERVICE_IMAP,
		{ "a SELECT INBOX", "b FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])", "c STORE 1:* +FLAGS (\\Seen)",
			"d SEARCH FROM anna OR BODY word SUBJECT word", "e LIST \"\" *", "f IDLE" },
		"+ *" },
	{ "POP3, logged on", SERVICE_POP3, { "NOOP", "LIST", "RETR 1", "STAT" }, "+OK 20 *" },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kit k;
		size_t each;

		kit_open(&k, cases[i].service);
		for (int n = 0; n < 20; n++)
			kit_append(&k, "INBOX",
				S("From: Anna <anna@example.org>\r\nSubject: a word\r\nMessage-ID: <1@example.org>\r\n\r\nsome text\r\n"),
				0);
		each = octets_each(&k, cases[i].lines, cases[i].last);
		OK(each <= IDLE_OCTETS_MAX, "%s: %zu octets each", cases[i].what, each);
		kit_close(&k);
	}
	return tap_done();
}
