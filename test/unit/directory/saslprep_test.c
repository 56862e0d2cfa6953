#include "directory/saslprep.h"

#include "tap.h"

static const struct {
	const char *what;
	struct str in, want; /* want of no octets: refused */
} rows[] = {
	/* RFC 4013 section 3 */
	{ "soft hyphen mapped to nothing", S_INIT("I\xc2\xadX"), S_INIT("IX") },
	{ "no transformation", S_INIT("user"), S_INIT("user") },
	{ "case preserved", S_INIT("USER"), S_INIT("USER") },
	{ "NFKC of U+00AA", S_INIT("\xc2\xaa"), S_INIT("a") },
	{ "NFKC of U+2168", S_INIT("\xe2\x85\xa8"), S_INIT("IX") },
	{ "prohibited character", S_INIT("\x07"), S_INIT("") },
	{ "bidirectional check", S_INIT("\xd8\xa7\x31"), S_INIT("") },
	/* RFC 5802 section 3 asks for these two */
	{ "U+00BD", S_INIT("\xc2\xbd"), S_INIT("1\xe2\x81\x84\x32") },
	{ "U+00B4", S_INIT("\xc2\xb4"), S_INIT(" \xcc\x81") },
	{ "U+00A0 and U+3000 are blanks", S_INIT("a\xc2\xa0\x62\xe3\x80\x80\x63"), S_INIT("a b c") },
	{ "composed", S_INIT("u\xcc\x88"), S_INIT("\xc3\xbc") },
	{ "right to left from end to end", S_INIT("\xd8\xa7\x31\xd8\xa8"), S_INIT("\xd8\xa7\x31\xd8\xa8") },
	{ "both ways", S_INIT("\xd8\xa7\x61\xd8\xa8"), S_INIT("") },
	{ "Cyrillic", S_INIT("\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"), S_INIT("\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c") },
	{ "younger than the profile", S_INIT("\xf0\x9f\x90\xb4"), S_INIT("\xf0\x9f\x90\xb4") },
	{ "private use", S_INIT("\xee\x80\x80"), S_INIT("") },
	{ "no character", S_INIT("\xef\xb7\x90"), S_INIT("") },
	{ "end of a plane", S_INIT("\xf0\x9f\xbf\xbe"), S_INIT("") },
	{ "tag", S_INIT("\xf3\xa0\x81\x81"), S_INIT("") },
	{ "nothing", S_INIT(""), S_INIT("") },
	{ "nothing is left", S_INIT("\xc2\xad"), S_INIT("") },
	{ "bad UTF-8", S_INIT("a\xff"), S_INIT("") },
	{ "NUL", S_INIT("a\0b"), S_INIT("") },
};

int main(void)
{
	struct arena a;

	arena_init(&a, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str got = S("untouched");
		enum err e = saslprep(&a, rows[i].in, &got);

		OK(e == (rows[i].want.len > 0 ? ERR_OK : ERR_SYNTAX), "%s: %s", rows[i].what, err_name(e));
		IS_STR(got, rows[i].want.len > 0 ? rows[i].want : S("untouched"));
	}
	arena_done(&a);
	return tap_done();
}
