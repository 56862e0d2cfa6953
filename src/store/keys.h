/*
 * Keys within a mailbox's shard: one letter for the kind of row, then numbers, big-endian, so that
 * octet order is number order. The layout and the values: doc/format/store.md.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define KEYS_ANNOTATIONS 'A'
#define KEYS_NOTES    'B'
#define KEYS_CHANGE   'C'
#define KEYS_RETAINED 'D'
#define KEYS_EMAIL    'E'
#define KEYS_FOLDER   'F'
#define KEYS_FLAGS    'G'
#define KEYS_HEADER   'H'
#define KEYS_ITEM     'I'
#define KEYS_KEYWORDS 'K'
#define KEYS_ACL      'L'
#define KEYS_MAILBOX  'M'
#define KEYS_ARTICLE  'N'
#define KEYS_POSTER   'P'
#define KEYS_ARTICLE_ID 'Q'
#define KEYS_RECORD   'R'
#define KEYS_READER   'S'
#define KEYS_AGE      'T'
#define KEYS_URL      'U'
#define KEYS_KEEP     'V'
#define KEYS_HELD     'W'
#define KEYS_GONE     'X'

struct key {
	size_t len;
	char octets[25];
};

static inline struct str key_str(const struct key *k)
{
	return str_make(k->octets, k->len);
}

struct key key_mailbox(void);
struct key key_kind(char kind);               /* the first key of a kind */
struct key key_kind_end(char kind);           /* behind the last one */
struct key key_number(char kind, uint64_t n); /* C: modseq, D and X: retained id, E, H, Q and R: email id */
struct key key_folder(char kind, uint32_t folder); /* A, L and T (0: the mailbox's own), F, K, V and W; for B, G and I the first of the folder */
struct key key_item(uint32_t folder, uint32_t uid);
struct key key_poster(uint32_t folder, uint32_t uid);
struct key key_flags(uint32_t folder, uint32_t block);
struct key key_note(uint32_t folder, uint32_t uid); /* of B; the other way: key_item_get */

struct key_reader {
	uint32_t folder;
	uint64_t account;
	uint32_t block;
};
struct key key_reader(const struct key_reader *k);

struct key_article {
	char hash[16]; /* of the Message-ID (article.h) */
	uint32_t folder, uid;
};
struct key key_article(const struct key_article *k);

/* The other way; ERR_CORRUPT. */
enum err key_number_get(struct str key, uint64_t *ret) MUST_USE;
enum err key_folder_get(struct str key, uint32_t *ret) MUST_USE;
enum err key_acl_get(struct str key, uint32_t *ret) MUST_USE; /* as key_folder_get, but 0 is the mailbox itself */
enum err key_item_get(struct str key, uint32_t *ret_folder, uint32_t *ret_uid) MUST_USE;
enum err key_reader_get(struct str key, struct key_reader *ret) MUST_USE;
enum err key_poster_get(struct str key, uint32_t *ret_folder, uint32_t *ret_uid) MUST_USE;
enum err key_flags_get(struct str key, uint32_t *ret_folder, uint32_t *ret_block) MUST_USE;
enum err key_article_get(struct str key, struct key_article *ret) MUST_USE;
