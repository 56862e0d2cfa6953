#include "store/annotation.h"

#include "store/keys.h"

struct reading {
	struct arena *arena;
	struct annotation *rows;
	size_t count;
};

static void keep(void *arg, const struct annotation *row)
{
	struct reading *r = arg;

	must(r->count < ANNOTATIONS_MAX);
	r->rows[r->count++] = *row;
}

enum err annotation_read(struct mailbox *m, uint32_t folder, struct arena *a, struct annotation_list *ret)
{
	struct key key = key_folder(KEYS_ANNOTATIONS, folder);
	struct kv_read row = { .shard = m->id, .key = key_str(&key) };
	struct reading r = { .arena = a };
	enum err e = kv_read_all(m->store->kv, &row, 1, a);

	if (e == ERR_OK && row.ret_found) {
		r.rows = ARENA_ARRAY(a, struct annotation, ANNOTATIONS_MAX);
		e = annotations_row_get(row.ret_value, keep, &r);
	}
	if (e == ERR_OK)
		*ret = (struct annotation_list){ r.rows, r.count };
	return e;
}

/* Whether a later change is about the same. */
static bool is_overtaken(const struct annotation_list *changes, size_t i)
{
	for (size_t j = i + 1; j < changes->count; j++) {
		if (annotation_order(&changes->rows[i], &changes->rows[j]) == 0)
			return true;
	}
	return false;
}

void annotation_put(struct annotation *rows, size_t *count, const struct annotation *change, annotation_order_fn *order)
{
	size_t at = 0, end = *count, gone;

	while (at < end) {
		size_t mid = at + (end - at) / 2;

		if (order(&rows[mid], change) < 0)
			at = mid + 1;
		else
			end = mid;
	}
	gone = at < *count && order(&rows[at], change) == 0;
	if (change->value.at == NULL) {
		memmove(rows + at, rows + at + gone, (*count - at - gone) * sizeof(*rows));
		*count -= gone;
		return;
	}
	if (!gone)
		memmove(rows + at + 1, rows + at, (*count - at) * sizeof(*rows));
	*count += !gone;
	rows[at] = *change;
}

enum err annotation_merge(struct arena *a, const struct annotation_list *was, const struct annotation_list *changes,
	struct annotation_list *ret)
{
	struct annotation *rows = ARENA_ARRAY(a, struct annotation, was->count + changes->count + 1);
	size_t count = was->count, octets = 0;

	if (was->count > 0)
		memcpy(rows, was->rows, was->count * sizeof(*rows));
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->rows[i].value.len > ANNOTATION_VALUE_OCTETS_MAX)
			return ERR_VALUESIZE;
		if (changes->rows[i].entry.len == 0 || changes->rows[i].entry.len > ANNOTATION_ENTRY_OCTETS_MAX)
			return ERR_SYNTAX;
		if (!is_overtaken(changes, i))
			annotation_put(rows, &count, &changes->rows[i], annotation_order);
	}
	for (size_t i = 0; i < count; i++)
		octets += rows[i].entry.len + rows[i].value.len;
	if (count > ANNOTATIONS_MAX || octets > ANNOTATIONS_OCTETS_MAX)
		return ERR_TOOMANYENTRIES;
	*ret = (struct annotation_list){ rows, count };
	return ERR_OK;
}

struct str annotation_row(struct arena *a, const struct annotation_list *list)
{
	struct buf value;
	struct wr to = wr_to(&value);
	struct str row = STR_NONE;

	if (list->count == 0)
		return row;
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	annotations_row_put(&to, list);
	must(wr_end(&to) == ERR_OK);
	row = arena_str(a, buf_str(&value));
	buf_done(&value);
	return row;
}

struct sum {
	struct key own;
	size_t own_octets, octets; /* of the folder's row, of the others */
};

static bool add_row(void *arg, struct str key, struct str value)
{
	struct sum *s = arg;

	if (str_eq(key, key_str(&s->own)))
		s->own_octets = value.len;
	else
		s->octets += value.len;
	return true;
}

/* Rows are few and their lengths at hand; whatever the sum is by now, a folder may always have less. */
enum err annotation_room(struct mailbox *m, uint32_t folder, size_t octets)
{
	struct key from = key_kind(KEYS_ANNOTATIONS), to = key_kind_end(KEYS_ANNOTATIONS);
	struct sum sum = { .own = key_folder(KEYS_ANNOTATIONS, folder) };
	enum err e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, add_row, &sum);

	if (e != ERR_OK || octets <= sum.own_octets)
		return e;
	return sum.octets + octets > ANNOTATIONS_BOX_OCTETS_MAX ? ERR_TOOMANYENTRIES : ERR_OK;
}

struct annotation_list annotation_copy(struct arena *a, const struct annotation_list *list)
{
	struct annotation *rows = ARENA_ARRAY(a, struct annotation, list->count + 1);

	for (size_t i = 0; i < list->count; i++) {
		rows[i] = list->rows[i];
		rows[i].entry = arena_str(a, list->rows[i].entry);
		if (list->rows[i].value.at != NULL)
			rows[i].value = arena_str(a, list->rows[i].value);
	}
	return (struct annotation_list){ rows, list->count };
}

void annotation_tell(struct mailbox *m, uint32_t folder, const struct annotation_list *changes, const void *but)
{
	LIST_EACH (node, &m->watches) {
		struct mailbox_watch *w = LIST_OF(node, struct mailbox_watch, node);

		if (but == NULL || w->arg != but)
			w->annotated(w->arg, folder, changes);
	}
}

/* ---- for sessions ---- */

void mailbox_watch(struct mailbox *m, struct mailbox_watch *w)
{
	list_add_tail(&m->watches, &w->node);
}

void mailbox_unwatch(struct mailbox_watch *w)
{
	list_remove(&w->node);
}

enum err folder_annotations(struct mailbox *m, uint32_t folder, struct arena *a, struct annotation_list *ret)
{
	struct folder_info info;
	enum err e = folder == 0 ? ERR_OK : folder_by_id(m, folder, &info);

	return e == ERR_OK ? annotation_read(m, folder, a, ret) : e;
}
