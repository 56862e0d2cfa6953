#include "kv/segments.h"

#include "base/mem.h"

void segments_init(struct segments *s)
{
	*s = (struct segments){ 0 };
	pthread_mutex_init(&s->lock, NULL);
}

void segments_done(struct segments *s)
{
	pthread_mutex_destroy(&s->lock);
	mem_free(s->rows);
}

/* Index of the first row with a number >= number. */
static size_t place(const struct segments *s, uint32_t number)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->rows[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct segment_row *find(const struct segments *s, uint32_t number)
{
	size_t at = place(s, number);

	return at < s->count && s->rows[at].number == number ? &s->rows[at] : NULL;
}

void segments_add(struct segments *s, uint32_t number)
{
	size_t at;

	pthread_mutex_lock(&s->lock);
	at = place(s, number);
	if (find(s, number) == NULL) {
		if (s->count == s->held) {
			s->held = s->held ? s->held * 2 : 16;
			s->rows = mem_resize(s->rows, s->held * sizeof(*s->rows));
		}
		memmove(s->rows + at + 1, s->rows + at, (s->count - at) * sizeof(*s->rows));
		s->rows[at] = (struct segment_row){ .number = number, .dirty = true };
		s->count++;
	}
	pthread_mutex_unlock(&s->lock);
}

void segments_remove(struct segments *s, uint32_t number)
{
	struct segment_row *row;

	pthread_mutex_lock(&s->lock);
	row = find(s, number);
	if (row != NULL) {
		s->count--;
		memmove(row, row + 1, (size_t)(s->rows + s->count - row) * sizeof(*row));
	}
	pthread_mutex_unlock(&s->lock);
}

void segments_set_octets(struct segments *s, uint32_t number, uint64_t octets)
{
	struct segment_row *row;

	pthread_mutex_lock(&s->lock);
	row = find(s, number);
	if (row != NULL && row->octets != octets) {
		row->octets = octets;
		row->dirty = true;
	}
	pthread_mutex_unlock(&s->lock);
}

void segments_set(struct segments *s, const struct segment_row *from)
{
	struct segment_row *row;

	pthread_mutex_lock(&s->lock);
	row = find(s, from->number);
	if (row != NULL) {
		*row = *from;
		row->dirty = false;
	}
	pthread_mutex_unlock(&s->lock);
}

void segments_hiding(struct segments *s, uint32_t number, int64_t change, uint32_t since)
{
	struct segment_row *row;

	pthread_mutex_lock(&s->lock);
	row = find(s, number);
	if (row != NULL) {
		row->hiding += (uint64_t)change;
		if (since < row->since || row->since == 0)
			row->since = since;
		row->dirty = true;
	}
	pthread_mutex_unlock(&s->lock);
}

static bool any(const struct segments *s, uint32_t from, uint32_t below)
{
	size_t at = place(s, from);

	return at < s->count && s->rows[at].number < below;
}

bool segments_any(struct segments *s, uint32_t from, uint32_t below)
{
	bool is;

	pthread_mutex_lock(&s->lock);
	is = any(s, from, below);
	pthread_mutex_unlock(&s->lock);
	return is;
}

void segments_live(struct segments *s, uint32_t number, int64_t change)
{
	struct segment_row *row;

	pthread_mutex_lock(&s->lock);
	row = find(s, number);
	if (row != NULL) {
		row->live += (uint64_t)change;
		row->dirty = true;
	}
	pthread_mutex_unlock(&s->lock);
}

bool segments_get(struct segments *s, uint32_t number, struct segment_row *ret)
{
	struct segment_row *row;

	pthread_mutex_lock(&s->lock);
	row = find(s, number);
	if (row != NULL)
		*ret = *row;
	pthread_mutex_unlock(&s->lock);
	return row != NULL;
}

bool segments_from(struct segments *s, uint32_t number, struct segment_row *ret)
{
	size_t at;
	bool is;

	pthread_mutex_lock(&s->lock);
	at = place(s, number);
	is = at < s->count;
	if (is)
		*ret = s->rows[at];
	pthread_mutex_unlock(&s->lock);
	return is;
}

bool segments_dirty(struct segments *s, struct segment_row *ret)
{
	bool is = false;

	pthread_mutex_lock(&s->lock);
	for (size_t i = s->count; i > 0 && !is; i--) {
		is = s->rows[i - 1].dirty;
		if (is)
			*ret = s->rows[i - 1];
		s->rows[i - 1].dirty = false;
	}
	pthread_mutex_unlock(&s->lock);
	return is;
}

void segments_list(struct segments *s, kv_blob next, uint32_t last, struct buf *to)
{
	pthread_mutex_lock(&s->lock);
	record_segments(to, next, (uint32_t)s->count);
	for (size_t i = 0; i < s->count; i++) {
		uint32_t number = s->rows[i].number;

		record_segment(to,
			(struct record_segment){ number, number == last ? 0 : s->rows[i].octets });
	}
	pthread_mutex_unlock(&s->lock);
}

/* Deletions count as alive as long as one of them may be needed. */
static uint64_t kept(const struct segments *s, const struct segment_row *row)
{
	uint64_t hiding = any(s, row->since, row->number) ? row->hiding : 0;

	return row->live + hiding;
}

static uint64_t garbage(const struct segments *s, const struct segment_row *row)
{
	uint64_t alive = kept(s, row);

	return row->octets > alive ? row->octets - alive : 0;
}

bool segments_worst(struct segments *s, uint32_t last, unsigned percent, struct segment_row *ret)
{
	const struct segment_row *worst = NULL;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->count; i++) {
		const struct segment_row *row = &s->rows[i];

		if (row->number == last || garbage(s, row) * 100 < row->octets * percent)
			continue;
		if (worst == NULL || garbage(s, row) > garbage(s, worst))
			worst = row;
	}
	if (worst != NULL)
		*ret = *worst;
	pthread_mutex_unlock(&s->lock);
	return worst != NULL;
}

void segments_sum(struct segments *s, size_t *ret_count, uint64_t *ret_octets, uint64_t *ret_live)
{
	uint64_t octets = 0, live = 0;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->count; i++) {
		octets += s->rows[i].octets;
		live += kept(s, &s->rows[i]);
	}
	*ret_count = s->count;
	pthread_mutex_unlock(&s->lock);
	*ret_octets = octets;
	*ret_live = live;
}
