#include "store/renew.h"

#include "base/mem.h"
#include "store/gone_row.h"
#include "store/keys.h"
#include "store/row.h"
#include "store/store.h"

#define GAP      ((uint64_t)1 << 32) /* more than happens between a backup and a restore */
#define GAP_IDS  ((uint32_t)1 << 16)
#define AT_ONCE  64
#define ROW_MAX  ((size_t)8 << 10)

struct renewal {
	struct kv_write *w;
	uint64_t mailbox;
	uint32_t last; /* UIDVALIDITY given */
	size_t folders;
};

/* The folder ids go up only as far as they can. */
static uint32_t raised(uint32_t id, uint32_t by)
{
	return id < UINT32_MAX - by ? id + by : id;
}

static bool renew_folder(void *arg, struct str key, struct str value)
{
	struct renewal *n = arg;
	struct folder_row row;
	struct buf b;
	struct wr to;

	if (folder_row_get(value, &row) != ERR_OK)
		return true;
	row.uidvalidity = ++n->last;
	row.modseq += GAP;
	buf_init(&b, ROW_MAX);
	to = wr_to(&b);
	folder_row_put(&to, &row);
	if (wr_end(&to) == ERR_OK)
		kv_put(n->w, n->mailbox, key, buf_str(&b));
	buf_done(&b);
	n->folders++;
	return true;
}

/* Nor may one that is brought back give a uid twice. */
static bool renew_gone(void *arg, struct str key, struct str value)
{
	struct renewal *n = arg;
	struct gone_row row;
	struct buf b;
	struct wr to;

	if (gone_row_get(value, &row) != ERR_OK)
		return true;
	row.uidvalidity = ++n->last;
	buf_init(&b, KV_VALUE_OCTETS_MAX);
	to = wr_to(&b);
	gone_row_put(&to, &row);
	if (wr_end(&to) == ERR_OK)
		kv_put(n->w, n->mailbox, key, buf_str(&b));
	buf_done(&b);
	return true;
}

static void put_mailbox(struct renewal *n, struct mailbox_row *row)
{
	struct key key = key_mailbox();
	struct buf b;
	struct wr to;

	row->uidvalidity_last = n->last;
	row->modseq += GAP;
	row->email_next += GAP;
	row->retained_next += GAP;
	row->folder_next = raised(row->folder_next, GAP_IDS);
	buf_init(&b, ROW_MAX);
	to = wr_to(&b);
	mailbox_row_put(&to, row);
	must(wr_end(&to) == ERR_OK);
	kv_put(n->w, n->mailbox, key_str(&key), buf_str(&b));
	buf_done(&b);
}

static enum err renew_mailbox(struct kv *kv, uint64_t id, uint32_t above)
{
	struct key at = key_mailbox(), from = key_kind(KEYS_FOLDER), to = key_kind_end(KEYS_FOLDER);
	struct kv_read read = { .shard = id, .key = key_str(&at) };
	struct renewal n = { .mailbox = id };
	struct mailbox_row row;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = kv_read_all(kv, &read, 1, &a);
	if (e == ERR_OK && (!read.ret_found || mailbox_row_get(read.ret_value, &row) != ERR_OK)) {
		arena_done(&a);
		return ERR_OK;
	}
	n.w = kv_write_new(kv);
	if (e == ERR_OK) {
		n.last = row.uidvalidity_last > above ? row.uidvalidity_last : above;
		e = kv_scan(kv, id, key_str(&from), key_str(&to), 0, renew_folder, &n);
	}
	if (e == ERR_OK) {
		from = key_kind(KEYS_GONE);
		to = key_kind_end(KEYS_GONE);
		e = kv_scan(kv, id, key_str(&from), key_str(&to), 0, renew_gone, &n);
	}
	if (e == ERR_OK) {
		put_mailbox(&n, &row);
		e = kv_commit_now(kv, n.w);
	} else {
		kv_write_free(n.w);
	}
	arena_done(&a);
	return e;
}

enum err renew_all(struct kv *kv, uint32_t above, void (*progress)(void *arg, uint64_t done), void *arg)
{
	uint64_t ids[AT_ONCE], from = 1, done = 0;
	size_t n = AT_ONCE;
	enum err e = ERR_OK;

	while (e == ERR_OK && n == AT_ONCE && from <= STORE_MAILBOX_MAX) {
		n = kv_shards(kv, from, ids, AT_ONCE);
		for (size_t i = 0; i < n && e == ERR_OK && ids[i] <= STORE_MAILBOX_MAX; i++)
			e = renew_mailbox(kv, ids[i], above);
		done += n;
		from = n > 0 ? ids[n - 1] + 1 : from;
		if (progress != NULL)
			progress(arg, done);
	}
	return e;
}
