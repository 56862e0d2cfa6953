#include "store/care_message.h"

#include "store/keys.h"
#include "store/message.h"

static const char named, unnamed;

void care_message_unreadable(struct store_check *v, kv_blob blob)
{
	map_put(&v->unreadable, blob, (void *)(uintptr_t)&unnamed);
}

static bool found_unreadable(struct store_check *v, kv_blob blob)
{
	if (blob == 0 || !map_get(&v->unreadable, blob))
		return false;
	map_put(&v->unreadable, blob, (void *)(uintptr_t)&named);
	return true;
}

/* Neither removed since nor with its whole mailbox on the way out. */
static bool still_there(struct store_check *v, uint64_t id, const struct email_row *row)
{
	struct key email = key_number(KEYS_EMAIL, id), box = key_mailbox();
	struct kv_read reads[] = { { .shard = v->mailbox, .key = key_str(&email) }, { .shard = v->mailbox, .key = key_str(&box) } };
	struct mailbox_row mailbox;
	struct email_row now;
	struct arena a;
	bool there;

	arena_init(&a, ARENA_NONE);
	there = kv_read_all(v->s->kv, reads, 2, &a) != ERR_OK ||
		(reads[0].ret_found && reads[1].ret_found && email_row_get(reads[0].ret_value, &now) == ERR_OK && now.blob == row->blob &&
			(mailbox_row_get(reads[1].ret_value, &mailbox) != ERR_OK || !mailbox.removing));
	arena_done(&a);
	return there;
}

struct naming {
	struct store_check *v;
	uint64_t email;
	bool found;
};

static bool name_item(void *arg, struct str key, struct str value)
{
	struct naming *n = arg;
	struct item it;
	uint32_t folder;

	if (key_item_get(key, &folder, &it.uid) != ERR_OK || item_get(value, &it) != ERR_OK || it.email != n->email)
		return true;
	n->found = true;
	care_problem(n->v, folder, it.uid, "a message's octets or record are damaged");
	return true;
}

static void name_message(struct store_check *v, uint64_t email)
{
	struct key from = key_kind(KEYS_ITEM), to = key_kind_end(KEYS_ITEM);
	struct naming n = { v, email, false };

	if (kv_scan(v->s->kv, v->mailbox, key_str(&from), key_str(&to), 0, name_item, &n) != ERR_OK || !n.found)
		care_problem(v, 0, 0, "a message's octets or record are damaged; it is in no folder");
}

void care_message_check(struct store_check *v, uint64_t id, const struct email_row *row)
{
	bool octets = found_unreadable(v, row->blob), record = found_unreadable(v, row->record_blob), bad = octets || record;

	if (!bad && v->options.records)
		bad = message_sound(v->s->kv, v->mailbox, id, row) != ERR_OK;
	if (bad && still_there(v, id, row))
		name_message(v, id);
}

void care_message_over(struct store_check *v)
{
	MAP_EACH (const char, state, &v->unreadable) {
		if (state == &unnamed)
			care_problem(v, 0, 0, "octets of a message that no mailbox has cannot be read");
	}
}
