/*
 * The secrets of entries, sealed at rest: AES-256-GCM (NIST SP 800-38D) with a key from a file that only the directory's user can
 * read. A sealed secret is bound to its place, kind, id and property of the entry, so that one cannot be moved to another.
 * Formats, keys and what a backup has of them: doc/format/directory.md; why so: doc/why/011-secrets-sealed-at-rest.md.
 *
 * Several keys may be known: the newest seals, each opens what it has sealed. A key's id is taken from its octets, so that a wrong
 * key is known as one. Everything here works in memory but vault_load and vault_save.
 */
#pragma once

#include "directory/entry.h"

#define VAULT_FILE             "vault.key"
#define VAULT_FILE_OCTETS_MAX  ((size_t)16 << 10)
#define VAULT_KEY_OCTETS       ((size_t)32)
#define VAULT_KEYS_MAX         ((size_t)64)
#define VAULT_EXTRA_OCTETS     ((size_t)36) /* by which a sealed secret is longer */
#define VAULT_SECRET_OCTETS_MAX ((size_t)32 << 10)

struct vault;

/* Where a secret stands: authenticated with it. */
struct vault_place {
	enum entry_kind kind;
	uint64_t id;
	uint16_t codec; /* the property's */
};

/* Knows no key: seals nothing. */
struct vault *vault_new(void) MUST_USE;
/* Wipes. NULL is fine. */
void vault_free(struct vault *v);

/* A fresh random key, which seals from now on. ERR_LIMIT: VAULT_KEYS_MAX are known; see vault_forget. */
enum err vault_add(struct vault *v, uint64_t now_seconds) MUST_USE;
/* Drops every key but the one that seals. Returns how many. */
size_t vault_forget(struct vault *v);
/* Takes the newest key back, as when it could not be saved. */
void vault_drop(struct vault *v);
/* The key that seals; false: there is none. */
bool vault_current(const struct vault *v, uint64_t *ret_id);
bool vault_has(const struct vault *v, uint64_t id);
size_t vault_count(const struct vault *v);
/* A locked vault opens and does not seal: its keys are not those that the directory was sealed with. */
void vault_lock(struct vault *v, bool locked);
bool vault_locked(const struct vault *v);

/* The key file's text. ERR_CORRUPT: it is none, was cut off, or a key does not fit its id; then v is as it was. */
enum err vault_get(struct vault *v, struct str text) MUST_USE;
void vault_put(const struct vault *v, struct buf *to);
/* ERR_NOTFOUND: there is no such file; ERR_CORRUPT; ERR_PERM; ERR_IO. */
enum err vault_load(struct vault *v, const char *path) MUST_USE;
/* Replaced as a whole and flushed, mode 0600. */
enum err vault_save(const struct vault *v, const char *path) MUST_USE;

/* Appends. ERR_VAULT: no key, or locked; ERR_TOOBIG over VAULT_SECRET_OCTETS_MAX. */
enum err vault_seal(const struct vault *v, const struct vault_place *at, struct str secret, struct buf *to) MUST_USE;
/* Into the arena. ERR_VAULT: sealed with a key that is not known here; ERR_CORRUPT: damaged, or moved from another place. */
enum err vault_open(
	const struct vault *v, const struct vault_place *at, struct str sealed, struct arena *a, struct str *ret) MUST_USE;

/* Every secret of e that is not empty; views into the arena. e is changed only when all could be sealed. */
enum err vault_seal_entry(const struct vault *v, struct entry *e, struct arena *a) MUST_USE;
/*
 * The other way, for an entry whose secrets are ENTRY_SEALED; then they are ENTRY_OPEN. With a key that is not known they are empty and
 * e is ENTRY_LOCKED: it can be read, but not stored. ERR_CORRUPT.
 */
enum err vault_open_entry(const struct vault *v, struct entry *e, struct arena *a) MUST_USE;
