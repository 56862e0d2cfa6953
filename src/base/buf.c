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
	static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
				    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
	char digits[20];
	size_t at = sizeof(digits);

	for (; value >= 10; value /= 100) {
		at -= 2;
		memcpy(digits + at, pairs + value % 100 * 2, 2);
	}
	if (value > 0 || at == sizeof(digits))
		digits[--at] = (char)('0' + value);
	buf_put(b, str_make(digits + at, sizeof(digits) - at));
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
