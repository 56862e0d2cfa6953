#include "talk.h"

#include <stdarg.h>
#include <stdio.h>

#include "fiber.h"
#include "world.h"

#define SILENCE_US_MAX (700 * SECOND) /* longer than any of the server's own patience */
#define IN_OCTETS_MAX  ((size_t)64 << 20)

uint64_t dice_throw(struct dice *d, uint64_t n)
{
	uint64_t x;

	if (d == NULL)
		return 0;
	x = d->state += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	x ^= x >> 31;
	return n == 0 ? 0 : x % n;
}

bool dice_in(struct dice *d, uint64_t n)
{
	return d != NULL && dice_throw(d, n) == 0;
}

static struct manner choose_manner(struct dice *d)
{
	struct manner m = { .delay_us_min = 50, .delay_us_max = 2000, .read_octets_max = SIZE_MAX, .window_octets = 65536 };

	if (dice_in(d, 4)) {
		m.delay_us_min = dice_throw(d, 50) * MS;
		m.delay_us_max = m.delay_us_min + dice_throw(d, 200) * MS;
	}
	if (dice_in(d, 6))
		m.read_octets_max = 1 + (size_t)dice_throw(d, 3);
	if (dice_in(d, 6))
		m.window_octets = 200 + (size_t)dice_throw(d, 3000);
	return m;
}

bool talk_open(struct talk *t, const char *name, enum service service, unsigned number, struct dice *dice)
{
	struct manner m = choose_manner(dice);

	*t = (struct talk){ .dice = dice, .cut_at_us = NEVER };
	snprintf(t->name, sizeof(t->name), "%s", name);
	if (dice_in(dice, 8))
		t->cut_at_us = world_now() + dice_throw(dice, 3 * SECOND);
	buf_init(&t->in, IN_OCTETS_MAX);
	t->file = net_connect(service, number, &m);
	trace(t->name, t->file != NULL ? "connects" : "finds nobody");
	return t->file != NULL;
}

static void leave(struct talk *t)
{
	if (t->file == NULL)
		return;
	if (dice_in(t->dice, 2))
		net_reset(t->file);
	else
		net_close(t->file);
	t->file = NULL;
	t->ended = true;
	trace(t->name, "is gone");
}

void talk_close(struct talk *t)
{
	leave(t);
	buf_done(&t->in);
}

void talk_put(struct talk *t, struct str octets)
{
	if (t->file == NULL)
		return;
	trace_octets(t->name, ">", octets);
	while (octets.len > 0 && dice_in(t->dice, 6)) {
		size_t n = 1 + (size_t)dice_throw(t->dice, octets.len);

		net_put(t->file, str_sub(octets, 0, n));
		octets = str_skip(octets, n);
	}
	net_put(t->file, octets);
}

void talk_printf(struct talk *t, const char *format, ...)
{
	char text[1000];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	talk_put(t, str_from_c(text));
}

static uint64_t due_file(void *arg)
{
	return net_due(arg);
}

/* More octets, or the end. False: the time is over. */
static bool more(struct talk *t, uint64_t until_us)
{
	size_t before = t->in.len;

	buf_drop(&t->in, t->taken);
	before -= t->taken;
	t->taken = 0;
	while (t->file != NULL && !t->ended && t->in.len == before) {
		uint64_t until = until_us < t->cut_at_us ? until_us : t->cut_at_us;

		if (net_due(t->file) > world_now() && !fiber_wait(due_file, t->file, until)) {
			if (world_now() >= t->cut_at_us)
				leave(t);
			return t->ended;
		}
		t->ended = !net_take(t->file, &t->in);
	}
	return true;
}

static bool cut_line(struct talk *t, struct str *ret)
{
	struct str rest = str_skip(buf_str(&t->in), t->taken);
	size_t end = str_find_str(rest, S("\r\n"));

	if (end == STR_NPOS)
		return false;
	*ret = str_sub(rest, 0, end);
	t->taken += end + 2;
	return true;
}

enum err talk_line_within(struct talk *t, uint64_t us, struct str *ret)
{
	uint64_t until = world_now() + us;

	while (!cut_line(t, ret)) {
		if (t->ended || t->file == NULL)
			return ERR_IO;
		if (!more(t, until))
			return ERR_TIMEOUT;
	}
	trace_octets(t->name, "<", *ret);
	return ERR_OK;
}

bool talk_line(struct talk *t, struct str *ret)
{
	enum err e = talk_line_within(t, SILENCE_US_MAX, ret);

	if (e == ERR_TIMEOUT)
		violate("liveness", "%s: no answer for %llu s", t->name, (unsigned long long)(SILENCE_US_MAX / SECOND));
	return e == ERR_OK;
}

bool talk_octets(struct talk *t, size_t n, struct buf *to)
{
	uint64_t until = world_now() + SILENCE_US_MAX;

	while (n > 0) {
		struct str rest = str_sub(str_skip(buf_str(&t->in), t->taken), 0, n);

		if (rest.len == 0) {
			if (t->ended || t->file == NULL || !more(t, until))
				return false;
			continue;
		}
		buf_put(to, rest);
		t->taken += rest.len;
		n -= rest.len;
	}
	return true;
}
