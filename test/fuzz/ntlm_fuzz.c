/*
 * First octet: how the server is set. Then messages of one exchange: u16 length (little-endian), octets. Each is also given to the
 * decoders as it stands.
 */
#include "base/mem.h"
#include "sasl/ntlm.h"

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

static bool inside(struct str part, struct str whole)
{
	return part.len == 0 || (part.at >= whole.at && part.len <= whole.len && part.at + part.len <= whole.at + whole.len);
}

static void decode(struct str message)
{
	struct ntlm_authenticate a;
	struct ntlm_v2 v;
	struct buf name;
	uint32_t flags;

	if (ntlm_negotiate_get(message, &flags) == ERR_OK)
		must(message.len <= NTLM_NEGOTIATE_OCTETS_MAX && (flags & (NTLM_NTLM | NTLM_EXTENDED)));
	if (ntlm_authenticate_get(message, 0xffffffff, &a) == ERR_OK) {
		must(inside(a.lm, message) && inside(a.nt, message) && inside(a.user, message) && inside(a.domain, message));
		must(a.mic_at == 0 || a.mic_at + NTLM_HASH_OCTETS <= message.len);
		must(a.nt.len == 0 || ntlm_form_of(&a) != NTLM_FORM_NONE);
	}
	if (ntlm_v2_get(message, &v) == ERR_OK)
		must(v.proof.len == NTLM_HASH_OCTETS && inside(v.blob, message) && inside(v.target_name, v.blob));
	buf_init(&name, 4096);
	if (ntlm_from_utf16(message, &name))
		must(!str_has_octet(buf_str(&name), '\0'));
	buf_done(&name);
}

static void answer(struct sasl *s, bool right, struct buf *challenge)
{
	static const char key[NTLM_HASH_OCTETS];
	struct sasl_answer told = { .right = right, .secret = str_make(key, sizeof(key)), .octets = str_make(key, sizeof(key)) };
	struct ntlm_claim claim = ntlm_claim(s);

	must(claim.user.len > 0 && claim.form != NTLM_FORM_NONE && claim.form != NTLM_FORM_BAD);
	must(sasl_answer(s, &told, challenge) == ERR_OK && s->want == SASL_VERDICT);
	must(!s->proven || s->why[0] == '\0');
	/* Nobody finds a response to the hash of zeros. */
	must(right || !s->proven);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str names[] = { S_INIT("mail.example.org") };
	struct ntlm_server server = { .challenge = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.target = { .netbios_domain = S("DOM"), .netbios_computer = S("HOST"), .dns_computer = S("host.example.org"),
			.time = 133000000000000000ull },
		.names = names, .name_count = 1 };
	struct sasl_peer peer = { .tls = true, .end_point = S("certificate"), .ntlm = &server };
	struct str rest = str_make(data, size), message;
	struct buf challenge;
	struct sasl s;
	enum err e;

	if (size == 0)
		return 0;
	server.v1_allowed = data[0] & 1;
	server.binding = (enum ntlm_strictness)((data[0] >> 1 & 3) % 3);
	server.service = (enum ntlm_strictness)((data[0] >> 3 & 3) % 3);
	server.skew_max = data[0] & 32 ? 36000000000ull : 0;
	rest = str_skip(rest, 1);
	buf_init(&challenge, 4096);
	sasl_init(&s);
	e = sasl_start(&s, S("NTLM"), &peer, NULL, &challenge);
	while (e == ERR_NEEDMORE && next(&rest, &message)) {
		decode(message);
		e = sasl_step(&s, message, &challenge);
	}
	if (e == ERR_OK)
		answer(&s, data[0] & 64, &challenge);
	else
		must(e == ERR_NEEDMORE || (s.own == NULL && s.octets.at == NULL));
	sasl_done(&s);
	buf_done(&challenge);
	return 0;
}
