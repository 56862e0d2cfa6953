/* Lines of a message. A line ends in LF, with or without a CR before it; the last one may lack its end. */
#pragma once

#include "base/str.h"

/* Cuts the first line off *rest and returns it without its line end. *ret_whole: with it. rest not empty. */
static inline struct str textline_cut(struct str *rest, struct str *ret_whole)
{
	size_t at = str_find(*rest, '\n');
	struct str whole = str_sub(*rest, 0, at == STR_NPOS ? rest->len : at + 1);
	struct str line = whole;

	if (at != STR_NPOS) {
		line.len--;
		if (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
	}
	*rest = str_skip(*rest, whole.len);
	*ret_whole = whole;
	return line;
}
