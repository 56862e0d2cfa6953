#include "sasl/scram_keys.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/code.h"
#include "base/mem.h"

static const struct {
	const char *name;
	size_t octets;
	const EVP_MD *(*digest)(void);
} hashes[SCRAM_HASH_COUNT] = {
	[SCRAM_SHA_1] = { "SHA-1", 20, EVP_sha1 },
	[SCRAM_SHA_256] = { "SHA-256", 32, EVP_sha256 },
};

const char *scram_hash_name(enum scram_hash hash)
{
	must((unsigned)hash < SCRAM_HASH_COUNT);
	return hashes[hash].name;
}

size_t scram_key_octets(enum scram_hash hash)
{
	must((unsigned)hash < SCRAM_HASH_COUNT);
	return hashes[hash].octets;
}

enum scram_hash scram_hash_of(struct str mechanism)
{
	return str_istarts(mechanism, S("SCRAM-SHA-256")) ? SCRAM_SHA_256 : SCRAM_SHA_1;
}

void scram_hmac(enum scram_hash hash, struct str key, struct str text, unsigned char *to)
{
	unsigned octets = 0;

	must((unsigned)hash < SCRAM_HASH_COUNT);
	must(HMAC(hashes[hash].digest(), key.at, (int)key.len, (const unsigned char *)text.at, text.len,
		     to, &octets) != NULL);
	must(octets == hashes[hash].octets);
}

void scram_digest(enum scram_hash hash, struct str text, unsigned char *to)
{
	unsigned octets = 0;

	must((unsigned)hash < SCRAM_HASH_COUNT);
	must(EVP_Digest(text.at, text.len, to, &octets, hashes[hash].digest(), NULL) == 1);
	must(octets == hashes[hash].octets);
}

void scram_keys_derive(struct scram_keys *k, struct str password)
{
	unsigned char salted[SCRAM_KEY_OCTETS_MAX], client[SCRAM_KEY_OCTETS_MAX];
	size_t octets = scram_key_octets(k->hash);
	struct str key = str_make(salted, octets);

	must(PKCS5_PBKDF2_HMAC(password.at, (int)password.len, k->salt, (int)k->salt_octets,
		     (int)k->iterations, hashes[k->hash].digest(), (int)octets, salted) == 1);
	scram_hmac(k->hash, key, S("Client Key"), client);
	scram_digest(k->hash, str_make(client, octets), k->stored);
	scram_hmac(k->hash, key, S("Server Key"), k->server);
	mem_wipe(salted, sizeof(salted));
	mem_wipe(client, sizeof(client));
}

/* One of three independent values of a name. */
static void feign(enum scram_hash hash, struct str key, struct str what, unsigned char *to)
{
	unsigned char own[SCRAM_KEY_OCTETS_MAX];

	scram_hmac(SCRAM_SHA_256, key, str_from_c(scram_hash_name(hash)), own);
	scram_hmac(SCRAM_SHA_256, str_make(own, sizeof(own)), what, to);
}

void scram_keys_feign(struct scram_keys *k, struct str key, struct str name)
{
	unsigned char of_name[SCRAM_KEY_OCTETS_MAX], salt[SCRAM_KEY_OCTETS_MAX];
	struct str own = str_make(of_name, sizeof(of_name));

	scram_hmac(SCRAM_SHA_256, key, name, of_name);
	feign(k->hash, own, S("salt"), salt);
	k->salt_octets = SCRAM_SALT_OCTETS;
	memcpy(k->salt, salt, SCRAM_SALT_OCTETS);
	feign(k->hash, own, S("stored"), k->stored);
	feign(k->hash, own, S("server"), k->server);
	mem_wipe(of_name, sizeof(of_name));
}

/* ---- as text ---- */

void scram_keys_put(const struct scram_keys *k, struct buf *to)
{
	size_t octets = scram_key_octets(k->hash);

	buf_printf(to, "SCRAM-%s$%u:", scram_hash_name(k->hash), k->iterations);
	base64_put(to, str_make(k->salt, k->salt_octets));
	buf_put_octet(to, '$');
	base64_put(to, str_make(k->stored, octets));
	buf_put_octet(to, ':');
	base64_put(to, str_make(k->server, octets));
}

static bool take_octets(struct str text, size_t max, unsigned char *to, size_t *ret)
{
	struct buf octets;
	bool good;

	buf_init(&octets, max);
	good = base64_get(&octets, text) == ERR_OK && octets.len > 0 &&
	       !buf_overflowed(&octets);
	if (good) {
		memcpy(to, octets.at, octets.len);
		*ret = octets.len;
	}
	buf_wipe(&octets);
	return good;
}

static bool take_hash(struct str name, enum scram_hash *ret)
{
	if (!str_starts(name, S("SCRAM-")))
		return false;
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		if (str_eq(str_skip(name, 6), str_from_c(hashes[h].name))) {
			*ret = (enum scram_hash)h;
			return true;
		}
	}
	return false;
}

enum err scram_keys_get(struct str text, struct scram_keys *ret)
{
	struct scram_keys k = { 0 };
	struct str name, iterations, salt, stored, server = text;
	size_t stored_octets = 0, server_octets = 0;
	bool good = text.len <= SCRAM_TEXT_OCTETS_MAX && str_cut(&server, '$', &name) &&
		    str_cut(&server, ':', &iterations) && str_cut(&server, '$', &salt) &&
		    str_cut(&server, ':', &stored) && take_hash(name, &k.hash) &&
		    str_u32(iterations, SCRAM_ITERATIONS_MAX, &k.iterations) && k.iterations > 0 &&
		    take_octets(salt, sizeof(k.salt), k.salt, &k.salt_octets) &&
		    take_octets(stored, sizeof(k.stored), k.stored, &stored_octets) &&
		    take_octets(server, sizeof(k.server), k.server, &server_octets) &&
		    stored_octets == scram_key_octets(k.hash) && server_octets == stored_octets;

	if (good)
		*ret = k;
	mem_wipe(&k, sizeof(k));
	return good ? ERR_OK : ERR_CORRUPT;
}
