/* An mbox file, given in pieces of any size: the same messages come out, in ascending places, none longer than the source. */
#include "mail/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	struct str rest;
	size_t piece;
};

static enum err give(void *arg, char *to, size_t room, size_t *ret)
{
	struct source *s = arg;
	struct str part = str_sub(s->rest, 0, s->piece < room ? s->piece : room);

	if (part.len > 0)
		memcpy(to, part.at, part.len);
	s->rest = str_skip(s->rest, part.len);
	*ret = part.len;
	return ERR_OK;
}

static void split(struct str text, enum mbox_form form, size_t piece, struct buf *to)
{
	struct source s = { text, piece };
	struct mbox_message message;
	uint64_t behind = 0;
	struct mbox m;
	enum err e;

	mbox_init(&m, form, 1 << 16, give, &s);
	while ((e = mbox_next(&m, to, &message)) != ERR_NOTFOUND) {
		must(e == ERR_OK || (e == ERR_SYNTAX && behind == 0));
		if (e != ERR_OK)
			continue;
		must(message.offset >= behind && message.octets > 0);
		behind = message.offset + message.octets;
		must(behind <= text.len);
		buf_printf(to, "|%d%d%d%lld|", message.cut, message.lied, message.too_large, (long long)message.date);
	}
	mbox_done(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf a, b;
	struct str text;

	if (size < 2)
		return 0;
	text = str_make(data + 2, size - 2);
	buf_init(&a, BUF_NO_CEILING);
	buf_init(&b, BUF_NO_CEILING);
	split(text, (enum mbox_form)(data[0] % 5), 1 + data[1], &a);
	split(text, (enum mbox_form)(data[0] % 5), 65536, &b);
	must(str_eq(buf_str(&a), buf_str(&b)));
	buf_clear(&a);
	mbox_put(&a, text, str_sub(text, 0, 20), (int64_t)size * 1000000);
	buf_clear(&b);
	split(buf_str(&a), MBOX_RD, 65536, &b);
	buf_done(&a);
	buf_done(&b);
	return 0;
}
