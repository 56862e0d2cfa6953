/* First octet: which of the two mechanisms, and what becomes of the token. Then responses: u16 length (little-endian), octets. */
#include "sasl/sasl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool next(struct str *rest, struct str *ret)
{
	size_t len;

	if (rest->len < 2)
		return false;
	len = (size_t)((unsigned char)rest->at[0] | (unsigned char)rest->at[1] << 8);
	*ret = str_sub(str_skip(*rest, 2), 0, len);
	*rest = str_skip(*rest, 2 + len);
	return true;
}

static void check(const struct sasl *s, enum err e)
{
	if (e == ERR_OK && s->want == SASL_TOKEN)
		must(s->octets.len > 0 && !str_has_octet(buf_str(&s->octets), ' ') && !str_has_octet(buf_str(&s->octets), '\1'));
	else if (e == ERR_OK)
		must(s->want == SASL_VERDICT && (!s->proven || s->authcid.len > 0));
	else if (e != ERR_NEEDMORE)
		must(s->octets.at == NULL && s->authzid.at == NULL && s->mechanism == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sasl_peer peer = { .tls = true };
	struct sasl_answer told = { .name = S_INIT("alice"), .octets = S_INIT("{\"status\":\"invalid_token\"}") };
	struct str rest = str_make(data, size), response;
	struct buf challenge;
	struct sasl s;
	enum err e;

	if (size == 0)
		return 0;
	rest = str_skip(rest, 1);
	told.right = (data[0] & 2) != 0;
	told.code = data[0] & 4 ? ERR_NOCONTROLLER : ERR_OK;
	buf_init(&challenge, 4096);
	sasl_init(&s);
	e = sasl_start(&s, data[0] & 1 ? S("OAUTHBEARER") : S("XOAUTH2"), &peer, NULL, &challenge);
	while (e == ERR_NEEDMORE && next(&rest, &response)) {
		e = sasl_step(&s, response, &challenge);
		check(&s, e);
		if (e == ERR_OK && s.want == SASL_TOKEN) {
			e = sasl_answer(&s, &told, &challenge);
			check(&s, e);
		}
	}
	sasl_done(&s);
	buf_done(&challenge);
	return 0;
}
