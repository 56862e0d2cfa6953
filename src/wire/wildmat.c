#include "wire/wildmat.h"

#include "base/utf8.h"

static bool item_valid(char c)
{
	return c != '\\' && c != '[' && c != ']' && c != '!' && !ascii_is_wsp(c);
}

bool wildmat_valid(struct str wildmat)
{
	bool start = true, empty = true;

	if (!utf8_valid(wildmat) || str_has_control(wildmat))
		return false;
	for (size_t i = 0; i < wildmat.len; i++) {
		char c = wildmat.at[i];

		if (c == ',' && empty)
			return false;
		/* A "!" stands in front of every pattern but the first. */
		if (c != ',' && !(c == '!' && start && i > 0) && !item_valid(c))
			return false;
		empty = c == ',' || (c == '!' && start);
		start = c == ',';
	}
	return !empty;
}

/* Octets of the first character. */
static size_t character(struct str s)
{
	struct str rest = s;

	(void)utf8_next(&rest);
	return s.len - rest.len;
}

bool wildmat_fits(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = STR_NPOS, star_text = 0;

	while (t < text.len) {
		char want = p < pattern.len ? pattern.at[p] : '\0';

		if (p < pattern.len && want == '*') {
			star = ++p;
			star_text = t;
		} else if (p < pattern.len && want == '?') {
			p++;
			t += character(str_skip(text, t));
		} else if (p < pattern.len && want == text.at[t]) {
			p++;
			t++;
		} else if (star != STR_NPOS) {
			/* Only the last star is tried again: what stands before it has found its first place. */
			star_text += character(str_skip(text, star_text));
			t = star_text;
			p = star;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}

bool wildmat_match(struct str wildmat, struct str name)
{
	while (true) {
		size_t comma = str_rfind(wildmat, ',');
		struct str pattern = comma == STR_NPOS ? wildmat : str_skip(wildmat, comma + 1);
		bool takes_away = comma != STR_NPOS && str_starts(pattern, S("!"));

		if (wildmat_fits(takes_away ? str_skip(pattern, 1) : pattern, name))
			return !takes_away;
		if (comma == STR_NPOS)
			return false;
		wildmat = str_sub(wildmat, 0, comma);
	}
}
