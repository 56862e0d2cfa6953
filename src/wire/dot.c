#include "wire/dot.h"

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

static size_t run_length(struct str s, size_t from)
{
	size_t i = from;

	while (i < s.len && s.at[i] != '\r' && s.at[i] != '\n')
		i++;
	return i - from;
}

void dot_put(struct dot *d, struct buf *to, struct str piece)
{
	size_t i = 0;

	while (i < piece.len && !d->full) {
		size_t run = run_length(piece, i);

		/* The CR ended its line when it came; its LF adds nothing. */
		if (run == 0 && !(d->cr_held && piece.at[i] == '\n'))
			end_line(d, to);
		d->cr_held = run == 0 && piece.at[i] == '\r';
		if (run == 0) {
			i++;
			continue;
		}
		if (d->line_start && piece.at[i] == '.')
			buf_put_octet(to, '.');
		d->line_start = false;
		buf_put(to, str_sub(piece, i, run));
		i += run;
	}
}

void dot_end(struct dot *d, struct buf *to)
{
	if (!d->line_start)
		end_line(d, to);
	buf_put(to, S(".\r\n"));
}
