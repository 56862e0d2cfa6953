#include "wire/nntp.h"

#include "base/date.h"
#include "base/utf8.h"
#include "wire/line.h"
#include "wire/wildmat.h"

#define CMD(id, verb, variant, homes, states, flags, shape, arguments, rfc)                                                        \
	{ verb, variant, (homes), (states), (flags), NNTP_SHAPE_##shape, arguments, rfc },
static const struct nntp_row rows[NNTP_VERB_COUNT] = {
#include "wire/nntp.tbl"
};
#undef CMD

#define CODE(error, code) [ERR_##error] = (code),
static const int codes[ERR_COUNT] = {
#include "wire/nntp_code.tbl"
};
#undef CODE

static const struct capability {
	const char *line;
	bool posting;
} capabilities[] = {
#define CAP(line, posting, rfc) { line, posting },
#include "wire/nntp_capability.tbl"
#undef CAP
};

#define MESSAGE_ID_OCTETS_MAX ((size_t)250)
#define NUMBER_DIGITS_MAX     ((size_t)16)
#define MECHANISM_OCTETS_MAX  ((size_t)20)
#define TEXT_OCTETS_MAX       (NNTP_LINE_OCTETS_MAX - 2)

const struct nntp_row *nntp_row(enum nntp_verb verb)
{
	must((unsigned)verb < NNTP_VERB_COUNT);
	return &rows[verb];
}

/* ---- lines ---- */

/* Of a line that is too long only its end is looked for. */
static enum err skip(struct nntp_cutter *cutter, struct str in, struct nntp_cut *ret)
{
	size_t end = str_find_str(in, S("\r\n"));

	if (end != STR_NPOS) {
		ret->used = end + 2;
		*cutter = (struct nntp_cutter){ false, 0 };
		return ERR_TOOLONG;
	}
	/* A CR at the end may be half of what is looked for. */
	ret->used = str_ends(in, S("\r")) ? in.len - 1 : in.len;
	cutter->skipped += ret->used;
	return cutter->skipped > NNTP_SKIP_OCTETS_MAX ? ERR_JUNK : ERR_NEEDMORE;
}

static bool may_be_long(struct str in)
{
	enum nntp_verb verb;

	return nntp_find(str_sub(in, 0, NNTP_LINE_OCTETS_MAX), &verb) == ERR_OK && (rows[verb].flags & NNTP_LOGON_LINE) != 0;
}

enum err nntp_cut(struct nntp_cutter *cutter, struct str in, size_t max, struct nntp_cut *ret)
{
	enum err e;

	*ret = (struct nntp_cut){ .line = STR_NONE };
	if (cutter->skipping)
		return skip(cutter, in, ret);
	e = line_cut(in, max, &ret->line);
	if (e == ERR_TOOLONG && may_be_long(in))
		e = line_cut(in, max > NNTP_AUTH_OCTETS_MAX ? max : NNTP_AUTH_OCTETS_MAX, &ret->line);
	if (e == ERR_OK)
		ret->used = ret->line.len + 2;
	if (e != ERR_TOOLONG)
		return e;
	cutter->skipping = true;
	return skip(cutter, in, ret);
}

/* ---- words ---- */

/* Blanks stand between words and may stand behind the last one (RFC 3977 section 9.2). */
static struct str cut_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	while (rest->len > 0 && ascii_is_wsp(rest->at[0]))
		*rest = str_skip(*rest, 1);
	while (n < rest->len && !ascii_is_wsp(rest->at[n]))
		n++;
	word = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	while (rest->len > 0 && ascii_is_wsp(rest->at[0]))
		*rest = str_skip(*rest, 1);
	return word;
}

/* What is told apart by a second word is found by both; *rest is behind what was read. */
static enum err find(struct str *rest, enum nntp_verb *ret)
{
	struct str word = cut_word(rest), behind = *rest, variant = cut_word(&behind);
	bool known = false;

	for (int i = 0; i < NNTP_VERB_COUNT; i++) {
		bool several = rows[i].variant[0] != '\0';

		if (!str_ieq(word, str_from_c(rows[i].verb)))
			continue;
		known = true;
		/* LIST without more is a row of its own. */
		if (i == NNTP_LIST ? variant.len > 0 : several && !str_ieq(variant, str_from_c(rows[i].variant)))
			continue;
		if (several)
			*rest = behind;
		*ret = (enum nntp_verb)i;
		return ERR_OK;
	}
	return known ? ERR_SYNTAX : ERR_COMMAND;
}

enum err nntp_find(struct str line, enum nntp_verb *ret)
{
	return find(&line, ret);
}

/* ---- arguments ---- */

static bool is_between(char c, char first, char last)
{
	return c >= first && c <= last;
}

/* A-CHAR of RFC 3977 section 9.8. */
static bool is_graphic(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_between(s.at[i], '!', '~'))
			return false;
	}
	return true;
}

bool nntp_is_message_id(struct str word)
{
	if (word.len < 3 || word.len > MESSAGE_ID_OCTETS_MAX || !is_graphic(word))
		return false;
	return word.at[0] == '<' && str_find(word, '>') == word.len - 1;
}

bool nntp_is_group(struct str name)
{
	return name.len > 0 && name.len <= NNTP_GROUP_OCTETS_MAX && wildmat_valid(name) && !str_has_octet(name, ',') &&
	       !str_has_octet(name, '*') && !str_has_octet(name, '?');
}

static bool is_keyword(struct str word)
{
	if (word.len < 3 || !ascii_is_alpha(word.at[0]))
		return false;
	for (size_t i = 1; i < word.len; i++) {
		char c = word.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '.' && c != '-')
			return false;
	}
	return true;
}

/* header-name, or ":" and a metadata-name */
static bool is_field(struct str word)
{
	struct str name = str_starts(word, S(":")) ? str_skip(word, 1) : word;

	return name.len > 0 && is_graphic(name) && !str_has_octet(name, ':');
}

static bool read_number(struct str word, uint64_t *ret)
{
	return word.len <= NUMBER_DIGITS_MAX && str_u64(word, UINT64_MAX, ret);
}

static enum err read_range(struct str word, struct nntp_command *c)
{
	struct nntp_range range = { 0 };
	struct str low = word, high = word;
	bool parted = str_cut(&high, '-', &low);

	if (!read_number(low, &range.low))
		return ERR_SYNTAX;
	range.high = parted ? UINT64_MAX : range.low;
	if (parted && high.len > 0 && !read_number(high, &range.high))
		return ERR_SYNTAX;
	c->has_range = true;
	c->range = range;
	return ERR_OK;
}

static enum err read_message_id(struct str word, struct nntp_command *c)
{
	if (!nntp_is_message_id(word))
		return ERR_SYNTAX;
	c->message_id = word;
	return ERR_OK;
}

static enum err parse_nothing(struct str *rest, struct nntp_command *c)
{
	return ERR_OK; /* what is left over is judged by the caller */
}

static enum err parse_anything(struct str *rest, struct nntp_command *c)
{
	*rest = STR_NONE;
	return ERR_OK;
}

static enum err parse_keyword(struct str *rest, struct nntp_command *c)
{
	c->text = cut_word(rest);
	return c->text.len == 0 || is_keyword(c->text) ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_group(struct str *rest, struct nntp_command *c)
{
	c->group = cut_word(rest);
	return nntp_is_group(c->group) ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_listgroup(struct str *rest, struct nntp_command *c)
{
	enum err e = rest->len > 0 ? parse_group(rest, c) : ERR_OK;

	return e == ERR_OK && rest->len > 0 ? read_range(cut_word(rest), c) : e;
}

static enum err parse_article(struct str *rest, struct nntp_command *c)
{
	struct str word = cut_word(rest);

	if (str_starts(word, S("<")))
		return read_message_id(word, c);
	c->has_number = word.len > 0;
	return word.len == 0 || read_number(word, &c->number) ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_range(struct str *rest, struct nntp_command *c)
{
	struct str word = cut_word(rest);

	if (word.len == 0)
		return ERR_OK;
	return str_starts(word, S("<")) ? read_message_id(word, c) : read_range(word, c);
}

static enum err parse_hdr(struct str *rest, struct nntp_command *c)
{
	c->field = cut_word(rest);
	return is_field(c->field) ? parse_range(rest, c) : ERR_SYNTAX;
}

static enum err parse_xpat(struct str *rest, struct nntp_command *c)
{
	enum err e = parse_hdr(rest, c);

	c->text = str_trim(*rest);
	*rest = STR_NONE;
	return e == ERR_OK && (c->text.len == 0 || str_has_control(c->text)) ? ERR_SYNTAX : e;
}

static enum err parse_wildmat(struct str *rest, struct nntp_command *c)
{
	c->wildmat = cut_word(rest);
	return c->wildmat.len == 0 || wildmat_valid(c->wildmat) ? ERR_OK : ERR_SYNTAX;
}

/* n digits, of which there must be as many */
static uint32_t digits(struct str *word, size_t n)
{
	struct str head = str_sub(*word, 0, n);
	uint32_t value = 0;

	*word = str_skip(*word, n);
	return head.len == n && str_u32(head, UINT32_MAX, &value) ? value : UINT32_MAX;
}

static bool is_day(const struct nntp_since *s)
{
	struct date d = { .year = (int)s->year, .month = s->month, .day = s->day }, back;

	/* Which century it is matters for 29 February of 1900 alone, which is older than news. */
	if (s->short_year)
		d.year += 2000;
	back = date_from_instant(date_to_instant(&d), 0);
	return back.month == d.month && back.day == d.day;
}

static enum err parse_since(struct str *rest, struct nntp_command *c)
{
	struct str day = cut_word(rest), time = cut_word(rest), zone = cut_word(rest);
	struct nntp_since *s = &c->since;
	uint32_t month, date, hour, minute, second;

	if ((day.len != 6 && day.len != 8) || time.len != 6 || (zone.len > 0 && !str_ieq(zone, S("GMT"))))
		return ERR_SYNTAX;
	s->short_year = day.len == 6;
	s->year = digits(&day, s->short_year ? 2 : 4);
	month = digits(&day, 2);
	date = digits(&day, 2);
	hour = digits(&time, 2);
	minute = digits(&time, 2);
	second = digits(&time, 2);
	if (s->year > 9999 || month < 1 || month > 12 || date < 1 || date > 31 || hour > 23 || minute > 59 || second > 60)
		return ERR_SYNTAX;
	s->month = (uint8_t)month;
	s->day = (uint8_t)date;
	s->hour = (uint8_t)hour;
	s->minute = (uint8_t)minute;
	s->second = (uint8_t)second;
	return is_day(s) ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_newnews(struct str *rest, struct nntp_command *c)
{
	enum err e = parse_wildmat(rest, c);

	if (e != ERR_OK || c->wildmat.len == 0)
		return ERR_SYNTAX;
	return parse_since(rest, c);
}

static enum err parse_list_headers(struct str *rest, struct nntp_command *c)
{
	struct str word = cut_word(rest);

	c->by_message_id = str_ieq(word, S("MSGID"));
	c->has_range = str_ieq(word, S("RANGE"));
	return word.len == 0 || c->by_message_id || c->has_range ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_sasl(struct str *rest, struct nntp_command *c)
{
	c->mechanism = cut_word(rest);
	c->initial = cut_word(rest);
	c->has_initial = c->initial.len > 0;
	if (str_eq(c->initial, S("=")))
		c->initial = S("");
	for (size_t i = 0; i < c->mechanism.len; i++) {
		char m = c->mechanism.at[i];

		if (!ascii_is_alpha(m) && !ascii_is_digit(m) && m != '-' && m != '_')
			return ERR_SYNTAX;
	}
	return c->mechanism.len > 0 && c->mechanism.len <= MECHANISM_OCTETS_MAX ? ERR_OK : ERR_SYNTAX;
}

typedef enum err parse_fn(struct str *rest, struct nntp_command *c);

static parse_fn *const parsers[] = {
	[NNTP_SHAPE_NOTHING] = parse_nothing,
	[NNTP_SHAPE_ANYTHING] = parse_anything,
	[NNTP_SHAPE_KEYWORD] = parse_keyword,
	[NNTP_SHAPE_GROUP] = parse_group,
	[NNTP_SHAPE_LISTGROUP] = parse_listgroup,
	[NNTP_SHAPE_ARTICLE] = parse_article,
	[NNTP_SHAPE_RANGE] = parse_range,
	[NNTP_SHAPE_HDR] = parse_hdr,
	[NNTP_SHAPE_XPAT] = parse_xpat,
	[NNTP_SHAPE_SINCE] = parse_since,
	[NNTP_SHAPE_NEWNEWS] = parse_newnews,
	[NNTP_SHAPE_WILDMAT] = parse_wildmat,
	[NNTP_SHAPE_LIST_HEADERS] = parse_list_headers,
	[NNTP_SHAPE_SASL] = parse_sasl,
};

/* A name or password may hold blanks: everything behind the one blank (RFC 4643 section 3.1). Tabs may be in passwords. */
static enum err parse_text(struct str line, struct nntp_command *c)
{
	struct str rest = line, variant;

	cut_word(&rest);
	variant = cut_word(&rest);
	c->text = str_skip(line, (size_t)(variant.at - line.at) + variant.len + 1);
	for (size_t i = 0; i < c->text.len; i++) {
		if (str_has_control(str_sub(c->text, i, 1)) && c->text.at[i] != '\t')
			return ERR_SYNTAX;
	}
	return c->text.len > 0 ? ERR_OK : ERR_SYNTAX;
}

enum err nntp_parse(struct str line, struct nntp_command *ret)
{
	struct nntp_command c = { 0 };
	struct str rest = line;
	enum err e = find(&rest, &c.verb);

	if (e != ERR_OK)
		return e;
	if (rows[c.verb].shape == NNTP_SHAPE_TEXT) {
		e = parse_text(line, &c);
	} else {
		e = parsers[rows[c.verb].shape](&rest, &c);
		if (e == ERR_OK && rest.len > 0)
			e = ERR_SYNTAX;
	}
	if (e == ERR_OK)
		*ret = c;
	return e;
}

int64_t nntp_instant(const struct nntp_since *since, int64_t now_seconds)
{
	struct date now = date_from_instant(now_seconds, 0);
	struct date d = { .year = (int)since->year, .month = since->month, .day = since->day, .hour = since->hour, .minute = since->minute,
		.second = since->second };

	if (since->short_year)
		d.year += d.year <= now.year % 100 ? now.year / 100 * 100 : now.year / 100 * 100 - 100;
	return date_to_instant(&d);
}

/* ---- replies ---- */

static void put_text(struct buf *to, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		buf_put_octet(to, str_has_control(str_make(&c, 1)) ? '?' : c);
	}
	buf_put(to, S("\r\n"));
}

void nntp_reply(struct buf *to, int code, struct str text)
{
	must(code >= 100 && code <= 599);
	buf_put_u64(to, (uint64_t)code);
	buf_put_octet(to, ' ');
	put_text(to, str_sub(text, 0, TEXT_OCTETS_MAX - 4));
}

int nntp_code(enum err e)
{
	const struct err_row *row = err_row(e);

	if (codes[e] != 0)
		return codes[e];
	if (row->smtp == 421)
		return 400;
	if (row->smtp < 500)
		return 403;
	return row->pop3_code != NULL && strcmp(row->pop3_code, "AUTH") == 0 ? 481 : 501;
}

void nntp_err(struct buf *to, enum err e, struct str text)
{
	nntp_reply(to, nntp_code(e), text.len > 0 ? text : str_from_c(err_text(e)));
}

void nntp_line(struct buf *to, struct str text)
{
	if (text.len > 0 && text.at[0] == '.')
		buf_put_octet(to, '.');
	put_text(to, text);
}

void nntp_end(struct buf *to)
{
	buf_put(to, S(".\r\n"));
}

void nntp_put_capabilities(struct buf *to, bool may_post, struct str offers)
{
	nntp_reply(to, 101, S("capabilities"));
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++) {
		if (may_post || !capabilities[i].posting)
			nntp_line(to, str_from_c(capabilities[i].line));
	}
	buf_put(to, offers);
	nntp_end(to);
}

void nntp_put_help(struct buf *to)
{
	nntp_reply(to, 100, S("commands"));
	for (int i = 0; i < NNTP_VERB_COUNT; i++) {
		const struct nntp_row *row = &rows[i];

		if ((row->flags & NNTP_ABSENT) == 0)
			buf_printf(to, "  %s%s%s%s%s\r\n", row->verb, row->variant[0] != '\0' ? " " : "", row->variant,
				row->arguments[0] != '\0' ? " " : "", row->arguments);
	}
	nntp_end(to);
}

void nntp_put_date(struct buf *to, int64_t now_seconds)
{
	struct date d = date_from_instant(now_seconds, 0);

	buf_printf(to, "111 %04d%02d%02d%02d%02d%02d\r\n", d.year, d.month, d.day, d.hour, d.minute, d.second);
}
