/* Transfer encodings in pieces: whatever the cut, the same octets as in one. */
#include "mail/transfer.h"

#include "tap.h"

static const struct str base64[] = { S_INIT("SGVsbG8gV29ybGQ="), S_INIT("SGVs\r\nbG8=\r\nV29y bGQ=="), S_INIT("QQ==QUI=QUJD"),
	S_INIT("Q"), S_INIT("!Q*U=\r\n=") };

static void base64_pieces(struct str text)
{
	struct buf whole, pieces;
	size_t bad = 0;

	buf_init(&whole, 1024);
	buf_init(&pieces, 1024);
	transfer_base64(text, &whole);
	for (size_t cut = 0; cut <= text.len; cut++) {
		struct transfer_base64 state = { 0 };

		buf_clear(&pieces);
		transfer_base64_more(&state, str_sub(text, 0, cut), &pieces);
		transfer_base64_more(&state, str_skip(text, cut), &pieces);
		bad += !str_eq(buf_str(&whole), buf_str(&pieces));
	}
	OK(bad == 0, "base64 '%.*s': %zu cuts differ", STR_FMT(text), bad);
	buf_done(&whole);
	buf_done(&pieces);
}

static const struct {
	struct str text;
	size_t full, want;
} cuts[] = {
	{ S_INIT("a\nb"), 100, 2 },
	{ S_INIT("ab"), 100, 0 },
	{ S_INIT("abcd"), 4, 4 },
	{ S_INIT("abc="), 4, 3 },
	{ S_INIT("ab=3"), 4, 2 },
	{ S_INIT("a=3D"), 4, 4 },
	{ S_INIT("ab  "), 4, 2 },
	{ S_INIT("ab \r"), 4, 2 },
	{ S_INIT("a =\r"), 4, 1 },
	{ S_INIT("    "), 4, 4 },
};

/* Everything that is decoded in pieces of `full` octets, as a reader of a long part does it. */
static void quoted_pieces(struct str text, size_t full)
{
	struct buf whole, pieces;
	struct str rest = text;

	buf_init(&whole, 1 << 16);
	buf_init(&pieces, 1 << 16);
	transfer_quoted_printable(text, &whole);
	while (rest.len > 0) {
		struct str piece = str_sub(rest, 0, full);

		if (piece.len < rest.len)
			piece.len = transfer_quoted_printable_cut(piece, full);
		must(piece.len > 0);
		transfer_quoted_printable(piece, &pieces);
		rest = str_skip(rest, piece.len);
	}
	OK(str_eq(buf_str(&whole), buf_str(&pieces)), "quoted-printable in pieces of %zu", full);
	buf_done(&whole);
	buf_done(&pieces);
}

int main(void)
{
	static const struct str text = S_INIT("one=20two  \r\nthree =\r\nfour=\r\n=3Dfive \t\r\nsix=E4=F6=FC\r\n"
					      "a_line_without_an_end=3D=3D=3D_that_is_longer_than_the_piece  and goes on\r\n");

	for (size_t i = 0; i < sizeof(base64) / sizeof(*base64); i++)
		base64_pieces(base64[i]);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++)
		IS_NUM(transfer_quoted_printable_cut(cuts[i].text, cuts[i].full), cuts[i].want);
	for (size_t full = 16; full < text.len; full++)
		quoted_pieces(text, full);
	return tap_done();
}
