#include "store/article.h"

#include <openssl/evp.h>

#include "base/mem.h"
#include "mail/record.h"
#include "store/folder.h"
#include "store/keys.h"
#include "store/write.h"

#define ROWS_MAX 1024u /* looked at for one Message-ID: a sender can give it to any number of messages */

bool article_id_valid(struct str id)
{
	bool at = false;

	if (id.len < ARTICLE_ID_OCTETS_MIN || id.len > ARTICLE_ID_OCTETS_MAX || id.at[0] != '<' || id.at[id.len - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < id.len; i++) {
		if (id.at[i] <= ' ' || id.at[i] > '~' || id.at[i] == '<' || id.at[i] == '>')
			return false;
		at |= id.at[i] == '@' && i > 1 && i + 2 < id.len;
	}
	return at;
}

static void hash(struct str id, char *ret)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	must(EVP_Digest(id.at, id.len, digest, &length, EVP_sha256(), NULL) == 1 && length >= ARTICLE_HASH_OCTETS);
	memcpy(ret, digest, ARTICLE_HASH_OCTETS);
}

/* ---- reading ---- */

struct search {
	struct article_place *places;
	size_t count;
	enum err err;
};

static bool take_place(void *arg, struct str key, struct str value)
{
	struct search *s = arg;
	struct key_article k;

	s->err = key_article_get(key, &k);
	if (s->err != ERR_OK)
		return false;
	if (s->count > 0 && s->places[s->count - 1].folder == k.folder)
		return true;
	if (s->count == ARTICLE_PLACES_MAX)
		return false;
	s->places[s->count++] = (struct article_place){ k.folder, k.uid };
	return true;
}

enum err article_places(struct mailbox *m, struct str id, struct article_place *ret, size_t *ret_count)
{
	struct search s = { .places = ret };
	struct key_article place = { 0 };
	struct key from, to;
	enum err e;

	*ret_count = 0;
	if (!article_id_valid(id))
		return ERR_OK;
	hash(id, place.hash);
	from = key_article(&place);
	place.folder = place.uid = UINT32_MAX;
	to = key_article(&place);
	e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), ROWS_MAX, take_place, &s);
	if (e == ERR_OK)
		e = s.err;
	if (e == ERR_OK)
		*ret_count = s.count;
	return e;
}

struct lowest {
	uint32_t uid;
	enum err err;
};

static bool take_lowest(void *arg, struct str key, struct str value)
{
	struct lowest *l = arg;
	uint32_t folder;

	l->err = key_item_get(key, &folder, &l->uid);
	return false;
}

enum err article_lowest(struct mailbox *m, uint32_t folder, uint32_t *ret)
{
	const struct folder *f = box_folder(m, folder);
	struct key from = key_item(folder, 0), to = key_item(folder, UINT32_MAX);
	struct lowest l = { 0 };
	enum err e;

	if (f != NULL && f->loaded) {
		*ret = f->items_count > 0 ? f->items[0].uid : 0;
		return ERR_OK;
	}
	e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 1, take_lowest, &l);
	if (e == ERR_OK)
		e = l.err;
	if (e == ERR_OK)
		*ret = l.uid;
	return e;
}

struct wanted {
	const struct kv_read *read;
	struct item *ret;
	enum err err;
};

static bool take_item(void *arg, size_t i)
{
	struct wanted *w = arg;

	w->err = w->read->ret_found ? item_get(w->read->ret_value, w->ret) : ERR_NOMESSAGE;
	return true;
}

enum err article_item(struct mailbox *m, uint32_t folder, uint32_t uid, struct item *ret)
{
	const struct folder *f = box_folder(m, folder);
	struct key key = key_item(folder, uid);
	struct kv_read read = { .shard = m->id, .key = key_str(&key) };
	struct wanted wanted = { &read, ret, ERR_NOMESSAGE };
	const struct item *it;
	enum err e;

	if (f == NULL || uid == 0 || uid >= f->uid_visible)
		return ERR_NOMESSAGE;
	if (f->loaded) {
		it = folder_item(f, uid);
		if (it != NULL)
			*ret = *it;
		return it != NULL ? ERR_OK : ERR_NOMESSAGE;
	}
	e = kv_read_each(m->store->kv, &read, 1, take_item, &wanted);
	ret->uid = uid;
	return e == ERR_OK ? wanted.err : e;
}

/* ---- writing ---- */

void article_note(struct write *w, struct mailbox *m, uint64_t email, struct str record)
{
	struct article_noted *n = write_article(w);
	struct key key = key_number(KEYS_ARTICLE_ID, email);
	struct record_envelope envelope;
	struct record r;

	*n = (struct article_noted){ .mailbox = m->id, .email = email };
	if (!mailbox_is_public(m) || record_open_view(record, &r) != ERR_OK || !record_envelope(&r, 0, &envelope))
		return;
	n->valid = article_id_valid(envelope.message_id);
	if (!n->valid)
		return;
	hash(envelope.message_id, n->hash);
	kv_put(write_kv(w), m->id, key_str(&key), str_make(n->hash, sizeof(n->hash)));
}

struct known {
	const struct kv_read *read;
	struct article_noted *ret;
};

static bool take_hash(void *arg, size_t i)
{
	struct known *k = arg;

	k->ret->valid = k->read->ret_found && k->read->ret_value.len == ARTICLE_HASH_OCTETS;
	if (k->ret->valid)
		memcpy(k->ret->hash, k->read->ret_value.at, ARTICLE_HASH_OCTETS);
	return true;
}

/* False: it has none, or the row cannot be read, which verification tells. */
static bool find_hash(struct write *w, const struct mailbox *m, uint64_t email, struct article_noted *ret)
{
	struct key key = key_number(KEYS_ARTICLE_ID, email);
	struct kv_read read = { .shard = m->id, .key = key_str(&key) };
	struct known known = { &read, ret };

	*ret = *write_article(w);
	if (ret->mailbox == m->id && ret->email == email)
		return ret->valid;
	ret->valid = false;
	return kv_read_each(m->store->kv, &read, 1, take_hash, &known) == ERR_OK && ret->valid;
}

static bool find_key(struct write *w, const struct folder *f, const struct item *it, struct key *ret)
{
	struct key_article place = { .folder = f->id, .uid = it->uid };
	struct article_noted noted;

	if (!mailbox_is_public(f->mailbox) || !find_hash(w, f->mailbox, it->email, &noted))
		return false;
	memcpy(place.hash, noted.hash, sizeof(place.hash));
	*ret = key_article(&place);
	return true;
}

void article_add(struct write *w, const struct folder *f, const struct item *it)
{
	struct buf value;
	struct wr to = wr_to(&value);
	struct key key;

	if (!find_key(w, f, it, &key))
		return;
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	article_row_put(&to, it->email);
	kv_put(write_kv(w), f->mailbox->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

void article_gone(struct write *w, const struct folder *f, const struct item *it)
{
	struct key key;

	if (find_key(w, f, it, &key))
		kv_del(write_kv(w), f->mailbox->id, key_str(&key));
}

void article_drop(struct write *w, struct mailbox *m, uint64_t email)
{
	struct key key = key_number(KEYS_ARTICLE_ID, email);

	if (mailbox_is_public(m))
		kv_del(write_kv(w), m->id, key_str(&key));
}
