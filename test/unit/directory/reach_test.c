/* Every mailbox that an account has rights on, by itself and by its groups. */
#include "directory/reach.h"

#include "world.h"

static uint64_t id_of(struct world *w, const char *name)
{
	struct entry domain, e = { .id = 0 };

	IS_NUM(directory_domain(&w->directory, S("DOM"), &w->arena, &domain), ERR_OK);
	IS_NUM(directory_principal(&w->directory, domain.id, str_from_c(name), &w->arena, &e), ERR_OK);
	return e.id;
}

static struct reach reach_of(struct world *w, const char *name)
{
	struct reach r = { .count = 0 };

	IS_NUM(reach_find(&w->directory, id_of(w, name), &w->arena, &r), ERR_OK);
	return r;
}

static void test_all(struct world *w)
{
	struct reach r;

	DO(w, "account add", "'name':'DOM\\\\alice'");
	DO(w, "account add", "'name':'DOM\\\\bob'");
	DO(w, "group add", "'name':'DOM\\\\sales','member':'DOM\\\\bob'");
	DO(w, "mailbox add", "'name':'alice','account':'DOM\\\\alice'");
	DO(w, "mailbox add", "'name':'bob','account':'DOM\\\\bob'");
	DO(w, "mailbox add", "'name':'info'");
	DO(w, "mailbox add", "'name':'none'");
	DO(w, "mailbox grant", "'name':'info','group':'sales','rights':'send-on-behalf'");
	DO(w, "mailbox grant", "'name':'info','account':'DOM\\\\bob','rights':'read'");
	DO(w, "mailbox grant", "'name':'alice','group':'sales','rights':'full'");
	r = reach_of(w, "bob");
	IS_NUM(r.count, 3);
	IS_NUM(r.groups.count, 1);
	OK(!r.more, "all of them");
	IS_STR(r.rows[0].mailbox.mailbox.alias, S("alice"));
	OK(r.rows[0].held.rights == (RIGHT_FULL | RIGHT_READ) && r.rows[0].held.group == r.groups.at[0], "by its group");
	IS_STR(r.rows[1].mailbox.mailbox.alias, S("bob"));
	OK(r.rows[1].held.primary, "its own");
	IS_STR(r.rows[2].mailbox.mailbox.alias, S("info"));
	IS_NUM(r.rows[2].held.rights, RIGHT_READ | RIGHT_SEND_ON_BEHALF);
	r = reach_of(w, "sales");
	IS_NUM(r.count, 2);
	DO(w, "group member remove", "'name':'sales','member':'bob'");
	r = reach_of(w, "bob");
	IS_NUM(r.count, 2);
	OK(r.rows[1].held.rights == RIGHT_READ && r.groups.count == 0, "what is left");
}

static void test_many(struct world *w)
{
	struct reach r;
	char args[64];

	DO(w, "account add", "'name':'DOM\\\\many'");
	for (size_t i = 0; i <= REACH_MAX; i++) {
		snprintf(args, sizeof(args), "'name':'m%zu','account':'DOM\\\\many'", i);
		if (ask(w, "mailbox add", args) != ERR_OK)
			OK(false, "%s", w->failure.text);
	}
	r = reach_of(w, "many");
	OK(r.count == REACH_MAX && r.more, "as many as there may be, and that there are more");
}

int main(void)
{
	struct world w;

	world_open(&w);
	DO(&w, "domain add", "'name':'DOM','mail':'example.org'");
	test_all(&w);
	test_many(&w);
	world_close(&w);
	return tap_done();
}
