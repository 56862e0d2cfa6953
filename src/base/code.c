#include "base/code.h"

#ifdef __x86_64__
#include <nmmintrin.h>
#endif

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *to, struct str octets)
{
	for (size_t i = 0; i < octets.len; i += 3) {
		struct str group = str_sub(octets, i, 3);
		uint32_t bits = 0;
		char out[4];

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (j < group.len ? (unsigned char)group.at[j] : 0);
		for (size_t j = 0; j < 4; j++)
			out[j] = j <= group.len ? base64_digits[bits >> (18 - 6 * j) & 63] : '=';
		buf_put(to, str_make(out, 4));
	}
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool get_group(struct buf *to, struct str group, bool last)
{
	uint32_t bits = 0;
	size_t pads = 0;
	char out[3];

	for (size_t i = 0; i < 4; i++) {
		int v = base64_value(group.at[i]);

		if (group.at[i] == '=' && last && i >= 2) {
			pads++;
			v = 0;
		} else if (v < 0 || pads > 0) {
			return false;
		}
		bits = bits << 6 | (uint32_t)v;
	}
	if ((pads == 1 && (bits & 0xff) != 0) || (pads == 2 && (bits & 0xffff) != 0))
		return false;
	for (size_t i = 0; i < 3; i++)
		out[i] = (char)(bits >> (16 - 8 * i));
	buf_put(to, str_make(out, 3 - pads));
	return true;
}

enum err base64_get(struct buf *to, struct str text)
{
	if (text.len % 4 != 0)
		return ERR_BASE64;
	for (size_t i = 0; i < text.len; i += 4) {
		if (!get_group(to, str_sub(text, i, 4), i + 4 == text.len))
			return ERR_BASE64;
	}
	return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
}

void hex_put(struct buf *to, struct str octets)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < octets.len; i++) {
		unsigned char c = (unsigned char)octets.at[i];

		buf_put_octet(to, digits[c >> 4]);
		buf_put_octet(to, digits[c & 15]);
	}
}

static int hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err hex_get(struct buf *to, struct str text)
{
	if (text.len % 2 != 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_value(text.at[i]);
		int low = hex_value(text.at[i + 1]);

		if (high < 0 || low < 0)
			return ERR_SYNTAX;
		buf_put_octet(to, (char)(high << 4 | low));
	}
	return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
}

#define CRC32C_POLYNOMIAL 0x82f63b78u

static uint32_t crc_table[8][256];

static void crc_table_fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ CRC32C_POLYNOMIAL : c >> 1;
		crc_table[0][i] = c;
	}
	for (uint32_t i = 0; i < 256; i++) {
		for (int t = 1; t < 8; t++)
			crc_table[t][i] = crc_table[t - 1][i] >> 8 ^
					  crc_table[0][crc_table[t - 1][i] & 0xff];
	}
}

uint32_t crc32c_portable(uint32_t crc, struct str octets)
{
	const unsigned char *at = (const unsigned char *)octets.at;
	size_t left = octets.len;

	crc = ~crc;
	for (; left >= 8; left -= 8, at += 8) {
		uint32_t low = crc ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 |
					     (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);

		crc = crc_table[7][low & 0xff] ^ crc_table[6][low >> 8 & 0xff] ^
		      crc_table[5][low >> 16 & 0xff] ^ crc_table[4][low >> 24] ^
		      crc_table[3][at[4]] ^ crc_table[2][at[5]] ^ crc_table[1][at[6]] ^
		      crc_table[0][at[7]];
	}
	for (; left > 0; left--, at++)
		crc = crc >> 8 ^ crc_table[0][(crc ^ *at) & 0xff];
	return ~crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, struct str octets)
{
	const char *at = octets.at;
	size_t left = octets.len;
	uint64_t sum = ~crc, word;

	for (; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum = _mm_crc32_u64(sum, word);
	}
	crc = (uint32_t)sum;
	for (; left > 0; left--, at++)
		crc = _mm_crc32_u8(crc, (unsigned char)*at);
	return ~crc;
}
#endif

static uint32_t (*crc32c_best)(uint32_t crc, struct str octets) = crc32c_portable;

/* Before main, so that no thread sees half a table. */
__attribute__((constructor)) static void crc_prepare(void)
{
	crc_table_fill();
#ifdef __x86_64__
	__builtin_cpu_init();
	if (__builtin_cpu_supports("sse4.2"))
		crc32c_best = crc32c_sse42;
#endif
}

uint32_t crc32c(uint32_t crc, struct str octets)
{
	return crc32c_best(crc, octets);
}
