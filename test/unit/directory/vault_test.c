#include "directory/vault.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tap.h"

static const struct vault_place place = { ENTRY_ACCOUNT, 7, 13 };

static struct str sealed_by(const struct vault *v, const struct vault_place *at, struct str secret, struct buf *to)
{
	buf_clear(to);
	IS_NUM(vault_seal(v, at, secret, to), ERR_OK);
	IS_NUM(to->len, secret.len + VAULT_EXTRA_OCTETS);
	return buf_str(to);
}

/* From a copy of its exact size, so that one octet too many is seen. */
static enum err opens(const struct vault *v, const struct vault_place *at, struct str sealed, struct arena *a, struct str *ret)
{
	char *copy = mem_copy(sealed.at, sealed.len);
	enum err e = vault_open(v, at, str_make(copy, sealed.len), a, ret);

	mem_free(copy);
	return e;
}

static void test_one(struct vault *v, struct arena *a)
{
	static char large[VAULT_SECRET_OCTETS_MAX + 1];
	struct buf one, two;
	struct str text = STR_NONE;

	buf_init(&one, BUF_NO_CEILING);
	buf_init(&two, BUF_NO_CEILING);
	sealed_by(v, &place, S("$argon2id$secret"), &one);
	sealed_by(v, &place, S("$argon2id$secret"), &two);
	OK(!str_eq(buf_str(&one), buf_str(&two)), "each has its nonce");
	OK(!str_eq(str_sub(buf_str(&one), 8, 12), str_sub(buf_str(&two), 8, 12)), "and it is another");
	OK(str_find_str(buf_str(&one), S("argon2id")) == STR_NPOS, "nothing of it is seen");
	IS_NUM(opens(v, &place, buf_str(&one), a, &text), ERR_OK);
	IS_STR(text, S("$argon2id$secret"));
	sealed_by(v, &place, str_make("\0\xff\0", 3), &one);
	IS_NUM(opens(v, &place, buf_str(&one), a, &text), ERR_OK);
	IS_STR(text, str_make("\0\xff\0", 3));
	sealed_by(v, &place, str_make(large, VAULT_SECRET_OCTETS_MAX), &one);
	IS_NUM(opens(v, &place, buf_str(&one), a, &text), ERR_OK);
	IS_NUM(text.len, VAULT_SECRET_OCTETS_MAX);
	buf_clear(&one);
	IS_NUM(vault_seal(v, &place, str_make(large, sizeof(large)), &one), ERR_TOOBIG);
	IS_NUM(one.len, 0);
	buf_done(&one);
	buf_done(&two);
}

static void test_places(struct vault *v, struct arena *a)
{
	static const struct vault_place others[] = {
		{ ENTRY_ACCOUNT, 8, 13 }, { ENTRY_ACCOUNT, 7, 14 }, { ENTRY_DOMAIN, 7, 13 }, { ENTRY_ACCOUNT, 7 + (1ull << 32), 13 },
		{ ENTRY_ACCOUNT, 0, 13 }
	};
	struct buf sealed;
	struct str text = STR_NONE;

	buf_init(&sealed, BUF_NO_CEILING);
	sealed_by(v, &place, S("secret"), &sealed);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		OK(opens(v, &others[i], buf_str(&sealed), a, &text) == ERR_CORRUPT && text.len == 0, "moved to place %zu", i);
	buf_done(&sealed);
}

/* Every octet changed, every length cut, one behind it. */
static void test_damage(struct vault *v, struct arena *a)
{
	struct buf sealed;
	struct str text = STR_NONE;
	size_t len;

	buf_init(&sealed, BUF_NO_CEILING);
	len = sealed_by(v, &place, S("a secret of some length"), &sealed).len;
	for (size_t i = 0; i < len; i++) {
		enum err e;

		sealed.at[i] ^= (char)(1 << i % 8);
		e = opens(v, &place, buf_str(&sealed), a, &text);
		OK(e == (i < 8 ? ERR_VAULT : ERR_CORRUPT) && text.len == 0, "octet %zu changed: %s", i, err_name(e));
		sealed.at[i] ^= (char)(1 << i % 8);
	}
	for (size_t i = 0; i < len; i++)
		OK(opens(v, &place, str_sub(buf_str(&sealed), 0, i), a, &text) == ERR_CORRUPT && text.len == 0, "cut at %zu", i);
	buf_put_octet(&sealed, '\0');
	IS_NUM(opens(v, &place, buf_str(&sealed), a, &text), ERR_CORRUPT);
	buf_done(&sealed);
}

static void test_keys(struct arena *a)
{
	struct vault *v = vault_new();
	struct buf one, two;
	uint64_t first = 0, second = 0;
	struct str text = STR_NONE;

	buf_init(&one, BUF_NO_CEILING);
	buf_init(&two, BUF_NO_CEILING);
	OK(!vault_current(v, &first) && vault_count(v) == 0, "knows no key");
	IS_NUM(vault_seal(v, &place, S("x"), &one), ERR_VAULT);
	IS_NUM(vault_add(v, 1000), ERR_OK);
	OK(vault_current(v, &first) && vault_has(v, first), "a key");
	sealed_by(v, &place, S("old"), &one);
	IS_NUM(vault_add(v, 900), ERR_OK);
	OK(vault_current(v, &second) && second != first, "the newer one seals, whatever the clock says");
	sealed_by(v, &place, S("new"), &two);
	OK(vault_open(v, &place, buf_str(&one), a, &text) == ERR_OK && str_eq(text, S("old")), "the older opens");
	vault_lock(v, true);
	IS_NUM(vault_seal(v, &place, S("x"), &one), ERR_VAULT);
	OK(vault_open(v, &place, buf_str(&two), a, &text) == ERR_OK && str_eq(text, S("new")), "locked, it opens");
	vault_lock(v, false);
	IS_NUM(vault_forget(v), 1);
	IS_NUM(vault_forget(v), 0);
	IS_NUM(vault_open(v, &place, buf_str(&one), a, &text), ERR_VAULT);
	IS_NUM(vault_open(v, &place, buf_str(&two), a, &text), ERR_OK);
	for (size_t i = 1; i < VAULT_KEYS_MAX; i++)
		OK(vault_add(v, 2000) == ERR_OK, "key %zu", i);
	IS_NUM(vault_add(v, 2000), ERR_LIMIT);
	vault_drop(v);
	IS_NUM(vault_count(v), VAULT_KEYS_MAX - 1);
	vault_free(v);
	buf_done(&one);
	buf_done(&two);
}

static const struct {
	const char *text;
	enum err want;
} files[] = {
	{ "", ERR_CORRUPT },
	{ "bourse-vault 1\n", ERR_CORRUPT },
	{ "bourse-vault 2\n", ERR_CORRUPT },
	{ "key 0000000000000000 1 00\n", ERR_CORRUPT },
	{ "bourse-vault 1\nkey", ERR_CORRUPT },
	{ "bourse-vault 1\nkey 00 1 00\n", ERR_CORRUPT },
	{ "bourse-vault 1\nkey 0000000000000000 1 0000000000000000000000000000000000000000000000000000000000000000\n", ERR_CORRUPT },
	{ "bourse-vault 1\nkey 0000000000000000 -1 0000000000000000000000000000000000000000000000000000000000000000\n", ERR_CORRUPT },
	{ "bourse-vault 1\nKEY 0000000000000000 1 0000000000000000000000000000000000000000000000000000000000000000\n", ERR_CORRUPT },
};

static void test_text(void)
{
	struct vault *v = vault_new(), *other = vault_new();
	struct buf text, again, joined;
	uint64_t newest = 0, read = 0;

	buf_init(&text, VAULT_FILE_OCTETS_MAX);
	buf_init(&again, VAULT_FILE_OCTETS_MAX);
	buf_init(&joined, VAULT_FILE_OCTETS_MAX);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		OK(vault_get(other, str_from_c(files[i].text)) == files[i].want && vault_count(other) == 0, "file %zu", i);
	IS_NUM(vault_add(v, 100), ERR_OK);
	IS_NUM(vault_add(v, 200), ERR_OK);
	OK(vault_current(v, &newest), "a key");
	vault_put(v, &text);
	IS_NUM(vault_get(other, buf_str(&text)), ERR_OK);
	vault_put(other, &again);
	IS_STR(buf_str(&again), buf_str(&text));
	for (size_t i = 0; i < text.len; i++) {
		struct str cut = str_sub(buf_str(&text), 0, i);
		bool whole_line = i > 20 && cut.at[i - 1] == '\n';

		OK((vault_get(other, cut) == ERR_OK) == whole_line, "cut at %zu", i);
	}
	IS_NUM(vault_get(other, buf_str(&text)), ERR_OK);
	IS_NUM(vault_count(other), 2);
	/* Two files put together by hand, the older behind the newer. */
	IS_NUM(vault_add(other, 50), ERR_OK);
	buf_put(&joined, buf_str(&text));
	buf_clear(&again);
	vault_put(other, &again);
	buf_put(&joined, buf_str(&again));
	IS_NUM(vault_get(other, buf_str(&joined)), ERR_OK);
	IS_NUM(vault_count(other), 3);
	for (size_t i = 16; i < text.len; i++) {
		char was = text.at[i];

		text.at[i] = was == '0' ? '1' : was == '\n' ? ' ' : '0';
		/* A time is not authenticated; whatever else is changed is seen. */
		OK(vault_get(other, buf_str(&text)) == ERR_CORRUPT || vault_has(other, newest), "octet %zu of the file", i);
		text.at[i] = was;
	}
	IS_NUM(vault_get(other, buf_str(&text)), ERR_OK);
	OK(vault_current(other, &read) && read == newest, "the newest is the newest");
	vault_free(v);
	vault_free(other);
	buf_done(&text);
	buf_done(&again);
	buf_done(&joined);
}

static void test_file(void)
{
	char folder[] = "/tmp/bourse-vault-XXXXXX", path[64];
	struct vault *v = vault_new(), *other = vault_new();
	uint64_t a = 0, b = 1;
	struct stat st;

	must(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/vault.key", folder);
	IS_NUM(vault_load(v, path), ERR_NOTFOUND);
	IS_NUM(vault_add(v, 100), ERR_OK);
	IS_NUM(vault_save(v, path), ERR_OK);
	OK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "for its owner alone");
	IS_NUM(vault_load(other, path), ERR_OK);
	OK(vault_current(v, &a) && vault_current(other, &b) && a == b, "the same key");
	OK(truncate(path, 20) == 0 && vault_load(other, path) == ERR_CORRUPT && vault_has(other, a), "cut off");
	OK(truncate(path, (off_t)VAULT_FILE_OCTETS_MAX + 1) == 0 && vault_load(other, path) == ERR_CORRUPT, "too large");
	unlink(path);
	rmdir(folder);
	vault_free(v);
	vault_free(other);
}

static void test_entry(struct vault *v, struct arena *a)
{
	struct entry e = entry_defaults(ENTRY_ACCOUNT, 9), back;
	struct vault *other = vault_new();
	struct buf octets, again;

	buf_init(&octets, ENTRY_OCTETS_MAX);
	buf_init(&again, ENTRY_OCTETS_MAX);
	e.account.name = S("alice");
	e.account.secret = S("$argon2id$x");
	IS_NUM(vault_seal_entry(other, &e, a), ERR_VAULT);
	OK(e.seal == ENTRY_OPEN && str_eq(e.account.secret, S("$argon2id$x")), "unchanged");
	IS_NUM(vault_seal_entry(v, &e, a), ERR_OK);
	OK(e.seal == ENTRY_SEALED && str_eq(e.account.name, S("alice")), "sealed");
	IS_NUM(entry_encode(&e, &octets), ERR_OK);
	OK(str_find_str(buf_str(&octets), S("argon2id")) == STR_NPOS && octets.at[0] == 2, "nothing of it lies open");
	IS_NUM(entry_decode(buf_str(&octets), 9, a, &back), ERR_OK);
	OK(back.seal == ENTRY_SEALED, "known as sealed");
	IS_NUM(entry_encode(&back, &again), ERR_OK);
	IS_STR(buf_str(&again), buf_str(&octets));
	IS_NUM(vault_open_entry(v, &back, a), ERR_OK);
	OK(back.seal == ENTRY_OPEN && str_eq(back.account.secret, S("$argon2id$x")), "opened");
	IS_NUM(entry_decode(buf_str(&octets), 10, a, &back), ERR_OK);
	IS_NUM(vault_open_entry(v, &back, a), ERR_CORRUPT);
	IS_NUM(entry_decode(buf_str(&octets), 9, a, &back), ERR_OK);
	IS_NUM(vault_add(other, 1), ERR_OK);
	IS_NUM(vault_open_entry(other, &back, a), ERR_OK);
	OK(back.seal == ENTRY_LOCKED && back.account.secret.len == 0 && str_eq(back.account.name, S("alice")), "without its key");
	/* One without a secret is never locked. */
	e = entry_defaults(ENTRY_ACCOUNT, 9);
	IS_NUM(vault_seal_entry(v, &e, a), ERR_OK);
	IS_NUM(vault_open_entry(other, &e, a), ERR_OK);
	OK(e.seal == ENTRY_OPEN, "no secret, no key");
	/* A kind that has no secrets has no sealed form. */
	buf_clear(&octets);
	e = entry_defaults(ENTRY_MAILBOX, 9);
	IS_NUM(entry_encode(&e, &octets), ERR_OK);
	octets.at[0] = 2;
	IS_NUM(entry_decode(buf_str(&octets), 9, a, &back), ERR_CORRUPT);
	octets.at[0] = 3;
	IS_NUM(entry_decode(buf_str(&octets), 9, a, &back), ERR_CORRUPT);
	vault_free(other);
	buf_done(&octets);
	buf_done(&again);
}

int main(void)
{
	struct vault *v = vault_new();
	struct arena a;

	arena_init(&a, ARENA_NONE);
	IS_NUM(vault_add(v, 100), ERR_OK);
	test_one(v, &a);
	test_places(v, &a);
	test_damage(v, &a);
	test_keys(&a);
	test_text();
	test_file();
	test_entry(v, &a);
	vault_free(v);
	arena_wipe(&a);
	return tap_done();
}
