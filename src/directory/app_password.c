#include "directory/app_password.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "directory/keys.h"
#include "directory/secret.h"
#include "directory/totp.h"
#include "sasl/ntlm_hash.h"

#define FORMAT_VERSION      1
#define FORMAT_VERSION_KEYS 2 /* with keys, if any of them has some */
#define VALUE_OCTETS_MAX ((size_t)2048)
#define ID_MAX           ((uint32_t)(1u << 20) - 1)
#define PROTOCOLS_ALL ((uint8_t)(1u << PROTOCOL_SMTP | 1u << PROTOCOL_POP3 | 1u << PROTOCOL_IMAP | 1u << PROTOCOL_NNTP))

/* ---- codec ---- */

static bool has_keys(const struct app_password *p)
{
	size_t octets = 0;

	for (size_t k = 0; k < APP_KEY_COUNT; k++)
		octets += p->keys[k].len;
	return octets > 0;
}

static bool any_has_keys(const struct app_password *all, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (has_keys(&all[i]))
			return true;
	}
	return false;
}

enum err app_passwords_encode(const struct app_password *all, size_t count, struct buf *to)
{
	struct wr w = wr_to(to);
	bool keys = any_has_keys(all, count);

	if (count > APP_PASSWORD_COUNT_MAX)
		return ERR_TOOBIG;
	if (count == 0)
		return ERR_OK;
	wr_u8(&w, keys ? FORMAT_VERSION_KEYS : FORMAT_VERSION);
	wr_u8(&w, (uint8_t)count);
	for (size_t i = 0; i < count; i++) {
		wr_u32(&w, all[i].id);
		wr_u8(&w, all[i].protocols);
		wr_u64(&w, all[i].made);
		wr_u64(&w, all[i].expires);
		wr_str(&w, all[i].label);
		wr_str(&w, all[i].secret);
		for (size_t k = 0; keys && k < APP_KEY_COUNT; k++)
			wr_str(&w, all[i].keys[k]);
	}
	return wr_end(&w);
}

static bool get_keys(struct rd *r, struct app_password *p)
{
	bool good = true;

	for (size_t k = 0; k < APP_KEY_COUNT; k++) {
		p->keys[k] = rd_str(r);
		good = good && p->keys[k].len <= SCRAM_TEXT_OCTETS_MAX;
	}
	return good && (p->keys[APP_KEY_NT].len == 0 || p->keys[APP_KEY_NT].len == NTLM_HASH_OCTETS);
}

static bool get_one(struct rd *r, struct app_password *p)
{
	p->id = rd_u32(r);
	p->protocols = rd_u8(r);
	p->made = rd_u64(r);
	p->expires = rd_u64(r);
	p->label = rd_str(r);
	p->secret = rd_str(r);
	return !r->failed && p->id > 0 && p->id <= ID_MAX && (p->protocols & ~PROTOCOLS_ALL) == 0 &&
	       p->label.len <= APP_PASSWORD_LABEL_MAX && p->secret.len < SECRET_OCTETS_MAX;
}

enum err app_passwords_decode(struct str value, struct arena *a, struct app_password **ret, size_t *ret_count)
{
	struct rd r = rd_from(value);
	uint8_t version = value.len > 0 ? rd_u8(&r) : FORMAT_VERSION, count = value.len > 0 ? rd_u8(&r) : 0;
	struct app_password *all;

	if (r.failed || version < FORMAT_VERSION || version > FORMAT_VERSION_KEYS || count > APP_PASSWORD_COUNT_MAX || (count == 0 && value.len > 0))
		return ERR_CORRUPT;
	all = arena_try(a, (count + 1u) * sizeof(*all));
	if (all == NULL)
		return ERR_CORRUPT;
	for (size_t i = 0; i < count; i++) {
		all[i] = (struct app_password){ 0 };
		if (!get_one(&r, &all[i]) || app_password_find(all, i, all[i].id) != NULL)
			return ERR_CORRUPT;
		if (version == FORMAT_VERSION_KEYS && !get_keys(&r, &all[i]))
			return ERR_CORRUPT;
	}
	/* What has no keys is of version 1. */
	if (rd_end(&r) != ERR_OK || (version == FORMAT_VERSION_KEYS && !any_has_keys(all, count)))
		return ERR_CORRUPT;
	*ret = all;
	*ret_count = count;
	return ERR_OK;
}

void app_passwords_without_nt(struct arena *a, struct entry_account *account)
{
	struct app_password *all = NULL;
	struct buf value;
	size_t count = 0;

	if (app_passwords_decode(account->app_passwords, a, &all, &count) != ERR_OK)
		return;
	for (size_t i = 0; i < count; i++)
		all[i].keys[APP_KEY_NT] = STR_NONE;
	buf_init(&value, APP_PASSWORDS_OCTETS_MAX);
	if (app_passwords_encode(all, count, &value) == ERR_OK)
		account->app_passwords = arena_str(a, buf_str(&value));
	buf_wipe(&value);
}

const struct app_password *app_password_find(const struct app_password *all, size_t count, uint32_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i].id == id)
			return &all[i];
	}
	return NULL;
}

enum err app_use_encode(const struct app_use *u, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u8(&w, FORMAT_VERSION);
	wr_u64(&w, u->seconds);
	wr_u8(&w, u->service);
	wr_str(&w, str_from_c(u->client));
	return wr_end(&w);
}

enum err app_use_decode(struct str value, struct app_use *ret)
{
	struct rd r = rd_from(value);
	struct app_use u = { 0 };
	uint8_t version = rd_u8(&r);
	struct str client;

	u.seconds = rd_u64(&r);
	u.service = rd_u8(&r);
	client = rd_str(&r);
	if (rd_end(&r) != ERR_OK || version != FORMAT_VERSION || !service_valid(u.service) || client.len >= sizeof(u.client) ||
		str_has_control(client))
		return ERR_CORRUPT;
	if (client.len > 0)
		memcpy(u.client, client.at, client.len);
	*ret = u;
	return ERR_OK;
}

/* ---- text ---- */

void app_password_text(const unsigned char octets[APP_PASSWORD_OCTETS], char *text)
{
	struct buf words;

	buf_init(&words, APP_PASSWORD_TEXT_OCTETS);
	totp_words_put(&words, str_make(octets, APP_PASSWORD_OCTETS));
	must(words.len == APP_PASSWORD_TEXT_OCTETS);
	memcpy(text, words.at, words.len);
	text[words.len] = '\0';
	buf_wipe(&words);
}

bool app_password_read(struct str text, uint32_t *ret_id, char *plain)
{
	unsigned char octets[APP_PASSWORD_OCTETS];
	bool is;

	/* Longer than any way to write it: not worth the look. */
	is = text.len <= APP_PASSWORD_TEXT_OCTETS * 2 && totp_words_get(text, octets, sizeof(octets));
	if (is) {
		*ret_id = (uint32_t)octets[0] << 12 | (uint32_t)octets[1] << 4 | octets[2] >> 4;
		app_password_text(octets, plain);
	}
	mem_wipe(octets, sizeof(octets));
	return is;
}

void app_password_id_text(uint32_t id, char *text)
{
	unsigned char octets[APP_PASSWORD_OCTETS] = { (unsigned char)(id >> 12), (unsigned char)(id >> 4), (unsigned char)(id << 4) };
	char whole[APP_PASSWORD_TEXT_OCTETS + 1];

	app_password_text(octets, whole);
	memcpy(text, whole, 4);
	text[4] = '\0';
}

/* ---- last use ---- */

static uint64_t use_key(uint64_t account, uint32_t id)
{
	/* Accounts' ids are counted from 1 and stay far below 2^44. */
	return account << 20 | id;
}

void app_uses_init(struct app_uses *u)
{
	map_init(&u->by_key);
}

void app_uses_done(struct app_uses *u)
{
	MAP_EACH(struct app_use, use, &u->by_key)
		mem_free(use);
	map_done(&u->by_key);
}

void app_use_note(struct directory *d, const struct app_use *use)
{
	uint64_t key = use_key(use->account, use->id);
	struct app_use *kept;

	if (d->app_uses == NULL)
		return;
	kept = map_get(&d->app_uses->by_key, key);
	if (kept == NULL && d->app_uses->by_key.count >= APP_PASSWORD_USES_MAX)
		return;
	if (kept == NULL) {
		kept = MEM_NEW(struct app_use);
		map_put(&d->app_uses->by_key, key, kept);
	}
	*kept = *use;
}

static void put_use(const struct app_use *use, struct kv_write *w)
{
	struct arena a;
	struct buf value;

	arena_init(&a, ARENA_NONE);
	buf_init(&value, VALUE_OCTETS_MAX);
	must(app_use_encode(use, &value) == ERR_OK);
	kv_put(w, DIRECTORY_SHARD, keys_app_use(&a, use->account, use->id), buf_str(&value));
	buf_done(&value);
	arena_done(&a);
}

void app_uses_write(struct directory *d)
{
	struct kv_write *w;

	if (d->app_uses == NULL || d->app_uses->by_key.count == 0)
		return;
	w = kv_write_new(d->kv);
	MAP_EACH(struct app_use, use, &d->app_uses->by_key) {
		put_use(use, w);
		mem_free(use);
	}
	map_done(&d->app_uses->by_key);
	map_init(&d->app_uses->by_key);
	kv_commit(d->kv, w, NULL, NULL);
}

struct forgetting {
	struct arena arena;
	struct str keys[APP_PASSWORD_COUNT_MAX + 1];
	size_t count;
};

static bool forget_row(void *arg, struct str key, struct str value)
{
	struct forgetting *f = arg;

	f->keys[f->count++] = arena_str(&f->arena, key);
	return f->count <= APP_PASSWORD_COUNT_MAX;
}

/* What is noted of ids from..to. */
static void forget_noted(struct directory *d, uint64_t from, uint64_t to)
{
	struct app_use *use = NULL;

	do {
		use = NULL;
		MAP_EACH(struct app_use, one, &d->app_uses->by_key) {
			if (use_key(one->account, one->id) >= from && use_key(one->account, one->id) <= to)
				use = one;
		}
		if (use != NULL)
			mem_free(map_remove(&d->app_uses->by_key, use_key(use->account, use->id)));
	} while (use != NULL);
}

enum err app_uses_forget(struct directory *d, uint64_t account, uint32_t id, struct kv_write *w)
{
	struct forgetting f = { .count = 0 };
	enum err e;

	if (d->app_uses != NULL)
		forget_noted(d, use_key(account, id), use_key(account, id == 0 ? ID_MAX : id));
	arena_init(&f.arena, ARENA_NONE);
	e = kv_scan(d->kv, DIRECTORY_SHARD, keys_app_use(&f.arena, account, id),
		keys_app_use(&f.arena, account, id == 0 ? UINT32_MAX : id + 1), 0, forget_row, &f);
	for (size_t i = 0; e == ERR_OK && i < f.count; i++)
		kv_del(w, DIRECTORY_SHARD, f.keys[i]);
	arena_done(&f.arena);
	return e;
}

enum err app_use_get(struct directory *d, uint64_t account, uint32_t id, struct app_use *ret)
{
	const struct app_use *noted = d->app_uses != NULL ? map_get(&d->app_uses->by_key, use_key(account, id)) : NULL;
	struct kv_read row = { .shard = DIRECTORY_SHARD };
	struct app_use use = { .account = account, .id = id };
	struct arena a;
	enum err e;

	if (noted != NULL) {
		*ret = *noted;
		return ERR_OK;
	}
	arena_init(&a, ARENA_NONE);
	row.key = keys_app_use(&a, account, id);
	e = kv_read_all(d->kv, &row, 1, &a);
	if (e == ERR_OK && row.ret_found)
		e = app_use_decode(row.ret_value, &use);
	arena_done(&a);
	use.account = account;
	use.id = id;
	if (e == ERR_OK)
		*ret = use;
	return e;
}
