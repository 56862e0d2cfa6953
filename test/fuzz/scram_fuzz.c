/*
 * First octet: which mechanism (bits 0 and 1), an initial response (2), bindings that are not there (3), that none is
 * offered (4), and that the account's secret is the first chunk (5). Then chunks: u16 length (little-endian), octets.
 */
#include "sasl/sasl.h"
#include "sasl/scram_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1" };
/* Of "pencil", with the salts of the examples in RFC 7677 and RFC 5802. */
static const char *const secrets[] = {
	"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
	"SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
};

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

/* What can be read is written so, to the octet. */
static void check_secret(struct str secret)
{
	struct scram_keys k;
	struct buf again;

	if (scram_keys_get(secret, &k) != ERR_OK)
		return;
	buf_init(&again, SCRAM_TEXT_OCTETS_MAX);
	scram_keys_put(&k, &again);
	must(k.salt_octets > 0 && k.salt_octets <= SCRAM_SALT_OCTETS_MAX && k.iterations > 0);
	must(again.len <= secret.len);
	buf_done(&again);
}

static void check(const struct sasl *s, enum err e, const struct buf *challenge)
{
	if (e == ERR_OK) {
		must(s->authcid.len > 0 && !str_has_octet(buf_str(&s->authcid), '\0'));
		must(s->want == SASL_KEYS || s->want == SASL_VERDICT);
		must(s->want == SASL_VERDICT || (!s->proven && s->own != NULL));
	} else if (e == ERR_NEEDMORE) {
		must(s->mechanism != NULL && s->want == SASL_NOTHING && !buf_overflowed(challenge));
	} else {
		must(s->authcid.len == 0 && s->authzid.len == 0 && s->own == NULL && !s->proven && s->mechanism == NULL);
	}
}

static enum err turn(struct sasl *s, struct str secret, struct str *rest, struct buf *challenge)
{
	struct sasl_answer a = { .secret = secret };
	struct str response;

	if (s->want == SASL_KEYS)
		return sasl_answer(s, &a, challenge);
	if (!next(rest, &response))
		return sasl_cancel(s);
	return sasl_step(s, response, challenge);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make(data, size), response = STR_NONE, secret;
	unsigned flags = size > 0 ? data[0] : 0;
	bool bare = (flags & 8) != 0;
	const struct sasl_peer peer = { .tls = true,
		.binds = (flags & 16) == 0,
		.exporter = bare ? STR_NONE : S("0123456789abcdef0123456789abcdef"),
		.end_point = bare ? STR_NONE : S("fedcba9876543210fedcba9876543210"),
		.nonce = S("3rfcNHYJY1ZVvWVs7j") };
	struct buf challenge;
	struct sasl s;
	enum err e;

	if (size == 0)
		return 0;
	rest = str_skip(rest, 1);
	secret = str_from_c(secrets[(flags & 2) != 0]);
	if ((flags & 32) != 0 && next(&rest, &secret))
		check_secret(secret);
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	sasl_init(&s);
	e = sasl_start(&s, str_from_c(names[flags & 3]), &peer,
		(flags & 4) != 0 && next(&rest, &response) ? &response : NULL, &challenge);
	check(&s, e, &challenge);
	for (int turns = 0; e == ERR_NEEDMORE || (e == ERR_OK && s.want == SASL_KEYS); turns++) {
		must(turns < 5);
		e = turn(&s, secret, &rest, &challenge);
		check(&s, e, &challenge);
	}
	sasl_done(&s);
	buf_done(&challenge);
	return 0;
}
