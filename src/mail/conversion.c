#include "mail/conversion.h"

#define NAME_OCTETS_MAX ((size_t)127)

#define CONVERSION(source, target, what) { S_INIT(source), S_INIT(target), (what) },
static const struct conversion rows[] = {
#include "mail/conversion.tbl"
};
#undef CONVERSION
#define ROWS (sizeof(rows) / sizeof(*rows))

const struct conversion *conversion_row(size_t n)
{
	return n < ROWS ? &rows[n] : NULL;
}

bool conversion_fits(const struct conversion *c, struct str source, struct str target)
{
	bool any = str_eq(c->source, S("*"));

	if (!any && !str_ieq(c->source, source))
		return false;
	return target.at == NULL || str_ieq(target, any ? source : c->target);
}

const struct conversion *conversion_find(struct str source, struct str target)
{
	for (size_t n = 0; n < ROWS; n++) {
		if (conversion_fits(&rows[n], source, target))
			return &rows[n];
	}
	return NULL;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_alpha(s.at[i]) && !ascii_is_digit(s.at[i]) && !str_has_octet(S("!#$&.+-^_"), s.at[i]))
			return false;
	}
	return s.len > 0 && s.len <= NAME_OCTETS_MAX;
}

bool conversion_is_type(struct str s)
{
	struct str type;

	return str_cut(&s, '/', &type) && is_name(type) && is_name(s);
}

bool conversion_is_pattern(struct str s)
{
	struct str type;

	if (str_eq(s, S("*")) || conversion_is_type(s))
		return true;
	return str_cut(&s, '/', &type) && is_name(type) && str_eq(s, S("*"));
}

bool conversion_matches(struct str pattern, struct str type)
{
	if (!str_ends(pattern, S("*")))
		return str_ieq(pattern, type);
	pattern.len--;
	return str_istarts(type, pattern);
}
