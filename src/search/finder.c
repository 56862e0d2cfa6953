#include "search/finder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "search/pages.h"

#define FORMAT        "4"
#define KEY_GRAMS_MAX 16u /* of one key; more would hardly exclude more */
#define MEMORY_OCTETS ((sqlite3_int64)64 << 20)
#define NAME_OCTETS   600
#define WAL_OCTETS    ((uint64_t)1 << 20) /* of the write-ahead journal, left as they are */

struct finder {
	sqlite3 *db;
	sqlite3_stmt *add, *note, *find;
	uint64_t position, texts;
	uint64_t last; /* number added last */
	uint64_t added;
	bool begun;
};

/* Page size and checksum, then what outlives a kill but costs no flush for each commit. */
static const char *const settings =
	"PRAGMA page_size=4096; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
	"PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096;"
	"PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=16777216;"
	"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;";

static const char *const schema =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE state(format TEXT, position INTEGER, texts INTEGER);"
	"INSERT INTO state VALUES('" FORMAT "', 0, 0);"
	"CREATE TABLE text(number INTEGER PRIMARY KEY, mark INTEGER, unsure INTEGER);"
	"CREATE INDEX unsure ON text(number) WHERE unsure;"
	"CREATE VIRTUAL TABLE gram USING fts5(text, content='', detail=none, columnsize=0,"
	" tokenize='trigram case_sensitive 1');"
	"INSERT INTO gram(gram, rank) VALUES('hashsize', 4194304);"
	"COMMIT;";

void finder_prepare(void)
{
	sqlite3_hard_heap_limit64(MEMORY_OCTETS);
	pages_register();
}

static enum err err_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_FULL:
		return ERR_DISKFULL;
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
		return ERR_IO;
	case SQLITE_CANTOPEN:
		return ERR_NOTFOUND;
	default: /* SQLITE_CORRUPT, SQLITE_NOTADB, and what a damaged schema makes of our statements
		  */
		return ERR_CORRUPT;
	}
}

static enum err run(struct finder *f, const char *sql)
{
	return err_of(sqlite3_exec(f->db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *statement(struct finder *f, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v3(f->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
		return NULL;
	return s;
}

/* ---- opening ---- */

static enum err make_file(const char *name)
{
	int fd = open(name, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return ERR_IO;
	close(fd);
	return ERR_OK;
}

static enum err read_state(struct finder *f)
{
	sqlite3_stmt *s = statement(f, "SELECT format, position, texts FROM state");
	bool known = s && sqlite3_step(s) == SQLITE_ROW &&
		     str_eq(str_from_c((const char *)sqlite3_column_text(s, 0)), S(FORMAT));

	if (known) {
		f->position = (uint64_t)sqlite3_column_int64(s, 1);
		f->texts = (uint64_t)sqlite3_column_int64(s, 2);
		f->last = f->position;
	}
	sqlite3_finalize(s);
	return known ? ERR_OK : ERR_CORRUPT;
}

static enum err begin_use(struct finder *f, const char *name, bool make)
{
	int reserve = PAGES_RESERVE_OCTETS;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	enum err e = err_of(sqlite3_open_v2(name, &f->db, flags, PAGES_VFS));

	if (e != ERR_OK)
		return e;
	sqlite3_extended_result_codes(f->db, 1);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (make)
		e = err_of(
			sqlite3_file_control(f->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve));
	if (e == ERR_OK)
		e = run(f, settings);
	if (e == ERR_OK && make)
		e = run(f, schema);
	if (e == ERR_OK)
		e = read_state(f);
	if (e != ERR_OK)
		return e;
	f->add = statement(f, "INSERT INTO gram(rowid, text) VALUES(?1, ?2)");
	f->note = statement(f, "INSERT INTO text VALUES(?1, ?2, ?3)");
	f->find = statement(f, "SELECT rowid FROM gram WHERE gram MATCH ?1 UNION ALL "
			       "SELECT number FROM text WHERE unsure");
	return f->add && f->note && f->find ? ERR_OK : ERR_CORRUPT;
}

static enum err try_open(const char *name, bool make, struct finder **ret)
{
	struct finder *f;
	enum err e;

	if (access(name, F_OK) != 0 && !make)
		return ERR_NOTFOUND;
	if (make) {
		finder_remove(name);
		e = make_file(name);
		if (e != ERR_OK)
			return e;
	}
	f = MEM_NEW(struct finder);
	e = begin_use(f, name, make);
	if (e == ERR_OK)
		*ret = f;
	else
		finder_close(f);
	return e;
}

enum err finder_open(const char *name, bool make, struct finder **ret)
{
	enum err e = try_open(name, false, ret);

	if (e == ERR_OK || !make || (e != ERR_NOTFOUND && e != ERR_CORRUPT))
		return e;
	return try_open(name, true, ret);
}

void finder_close(struct finder *f)
{
	if (!f)
		return;
	if (f->begun)
		(void)!run(f, "ROLLBACK");
	sqlite3_finalize(f->add);
	sqlite3_finalize(f->note);
	sqlite3_finalize(f->find);
	sqlite3_close(f->db);
	mem_free(f);
}

void finder_remove(const char *name)
{
	char beside[NAME_OCTETS];

	/* The journal goes first: one without its database is nothing, one with another is damage.
	 */
	snprintf(beside, sizeof(beside), "%s-wal", name);
	unlink(beside);
	unlink(name);
}

static uint64_t file_octets(const char *name)
{
	struct stat st;

	return stat(name, &st) == 0 ? (uint64_t)st.st_size : 0;
}

uint64_t finder_octets(const char *name)
{
	char beside[NAME_OCTETS];

	snprintf(beside, sizeof(beside), "%s-wal", name);
	return file_octets(name) + file_octets(beside);
}

enum err finder_each(const char *folder, void (*each)(void *arg, const char *name), void *arg)
{
	DIR *d = opendir(folder);
	struct dirent *row;

	if (!d)
		return ERR_IO;
	while ((row = readdir(d)) != NULL)
		each(arg, row->d_name);
	closedir(d);
	return ERR_OK;
}

uint64_t finder_position(const struct finder *f)
{
	return f->position;
}

uint64_t finder_texts(const struct finder *f)
{
	return f->texts;
}

enum err finder_recent(struct finder *f, struct finder_text *ret, size_t *ret_count)
{
	sqlite3_stmt *s =
		statement(f, "SELECT number, mark FROM text ORDER BY number DESC LIMIT ?1");
	size_t n = 0;
	int rc;

	if (!s)
		return ERR_CORRUPT;
	sqlite3_bind_int(s, 1, FINDER_RECENT);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW && n < FINDER_RECENT)
		ret[n++] = (struct finder_text){ .number = (uint64_t)sqlite3_column_int64(s, 0),
			.mark = (uint64_t)sqlite3_column_int64(s, 1) };
	sqlite3_finalize(s);
	*ret_count = n;
	return err_of(rc);
}

/* ---- adding ---- */

static enum err step(sqlite3_stmt *s)
{
	enum err e = err_of(sqlite3_step(s));

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return e;
}

enum err finder_add(struct finder *f, const struct finder_text *what, struct str text, bool unsure)
{
	enum err e = ERR_OK;

	must(what->number > f->last && (unsure || text.len <= FINDER_TEXT_OCTETS_MAX));
	if (!f->begun)
		e = run(f, "BEGIN IMMEDIATE");
	if (e != ERR_OK)
		return e;
	f->begun = true;
	f->last = what->number;
	f->added++;
	sqlite3_bind_int64(f->note, 1, (sqlite3_int64)what->number);
	sqlite3_bind_int64(f->note, 2, (sqlite3_int64)what->mark);
	sqlite3_bind_int(f->note, 3, unsure);
	e = step(f->note);
	if (e != ERR_OK || unsure || text.len == 0)
		return e;
	sqlite3_bind_int64(f->add, 1, (sqlite3_int64)what->number);
	sqlite3_bind_text(f->add, 2, text.at, (int)text.len, SQLITE_STATIC);
	return step(f->add);
}

enum err finder_commit(struct finder *f, uint64_t position)
{
	char sql[128];
	enum err e;

	must(position >= f->last);
	if (!f->begun)
		return position == f->position ? ERR_OK : ERR_IO;
	snprintf(sql, sizeof(sql), "UPDATE state SET position=%lld, texts=%lld; COMMIT",
		(long long)position, (long long)(f->texts + f->added));
	e = run(f, sql);
	if (e != ERR_OK)
		return e;
	f->position = f->last = position;
	f->texts += f->added;
	f->added = 0;
	f->begun = false;
	return ERR_OK;
}

enum err finder_settle(struct finder *f, const char *name)
{
	char beside[NAME_OCTETS];

	snprintf(beside, sizeof(beside), "%s-wal", name);
	return file_octets(beside) > WAL_OCTETS ? run(f, "PRAGMA wal_checkpoint(TRUNCATE)") : ERR_OK;
}

/* ---- finding ---- */

/* Where each character begins, and behind the last the end. Returns how many characters. */
static size_t characters(struct str key, size_t *starts, size_t max)
{
	struct str rest = key;
	size_t n = 0;

	while (rest.len > 0 && n < max) {
		starts[n++] = key.len - rest.len;
		(void)utf8_next(&rest);
	}
	starts[n] = key.len - rest.len;
	return n;
}

bool finder_key(struct str key)
{
	size_t starts[FINDER_KEY_CHARACTERS_MIN + 1];

	return !str_has_octet(key, '\0') && utf8_valid(key) &&
	       characters(key, starts, FINDER_KEY_CHARACTERS_MIN) == FINDER_KEY_CHARACTERS_MIN;
}

static void put_gram(struct buf *to, struct str gram)
{
	buf_put(to, S("\""));
	for (size_t i = 0; i < gram.len; i++) {
		if (gram.at[i] == '"')
			buf_put(to, S("\""));
		buf_put_octet(to, gram.at[i]);
	}
	buf_put(to, S("\" "));
}

/* "qui" "uix" ...: all of them, or some spread over a long key. */
static void put_query(struct buf *to, struct str key)
{
	size_t *starts = mem_new((key.len + 1) * sizeof(size_t));
	size_t grams = characters(key, starts, key.len) - FINDER_KEY_CHARACTERS_MIN + 1;
	size_t wanted = grams < KEY_GRAMS_MAX ? grams : KEY_GRAMS_MAX;

	for (size_t i = 0; i < wanted; i++) {
		size_t at = i * grams / wanted;

		put_gram(to, str_sub(key, starts[at],
				     starts[at + FINDER_KEY_CHARACTERS_MIN] - starts[at]));
	}
	mem_free(starts);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static enum err collect(struct finder *f, struct finder_hits *h)
{
	size_t room = 0;
	int rc = SQLITE_DONE;

	while (!h->all && (rc = sqlite3_step(f->find)) == SQLITE_ROW) {
		if (h->count == room) {
			room = room ? 2 * room : 256;
			h->numbers = mem_resize(h->numbers, room * sizeof(uint64_t));
		}
		h->numbers[h->count++] = (uint64_t)sqlite3_column_int64(f->find, 0);
		h->all = h->count >= FINDER_HITS_MAX;
	}
	if (!h->all && err_of(rc) != ERR_OK)
		return err_of(rc);
	if (h->count > 0)
		qsort(h->numbers, h->count, sizeof(uint64_t), by_number);
	return ERR_OK;
}

enum err finder_find(struct finder *f, struct str key, struct finder_hits *ret)
{
	struct finder_hits h = { 0 };
	struct buf query;
	enum err e = ERR_OK;

	if (!finder_key(key)) {
		*ret = (struct finder_hits){ .all = true };
		return ERR_OK;
	}
	buf_init(&query, BUF_NO_CEILING);
	put_query(&query, key);
	sqlite3_bind_text(f->find, 1, query.at, (int)query.len, SQLITE_STATIC);
	e = collect(f, &h);
	sqlite3_reset(f->find);
	buf_done(&query);
	if (e == ERR_OK)
		*ret = h;
	else
		finder_hits_done(&h);
	return e;
}

void finder_hits_done(struct finder_hits *h)
{
	mem_free(h->numbers);
	*h = (struct finder_hits){ 0 };
}

bool finder_hits_has(const struct finder_hits *h, uint64_t number)
{
	return h->count > 0 &&
	       bsearch(&number, h->numbers, h->count, sizeof(uint64_t), by_number) != NULL;
}

enum err finder_check(struct finder *f)
{
	enum err e = run(f, "INSERT INTO gram(gram) VALUES('integrity-check')");
	sqlite3_stmt *s;

	if (e != ERR_OK)
		return e;
	s = statement(f, "PRAGMA quick_check(1)");
	if (!s || sqlite3_step(s) != SQLITE_ROW ||
		!str_eq(str_from_c((const char *)sqlite3_column_text(s, 0)), S("ok")))
		e = ERR_CORRUPT;
	sqlite3_finalize(s);
	return e;
}
