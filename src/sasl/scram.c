#include "base/code.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sasl/sasl_int.h"
#include "sasl/scram_keys.h"

/* SCRAM, RFC 5802: the mechanism's name says which hash, and whether the channel is bound (-PLUS). */

#define FIRST_OCTETS_MAX        ((size_t)4096)
#define FINAL_OCTETS_MAX        ((size_t)4096)
#define CLIENT_NONCE_OCTETS_MAX ((size_t)256)
#define BINDING_OCTETS_MAX      ((size_t)128) /* the longest is a digest of 64 octets */

enum { STAGE_FIRST, STAGE_FINAL, STAGE_LAST };

/* Zeros are keys that no proof fits. */
struct key_pair {
	unsigned char stored[SCRAM_KEY_OCTETS_MAX], server[SCRAM_KEY_OCTETS_MAX];
};

struct scram {
	enum scram_hash hash;
	/* The client's first message as it came; the header (RFC 5801) is in front of the bare one. */
	char first[FIRST_OCTETS_MAX];
	size_t first_octets, header_octets;
	struct str nonce;   /* the client's; a view into first */
	struct str binding; /* what the channel is bound to: a view into what the peer is; empty: to nothing */
	char server_first[CLIENT_NONCE_OCTETS_MAX + SASL_NONCE_OCTETS_MAX + SCRAM_TEXT_OCTETS_MAX];
	size_t server_first_octets, whole_nonce_octets;
	struct scram_keys keys;
	struct key_pair pairs[1 + SASL_OTHERS_MAX]; /* the account's own in front */
};

static struct str header_of(const struct scram *c)
{
	return str_make(c->first, c->header_octets);
}

static struct str bare_of(const struct scram *c)
{
	return str_make(c->first + c->header_octets, c->first_octets - c->header_octets);
}

/* Behind "r=". */
static struct str whole_nonce_of(const struct scram *c)
{
	return str_make(c->server_first + 2, c->whole_nonce_octets);
}

enum err scram_start(struct sasl *s, struct buf *challenge)
{
	return ERR_NEEDMORE;
}

/* ---- what the client says first ---- */

/* What stands behind a letter and '='. */
static bool take_value(struct str attribute, char letter, struct str *ret)
{
	if (attribute.len < 2 || attribute.at[0] != letter || attribute.at[1] != '=')
		return false;
	*ret = str_skip(attribute, 2);
	return true;
}

/* Up to the next comma, or to the end. */
static bool take_attribute(struct str *rest, struct str *ret)
{
	if (rest->at == NULL)
		return false;
	if (!str_cut(rest, ',', ret)) {
		*ret = *rest;
		*rest = STR_NONE;
	}
	return true;
}

/* RFC 5802 section 6. "y": the client could bind, and believes that we cannot; somebody took it off the list. */
static enum err judge_flag(struct sasl *s, struct scram *c, struct str flag)
{
	bool plus = s->mechanism->flags & SASL_BINDS;
	struct str type;

	if (!plus && str_eq(flag, S("n")))
		return ERR_OK;
	if (!plus && str_eq(flag, S("y")))
		return s->peer->binds ? ERR_DOWNGRADE : ERR_OK;
	if (!plus || !take_value(flag, 'p', &type))
		return ERR_SYNTAX;
	if (str_eq(type, S("tls-exporter")))
		c->binding = s->peer->exporter;
	else if (str_eq(type, S("tls-server-end-point")))
		c->binding = s->peer->end_point;
	else if (str_eq(type, S("tls-unique")))
		c->binding = s->peer->unique;
	return c->binding.len > 0 && c->binding.len <= BINDING_OCTETS_MAX ? ERR_OK : ERR_BINDINGTYPE;
}

static enum err take_header(struct sasl *s, struct scram *c, struct str *rest)
{
	struct str whole = *rest, flag, authzid, name;
	enum err e;

	if (!str_cut(rest, ',', &flag) || !str_cut(rest, ',', &authzid))
		return ERR_SYNTAX;
	c->header_octets = whole.len - rest->len;
	e = judge_flag(s, c, flag);
	if (e != ERR_OK || authzid.len == 0)
		return e;
	return take_value(authzid, 'a', &name) ? sasl_keep_saslname(&s->authzid, name) : ERR_SYNTAX;
}

/* printable: ASCII without blank; the comma has gone already. */
static bool is_nonce(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < 0x21 || s.at[i] > 0x7e)
			return false;
	}
	return s.len > 0;
}

/* Extensions that we do not know are passed over; one that must be known ('m') is none of ours. */
static enum err pass_extensions(struct str rest)
{
	struct str extension;

	while (take_attribute(&rest, &extension)) {
		if (extension.len < 3 || !ascii_is_alpha(extension.at[0]) || extension.at[1] != '=')
			return ERR_SYNTAX;
		if (extension.at[0] == 'm')
			return ERR_UNSUPPORTED;
	}
	return ERR_OK;
}

static enum err take_bare(struct sasl *s, struct scram *c, struct str rest)
{
	struct str attribute, name;
	enum err e;

	if (!take_attribute(&rest, &attribute))
		return ERR_SYNTAX;
	if (str_starts(attribute, S("m=")))
		return ERR_UNSUPPORTED;
	if (!take_value(attribute, 'n', &name))
		return ERR_SYNTAX;
	e = sasl_keep_saslname(&s->authcid, name);
	if (e != ERR_OK)
		return e;
	if (!take_attribute(&rest, &attribute) || !take_value(attribute, 'r', &c->nonce) ||
		!is_nonce(c->nonce) || c->nonce.len > CLIENT_NONCE_OCTETS_MAX)
		return ERR_SYNTAX;
	return pass_extensions(rest);
}

static enum err take_first(struct sasl *s, struct scram *c, struct str response)
{
	struct str rest;
	enum err e;

	if (response.len > sizeof(c->first))
		return ERR_TOOLONG;
	memcpy(c->first, response.at, response.len);
	c->first_octets = response.len;
	rest = str_make(c->first, response.len);
	if (str_has_octet(rest, '\0') || !utf8_valid(rest))
		return ERR_SYNTAX;
	c->hash = scram_hash_of(str_from_c(s->mechanism->name));
	e = take_header(s, c, &rest);
	if (e == ERR_OK)
		e = take_bare(s, c, rest);
	return e == ERR_OK ? sasl_ask(s, SASL_KEYS) : e;
}

/* ---- what the server says first ---- */

static void keep_pair(struct scram *c, size_t i, const struct scram_keys *k)
{
	memcpy(c->pairs[i].stored, k->stored, sizeof(k->stored));
	memcpy(c->pairs[i].server, k->server, sizeof(k->server));
}

/* Those that a client can prove which is told this salt. */
static void keep_others(struct scram *c, const struct sasl_answer *a)
{
	struct scram_keys k;

	must(a->others_count <= SASL_OTHERS_MAX);
	for (size_t i = 0; i < a->others_count; i++) {
		if (a->others[i].len == 0 || scram_keys_get(a->others[i], &k) != ERR_OK)
			continue;
		if (k.hash == c->hash && k.iterations == c->keys.iterations && k.salt_octets == c->keys.salt_octets &&
			memcmp(k.salt, c->keys.salt, k.salt_octets) == 0)
			keep_pair(c, 1 + i, &k);
		mem_wipe(&k, sizeof(k));
	}
}

enum err scram_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge)
{
	struct scram *c = sasl_own(s, sizeof(*c));
	enum err e = scram_keys_get(a->secret, &c->keys);

	if (e != ERR_OK || c->keys.hash != c->hash)
		return ERR_CORRUPT;
	keep_pair(c, 0, &c->keys);
	keep_others(c, a);
	must(is_nonce(s->peer->nonce) && s->peer->nonce.len <= SASL_NONCE_OCTETS_MAX);
	buf_printf(challenge, "r=%.*s%.*s,s=", STR_FMT(c->nonce), STR_FMT(s->peer->nonce));
	base64_put(challenge, str_make(c->keys.salt, c->keys.salt_octets));
	buf_printf(challenge, ",i=%u", c->keys.iterations);
	must(!buf_overflowed(challenge) && challenge->len <= sizeof(c->server_first));
	memcpy(c->server_first, challenge->at, challenge->len);
	c->server_first_octets = challenge->len;
	c->whole_nonce_octets = c->nonce.len + s->peer->nonce.len;
	s->stage = STAGE_FINAL;
	return ERR_NEEDMORE;
}

/* ---- what the client says at last ---- */

struct final {
	struct str without_proof, binding, nonce, proof;
};

static enum err cut_final(struct str response, struct final *ret)
{
	size_t comma = str_rfind(response, ',');
	struct str rest, attribute;

	if (comma == STR_NPOS || !take_value(str_skip(response, comma + 1), 'p', &ret->proof))
		return ERR_SYNTAX;
	ret->without_proof = str_sub(response, 0, comma);
	rest = ret->without_proof;
	if (!take_attribute(&rest, &attribute) || !take_value(attribute, 'c', &ret->binding) ||
		!take_attribute(&rest, &attribute) || !take_value(attribute, 'r', &ret->nonce))
		return ERR_SYNTAX;
	return pass_extensions(rest);
}

/* The header is in it too: nobody has changed it on its way, or the mailbox that is asked for. */
static bool is_bound(const struct scram *c, struct str given)
{
	struct buf octets, text;
	bool same;

	buf_init(&octets, FIRST_OCTETS_MAX + BINDING_OCTETS_MAX);
	buf_init(&text, (FIRST_OCTETS_MAX + BINDING_OCTETS_MAX) * 2);
	buf_put(&octets, header_of(c));
	buf_put(&octets, c->binding);
	base64_put(&text, buf_str(&octets));
	same = !buf_overflowed(&octets) && str_eq_constant_time(buf_str(&text), given);
	buf_wipe(&octets);
	buf_wipe(&text);
	return same;
}

static enum err take_proof(struct str text, unsigned char *to, size_t *ret)
{
	struct buf octets;
	enum err e;

	buf_init(&octets, FINAL_OCTETS_MAX);
	e = base64_get(&octets, text);
	/* Of another length, it is a wrong one like any other. */
	*ret = octets.len;
	if (e == ERR_OK && octets.len > 0)
		memcpy(to, octets.at, octets.len < SCRAM_KEY_OCTETS_MAX ? octets.len : SCRAM_KEY_OCTETS_MAX);
	buf_wipe(&octets);
	return e == ERR_OK ? ERR_OK : ERR_SYNTAX;
}

static bool pair_is_proven(enum scram_hash hash, const struct key_pair *pair, struct str message, const unsigned char *proof)
{
	unsigned char mine[SCRAM_KEY_OCTETS_MAX], client[SCRAM_KEY_OCTETS_MAX];
	size_t octets = scram_key_octets(hash);
	bool right;

	scram_hmac(hash, str_make(pair->stored, octets), message, mine);
	for (size_t i = 0; i < octets; i++)
		client[i] = proof[i] ^ mine[i];
	scram_digest(hash, str_make(client, octets), mine);
	right = str_eq_constant_time(str_make(mine, octets), str_make(pair->stored, octets));
	mem_wipe(mine, sizeof(mine));
	mem_wipe(client, sizeof(client));
	return right;
}

/*
 * RFC 5802 section 3. Puts what proves in turn that we have the account's keys. All pairs are tried, whatever there is: neither that there is an
 * account, nor how many passwords it has, is told by the time.
 */
static bool is_proven(const struct scram *c, const struct final *f, const unsigned char *proof, size_t *ret_which, unsigned char *ret_signature)
{
	size_t octets = scram_key_octets(c->hash), which = 0;
	struct buf message;
	bool right = false;

	buf_init(&message, FIRST_OCTETS_MAX + sizeof(c->server_first) + FINAL_OCTETS_MAX + 2);
	buf_put(&message, bare_of(c));
	buf_put_octet(&message, ',');
	buf_put(&message, str_make(c->server_first, c->server_first_octets));
	buf_put_octet(&message, ',');
	buf_put(&message, f->without_proof);
	must(!buf_overflowed(&message));
	for (size_t i = 0; i <= SASL_OTHERS_MAX; i++) {
		if (pair_is_proven(c->hash, &c->pairs[i], buf_str(&message), proof) && !right) {
			right = true;
			which = i;
		}
	}
	scram_hmac(c->hash, str_make(c->pairs[which].server, octets), buf_str(&message), ret_signature);
	buf_wipe(&message);
	*ret_which = which;
	return right;
}

static enum err take_final(struct sasl *s, struct scram *c, struct str response, struct buf *challenge)
{
	unsigned char proof[SCRAM_KEY_OCTETS_MAX] = { 0 }, signature[SCRAM_KEY_OCTETS_MAX];
	size_t proof_octets = 0;
	bool right, same_nonce;
	struct final f;
	enum err e = response.len > FINAL_OCTETS_MAX ? ERR_TOOLONG : cut_final(response, &f);

	if (e == ERR_OK && (str_has_octet(response, '\0') || !utf8_valid(response)))
		e = ERR_SYNTAX;
	if (e == ERR_OK)
		e = take_proof(f.proof, proof, &proof_octets);
	if (e == ERR_OK && !is_bound(c, f.binding))
		e = ERR_BINDING;
	if (e != ERR_OK)
		return e;
	right = is_proven(c, &f, proof, &s->which, signature);
	same_nonce = str_eq_constant_time(f.nonce, whole_nonce_of(c));
	s->proven = right && same_nonce && proof_octets == scram_key_octets(c->hash);
	if (s->proven) {
		buf_put_c(challenge, "v=");
		base64_put(challenge, str_make(signature, scram_key_octets(c->hash)));
	}
	mem_wipe(proof, sizeof(proof));
	mem_wipe(signature, sizeof(signature));
	s->stage = STAGE_LAST;
	return s->proven ? ERR_NEEDMORE : sasl_ask(s, SASL_VERDICT);
}

enum err scram_step(struct sasl *s, struct str response, struct buf *challenge)
{
	struct scram *c = sasl_own(s, sizeof(*c));

	if (s->stage == STAGE_FIRST)
		return take_first(s, c, response);
	if (s->stage == STAGE_FINAL)
		return take_final(s, c, response, challenge);
	/* No protocol here has room for our last message in its "yes": it was a challenge, and is answered by nothing. */
	return response.len == 0 ? sasl_ask(s, SASL_VERDICT) : ERR_SYNTAX;
}
