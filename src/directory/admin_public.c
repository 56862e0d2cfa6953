#include "directory/admin_public.h"

#include "directory/admin_args.h"
#include "directory/admin_set.h"
#include "directory/admin_show.h"
#include "directory/change.h"
#include "directory/smtp_address.h"

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

	if (e == ERR_OK && admin_args_have(q, "name") && !str_ieq(admin_args_str(q, "name"), old.public.alias))
		e = fail(q->failure, ERR_NOTFOUND, "the public store is called %.*s", STR_FMT(old.public.alias));
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

/* Whether it is empty only the store knows: `bourse public disable` has it shut first, so that it stays so. */
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

/* ---- addresses of folders ---- */

/* In the arena. */
static struct entry_texts texts_with(struct admin *q, const struct entry_texts *was, struct str more)
{
	struct str *at = ARENA_ARRAY(&q->arena, struct str, was->count + 1);

	for (size_t i = 0; i < was->count; i++)
		at[i] = was->at[i];
	at[was->count] = more;
	return (struct entry_texts){ at, was->count + 1 };
}

static struct entry_texts texts_without(struct admin *q, const struct entry_texts *was, size_t without)
{
	struct str *at = ARENA_ARRAY(&q->arena, struct str, was->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < was->count; i++) {
		if (i != without)
			at[count++] = was->at[i];
	}
	return (struct entry_texts){ at, count };
}

static enum err store_addresses(struct admin *q, const struct entry *old, struct entry *new)
{
	enum err e = admin_set_store(q, old, new, false);

	if (e == ERR_OK)
		admin_set_say(q, "changed the addresses: %.*s", admin_args_str(q, "mail-address"));
	return e;
}

/* Which of the addresses it is, in whatever spelling; their number: none. */
static enum err find_address(struct admin *q, const struct entry_public *p, struct str address, size_t *ret)
{
	struct smtp_address wanted, has;
	size_t i = 0;

	if (smtp_address_parse(&q->arena, address, &wanted) != ERR_OK)
		return fail(q->failure, ERR_SYNTAX, "\"%.*s\" is no SMTP address; give it like news@example.org", STR_FMT(address));
	while (i < p->addresses.count &&
		!(smtp_address_parse(&q->arena, p->addresses.at[i], &has) == ERR_OK && str_eq(has.key, wanted.key)))
		i++;
	*ret = i;
	return ERR_OK;
}

enum err admin_do_public_address_add(struct admin *q)
{
	struct str address = admin_args_str(q, "mail-address");
	uint64_t folder = admin_args_number(q, "folder", 0);
	struct entry old, new;
	size_t at;
	enum err e = find(q, &old);

	if (e == ERR_OK)
		e = find_address(q, &old.public, address, &at);
	if (e != ERR_OK)
		return e;
	if (at < old.public.addresses.count)
		return fail(q->failure, ERR_EXISTS, "a public folder has the address %.*s; first: bourse folder address FOLDER %.*s --remove",
			STR_FMT(address), STR_FMT(address));
	if (folder == 0 || folder > UINT32_MAX)
		return fail(q->failure, ERR_SYNTAX, "--folder is the number of a folder; see: bourse help folder address");
	new = old;
	new.public.addresses = texts_with(q, &old.public.addresses, address);
	new.public.folders = texts_with(q, &old.public.folders, arena_printf(&q->arena, "%llu", (unsigned long long)folder));
	return store_addresses(q, &old, &new);
}

enum err admin_do_public_address_remove(struct admin *q)
{
	struct str address = admin_args_str(q, "mail-address");
	struct entry old, new;
	size_t at;
	enum err e = find(q, &old);

	if (e == ERR_OK)
		e = find_address(q, &old.public, address, &at);
	if (e != ERR_OK)
		return e;
	if (at == old.public.addresses.count)
		return fail(q->failure, ERR_NOTFOUND, "no public folder has the address %.*s; see: bourse public show",
			STR_FMT(address));
	new = old;
	new.public.addresses = texts_without(q, &old.public.addresses, at);
	new.public.folders = texts_without(q, &old.public.folders, at);
	return store_addresses(q, &old, &new);
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
