#include "mail/conversion.h"

#include "tap.h"

static const struct {
	const char *s;
	bool type, pattern;
} names[] = {
	{ "text/plain", true, true },
	{ "application/vnd.x+y-z.1", true, true },
	{ "*", false, true },
	{ "text/*", false, true },
	{ "*/*", false, false },
	{ "*/plain", false, false },
	{ "text/*x", false, false },
	{ "text", false, false },
	{ "text/", false, false },
	{ "/plain", false, false },
	{ "text/pl\"ain", false, false },
	{ "text/a/b", false, false },
	{ "", false, false },
};

static bool is(struct str source, struct str target, const char *want)
{
	const struct conversion *c = conversion_find(source, target);

	return c == NULL ? want == NULL : want != NULL && str_eq(c->target, str_from_c(want));
}

/* The longest name there may be, and one more. */
static void long_names(void)
{
	char name[140] = "a/";

	memset(name + 2, 'b', 127);
	OK(conversion_is_type(str_make(name, 129)), "a subtype of 127");
	name[129] = 'b';
	OK(!conversion_is_type(str_make(name, 130)), "a subtype of 128");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		OK(conversion_is_type(str_from_c(names[i].s)) == names[i].type, "type %s", names[i].s);
		OK(conversion_is_pattern(str_from_c(names[i].s)) == names[i].pattern, "pattern %s", names[i].s);
	}
	long_names();
	OK(conversion_matches(S("TEXT/*"), S("text/plain")) && conversion_matches(S("*"), S("a/b")) &&
			conversion_matches(S("A/B"), S("a/b")) && !conversion_matches(S("text/*"), S("image/text")) &&
			!conversion_matches(S("text/plain"), S("text/plainer")),
		"patterns match");
	OK(is(S("TEXT/Plain"), STR_NONE, "text/plain") && is(S("text/csv"), STR_NONE, "text/csv") &&
			is(S("text/csv"), S("text/PLAIN"), "text/plain"),
		"text");
	OK(is(S("image/png"), STR_NONE, "*") && is(S("image/png"), S("Image/PNG"), "*") && is(S("image/png"), S("image/gif"), NULL), "others");
	OK(conversion_row(0) != NULL && conversion_row(1000) == NULL, "rows end");
	return tap_done();
}
