#include "directory/admin_right.h"

#include <stdlib.h>

#include "directory/admin_args.h"
#include "directory/admin_set.h"
#include "directory/reach.h"
#include "directory/rules.h"

/* ---- grant and revoke ---- */

static enum err find_holder(struct admin *q, struct entry *ret)
{
	struct str account = admin_args_str(q, "account"), group = admin_args_str(q, "group");

	if ((account.len == 0) == (group.len == 0))
		return fail(q->failure, ERR_SYNTAX,
			"give either --account DOMAIN\\user or --group DOMAIN\\group: whose rights they are");
	return account.len > 0 ? admin_args_find(q, ENTRY_ACCOUNT, account, ret)
			       : admin_args_find(q, ENTRY_GROUP, group, ret);
}

static enum err read_rights(struct admin *q, uint32_t usual, uint32_t *ret)
{
	*ret = usual;
	if (!admin_args_have(q, "rights") ||
		right_words_get(admin_args_str(q, "rights"), ret) == ERR_OK)
		return ERR_OK;
	return fail(q->failure, ERR_SYNTAX,
		"--rights takes words of: owner, full, read, send-as, send-on-behalf");
}

/* The list with id having these rights, in the arena; none: without it. */
static struct entry_grants with(
	struct admin *q, struct entry_grants was, uint64_t id, uint32_t rights)
{
	struct entry_grant *at = arena_take(&q->arena, (was.count + 1) * sizeof(*at));
	size_t count = 0;

	for (size_t i = 0; i < was.count; i++) {
		if (was.at[i].id != id)
			at[count++] = was.at[i];
	}
	if (rights != 0)
		at[count++] = (struct entry_grant){ id, rights };
	return (struct entry_grants){ at, count };
}

static struct str words(struct admin *q, uint32_t rights)
{
	struct buf text;
	struct str ret;

	buf_init(&text, 128);
	right_words_put(&text, rights);
	ret = arena_str(&q->arena, buf_str(&text));
	buf_done(&text);
	return ret;
}

static void say_rights(struct admin *q, const struct entry *holder, uint32_t rights)
{
	struct str who = admin_set_shown(q, holder), what = words(q, rights);

	admin_set_say(q, "%.*s; it counts at once",
		rights == 0 ? arena_printf(&q->arena, "%.*s has no rights any more", STR_FMT(who))
			    : arena_printf(&q->arena, "%.*s has the rights: %.*s", STR_FMT(who), STR_FMT(what)));
}

static enum err change_rights(struct admin *q, bool give)
{
	struct entry old, new, holder;
	uint32_t had, rights = 0;
	enum err e = admin_set_find(q, &old);

	if (e == ERR_OK)
		e = find_holder(q, &holder);
	if (e == ERR_OK)
		e = read_rights(q, give ? RIGHT_USUAL : RIGHT_ALL, &rights);
	if (e != ERR_OK)
		return e;
	had = entry_grants_of(old.mailbox.rights, holder.id);
	if (give ? (rights & ~had) == 0 : (rights & had) == 0)
		return fail(q->failure, give ? ERR_EXISTS : ERR_NOTFOUND,
			"%.*s %s on the mailbox \"%.*s\": %.*s", STR_FMT(admin_set_shown(q, &holder)),
			give ? "already has these rights" : "has none of these rights",
			STR_FMT(old.mailbox.alias), STR_FMT(had != 0 ? words(q, had) : S("none at all")));
	new = old;
	rights = give ? had | rights : had & ~rights;
	new.mailbox.rights = with(q, old.mailbox.rights, holder.id, rights);
	e = admin_set_store(q, &old, &new, false);
	if (e == ERR_OK)
		say_rights(q, &holder, rights);
	return e;
}

enum err admin_do_grant(struct admin *q)
{
	return change_rights(q, true);
}

enum err admin_do_revoke(struct admin *q)
{
	return change_rights(q, false);
}

/* ---- the groups of an account ---- */

/* A group that is named and not there is made in the account's domain: it has no rights yet. */
static enum err make_group(struct admin *q, struct change *c, const struct entry *account, struct str name)
{
	struct entry e = entry_defaults(ENTRY_GROUP, 0);
	uint64_t *member = ARENA_NEW(&q->arena, uint64_t);
	enum err err = ERR_OK;

	e.group.name = name;
	e.group.domain = account->account.domain;
	if (str_has_octet(name, '\\') || str_has_octet(name, '/'))
		err = admin_args_account_name(q, name, &e.group.domain, &e.group.name);
	if (err == ERR_OK && e.group.domain != account->account.domain)
		return fail(q->failure, ERR_NOTFOUND, "there is no group \"%.*s\"; first: bourse group add", STR_FMT(name));
	if (err == ERR_OK)
		err = rules_check(q->directory, &q->arena, &e, q->failure);
	*member = account->id;
	e.group.members = (struct entry_ids){ member, 1 };
	return err == ERR_OK ? change_add(c, &e) : err;
}

struct groups {
	struct admin *q;
	struct change *change;
	const struct entry *account;
};

static enum err find_groups(const struct groups *g, const char *arg, bool make, struct entry_ids *ret)
{
	struct admin *q = g->q;
	uint64_t domain = g->account->account.domain;
	struct entry_texts names;
	uint64_t *at;
	size_t count = 0;

	must(admin_args_words(q, arg, &names) == ERR_OK);
	at = arena_take(&q->arena, names.count * sizeof(*at) + 1);
	for (size_t i = 0; i < names.count; i++) {
		struct entry e;
		/* A name alone is one of the account's own domain, if that has it. */
		enum err err = directory_principal(q->directory, domain, names.at[i], &q->arena, &e);

		if (err != ERR_OK || e.kind != ENTRY_GROUP)
			err = admin_args_find(q, ENTRY_GROUP, names.at[i], &e);
		if (err == ERR_NOTFOUND && make) {
			*q->failure = (struct failure){ 0 };
			err = make_group(q, g->change, g->account, names.at[i]);
			if (err == ERR_OK)
				continue;
		}
		if (err != ERR_OK)
			return err;
		if (!entry_ids_have((struct entry_ids){ at, count }, e.id))
			at[count++] = e.id;
	}
	*ret = (struct entry_ids){ at, count };
	return ERR_OK;
}

static enum err set_member(struct admin *q, struct change *c, uint64_t group, uint64_t member)
{
	struct entry old, new;
	uint64_t *at;
	size_t count = 0;
	enum err e = directory_get(q->directory, ENTRY_GROUP, group, &q->arena, &old);
	bool had = e == ERR_OK && entry_ids_have(old.group.members, member);

	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	at = arena_take(&q->arena, (old.group.members.count + 1) * sizeof(*at));
	for (size_t i = 0; i < old.group.members.count; i++) {
		if (old.group.members.at[i] != member)
			at[count++] = old.group.members.at[i];
	}
	if (!had)
		at[count++] = member;
	new = old;
	new.group.members = (struct entry_ids){ at, count };
	if (count > ENTRY_ITEMS_MAX)
		return fail(q->failure, ERR_TOOBIG, "a group can have %zu members at most", ENTRY_ITEMS_MAX);
	return change_set(c, &old, &new, false);
}

enum err admin_right_put_groups(struct admin *q, struct change *c, const struct entry *account)
{
	struct entry_ids want = { NULL, 0 }, more = { NULL, 0 }, less = { NULL, 0 }, have = { NULL, 0 };
	struct groups g = { q, c, account };
	bool all = admin_args_have(q, "groups");
	enum err e = ERR_OK;

	if (!all && !admin_args_have(q, "add-groups") && !admin_args_have(q, "remove-groups"))
		return ERR_OK;
	if (find_groups(&g, "groups", true, &want) != ERR_OK || find_groups(&g, "add-groups", true, &more) != ERR_OK ||
		find_groups(&g, "remove-groups", false, &less) != ERR_OK)
		return q->failure->code;
	if (directory_groups_with(q->directory, account->id, &q->arena, SIZE_MAX, &have) != ERR_OK)
		return fail(q->failure, ERR_IO, NULL);
	for (size_t i = 0; e == ERR_OK && i < have.count; i++) {
		bool stays = all ? entry_ids_have(want, have.at[i]) || entry_ids_have(more, have.at[i]) : !entry_ids_have(less, have.at[i]);

		if (!stays)
			e = set_member(q, c, have.at[i], account->id);
	}
	for (size_t i = 0; e == ERR_OK && i < want.count; i++) {
		if (!entry_ids_have(have, want.at[i]))
			e = set_member(q, c, want.at[i], account->id);
	}
	for (size_t i = 0; e == ERR_OK && i < more.count; i++) {
		if (!entry_ids_have(have, more.at[i]) && !entry_ids_have(want, more.at[i]))
			e = set_member(q, c, more.at[i], account->id);
	}
	return e;
}

/* ---- showing ---- */

static struct str kept(struct admin *q, struct buf *text)
{
	struct str ret = arena_str(&q->arena, buf_str(text));

	buf_done(text);
	return ret;
}

struct str admin_right_grants(struct admin *q, const struct entry_grants *grants)
{
	struct buf text;

	buf_init(&text, ENTRY_OCTETS_MAX);
	for (size_t i = 0; i < grants->count; i++) {
		struct str name = directory_account_name(q->directory, grants->at[i].id, &q->arena);

		buf_printf(&text, "%s%.*s: ", i > 0 ? ", " : "", STR_FMT(name));
		right_words_put(&text, grants->at[i].rights);
	}
	return kept(q, &text);
}

static int compare_names(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

void admin_right_group_names(struct admin *q, uint64_t member, struct entry_texts *ret)
{
	struct entry_ids ids = { NULL, 0 };
	struct str *at;

	if (directory_groups_with(q->directory, member, &q->arena, SIZE_MAX, &ids) != ERR_OK)
		ids.count = 0;
	at = arena_take(&q->arena, ids.count * sizeof(*at) + 1);
	for (size_t i = 0; i < ids.count; i++)
		at[i] = directory_account_name(q->directory, ids.at[i], &q->arena);
	qsort(at, ids.count, sizeof(*at), compare_names);
	*ret = (struct entry_texts){ at, ids.count };
}

void admin_right_delegates(struct admin *q, const struct entry_grants *grants, struct entry_texts *ret)
{
	struct str *at = arena_take(&q->arena, grants->count * sizeof(*at) + 1);
	size_t count = 0;

	for (size_t i = 0; i < grants->count; i++) {
		const struct entry_grant *g = &grants->at[i];
		struct entry e;

		if ((g->rights & RIGHT_USUAL) == RIGHT_USUAL &&
			directory_get(q->directory, ENTRY_ACCOUNT, g->id, &q->arena, &e) == ERR_OK)
			at[count++] = directory_account_name(q->directory, g->id, &q->arena);
	}
	*ret = (struct entry_texts){ at, count };
}

struct str admin_right_groups(struct admin *q, uint64_t member)
{
	struct entry_texts names;
	struct buf text;

	buf_init(&text, ENTRY_OCTETS_MAX);
	admin_right_group_names(q, member, &names);
	for (size_t i = 0; i < names.count; i++)
		buf_printf(&text, "%s%.*s", i > 0 ? ", " : "", STR_FMT(names.at[i]));
	return kept(q, &text);
}

static void put_mailbox(struct admin *q, struct buf *text, const struct entry *box,
	const struct right_held *held)
{
	buf_printf(text, "%s%.*s: ", text->len > 0 ? "; " : "", STR_FMT(box->mailbox.alias));
	if (held->primary)
		buf_put(text, S("primary account"));
	else
		right_words_put(text, held->rights);
	if (held->group != 0)
		buf_printf(text, " (by %.*s)", STR_FMT(directory_account_name(q->directory, held->group, &q->arena)));
}

struct str admin_right_mailboxes(struct admin *q, const struct entry *principal)
{
	struct reach reach = { .rows = NULL };
	struct buf text;

	buf_init(&text, ENTRY_OCTETS_MAX);
	if (reach_find(q->directory, principal->id, &q->arena, &reach) != ERR_OK)
		reach.count = 0;
	for (size_t i = 0; i < reach.count; i++)
		put_mailbox(q, &text, &reach.rows[i].mailbox, &reach.rows[i].held);
	return kept(q, &text);
}
