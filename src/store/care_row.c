#include "store/care_row.h"

#include "store/gone_row.h"
#include "store/keys.h"
#include "store/reader.h"
#include "store/row.h"

static enum err get_acl(struct str key, struct str value, uint32_t *ret_folder)
{
	struct acl *acl;

	if (key_acl_get(key, ret_folder) != ERR_OK || acl_row_get(value, &acl) != ERR_OK) {
		*ret_folder = 0;
		return ERR_CORRUPT;
	}
	acl_free(acl);
	return ERR_OK;
}

static enum err get_annotations(struct str key, struct str value, uint32_t *ret_folder)
{
	return key_acl_get(key, ret_folder) == ERR_OK ? annotations_row_get(value, NULL, NULL) : ERR_CORRUPT;
}

static enum err get_urls(struct str key, struct str value, uint32_t *ret_folder)
{
	struct url_key *keys;
	struct arena a;
	size_t count;
	enum err e = key_folder_get(key, ret_folder);

	arena_init(&a, ARENA_NONE);
	if (e == ERR_OK)
		e = url_keys_row_get(value, &a, &keys, &count);
	arena_done(&a);
	if (e != ERR_OK)
		*ret_folder = 0;
	return e;
}

/* The table of a folder that is gone is no fault that anybody would notice. */
static enum err get_keywords(struct str key, struct str value, uint32_t *ret_folder)
{
	*ret_folder = 0;
	return keywords_row_get(value, NULL, NULL);
}

/* Nor is this; whose folder it is, stays untold. */
static enum err get_reader(struct str key, struct str value, uint32_t *ret_folder)
{
	*ret_folder = 0;
	return reader_row_is_sound(key, value) ? ERR_OK : ERR_CORRUPT;
}

static enum err get_poster(struct str key, struct str value, uint32_t *ret_folder)
{
	uint64_t account;

	*ret_folder = 0;
	return poster_row_get(value, &account);
}

static enum err get_age(struct str key, struct str value, uint32_t *ret_folder)
{
	uint32_t days;

	*ret_folder = 0;
	return key_acl_get(key, ret_folder) == ERR_OK ? age_row_get(value, &days) : ERR_CORRUPT;
}

static enum err get_keep(struct str key, struct str value, uint32_t *ret_folder)
{
	uint32_t days;

	*ret_folder = 0;
	return key_folder_get(key, ret_folder) == ERR_OK ? age_row_get(value, &days) : ERR_CORRUPT;
}

static enum err get_gone(struct str key, struct str value, uint32_t *ret_folder)
{
	struct gone_row row;
	uint64_t id;

	*ret_folder = 0;
	return key_number_get(key, &id) == ERR_OK ? gone_row_get(value, &row) : ERR_CORRUPT;
}

static enum err get_held(struct str key, struct str value, uint32_t *ret_folder)
{
	struct moderation row;

	*ret_folder = 0;
	return key_folder_get(key, ret_folder) == ERR_OK ? held_row_get(value, &row) : ERR_CORRUPT;
}

const struct care_row care_rows[CARE_ROWS] = {
	{ KEYS_ACL, "an access list cannot be decoded", "an access list of a folder that is not there", get_acl },
	{ KEYS_ANNOTATIONS, "annotations cannot be decoded", "annotations of a folder that is not there", get_annotations },
	{ KEYS_URL, "the keys of a folder's URLs cannot be decoded", "keys of URLs of a folder that is not there", get_urls },
	{ KEYS_KEYWORDS, "a table of keywords cannot be decoded", "", get_keywords },
	{ KEYS_READER, "what a reader has seen cannot be decoded", "", get_reader },
	{ KEYS_POSTER, "the poster of a message cannot be decoded", "", get_poster },
	{ KEYS_AGE, "a folder's age limit cannot be decoded", "the age limit of a folder that is not there", get_age },
	{ KEYS_KEEP, "how long deleted messages of a folder are kept cannot be decoded", "how long deleted messages are kept, of a folder that is not there",
		get_keep },
	{ KEYS_GONE, "a deleted folder cannot be decoded", "", get_gone },
	{ KEYS_HELD, "where posts to a folder wait cannot be decoded", "where posts wait, of a folder that is not there", get_held },
};
