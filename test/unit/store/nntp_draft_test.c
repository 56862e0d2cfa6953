#include <stdlib.h>

#include "../tap.h"
#include "store/nntp_draft.h"

#define NOW 1700000000

#define GOOD "From: Anna <anna@example.org>\r\nNewsgroups: a.b\r\nSubject: x\r\n"

static const struct {
	const char *article;
	const char *why; /* NULL: none */
} cases[] = {
	{ GOOD "\r\nbody\r\n", NULL },
	{ GOOD "\r\n", NULL },
	{ "From: a@b, \"c d\" <e@f>\r\nNewsgroups:\r\n a.b,\r\n c\r\nSubject: x\r\n\r\n", NULL },
	{ GOOD "X-Unicode: \xc3\xbc\r\n\r\n\xff\xfe\r\n", NULL },
	{ "", "the article is empty" },
	{ "\r\nbody\r\n", "the article begins with no field of a header" },
	{ "body\r\n", "the article begins with no field of a header" },
	{ " folded: x\r\n\r\n", "the article begins with no field of a header" },
	{ "From a@b\r\n" GOOD "\r\n", "the article begins with no field of a header" },
	{ GOOD, "no empty line stands behind the header" },
	{ GOOD "no field\r\n\r\nbody\r\n", "a line of the header is no field" },
	{ "Newsgroups: a.b\r\nSubject: x\r\n\r\n", "From is missing" },
	{ "From: \r\nNewsgroups: a.b\r\nSubject: x\r\n\r\n", "From is missing" },
	{ "From: a@b\r\nSubject: x\r\n\r\n", "Newsgroups is missing" },
	{ "From: a@b\r\nNewsgroups: a.b\r\n\r\n", "Subject is missing" },
	{ "From: a@b\r\nNewsgroups: a.b\r\nSubject: \r\n \r\n\r\n", "Subject is missing" },
	{ "From: Anna\r\nNewsgroups: a.b\r\nSubject: x\r\n\r\n", "From holds no address, or one without a domain" },
	{ "From: a@b, carla\r\nNewsgroups: a.b\r\nSubject: x\r\n\r\n", "From holds no address, or one without a domain" },
	{ "From: friends: a@b;\r\nNewsgroups: a.b\r\nSubject: x\r\n\r\n", "From holds no address, or one without a domain" },
	{ "From: a@b\r\nNewsgroups: a*b\r\nSubject: x\r\n\r\n", "Newsgroups names no newsgroup: a*b" },
	{ "From: a@b\r\nNewsgroups: a,,b\r\nSubject: x\r\n\r\n", "Newsgroups names no newsgroup: " },
	{ "From: a@b\r\nNewsgroups: a b\r\nSubject: x\r\n\r\n", "Newsgroups names no newsgroup: a b" },
	{ "From: a@b\r\nNewsgroups: 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21\r\nSubject: x\r\n\r\n", "Newsgroups names more than 20 newsgroups" },
	{ GOOD "From: c@d\r\n\r\n", "From stands in it twice" },
	{ GOOD "subject: y\r\n\r\n", "Subject stands in it twice" },
	{ GOOD "References: <a@b>\r\nReferences: <c@d>\r\n\r\n", "References stands in it twice" },
	{ GOOD "Comments: a\r\nComments: b\r\n\r\n", NULL },
	{ GOOD "Control: cancel <a@b>\r\n\r\n", "control messages are not taken" },
	{ GOOD "CONTROL: newgroup a\r\n\r\n", "control messages are not taken" },
	{ GOOD "Also-Control: x\r\n\r\n", "control messages are not taken" },
	{ GOOD "Supersedes: <a@b>\r\n\r\n", "articles that replace others are not taken; delete the old one and post the new one" },
	{ GOOD "Xref: a b:1\r\n\r\n", "Xref is for the server to add" },
	{ GOOD "Injection-Info: a\r\n\r\n", "the article was posted elsewhere already: it has Injection-Info" },
	{ GOOD "NNTP-Posting-Host: a\r\n\r\n", "the article was posted elsewhere already: it has NNTP-Posting-Host" },
	{ GOOD "Path: a!.POSTED!b\r\n\r\n", "the article was posted elsewhere already: its Path says so" },
	{ GOOD "Bcc: a@b\r\n\r\n", "Bcc is for mail: everybody would read it" },
	{ GOOD "Message-ID: a@b\r\n\r\n", "Message-ID is none that can name an article" },
	{ GOOD "Message-ID: <a b@c>\r\n\r\n", "Message-ID is none that can name an article" },
	{ GOOD "Message-ID:\r\n <a@b>\r\n\r\n", NULL },
	{ GOOD "Date: yesterday\r\n\r\n", "Date holds no date" },
	{ GOOD "Date: Fri, 21 Nov 2036 09:55:06 +0000\r\n\r\n", "Date is more than a day ahead" },
	{ GOOD "Date: Wed, 15 Nov 2023 22:13:19 +0000\r\n\r\n", NULL },
	{ GOOD "Date: Wed, 15 Nov 2023 22:13:21 +0000\r\n\r\n", "Date is more than a day ahead" },
	{ GOOD "Injection-Date: Fri, 21 Nov 2036 09:55:06 +0000\r\n\r\n", "Injection-Date is more than a day ahead" },
	{ GOOD "Approved: \r\n\r\n", "Approved is empty" },
	{ GOOD "Odd : x\r\n\r\n", "a blank stands before the colon of a field" },
	{ GOOD "Odd:x\r\n\r\n", "no blank stands behind the colon of a field" },
	{ GOOD "Odd: \x01\r\n\r\n", "a field holds controls, or octets that are not UTF-8" },
	{ GOOD "Odd: \xff\r\n\r\n", "a field holds controls, or octets that are not UTF-8" },
};

static void test_read(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nntp_draft d;
		struct arena a;
		const char *why;

		arena_init(&a, ARENA_NONE);
		why = nntp_draft_read(&a, str_from_c(cases[i].article), NOW, &d);
		IS_STR(str_from_c(why != NULL ? why : "taken"), str_from_c(cases[i].why != NULL ? cases[i].why : "taken"));
		arena_done(&a);
	}
}

/* No prefix of an article does harm; each is refused until the header is whole. */
static void test_cuts(void)
{
	struct str whole = S(GOOD "Message-ID: <a@b>\r\nApproved: c\r\n\r\nx");
	size_t taken = 0;

	for (size_t n = 0; n <= whole.len; n++) {
		char *copy = malloc(n + 1);
		struct nntp_draft d;
		struct arena a;

		must(copy != NULL);
		memcpy(copy, whole.at, n);
		arena_init(&a, ARENA_NONE);
		taken += nntp_draft_read(&a, str_make(copy, n), NOW, &d) == NULL;
		arena_done(&a);
		free(copy);
	}
	IS_NUM(taken, 2);
}

static void test_lines(void)
{
	struct buf article;
	struct nntp_draft d;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	for (size_t octets = 998; octets <= 999; octets++) {
		const char *why;

		buf_init(&article, BUF_NO_CEILING);
		buf_put(&article, S(GOOD "\r\n"));
		for (size_t i = 0; i < octets; i++)
			buf_put_octet(&article, 'x');
		buf_put(&article, S("\r\n"));
		why = nntp_draft_read(&a, buf_str(&article), NOW, &d);
		OK((why == NULL) == (octets == 998), "%zu octets: %s", octets, why != NULL ? why : "taken");
		buf_done(&article);
	}
	arena_done(&a);
}

static void put(const char *article, const char *want)
{
	struct nntp_draft_by by = { .host = S("host"), .account = S("7"), .message_id = S("<new@host>"), .now_seconds = NOW };
	struct nntp_draft d;
	struct arena a;
	struct buf to;

	arena_init(&a, ARENA_NONE);
	buf_init(&to, BUF_NO_CEILING);
	must(nntp_draft_read(&a, str_from_c(article), NOW, &d) == NULL);
	nntp_draft_put(&d, str_from_c(article), &by, &to);
	IS_STR(buf_str(&to), str_from_c(want));
	buf_done(&to);
	arena_done(&a);
}

#define DATE "Tue, 14 Nov 2023 22:13:20 +0000\r\n"
#define INFO "Injection-Info: host; posting-account=\"7\"\r\n"

static void test_put(void)
{
	put(GOOD "\r\nbody\r\n.\r\n",
		"Path: host!.POSTED!not-for-mail\r\nMessage-ID: <new@host>\r\nDate: " DATE "Injection-Date: " DATE INFO GOOD "\r\nbody\r\n.\r\n");
	put(GOOD "Message-ID: <a@b>\r\n\r\n", "Path: host!.POSTED!not-for-mail\r\nDate: " DATE "Injection-Date: " DATE INFO GOOD "Message-ID: <a@b>\r\n\r\n");
	put(GOOD "Date: " DATE "\r\n", "Path: host!.POSTED!not-for-mail\r\nMessage-ID: <new@host>\r\nInjection-Date: " DATE INFO GOOD "Date: " DATE "\r\n");
	put(GOOD "Message-ID: <a@b>\r\nDate: " DATE "Path: x!y\r\n\r\nz", "Path: host!.POSTED!x!y\r\n" INFO GOOD "Message-ID: <a@b>\r\nDate: " DATE "\r\nz");
	put(GOOD "Injection-Date: " DATE "\r\n",
		"Path: host!.POSTED!not-for-mail\r\nMessage-ID: <new@host>\r\nDate: " DATE INFO GOOD "Injection-Date: " DATE "\r\n");
}

static void test_groups(void)
{
	struct nntp_draft d;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	OK(nntp_draft_read(&a, S("From: a@b\r\nNewsgroups: a , b,a,\r\n\tc\r\nSubject: x\r\n\r\n"), NOW, &d) == NULL, "taken");
	IS_NUM(d.groups_count, 3);
	IS_STR(d.groups[0], S("a"));
	IS_STR(d.groups[1], S("b"));
	IS_STR(d.groups[2], S("c"));
	arena_done(&a);
}

int main(void)
{
	test_read();
	test_cuts();
	test_lines();
	test_put();
	test_groups();
	return tap_done();
}
