#include "wire/smtp_data.h"

/* Where the last octet left us. What a state holds back (a CR, a dot) has not been given out. */
enum state {
	LINE_START, /* behind CRLF, or at the very start */
	TEXT,       /* inside a line */
	TEXT_CR,    /* CR held back */
	DOT,        /* dot at the start of a line, dropped */
	DOT_CR,     /* dot dropped, CR held back: LF would end the message */
};

void smtp_data_init(struct smtp_data *d, enum smtp_data_mode mode, bool mend)
{
	*d = (struct smtp_data){ .mode = mode, .mend = mend, .state = LINE_START };
}

static void give(struct smtp_data *d, struct buf *out, struct str octets)
{
	d->octets += octets.len;
	if (out != NULL)
		buf_put(out, octets);
}

/* A CR was held back and no LF came. */
static void give_bare_cr(struct smtp_data *d, struct buf *out)
{
	d->faults |= SMTP_DATA_BARE_CR;
	give(d, out, d->mend ? S("\r\n") : S("\r"));
}

/* A line end that no CR announced. It begins no line: only CRLF does, or dots would be read in two
 * ways. */
static void give_bare_lf(struct smtp_data *d, struct buf *out)
{
	d->faults |= SMTP_DATA_BARE_LF;
	give(d, out, d->mend ? S("\r\n") : S("\n"));
}

/* An octet that is part of a line, in any state but those that hold a CR back. */
static int plain(struct smtp_data *d, char c, struct buf *out)
{
	if (c == '\r')
		return d->state == DOT ? DOT_CR : TEXT_CR;
	if (c == '.' && d->state == LINE_START && d->mode == SMTP_DATA_DOTS)
		return DOT;
	if (c == '\n') {
		give_bare_lf(d, out);
		return TEXT;
	}
	if (c == '\0')
		d->faults |= SMTP_DATA_NUL;
	give(d, out, str_make(&c, 1));
	return TEXT;
}

static void step(struct smtp_data *d, char c, struct buf *out)
{
	bool held = d->state == TEXT_CR || d->state == DOT_CR;

	if (held && c == '\n') {
		d->done = d->state == DOT_CR;
		if (!d->done)
			give(d, out, S("\r\n"));
		d->state = LINE_START;
		return;
	}
	if (held) {
		give_bare_cr(d, out);
		d->state = TEXT;
	}
	d->state = plain(d, c, out);
}

/* Octets from `from` on that need no look: all but CR, LF, NUL. */
static size_t run_length(struct str in, size_t from)
{
	size_t i = from;

	while (i < in.len && in.at[i] != '\r' && in.at[i] != '\n' && in.at[i] != '\0')
		i++;
	return i - from;
}

size_t smtp_data_feed(struct smtp_data *d, struct str in, struct buf *out)
{
	size_t i = 0;

	while (i < in.len && !d->done) {
		size_t run = d->state == TEXT ? run_length(in, i) : 0;

		if (run > 0) {
			give(d, out, str_sub(in, i, run));
			i += run;
			continue;
		}
		step(d, in.at[i++], out);
	}
	return i;
}

void smtp_data_end(struct smtp_data *d, struct buf *out)
{
	must(d->mode == SMTP_DATA_CHUNKS);
	if (d->state == TEXT_CR)
		give_bare_cr(d, out);
	d->state = TEXT;
}
