/*
 * The first line is a Content-Type, the rest a form. What is opened gives each field once and no longer than the body; cut short anywhere in a
 * multipart it is refused.
 */
#include "wire/http_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "name", "email", "text", "form", "to", "a", "" };
	struct str type, body = str_make(data, size);
	struct http_form f, cut;
	struct buf value;

	if (!str_cut(&body, '\n', &type) || http_form_open(type, body, &f) != ERR_OK)
		return 0;
	must(f.body.len == body.len && (f.boundary.at == NULL || f.boundary.len > 0));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		enum err e;

		buf_init(&value, body.len + 1);
		e = http_form_get(&f, str_from_c(names[i]), &value);
		must(e == ERR_OK || e == ERR_NOTFOUND);
		must(value.len <= body.len && !str_has_octet(buf_str(&value), '\0'));
		buf_done(&value);
	}
	if (f.boundary.at != NULL)
		must(http_form_open(type, str_sub(body, 0, body.len - (str_ends(body, S("\r\n")) ? 4 : 2)), &cut) != ERR_OK);
	return 0;
}
