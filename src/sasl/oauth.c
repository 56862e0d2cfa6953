#include "sasl/sasl_int.h"

/*
 * Bearer tokens: OAUTHBEARER (RFC 7628), and XOAUTH2, which clients spoke before it and still do. Whose token it is, is found out
 * elsewhere. The name that comes beside the token is an authorisation identity: it selects the mailbox.
 */

enum { STAGE_TOKEN, STAGE_REFUSED };

#define KVSEP '\x01'

enum err oauth_start(struct sasl *s, struct buf *challenge)
{
	return ERR_NEEDMORE;
}

/* b64token (RFC 6750 section 2.1). */
static bool is_token(struct str token)
{
	struct str body = token;

	while (str_ends(body, S("=")))
		body = str_sub(body, 0, body.len - 1);
	for (size_t i = 0; i < body.len; i++) {
		char c = body.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && !str_has_octet(S("-._~+/"), c))
			return false;
	}
	return body.len > 0;
}

static enum err keep_token(struct sasl *s, struct str value)
{
	struct str token = str_trim(str_skip(value, 6));

	/* The name of a scheme has no case (RFC 9110 section 11.1). */
	if (!str_istarts(value, S("Bearer ")) || !is_token(token))
		return ERR_SYNTAX;
	buf_put(&s->octets, token);
	return sasl_ask(s, SASL_TOKEN);
}

/* key "=" value; false: it is none. Keys are letters. */
static bool is_pair(struct str pair, struct str *ret_key, struct str *ret_value)
{
	*ret_value = pair;
	if (!str_cut(ret_value, '=', ret_key) || ret_key->len == 0)
		return false;
	for (size_t i = 0; i < ret_key->len; i++) {
		if (!ascii_is_alpha(ret_key->at[i]))
			return false;
	}
	return true;
}

/* What stands behind "key="; STR_NONE: it is not there, or there twice, or the list is none. An empty pair ends the list. */
static struct str value_of(struct str rest, struct str key)
{
	struct str pair, name, value, found = STR_NONE;

	while (str_cut(&rest, KVSEP, &pair)) {
		if (pair.len == 0)
			return rest.len == 0 ? found : STR_NONE;
		if (!is_pair(pair, &name, &value))
			return STR_NONE;
		if (!str_ieq(name, key))
			continue;
		if (found.at != NULL)
			return STR_NONE;
		found = value;
	}
	return STR_NONE;
}

/* The client has seen why, and says so: "a single %x01", or nothing at all in XOAUTH2. */
static enum err refused(struct sasl *s, struct str response)
{
	if (response.len > 1 || (response.len == 1 && response.at[0] != KVSEP))
		return ERR_SYNTAX;
	return sasl_ask(s, SASL_VERDICT);
}

/* RFC 7628 section 3.1: gs2-header kvsep *kvpair kvsep. */
enum err oauth_step(struct sasl *s, struct str response, struct buf *challenge)
{
	struct str rest = response, flag, authzid, between;
	enum err e = ERR_OK;

	if (s->stage == STAGE_REFUSED)
		return refused(s, response);
	if (!str_cut(&rest, ',', &flag) || !str_cut(&rest, ',', &authzid) || !str_cut(&rest, KVSEP, &between) || between.len > 0)
		return ERR_SYNTAX;
	/* There is no binding in it, so "p" asks for what cannot be. */
	if (!str_eq(flag, S("n")) && !str_eq(flag, S("y")))
		return ERR_SYNTAX;
	if (authzid.len > 0)
		e = str_starts(authzid, S("a=")) ? sasl_keep_saslname(&s->authzid, str_skip(authzid, 2)) : ERR_SYNTAX;
	return e == ERR_OK ? keep_token(s, value_of(rest, S("auth"))) : e;
}

enum err xoauth2_start(struct sasl *s, struct buf *challenge)
{
	return oauth_start(s, challenge);
}

/* "user=" {name} ^A "auth=Bearer " {token} ^A^A, as the mechanism's inventor has it. */
enum err xoauth2_step(struct sasl *s, struct str response, struct buf *challenge)
{
	enum err e;

	if (s->stage == STAGE_REFUSED)
		return refused(s, response);
	e = sasl_keep(&s->authzid, value_of(response, S("user")), SASL_NAME_OCTETS_MAX, false);
	return e == ERR_OK ? keep_token(s, value_of(response, S("auth"))) : e;
}

/* A refusal goes in a challenge, since an outcome has no room for it (RFC 7628 section 3.2.3). */
enum err oauth_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge)
{
	enum err e;

	if (a->right) {
		e = sasl_keep(&s->authcid, a->name, SASL_NAME_OCTETS_MAX, false);
		s->proven = e == ERR_OK;
		return e == ERR_OK ? sasl_ask(s, SASL_VERDICT) : e;
	}
	s->stage = STAGE_REFUSED;
	buf_put(challenge, a->octets);
	return ERR_NEEDMORE;
}
