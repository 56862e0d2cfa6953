#include "directory/secret.h"

#include <argon2.h>

#include "base/arena.h"
#include "base/code.h"
#include "base/mem.h"
#include "directory/hash_memory.h"
#include "directory/name.h"
#include "io/clock.h"

#define SALT_OCTETS ((size_t)16)
#define HASH_OCTETS ((size_t)32)
#define PART_OCTETS_MAX ((size_t)64) /* of a salt or hash in a stored string */

/* Costs as every other; its password is not known to anybody, and nobody asks whether it matched.
 */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$"
			     "Q2Vudy1hbHRlciBXZWluIQ$"
			     "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs";

/* The arena holds the password only until the call ends; it is wiped, not just freed. */
static enum err prepare(struct arena *a, struct str password, struct str *ret)
{
	const char *why;

	if (password.len == 0 || password.len > SECRET_PASSWORD_OCTETS_MAX)
		return ERR_SYNTAX;
	if (name_nfc(a, password, ret, &why) != ERR_OK || ret->len > SECRET_PASSWORD_OCTETS_MAX)
		return ERR_SYNTAX;
	return ERR_OK;
}

static void wipe(struct arena *a, struct str password)
{
	if (password.len > 0)
		mem_wipe((void *)(uintptr_t)password.at, password.len);
	arena_done(a);
}

enum err secret_check(struct str password)
{
	struct str nfc = STR_NONE;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = prepare(&a, password, &nfc);
	wipe(&a, nfc);
	return e;
}

enum err secret_make(struct str password, struct buf *to)
{
	char encoded[SECRET_OCTETS_MAX];
	unsigned char salt[SALT_OCTETS];
	struct str nfc = STR_NONE;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = prepare(&a, password, &nfc);
	random_octets(salt, sizeof(salt));
	if (e == ERR_OK && argon2id_hash_encoded(SECRET_PASSES, SECRET_MEMORY_KIB, SECRET_LANES,
				   nfc.at, nfc.len, salt, sizeof(salt), HASH_OCTETS, encoded,
				   sizeof(encoded)) != ARGON2_OK)
		e = ERR_IO;
	wipe(&a, nfc);
	if (e != ERR_OK)
		return e;
	buf_put_c(to, encoded);
	return ERR_OK;
}

void secret_job_init(struct secret_job *job, struct str encoded, struct str password)
{
	struct str nfc = STR_NONE;
	struct arena a;
	bool good;

	*job = (struct secret_job){ 0 };
	arena_init(&a, ARENA_NONE);
	good = prepare(&a, password, &nfc) == ERR_OK;
	job->known = good && encoded.len > 0 && encoded.len < SECRET_OCTETS_MAX;
	if (job->known)
		memcpy(job->encoded, encoded.at, encoded.len);
	else
		memcpy(job->encoded, nobody, sizeof(nobody));
	if (good) {
		memcpy(job->password, nfc.at, nfc.len);
		job->password_len = nfc.len;
	}
	wipe(&a, nfc);
}

/* ---- the check ---- */

/* What an Argon2id string says. */
struct parts {
	uint32_t memory_kib, passes, lanes;
	struct str salt, hash; /* point into the two */
	unsigned char salt_octets[PART_OCTETS_MAX], hash_octets[PART_OCTETS_MAX];
};

static bool skip(struct str *rest, struct str head)
{
	bool is_there = str_starts(*rest, head);

	*rest = is_there ? str_skip(*rest, head.len) : STR_NONE;
	return is_there;
}

static bool take_number(struct str *rest, char end, uint32_t max, uint32_t *ret)
{
	struct str digits;

	return str_cut(rest, end, &digits) && str_u32(digits, max, ret) && *ret > 0;
}

/* Base64 without padding. */
static bool take_octets(struct str text, unsigned char to[PART_OCTETS_MAX], struct str *ret)
{
	struct buf padded, octets;
	bool good;

	buf_init(&padded, SECRET_OCTETS_MAX + 4);
	buf_init(&octets, PART_OCTETS_MAX);
	buf_put(&padded, text);
	buf_put(&padded, str_sub(S("==="), 0, (4 - text.len % 4) % 4));
	good = base64_get(&octets, buf_str(&padded)) == ERR_OK && octets.len > 0;
	if (good) {
		memcpy(to, octets.at, octets.len);
		*ret = str_make((const char *)to, octets.len);
	}
	buf_wipe(&padded);
	buf_wipe(&octets);
	return good;
}

/*
 * Costs above ours nobody has given a password here: it would be a way to keep a thread busy for long. What the library would
 * refuse at once is not taken either, so that every answer takes its time.
 */
static bool take_parts(struct str text, struct parts *ret)
{
	struct str salt;
	bool good = skip(&text, S("$argon2id$v=19$m=")) &&
	       take_number(&text, ',', SECRET_MEMORY_KIB, &ret->memory_kib) && skip(&text, S("t=")) &&
	       take_number(&text, ',', SECRET_PASSES, &ret->passes) && skip(&text, S("p=")) &&
	       take_number(&text, '$', SECRET_LANES, &ret->lanes) && str_cut(&text, '$', &salt) &&
	       take_octets(salt, ret->salt_octets, &ret->salt) &&
	       take_octets(text, ret->hash_octets, &ret->hash);

	return good && ret->memory_kib >= ARGON2_MIN_MEMORY * ret->lanes &&
	       ret->salt.len >= ARGON2_MIN_SALT_LENGTH && ret->hash.len >= ARGON2_MIN_OUTLEN;
}

static bool matches(const struct secret_job *job, struct parts *p)
{
	unsigned char made[PART_OCTETS_MAX];
	argon2_context c = { .out = made,
		.outlen = (uint32_t)p->hash.len,
		.pwd = (uint8_t *)(uintptr_t)job->password,
		.pwdlen = (uint32_t)job->password_len,
		.salt = p->salt_octets,
		.saltlen = (uint32_t)p->salt.len,
		.t_cost = p->passes,
		.m_cost = p->memory_kib,
		.lanes = p->lanes,
		.threads = 1,
		.version = ARGON2_VERSION_13,
		.allocate_cbk = hash_memory_take,
		.free_cbk = hash_memory_give };
	bool right = argon2id_verify_ctx(&c, p->hash.at) == ARGON2_OK;

	mem_wipe(made, sizeof(made));
	return right;
}

void secret_verify(struct secret_job *job)
{
	struct parts p;
	bool sound = take_parts(str_from_c(job->encoded), &p);

	must(sound || take_parts(str_from_c(nobody), &p));
	job->right = matches(job, &p) && sound && job->known;
	job->done = true;
	mem_wipe(&p, sizeof(p));
	mem_wipe(job->password, sizeof(job->password));
	job->password_len = 0;
}

void secret_job_wipe(struct secret_job *job)
{
	mem_wipe(job, sizeof(*job));
}
