/* Names of groups, as an earlier version kept them at accounts, become groups; stopped half way it goes on. */
#include "directory/group_past.h"

#include "directory/change.h"
#include "world.h"

static void give(struct world *w, const char *account, const struct str *names, size_t count)
{
	struct failure f = { 0 };
	struct entry domain, old, new;
	struct change c;

	IS_NUM(directory_domain(&w->directory, S("DOM"), &w->arena, &domain), ERR_OK);
	IS_NUM(directory_account(&w->directory, domain.id, str_from_c(account), &w->arena, &old), ERR_OK);
	new = old;
	new.account.past_groups = (struct entry_texts){ names, count };
	IS_NUM(change_begin(&c, &w->directory, &w->arena, NOW, &f), ERR_OK);
	c.organisation.organisation.revision = 0;
	IS_NUM(change_set(&c, &old, &new, false), ERR_OK);
	IS_NUM(change_commit(&c), ERR_OK);
}

static void build(struct world *w)
{
	static const struct str alices[] = { S_INIT("sales"), S_INIT("Staff"), S_INIT("bob") },
				bobs[] = { S_INIT("STAFF"), S_INIT("a*b"), S_INIT("staff") };

	DO(w, "domain add", "'name':'DOM','mail':'example.org'");
	DO(w, "account add", "'name':'DOM\\\\alice'");
	DO(w, "account add", "'name':'DOM\\\\bob'");
	DO(w, "account add", "'name':'DOM\\\\carol'");
	give(w, "alice", alices, 3);
	give(w, "bob", bobs, 3);
}

static void check(struct world *w)
{
	DO(w, "group show", "'name':'DOM\\\\staff'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"DOM\\\\alice, DOM\\\\bob\"}");
	DO(w, "group show", "'name':'DOM\\\\sales'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"DOM\\\\alice\"}");
	/* An account has that name. */
	DO(w, "group show", "'name':'DOM\\\\bob group'");
	SAYS(w, "{\"property\":\"members\",\"value\":\"DOM\\\\alice\"}");
}

int main(void)
{
	struct group_past done = { 9, 9 };
	struct world w;

	world_open(&w);
	IS_NUM(group_past_convert(&w.directory, NOW, &done), ERR_OK);
	OK(done.groups == 0 && done.skipped == 0, "an empty directory");
	build(&w);
	/* The disk is full at every commit in turn. */
	for (unsigned nth = 1; nth <= 4; nth++) {
		kv_fault_inject(w.kv, KV_FAULT_WRITE_ENOSPC, nth);
		IS_NUM(group_past_convert(&w.directory, NOW, &done), ERR_DISKFULL);
	}
	IS_NUM(group_past_convert(&w.directory, NOW, &done), ERR_OK);
	OK(done.groups == 3 && done.skipped == 1, "%zu groups, %zu names dropped", done.groups, done.skipped);
	check(&w);
	IS_NUM(group_past_convert(&w.directory, NOW, &done), ERR_OK);
	OK(done.groups == 0, "once");
	world_close(&w);
	return tap_done();
}
