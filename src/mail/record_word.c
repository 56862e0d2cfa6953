#include "mail/record_word.h"

#define WORD(text) S_INIT(text),
static const struct str words[] = {
#include "mail/record_word.tbl"
};
#undef WORD

#define WORDS ((uint32_t)(sizeof(words) / sizeof(*words)))

struct str record_word(uint32_t number)
{
	return number < WORDS ? words[number] : STR_NONE;
}

bool record_word_find(struct str text, uint32_t *ret)
{
	for (uint32_t i = 0; i < WORDS; i++) {
		if (text.len == words[i].len && memcmp(text.at, words[i].at, text.len) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

struct str record_word_encoding(unsigned encoding)
{
	static const struct str usual[] = { S_INIT("7bit"), S_INIT("8bit"), S_INIT("binary"), S_INIT("quoted-printable"),
		S_INIT("base64") };

	return usual[encoding < sizeof(usual) / sizeof(*usual) ? encoding : 0];
}
