#include "directory/secrets.h"

#include "directory/secret.h"
#include "tap.h"

static bool fits(struct str text, struct str prepared)
{
	struct scram_keys kept, made;

	must(scram_keys_get(text, &kept) == ERR_OK);
	made = kept;
	scram_keys_derive(&made, prepared);
	return memcmp(kept.stored, made.stored, scram_key_octets(kept.hash)) == 0 &&
	       memcmp(kept.server, made.server, scram_key_octets(kept.hash)) == 0;
}

static const struct {
	struct str password, prepared;
} passwords[] = {
	{ S_INIT("pencil"), S_INIT("pencil") },
	{ S_INIT("p\x61\xcc\x88ss"), S_INIT("p\xc3\xa4ss") },              /* NFC of what is in NFD */
	{ S_INIT("\xc2\xbd\xc2\xa0x"), S_INIT("1\xe2\x81\x84\x32 x") },   /* SASLprep */
	{ S_INIT("\xd8\xa7\x61"), S_INIT("\xd8\xa7\x61") },               /* which it refuses: as it is */
};

static void test_make(void)
{
	struct directory d = { .scram_iterations = 5000 };
	struct arena a;

	arena_init(&a, ARENA_NONE);
	for (size_t i = 0; i < sizeof(passwords) / sizeof(*passwords); i++) {
		struct entry_account one = { 0 }, two = { 0 };

		IS_NUM(secrets_make(&d, &a, passwords[i].password, &one), ERR_OK);
		IS_NUM(secrets_make(&d, &a, passwords[i].password, &two), ERR_OK);
		OK(str_starts(one.scram_sha_256, S("SCRAM-SHA-256$5000:")) && str_starts(one.scram_sha_1, S("SCRAM-SHA-1$5000:")), "kinds");
		OK(fits(one.scram_sha_256, passwords[i].prepared) && fits(one.scram_sha_1, passwords[i].prepared), "password %zu", i);
		OK(!fits(one.scram_sha_256, S("another")), "no other password");
		OK(!str_eq(one.scram_sha_256, two.scram_sha_256) && !str_eq(one.scram_sha_1, two.scram_sha_1), "salts of their own");
		OK(str_starts(one.secret, S("$argon2id$")), "and the string for passwords");
		IS_STR(secrets_scram(&one, SCRAM_SHA_1), one.scram_sha_1);
		IS_STR(secrets_scram(&one, SCRAM_SHA_256), one.scram_sha_256);
	}
	arena_done(&a);
}

/* Beside application passwords, new keys are told apart by nothing that goes out before the proof. */
static void test_shared(void)
{
	struct directory d = { .scram_iterations = 5000 };
	struct entry_account account = { .ntlm = true };
	struct app_password app = { 0 }, other = { 0 };
	struct scram_keys k, now;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	secrets_make_app(&d, &a, &account, S("k7mq-h3tw-zzxp-9rfd"), &app);
	OK(app.keys[APP_KEY_SCRAM_SHA_1].len == 0 && app.keys[APP_KEY_NT].len == 16, "an account without keys for SCRAM");
	IS_NUM(secrets_make(&d, &a, S("pencil"), &account), ERR_OK);
	account.ntlm = false;
	secrets_make_app(&d, &a, &account, S("k7mq-h3tw-zzxp-9rfd"), &app);
	OK(fits(app.keys[APP_KEY_SCRAM_SHA_1], S("k7mq-h3tw-zzxp-9rfd")) && fits(app.keys[APP_KEY_SCRAM_SHA_256], S("k7mq-h3tw-zzxp-9rfd")),
		"its own keys");
	OK(app.keys[APP_KEY_NT].len == 0, "an account that may not use NTLM");
	account.app_passwords = S("some");
	d.scram_iterations = 6000;
	IS_NUM(secrets_make(&d, &a, S("another"), &account), ERR_OK);
	for (unsigned h = 0; h < SCRAM_HASH_COUNT; h++) {
		must(scram_keys_get(app.keys[h], &k) == ERR_OK && scram_keys_get(secrets_scram(&account, (enum scram_hash)h), &now) == ERR_OK);
		OK(k.iterations == 5000 && now.iterations == 5000 && memcmp(k.salt, now.salt, k.salt_octets) == 0, "hash %u: the same salt", h);
	}
	OK(fits(account.scram_sha_256, S("another")), "and the new password's keys");
	secrets_make_app(&d, &a, &account, S("2222-h3tw-zzxp-9rfd"), &other);
	must(scram_keys_get(other.keys[APP_KEY_SCRAM_SHA_256], &k) == ERR_OK);
	OK(k.iterations == 5000, "so does the next one");
	account.app_passwords = STR_NONE;
	IS_NUM(secrets_make(&d, &a, S("a third"), &account), ERR_OK);
	must(scram_keys_get(account.scram_sha_256, &now) == ERR_OK);
	OK(now.iterations == 6000 && memcmp(k.salt, now.salt, k.salt_octets) != 0, "without them a new salt");
	arena_done(&a);
}

static void test_refused(void)
{
	static char many[SECRET_PASSWORD_OCTETS_MAX + 1];
	struct directory d = { .scram_iterations = 4096 };
	struct entry_account kept = { .secret = S("kept") };
	struct arena a;

	memset(many, 'x', sizeof(many));
	arena_init(&a, ARENA_NONE);
	IS_NUM(secrets_make(&d, &a, S(""), &kept), ERR_SYNTAX);
	IS_NUM(secrets_make(&d, &a, S("a\nb"), &kept), ERR_SYNTAX);
	IS_NUM(secrets_make(&d, &a, str_make(many, sizeof(many)), &kept), ERR_SYNTAX);
	IS_STR(kept.secret, S("kept"));
	OK(kept.scram_sha_256.len == 0, "nothing was made");
	arena_done(&a);
}

/* In every member the form of what an account has. */
static void test_feigned(void)
{
	struct directory d = { .scram_iterations = 5000, .salt_key = { 1, 2, 3 } }, other = { .scram_iterations = 5000 };
	struct entry_account real = { 0 };
	struct arena a;
	struct str one;

	arena_init(&a, ARENA_NONE);
	IS_NUM(secrets_make(&d, &a, S("pencil"), &real), ERR_OK);
	for (int h = 0; h < SCRAM_HASH_COUNT; h++) {
		one = secrets_scram_feigned(&d, &a, (enum scram_hash)h, S("1\\nobody"));
		IS_STR(secrets_scram_feigned(&d, &a, (enum scram_hash)h, S("1\\nobody")), one);
		OK(!str_eq(secrets_scram_feigned(&other, &a, (enum scram_hash)h, S("1\\nobody")), one), "of another directory");
		OK(!str_eq(secrets_scram_feigned(&d, &a, (enum scram_hash)h, S("2\\nobody")), one), "in another domain");
		IS_NUM(one.len, secrets_scram(&real, (enum scram_hash)h).len);
		IS_NUM(str_find(one, ':'), str_find(secrets_scram(&real, (enum scram_hash)h), ':'));
		OK(!fits(one, S("pencil")), "no password fits");
	}
	arena_done(&a);
}

/* Made once, and then kept with the directory. */
static void test_salt_key(void)
{
	struct kv_options options = { .folder = NULL };
	struct directory d = { 0 }, again = { 0 };
	static const unsigned char none[DIRECTORY_SALT_KEY_OCTETS];

	must(kv_open_memory(&options, &d.kv) == ERR_OK);
	again.kv = d.kv;
	IS_NUM(directory_salt_key(&d), ERR_OK);
	IS_NUM(directory_salt_key(&again), ERR_OK);
	OK(memcmp(d.salt_key, again.salt_key, sizeof(none)) == 0 && memcmp(d.salt_key, none, sizeof(none)) != 0, "kept");
	kv_close(d.kv);
}

int main(void)
{
	test_salt_key();
	test_make();
	test_shared();
	test_refused();
	test_feigned();
	return tap_done();
}
