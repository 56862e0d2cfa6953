/* Who finds folders that were given to him: from lists as they change, and from lists on disk. */
#include "store/granted.h"

#include "../tap.h"
#include "store/keys.h"
#include "store/row.h"

static struct acl_entry entries[] = {
	{ .kind = ACL_DELEGATES, .rights = ACL_ALL },
	{ .kind = ACL_GROUP, .rights = ACL_READ, .account = 20 },
	{ .kind = ACL_ACCOUNT, .rights = ACL_READ, .account = 7 },
	{ .kind = ACL_ACCOUNT, .rights = ACL_READ, .account = 7, .negative = true },
	{ .kind = ACL_ACCOUNT, .rights = 0, .account = 8 },
	{ .kind = ACL_ACCOUNT, .rights = ACL_READ, .account = 9, .negative = true },
};
static struct acl_entry for_all[] = { { .kind = ACL_AUTHENTICATED, .rights = ACL_LOOKUP } };
static const struct acl some = { entries, 6 }, all = { for_all, 1 };

static size_t find(const struct granted *g, uint64_t account, uint64_t group, uint64_t *ret, size_t max)
{
	return granted_find(g, &(struct granted_query){ account, &group, group != 0, true }, ret, max);
}

static void test_notes(void)
{
	struct granted g;
	uint64_t ids[8];

	granted_init(&g);
	granted_note(&g, 5, &some);
	granted_note(&g, 3, &some);
	granted_note(&g, 5, &some);
	OK(find(&g, 7, 0, ids, 8) == 2 && ids[0] == 3 && ids[1] == 5, "each mailbox once, ascending");
	OK(find(&g, 1, 20, ids, 8) == 2 && ids[0] == 3, "by a group");
	OK(find(&g, 7, 20, ids, 8) == 2, "by both");
	OK(find(&g, 8, 0, ids, 8) == 0, "to be given nothing is no gift");
	OK(find(&g, 9, 0, ids, 8) == 0, "neither is to be denied something");
	OK(find(&g, 1, 21, ids, 8) == 0, "another group");
	granted_note(&g, 4, &all);
	OK(find(&g, 1, 0, ids, 8) == 1 && ids[0] == 4, "what is for all");
	OK(find(&g, 7, 20, ids, 8) == 3 && ids[1] == 4, "stands among the others");
	OK(find(&g, 7, 20, ids, 2) == 2, "no more than there is room for");
	OK(granted_find(&g, &(struct granted_query){ .account = 7 }, ids, 8) == 2, "without what is for all");
	granted_done(&g);
}

static void put(struct kv *kv, uint64_t mailbox, const struct acl *acl)
{
	struct kv_write *w = kv_write_new(kv);
	struct key key = key_folder(KEYS_ACL, 1);
	struct buf value;
	struct wr to = wr_to(&value);

	buf_init(&value, 1000);
	if (acl != NULL)
		acl_row_put(&to, acl);
	else
		buf_put_c(&value, "no list");
	kv_put(w, mailbox, key_str(&key), buf_str(&value));
	IS_NUM(kv_commit_now(kv, w), ERR_OK);
	buf_done(&value);
}

static void test_load(void)
{
	struct kv_options options = { .folder = NULL };
	struct granted g;
	struct kv *kv;
	uint64_t ids[8];

	IS_NUM(kv_open_memory(&options, &kv), ERR_OK);
	put(kv, 12, &some);
	put(kv, 2, NULL);
	put(kv, 3000, &all);
	put(kv, UINT64_MAX - 1, &some); /* the shard of somebody else */
	granted_init(&g);
	IS_NUM(granted_load(&g, kv), ERR_OK);
	OK(find(&g, 7, 0, ids, 8) == 2 && ids[0] == 12 && ids[1] == 3000, "lists on disk, and no others");
	granted_done(&g);
	kv_close(kv);
}

int main(void)
{
	test_notes();
	test_load();
	return tap_done();
}
