#include "wire/spnego.h"

#define LAST_FIELD 3u /* mechListMIC */

enum tag {
	TAG_BITS = 0x03,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_ENUMERATED = 0x0a,
	TAG_SEQUENCE = 0x30,
	TAG_GSS = 0x60,      /* InitialContextToken, RFC 2743 section 3.1 */
	TAG_CONTEXT = 0xa0   /* [0] */
};

static const struct str spnego_oid = S_INIT("\x2b\x06\x01\x05\x05\x02");
static const struct str ntlm_oid = S_INIT("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");
/* Its own name, and the one that Windows 2000 gave it by mistake and its followers still send. */
static const struct str kerberos_oid = S_INIT("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");
static const struct str windows_kerberos_oid = S_INIT("\x2a\x86\x48\x82\xf7\x12\x01\x02\x02");

/* ---- DER ---- */

/* One element with that tag off the front. */
static bool take(struct str *rest, unsigned tag, struct str *ret)
{
	const unsigned char *at = (const unsigned char *)rest->at;
	size_t head = 2, len;

	if (rest->len < head || at[0] != tag)
		return false;
	len = at[1];
	if (len == 0x81 || len == 0x82) {
		head += len & 0x7f;
		if (rest->len < head)
			return false;
		len = head == 3 ? at[2] : (size_t)at[2] << 8 | at[3];
		if (len < (head == 3 ? 0x80u : 0x100u))
			return false;
	} else if (len >= 0x80) {
		return false;
	}
	if (len > rest->len - head)
		return false;
	*ret = str_sub(*rest, head, len);
	*rest = str_skip(*rest, head + len);
	return true;
}

/* The same, and it has to be all there is. */
static bool take_all(struct str whole, unsigned tag, struct str *ret)
{
	return take(&whole, tag, ret) && whole.len == 0;
}

/* [context] with one element in it, if that comes next; *ret is left alone when it does not. False: it comes, and is broken. */
static bool take_optional(struct str *rest, unsigned context, unsigned tag, struct str *ret)
{
	struct str outer, inner;

	if (rest->len == 0 || (unsigned char)rest->at[0] != TAG_CONTEXT + context)
		return true;
	if (!take(rest, TAG_CONTEXT + context, &outer) || !take_all(outer, tag, &inner))
		return false;
	*ret = inner;
	return true;
}

/* "Implementations receiving unknown fields MUST ignore these fields" (RFC 4178 section 6): those behind the ones that are known. */
static bool pass_unknown(struct str rest)
{
	struct str field;

	while (rest.len > 0) {
		unsigned tag = (unsigned char)rest.at[0];

		if (tag <= TAG_CONTEXT + LAST_FIELD || tag > TAG_CONTEXT + 30 || !take(&rest, tag, &field))
			return false;
	}
	return true;
}

/* ---- the client's messages ---- */

static enum spnego_mechanism mechanism_of(struct str oid)
{
	if (str_eq(oid, ntlm_oid))
		return SPNEGO_NTLM;
	return str_eq(oid, kerberos_oid) || str_eq(oid, windows_kerberos_oid) ? SPNEGO_KERBEROS : SPNEGO_OTHER;
}

static bool take_list(struct str rest, struct spnego *s)
{
	size_t count = 0;
	struct str oid;

	while (rest.len > 0) {
		enum spnego_mechanism m;

		if (++count > SPNEGO_MECHANISMS_MAX || !take(&rest, TAG_OID, &oid) || oid.len == 0)
			return false;
		m = mechanism_of(oid);
		if (count == 1)
			s->wants = m;
		s->has_ntlm |= m == SPNEGO_NTLM;
		s->has_kerberos |= m == SPNEGO_KERBEROS;
	}
	return count > 0;
}

static bool take_first(struct str octets, struct spnego *s)
{
	struct str all, oid, outer, rest, context, flags = STR_NONE, list;

	if (!take_all(octets, TAG_GSS, &all) || !take(&all, TAG_OID, &oid) || !str_eq(oid, spnego_oid))
		return false;
	if (!take_all(all, TAG_CONTEXT, &outer) || !take_all(outer, TAG_SEQUENCE, &rest))
		return false;
	if (!take(&rest, TAG_CONTEXT, &context) || !take_all(context, TAG_SEQUENCE, &list) || !take_list(list, s))
		return false;
	s->list = context;
	/* The flags are protected by nothing, and nobody heeds them (RFC 4178 section 4.2.1). */
	return take_optional(&rest, 1, TAG_BITS, &flags) && take_optional(&rest, 2, TAG_OCTETS, &s->token) &&
	       take_optional(&rest, LAST_FIELD, TAG_OCTETS, &s->mic) && pass_unknown(rest);
}

static bool take_response(struct str octets, struct spnego *s)
{
	struct str outer, rest, state = STR_NONE, oid = STR_NONE;

	if (!take_all(octets, TAG_CONTEXT + 1, &outer) || !take_all(outer, TAG_SEQUENCE, &rest))
		return false;
	if (!take_optional(&rest, 0, TAG_ENUMERATED, &state) || !take_optional(&rest, 1, TAG_OID, &oid) ||
		!take_optional(&rest, 2, TAG_OCTETS, &s->token) || !take_optional(&rest, LAST_FIELD, TAG_OCTETS, &s->mic) || !pass_unknown(rest))
		return false;
	if (state.at == NULL)
		return true;
	if (state.len != 1 || (unsigned char)state.at[0] >= SPNEGO_NO_STATE)
		return false;
	s->state = (enum spnego_state)state.at[0];
	return true;
}

enum err spnego_get(struct str octets, struct spnego *ret)
{
	struct spnego s = { .state = SPNEGO_NO_STATE };

	if (octets.len > SPNEGO_OCTETS_MAX)
		return ERR_TOOLONG;
	s.first = octets.len > 0 && (unsigned char)octets.at[0] == TAG_GSS;
	if (s.first ? !take_first(octets, &s) : !take_response(octets, &s))
		return ERR_SYNTAX;
	*ret = s;
	return ERR_OK;
}

/* ---- the server's ---- */

/* Octets that an element has with that many inside. */
static size_t around(size_t inside)
{
	return inside + (inside < 0x80 ? 2 : inside < 0x100 ? 3 : 4);
}

static void put_head(struct buf *to, unsigned tag, size_t len)
{
	must(len < 0x10000);
	buf_put_octet(to, (char)tag);
	if (len >= 0x80)
		buf_put_octet(to, (char)(len < 0x100 ? 0x81 : 0x82));
	if (len >= 0x100)
		buf_put_octet(to, (char)(len >> 8));
	buf_put_octet(to, (char)(len & 0xff));
}

static void put_optional(struct buf *to, unsigned context, unsigned tag, struct str value)
{
	if (value.len == 0)
		return;
	put_head(to, TAG_CONTEXT + context, around(value.len));
	put_head(to, tag, value.len);
	buf_put(to, value);
}

static size_t octets_of(struct str value)
{
	return value.len > 0 ? around(around(value.len)) : 0;
}

void spnego_put(struct buf *to, enum spnego_state state, bool ntlm, struct str token)
{
	char octet = (char)state;
	struct str value = str_make(&octet, 1), oid = ntlm ? ntlm_oid : STR_NONE;
	size_t len = octets_of(value) + octets_of(oid) + octets_of(token);

	put_head(to, TAG_CONTEXT + 1, around(len));
	put_head(to, TAG_SEQUENCE, len);
	put_optional(to, 0, TAG_ENUMERATED, value);
	put_optional(to, 1, TAG_OID, oid);
	put_optional(to, 2, TAG_OCTETS, token);
}
