#include "directory/right.h"

static const struct {
	struct str word;
	enum right right;
} words[] = {
	{ S_INIT("owner"), RIGHT_OWNER },
	{ S_INIT("full"), RIGHT_FULL },
	{ S_INIT("read"), RIGHT_READ },
	{ S_INIT("send-as"), RIGHT_SEND_AS },
	{ S_INIT("send-on-behalf"), RIGHT_SEND_ON_BEHALF },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

uint32_t right_implied(uint32_t rights)
{
	if (rights & RIGHT_OWNER)
		return RIGHT_ALL;
	if (rights & RIGHT_FULL)
		rights |= RIGHT_READ;
	if (rights & RIGHT_SEND_AS)
		rights |= RIGHT_SEND_ON_BEHALF;
	return rights;
}

struct right_held right_of(
	const struct entry_mailbox *m, uint64_t account, const struct entry_ids *groups)
{
	struct right_held held = { .rights = right_implied(entry_grants_of(m->rights, account)) };

	if (account != 0 && m->account == account)
		return (struct right_held){ .rights = RIGHT_ALL, .primary = true };
	for (size_t i = 0; i < m->rights.count; i++) {
		const struct entry_grant *g = &m->rights.at[i];
		uint32_t more = right_implied(g->rights) & ~held.rights;

		if (more == 0 || !entry_ids_have(*groups, g->id))
			continue;
		held.rights |= more;
		held.group = held.group == 0 ? g->id : held.group;
	}
	return held;
}

enum access right_access(uint32_t rights)
{
	if (rights & RIGHT_OWNER)
		return ACCESS_OWNER;
	if (rights & RIGHT_FULL)
		return ACCESS_FULL;
	return rights & RIGHT_READ ? ACCESS_READ : ACCESS_NONE;
}

static bool word_of(struct str word, uint32_t *ret)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (str_ieq(word, words[i].word)) {
			*ret |= words[i].right;
			return true;
		}
	}
	return false;
}

enum err right_words_get(struct str text, uint32_t *ret)
{
	uint32_t rights = 0;

	for (size_t at = 0; at < text.len;) {
		size_t end = at;

		while (end < text.len && text.at[end] != ' ' && text.at[end] != ',')
			end++;
		if (end > at && !word_of(str_sub(text, at, end - at), &rights))
			return ERR_SYNTAX;
		at = end + 1;
	}
	if (rights == 0)
		return ERR_SYNTAX;
	*ret = rights;
	return ERR_OK;
}

void right_words_put(struct buf *to, uint32_t rights)
{
	const char *before = "";

	for (size_t i = 0; i < WORDS; i++) {
		if ((rights & words[i].right) == 0)
			continue;
		buf_printf(to, "%s%.*s", before, STR_FMT(words[i].word));
		before = " ";
	}
}
