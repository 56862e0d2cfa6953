/* RFC 4314: letters, what a list gives to whom, and how it is changed. */
#include "../tap.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "store/acl.h"
#include "store/acl_role.h"

static const struct acl_user owner = { .account = 7 }, bob = { .account = 8, .access = ACCESS_FULL },
			     carol = { .account = 9, .access = ACCESS_FULL };

static void test_letters(void)
{
	static const struct {
		const char *letters;
		enum err want;
		const char *want_back;
	} rows[] = {
		{ "", ERR_OK, "" },
		{ "lrswipkxtean", ERR_OK, "lrswipkxteancd" },
		{ "rl", ERR_OK, "lr" },
		{ "c", ERR_OK, "kxc" }, /* section 2.1.1 */
		{ "d", ERR_OK, "ted" },
		{ "k", ERR_OK, "kc" },
		{ "x", ERR_OK, "xc" },
		{ "t", ERR_OK, "td" },
		{ "e", ERR_OK, "ed" },
		{ "lrQ", ERR_SYNTAX, "" },
		{ "L", ERR_SYNTAX, "" },
		{ "lrq", ERR_SYNTAX, "" },
		{ "210", ERR_OK, "012" }, /* section 2.1 */
		{ "aw1", ERR_OK, "wa1" },
		{ "3", ERR_SYNTAX, "" },
		{ "l r", ERR_SYNTAX, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t rights = 0;
		struct buf b;

		buf_init(&b, 64);
		IS_NUM(acl_letters_get(str_from_c(rows[i].letters), &rights), rows[i].want);
		acl_letters_put(&b, rights);
		IS_STR(buf_str(&b), str_from_c(rows[i].want_back));
		buf_done(&b);
	}
	OK(strcmp(acl_letter(ACL_ADMIN), "a") == 0, "one letter");
}

/* At the top of the public store: who has logged on reads and posts, nobody else does, and a delegate is nothing there. */
static void test_public(void)
{
	static const struct acl_user member = { .account = 8, .access = ACCESS_NONE };
	struct acl stranger = { acl_public.entries, 1 };

	uint32_t author = 0;

	IS_NUM(acl_role_get(S("author"), &author), ERR_OK);
	IS_NUM(acl_rights(&acl_public, &member), author);
	IS_NUM(acl_rights(&acl_public, &bob), author);
	IS_NUM(acl_rights(&stranger, &member), 0);
	OK(acl_public.count == 2 && acl_public.entries[0].kind == ACL_ANYONE, "the entry of strangers is there to be seen");
	OK(!acl_names_user(&acl_public, &member), "by no name");
}

/* Roles are sums of single rights, each letter is in one of those, and names come back from what they stand for. */
static void test_roles(void)
{
	size_t count;
	const struct acl_role *rows = acl_roles(&count);
	uint32_t all = 0, rights, again;

	for (size_t i = 0; i < count; i++) {
		IS_NUM(acl_role_get(str_from_c(rows[i].name), &rights), ERR_OK);
		if (rows[i].single) {
			IS_NUM(all & rights, 0);
			all |= rights;
			continue;
		}
		IS_STR(acl_role_name(rights), str_from_c(rows[i].name));
		for (size_t n = 0; n < count && rows[n].single; n++) {
			IS_NUM(acl_role_get(str_from_c(rows[n].name), &again), ERR_OK);
			OK((rights & again) == 0 || (rights & again) == again, "%s has all of %s or nothing", rows[i].name, rows[n].name);
		}
	}
	IS_NUM(all, ACL_KNOWN);
	IS_NUM(acl_role_get(S("NonEditing Author"), &rights), ERR_OK);
	IS_NUM(acl_role_get(S("nonediting-author"), &again), ERR_OK);
	IS_NUM(rights, again);
	IS_NUM(acl_role_get(S("auth"), &rights), ERR_NOTFOUND);
	IS_NUM(acl_role_get(S("authors"), &rights), ERR_NOTFOUND);
	IS_NUM(acl_role_get(S(""), &rights), ERR_NOTFOUND);
	IS_STR(acl_role_name(ACL_LOOKUP | ACL_SEEN), S(""));
	IS_NUM(acl_rights_own(ACL_READ | ACL_WRITE_OWN), ACL_READ | ACL_WRITE_OWN | ACL_WRITE);
	IS_NUM(acl_rights_own(ACL_DELETE_OWN), ACL_DELETE_OWN | ACL_DELETE_MESSAGES | ACL_EXPUNGE);
	IS_NUM(acl_rights_own(ACL_CONTACT | ACL_READ), ACL_CONTACT | ACL_READ);
}

/* Takes *acl. */
static void change(struct acl **acl, struct acl_change change)
{
	struct acl *was = *acl;

	IS_NUM(acl_change(was, &change, acl), ERR_OK);
	acl_free(was);
}

static struct acl_entry of(enum acl_kind kind, uint64_t account, uint32_t rights)
{
	return (struct acl_entry){ .kind = kind, .account = account, .rights = rights };
}

static void test_rights(void)
{
	struct acl *acl = NULL;
	struct acl_entry taken = of(ACL_ANYONE, 0, ACL_EXPUNGE);

	IS_NUM(acl_rights(NULL, &owner), ACL_ALL);
	IS_NUM(acl_rights(NULL, &bob), ACL_ALL);
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 8, ACL_LOOKUP | ACL_READ) });
	IS_NUM(acl_rights(acl, &bob), ACL_LOOKUP | ACL_READ);
	IS_NUM(acl_rights(acl, &carol), ACL_ALL);
	change(&acl, (struct acl_change){ .entry = of(ACL_DELEGATES, 0, ACL_LOOKUP | ACL_EXPUNGE) });
	IS_NUM(acl_rights(acl, &carol), ACL_LOOKUP | ACL_EXPUNGE);
	IS_NUM(acl_rights(acl, &bob), ACL_LOOKUP | ACL_READ);
	taken.negative = true;
	change(&acl, (struct acl_change){ .entry = taken });
	IS_NUM(acl_rights(acl, &carol), ACL_LOOKUP);
	change(&acl, (struct acl_change){ .entry = of(ACL_AUTHENTICATED, 0, ACL_READ) });
	IS_NUM(acl_rights(acl, &carol), ACL_LOOKUP);
	change(&acl, (struct acl_change){ .entry = of(ACL_DELEGATES, 0, 0), .remove = true });
	IS_NUM(acl_rights(acl, &carol), ACL_READ);
	IS_NUM(acl_rights(acl, &owner), ACL_ALL);
	acl_free(acl);
}

/* Groups stand between one's own entry and that for delegates, and add up; who may only read gets no more as a delegate. */
static void test_groups(void)
{
	static const uint64_t in[] = { 20, 22 };
	struct acl_user member = { .account = 30, .access = ACCESS_NONE, .groups = in, .groups_count = 2 }, reader = member, full = member;
	struct acl_entry taken = of(ACL_GROUP, 22, ACL_WRITE);
	struct acl *acl = NULL;

	reader.access = ACCESS_READ;
	full.access = ACCESS_FULL;
	IS_NUM(acl_rights(NULL, &member), 0);
	IS_NUM(acl_rights(NULL, &reader), ACL_READERS);
	IS_NUM(acl_rights(NULL, &full), ACL_ALL);
	change(&acl, (struct acl_change){ .entry = of(ACL_GROUP, 20, ACL_LOOKUP | ACL_SEEN) });
	IS_NUM(acl_rights(acl, &member), ACL_LOOKUP | ACL_SEEN);
	IS_NUM(acl_rights(acl, &reader), ACL_LOOKUP | ACL_SEEN);
	IS_NUM(acl_rights(acl, &full), ACL_LOOKUP | ACL_SEEN);
	IS_NUM(acl_rights(acl, &bob), ACL_ALL);
	change(&acl, (struct acl_change){ .entry = of(ACL_GROUP, 21, ACL_INSERT) });
	change(&acl, (struct acl_change){ .entry = of(ACL_GROUP, 22, ACL_READ | ACL_WRITE) });
	IS_NUM(acl_rights(acl, &member), ACL_LOOKUP | ACL_SEEN | ACL_READ | ACL_WRITE);
	taken.negative = true;
	change(&acl, (struct acl_change){ .entry = taken });
	IS_NUM(acl_rights(acl, &member), ACL_LOOKUP | ACL_SEEN | ACL_READ);
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 30, ACL_INSERT | ACL_WRITE) });
	IS_NUM(acl_rights(acl, &member), ACL_INSERT);
	/* What is for all is for who has no right on the mailbox, too. */
	change(&acl, (struct acl_change){ .entry = of(ACL_AUTHENTICATED, 0, ACL_LOOKUP) });
	IS_NUM(acl_rights(acl, &(struct acl_user){ .account = 31, .access = ACCESS_NONE }), ACL_LOOKUP);
	IS_NUM(acl_rights(acl, &(struct acl_user){ .account = 31, .access = ACCESS_READ }), ACL_READERS);
	acl_free(acl);
}

/* Who has no account gets what is for anyone, and of that nothing that changes folders or lists, nor is kept of readers. */
static void test_nameless(void)
{
	struct acl_user nameless = { .account = ACCESS_ANYONE_ACCOUNT, .access = ACCESS_ANYONE }, logged_on = { .account = 31, .access = ACCESS_NONE };
	struct acl_entry taken = of(ACL_ANYONE, 0, ACL_WRITE);
	struct acl *acl = NULL;

	IS_NUM(acl_rights(NULL, &nameless), 0);
	change(&acl, (struct acl_change){ .entry = of(ACL_AUTHENTICATED, 0, ACL_ALL) });
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 8, ACL_ALL) });
	change(&acl, (struct acl_change){ .entry = of(ACL_GROUP, 9, ACL_ALL) });
	IS_NUM(acl_rights(acl, &nameless), 0);
	change(&acl, (struct acl_change){ .entry = of(ACL_ANYONE, 0, ACL_READERS) });
	IS_NUM(acl_rights(acl, &nameless), ACL_READERS);
	OK(acl_entry_of(acl, &nameless)->kind == ACL_ANYONE && acl_entry_of(acl, &logged_on)->kind == ACL_AUTHENTICATED &&
			acl_entry_of(acl, &bob)->account == 8 && acl_entry_of(acl, &owner) == NULL && acl_entry_of(NULL, &nameless) == NULL,
		"which entry it is by");
	IS_NUM(acl_rights(acl, &logged_on), ACL_ALL);
	change(&acl, (struct acl_change){ .entry = of(ACL_ANYONE, 0, ACL_ALL) });
	IS_NUM(acl_rights(acl, &nameless), ACL_ALL & ~(ACL_SEEN | ACL_CREATE | ACL_DELETE | ACL_ADMIN));
	taken.negative = true;
	change(&acl, (struct acl_change){ .entry = taken });
	IS_NUM(acl_rights(acl, &nameless) & ACL_WRITE, 0);
	nameless.access = ACCESS_NONE; /* as in a box that is not the session's own */
	IS_NUM(acl_rights(acl, &nameless) & (ACL_CREATE | ACL_DELETE | ACL_ADMIN), 0);
	/* An entry of the reserved id cannot come from the directory; were there one, it would still give nothing more. */
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, ACCESS_ANYONE_ACCOUNT, ACL_ALL) });
	IS_NUM(acl_rights(acl, &nameless) & (ACL_CREATE | ACL_DELETE | ACL_ADMIN), 0);
	acl_free(acl);
}

static void test_change(void)
{
	struct acl *acl = NULL, *copy;
	struct acl_entry taken = of(ACL_ACCOUNT, 8, ACL_WRITE);
	uint64_t gone[] = { 9, 11 };

	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 9, ACL_READ) });
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 8, ACL_READ), .how = ACL_ADD });
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 8, ACL_LOOKUP), .how = ACL_ADD });
	taken.negative = true;
	change(&acl, (struct acl_change){ .entry = taken });
	IS_NUM(acl->count, 4);
	OK(acl->entries[0].kind == ACL_DELEGATES && acl->entries[1].account == 8 && !acl->entries[1].negative &&
			acl->entries[2].negative && acl->entries[3].account == 9,
		"in order");
	IS_NUM(acl->entries[1].rights, ACL_LOOKUP | ACL_READ);
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 8, ACL_LOOKUP), .how = ACL_REMOVE });
	IS_NUM(acl->entries[1].rights, ACL_READ);
	copy = acl_copy(acl);
	IS_NUM(copy->count, acl->count);
	/* The positive entry goes; the negative one is another identifier (section 2). */
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 8, 0), .remove = true, .gone = gone, .gone_count = 2 });
	IS_NUM(acl->count, 2);
	OK(acl->entries[1].negative && acl->entries[1].account == 8, "negative stays, what stands for nobody goes");
	taken.rights = ACL_ALL;
	change(&acl, (struct acl_change){ .entry = taken, .how = ACL_REMOVE });
	IS_NUM(acl->count, 1);
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 5, ACL_READ), .how = ACL_REMOVE });
	IS_NUM(acl->count, 1);
	change(&acl, (struct acl_change){ .entry = of(ACL_ACCOUNT, 5, 0) });
	IS_NUM(acl->count, 2);
	acl_free(acl);
	IS_NUM(copy->count, 4);
	acl_free(copy);
	OK(acl_copy(NULL) == NULL, "nothing of nothing");
}

static void test_names(void)
{
	static struct acl_entry entries[] = {
		{ .kind = ACL_ANYONE },
		{ .kind = ACL_ACCOUNT, .account = 8 },
		{ .kind = ACL_ACCOUNT, .account = 8, .negative = true },
		{ .kind = ACL_ACCOUNT, .account = 9 },
	};
	struct acl acl = { entries, 4 };
	uint64_t ids[4], gone[4];
	struct buf b;
	struct wr w = wr_to(&b);
	struct acl_names names = { .ids = ids };

	IS_NUM(acl_word_kind(S("Anyone")), ACL_ANYONE);
	IS_NUM(acl_word_kind(S("DOM\\anyone")), ACL_ACCOUNT);
	IS_STR(acl_word(ACL_DELEGATES), S("delegates"));
	IS_STR(acl_word(ACL_ACCOUNT), S(""));
	names.count = acl_accounts(&acl, ids);
	OK(names.count == 2 && ids[0] == 8 && ids[1] == 9, "each account once");
	buf_init(&b, 100);
	wr_str(&w, S("DOM\\owner"));
	wr_str(&w, S(""));
	wr_str(&w, S("DOM\\carol"));
	names.octets = buf_str(&b);
	IS_STR(acl_names_owner(&names), S("DOM\\owner"));
	IS_STR(acl_identifier(&entries[0], &names), S("anyone"));
	IS_STR(acl_identifier(&entries[2], &names), S(""));
	IS_STR(acl_identifier(&entries[3], &names), S("DOM\\carol"));
	IS_STR(acl_names_get(&names, 77), S(""));
	IS_NUM(acl_names_gone(&names, gone), 1);
	IS_NUM(gone[0], 8);
	/* What was cut off is not known, and nobody is taken for gone. */
	names.octets.len -= 3;
	IS_STR(acl_identifier(&entries[3], &names), S(""));
	IS_NUM(acl_names_gone(&names, gone), 1);
	buf_done(&b);
}

static void test_limit(void)
{
	struct acl *acl = NULL, *more = NULL;
	struct acl_change one = { .entry = of(ACL_ACCOUNT, 0, ACL_READ) };

	while (acl == NULL || acl->count < ACL_ENTRIES_MAX) {
		one.entry.account++;
		change(&acl, one);
	}
	one.entry.account++;
	IS_NUM(acl_change(acl, &one, &more), ERR_LIMIT);
	acl_free(acl);
}

int main(void)
{
	test_roles();
	test_public();
	test_letters();
	test_rights();
	test_groups();
	test_nameless();
	test_change();
	test_names();
	test_limit();
	return tap_done();
}
