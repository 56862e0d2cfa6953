#include "wire/nntp.h"

#include "base/date.h"
#include "exact.h"
#include "tap.h"
#include "wire/line.h"

/* ---- commands ---- */

struct row {
	struct str in;
	enum err want;
	struct nntp_command out;
};

#define GOOD(line, ...) { S_INIT(line), ERR_OK, { __VA_ARGS__ } }
#define BAD(line)       { S_INIT(line), ERR_SYNTAX, { 0 } }

static const struct row rows[] = {
	{ S_INIT(""), ERR_COMMAND, { 0 } },
	{ S_INIT("NOSUCH"), ERR_COMMAND, { 0 } },
	{ S_INIT("SLAVE"), ERR_COMMAND, { 0 } },
	GOOD("CAPABILITIES", .verb = NNTP_CAPABILITIES),
	GOOD("capabilities  AUTOUPDATE \t", .verb = NNTP_CAPABILITIES, .text = S_INIT("AUTOUPDATE")),
	BAD("CAPABILITIES a1"),
	BAD("CAPABILITIES 1ab"),
	BAD("CAPABILITIES abc def"),
	GOOD("Mode\tReader", .verb = NNTP_MODE_READER),
	BAD("MODE STREAM"),
	BAD("MODE"),
	BAD("MODE READER x"),
	GOOD("GROUP misc.test", .verb = NNTP_GROUP, .group = S_INIT("misc.test")),
	GOOD("GROUP caf\xc3\xa9.news", .verb = NNTP_GROUP, .group = S_INIT("caf\xc3\xa9.news")),
	BAD("GROUP"),
	BAD("GROUP a b"),
	BAD("GROUP a*"),
	BAD("GROUP a,b"),
	BAD("GROUP a!"),
	BAD("GROUP a[b]"),
	BAD("GROUP a\\b"),
	BAD("GROUP a\xc3"),
	BAD("GROUP a\x01"),
	GOOD("LISTGROUP", .verb = NNTP_LISTGROUP),
	GOOD("LISTGROUP a 3-9", .verb = NNTP_LISTGROUP, .group = S_INIT("a"), .has_range = true, .range = { 3, 9 }),
	BAD("LISTGROUP a <x@y>"),
	GOOD("ARTICLE", .verb = NNTP_ARTICLE),
	GOOD("ARTICLE 0012", .verb = NNTP_ARTICLE, .has_number = true, .number = 12),
	GOOD("STAT 9999999999999999", .verb = NNTP_STAT, .has_number = true, .number = 9999999999999999),
	BAD("STAT 10000000000000000"),
	BAD("HEAD 1-2"),
	BAD("HEAD -1"),
	GOOD("BODY <a@b>", .verb = NNTP_BODY, .message_id = S_INIT("<a@b>")),
	BAD("BODY <>"),
	BAD("BODY <a>b>"),
	BAD("BODY <a b>"),
	BAD("BODY <a"),
	BAD("BODY a@b"),
	GOOD("OVER", .verb = NNTP_OVER),
	GOOD("OVER 5", .verb = NNTP_OVER, .has_range = true, .range = { 5, 5 }),
	GOOD("XOVER 5-", .verb = NNTP_XOVER, .has_range = true, .range = { 5, UINT64_MAX }),
	GOOD("OVER 9-5", .verb = NNTP_OVER, .has_range = true, .range = { 9, 5 }),
	GOOD("OVER <a@b>", .verb = NNTP_OVER, .message_id = S_INIT("<a@b>")),
	BAD("OVER -5"),
	BAD("OVER 5-6-7"),
	BAD("OVER 5- 6"),
	GOOD("HDR Subject 1-2", .verb = NNTP_HDR, .field = S_INIT("Subject"), .has_range = true, .range = { 1, 2 }),
	GOOD("HDR :bytes", .verb = NNTP_HDR, .field = S_INIT(":bytes")),
	GOOD("XHDR from <a@b>", .verb = NNTP_XHDR, .field = S_INIT("from"), .message_id = S_INIT("<a@b>")),
	BAD("HDR"),
	BAD("HDR a:b"),
	BAD("HDR :"),
	BAD("HDR caf\xc3\xa9"),
	GOOD("XPAT Subject 1- *a b*", .verb = NNTP_XPAT, .field = S_INIT("Subject"), .has_range = true, .range = { 1, UINT64_MAX },
		.text = S_INIT("*a b*")),
	BAD("XPAT Subject 1-"),
	GOOD("NEWGROUPS 990331 235960 gmt", .verb = NNTP_NEWGROUPS, .since = { 99, true, 3, 31, 23, 59, 60 }),
	GOOD("NEWGROUPS 20240229 000000", .verb = NNTP_NEWGROUPS, .since = { 2024, false, 2, 29, 0, 0, 0 }),
	BAD("NEWGROUPS 20230229 000000"),
	BAD("NEWGROUPS 20231301 000000"),
	BAD("NEWGROUPS 20231200 000000"),
	BAD("NEWGROUPS 20231201 240000"),
	BAD("NEWGROUPS 20231201 236000"),
	BAD("NEWGROUPS 2023120 000000"),
	BAD("NEWGROUPS 20231201 00000"),
	BAD("NEWGROUPS 20231201 000000 CET"),
	BAD("NEWGROUPS 2023120a 000000"),
	BAD("NEWGROUPS"),
	GOOD("NEWNEWS a.*,!a.b 20231201 000000 GMT", .verb = NNTP_NEWNEWS, .wildmat = S_INIT("a.*,!a.b"), .since = { 2023, false, 12, 1, 0, 0, 0 }),
	BAD("NEWNEWS 20231201 000000"),
	BAD("NEWNEWS a,,b 20231201 000000"),
	GOOD("LIST", .verb = NNTP_LIST),
	GOOD("list active", .verb = NNTP_LIST_ACTIVE),
	GOOD("LIST ACTIVE *", .verb = NNTP_LIST_ACTIVE, .wildmat = S_INIT("*")),
	BAD("LIST ACTIVE a\\b"),
	BAD("LIST ACTIVE a b"),
	BAD("LIST NOSUCH"),
	BAD("LIST MOTD"),
	GOOD("LIST HEADERS MSGID", .verb = NNTP_LIST_HEADERS, .by_message_id = true),
	GOOD("LIST HEADERS range", .verb = NNTP_LIST_HEADERS, .has_range = true),
	BAD("LIST HEADERS x"),
	BAD("LIST OVERVIEW.FMT *"),
	GOOD("AUTHINFO USER DOM\\anna\\box one", .verb = NNTP_AUTHINFO_USER, .text = S_INIT("DOM\\anna\\box one")),
	GOOD("authinfo pass  two blanks ", .verb = NNTP_AUTHINFO_PASS, .text = S_INIT(" two blanks ")),
	GOOD("AUTHINFO PASS a\tb", .verb = NNTP_AUTHINFO_PASS, .text = S_INIT("a\tb")),
	BAD("AUTHINFO PASS a\x1b"),
	BAD("AUTHINFO PASS "),
	BAD("AUTHINFO USER"),
	BAD("AUTHINFO"),
	BAD("AUTHINFO GENERIC x"),
	GOOD("AUTHINFO SASL PLAIN", .verb = NNTP_AUTHINFO_SASL, .mechanism = S_INIT("PLAIN")),
	GOOD("AUTHINFO SASL PLAIN =", .verb = NNTP_AUTHINFO_SASL, .mechanism = S_INIT("PLAIN"), .has_initial = true),
	GOOD("AUTHINFO SASL PLAIN AAAA", .verb = NNTP_AUTHINFO_SASL, .mechanism = S_INIT("PLAIN"), .has_initial = true, .initial = S_INIT("AAAA")),
	BAD("AUTHINFO SASL"),
	BAD("AUTHINFO SASL P*"),
	BAD("AUTHINFO SASL ABCDEFGHIJKLMNOPQRSTU"),
	BAD("AUTHINFO SASL PLAIN AAAA BBBB"),
	GOOD("STARTTLS", .verb = NNTP_STARTTLS),
	BAD("STARTTLS now"),
	GOOD("IHAVE", .verb = NNTP_IHAVE),
	GOOD("TAKETHIS <a@b> and more", .verb = NNTP_TAKETHIS),
};

static void same(const struct nntp_command *c, const struct nntp_command *want)
{
	IS_NUM(c->verb, want->verb);
	IS_STR(c->group, want->group);
	IS_STR(c->field, want->field);
	IS_STR(c->message_id, want->message_id);
	IS_STR(c->wildmat, want->wildmat);
	IS_STR(c->text, want->text);
	IS_STR(c->mechanism, want->mechanism);
	IS_STR(c->initial, want->initial);
	IS_NUM(c->has_number << 3 | c->has_range << 2 | c->has_initial << 1 | c->by_message_id,
		want->has_number << 3 | want->has_range << 2 | want->has_initial << 1 | want->by_message_id);
	IS_NUM(c->number, want->number);
	IS_NUM(c->range.low, want->range.low);
	IS_NUM(c->range.high, want->range.high);
	IS_NUM(c->since.year, want->since.year);
	IS_NUM(c->since.short_year, want->since.short_year);
	IS_NUM(c->since.month << 24 | c->since.day << 18 | c->since.hour << 12 | c->since.minute << 6 | c->since.second,
		want->since.month << 24 | want->since.day << 18 | want->since.hour << 12 | want->since.minute << 6 | want->since.second);
}

static void each(const struct row *row)
{
	struct str in = exact(row->in);
	struct nntp_command c;
	enum err e = nntp_parse(in, &c);

	OK(e == row->want, "%.*s: %s", STR_FMT(row->in), err_name(e));
	if (e == ERR_OK)
		same(&c, &row->out);
	exact_free(in);
	for (size_t n = 0; n < row->in.len; n++) {
		in = exact(str_sub(row->in, 0, n));
		OK(nntp_parse(in, &c) != ERR_NEEDMORE, "a line is whole");
		exact_free(in);
	}
}

static void test_table(void)
{
	for (int i = 0; i < NNTP_VERB_COUNT; i++) {
		const struct nntp_row *row = nntp_row((enum nntp_verb)i);
		enum nntp_verb found = NNTP_VERB_COUNT;
		char line[64];

		snprintf(line, sizeof(line), "%s %s", row->verb, row->variant);
		OK(nntp_find(str_from_c(line), &found) == ERR_OK && (int)found == i, "%s finds its row", line);
		OK(((row->states & NNTP_STRANGER) != 0) == ((row->homes & NNTP_IN_FRONT) != 0), "%s: strangers are the front's", line);
		OK((row->flags & NNTP_LEAVES) == 0 || row->homes == NNTP_IN_FRONT, "%s: who leaves goes to the front", line);
	}
}

/* RFC 3977 section 3.6. */
static void test_message_ids(void)
{
	char id[252];

	memset(id, 'a', sizeof(id));
	id[0] = '<';
	id[249] = '>';
	OK(nntp_is_message_id(str_make(id, 250)), "250 octets");
	id[249] = 'a';
	id[250] = '>';
	OK(!nntp_is_message_id(str_make(id, 251)), "251 octets");
}

/* RFC 3977 section 7.3.2. */
static void test_instants(void)
{
	static const struct {
		struct nntp_since since;
		int64_t now, want;
	} table[] = {
		{ { 2001, false, 9, 9, 1, 46, 40 }, 0, 1000000000 },
		{ { 1, true, 9, 9, 1, 46, 40 }, 1700000000, 1000000000 },
		{ { 99, true, 12, 31, 23, 59, 60 }, 1700000000, 946684800 },
		{ { 23, true, 11, 14, 22, 13, 20 }, 1700000000, 1700000000 },
		{ { 24, true, 1, 1, 0, 0, 0 }, 1700000000, -1451692800 }, /* 1924: 2024 is to come */
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		IS_NUM(nntp_instant(&table[i].since, table[i].now), table[i].want);
}

/* ---- lines ---- */

#define X64  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X512 X64 X64 X64 X64 X64 X64 X64 X64

/* What a stream becomes, as "[line]", "T" for a line that was too long, "!" for the end of trust; first octets come first, all follow. */
static void cut_all(struct str stream, size_t first, struct buf *to)
{
	struct nntp_cutter cutter = { 0 };
	size_t at = 0, come = first;

	while (true) {
		struct str in = exact(str_sub(stream, at, come - at));
		struct nntp_cut cut;
		enum err e = nntp_cut(&cutter, in, NNTP_LINE_OCTETS_MAX, &cut);

		must(cut.used <= in.len);
		at += cut.used;
		if (e == ERR_OK)
			buf_printf(to, "[%.*s]", STR_FMT(str_sub(cut.line, 0, 20)));
		else if (e == ERR_TOOLONG)
			buf_put_octet(to, 'T');
		else if (e != ERR_NEEDMORE)
			buf_put_octet(to, '!');
		exact_free(in);
		if (e == ERR_NEEDMORE && come == stream.len)
			return;
		if (e == ERR_NEEDMORE)
			come = stream.len;
		else if (e != ERR_OK && e != ERR_TOOLONG)
			return;
	}
}

static void test_lines(void)
{
	static const struct {
		struct str in, want;
	} table[] = {
		{ S_INIT("DATE\r\nHELP\r\nQU"), S_INIT("[DATE][HELP]") },
		{ S_INIT("GROUP " X512 "\r\nDATE\r\n"), S_INIT("T[DATE]") },
		{ S_INIT(X512 X512 "QUIT\r\r\nDATE\r\n"), S_INIT("T[DATE]") },
		{ S_INIT("AUTHINFO SASL PLAIN " X512 "\r\nDATE\r\n"), S_INIT("[AUTHINFO SASL PLAIN ][DATE]") },
		{ S_INIT("authinfo\t sasl PLAIN " X512 "\r\n"), S_INIT("[authinfo\t sasl PLAIN]") },
		{ S_INIT("AUTHINFO USER " X512 "\r\nDATE\r\n"), S_INIT("T[DATE]") },
		{ S_INIT("DATE\nHELP\r\n"), S_INIT("!") },
		{ S_INIT("DATE\0\r\n"), S_INIT("!") },
		{ S_INIT("DATE\rx\r\n"), S_INIT("!") },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		for (size_t first = 0; first <= table[i].in.len; first++) {
			struct buf b;

			buf_init(&b, 4096);
			cut_all(table[i].in, first, &b);
			if (!str_eq(buf_str(&b), table[i].want))
				OK(false, "line %zu cut at %zu: %.*s", i, first, STR_FMT(buf_str(&b)));
			buf_done(&b);
		}
		OK(true, "line %zu", i);
	}
}

/* A line that never ends is not waited for. */
static void test_endless(void)
{
	struct nntp_cutter cutter = { 0 };
	struct nntp_cut cut;
	enum err e = ERR_NEEDMORE;
	size_t total = 0;

	while (e == ERR_NEEDMORE && total < 2 * NNTP_SKIP_OCTETS_MAX) {
		e = nntp_cut(&cutter, S(X512 X512), NNTP_LINE_OCTETS_MAX, &cut);
		total += cut.used;
	}
	IS_NUM(e, ERR_JUNK);
}

/* ---- replies ---- */

static void test_replies(void)
{
	struct buf b;

	buf_init(&b, 8192);
	nntp_reply(&b, 211, S("3 1 3 misc.test"));
	nntp_err(&b, ERR_AUTH, STR_NONE);
	nntp_err(&b, ERR_NEEDTLS, S("a\r\n200 injected"));
	nntp_line(&b, S(".x"));
	nntp_end(&b);
	nntp_put_date(&b, 1000000000);
	IS_STR(buf_str(&b), S("211 3 1 3 misc.test\r\n481 user name or password is wrong\r\n483 a??200 injected\r\n..x\r\n.\r\n"
			      "111 20010909014640\r\n"));
	buf_clear(&b);
	nntp_reply(&b, 400, S(X512 X512));
	IS_NUM(b.len, NNTP_LINE_OCTETS_MAX);
	buf_clear(&b);
	nntp_put_capabilities(&b, true, S("STARTTLS\r\n"));
	OK(str_starts(buf_str(&b), S("101 capabilities\r\nVERSION 2\r\n")), "VERSION comes first (RFC 3977 section 5.2.2)");
	OK(str_ends(buf_str(&b), S("\r\nSTARTTLS\r\n.\r\n")), "what the front offers comes last");
	OK(str_find_str(buf_str(&b), S("\r\nPOST\r\n")) != STR_NPOS, "POST where there is posting");
	buf_clear(&b);
	nntp_put_capabilities(&b, false, STR_NONE);
	OK(str_find_str(buf_str(&b), S("\r\nPOST\r\n")) == STR_NPOS, "and where there is none");
	buf_clear(&b);
	nntp_put_help(&b);
	OK(str_find_str(buf_str(&b), S("  LISTGROUP [group [range]]\r\n")) != STR_NPOS, "HELP has what there is");
	OK(str_find_str(buf_str(&b), S("TAKETHIS")) == STR_NPOS, "and nothing else");
	buf_done(&b);
}

/* Every error has a code of RFC 3977, 4642 or 4643, and none of a multi-line or a positive reply. */
static void test_codes(void)
{
	for (int e = 1; e < ERR_COUNT; e++) {
		int code = nntp_code((enum err)e);

		OK(code == 400 || code == 403 || code == 411 || code == 412 || code == 420 || code == 423 || code == 430 || code == 440 || code == 441 || code == 480 ||
				code == 481 || code == 483 || (code >= 500 && code <= 504) || code == 580,
			"%s: %d", err_name((enum err)e), code);
	}
	IS_NUM(nntp_code(ERR_TIMEOUT), 400);
	IS_NUM(nntp_code(ERR_IO), 403);
	IS_NUM(nntp_code(ERR_SYNTAX), 501);
	IS_NUM(nntp_code(ERR_EXPIRED), 481);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	test_table();
	test_message_ids();
	test_instants();
	test_lines();
	test_endless();
	test_replies();
	test_codes();
	return tap_done();
}
