/* Prints a libFuzzer dictionary made from a protocol's table: fuzz_dict smtp|pop3|imap. */
#include <stdio.h>

#include "wire/imap.h"
#include "wire/pop3.h"
#include "wire/smtp.h"

static const char *const smtp_words[] = { "FROM:<", "TO:<", " SIZE=", " BODY=8BITMIME", " SMTPUTF8",
	" AUTH=<>", " RET=FULL", " ENVID=", " NOTIFY=NEVER", " ORCPT=rfc822;", "+0D+0A", " LAST",
	"@[127.0.0.1]>", "@[IPv6:::1]>", "<postmaster>", "\\x0d\\x0a.\\x0d\\x0a", "\\x0d\\x0a",
	"\\x0a.\\x0a", "\\x0d.\\x0d", NULL };
static const char *const pop3_words[] = { " 1", " 1 0", " PLAIN =", "\\x0d\\x0a",
	"\\x0d\\x0a.\\x0d\\x0a", NULL };
static const char *const imap_words[] = { "UID ", "{3}\\x0d\\x0a", "{3+}\\x0d\\x0a", "NIL",
	"(\\\\Seen)", "+FLAGS.SILENT", "BODY.PEEK[", "HEADER.FIELDS (", "<0.1>", "RFC822",
	"ENVELOPE", "BODYSTRUCTURE", "NOT ", "OR ", "ALL", "CHARSET ", "HEADER ",
	"SINCE 1-Jan-2000", "1:*", "\\\"", "\\x0d\\x0a", "&AOk-", "INBOX", "(MESSAGES)", NULL };

static void print_words(const char *const *words)
{
	for (; *words != NULL; words++)
		printf("\"%s\"\n", *words);
}

int main(int argc, char **argv)
{
	const char *protocol = argc > 1 ? argv[1] : "";

	if (strcmp(protocol, "smtp") == 0) {
		for (int i = 0; i < SMTP_VERB_COUNT; i++)
			printf("\"%s\"\n", smtp_row((enum smtp_verb)i)->verb);
		print_words(smtp_words);
	} else if (strcmp(protocol, "pop3") == 0) {
		for (int i = 0; i < POP3_VERB_COUNT; i++)
			printf("\"%s\"\n", pop3_row((enum pop3_verb)i)->verb);
		print_words(pop3_words);
	} else if (strcmp(protocol, "imap") == 0) {
		for (int i = 0; i < IMAP_VERB_COUNT; i++)
			printf("\"%s\"\n", imap_row((enum imap_verb)i)->verb);
		print_words(imap_words);
	} else {
		fputs("usage: fuzz_dict smtp|pop3|imap\n", stderr);
		return 2;
	}
	return 0;
}
