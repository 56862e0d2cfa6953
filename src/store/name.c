#include "store/name.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "store/mailbox.h"

struct str name_parent(struct str name)
{
	size_t at = str_rfind(name, '/');

	return at == STR_NPOS ? STR_NONE : str_sub(name, 0, at);
}

bool name_within(struct str name, struct str parent)
{
	return str_starts(name, parent) && (name.len == parent.len || name.at[parent.len] == '/');
}

enum err name_keyword_check(struct str keyword)
{
	if (keyword.len == 0 || keyword.len > ITEM_KEYWORD_OCTETS_MAX)
		return ERR_SYNTAX;
	for (size_t i = 0; i < keyword.len; i++) {
		unsigned char c = (unsigned char)keyword.at[i];

		if (c <= ' ' || c >= 0x7f || str_has_octet(S("(){%*\"\\]"), (char)c))
			return ERR_SYNTAX;
	}
	return ERR_OK;
}

/* Controls of C0 and C1, line and paragraph separators (RFC 6855 section 3), what is no character and never will be (RFC 5198
 * section 2), and what makes text run the other way (Unicode annex 9: embeddings, overrides, isolates; marks may stand in names
 * of languages that need them): nobody could tell such names apart. */
static bool is_odd(uint32_t c)
{
	return c == UTF8_BAD || c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

static bool has_odd_code_point(struct str name)
{
	if (str_starts(name, S("\xef\xbb\xbf"))) /* a byte order mark; further on it is a character */
		return true;
	while (name.len > 0) {
		if (is_odd(utf8_next(&name)))
			return true;
	}
	return false;
}

/* "." and ".." are no names anywhere that a folder may be taken to: directories, news groups. */
static bool level_good(struct str level)
{
	return level.len > 0 && !str_eq(level, S(".")) && !str_eq(level, S(".."));
}

static bool levels_good(struct str name)
{
	unsigned depth = 0;
	struct str rest = name, level;

	while (str_cut(&rest, '/', &level)) {
		if (!level_good(level))
			return false;
		depth++;
	}
	return level_good(rest) && depth < FOLDER_DEPTH_MAX;
}

static enum err compose(struct arena *a, struct str name, struct str *ret)
{
	utf8proc_uint8_t *nfc = NULL;
	utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)name.at, (utf8proc_ssize_t)name.len, &nfc,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE);

	if (len < 0)
		return ERR_FOLDERNAME;
	*ret = arena_str(a, str_make(nfc, (size_t)len));
	free(nfc);
	return ERR_OK;
}

static struct str spell_inbox(struct arena *a, struct str name)
{
	char *at;

	if (!str_istarts(name, S("INBOX")) || (name.len > 5 && name.at[5] != '/'))
		return name;
	at = arena_take(a, name.len);
	memcpy(at, name.at, name.len);
	memcpy(at, "INBOX", 5);
	return str_make(at, name.len);
}

enum err folder_pattern(struct arena *a, struct str pattern, struct str *ret)
{
	enum err e = compose(a, pattern, ret);

	if (e == ERR_OK)
		*ret = spell_inbox(a, *ret);
	return e;
}

enum err folder_name(struct arena *a, struct str name, struct str *ret)
{
	struct str made;

	if (name.len > 1 && name.at[name.len - 1] == '/')
		name.len--;
	if (name.len == 0 || name.len > FOLDER_NAME_OCTETS_MAX || has_odd_code_point(name))
		return ERR_FOLDERNAME;
	if (compose(a, name, &made) != ERR_OK)
		return ERR_FOLDERNAME;
	if (made.len > FOLDER_NAME_OCTETS_MAX || !levels_good(made))
		return ERR_FOLDERNAME;
	*ret = spell_inbox(a, made);
	return ERR_OK;
}
