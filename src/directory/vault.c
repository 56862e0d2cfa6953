#include "directory/vault.h"

#include <openssl/evp.h>

#include "base/code.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"

#define NONCE_OCTETS 12
#define TAG_OCTETS   16
#define ID_OCTETS    8
#define HEAD         "bourse-vault 1"

struct key {
	uint64_t id, made_seconds;
	unsigned char octets[VAULT_KEY_OCTETS];
};

struct vault {
	struct key keys[VAULT_KEYS_MAX]; /* the one made last is the last one */
	size_t count;
	bool locked;
};

struct vault *vault_new(void)
{
	return MEM_NEW(struct vault);
}

void vault_free(struct vault *v)
{
	if (v == NULL)
		return;
	mem_wipe(v, sizeof(*v));
	mem_free(v);
}

/* ---- keys ---- */

/* What stands in front of the hash keeps the id from being one of another use of the key. */
static uint64_t id_of(const unsigned char octets[VAULT_KEY_OCTETS])
{
	static const char purpose[] = "bourse vault key id";
	unsigned char text[sizeof(purpose) + VAULT_KEY_OCTETS], hash[EVP_MAX_MD_SIZE];
	struct rd r = rd_from(str_make(hash, ID_OCTETS));
	unsigned len = 0;

	memcpy(text, purpose, sizeof(purpose));
	memcpy(text + sizeof(purpose), octets, VAULT_KEY_OCTETS);
	must(EVP_Digest(text, sizeof(text), hash, &len, EVP_sha256(), NULL) == 1 && len >= ID_OCTETS);
	mem_wipe(text, sizeof(text));
	return rd_be64(&r);
}

static const struct key *find(const struct vault *v, uint64_t id)
{
	for (size_t i = 0; i < v->count; i++) {
		if (v->keys[i].id == id)
			return &v->keys[i];
	}
	return NULL;
}

enum err vault_add(struct vault *v, uint64_t now_seconds)
{
	struct key k = { .made_seconds = now_seconds };

	if (v->count == VAULT_KEYS_MAX)
		return ERR_LIMIT;
	/* A clock that went back makes no older key of it. */
	if (v->count > 0 && v->keys[v->count - 1].made_seconds > now_seconds)
		k.made_seconds = v->keys[v->count - 1].made_seconds;
	random_octets(k.octets, sizeof(k.octets));
	k.id = id_of(k.octets);
	v->keys[v->count++] = k;
	mem_wipe(&k, sizeof(k));
	return ERR_OK;
}

void vault_drop(struct vault *v)
{
	must(v->count > 0);
	mem_wipe(&v->keys[--v->count], sizeof(v->keys[0]));
}

size_t vault_forget(struct vault *v)
{
	size_t dropped = v->count > 0 ? v->count - 1 : 0;

	if (dropped == 0)
		return 0;
	v->keys[0] = v->keys[v->count - 1];
	mem_wipe(&v->keys[1], dropped * sizeof(v->keys[0]));
	v->count = 1;
	return dropped;
}

bool vault_current(const struct vault *v, uint64_t *ret_id)
{
	if (v->count == 0)
		return false;
	*ret_id = v->keys[v->count - 1].id;
	return true;
}

bool vault_has(const struct vault *v, uint64_t id)
{
	return find(v, id) != NULL;
}

size_t vault_count(const struct vault *v)
{
	return v->count;
}

void vault_lock(struct vault *v, bool locked)
{
	v->locked = locked;
}

bool vault_locked(const struct vault *v)
{
	return v->locked;
}

/* ---- the key file ---- */

static enum err get_octets(struct str hex, void *to, size_t octets)
{
	struct buf b;
	enum err e;

	buf_init(&b, octets);
	e = hex.len == octets * 2 ? hex_get(&b, hex) : ERR_CORRUPT;
	if (e == ERR_OK && b.len == octets)
		memcpy(to, b.at, octets);
	else
		e = ERR_CORRUPT;
	buf_wipe(&b);
	return e;
}

/* "key ID MADE OCTETS" */
static enum err get_key(struct str line, struct key *ret)
{
	unsigned char id[ID_OCTETS];
	struct rd r = rd_from(str_make(id, sizeof(id)));
	struct str word;

	if (!str_cut(&line, ' ', &word) || !str_eq(word, S("key")) || !str_cut(&line, ' ', &word) ||
		get_octets(word, id, sizeof(id)) != ERR_OK || !str_cut(&line, ' ', &word) ||
		!str_u64(word, UINT64_MAX / 2, &ret->made_seconds) || get_octets(line, ret->octets, sizeof(ret->octets)) != ERR_OK)
		return ERR_CORRUPT;
	ret->id = rd_be64(&r);
	return ret->id == id_of(ret->octets) ? ERR_OK : ERR_CORRUPT;
}

/* Lines may stand in any order and twice: an administrator may have joined two files. */
static enum err put_in_place(struct vault *v, const struct key *k)
{
	size_t at = v->count;

	if (find(v, k->id) != NULL)
		return ERR_OK;
	if (v->count == VAULT_KEYS_MAX)
		return ERR_CORRUPT;
	while (at > 0 && v->keys[at - 1].made_seconds > k->made_seconds)
		at--;
	memmove(&v->keys[at + 1], &v->keys[at], (v->count - at) * sizeof(*k));
	v->keys[at] = *k;
	v->count++;
	return ERR_OK;
}

enum err vault_get(struct vault *v, struct str text)
{
	struct vault *fresh = vault_new();
	struct key k = { 0 };
	struct str line;
	enum err e = str_cut(&text, '\n', &line) && str_eq(line, S(HEAD)) ? ERR_OK : ERR_CORRUPT;

	while (e == ERR_OK && str_cut(&text, '\n', &line)) {
		if (str_eq(line, S(HEAD)))
			continue;
		e = get_key(line, &k);
		if (e == ERR_OK)
			e = put_in_place(fresh, &k);
	}
	/* What is behind the last line's end was cut off. */
	if (e == ERR_OK && (text.len > 0 || fresh->count == 0))
		e = ERR_CORRUPT;
	if (e == ERR_OK) {
		fresh->locked = v->locked;
		*v = *fresh;
	}
	mem_wipe(&k, sizeof(k));
	vault_free(fresh);
	return e;
}

static void put_id(struct buf *to, uint64_t id)
{
	struct buf b;
	struct wr w = wr_to(&b);

	buf_init(&b, ID_OCTETS);
	wr_be64(&w, id);
	hex_put(to, buf_str(&b));
	buf_done(&b);
}

void vault_put(const struct vault *v, struct buf *to)
{
	buf_put_c(to, HEAD "\n");
	for (size_t i = 0; i < v->count; i++) {
		buf_put_c(to, "key ");
		put_id(to, v->keys[i].id);
		buf_printf(to, " %llu ", (unsigned long long)v->keys[i].made_seconds);
		hex_put(to, str_make(v->keys[i].octets, VAULT_KEY_OCTETS));
		buf_put_octet(to, '\n');
	}
}

enum err vault_load(struct vault *v, const char *path)
{
	struct buf text;
	enum err e;

	/* Held at once: memory that a growing buffer leaves behind is not wiped. */
	buf_init(&text, VAULT_FILE_OCTETS_MAX);
	must(buf_room(&text, VAULT_FILE_OCTETS_MAX) != NULL);
	e = file_read(path, &text);
	if (e == ERR_OK)
		e = vault_get(v, buf_str(&text));
	buf_wipe(&text);
	return e == ERR_TOOBIG ? ERR_CORRUPT : e;
}

enum err vault_save(const struct vault *v, const char *path)
{
	struct buf text;
	enum err e;

	buf_init(&text, VAULT_FILE_OCTETS_MAX);
	must(buf_room(&text, VAULT_FILE_OCTETS_MAX) != NULL);
	vault_put(v, &text);
	must(!buf_overflowed(&text));
	e = file_replace(path, buf_str(&text), 0600);
	buf_wipe(&text);
	return e;
}

/* ---- one secret ---- */

#define PLACE_OCTETS 18

static void put_place(const struct vault_place *at, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_octets(&w, S("bourse1"));
	wr_u8(&w, (uint8_t)at->kind);
	wr_u64(&w, at->id);
	wr_u16(&w, at->codec);
	must(wr_end(&w) == ERR_OK && to->len == PLACE_OCTETS);
}

/* One use of the cipher; nothing is left of it when it ends. */
struct cipher {
	EVP_CIPHER_CTX *context;
	unsigned char place[PLACE_OCTETS];
};

static void cipher_open(struct cipher *c, const struct vault_place *at, const struct key *k, const unsigned char *nonce, int sealing)
{
	struct buf place;
	int len;

	buf_init(&place, PLACE_OCTETS);
	put_place(at, &place);
	c->context = EVP_CIPHER_CTX_new();
	must(c->context != NULL && EVP_CipherInit_ex(c->context, EVP_aes_256_gcm(), NULL, k->octets, nonce, sealing) == 1);
	must(EVP_CipherUpdate(c->context, NULL, &len, (const unsigned char *)place.at, PLACE_OCTETS) == 1);
	buf_done(&place);
}

enum err vault_seal(const struct vault *v, const struct vault_place *at, struct str secret, struct buf *to)
{
	const struct key *k = v->count > 0 && !v->locked ? &v->keys[v->count - 1] : NULL;
	struct wr w = wr_to(to);
	unsigned char nonce[NONCE_OCTETS], *out;
	struct cipher c;
	int len = 0, rest = 0;

	if (k == NULL)
		return ERR_VAULT;
	if (secret.len > VAULT_SECRET_OCTETS_MAX || buf_room(to, secret.len + VAULT_EXTRA_OCTETS) == NULL)
		return ERR_TOOBIG;
	random_octets(nonce, sizeof(nonce));
	wr_u64(&w, k->id);
	wr_octets(&w, str_make(nonce, sizeof(nonce)));
	out = (unsigned char *)buf_room(to, secret.len + TAG_OCTETS);
	must(out != NULL);
	cipher_open(&c, at, k, nonce, 1);
	must(EVP_CipherUpdate(c.context, out, &len, (const unsigned char *)secret.at, (int)secret.len) == 1);
	must(EVP_CipherFinal_ex(c.context, out + len, &rest) == 1 && (size_t)(len + rest) == secret.len);
	must(EVP_CIPHER_CTX_ctrl(c.context, EVP_CTRL_GCM_GET_TAG, TAG_OCTETS, out + secret.len) == 1);
	EVP_CIPHER_CTX_free(c.context);
	buf_added(to, secret.len + TAG_OCTETS);
	return ERR_OK;
}

enum err vault_open(const struct vault *v, const struct vault_place *at, struct str sealed, struct arena *a, struct str *ret)
{
	struct rd r = rd_from(sealed);
	uint64_t id = rd_u64(&r);
	struct str nonce = rd_octets(&r, NONCE_OCTETS);
	struct str text = str_sub(r.rest, 0, r.rest.len > TAG_OCTETS ? r.rest.len - TAG_OCTETS : 0);
	const struct key *k = find(v, id);
	struct cipher c;
	unsigned char *out;
	int len = 0, rest = 0;
	bool good;

	if (r.failed || text.len == 0 || text.len > VAULT_SECRET_OCTETS_MAX)
		return ERR_CORRUPT;
	if (k == NULL)
		return ERR_VAULT;
	out = arena_try(a, text.len);
	if (out == NULL)
		return ERR_CORRUPT;
	cipher_open(&c, at, k, (const unsigned char *)nonce.at, 0);
	good = EVP_CipherUpdate(c.context, out, &len, (const unsigned char *)text.at, (int)text.len) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c.context, EVP_CTRL_GCM_SET_TAG, TAG_OCTETS, (void *)(uintptr_t)(text.at + text.len)) == 1 &&
	       EVP_CipherFinal_ex(c.context, out + len, &rest) == 1;
	EVP_CIPHER_CTX_free(c.context);
	if (!good) {
		mem_wipe(out, text.len); /* what was not authenticated is nobody's */
		return ERR_CORRUPT;
	}
	*ret = str_make(out, text.len);
	return ERR_OK;
}

/* ---- whole entries ---- */

static struct str seal_one(const struct vault *v, const struct vault_place *at, struct str secret, struct arena *a, enum err *e)
{
	struct buf sealed;
	struct str ret = STR_NONE;

	buf_init(&sealed, VAULT_SECRET_OCTETS_MAX + VAULT_EXTRA_OCTETS);
	*e = vault_seal(v, at, secret, &sealed);
	if (*e == ERR_OK)
		ret = arena_str(a, buf_str(&sealed));
	buf_done(&sealed);
	return ret;
}

enum err vault_seal_entry(const struct vault *v, struct entry *e, struct arena *a)
{
	struct entry sealed = *e;
	size_t count;
	const struct entry_property *p = entry_properties(e->kind, &count);
	enum err err = ERR_OK;

	must(e->seal == ENTRY_OPEN);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		struct vault_place at = { e->kind, e->id, p[i].codec };
		struct str *field = (struct str *)(void *)((char *)&sealed + p[i].offset);

		if (p[i].type == ENTRY_TYPE_secret && field->len > 0)
			*field = seal_one(v, &at, *field, a, &err);
	}
	if (err != ERR_OK)
		return err;
	sealed.seal = ENTRY_SEALED;
	*e = sealed;
	return ERR_OK;
}

enum err vault_open_entry(const struct vault *v, struct entry *e, struct arena *a)
{
	struct entry open = *e;
	size_t count;
	const struct entry_property *p = entry_properties(e->kind, &count);

	must(e->seal == ENTRY_SEALED);
	open.seal = ENTRY_OPEN;
	for (size_t i = 0; i < count; i++) {
		struct vault_place at = { e->kind, e->id, p[i].codec };
		struct str *field = (struct str *)(void *)((char *)&open + p[i].offset);
		enum err err;

		if (p[i].type != ENTRY_TYPE_secret || field->len == 0)
			continue;
		err = vault_open(v, &at, *field, a, field);
		if (err == ERR_VAULT) {
			*field = STR_NONE;
			open.seal = ENTRY_LOCKED;
		} else if (err != ERR_OK) {
			return err;
		}
	}
	*e = open;
	return ERR_OK;
}
