#include "base/utf8.h"
#include "sasl/sasl_int.h"

#define TOKEN_CHARACTERS_MAX ((size_t)255) /* RFC 4505 section 2; an address has no end of its own */

struct range {
	uint32_t first, last;
};

/* RFC 3454 tables C.2 to C.6, C.8 and C.9, as RFC 4505 section 3 names them, but for the ends of the planes, U+xxFFFE and U+xxFFFF. */
static const struct range prohibited[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x0340, 0x0341 }, { 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x180e, 0x180e },
	{ 0x200c, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x2063 }, { 0x206a, 0x206f }, { 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffd }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f }, { 0xf0000, 0x10ffff },
};

/* A client was to send none of these: what is left of one that did is shown to people, so they must not act there. */
static bool is_prohibited(uint32_t c)
{
	if ((c & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < sizeof(prohibited) / sizeof(*prohibited); i++) {
		if (c >= prohibited[i].first && c <= prohibited[i].last)
			return true;
	}
	return false;
}

enum err anonymous_start(struct sasl *s, struct buf *challenge)
{
	return ERR_NEEDMORE;
}

/* RFC 4505 section 2: message = [ email / token ]. */
enum err anonymous_step(struct sasl *s, struct str response, struct buf *challenge)
{
	bool address = str_has_octet(response, '@');
	size_t count = 0;

	if (response.len > SASL_NAME_OCTETS_MAX || str_has_octet(response, '\0') || !utf8_valid(response))
		return ERR_SYNTAX;
	for (; response.len > 0; count++) {
		uint32_t c = utf8_next(&response);

		utf8_put(&s->authcid, is_prohibited(c) ? '?' : c);
	}
	return !address && count > TOKEN_CHARACTERS_MAX ? ERR_SYNTAX : sasl_ask(s, SASL_STRANGER);
}
