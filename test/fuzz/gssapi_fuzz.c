/* First octet: which of the two mechanisms, and over what. Then happenings: kind, u16 length (little-endian), octets: what the client
 * says, or what comes of the context, which strangers have a hand in as well. */
#include "sasl/sasl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SAYS, TOLD, MORE, NO, AWAY, KINDS };

static bool next(struct str *rest, unsigned *ret_kind, struct str *ret)
{
	size_t len;

	if (rest->len < 3)
		return false;
	*ret_kind = (unsigned char)rest->at[0] % KINDS;
	len = (size_t)((unsigned char)rest->at[1] | (unsigned char)rest->at[2] << 8);
	*ret = str_sub(str_skip(*rest, 3), 0, len);
	*rest = str_skip(*rest, 3 + len);
	return true;
}

static void check(const struct sasl *s, enum err e)
{
	if (e == ERR_OK && s->want == SASL_CONTEXT)
		must(s->call == SASL_UNWRAP || s->octets.len > 0);
	else if (e == ERR_OK)
		must(s->want == SASL_VERDICT && (!s->proven || s->authcid.len > 0));
	else if (e != ERR_NEEDMORE && e != ERR_SEQUENCE)
		must(s->octets.at == NULL && s->authzid.at == NULL && s->last.at == NULL && s->mechanism == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sasl_peer peer = { .tls = true };
	struct str rest = str_make(data, size), octets;
	struct buf challenge;
	struct sasl s;
	unsigned kind;
	enum err e;

	if (size == 0)
		return 0;
	rest = str_skip(rest, 1);
	peer.takes_last = (data[0] & 2) != 0;
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	sasl_init(&s);
	e = sasl_start(&s, data[0] & 1 ? S("GSSAPI") : S("GSS-SPNEGO"), &peer, NULL, &challenge);
	while (s.mechanism != NULL && next(&rest, &kind, &octets)) {
		struct sasl_answer a = { .code = kind == AWAY ? ERR_NOCONTROLLER : ERR_OK, .right = kind != NO, .more = kind == MORE,
			.octets = str_sub(octets, 0, 4096), .name = data[0] & 4 ? octets : S("alice@EXAMPLE.ORG") };

		e = kind == SAYS ? sasl_step(&s, octets, &challenge) : sasl_answer(&s, &a, &challenge);
		check(&s, e);
	}
	sasl_done(&s);
	buf_done(&challenge);
	return 0;
}
