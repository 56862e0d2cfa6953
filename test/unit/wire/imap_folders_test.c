#include "wire/imap_folders.h"

#include "wire/imap_search.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

static const struct row {
	struct str in;
	enum err want;
	struct str out;
} rows[] = {
	{ S_INIT(" ALL"), ERR_OK, S_INIT("") },
	{ S_INIT(" IN (selected) ALL"), ERR_OK, S_INIT("0 ") },
	{ S_INIT(" IN (inboxes personal subscribed) ALL"), ERR_OK, S_INIT("2 3 4 ") },
	{ S_INIT(" in (SUBTREE a Subtree-One b mailboxes inbox) ALL"), ERR_OK,
		S_INIT("5<a> 6<b> 7<INBOX> ") },
	{ S_INIT(" IN (mailboxes (a \"b c\" {1}\r\nd)) RETURN (MIN) ALL"), ERR_OK, S_INIT("7<a><b c><d> ") },
	{ S_INIT(" IN (mailboxes &AOk-) ALL"), ERR_OK, S_INIT("7<\xc3\xa9> ") },
	{ S_INIT(" IN () ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (selected-delayed) ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (mailboxes) ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (mailboxes ()) ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (mailboxes (a b) ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (personal personal"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (nonsense) ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (selected)"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" IN (mailboxes &bad) ALL"), ERR_FOLDERNAME, S_INIT("") },
};

static enum err read(struct str in, struct imap_sources *ret, struct imap_search *ret_search)
{
	struct imap_args args;

	arena_clear(&arena);
	imap_args_init(&args, &arena, in);
	imap_arg_esearch(&args, ret, ret_search);
	return imap_args_end(&args);
}

static void show(struct buf *b, const struct imap_sources *s)
{
	for (size_t n = 0; n < s->count; n++) {
		buf_printf(b, "%d", (int)s->of[n].which);
		for (size_t k = 0; k < s->of[n].count; k++)
			buf_printf(b, "<%.*s>", STR_FMT(s->of[n].names[k]));
		buf_put_octet(b, ' ');
	}
}

static void each(const struct row *row)
{
	struct imap_sources sources;
	struct imap_search search;
	struct str in = exact(row->in);
	enum err e = read(in, &sources, &search);
	struct buf b;

	buf_init(&b, 4096);
	OK(e == row->want, "ESEARCH%.*s: %s", STR_FMT(row->in), err_name(e));
	if (e == ERR_OK) {
		show(&b, &sources);
		IS_STR(buf_str(&b), row->out);
		OK(search.extended && search.returns != 0, "always extended");
	}
	exact_free(in);
	for (size_t n = 0; n < row->in.len; n++) {
		in = exact(str_sub(row->in, 0, n));
		e = read(in, &sources, &search);
		OK(e == ERR_OK || e == ERR_SYNTAX || e == ERR_FOLDERNAME, "cut at %zu", n);
		exact_free(in);
	}
	buf_done(&b);
}

static void too_many(void)
{
	struct imap_sources sources;
	struct imap_search search;
	struct buf b;

	buf_init(&b, 1 << 16);
	buf_put_c(&b, " IN (mailboxes (a");
	for (size_t n = 1; n < IMAP_FOLDERS_MAX; n++)
		buf_put_c(&b, " a");
	buf_put_c(&b, ")) ALL");
	IS_NUM(read(buf_str(&b), &sources, &search), ERR_OK);
	b.len -= strlen(")) ALL");
	buf_put_c(&b, " a)) ALL");
	IS_NUM(read(buf_str(&b), &sources, &search), ERR_LIMIT);
	buf_clear(&b);
	buf_put_c(&b, " IN (inboxes");
	for (size_t n = 0; n < IMAP_SOURCES_MAX; n++)
		buf_put_c(&b, " inboxes");
	buf_put_c(&b, ") ALL");
	IS_NUM(read(buf_str(&b), &sources, &search), ERR_LIMIT);
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	too_many();
	arena_done(&arena);
	return tap_done();
}
