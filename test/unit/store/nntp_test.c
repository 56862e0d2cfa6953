#include "session_kit.h"
#include "store/nntp.h"
#include "store/nntp_name.h"
#include "wire/nntp.h"

static const struct str plain = S_INIT("From: Anna <anna@example.org>\r\nSubject: one\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\n"
				       "Message-ID: <1@example.org>\r\n\r\nHello\r\n.\r\n..dots\r\n");
static const struct str folded = S_INIT("Received: from a\r\n by b\r\nFrom: bob@example.org\r\nSubject: two\r\n and\ta half\r\nReferences: <1@example.org>\r\n"
					" <0@example.org>\r\nDate: Sat, 22 Nov 1997 09:55:06 +0000\r\nMessage-ID: <2@example.org>\r\n"
					"Newsgroups: somewhere.else\r\nXref: other.example somewhere.else:99\r\nPath: a!b!c\r\n\r\nTwo\r\nlines\r\n");
static const struct str bare = S_INIT("To: list@example.org\r\n\r\nNo line end");

static void change(struct kit *k, const char *name, enum acl_kind kind, uint32_t rights)
{
	struct acl_change c = { .entry = { .kind = kind, .rights = rights } };

	k->done = false;
	folder_acl_change(k->mailbox, kit_folder(k, name), &c, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
}

static void copy(struct kit *k, const char *from, const char *to, uint32_t uid)
{
	struct copy_request r = { kit_folder(k, from), kit_folder(k, to), { &uid, 1 } };

	k->done = false;
	mailbox_copy(k->mailbox, &r, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
}

/* news: 1 (also in b and, where only some are let in, in hidden), 2, 3; b: 1; empty. */
static void begin(struct kit *k)
{
	kit_open(k, SERVICE_NNTP);
	kit_be_public(k);
	kit_create(k, "news");
	kit_create(k, "empty");
	kit_create(k, "b/c d.e");
	kit_create(k, "hidden");
	change(k, "hidden", ACL_AUTHENTICATED, ACL_LOOKUP);
	kit_append(k, "news", plain, 0);
	kit_append(k, "news", folded, 0);
	kit_append(k, "news", bare, 0);
	copy(k, "news", "b/c d.e", 1);
	copy(k, "news", "hidden", 1);
}

struct dialogue {
	const char *name;
	const char *lines[70];
};

static const struct dialogue dialogues[] = {
	{ "3977 6.1.1 GROUP",
		{ "O", "C: GROUP news", "S: 211 3 1 3 news", "C: GROUP empty", "S: 211 0 1 0 empty", "C: GROUP b.c%20d%2Ee", "S: 211 1 1 1 b.c%20d%2Ee",
			"C: GROUP hidden", "S: 411 no such newsgroup", "C: GROUP nothing", "S: 411 *", "C: GROUP INBOX", "S: 411 *", "C: GROUP b", "S: 211 0 1 0 b",
			"C: GROUP b.c%20d.e", "S: 411 *", "C: GROUP %6Eews", "S: 411 *", "C: GROUP News", "S: 411 *", "C: GROUP", "S: 501 *", "C: QUIT",
			"S: 205 *", "X" } },
	{ "3977 6.1.2 LISTGROUP",
		{ "O", "C: LISTGROUP", "S: 412 *", "C: LISTGROUP news", "S: 211 3 1 3 news list follows", "S: 1", "S: 2", "S: 3", "S: .", "C: LISTGROUP news 2-",
			"S: 211 3 1 3 news list follows", "S: 2", "S: 3", "S: .", "C: LISTGROUP news 2-2", "S: 211 *", "S: 2", "S: .", "C: LISTGROUP news 3-2",
			"S: 211 *", "S: .", "C: LISTGROUP news 9-", "S: 211 *", "S: .", "C: STAT", "S: 223 1 <1@example.org>", "C: LISTGROUP hidden", "S: 411 *",
			"C: LISTGROUP", "S: 211 3 1 3 news list follows", "S: 1", "S: 2", "S: 3", "S: .", "C: LISTGROUP empty", "S: 211 0 1 0 empty list follows", "S: .",
			"C: STAT", "S: 420 *", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 6.1.3, 6.1.4 LAST and NEXT",
		{ "O", "C: NEXT", "S: 412 *", "C: LAST", "S: 412 *", "C: GROUP empty", "S: 211 *", "C: NEXT", "S: 420 *", "C: LAST", "S: 420 *", "C: GROUP news",
			"S: 211 *", "C: LAST", "S: 422 *", "C: NEXT", "S: 223 2 <2@example.org>", "C: NEXT", "S: 223 3 <3.*.1@mail.example.org>", "C: NEXT",
			"S: 421 *", "C: STAT", "S: 223 3 *", "C: LAST", "S: 223 2 *", "C: LAST", "S: 223 1 *", "C: LAST", "S: 422 *", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 6.2.1 ARTICLE by number, dots doubled",
		{ "O", "C: ARTICLE", "S: 412 *", "C: ARTICLE 1", "S: 412 *", "C: GROUP news", "S: 211 *", "C: ARTICLE 1", "S: 220 1 <1@example.org>",
			"S: Path: mail.example.org!not-for-mail", "S: Newsgroups: news,b.c%20d%2Ee", "S: Xref: mail.example.org news:1 b.c%20d%2Ee:1",
			"S: From: Anna <anna@example.org>", "S: Subject: one", "S: Date: Fri, 21 Nov 1997 09:55:06 -0600", "S: Message-ID: <1@example.org>", "S: ",
			"S: Hello", "S: ..", "S: ...dots", "S: .", "C: ARTICLE 4", "S: 423 *", "C: ARTICLE 0", "S: ???*", "C: QUIT", "S: 205 *", "X" } },
	{ "what a message lacks, and what is another server's",
		{ "O", "C: GROUP news", "S: 211 *", "C: HEAD 3", "S: 221 3 <3.*.1@mail.example.org>", "S: Path: mail.example.org!not-for-mail", "S: Newsgroups: news",
			"S: From: nobody@invalid", "S: Subject: (none)", "S: Date: Sun, 9 Sep 2001 01:46:40 +0000", "S: Message-ID: <3.*.1@mail.example.org>",
			"S: Xref: mail.example.org news:3", "S: To: list@example.org", "S: .", "C: BODY 3", "S: 222 3 <3.*.1@*>", "S: No line end", "S: .",
			"C: HEAD 2", "S: 221 2 <2@example.org>", "S: Newsgroups: news", "S: Xref: mail.example.org news:2", "S: Received: from a", "S:  by b",
			"S: From: bob@example.org", "S: Subject: two", "S:  and\ta half", "S: References: <1@example.org>", "S:  <0@example.org>",
			"S: Date: Sat, 22*", "S: Message-ID: <2@example.org>", "S: Path: a!b!c", "S: .", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 6.2 by message-id, in no group and in another one",
		{ "O", "C: STAT <1@example.org>", "S: 223 0 <1@example.org>", "C: STAT <4@example.org>", "S: 430 *", "C: HEAD <>", "S: 501 *", "C: BODY <2@example.org>",
			"S: 222 0 <2@example.org>", "S: Two", "S: lines", "S: .", "C: GROUP b.c%20d%2Ee", "S: 211 *", "C: STAT <1@example.org>",
			"S: 223 1 <1@example.org>", "C: STAT <2@example.org>", "S: 223 0 <2@example.org>", "C: STAT", "S: 223 1 *", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 8.3 OVER",
		{ "O", "C: OVER 1-", "S: 412 *", "C: GROUP news", "S: 211 *", "C: OVER 1-2", "S: 224 *",
			"S: 1\tone\tAnna <anna@example.org>\tFri, 21 Nov 1997 09:55:06 -0600\t<1@example.org>\t\t245\t3\tXref: mail.example.org news:1 b.c%20d%2Ee:1",
			"S: 2\ttwo and a half\tbob@example.org\tSat, 22 Nov 1997 09:55:06 +0000\t<2@example.org>\t<1@example.org> <0@example.org>\t*\t2\tXref: mail.example.org news:2",
			"S: .", "C: OVER", "S: 224 *", "S: 1\tone*", "S: .", "C: OVER 7-9", "S: 423 *", "C: OVER 3-1", "S: 423 *", "C: OVER <2@example.org>", "S: 224 *",
			"S: 2\ttwo*", "S: .", "C: OVER <9@example.org>", "S: 430 *", "C: GROUP empty", "S: 211 *", "C: OVER", "S: 420 *", "C: OVER 1-", "S: 423 *",
			"C: OVER <1@example.org>", "S: 224 *", "S: 0\tone*", "S: .", "C: XOVER 1", "S: 423 *", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 8.5 HDR, and what it had been",
		{ "O", "C: HDR Subject", "S: 412 *", "C: GROUP news", "S: 211 *", "C: HDR subject 1-", "S: 225 *", "S: 1 one", "S: 2 two and a half", "S: 3 (none)", "S: .",
			"C: HDR Received 1-", "S: 225 *", "S: 1 ", "S: 2 from a by b", "S: 3 ", "S: .", "C: HDR :lines 1-2", "S: 225 *", "S: 1 3", "S: 2 2", "S: .",
			"C: HDR :bytes 1", "S: 225 *", "S: 1 245", "S: .", "C: HDR :size 1", "S: 503 *", "C: HDR Message-ID <1@example.org>", "S: 225 *", "S: 1 <1@example.org>",
			"S: .", "C: HDR Newsgroups 2", "S: 225 *", "S: 2 news", "S: .", "C: HDR Subject 8", "S: 423 *", "C: XHDR Subject <1@example.org>", "S: 221 *",
			"S: <1@example.org> one", "S: .", "C: XHDR Keywords 1", "S: 221 *", "S: 1 (none)", "S: .", "C: QUIT", "S: 205 *", "X" } },
	{ "2980 2.9 XPAT",
		{ "O", "C: GROUP news", "S: 211 *", "C: XPAT Subject 1- *half *x", "S: 221 *", "S: 2 two and a half", "S: .", "C: XPAT Subject 1- nothing", "S: 221 *", "S: .",
			"C: XPAT Subject <1@example.org> o*", "S: 221 *", "S: <1@example.org> one", "S: .", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 7.6 LIST",
		{ "O", "C: LIST", "S: 215 *", "S: b 0 1 y", "S: b.c%20d%2Ee 1 1 y", "S: empty 0 1 y", "S: news 3 1 y", "S: .", "C: LIST ACTIVE n*", "S: 215 *", "S: news 3 1 y", "S: .",
			"C: LIST ACTIVE hidden", "S: 215 *", "S: .", "C: LIST ACTIVE.TIMES news", "S: 215 *", "S: news 100000* postmaster@mail.example.org", "S: .",
			"C: LIST NEWSGROUPS b*", "S: 215 *", "S: b\tb", "S: b.c%20d%2Ee\tb/c d.e", "S: .", "C: LIST OVERVIEW.FMT", "S: 215 *", "S: Subject:", "S: From:",
			"S: Date:", "S: Message-ID:", "S: References:", "S: :bytes", "S: :lines", "S: Xref:full", "S: .", "C: LIST HEADERS", "S: 215 *", "S: :", "S: :bytes",
			"S: :lines", "S: .", "C: LIST DISTRIB.PATS", "S: 503 *", "C: LIST NOTHING", "S: 501 *", "C: LIST SUBSCRIPTIONS e*", "S: 215 *", "S: empty", "S: .",
			"C: QUIT", "S: 205 *", "X" } },
	{ "3977 7.3, 7.4 NEWGROUPS and NEWNEWS",
		{ "O", "C: NEWGROUPS 20010909 014640 GMT", "S: 231 *", "S: b 0 1 y", "S: b.c%20d%2Ee 1 1 y", "S: empty 0 1 y", "S: news 3 1 y", "S: .",
			"C: NEWGROUPS 20020101 000000 GMT", "S: 231 *", "S: .", "C: NEWNEWS * 20010909 014640 GMT", "S: 230 *", "S: <1@example.org>",
			"S: <3.*@mail.example.org>", "S: <2@example.org>", "S: <1@example.org>", "S: .", "C: NEWNEWS news,!b* 20010909 014641 GMT", "S: 230 *", "S: .",
			"C: NEWNEWS nothing 19700101 000000", "S: 230 *", "S: .", "C: NEWNEWS hidden 19700101 000000", "S: 230 *", "S: .", "C: NEWNEWS *", "S: 501 *",
			"C: QUIT", "S: 205 *", "X" } },
	{ "3977 5 the session",
		{ "O", "C: CAPABILITIES", "S: 101 *", "S: VERSION 2", "S: IMPLEMENTATION Bourse", "S: READER", "S: POST", "S: OVER MSGID", "S: HDR", "S: LIST *", "S: NEWNEWS",
			"S: XPAT", "S: SASL PLAIN", "S: .", "C: MODE READER", "S: 200 *", "C: DATE", "S: 111 20????????????", "C: IHAVE <a@b>", "S: 500 *", "C: bogus", "S: 500 *",
			"C: AUTHINFO USER a", "S: 502 *", "C: STARTTLS", "S: 502 *", "C: TAKETHIS <a@b>", "S: 500 *", "X" } },
	{ "3977 6.3.1 POST, to two groups at once",
		{ "O", "C: POST", "S: 340 *", "C: From: Anna <anna@example.org>|Newsgroups: news, b.c%20d%2Ee,news|Subject: new||..one dot|two|.", "S: 240 article received <*@mail.example.org>",
			"C: GROUP news", "S: 211 4 1 4 news", "C: ARTICLE 4", "S: 220 4 <*@mail.example.org>", "S: Newsgroups: news,b.c%20d%2Ee",
			"S: Xref: mail.example.org news:4 b.c%20d%2Ee:2", "S: Path: mail.example.org!.POSTED!not-for-mail", "S: Message-ID: <*@mail.example.org>", "S: Date: *",
			"S: Injection-Date: *", "S: Injection-Info: mail.example.org; posting-account=\"1\"", "S: From: Anna <anna@example.org>", "S: Subject: new", "S: ",
			"S: ..one dot", "S: two", "S: .", "C: POST", "S: 340 *",
			"C: From: a@b|Newsgroups: news|Subject: x|Message-ID: <own@b>|Date: Fri, 21 Nov 1997 09:55:06 -0600|Path: not-for-mail|||.", "S: 240 *<own@b>",
			"C: HEAD <own@b>", "S: 221 5 <own@b>", "S: Newsgroups: news", "S: Xref: *", "S: Path: mail.example.org!.POSTED!not-for-mail", "S: Injection-Info: *",
			"S: From: a@b", "S: Subject: x", "S: Message-ID: <own@b>", "S: Date: *", "S: .", "C: POST", "S: 340 *",
			"C: From: a@b|Newsgroups: news|Subject: x|Message-ID: <own@b>||y|.", "S: 441 an article with that Message-ID is there already", "C: QUIT", "S: 205 *", "X" } },
	{ "3977 6.3.1 POST refused, and what follows is a command",
		{ "O", "C: POST|.|POST|Subject: x||.|POST|From: a@b|Subject: x|Newsgroups: hidden||y|.|POST|From: a@b|Subject: x|Newsgroups: news,nothing||y|.|DATE", "S: 340 *",
			"S: 441 the article is empty", "S: 340 *", "S: 441 From is missing", "S: 340 *", "S: 441 no such newsgroup: hidden", "S: 340 *",
			"S: 441 no such newsgroup: nothing", "S: 111 *", "C: POST", "S: 340 *", "C- From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\na\nb\r\n.\r\n",
			"S: 441 lines must end*", "C: POST", "S: 340 *", "C: From: a@b|Subject: x|Newsgroups: news|Approved: a@b||y|.", "S: 441 you may not approve*",
			"C: GROUP news", "S: 211 3 1 3 news", "C: QUIT", "S: 205 *", "X" } },
	{ "pipelining, in order",
		{ "O", "C: GROUP news|STAT 2|NEXT|HDR subject|LIST ACTIVE e*|STAT|QUIT", "S: 211 *", "S: 223 2 *", "S: 223 3 *", "S: 225 *", "S: 3 (none)", "S: .", "S: 215 *",
			"S: empty 0 1 y", "S: .", "S: 223 3 *", "S: 205 *", "X" } },
	{ "a bare line end is the end", { "O", "C: DATE", "S: 111 *", "C- DATE\n", "S: ??? *", "X" } },
};

static void test_dialogues(void)
{
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(dialogues[0]); i++) {
		struct kit k;

		begin(&k);
		kit_play(&k, dialogues[i].name, dialogues[i].lines);
		kit_close(&k);
	}
}

static void test_long_line(void)
{
	char line[3000];
	struct kit k;

	memset(line, 'x', sizeof(line));
	begin(&k);
	kit_connect(&k.clients[0]);
	kit_send(&k.clients[0], str_make(line, sizeof(line)));
	kit_send(&k.clients[0], S("\r\nDATE\r\n"));
	OK(kit_line(&k.clients[0], "501 *", "too long") && kit_line(&k.clients[0], "111 *", "and on"), "a line that is too long is passed over");
	kit_close(&k);
}

/* ---- changes by others ---- */

static void say(struct kit_client *c, const char *line, const char *want)
{
	char sent[600];

	snprintf(sent, sizeof(sent), "%s\r\n", line);
	kit_send(c, str_from_c(sent));
	OK(kit_line(c, want, line), "%s: %s", line, want);
}

static void test_changes(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	begin(&k);
	kit_connect(c);
	say(c, "GROUP news", "211 3 1 3 news");
	say(c, "STAT 2", "223 2 *");
	kit_expunge(&k, "news", 2);
	say(c, "STAT", "420 *");
	say(c, "STAT 2", "423 *");
	say(c, "STAT <2@example.org>", "430 *");
	say(c, "NEXT", "223 3 *");
	say(c, "LAST", "223 1 *");
	say(c, "GROUP news", "211 2 1 3 news");
	kit_expunge(&k, "news", 1);
	kit_expunge(&k, "news", 3);
	say(c, "GROUP news", "211 0 4 3 news");
	kit_append(&k, "news", plain, 0);
	say(c, "STAT 4", "223 4 <1@example.org>");
	/* What a list takes away is gone with the next command, and what it gives is there. */
	change(&k, "news", ACL_AUTHENTICATED, ACL_LOOKUP);
	say(c, "STAT 4", "412 *");
	say(c, "STAT <1@example.org>", "223 0 *");
	say(c, "GROUP news", "411 *");
	change(&k, "hidden", ACL_AUTHENTICATED, ACL_LOOKUP | ACL_READ);
	say(c, "GROUP hidden", "211 1 1 1 hidden");
	say(c, "HDR Xref 1", "225 *");
	say(c, "DATE", "1 mail.example.org hidden:1 b.c%20d%2Ee:1");
	OK(kit_line(c, ".", "end") && kit_line(c, "111 *", "date"), "the end of HDR, and DATE");
	say(c, "LIST ACTIVE hidden", "215 *");
	say(c, "DATE", "hidden 1 1 n");
	OK(kit_line(c, ".", "end") && kit_line(c, "111 *", "date"), "nobody may post there");
	/* A folder that is renamed is the group of its new name, and one that is deleted is none. */
	k.done = false;
	folder_rename(k.mailbox, S("hidden"), S("shown"), kit_on_done, &k);
	must(kit_until(&k, kit_is_done, &k) && k.done_err == ERR_OK);
	say(c, "STAT", "223 1 *");
	say(c, "GROUP hidden", "411 *");
	say(c, "GROUP shown", "211 1 1 1 shown");
	k.done = false;
	folder_delete(k.mailbox, S("shown"), kit_on_done, &k);
	must(kit_until(&k, kit_is_done, &k) && k.done_err == ERR_OK);
	say(c, "STAT", "412 *");
	kit_close(&k);
}

/* He may read and not post; then neither, then both. */
static void test_may_post(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	begin(&k);
	for (size_t i = 0; i < 3; i++)
		change(&k, ((const char *const[]){ "news", "empty", "b/c d.e" })[i], ACL_AUTHENTICATED, ACL_LOOKUP | ACL_READ);
	change(&k, "b", ACL_AUTHENTICATED, ACL_LOOKUP | ACL_INSERT);
	kit_connect(c);
	say(c, "POST", "440 *");
	say(c, "MODE READER", "201 *");
	change(&k, "news", ACL_AUTHENTICATED, ACL_LOOKUP | ACL_READ | ACL_INSERT);
	say(c, "MODE READER", "200 *");
	say(c, "POST", "340 *");
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: empty\r\n\r\ny\r\n.", "441 you may not post to empty");
	say(c, "POST", "340 *");
	/* It is asked when the article is there, not before. */
	change(&k, "news", ACL_AUTHENTICATED, ACL_LOOKUP | ACL_READ);
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\ny\r\n.", "441 you may not post to news");
	change(&k, "news", ACL_AUTHENTICATED, ACL_LOOKUP | ACL_READ | ACL_INSERT | ACL_ADMIN);
	say(c, "POST", "340 *");
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\nApproved: a@b\r\n\r\ny\r\n.", "240 *");
	kit_close(&k);
	begin(&k);
	c = &k.clients[0];
	change(&k, "news", ACL_ANYONE, ACL_LOOKUP | ACL_READ);
	c->nameless = true;
	kit_connect(c);
	say(c, "POST", "480 *");
	change(&k, "news", ACL_ANYONE, ACL_LOOKUP | ACL_READ | ACL_INSERT);
	say(c, "POST", "340 *");
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\ny\r\n.", "240 *");
	say(c, "HDR Injection-Info <1@example.org>", "225 *");
	kit_close(&k);
}

/* The client goes in the middle of an article, while the parser looks at it, and while another one takes its Message-ID. */
static void test_post_broken(void)
{
	static const char article[] = "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\nMessage-ID: <own@b>\r\n\r\ny\r\n.\r\n";
	struct kit k;

	for (size_t cut = 0; cut < sizeof(article) - 1; cut += 7) {
		begin(&k);
		kit_connect(&k.clients[0]);
		kit_send(&k.clients[0], S("POST\r\n"));
		kit_feed_open(&k.clients[0], str_make(article, cut), 0);
		IS_NUM(kit_messages(&k, "news"), 3);
		IS_NUM(k.budget.held, 0);
		kit_close(&k);
	}
	begin(&k);
	k.parse_held = true;
	kit_connect(&k.clients[0]);
	say(&k.clients[0], "POST", "340 *");
	kit_send(&k.clients[0], str_from_c(article));
	while (k.parse_done == NULL)
		kit_rest(&k, 1);
	kit_drop(&k.clients[0]);
	session_kick(k.clients[0].session);
	k.clients[0].session = NULL;
	IS_NUM(kit_messages(&k, "news"), 3);
	IS_NUM(k.budget.held, 0);
	kit_close(&k);
}

/* Two send the same article at once: one of them has posted it. */
static void test_post_twice(void)
{
	struct kit k;
	unsigned taken = 0, refused = 0;

	begin(&k);
	for (int i = 0; i < 4; i++) {
		kit_connect(&k.clients[i]);
		kit_send(&k.clients[i], S("POST\r\nFrom: a@b\r\nSubject: x\r\nNewsgroups: news\r\nMessage-ID: <own@b>\r\n\r\ny\r\n.\r\nQUIT\r\n"));
	}
	for (int i = 0; i < 4; i++) {
		struct str all = kit_all(&k.clients[i]);

		taken += str_find_str(all, S("\r\n240 ")) != STR_NPOS;
		refused += str_find_str(all, S("\r\n441 an article with that Message-ID is there already\r\n")) != STR_NPOS;
	}
	IS_NUM(taken, 1);
	IS_NUM(refused, 3);
	IS_NUM(kit_messages(&k, "news"), 4);
	kit_close(&k);
}

static void test_post_limits(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct config config;
	char *body = mem_new(100000);
	struct mailbox_limits limits = { .receive_octets = 2000 };

	begin(&k);
	memset(body, 'x', 100000);
	for (size_t i = 70; i < 100000; i += 72)
		memcpy(body + i, "\r\n", 2);
	config = *k.config;
	config.smtp_message_octets_max = 65536;
	kit_connect_with(c, STR_NONE, &config);
	say(c, "POST", "340 *");
	kit_send(c, S("From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\n"));
	kit_send(c, str_make(body, 72 * 1300));
	say(c, ".", "441 message exceeds the size limit");
	IS_NUM(k.budget.held, 0);
	mailbox_limits_set(k.mailbox, &limits);
	say(c, "POST", "340 *");
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\ny\r\n.", "441 mailbox is full");
	mailbox_limits_set(k.mailbox, &(struct mailbox_limits){ 0 });
	k.parse_fails = true;
	say(c, "POST", "340 *");
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\ny\r\n.", "240 *");
	k.budget.max = 10;
	say(c, "POST", "340 *");
	say(c, "From: a@b\r\nSubject: x\r\nNewsgroups: news\r\n\r\ny\r\n.", "441 too busy*");
	IS_NUM(k.budget.held, 0);
	mem_free(body);
	kit_close(&k);
}

/* Who has no account, and where he had been before he came back. */
static void test_nameless(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	begin(&k);
	change(&k, "news", ACL_ANYONE, ACL_LOOKUP | ACL_READ);
	c->nameless = true;
	c->place = S("news 2");
	kit_connect(c);
	say(c, "STAT", "223 2 *");
	say(c, "MODE READER", "201 *");
	say(c, "GROUP empty", "411 *");
	say(c, "STAT", "223 2 *");
	say(c, "LIST ACTIVE", "215 *");
	say(c, "HDR Newsgroups 1", "news 3 1 n");
	OK(kit_line(c, ".", "end") && kit_line(c, "225 *", "hdr") && kit_line(c, "1 news", "names"), "no names of groups that he has not");
	OK(kit_line(c, ".", "end"), "end");
	say(c, "BODY 2", "222 *");
	OK(kit_line(c, "Two", "body") && kit_line(c, "lines", "body") && kit_line(c, ".", "body"), "body");
	kit_send(c, S("STARTTLS\r\n"));
	OK(kit_until(&k, kit_is_closed, c), "he goes back to the front");
	kit_drop(c);
	c->place = S("hidden 1");
	kit_connect(c);
	say(c, "STAT", "412 *");
	kit_close(&k);
}

/* The sizes that OVER tells are those of what ARTICLE sends. */
static void test_sizes(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	for (unsigned number = 1; number <= 3; number++) {
		struct str all, rest, article;
		char line[100];

		begin(&k);
		snprintf(line, sizeof(line), "GROUP news\r\nHDR :bytes %u\r\nARTICLE %u\r\nQUIT\r\n", number, number);
		kit_connect(c);
		kit_send(c, str_from_c(line));
		all = kit_all(c);
		snprintf(line, sizeof(line), "220 %u ", number);
		rest = str_skip(all, str_find_str(all, str_from_c(line)));
		rest = str_skip(rest, str_find_str(rest, S("\r\n")) + 2);
		article = str_sub(rest, 0, str_find_str(rest, S("\r\n.\r\n")) + 2);
		/* Doubled dots of the first one, the line end that the last one has not. */
		snprintf(line, sizeof(line), "\r\n%u %zu\r\n", number, article.len - (number == 1 ? 2 : number == 3 ? 2 : 0));
		OK(str_find_str(all, str_from_c(line)) != STR_NPOS, "%u: %s", number, line);
		kit_close(&k);
	}
}

/* Names made of places: they find what has no name of its own, wherever the reader may look, and nothing else. */
static void test_made_names(void)
{
	static const struct {
		const char *folder;
		uint32_t uid;
		const char *want;
	} cases[] = { { "news", 3, "223 0 *" }, { "news", 1, "430 *" }, { "news", 4, "430 *" }, { "news", 0, "430 *" }, { "hidden", 2, "430 *" } };
	struct kit k;

	begin(&k);
	must(kit_append(&k, "hidden", bare, 0) == 2);
	kit_connect(&k.clients[0]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[100];

		snprintf(line, sizeof(line), "STAT <%u.%u.1@mail.example.org>", cases[i].uid, kit_folder(&k, cases[i].folder));
		say(&k.clients[0], line, cases[i].want);
	}
	say(&k.clients[0], "STAT <3.99999.1@mail.example.org>", "430 *");
	say(&k.clients[0], "STAT <03.1.1@mail.example.org>", "430 *");
	say(&k.clients[0], "STAT <4294967296.1.1@mail.example.org>", "430 *");
	kit_close(&k);
}

/* ---- the same answers however the octets come ---- */

static void test_cuts(void)
{
	struct str talk = S("GROUP news\r\nARTICLE 1\r\nbogus\r\nOVER 1-\r\nLIST\r\nHDR subject 1-\r\nNEXT\r\nLISTGROUP\r\nQUIT\r\n");
	struct str want = STR_NONE;

	for (size_t cut = 0; cut < talk.len; cut++) {
		struct kit k;
		struct str got;
		static char first[8192];

		begin(&k);
		kit_connect(&k.clients[0]);
		got = kit_talk(&k, &k.clients[0], talk, cut);
		must(got.len < sizeof(first));
		if (cut == 0) {
			memcpy(first, got.at, got.len);
			want = str_make(first, got.len);
		} else if (!str_eq(got, want)) {
			OK(false, "cut %zu", cut);
		}
		kit_close(&k);
	}
	OK(want.len > 500, "%zu octets", want.len);
}

/* ---- names ---- */

static void test_names(void)
{
	static const struct {
		const char *folder, *group;
	} cases[] = { { "news", "news" }, { "a/b/c", "a.b.c" }, { "a.b/c", "a%2Eb.c" }, { "a b", "a%20b" }, { "100%", "100%25" }, { "%2E", "%252E" },
		{ "a,b*c?d[e]f!g\\h", "a%2Cb%2Ac%3Fd%5Be%5Df%21g%5Ch" }, { "C++_x-1", "C++_x-1" }, { "a:5", "a%3A5" }, { "<a@b>", "%3Ca%40b%3E" },
		{ "Gr\xc3\xbc\xc3\x9f" "e", "Gr\xc3\xbc\xc3\x9f" "e" }, { "\xd9\x85", "\xd9\x85" }, { "a\xe2\x80\xae" "b", "a%E2%80%AEb" },
		{ "a\xe2\x80\x8b", "a%E2%80%8B" }, { "\xc2\xa0", "%C2%A0" }, { "\xc2\x85", "%C2%85" }, { "\xef\xbb\xbf" "x", "%EF%BB%BFx" },
		{ "a\"b'c;d&e=f#g~h$i^j`k{l|m}(n)", "a%22b%27c%3Bd%26e%3Df%23g%7Eh%24i%5Ej%60k%7Bl%7Cm%7D%28n%29" }, { "\x01\x7f\t", "%01%7F%09" },
		{ "a\r\nb", "a%0D%0Ab" }, { "\xff\xfe", "%FF%FE" }, { "..", "%2E%2E" } };
	static const char *const wrong[] = { "", "a%2eb", "%41", "a%2", "a%", "%zz", "a%2Fb", "a b", "a*b", "a/b", "a%C3%BC", "a\xe2\x80\x8b", "a\nb", "%2G", "a%%20" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf to;

		buf_init(&to, BUF_NO_CEILING);
		OK(nntp_name_put(&to, str_from_c(cases[i].folder)), "%s", cases[i].folder);
		IS_STR(buf_str(&to), str_from_c(cases[i].group));
		buf_clear(&to);
		OK(nntp_name_get(&to, str_from_c(cases[i].group)), "%s", cases[i].group);
		IS_STR(buf_str(&to), str_from_c(cases[i].folder));
		buf_done(&to);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf to;

		buf_init(&to, BUF_NO_CEILING);
		OK(!nntp_name_get(&to, str_from_c(wrong[i])), "'%s' is no group's name", wrong[i]);
		buf_done(&to);
	}
}

/* Every octet alone and before another: what is put is a name that RFC 3977 allows, and comes back. */
static void test_name_octets(void)
{
	bool good = true;

	for (int first = 0; first < 256; first++) {
		for (int second = 0; second < 256; second++) {
			char folder[] = { (char)first, (char)second };
			struct buf group, again;

			if (first == '/' || second == '/' || first == 0 || second == 0)
				continue;
			buf_init(&group, BUF_NO_CEILING);
			buf_init(&again, BUF_NO_CEILING);
			good = good && nntp_name_put(&group, str_make(folder, 2)) && nntp_is_group(buf_str(&group)) &&
			       nntp_name_get(&again, buf_str(&group)) && str_eq(buf_str(&again), str_make(folder, 2));
			buf_done(&group);
			buf_done(&again);
		}
	}
	OK(good, "65,025 names");
}

static void test_name_lengths(void)
{
	char folder[NNTP_GROUP_OCTETS_MAX + 1];
	struct buf to;

	memset(folder, 'a', sizeof(folder));
	buf_init(&to, BUF_NO_CEILING);
	OK(nntp_name_put(&to, str_make(folder, NNTP_GROUP_OCTETS_MAX)), "the longest");
	OK(!nntp_name_put(&to, str_make(folder, NNTP_GROUP_OCTETS_MAX + 1)), "one octet more");
	IS_NUM(to.len, NNTP_GROUP_OCTETS_MAX);
	folder[5] = ' ';
	OK(!nntp_name_put(&to, str_make(folder, NNTP_GROUP_OCTETS_MAX - 1)), "one more by what is written for a blank");
	OK(!nntp_name_put(&to, S("")), "no name");
	buf_done(&to);
}


int main(void)
{
	test_names();
	test_name_octets();
	test_name_lengths();
	test_dialogues();
	test_long_line();
	test_changes();
	test_may_post();
	test_post_broken();
	test_post_twice();
	test_post_limits();
	test_nameless();
	test_sizes();
	test_made_names();
	test_cuts();
	return tap_done();
}
