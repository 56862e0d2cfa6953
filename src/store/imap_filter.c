#include "store/imap_filter.h"

#include "base/utf8.h"

#define VALUES  "filters/values/"
#define PRIVATE S("/private/" VALUES)
#define SHARED  S("/shared/" VALUES)

/* What is private comes before what is shared (section 3.1). */
static struct str find_value(struct imap *i, const struct annotation_list *list, struct str name)
{
	struct str shared = STR_NONE;

	for (size_t n = 0; n < list->count; n++) {
		const struct annotation *row = &list->rows[n];
		bool own = row->owner == i->s->user.account && str_istarts(row->entry, PRIVATE);
		struct str prefix = own ? PRIVATE : SHARED;

		if (!str_istarts(row->entry, prefix) || !str_ieq(str_skip(row->entry, prefix.len), name))
			continue;
		if (own)
			return row->value;
		shared = row->owner == 0 ? row->value : shared;
	}
	return shared;
}

/* In the command's arena of bounded size. */
static bool read_filter(struct imap *i, struct str value, struct imap_search *ret)
{
	struct imap_args args;
	struct str text = arena_printf(&i->parsed, " %.*s", STR_FMT(value));

	*ret = (struct imap_search){ 0 };
	imap_args_init(&args, &i->parsed, text);
	imap_arg_search_keys(&args, ret);
	return imap_args_end(&args) == ERR_OK;
}

static enum err put_in(struct imap *i, struct imap_search *search, size_t at, struct str value)
{
	struct imap_search filter;

	if (value.at == NULL || !utf8_valid(value) || !read_filter(i, value, &filter))
		return ERR_NOTFOUND;
	return imap_search_splice(&i->parsed, search, at, &filter);
}

static bool is_utf8(struct str charset)
{
	return charset.len == 0 || str_ieq(charset, S("UTF-8")) || str_ieq(charset, S("US-ASCII"));
}

/* One pass: filters that come with a filter are for the next one. */
static enum err expand_once(struct imap *i, struct imap_search *search,
	const struct annotation_list *list, struct str *ret_name)
{
	enum err e = ERR_OK;

	for (size_t n = search->count; n-- > 0 && e == ERR_OK;) {
		if (search->keys[n].kind != IMAP_SEARCH_FILTER)
			continue;
		*ret_name = search->keys[n].text;
		e = put_in(i, search, n, find_value(i, list, *ret_name));
	}
	return e;
}

static bool has_filter(const struct imap_search *search, struct str *ret_name)
{
	for (size_t n = 0; n < search->count; n++) {
		if (search->keys[n].kind == IMAP_SEARCH_FILTER) {
			*ret_name = search->keys[n].text;
			return true;
		}
	}
	return false;
}

enum err imap_filter_expand(struct imap *i, struct imap_search *search, struct str *ret_name)
{
	struct annotation_list list;
	enum err e = ERR_OK;

	if (!has_filter(search, ret_name))
		return ERR_OK;
	if (!is_utf8(search->charset))
		return ERR_SYNTAX;
	e = folder_annotations(i->s->mailbox, 0, &i->arena, &list);
	for (unsigned pass = 0; pass < IMAP_FILTER_PASSES && e == ERR_OK && has_filter(search, ret_name); pass++)
		e = expand_once(i, search, &list, ret_name);
	return e == ERR_OK && has_filter(search, ret_name) ? ERR_NOTFOUND : e;
}

enum step imap_filter_failed(struct imap *i, enum err e, struct str name)
{
	if (e == ERR_SYNTAX)
		return imap_engine_over(i, e, "BADCHARSET (UTF-8 US-ASCII)", S("filters are UTF-8"));
	if (e != ERR_NOTFOUND)
		return imap_engine_over(i, e, NULL, STR_NONE);
	return imap_engine_over(i, e, arena_printf(&i->arena, "UNDEFINED-FILTER %.*s", STR_FMT(name)).at,
		S("no such filter, or it is no search"));
}

bool imap_filter_is_sound(struct imap *i, struct str entry, struct str value)
{
	struct imap_search filter;

	if (!str_istarts(entry, PRIVATE) && !str_istarts(entry, SHARED))
		return true;
	return value.at == NULL || (utf8_valid(value) && read_filter(i, value, &filter));
}
