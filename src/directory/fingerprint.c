#include "directory/fingerprint.h"

static bool is_digit(char c)
{
	c = ascii_lower(c);
	return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

bool fingerprint_valid(struct str s)
{
	bool colons = s.len == FINGERPRINT_OCTETS + FINGERPRINT_OCTETS / 2 - 1;

	if (!colons && s.len != FINGERPRINT_OCTETS)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (colons && i % 3 == 2 ? s.at[i] != ':' : !is_digit(s.at[i]))
			return false;
	}
	return true;
}

struct str fingerprint_key(struct arena *a, struct str s)
{
	char key[FINGERPRINT_OCTETS];
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < sizeof(key); i++) {
		if (s.at[i] != ':')
			key[n++] = ascii_lower(s.at[i]);
	}
	return arena_str(a, str_make(key, n));
}
