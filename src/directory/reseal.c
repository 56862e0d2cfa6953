#include "directory/reseal.h"

#include "base/cursor.h"
#include "directory/change.h"
#include "directory/keys.h"

/* ---- the row ---- */

/* ERR_NOTFOUND: nothing was ever sealed as a whole. */
static enum err read_row(struct directory *d, uint64_t *ret)
{
	struct kv_read row = { .shard = DIRECTORY_SHARD, .key = keys_vault() };
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = kv_read_all(d->kv, &row, 1, &a);
	if (e == ERR_OK && !row.ret_found)
		e = ERR_NOTFOUND;
	if (e == ERR_OK) {
		struct rd r = rd_from(row.ret_value);
		uint64_t id = rd_be64(&r);

		e = rd_end(&r);
		if (e == ERR_OK)
			*ret = id;
	}
	arena_done(&a);
	return e;
}

static enum err write_row(struct directory *d, struct arena *a)
{
	struct kv_write *w = kv_write_new(d->kv);
	uint64_t id = 0;

	must(vault_current(d->vault, &id));
	kv_put(w, DIRECTORY_SHARD, keys_vault(), keys_id(a, id));
	return kv_commit_now(d->kv, w);
}

/* ---- all of them ---- */

static enum entry_kind next_kind(enum entry_kind from)
{
	unsigned kind = from;

	while (kind < ENTRY_KIND_END && !(kind != ENTRY_ORGANISATION && kind != ENTRY_NONE && entry_has_secrets((enum entry_kind)kind)))
		kind++;
	return (enum entry_kind)kind;
}

void reseal_begin(struct reseal *r, struct directory *d, bool lost)
{
	*r = (struct reseal){ .directory = d, .kind = next_kind(ENTRY_DOMAIN), .from = 1, .lost = lost };
}

static enum err seal_entry(struct reseal *r, struct change *c, uint64_t id)
{
	struct entry e;
	enum err err = directory_get(r->directory, r->kind, id, c->arena, &e);

	if (err != ERR_OK)
		return fail(c->failure, err, NULL);
	if (e.seal == ENTRY_LOCKED && r->lost) {
		e.seal = ENTRY_OPEN;
		r->emptied++;
	}
	r->sealed++;
	return change_seal(c, &e);
}

static enum err seal_some(struct reseal *r, uint64_t now_seconds, struct arena *a, struct failure *f)
{
	struct entry_ids ids = { 0 };
	struct change c;
	enum err e = directory_ids(r->directory, r->kind, r->from, a, RESEAL_AT_ONCE, &ids);

	if (e == ERR_OK && ids.count > 0) {
		e = change_begin(&c, r->directory, a, now_seconds, f);
		if (e != ERR_OK)
			return e;
		for (size_t i = 0; i < ids.count && e == ERR_OK; i++)
			e = seal_entry(r, &c, ids.at[i]);
		if (e != ERR_OK) {
			change_abort(&c);
			return e;
		}
		e = change_commit(&c);
	}
	if (e != ERR_OK)
		return fail(f, e, NULL);
	if (ids.count == RESEAL_AT_ONCE) {
		r->from = ids.at[ids.count - 1] + 1;
		return ERR_OK;
	}
	r->kind = next_kind((enum entry_kind)(r->kind + 1));
	r->from = 1;
	return ERR_OK;
}

enum err reseal_step(struct reseal *r, uint64_t now_seconds, struct failure *f)
{
	struct arena a;
	enum err e = ERR_OK;

	must(!r->done);
	arena_init(&a, ARENA_NONE);
	if (r->kind < ENTRY_KIND_END) {
		e = seal_some(r, now_seconds, &a, f);
	} else {
		e = write_row(r->directory, &a);
		if (e != ERR_OK)
			fail(f, e, NULL);
		else
			r->done = true;
	}
	arena_wipe(&a);
	return e;
}

static enum err seal_all(struct directory *d, uint64_t now_seconds, uint64_t *ret_sealed, struct failure *f)
{
	struct reseal r;
	enum err e = ERR_OK;

	reseal_begin(&r, d, false);
	while (e == ERR_OK && !r.done)
		e = reseal_step(&r, now_seconds, f);
	*ret_sealed = r.sealed;
	return e;
}

/* ---- at the start ---- */

static enum err stay_locked(struct directory *d, const char *path, const char *what, struct failure *f)
{
	vault_lock(d->vault, true);
	*f = (struct failure){ 0 };
	return fail(f, ERR_VAULT,
		"the key file directory/%s %s: nobody can log on, mail is taken; put it back from a backup and run 'bourse reload', or give the "
		"passwords up: bourse directory rekey --lost",
		path, what);
}

static enum err make_key(struct directory *d, const char *path, uint64_t now_seconds, struct failure *f)
{
	enum err e = vault_add(d->vault, now_seconds);

	if (e == ERR_OK) {
		e = vault_save(d->vault, path);
		if (e != ERR_OK)
			vault_drop(d->vault);
	}
	return e == ERR_OK ? e : fail(f, e, "the key file directory/%s cannot be written: %s", path, err_text(e));
}

enum err reseal_start(struct directory *d, const char *path, uint64_t now_seconds, struct reseal_start *ret, struct failure *f)
{
	struct reseal_start report = { 0 };
	uint64_t used = 0, newest = 0;
	enum err row = read_row(d, &used), e = vault_load(d->vault, path);

	if (row != ERR_OK && row != ERR_NOTFOUND)
		return fail(f, row, NULL);
	if (e == ERR_CORRUPT)
		return stay_locked(d, path, "is damaged", f);
	if (e == ERR_NOTFOUND && row == ERR_OK)
		return stay_locked(d, path, "is missing", f);
	if (e != ERR_OK && e != ERR_NOTFOUND)
		return fail(f, e, "the key file directory/%s cannot be read: %s", path, err_text(e));
	if (row == ERR_OK && !vault_has(d->vault, used))
		return stay_locked(d, path, "is not the one that was used here", f);
	vault_lock(d->vault, false);
	report.made = e == ERR_NOTFOUND;
	e = report.made ? make_key(d, path, now_seconds, f) : ERR_OK;
	must(e != ERR_OK || vault_current(d->vault, &newest));
	if (e == ERR_OK && (row == ERR_NOTFOUND || newest != used))
		e = seal_all(d, now_seconds, &report.sealed, f);
	if (e == ERR_VAULT)
		return stay_locked(d, path, "lacks a key that was used here", f);
	if (e == ERR_OK)
		*ret = report;
	return e;
}

/* ---- another key ---- */

enum err reseal_rekey(struct directory *d, const char *path, uint64_t now_seconds, bool lost, struct failure *f)
{
	enum err e = ERR_OK;

	if (vault_locked(d->vault) && !lost)
		return fail(f, ERR_VAULT,
			"the key file directory/%s is missing, damaged or another server's; put it back from a backup and run 'bourse reload', or "
			"give the passwords up with --lost",
			path);
	if (!vault_locked(d->vault) && lost)
		return fail(f, ERR_CONFLICT, "no secret is lost: the key is there; leave --lost out");
	if (lost)
		e = vault_load(d->vault, path);
	if (e == ERR_CORRUPT)
		return fail(f, ERR_CONFLICT, "directory/%s is damaged; move it away first, so that it is not overwritten", path);
	if (vault_count(d->vault) == VAULT_KEYS_MAX)
		return fail(f, ERR_LIMIT, "%zu keys are kept already; drop the old ones: bourse directory rekey --forget", VAULT_KEYS_MAX);
	e = make_key(d, path, now_seconds, f);
	if (e == ERR_OK)
		vault_lock(d->vault, false);
	return e;
}
