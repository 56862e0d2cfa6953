#include "store/granted.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/keys.h"
#include "store/row.h"
#include "store/store.h"

#define EVERYBODY   UINT64_MAX /* no id of the directory */
#define SHARDS_STEP ((size_t)1000)

/* Ascending, each once. */
struct granted_row {
	uint64_t *mailboxes;
	size_t count, room;
};

void granted_init(struct granted *g)
{
	map_init(&g->by_holder);
}

void granted_done(struct granted *g)
{
	MAP_EACH(struct granted_row, row, &g->by_holder) {
		mem_free(row->mailboxes);
		mem_free(row);
	}
	map_done(&g->by_holder);
}

static void add(struct granted *g, uint64_t holder, uint64_t mailbox)
{
	struct granted_row *row = map_get(&g->by_holder, holder);
	size_t at;

	if (row == NULL) {
		row = MEM_NEW(struct granted_row);
		map_put(&g->by_holder, holder, row);
	}
	for (at = row->count; at > 0 && row->mailboxes[at - 1] > mailbox;)
		at--;
	if (at > 0 && row->mailboxes[at - 1] == mailbox)
		return;
	if (row->count == row->room) {
		row->room = row->room ? row->room * 2 : 4;
		row->mailboxes = mem_resize(row->mailboxes, row->room * sizeof(*row->mailboxes));
	}
	memmove(row->mailboxes + at + 1, row->mailboxes + at, (row->count - at) * sizeof(*row->mailboxes));
	row->mailboxes[at] = mailbox;
	row->count++;
}

void granted_note(struct granted *g, uint64_t mailbox, const struct acl *acl)
{
	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (e->negative || e->rights == 0 || e->kind == ACL_DELEGATES)
			continue;
		add(g, acl_kind_has_id(e->kind) ? e->account : EVERYBODY, mailbox);
	}
}

struct loading {
	struct granted *granted;
	uint64_t mailbox;
};

static bool load_list(void *arg, struct str key, struct str value)
{
	struct loading *l = arg;
	struct acl *acl;

	if (acl_row_get(value, &acl) == ERR_OK) {
		granted_note(l->granted, l->mailbox, acl);
		acl_free(acl);
	}
	return true;
}

enum err granted_load(struct granted *g, struct kv *kv)
{
	uint64_t ids[SHARDS_STEP], from = 1;
	struct key first = key_kind(KEYS_ACL), end = key_kind_end(KEYS_ACL);
	enum err e = ERR_OK;
	size_t count;

	do {
		count = kv_shards(kv, from, ids, SHARDS_STEP);
		for (size_t i = 0; e == ERR_OK && i < count && ids[i] <= STORE_MAILBOX_MAX; i++) {
			struct loading l = { g, ids[i] };

			e = kv_scan(kv, ids[i], key_str(&first), key_str(&end), 0, load_list, &l);
			from = ids[i] + 1;
		}
	} while (e == ERR_OK && count == SHARDS_STEP && ids[count - 1] <= STORE_MAILBOX_MAX);
	return e;
}

static int compare(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

static size_t gather(const struct granted *g, uint64_t holder, uint64_t *ret, size_t max)
{
	const struct granted_row *row = map_get(&g->by_holder, holder);
	size_t count = row == NULL ? 0 : row->count < max ? row->count : max;

	if (count > 0)
		memcpy(ret, row->mailboxes, count * sizeof(*ret));
	return count;
}

size_t granted_find(const struct granted *g, const struct granted_query *q, uint64_t *ret, size_t max)
{
	uint64_t *all = mem_new((q->groups_count + 2) * max * sizeof(*all) + 1);
	size_t count = gather(g, q->account, all, max), kept = 0;

	if (q->everybody)
		count += gather(g, EVERYBODY, all + count, max);
	for (size_t i = 0; i < q->groups_count; i++)
		count += gather(g, q->groups[i], all + count, max);
	qsort(all, count, sizeof(*all), compare);
	for (size_t i = 0; i < count && kept < max; i++) {
		if (kept == 0 || ret[kept - 1] != all[i])
			ret[kept++] = all[i];
	}
	mem_free(all);
	return kept;
}
