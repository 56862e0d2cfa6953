#include "store/keys.h"

#include "base/cursor.h"

static void add_u32(struct key *k, uint32_t n)
{
	n = htobe32(n);
	memcpy(k->octets + k->len, &n, sizeof(n));
	k->len += sizeof(n);
}

struct key key_kind(char kind)
{
	return (struct key){ .len = 1, .octets = { kind } };
}

struct key key_kind_end(char kind)
{
	return key_kind((char)(kind + 1));
}

struct key key_mailbox(void)
{
	return key_kind(KEYS_MAILBOX);
}

struct key key_number(char kind, uint64_t n)
{
	struct key k = key_kind(kind);

	add_u32(&k, (uint32_t)(n >> 32));
	add_u32(&k, (uint32_t)n);
	return k;
}

struct key key_folder(char kind, uint32_t folder)
{
	struct key k = key_kind(kind);

	add_u32(&k, folder);
	return k;
}

struct key key_item(uint32_t folder, uint32_t uid)
{
	struct key k = key_folder(KEYS_ITEM, folder);

	add_u32(&k, uid);
	return k;
}

struct key key_poster(uint32_t folder, uint32_t uid)
{
	struct key k = key_folder(KEYS_POSTER, folder);

	add_u32(&k, uid);
	return k;
}

struct key key_note(uint32_t folder, uint32_t uid)
{
	struct key k = key_folder(KEYS_NOTES, folder);

	add_u32(&k, uid);
	return k;
}

struct key key_flags(uint32_t folder, uint32_t block)
{
	struct key k = key_folder(KEYS_FLAGS, folder);

	add_u32(&k, block);
	return k;
}

struct key key_reader(const struct key_reader *r)
{
	struct key k = key_folder(KEYS_READER, r->folder);

	add_u32(&k, (uint32_t)(r->account >> 32));
	add_u32(&k, (uint32_t)r->account);
	add_u32(&k, r->block);
	return k;
}

enum err key_reader_get(struct str key, struct key_reader *ret)
{
	struct rd r = rd_from(str_skip(key, 1));
	struct key_reader k = { rd_be32(&r), rd_be64(&r), rd_be32(&r) };

	if (rd_end(&r) != ERR_OK || k.folder == 0 || k.account == 0)
		return ERR_CORRUPT;
	*ret = k;
	return ERR_OK;
}

enum err key_number_get(struct str key, uint64_t *ret)
{
	struct rd r = rd_from(str_skip(key, 1));
	uint64_t n = rd_be64(&r);

	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	*ret = n;
	return ERR_OK;
}

enum err key_acl_get(struct str key, uint32_t *ret)
{
	struct rd r = rd_from(str_skip(key, 1));
	uint32_t n = rd_be32(&r);

	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	*ret = n;
	return ERR_OK;
}

enum err key_folder_get(struct str key, uint32_t *ret)
{
	uint32_t n;

	if (key_acl_get(key, &n) != ERR_OK || n == 0)
		return ERR_CORRUPT;
	*ret = n;
	return ERR_OK;
}

enum err key_flags_get(struct str key, uint32_t *ret_folder, uint32_t *ret_block)
{
	struct rd r = rd_from(str_skip(key, 1));
	uint32_t folder = rd_be32(&r);
	uint32_t block = rd_be32(&r);

	if (rd_end(&r) != ERR_OK || folder == 0)
		return ERR_CORRUPT;
	*ret_folder = folder;
	*ret_block = block;
	return ERR_OK;
}

enum err key_item_get(struct str key, uint32_t *ret_folder, uint32_t *ret_uid)
{
	uint32_t folder, uid;

	if (key_flags_get(key, &folder, &uid) != ERR_OK || uid == 0)
		return ERR_CORRUPT;
	*ret_folder = folder;
	*ret_uid = uid;
	return ERR_OK;
}

enum err key_poster_get(struct str key, uint32_t *ret_folder, uint32_t *ret_uid)
{
	return key_item_get(key, ret_folder, ret_uid);
}

struct key key_article(const struct key_article *a)
{
	struct key k = key_kind(KEYS_ARTICLE);

	memcpy(k.octets + k.len, a->hash, sizeof(a->hash));
	k.len += sizeof(a->hash);
	add_u32(&k, a->folder);
	add_u32(&k, a->uid);
	return k;
}

enum err key_article_get(struct str key, struct key_article *ret)
{
	struct rd r = rd_from(str_skip(key, 1));
	struct str hash = rd_octets(&r, sizeof(ret->hash));
	uint32_t folder = rd_be32(&r), uid = rd_be32(&r);

	if (rd_end(&r) != ERR_OK || folder == 0 || uid == 0)
		return ERR_CORRUPT;
	memcpy(ret->hash, hash.at, sizeof(ret->hash));
	ret->folder = folder;
	ret->uid = uid;
	return ERR_OK;
}
