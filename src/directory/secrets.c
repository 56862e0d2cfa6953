#include "directory/secrets.h"

#include "base/mem.h"
#include "directory/name.h"
#include "directory/ntlm.h"
#include "directory/saslprep.h"
#include "directory/secret.h"
#include "io/clock.h"

static struct str scram_text(struct arena *a, const struct scram_keys *k)
{
	struct buf text;
	struct str ret;

	buf_init(&text, SCRAM_TEXT_OCTETS_MAX);
	scram_keys_put(k, &text);
	must(!buf_overflowed(&text));
	ret = arena_str(a, buf_str(&text));
	buf_wipe(&text);
	return ret;
}

static struct scram_keys blank(const struct directory *d, enum scram_hash hash)
{
	return (struct scram_keys){ .hash = hash, .iterations = d->scram_iterations > 0 ? d->scram_iterations : SCRAM_ITERATIONS_MIN };
}

static struct str scram_make(const struct directory *d, struct arena *a, enum scram_hash hash, struct str prepared)
{
	struct scram_keys k = blank(d, hash);
	struct str text;

	k.salt_octets = SCRAM_SALT_OCTETS;
	random_octets(k.salt, k.salt_octets);
	scram_keys_derive(&k, prepared);
	text = scram_text(a, &k);
	mem_wipe(&k, sizeof(k));
	return text;
}

/* In an arena that the caller wipes. */
static struct str prepare(struct arena *a, struct str password)
{
	struct str nfc = password, prepared;
	const char *why;

	if (name_nfc(a, password, &nfc, &why) != ERR_OK)
		nfc = password;
	return saslprep(a, nfc, &prepared) == ERR_OK ? prepared : nfc;
}

enum err secrets_make(const struct directory *d, struct arena *a, struct str password, struct entry_account *to)
{
	struct arena scratch;
	struct buf argon;
	struct str prepared;
	enum err e;

	buf_init(&argon, SECRET_OCTETS_MAX);
	e = secret_make(password, &argon);
	if (e == ERR_OK)
		e = ntlm_keep(a, password, to);
	if (e == ERR_OK) {
		arena_init(&scratch, ARENA_NONE);
		prepared = prepare(&scratch, password);
		to->secret = arena_str(a, buf_str(&argon));
		to->scram_sha_256 = scram_make(d, a, SCRAM_SHA_256, prepared);
		to->scram_sha_1 = scram_make(d, a, SCRAM_SHA_1, prepared);
		arena_wipe(&scratch);
	}
	buf_done(&argon);
	return e;
}

struct str secrets_scram(const struct entry_account *account, enum scram_hash hash)
{
	return hash == SCRAM_SHA_1 ? account->scram_sha_1 : account->scram_sha_256;
}

struct str secrets_scram_feigned(const struct directory *d, struct arena *a, enum scram_hash hash, struct str name)
{
	struct scram_keys k = blank(d, hash);

	scram_keys_feign(&k, str_make(d->salt_key, sizeof(d->salt_key)), name);
	return scram_text(a, &k);
}
