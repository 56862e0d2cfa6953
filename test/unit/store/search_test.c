#include "session_kit.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/code.h"
#include "mail/transfer.h"

#define FOLDER "search-test"
#define ROUNDS 50u

static uint64_t state = 7;

static uint32_t draw(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static const char *const words[] = { "alpha", "Beta", "GAMMA", "delta-5", "Grüße", "STRASSE", "straße", "İstanbul",
	"e\xcc\x81t\xc3\xa9", "naïve", "日本語", "テスト", "\xf0\x9f\x93\xa7", "Ünïcödé", "\xc9\xd4\xbf", "x", "yz",
	"100%", "a*b", "(see)", "[Tag]", "quixotic", "\xe2\x84\xaa", "ΣΊΣΥΦΟΣ" };

#define WORD words[draw(sizeof(words) / sizeof(*words))]

static void put_words(struct buf *to, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		buf_put_c(to, WORD);
		buf_put_c(to, draw(9) ? " " : draw(2) ? "\r\n" : "");
	}
}

static void put_encoded(struct buf *to, struct str octets)
{
	for (size_t at = 0; at < octets.len; at += 57) {
		base64_put(to, str_sub(octets, at, 57));
		buf_put(to, S("\r\n"));
	}
}

static void put_part(struct buf *to)
{
	static const char *const charsets[] = { "utf-8", "us-ascii", "iso-8859-15", "gb2312", "x-unknown", "utf-16" };
	struct buf text;

	buf_init(&text, BUF_NO_CEILING);
	put_words(&text, draw(30));
	if (draw(8) == 0)
		buf_put(&text, S("nul\0here \xff\xfe bad"));
	buf_printf(to, "Content-Type: %s; charset=%s\r\n", draw(6) ? "text/plain" : draw(2) ? "text/html" : "image/png",
		charsets[draw(3) ? 0 : draw(6)]);
	if (draw(3) == 0) {
		buf_put(to, S("Content-Transfer-Encoding: base64\r\n\r\n"));
		put_encoded(to, buf_str(&text));
	} else {
		buf_printf(to, "Content-Transfer-Encoding: %s\r\n\r\n", draw(3) ? "8bit" : "quoted-printable");
		buf_put(to, buf_str(&text));
	}
	buf_put(to, S("\r\n"));
	buf_done(&text);
}

static void put_message(struct buf *to, unsigned n, unsigned depth)
{
	buf_printf(to, "Subject: %s =?utf-8?Q?Gr=C3=BC%u?= ", WORD, n);
	put_words(to, 0);
	buf_printf(to, "\r\nX-Number: number%u %s\r\nFrom: %s <anna@example.org>\r\n", n, WORD, WORD);
	/* Addresses are compared in another form than they stand in. */
	buf_printf(to, "To: \"=?utf-8?B?R3LDvMOfZQ==?= a\\b %s\" (note) <num . ber%u @ example . org>,\r\n g: x@y (%s);\r\n",
		WORD, n, WORD);
	buf_printf(to, "Cc: =?utf-8?Q?al?= =?utf-8?Q?pha?= <\"be\\ta\"@gamma.example>\r\n");
	if (draw(3)) {
		put_part(to);
		return;
	}
	buf_printf(to, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b%u\r\n\r\n", depth);
	for (unsigned i = draw(3); i < 3; i++) {
		buf_printf(to, "--b%u\r\n", depth);
		if (depth < 2 && draw(3) == 0) {
			buf_put(to, S("Content-Type: message/rfc822\r\n\r\n"));
			put_message(to, n, depth + 1);
		} else {
			put_part(to);
		}
	}
	buf_printf(to, "--b%u--\r\n", depth);
}

static void append_opaque(struct kit *k, struct str octets)
{
	struct append_request request = { .folder = kit_folder(k, "INBOX"), .date = 1000000000, .octets = octets };
	struct buf record;

	buf_init(&record, RECORD_OCTETS_MAX);
	must(record_make_opaque(octets.len, &record) == ERR_OK);
	request.record = buf_str(&record);
	k->done = false;
	mailbox_append(k->mailbox, &request, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
	buf_done(&record);
}

static void fill(struct kit *k, unsigned from, unsigned count)
{
	struct buf m;

	buf_init(&m, BUF_NO_CEILING);
	for (unsigned n = from; n < from + count; n++) {
		buf_clear(&m);
		put_message(&m, n, 0);
		if (draw(40) == 0)
			append_opaque(k, buf_str(&m));
		else
			kit_append(k, "INBOX", buf_str(&m), 0);
	}
	buf_done(&m);
}

/* ---- the index ---- */

static uint64_t old_ms;

static void start(struct kit *k)
{
	struct search_options options = { .loop = k->loop,
		.store = k->store,
		.folder = FOLDER,
		.on = true,
		.share_percent = 100,
		.old_ms = old_ms };

	must(search_new(&options, &k->search) == ERR_OK);
}

static bool is_idle(void *arg)
{
	struct kit *k = arg;

	return search_idle(k->search);
}

static void finish(struct kit *k)
{
	search_stop(k->search);
	for (int i = 0; i < 5000 && !is_idle(k); i++)
		kit_rest(k, 1);
	search_free(k->search);
	k->search = NULL;
}

static struct search_figures figures(struct kit *k)
{
	struct search_figures *rows, ret = { 0 };
	size_t n = search_figures(k->search, &rows);

	for (size_t i = 0; i < n; i++) {
		if (rows[i].mailbox == 1)
			ret = rows[i];
	}
	mem_free(rows);
	return ret;
}

/* Until there is nothing left to be added; false: it never came to that. */
static bool wait_for(struct kit *k, uint64_t waiting_max)
{
	for (int i = 0; i < 20000; i++) {
		struct search_figures f = figures(k);

		if (f.texts > 0 && f.waiting <= waiting_max && !f.working)
			return true;
		kit_rest(k, 1);
	}
	return false;
}

static bool wait_for_rebuild(struct kit *k)
{
	uint64_t done, total;
	bool failed = true;

	for (int i = 0; i < 20000 && search_rebuilding(k->search, 0, &done, &total, &failed); i++)
		kit_rest(k, 1);
	return !failed && done > 0 && done == total;
}

/* ---- with it and without it ---- */

static void put_key(struct buf *to)
{
	static const char *const kinds[] = { "TEXT", "BODY", "HEADER SUBJECT", "HEADER X-Number", "HEADER From", "SUBJECT", "FROM", "TO", "CC" };
	struct buf key;
	struct str s;

	buf_init(&key, BUF_NO_CEILING);
	put_words(&key, 1 + draw(3));
	if (draw(4) == 0)
		buf_printf(&key, "number%u", draw(700));
	s = buf_str(&key);
	if (draw(2)) /* somewhere in it; not in the middle of a character */
		for (size_t cut = draw((uint32_t)s.len); cut > 0 && s.len > 1; cut--)
			s = str_skip(s, 1);
	while (s.len > 0 && ((unsigned char)s.at[0] & 0xc0) == 0x80)
		s = str_skip(s, 1);
	buf_printf(to, "%s%s \"", draw(5) ? "" : "NOT ", kinds[draw(9)]);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c != '\r' && c != '\n' && c != 0xc9 && c != 0xd4 && c != 0xbf)
			buf_put_octet(to, (char)c);
	}
	buf_put(to, S("\""));
	buf_done(&key);
}

static void put_questions(struct buf *to, unsigned rounds)
{
	buf_put(to, S("a SELECT INBOX\r\n"));
	for (unsigned i = 0; i < rounds; i++) {
		buf_printf(to, "b SEARCH CHARSET UTF-8 %s", draw(6) ? "" : "OR ");
		put_key(to);
		buf_put(to, S(" "));
		put_key(to);
		buf_put(to, S("\r\n"));
	}
	for (unsigned i = 0; i < 20; i++)
		buf_printf(to, "c UID SEARCH TEXT number%u BODY x\r\nd SEARCH TEXT \"GR\xc3\x9c%u\"\r\n", draw(700), draw(700));
	buf_put(to, S("z LOGOUT\r\n"));
}

/* The answers from "b" on: what was selected says which session was first. */
static struct str ask(struct kit *k, struct kit_client *c, struct str questions)
{
	struct str all;
	size_t at;

	if (c->fd >= 0)
		kit_drop(c);
	kit_connect(c);
	kit_send(c, questions);
	all = arena_str(&k->arena, kit_all(c));
	at = str_find_str(all, S("* SEARCH"));
	return at == STR_NPOS ? STR_NONE : str_skip(all, at);
}

static void compare(struct kit *k, const char *what)
{
	struct buf questions;
	struct str with, without;
	unsigned hits = 0;

	buf_init(&questions, BUF_NO_CEILING);
	put_questions(&questions, ROUNDS);
	k->clients[1].unindexed = true;
	with = ask(k, &k->clients[0], buf_str(&questions));
	without = ask(k, &k->clients[1], buf_str(&questions));
	OK(with.len > 0 && str_eq(with, without), "%s: the same answers with the index and without", what);
	for (struct str rest = without, line; str_cut(&rest, '\n', &line);)
		hits += str_starts(line, S("* SEARCH ")) && line.len > 10;
	OK(hits > ROUNDS / 5, "%s: %u searches found something", what, hits);
	if (!str_eq(with, without)) {
		for (struct str q = buf_str(&questions), a = with, b = without, x, y, z; str_cut(&a, '\n', &x) && str_cut(&b, '\n', &y);)
			if (!str_eq(x, y) && printf("# %.*s\n# %.*s\n", STR_FMT(x), STR_FMT(y)) && str_cut(&q, '\n', &z))
				break;
	}
	buf_done(&questions);
}

static void expunge_some(struct kit *k, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		kit_expunge(k, "INBOX", 1 + i * 3);
}

static void test_life(void)
{
	struct kit k;
	uint64_t texts;

	kit_open(&k, SERVICE_IMAP);
	start(&k);
	fill(&k, 0, 200);
	compare(&k, "a small mailbox");
	IS_NUM(figures(&k).texts, 0);
	fill(&k, 200, 300);
	compare(&k, "while it is made");
	OK(wait_for(&k, SEARCH_TAIL - 1), "the index is made");
	compare(&k, "when it is made");
	fill(&k, 500, 100);
	compare(&k, "with a tail");
	expunge_some(&k, 60);
	compare(&k, "messages are gone");
	fill(&k, 600, 200);
	OK(wait_for(&k, SEARCH_TAIL - 1), "it follows");
	compare(&k, "after it followed");
	texts = figures(&k).texts;
	OK(texts > 500, "%u texts", (unsigned)texts);
	finish(&k);

	start(&k);
	compare(&k, "opened again");
	IS_NUM(figures(&k).texts, texts);
	search_set(k.search, false, 5);
	compare(&k, "switched off");
	IS_NUM(search_rebuild(k.search, 1), ERR_UNAVAILABLE);
	search_set(k.search, true, 100);
	IS_NUM(search_rebuild(k.search, 1), ERR_OK);
	compare(&k, "being made anew");
	OK(wait_for(&k, 0), "made anew to the last message");
	compare(&k, "made anew");
	IS_NUM(search_rebuild(k.search, 2), ERR_NOBOX);
	IS_NUM(search_rebuild(k.search, 0), ERR_OK);
	OK(wait_for_rebuild(&k), "every mailbox made anew");
	IS_NUM(figures(&k).waiting, 0);
	finish(&k);
	kit_close(&k);
}

/* The files belong to another history of the store, as after a restore: they are not believed. */
static void test_stale(void)
{
	struct kit k;

	OK(access(FOLDER "/1", F_OK) == 0, "the last test's index is still there");
	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 900);
	start(&k);
	compare(&k, "another history, longer");
	OK(wait_for(&k, SEARCH_TAIL - 1), "the index is made anew");
	compare(&k, "another history, indexed");
	finish(&k);
	kit_close(&k);

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 1000, 300);
	start(&k);
	compare(&k, "another history, shorter");
	finish(&k);
	kit_close(&k);
}

static void damage(off_t at, size_t octets)
{
	int fd = open(FOLDER "/1", O_RDWR);
	char c;

	must(fd >= 0);
	for (size_t i = 0; i < octets; i++) {
		must(pread(fd, &c, 1, at + (off_t)i) == 1);
		c = (char)(c ^ 0x5a);
		must(pwrite(fd, &c, 1, at + (off_t)i) == 1);
	}
	close(fd);
}

static void test_damage(void)
{
	struct kit k;
	struct stat st;

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 600);
	for (unsigned i = 0; i < 2; i++) {
		start(&k);
		IS_NUM(search_rebuild(k.search, 1), ERR_OK);
		OK(wait_for(&k, 0), "an index is there");
		finish(&k);
		must(stat(FOLDER "/1", &st) == 0 && st.st_size > 100000);
		/* An octet of each page but the first ones: most are posting lists. */
		for (off_t at = i < 1 ? 4096 : 10; at < st.st_size; at += i < 1 ? 4096 : st.st_size)
			damage(at + 2000 * (i < 1), 1);
		start(&k);
		compare(&k, "a damaged index");
		finish(&k);
	}
	kit_close(&k);
}

static void test_removed(void)
{
	struct kit k;

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 20);
	start(&k);
	IS_NUM(search_rebuild(k.search, 1), ERR_OK);
	OK(wait_for(&k, 0), "an index of twenty messages");
	IS_NUM(figures(&k).texts, 20);
	OK(figures(&k).octets > 4096, "its files have %u octets", (unsigned)figures(&k).octets);
	search_removed(k.search, 1);
	for (int i = 0; i < 5000 && access(FOLDER "/1", F_OK) == 0; i++)
		kit_rest(&k, 1);
	OK(access(FOLDER "/1", F_OK) != 0 && access(FOLDER "/1-wal", F_OK) != 0, "its files are gone");
	finish(&k);
	must(close(open(FOLDER "/77", O_CREAT | O_WRONLY, 0600)) == 0);
	start(&k);
	for (int i = 0; i < 5000 && access(FOLDER "/77", F_OK) == 0; i++)
		kit_rest(&k, 1);
	OK(access(FOLDER "/77", F_OK) != 0, "so are those of a mailbox that is not there");
	finish(&k);
	kit_close(&k);
}

/* More than half of the texts are of messages that are gone for good. */
static void test_garbage(void)
{
	struct kit k;
	struct expunge_request all = { .all = true, .for_good = true };

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 600);
	start(&k);
	IS_NUM(search_rebuild(k.search, 1), ERR_OK);
	OK(wait_for(&k, 0), "an index is there");
	all.folder = kit_folder(&k, "INBOX");
	k.done = false;
	mailbox_expunge(k.mailbox, &all, kit_on_done, &k);
	must(kit_until(&k, kit_is_done, &k) && k.done_err == ERR_OK);
	fill(&k, 600, 260);
	for (int i = 0; i < 20000 && figures(&k).texts != 260; i++)
		kit_rest(&k, 1);
	IS_NUM(figures(&k).texts, 260);
	compare(&k, "garbage is gone");
	finish(&k);
	kit_close(&k);
}

/* In an index that is old, a tenth is enough. */
static void test_old_garbage(void)
{
	struct kit k;
	uint32_t uids[120];
	struct expunge_request some = { .for_good = true, .list = { uids, 120 } };

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 600);
	start(&k);
	IS_NUM(search_rebuild(k.search, 1), ERR_OK);
	OK(wait_for(&k, 0), "an index is there");
	for (unsigned n = 0; n < 120; n++)
		uids[n] = n + 1;
	some.folder = kit_folder(&k, "INBOX");
	k.done = false;
	mailbox_expunge(k.mailbox, &some, kit_on_done, &k);
	must(kit_until(&k, kit_is_done, &k) && k.done_err == ERR_OK);
	compare(&k, "a fifth is garbage"); /* whoever asks has it looked at */
	for (int i = 0; i < 20000 && figures(&k).texts != 480; i++)
		kit_rest(&k, 1);
	IS_NUM(figures(&k).texts, 480);
	compare(&k, "a fifth was garbage");
	finish(&k);
	kit_close(&k);
}

static void put_attempt(unsigned deaths)
{
	FILE *file = fopen(FOLDER "/attempt", "w");

	must(file != NULL);
	fprintf(file, "x/1 %u\n", deaths);
	fclose(file);
}

/* After a message on which process after process has died, nobody tries it again unasked. */
static void test_deaths(void)
{
	struct kit k;

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 300);
	put_attempt(3);
	start(&k);
	OK(wait_for(&k, SEARCH_TAIL - 1), "the fifth process tries");
	OK(access(FOLDER "/attempt", F_OK) != 0, "and says that it went well");
	finish(&k);
	finder_remove(FOLDER "/1");
	put_attempt(4);
	start(&k);
	compare(&k, "given up");
	kit_rest(&k, 300);
	IS_NUM(figures(&k).texts, 0);
	IS_NUM(search_rebuild(k.search, 1), ERR_OK);
	OK(wait_for(&k, 0), "an administrator asks for it");
	finish(&k);
	kit_close(&k);
}

/* A client that goes while the thread looks its words up. */
static void test_gone(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];

	kit_open(&k, SERVICE_IMAP);
	fill(&k, 0, 300);
	start(&k);
	IS_NUM(search_rebuild(k.search, 1), ERR_OK);
	OK(wait_for(&k, 0), "an index is there");
	for (unsigned i = 0; i < 20; i++) {
		kit_connect(c);
		kit_send(c, S("a SELECT INBOX\r\nb SEARCH TEXT alpha BODY beta\r\nc SEARCH TEXT gamma\r\n"));
		for (unsigned n = 0; n < i; n++)
			kit_rest(&k, 0);
		if (c->session != NULL)
			session_kick(c->session);
		c->session = NULL;
		kit_drop(c);
	}
	compare(&k, "after clients went");
	kit_drop(c);
	kit_connect(c);
	kit_send(c, S("a SELECT INBOX\r\nb SEARCH TEXT alpha\r\n"));
	finish(&k); /* with a question under way */
	kit_close(&k);
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	return remove(path);
}

int main(void)
{
	char folder[] = "search.XXXXXX";

	must(mkdtemp(folder) != NULL && chdir(folder) == 0);
	search_prepare();
	test_life();
	test_stale();
	test_damage();
	test_removed();
	test_garbage();
	old_ms = 1;
	test_old_garbage();
	old_ms = 0;
	test_deaths();
	test_gone();
	if (chdir("..") != 0 || nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS) != 0)
		return 1;
	return tap_done();
}
