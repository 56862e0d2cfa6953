/* Groups in groups: who is in which, circles, depth, and how many there may be. */
#include "directory/group.h"

#include "world.h"

static uint64_t id_of(struct world *w, const char *name)
{
	struct entry domain, e = { .id = 0 };

	if (directory_domain(&w->directory, S("DOM"), &w->arena, &domain) != ERR_OK ||
		directory_principal(&w->directory, domain.id, str_from_c(name), &w->arena, &e) != ERR_OK)
		OK(false, "there is no %s", name);
	return e.id;
}

static enum err closure(struct world *w, const char *name, struct entry_ids *ret)
{
	*ret = (struct entry_ids){ NULL, 0 };
	return group_closure(&w->directory, id_of(w, name), &w->arena, ret);
}

static void test_closure(struct world *w)
{
	struct entry_ids ids;

	DO(w, "account add", "'name':'DOM\\\\alice'");
	DO(w, "account add", "'name':'DOM\\\\bob'");
	DO(w, "group add", "'name':'DOM\\\\a','member':'DOM\\\\alice'");
	DO(w, "group add", "'name':'DOM\\\\b','member':'DOM\\\\a,DOM\\\\bob'");
	DO(w, "group add", "'name':'DOM\\\\c','member':'DOM\\\\a,DOM\\\\b'");
	IS_NUM(closure(w, "alice", &ids), ERR_OK);
	OK(ids.count == 3 && ids.at[0] == id_of(w, "a") && ids.at[1] == id_of(w, "b") && ids.at[2] == id_of(w, "c"),
		"each once, ascending, though one is reached on two ways");
	IS_NUM(closure(w, "bob", &ids), ERR_OK);
	IS_NUM(ids.count, 2);
	IS_NUM(closure(w, "c", &ids), ERR_OK);
	IS_NUM(ids.count, 0);
	DO(w, "group member remove", "'name':'b','member':'DOM\\\\a'");
	DO(w, "group member remove", "'name':'c','member':'DOM\\\\a'");
	IS_NUM(closure(w, "alice", &ids), ERR_OK);
	IS_NUM(ids.count, 1);
}

/* A chain of GROUP_DEPTH_MAX groups is the deepest; put together from either end. */
static void test_depth(struct world *w)
{
	struct entry_ids ids;
	char args[96];

	DO(w, "group add", "'name':'DOM\\\\d1','member':'DOM\\\\bob'");
	for (size_t i = 2; i <= GROUP_DEPTH_MAX; i++) {
		snprintf(args, sizeof(args), "'name':'DOM\\\\d%zu','member':'DOM\\\\d%zu'", i, i - 1);
		DO(w, "group add", args);
	}
	IS_NUM(closure(w, "bob", &ids), ERR_OK);
	IS_NUM(ids.count, GROUP_DEPTH_MAX + 2);
	NO(w, "group add", "'name':'DOM\\\\over','member':'DOM\\\\d16'", LOOP, "16 deep");
	DO(w, "group add", "'name':'DOM\\\\under'");
	NO(w, "group member add", "'name':'d1','member':'DOM\\\\under'", LOOP, "16 deep");
	NO(w, "group member add", "'name':'d1','member':'DOM\\\\d16'", CONFLICT, "in itself");
	DO(w, "group member add", "'name':'d2','member':'DOM\\\\under'");
	DO(w, "group member add", "'name':'d1','member':'DOM\\\\alice'");
}

/* More groups than a ticket holds are told, not cut off: a list may take rights away from one of them. */
static void test_many(struct world *w)
{
	struct entry_ids ids;
	char args[96];

	DO(w, "account add", "'name':'DOM\\\\many','password':'correct horse 7'");
	for (size_t i = 0; i < GROUP_CLOSURE_MAX; i++) {
		snprintf(args, sizeof(args), "'name':'DOM\\\\m%zu','member':'DOM\\\\many'", i);
		if (ask(w, "group add", args) != ERR_OK)
			OK(false, "%s", w->failure.text);
	}
	IS_NUM(closure(w, "many", &ids), ERR_OK);
	IS_NUM(ids.count, GROUP_CLOSURE_MAX);
	DO(w, "group add", "'name':'DOM\\\\one-more','member':'DOM\\\\many'");
	IS_NUM(closure(w, "many", &ids), ERR_LIMIT);
	DO(w, "mailbox add", "'name':'many','account':'DOM\\\\many'");
	DO(w, "doctor logon", "'name':'DOM\\\\many'");
	SAYS(w, "in more than 200 groups");
}

int main(void)
{
	struct world w;

	world_open(&w);
	DO(&w, "domain add", "'name':'DOM','mail':'example.org'");
	test_closure(&w);
	test_depth(&w);
	test_many(&w);
	world_close(&w);
	return tap_done();
}
