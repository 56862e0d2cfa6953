/*
 * FETCH of sections against a reference that never parses: random messages are put together from
 * parts whose octets are known, so what each section must hold is known as well.
 */
#include "session_kit.h"

struct want {
	struct str section;
	struct str octets;
};

#define WANTS_MAX 400

struct maker {
	struct arena arena;
	uint64_t seed;
	struct want wants[WANTS_MAX];
	size_t count;
};

static uint32_t roll(struct maker *m, uint32_t sides)
{
	m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(m->seed >> 33) % sides;
}

static void want(struct maker *m, struct str section, const char *suffix, struct str octets)
{
	if (m->count < WANTS_MAX)
		m->wants[m->count++] =
			(struct want){ arena_printf(&m->arena, "%.*s%s", STR_FMT(section), suffix),
				octets };
}

static struct str text(struct maker *m, bool end)
{
	static const char *const lines[] = { "Hello", ".", "", "--no boundary",
		"a longer line of text", "x: looks like a field" };
	struct buf b;
	struct str s;

	buf_init(&b, BUF_NO_CEILING);
	for (uint32_t n = roll(m, 6); n > 0; n--) {
		buf_put_c(&b, lines[roll(m, 6)]);
		buf_put(&b, S("\r\n"));
	}
	if (!end && b.len >= 2)
		b.len -= 2;
	s = arena_str(&m->arena, buf_str(&b));
	buf_done(&b);
	return s;
}

struct entity {
	struct str header, body; /* header with its empty line */
	bool multipart;
};

static struct str join(struct maker *m, struct str a, struct str b)
{
	return arena_printf(&m->arena, "%.*s%.*s", STR_FMT(a), STR_FMT(b));
}

static struct entity make_entity(
	struct maker *m, struct str number, unsigned depth, bool is_message);

static struct str inside(struct maker *m, struct str number, unsigned n)
{
	if (number.len == 0)
		return arena_printf(&m->arena, "%u", n);
	return arena_printf(&m->arena, "%.*s.%u", STR_FMT(number), n);
}

static struct entity make_multipart(struct maker *m, struct str number, unsigned depth)
{
	struct entity e = { .multipart = true };
	unsigned boundary = roll(m, 1000000), children = 1 + roll(m, 3);
	struct buf b;

	e.header = arena_printf(
		&m->arena, "Content-Type: multipart/mixed;\r\n boundary=\"b%u\"\r\n\r\n", boundary);
	buf_init(&b, BUF_NO_CEILING);
	buf_put(&b, roll(m, 2) ? S("prologue\r\n") : S(""));
	for (unsigned n = 1; n <= children; n++) {
		struct entity c = make_entity(m, inside(m, number, n), depth + 1, false);

		buf_printf(
			&b, "--b%u\r\n%.*s%.*s\r\n", boundary, STR_FMT(c.header), STR_FMT(c.body));
	}
	buf_printf(&b, "--b%u--\r\n", boundary);
	e.body = arena_str(&m->arena, buf_str(&b));
	buf_done(&b);
	return e;
}

/* The message inside: its parts take its number, or number.1 when it has only one. */
static struct entity make_inner(struct maker *m, struct str number, unsigned depth)
{
	struct entity e = { .header = S("Content-Type: message/rfc822\r\n\r\n") };
	struct entity inner = make_entity(m, number, depth + 1, true);

	e.body = join(m, inner.header, inner.body);
	return e;
}

static struct entity make_leaf(struct maker *m)
{
	struct entity e = { .header = roll(m, 3) ? S("Content-Type: text/plain\r\n\r\n")
						 : S("Content-Description: x\r\n\r\n") };

	e.body = text(m, false);
	return e;
}

/* RFC 3501 section 6.4.5. */
static struct entity make_entity(
	struct maker *m, struct str number, unsigned depth, bool is_message)
{
	unsigned kind = depth > 4 ? 0 : roll(m, 4);
	struct entity e =
		kind <= 1 ? make_leaf(m)
		: kind == 2 || (is_message && depth == 0)
			? make_multipart(m, number, depth)
			: make_inner(m, is_message ? inside(m, number, 1) : number, depth);

	if (is_message) {
		e.header = arena_printf(&m->arena,
			"Subject: %u\r\nFrom: a@b\r\nMIME-Version: 1.0\r\n%.*s", roll(m, 1000),
			STR_FMT(e.header));
		want(m, number, number.len ? ".HEADER" : "HEADER", e.header);
		want(m, number, number.len ? ".TEXT" : "TEXT", e.body);
		if (!e.multipart)
			want(m, inside(m, number, 1), "", e.body);
	} else {
		want(m, number, "", e.body);
		want(m, number, ".MIME", e.header);
	}
	return e;
}

/* The literal behind the section's name in the answer; false: it has none. */
static bool literal_of(struct str answer, struct str *ret)
{
	size_t open = str_find(answer, '{'), close = str_find(answer, '}');
	uint64_t octets;

	if (open == STR_NPOS || close == STR_NPOS || close < open ||
		!str_u64(str_sub(answer, open + 1, close - open - 1), UINT32_MAX, &octets))
		return false;
	*ret = str_sub(answer, close + 3, (size_t)octets);
	return ret->len == octets;
}

static bool has_tagged(void *arg)
{
	struct kit_client *c = arg;

	return c->closed || str_ends(buf_str(&c->in), S("f OK FETCH completed\r\n"));
}

static bool ask(
	struct kit_client *c, struct str section, struct str partial, struct str want_octets)
{
	struct buf b;
	struct str got;
	bool good;

	buf_init(&b, BUF_NO_CEILING);
	buf_clear(&c->in);
	buf_printf(&b, "f FETCH 1 BODY.PEEK[%.*s]%.*s\r\n", STR_FMT(section), STR_FMT(partial));
	kit_send(c, buf_str(&b));
	buf_done(&b);
	good = kit_until(c->kit, has_tagged, c) && literal_of(buf_str(&c->in), &got) &&
	       str_eq(got, want_octets);
	if (!good)
		printf("# [%.*s]%.*s: want '%.*s', got '%.*s'\n", STR_FMT(section),
			STR_FMT(partial), STR_FMT(want_octets), STR_FMT(buf_str(&c->in)));
	return good;
}

static bool check_wants(struct maker *m, struct kit_client *c)
{
	bool good = true;

	for (size_t i = 0; i < m->count && good; i++) {
		struct want *w = &m->wants[i];
		uint32_t from = roll(m, (uint32_t)w->octets.len + 3), len = 1 + roll(m, 20);

		good = ask(c, w->section, STR_NONE, w->octets) &&
		       ask(c, w->section, arena_printf(&m->arena, "<%u.%u>", from, len),
			       str_sub(w->octets, from, len));
	}
	return good;
}

static size_t asked;

static void test_message(uint64_t seed)
{
	struct maker *m = MEM_NEW(struct maker);
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct entity e;
	struct str message;

	arena_init(&m->arena, ARENA_NONE);
	m->seed = seed;
	e = make_entity(m, STR_NONE, 0, true);
	message = join(m, e.header, e.body);
	want(m, STR_NONE, "", message);
	kit_open(&k, SERVICE_IMAP);
	kit_append(&k, "INBOX", message, 0);
	kit_connect(c);
	kit_send(c, S("s SELECT INBOX\r\n"));
	OK(check_wants(m, c), "seed %llu: %zu sections of %zu octets", (unsigned long long)seed,
		m->count, message.len);
	asked += m->count;
	kit_close(&k);
	arena_done(&m->arena);
	mem_free(m);
}

int main(void)
{
	for (uint64_t seed = 1; seed <= 200; seed++)
		test_message(seed);
	OK(asked > 1500, "%zu sections asked for", asked);
	return tap_done();
}
