#include "store/note_row.h"

#include "store/annotation.h"

#define VERSION    1u
#define ROW_OCTETS 16u /* of one, beside its texts: owner and two lengths */

int note_order(const struct annotation *a, const struct annotation *b)
{
	int order = str_cmp(a->entry, b->entry);

	if (order != 0)
		return order;
	return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static size_t octets_of(const struct annotation *n)
{
	return ROW_OCTETS + n->entry.len + n->value.len;
}

/* ---- the row ---- */

enum err note_row_get(struct str value, struct arena *a, struct annotation_list *ret)
{
	struct rd r = rd_from(value);
	unsigned version = rd_u8(&r), count = rd_u8(&r);
	struct annotation *rows = ARENA_ARRAY(a, struct annotation, count + 1);
	bool sound = version == VERSION && count > 0 && count <= NOTES_MAX;

	for (unsigned i = 0; sound && i < count; i++) {
		rows[i] = annotation_get(&r);
		sound = !r.failed && rows[i].entry.len > 0 && rows[i].entry.len <= NOTE_ENTRY_OCTETS_MAX &&
			rows[i].value.len <= NOTE_VALUE_OCTETS_MAX && (i == 0 || note_order(&rows[i - 1], &rows[i]) < 0);
	}
	if (rd_end(&r) != ERR_OK || !sound)
		return ERR_CORRUPT;
	*ret = (struct annotation_list){ rows, count };
	return ERR_OK;
}

struct str note_row(struct arena *a, const struct annotation_list *list)
{
	struct buf value;
	struct wr to = wr_to(&value);
	struct str row = STR_NONE;

	if (list->count == 0)
		return row;
	buf_init(&value, NOTES_OCTETS_MAX);
	annotations_row_put(&to, list);
	must(wr_end(&to) == ERR_OK);
	row = arena_str(a, buf_str(&value));
	buf_done(&value);
	return row;
}

/* ---- changing ---- */

enum err note_merge(struct arena *a, const struct annotation_list *was, const struct annotation_list *changes,
	struct annotation_list *ret)
{
	struct annotation *rows = ARENA_ARRAY(a, struct annotation, was->count + changes->count + 1);
	size_t count = was->count, octets = 2;

	if (was->count > 0)
		memcpy(rows, was->rows, was->count * sizeof(*rows));
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->rows[i].value.len > NOTE_VALUE_OCTETS_MAX)
			return ERR_NOTESIZE;
		if (changes->rows[i].entry.len == 0 || changes->rows[i].entry.len > NOTE_ENTRY_OCTETS_MAX)
			return ERR_SYNTAX;
		annotation_put(rows, &count, &changes->rows[i], note_order);
	}
	for (size_t i = 0; i < count; i++)
		octets += octets_of(&rows[i]);
	if (count > NOTES_MAX || octets > NOTES_OCTETS_MAX)
		return ERR_TOOMANYNOTES;
	*ret = (struct annotation_list){ rows, count };
	return ERR_OK;
}
