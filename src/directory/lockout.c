#include "directory/lockout.h"

#include <stdio.h>

#include "base/cursor.h"

#define VERSION 1

bool lockout_is(const struct lockout *l, const struct lockout_rules *r, uint64_t now_seconds, uint64_t *ret_until)
{
	/* Rules that were loosened free who they no longer lock. */
	if (l->locked_seconds == 0 || r->threshold == 0)
		return false;
	*ret_until = r->duration_seconds == 0 ? 0 : l->locked_seconds + r->duration_seconds;
	return *ret_until == 0 || now_seconds < *ret_until;
}

static void note(struct lockout *l, const struct lockout_note *n)
{
	if (l->note_count == LOCKOUT_NOTES)
		memmove(&l->notes[0], &l->notes[1], --l->note_count * sizeof(l->notes[0]));
	l->notes[l->note_count++] = *n;
}

static void begin_anew(struct lockout *l)
{
	l->count = 0;
	l->last_seconds = 0;
	l->locked_seconds = 0;
}

bool lockout_failed(struct lockout *l, const struct lockout_rules *r, const struct lockout_note *n)
{
	uint64_t until, now = n->at_seconds;

	note(l, n);
	if (lockout_is(l, r, now, &until))
		return false;
	if (l->locked_seconds != 0 || (now > l->last_seconds && now - l->last_seconds > r->window_seconds))
		begin_anew(l);
	l->count++;
	l->last_seconds = now;
	if (r->threshold == 0 || l->count < r->threshold)
		return false;
	l->locked_seconds = now > 0 ? now : 1;
	return true;
}

bool lockout_passed(struct lockout *l)
{
	bool any = l->count > 0 || l->locked_seconds > 0;

	begin_anew(l);
	return any;
}

bool lockout_unlock(struct lockout *l, const struct lockout_rules *r, uint64_t now_seconds)
{
	uint64_t until;
	bool was = lockout_is(l, r, now_seconds, &until);

	begin_anew(l);
	return was;
}

/* ---- codec ---- */

void lockout_encode(const struct lockout *l, struct buf *to)
{
	struct wr w = wr_to(to);

	must(l->note_count <= LOCKOUT_NOTES);
	wr_u8(&w, VERSION);
	wr_u32(&w, l->count);
	wr_u64(&w, l->last_seconds);
	wr_u64(&w, l->locked_seconds);
	wr_u32(&w, l->note_count);
	for (uint32_t i = 0; i < l->note_count; i++) {
		wr_u64(&w, l->notes[i].at_seconds);
		wr_str(&w, str_from_c(l->notes[i].source));
		wr_str(&w, str_from_c(l->notes[i].service));
		wr_str(&w, str_from_c(l->notes[i].mechanism));
	}
	must(wr_end(&w) == ERR_OK);
}

static void get_word(struct rd *r, char *to, size_t octets)
{
	struct str s = rd_str(r);

	if (s.len >= octets || str_has_octet(s, '\0')) {
		rd_fail(r);
		return;
	}
	if (s.len > 0)
		memcpy(to, s.at, s.len);
}

enum err lockout_decode(struct str value, struct lockout *ret)
{
	struct rd r = rd_from(value);
	struct lockout l = { 0 };

	if (rd_u8(&r) != VERSION)
		return ERR_CORRUPT;
	l.count = rd_u32(&r);
	l.last_seconds = rd_u64(&r);
	l.locked_seconds = rd_u64(&r);
	l.note_count = rd_u32(&r);
	if (r.failed || l.note_count > LOCKOUT_NOTES)
		return ERR_CORRUPT;
	for (uint32_t i = 0; i < l.note_count; i++) {
		struct lockout_note *n = &l.notes[i];

		n->at_seconds = rd_u64(&r);
		get_word(&r, n->source, sizeof(n->source));
		get_word(&r, n->service, sizeof(n->service));
		get_word(&r, n->mechanism, sizeof(n->mechanism));
	}
	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	*ret = l;
	return ERR_OK;
}
