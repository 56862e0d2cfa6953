#include "base/language.h"

#define RANGE_OCTETS_MAX  ((size_t)100)
#define SUBTAG_OCTETS_MAX ((size_t)8)
#define HOLE              S("%s")

#define TEXT(english, own) { S_INIT(english), S_INIT(own) },
static const struct language_text german[] = {
#include "base/language_de.tbl"
};
#undef TEXT

#define NO_TEXTS                 NULL, 0
#define TEXTS(of)                (of), sizeof(of) / sizeof(*(of))
#define LANGUAGE(id, tag, texts) { (tag), texts },
static const struct language_row rows[LANGUAGE_COUNT] = {
#include "base/language.tbl"
};
#undef LANGUAGE

const struct language_row *language_row(enum language l)
{
	must((unsigned)l < LANGUAGE_COUNT);
	return &rows[l];
}

bool language_valid(uint64_t number)
{
	return number < LANGUAGE_COUNT;
}

/* ---- ranges ---- */

/* RFC 4647 sections 2.1 and 2.2. */
static bool is_subtag(struct str s, bool first)
{
	if (str_eq(s, S("*")))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_alpha(s.at[i]) && (first || !ascii_is_digit(s.at[i])))
			return false;
	}
	return s.len > 0 && s.len <= SUBTAG_OCTETS_MAX;
}

static enum err check_range(struct str range)
{
	struct str rest = range, subtag;
	bool first = true, more;

	do {
		more = str_cut(&rest, '-', &subtag);
		if (!is_subtag(more ? subtag : rest, first))
			return ERR_SYNTAX;
		first = false;
	} while (more);
	return range.at[0] == '*' ? ERR_NEEDMORE : ERR_OK;
}

/* Without the wildcards. */
static void put_basic(struct buf *to, struct str range)
{
	struct str rest = range, subtag;
	bool more;

	do {
		more = str_cut(&rest, '-', &subtag);
		if (!more)
			subtag = rest;
		if (str_eq(subtag, S("*")))
			continue;
		buf_put(to, to->len > 0 ? S("-") : S(""));
		buf_put(to, subtag);
	} while (more);
}

/* Subtags of one octet go with what stands behind them. */
static struct str shorten(struct str range)
{
	size_t at = str_rfind(range, '-');

	if (at == STR_NPOS)
		return STR_NONE;
	return str_sub(range, 0, at >= 2 && range.at[at - 2] == '-' ? at - 2 : at);
}

enum err language_find(struct str range, enum language *ret)
{
	enum err e = check_range(range);
	struct buf basic;

	if (e != ERR_OK)
		return e;
	if (range.len > RANGE_OCTETS_MAX)
		return ERR_NOTFOUND;
	buf_init(&basic, RANGE_OCTETS_MAX);
	put_basic(&basic, range);
	e = ERR_NOTFOUND;
	for (struct str s = buf_str(&basic); s.len > 0 && e != ERR_OK; s = shorten(s)) {
		for (int l = 0; l < LANGUAGE_COUNT && e != ERR_OK; l++) {
			if (!str_ieq(s, str_from_c(rows[l].tag)))
				continue;
			*ret = (enum language)l;
			e = ERR_OK;
		}
	}
	buf_done(&basic);
	return e;
}

/* ---- texts ---- */

/* Cuts what stands before the next hole off *rest; false: there is none, ret_head is all. */
static bool cut_hole(struct str *rest, struct str *ret_head)
{
	size_t at = str_find_str(*rest, HOLE);

	*ret_head = str_sub(*rest, 0, at == STR_NPOS ? rest->len : at);
	*rest = at == STR_NPOS ? STR_NONE : str_skip(*rest, at + HOLE.len);
	return at != STR_NPOS;
}

/* What stands in the pattern's holes: each as short as can be, the last up to the pattern's end. */
static bool fits(struct str pattern, struct str text, struct str ret_inside[LANGUAGE_HOLES_MAX])
{
	struct str head;
	size_t n = 0;

	if (!cut_hole(&pattern, &head))
		return str_eq(head, text);
	if (!str_starts(text, head))
		return false;
	for (text = str_skip(text, head.len); n < LANGUAGE_HOLES_MAX; n++) {
		bool more = cut_hole(&pattern, &head);
		size_t at = more ? str_find_str(text, head) : text.len - head.len;

		if (text.len < head.len || at == STR_NPOS || !str_starts(str_skip(text, at), head))
			return false;
		ret_inside[n] = str_sub(text, 0, at);
		text = str_skip(text, at + head.len);
		if (!more)
			return true;
	}
	return false;
}

static const struct language_text *find(
	const struct language_row *row, struct str english, struct str ret_inside[LANGUAGE_HOLES_MAX])
{
	for (size_t i = 0; i < row->texts_count; i++) {
		if (fits(row->texts[i].english, english, ret_inside))
			return &row->texts[i];
	}
	return NULL;
}

void language_put(struct buf *to, enum language l, struct str english)
{
	struct str inside[LANGUAGE_HOLES_MAX] = { STR_NONE }, own, head;
	const struct language_text *t = find(language_row(l), english, inside);

	if (t == NULL) {
		buf_put(to, english);
		return;
	}
	own = t->own;
	for (size_t n = 0; cut_hole(&own, &head) && n < LANGUAGE_HOLES_MAX; n++) {
		buf_put(to, head);
		buf_put(to, inside[n]);
	}
	buf_put(to, head);
}

bool language_has(enum language l, struct str english)
{
	struct str inside[LANGUAGE_HOLES_MAX];

	return language_row(l)->texts_count == 0 || find(language_row(l), english, inside) != NULL;
}
