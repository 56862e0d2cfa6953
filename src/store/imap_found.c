#include "store/imap_found.h"

#include "mail/record.h"

struct telling {
	const struct item *const *items;
	size_t told;
	imap_found_each *each;
	void *arg;
};

static bool tell(void *arg, size_t n, const struct message_parts *parts)
{
	struct telling *t = arg;

	if (parts->record == NULL)
		return false;
	t->each(t->arg, n, t->items[n], parts->record);
	t->told = n + 1;
	return true;
}

/* What the rows did not tell. */
static void tell_alone(struct imap *i, struct telling *t)
{
	struct arena a;
	struct str octets;
	struct record record;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = message_record(i->s->mailbox, t->items[0], &a, &octets);
	if (e == ERR_OK)
		e = record_open_view(octets, &record);
	t->each(t->arg, 0, t->items[0], e == ERR_OK ? &record : NULL);
	arena_done(&a);
}

size_t imap_found_records(struct imap *i, const uint32_t *seqs, size_t count, imap_found_each *each, void *arg)
{
	const struct item *items[MESSAGE_LIST_MAX];
	struct message_list list = { .items = items, .want = MESSAGE_RECORD };
	struct telling t = { .items = items, .each = each, .arg = arg };

	must(count > 0);
	for (size_t n = 0; n < count && n < MESSAGE_LIST_MAX; n++)
		items[list.count++] = view_item(i->view, seqs[n]);
	if (message_list_each(i->s->mailbox, &list, tell, &t) == ERR_OK && t.told > 0)
		return t.told;
	if (t.told == 0)
		tell_alone(i, &t);
	return t.told > 0 ? t.told : 1;
}
