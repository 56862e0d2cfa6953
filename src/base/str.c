#include "base/str.h"

#include "base/mem.h"

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_ieq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.at[i]) != ascii_lower(b.at[i]))
			return false;
	}
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.at, b.at, common) : 0;

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool str_istarts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_ieq(str_sub(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

bool str_iends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_ieq(str_skip(s, s.len - suffix.len), suffix);
}

size_t str_find(struct str s, char c)
{
	const char *hit = s.len ? memchr(s.at, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) : STR_NPOS;
}

size_t str_rfind(struct str s, char c)
{
	const char *hit = s.len ? memrchr(s.at, c, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) : STR_NPOS;
}

size_t str_find_str(struct str s, struct str needle)
{
	const char *hit;

	if (needle.len == 0)
		return 0;
	hit = s.len ? memmem(s.at, s.len, needle.at, needle.len) : NULL;
	return hit ? (size_t)(hit - s.at) : STR_NPOS;
}

static bool is_blank(char c)
{
	return ascii_is_wsp(c) || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.at[0]))
		s = str_skip(s, 1);
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool str_cut(struct str *rest, char c, struct str *ret_head)
{
	size_t at = str_find(*rest, c);

	if (at == STR_NPOS)
		return false;
	*ret_head = str_sub(*rest, 0, at);
	*rest = str_skip(*rest, at + 1);
	return true;
}

bool str_eq_constant_time(struct str a, struct str b)
{
	unsigned char differ = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		differ |= (unsigned char)(a.at[i] ^ b.at[i]);
	return differ == 0;
}

bool str_u64(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit;

		if (!ascii_is_digit(s.at[i]))
			return false;
		digit = (uint64_t)(s.at[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (value > max)
		return false;
	*ret = value;
	return true;
}

bool str_u32(struct str s, uint32_t max, uint32_t *ret)
{
	uint64_t value;

	if (!str_u64(s, max, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

bool str_has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < 0x20 || c == 0x7f)
			return true;
	}
	return false;
}

size_t str_ascii_span(struct str s)
{
	size_t n = 0;
	uint64_t word;

	for (; s.len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.at + n, sizeof(word));
		if (word & 0x8080808080808080u)
			break;
	}
	while (n < s.len && (unsigned char)s.at[n] < 0x80)
		n++;
	return n;
}

bool str_is_ascii(struct str s)
{
	return str_ascii_span(s) == s.len;
}

bool str_has_octet(struct str s, char c)
{
	return str_find(s, c) != STR_NPOS;
}

char *str_dup_c(struct str s)
{
	char *copy = mem_new(s.len + 1);

	if (s.len > 0)
		memcpy(copy, s.at, s.len);
	return copy;
}

bool str_ilike(struct str s, struct str pattern)
{
	size_t p = 0, i = 0, star = STR_NPOS, from = 0;

	while (i < s.len) {
		if (p < pattern.len && pattern.at[p] == '*') {
			star = p++;
			from = i;
		} else if (p < pattern.len && ascii_lower(pattern.at[p]) == ascii_lower(s.at[i])) {
			p++;
			i++;
		} else if (star != STR_NPOS) {
			p = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}
