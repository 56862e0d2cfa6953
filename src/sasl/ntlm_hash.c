#include "sasl/ntlm_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <utf8proc.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "base/utf8.h"

#define PASSWORD_OCTETS_MAX ((size_t)1024)
#define BLOCK_OCTETS        ((size_t)64)
#define DES_PART_OCTETS     ((size_t)7)

/* ---- MD4, RFC 1320 section 3 ---- */

static uint32_t rotated(uint32_t v, unsigned bits)
{
	return v << bits | v >> (32 - bits);
}

static void md4_block(uint32_t state[4], const uint8_t *block)
{
	static const uint8_t order[3][16] = {
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
		{ 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 },
		{ 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 },
	};
	static const uint8_t shift[3][4] = { { 3, 7, 11, 19 }, { 3, 5, 9, 13 }, { 3, 9, 11, 15 } };
	static const uint32_t add[3] = { 0, 0x5a827999, 0x6ed9eba1 };
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned i = 0; i < 48; i++) {
		unsigned round = i / 16;
		uint32_t mixed = round == 0   ? (b & c) | (~b & d)
				 : round == 1 ? (b & c) | (b & d) | (c & d)
					      : b ^ c ^ d;
		uint32_t word;

		memcpy(&word, block + (size_t)order[round][i % 16] * 4, sizeof(word));
		mixed = rotated(a + mixed + le32toh(word) + add[round], shift[round][i % 4]);
		a = d;
		d = c;
		c = b;
		b = mixed;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void ntlm_md4(struct str in, uint8_t ret[NTLM_HASH_OCTETS])
{
	uint32_t state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	uint8_t last[2 * BLOCK_OCTETS] = { 0 };
	uint64_t bits = htole64((uint64_t)in.len * 8);
	struct str rest = in;
	size_t end;

	for (; rest.len >= BLOCK_OCTETS; rest = str_skip(rest, BLOCK_OCTETS))
		md4_block(state, (const uint8_t *)rest.at);
	if (rest.len > 0)
		memcpy(last, rest.at, rest.len);
	last[rest.len] = 0x80;
	end = rest.len + 1 + sizeof(bits) <= BLOCK_OCTETS ? BLOCK_OCTETS : 2 * BLOCK_OCTETS;
	memcpy(last + end - sizeof(bits), &bits, sizeof(bits));
	for (size_t at = 0; at < end; at += BLOCK_OCTETS)
		md4_block(state, last + at);
	for (size_t i = 0; i < 4; i++) {
		uint32_t word = htole32(state[i]);

		memcpy(ret + i * sizeof(word), &word, sizeof(word));
	}
	mem_wipe(last, sizeof(last));
	mem_wipe(state, sizeof(state));
}

/* ---- texts ---- */

bool ntlm_to_utf16(struct str utf8, struct buf *to)
{
	struct wr w = wr_to(to);

	while (utf8.len > 0) {
		uint32_t c = utf8_next(&utf8);

		if (c == UTF8_BAD)
			return false;
		if (c >= 0x10000) {
			wr_u16(&w, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		wr_u16(&w, (uint16_t)c);
	}
	return wr_end(&w) == ERR_OK;
}

static bool is_high(uint32_t unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(uint32_t unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

bool ntlm_from_utf16(struct str utf16, struct buf *to)
{
	struct rd r = rd_from(utf16);

	while (r.rest.len > 0) {
		uint32_t c = rd_u16(&r);

		if (is_high(c)) {
			uint32_t low = rd_u16(&r);

			if (!is_low(low))
				return false;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		} else if (is_low(c) || c == 0) {
			return false;
		}
		utf8_put(to, c);
	}
	return rd_end(&r) == ERR_OK && !buf_overflowed(to);
}

static uint16_t upper(enum ntlm_upper how, uint16_t unit)
{
	utf8proc_int32_t to;

	if (unit < 0x80)
		return (uint16_t)(unsigned char)ascii_upper((char)unit);
	/* Windows leaves the letter sharp s as it is. */
	if (how == NTLM_UPPER_ASCII || unit == 0xdf || is_high(unit) || is_low(unit))
		return unit;
	to = utf8proc_toupper(unit);
	return to > 0 && to < 0x10000 ? (uint16_t)to : unit;
}

void ntlm_upper(enum ntlm_upper how, char *utf16, size_t octets)
{
	for (size_t i = 0; i + 1 < octets; i += 2) {
		uint16_t unit;

		memcpy(&unit, utf16 + i, sizeof(unit));
		unit = htole16(upper(how, le16toh(unit)));
		memcpy(utf16 + i, &unit, sizeof(unit));
	}
}

/* ---- keys and responses ---- */

bool ntlm_nt_hash(struct str password, uint8_t ret[NTLM_HASH_OCTETS])
{
	struct buf text;
	bool good = password.len <= PASSWORD_OCTETS_MAX;

	buf_init(&text, 2 * PASSWORD_OCTETS_MAX);
	/* Taken at its full size at once, so that growing leaves no copy behind. */
	good = good && buf_room(&text, 2 * PASSWORD_OCTETS_MAX) != NULL && ntlm_to_utf16(password, &text);
	if (good)
		ntlm_md4(buf_str(&text), ret);
	buf_wipe(&text);
	return good;
}

static bool md5(struct str text, uint8_t ret[NTLM_HASH_OCTETS])
{
	unsigned len = 0;

	return EVP_Digest(text.len > 0 ? text.at : "", text.len, ret, &len, EVP_md5(), NULL) == 1 && len == NTLM_HASH_OCTETS;
}

bool ntlm_hmac(const uint8_t key[NTLM_HASH_OCTETS], struct str text, uint8_t ret[NTLM_HASH_OCTETS])
{
	unsigned len = 0;

	return HMAC(EVP_md5(), key, (int)NTLM_HASH_OCTETS, (const unsigned char *)(text.len > 0 ? text.at : ""), text.len, ret, &len) != NULL &&
	       len == NTLM_HASH_OCTETS;
}

static bool hmac_of_two(const uint8_t key[NTLM_HASH_OCTETS], struct str first, struct str second, uint8_t ret[NTLM_HASH_OCTETS])
{
	struct buf both;
	bool good;

	buf_init(&both, BUF_NO_CEILING);
	buf_put(&both, first);
	buf_put(&both, second);
	good = ntlm_hmac(key, buf_str(&both), ret);
	buf_done(&both);
	return good;
}

bool ntlm_v2_key(const uint8_t hash[NTLM_HASH_OCTETS], struct str user, struct str domain, uint8_t ret[NTLM_HASH_OCTETS])
{
	return hmac_of_two(hash, user, domain, ret);
}

bool ntlm_v2_proof(const uint8_t key[NTLM_HASH_OCTETS], const uint8_t challenge[NTLM_CHALLENGE_OCTETS], struct str blob,
	uint8_t ret[NTLM_HASH_OCTETS])
{
	return hmac_of_two(key, str_make(challenge, NTLM_CHALLENGE_OCTETS), blob, ret);
}

/* A DES key is seven octets, spread over eight of which the lowest bits do not count. */
static void spread(const uint8_t from[DES_PART_OCTETS], uint8_t to[8])
{
	uint64_t bits = 0;

	for (size_t i = 0; i < DES_PART_OCTETS; i++)
		bits = bits << 8 | from[i];
	for (size_t i = 0; i < 8; i++)
		to[i] = (uint8_t)((bits >> (49 - 7 * i) & 0x7f) << 1);
}

/* Single DES is the legacy provider's; three rounds of it with one key, which come to the same, are the default provider's. */
static bool des(const uint8_t part[DES_PART_OCTETS], const uint8_t in[8], uint8_t out[8])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t key[24];
	int len = 0;
	bool good;

	spread(part, key);
	memcpy(key + 8, key, 8);
	memcpy(key + 16, key, 8);
	good = c != NULL && EVP_EncryptInit_ex(c, EVP_des_ede3_ecb(), NULL, key, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(c, 0) == 1 && EVP_EncryptUpdate(c, out, &len, in, 8) == 1 && len == 8;
	EVP_CIPHER_CTX_free(c);
	mem_wipe(key, sizeof(key));
	return good;
}

bool ntlm_v1_response(const uint8_t hash[NTLM_HASH_OCTETS], const uint8_t challenge[NTLM_CHALLENGE_OCTETS], uint8_t ret[NTLM_V1_OCTETS])
{
	uint8_t key[3 * DES_PART_OCTETS] = { 0 };
	bool good = true;

	memcpy(key, hash, NTLM_HASH_OCTETS);
	for (size_t i = 0; i < 3; i++)
		good = des(key + i * DES_PART_OCTETS, challenge, ret + i * 8) && good;
	mem_wipe(key, sizeof(key));
	return good;
}

bool ntlm_session_challenge(const uint8_t server[NTLM_CHALLENGE_OCTETS], const uint8_t client[NTLM_CHALLENGE_OCTETS],
	uint8_t ret[NTLM_CHALLENGE_OCTETS])
{
	uint8_t both[2 * NTLM_CHALLENGE_OCTETS], hash[NTLM_HASH_OCTETS];

	memcpy(both, server, NTLM_CHALLENGE_OCTETS);
	memcpy(both + NTLM_CHALLENGE_OCTETS, client, NTLM_CHALLENGE_OCTETS);
	if (!md5(str_make(both, sizeof(both)), hash))
		return false;
	memcpy(ret, hash, NTLM_CHALLENGE_OCTETS);
	return true;
}

bool ntlm_binding(struct str end_point, uint8_t ret[NTLM_HASH_OCTETS])
{
	static const struct str prefix = S_INIT("tls-server-end-point:");
	struct buf b;
	struct wr w = wr_to(&b);
	bool good;

	buf_init(&b, 1024);
	/* Types and lengths of two addresses that are not given. */
	wr_u64(&w, 0);
	wr_u64(&w, 0);
	wr_u32(&w, (uint32_t)(prefix.len + end_point.len));
	wr_octets(&w, prefix);
	wr_octets(&w, end_point);
	good = wr_end(&w) == ERR_OK && md5(buf_str(&b), ret);
	buf_done(&b);
	return good;
}
