#include "store/keys.h"

#include "base/cursor.h"

static void add(struct key *k, uint64_t n, unsigned octets)
{
	for (unsigned i = octets; i-- > 0;)
		k->octets[k->len++] = (char)(n >> (8 * i) & 0xff);
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

	add(&k, n, 8);
	return k;
}

struct key key_folder(char kind, uint32_t folder)
{
	struct key k = key_kind(kind);

	add(&k, folder, 4);
	return k;
}

struct key key_item(uint32_t folder, uint32_t uid)
{
	struct key k = key_folder(KEYS_ITEM, folder);

	add(&k, uid, 4);
	return k;
}

struct key key_flags(uint32_t folder, uint32_t block)
{
	struct key k = key_folder(KEYS_FLAGS, folder);

	add(&k, block, 4);
	return k;
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
