/* directory apply and directory read: many changes with one flush, dry runs, pages. */
#include "directory/admin_bulk.h"

#include <jansson.h>

#include "world.h"

static struct world w;
static unsigned told;

static void tell(void *arg, enum directory_deed deed, const struct entry *e, bool secret)
{
	told++;
}

static uint64_t commits(void)
{
	struct kv_stats stats;

	kv_stats(w.kv, &stats);
	return stats.commits;
}

static void begin(void)
{
	world_open(&w);
	w.directory.on_change = tell;
	OK(ask(&w, "init", "'name':'E','domain':'DOM','mail':'x.org'") == ERR_OK, "an organisation");
	told = 0;
}

#define ACCOUNT(name) "{'verb':'account add','args':{'name':'" name "'}}"
#define MAILBOX(name) "{'verb':'mailbox add','args':{'name':'" name "','account':'DOM\\\\" name "'}}"

static void test_apply(void)
{
	uint64_t before;

	begin();
	before = commits();
	OK(ask(&w, "directory apply", "'changes':[" ACCOUNT("al") "," MAILBOX("al") "," ACCOUNT("bo") "," MAILBOX("bo")
		",{'verb':'list add','args':{'name':'staff','address':'staff@x.org'}}"
		",{'verb':'list member add','args':{'name':'staff','member':['al','bo@x.org']}}]") == ERR_OK, "each sees those before it");
	OK(replied(&w, "\"done\":6") && replied(&w, "\"outcomes\":\"aaaaaa\""), "all done");
	IS_NUM(commits() - before, 1);
	IS_NUM(told, 6);
	OK(ask(&w, "list show", "'name':'staff'") == ERR_OK && replied(&w, "al, bo"), "they are there");
	/* A refusal is that change's own. */
	OK(ask(&w, "directory apply", "'changes':[" ACCOUNT("al") "," ACCOUNT("cy") ",{'verb':'mailbox add','args':{'name':'cy'}}"
		",{'verb':'mailbox add','args':{'name':'CY'}}]") == ERR_OK, "some are refused");
	OK(replied(&w, "\"outcomes\":\"xaax\"") && replied(&w, "\"change\":0") && replied(&w, "\"change\":3") &&
		replied(&w, "the alias \\\"CY\\\" is taken by the mailbox \\\"cy\\\""), "and say why");
	OK(ask(&w, "account show", "'name':'cy'") == ERR_OK, "the others are not");
	/* Ids are unique over batches. */
	OK(ask(&w, "directory apply", "'changes':[" ACCOUNT("dy") "]") == ERR_OK && ask(&w, "account add", "'name':'ey'") == ERR_OK &&
		ask(&w, "directory apply", "'changes':[" ACCOUNT("fy") "]") == ERR_OK, "batches and single changes");
	OK(ask(&w, "account show", "'name':'dy'") == ERR_OK && ask(&w, "account show", "'name':'ey'") == ERR_OK &&
		ask(&w, "account show", "'name':'fy'") == ERR_OK, "do not get in each other's way");
	world_close(&w);
}

static void test_instead(void)
{
	begin();
	OK(ask(&w, "directory apply", "'changes':[{'verb':'account set','args':{'name':'al','full-name':'Al'},"
		"'instead':{'verb':'account add','args':{'name':'al','full-name':'New'}}}]") == ERR_OK && replied(&w, "\"i\""), "made");
	OK(ask(&w, "account show", "'name':'al'") == ERR_OK && replied(&w, "\"New\""), "as the second verb says");
	OK(ask(&w, "directory apply", "'changes':[{'verb':'account set','args':{'name':'al','full-name':'Al'},"
		"'instead':{'verb':'account add','args':{'name':'al','full-name':'New'}}}]") == ERR_OK && replied(&w, "\"a\""), "changed");
	OK(ask(&w, "account show", "'name':'al'") == ERR_OK && replied(&w, "\"Al\""), "as the first says");
	OK(ask(&w, "directory apply", "'changes':[{'verb':'account add','args':{'name':'al'},'fine':'EXISTS'},"
		"{'verb':'account add','args':{'name':'al'},'fine':'NOTFOUND'}]") == ERR_OK && replied(&w, "\"ax\""), "fine or not");
	world_close(&w);
}

static void test_malformed(void)
{
	static const char *const changes[] = { "1", "{}", "{'verb':'account add'}", "{'verb':1,'args':{}}", "{'verb':'x','args':{}}",
		"{'verb':'account add','args':{}}", "{'verb':'account add','args':{'name':'al','x':1}}", "{'verb':'init','args':{'name':'F'}}",
		"{'verb':'directory apply','args':{'changes':[]}}", "{'verb':'directory read','args':{'class':'account'}}",
		"{'verb':'doctor logon','args':{'name':'al'}}", "{'verb':'help','args':{}}",
		"{'verb':'account set','args':{'name':'al'},'instead':{}}", "{'verb':'account set','args':{'name':'al'},'instead':{'verb':'init','args':{'name':'F'}}}" };

	begin();
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		char args[300];

		snprintf(args, sizeof(args), "'changes':[%s]", changes[i]);
		OK(ask(&w, "directory apply", args) == ERR_OK && replied(&w, "\"outcomes\":\"x\""), "refused: %s", changes[i]);
	}
	OK(ask(&w, "directory apply", "'changes':{}") == ERR_SYNTAX, "no list");
	OK(ask(&w, "directory apply", "'changes':[]") == ERR_OK && replied(&w, "\"done\":0"), "an empty one");
	IS_NUM(told, 0);
	directory_drafts_close(&w.directory);
	OK(ask(&w, "directory apply", "'changes':[]") == ERR_UNAVAILABLE, "not without drafts");
	world_close(&w);
}

static void test_trial(void)
{
	begin();
	OK(ask(&w, "directory apply", "'dry-run':true,'trial':0,'changes':[" ACCOUNT("al") "," MAILBOX("al") "]") == ERR_OK &&
		replied(&w, "\"trial\":1") && replied(&w, "\"aa\""), "a dry run begins");
	OK(ask(&w, "account show", "'name':'al'") == ERR_NOTFOUND, "and keeps nothing");
	OK(ask(&w, "directory apply", "'dry-run':true,'trial':1,'changes':[" ACCOUNT("al") "," MAILBOX("bo")
		",{'verb':'account add','args':{'name':'cy','password':'secret'}}"
		",{'verb':'account add','args':{'name':'dy','password':'\\u0007'}}]") == ERR_OK && replied(&w, "\"xxax\""), "it remembers");
	OK(ask(&w, "directory apply", "'changes':[" ACCOUNT("al") "]") == ERR_OK && replied(&w, "\"a\""), "nobody else sees it");
	IS_NUM(told, 1);
	OK(ask(&w, "directory apply", "'dry-run':true,'trial':0,'changes':[" ACCOUNT("al") "]") == ERR_OK &&
		replied(&w, "\"trial\":2") && replied(&w, "\"x\""), "the next one begins anew");
	OK(ask(&w, "directory apply", "'dry-run':true,'trial':1,'changes':[]") == ERR_INUSE, "and ends the first");
	admin_bulk_end_trial(&w.directory);
	OK(ask(&w, "directory apply", "'dry-run':true,'trial':2,'changes':[]") == ERR_INUSE, "it ends by itself");
	IS_NUM(told, 1);
	world_close(&w);
}

static void test_full_disk(void)
{
	begin();
	kv_fault_inject(w.kv, KV_FAULT_WRITE_ENOSPC, 1);
	OK(ask(&w, "directory apply", "'changes':[" ACCOUNT("al") "," ACCOUNT("bo") "]") == ERR_DISKFULL, "the disk is full");
	OK(ask(&w, "account show", "'name':'al'") == ERR_NOTFOUND && ask(&w, "account show", "'name':'bo'") == ERR_NOTFOUND,
		"none of it is there");
	IS_NUM(told, 0);
	OK(ask(&w, "directory apply", "'changes':[" ACCOUNT("al") "," ACCOUNT("bo") "]") == ERR_OK && replied(&w, "\"aa\""), "then all is");
	world_close(&w);
}

static void test_read(void)
{
	struct buf changes;
	json_t *reply;
	size_t seen = 0;
	json_int_t next = 1;

	begin();
	buf_init(&changes, 1 << 20);
	for (int done = 0; done < 1200;) {
		buf_clear(&changes);
		buf_put_c(&changes, "'changes':[");
		for (int i = done; i < 1200 && i < done + 400; i++)
			buf_printf(&changes, "%s{'verb':'mailbox add','args':{'name':'m%d'}}", i > done ? "," : "", i);
		buf_put(&changes, str_make("]\0", 2));
		if (ask(&w, "directory apply", changes.at) != ERR_OK)
			abort();
		reply = json_loadb(w.reply.at, w.reply.len, 0, NULL);
		done += (int)json_integer_value(json_object_get(reply, "done")); /* fewer when it took long */
		json_decref(reply);
	}
	OK(ask(&w, "list add", "'name':'all'") == ERR_OK, "a list");
	buf_clear(&changes);
	buf_put_c(&changes, "'name':'all','member':[");
	for (int i = 0; i < 1200; i++)
		buf_printf(&changes, "%s'm%d'", i > 0 ? "," : "", i);
	buf_put(&changes, str_make("]\0", 2));
	OK(ask(&w, "list member add", changes.at) == ERR_OK, "with many members");
	while (next > 0) {
		char args[100];

		snprintf(args, sizeof(args), "'class':'mailbox','first-id':%lld", (long long)next);
		OK(ask(&w, "directory read", args) == ERR_OK, "a page from %lld", (long long)next);
		reply = json_loadb(w.reply.at, w.reply.len, 0, NULL);
		seen += json_array_size(json_object_get(reply, "rows"));
		next = json_integer_value(json_object_get(reply, "next"));
		json_decref(reply);
	}
	IS_NUM(seen, 1200);
	OK(ask(&w, "directory read", "'class':'list'") == ERR_OK, "the list");
	reply = json_loadb(w.reply.at, w.reply.len, 0, NULL);
	IS_NUM(json_array_size(json_object_get(reply, "rows")), 3); /* 500, 500, 200 */
	json_decref(reply);
	OK(ask(&w, "account add", "'name':'al','password':'secret'") == ERR_OK &&
		ask(&w, "directory read", "'class':'account'") == ERR_OK && replied(&w, "\"key\":\"DOM\\\\al\"") &&
		!replied(&w, "argon2"), "an account without its password");
	OK(ask(&w, "directory read", "'class':'organisation'") == ERR_SYNTAX, "no such class");
	buf_done(&changes);
	world_close(&w);
}

/* The first row of a name would be taken for all. */
static void test_arguments_are_one_each(void)
{
	const struct admin_arg_row *rows = admin_args();

	for (size_t i = 0; rows[i].name != NULL; i++) {
		bool twice = false;

		for (size_t n = 0; n < i; n++)
			twice |= strcmp(rows[n].name, rows[i].name) == 0;
		OK(!twice, "--%s stands once in admin.tbl", rows[i].name);
	}
}

int main(void)
{
	test_arguments_are_one_each();
	test_apply();
	test_instead();
	test_malformed();
	test_trial();
	test_full_disk();
	test_read();
	return tap_done();
}
