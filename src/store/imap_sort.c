#include "store/imap_sort.h"

#include "base/mem.h"
#include "mail/encoded_word.h"
#include "mail/record.h"
#include "mail/subject.h"
#include "store/imap_esearch.h"
#include "store/imap_found.h"
#include "store/imap_text.h"
#include "store/merge.h"
#include "wire/imap_note.h"

#define SORT_OCTETS_MAX ((size_t)256 << 20) /* of all texts that are compared */
#define READS_STEP      8                   /* times MESSAGE_LIST_MAX messages */
#define ITEMS_STEP      10000
#define NOTES_STEP      500
#define MOVES_STEP      ((size_t)4096)

union value {
	int64_t number;
	struct str text;
};

struct sorting {
	struct imap_sort sort;
	const struct imap_search *search;
	enum imap_collation collation;
	const uint8_t *scores;
	struct imap_esearch out; /* with RETURN */
	uint8_t *sorted_scores;  /* owned */
	bool begun, by_record;
	const uint32_t *seqs;
	bool by_note;
	size_t count, read, put, noted; /* noted: notes of so many were read */
	union value *values; /* count rows of sort.count; owned */
	struct arena texts;
	struct buf scratch, folded;
	bool too_much;
	struct merge merge;
};

static bool is_text(enum imap_sort_key key)
{
	return key != IMAP_SORT_ARRIVAL && key != IMAP_SORT_DATE && key != IMAP_SORT_SIZE &&
	       key != IMAP_SORT_RELEVANCY;
}

/* ---- what is compared ---- */

static struct record_rows rows_of(const struct record_envelope *e, enum imap_sort_key key)
{
	if (key == IMAP_SORT_CC)
		return e->cc;
	return key == IMAP_SORT_FROM || key == IMAP_SORT_DISPLAYFROM ? e->from : e->to;
}

/* RFC 5256: the mailbox of the first address; RFC 5957 section 3: its name, or the whole address. */
static void put_address(struct sorting *s, const struct record *r, const struct record_envelope *e,
	enum imap_sort_key key)
{
	struct record_rows rows = rows_of(e, key);
	struct record_address a = { 0 };
	bool display = key == IMAP_SORT_DISPLAYFROM || key == IMAP_SORT_DISPLAYTO;

	if (!record_address_next(r, &rows, &a))
		return;
	if (display && a.name.len > 0) {
		encoded_word_decode(a.name, &s->scratch);
		if (s->scratch.len > 0)
			return;
	}
	buf_put(&s->scratch, a.mailbox);
	if (display && a.host.len > 0) {
		buf_put_octet(&s->scratch, '@');
		buf_put(&s->scratch, a.host);
	}
}

/* Octets of s->scratch, folded. */
static struct str keep_text(struct sorting *s)
{
	char *copy;

	buf_clear(&s->folded);
	imap_text_casemap(s->collation, buf_str(&s->scratch), &s->folded);
	if (s->folded.len == 0)
		return STR_NONE;
	copy = arena_try(&s->texts, s->folded.len);
	s->too_much |= copy == NULL;
	if (copy == NULL)
		return STR_NONE;
	memcpy(copy, s->folded.at, s->folded.len);
	return str_make(copy, s->folded.len);
}

static struct str text_of(struct sorting *s, const struct record *r, const struct record_envelope *e,
	enum imap_sort_key key)
{
	buf_clear(&s->scratch);
	if (key == IMAP_SORT_SUBJECT)
		imap_text_subject(e->subject, &s->scratch);
	else
		put_address(s, r, e, key);
	return keep_text(s);
}

/* RFC 5257 section 4.9, before the records are read: the engine is not asked while those are told. */
static void take_notes(struct imap *i, struct sorting *s)
{
	const struct item *it = view_item(i->view, s->seqs[s->noted]);
	union value *values = &s->values[s->noted++ * s->sort.count];
	struct annotation_list list;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	if (message_notes(view_mailbox(i->view), view_folder(i->view), it, &a, &list) != ERR_OK)
		list.count = 0;
	for (size_t k = 0; k < s->sort.count; k++) {
		const struct imap_sort_by *by = &s->sort.by[k];
		uint64_t owner = by->shared ? 0 : i->s->user.account;

		for (size_t n = 0; by->key == IMAP_SORT_NOTE && n < list.count; n++) {
			if (list.rows[n].owner != owner || !str_eq(list.rows[n].entry, by->entry))
				continue;
			buf_clear(&s->scratch);
			buf_put(&s->scratch, list.rows[n].value);
			values[k].text = keep_text(s);
		}
	}
	arena_done(&a);
}

static int64_t number_of(const struct item *it, const struct record_envelope *e, enum imap_sort_key key)
{
	if (key == IMAP_SORT_SIZE)
		return it->octets;
	if (key == IMAP_SORT_ARRIVAL)
		return it->date;
	if (it->sent != 0)
		return it->sent;
	return e->sent_valid ? e->sent_seconds : it->date;
}

/* Numbers whose order is that of the values, as far as the first octets tell. */
static int64_t first_of(const union value *v, const struct imap_sort_by *by)
{
	uint64_t octets = 0;
	int64_t key = v->number;

	if (is_text(by->key)) {
		for (size_t n = 0; n < sizeof(octets); n++)
			octets = octets << 8 | (n < v->text.len ? (unsigned char)v->text.at[n] : 0);
		key = (int64_t)(octets ^ UINT64_C(1) << 63);
	}
	return by->reverse ? ~key : key;
}

static void take(void *arg, size_t n, const struct item *it, const struct record *record)
{
	struct sorting *s = arg;
	union value *values = &s->values[(s->read + n) * s->sort.count];
	struct record_envelope e = { 0 };

	if (record == NULL || !record_envelope(record, 0, &e))
		memset(&e, 0, sizeof(e));
	for (size_t k = 0; k < s->sort.count; k++) {
		enum imap_sort_key key = s->sort.by[k].key;

		if (key == IMAP_SORT_NOTE)
			continue; /* take_notes has been there */
		if (key == IMAP_SORT_RELEVANCY)
			values[k].number = -(int64_t)s->scores[s->read + n];
		else if (!is_text(key))
			values[k].number = number_of(it, &e, key);
		else
			values[k].text = record ? text_of(s, record, &e, key) : STR_NONE;
	}
	s->merge.rows[s->read + n] =
		(struct merge_row){ first_of(values, s->sort.by), (uint32_t)(s->read + n) };
}

static int compare(void *arg, uint32_t a, uint32_t b)
{
	const struct sorting *s = arg;
	const union value *va = &s->values[a * s->sort.count], *vb = &s->values[b * s->sort.count];
	int order = 0;

	for (size_t k = 0; k < s->sort.count && order == 0; k++) {
		if (is_text(s->sort.by[k].key))
			order = str_cmp(va[k].text, vb[k].text);
		else
			order = va[k].number < vb[k].number ? -1 : va[k].number > vb[k].number;
		if (s->sort.by[k].reverse)
			order = -order;
	}
	return order;
}

/* ---- the command ---- */

/* What the folder itself knows is enough for some keys. */
static bool needs_records(struct imap *i, const struct sorting *s)
{
	bool by_date = false;

	for (size_t k = 0; k < s->sort.count; k++) {
		if (is_text(s->sort.by[k].key) && s->sort.by[k].key != IMAP_SORT_NOTE)
			return true;
		by_date |= s->sort.by[k].key == IMAP_SORT_DATE;
	}
	for (size_t n = 0; by_date && n < s->count; n++) {
		if (view_item(i->view, s->seqs[n])->sent == 0)
			return true;
	}
	return false;
}

static uint32_t sorted_at(void *arg, size_t n)
{
	const struct sorting *s = arg;

	return s->seqs[s->merge.rows[n].at];
}

static void begin(struct imap *i, struct sorting *s, const uint32_t *seqs, size_t count)
{
	s->begun = true;
	s->out = (struct imap_esearch){ .search = s->search,
		.at = sorted_at,
		.arg = s,
		.count = count,
		.sort = &s->sort,
		.view = i->view,
		.uid = i->command.uid };
	s->seqs = seqs;
	s->count = count;
	s->values = mem_new((count * s->sort.count + 1) * sizeof(*s->values));
	memset(s->values, 0, (count * s->sort.count + 1) * sizeof(*s->values));
	for (size_t k = 0; k < s->sort.count; k++)
		s->by_note |= s->sort.by[k].key == IMAP_SORT_NOTE;
	merge_init(&s->merge, mem_new((count + 1) * sizeof(*s->merge.rows)), count);
}

/* RFC 5267 section 3. Scores are put into the results' order. */
static enum step put_extended(struct imap *i, struct sorting *s)
{
	if (s->scores != NULL && s->out.scores == NULL) {
		uint8_t *scores = mem_new(s->count + 1);

		for (size_t n = 0; n < s->count; n++)
			scores[n] = s->scores[s->merge.rows[n].at];
		s->out.scores = s->sorted_scores = scores;
	}
	return imap_esearch_step(i, &s->out);
}

static enum step put(struct imap *i, struct sorting *s)
{
	struct buf *to = imap_out(i);

	if (s->search->extended)
		return put_extended(i, s);
	if (!i->mid_line)
		buf_put(to, S("* SORT"));
	i->mid_line = true;
	for (unsigned n = 0; n < 1000 && s->put < s->count && imap_has_room(i); n++, s->put++) {
		buf_put_octet(to, ' ');
		buf_put_u64(to, imap_found_number(i, s->seqs[s->merge.rows[s->put].at]));
	}
	if (s->put < s->count)
		return STEP_AGAIN;
	imap_found_put_modseq(i);
	buf_put(to, S("\r\n"));
	i->mid_line = false;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static enum step run(struct imap *i, void *state, const uint32_t *seqs, size_t count)
{
	struct sorting *s = state;

	if (!s->begun) {
		s->collation = i->collation;
		s->scores = imap_found_scores(i);
		begin(i, s, seqs, count);
		s->out.modseq = imap_found_modseq(i);
		s->by_record = needs_records(i, s);
	}
	for (unsigned n = 0; s->by_note && n < NOTES_STEP && s->noted < s->count; n++)
		take_notes(i, s);
	if (s->by_note && s->noted < s->count)
		return STEP_AGAIN;
	for (unsigned n = 0; s->by_record && n < READS_STEP && s->read < s->count; n++)
		s->read += imap_found_records(i, s->seqs + s->read, s->count - s->read, take, s);
	for (unsigned n = 0; !s->by_record && n < ITEMS_STEP && s->read < s->count; n++, s->read++)
		take(s, 0, view_item(i->view, s->seqs[s->read]), NULL);
	if (s->too_much)
		return imap_engine_over(i, ERR_LIMIT, NULL, S("too much to be sorted"));
	if (s->read < s->count)
		return STEP_AGAIN;
	return merge_step(&s->merge, MOVES_STEP, compare, s) ? put(i, s) : STEP_AGAIN;
}

static void free_sorting(void *state)
{
	struct sorting *s = state;

	mem_free(s->values);
	mem_free(s->sorted_scores);
	arena_done(&s->texts);
	buf_done(&s->scratch);
	buf_done(&s->folded);
	merge_done(&s->merge);
}

static const struct imap_after after = { run, free_sorting };

int imap_sort_order(struct imap *i, const struct imap_sort *sort, enum imap_collation collation,
	const uint32_t seqs[2])
{
	struct sorting s = { .sort = *sort, .collation = collation };
	int order;

	arena_init(&s.texts, SORT_OCTETS_MAX);
	buf_init(&s.scratch, BUF_NO_CEILING);
	buf_init(&s.folded, BUF_NO_CEILING);
	begin(i, &s, seqs, 2);
	while (s.by_note && s.noted < s.count)
		take_notes(i, &s);
	while (s.read < s.count)
		s.read += imap_found_records(i, seqs + s.read, s.count - s.read, take, &s);
	order = compare(&s, 0, 1);
	free_sorting(&s);
	return order != 0 ? order : seqs[0] < seqs[1] ? -1 : 1;
}

static void read_sort(struct imap *i, struct imap_args *args)
{
	struct sorting *s = ARENA_NEW(&i->arena, struct sorting);
	struct imap_search *search = imap_found_new(i, &after, s);

	arena_init(&s->texts, SORT_OCTETS_MAX);
	buf_init(&s->scratch, BUF_NO_CEILING);
	buf_init(&s->folded, BUF_NO_CEILING);
	s->search = search;
	imap_arg_sort(args, &s->sort, search);
	if ((search->returns & IMAP_RETURN_UPDATE) && imap_context_has(i, i->command.tag))
		imap_args_fail(args, ERR_SYNTAX);
}

const struct imap_handler imap_sort_handler = { read_sort, imap_found_run, imap_found_free };
