#include "wire/imap_write.h"

#include "base/utf8.h"
#include "base/word.h"
#include "wire/mutf7.h"

#define QUOTED_OCTETS_MAX ((size_t)1024)
#define PLAIN_MORE        (2 + WORD_OCTETS) /* two quotes, and what is written over the end */

static bool can_quote(struct str s, bool utf8)
{
	if (s.len > QUOTED_OCTETS_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == '\0')
			return false;
	}
	return str_is_ascii(s) || (utf8 && utf8_valid(s));
}

void imap_put_literal_size(struct buf *to, uint64_t octets)
{
	buf_put_octet(to, '{');
	buf_put_u64(to, octets);
	buf_put_c(to, "}\r\n");
}

void imap_put_literal(struct buf *to, struct str octets)
{
	imap_put_literal_size(to, octets.len);
	buf_put(to, octets);
}

static void put_quoted(struct buf *to, struct str s)
{
	buf_put_octet(to, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '"' || s.at[i] == '\\')
			buf_put_octet(to, '\\');
		buf_put_octet(to, s.at[i]);
	}
	buf_put_octet(to, '"');
}

/* Eight octets that stand in quotes as they are: printable ASCII, no quote, no backslash. */
static bool is_plain(uint64_t word)
{
	return word_is_text(word) && !word_has(word, '"') && !word_has(word, '\\');
}

/* Most strings by far. False, and nothing was written: it must be looked at octet by octet. Whole words are written, the last of them
 * over the end, where there is room for it. */
static bool put_plain(struct buf *to, struct str s)
{
	char *room;
	uint64_t word;
	size_t i = 0;

	if (s.len > QUOTED_OCTETS_MAX || to->ceiling - to->len < QUOTED_OCTETS_MAX + PLAIN_MORE)
		return false;
	room = buf_room(to, s.len + PLAIN_MORE);
	if (room == NULL)
		return false;
	for (; i + sizeof(word) <= s.len; i += sizeof(word)) {
		word = word_at(s.at + i);
		if (!is_plain(word))
			return false;
		memcpy(room + 1 + i, &word, sizeof(word));
	}
	if (i < s.len) {
		word = word_padded(s.at + i, s.len - i);
		if (!is_plain(word))
			return false;
		memcpy(room + 1 + i, &word, sizeof(word));
	}
	room[0] = room[s.len + 1] = '"';
	buf_added(to, s.len + 2);
	return true;
}

void imap_put_string(struct buf *to, struct str s, bool utf8)
{
	if (put_plain(to, s))
		return;
	if (can_quote(s, utf8))
		put_quoted(to, s);
	else
		imap_put_literal(to, s);
}

void imap_put_nstring(struct buf *to, struct str s, bool utf8)
{
	if (s.at == NULL)
		buf_put_c(to, "NIL");
	else
		imap_put_string(to, s, utf8);
}

static bool is_atom(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!imap_is_atom_char(s.at[i]) && s.at[i] != ']')
			return false;
	}
	return s.len > 0 && !str_ieq(s, S("NIL"));
}

void imap_put_astring(struct buf *to, struct str s, bool utf8)
{
	if (is_atom(s))
		buf_put(to, s);
	else
		imap_put_string(to, s, utf8);
}

void imap_put_mailbox(struct buf *to, struct str name, bool utf8)
{
	struct buf b;

	if (utf8) {
		imap_put_astring(to, name, true);
		return;
	}
	/* Each octet of UTF-8 gives less than three of base64 with its shifts. */
	buf_init(&b, name.len * 5 + 16);
	mutf7_put(&b, name);
	imap_put_astring(to, buf_str(&b), false);
	buf_done(&b);
}

struct flag_row {
	unsigned bit;
	struct str name;
};

static const struct flag_row flag_rows[] = {
	{ IMAP_ANSWERED, S_INIT("\\Answered") },
	{ IMAP_FLAGGED, S_INIT("\\Flagged") },
	{ IMAP_DELETED, S_INIT("\\Deleted") },
	{ IMAP_SEEN, S_INIT("\\Seen") },
	{ IMAP_DRAFT, S_INIT("\\Draft") },
	{ IMAP_RECENT, S_INIT("\\Recent") },
};

void imap_put_flags(struct buf *to, const struct imap_flags *flags)
{
	const char *blank = "";

	buf_put_octet(to, '(');
	for (size_t i = 0; flags->system != 0 && i < sizeof(flag_rows) / sizeof(*flag_rows); i++) {
		if ((flags->system & flag_rows[i].bit) == 0)
			continue;
		buf_put_c(to, blank);
		buf_put(to, flag_rows[i].name);
		blank = " ";
	}
	for (size_t i = 0; i < flags->keywords_count; i++) {
		buf_put_c(to, blank);
		buf_put(to, flags->keywords[i]);
		blank = " ";
	}
	buf_put_octet(to, ')');
}

/* One line, no controls, no other 8-bit octets than valid UTF-8. */
static void clean(struct str text, char *at)
{
	bool utf8 = utf8_valid(text);

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)at[i];

		if (c < ' ' || c == 0x7f || (c >= 0x80 && !utf8))
			at[i] = '?';
	}
}

void imap_put_text(struct buf *to, enum language l, struct str text)
{
	size_t from = to->len;

	language_put(to, l, text);
	clean(str_skip(buf_str(to), from), to->at + from);
	buf_put_c(to, "\r\n");
}

void imap_put_begin(struct buf *to, struct str tag, const char *status, const char *code)
{
	buf_put(to, tag.len > 0 ? tag : S("*"));
	buf_put_octet(to, ' ');
	buf_put_c(to, status);
	buf_put_octet(to, ' ');
	if (code == NULL)
		return;
	buf_put_octet(to, '[');
	buf_put_c(to, code);
	buf_put_c(to, "] ");
}

void imap_put_status(struct buf *to, enum language l, struct str tag, enum err e, struct str text)
{
	const struct err_row *row = err_row(e);

	imap_put_begin(to, strcmp(row->imap_status, "BYE") == 0 ? STR_NONE : tag, row->imap_status, row->imap_code);
	imap_put_text(to, l, text.len > 0 ? text : str_from_c(row->text));
}

void imap_put_ok(struct buf *to, enum language l, struct str tag, const char *code, struct str text)
{
	imap_put_begin(to, tag, "OK", code);
	imap_put_text(to, l, text.len > 0 ? text : str_from_c(err_text(ERR_OK)));
}

void imap_put_bye(struct buf *to, enum language l, struct str text)
{
	imap_put_begin(to, STR_NONE, "BYE", NULL);
	imap_put_text(to, l, text);
}

void imap_put_go(struct buf *to, enum language l, struct str text)
{
	buf_put_c(to, "+ ");
	imap_put_text(to, l, text);
}

void imap_put_count(struct buf *to, uint32_t number, const char *what)
{
	buf_put_c(to, "* ");
	buf_put_u64(to, number);
	buf_put_octet(to, ' ');
	imap_put_text(to, LANGUAGE_I_DEFAULT, str_from_c(what));
}

void imap_put_untagged(struct buf *to, struct str text)
{
	buf_put_c(to, "* ");
	imap_put_text(to, LANGUAGE_I_DEFAULT, text);
}

void imap_put_attribute(struct buf *to, bool is_so, const char *name)
{
	if (!is_so)
		return;
	if (to->at[to->len - 1] != '(')
		buf_put_octet(to, ' ');
	buf_put_c(to, name);
}
