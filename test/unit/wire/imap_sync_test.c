#include "wire/imap_sync.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

static struct imap_args over(struct str s)
{
	struct imap_args args;

	imap_args_init(&args, &arena, s);
	return args;
}

/* ---- SELECT ---- */

static const struct {
	struct str in;
	enum err want;
	bool condstore, qresync;
	uint32_t uidvalidity;
	uint64_t modseq;
	size_t known, match;
} selects[] = {
	{ S_INIT(""), ERR_OK, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (CONDSTORE)"), ERR_OK, true, false, 0, 0, 0, 0 },
	{ S_INIT(" (condstore qresync (7 12))"), ERR_OK, true, true, 7, 12, 0, 0 },
	{ S_INIT(" (QRESYNC (4294967295 9223372036854775807 1:3,9))"), ERR_OK, false, true,
		UINT32_MAX, IMAP_MODSEQ_MAX, 2, 0 },
	{ S_INIT(" (QRESYNC (7 12 1,3,5 (1:2,4 10,20,30)))"), ERR_OK, false, true, 7, 12, 3, 2 },
	{ S_INIT(" (QRESYNC (7 12 (1 10)) CONDSTORE)"), ERR_OK, true, true, 7, 12, 0, 1 },
	{ S_INIT("(CONDSTORE)"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" ()"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (CONDSTORE "), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (CONDSTORE CONDSTORE)"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (7 12) QRESYNC (7 12))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC)"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (7))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (0 1))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 0))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 9223372036854775808))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 1 *))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 1 1:3 (1 2) (1 2)))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 1 (1:2 2)))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 1 (1 *)))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (QRESYNC (1 1 ))"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
	{ S_INIT(" (X)"), ERR_SYNTAX, false, false, 0, 0, 0, 0 },
};

static void select_parameters(void)
{
	for (size_t i = 0; i < sizeof(selects) / sizeof(*selects); i++) {
		struct str in = exact(selects[i].in);
		struct imap_args args = over(in);
		struct imap_select s;
		enum err e;

		imap_arg_select(&args, &s);
		e = imap_args_end(&args);
		OK(e == selects[i].want, "SELECT%.*s: %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK)
			OK(s.condstore == selects[i].condstore && s.qresync == selects[i].qresync &&
					s.uidvalidity == selects[i].uidvalidity && s.modseq == selects[i].modseq &&
					s.known.count == selects[i].known && s.known_given == (selects[i].known > 0) &&
					s.match_seqs.count == selects[i].match && s.match_given == (selects[i].match > 0),
				"SELECT%.*s: values", STR_FMT(in));
		exact_free(in);
		arena_clear(&arena);
	}
}

/* ---- FETCH ---- */

static const struct {
	struct str in;
	bool uid;
	enum err want;
	struct imap_fetch_modifiers m;
} fetches[] = {
	{ S_INIT(""), false, ERR_OK, { 0 } },
	{ S_INIT(" (CHANGEDSINCE 12)"), false, ERR_OK, { .changed_since_given = true, .changed_since = 12 } },
	{ S_INIT(" (CHANGEDSINCE 0)"), false, ERR_OK, { .changed_since_given = true } },
	{ S_INIT(" (changedsince 12 vanished)"), true, ERR_OK,
		{ .changed_since_given = true, .changed_since = 12, .vanished = true } },
	{ S_INIT(" (VANISHED CHANGEDSINCE 12 PARTIAL 3:1)"), true, ERR_OK,
		{ .changed_since_given = true, .changed_since = 12, .vanished = true, .partial_given = true, .partial = { false, 3, 1 } } },
	{ S_INIT(" (PARTIAL -1:-100)"), true, ERR_OK, { .partial_given = true, .partial = { true, 1, 100 } } },
	{ S_INIT(" (PARTIAL 1:100)"), false, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (PARTIAL 0:100)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (PARTIAL -1:100)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (PARTIAL 1:-100)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (PARTIAL 1)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (PARTIAL 1:2 PARTIAL 1:2)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (CHANGEDSINCE 12 VANISHED)"), false, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (VANISHED)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (CHANGEDSINCE 1 CHANGEDSINCE 1)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (CHANGEDSINCE 9223372036854775808)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (CHANGEDSINCE -1)"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" ()"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (CHANGEDSINCE 12"), true, ERR_SYNTAX, { 0 } },
	{ S_INIT(" (X)"), true, ERR_SYNTAX, { 0 } },
};

static void fetch_modifiers(void)
{
	for (size_t i = 0; i < sizeof(fetches) / sizeof(*fetches); i++) {
		struct str in = exact(fetches[i].in);
		struct imap_args args = over(in);
		const struct imap_fetch_modifiers *want = &fetches[i].m;
		struct imap_fetch_modifiers m;
		enum err e;

		imap_arg_fetch_modifiers(&args, fetches[i].uid, &m);
		e = imap_args_end(&args);
		OK(e == fetches[i].want, "FETCH%.*s: %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK)
			OK(m.changed_since_given == want->changed_since_given && m.changed_since == want->changed_since &&
					m.vanished == want->vanished && m.partial_given == want->partial_given &&
					m.partial.from_end == want->partial.from_end &&
					m.partial.from == want->partial.from && m.partial.to == want->partial.to,
				"FETCH%.*s: values", STR_FMT(in));
		exact_free(in);
		arena_clear(&arena);
	}
}

/* ---- STORE, SEARCH ---- */

static const struct {
	struct str in;
	enum err want;
	bool given;
	uint64_t since;
} stores[] = {
	{ S_INIT(""), ERR_OK, false, 0 },
	{ S_INIT(" (UNCHANGEDSINCE 12)"), ERR_OK, true, 12 },
	{ S_INIT(" (unchangedsince 0)"), ERR_OK, true, 0 },
	{ S_INIT(" (UNCHANGEDSINCE)"), ERR_SYNTAX, false, 0 },
	{ S_INIT(" (UNCHANGEDSINCE 1 UNCHANGEDSINCE 1)"), ERR_SYNTAX, false, 0 },
	{ S_INIT(" ()"), ERR_SYNTAX, false, 0 },
	{ S_INIT(" (X 1)"), ERR_SYNTAX, false, 0 },
};

static void store_modifiers(void)
{
	for (size_t i = 0; i < sizeof(stores) / sizeof(*stores); i++) {
		struct str in = exact(stores[i].in);
		struct imap_args args = over(in);
		struct imap_store_modifiers m;
		enum err e;

		imap_arg_store_modifiers(&args, &m);
		e = imap_args_end(&args);
		OK(e == stores[i].want, "STORE%.*s: %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK)
			OK(m.unchanged_since_given == stores[i].given && m.unchanged_since == stores[i].since,
				"STORE%.*s: values", STR_FMT(in));
		exact_free(in);
	}
}

static const struct {
	struct str in;
	enum err want;
	uint64_t modseq;
} searches[] = {
	{ S_INIT("12"), ERR_OK, 12 },
	{ S_INIT("0"), ERR_OK, 0 },
	{ S_INIT("\"/flags/\\\\Draft\" all 12"), ERR_OK, 12 },
	{ S_INIT("\"/flags/$work\" PRIV 12"), ERR_OK, 12 },
	{ S_INIT("\"/flags/$work\" shared 12"), ERR_OK, 12 },
	{ S_INIT("\"/flags/$work\" 12"), ERR_SYNTAX, 0 },
	{ S_INIT("\"/flags/\" all 12"), ERR_SYNTAX, 0 },
	{ S_INIT("\"/other/x\" all 12"), ERR_SYNTAX, 0 },
	{ S_INIT("\"/flags/x\" some 12"), ERR_SYNTAX, 0 },
	{ S_INIT("x"), ERR_SYNTAX, 0 },
	{ S_INIT(""), ERR_SYNTAX, 0 },
};

static void search_modseq(void)
{
	for (size_t i = 0; i < sizeof(searches) / sizeof(*searches); i++) {
		struct str in = exact(searches[i].in);
		struct imap_args args = over(in);
		uint64_t modseq = imap_args_search_modseq(&args);
		enum err e = imap_args_end(&args);

		OK(e == searches[i].want, "MODSEQ %.*s: %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK)
			OK(modseq == searches[i].modseq, "MODSEQ %.*s: value", STR_FMT(in));
		exact_free(in);
	}
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	select_parameters();
	fetch_modifiers();
	store_modifiers();
	search_modseq();
	arena_done(&arena);
	return tap_done();
}
