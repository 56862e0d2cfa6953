#include "directory/user_right.h"

#include "world.h"

static enum err check(struct world *w, const char *name, enum user_right right)
{
	struct entry domain, e = { 0 };

	must(directory_domain(&w->directory, S("DOM"), &w->arena, &domain) == ERR_OK);
	must(directory_account(&w->directory, domain.id, str_from_c(name), &w->arena, &e) == ERR_OK);
	return user_right_check(&w->directory, e.id, right, &w->arena);
}

static void test_names(struct world *w)
{
	OK(user_right_known(&w->arena, S("Log On Locally")) && !user_right_known(&w->arena, S("log on")), "names are whole, case is not looked at");
	OK(user_right_defaults().count == 2, "everybody has two");
	for (int i = 0; i < USER_RIGHT_COUNT; i++)
		OK(str_find_str(user_right_list(&w->arena), user_right_name((enum user_right)i)) != STR_NPOS, "right %d is named", i);
	NO(w, "account set", "'name':'alice','user-rights':'fly'", SYNTAX, "there are: log on locally, ");
	NO(w, "domain set", "'name':'DOM','user-rights':'log on locally,fly'", SYNTAX, "\"fly\" is no user right");
	NO(w, "group add", "'name':'DOM\\\\pilots','user-rights':'fly'", SYNTAX, "\"fly\" is no user right");
}

static void test_who(struct world *w)
{
	IS_NUM(check(w, "alice", USER_RIGHT_LOCALLY), ERR_OK);
	IS_NUM(check(w, "alice", USER_RIGHT_NETWORK), ERR_OK);
	IS_NUM(check(w, "alice", USER_RIGHT_LIMITS), ERR_PERM);
	DO(w, "account set", "'name':'alice','user-rights':'Set Mailbox Limits'");
	IS_NUM(check(w, "alice", USER_RIGHT_LIMITS), ERR_OK);
	IS_NUM(check(w, "bob", USER_RIGHT_LIMITS), ERR_PERM);
	DO(w, "domain set", "'name':'DOM','user-rights':'log on locally'");
	IS_NUM(check(w, "alice", USER_RIGHT_NETWORK), ERR_PERM);
	IS_NUM(check(w, "alice", USER_RIGHT_LOCALLY), ERR_OK);
	/* By a group, and by one that it is in. */
	DO(w, "group add", "'name':'DOM\\\\inner','member':'DOM\\\\bob'");
	DO(w, "group add", "'name':'DOM\\\\outer','member':'DOM\\\\inner','user-rights':'access this computer from the network'");
	IS_NUM(check(w, "bob", USER_RIGHT_NETWORK), ERR_OK);
	IS_NUM(check(w, "alice", USER_RIGHT_NETWORK), ERR_PERM);
	DO(w, "group set", "'name':'DOM\\\\outer','remove-user-rights':'access this computer from the network'");
	IS_NUM(check(w, "bob", USER_RIGHT_NETWORK), ERR_PERM);
	DO(w, "domain set", "'name':'DOM','user-rights':''");
	IS_NUM(check(w, "bob", USER_RIGHT_LOCALLY), ERR_PERM);
	IS_NUM(user_right_check(&w->directory, 987654, USER_RIGHT_LOCALLY, &w->arena), ERR_PERM);
}

int main(void)
{
	struct world w;

	world_open(&w);
	DO(&w, "init", "'name':'E','domain':'DOM','mail':'example.org'");
	DO(&w, "account add", "'name':'alice'");
	DO(&w, "account add", "'name':'bob'");
	test_names(&w);
	test_who(&w);
	world_close(&w);
	return tap_done();
}
