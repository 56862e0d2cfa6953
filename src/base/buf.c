#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t ceiling)
{
	must(ceiling > 0);
	*b = (struct buf){ .ceiling = ceiling };
}

void buf_done(struct buf *b)
{
	mem_free(b->at);
	*b = (struct buf){ .ceiling = b->ceiling };
}

void buf_wipe(struct buf *b)
{
	if (b->at != NULL)
		mem_wipe(b->at, b->held);
	buf_done(b);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflowed = false;
}

void buf_shrink(struct buf *b)
{
	if (b->len > 0)
		return;
	mem_free(b->at);
	b->at = NULL;
	b->held = 0;
}

char *buf_grow(struct buf *b, size_t n)
{
	size_t want;

	if (b->overflowed || n > b->ceiling - b->len) {
		b->overflowed = true;
		return NULL;
	}
	want = b->held ? b->held * 2 : 256;
	if (want < b->len + n)
		want = b->len + n;
	if (want > b->ceiling)
		want = b->ceiling;
	b->at = mem_resize(b->at, want);
	b->held = want;
	return b->at + b->len;
}

void buf_put_u64(struct buf *b, uint64_t value)
{
	size_t digits = 1;
	char *room;

	for (uint64_t above = 10; value >= above && digits < 20; digits++)
		above = digits < 19 ? above * 10 : UINT64_MAX;
	room = buf_room(b, digits);
	if (room == NULL)
		return;
	b->len += digits;
	do {
		room[--digits] = (char)('0' + value % 10);
		value /= 10;
	} while (digits > 0);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	int len;
	char *room;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	must(len >= 0);
	room = buf_room(b, (size_t)len + 1);
	if (room == NULL)
		return;
	va_start(args, format);
	vsnprintf(room, (size_t)len + 1, format, args);
	va_end(args);
	b->len += (size_t)len;
}

void buf_drop(struct buf *b, size_t n)
{
	must(n <= b->len);
	b->len -= n;
	if (b->len > 0)
		memmove(b->at, b->at + n, b->len);
}
