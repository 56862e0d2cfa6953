#include "store/item.h"

#include <string.h>

#define ITEM_VERSION      1u
#define ITEM_VERSION_SENT 2u /* with the sent date */

void item_keyword_set(struct item *it, unsigned i, bool on)
{
	must(i < ITEM_KEYWORDS_MAX);
	if (on)
		it->keywords[i / 8] = (uint8_t)(it->keywords[i / 8] | 1u << (i % 8));
	else
		it->keywords[i / 8] = (uint8_t)(it->keywords[i / 8] & ~(1u << (i % 8)));
}

bool item_keywords_equal(const struct item *a, const struct item *b)
{
	return memcmp(a->keywords, b->keywords, sizeof(a->keywords)) == 0;
}

void item_uidl_put(struct buf *to, uint32_t uidvalidity, uint32_t uid)
{
	buf_printf(to, "%08x%08x", uidvalidity, uid);
}

void item_put(struct wr *to, const struct item *it)
{
	size_t n = sizeof(it->keywords);

	while (n > 0 && it->keywords[n - 1] == 0)
		n--;
	wr_u8(to, it->sent != 0 ? ITEM_VERSION_SENT : ITEM_VERSION);
	wr_u64(to, it->modseq);
	wr_u64(to, it->email);
	wr_u64(to, (uint64_t)it->date);
	if (it->sent != 0)
		wr_u64(to, (uint64_t)it->sent);
	wr_u32(to, it->octets);
	wr_u32(to, it->saved);
	wr_u8(to, it->flags);
	wr_u8(to, (uint8_t)n);
	wr_octets(to, str_make(it->keywords, n));
}

enum err item_get(struct str value, struct item *ret)
{
	struct rd r = rd_from(value);
	struct item it = { .uid = ret->uid };
	struct str keywords;
	unsigned version = rd_u8(&r);

	if (version != ITEM_VERSION && version != ITEM_VERSION_SENT)
		rd_fail(&r);
	it.modseq = rd_u64(&r);
	it.email = rd_u64(&r);
	it.date = (int64_t)rd_u64(&r);
	if (version == ITEM_VERSION_SENT)
		it.sent = (int64_t)rd_u64(&r);
	it.octets = rd_u32(&r);
	it.saved = rd_u32(&r);
	it.flags = rd_u8(&r);
	keywords = rd_octets(&r, rd_u8(&r));
	if (rd_end(&r) != ERR_OK || keywords.len > sizeof(it.keywords))
		return ERR_CORRUPT;
	if ((it.flags & ~ITEM_FLAGS) != 0 || it.email == 0 || (version == ITEM_VERSION_SENT && it.sent == 0))
		return ERR_CORRUPT;
	if (keywords.len > 0) {
		memcpy(it.keywords, keywords.at, keywords.len);
		if (it.keywords[keywords.len - 1] == 0)
			return ERR_CORRUPT;
	}
	*ret = it;
	return ERR_OK;
}
