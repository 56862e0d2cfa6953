/*
 * Application passwords: one for each program or device of an account, made by the server, for mail protocols alone. All of an account
 * are one secret property of its entry; when each was last used stands in a row beside. Format of both: doc/format/directory.md.
 *
 * The password's first four characters name it, so that a logon costs one hash however many there are.
 */
#pragma once

#include "base/map.h"
#include "directory/directory.h"
#include "ipc/service.h"
#include "sasl/scram_keys.h"

#define APP_PASSWORD_OCTETS       ((size_t)10) /* 80 bits, 20 of them the id; 16 characters */
#define APP_PASSWORD_TEXT_OCTETS  ((size_t)19) /* "k7mq-h3tw-zzxp-9rfd" */
#define APP_PASSWORD_LABEL_MAX    ((size_t)64)
#define APP_PASSWORD_COUNT_MAX    ((size_t)32) /* of one account */
#define APP_PASSWORDS_OCTETS_MAX  ((size_t)24 << 10) /* of all of an account, as a value */
#define APP_PASSWORD_USES_MAX     ((size_t)4096) /* that wait to be written */
#define APP_PASSWORD_CLIENT_MAX   ((size_t)64)

/* What is kept of one for mechanisms that do not send it. */
enum app_key { APP_KEY_SCRAM_SHA_1 = SCRAM_SHA_1, APP_KEY_SCRAM_SHA_256 = SCRAM_SHA_256, APP_KEY_NT, APP_KEY_COUNT };

struct app_password {
	uint32_t id; /* 20 bits, not 0; unique in the account */
	struct str label; /* views: of whoever filled it, or of the property's value */
	uint8_t protocols; /* bit number of enum service_protocol */
	uint64_t made, expires; /* seconds since 1970; expires 0: never */
	struct str secret; /* Argon2id string of what app_password_read gives */
	struct str keys[APP_KEY_COUNT]; /* of the same (sasl/scram_keys.h, NT hash); empty: none */
};

/* When one was last used; seconds 0: never. */
struct app_use {
	uint64_t account;
	uint32_t id;
	uint64_t seconds;
	uint8_t service;
	char client[APP_PASSWORD_CLIENT_MAX];
};

/* The property's value; no passwords at all are an empty one. ERR_TOOBIG. */
enum err app_passwords_encode(const struct app_password *all, size_t count, struct buf *to) MUST_USE;
/*
 * Strict: an unknown version, more than APP_PASSWORD_COUNT_MAX, two of one id, a short or trailing octet is ERR_CORRUPT. Views point into
 * value; *ret has room for one more than there are.
 */
enum err app_passwords_decode(struct str value, struct arena *a, struct app_password **ret, size_t *ret_count) MUST_USE;
/* Takes the NT hashes out of the account's; what cannot be read is left. In the arena. */
void app_passwords_without_nt(struct arena *a, struct entry_account *account);
/* NULL: there is none of that id. */
const struct app_password *app_password_find(const struct app_password *all, size_t count, uint32_t id);

enum err app_use_encode(const struct app_use *u, struct buf *to) MUST_USE;
enum err app_use_decode(struct str value, struct app_use *ret) MUST_USE;

/* Octets as the words that people copy; text must have room for APP_PASSWORD_TEXT_OCTETS + 1. */
void app_password_text(const unsigned char octets[APP_PASSWORD_OCTETS], char *text);
/*
 * Could text be one? Then *ret_id is its row, and plain, of APP_PASSWORD_TEXT_OCTETS + 1, is the form that was hashed: groups, case
 * and mistakable letters put right. The caller wipes plain.
 */
bool app_password_read(struct str text, uint32_t *ret_id, char *plain);
/* "k7mq": how an id is shown and named; text must have room for 5. */
void app_password_id_text(uint32_t id, char *text);

/* ---- last use ---- */

/* Uses that are not written yet, by account and id; pointed to by directory.app_uses. */
struct app_uses {
	struct map by_key; /* -> struct app_use * */
};

void app_uses_init(struct app_uses *u);
void app_uses_done(struct app_uses *u);
/* Noted in memory; dropped when there are too many. directory.app_uses NULL: not at all. */
void app_use_note(struct directory *d, const struct app_use *use);
/* Writes what was noted; nobody waits for it. */
void app_uses_write(struct directory *d);
/* Into a write set by which the account, or this one password of it (id not 0), goes. ERR_IO. */
enum err app_uses_forget(struct directory *d, uint64_t account, uint32_t id, struct kv_write *w) MUST_USE;
/* The last use, written or not; ret->seconds 0: never. ERR_IO, ERR_CORRUPT. */
enum err app_use_get(struct directory *d, uint64_t account, uint32_t id, struct app_use *ret) MUST_USE;
