#include "store/acl.h"

#include "base/cursor.h"
#include "base/mem.h"

#define C_RIGHTS (ACL_CREATE | ACL_DELETE)
#define D_RIGHTS (ACL_DELETE_MESSAGES | ACL_EXPUNGE)

static const char letters[ACL_RIGHTS][2] = { "l", "r", "s", "w", "i", "p", "k", "x", "t", "e", "a", "n", "0", "1", "2" };

static struct acl_entry default_entries[] = { { .kind = ACL_DELEGATES, .rights = ACL_ALL } };
const struct acl acl_default = { default_entries, 1 };

static struct acl_entry public_entries[] = { { .kind = ACL_ANYONE },
	{ .kind = ACL_AUTHENTICATED, .rights = ACL_LOOKUP | ACL_READ | ACL_SEEN | ACL_INSERT | ACL_POST | ACL_WRITE_OWN | ACL_DELETE_OWN } };
const struct acl acl_public = { public_entries, 2 };

static bool is_in(uint64_t group, const struct acl_user *user)
{
	for (size_t i = 0; i < user->groups_count; i++) {
		if (user->groups[i] == group)
			return true;
	}
	return false;
}

/* By the account: in another box than his own somebody has another access. */
static bool is_nameless(const struct acl_user *user)
{
	return user->account == ACCESS_ANYONE_ACCOUNT || user->access == ACCESS_ANYONE;
}

static bool applies(const struct acl_entry *e, const struct acl_user *user)
{
	switch (e->kind) {
	case ACL_ANYONE:
		return true;
	case ACL_AUTHENTICATED:
		return user->account != 0 && !is_nameless(user);
	case ACL_DELEGATES:
		return user->access == ACCESS_FULL || user->access == ACCESS_READ;
	case ACL_GROUP:
		return is_in(e->account, user);
	case ACL_ACCOUNT:
		return e->account == user->account;
	case ACL_KIND_END:
		break;
	}
	return false;
}

static uint32_t given_by(const struct acl_entry *e, const struct acl_user *user)
{
	return e->kind == ACL_DELEGATES && user->access == ACCESS_READ ? e->rights & ACL_READERS : e->rights;
}

uint32_t acl_rights_own(uint32_t rights)
{
	rights |= rights & ACL_WRITE_OWN ? ACL_WRITE : 0;
	return rights | (rights & ACL_DELETE_OWN ? D_RIGHTS : 0);
}

uint32_t acl_rights(const struct acl *acl, const struct acl_user *user)
{
	uint32_t given = 0, taken = 0;
	enum acl_kind kind = ACL_ANYONE;

	if (user->access == ACCESS_OWNER)
		return ACL_ALL;
	acl = acl ? acl : &acl_default;
	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (!applies(e, user))
			continue;
		if (e->negative) {
			taken |= e->rights;
			continue;
		}
		given = (e->kind == kind ? given : 0) | given_by(e, user); /* kinds ascend */
		kind = e->kind;
	}
	given &= ~taken;
	return is_nameless(user) ? given & ACL_NAMELESS : given;
}

const struct acl_entry *acl_entry_of(const struct acl *acl, const struct acl_user *user)
{
	const struct acl_entry *found = NULL;

	acl = acl ? acl : &acl_default;
	for (size_t i = 0; user->access != ACCESS_OWNER && i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (applies(e, user) && !e->negative && (found == NULL || found->kind != e->kind))
			found = e; /* kinds ascend */
	}
	return found != NULL && acl_rights(acl, user) != 0 ? found : NULL;
}

bool acl_names_user(const struct acl *acl, const struct acl_user *user)
{
	for (size_t i = 0; acl != NULL && i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (acl_kind_has_id(e->kind) && !e->negative && e->rights != 0 && applies(e, user))
			return true;
	}
	return false;
}

/* ---- changing ---- */

int acl_order(const struct acl_entry *x, const struct acl_entry *y)
{
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	return (int)x->negative - (int)y->negative;
}

static bool is_gone(const struct acl_entry *e, const struct acl_change *change)
{
	for (size_t i = 0; acl_kind_has_id(e->kind) && i < change->gone_count; i++) {
		if (change->gone[i] == e->account)
			return true;
	}
	return false;
}

static uint32_t changed(uint32_t was, const struct acl_change *change)
{
	switch (change->how) {
	case ACL_ADD:
		return was | change->entry.rights;
	case ACL_REMOVE:
		return was & ~change->entry.rights;
	case ACL_REPLACE:
		break;
	}
	return change->entry.rights;
}

static void put_new(struct acl *to, const struct acl_change *change, uint32_t was)
{
	struct acl_entry e = change->entry;

	e.rights = changed(was, change);
	/* To take away nothing, or from nothing, leaves no entry; to be given nothing is one, and keeps off what is less
	 * specific. */
	if (e.negative ? e.rights != 0 : change->how != ACL_REMOVE || was != 0)
		to->entries[to->count++] = e;
}

enum err acl_change(const struct acl *was, const struct acl_change *change, struct acl **ret)
{
	struct acl *to = MEM_NEW(struct acl);
	bool placed = change->remove;

	was = was ? was : &acl_default;
	to->entries = mem_new((was->count + 1) * sizeof(*to->entries));
	for (size_t i = 0; i < was->count; i++) {
		const struct acl_entry *e = &was->entries[i];
		int before = acl_order(e, &change->entry);

		if (!placed && before > 0) {
			placed = true;
			put_new(to, change, 0);
		}
		if (before == 0 && !change->remove) {
			placed = true;
			put_new(to, change, e->rights);
		} else if (before != 0 && !is_gone(e, change)) {
			to->entries[to->count++] = *e;
		}
	}
	if (!placed)
		put_new(to, change, 0);
	if (to->count > ACL_ENTRIES_MAX) {
		acl_free(to);
		return ERR_LIMIT;
	}
	*ret = to;
	return ERR_OK;
}

struct acl *acl_copy(const struct acl *acl)
{
	struct acl *copy;

	if (!acl)
		return NULL;
	copy = MEM_NEW(struct acl);
	copy->count = acl->count;
	copy->entries = mem_new((acl->count + 1) * sizeof(*acl->entries));
	memcpy(copy->entries, acl->entries, acl->count * sizeof(*acl->entries));
	return copy;
}

void acl_free(struct acl *acl)
{
	if (!acl)
		return;
	mem_free(acl->entries);
	mem_free(acl);
}

/* ---- who is meant ---- */

static const struct {
	struct str word;
	enum acl_kind kind;
} words[] = {
	{ S_INIT("anyone"), ACL_ANYONE },
	{ S_INIT("authenticated"), ACL_AUTHENTICATED },
	{ S_INIT("delegates"), ACL_DELEGATES },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

enum acl_kind acl_word_kind(struct str word)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (str_ieq(words[i].word, word))
			return words[i].kind;
	}
	return ACL_ACCOUNT;
}

struct str acl_word(enum acl_kind kind)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (words[i].kind == kind)
			return words[i].word;
	}
	return S("");
}

size_t acl_accounts(const struct acl *acl, uint64_t *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (acl_kind_has_id(e->kind) && (count == 0 || ret[count - 1] != e->account))
			ret[count++] = e->account;
	}
	return count;
}

struct str acl_names_owner(const struct acl_names *names)
{
	struct rd r = rd_from(names->octets);
	struct str name = rd_str(&r);

	return r.failed ? S("") : name;
}

struct str acl_names_get(const struct acl_names *names, uint64_t id)
{
	struct rd r = rd_from(names->octets);
	struct str name = rd_str(&r);

	for (size_t i = 0; i < names->count; i++) {
		name = rd_str(&r);
		if (names->ids[i] == id)
			return r.failed ? S("") : name;
	}
	return S("");
}

struct str acl_identifier(const struct acl_entry *e, const struct acl_names *names)
{
	return acl_kind_has_id(e->kind) ? acl_names_get(names, e->account) : acl_word(e->kind);
}

size_t acl_names_gone(const struct acl_names *names, uint64_t *ret)
{
	struct rd r = rd_from(names->octets);
	size_t count = 0;

	(void)rd_str(&r);
	for (size_t i = 0; i < names->count; i++) {
		struct str name = rd_str(&r);

		if (!r.failed && name.len == 0)
			ret[count++] = names->ids[i];
	}
	return count;
}

/* ---- letters ---- */

enum err acl_letters_get(struct str text, uint32_t *ret)
{
	uint32_t rights = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned n = 0;

		while (n < ACL_RIGHTS && letters[n][0] != text.at[i])
			n++;
		if (n < ACL_RIGHTS)
			rights |= 1u << n;
		else if (text.at[i] == 'c')
			rights |= C_RIGHTS;
		else if (text.at[i] == 'd')
			rights |= D_RIGHTS;
		else
			return ERR_SYNTAX;
	}
	*ret = rights;
	return ERR_OK;
}

void acl_letters_put(struct buf *to, uint32_t rights)
{
	for (unsigned n = 0; n < ACL_RIGHTS; n++) {
		if (rights & 1u << n)
			buf_put_octet(to, letters[n][0]);
	}
	if (rights & C_RIGHTS)
		buf_put_octet(to, 'c');
	if (rights & D_RIGHTS)
		buf_put_octet(to, 'd');
}

const char *acl_letter(enum acl_right right)
{
	for (unsigned n = 0; n < ACL_RIGHTS; n++) {
		if ((unsigned)right == 1u << n)
			return letters[n];
	}
	return "";
}
