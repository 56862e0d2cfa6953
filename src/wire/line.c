#include "wire/line.h"

enum err line_cut(struct str in, size_t max, struct str *ret_line)
{
	must(max >= 2);
	for (size_t i = 0; i < in.len && i < max - 1; i++) {
		char c = in.at[i];

		if (c == '\n' || c == '\0')
			return ERR_BARELINEEND;
		if (c != '\r')
			continue;
		if (i + 1 == in.len)
			return ERR_NEEDMORE;
		if (in.at[i + 1] != '\n')
			return ERR_BARELINEEND;
		*ret_line = str_make(in.at, i);
		return ERR_OK;
	}
	return in.len < max ? ERR_NEEDMORE : ERR_TOOLONG;
}
