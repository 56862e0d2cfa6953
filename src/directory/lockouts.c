#include "directory/lockouts.h"

#include "base/map.h"
#include "base/mem.h"
#include "directory/keys.h"

/* held: not yet written; flying: given to the engine, not yet to be read there. */
struct lockouts {
	struct kv *kv;
	struct map held, flying;
};

struct held {
	uint64_t account;
	struct lockout lockout;
};

struct lockouts *lockouts_new(struct kv *kv)
{
	struct lockouts *ls = MEM_NEW(struct lockouts);

	ls->kv = kv;
	map_init(&ls->held);
	map_init(&ls->flying);
	return ls;
}

static void empty(struct map *m)
{
	MAP_EACH(struct held, h, m)
		mem_free(h);
	map_done(m);
	map_init(m);
}

static void put_row(struct kv_write *w, uint64_t account, const struct lockout *l)
{
	struct arena a;
	struct buf value;

	arena_init(&a, ARENA_NONE);
	buf_init(&value, LOCKOUT_OCTETS_MAX);
	lockout_encode(l, &value);
	kv_put(w, DIRECTORY_SHARD, keys_failures(&a, account), buf_str(&value));
	buf_done(&value);
	arena_done(&a);
}

static struct kv_write *write_of(struct kv *kv, struct map *m)
{
	struct kv_write *w = kv_write_new(kv);

	MAP_EACH(struct held, h, m)
		put_row(w, h->account, &h->lockout);
	return w;
}

void lockouts_free(struct lockouts *ls)
{
	if (ls == NULL)
		return;
	/* Commits are applied in order: what is on its way is there before this, and has said so. */
	if (ls->held.count > 0 || ls->flying.count > 0)
		(void)!kv_commit_now(ls->kv, write_of(ls->kv, ls->held.count > 0 ? &ls->held : &ls->flying));
	empty(&ls->held);
	empty(&ls->flying);
	map_done(&ls->held);
	map_done(&ls->flying);
	mem_free(ls);
}

static const struct held *find(const struct lockouts *ls, uint64_t account)
{
	const struct held *h = ls != NULL ? map_get(&ls->held, account) : NULL;

	return h != NULL || ls == NULL ? h : map_get(&ls->flying, account);
}

void lockouts_read(struct directory *d, uint64_t account, struct lockout *ret)
{
	const struct held *h = find(d->lockouts, account);
	struct kv_read row = { .shard = DIRECTORY_SHARD };
	struct arena a;

	*ret = (struct lockout){ 0 };
	if (h != NULL) {
		*ret = h->lockout;
		return;
	}
	arena_init(&a, ARENA_NONE);
	row.key = keys_failures(&a, account);
	if (kv_read_all(d->kv, &row, 1, &a) == ERR_OK && row.ret_found)
		(void)!lockout_decode(row.ret_value, ret);
	arena_done(&a);
}

void lockouts_write(struct directory *d, uint64_t account, const struct lockout *l)
{
	struct lockouts *ls = d->lockouts;
	struct held *h = ls != NULL ? map_get(&ls->held, account) : NULL;

	if (ls == NULL) {
		struct kv_write *w = kv_write_new(d->kv);

		put_row(w, account, l);
		(void)!kv_commit_now(d->kv, w);
		return;
	}
	if (h == NULL) {
		h = MEM_NEW(struct held);
		h->account = account;
		map_put(&ls->held, account, h);
	}
	h->lockout = *l;
	if (ls->held.count >= LOCKOUTS_HELD_MAX)
		lockouts_flush(ls);
}

void lockouts_forget(struct directory *d, uint64_t account)
{
	if (d->lockouts != NULL)
		mem_free(map_remove(&d->lockouts->held, account));
}

/* A failure that could not be written is told by the engine itself; it is counted again with the next. */
static void on_written(void *arg, enum err e)
{
	struct lockouts *ls = arg;

	empty(&ls->flying);
}

bool lockouts_flush(struct lockouts *ls)
{
	struct map had = ls->flying;

	if (ls->flying.count > 0 || ls->held.count == 0)
		return ls->flying.count > 0;
	ls->flying = ls->held;
	ls->held = had;
	kv_commit(ls->kv, write_of(ls->kv, &ls->flying), on_written, ls);
	return true;
}
