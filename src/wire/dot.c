#include "wire/dot.h"

/* The same octet eight times. */
#define EACH_OCTET(octet) (UINT64_MAX / 255 * (octet))

void dot_init(struct dot *d, uint64_t body_lines)
{
	*d = (struct dot){ .body_lines = body_lines, .line_start = true };
}

/* A line has ended: the empty one ends the header, and the body's are counted (RFC 1939 7, TOP). */
static void end_line(struct dot *d, struct buf *to)
{
	bool empty = d->line_start;

	buf_put(to, S("\r\n"));
	d->line_start = true;
	if (d->body && d->body_lines != DOT_ALL_LINES)
		d->body_lines--;
	if (empty)
		d->body = true;
	d->full = d->body && d->body_lines == 0;
}

static bool ends_line(char c)
{
	return c == '\r' || c == '\n';
}

/* Is one of eight octets below 14? CR and LF are, and hardly another that mail is made of. */
static bool may_end_line(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return ((word - EACH_OCTET(14)) & ~word & EACH_OCTET(0x80)) != 0;
}

static size_t run_length(struct str s, size_t from)
{
	size_t i = from, end;

	for (;;) {
		while (s.len - i >= 8 && !may_end_line(s.at + i))
			i += 8;
		end = s.len - i < 8 ? s.len : i + 8;
		while (i < end && !ends_line(s.at[i]))
			i++;
		if (i < end || i == s.len)
			return i - from;
	}
}

/* What leaves as it stands: this line's rest and the lines behind it, as long as each has ended in CRLF and none
 * begins with a dot. */
static size_t lines_length(struct str s, size_t from)
{
	size_t i = from;

	do {
		i += run_length(s, i);
		if (s.len - i < 2 || s.at[i] != '\r' || s.at[i + 1] != '\n')
			break;
		i += 2;
	} while (i < s.len && s.at[i] != '.');
	return i - from;
}

void dot_put(struct dot *d, struct buf *to, struct str piece)
{
	size_t i = 0;

	while (i < piece.len && !d->full) {
		size_t n;

		if (ends_line(piece.at[i])) {
			/* The CR ended its line when it came; its LF adds nothing. */
			if (!(d->cr_held && piece.at[i] == '\n'))
				end_line(d, to);
			d->cr_held = piece.at[i++] == '\r';
			continue;
		}
		if (d->line_start && piece.at[i] == '.')
			buf_put_octet(to, '.');
		n = d->body_lines == DOT_ALL_LINES ? lines_length(piece, i) : run_length(piece, i);
		buf_put(to, str_sub(piece, i, n));
		i += n;
		d->line_start = piece.at[i - 1] == '\n';
		d->cr_held = false;
	}
}

void dot_end(struct dot *d, struct buf *to)
{
	if (!d->line_start)
		end_line(d, to);
	buf_put(to, S(".\r\n"));
}
