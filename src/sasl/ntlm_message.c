#include "sasl/ntlm_message.h"

#include "base/cursor.h"

#define NEGOTIATE_OCTETS       ((size_t)16) /* signature, type, flags */
#define NEGOTIATE_NAMES_OCTETS ((size_t)32) /* with the two names behind them */
#define CHALLENGE_OCTETS       ((size_t)56)
#define AUTHENTICATE_OCTETS    ((size_t)52) /* six fields less the session key */
#define AUTHENTICATE_FLAGS_AT  ((size_t)60)
#define AUTHENTICATE_MIC_AT    ((size_t)72)
#define V2_OCTETS_MIN          ((size_t)44) /* proof, fixed part of the blob, without pairs */
#define VERSION_REVISION       15u          /* NTLMSSP_REVISION_W2K3 */

static const struct str signature = S_INIT("NTLMSSP\0");

enum message_type { NEGOTIATE = 1, CHALLENGE = 2, AUTHENTICATE = 3 };

/* AV_PAIR ids, MS-NLMP section 2.2.2.1. */
enum pair_id {
	PAIR_END = 0,
	PAIR_NETBIOS_COMPUTER = 1,
	PAIR_NETBIOS_DOMAIN = 2,
	PAIR_DNS_COMPUTER = 3,
	PAIR_DNS_DOMAIN = 4,
	PAIR_FLAGS = 6,
	PAIR_TIMESTAMP = 7,
	PAIR_TARGET_NAME = 9,
	PAIR_BINDING = 10
};

static bool begins(struct rd *r, enum message_type type)
{
	return str_eq(rd_octets(r, signature.len), signature) && rd_u32(r) == (uint32_t)type;
}

/* A field's length, its capacity, which does not count, and its offset; from: where the fixed part ends. */
static bool field(struct rd *r, struct str message, size_t from, struct str *ret)
{
	size_t len = rd_u16(r), at;

	(void)rd_u16(r);
	at = rd_u32(r);
	if (r->failed)
		return false;
	if (len == 0) {
		*ret = STR_NONE;
		return true;
	}
	if (at < from || at > message.len || len > message.len - at)
		return false;
	*ret = str_sub(message, at, len);
	return true;
}

enum err ntlm_negotiate_get(struct str message, uint32_t *ret_flags)
{
	struct rd r = rd_from(message);
	struct str name;
	uint32_t flags;

	if (message.len > NTLM_NEGOTIATE_OCTETS_MAX || !begins(&r, NEGOTIATE))
		return ERR_SYNTAX;
	flags = rd_u32(&r);
	if (r.failed)
		return ERR_SYNTAX;
	/* The names are hints that nobody needs, but one that lies is a broken message. */
	if (message.len > NEGOTIATE_OCTETS && message.len < NEGOTIATE_NAMES_OCTETS)
		return ERR_SYNTAX;
	if (message.len >= NEGOTIATE_NAMES_OCTETS &&
		((!field(&r, message, NEGOTIATE_NAMES_OCTETS, &name) && (flags & NTLM_OEM_DOMAIN)) ||
			(!field(&r, message, NEGOTIATE_NAMES_OCTETS, &name) && (flags & NTLM_OEM_WORKSTATION))))
		return ERR_SYNTAX;
	/* Extended session security replaces the other: some clients then leave that flag out (ntlm-auth of Python). */
	if (!(flags & (NTLM_UNICODE | NTLM_OEM)) || !(flags & (NTLM_NTLM | NTLM_EXTENDED)))
		return ERR_UNSUPPORTED;
	*ret_flags = flags;
	return ERR_OK;
}

/* ---- the challenge ---- */

static bool put_pair(struct buf *to, enum pair_id id, struct str name)
{
	struct buf text;
	struct wr w = wr_to(to);
	bool good;

	if (name.len == 0)
		return true;
	buf_init(&text, NTLM_NAME_OCTETS_MAX);
	good = ntlm_to_utf16(name, &text);
	wr_u16(&w, (uint16_t)id);
	wr_u16(&w, (uint16_t)text.len);
	wr_octets(&w, buf_str(&text));
	buf_done(&text);
	return good;
}

static bool put_target_info(struct buf *to, const struct ntlm_target *t)
{
	struct wr w = wr_to(to);
	bool good = put_pair(to, PAIR_NETBIOS_DOMAIN, t->netbios_domain);

	good = good && put_pair(to, PAIR_NETBIOS_COMPUTER, t->netbios_computer);
	good = good && put_pair(to, PAIR_DNS_DOMAIN, t->dns_domain);
	good = good && put_pair(to, PAIR_DNS_COMPUTER, t->dns_computer);
	wr_u16(&w, PAIR_TIMESTAMP);
	wr_u16(&w, sizeof(t->time));
	wr_u64(&w, t->time);
	wr_u16(&w, PAIR_END);
	wr_u16(&w, 0);
	return good;
}

static uint32_t answered(uint32_t asked)
{
	uint32_t flags = NTLM_NTLM | NTLM_TARGET_INFO | NTLM_TARGET_IS_DOMAIN;

	/*
	 * No sealing or exchange of keys: TLS is there for that. Nor is anything signed; but a client of GSS-API that asks for signing, as all of
	 * SPNEGO's do, goes no further where it is not granted.
	 */
	flags |= asked & (NTLM_REQUEST_TARGET | NTLM_SIGN | NTLM_ALWAYS_SIGN | NTLM_EXTENDED | NTLM_VERSION | NTLM_128 | NTLM_56);
	return flags | (asked & NTLM_UNICODE ? NTLM_UNICODE : NTLM_OEM);
}

static void put_field(struct wr *w, size_t len, size_t at)
{
	wr_u16(w, (uint16_t)len);
	wr_u16(w, (uint16_t)len);
	wr_u32(w, (uint32_t)at);
}

static void put_challenge(struct buf *to, uint32_t flags, struct str challenge, struct str name, struct str info)
{
	struct wr w = wr_to(to);

	wr_octets(&w, signature);
	wr_u32(&w, CHALLENGE);
	put_field(&w, name.len, CHALLENGE_OCTETS);
	wr_u32(&w, flags);
	wr_octets(&w, challenge);
	wr_u64(&w, 0);
	put_field(&w, info.len, CHALLENGE_OCTETS + name.len);
	/* A version that no Windows had: it is for those who look into traces. */
	wr_u32(&w, flags & NTLM_VERSION ? 6u : 0);
	wr_u32(&w, flags & NTLM_VERSION ? VERSION_REVISION << 24 : 0);
	wr_octets(&w, name);
	wr_octets(&w, info);
}

enum err ntlm_challenge_put(uint32_t asked, const uint8_t challenge[NTLM_CHALLENGE_OCTETS], const struct ntlm_target *target,
	uint32_t *ret_flags, struct buf *to)
{
	uint32_t flags = answered(asked);
	struct buf name, info;
	enum err e = ERR_OK;

	buf_init(&name, NTLM_NAME_OCTETS_MAX);
	buf_init(&info, 4 * NTLM_NAME_OCTETS_MAX + 64);
	if (!(flags & NTLM_UNICODE))
		buf_put(&name, target->netbios_domain);
	else if (!ntlm_to_utf16(target->netbios_domain, &name))
		e = ERR_SYNTAX;
	if (!put_target_info(&info, target))
		e = ERR_SYNTAX;
	if (e == ERR_OK && (buf_overflowed(&name) || buf_overflowed(&info)))
		e = ERR_TOOBIG;
	if (e == ERR_OK)
		put_challenge(to, flags, str_make(challenge, NTLM_CHALLENGE_OCTETS), buf_str(&name), buf_str(&info));
	if (e == ERR_OK && buf_overflowed(to))
		e = ERR_TOOBIG;
	buf_done(&name);
	buf_done(&info);
	if (e == ERR_OK)
		*ret_flags = flags;
	return e;
}

/* ---- the answer to it ---- */

static size_t first_octet(struct str message, const struct ntlm_authenticate *a)
{
	const struct str fields[] = { a->lm, a->nt, a->domain, a->user, a->workstation };
	size_t first = message.len;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (fields[i].len > 0 && (size_t)(fields[i].at - message.at) < first)
			first = (size_t)(fields[i].at - message.at);
	}
	return first;
}

static bool name_is_good(const struct ntlm_authenticate *a, struct str name)
{
	return name.len <= NTLM_NAME_OCTETS_MAX && (!a->unicode || name.len % 2 == 0);
}

enum err ntlm_authenticate_get(struct str message, uint32_t offered, struct ntlm_authenticate *ret)
{
	struct ntlm_authenticate a = { .flags = offered };
	struct rd r = rd_from(message);
	struct str key = STR_NONE;
	size_t first;

	if (message.len < AUTHENTICATE_OCTETS || !begins(&r, AUTHENTICATE))
		return ERR_SYNTAX;
	if (!field(&r, message, AUTHENTICATE_OCTETS, &a.lm) || !field(&r, message, AUTHENTICATE_OCTETS, &a.nt) ||
		!field(&r, message, AUTHENTICATE_OCTETS, &a.domain) || !field(&r, message, AUTHENTICATE_OCTETS, &a.user) ||
		!field(&r, message, AUTHENTICATE_OCTETS, &a.workstation))
		return ERR_SYNTAX;
	/* Where the octets begin says how much of the fixed part there is: the oldest clients end before the session key. */
	first = first_octet(message, &a);
	if (first >= AUTHENTICATE_FLAGS_AT + 4) {
		if (!field(&r, message, AUTHENTICATE_OCTETS, &key))
			return ERR_SYNTAX;
		a.flags = rd_u32(&r);
	}
	if (first >= AUTHENTICATE_MIC_AT + NTLM_HASH_OCTETS)
		a.mic_at = AUTHENTICATE_MIC_AT;
	/* What was not offered is not taken, whatever the client says. */
	a.unicode = (offered & NTLM_UNICODE) && (a.flags & NTLM_UNICODE);
	if (!name_is_good(&a, a.domain) || !name_is_good(&a, a.user) || !name_is_good(&a, a.workstation))
		return ERR_SYNTAX;
	*ret = a;
	return ERR_OK;
}

static bool zeros_from(struct str s, size_t from)
{
	for (size_t i = from; i < s.len; i++) {
		if (s.at[i] != 0)
			return false;
	}
	return true;
}

enum ntlm_form ntlm_form_of(const struct ntlm_authenticate *a)
{
	if (a->nt.len == 0)
		return NTLM_FORM_NONE;
	if (a->nt.len == NTLM_V1_OCTETS) {
		bool session = (a->flags & NTLM_EXTENDED) && a->lm.len == NTLM_V1_OCTETS && zeros_from(a->lm, NTLM_CHALLENGE_OCTETS);

		return session ? NTLM_FORM_SESSION : NTLM_FORM_V1;
	}
	return a->nt.len > V2_OCTETS_MIN ? NTLM_FORM_V2 : NTLM_FORM_BAD;
}

/* ---- an NTLMv2 response ---- */

struct pairs {
	bool flags, binding, target_name;
};

static bool take_once(bool *seen)
{
	bool first = !*seen;

	*seen = true;
	return first;
}

static bool take_flags(struct str value, struct ntlm_v2 *v)
{
	struct rd r = rd_from(value);

	v->flags = rd_u32(&r);
	return rd_end(&r) == ERR_OK;
}

static bool take_binding(struct str value, struct ntlm_v2 *v)
{
	if (value.len != NTLM_HASH_OCTETS)
		return false;
	v->binding = zeros_from(value, 0) ? STR_NONE : value;
	return true;
}

static bool take_pair(uint16_t id, struct str value, struct pairs *seen, struct ntlm_v2 *v)
{
	if (id == PAIR_FLAGS)
		return take_once(&seen->flags) && take_flags(value, v);
	if (id == PAIR_BINDING)
		return take_once(&seen->binding) && take_binding(value, v);
	if (id == PAIR_TARGET_NAME) {
		v->target_name = value;
		return take_once(&seen->target_name) && value.len % 2 == 0 && value.len <= NTLM_NAME_OCTETS_MAX;
	}
	return true;
}

enum err ntlm_v2_get(struct str response, struct ntlm_v2 *ret)
{
	struct rd r = rd_from(response);
	struct ntlm_v2 v = { .proof = rd_octets(&r, NTLM_HASH_OCTETS) };
	struct pairs seen = { false, false, false };
	bool good, ended = false;

	v.blob = r.rest;
	/* Two versions of the response, both 1. */
	good = rd_u8(&r) == 1 && rd_u8(&r) == 1;
	(void)rd_u16(&r);
	(void)rd_u32(&r);
	v.time = rd_u64(&r);
	(void)rd_octets(&r, NTLM_CHALLENGE_OCTETS);
	(void)rd_u32(&r);
	while (good && !ended && !r.failed) {
		uint16_t id = rd_u16(&r);
		struct str value = rd_octets(&r, rd_u16(&r));

		ended = id == PAIR_END && value.len == 0;
		good = !r.failed && (ended || (id != PAIR_END && take_pair(id, value, &seen, &v)));
	}
	if (!good || r.failed)
		return ERR_SYNTAX;
	*ret = v;
	return ERR_OK;
}
