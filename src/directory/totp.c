#include "directory/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/mem.h"

#define DIGEST_OCTETS_MAX 64u

static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000 };

uint32_t totp_hotp(struct str key, uint64_t counter, enum totp_hash hash, unsigned digits)
{
	const EVP_MD *md = hash == TOTP_SHA1 ? EVP_sha1() : hash == TOTP_SHA256 ? EVP_sha256() : EVP_sha512();
	unsigned char moving[8], made[DIGEST_OCTETS_MAX];
	unsigned len = 0, at;
	uint32_t bits;

	must(digits >= 6 && digits <= 8);
	for (size_t i = 0; i < sizeof(moving); i++)
		moving[i] = (unsigned char)(counter >> (56 - 8 * i));
	must(HMAC(md, key.at, (int)key.len, moving, sizeof(moving), made, &len) != NULL && len >= 20);
	at = made[len - 1] & 0x0f;
	bits = (uint32_t)(made[at] & 0x7f) << 24 | (uint32_t)made[at + 1] << 16 | (uint32_t)made[at + 2] << 8 | made[at + 3];
	mem_wipe(made, sizeof(made));
	return bits % powers[digits];
}

uint64_t totp_step(int64_t now_seconds)
{
	return now_seconds < 0 ? 0 : (uint64_t)now_seconds / TOTP_STEP_SECONDS;
}

static bool read_code(struct str text, uint32_t *ret)
{
	return text.len == TOTP_DIGITS && str_u32(text, powers[TOTP_DIGITS] - 1, ret);
}

/* Without a branch on what is compared. */
static bool same(uint32_t a, uint32_t b)
{
	uint32_t differ = a ^ b;

	return (bool)(1 & ((uint64_t)differ - 1) >> 63);
}

enum err totp_check(struct str key, int64_t now_seconds, uint64_t last, struct str text, uint64_t *ret_step)
{
	uint64_t now = totp_step(now_seconds), first = now > TOTP_WINDOW_STEPS ? now - TOTP_WINDOW_STEPS : 0, found = 0;
	bool any = false;
	uint32_t code;

	if (!read_code(text, &code))
		return ERR_SYNTAX;
	for (uint64_t step = first; step <= now + TOTP_WINDOW_STEPS; step++) {
		bool is = same(totp_hotp(key, step, TOTP_SHA1, TOTP_DIGITS), code);

		/* Two steps may have the same code: the later one counts, so that the earlier is not left for a replay. */
		found = is ? step : found;
		any |= is;
	}
	if (!any)
		return ERR_AUTH;
	if (found <= last)
		return ERR_EXISTS;
	*ret_step = found;
	return ERR_OK;
}

bool totp_skew(struct str key, int64_t now_seconds, struct str text, int *ret_steps)
{
	int64_t now = (int64_t)totp_step(now_seconds);
	uint32_t code;

	if (!read_code(text, &code))
		return false;
	for (int by = 1; by <= (int)TOTP_SKEW_STEPS; by++) {
		if (totp_hotp(key, (uint64_t)(now + by), TOTP_SHA1, TOTP_DIGITS) == code) {
			*ret_steps = by;
			return true;
		}
		if (now >= by && totp_hotp(key, (uint64_t)(now - by), TOTP_SHA1, TOTP_DIGITS) == code) {
			*ret_steps = -by;
			return true;
		}
	}
	return false;
}

/* ---- words ---- */

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char words[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* Character number i of octets as groups of five bits, the last one filled with zeros. */
static unsigned five(struct str octets, size_t i)
{
	size_t bit = i * 5, at = bit / 8;
	unsigned two = (unsigned)(unsigned char)octets.at[at] << 8;

	if (at + 1 < octets.len)
		two |= (unsigned char)octets.at[at + 1];
	return two >> (11 - bit % 8) & 31;
}

void totp_key_put(struct buf *to, struct str key)
{
	for (size_t i = 0; i * 5 < key.len * 8; i++)
		buf_put_octet(to, base32[five(key, i)]);
}

void totp_words_put(struct buf *to, struct str octets)
{
	must(octets.len * 8 % 5 == 0);
	for (size_t i = 0; i < octets.len * 8 / 5; i++) {
		if (i > 0 && i % 4 == 0)
			buf_put_octet(to, '-');
		buf_put_octet(to, words[five(octets, i)]);
	}
}

static int value_of(char c)
{
	const char *at;

	c = ascii_lower(c);
	c = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
	at = c == '\0' ? NULL : strchr(words, c);
	return at == NULL ? -1 : (int)(at - words);
}

bool totp_words_get(struct str text, unsigned char *ret, size_t ret_octets)
{
	size_t count = 0, most = ret_octets * 8 / 5;

	must(ret_octets * 8 % 5 == 0);
	memset(ret, 0, ret_octets);
	for (size_t i = 0; i < text.len; i++) {
		int v;

		if (text.at[i] == '-' || text.at[i] == ' ')
			continue;
		v = value_of(text.at[i]);
		if (v < 0 || count == most)
			return false;
		for (size_t b = 0; b < 5; b++) {
			size_t bit = count * 5 + b;

			ret[bit / 8] |= (unsigned char)((unsigned)(v >> (4 - b) & 1) << (7 - bit % 8));
		}
		count++;
	}
	return count == most;
}

/* ---- URI ---- */

/* RFC 3986 section 2.3: what stands for itself. */
static void put_escaped(struct buf *to, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("-._~@", c) != NULL))
			buf_put_octet(to, c);
		else
			buf_printf(to, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void totp_uri_put(struct buf *to, struct str issuer, struct str account, struct str key)
{
	buf_put_c(to, "otpauth://totp/");
	put_escaped(to, issuer);
	buf_put_octet(to, ':');
	put_escaped(to, account);
	buf_put_c(to, "?secret=");
	totp_key_put(to, key);
	buf_put_c(to, "&issuer=");
	put_escaped(to, issuer);
	buf_printf(to, "&algorithm=SHA1&digits=%u&period=%d", TOTP_DIGITS, TOTP_STEP_SECONDS);
}

void totp_recovery_hash(uint64_t account, const unsigned char code[TOTP_RECOVERY_OCTETS], unsigned char ret[TOTP_HASH_OCTETS])
{
	unsigned char salted[8 + TOTP_RECOVERY_OCTETS];

	for (size_t i = 0; i < 8; i++)
		salted[i] = (unsigned char)(account >> (8 * i));
	memcpy(salted + 8, code, TOTP_RECOVERY_OCTETS);
	must(EVP_Digest(salted, sizeof(salted), ret, NULL, EVP_sha256(), NULL) == 1);
	mem_wipe(salted, sizeof(salted));
}
