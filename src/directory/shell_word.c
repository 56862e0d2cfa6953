#include "directory/shell_word.h"

#include "base/buf.h"

static bool harmless(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_alpha(s.at[i]) && !ascii_is_digit(s.at[i]) &&
			strchr("@._-+", s.at[i]) == NULL)
			return false;
	}
	return s.len > 0 && s.at[0] != '-' && !str_has_octet(s, '\0');
}

struct str shell_word(struct arena *a, struct str s)
{
	struct buf out;
	struct str ret;

	if (harmless(s))
		return arena_str(a, s);
	buf_init(&out, BUF_NO_CEILING);
	buf_put_octet(&out, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\'')
			buf_put_c(&out, "'\\''");
		else
			buf_put_octet(&out, s.at[i]);
	}
	buf_put_octet(&out, '\'');
	ret = arena_str(a, buf_str(&out));
	buf_done(&out);
	return ret;
}
