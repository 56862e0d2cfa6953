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

/* like: keys whose salt and iterations it shall have; empty: of its own. */
static struct str scram_make(const struct directory *d, struct arena *a, enum scram_hash hash, struct str prepared, struct str like)
{
	struct scram_keys k;
	struct str text;

	if (like.len == 0 || scram_keys_get(like, &k) != ERR_OK || k.hash != hash) {
		k = blank(d, hash);
		k.salt_octets = SCRAM_SALT_OCTETS;
		random_octets(k.salt, k.salt_octets);
	}
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

void secrets_make_app(const struct directory *d, struct arena *a, const struct entry_account *account, struct str text, struct app_password *to)
{
	struct entry_account own = { .ntlm = account->ntlm };

	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		struct str like = secrets_scram(account, (enum scram_hash)h);

		to->keys[h] = like.len > 0 ? scram_make(d, a, (enum scram_hash)h, text, like) : STR_NONE;
	}
	to->keys[APP_KEY_NT] = ntlm_keep(a, text, &own) == ERR_OK ? own.nt_hash : STR_NONE;
}

enum err secrets_make(const struct directory *d, struct arena *a, struct str password, struct entry_account *to)
{
	bool shared = to->app_passwords.len > 0;
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
		to->scram_sha_256 = scram_make(d, a, SCRAM_SHA_256, prepared, shared ? to->scram_sha_256 : STR_NONE);
		to->scram_sha_1 = scram_make(d, a, SCRAM_SHA_1, prepared, shared ? to->scram_sha_1 : STR_NONE);
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
