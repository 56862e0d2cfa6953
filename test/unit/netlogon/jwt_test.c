#include "netlogon/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/code.h"
#include "tap.h"

#define NOW 1700000000

/* ---- making tokens ---- */

static void url_put(struct buf *to, struct str octets)
{
	struct buf text;

	buf_init(&text, 65536);
	base64_put(&text, octets);
	for (size_t i = 0; i < text.len && text.at[i] != '='; i++) {
		char c = (char)text.at[i];

		buf_put_octet(to, c == '+' ? '-' : c == '/' ? '_' : c);
	}
	buf_done(&text);
}

static json_t *url_json(const void *octets, size_t len)
{
	struct buf text;
	json_t *ret;

	buf_init(&text, 65536);
	url_put(&text, str_make(octets, len));
	ret = json_stringn((const char *)text.at, text.len);
	buf_done(&text);
	return ret;
}

static json_t *number_json(EVP_PKEY *key, const char *param, int octets)
{
	unsigned char at[512];
	BIGNUM *n = NULL;
	int len;

	EVP_PKEY_get_bn_param(key, param, &n);
	len = octets ? BN_bn2binpad(n, at, octets) : BN_bn2bin(n, at);
	BN_free(n);
	return url_json(at, (size_t)len);
}

static const struct kind {
	const char *algorithm, *digest, *type, *curve, *group;
	int bits, octets;
	bool pss;
} kinds[] = {
	{ "RS256", "SHA256", "RSA", .bits = 2048 },
	{ "RS512", "SHA512", "RSA", .bits = 2048 },
	{ "PS256", "SHA256", "RSA", .bits = 2048, .pss = true },
	{ "ES256", "SHA256", "EC", "P-256", "prime256v1", .octets = 32 },
	{ "ES384", "SHA384", "EC", "P-384", "secp384r1", .octets = 48 },
	{ "ES512", "SHA512", "EC", "P-521", "secp521r1", .octets = 66 },
	{ "EdDSA", NULL, "OKP", "Ed25519", NULL },
};

static EVP_PKEY *key_new(const struct kind *k)
{
	if (k->bits > 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)k->bits);
	return k->group ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", k->group) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static json_t *jwk_of(const struct kind *k, EVP_PKEY *key)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);
	json_t *jwk = json_pack("{ss ss ss}", "kty", k->type, "kid", "one", "use", "sig");

	if (k->bits > 0) {
		json_object_set_new(jwk, "n", number_json(key, OSSL_PKEY_PARAM_RSA_N, 0));
		json_object_set_new(jwk, "e", number_json(key, OSSL_PKEY_PARAM_RSA_E, 0));
		return jwk;
	}
	json_object_set_new(jwk, "crv", json_string(k->curve));
	if (k->group == NULL) {
		EVP_PKEY_get_raw_public_key(key, raw, &len);
		json_object_set_new(jwk, "x", url_json(raw, len));
		return jwk;
	}
	json_object_set_new(jwk, "x", number_json(key, OSSL_PKEY_PARAM_EC_PUB_X, k->octets));
	json_object_set_new(jwk, "y", number_json(key, OSSL_PKEY_PARAM_EC_PUB_Y, k->octets));
	return jwk;
}

static json_t *set_of(const struct kind *k, EVP_PKEY *key)
{
	return json_pack("{s[o]}", "keys", jwk_of(k, key));
}

/* DER to the two numbers in a row. */
static size_t flat(const struct kind *k, unsigned char *sig, size_t len)
{
	const unsigned char *at = sig;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)len);

	BN_bn2binpad(ECDSA_SIG_get0_r(s), sig, k->octets);
	BN_bn2binpad(ECDSA_SIG_get0_s(s), sig + k->octets, k->octets);
	ECDSA_SIG_free(s);
	return 2 * (size_t)k->octets;
}

/* The caller's buf gets header.claims.signature. */
static void sign(struct buf *to, const struct kind *k, EVP_PKEY *key, const char *header, const char *claims)
{
	EVP_MD_CTX *m = EVP_MD_CTX_new();
	EVP_PKEY_CTX *c = NULL;
	unsigned char sig[1024];
	size_t len = sizeof(sig);

	buf_clear(to);
	url_put(to, str_from_c(header));
	buf_put_c(to, ".");
	url_put(to, str_from_c(claims));
	EVP_DigestSignInit_ex(m, &c, k->digest, NULL, NULL, key, NULL);
	if (k->pss) {
		EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST);
	}
	EVP_DigestSign(m, sig, &len, (const unsigned char *)to->at, to->len);
	if (k->octets > 0)
		len = flat(k, sig, len);
	buf_put_c(to, ".");
	url_put(to, str_make(sig, len));
	EVP_MD_CTX_free(m);
}

/* ---- the tests ---- */

static struct jwt_rules rules_of(json_t *key_set)
{
	return (struct jwt_rules){ .key_set = key_set, .issuer = S("https://id.example.org"), .audience = S("bourse"), .claim = S("email"),
		.now_seconds = NOW };
}

static enum err judge(struct str token, const struct jwt_rules *rules, const char *name, const char *why)
{
	struct failure f = { 0 };
	struct str got = STR_NONE;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = jwt_check(&a, token, rules, &got, &f);
	if (e == ERR_OK)
		IS_STR(got, str_from_c(name));
	else
		OK(why != NULL && strstr(f.reason, why) != NULL, "the reason is: %s", f.reason);
	arena_done(&a);
	return e;
}

static const char good[] = "{\"iss\":\"https://id.example.org\",\"aud\":[\"x\",\"bourse\"],\"exp\":1700000060,\"email\":\"alice@example.org\"}";

static void test_algorithms(void)
{
	char header[80];
	struct buf token;

	buf_init(&token, 65536);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct kind *k = &kinds[i];
		EVP_PKEY *key = key_new(k), *other = key_new(k);
		json_t *set = set_of(k, key), *others = set_of(k, other);
		struct jwt_rules rules = rules_of(set);

		snprintf(header, sizeof(header), "{\"alg\":\"%s\",\"kid\":\"one\"}", k->algorithm);
		sign(&token, k, key, header, good);
		OK(judge(buf_str(&token), &rules, "alice@example.org", NULL) == ERR_OK, "%s", k->algorithm);
		rules.key_set = others;
		OK(judge(buf_str(&token), &rules, NULL, "signature is wrong") == ERR_AUTH, "%s: another's key", k->algorithm);
		snprintf(header, sizeof(header), "{\"alg\":\"%s\",\"kid\":\"two\"}", k->algorithm);
		sign(&token, k, key, header, good);
		OK(judge(buf_str(&token), &rules, NULL, "none that fits") == ERR_NOTFOUND, "%s: no such key", k->algorithm);
		json_decref(set);
		json_decref(others);
		EVP_PKEY_free(key);
		EVP_PKEY_free(other);
	}
	buf_done(&token);
}

static const struct {
	const char *claims, *why; /* why NULL: accepted */
} claims[] = {
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"email\":\"a@b\"}", NULL },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1699999941,\"email\":\"a@b\"}", NULL },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1699999940,\"email\":\"a@b\"}", "expired" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":\"1700000001\",\"email\":\"a@b\"}", "expired" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"email\":\"a@b\"}", "(exp)" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"nbf\":1700000061,\"email\":\"a@b\"}", "(nbf)" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"iat\":1700000061,\"email\":\"a@b\"}", "(iat)" },
	{ "{\"iss\":\"https://id.example.org/\",\"aud\":\"bourse\",\"exp\":1700000001,\"email\":\"a@b\"}", "(iss)" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bours\",\"exp\":1700000001,\"email\":\"a@b\"}", "(aud)" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":[],\"exp\":1700000001,\"email\":\"a@b\"}", "(aud)" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001}", "lacks the claim" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"email\":7}", "lacks the claim" },
	{ "{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"email\":\"a@b\",\"email_verified\":false}", "not verified" },
	{ "{\"iss\":\"x\",\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"email\":\"a@b\"}", "no JSON Web Token" },
	{ "[1]", "no JSON Web Token" },
};

static void test_claims(void)
{
	const struct kind *k = &kinds[3];
	EVP_PKEY *key = key_new(k);
	json_t *set = set_of(k, key);
	struct jwt_rules rules = rules_of(set);
	struct buf token;

	buf_init(&token, 65536);
	for (size_t i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
		sign(&token, k, key, "{\"alg\":\"ES256\"}", claims[i].claims);
		OK(judge(buf_str(&token), &rules, "a@b", claims[i].why) == (claims[i].why ? ERR_AUTH : ERR_OK), "%s", claims[i].claims);
	}
	rules.scope = S("imap");
	sign(&token, k, key, "{\"alg\":\"ES256\"}", claims[0].claims);
	IS_NUM(judge(buf_str(&token), &rules, NULL, "(scope)"), ERR_AUTH);
	sign(&token, k, key, "{\"alg\":\"ES256\"}",
		"{\"iss\":\"https://id.example.org\",\"aud\":\"bourse\",\"exp\":1700000001,\"email\":\"a@b\",\"scope\":\"openid imap\"}");
	IS_NUM(judge(buf_str(&token), &rules, "a@b", NULL), ERR_OK);
	buf_done(&token);
	json_decref(set);
	EVP_PKEY_free(key);
}

static const struct {
	const char *header, *why;
} headers[] = {
	{ "{\"alg\":\"none\"}", "(alg)" },
	{ "{\"alg\":\"HS256\"}", "(alg)" },
	{ "{\"alg\":\"es256\"}", "(alg)" },
	{ "{}", "(alg)" },
	{ "{\"alg\":\"ES384\"}", "signature is wrong" },
	{ "{\"alg\":\"RS256\"}", "none that fits" },
	{ "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", "(crit)" },
	{ "7", "no JSON Web Token" },
};

/* RFC 8725 section 2: what has been tried against those who read tokens. */
static void test_headers(void)
{
	const struct kind *k = &kinds[3];
	EVP_PKEY *key = key_new(k);
	json_t *set = set_of(k, key);
	struct jwt_rules rules = rules_of(set);
	struct buf token;

	buf_init(&token, 65536);
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		sign(&token, k, key, headers[i].header, good);
		OK(judge(buf_str(&token), &rules, NULL, headers[i].why) != ERR_OK, "%s", headers[i].header);
	}
	sign(&token, k, key, "{\"alg\":\"ES256\"}", good);
	for (size_t cut = 0; cut < token.len; cut++) {
		struct failure f = { 0 };
		struct str name;
		struct arena a;

		arena_init(&a, ARENA_NONE);
		if (jwt_check(&a, str_sub(buf_str(&token), 0, cut), &rules, &name, &f) == ERR_OK)
			OK(false, "cut at %zu and accepted", cut);
		arena_done(&a);
	}
	buf_put_c(&token, ".x");
	IS_NUM(judge(buf_str(&token), &rules, NULL, "no JSON Web Token"), ERR_AUTH);
	buf_done(&token);
	json_decref(set);
	EVP_PKEY_free(key);
}

/* RFC 7515 appendix A.3. */
static void test_vector(void)
{
	json_t *set = json_loads("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
				 "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}", 0, NULL);
	struct jwt_rules rules = { .key_set = set, .issuer = S("joe"), .claim = S("iss"), .now_seconds = 1300819379 };

	IS_NUM(judge(S("eyJhbGciOiJFUzI1NiJ9."
		       "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
		       "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
		       &rules, "joe", NULL), ERR_OK);
	json_decref(set);
}

/* A key that is too small, or none, signs nothing. */
static void test_keys(void)
{
	static const struct kind small = { "RS256", "SHA256", "RSA", .bits = 1024 };
	EVP_PKEY *key = key_new(&small);
	json_t *set = set_of(&small, key), *jwk = json_array_get(json_object_get(set, "keys"), 0);
	struct jwt_rules rules = rules_of(set);
	struct buf token;

	buf_init(&token, 65536);
	sign(&token, &small, key, "{\"alg\":\"RS256\"}", good);
	IS_NUM(judge(buf_str(&token), &rules, NULL, "none that fits"), ERR_NOTFOUND);
	json_object_set_new(jwk, "n", json_string("!!"));
	IS_NUM(judge(buf_str(&token), &rules, NULL, "none that fits"), ERR_NOTFOUND);
	json_object_set_new(jwk, "kty", json_integer(1));
	IS_NUM(judge(buf_str(&token), &rules, NULL, "none that fits"), ERR_NOTFOUND);
	rules.key_set = NULL;
	IS_NUM(judge(buf_str(&token), &rules, NULL, "none that fits"), ERR_NOTFOUND);
	buf_done(&token);
	json_decref(set);
	EVP_PKEY_free(key);
}

int main(void)
{
	test_algorithms();
	test_claims();
	test_headers();
	test_vector();
	test_keys();
	return tap_done();
}
