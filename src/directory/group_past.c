#include "directory/group_past.h"

#include <stdlib.h>

#include "directory/change.h"
#include "directory/name.h"

#define ACCOUNTS_AT_ONCE ((size_t)500) /* in one change */

/* One name at one account. */
struct mention {
	uint64_t domain, account;
	struct str name, folded;
};

struct conversion {
	struct directory *directory;
	struct arena arena; /* of the mentions */
	uint64_t now_seconds;
	struct entry_ids accounts; /* those with names */
	struct mention *mentions;
	size_t count;
	struct group_past done;
};

static int compare(const void *x, const void *y)
{
	const struct mention *a = x, *b = y;
	int order;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	order = str_cmp(a->folded, b->folded);
	if (order != 0)
		return order;
	return a->account < b->account ? -1 : a->account > b->account;
}

/* ---- what there is ---- */

static void keep(struct conversion *c, const struct entry *e)
{
	struct entry_texts names = e->account.past_groups;

	for (size_t i = 0; i < names.count; i++) {
		struct str name = names.at[i];

		if (name.len > NAME_OCTETS_MAX || name_why_not(name) != NULL) {
			c->done.skipped++;
			continue;
		}
		c->mentions[c->count++] = (struct mention){ .domain = e->account.domain, .account = e->id,
			.name = arena_str(&c->arena, name), .folded = name_fold(&c->arena, name) };
	}
}

/* Twice over all accounts: how many there are, and which. */
static enum err look(struct conversion *c, const struct entry_ids *ids, bool keeping, size_t *ret_names)
{
	uint64_t *at = (uint64_t *)(uintptr_t)c->accounts.at;
	size_t names = 0, accounts = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ids->count; i++) {
		struct arena scratch;
		struct entry account;

		arena_init(&scratch, ARENA_NONE);
		e = directory_get(c->directory, ENTRY_ACCOUNT, ids->at[i], &scratch, &account);
		if (e == ERR_OK && account.account.past_groups.count > 0) {
			names += account.account.past_groups.count;
			if (keeping) {
				at[accounts] = account.id;
				keep(c, &account);
			}
			accounts++;
		}
		arena_done(&scratch);
	}
	c->accounts.count = accounts;
	*ret_names = names;
	return e;
}

static enum err gather(struct conversion *c)
{
	struct entry_ids ids;
	size_t names = 0;
	enum err e = directory_ids(c->directory, ENTRY_ACCOUNT, 0, &c->arena, SIZE_MAX, &ids);

	if (e == ERR_OK)
		e = look(c, &ids, false, &names);
	if (e != ERR_OK || c->accounts.count == 0)
		return e;
	c->accounts.at = ARENA_ARRAY(&c->arena, uint64_t, c->accounts.count);
	c->mentions = ARENA_ARRAY(&c->arena, struct mention, names);
	e = look(c, &ids, true, &names);
	qsort(c->mentions, c->count, sizeof(*c->mentions), compare);
	return e;
}

/* ---- groups ---- */

static struct entry_ids members(const struct mention *at, size_t count, struct entry_ids had, struct arena *a)
{
	uint64_t *ids = arena_take(a, (had.count + count) * sizeof(*ids) + 1);
	size_t n = 0;

	for (size_t i = 0; i < had.count; i++)
		ids[n++] = had.at[i];
	for (size_t i = 0; i < count; i++) {
		bool again = i > 0 && at[i - 1].account == at[i].account;

		if (!again && !entry_ids_have(had, at[i].account))
			ids[n++] = at[i].account;
	}
	return (struct entry_ids){ ids, n < ENTRY_ITEMS_MAX ? n : ENTRY_ITEMS_MAX };
}

/* Where an account has the name the group gets another one. */
static enum err put_group(struct conversion *c, struct change *change, const struct mention *at, size_t count)
{
	struct arena *a = change->arena;
	struct entry old, new = entry_defaults(ENTRY_GROUP, 0);
	struct str name = at->name;
	enum err e = directory_principal(c->directory, at->domain, name, a, &old);

	if (e == ERR_OK && old.kind == ENTRY_ACCOUNT) {
		name = arena_printf(a, "%.*s group", STR_FMT(at->name));
		e = directory_principal(c->directory, at->domain, name, a, &old);
	}
	if (e == ERR_OK && old.kind == ENTRY_GROUP) {
		new = old;
		new.group.members = members(at, count, old.group.members, a);
		return change_set(change, &old, &new, false);
	}
	if (e != ERR_NOTFOUND)
		return e == ERR_OK ? ERR_EXISTS : e;
	new.group.name = name;
	new.group.domain = at->domain;
	new.group.members = members(at, count, new.group.members, a);
	return change_add(change, &new);
}

static enum err make_group(struct conversion *c, const struct mention *at, size_t count)
{
	struct failure f = { 0 };
	struct change change;
	struct arena arena;
	enum err e;

	arena_init(&arena, ARENA_NONE);
	e = change_begin(&change, c->directory, &arena, c->now_seconds, &f);
	if (e == ERR_OK) {
		e = put_group(c, &change, at, count);
		if (e == ERR_OK)
			e = change_commit(&change);
		else
			change_abort(&change);
	}
	c->done.groups += e == ERR_OK;
	c->done.skipped += e == ERR_EXISTS ? count : 0;
	arena_done(&arena);
	return e == ERR_EXISTS ? ERR_OK : e;
}

static enum err make_groups(struct conversion *c)
{
	size_t begin = 0, end;
	enum err e = ERR_OK;

	for (; e == ERR_OK && begin < c->count; begin = end) {
		const struct mention *first = &c->mentions[begin];

		end = begin + 1;
		while (end < c->count && c->mentions[end].domain == first->domain &&
			str_eq(c->mentions[end].folded, first->folded))
			end++;
		e = make_group(c, first, end - begin);
	}
	return e;
}

/* ---- the names go ---- */

static enum err clear(struct conversion *c, struct change *change, size_t from, size_t to)
{
	enum err e = ERR_OK;

	for (size_t i = from; e == ERR_OK && i < to; i++) {
		struct entry old, new;

		e = directory_get(c->directory, ENTRY_ACCOUNT, c->accounts.at[i], change->arena, &old);
		if (e != ERR_OK)
			break;
		new = old;
		new.account.past_groups = (struct entry_texts){ NULL, 0 };
		e = change_set(change, &old, &new, false);
	}
	return e;
}

/* The last change says that all is done. */
static enum err clear_some(struct conversion *c, size_t from)
{
	size_t to = from + ACCOUNTS_AT_ONCE < c->accounts.count ? from + ACCOUNTS_AT_ONCE : c->accounts.count;
	struct failure f = { 0 };
	struct change change;
	struct arena arena;
	enum err e;

	arena_init(&arena, ARENA_NONE);
	e = change_begin(&change, c->directory, &arena, c->now_seconds, &f);
	if (e == ERR_OK) {
		if (to == c->accounts.count)
			change.organisation.organisation.revision = ENTRY_REVISION;
		e = clear(c, &change, from, to);
		if (e == ERR_OK)
			e = change_commit(&change);
		else
			change_abort(&change);
	}
	arena_done(&arena);
	return e;
}

static enum err convert(struct conversion *c)
{
	size_t from = 0;
	enum err e = gather(c);

	if (e == ERR_OK)
		e = make_groups(c);
	do {
		if (e == ERR_OK)
			e = clear_some(c, from);
		from += ACCOUNTS_AT_ONCE;
	} while (e == ERR_OK && from < c->accounts.count);
	return e;
}

enum err group_past_convert(struct directory *d, uint64_t now_seconds, struct group_past *ret)
{
	struct conversion c = { .directory = d, .now_seconds = now_seconds };
	struct entry organisation;
	enum err e;

	arena_init(&c.arena, ARENA_NONE);
	e = directory_organisation(d, &c.arena, &organisation);
	if (e == ERR_OK && organisation.organisation.revision < ENTRY_REVISION)
		e = convert(&c);
	arena_done(&c.arena);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	*ret = c.done;
	return ERR_OK;
}
