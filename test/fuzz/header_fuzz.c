/* Header walk, unfolding, parameters and encoded words over any octets. */
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "mail/msgid.h"
#include "mail/param.h"
#include "mail/subject.h"
#include "mail/transfer.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The base subject of a base subject that was no reply is itself; ids hold no blanks outside quotes and grow nowhere. */
static void subjects_and_ids(struct str text)
{
	struct buf base, again;
	struct str rest = text;

	buf_init(&base, BUF_NO_CEILING);
	buf_init(&again, BUF_NO_CEILING);
	(void)subject_base(text, &base);
	must(base.len <= text.len);
	(void)subject_base(buf_str(&base), &again);
	must(str_eq(buf_str(&base), buf_str(&again)));
	while (msgid_next(&rest, &base))
		must(base.len > 2 && base.len <= text.len && rest.len < text.len);
	must(rest.len == 0);
	buf_done(&base);
	buf_done(&again);
}

static void field(const struct header_field *f)
{
	struct buf text, decoded;
	struct str type, subtype, rest;
	struct params params;

	buf_init(&text, BUF_NO_CEILING);
	buf_init(&decoded, BUF_NO_CEILING);
	header_unfold_utf8(f->value, &text);
	must(utf8_valid(buf_str(&text)) && !str_has_octet(buf_str(&text), '\n') && !str_has_octet(buf_str(&text), 0));
	buf_clear(&text);
	header_unfold(f->value, &text);
	must(text.len <= f->value.len);
	encoded_word_decode(buf_str(&text), &decoded);
	subjects_and_ids(buf_str(&decoded));
	must(utf8_valid(buf_str(&decoded)) && !str_has_control(buf_str(&decoded)));
	if (!param_media_type(buf_str(&text), &type, &subtype, &rest))
		(void)param_token(buf_str(&text), &rest);
	params_read(rest, &params);
	for (size_t i = 0; i < params.count; i++)
		encoded_word_decode_param(params.rows[i].value, &decoded);
	must(utf8_valid(buf_str(&decoded)) && !str_has_control(buf_str(&decoded)));
	params_done(&params);
	buf_done(&text);
	buf_done(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make(data, size);
	bool empty_line;
	size_t octets = header_octets(in, &empty_line);
	struct header_walk walk = header_walk(str_sub(in, 0, octets));
	struct header_field f;
	struct buf out;

	must(octets <= size);
	while (header_next(&walk, &f)) {
		must(f.name.len > 0 && f.whole.at >= in.at && f.whole.at + f.whole.len <= in.at + octets);
		field(&f);
	}
	buf_init(&out, BUF_NO_CEILING);
	transfer_base64(in, &out);
	must(out.len <= size);
	buf_clear(&out);
	transfer_quoted_printable(in, &out);
	must(out.len <= size);
	buf_done(&out);
	return 0;
}
