#include "directory/audit.h"

#include "base/mem.h"
#include "io/file.h"

static size_t whole_octets(struct str octets)
{
	struct str rest = octets;
	struct audit_record r;

	while (audit_record_cut(&rest, &r) == ERR_OK)
		;
	return octets.len - rest.len;
}

enum err audit_open(struct audit *a, const char *folder)
{
	*a = (struct audit){ .lost = 0 };
	pthread_mutex_init(&a->lock, NULL);
	pthread_mutex_init(&a->files, NULL);
	buf_init(&a->waiting, AUDIT_WAITING_OCTETS_MAX);
	return ring_open(&a->ring, folder, AUDIT_NAME, whole_octets);
}

void audit_set(struct audit *a, uint64_t octets_max, uint64_t age_ms_max)
{
	pthread_mutex_lock(&a->files);
	a->ring.octets_max = octets_max;
	a->ring.age_ms_max = age_ms_max;
	pthread_mutex_unlock(&a->files);
}

void audit_close(struct audit *a)
{
	(void)audit_write(a, 0);
	pthread_mutex_lock(&a->files);
	ring_close(&a->ring); /* a thread that comes late writes nothing */
	pthread_mutex_unlock(&a->files);
	buf_done(&a->waiting);
}

/* ---- writing ---- */

void audit_put(struct audit *a, const struct audit_record *record)
{
	pthread_mutex_lock(&a->lock);
	if (a->waiting.len + AUDIT_HEAD_OCTETS + AUDIT_RECORD_OCTETS_MAX > AUDIT_WAITING_OCTETS_MAX)
		a->lost++;
	else
		audit_record_put(record, &a->waiting);
	pthread_mutex_unlock(&a->lock);
}

/* As many records at once as fit into what is left of a file. */
static void put_records(struct ring *ring, struct str octets)
{
	uint64_t most = ring_file_octets(ring);
	struct str rest = octets, before = octets;
	struct audit_record r;

	while (octets.len > 0) {
		uint64_t room = ring->octets < most ? most - ring->octets : 0;

		before = rest;
		must(rest.len == 0 || audit_record_cut(&rest, &r) == ERR_OK);
		if ((uint64_t)(octets.len - rest.len) <= room && before.len > 0)
			continue;
		/* One alone goes however large it is. */
		if (before.len == octets.len)
			before = rest;
		ring_put(ring, str_sub(octets, 0, octets.len - before.len));
		octets = rest = before;
	}
}

uint64_t audit_write(struct audit *a, int64_t now_ms)
{
	struct buf taken;
	uint64_t lost;

	pthread_mutex_lock(&a->files);
	pthread_mutex_lock(&a->lock);
	taken = a->waiting;
	lost = a->lost;
	buf_init(&a->waiting, AUDIT_WAITING_OCTETS_MAX);
	a->lost = 0;
	pthread_mutex_unlock(&a->lock);
	put_records(&a->ring, buf_str(&taken));
	ring_drop(&a->ring, now_ms);
	pthread_mutex_unlock(&a->files);
	buf_done(&taken);
	return lost;
}

/* ---- finding ---- */

static bool has(struct str in, struct str text)
{
	for (size_t i = 0; i + text.len <= in.len; i++) {
		if (str_ieq(str_sub(in, i, text.len), text))
			return true;
	}
	return false;
}

bool audit_matches(const struct audit_query *q, const struct audit_record *r)
{
	if ((q->refused && r->good) || (q->account != 0 && q->account != r->account))
		return false;
	if ((q->since_ms != 0 && r->ms < q->since_ms) || (q->until_ms != 0 && r->ms >= q->until_ms))
		return false;
	return q->text.len == 0 || has(r->account_name, q->text) || has(r->name, q->text) || has(r->mailbox_name, q->text) ||
	       has(r->client, q->text);
}

void audit_finder(struct audit *a, const struct audit_query *q, struct arena *arena, struct audit_finder *ret)
{
	pthread_mutex_lock(&a->files);
	*ret = (struct audit_finder){ .folder = a->ring.folder, .first = a->ring.first, .last = a->ring.last, .query = *q, .arena = arena };
	pthread_mutex_unlock(&a->files);
	if (ret->query.count_max == 0 || ret->query.count_max > AUDIT_FOUND_MAX)
		ret->query.count_max = AUDIT_FOUND_MAX;
}

/* The newest of a file that match, into a ring of wanted rows; texts stay in the file's view. *ret_seen: how many matched. */
static void scan(struct audit_finder *f, struct str rest, struct audit_record *ring, size_t wanted, size_t *ret_seen)
{
	struct audit_record r;
	size_t seen = 0;

	while (audit_record_cut(&rest, &r) == ERR_OK) {
		if (audit_matches(&f->query, &r))
			ring[seen++ % wanted] = r;
	}
	*ret_seen = seen;
}

static void keep(struct audit_finder *f, const struct audit_record *r, struct audit_record *to)
{
	*to = *r;
	to->client = arena_str(f->arena, r->client);
	to->mechanism = arena_str(f->arena, r->mechanism);
	to->name = arena_str(f->arena, r->name);
	to->account_name = arena_str(f->arena, r->account_name);
	to->mailbox_name = arena_str(f->arena, r->mailbox_name);
	to->right = arena_str(f->arena, r->right);
	to->secret = arena_str(f->arena, r->secret);
	to->reason = arena_str(f->arena, r->reason);
}

/* Fills found from its end. */
static void find_in(struct audit_finder *f, struct str view, struct audit_record *ring)
{
	size_t wanted = f->query.count_max - f->count, seen = 0, take;

	scan(f, view, ring, wanted, &seen);
	take = seen < wanted ? seen : wanted;
	for (size_t i = 1; i <= take; i++)
		keep(f, &ring[(seen - i) % wanted], &f->found[f->query.count_max - ++f->count]);
}

void audit_find(struct audit_finder *f)
{
	size_t most = f->query.count_max;
	struct audit_record *ring = mem_new(most * sizeof(*ring));

	f->found = arena_take(f->arena, most * sizeof(*f->found));
	for (uint32_t n = f->last; f->first != 0 && n >= f->first && f->count < most; n--) {
		struct str view = STR_NONE;

		f->code = ring_map(f->folder, AUDIT_NAME, n, &view);
		if (f->code != ERR_OK)
			break;
		find_in(f, view, ring);
		fd_unmap(&view);
	}
	/* Dropped meanwhile: so are those before it. */
	if (f->code == ERR_NOTFOUND)
		f->code = ERR_OK;
	f->found += most - f->count;
	mem_free(ring);
}
