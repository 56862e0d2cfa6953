#include "directory/user_right.h"

#include "directory/group.h"
#include "directory/name.h"

#define USER_RIGHT(id, name, everybody, doc) S_INIT(name),
static const struct str names[USER_RIGHT_COUNT] = {
#include "directory/user_right.tbl"
};

/* How many rows are for everybody: the first ones. */
#define USER_RIGHT(id, name, everybody, doc) +((everybody) ? 1 : 0)
static const size_t for_all = 0
#include "directory/user_right.tbl"
	;

struct str user_right_name(enum user_right right)
{
	must((unsigned)right < USER_RIGHT_COUNT);
	return names[right];
}

bool user_right_known(struct arena *a, struct str name)
{
	for (size_t i = 0; i < USER_RIGHT_COUNT; i++) {
		if (name_same(a, names[i], name))
			return true;
	}
	return false;
}

struct str user_right_list(struct arena *a)
{
	struct str list = S("");

	for (size_t i = 0; i < USER_RIGHT_COUNT; i++)
		list = arena_printf(a, "%.*s%s%.*s", STR_FMT(list), i > 0 ? ", " : "", STR_FMT(names[i]));
	return list;
}

struct entry_texts user_right_defaults(void)
{
	return (struct entry_texts){ names, for_all };
}

static bool has(struct arena *a, const struct entry_texts *given, enum user_right right)
{
	for (size_t i = 0; i < given->count; i++) {
		if (name_same(a, given->at[i], names[right]))
			return true;
	}
	return false;
}

static enum err check_groups(struct directory *d, uint64_t account, enum user_right right, struct arena *a)
{
	struct entry_ids groups = { 0 };
	struct entry group;
	enum err e = group_closure(d, account, a, &groups);

	for (size_t i = 0; e == ERR_OK && i < groups.count; i++) {
		e = directory_get(d, ENTRY_GROUP, groups.at[i], a, &group);
		if (e == ERR_OK && has(a, &group.group.user_rights, right))
			return ERR_OK;
	}
	return e == ERR_OK ? ERR_PERM : e;
}

enum err user_right_check(struct directory *d, uint64_t account, enum user_right right, struct arena *a)
{
	struct entry e, domain;
	enum err err = directory_get(d, ENTRY_ACCOUNT, account, a, &e);

	must((unsigned)right < USER_RIGHT_COUNT);
	if (err == ERR_OK)
		err = directory_get(d, ENTRY_DOMAIN, e.account.domain, a, &domain);
	if (err != ERR_OK)
		return err == ERR_NOTFOUND ? ERR_PERM : err;
	if (has(a, &e.account.user_rights, right) || has(a, &domain.domain.user_rights, right))
		return ERR_OK;
	return check_groups(d, account, right, a);
}
