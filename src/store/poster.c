#include "store/poster.h"

#include "base/mem.h"
#include "store/keys.h"
#include "store/mailbox.h"

void poster_put(struct write *w, struct part *p, const struct folder *f, uint32_t uid, uint64_t account)
{
	struct key key = key_poster(f->id, uid);
	struct buf value;
	struct wr to = wr_to(&value);

	if (account == 0 || !mailbox_is_public(f->mailbox))
		return;
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	poster_row_put(&to, account);
	kv_put(write_kv(w), f->mailbox->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

/* Rows of ascending uids beside a list of ascending uids. */
struct beside {
	const uint32_t *uids;
	size_t count, at;
	uint64_t *posters; /* of the uids */
	enum err err;
};

static bool take(void *arg, struct str key, struct str value)
{
	struct beside *b = arg;
	uint32_t folder, uid;
	uint64_t account;

	b->err = key_poster_get(key, &folder, &uid);
	if (b->err == ERR_OK)
		b->err = poster_row_get(value, &account);
	if (b->err != ERR_OK)
		return false;
	while (b->at < b->count && b->uids[b->at] < uid)
		b->at++;
	if (b->at < b->count && b->uids[b->at] == uid)
		b->posters[b->at] = account;
	return b->at < b->count;
}

static enum err read(struct mailbox *m, uint32_t folder, struct beside *b)
{
	struct key from, to;
	enum err e;

	memset(b->posters, 0, b->count * sizeof(*b->posters));
	if (b->count == 0 || !mailbox_is_public(m))
		return ERR_OK;
	from = key_poster(folder, b->uids[0]);
	to = b->uids[b->count - 1] == UINT32_MAX ? key_poster(folder + 1, 0) : key_poster(folder, b->uids[b->count - 1] + 1);
	e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, take, b);
	return e == ERR_OK ? b->err : e;
}

enum err poster_read(const struct folder *f, const struct item *items, size_t count, uint64_t *ret)
{
	uint32_t *uids = mem_new((count + 1) * sizeof(*uids));
	struct beside b = { .uids = uids, .count = count, .posters = ret };
	enum err e;

	for (size_t i = 0; i < count; i++)
		uids[i] = items[i].uid;
	e = read(f->mailbox, f->id, &b);
	mem_free(uids);
	return e;
}

enum err mailbox_posted(struct mailbox *m, uint32_t folder, uint64_t account, uint32_t *uids, size_t *count)
{
	uint64_t *posters = mem_new((*count + 1) * sizeof(*posters));
	struct beside b = { .uids = uids, .count = *count, .posters = posters };
	size_t kept = 0;
	enum err e = read(m, folder, &b);

	for (size_t i = 0; e == ERR_OK && i < b.count; i++) {
		if (posters[i] == account && account != 0)
			uids[kept++] = uids[i];
	}
	if (e == ERR_OK)
		*count = kept;
	mem_free(posters);
	return e;
}

enum err mailbox_poster(struct mailbox *m, uint32_t folder, uint32_t uid, uint64_t *ret)
{
	struct beside b = { .uids = &uid, .count = 1, .posters = ret };

	return read(m, folder, &b);
}
