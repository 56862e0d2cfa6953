#include "wire/smtp_data.h"

#include "exact.h"
#include "tap.h"

struct row {
	struct str in;
	bool done;   /* the end was seen */
	size_t used; /* octets consumed when it was */
	unsigned faults;
	struct str want;   /* message as it is */
	struct str mended; /* message with bare line ends made CRLF; empty: as want */
};

#define CR  SMTP_DATA_BARE_CR
#define LF  SMTP_DATA_BARE_LF
#define NUL SMTP_DATA_NUL

static const struct row rows[] = {
	{ S_INIT(".\r\n"), true, 3, 0, S_INIT(""), S_INIT("") },
	{ S_INIT("a\r\n.\r\nQUIT\r\n"), true, 6, 0, S_INIT("a\r\n"), S_INIT("") },
	{ S_INIT("..\r\n.a\r\n...\r\n.\r\n"), true, 16, 0, S_INIT(".\r\na\r\n..\r\n"), S_INIT("") },
	{ S_INIT("\r\n\r\n.\r\n"), true, 7, 0, S_INIT("\r\n\r\n"), S_INIT("") },
	{ S_INIT("a.\r\n.b.\r\n.\r\n"), true, 12, 0, S_INIT("a.\r\nb.\r\n"), S_INIT("") },
	{ S_INIT("a"), false, 0, 0, S_INIT("a"), S_INIT("") },
	{ S_INIT("a\0b\r\n.\r\n"), true, 8, NUL, S_INIT("a\0b\r\n"), S_INIT("") },
	{ S_INIT("a\nb\rc\r\n.\r\n"), true, 10, CR | LF, S_INIT("a\nb\rc\r\n"),
		S_INIT("a\r\nb\r\nc\r\n") },
	{ S_INIT(".\rx\r\n.\r\n"), true, 8, CR, S_INIT("\rx\r\n"), S_INIT("\r\nx\r\n") },
};

static void feed(const struct row *row, bool mend, size_t cut, size_t step)
{
	struct smtp_data d;
	struct buf b;
	size_t at = 0, used = 0;

	buf_init(&b, 4096);
	smtp_data_init(&d, SMTP_DATA_DOTS, mend);
	while (at < row->in.len && !d.done) {
		struct str piece = exact(str_sub(row->in, at, at < cut ? cut - at : step));

		used += smtp_data_feed(&d, piece, &b);
		at += piece.len;
		exact_free(piece);
	}
	IS_NUM(d.done, row->done);
	IS_NUM(used, row->done ? row->used : row->in.len);
	IS_NUM(d.faults, row->faults);
	IS_NUM(d.octets, b.len);
	IS_STR(buf_str(&b), mend && row->mended.len > 0 ? row->mended : row->want);
	buf_done(&b);
}

/* The smuggling sequences of SEC Consult (2023) and their kin: none but CRLF.CRLF may end a
 * message. */
static const struct str smuggles[] = {
	S_INIT("\n.\n"),
	S_INIT("\n.\r"),
	S_INIT("\r.\n"),
	S_INIT("\r.\r"),
	S_INIT("\n.\r\n"),
	S_INIT("\r.\r\n"),
	S_INIT("\r\n.\n"),
	S_INIT("\r\n.\r"),
	S_INIT("\r\n.\r\r\n"),
	S_INIT("\r\r\n.\r\r\n"),
	S_INIT("\r\n\0.\r\n"),
	S_INIT("\r\n.\0\r\n"),
};

static const struct str second =
	S_INIT("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\nSubject: s\r\n\r\ns\r\n.\r\n");

/* One stream, cut at one place (or fed octet by octet: step 1): how many messages, and was it
 * noticed. */
static void smuggle(struct str stream, size_t cut, size_t step, bool mend)
{
	struct smtp_data d;
	size_t at = 0, used = 0;
	struct buf b;

	buf_init(&b, 4096);
	smtp_data_init(&d, SMTP_DATA_DOTS, mend);
	while (at < stream.len && !d.done) {
		struct str piece = exact(str_sub(stream, at, at < cut ? cut - at : step));

		used += smtp_data_feed(&d, piece, &b);
		at += piece.len;
		exact_free(piece);
	}
	OK(d.done && used == stream.len && d.faults != 0,
		"one message, %zu of %zu octets, faults %u (cut %zu step %zu)", used, stream.len,
		d.faults, cut, step);
	OK(str_find_str(buf_str(&b), S("MAIL FROM:<s@x>")) != STR_NPOS,
		"the second mail is text of the first");
	if (mend) {
		bool bare = false;

		for (size_t i = 0; i < b.len; i++) {
			bare = bare || (b.at[i] == '\n' && (i == 0 || b.at[i - 1] != '\r'));
			bare = bare || (b.at[i] == '\r' && (i + 1 == b.len || b.at[i + 1] != '\n'));
		}
		OK(!bare, "mended octets hold no bare CR or LF");
	}
	buf_done(&b);
}

static void smuggle_all(struct str s)
{
	char stream[256];
	size_t n = 0;
	struct str parts[3] = { S_INIT("Subject: a\r\n\r\nbody"), s, second };

	for (int i = 0; i < 3; i++) {
		memcpy(stream + n, parts[i].at, parts[i].len);
		n += parts[i].len;
	}
	for (size_t cut = 0; cut <= n; cut++) {
		smuggle(str_make(stream, n), cut, sizeof(stream), false);
		smuggle(str_make(stream, n), cut, sizeof(stream), true);
	}
	smuggle(str_make(stream, n), 0, 1, false);
	smuggle(str_make(stream, n), 0, 1, true);
}

/* The same octets as a BDAT chunk: nothing ends it, everything is noticed, nothing is taken away.
 */
static void chunk(struct str s, size_t cut)
{
	struct smtp_data d;
	struct buf b;
	struct str head = exact(str_sub(s, 0, cut)), tail = exact(str_skip(s, cut));
	size_t used;

	buf_init(&b, 4096);
	smtp_data_init(&d, SMTP_DATA_CHUNKS, false);
	used = smtp_data_feed(&d, head, &b);
	used += smtp_data_feed(&d, tail, &b);
	smtp_data_end(&d, &b);
	OK(!d.done && used == s.len && d.faults != 0, "chunk cut at %zu: faults %u", cut, d.faults);
	IS_STR(buf_str(&b), s);
	buf_done(&b);
	exact_free(head);
	exact_free(tail);
}

static void chunk_good(void)
{
	struct smtp_data d;
	struct buf b;

	buf_init(&b, 4096);
	smtp_data_init(&d, SMTP_DATA_CHUNKS, false);
	IS_NUM(smtp_data_feed(&d, S("a\r\n.\r"), &b), 5);
	IS_NUM(smtp_data_feed(&d, S("\n..b\r\n"), &b), 6);
	smtp_data_end(&d, &b);
	IS_NUM(d.faults, 0);
	IS_NUM(d.octets, 11);
	IS_STR(buf_str(&b), S("a\r\n.\r\n..b\r\n"));
	buf_done(&b);
}

static void thrown_away(void)
{
	struct smtp_data d;

	smtp_data_init(&d, SMTP_DATA_DOTS, false);
	IS_NUM(smtp_data_feed(&d, S("a\r\n..\r\n.\r\nRSET"), NULL), 10);
	IS_NUM(d.done, 1);
	IS_NUM(d.octets, 6);
	IS_NUM(smtp_data_feed(&d, S("more"), NULL), 0);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int mend = 0; mend < 2; mend++) {
			feed(&rows[i], mend, 0, 1);
			for (size_t cut = 0; cut <= rows[i].in.len; cut++)
				feed(&rows[i], mend, cut, 4096);
		}
	}
	for (size_t i = 0; i < sizeof(smuggles) / sizeof(*smuggles); i++) {
		smuggle_all(smuggles[i]);
		for (size_t cut = 0; cut <= smuggles[i].len; cut++)
			chunk(smuggles[i], cut);
	}
	chunk_good();
	thrown_away();
	return tap_done();
}
