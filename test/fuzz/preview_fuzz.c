/* Previews: bounded, UTF-8, no control in them, and the same whatever the pieces. */
#include "mail/preview.h"

#include "base/utf8.h"

static void check(struct str s)
{
	unsigned characters = 0;

	must(s.len <= PREVIEW_OCTETS_MAX && utf8_valid(s));
	must(s.len == 0 || (s.at[0] != ' ' && s.at[s.len - 1] != ' '));
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		must(c >= 0x20 && c != 0x7f);
		characters++;
	}
	must(characters <= PREVIEW_CHARACTERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make(data, size);
	struct preview whole, pieces;
	enum preview_kind kind;
	size_t cut;

	if (size < 2)
		return 0;
	kind = data[0] & 1 ? PREVIEW_HTML : PREVIEW_PLAIN;
	cut = data[1];
	text = str_skip(text, 2);
	preview_begin(&whole, kind);
	(void)preview_feed(&whole, text);
	check(preview_end(&whole));
	if (!utf8_valid(str_sub(text, 0, cut)))
		return 0;
	preview_begin(&pieces, kind);
	(void)preview_feed(&pieces, str_sub(text, 0, cut));
	(void)preview_feed(&pieces, str_skip(text, cut));
	must(str_eq(preview_end(&whole), preview_end(&pieces)));
	return 0;
}
