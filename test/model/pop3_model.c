/*
 * POP3 behind the logon (RFC 1939): a maildrop, its marks and what QUIT makes of them, against the store's session. The
 * model predicts every status, size, listing and octet. Mail that comes in meanwhile is seen by the next session; mail that
 * somebody else removes may still be had or not, and nothing else changes.
 */
#include "../unit/store/session_kit.h"
#include "model.h"

#define MESSAGES_MAX 64
#define BAD_MAX      20

enum kind { STAT, LIST, RETR, DELE, NOOP, RSET, TOP, UIDL, CAPA, LANG, UNKNOWN, QUIT, DROP, DELIVER, REMOVE, LONG, KIND_COUNT };

static const struct {
	const char *octets;
	const char *wire[2]; /* header with the empty line, and body, as sent */
} texts[] = {
	{ "Subject: a\r\n\r\n.dot\r\n..\r\nthird\r\n", { "Subject: a\r\n\r\n", "..dot\r\n...\r\nthird\r\n" } },
	{ "Subject: b\r\n\r\nno end", { "Subject: b\r\n\r\n", "no end\r\n" } },
	{ "x\r\n", { "x\r\n", "" } },
	{ "From: a@b\r\nSubject: c\r\n\r\n\r\n\r\n", { "From: a@b\r\nSubject: c\r\n\r\n", "\r\n\r\n" } },
	{ "Subject: d\r\n\r\n", { "Subject: d\r\n\r\n", "" } },
};
#define TEXTS (sizeof(texts) / sizeof(*texts))

struct message {
	uint32_t uid;
	unsigned text;
	bool marked, gone;
	char uidl[80];
};

struct session_model {
	struct kit kit;
	struct kit_client *client;
	struct message drop[MESSAGES_MAX]; /* what the session sees */
	size_t count, later;               /* later: behind count, not seen yet */
	unsigned bad;
	bool tell, agrees, open;
	struct model_op op;
};

static size_t octets_of(const struct message *m)
{
	return strlen(texts[m->text].octets);
}

/* ---- talk ---- */

static void part(struct session_model *s, const char *what, struct str got)
{
	if (s->tell)
		printf("# the model wants %s; the server says '%.*s'\n", what, STR_FMT(str_sub(got, 0, 200)));
	s->agrees = false;
}

struct waiting {
	struct kit_client *c;
	bool many;
};

static bool has_answer(void *arg)
{
	struct waiting *w = arg;
	struct str in = buf_str(&w->c->in);

	if (w->c->closed)
		return true;
	if (!w->many || str_starts(in, S("-ERR")))
		return str_ends(in, S("\r\n"));
	return str_ends(in, S("\r\n.\r\n"));
}

/* The answer to a command, left in the client's buffer until the next. */
static struct str ask(struct session_model *s, const char *line, bool many)
{
	struct waiting w = { s->client, many };
	char octets[256];

	if (s->tell)
		printf("# C: %s\n", line);
	buf_clear(&s->client->in);
	snprintf(octets, sizeof(octets), "%s\r\n", line);
	kit_send(s->client, str_from_c(octets));
	if (!kit_until(&s->kit, has_answer, &w))
		part(s, "an answer", S("nothing"));
	if (s->tell)
		printf("# S: %.*s\n", STR_FMT(str_sub(buf_str(&s->client->in), 0, str_find(buf_str(&s->client->in), '\r'))));
	return buf_str(&s->client->in);
}

static void want(struct session_model *s, const char *line, bool good)
{
	struct str got = ask(s, line, false);

	if (!str_starts(got, good ? S("+OK") : S("-ERR")))
		part(s, good ? "+OK" : "-ERR", got);
}

static void want_all(struct session_model *s, struct str got, struct str wanted)
{
	size_t first = str_find_str(got, S("\r\n"));

	if (!str_starts(got, S("+OK")) || first == STR_NPOS || !str_eq(str_skip(got, first + 2), wanted))
		part(s, "other lines", got);
}

static void greet(struct session_model *s)
{
	struct waiting w = { s->client, false };

	kit_connect(s->client);
	if (!kit_until(&s->kit, has_answer, &w) || !str_starts(buf_str(&s->client->in), S("+OK")))
		part(s, "a greeting", buf_str(&s->client->in));
	s->bad = 0;
	s->open = true;
	s->count += s->later;
	s->later = 0;
}

/* ---- the model ---- */

static const struct message *number(struct session_model *s, unsigned *ret)
{
	/* One in eight is beyond the end, or 0. */
	*ret = s->count == 0 || s->op.b % 8 == 0 ? (s->op.b & 16 ? 0 : (unsigned)s->count + 1 + s->op.a % 3)
						  : 1 + s->op.a % (unsigned)s->count;
	return *ret >= 1 && *ret <= s->count ? &s->drop[*ret - 1] : NULL;
}

static void totals(const struct session_model *s, size_t *ret_count, size_t *ret_octets)
{
	*ret_count = *ret_octets = 0;
	for (size_t i = 0; i < s->count; i++) {
		*ret_count += !s->drop[i].marked;
		*ret_octets += s->drop[i].marked ? 0 : octets_of(&s->drop[i]);
	}
}

static void do_stat(struct session_model *s)
{
	size_t count, octets;
	char wanted[64];
	struct str got = ask(s, "STAT", false);

	s->bad = 0;
	totals(s, &count, &octets);
	snprintf(wanted, sizeof(wanted), "+OK %zu %zu\r\n", count, octets);
	if (!str_eq(got, str_from_c(wanted)))
		part(s, wanted, got);
}

/* An id is the same in every session, and nobody else's. */
static void learn_uidls(struct session_model *s, struct str got)
{
	struct str line;

	while (str_cut(&got, '\n', &line)) {
		unsigned n = 0;
		char id[80] = "";

		if (sscanf(line.at, "%u %79[^\r]", &n, id) != 2 || n < 1 || n > s->count)
			continue;
		if (s->drop[n - 1].uidl[0] == '\0')
			snprintf(s->drop[n - 1].uidl, sizeof(id), "%s", id);
		for (size_t i = 0; i < s->count; i++)
			s->agrees = s->agrees && (strcmp(s->drop[i].uidl, id) == 0) == (i + 1 == n);
	}
}

static void put_row(struct session_model *s, struct buf *to, size_t i, bool sizes)
{
	if (sizes)
		buf_printf(to, "%zu %zu\r\n", i + 1, octets_of(&s->drop[i]));
	else
		buf_printf(to, "%zu %s\r\n", i + 1, s->drop[i].uidl);
}

static void list_all(struct session_model *s, bool sizes)
{
	struct str got = ask(s, sizes ? "LIST" : "UIDL", true);
	struct buf wanted;

	if (!sizes)
		learn_uidls(s, got);
	buf_init(&wanted, 65536);
	for (size_t i = 0; i < s->count; i++) {
		if (!s->drop[i].marked)
			put_row(s, &wanted, i, sizes);
	}
	buf_put(&wanted, S(".\r\n"));
	want_all(s, got, buf_str(&wanted));
	buf_done(&wanted);
}

static void do_list(struct session_model *s)
{
	bool sizes = s->op.kind == LIST;
	char line[32], wanted[128];
	const struct message *m;
	unsigned n;
	struct str got;

	s->bad = 0;
	if (s->op.c % 2) {
		list_all(s, sizes);
		return;
	}
	m = number(s, &n);
	snprintf(line, sizeof(line), "%s %u", sizes ? "LIST" : "uidl", n);
	got = ask(s, line, false);
	if (m == NULL || m->marked) {
		if (!str_starts(got, S("-ERR")))
			part(s, "-ERR", got);
		return;
	}
	if (m->gone && str_starts(got, S("-ERR")))
		return;
	if (!sizes && m->uidl[0] == '\0')
		learn_uidls(s, str_skip(got, 4));
	if (sizes)
		snprintf(wanted, sizeof(wanted), "+OK %u %zu\r\n", n, octets_of(m));
	else
		snprintf(wanted, sizeof(wanted), "+OK %u %s\r\n", n, m->uidl);
	if (!str_eq(got, str_from_c(wanted)))
		part(s, wanted, got);
}

static void put_lines(struct buf *to, struct str text, unsigned lines)
{
	while (lines > 0 && text.len > 0) {
		size_t end = str_find_str(text, S("\r\n")) + 2;

		buf_put(to, str_sub(text, 0, end));
		text = str_skip(text, end);
		lines--;
	}
}

static void do_read(struct session_model *s)
{
	static const unsigned lines[] = { 0, 1, 2, 100, 4294967295u };
	unsigned n, top = lines[s->op.c % 5];
	const struct message *m = number(s, &n);
	char line[64];
	struct buf wanted;
	struct str got;

	s->bad = 0;
	if (s->op.kind == TOP)
		snprintf(line, sizeof(line), "TOP %u %u", n, top);
	else
		snprintf(line, sizeof(line), "RETR %u", n);
	got = ask(s, line, true);
	if (m == NULL || m->marked) {
		if (!str_starts(got, S("-ERR")))
			part(s, "-ERR", got);
		return;
	}
	if (m->gone && str_starts(got, S("-ERR")))
		return;
	buf_init(&wanted, 65536);
	buf_put_c(&wanted, texts[m->text].wire[0]);
	put_lines(&wanted, str_from_c(texts[m->text].wire[1]), s->op.kind == TOP ? top : 4294967295u);
	buf_put(&wanted, S(".\r\n"));
	want_all(s, got, buf_str(&wanted));
	buf_done(&wanted);
}

static void do_dele(struct session_model *s)
{
	unsigned n;
	struct message *m;
	char line[32];
	struct str got;

	s->bad = 0;
	number(s, &n);
	m = n >= 1 && n <= s->count ? &s->drop[n - 1] : NULL;
	snprintf(line, sizeof(line), "DELE %u", n);
	got = ask(s, line, false);
	if (m != NULL && m->gone && !m->marked)
		m->marked = str_starts(got, S("+OK"));
	else if (str_starts(got, S("+OK")) != (m != NULL && !m->marked))
		part(s, m != NULL && !m->marked ? "+OK" : "-ERR", got);
	else if (m != NULL)
		m->marked = true;
}

static void do_small(struct session_model *s)
{
	static const char *const bad[] = { "USER anna", "PASS x", "AUTH PLAIN", "STLS", "RETR", "DELE one", "TOP 1", "TOP 1 -1", "XTND", "",
		"STAT 1", "RETR -1", "LIST 1 2", "APOP a b" };

	if (s->op.kind == UNKNOWN) {
		want(s, bad[s->op.a % (sizeof(bad) / sizeof(*bad))], false);
		s->open = ++s->bad < BAD_MAX;
		return;
	}
	s->bad = 0;
	if (s->op.kind == RSET) {
		for (size_t i = 0; i < s->count; i++)
			s->drop[i].marked = false;
	}
	if (s->op.kind == CAPA && str_find_str(ask(s, "CAPA", true), S("\r\nUIDL\r\n")) == STR_NPOS)
		part(s, "UIDL among the capabilities", S(""));
	else if (s->op.kind == LANG)
		want(s, s->op.a % 2 ? "LANG en" : "LANG xx", s->op.a % 2);
	else if (s->op.kind == NOOP || s->op.kind == RSET)
		want(s, s->op.kind == NOOP ? "NOOP" : "rset", true);
}

/* The session is over: what is gone goes, and after QUIT what is marked; what came in meanwhile is seen by the next one. */
static void settle(struct session_model *s, bool quit)
{
	size_t kept = 0, all = s->count + s->later;

	for (size_t i = 0; i < all; i++) {
		struct message m = s->drop[i];

		if (m.gone || (quit && m.marked))
			continue;
		m.marked = false;
		s->drop[kept++] = m;
	}
	s->count = kept;
	s->later = 0;
}

static void end(struct session_model *s, bool quit)
{
	kit_until(&s->kit, kit_is_closed, s->client);
	kit_drop(s->client);
	settle(s, quit);
	s->open = false;
}

static void do_end(struct session_model *s)
{
	char line[3000];

	if (s->op.kind == QUIT) {
		want(s, "QUIT", true);
		end(s, true);
		return;
	}
	if (s->op.kind == LONG) {
		memset(line, 'x', sizeof(line));
		kit_send(s->client, str_make(line, sizeof(line)));
		end(s, false);
		return;
	}
	if (s->tell)
		printf("# the client hangs up\n");
	shutdown(s->client->fd, SHUT_WR);
	end(s, false);
}

static void do_outside(struct session_model *s)
{
	size_t all = s->count + s->later;
	struct message *m;

	if (s->op.kind == DELIVER && all < MESSAGES_MAX) {
		m = &s->drop[all];
		*m = (struct message){ .text = s->op.a % TEXTS };
		m->uid = kit_append(&s->kit, "INBOX", str_from_c(texts[m->text].octets), 0);
		s->later++;
	} else if (s->op.kind == REMOVE && all > 0) {
		m = &s->drop[s->op.a % all];
		if (!m->gone)
			kit_expunge(&s->kit, "INBOX", m->uid);
		m->gone = true;
	}
	if (s->tell)
		printf("# %s\n", s->op.kind == DELIVER ? "a message comes in" : "another session removes one");
}

static void (*const doing[KIND_COUNT])(struct session_model *s) = { [STAT] = do_stat, [LIST] = do_list, [RETR] = do_read,
	[DELE] = do_dele, [NOOP] = do_small, [RSET] = do_small, [TOP] = do_read, [UIDL] = do_list, [CAPA] = do_small,
	[LANG] = do_small, [UNKNOWN] = do_small, [QUIT] = do_end, [DROP] = do_end, [DELIVER] = do_outside, [REMOVE] = do_outside,
	[LONG] = do_end };

/* ---- a sequence ---- */

static size_t run(const struct model_op *ops, size_t count, bool tells, bool *ret_agrees)
{
	static struct session_model s;
	size_t i = 0;

	s = (struct session_model){ .tell = tells, .agrees = true };
	kit_open(&s.kit, SERVICE_POP3);
	s.client = &s.kit.clients[0];
	for (; s.agrees && i < count; i++) {
		s.op = ops[i];
		if (!s.open && s.op.kind != DELIVER && s.op.kind != REMOVE)
			greet(&s);
		if (s.agrees)
			doing[s.op.kind](&s);
		if (s.agrees && !s.open && s.client->fd >= 0)
			end(&s, false);
		if (!s.open)
			settle(&s, false);
	}
	/* What is left is what the model says. */
	if (s.agrees && s.open) {
		s.op.kind = DROP;
		do_end(&s);
	}
	if (s.agrees && kit_messages(&s.kit, "INBOX") != s.count)
		part(&s, "other messages left", S(""));
	kit_close(&s.kit);
	*ret_agrees = s.agrees;
	return i;
}

static void make(struct model_op *ret)
{
	static const uint8_t often[] = { STAT, LIST, RETR, RETR, DELE, DELE, DELE, TOP, UIDL, UIDL, DELIVER, DELIVER, DELIVER, RSET };

	ret->kind = model_random(3) ? often[model_random(sizeof(often))] : (uint8_t)model_random(KIND_COUNT);
	ret->a = (uint8_t)model_random(256);
	ret->b = (uint8_t)model_random(256);
	ret->c = (uint8_t)model_random(256);
}

int main(void)
{
	static const struct model pop3 = { "pop3", 80, make, run };

	return model_main(&pop3);
}
