#include "base/code.h"
#include "session_kit.h"
#include "store/imap_engine.h"

static const struct str plain = S_INIT("From: Anna <anna@example.org>\r\nTo: bob@example.com\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= one\r\n"
	"Date: Fri, 21 Nov 1997 23:55:06 -0600\r\nMessage-ID: <1@example.org>\r\n\r\nHello World\r\nsecond line\r\n");
static const struct str parts = S_INIT("From: Bob <bob@example.com>\r\nSubject: two\r\nMIME-Version: 1.0\r\n"
	"Content-Type: multipart/mixed; boundary=b\r\n\r\nprologue\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
	"Content-Transfer-Encoding: base64\r\n\r\nWsO8cmljaCBpcyBhIHRvd24=\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
	"Subject: inner\r\n\r\ninner text\r\n--b--\r\nepilogue\r\n");
static const struct str three = S_INIT("Subject: three\r\n\r\nthe third\r\n");

static void fill(struct kit *k)
{
	kit_append(k, "INBOX", plain, 0);
	kit_append(k, "INBOX", parts, ITEM_SEEN);
	kit_append(k, "INBOX", three, ITEM_FLAGGED);
}

#define HELLO "O", "S: t0 OK [CAPABILITY IMAP4rev1 *] logged on as Anna"
#define SELECT                                                                                     \
	HELLO, "C: s SELECT INBOX", "S: ? FLAGS (*", "S: *PERMANENTFLAGS*", "S: ? 3 EXISTS",      \
		"S: ? 3 RECENT", "S: ? OK [UNSEEN 1]*", "S: ? OK [URLMECH INTERNAL]*", "S: ? OK [MAILBOXID*", "S: ? OK [UIDVALIDITY *", "S: ? OK [UIDNEXT 4]*",  \
		"S: ? OK [ANNOTATIONS *", "S: ? OK [HIGHESTMODSEQ *", \
		"S: s OK [READ-WRITE] SELECT completed"
#define BYE "C: z LOGOUT", "S: ? BYE *", "S: z OK *", "X"

struct dialogue {
	const char *name;
	const char *lines[90];
};

static const struct dialogue dialogues[] = {
	{ "capability, noop, id, enable, namespace",
		{ HELLO, "C: a CAPABILITY", "S: ? CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ *", "S: a OK CAPABILITY completed",
			"C: b NOOP", "S: b OK NOOP completed", "C: c ID NIL", "S: ? ID (\"name\" \"Bourse\")",
			"S: c OK *", "C: d ENABLE IDLE X", "S: ? ENABLED", "S: d OK *", "C: e NAMESPACE",
			"S: ? NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) NIL", "S: e OK *", "C: f LOGIN a b", "S: f BAD *",
			"C: g STARTTLS", "S: g BAD *", "C: h FETCH 1 FLAGS", "S: h BAD *", "C: i bogus",
			"S: i BAD *", "C: j", "S: ? BAD *", BYE } },
	{ "select, examine, close, unselect",
		{ SELECT, "C: a EXAMINE Drafts", "S: ? OK [CLOSED] *", "S: ? FLAGS (*", "S: ? OK [PERMANENTFLAGS ()] *", "S: ? 0 EXISTS",
			"S: ? 0 RECENT", "S: *", "S: ? OK [MAILBOXID*", "S: ? OK [UIDVALIDITY *", "S: ? OK [UIDNEXT 1]*", "S: ? OK [ANNOTATIONS *",
			"S: ? OK [HIGHESTMODSEQ *",
			"S: a OK [READ-ONLY] EXAMINE completed", "C: b SELECT nowhere", "S: ? OK [CLOSED] *",
			"S: b NO [NONEXISTENT] no such folder", "C: c CLOSE", "S: c BAD *", "C: d SELECT inbox",
			"S: ? FLAGS*", "S: ? OK [PERM*", "S: ? 3 EXISTS", "S: ? 0 RECENT", "S: ? OK [UNSEEN*",
			"S: *", "S: *", "S: ? OK [UIDV*", "S: ? OK [UIDN*", "S: ? OK [ANNOTATIONS *", "S: ? OK [HIGHESTMODSEQ *", "S: d OK *", "C: e STORE 3 +FLAGS.SILENT (\\Deleted)",
			"S: e OK *", "C: f UNSELECT", "S: f OK *", "C: g STATUS INBOX (MESSAGES UNSEEN DELETED)",
			"S: ? STATUS INBOX (MESSAGES 3 UNSEEN 2 DELETED 1)", "S: g OK *", "C: h SELECT INBOX",
			"S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: h OK *", "C: i CLOSE", "S: i OK *",
			"C: j STATUS INBOX (MESSAGES UIDNEXT)", "S: ? STATUS INBOX (MESSAGES 2 UIDNEXT 4)",
			"S: j OK *", BYE } },
	{ "folders",
		{ HELLO, "C: a LIST \"\" \"\"", "S: ? LIST (\\Noselect) \"/\" \"\"", "S: a OK *", "C: b LIST \"\" *",
			"S: ? LIST (\\HasNoChildren \\Archive) \"/\" Archive",
			"S: ? LIST (\\HasNoChildren \\Drafts) \"/\" Drafts", "S: ? LIST (\\HasNoChildren) \"/\" INBOX",
			"S: ? LIST (\\HasNoChildren \\Junk) \"/\" Junk", "S: ? LIST (\\HasNoChildren \\Sent) \"/\" Sent",
			"S: ? LIST (\\HasNoChildren \\Trash) \"/\" Trash", "S: b OK *", "C: c CREATE a/b/c", "S: c OK *",
			"C: d LIST \"\" a%", "S: ? LIST (\\HasChildren) \"/\" a", "S: d OK *", "C: e LIST a/ %",
			"S: ? LIST (\\HasChildren) \"/\" a/b", "S: e OK *", "C: f CREATE a/b", "S: f NO [ALREADYEXISTS]*",
			"C: g CREATE INBOX", "S: g NO *", "C: h CREATE &AOQ-/", "S: h OK *", "C: i LIST \"\" &AOQ-",
			"S: ? LIST (\\HasNoChildren) \"/\" &AOQ-", "S: i OK *", "C: j DELETE &AOQ-", "S: j OK *",
			"C: k RENAME a x", "S: k OK *", "C: l LIST \"\" x*", "S: * x", "S: * x/b", "S: * x/b/c",
			"S: l OK *", "C: m DELETE x", "S: m OK *", "C: n LIST \"\" x",
			"S: ? LIST (\\Noselect \\HasChildren) \"/\" x", "S: n OK *", "C: o SELECT x", "S: o NO [NONEXIST*",
			"C: p DELETE nowhere", "S: p NO [NONEXISTENT] no such folder", "C: q CREATE a//b", "S: q NO *",
			"C: r CREATE &AGE-", "S: r NO *", "C: s DELETE INBOX", "S: s NO *", "C: t RENAME nowhere y",
			"S: t NO *", BYE } },
	{ "subscriptions",
		{ HELLO, "C: a CREATE a/b/c", "S: a OK *", "C: b SUBSCRIBE a/b/c", "S: b OK *", "C: c LSUB \"\" a/%",
			"S: ? LSUB (\\Noselect) \"/\" a/b", "S: c OK *", "C: d SUBSCRIBE \"a b\"", "S: d OK *",
			"C: e SUBSCRIBE a", "S: e OK *", "C: f SUBSCRIBE a/x", "S: f OK *", "C: g LSUB \"\" a%",
			"S: ? LSUB () \"/\" a", "S: ? LSUB (\\Noselect) \"/\" \"a b\"", "S: g OK *", "C: h UNSUBSCRIBE a",
			"S: h OK *", "C: i LSUB \"\" a%", "S: ? LSUB (\\Noselect) \"/\" \"a b\"",
			"S: ? LSUB (\\Noselect) \"/\" a", "S: i OK *", "C: j LSUB \"\" a*",
			"S: ? LSUB (\\Noselect) \"/\" \"a b\"", "S: ? LSUB () \"/\" a/b/c", "S: ? LSUB (\\Noselect) \"/\" a/x",
			"S: j OK *", BYE } },
	{ "fetch: what needs no octets",
		{ SELECT, "C: a FETCH 1:3 (UID FLAGS RFC822.SIZE INTERNALDATE)",
			"S: ? 1 FETCH (UID 1 FLAGS (\\Recent) INTERNALDATE \" 9-Sep-2001 01:46:40 +0000\" RFC822.SIZE *)",
			"S: ? 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) *)", "S: ? 3 FETCH (UID 3 FLAGS (\\Flagged \\Recent) *)",
			"S: a OK *", "C: b UID FETCH 2:* FLAGS", "S: ? 2 FETCH (UID 2 FLAGS (\\Seen \\Recent))",
			"S: ? 3 FETCH (UID 3 FLAGS (\\Flagged \\Recent))", "S: b OK UID FETCH completed",
			"C: c FETCH 4 FLAGS", "S: c BAD *", "C: d UID FETCH 99 FLAGS", "S: d OK *", "C: e FETCH 7:* UID",
			"S: ? 3 FETCH (UID 3)", "S: e OK *", "C: f UID FETCH 99:* FLAGS",
			"S: ? 3 FETCH (UID 3 FLAGS (\\Flagged \\Recent))", "S: f OK *", "C: g FETCH 0 UID", "S: g BAD *",
			"C: h FETCH 3,1,2:1 UID", "S: ? 1 FETCH (UID 1)", "S: ? 2 FETCH (UID 2)", "S: ? 3 FETCH (UID 3)",
			"S: h OK *", BYE } },
	{ "fetch: envelope and structure",
		{ SELECT, "C: a FETCH 1 (ENVELOPE BODY)",
			"S: ? 1 FETCH (ENVELOPE (\"Fri, 21 Nov 1997 23:55:06 -0600\" \"=?UTF-8?Q?Gr=C3=BC=C3=9Fe?= one\" ((\"Anna\" NIL \"anna\" \"example.org\")) * \"<1@example.org>\") BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 26 2))",
			"S: a OK *", "C: b FETCH 2 BODYSTRUCTURE",
			"S: ? 2 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"base64\" 24 *(\"message\" \"rfc822\" * \"mixed\" (\"boundary\" \"b\") NIL NIL NIL))",
			"S: b OK *", BYE } },
	{ "fetch: sections",
		{ SELECT, "C: a FETCH 3 BODY.PEEK[]", "S: ? 3 FETCH (BODY[] {29}", "S: Subject: three", "S: ",
			"S: the third", "S: )", "S: a OK *", "C: b FETCH 3 (BODY.PEEK[TEXT] BODY.PEEK[HEADER])",
			"S: ? 3 FETCH (BODY[TEXT] {11}", "S: the third", "S:  BODY[HEADER] {18}", "S: Subject: three", "S: ",
			"S: )", "S: b OK *", "C: c FETCH 1 BODY.PEEK[HEADER.FIELDS (To SUBJECT nothing)]",
			"S: ? 1 FETCH (BODY[HEADER.FIELDS (To SUBJECT nothing)] {65}", "S: To: bob@example.com",
			"S: Subject: =*", "S: ", "S: )", "S: c OK *",
			"C: d FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (From To Subject Date)]",
			"S: ? 1 FETCH (BODY[HEADER.FIELDS.NOT (From To Subject Date)] {31}", "S: Message-ID: <1@example.org>", "S: ",
			"S: )", "S: d OK *", "C: e FETCH 2 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2.HEADER] BODY.PEEK[2.1] BODY.PEEK[2.TEXT])",
			"S: ? 2 FETCH (BODY[1] {24}", "S: WsO8cmljaCBpcyBhIHRvd24= BODY[1.MIME] {*",
			"S: Content-Type: text/plain; charset=utf-8", "S: Content-Transfer-Encoding: base64", "S: ",
			"S:  BODY[2.HEADER] {18}", "S: Subject: inner", "S: ", "S:  BODY[2.1] {10}",
			"S: inner text BODY[2.TEXT] {10}", "S: inner text)", "S: e OK *",
			"C: f FETCH 3 (BODY.PEEK[]<0.7> BODY.PEEK[]<25.100> BODY.PEEK[]<4294967295.4294967295>)",
			"S: ? 3 FETCH (BODY[]<0> {7}", "S: Subject BODY[]<25> {4}", "S: rd",
			"S:  BODY[]<4294967295> {0}", "S: )", "S: f OK *", "C: g FETCH 3 (BODY.PEEK[2] BODY.PEEK[1.HEADER])",
			"S: ? 3 FETCH (BODY[2] NIL BODY[1.HEADER] NIL)", "S: g OK *", BYE } },
	{ "fetch: \\Seen is set, and told",
		{ SELECT, "C: a FETCH 1:2 BODY[TEXT]<0.5>", "S: ? 1 FETCH (BODY[TEXT]<0> {5}", "S: Hello)",
			"S: ? 2 FETCH (BODY[TEXT]<0> {5}", "S: prolo)", "S: ? 1 FETCH (FLAGS (\\Seen \\Recent))", "S: a OK *",
			"C: b UID FETCH 3 RFC822", "S: ? 3 FETCH (UID 3 RFC822 {29}", "S: *", "S: *", "S: *", "S: )",
			"S: ? 3 FETCH (UID 3 FLAGS (\\Flagged \\Seen \\Recent))", "S: b OK *", "C: c EXAMINE INBOX", "S: *", "S: *",
			"S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: c OK *", "C: d STORE 1 +FLAGS (x)", "S: d NO *",
			"C: e EXPUNGE", "S: e NO *", BYE } },
	{ "store",
		{ SELECT, "C: a STORE 1:2 +FLAGS (\\Answered $Work)", "S: ? FLAGS (* $Work)", "S: ? OK [PERM*$Work \\?)]*",
			"S: ? 1 FETCH (FLAGS (\\Answered \\Recent $Work))",
			"S: ? 2 FETCH (FLAGS (\\Answered \\Seen \\Recent $Work))", "S: a OK *", "C: b STORE 1 -FLAGS.SILENT $Work",
			"S: b OK *", "C: c UID STORE 1:* FLAGS ()", "S: ? 1 FETCH (UID 1 FLAGS (\\Recent))",
			"S: ? 2 FETCH (UID 2 FLAGS (\\Recent))", "S: ? 3 FETCH (UID 3 FLAGS (\\Recent))", "S: c OK *",
			"C: d STORE 1 FLAGS \\Recent", "S: d BAD *", "C: e STORE 9 FLAGS x", "S: e BAD *",
			"C: f UID STORE 9 FLAGS x", "S: f OK *", "C: g STORE 1 +FLAGS (\\Seen)",
			"S: ? 1 FETCH (FLAGS (\\Seen \\Recent))", "S: g OK *", "C: h STORE 1 +FLAGS (\\Seen)",
			"S: ? 1 FETCH (FLAGS (\\Seen \\Recent))", "S: h OK *", BYE } },
	{ "expunge and uid expunge",
		{ SELECT, "C: a STORE 1:3 +FLAGS.SILENT (\\Deleted)", "S: a OK *", "C: b UID EXPUNGE 2:2",
			"S: ? 2 EXPUNGE", "S: b OK *", "C: c EXPUNGE", "S: ? 2 EXPUNGE", "S: ? 1 EXPUNGE", "S: c OK *",
			"C: d FETCH 1:* UID", "S: d OK *", "C: e SEARCH ALL", "S: ? SEARCH", "S: e OK *", "C: f FETCH 1 UID",
			"S: f BAD *", BYE } },
	{ "copy and move",
		{ SELECT, "C: a COPY 1,3 Trash", "S: a OK [COPYUID * 1,3 1:2] COPY completed", "C: b COPY 1 nowhere",
			"S: b NO [TRYCREATE] *", "C: c UID MOVE 2 Trash", "S: ? OK [COPYUID * 2 3] *", "S: ? 2 EXPUNGE",
			"S: c OK *", "C: d MOVE 1 INBOX", "S: ? OK [COPYUID * 1 4] *", "S: ? 1 EXPUNGE", "S: ? 2 EXISTS",
			"S: ? 2 RECENT", "S: d OK *", "C: e STATUS Trash (MESSAGES RECENT)", "S: ? STATUS Trash (MESSAGES 3 RECENT 3)",
			"S: e OK *", "C: f UID COPY 99 Trash", "S: f OK UID COPY completed", BYE } },
	{ "search",
		{ SELECT, "C: a SEARCH ALL", "S: ? SEARCH 1 2 3", "S: a OK *", "C: b UID SEARCH UNSEEN", "S: ? SEARCH 1 3",
			"S: b OK *", "C: c SEARCH SUBJECT \"gr\xc3\xbc\xc3\x9f\" FROM anna", "S: ? SEARCH 1", "S: c OK *",
			"C: d SEARCH CHARSET UTF-8 BODY \"Z\xc3\x9cRICH IS\"", "S: ? SEARCH 2", "S: d OK *", "C: e SEARCH TEXT inner",
			"S: ? SEARCH 2", "S: e OK *", "C: f SEARCH BODY \"second line\"", "S: ? SEARCH 1", "S: f OK *",
			"C: g SEARCH BODY gr\xc3\xbc", "S: g BAD *", "C: h SEARCH CHARSET X-UNKNOWN TEXT x",
			"S: h NO [BADCHARSET (UTF-8 US-ASCII *)] *", "C: i SEARCH OR NOT 1:2 (SEEN LARGER 1)", "S: ? SEARCH 2 3",
			"S: i OK *", "C: j SEARCH SENTON 21-Nov-1997", "S: ? SEARCH 1", "S: j OK *",
			"C: k SEARCH SENTSINCE 22-Nov-1997", "S: ? SEARCH", "S: k OK *", "C: l SEARCH ON 9-Sep-2001",
			"S: ? SEARCH 1 2 3", "S: l OK *", "C: m SEARCH HEADER Message-ID \"\"", "S: ? SEARCH 1", "S: m OK *",
			"C: n SEARCH UID 2:* NEW", "S: ? SEARCH 3", "S: n OK *", "C: o SEARCH TEXT three", "S: ? SEARCH 3", "S: o OK *",
			"C: p SEARCH TO bob@ CC x", "S: ? SEARCH", "S: p OK *", "C: q SEARCH SMALLER 30", "S: ? SEARCH 3", "S: q OK *",
			"C: r SEARCH BODY {5}", "S: + *", "C: third", "S: ? SEARCH 3", "S: r OK *", BYE } },
	{ "append",
		{ SELECT, "C: a APPEND INBOX (\\Seen $New) \"05-Jan-2001 10:00:00 +0100\" {29}", "S: + *",
			"C: Subject: four||the fourth|", "S: ? 4 EXISTS", "S: ? 4 RECENT",
			"S: a OK [APPENDUID * 4] APPEND completed",
			"C: b FETCH 4 (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)", "S: ? FLAGS (*$New)", "S: ? OK [PERM*",
			"S: ? 4 FETCH (FLAGS (\\Seen \\Recent $New) INTERNALDATE \" 5-Jan-2001 09:00:00 +0000\" RFC822.SIZE 29 ENVELOPE (NIL \"four\" *",
			"S: b OK *", "C: c APPEND nowhere {5}", "S: c NO [TRYCREATE] *", "C: d APPEND nowhere {5+}|hello",
			"S: d NO [TRYCREATE] *", "C: e NOOP", "S: e OK *", "C: f APPEND INBOX {999999999}", "S: f NO [TOOBIG] *",
			"C: g APPEND Trash {6+}|a\nb\rc\n", "S: g OK [APPENDUID * 1] *", "C: h STATUS Trash (SIZE)",
			"S: ? STATUS Trash (SIZE 9)", "S: h OK *", "C: i APPEND INBOX {0}", "S: + *", "C: ", "S: i NO *",
			"C: j APPEND INBOX (\\Recent) {3+}|abc", "S: j BAD *", "C: k NOOP", "S: k OK *", BYE } },
	{ "urlauth: nobody's messages, another's key",
		{ SELECT, "C: a GENURLAUTH \"imap://alice@x/INBOX/;uid=3/;section=text;urlauth=user+alice\" INTERNAL",
			"S: ? GENURLAUTH \"imap://alice@x/INBOX/;uid=3/;section=text;urlauth=user+alice:INTERNAL:01*\"", "S: a OK *",
			"C: b GENURLAUTH \"imap://bob@x/INBOX/;uid=3;urlauth=user+alice\" INTERNAL", "S: b BAD *",
			"C: c GENURLAUTH \"imap://carla@x/INBOX/;uid=3;urlauth=user+alice\" INTERNAL", "S: c BAD *",
			"C: d URLFETCH imap://alice@x/INBOX/;uid=3;urlauth=user+alice:INTERNAL:0123456789abcdef0123456789abcdef",
			"S: ? URLFETCH imap://* NIL", "S: d OK *",
			"C: e URLFETCH imap://carla@x/INBOX/;uid=3;urlauth=user+alice:INTERNAL:0123456789abcdef0123456789abcdef",
			"S: ? URLFETCH imap://* NIL", "S: e OK *", "C: f RESETKEY INBOX", "S: f OK [URLMECH INTERNAL] *", "C: g RESETKEY",
			"S: ? OK [URLMECH INTERNAL] *", "S: g OK *", BYE } },
	{ "append: several, and what follows is no command's end",
		{ SELECT, "C: a APPEND INBOX {3+}|abc {3+}|def", "S: ? 5 EXISTS", "S: ? 5 RECENT", "S: a OK [APPENDUID * 4:5] *",
			"C: b APPEND INBOX {3+}|abcd {3+}|efg", "S: b BAD *", "C: c APPEND INBOX {3+}|abc\"x", "S: c BAD *",
			"C: d APPEND INBOX {3+}|abc {3}", "S: + *", "C: def ~{3}", "S: + *", "C: g\nh", "S: ? 8 EXISTS", "S: ? 8 RECENT", "S: d OK [APPENDUID * 6:8] *",
			"C: e APPEND nowhere {3+}|abc {3+}|def {3}", "S: e NO [TRYCREATE] *", "C: f STATUS INBOX (MESSAGES)",
			"S: ? STATUS INBOX (MESSAGES 8)", "S: f OK *", BYE } },
	{ "idle",
		{ SELECT, "C: a IDLE", "S: + idling", "2O", "2S: t0 OK *", "2C: b SELECT INBOX", "2S: *", "2S: *", "2S: *", "2S: *",
			"2S: *", "2S: *", "2S: *", "2S: *", "2S: *", "2S: *", "2S: *", "2S: b OK *", "2C: c STORE 1 +FLAGS (\\Flagged)", "2S: ? 1 FETCH *",
			"2S: c OK *", "S: ? 1 FETCH (FLAGS (\\Flagged \\Recent))", "2C: d APPEND INBOX {4+}|a: b", "2S: ? 4 EXISTS",
			"2S: *", "2S: d OK *", "S: ? 4 EXISTS", "S: *", "2C: e STORE 2 +FLAGS.SILENT \\Deleted", "2S: e OK *",
			"S: ? 2 FETCH (FLAGS (\\Deleted \\Seen \\Recent))", "2C: f EXPUNGE", "2S: ? 2 EXPUNGE", "2S: f OK *",
			"S: ? 2 EXPUNGE", "C: done", "S: a OK IDLE completed", "C: g IDLE", "S: + *", "C: NOOP", "S: g BAD *",
			"C: h NOOP", "S: h OK *", BYE } },
	{ "two sessions: a silent change does not swallow the one of somebody else before it",
		{ SELECT, "2O", "2S: t0 OK *", "2C: a SELECT INBOX", "2S: *", "2S: *", "2S: *", "2S: ? 0 RECENT", "2S: *", "2S: *", "2S: *",
			"2S: *", "2S: *", "2S: *", "2S: *", "2S: a OK *", "2C: b STORE 1 +FLAGS.SILENT (\\Draft)", "2S: b OK *", "C: c STORE 1:2 +FLAGS.SILENT (\\Answered)",
			"S: ? 1 FETCH (FLAGS (\\Answered \\Draft \\Recent))", "S: c OK *", BYE } },
	{ "two sessions: expunges are told when they may be",
		{ SELECT, "2O", "2S: t0 OK *", "2C: a SELECT INBOX", "2S: *", "2S: *", "2S: *", "2S: ? 0 RECENT", "2S: *", "2S: *", "2S: *",
			"2S: *", "2S: *", "2S: *", "2S: *", "2S: a OK *", "2C: b STORE 1:2 +FLAGS.SILENT (\\Deleted)", "2S: b OK *", "2C: c EXPUNGE",
			"2S: ? 2 EXPUNGE", "2S: ? 1 EXPUNGE", "2S: c OK *", "C: d FETCH 1:3 (UID BODY.PEEK[HEADER.FIELDS (Subject)])",
			"S: ? 1 FETCH (UID 1 BODY[*", "S: Subject: =*", "S: ", "S: )", "S: ? 2 FETCH (UID 2 *", "S: Subject: two", "S: ",
			"S: )", "S: ? 3 FETCH (UID 3 *", "S: Subject: three", "S: ", "S: )", "S: d OK *", "C: e SEARCH ALL",
			"S: ? SEARCH 3", "S: e OK *", "C: f STORE 1:3 +FLAGS (\\Answered)",
			"S: ? 3 FETCH (FLAGS (\\Answered \\Flagged \\Recent))", "S: f NO [EXPUNGEISSUED] *", "C: g COPY 1:3 Trash",
			"S: ? 2 EXPUNGE", "S: ? 1 EXPUNGE", "S: g NO [EXPUNGEISSUED] *", "C: h FETCH 1 UID", "S: ? 1 FETCH (UID 3)",
			"S: h OK *", "2C: i NOOP", "2S: ? 1 FETCH (FLAGS (\\Answered \\Flagged))", "2S: i OK *", BYE } },
	{ "two sessions: the folder is deleted and made again",
		{ HELLO, "C: a CREATE x", "S: a OK *", "C: b APPEND x {4+}|a: b", "S: b OK *", "C: c SELECT x", "S: *", "S: *",
			"S: ? 1 EXISTS", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: c OK *", "2O", "2S: t0 OK *", "2C: d DELETE x", "2S: d OK *",
			"2C: e CREATE x", "2S: e OK *", "C: f NOOP", "S: ? 1 EXPUNGE", "S: f OK *", "C: g FETCH 1:* UID", "S: g OK *",
			"C: h STATUS x (MESSAGES)", "S: ? STATUS x (MESSAGES 0)", "S: h OK *", "C: i EXPUNGE", "S: i *", "C: j CLOSE",
			"S: j OK *", BYE } },
	{ "pipelining, in order",
		{ SELECT, "C: a NOOP|b FETCH 1 UID|c STORE 1 FLAGS (\\Seen)|d APPEND INBOX {4+}|a: b|e SEARCH SEEN|f LOGOUT",
			"S: a OK *", "S: ? 1 FETCH (UID 1)", "S: b OK *", "S: ? 1 FETCH (FLAGS (\\Seen \\Recent))", "S: c OK *",
			"S: ? 4 EXISTS", "S: ? 4 RECENT", "S: d OK *", "S: ? SEARCH 1 2", "S: e OK *", "S: ? BYE *", "S: f OK *", "X" } },
	{ "literals in commands",
		{ HELLO, "C: a CREATE {3}", "S: + *", "C: lit", "S: a OK *", "C: b RENAME {3}", "S: + *", "C: lit {4}", "S: + *",
			"C: lit2", "S: b OK *", "C: c STATUS {4+}|lit2 (MESSAGES)", "S: ? STATUS lit2 (MESSAGES 0)", "S: c OK *",
			"C: d CREATE {9999999}", "S: d NO [TOOBIG] *", "C: e CREATE {x}", "S: e BAD *", "C: f CREATE {9999999+}",
			"S: f BAD *", "S: ? BYE *", "X" } },
	{ "a quoted string left open, 8-bit in an atom, a bare line end",
		{ HELLO, "C: a CREATE \"x", "S: a BAD *", "C: b CREATE \xff", "S: b BAD *", "C: c NOOP", "S: c OK *",
			"C- d NOOP\n", "S: * BAD *", "S: ? BYE *", "X" } },
};

static void test_dialogues(void)
{
	for (size_t n = 0; n < sizeof(dialogues) / sizeof(dialogues[0]); n++) {
		struct kit k;

		for (int late = 0; late < 2; late++) {
			kit_open(&k, SERVICE_IMAP);
			k.parse_late = late;
			fill(&k);
			kit_play(&k, dialogues[n].name, dialogues[n].lines);
			kit_close(&k);
		}
	}
}

/* ---- the same answers however the octets come ---- */

static const struct str talk = S_INIT(
	"a SELECT INBOX\r\nb FETCH 1:* (UID FLAGS BODY[TEXT]<3.9>)\r\nc CREATE {3}\r\nnew\r\nd LIST \"\" {1+}\r\n*\r\n"
	"e APPEND new (\\Seen) \" 1-Jan-2001 00:00:00 +0000\" {12}\r\na: b\r\n\r\nc\r\r\n\r\nf SEARCH OR TEXT {5}\r\nHello BODY {6+}\r\n"
	"Z\xc3\xbcrich\r\nbogus\r\ng APPEND nowhere {7+}\r\nskipped\r\nh STORE 2 +FLAGS (\\Deleted $x)\r\ni IDLE\r\n"
	"DONE\r\nj CREATE \"open\r\nk UID COPY 1:* new\r\nl EXPUNGE\r\nm STATUS new (MESSAGES UIDNEXT SIZE)\r\nn FETCH 1:2 "
	"(ENVELOPE BODYSTRUCTURE BODY.PEEK[1])\r\no MOVE 1 new\r\np CLOSE\r\nq LOGOUT\r\n");

static void test_cuts(void)
{
	struct str want = STR_NONE;
	unsigned bad = 0;

	for (size_t cut = 0; cut < talk.len; cut++) {
		struct kit k;
		struct str got;

		kit_open(&k, SERVICE_IMAP);
		k.parse_late = cut % 2;
		fill(&k);
		kit_connect(&k.clients[0]);
		got = kit_talk(&k, &k.clients[0], talk, cut);
		if (cut == 0)
			want = str_make(str_dup_c(got), got.len);
		bad += !str_eq(got, want);
		if (!str_eq(got, want))
			printf("# cut at %zu:\n%.*s\n", cut, STR_FMT(got));
		kit_close(&k);
	}
	OK(want.len > 1500 && str_ends(want, S("q OK LOGOUT completed\r\n")), "the whole: %zu octets", want.len);
	IS_NUM(bad, 0);
	mem_free((void *)(uintptr_t)want.at);
}

static void test_unread(void)
{
	unsigned bad = 0;
	struct str want = STR_NONE;

	for (size_t cut = 0; cut <= talk.len; cut += 7) {
		struct kit k;
		struct str got;

		kit_open(&k, SERVICE_IMAP);
		fill(&k);
		kit_connect_with(&k.clients[0], str_sub(talk, 0, cut), k.config);
		kit_send(&k.clients[0], str_skip(talk, cut));
		got = kit_all(&k.clients[0]);
		if (cut == 0)
			want = str_make(str_dup_c(got), got.len);
		bad += !str_eq(got, want);
		kit_close(&k);
	}
	IS_NUM(bad, 0);
	mem_free((void *)(uintptr_t)want.at);
}

/* ---- messages that are gone for good at once ---- */

static void test_not_kept(void)
{
	static const char *const lines[] = { SELECT, "2O", "2S: t0 OK *", "2C: a SELECT INBOX", "2S: *", "2S: *", "2S: *", "2S: *",
		"2S: *", "2S: *", "2S: *", "2S: *", "2S: *", "2S: *", "2S: *", "2S: a OK *", "2C: b STORE 1:2 +FLAGS.SILENT (\\Deleted)", "2S: b OK *",
		"2C: c EXPUNGE", "2S: ? 2 EXPUNGE", "2S: ? 1 EXPUNGE", "2S: c OK *", "C: d FETCH 1:3 BODY.PEEK[TEXT]<0.3>",
		"S: ? 3 FETCH (BODY[TEXT]<0> {3}",
		"S: the)", "S: d NO [EXPUNGEISSUED] *", "C: e NOOP", "S: ? 2 EXPUNGE", "S: ? 1 EXPUNGE", "S: e OK *", BYE, NULL };
	struct kit k;

	kit_open_keeping(&k, SERVICE_IMAP, 0);
	fill(&k);
	kit_play(&k, "expunged by others and not kept", lines);
	kit_close(&k);
}

/* ---- what a session may hold ---- */

static void fill_large(struct kit *k, struct buf *message)
{
	buf_init(message, BUF_NO_CEILING);
	buf_put(message, S("Subject: large\r\nContent-Type: text/plain\r\n\r\n"));
	while (message->len < 3000000)
		buf_put(message, S("some line of text in a message\r\n"));
	kit_append(k, "INBOX", buf_str(message), 0);
}

static void test_large(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf message;
	struct str got;
	size_t at;

	kit_open(&k, SERVICE_IMAP);
	fill_large(&k, &message);
	kit_connect(c);
	kit_send(c, S("a SELECT INBOX\r\nb FETCH 1 BODY.PEEK[]\r\nc SEARCH BODY \"no such line\" NOT BODY \"line of TEXT\"\r\n"
		"d SEARCH BODY \"line of TEXT\"\r\ne LOGOUT\r\n"));
	got = kit_all(c);
	at = str_find_str(got, S("Subject: large"));
	OK(at != STR_NPOS && str_eq(str_sub(got, at, message.len), buf_str(&message)), "every octet");
	OK(str_find_str(got, S("* SEARCH\r\nc OK")) != STR_NPOS, "what is nowhere in it");
	OK(str_find_str(got, S("* SEARCH 1\r\nd OK")) != STR_NPOS, "what is");
	buf_done(&message);
	kit_close(&k);
}

/* ---- text that is cut anywhere ---- */

#define NEEDLES 300u

static void put_needles(struct buf *to)
{
	for (unsigned i = 0; i < NEEDLES; i++) {
		buf_printf(to, "start N\xc3\x84" "DEL %u end", i);
		for (unsigned n = 0; n < 200 + i % 7; n++)
			buf_put(to, S("\xc3\xb6 "));
		buf_put(to, i % 3 ? S("\r\n") : S(""));
	}
}

static void put_base64_lines(struct buf *to, struct str octets)
{
	for (size_t at = 0; at < octets.len; at += 57) {
		base64_put(to, str_sub(octets, at, 57));
		buf_put(to, S("\r\n"));
	}
}

static void put_quoted_lines(struct buf *to, struct str octets)
{
	for (size_t i = 0, column = 0; i < octets.len; i++, column++) {
		unsigned char c = (unsigned char)octets.at[i];

		if (c == '\r' || c == '\n' || c == '\t')
			buf_put_octet(to, (char)c);
		else
			buf_printf(to, "=%02X", c);
		if (c == '\n')
			column = 0;
		if (column == 23) {
			buf_put(to, S("=\r\n"));
			column = 0;
		}
	}
}

static void test_search_in_pieces(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf octets, base64, quoted, plain_text, asked;
	unsigned found = 0;
	struct str rest;

	kit_open(&k, SERVICE_IMAP);
	for (struct buf *b[] = { &octets, &base64, &quoted, &plain_text, &asked }, **at = b; at < b + 5; at++)
		buf_init(*at, BUF_NO_CEILING);
	put_needles(&octets);
	buf_put(&base64, S("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
	put_base64_lines(&base64, buf_str(&octets));
	buf_put(&quoted, S("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"));
	put_quoted_lines(&quoted, buf_str(&octets));
	buf_put(&plain_text, S("Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"));
	buf_put(&plain_text, buf_str(&octets));
	kit_append(&k, "INBOX", buf_str(&base64), 0);
	kit_append(&k, "INBOX", buf_str(&quoted), 0);
	kit_append(&k, "INBOX", buf_str(&plain_text), 0);
	buf_put(&asked, S("a SELECT INBOX\r\n"));
	for (unsigned i = 0; i < NEEDLES; i++)
		buf_printf(&asked, "b SEARCH CHARSET UTF-8 BODY \"n\xc3\xa4" "del %u END\"\r\n", i);
	buf_put(&asked, S("c SEARCH BODY \"del 300 end\"\r\nd LOGOUT\r\n"));
	kit_connect(c);
	kit_send(c, buf_str(&asked));
	rest = kit_all(c);
	for (struct str line; str_cut(&rest, '\n', &line);)
		found += str_eq(line, S("* SEARCH 1 2 3\r"));
	IS_NUM(found, NEEDLES);
	OK(octets.len > 100000, "in %zu octets", octets.len);
	for (struct buf *b[] = { &octets, &base64, &quoted, &plain_text, &asked }, **at = b; at < b + 5; at++)
		buf_done(*at);
	kit_close(&k);
}

static void test_client_that_never_reads(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf message, asked;
	struct str rest;
	size_t before, after;

	kit_open(&k, SERVICE_IMAP);
	fill_large(&k, &message);
	buf_init(&asked, BUF_NO_CEILING);
	buf_put(&asked, S("a SELECT INBOX\r\n"));
	for (int i = 0; i < 100000; i++)
		buf_put(&asked, S("x FETCH 1:* (BODY.PEEK[] ENVELOPE)\r\n"));
	kit_connect(c);
	watch_set(c->watch, 0);
	before = kit_memory();
	rest = buf_str(&asked);
	for (int i = 0; i < 300; i++) {
		ssize_t n = send(c->fd, rest.at, rest.len, MSG_NOSIGNAL);

		rest = str_skip(rest, n > 0 ? (size_t)n : 0);
		kit_rest(&k, 1);
	}
	after = kit_memory();
	OK(rest.len > 0, "the server stopped reading");
	OK(after < before + KIT_MEMORY_SLACK, "grew by %zd octets", (ssize_t)(after - before));
	buf_done(&message);
	buf_done(&asked);
	kit_close(&k);
}

static void test_bad_commands(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	unsigned bad = 0;
	struct str rest;

	kit_open(&k, SERVICE_IMAP);
	kit_connect(c);
	for (unsigned i = 0; i < IMAP_BAD_MAX - 1; i++)
		kit_send(c, S("GET / HTTP/1.1\r\n"));
	kit_send(c, S("a NOOP\r\n"));
	for (unsigned i = 0; i < IMAP_BAD_MAX + 5; i++)
		kit_send(c, S("GET / HTTP/1.1\r\n"));
	rest = kit_all(c);
	OK(str_find_str(rest, S("* BYE ")) != STR_NPOS, "the last word");
	for (struct str line; str_cut(&rest, '\n', &line);)
		bad += str_starts(line, S("GET BAD"));
	IS_NUM(bad, 2 * IMAP_BAD_MAX - 1);
	kit_close(&k);
}

/* ---- limits of reliability-security 4.5 ---- */

static void test_limits(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct buf b;

	kit_open(&k, SERVICE_IMAP);
	fill(&k);
	buf_init(&b, BUF_NO_CEILING);
	buf_put(&b, S("a SELECT INBOX\r\nb SEARCH "));
	for (int i = 0; i < 60000; i++)
		buf_put(&b, S("("));
	buf_put(&b, S("ALL"));
	for (int i = 0; i < 60000; i++)
		buf_put(&b, S(")"));
	buf_put(&b, S("\r\nc FETCH 1"));
	for (int i = 0; i < 20000; i++)
		buf_put(&b, S(",3"));
	buf_put(&b, S(" UID\r\nd SEARCH NOT ALL"));
	for (int i = 0; i < 1001; i++)
		buf_put(&b, S(" SUBJECT {1+}\r\nx"));
	kit_connect(c);
	kit_send(c, buf_str(&b));
	kit_until(&k, kit_is_closed, c);
	OK(str_find_str(buf_str(&c->in), S("b NO [LIMIT]")) != STR_NPOS || str_find_str(buf_str(&c->in), S("b BAD")) != STR_NPOS,
		"depth");
	OK(str_find_str(buf_str(&c->in), S("c NO [LIMIT]")) != STR_NPOS || str_find_str(buf_str(&c->in), S("c BAD")) != STR_NPOS,
		"items of a set");
	OK(str_find_str(buf_str(&c->in), S("* BYE ")) != STR_NPOS, "literals");
	buf_done(&b);
	kit_close(&k);
}

static void test_budget(void)
{
	static const char *const lines[] = { HELLO, "C: a APPEND INBOX {2000}", "S: a NO [UNAVAILABLE] *", "C: b APPEND INBOX {900}",
		"S: + *", "2O", "2S: t0 OK *", "2C: c APPEND INBOX {900}", "2S: c NO [UNAVAILABLE] *", NULL };
	struct kit k;

	kit_open(&k, SERVICE_IMAP);
	k.budget.max = 1000;
	kit_play(&k, "messages on their way are counted", lines);
	IS_NUM(k.budget.held, 900);
	kit_drop(&k.clients[0]);
	for (int i = 0; i < 10000 && k.budget.held > 0; i++)
		kit_rest(&k, 1);
	IS_NUM(k.budget.held, 0);
	kit_close(&k);
}

static void test_quota(void)
{
	static const char *const lines[] = { HELLO, "C: a APPEND INBOX {400}", "S: a NO [OVERQUOTA] *", "C: b APPEND INBOX {10}",
		"S: + *", "C: Subject: x", "S: b OK *", "C: c APPEND INBOX {12+}|Subject: x|", "S: c OK *", BYE, NULL };
	struct mailbox_limits limits = { .receive_octets = 300 };
	struct kit k;

	kit_open(&k, SERVICE_IMAP);
	mailbox_limits_set(k.mailbox, &limits);
	kit_play(&k, "quota is judged before the octets", lines);
	kit_close(&k);
}

/* The parser dies, or the client does while the parser works. */
static void test_parser(void)
{
	static const char *const opaque[] = { HELLO, "C: a APPEND INBOX {34+}|Subject: kept||all the same...|", "S: a OK *", "C: b SELECT INBOX",
		"S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: b OK *", "C: c FETCH 1 (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Subject)])",
		"S: ? 1 FETCH (RFC822.SIZE 34 BODY[HEADER.FIELDS (Subject)] {17}", "S: Subject: kept", "S: ", "S: )", "S: c OK *",
		"C: d SEARCH SUBJECT KEPT BODY same", "S: ? SEARCH 1", "S: d OK *", BYE, NULL };
	struct kit k;

	kit_open(&k, SERVICE_IMAP);
	k.parse_fails = true;
	kit_play(&k, "kept without a record", opaque);
	kit_close(&k);

	kit_open(&k, SERVICE_IMAP);
	kit_connect(&k.clients[0]);
	k.parse_late = true;
	kit_send(&k.clients[0], S("a APPEND INBOX {4+}\r\na: b\r\n"));
	kit_rest(&k, 0);
	session_kick(k.clients[0].session);
	k.clients[0].session = NULL;
	kit_rest(&k, 20);
	OK(kit_messages(&k, "INBOX") <= 1, "the session went while the parser was at work");
	kit_close(&k);
}

static void test_stop(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	kit_open(&k, SERVICE_IMAP);
	fill(&k);
	kit_connect(c);
	kit_send(c, S("a SELECT INBOX\r\nb STORE 1:* +FLAGS.SILENT (\\Deleted)\r\nc IDLE\r\n"));
	for (int i = 0; i < 10000 && !str_ends(buf_str(&c->in), S("+ idling\r\n")); i++)
		kit_rest(&k, 1);
	session_stop(c->session, ERR_ACCOUNTOFF);
	OK(str_ends(kit_all(c), S("b OK STORE completed\r\n+ idling\r\n* BYE this account is disabled\r\n")), "told");
	IS_NUM(c->why, ERR_ACCOUNTOFF);
	kit_close(&k);
}

int main(void)
{
	test_dialogues();
	test_not_kept();
	test_cuts();
	test_unread();
	test_large();
	test_search_in_pieces();
	test_client_that_never_reads();
	test_bad_commands();
	test_limits();
	test_budget();
	test_quota();
	test_parser();
	test_stop();
	return tap_done();
}
