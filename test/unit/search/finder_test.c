#include "search/finder.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "../tap.h"

#define TEXTS 300u

static uint64_t state = 1;

static uint32_t draw(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

/* Few characters, so that strings are found: one to four octets each, combining ones, quotes. */
static void put_random(struct buf *to, size_t characters)
{
	static const char *const letters[] = { "a", "b", "c", "\"", " ", "\r\n", "é", "ß", "e\xcc\x81",
		"\xf0\x9f\x93\xa7", "\xef\xbf\xbd", "%", "*", "日" };

	for (size_t i = 0; i < characters; i++)
		buf_put_c(to, letters[draw(sizeof(letters) / sizeof(*letters))]);
}

static struct buf texts[TEXTS + 1];
static char name[64], folder[] = "finder.XXXXXX";

static void open_folder(void)
{
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		abort();
	snprintf(name, sizeof(name), "1");
	finder_prepare();
}

static bool is_unsure(uint64_t n)
{
	return n % 50 == 3;
}

static enum err add(struct finder *f, uint64_t n)
{
	return finder_add(f, &(struct finder_text){ n, n * 7 }, buf_str(&texts[n]), is_unsure(n));
}

static void fill(struct finder *f, uint64_t from, uint64_t to)
{
	bool good = true;

	for (uint64_t n = from; n <= to; n++) {
		if (texts[n].at == NULL) {
			buf_init(&texts[n], BUF_NO_CEILING);
			put_random(&texts[n], draw(200));
		}
		good = good && add(f, n) == ERR_OK;
	}
	OK(good && finder_commit(f, to) == ERR_OK, "texts %u to %u are added", (unsigned)from, (unsigned)to);
}

/* Nothing is left out that brute force finds; the answers name few that it does not. */
static bool agrees(struct finder *f, struct str key, uint64_t last, size_t *more)
{
	struct finder_hits h;
	bool good = true;

	if (finder_find(f, key, &h) != ERR_OK)
		return false;
	for (uint64_t n = 1; n <= last; n++) {
		bool in = is_unsure(n) || (texts[n].len > 0 && memmem(texts[n].at, texts[n].len, key.at, key.len) != NULL);
		bool named = h.all || finder_hits_has(&h, n);

		good = good && (named || !in);
		*more += named && !in;
	}
	if (!finder_key(key))
		good = good && h.all;
	finder_hits_done(&h);
	return good;
}

static unsigned compare(struct finder *f, uint64_t last, unsigned rounds)
{
	size_t more = 0;
	unsigned bad = 0;
	struct buf key;

	buf_init(&key, BUF_NO_CEILING);
	for (unsigned i = 0; i < rounds; i++) {
		struct str in = buf_str(&texts[1 + draw((uint32_t)last)]);

		buf_clear(&key);
		if (i % 2 == 0 && in.len > 40)
			buf_put(&key, str_sub(in, draw(20), 1 + draw(20))); /* also cut in a character */
		else
			put_random(&key, 1 + draw(6));
		bad += !agrees(f, buf_str(&key), last, &more);
	}
	buf_done(&key);
	return bad;
}

static void test_against_brute_force(void)
{
	struct finder *f;

	IS_NUM(finder_open(name, false, &f), ERR_NOTFOUND);
	IS_NUM(finder_open(name, true, &f), ERR_OK);
	IS_NUM(finder_position(f), 0);
	fill(f, 1, 200);
	IS_NUM(compare(f, 200, 2000), 0);
	finder_close(f);
	IS_NUM(finder_open(name, false, &f), ERR_OK);
	IS_NUM(finder_position(f), 200);
	IS_NUM(finder_texts(f), 200);
	fill(f, 201, TEXTS);
	IS_NUM(compare(f, TEXTS, 2000), 0);
	IS_NUM(finder_check(f), ERR_OK);
	finder_close(f);
}

static void test_keys(void)
{
	static const struct {
		struct str key;
		bool want;
	} rows[] = { { S_INIT(""), false }, { S_INIT("ab"), false }, { S_INIT("abc"), true },
		{ S_INIT("éß"), false }, { S_INIT("éßa"), true }, { S_INIT("ab\0c"), false },
		{ S_INIT("\"*\""), true }, { S_INIT("abc\xc3"), false } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		OK(finder_key(rows[i].key) == rows[i].want, "key %u", (unsigned)i);
}

static void test_recent(void)
{
	struct finder_text got[FINDER_RECENT];
	struct finder *f;
	size_t n = 0;

	IS_NUM(finder_open(name, false, &f), ERR_OK);
	IS_NUM(finder_recent(f, got, &n), ERR_OK);
	IS_NUM(n, FINDER_RECENT);
	OK(got[0].number == TEXTS && got[0].mark == TEXTS * 7, "the last text and its mark come first");
	finder_close(f);
}

/* A process that is killed in the middle of a transaction leaves the last commit. */
static void test_kill(void)
{
	struct finder *f;
	pid_t pid;
	int status;

	finder_remove(name);
	pid = fork();
	if (pid == 0) {
		if (finder_open(name, true, &f) != ERR_OK)
			_exit(1);
		for (uint64_t n = 1; n <= 100; n++)
			(void)!add(f, n);
		if (finder_commit(f, 100) != ERR_OK)
			_exit(1);
		for (uint64_t n = 101; n <= 150; n++)
			(void)!add(f, n);
		kill(getpid(), SIGKILL);
	}
	OK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status), "the process was killed");
	IS_NUM(finder_open(name, false, &f), ERR_OK);
	IS_NUM(finder_position(f), 100);
	IS_NUM(compare(f, 100, 500), 0);
	fill(f, 101, TEXTS);
	IS_NUM(compare(f, TEXTS, 500), 0);
	finder_close(f);
}

static void flip(off_t at)
{
	int fd = open(name, O_RDWR);
	char c;

	if (fd < 0 || pread(fd, &c, 1, at) != 1)
		abort();
	c = (char)(c ^ 0x10);
	if (pwrite(fd, &c, 1, at) != 1)
		abort();
	close(fd);
}

/* One octet changed anywhere: an error, or the octet was not needed; never a text left out. */
static void test_damage(void)
{
	struct finder *f;
	struct stat st;
	size_t more = 0;
	unsigned caught = 0, wrong = 0;

	if (stat(name, &st) != 0)
		abort();
	for (unsigned i = 0; i < 400; i++) {
		off_t at = i < 100 ? (off_t)i : (off_t)draw((uint32_t)st.st_size);
		bool failed = false;

		flip(at);
		if (finder_open(name, false, &f) != ERR_OK) {
			failed = true;
		} else {
			for (unsigned k = 0; k < 8 && !failed; k++) {
				struct str in = buf_str(&texts[1 + draw(TEXTS)]);
				struct str key = str_sub(in, in.len / 2, 9);
				struct finder_hits h;

				failed = finder_find(f, key, &h) != ERR_OK;
				if (!failed)
					finder_hits_done(&h);
				wrong += !failed && !agrees(f, key, TEXTS, &more) &&
					 finder_find(f, key, &h) == ERR_OK;
			}
			finder_close(f);
		}
		caught += failed;
		flip(at);
	}
	IS_NUM(wrong, 0);
	OK(caught > 50, "damage was noticed %u times of 400", caught);
	IS_NUM(finder_open(name, false, &f), ERR_OK);
	IS_NUM(finder_check(f), ERR_OK);
	finder_close(f);
	flip(st.st_size / 2);
	if (finder_open(name, false, &f) == ERR_OK) {
		IS_NUM(finder_check(f), ERR_CORRUPT);
		finder_close(f);
	}
}

/* Another version, a file cut short, something else: an empty one takes its place. */
static void test_unusable(void)
{
	struct finder *f;
	FILE *file = fopen("2", "w");

	fputs("this is not a database, but a text of some length that stands where one should be\n", file);
	fclose(file);
	IS_NUM(finder_open("2", false, &f), ERR_CORRUPT);
	IS_NUM(finder_open("2", true, &f), ERR_OK);
	IS_NUM(finder_position(f), 0);
	finder_close(f);
	OK(truncate("2", 5000) == 0, "cut short");
	IS_NUM(finder_open("2", false, &f), ERR_CORRUPT);
	finder_remove("2");
	IS_NUM(finder_open("2", false, &f), ERR_NOTFOUND);
	OK(mkdir("3", 0) == 0, "a folder stands there");
	OK(finder_open("3", true, &f) != ERR_OK, "a folder is not taken for an index");
}

static off_t journal_octets(void)
{
	struct stat st;

	return stat("4-wal", &st) == 0 ? st.st_size : 0;
}

/* A journal that has grown gives its room back, and what it held is found as before; a small one is left alone. */
static void test_settle(void)
{
	struct finder *f;
	struct finder_hits h;
	struct buf text;
	bool good = true;

	IS_NUM(finder_open("4", true, &f), ERR_OK);
	buf_init(&text, BUF_NO_CEILING);
	for (uint64_t n = 1; n <= 400; n++) {
		buf_clear(&text);
		put_random(&text, 2000);
		if (n == 321)
			buf_put_c(&text, "quixotic");
		good = good && finder_add(f, &(struct finder_text){ n, n }, buf_str(&text), false) == ERR_OK &&
		       finder_commit(f, n) == ERR_OK;
	}
	OK(good && journal_octets() > 1 << 20, "the journal has %ld octets", (long)journal_octets());
	IS_NUM(finder_settle(f, "4"), ERR_OK);
	IS_NUM(journal_octets(), 0);
	IS_NUM(finder_add(f, &(struct finder_text){ 401, 1 }, S("quixotic too"), false), ERR_OK);
	IS_NUM(finder_commit(f, 401), ERR_OK);
	IS_NUM(finder_settle(f, "4"), ERR_OK);
	OK(journal_octets() > 0, "a small journal stays");
	IS_NUM(finder_find(f, S("quixotic"), &h), ERR_OK);
	OK(h.count == 2 && h.numbers[0] == 321 && h.numbers[1] == 401, "both are found");
	finder_hits_done(&h);
	finder_close(f);
	finder_remove("4");
	buf_done(&text);
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	return remove(path);
}

int main(void)
{
	open_folder();
	test_against_brute_force();
	test_keys();
	test_recent();
	test_kill();
	test_damage();
	test_unusable();
	test_settle();
	if (chdir("..") != 0 || nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS) != 0)
		return 1;
	for (unsigned i = 0; i <= TEXTS; i++)
		mem_free(texts[i].at);
	return tap_done();
}
