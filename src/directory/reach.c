#include "directory/reach.h"

#include <stdlib.h>

#include "directory/group.h"

static int compare(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

/* The mailboxes that some of them has rights on, ascending, each once. */
static enum err gather(struct directory *d, const struct entry_ids *holders, struct arena *a,
	struct entry_ids *ret)
{
	uint64_t *at = arena_take(a, (REACH_MAX + 1) * holders->count * sizeof(*at) + 1);
	size_t count = 0, kept = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < holders->count; i++) {
		struct entry_ids some = { NULL, 0 };

		e = directory_mailboxes_of(d, holders->at[i], a, REACH_MAX + 1, &some);
		for (size_t n = 0; e == ERR_OK && n < some.count; n++)
			at[count++] = some.at[n];
	}
	qsort(at, count, sizeof(*at), compare);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || at[kept - 1] != at[i])
			at[kept++] = at[i];
	}
	*ret = (struct entry_ids){ at, kept };
	return e;
}

static enum err find_all(struct directory *d, const struct entry_ids *ids, uint64_t principal,
	struct arena *a, struct reach *ret)
{
	size_t most = ids->count < REACH_MAX ? ids->count : REACH_MAX;
	struct reach_row *rows = arena_take(a, most * sizeof(*rows) + 1);

	ret->rows = rows;
	for (size_t i = 0; i < ids->count; i++) {
		struct reach_row *row = &rows[ret->count];
		enum err e;

		ret->more = ret->count == REACH_MAX;
		if (ret->more)
			break;
		e = directory_get(d, ENTRY_MAILBOX, ids->at[i], a, &row->mailbox);
		if (e != ERR_OK)
			return e == ERR_NOTFOUND ? ERR_CORRUPT : e;
		row->held = right_of(&row->mailbox.mailbox, principal, &ret->groups);
		ret->count += row->held.rights != 0;
	}
	return ERR_OK;
}

enum err reach_find(struct directory *d, uint64_t principal, struct arena *a, struct reach *ret)
{
	struct reach r = { .count = 0 };
	struct entry_ids holders, mailboxes;
	uint64_t *at;
	enum err e = group_closure(d, principal, a, &r.groups);

	if (e != ERR_OK)
		return e;
	at = arena_take(a, (r.groups.count + 1) * sizeof(*at));
	at[0] = principal;
	if (r.groups.count > 0)
		memcpy(at + 1, r.groups.at, r.groups.count * sizeof(*at));
	holders = (struct entry_ids){ at, r.groups.count + 1 };
	e = gather(d, &holders, a, &mailboxes);
	if (e == ERR_OK)
		e = find_all(d, &mailboxes, principal, a, &r);
	if (e == ERR_OK)
		*ret = r;
	return e;
}
