#include "wire/smtp_reply.h"

/* RFC 5321 4.5.3.1.5: a reply line has at most 512 octets, its CRLF included. */
#define TEXT_OCTETS_MAX ((size_t)490)

static void put_line(struct buf *to, int code, char mark, const char *enhanced, struct str text)
{
	must(code >= 200 && code <= 599);
	buf_put_u64(to, (uint64_t)code);
	buf_put_octet(to, mark);
	if (enhanced != NULL) {
		buf_put_c(to, enhanced);
		buf_put_octet(to, ' ');
	}
	text = str_sub(text, 0, TEXT_OCTETS_MAX);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		buf_put_octet(to, c >= ' ' && c <= '~' ? c : '?');
	}
	buf_put(to, S("\r\n"));
}

static struct str words(enum err e, struct str text)
{
	return text.len > 0 ? text : str_from_c(err_text(e));
}

void smtp_reply(struct buf *to, enum err e, struct str text)
{
	const struct err_row *row = err_row(e);

	put_line(to, row->smtp, ' ', row->enhanced, words(e, text));
}

struct twin {
	int code;
	int four, five;
};

/* Codes whose meaning has a name in the other class; the rest become 451 or 554. */
static const struct twin twins[] = {
	{ 452, 452, 552 },
	{ 552, 452, 552 },
	{ 450, 450, 550 },
	{ 550, 450, 550 },
	{ 454, 454, 554 },
};

static int code_in_class(int code, int class)
{
	if (code / 100 == class)
		return code;
	for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++) {
		if (twins[i].code == code)
			return class == 4 ? twins[i].four : twins[i].five;
	}
	return class == 4 ? 451 : 554;
}

void smtp_reply_class(struct buf *to, enum err e, int class, struct str text)
{
	const struct err_row *row = err_row(e);
	char enhanced[16] = { 0 };
	struct str from = str_from_c(row->enhanced);

	must(class == 4 || class == 5);
	must(from.len > 1 && from.len < sizeof(enhanced));
	memcpy(enhanced, from.at, from.len);
	enhanced[0] = (char)('0' + class);
	put_line(to, code_in_class(row->smtp, class), ' ', enhanced, words(e, text));
}

void smtp_reply_code(struct buf *to, int code, const char *enhanced, struct str text)
{
	put_line(to, code, ' ', enhanced, text);
}

void smtp_reply_more(struct buf *to, int code, const char *enhanced, struct str text)
{
	put_line(to, code, '-', enhanced, text);
}
