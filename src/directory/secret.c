#include "directory/secret.h"

#include <argon2.h>

#include "base/arena.h"
#include "base/mem.h"
#include "directory/name.h"
#include "io/clock.h"

#define SALT_OCTETS ((size_t)16)
#define HASH_OCTETS ((size_t)32)

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

void secret_verify(struct secret_job *job)
{
	int result = argon2id_verify(job->encoded, job->password, job->password_len);

	job->right = result == ARGON2_OK && job->known;
	job->done = true;
	mem_wipe(job->password, sizeof(job->password));
	job->password_len = 0;
}

void secret_job_wipe(struct secret_job *job)
{
	mem_wipe(job, sizeof(*job));
}
