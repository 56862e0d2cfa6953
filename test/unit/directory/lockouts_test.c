#include "directory/lockouts.h"

#include "directory/keys.h"
#include "directory/standing.h"
#include "world.h"

static uint32_t stored(struct world *w, uint64_t account)
{
	struct kv_read row = { .shard = DIRECTORY_SHARD, .key = keys_failures(&w->arena, account) };
	struct lockout l = { 0 };

	must(kv_read_all(w->kv, &row, 1, &w->arena) == ERR_OK);
	if (row.ret_found)
		must(lockout_decode(row.ret_value, &l) == ERR_OK);
	return l.count;
}

static uint32_t read_of(struct world *w, uint64_t account)
{
	struct lockout l;

	lockouts_read(&w->directory, account, &l);
	return l.count;
}

static void write_count(struct world *w, uint64_t account, uint32_t count)
{
	struct lockout l = { .count = count, .last_seconds = 1 };

	lockouts_write(&w->directory, account, &l);
}

static void test_held(struct world *w)
{
	write_count(w, 7, 1);
	OK(stored(w, 7) == 1 && read_of(w, 7) == 1, "written at once where nothing holds it back");
	w->directory.lockouts = lockouts_new(w->kv);
	write_count(w, 7, 2);
	OK(stored(w, 7) == 1 && read_of(w, 7) == 2, "held back, and read as if it were there");
	OK(lockouts_flush(w->directory.lockouts), "on its way");
	OK(read_of(w, 7) == 2, "still read");
	kv_dispatch(w->kv);
	while (lockouts_flush(w->directory.lockouts))
		kv_dispatch(w->kv);
	OK(stored(w, 7) == 2 && read_of(w, 7) == 2, "written");
	write_count(w, 8, 3);
	write_count(w, 9, 4);
	lockouts_forget(&w->directory, 9);
	for (uint64_t id = 100; id < 100 + LOCKOUTS_HELD_MAX; id++)
		write_count(w, id, 5);
	write_count(w, 8, 4);
	lockouts_free(w->directory.lockouts);
	w->directory.lockouts = NULL;
	OK(read_of(w, 8) == 4 && read_of(w, 100) == 5 && read_of(w, 99 + LOCKOUTS_HELD_MAX) == 5, "nothing is lost at the end");
	OK(read_of(w, 9) == 0, "but what is to be forgotten");
}

static void test_damaged(struct world *w)
{
	struct kv_write *write = kv_write_new(w->kv);

	kv_put(write, DIRECTORY_SHARD, keys_failures(&w->arena, 7), S("\x07nonsense"));
	must(kv_commit_now(w->kv, write) == ERR_OK);
	OK(read_of(w, 7) == 0, "a damaged row keeps nobody out");
}

static uint64_t id_of(struct world *w, const char *name)
{
	struct entry domain, e = { 0 };

	must(directory_domain(&w->directory, S("DOM"), &w->arena, &domain) == ERR_OK);
	must(directory_account(&w->directory, domain.id, str_from_c(name), &w->arena, &e) == ERR_OK);
	return e.id;
}

static void test_administrator(struct world *w)
{
	struct lockout l = { .count = 3, .last_seconds = NOW, .locked_seconds = NOW };
	uint64_t alice;

	DO(w, "init", "'name':'E','domain':'DOM','mail':'example.org'");
	DO(w, "account add", "'name':'alice','password':'correct horse'");
	alice = id_of(w, "alice");
	l.note_count = 1;
	l.notes[0] = (struct lockout_note){ NOW, "192.0.2.77", "submission", "PLAIN" };
	lockouts_write(&w->directory, alice, &l);
	DO(w, "account show", "'name':'alice'");
	SAYS(w, "from 192.0.2.77, submission, PLAIN");
	SAYS(w, "{\"property\":\"locked\",\"value\":\"no\"}");
	DO(w, "domain set", "'name':'DOM','lockout-threshold':3");
	DO(w, "account show", "'name':'alice'");
	SAYS(w, "until 2026-05-28T20:56:40");
	DO(w, "account list", "");
	SAYS(w, "\"state\":\"locked\"");
	DO(w, "domain set", "'name':'DOM','lockout-duration':0");
	DO(w, "account show", "'name':'alice'");
	SAYS(w, "until unlocked");
	DO(w, "account unlock", "'name':'DOM\\\\alice'");
	SAYS(w, "unlocked DOM\\\\alice");
	DO(w, "account unlock", "'name':'DOM\\\\alice'");
	SAYS(w, "was not locked");
	NO(w, "account unlock", "'name':'DOM\\\\nobody'", NOTFOUND, "no account");
	write_count(w, alice, 2);
	DO(w, "account remove", "'name':'DOM\\\\alice'");
	OK(stored(w, alice) == 0, "nothing stays of an account that went");
}

static void test_policy(struct world *w)
{
	NO(w, "domain set", "'name':'DOM','lockout-window':40,'lockout-duration':30", CONFLICT, "--lockout-window");
	DO(w, "domain set", "'name':'DOM','password-length':8,'password-history':2,'password-age-max':30,'password-complexity':true");
	NO(w, "account add", "'name':'bob','password':'Sh0rt!'", POLICY, "password-length");
	NO(w, "account add", "'name':'bob','password':'all small letters'", POLICY, "three of");
	DO(w, "account add", "'name':'bob','password':'First one 1'");
	NO(w, "account password", "'name':'bob','password':'First one 1'", POLICY, "last 2");
	DO(w, "account password", "'name':'bob','password':'Second one 2'");
	NO(w, "account password", "'name':'bob','password':'First one 1'", POLICY, "last 2");
	DO(w, "account password", "'name':'bob','password':'Third one 3'");
	DO(w, "account password", "'name':'bob','password':'First one 1'");
	NO(w, "account set", "'name':'bob','cannot-change':true", CONFLICT, "--never-expires");
	DO(w, "account set", "'name':'bob','cannot-change':true,'never-expires':true");
	DO(w, "account set", "'name':'bob','cannot-change':false,'never-expires':false");
	w->now += 20 * 86400;
	DO(w, "account list", "");
	SAYS(w, "password ends in 10 days");
	w->now += 10 * 86400;
	DO(w, "account list", "");
	SAYS(w, "password expired");
	DO(w, "account show", "'name':'bob'");
	SAYS(w, "{\"property\":\"password-expires\",\"value\":\"2026-06-27T");
	SAYS(w, "{\"property\":\"old-passwords\",\"value\":\"set\"}");
}

static void test_standing(struct world *w)
{
	uint64_t bob = id_of(w, "bob"), now = (uint64_t)w->now;

	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_OK);
	DO(w, "account password", "'name':'bob','password':'Fourth one 4'");
	IS_NUM(standing_check(&w->directory, bob, now - 1, now, &(struct failure){ 0 }), ERR_ENDED);
	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_OK);
	DO(w, "account set", "'name':'bob','must-change':true");
	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_OK);
	/* NOW is a Thursday at 20; so it is 30 days later, on a Saturday. */
	DO(w, "account set", "'name':'bob','hours':'sat 20-21'");
	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_OK);
	IS_NUM(standing_check(&w->directory, bob, now, now + 3600, &(struct failure){ 0 }), ERR_HOURS);
	DO(w, "account set", "'name':'bob','hours':'always','expires':'2026-06-28'");
	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_OK);
	IS_NUM(standing_check(&w->directory, bob, now, now + 86400, &(struct failure){ 0 }), ERR_EXPIRED);
	DO(w, "account set", "'name':'bob','disabled':true");
	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_ACCOUNTOFF);
	DO(w, "account remove", "'name':'bob'");
	IS_NUM(standing_check(&w->directory, bob, now, now, &(struct failure){ 0 }), ERR_ACCOUNTOFF);
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_held(&w);
	test_damaged(&w);
	test_administrator(&w);
	test_policy(&w);
	test_standing(&w);
	world_close(&w);
	return tap_done();
}
