/* First octet: mechanism (1 PLAIN, 8 ANONYMOUS, else LOGIN) and whether there is an initial response. Then responses: u16 length
 * (little-endian), octets. */
#include "base/utf8.h"
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
	switch ((int)e) {
	case ERR_OK:
		if (s->want == SASL_STRANGER) {
			must(utf8_valid(buf_str(&s->authcid)) && !str_has_octet(buf_str(&s->authcid), '\n'));
			break;
		}
		must(s->authcid.len > 0 && s->password.len > 0);
		must(!str_has_octet(buf_str(&s->authcid), '\0') &&
			!str_has_octet(buf_str(&s->password), '\0'));
		break;
	case ERR_NEEDMORE:
		must(s->mechanism != NULL && s->password.len == 0);
		break;
	default:
		must(s->authcid.len == 0 && s->authzid.len == 0 && s->password.len == 0 &&
			s->password.at == NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make(data, size), response;
	const struct sasl_peer peer = { .tls = size > 0 && (data[0] & 4) == 0 };
	struct buf challenge;
	struct sasl s;
	bool initial;
	enum err e;

	if (size == 0)
		return 0;
	rest = str_skip(rest, 1);
	initial = (data[0] & 2) != 0 && next(&rest, &response);
	buf_init(&challenge, 4096);
	sasl_init(&s);
	e = sasl_start(&s, data[0] & 8 ? S("ANONYMOUS") : data[0] & 1 ? S("PLAIN") : S("LOGIN"), &peer,
		initial ? &response : NULL, &challenge);
	check(&s, e);
	for (int turns = 0; e == ERR_NEEDMORE && next(&rest, &response); turns++) {
		must(turns < 3);
		e = sasl_step(&s, response, &challenge);
		check(&s, e);
	}
	must(sasl_cancel(&s) == ERR_CANCELLED && s.authcid.len == 0);
	sasl_done(&s);
	buf_done(&challenge);
	return 0;
}
