#include "store/imap_limit.h"

uint32_t imap_limit_messages(const struct imap *i)
{
	return i->s->limits.messages_max;
}

uint32_t imap_limit_saves(const struct imap *i)
{
	uint32_t all = i->s->limits.messages_max, saves = i->s->limits.saves_max;

	return all == 0 || (saves > 0 && saves < all) ? saves : all;
}

uint64_t imap_limit_number(const void *imap, enum imap_cap cap)
{
	const struct imap *i = imap;

	if (cap == IMAP_CAP_APPENDLIMIT)
		return i->s->limits.message_octets_max;
	if (cap == IMAP_CAP_MESSAGELIMIT)
		return i->s->limits.messages_max;
	return cap == IMAP_CAP_SAVELIMIT ? i->s->limits.saves_max : 0;
}

void imap_limit_note(struct imap *i, uint32_t uid)
{
	if (uid > 0)
		i->limit_code = arena_printf(&i->arena, "MESSAGELIMIT %u %u", imap_limit_messages(i), uid).at;
}

const char *imap_limit_code(struct imap *i, uint32_t limit)
{
	return arena_printf(&i->arena, "MESSAGELIMIT %u", limit).at;
}

enum step imap_limit_refuse(struct imap *i, uint32_t limit)
{
	return imap_engine_over(
		i, ERR_LIMIT, imap_limit_code(i, limit), S("too many messages for one command"));
}
