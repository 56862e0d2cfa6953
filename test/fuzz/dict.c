/*
 * Prints a libFuzzer dictionary made from the tables that a target reads by: fuzz_dict TARGET.
 * Nothing for a target whose input knows no words. tools/fuzz adds the words of tables that stand
 * inside a file of src/wire.
 */
#include <stdio.h>

#include "sasl/sasl.h"
#include "wire/imap.h"
#include "wire/imap_capability.h"
#include "wire/nntp.h"
#include "wire/pop3.h"
#include "wire/smtp.h"

static const char *const smtp_words[] = { "FROM:<", "TO:<", " SIZE=", " BODY=8BITMIME", " SMTPUTF8",
	" AUTH=<>", " RET=FULL", " ENVID=", " NOTIFY=NEVER", " ORCPT=rfc822;", "+0D+0A", " LAST",
	"@[127.0.0.1]>", "@[IPv6:::1]>", "<postmaster>", "\\x0d\\x0a.\\x0d\\x0a", "\\x0d\\x0a",
	"\\x0a.\\x0a", "\\x0d.\\x0d", NULL };
static const char *const pop3_words[] = { " 1", " 1 0", " PLAIN =", "\\x0d\\x0a",
	"\\x0d\\x0a.\\x0d\\x0a", NULL };
static const char *const nntp_words[] = { " misc.test", " <a@b>", " 1-", " 1-9", " PLAIN =", " *,!a.*", " Subject", " :bytes",
	" 20240229 235959 GMT", "\\x0d\\x0a", "\\x0d\\x0a.\\x0d\\x0a", NULL };
static const char *const imap_words[] = { "UID ", "{3}\\x0d\\x0a", "{3+}\\x0d\\x0a", "NIL",
	"(\\\\Seen)", "+FLAGS.SILENT", "BODY.PEEK[", "HEADER.FIELDS (", "<0.1>", "RFC822",
	"ENVELOPE", "BODYSTRUCTURE", "NOT ", "OR ", "ALL", "CHARSET ", "HEADER ",
	"SINCE 1-Jan-2000", "1:*", "$", "RETURN (", "PARTIAL -1:-9", "FUZZY ", "(DATE) UTF-8 ",
	"REFERENCES UTF-8 ", "\\\"", "\\x0d\\x0a", "&AOk-", "INBOX", "(MESSAGES)",
	" (CONDSTORE)", " (QRESYNC (1 1 1:3 (1 1)))", " (CHANGEDSINCE 1 VANISHED)", " (PARTIAL -1:-2)",
	" (UNCHANGEDSINCE 1)", "MODSEQ \\\"/flags/x\\\" all 1", "HIGHESTMODSEQ", "ENABLE QRESYNC",
	"BINARY.PEEK[", "BINARY.SIZE[1]", "PREVIEW (LAZY)", "EMAILID", "THREADID", "SAVEDATE",
	"ENABLE IMAP4rev2 UTF8=ACCEPT", "\\xc3\\xa4", "STATUS (", "METADATA (", "(USE (\\\\Sent))",
	"/shared/vendor/a/b", "/private/comment", "(DEPTH infinity)", "(MAXSIZE 9)", "~{3}\\x0d\\x0a",
	"(STORAGE 512 MESSAGE 9)", "anyone lrswipkxtean", "ANNOTATION (", "(/comment (value.priv", "value.shared NIL", "(size)",
	"/1/flags/seen", "/vendor/%/*", "(ANNOTATE)", "-delegates +cd", NULL };

static const char *const mail_words[] = { "multipart/mixed; boundary=", "multipart/alternative",
	"message/rfc822", "text/plain; charset=", "base64", "quoted-printable",
	"filename*0*=UTF-8''", "=?UTF-8?Q?", "=?UTF-8?B?", "?=", "--b", "--b--", "\\x0d\\x0a",
	"\\x0d\\x0a ", "\\x0d\\x0a\\x0d\\x0a", "<a@b>", "g:;", "(c)", NULL };
static const char *const preview_words[] = { "<br>", "<blockquote>", "</blockquote>", "<style>", "</style>",
	"<script>", "<!--", "-->", "<!", "<a href='", "&amp;", "&nbsp;", "&#228;", "&#x", "> ", "\\x0a", "\\xc2\\xa0",
	"\\xe2\\x80\\x8b", "\\xe2\\x80\\x8d", NULL };
static const char *const option_words[] = { "on", "off", " = ", ";", "[", "]", "\\\"", "#", "30s",
	"14d", "256M", NULL };

#define OPTION(section, key, type, standard, min, max, unit, reload, field, budget, text)          \
#section "." #key,
static const char *const options[] = {
#include "config/options.tbl"
	NULL
};
#undef OPTION
#define FIELD(id, name) name ":",
static const char *const fields[] = {
#include "mail/record_field.tbl"
	NULL
};
#undef FIELD
#define CHARSET(name, from, to) name,
static const char *const charsets[] = {
#include "mail/charset.tbl"
	NULL
};
#undef CHARSET

#define CONVERSION(source, target, what) "\\\"" source "\\\"",
static const char *const types[] = {
#include "mail/conversion.tbl"
	NULL
};
#undef CONVERSION
static const char *const convert_words[] = { "CONVERT 1 (NIL) ", "CONVERSIONS \\\"*\\\" \\\"*\\\"", "BODYPARTSTRUCTURE[1]",
	"AVAILABLECONVERSIONS[1]", "BINARY[1]<1.9>", "BODY[1.MIME]", "(\\\"charset\\\" \\\"us-ascii\\\" \\\"unknown-character-replacement\\\" \\\"?\\\")",
	NULL };

static void print_words(const char *const *words)
{
	for (; *words != NULL; words++)
		printf("\"%s\"\n", *words);
}

static void print_smtp(void)
{
	for (int i = 0; i < SMTP_VERB_COUNT; i++)
		printf("\"%s\"\n", smtp_row((enum smtp_verb)i)->verb);
	print_words(smtp_words);
}

static void print_pop3(void)
{
	for (int i = 0; i < POP3_VERB_COUNT; i++)
		printf("\"%s\"\n", pop3_row((enum pop3_verb)i)->verb);
	print_words(pop3_words);
}

static void print_nntp(void)
{
	for (int i = 0; i < NNTP_VERB_COUNT; i++) {
		const struct nntp_row *row = nntp_row((enum nntp_verb)i);

		printf("\"%s%s%s\"\n", row->verb, row->variant[0] != '\0' ? " " : "", row->variant);
	}
	print_words(nntp_words);
}

static void print_imap(void)
{
	for (int i = 0; i < IMAP_VERB_COUNT; i++)
		printf("\"%s\"\n", imap_row((enum imap_verb)i)->verb);
	for (int i = 0; i < IMAP_CAP_COUNT; i++)
		printf("\"%s\"\n", imap_cap_row((enum imap_cap)i)->name);
	print_words(imap_words);
	print_words(types);
	print_words(charsets);
	print_words(convert_words);
}

static void print_sasl(void)
{
	for (const struct sasl_mechanism *m = sasl_mechanisms(); m->name != NULL; m++)
		printf("\"%s\"\n", m->name);
}

static const char *const ntlm_words[] = { "NTLMSSP\\x00\\x01\\x00\\x00\\x00", "NTLMSSP\\x00\\x03\\x00\\x00\\x00",
	"\\x07\\x82\\x08\\xa2", "\\x18\\x00\\x18\\x00\\x58\\x00\\x00\\x00", "\\xff\\xff\\xff\\xff",
	"\\x06\\x00\\x04\\x00\\x02\\x00\\x00\\x00", "\\x07\\x00\\x08\\x00", "\\x09\\x00", "\\x0a\\x00\\x10\\x00",
	"\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00", "i\\x00m\\x00a\\x00p\\x00/\\x00", "\\x3d\\xd8", NULL };

static void print_ntlm(void)
{
	print_words(ntlm_words);
}

static void print_options(void)
{
	print_words(options);
	print_words(option_words);
}

static void print_mail(void)
{
	print_words(fields);
	print_words(charsets);
	print_words(mail_words);
}

static void print_preview(void)
{
	print_words(preview_words);
}

/* What a client may say before its logon, on any port; 0xfe parts the pieces. */
static void print_session(void)
{
	print_smtp();
	print_pop3();
	print_nntp();
	print_imap();
	print_sasl();
	printf("\"\\xfe\"\n");
}

static const struct {
	const char *target;
	void (*print)(void);
} rows[] = {
	{ "smtp", print_smtp },
	{ "pop3", print_pop3 },
	{ "nntp", print_nntp },
	{ "imap", print_imap },
	{ "imapsearch", print_imap },
	{ "session", print_session },
	{ "session_imap", print_imap },
	{ "session_pop3", print_pop3 },
	{ "session_nntp", print_nntp },
	{ "nntpdraft", print_mail },
	{ "sasl", print_sasl },
	{ "ntlm", print_ntlm },
	{ "config", print_options },
	{ "header", print_mail },
	{ "mime", print_mail },
	{ "address", print_mail },
	{ "preview", print_preview },
	{ "recode", print_mail },
};

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: fuzz_dict TARGET\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(argv[1], rows[i].target) == 0)
			rows[i].print();
	}
	return 0;
}
