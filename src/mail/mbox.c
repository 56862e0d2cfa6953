#include "mail/mbox.h"

#include "base/date.h"
#include "mail/header.h"
#include "mail/maildate.h"

#define FILL_OCTETS   ((size_t)65536)
#define DATE_OCTETS   ((size_t)64) /* of a separator, that a date has */
#define TOKENS_MAX    40
#define NO_LENGTH     UINT64_MAX
#define LENGTH_DIGITS 15

static const struct str from_ = S_INIT("From ");

/* ---- the window ---- */

/* False: there is nothing more. */
static bool fill(struct mbox *m)
{
	size_t got = 0;
	char *room;

	if (m->ended)
		return false;
	if (m->at >= FILL_OCTETS && m->at * 2 >= m->in.len) {
		buf_drop(&m->in, m->at);
		m->dropped += m->at;
		m->at = 0;
	}
	room = buf_room(&m->in, FILL_OCTETS);
	must(room != NULL);
	m->err = m->fill(m->arg, room, FILL_OCTETS, &got);
	if (m->err != ERR_OK || got == 0)
		m->ended = true;
	else
		buf_added(&m->in, got);
	return !m->ended;
}

static struct str ahead(const struct mbox *m, size_t from)
{
	return str_skip(buf_str(&m->in), m->at + from);
}

/* Whether so many octets follow, and are in the window now. */
static bool have(struct mbox *m, uint64_t octets)
{
	while (m->in.len - m->at < octets && fill(m))
		;
	return m->in.len - m->at >= octets;
}

/* The line that begins so far ahead, with its line end if it has one within what a line may have. */
static struct str line_ahead(struct mbox *m, size_t from)
{
	size_t looked = 0, end;

	for (;;) {
		struct str rest = str_sub(ahead(m, from), 0, MBOX_LINE_OCTETS_MAX);

		end = str_find(str_skip(rest, looked), '\n');
		if (end != STR_NPOS)
			return str_sub(rest, 0, looked + end + 1);
		if (rest.len == MBOX_LINE_OCTETS_MAX || !fill(m))
			return str_sub(ahead(m, from), 0, MBOX_LINE_OCTETS_MAX);
		looked = rest.len;
	}
}

static bool is_whole(struct str line)
{
	return line.len > 0 && line.at[line.len - 1] == '\n';
}

static struct str bare(struct str line)
{
	if (is_whole(line))
		line.len--;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_blank(struct str line)
{
	return is_whole(line) && bare(line).len == 0;
}

/* ---- separators ---- */

static bool is_weekday(struct str token)
{
	static const char names[] = "sunmontuewedthufrisat";
	char low[3];

	if (token.len < 3)
		return false;
	for (size_t i = 0; i < 3; i++)
		low[i] = ascii_lower(token.at[i]);
	for (size_t i = 0; i < sizeof(names) - 1; i += 3) {
		if (memcmp(names + i, low, 3) == 0)
			return token.len == 3 || token.at[3] == ',' || ascii_is_alpha(token.at[3]);
	}
	return false;
}

static bool has_time(struct str text)
{
	for (size_t i = 1; i + 2 < text.len; i++) {
		if (text.at[i] == ':' && ascii_is_digit(text.at[i - 1]) && ascii_is_digit(text.at[i + 1]))
			return true;
	}
	return false;
}

/* The year of some programs from 2000 on: 19100, 19101. */
static void put_date(struct str text, char *to, size_t *len)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.len && *len + 1 < DATE_OCTETS; i++) {
		digits = ascii_is_digit(text.at[i]) ? digits + 1 : 0;
		to[(*len)++] = text.at[i];
		if (digits == 5 && memcmp(to + *len - 5, "191", 3) == 0) {
			memmove(to + *len - 5, "20", 2);
			to[*len - 3] = to[*len - 2];
			to[*len - 2] = to[*len - 1];
			(*len)--;
		}
	}
}

static bool read_date(struct str text, int64_t *ret)
{
	size_t remote = str_find_str(text, S(" remote from ")), len = 0;
	char copy[DATE_OCTETS];
	struct maildate date;

	put_date(str_sub(text, 0, remote), copy, &len);
	if (!has_time(str_make(copy, len)) || maildate_get(str_make(copy, len), &date) != ERR_OK)
		return false;
	*ret = date.seconds;
	return true;
}

bool mbox_separator_date(struct str line, int64_t *ret)
{
	struct str rest = str_skip(line, from_.len), token;

	if (!str_starts(line, from_))
		return false;
	for (int i = 0; i < TOKENS_MAX && rest.len > 0; i++) {
		struct str whole = rest;

		if (!str_cut(&rest, ' ', &token)) {
			token = rest;
			rest = STR_NONE;
		}
		if (token.len == 0)
			continue;
		if ((is_weekday(token) || (ascii_is_digit(token.at[0]) && (token.len < 4 || str_has_octet(token, '-')))) &&
			read_date(whole, ret))
			return true;
	}
	return false;
}

/* What a mail program or a transport writes first, unlike a text. */
static bool is_known_field(struct str line)
{
	static const char *const names[] = { "Return-Path", "Received", "Delivered-To", "Envelope-To", "X-", "From", "To", "Date",
		"Subject", "Message-ID", "Status", "MIME-Version", "Content-", "Reply-To", "Sender", "Newsgroups", "Path", "Xref",
		"Precedence", "List-", "DKIM-", "Authentication-Results", "Article", "Resent-", "Mime-" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct str name = str_from_c(names[i]);

		if (!str_istarts(line, name))
			continue;
		if (names[i][name.len - 1] == '-' || (line.len > name.len && line.at[name.len] == ':'))
			return header_line_is_field(line);
	}
	return false;
}

enum before { BEFORE_START, BEFORE_BLANK, BEFORE_TEXT };

/* line: that so far ahead; a view that does not outlive the call. */
static bool is_separator(struct mbox *m, size_t from, struct str line, enum before before)
{
	size_t behind = from + line.len;
	struct str next;
	int64_t date;
	bool dated;

	if (!str_starts(line, from_) || !is_whole(line))
		return false;
	dated = mbox_separator_date(bare(line), &date);
	if (dated && before == BEFORE_START)
		return true;
	if (!dated && before != BEFORE_START && !(m->dateless && before == BEFORE_BLANK))
		return false;
	next = bare(line_ahead(m, behind));
	if (!dated)
		return header_line_is_field(next) || str_starts(next, S(">From "));
	if (before == BEFORE_TEXT)
		return is_known_field(next);
	return next.len == 0 || header_line_is_field(next) || str_starts(next, S(">From ")) || str_starts(next, from_);
}

/* ---- what is written ---- */

struct out {
	struct mbox *m;
	struct buf *to;
	struct mbox_message *message;
	size_t start; /* of the message in to */
	bool blank;   /* an empty line that is not yet written: the next separator would take it */
	bool inside;  /* the last piece had no line end */
	bool cr;      /* it ended in CR */
};

static void put(struct out *o, struct str octets)
{
	if (o->message->too_large)
		return;
	if (octets.len > o->m->message_octets_max - (o->to->len - o->start)) {
		o->message->too_large = true;
		o->to->len = o->start;
		return;
	}
	buf_put(o->to, octets);
}

/* Octets with as many line ends as they have, each made CRLF. */
static void put_lines(struct out *o, struct str octets)
{
	while (octets.len > 0) {
		size_t end = str_find(octets, '\n');
		struct str part = str_sub(octets, 0, end);
		bool cr = part.len > 0 ? part.at[part.len - 1] == '\r' : o->cr;

		put(o, part);
		o->cr = cr;
		octets = str_skip(octets, part.len);
		if (end == STR_NPOS)
			return;
		put(o, cr ? S("\n") : S("\r\n"));
		octets = str_skip(octets, 1);
		o->cr = false;
	}
}

static void put_blank(struct out *o)
{
	if (o->blank)
		put(o, S("\r\n"));
	o->blank = false;
}

static struct str unquoted(const struct mbox *m, struct str line)
{
	size_t marks = 0;

	while (marks < line.len && line.at[marks] == '>')
		marks++;
	if (marks == 0 || m->form == MBOX_CL2 || (m->form == MBOX_O && marks > 1) || !str_starts(str_skip(line, marks), from_))
		return line;
	return str_skip(line, 1);
}

/* ---- Content-Length ---- */

static bool take_length(struct str line, uint64_t *length)
{
	struct str name = S("Content-Length:");
	struct str value = str_trim(str_skip(line, name.len));

	if (!str_istarts(line, name) || value.len > LENGTH_DIGITS)
		return false;
	return str_u64(value, UINT64_MAX - 1, length);
}

/* From there on there is a separator, or the end, behind empty lines. *ret: where. */
static bool leads_on(struct mbox *m, size_t from, size_t *ret)
{
	struct str line = line_ahead(m, from);

	for (int i = 0; i < 2 && is_blank(line); i++) {
		from += line.len;
		line = line_ahead(m, from);
	}
	*ret = from;
	return line.len == 0 || is_separator(m, from, line, BEFORE_BLANK);
}

/* So far ahead a line ends, or begins. */
static bool ends_line(struct mbox *m, size_t at)
{
	struct str next = line_ahead(m, at);

	return at == 0 || ahead(m, at - 1).at[0] == '\n' || next.len == 0 || is_blank(next);
}

static bool has_bare_from(struct str body)
{
	struct str rest = body;

	while (rest.len > 0) {
		size_t end = str_find(rest, '\n');

		if (str_starts(rest, from_))
			return true;
		rest = end == STR_NPOS ? STR_NONE : str_skip(rest, end + 1);
	}
	return false;
}

static void put_whole_body(struct out *o, struct str body)
{
	bool raw = o->m->form == MBOX_CL2 || (o->m->form == MBOX_ANY && has_bare_from(body));

	while (!raw && body.len > 0) {
		size_t end = str_find(body, '\n');
		struct str line = str_sub(body, 0, end == STR_NPOS ? body.len : end + 1);

		put_lines(o, unquoted(o->m, line));
		body = str_skip(body, line.len);
	}
	put_lines(o, body);
}

/* True: the body was as long as the field said, and was taken. */
static bool take_by_length(struct out *o, uint64_t length)
{
	struct mbox *m = o->m;
	size_t behind;

	if (m->form == MBOX_O || m->form == MBOX_RD || (m->form == MBOX_ANY && !m->lengths) || length > MBOX_WINDOW_OCTETS_MAX)
		return false;
	if (!have(m, length) && m->form != MBOX_ANY)
		o->message->cut = true; /* what can be had is read by lines */
	else if (!have(m, length) || !ends_line(m, length) || !leads_on(m, length, &behind))
		o->message->lied = true;
	if (o->message->cut || o->message->lied)
		return false;
	put_whole_body(o, str_sub(ahead(m, 0), 0, length));
	m->at += behind;
	return true;
}

/* ---- a message ---- */

static void note_separator(struct mbox *m, struct str line, struct mbox_message *ret)
{
	struct str envelope = str_sub(str_skip(bare(line), from_.len), 0, sizeof(m->envelope));

	memcpy(m->envelope, envelope.at, envelope.len);
	ret->envelope = str_make(m->envelope, envelope.len);
	ret->date_known = mbox_separator_date(bare(line), &ret->date);
	if (!m->begun)
		m->dateless = !ret->date_known;
}

/* The header, and its empty line; true: the body follows. *length: what Content-Length says. */
static bool take_header(struct out *o, uint64_t *length)
{
	struct mbox *m = o->m;
	bool first = true;

	for (;;) {
		struct str line = line_ahead(m, 0);

		if (line.len == 0 || (!first && is_separator(m, 0, line, BEFORE_TEXT)))
			return false;
		line = line_ahead(m, 0);
		if (!is_blank(line) && header_line(bare(line), first) == HEADER_LINE_BODY)
			return true;
		(void)take_length(bare(line), length);
		o->inside = !is_whole(line);
		put_lines(o, line);
		m->at += line.len;
		first = false;
		if (is_blank(line))
			return true;
	}
}

static void take_body(struct out *o, bool blank)
{
	struct mbox *m = o->m;

	for (;;) {
		struct str line = line_ahead(m, 0);
		bool begins = !o->inside;

		if (line.len == 0 || (begins && is_separator(m, 0, line, blank ? BEFORE_BLANK : BEFORE_TEXT)))
			return;
		line = line_ahead(m, 0);
		put_blank(o);
		blank = begins && is_blank(line);
		o->blank = blank;
		o->inside = !is_whole(line);
		if (!blank)
			put_lines(o, begins ? unquoted(m, line) : line);
		m->at += line.len;
	}
}

static void take_message(struct out *o)
{
	struct mbox *m = o->m;
	uint64_t length = NO_LENGTH;
	bool body = take_header(o, &length), truthful = false;

	if (body && length != NO_LENGTH)
		truthful = take_by_length(o, length);
	if (body && !truthful)
		take_body(o, true);
	m->lengths = m->lengths && truthful;
	if (o->inside && !truthful)
		o->message->cut = true;
	if (m->err != ERR_OK && m->at == m->in.len)
		o->message->cut = true;
}

/* Up to the first separator; false: there is none. *ret_other: something else was there. */
static bool find_first(struct mbox *m, bool *ret_other)
{
	bool inside = false, blank = true;

	*ret_other = false;
	if (str_starts(line_ahead(m, 0), S("\xef\xbb\xbf")))
		m->at += 3;
	for (;;) {
		struct str line = line_ahead(m, 0);
		enum before before = !*ret_other ? BEFORE_START : blank ? BEFORE_BLANK : BEFORE_TEXT;

		if (line.len == 0)
			return false;
		if (!inside && is_separator(m, 0, line, before))
			return true;
		line = line_ahead(m, 0);
		inside = !is_whole(line);
		blank = is_blank(line);
		*ret_other = *ret_other || !blank;
		m->at += line.len;
	}
}

enum err mbox_next(struct mbox *m, struct buf *to, struct mbox_message *ret)
{
	struct out o = { .m = m, .to = to, .message = ret, .start = to->len };
	bool other = false, found;
	struct str line;

	*ret = (struct mbox_message){ 0 };
	found = m->begun ? line_ahead(m, 0).len > 0 : find_first(m, &other);
	if (other && m->err == ERR_OK)
		return ERR_SYNTAX;
	if (!found)
		return m->err != ERR_OK ? m->err : ERR_NOTFOUND;
	ret->offset = m->dropped + m->at;
	line = line_ahead(m, 0);
	note_separator(m, line, ret);
	m->begun = true;
	m->at += line.len;
	take_message(&o);
	ret->octets = m->dropped + m->at - ret->offset;
	return ERR_OK;
}

void mbox_init(struct mbox *m, enum mbox_form form, size_t message_octets_max, mbox_fill *fill_, void *arg)
{
	*m = (struct mbox){ .fill = fill_, .arg = arg, .form = form, .message_octets_max = message_octets_max, .lengths = true };
	/* What is looked for, a line behind it, and what was read and is not dropped yet. */
	buf_init(&m->in, 3 * MBOX_WINDOW_OCTETS_MAX);
}

void mbox_done(struct mbox *m)
{
	buf_done(&m->in);
}

/* ---- writing ---- */

static void put_separator(struct buf *to, struct str sender, int64_t seconds)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	struct date d = date_from_instant(seconds, 0);
	bool clean = sender.len > 0 && !str_has_control(sender) && !str_has_octet(sender, ' ');

	buf_put(to, from_);
	buf_put(to, clean ? sender : S("MAILER-DAEMON"));
	buf_printf(to, " %s %s %2d %02d:%02d:%02d %04d\n", days[d.weekday], date_month_name(d.month), d.day, d.hour, d.minute,
		d.second, d.year);
}

static void put_quoted(struct buf *to, struct str line)
{
	size_t marks = 0;

	while (marks < line.len && line.at[marks] == '>')
		marks++;
	if (str_starts(str_skip(line, marks), from_))
		buf_put_octet(to, '>');
	buf_put(to, line);
	buf_put_octet(to, '\n');
}

void mbox_put(struct buf *to, struct str octets, struct str sender, int64_t date)
{
	put_separator(to, sender, date);
	while (octets.len > 0) {
		size_t end = str_find(octets, '\n');
		struct str line = str_sub(octets, 0, end);

		octets = end == STR_NPOS ? STR_NONE : str_skip(octets, end + 1);
		if (end != STR_NPOS && line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		put_quoted(to, line);
	}
	buf_put_octet(to, '\n');
}
