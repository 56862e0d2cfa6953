/*
 * QRESYNC where the change log does not reach back to where the client was (RFC 7162 section 3.2.5.2): everything that is not
 * there is told to be gone, but for what the client's message numbers prove.
 */
#include "session_kit.h"
#include "store/box.h"
#include "store/imap_sync.h"

static const struct str message = S_INIT("Subject: x\r\n\r\nx\r\n");

/* Ten messages, of which 2, 5 and 6 are expunged; then 1 is changed. */
static void fill(struct kit *k, uint64_t *ret_before, uint32_t *ret_uidvalidity)
{
	static const char *const change[] = { "O", "S: t0 OK *", "C: a SELECT INBOX", "S: ? FLAGS*", "S: *", "S: ? 7 EXISTS",
		"S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: a OK *", "C: b STORE 1 +FLAGS.SILENT (\\Seen)", "S: b OK *",
		"C: c LOGOUT", "S: ? BYE *", "S: c OK *", "X", NULL };
	struct folder_info info;

	kit_open(k, SERVICE_IMAP);
	for (unsigned n = 0; n < 10; n++)
		kit_append(k, "INBOX", message, 0);
	must(folder_find(k->mailbox, S("INBOX"), &info) == ERR_OK);
	*ret_before = info.modseq;
	*ret_uidvalidity = info.uidvalidity;
	kit_expunge(k, "INBOX", 2);
	kit_expunge(k, "INBOX", 5);
	kit_expunge(k, "INBOX", 6);
	kit_play(k, "changes", change);
}

struct row {
	const char *what;
	bool log;            /* it reaches back */
	const char *more;    /* behind the modseq */
	const char *vanished; /* NULL: none */
	bool fetched;
};

static const struct row rows[] = {
	{ "from the log", true, "", "2,5:6", true },
	{ "from the log, of known uids", true, " 1:4", "2", true },
	{ "from the log, of known uids without a change", true, " 3:4", NULL, false },
	{ "all that is not there", false, "", "2,5:6", true },
	{ "of known uids", false, " 1:5", "2,5", true },
	{ "of known uids beyond the last", false, " 5:4294967295", "5:6", false },
	{ "numbers that hold", false, " 1:10 (1:3 1,3,4)", "5:6", true },
	{ "numbers that hold to the end", false, " (1:7 1,3:4,7:10)", NULL, true },
	{ "numbers that hold no more", false, " (2:3 2:3)", "2,5:6", true },
	{ "numbers of messages that are none", false, " (1,100 1,100)", "2,5:6", true },
	{ "many numbers", false, " (1:4294967295 1:4294967295)", "2,5:6", true },
};

static void play(struct kit *k, const struct row *row, uint64_t since, uint32_t uidvalidity)
{
	char select[200], vanished[200];
	const char *lines[29] = { "O", "S: t0 OK *", "C: a ENABLE QRESYNC", "S: ? ENABLED QRESYNC", "S: a OK *", select,
		"S: ? FLAGS*", "S: *", "S: ? 7 EXISTS", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: *", "S: ? OK [HIGHESTMODSEQ *" };
	size_t n = 17;

	snprintf(select, sizeof(select), "C: b SELECT INBOX (QRESYNC (%u %llu%s))", uidvalidity,
		(unsigned long long)since, row->more);
	if (row->vanished != NULL) {
		snprintf(vanished, sizeof(vanished), "S: ? VANISHED (EARLIER) %s", row->vanished);
		lines[n++] = vanished;
	}
	if (row->fetched)
		lines[n++] = "S: ? 1 FETCH (UID 1 FLAGS (\\Seen*) MODSEQ (*))";
	lines[n++] = "S: b OK *";
	lines[n++] = "C: c LOGOUT";
	lines[n++] = "S: ? BYE *";
	lines[n++] = "S: c OK *";
	lines[n++] = "X";
	lines[n] = NULL;
	kit_play(k, row->what, lines);
}

int main(void)
{
	uint64_t since;
	uint32_t uidvalidity;
	struct kit k;

	fill(&k, &since, &uidvalidity);
	for (size_t n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		k.mailbox->row.changes_floor = rows[n].log ? 0 : since + 1;
		play(&k, &rows[n], since, uidvalidity);
	}
	kit_close(&k);
	return tap_done();
}
