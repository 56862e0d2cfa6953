#include "store/mailbox.h"

#include "store/keys.h"
#include "store/op.h"
#include "store/sight.h"

struct state {
	struct url_key_request request;
	char key[FOLDER_URL_KEY_OCTETS];
	uint32_t *touched; /* folders whose keys change; in the arena */
	size_t touched_count, touched_room;
	bool submitted;
};

/* A folder's keys, with room for one more. */
struct keys {
	struct url_key *at;
	size_t count;
};

static enum err read_keys(struct mailbox *m, uint32_t folder, struct arena *a, struct keys *ret)
{
	struct key key = key_folder(KEYS_URL, folder);
	struct kv_read row = { .shard = m->id, .key = key_str(&key) };
	enum err e = kv_read_all(m->store->kv, &row, 1, a);

	*ret = (struct keys){ 0 };
	return e == ERR_OK && row.ret_found ? url_keys_row_get(row.ret_value, a, &ret->at, &ret->count) : e;
}

static size_t find(const struct keys *k, uint64_t account)
{
	size_t at = 0;

	while (at < k->count && k->at[at].account < account)
		at++;
	return at;
}

static bool has(const struct keys *k, uint64_t account)
{
	size_t at = find(k, account);

	return at < k->count && k->at[at].account == account;
}

enum err folder_url_key(struct mailbox *m, uint32_t folder, uint64_t account, char *ret)
{
	struct keys keys;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = read_keys(m, folder, &a, &keys);
	if (e == ERR_OK && !has(&keys, account))
		e = ERR_NOTFOUND;
	if (e == ERR_OK)
		memcpy(ret, keys.at[find(&keys, account)].octets, FOLDER_URL_KEY_OCTETS);
	arena_wipe(&a);
	return e;
}

uint32_t folder_url_serial(struct mailbox *m, uint32_t folder)
{
	struct folder *f = box_folder(m, folder);

	return f ? f->url_serial : 0;
}

static void write_keys(struct op *op, struct write *w, uint32_t folder, const struct keys *keys)
{
	struct key key = key_folder(KEYS_URL, folder);
	struct buf value;
	struct wr to = wr_to(&value);

	if (keys->count == 0) {
		kv_del(write_kv(w), op->m->id, key_str(&key));
		return;
	}
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	url_keys_row_put(&to, keys->at, keys->count);
	kv_put(write_kv(w), op->m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

static void touch(struct op *op, uint32_t folder)
{
	struct state *s = op->state;

	if (s->touched_count == s->touched_room) {
		uint32_t *grown = ARENA_ARRAY(&op->arena, uint32_t, s->touched_room * 2 + 4);

		if (s->touched_count > 0)
			memcpy(grown, s->touched, s->touched_count * sizeof(*grown));
		s->touched = grown;
		s->touched_room = s->touched_room * 2 + 4;
	}
	s->touched[s->touched_count++] = folder;
}

static enum op_step commit(struct op *op, struct write *w)
{
	struct state *s = op->state;

	s->submitted = true;
	return op_commit(op, w, write_part(w, op->m));
}

/* ---- one folder ---- */

static enum op_step change_one(struct op *op)
{
	struct state *s = op->state;
	struct keys old, new;
	struct write *w;
	size_t at;
	enum err e = box_folder(op->m, s->request.folder) && !folder_is_kept(s->request.folder) ? read_keys(op->m, s->request.folder, &op->arena, &old) : ERR_NOFOLDER;

	if (e != ERR_OK || (s->request.keep && has(&old, s->request.account)))
		return op_end(op, e);
	at = find(&old, s->request.account);
	new = (struct keys){ ARENA_ARRAY(&op->arena, struct url_key, old.count + 1), old.count };
	if (old.count > 0)
		memcpy(new.at, old.at, old.count * sizeof(*new.at));
	if (!has(&old, s->request.account)) {
		if (old.count == FOLDER_URL_KEYS_MAX)
			return op_end(op, ERR_LIMIT);
		memmove(new.at + at + 1, new.at + at, (old.count - at) * sizeof(*new.at));
		new.count++;
	}
	new.at[at].account = s->request.account;
	memcpy(new.at[at].octets, s->key, FOLDER_URL_KEY_OCTETS);
	w = write_new(op->m->store);
	write_keys(op, w, s->request.folder, &new);
	touch(op, s->request.folder);
	return commit(op, w);
}

/* ---- all folders ---- */

static bool note(void *arg, struct str key, struct str value)
{
	struct op *op = arg;
	uint32_t folder;

	if (key_folder_get(key, &folder) == ERR_OK)
		touch(op, folder);
	return true;
}

static enum op_step drop_all(struct op *op)
{
	struct state *s = op->state;
	struct key from = key_kind(KEYS_URL), to = key_kind_end(KEYS_URL);
	struct write *w;
	size_t n = 0;
	enum err e = kv_scan(op->m->store->kv, op->m->id, key_str(&from), key_str(&to), 0, note, op);

	if (e != ERR_OK)
		return op_end(op, e);
	w = write_new(op->m->store);
	write_frees(w);
	for (size_t i = 0; i < s->touched_count; i++) {
		struct keys keys;
		size_t at;

		if (read_keys(op->m, s->touched[i], &op->arena, &keys) != ERR_OK || !has(&keys, s->request.account))
			continue;
		at = find(&keys, s->request.account);
		memmove(keys.at + at, keys.at + at + 1, (keys.count - at - 1) * sizeof(*keys.at));
		keys.count--;
		write_keys(op, w, s->touched[i], &keys);
		s->touched[n++] = s->touched[i];
	}
	s->touched_count = n;
	return commit(op, w);
}

static enum op_step step(struct op *op)
{
	struct state *s = op->state;

	if (!s->submitted)
		return op->m->removing ? op_end(op, ERR_NOFOLDER) : s->request.folder != 0 ? change_one(op) : drop_all(op);
	for (size_t i = 0; op->err == ERR_OK && i < s->touched_count; i++) {
		struct folder *f = box_folder(op->m, s->touched[i]);

		if (!f)
			continue;
		f->url_serial++;
		sight_wake(f);
	}
	return OP_DONE;
}

void folder_url_key_change(
	struct mailbox *m, const struct url_key_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct state));
	struct state *s = op->state;

	s->request = *request;
	if (request->key)
		memcpy(s->key, request->key, FOLDER_URL_KEY_OCTETS);
	op_start(op, done, arg);
}
