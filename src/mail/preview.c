#include "mail/preview.h"

#include "base/utf8.h"
#include "mail/charset.h"

enum html_state { HTML_TEXT, HTML_OPEN, HTML_NAME, HTML_TAG, HTML_DECLARATION, HTML_COMMENT, HTML_REFERENCE };

#define QUOTE_DEPTH_MAX 1000u

void preview_begin(struct preview *p, enum preview_kind kind)
{
	memset(p, 0, sizeof(*p));
	p->kind = kind;
	p->line_start = true;
}

/* ---- characters ---- */

/* White space of any width, and controls. */
static bool is_blank(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Takes no room, or turns the direction of what follows. Senders pad with them what a list shows. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x34f || c == 0x61c || c == 0x115f || c == 0x1160 || c == 0x17b4 ||
	       c == 0x17b5 || c == 0x180e || c == 0x200b || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0x3164 || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb);
}

static void put_octets(struct preview_text *t, uint32_t c)
{
	char *at = t->at + t->len;

	if (c < 0x80) {
		at[0] = (char)c;
		t->len += 1;
	} else if (c < 0x800) {
		at[0] = (char)(0xc0 | c >> 6);
		at[1] = (char)(0x80 | (c & 0x3f));
		t->len += 2;
	} else if (c < 0x10000) {
		at[0] = (char)(0xe0 | c >> 12);
		at[1] = (char)(0x80 | (c >> 6 & 0x3f));
		at[2] = (char)(0x80 | (c & 0x3f));
		t->len += 3;
	} else {
		at[0] = (char)(0xf0 | c >> 18);
		at[1] = (char)(0x80 | (c >> 12 & 0x3f));
		at[2] = (char)(0x80 | (c >> 6 & 0x3f));
		at[3] = (char)(0x80 | (c & 0x3f));
		t->len += 4;
	}
	t->characters++;
}

/* No blank is the first or the last one. */
static void put(struct preview_text *t, uint32_t c)
{
	bool joins = c == 0x200c || c == 0x200d;

	if (is_blank(c)) {
		t->blank = true;
		return;
	}
	if (is_invisible(c) || (joins && (t->blank || t->len == 0)) || t->characters == PREVIEW_CHARACTERS)
		return;
	if (t->blank && t->len > 0) {
		if (t->characters + 2 > PREVIEW_CHARACTERS) {
			t->characters = PREVIEW_CHARACTERS;
			return;
		}
		put_octets(t, ' ');
	}
	t->blank = false;
	put_octets(t, c);
}

static void put_text(struct preview *p, uint32_t c)
{
	put(p->in_quote || p->quote_depth > 0 ? &p->quoted : &p->own, c);
}

/* ---- plain text ---- */

static void plain(struct preview *p, uint32_t c)
{
	if (c == '\n') {
		p->own.blank = p->quoted.blank = true;
		p->line_start = true;
		p->in_quote = false;
		return;
	}
	/* "> > text": the marks are none of it. */
	if (p->line_start && c == '>')
		p->in_quote = true;
	if (p->line_start && p->in_quote && (c == '>' || c == ' '))
		return;
	p->line_start = false;
	put_text(p, c);
}

/* ---- HTML ---- */

/* What stands inside these is for programs. */
static const char *const skipped_names[] = { "script", "style", "template", "title", NULL };
/* These stand inside a word; all others part words. */
static const char *const inline_names[] = { "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del",
	"dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
	"sup", "tt", "u", "var", "wbr", NULL };

static const char *find_name(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names;
}

static const struct reference {
	const char *name;
	uint32_t c;
} references[] = {
#define REFERENCE(name, c) { name, c },
#include "mail/html_reference.tbl"
#undef REFERENCE
};

static uint32_t named(const char *name)
{
	size_t low = 0, high = sizeof(references) / sizeof(*references);

	while (low < high) {
		size_t at = (low + high) / 2;
		int order = strcmp(name, references[at].name);

		if (order == 0)
			return references[at].c;
		if (order < 0)
			high = at;
		else
			low = at + 1;
	}
	return 0;
}

static int digit(char c, unsigned base)
{
	char l = ascii_lower(c);

	if (ascii_is_digit(c))
		return c - '0';
	return base == 16 && l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* HTML reads the numbers of C1 controls as windows-1252. */
static uint32_t from_windows_1252(uint32_t c)
{
	char octet = (char)c;
	struct buf text;
	struct str rest;

	buf_init(&text, 8);
	charset_to_utf8(S("windows-1252"), str_make(&octet, 1), &text);
	rest = buf_str(&text);
	c = utf8_next(&rest);
	buf_done(&text);
	return c;
}

/* "#228" or "#xe4"; 0: none. */
static uint32_t numbered(const char *name)
{
	unsigned base = ascii_lower(name[1]) == 'x' ? 16 : 10;
	uint32_t c = 0;

	name += base == 16 ? 2 : 1;
	if (*name == '\0')
		return 0;
	for (; *name != '\0'; name++) {
		int d = digit(*name, base);

		if (d < 0)
			return 0;
		c = c < 0x110000 ? c * base + (uint32_t)d : c;
	}
	if (c >= 0x80 && c <= 0x9f)
		return from_windows_1252(c);
	return c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c;
}

static void end_reference(struct preview *p, bool semicolon)
{
	uint32_t c = p->name[0] == '#' ? numbered(p->name) : named(p->name);

	p->state = HTML_TEXT;
	if (p->skipped != NULL)
		return;
	if (c != 0) {
		put_text(p, c);
		return;
	}
	put_text(p, '&');
	for (size_t i = 0; i < p->name_len; i++)
		put_text(p, (unsigned char)p->name[i]);
	if (semicolon)
		put_text(p, ';');
}

static void end_tag(struct preview *p)
{
	const char *skipped = find_name(skipped_names, p->name);

	p->state = HTML_TEXT;
	if (p->skipped != NULL) {
		if (p->closing && p->skipped == skipped)
			p->skipped = NULL;
		return;
	}
	if (!p->closing)
		p->skipped = skipped;
	if (find_name(inline_names, p->name) == NULL)
		p->own.blank = p->quoted.blank = true;
	if (strcmp(p->name, "blockquote") != 0)
		return;
	if (!p->closing)
		p->quote_depth += p->quote_depth < QUOTE_DEPTH_MAX;
	else
		p->quote_depth -= p->quote_depth > 0;
}

static bool is_letter(uint32_t c)
{
	return c < 0x80 && ascii_is_alpha((char)c);
}

static bool is_name(uint32_t c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

static void add_name(struct preview *p, uint32_t c)
{
	if (p->name_len < sizeof(p->name) - 1)
		p->name[p->name_len++] = (char)c;
	p->name[p->name_len] = '\0';
}

static void begin_name(struct preview *p, enum html_state state)
{
	p->state = state;
	p->name_len = 0;
	p->name[0] = '\0';
	p->closing = p->after_equals = false;
	p->quote_mark = '\0';
}

/* Behind '<'. True: c belongs to it. Inside a skipped element nothing but an end tag counts. */
static bool open_tag(struct preview *p, uint32_t c)
{
	if (c == '/') {
		begin_name(p, HTML_NAME);
		p->closing = true;
	} else if (p->skipped == NULL && is_letter(c)) {
		begin_name(p, HTML_NAME);
		add_name(p, (unsigned char)ascii_lower((char)c));
	} else if (p->skipped == NULL && (c == '!' || c == '?')) {
		begin_name(p, HTML_DECLARATION);
	} else {
		p->state = HTML_TEXT;
		if (p->skipped == NULL)
			put_text(p, '<');
		return false;
	}
	return true;
}

static void in_tag(struct preview *p, uint32_t c)
{
	if (p->quote_mark != '\0') {
		if (c == (unsigned char)p->quote_mark)
			p->quote_mark = '\0';
		return;
	}
	if (c == '>') {
		end_tag(p);
		return;
	}
	if (p->after_equals && (c == '"' || c == '\''))
		p->quote_mark = (char)c;
	if (!is_blank(c))
		p->after_equals = c == '=';
}

/* "<!--" is a comment up to "-->", other declarations end with '>'. name holds the dashes. */
static void in_declaration(struct preview *p, uint32_t c)
{
	if (c == '>')
		p->state = HTML_TEXT;
	else if (c == '-' && ++p->name_len == 2)
		begin_name(p, HTML_COMMENT);
	else if (c != '-')
		p->name_len = 2;
}

static void in_comment(struct preview *p, uint32_t c)
{
	if (c == '-')
		p->name_len++;
	else if (c == '>' && p->name_len >= 2)
		p->state = HTML_TEXT;
	else
		p->name_len = 0;
}

/* True: c was used. */
static bool html(struct preview *p, uint32_t c)
{
	switch ((enum html_state)p->state) {
	case HTML_TEXT:
		if (c == '<')
			p->state = HTML_OPEN;
		else if (c == '&')
			begin_name(p, HTML_REFERENCE);
		else if (p->skipped == NULL)
			put_text(p, c);
		return true;
	case HTML_OPEN:
		return open_tag(p, c);
	case HTML_NAME:
		if (is_name(c)) {
			add_name(p, (unsigned char)ascii_lower((char)c));
			return true;
		}
		p->state = p->skipped != NULL && strcmp(p->skipped, p->name) != 0 ? HTML_TEXT : HTML_TAG;
		return false;
	case HTML_TAG:
		in_tag(p, c);
		return true;
	case HTML_DECLARATION:
		in_declaration(p, c);
		return true;
	case HTML_COMMENT:
		in_comment(p, c);
		return true;
	case HTML_REFERENCE:
		if (p->name_len < sizeof(p->name) - 1 && (is_name(c) || (c == '#' && p->name_len == 0))) {
			add_name(p, c);
			return true;
		}
		end_reference(p, c == ';');
		return c == ';';
	}
	return true;
}

/* ---- all of it ---- */

bool preview_feed(struct preview *p, struct str text)
{
	while (text.len > 0 && p->own.characters < PREVIEW_CHARACTERS) {
		uint32_t c = utf8_next(&text);

		if (c == UTF8_BAD)
			c = 0xfffd;
		if (p->kind == PREVIEW_PLAIN)
			plain(p, c);
		/* At most three states give a character on. */
		for (int i = 0; p->kind == PREVIEW_HTML && i < 3 && !html(p, c); i++)
			;
	}
	return p->own.characters < PREVIEW_CHARACTERS;
}

struct str preview_end(struct preview *p)
{
	const struct preview_text *t;

	if (p->kind == PREVIEW_HTML && p->state == HTML_REFERENCE)
		end_reference(p, false);
	t = p->own.len > 0 ? &p->own : &p->quoted;
	return str_make(t->at, t->len);
}
