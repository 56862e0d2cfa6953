#include "ctl/quote.h"

void quote_put(struct buf *to, const char *word)
{
	buf_put_octet(to, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_put_c(to, "'\\''");
		else
			buf_put_octet(to, *word);
	}
	buf_put_octet(to, '\'');
}
