/*
 * Octets as the requests of one connection: heads, bodies, forms, cookies. The same octets cut at another place give the same requests,
 * and a head that was accepted has nothing in it that another reader could cut differently.
 */
#include "wire/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a second reader might do otherwise, looked for by other means than the reader's own. */
static void check_head(struct str head, const struct http_request *r)
{
	must(str_ends(head, S("\r\n\r\n")));
	for (size_t i = 0; i < head.len; i++) {
		must(head.at[i] != '\0' && (head.at[i] != '\n' || (i > 0 && head.at[i - 1] == '\r')));
		must(head.at[i] != '\r' || head.at[i + 1] == '\n');
		must(i == 0 || head.at[i - 1] != '\n' || (head.at[i] != ' ' && head.at[i] != '\t' && head.at[i] != ':'));
	}
	must(!(r->chunked && r->has_length));
	must(r->path.len > 0 && (r->path.at[0] == '/' || r->method == HTTP_OPTIONS));
	must(r->old || http_field(r, S("host")).at != NULL);
}

static void use(const struct http_request *r, struct str body)
{
	struct buf text;

	buf_init(&text, 1 << 16);
	(void)http_cookie(r, S("session"));
	(void)!http_decode(http_form(body, S("user")), true, &text);
	(void)!http_decode(r->path, false, &text);
	http_put_html(&text, body);
	buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_request r, again;
	struct str in = str_make(data, size);
	struct http_body b;
	struct buf body;
	size_t used = 0, used_again = 0;

	for (int requests = 0; requests < 100; requests++) {
		struct str first;
		enum err e = http_read_request(in, 4096, &r, &used);

		if (e != ERR_OK)
			return 0;
		check_head(str_sub(in, 0, used), &r);
		/* One octet less is not a head, and what follows it does not matter. */
		must(http_read_request(str_sub(in, 0, used - 1), 4096, &again, &used_again) != ERR_OK);
		must(http_read_request(str_sub(in, 0, used), 4096, &again, &used_again) == ERR_OK && used == used_again);
		in = str_skip(in, used);
		buf_init(&body, 4096);
		http_body_init(&b, &r);
		first = str_sub(in, 0, in.len / 2);
		e = http_body_take(&b, &first, &body);
		if (e == ERR_NEEDMORE) {
			in = str_skip(in, in.len / 2 - first.len);
			e = http_body_take(&b, &in, &body);
		} else {
			in = str_skip(in, in.len / 2 - first.len);
		}
		if (e == ERR_OK)
			use(&r, buf_str(&body));
		buf_done(&body);
		if (e != ERR_OK)
			return 0;
	}
	return 0;
}
