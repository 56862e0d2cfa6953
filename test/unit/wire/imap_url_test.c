#include "wire/imap_url.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

static const struct {
	const char *in;
	const char *mailbox; /* NULL: no URL of a message */
	uint32_t uidvalidity, uid;
	const char *section; /* as FETCH names it */
} cases[] = {
	{ "/INBOX/;UID=20", "INBOX", 0, 20, "BODY[]" },
	{ "/INBOX;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER", "INBOX", 385759045, 20, "BODY[HEADER]" },
	{ "/INBOX/;uid=20/;section=1.2", "INBOX", 0, 20, "BODY[1.2]" },
	{ "/INBOX/;uid=20/;section=1.5.9.MIME", "INBOX", 0, 20, "BODY[1.5.9.MIME]" },
	{ "/a%2Fb/%C3%A9/;UID=1/;SECTION=HEADER.FIELDS%20(To%20Cc)", "a/b/\xc3\xa9", 0, 1, "BODY[HEADER.FIELDS (To Cc)]" },
	{ "/x/;UID=1/;PARTIAL=0.1024", "x", 0, 1, "BODY[]<0>" },
	{ "/x/;UID=1/;SECTION=TEXT/;PARTIAL=7", "x", 0, 1, "BODY[TEXT]<7>" },
	{ ";UID=20", "", 0, 20, "BODY[]" },
	{ ";UID=20/;SECTION=2", "", 0, 20, "BODY[2]" },
	{ "imap://joe@example.com/INBOX/;uid=20", "INBOX", 0, 20, "BODY[]" },
	{ "imap://DOM%5Cjoe;AUTH=*@[::1]:143/INBOX/;uid=20", "INBOX", 0, 20, "BODY[]" },
	{ "IMAP://example.com/INBOX/;uid=20", "INBOX", 0, 20, "BODY[]" },
	{ "/a:@&=+$,!'()*/;UID=1", "a:@&=+$,!'()*", 0, 1, "BODY[]" },
	{ "/%2E%2E/x/;UID=1", "../x", 0, 1, "BODY[]" },
	/* not of a message */
	{ "", NULL, 0, 0, NULL },
	{ "/", NULL, 0, 0, NULL },
	{ "/INBOX", NULL, 0, 0, NULL },
	{ "/INBOX;UIDVALIDITY=1", NULL, 0, 0, NULL },
	{ "/INBOX?SUBJECT%20x", NULL, 0, 0, NULL },
	{ "imap://joe@example.com", NULL, 0, 0, NULL },
	{ "imap://joe@example.com/", NULL, 0, 0, NULL },
	/* broken */
	{ "INBOX/;UID=20", NULL, 0, 0, NULL },
	{ "//host/INBOX/;UID=20", NULL, 0, 0, NULL },
	{ "/INBOX;UID=20", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=0", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=4294967296", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1x", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/..", NULL, 0, 0, NULL },
	{ "/../INBOX/;UID=1", NULL, 0, 0, NULL },
	{ "/a/./b/;UID=1", NULL, 0, 0, NULL },
	{ "/;UID=1", NULL, 0, 0, NULL },
	{ "/INBOX;UIDVALIDITY=0/;UID=1", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/;SECTION=", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/;SECTION=MIME", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/;SECTION=TEXT%5D%3C0.1%3E", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/;SECTION=TEXT;PARTIAL=1", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/;PARTIAL=1.0", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1/;PARTIAL=1/;SECTION=TEXT", NULL, 0, 0, NULL },
	{ "/IN BOX/;UID=1", NULL, 0, 0, NULL },
	{ "/IN%BOX/;UID=1", NULL, 0, 0, NULL },
	{ "/INBOX%2/;UID=1", NULL, 0, 0, NULL },
	{ "/a%00b/;UID=1", NULL, 0, 0, NULL },
	{ "/a%ffb/;UID=1", NULL, 0, 0, NULL },
	{ "/\xc3\xa9/;UID=1", NULL, 0, 0, NULL },
	{ "/a[b]/;UID=1", NULL, 0, 0, NULL },
	{ "http://example.com/INBOX/;UID=1", NULL, 0, 0, NULL },
	{ "imap:///INBOX/;UID=1", NULL, 0, 0, NULL },
	{ "imap://a b@c/INBOX/;UID=1", NULL, 0, 0, NULL },
	{ "imap://a;X=y@c/INBOX/;UID=1", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;EXPIRE=2026-01-01T00:00:00Z", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=everybody", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=user+", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=anonymous:internal", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=anonymous:internal:0123", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=anonymous:internal:0123456789abcdef0123456789abcdeg", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=anonymous::0123456789abcdef0123456789abcdef", NULL, 0, 0, NULL },
	{ "/INBOX/;UID=1;URLAUTH=authuserx", NULL, 0, 0, NULL },
};

static void read_case(size_t n)
{
	struct str in = exact(str_from_c(cases[n].in));
	struct imap_url url;
	struct buf name;
	enum err e = imap_url_get(&arena, in, &url);

	OK((e == ERR_OK) == (cases[n].mailbox != NULL), "%s: %s", cases[n].in, err_name(e));
	if (e == ERR_OK) {
		buf_init(&name, 1000);
		imap_fetch_put_section(&name, &url.section);
		IS_STR(buf_str(&name), str_from_c(cases[n].section));
		IS_STR(url.mailbox, str_from_c(cases[n].mailbox));
		IS_NUM(url.uidvalidity, cases[n].uidvalidity);
		IS_NUM(url.uid, cases[n].uid);
		OK(url.section.peek && url.access == IMAP_URL_OPEN, "nothing is changed by it");
		buf_done(&name);
	}
	exact_free(in);
}

static void parts(void)
{
	struct imap_url url;

	IS_NUM(imap_url_get(&arena,
		       S("imap://DOM%5Cjoe;AUTH=PLAIN@example.com:143/INBOX/;uid=20/;section=1.2/;partial=5.9;expire=2026-02-28T12:00:00.25+01:30"
			 ";urlauth=submit+fr%2Bed:internal:91354a473744909de610943775f92038"),
		       &url),
		ERR_OK);
	OK(url.absolute, "absolute");
	IS_STR(url.user, S("DOM\\joe"));
	IS_STR(url.host, S("example.com:143"));
	OK(url.section.partial && url.section.from == 5 && url.section.octets == 9, "a range");
	OK(url.has_expire && url.expire == 1772274600, "expires: %lld", (long long)url.expire);
	IS_NUM(url.access, IMAP_URL_SUBMIT);
	IS_STR(url.access_user, S("fr+ed"));
	IS_STR(url.mechanism, S("internal"));
	IS_STR(url.token, S("91354a473744909de610943775f92038"));
	IS_STR(url.rump, S("imap://DOM%5Cjoe;AUTH=PLAIN@example.com:143/INBOX/;uid=20/;section=1.2/;partial=5.9"
			   ";expire=2026-02-28T12:00:00.25+01:30;urlauth=submit+fr%2Bed"));
	IS_NUM(imap_url_get(&arena, S("imap://joe@x/y/;UID=1;URLAUTH=anonymous"), &url), ERR_OK);
	OK(url.access == IMAP_URL_ANONYMOUS && url.token.len == 0 && url.section.octets == 0, "a rump");
	IS_NUM(imap_url_get(&arena, S("/y/;UID=1/;PARTIAL=3"), &url), ERR_OK);
	OK(url.section.from == 3 && url.section.octets == UINT32_MAX, "to the end");
}

static void dates(void)
{
	static const struct {
		struct str date;
		bool good;
	} rows[] = {
		{ S_INIT("2026-01-01T00:00:00Z"), true },
		{ S_INIT("2026-01-01t00:00:00z"), true },
		{ S_INIT("2024-02-29T23:59:60-00:00"), true },
		{ S_INIT("2026-02-29T00:00:00Z"), false },
		{ S_INIT("2026-13-01T00:00:00Z"), false },
		{ S_INIT("2026-01-01T24:00:00Z"), false },
		{ S_INIT("2026-01-01T00:00:00"), false },
		{ S_INIT("2026-01-01T00:00:00.Z"), false },
		{ S_INIT("2026-01-01 00:00:00Z"), false },
		{ S_INIT("26-01-01T00:00:00Z"), false },
	};

	for (size_t n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		struct imap_url url;
		struct str text = arena_printf(&arena, "imap://j@x/y/;UID=1;EXPIRE=%.*s;URLAUTH=anonymous", STR_FMT(rows[n].date));

		OK((imap_url_get(&arena, text, &url) == ERR_OK) == rows[n].good, "%.*s", STR_FMT(rows[n].date));
	}
}

static void limits(void)
{
	struct arena small;
	struct imap_url url;
	struct buf b;

	buf_init(&b, BUF_NO_CEILING);
	buf_put_c(&b, "/");
	while (b.len < IMAP_URL_OCTETS_MAX)
		buf_put_octet(&b, 'x');
	buf_put_c(&b, "/;UID=1");
	IS_NUM(imap_url_get(&arena, buf_str(&b), &url), ERR_LIMIT);
	arena_init(&small, 1000);
	IS_NUM(imap_url_get(&small, str_skip(buf_str(&b), 1000), &url), ERR_SYNTAX);
	b.at[1000] = '/';
	IS_NUM(imap_url_get(&small, str_skip(buf_str(&b), 1000), &url), ERR_LIMIT);
	arena_done(&small);
	buf_done(&b);
}

static void server(void)
{
	struct buf b;

	buf_init(&b, 1000);
	imap_url_put_server(&b, S("DOM\\al ice@x;AUTH=*/\r\n\xc3\xa4"), S("mail2.example.org:1143"));
	IS_STR(buf_str(&b), S("imap://DOM%5Cal%20ice%40x%3BAUTH%3D%2A%2F%0D%0A%C3%A4;AUTH=*@mail2.example.org:1143/"));
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_COMMAND);
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++)
		read_case(n);
	parts();
	dates();
	limits();
	server();
	arena_done(&arena);
	return tap_done();
}
