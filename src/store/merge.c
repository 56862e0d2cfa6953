#include "store/merge.h"

#include "base/mem.h"

void merge_init(struct merge *m, struct merge_row *rows, size_t count)
{
	*m = (struct merge){ .rows = rows, .count = count, .width = 1 };
	m->spare = mem_new((count + 1) * sizeof(*m->spare));
	m->right = 1;
}

void merge_done(struct merge *m)
{
	mem_free(m->rows);
	mem_free(m->spare);
	*m = (struct merge){ 0 };
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The next row of the pair of runs that begins at `begin`. */
static void move(struct merge *m, size_t begin, merge_compare *compare, void *arg)
{
	size_t middle = least(begin + m->width, m->count), end = least(middle + m->width, m->count);
	const struct merge_row *l = &m->rows[m->left], *r = &m->rows[m->right];
	bool takes_right = m->left == middle;

	if (!takes_right && m->right < end)
		takes_right = r->key < l->key ||
			      (r->key == l->key && compare != NULL && compare(arg, r->at, l->at) < 0);
	m->spare[m->to++] = takes_right ? m->rows[m->right++] : m->rows[m->left++];
	if (m->to == end) {
		m->left = end;
		m->right = least(end + m->width, m->count);
	}
}

bool merge_step(struct merge *m, size_t moves, merge_compare *compare, void *arg)
{
	while (m->width < m->count && moves-- > 0) {
		move(m, m->to & ~(2 * m->width - 1), compare, arg);
		if (m->to == m->count) {
			struct merge_row *sorted = m->spare;

			m->spare = m->rows;
			m->rows = sorted;
			m->width *= 2;
			m->left = m->to = 0;
			m->right = least(m->width, m->count);
		}
	}
	return m->width >= m->count;
}
