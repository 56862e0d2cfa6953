#include "netlogon/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/code.h"
#include "base/mem.h"

#define LEEWAY_SECONDS  60
#define KEYS_MAX        ((size_t)64)   /* of a set that are looked at */
#define RSA_BITS_MIN    2048           /* RFC 7518 section 3.3 */
#define COORDINATE_OCTETS_MAX ((size_t)66) /* of P-521 */

/* RFC 7518 section 3.1 and RFC 8037; what is not here is not accepted. */
static const struct algorithm {
	const char *name, *key_type;
	const char *digest; /* NULL: the signature has its own */
	const char *curve, *group; /* as the key names it, as OpenSSL does */
	size_t coordinate_octets;
	bool pss;
} algorithms[] = {
	{ "RS256", "RSA", "SHA256" },
	{ "RS384", "RSA", "SHA384" },
	{ "RS512", "RSA", "SHA512" },
	{ "PS256", "RSA", "SHA256", .pss = true },
	{ "PS384", "RSA", "SHA384", .pss = true },
	{ "PS512", "RSA", "SHA512", .pss = true },
	{ "ES256", "EC", "SHA256", "P-256", "prime256v1", 32 },
	{ "ES384", "EC", "SHA384", "P-384", "secp384r1", 48 },
	{ "ES512", "EC", "SHA512", "P-521", "secp521r1", 66 },
	{ "EdDSA", "OKP", NULL, "Ed25519", NULL, 32 },
	{ "Ed25519", "OKP", NULL, "Ed25519", NULL, 32 },
};

static enum err no(struct failure *f, const char *why)
{
	fail(f, ERR_AUTH, NULL);
	fail_reason(f, "%s", why);
	return ERR_AUTH;
}

/* ---- text ---- */

/* base64url without padding (RFC 7515 section 2). STR_NONE: it is none. */
static struct str octets_of(struct arena *a, struct str text)
{
	struct buf padded, octets;
	struct str ret = STR_NONE;

	buf_init(&padded, JWT_OCTETS_MAX + 4);
	buf_init(&octets, JWT_OCTETS_MAX);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		/* The other alphabet's two are made what base64_get refuses. */
		buf_put_octet(&padded, c == '-' ? '+' : c == '_' ? '/' : c == '+' || c == '/' ? '!' : c);
	}
	buf_put(&padded, str_sub(S("==="), 0, (4 - text.len % 4) % 4));
	if (text.len > 0 && text.len <= JWT_OCTETS_MAX && base64_get(&octets, buf_str(&padded)) == ERR_OK)
		ret = arena_str(a, buf_str(&octets));
	buf_done(&padded);
	buf_done(&octets);
	return ret;
}

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value)) : STR_NONE;
}

static json_t *object_of(struct arena *a, struct str text)
{
	struct str octets = octets_of(a, text);
	json_t *value = octets.len == 0 ? NULL : json_loadb(octets.at, octets.len, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(value))
		return value;
	json_decref(value);
	return NULL;
}

/* ---- keys ---- */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *c = params == NULL ? NULL : EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (c == NULL || EVP_PKEY_fromdata_init(c) != 1 || EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_free(params);
	return key;
}

static EVP_PKEY *rsa_key(struct arena *a, const json_t *jwk)
{
	struct str n = octets_of(a, text_of(jwk, "n")), e = octets_of(a, text_of(jwk, "e"));
	BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.at, (int)n.len, NULL);
	BIGNUM *exponent = BN_bin2bn((const unsigned char *)e.at, (int)e.len, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (n.len > 0 && e.len > 0 && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		key = key_from("RSA", OSSL_PARAM_BLD_to_param(b));
	if (key != NULL && EVP_PKEY_get_bits(key) < RSA_BITS_MIN) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_PARAM_BLD_free(b);
	BN_free(modulus);
	BN_free(exponent);
	return key;
}

static EVP_PKEY *ec_key(struct arena *a, const json_t *jwk, const struct algorithm *g)
{
	struct str x = octets_of(a, text_of(jwk, "x")), y = octets_of(a, text_of(jwk, "y"));
	unsigned char point[1 + 2 * COORDINATE_OCTETS_MAX] = { POINT_CONVERSION_UNCOMPRESSED };
	OSSL_PARAM_BLD *b;
	EVP_PKEY *key = NULL;

	if (x.len != g->coordinate_octets || y.len != x.len)
		return NULL;
	memcpy(point + 1, x.at, x.len);
	memcpy(point + 1 + x.len, y.at, y.len);
	b = OSSL_PARAM_BLD_new();
	if (OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, g->group, 0) == 1 &&
		OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * x.len) == 1)
		key = key_from("EC", OSSL_PARAM_BLD_to_param(b));
	OSSL_PARAM_BLD_free(b);
	return key;
}

static EVP_PKEY *key_of(struct arena *a, const json_t *jwk, const struct algorithm *g)
{
	struct str x;

	if (g->group != NULL)
		return ec_key(a, jwk, g);
	if (g->digest != NULL)
		return rsa_key(a, jwk);
	x = octets_of(a, text_of(jwk, "x"));
	return x.len == g->coordinate_octets
		       ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.at, x.len)
		       : NULL;
}

/* Whether a key may have made such a signature; one that says nothing of its use or algorithm may. */
static bool suits(const json_t *jwk, const struct algorithm *g, struct str id)
{
	struct str key_id = text_of(jwk, "kid"), use = text_of(jwk, "use"), algorithm = text_of(jwk, "alg");

	if (!str_eq(text_of(jwk, "kty"), str_from_c(g->key_type)))
		return false;
	if (g->curve != NULL && !str_eq(text_of(jwk, "crv"), str_from_c(g->curve)))
		return false;
	if ((use.at != NULL && !str_eq(use, S("sig"))) || (algorithm.at != NULL && !str_eq(algorithm, str_from_c(g->name))))
		return false;
	return id.at == NULL || key_id.at == NULL || str_eq(id, key_id);
}

/* ---- the signature ---- */

/* OpenSSL wants DER where a token has the two numbers in a row (RFC 7518 section 3.4). */
static struct str der_of(struct arena *a, struct str pair)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	size_t half = pair.len / 2;
	BIGNUM *r = BN_bin2bn((const unsigned char *)pair.at, (int)half, NULL);
	BIGNUM *s = BN_bin2bn((const unsigned char *)pair.at + half, (int)half, NULL);
	unsigned char *der = NULL;
	struct str ret = STR_NONE;
	int len;

	ECDSA_SIG_set0(sig, r, s);
	len = i2d_ECDSA_SIG(sig, &der);
	if (len > 0)
		ret = arena_str(a, str_make(der, (size_t)len));
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return ret;
}

static bool set_padding(EVP_PKEY_CTX *c, const struct algorithm *g)
{
	if (!g->pss)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool is_signed(EVP_PKEY *key, const struct algorithm *g, struct str text, struct str signature)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	bool good = EVP_DigestVerifyInit_ex(m, &c, g->digest, NULL, NULL, key, NULL) == 1 && set_padding(c, g) &&
		    EVP_DigestVerify(m, (const unsigned char *)signature.at, signature.len, (const unsigned char *)text.at,
			    text.len) == 1;

	EVP_MD_CTX_free(m);
	return good;
}

static const struct algorithm *algorithm_of(const json_t *header)
{
	struct str name = text_of(header, "alg");

	for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++) {
		if (str_eq(name, str_from_c(algorithms[i].name)))
			return &algorithms[i];
	}
	return NULL;
}

/* A token cut at its dots. */
struct parts {
	struct str signed_text, signature;
	json_t *header, *claims;
};

/* ERR_NOTFOUND: none of the keys could have made it. */
static enum err check_signature(struct arena *a, const struct parts *p, const json_t *key_set)
{
	const struct algorithm *g = algorithm_of(p->header);
	struct str signature = p->signature;
	const json_t *keys = json_object_get(key_set, "keys");
	enum err e = ERR_NOTFOUND;

	if (g->group != NULL && signature.len != 2 * g->coordinate_octets)
		return ERR_AUTH;
	if (g->group != NULL)
		signature = der_of(a, signature);
	for (size_t i = 0; i < json_array_size(keys) && i < KEYS_MAX && e != ERR_OK; i++) {
		const json_t *jwk = json_array_get(keys, i);
		EVP_PKEY *key = suits(jwk, g, text_of(p->header, "kid")) ? key_of(a, jwk, g) : NULL;

		if (key != NULL)
			e = is_signed(key, g, p->signed_text, signature) ? ERR_OK : ERR_AUTH;
		EVP_PKEY_free(key);
	}
	return e;
}

/* ---- the claims ---- */

static bool list_has(const json_t *list, struct str wanted)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_string(item) && str_eq(str_make(json_string_value(item), json_string_length(item)), wanted))
			return true;
	}
	return false;
}

static bool is_for(const json_t *claims, struct str audience)
{
	const json_t *aud = json_object_get(claims, "aud");

	return audience.len == 0 || str_eq(text_of(claims, "aud"), audience) || list_has(aud, audience);
}

static bool words_have(struct str words, struct str wanted)
{
	struct str word;

	while (str_cut(&words, ' ', &word)) {
		if (str_eq(word, wanted))
			return true;
	}
	return str_eq(words, wanted);
}

/* "scope" is the standard's name (RFC 8693 section 4.2), "scp" the one that Microsoft's issuer uses. */
static bool has_scope(const json_t *claims, struct str scope)
{
	return scope.len == 0 || words_have(text_of(claims, "scope"), scope) || words_have(text_of(claims, "scp"), scope) ||
	       list_has(json_object_get(claims, "scp"), scope);
}

/* A time that is none counts as never having come, or as past: absent is told apart by the caller. */
static int64_t time_of(const json_t *claims, const char *name)
{
	const json_t *value = json_object_get(claims, name);

	if (json_is_integer(value))
		return json_integer_value(value);
	return json_is_real(value) && json_real_value(value) < 1e15 && json_real_value(value) > 0 ? (int64_t)json_real_value(value) : 0;
}

static enum err check_times(const json_t *claims, int64_t now, struct failure *f)
{
	if (json_object_get(claims, "exp") == NULL)
		return no(f, "the token does not say when it expires (exp)");
	if (time_of(claims, "exp") <= now - LEEWAY_SECONDS)
		return no(f, "the token has expired");
	if (json_object_get(claims, "nbf") != NULL && time_of(claims, "nbf") > now + LEEWAY_SECONDS)
		return no(f, "the token is not valid yet (nbf)");
	if (json_object_get(claims, "iat") != NULL && time_of(claims, "iat") > now + LEEWAY_SECONDS)
		return no(f, "the token was issued in the future: compare the clocks (iat)");
	return ERR_OK;
}

enum err jwt_check_claims(struct arena *a, const json_t *claims, const struct jwt_rules *rules, struct str *ret_name, struct failure *f)
{
	struct str name = STR_NONE;
	char *claim = str_dup_c(rules->claim);
	enum err e = check_times(claims, rules->now_seconds, f);

	name = text_of(claims, claim);
	mem_free(claim);
	if (e != ERR_OK)
		return e;
	if (!str_eq(text_of(claims, "iss"), rules->issuer))
		return no(f, "the token is from another issuer (iss)");
	if (!is_for(claims, rules->audience))
		return no(f, "the token is for another audience (aud)");
	if (!has_scope(claims, rules->scope))
		return no(f, "the token lacks the scope that is asked for (scope)");
	if (name.len == 0)
		return no(f, "the token lacks the claim that names the account");
	/* An address that nobody has verified is what its owner says of himself. */
	if (str_eq(rules->claim, S("email")) && json_is_false(json_object_get(claims, "email_verified")))
		return no(f, "the token's e-mail address is not verified");
	*ret_name = arena_str(a, name);
	return ERR_OK;
}

/* ---- the whole ---- */

static enum err check_parts(struct arena *a, const struct parts *p, const json_t *key_set, struct failure *f)
{
	enum err e;

	if (algorithm_of(p->header) == NULL)
		return no(f, "the token is signed in a way that is not accepted (alg)");
	if (json_object_get(p->header, "crit") != NULL)
		return no(f, "the token asks for extensions that are not known here (crit)");
	if (p->signature.len == 0)
		return no(f, "the token has no signature");
	e = check_signature(a, p, key_set);
	if (e == ERR_NOTFOUND) {
		fail(f, ERR_NOTFOUND, NULL);
		fail_reason(f, "the issuer's keys have none that fits the token (kid)");
		return ERR_NOTFOUND;
	}
	return e == ERR_OK ? ERR_OK : no(f, "the token's signature is wrong");
}

enum err jwt_check(struct arena *a, struct str token, const struct jwt_rules *rules, struct str *ret_name, struct failure *f)
{
	struct str rest = token, head, body;
	struct parts p = { 0 };
	enum err e;

	if (token.len > JWT_OCTETS_MAX || !str_cut(&rest, '.', &head) || !str_cut(&rest, '.', &body) || str_has_octet(rest, '.'))
		return no(f, "the token is no JSON Web Token");
	p.signed_text = str_sub(token, 0, head.len + 1 + body.len);
	p.signature = octets_of(a, rest);
	p.header = object_of(a, head);
	p.claims = object_of(a, body);
	if (p.header == NULL || p.claims == NULL)
		e = no(f, "the token is no JSON Web Token");
	else
		e = check_parts(a, &p, rules->key_set, f);
	if (e == ERR_OK)
		e = jwt_check_claims(a, p.claims, rules, ret_name, f);
	json_decref(p.header);
	json_decref(p.claims);
	return e;
}
