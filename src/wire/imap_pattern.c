#include "wire/imap_pattern.h"

/*
 * All the places of the pattern that the name so far may have led to are kept at once, so nothing
 * is ever tried again. place[i]: the pattern's first i octets match what has been read.
 */
struct places {
	bool at[IMAP_PATTERN_OCTETS_MAX + 1];
};

static bool is_wild(char c)
{
	return c == '*' || c == '%';
}

/* A wildcard may stand for nothing. */
static void skip_wild(struct places *p, struct str pattern)
{
	for (size_t i = 0; i < pattern.len; i++) {
		if (p->at[i] && is_wild(pattern.at[i]))
			p->at[i + 1] = true;
	}
}

/* True while some place is left. From the end, so that a place is read before it is written. */
static bool step(struct places *p, struct str pattern, char c, char separator, bool fold)
{
	bool any = false;

	p->at[pattern.len] = false;
	for (size_t i = pattern.len; i-- > 0;) {
		char want = pattern.at[i];
		bool here = p->at[i];

		p->at[i] = here && (want == '*' || (want == '%' && c != separator));
		if (here && !is_wild(want) &&
			(want == c || (fold && ascii_lower(want) == ascii_lower(c))))
			p->at[i + 1] = true;
		any = any || p->at[i] || p->at[i + 1];
	}
	return any;
}

/* How many octets of the name are compared without case. */
static size_t inbox_octets(struct str name, char separator)
{
	if (!str_istarts(name, S("INBOX")))
		return 0;
	return name.len == 5 || name.at[5] == separator ? 5 : 0;
}

static bool run(struct str pattern, struct str name, char separator, size_t *ret_parent)
{
	struct places p;
	size_t fold = inbox_octets(name, separator);

	*ret_parent = 0;
	if (pattern.len > IMAP_PATTERN_OCTETS_MAX)
		return false;
	memset(p.at, 0, pattern.len + 1);
	p.at[0] = true;
	skip_wild(&p, pattern);
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == separator && p.at[pattern.len])
			*ret_parent = i;
		if (!step(&p, pattern, name.at[i], separator, i < fold))
			return false;
		skip_wild(&p, pattern);
	}
	return p.at[pattern.len];
}

bool imap_pattern_match(struct str pattern, struct str name, char separator)
{
	size_t parent;

	return run(pattern, name, separator, &parent);
}

bool imap_pattern_match_parent(
	struct str pattern, struct str name, char separator, size_t *ret_octets)
{
	size_t parent;

	run(pattern, name, separator, &parent);
	if (parent > 0)
		*ret_octets = parent;
	return parent > 0;
}
