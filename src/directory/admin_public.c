#include "directory/admin_public.h"

#include "directory/admin_args.h"
#include "directory/admin_set.h"
#include "directory/admin_show.h"
#include "directory/change.h"

#define ALIAS "public"

static enum err find(struct admin *q, struct entry *ret)
{
	enum err e = directory_public(q->directory, &q->arena, ret);

	if (e == ERR_NOTFOUND)
		return fail(q->failure, e, "there is no public store; first: bourse public enable");
	return e == ERR_OK ? e : fail(q->failure, e, NULL);
}

enum err admin_do_public_enable(struct admin *q)
{
	struct entry e = entry_defaults(ENTRY_PUBLIC, 0);
	enum err err;

	e.public.alias = admin_args_have(q, "name") ? admin_args_str(q, "name") : S(ALIAS);
	err = admin_args_apply(q, &e);
	if (err == ERR_OK)
		err = admin_set_store(q, NULL, &e, false);
	if (err == ERR_OK)
		admin_set_say(q, "the public store is made; next: bourse folder create %.*s NAME", e.public.alias);
	return err;
}

enum err admin_do_public_set(struct admin *q)
{
	struct entry old, new;
	enum err e = find(q, &old);

	if (e != ERR_OK)
		return e;
	new = old;
	if (admin_args_have(q, "rename"))
		new.public.alias = admin_args_str(q, "rename");
	e = admin_args_apply(q, &new);
	if (e == ERR_OK)
		e = admin_set_store(q, &old, &new, false);
	if (e == ERR_OK)
		admin_set_say(q, "changed %.*s", new.public.alias);
	return e;
}

enum err admin_do_public_show(struct admin *q)
{
	struct entry e;
	enum err err = find(q, &e);

	if (err == ERR_OK)
		admin_show_entry(q, &e);
	return err;
}

/* Whether it is empty only the store knows; `bourse public disable` asks it first. */
enum err admin_do_public_disable(struct admin *q)
{
	struct entry entry;
	struct change c;
	enum err e = find(q, &entry);

	if (e == ERR_OK)
		e = change_begin(&c, q->directory, &q->arena, q->now_seconds, q->failure);
	if (e != ERR_OK)
		return e;
	e = change_remove(&c, &entry);
	if (e != ERR_OK) {
		change_abort(&c);
		return e;
	}
	e = change_commit(&c);
	if (e == ERR_OK)
		admin_set_say(q, "removed the public store %.*s", entry.public.alias);
	return e;
}

/* For `bourse folder` and `bourse search`, which ask the store and must know what it calls a mailbox. */
enum err admin_do_box(struct admin *q)
{
	struct entry e;

	if (directory_alias(q->directory, admin_args_str(q, "name"), &q->arena, &e) == ERR_OK && e.kind == ENTRY_PUBLIC) {
		admin_show_entry(q, &e);
		return ERR_OK;
	}
	return admin_do_show(q);
}
