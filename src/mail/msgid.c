#include "mail/msgid.h"

/* Most of them: nothing between the brackets is quoted, blank or another bracket. */
static bool plain_next(struct str *rest, struct buf *to)
{
	size_t open = str_find(*rest, '<');
	struct str id = open == STR_NPOS ? STR_NONE : str_skip(*rest, open + 1);
	size_t end = str_find(id, '>');
	bool at_sign = false;

	if (end == STR_NPOS || end <= 2)
		return false;
	id.len = end;
	for (size_t i = 0; i < id.len; i++) {
		char c = id.at[i];

		if (c == '"' || c == '<' || c == ' ' || c == '\t')
			return false;
		at_sign |= c == '@';
	}
	if (!at_sign)
		return false;
	buf_clear(to);
	buf_put(to, id);
	*rest = str_skip(*rest, open + 1 + end + 1);
	return true;
}

bool msgid_next(struct str *rest, struct buf *to)
{
	bool open = false, quoted = false, at_sign = false;

	if (plain_next(rest, to))
		return true;
	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->at[i];

		if (open && quoted && c == '\\' && i + 1 < rest->len) {
			buf_put_octet(to, rest->at[++i]);
		} else if (open && c == '"') {
			quoted = !quoted;
		} else if (!quoted && c == '<') {
			open = true;
			at_sign = false;
			buf_clear(to);
		} else if (open && !quoted && c == '>' && at_sign && to->len > 2) {
			*rest = str_skip(*rest, i + 1);
			return true;
		} else if (open && !quoted && c == '>') {
			open = false;
		} else if (open && (quoted || (c != ' ' && c != '\t'))) {
			at_sign |= c == '@';
			buf_put_octet(to, c);
		}
	}
	rest->len = 0;
	return false;
}
