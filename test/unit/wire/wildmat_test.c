#include "wire/wildmat.h"

#include "exact.h"
#include "tap.h"

struct row {
	struct str wildmat, name;
	bool want;
};

#define HIT(w, n)  { S_INIT(w), S_INIT(n), true }
#define MISS(w, n) { S_INIT(w), S_INIT(n), false }

/* RFC 3977 sections 4.2 and 4.4. */
static const struct row rows[] = {
	HIT("a*,!*b,*c*", "aaa"), MISS("a*,!*b,*c*", "abb"), HIT("a*,!*b,*c*", "ccb"), MISS("a*,!*b,*c*", "xxx"),
	HIT("abc", "abc"), MISS("abc", "ab"), MISS("abc", "abcd"), MISS("abc", "ABC"),
	HIT("abc,def", "abc"), HIT("abc,def", "def"), MISS("abc,def", "abc,def"),
	HIT("\xc2\xa3", "\xc2\xa3"), HIT("a*", "a"), HIT("a*", "abc"), HIT("a*b", "ab"), HIT("a*b", "aab"), MISS("a*b", "abc"),
	HIT("a*,*b", "xb"), HIT("a*,!*b", "ac"), MISS("a*,!*b", "ab"), HIT("a*,!*b,c*", "cb"), MISS("a*,c*,!*b", "cb"),
	HIT("?a*", "xa"), HIT("?a*", "\xc2\xa3" "a"), MISS("??a*", "\xc2\xa3" "a"), HIT("*a?", "bab"), HIT("*a??", "abc"),
	MISS("?", ""), HIT("*", ""), HIT("?", "\xe2\x82\xac"), MISS("??", "\xe2\x82\xac"),
	/* a star ends at characters only */
	MISS("*\xa3", "\xc2\xa3"), HIT("*\xc2\xa3", "\xc2\xa3\xc2\xa3"),
	/* what is not UTF-8 */
	HIT("?b", "\xff" "b"), HIT("*b", "\xc2" "b"),
	HIT("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaab"), MISS("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaa"),
	HIT("**", "x"), MISS("!a", "a"), HIT("!a", "!a"), MISS("*,!*", "a"),
};

static void each(const struct row *row)
{
	for (size_t n = 0; n <= row->wildmat.len; n++) {
		for (size_t m = 0; m <= row->name.len; m++) {
			struct str w = exact(str_sub(row->wildmat, 0, n)), name = exact(str_sub(row->name, 0, m));
			bool hit = wildmat_match(w, name);

			(void)wildmat_valid(w);
			if (n == row->wildmat.len && m == row->name.len)
				OK(hit == row->want, "%.*s on %.*s", STR_FMT(row->wildmat), STR_FMT(row->name));
			exact_free(w);
			exact_free(name);
		}
	}
}

static void test_valid(void)
{
	static const char *const good[] = { "a", "*", "a.*,!a.b,c", "\xc2\xa3", "a?", "a,!b" };
	static const char *const bad[] = { "", ",", "a,", ",a", "a,,b", "a\\b", "[a]", "a b", "a\x01", "!a", "a!b", "a,!", "a,!,b", "\xc2", "a,!!b" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		OK(wildmat_valid(str_from_c(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(!wildmat_valid(str_from_c(bad[i])), "not %s", bad[i]);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	test_valid();
	OK(wildmat_fits(S("a,b!*"), S("a,b!c")), "one pattern alone");
	return tap_done();
}
