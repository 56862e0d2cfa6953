#include "directory/name.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"

/* First and last code point of what may not stand in a name, and what to call it. */
static const struct refused {
	uint32_t first, last;
	const char *why;
} refused[] = {
	{ 0x0000, 0x001f, "it holds a control character" },
	{ 0x007f, 0x009f, "it holds a control character" },
	{ 0x00ad, 0x00ad, "it holds an invisible character" },
	{ 0x061c, 0x061c, "it holds a bidirectional control" },
	{ 0x200b, 0x200b, "it holds an invisible character" },
	{ 0x200e, 0x200f, "it holds a bidirectional control" },
	{ 0x2028, 0x2029, "it holds a line separator" },
	{ 0x202a, 0x202e, "it holds a bidirectional control" },
	{ 0x2060, 0x2064, "it holds an invisible character" },
	{ 0x2066, 0x2069, "it holds a bidirectional control" },
	{ 0xfeff, 0xfeff, "it holds an invisible character" },
	{ 0xe0000, 0xe007f, "it holds an invisible character" },
};

static const char *why_refused(struct str s)
{
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		if (c == UTF8_BAD)
			return "it is not UTF-8";
		for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
			if (c >= refused[i].first && c <= refused[i].last)
				return refused[i].why;
		}
	}
	return NULL;
}

static bool map_into(struct arena *a, struct str s, utf8proc_option_t options, struct str *ret)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t len;

	if (s.len == 0) {
		*ret = S("");
		return true;
	}
	len = utf8proc_map((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.len, &out, options);
	if (len < 0)
		return false;
	*ret = arena_str(a, str_make(out, (size_t)len));
	free(out);
	return true;
}

enum err name_nfc(struct arena *a, struct str s, struct str *ret, const char **ret_why)
{
	const char *why = why_refused(s);

	if (why == NULL && !map_into(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE, ret))
		why = "it is not UTF-8";
	*ret_why = why;
	return why == NULL ? ERR_OK : ERR_SYNTAX;
}

struct str name_fold(struct arena *a, struct str s)
{
	struct str folded, ret;

	/* Folding can undo composition, and composing can make what folds again (U+0345): so twice.
	 */
	if (!map_into(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD, &folded) ||
		!map_into(a, folded, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD, &ret))
		return arena_str(a, s);
	return ret;
}

bool name_same(struct arena *a, struct str x, struct str y)
{
	return str_eq(name_fold(a, x), name_fold(a, y));
}

const char *name_why_not(struct str s)
{
	static const char bad[] = "\\/@\"[]:;|=,+*?<>";

	if (s.len == 0)
		return "it is empty";
	if (s.len > NAME_OCTETS_MAX)
		return "it is longer than 128 octets";
	if (ascii_is_wsp(s.at[0]) || ascii_is_wsp(s.at[s.len - 1]))
		return "it begins or ends with a blank";
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\0' || strchr(bad, s.at[i]) != NULL)
			return "it holds one of \\ / @ \" [ ] : ; | = , + * ? < >";
	}
	return why_refused(s);
}
