#include "mail/msgid.h"

bool msgid_next(struct str *rest, struct buf *to)
{
	bool open = false, quoted = false, at_sign = false;

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
