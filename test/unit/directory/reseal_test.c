#include "directory/reseal.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/cursor.h"
#include "directory/change.h"
#include "directory/keys.h"
#include "world.h"

#define ACCOUNTS 450 /* more than two write sets */

static char folder[64], path[80];

static struct str raw(struct world *w, uint64_t id)
{
	struct kv_read row = { .shard = DIRECTORY_SHARD, .key = keys_entry(&w->arena, id) };

	must(kv_read_all(w->kv, &row, 1, &w->arena) == ERR_OK && row.ret_found);
	return row.ret_value;
}

static struct entry account(struct world *w, const char *name)
{
	struct entry domain, e = { 0 };

	must(directory_domain(&w->directory, S("DOM"), &w->arena, &domain) == ERR_OK);
	OK(directory_account(&w->directory, domain.id, str_from_c(name), &w->arena, &e) == ERR_OK, "%s can be read", name);
	return e;
}

/* Accounts with a secret each, added without a vault: as an older version has stored them. */
static void fill(struct world *w)
{
	struct change c;
	struct entry domain;

	DO(w, "init", "'name':'E','domain':'DOM','mail':'example.org'");
	must(directory_domain(&w->directory, S("DOM"), &w->arena, &domain) == ERR_OK);
	must(change_begin(&c, &w->directory, &w->arena, (uint64_t)NOW, &w->failure) == ERR_OK);
	for (int i = 0; i < ACCOUNTS; i++) {
		struct entry *e = ARENA_NEW(&w->arena, struct entry);

		*e = entry_defaults(ENTRY_ACCOUNT, 0);
		e->account.domain = domain.id;
		e->account.name = arena_printf(&w->arena, "user%d", i);
		e->account.secret = arena_printf(&w->arena, "$argon2id$%d", i);
		must(change_add(&c, e) == ERR_OK);
	}
	must(change_commit(&c) == ERR_OK);
}

/* Another process on the same directory, with what is in the file now. */
static enum err start_again(struct world *w, struct reseal_start *ret)
{
	vault_free(w->directory.vault);
	w->directory.vault = vault_new();
	w->failure = (struct failure){ 0 };
	*ret = (struct reseal_start){ 0 };
	return reseal_start(&w->directory, path, (uint64_t)NOW, ret, &w->failure);
}

static size_t lying_open(struct world *w)
{
	struct entry_ids ids;
	size_t count = 0;

	must(directory_ids(&w->directory, ENTRY_ACCOUNT, 0, &w->arena, SIZE_MAX, &ids) == ERR_OK);
	for (size_t i = 0; i < ids.count; i++)
		count += str_find_str(raw(w, ids.at[i]), S("argon2id")) != STR_NPOS;
	return count;
}

static void test_first(struct world *w)
{
	struct reseal_start s;
	struct entry e;

	IS_NUM(lying_open(w), ACCOUNTS);
	IS_NUM(start_again(w, &s), ERR_OK);
	OK(s.made && s.sealed == ACCOUNTS + 1 /* the domain, for the password it may have */, "made, and sealed %llu", (unsigned long long)s.sealed);
	IS_NUM(lying_open(w), 0);
	e = account(w, "user449");
	IS_STR(e.account.secret, S("$argon2id$449"));
	IS_NUM(start_again(w, &s), ERR_OK);
	OK(!s.made && s.sealed == 0, "once");
	e = account(w, "user0");
	IS_STR(e.account.secret, S("$argon2id$0"));
	DO(w, "account set", "'name':'DOM\\\\user0','full-name':'Zero'");
	DO(w, "account add", "'name':'DOM\\\\new','password':'correct horse battery'");
	IS_NUM(lying_open(w), 0);
	e = account(w, "new");
	OK(str_starts(e.account.secret, S("$argon2id$")), "readable with the key");
}

static void test_rekey(struct world *w)
{
	struct reseal_start s;
	struct reseal r;
	uint64_t old = 0, now = 0;
	struct str was = raw(w, account(w, "user7").id);

	OK(vault_current(w->directory.vault, &old), "a key");
	IS_NUM(reseal_rekey(&w->directory, path, (uint64_t)NOW, true, &w->failure), ERR_CONFLICT);
	w->failure = (struct failure){ 0 };
	IS_NUM(reseal_rekey(&w->directory, path, (uint64_t)NOW, false, &w->failure), ERR_OK);
	OK(vault_current(w->directory.vault, &now) && now != old && vault_has(w->directory.vault, old), "two keys");
	reseal_begin(&r, &w->directory, false);
	IS_NUM(reseal_step(&r, (uint64_t)NOW, &w->failure), ERR_OK);
	/* It ends in the middle; the next start goes on. */
	OK(!r.done, "there is more");
	IS_NUM(start_again(w, &s), ERR_OK);
	OK(!s.made && s.sealed > ACCOUNTS, "all of them are sealed with the new key");
	OK(!str_eq(was, raw(w, account(w, "user7").id)), "with other octets");
	IS_NUM(vault_forget(w->directory.vault), 1);
	IS_NUM(vault_save(w->directory.vault, path), ERR_OK);
	IS_NUM(start_again(w, &s), ERR_OK);
	IS_STR(account(w, "user7").account.secret, S("$argon2id$7"));
	OK(!vault_has(w->directory.vault, old), "the old key has gone");
}

static void test_lost(struct world *w)
{
	char away[96];
	struct reseal_start s;
	struct reseal r;
	struct entry e;
	struct vault *foreign = vault_new();
	FILE *file;

	snprintf(away, sizeof(away), "%s.away", path);
	must(rename(path, away) == 0);
	IS_NUM(start_again(w, &s), ERR_VAULT);
	OK(strstr(w->failure.text, "is missing") != NULL && strstr(w->failure.text, "rekey --lost") != NULL, "%s", w->failure.text);
	OK(access(path, F_OK) != 0, "no other is made");
	e = account(w, "user3");
	OK(e.seal == ENTRY_LOCKED && e.account.secret.len == 0, "its secret cannot be read");
	NO(w, "account set", "'name':'DOM\\\\user3','disabled':true", VAULT, "vault.key");
	NO(w, "account password", "'name':'DOM\\\\user3','password':'another horse'", VAULT, "vault.key");
	DO(w, "account show", "'name':'DOM\\\\user3'");
	SAYS(w, "the key is missing");
	DO(w, "mailbox add", "'name':'user3','account':'DOM\\\\user3'");
	w->failure = (struct failure){ 0 };
	IS_NUM(reseal_rekey(&w->directory, path, (uint64_t)NOW, false, &w->failure), ERR_VAULT);
	/* Another server's key. */
	IS_NUM(vault_add(foreign, 1), ERR_OK);
	IS_NUM(vault_save(foreign, path), ERR_OK);
	IS_NUM(start_again(w, &s), ERR_VAULT);
	OK(strstr(w->failure.text, "is not the one") != NULL, "%s", w->failure.text);
	NO(w, "account add", "'name':'DOM\\\\later','password':'correct horse battery'", VAULT, "vault.key");
	/* A damaged one is never overwritten. */
	must((file = fopen(path, "w")) != NULL && fputs("bourse-vault 1\nkey", file) > 0 && fclose(file) == 0);
	IS_NUM(start_again(w, &s), ERR_VAULT);
	OK(strstr(w->failure.text, "is damaged") != NULL, "%s", w->failure.text);
	w->failure = (struct failure){ 0 };
	IS_NUM(reseal_rekey(&w->directory, path, (uint64_t)NOW, true, &w->failure), ERR_CONFLICT);
	/* Put back, all is well. */
	must(rename(away, path) == 0);
	w->failure = (struct failure){ 0 };
	IS_NUM(reseal_start(&w->directory, path, (uint64_t)NOW, &s, &w->failure), ERR_OK);
	IS_STR(account(w, "user3").account.secret, S("$argon2id$3"));
	/* Lost for good: nobody has a password, and new ones can be given. */
	must(unlink(path) == 0);
	IS_NUM(start_again(w, &s), ERR_VAULT);
	w->failure = (struct failure){ 0 };
	IS_NUM(reseal_rekey(&w->directory, path, (uint64_t)NOW, true, &w->failure), ERR_OK);
	reseal_begin(&r, &w->directory, true);
	while (!r.done)
		must(reseal_step(&r, (uint64_t)NOW, &w->failure) == ERR_OK);
	OK(r.emptied == ACCOUNTS + 1, "%llu were emptied", (unsigned long long)r.emptied);
	OK(account(w, "user3").seal == ENTRY_OPEN && account(w, "user3").account.secret.len == 0, "no password");
	DO(w, "account password", "'name':'DOM\\\\user3','password':'another horse'");
	IS_NUM(start_again(w, &s), ERR_OK);
	OK(account(w, "user3").account.secret.len > 0, "and kept");
	vault_free(foreign);
}

/* A row that is no id, and an entry that was moved to another account. */
static void test_damage(struct world *w)
{
	struct reseal_start s;
	struct kv_write *write = kv_write_new(w->kv);
	struct entry e, three = account(w, "user3"), four = account(w, "user4");

	kv_put(write, DIRECTORY_SHARD, keys_entry(&w->arena, four.id), raw(w, three.id));
	kv_put(write, DIRECTORY_SHARD, keys_vault(), S("short"));
	must(kv_commit_now(w->kv, write) == ERR_OK);
	IS_NUM(directory_get(&w->directory, ENTRY_ACCOUNT, four.id, &w->arena, &e), ERR_CORRUPT);
	IS_NUM(start_again(w, &s), ERR_CORRUPT);
}

int main(void)
{
	struct world w;

	snprintf(folder, sizeof(folder), "/tmp/bourse-reseal-XXXXXX");
	must(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/vault.key", folder);
	world_open(&w);
	fill(&w);
	test_first(&w);
	test_rekey(&w);
	test_lost(&w);
	test_damage(&w);
	vault_free(w.directory.vault);
	world_close(&w);
	unlink(path);
	rmdir(folder);
	return tap_done();
}
