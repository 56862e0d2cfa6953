#include "wire/imap_note.h"

#include "exact.h"
#include "tap.h"
#include "wire/imap_append.h"
#include "wire/imap_fetch.h"
#include "wire/imap_sort.h"
#include "wire/imap_sync.h"

static struct arena arena;

enum what { STORE, APPEND, FETCH, SEARCH, SORT, SELECT };

static const struct row {
	enum what what;
	struct str in;
	enum err want;
	struct str out;
} rows[] = {
	{ STORE, S_INIT(" ANNOTATION (/comment (value.priv \"x\"))"), ERR_OK, S_INIT("/comment p x|") },
	{ STORE, S_INIT(" annotation (/comment (value.priv NIL value.shared \"\") /altsubject (value.shared {1}\r\ny))"), ERR_OK,
		S_INIT("/comment p -|/comment s |/altsubject s y|") },
	{ STORE, S_INIT(" ANNOTATION (\"/vendor/a b/c\" (\"value.priv\" ~{3}\r\na\0b))"), ERR_OK, S_INIT("/vendor/a b/c p a\0b|") },
	{ STORE, S_INIT(" ANNOTATION (/1.2/comment (value.priv \"x\") /3/flags/seen (value.shared \"1\"))"), ERR_OK,
		S_INIT("/1.2/comment p x|/3/flags/seen s 1|") },
	{ STORE, S_INIT(" ANNOTATION (/3/flags/seen (value.shared \"2\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/3/flags/other (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/flags/seen (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/1/altsubject (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/01/comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/0/comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/1..2/comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/1./comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/1.x/comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (//comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment/ (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/Comment (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/ (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/1 (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/vendor (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/unknown (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/% (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (\"/vendor/\xc3\xa4\" (value.shared \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment (value \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment (Value.priv \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment (size.priv \"1\"))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment (value.priv))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment (value.priv x))"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment ())"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION ()"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" ANNOTATION (/comment (value.priv \"x\")"), ERR_SYNTAX, S_INIT("") },
	{ STORE, S_INIT(" +ANNOTATION (/comment (value.priv \"x\"))"), ERR_SYNTAX, S_INIT("") },
	{ APPEND, S_INIT(" (\\Seen) \"01-Jan-2000 00:00:00 +0000\" ANNOTATION (/comment (value.priv \"x\")) {5}"), ERR_OK, S_INIT("/comment p x|") },
	{ APPEND, S_INIT(" ANNOTATION (/comment (value.priv {3}\r\nx)y)) CATENATE (TEXT {5}"), ERR_OK, S_INIT("/comment p x)y|") },
	{ APPEND, S_INIT(" ANNOTATION (/comment (value.priv \"x\")) ANNOTATION (/comment (value.priv \"x\")) {5}"), ERR_SYNTAX, S_INIT("") },
	{ APPEND, S_INIT(" ANNOTATION {5}"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" (ANNOTATION (/comment value))"), ERR_OK, S_INIT("3 /comment|") },
	{ FETCH, S_INIT(" ANNOTATION (/* (value.priv size.priv))"), ERR_OK, S_INIT("5 /*?|") },
	{ FETCH, S_INIT(" (FLAGS ANNOTATION ((/comment \"/a%\" /comment) (size)) UID)"), ERR_OK, S_INIT("12 /comment|/a%?|") },
	{ FETCH, S_INIT(" (ANNOTATION (* size.shared) ANNOTATION (/anything/at/all value.shared))"), ERR_OK, S_INIT("8 *?|2 /anything/at/all|") },
	{ FETCH, S_INIT(" ANNOTATION (/1*/comment value)"), ERR_OK, S_INIT("3 /1*/comment?|") },
	{ FETCH, S_INIT(" ANNOTATION (/1.*.2/comment value)"), ERR_OK, S_INIT("3 /1.*.2/comment?|") },
	{ FETCH, S_INIT(" ANNOTATION (/1.b/comment value)"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" ANNOTATION (/comment other)"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" ANNOTATION (/comment value.other)"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" ANNOTATION (/comment ())"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" ANNOTATION (() value)"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" ANNOTATION (/comment)"), ERR_SYNTAX, S_INIT("") },
	{ FETCH, S_INIT(" ANNOTATION /comment value"), ERR_SYNTAX, S_INIT("") },
	{ SEARCH, S_INIT(" ANNOTATION /comment value \"IMAP4\""), ERR_OK, S_INIT("/comment 3 IMAP4") },
	{ SEARCH, S_INIT(" ANNOTATION * value.priv NIL"), ERR_OK, S_INIT("* 1 NIL") },
	{ SEARCH, S_INIT(" NOT ANNOTATION /vendor/%/x value.shared ~{1}\r\n\0 SEEN"), ERR_OK, S_INIT("/vendor/%/x 2 \0") },
	{ SEARCH, S_INIT(" ANNOTATION /comment size \"1\""), ERR_SYNTAX, S_INIT("") },
	{ SEARCH, S_INIT(" ANNOTATION comment value \"1\""), ERR_SYNTAX, S_INIT("") },
	{ SEARCH, S_INIT(" ANNOTATION /comment value"), ERR_SYNTAX, S_INIT("") },
	{ SORT, S_INIT(" (REVERSE ANNOTATION /altsubject value.shared DATE) UTF-8 ALL"), ERR_OK, S_INIT("/altsubject s") },
	{ SORT, S_INIT(" (ANNOTATION /altsubject value) UTF-8 ALL"), ERR_SYNTAX, S_INIT("") },
	{ SORT, S_INIT(" (ANNOTATION /altsubject size.priv) UTF-8 ALL"), ERR_SYNTAX, S_INIT("") },
	{ SORT, S_INIT(" (ANNOTATION /* value.priv) UTF-8 ALL"), ERR_SYNTAX, S_INIT("") },
	{ SELECT, S_INIT(" (ANNOTATE)"), ERR_OK, S_INIT("annotate") },
	{ SELECT, S_INIT(" (CONDSTORE annotate)"), ERR_OK, S_INIT("annotate condstore") },
	{ SELECT, S_INIT(" (ANNOTATE ANNOTATE)"), ERR_SYNTAX, S_INIT("") },
	{ SELECT, S_INIT(" (ANNOTATE (x))"), ERR_SYNTAX, S_INIT("") },
};

static void put_notes(struct buf *b, const struct imap_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		buf_printf(b, "%.*s %c ", STR_FMT(notes->of[i].entry), notes->of[i].shared ? 's' : 'p'),
			buf_put(b, notes->of[i].value.at == NULL ? S("-") : notes->of[i].value), buf_put_octet(b, '|');
}

static void put_fetch(struct buf *b, const struct imap_note_fetch *f)
{
	for (; f != NULL; f = f->next) {
		buf_printf(b, "%u ", f->attributes);
		for (size_t i = 0; i < f->count; i++)
			buf_printf(b, "%.*s%s|", STR_FMT(f->entries[i].name), f->entries[i].pattern ? "?" : "");
	}
}

static enum err read_append(struct imap_args *args, struct buf *b)
{
	struct imap_append append = { 0 };
	struct imap_append_item item;
	enum err e = imap_append_check(&append, args, true);

	if (e == ERR_OK && imap_append_next(&append, args, &item) == IMAP_APPEND_MESSAGE)
		put_notes(b, &item.notes);
	return e;
}

static enum err read_search(struct imap_args *args, struct buf *b)
{
	struct imap_search s;

	imap_arg_search(args, &s);
	for (size_t i = 0; imap_args_end(args) == ERR_OK && i < s.count; i++) {
		if (s.keys[i].kind != IMAP_SEARCH_NOTE)
			continue;
		buf_printf(b, "%.*s %u ", STR_FMT(s.keys[i].field), s.keys[i].flag);
		buf_put(b, s.keys[i].number ? S("NIL") : s.keys[i].text);
	}
	return imap_args_end(args);
}

static enum err read_sort(struct imap_args *args, struct buf *b)
{
	struct imap_search s;
	struct imap_sort sort;

	imap_arg_sort(args, &sort, &s);
	if (imap_args_end(args) == ERR_OK)
		buf_printf(b, "%.*s %c", STR_FMT(sort.by[0].entry), sort.by[0].shared ? 's' : 'p');
	return imap_args_end(args);
}

static enum err read_one(enum what what, struct str in, struct buf *b)
{
	struct imap_args args;
	struct imap_store store;
	struct imap_fetch fetch;
	struct imap_select select;

	arena_clear(&arena);
	imap_args_init(&args, &arena, in);
	switch (what) {
	case STORE:
		imap_arg_store(&args, &store);
		if (imap_args_end(&args) == ERR_OK)
			put_notes(b, &store.notes);
		break;
	case APPEND:
		return read_append(&args, b);
	case FETCH:
		imap_arg_fetch(&args, &fetch);
		if (imap_args_end(&args) == ERR_OK)
			put_fetch(b, imap_fetch_copy(&arena, &fetch)->notes);
		break;
	case SEARCH:
		return read_search(&args, b);
	case SORT:
		return read_sort(&args, b);
	case SELECT:
		imap_arg_select(&args, &select);
		if (imap_args_end(&args) == ERR_OK)
			buf_printf(b, "%s%s", select.annotate ? "annotate" : "", select.condstore ? " condstore" : "");
		break;
	}
	return imap_args_end(&args);
}

static void test_rows(void)
{
	struct buf b;

	buf_init(&b, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		OK(read_one(rows[i].what, rows[i].in, &b) == rows[i].want, "%.*s", STR_FMT(rows[i].in));
		if (rows[i].want == ERR_OK)
			IS_STR(buf_str(&b), rows[i].out);
		/* Cut anywhere it is read without an octet too many. */
		for (size_t n = 0; n < rows[i].in.len; n++) {
			struct str cut = exact(str_sub(rows[i].in, 0, n));

			buf_clear(&b);
			(void)!read_one(rows[i].what, cut, &b);
			exact_free(cut);
		}
	}
	buf_done(&b);
}

static void test_many(void)
{
	struct buf b, out;

	buf_init(&b, BUF_NO_CEILING);
	buf_init(&out, BUF_NO_CEILING);
	buf_put(&b, S(" ANNOTATION ("));
	for (size_t i = 0; i <= IMAP_NOTES_MAX; i++) {
		buf_printf(&b, "%s/vendor/x/%zu (value.priv \"1\")", i > 0 ? " " : "", i);
		if (i + 1 < IMAP_NOTES_MAX)
			continue;
		buf_put_octet(&b, ')');
		IS_NUM(read_one(STORE, buf_str(&b), &out), i < IMAP_NOTES_MAX ? ERR_OK : ERR_LIMIT);
		b.len--;
	}
	buf_done(&b);
	buf_done(&out);
}

static void test_names(void)
{
	uint32_t parts[IMAP_NOTE_DEPTH_MAX];

	IS_NUM(imap_note_part(S("/comment"), parts), 0);
	IS_NUM(imap_note_part(S("/1.22.3/comment"), parts), 3);
	IS_NUM(parts[1], 22);
	OK(imap_note_matches(S("/%"), S("/comment")) && !imap_note_matches(S("/%"), S("/1/comment")), "%% stays in its level");
	OK(imap_note_matches(S("/*"), S("/1/comment")) && imap_note_matches(S("*"), S("/comment")), "* does not");
	OK(!imap_note_matches(S("/COMMENT*"), S("/comment")), "case counts");
}

/* A literal in the list is an argument, the one behind it is the message. */
static void test_cut(void)
{
	static const struct {
		struct str in, command;
		uint64_t octets;
	} cases[] = {
		{ S_INIT("a APPEND x ANNOTATION (/comment (value.priv {3+}\r\na)b)) {7}\r\n"),
			S_INIT("a APPEND x ANNOTATION (/comment (value.priv {3+}\r\na)b)) {7}"), 7 },
		{ S_INIT("a APPEND x (\\Seen) annotation (/comment (value.priv \"(\\\"\" value.shared ~{1+}\r\n()) {8}\r\n"),
			S_INIT("a APPEND x (\\Seen) annotation (/comment (value.priv \"(\\\"\" value.shared ~{1+}\r\n()) {8}"), 8 },
		{ S_INIT("a APPEND x ANNOTATION ({8+}\r\n/comment (value.priv {1+}\r\nx value.shared {1+}\r\ny)) CATENATE (TEXT {9}\r\n"),
			S_INIT("a APPEND x ANNOTATION ({8+}\r\n/comment (value.priv {1+}\r\nx value.shared {1+}\r\ny)) CATENATE (TEXT {9}"), 9 },
		{ S_INIT("a APPEND ANNOTATION (\\Seen) {5}\r\n"), S_INIT("a APPEND ANNOTATION (\\Seen) {5}"), 5 },
	};
	struct imap_limits limits = { .octets_max = 4096, .literals_max = 20, .nonsync_max = 4096, .stream_body = true };
	struct imap_cut cut;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		IS_NUM(imap_cut(&limits, cases[i].in, &cut), ERR_OK);
		IS_STR(cut.command, cases[i].command);
		OK(cut.has_body && cut.body_octets == cases[i].octets, "the message has %llu octets", (unsigned long long)cut.body_octets);
	}
}

int main(void)
{
	arena_init(&arena, (size_t)1 << 20);
	test_rows();
	test_many();
	test_names();
	test_cut();
	arena_done(&arena);
	return tap_done();
}
