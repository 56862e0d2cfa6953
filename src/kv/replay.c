#include "kv/replay.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define COMMIT_OPERATIONS ((size_t)20000)

struct segment_file {
	uint32_t number;
	uint64_t octets;
	struct segment_head head;
	bool headed; /* head is set: the header is whole */
};

struct replay {
	struct journal *j;
	const struct kv_options *options;
	struct kv_opened *opened;
	struct segment_file *files; /* ascending */
	size_t count, held;
	uint64_t total, read; /* octets, for progress */
	uint64_t within;      /* the file being read: up to here it is counted in read */
	uint64_t seq;         /* of the last good record */
	uint64_t epoch;
};

static enum err damaged(struct replay *p, uint64_t segment, uint64_t offset, const char *what)
{
	p->opened->damage = (struct kv_problem){ segment, offset, what };
	return ERR_CORRUPT;
}

/* ---- what is in the folder ---- */

static int by_number(const void *a, const void *b)
{
	const struct segment_file *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static enum err file_look(struct replay *p, uint32_t number)
{
	struct segment_file f = { .number = number };
	char head[SEGMENT_HEAD_OCTETS];
	struct stat st;
	ssize_t n;
	int fd;
	enum err e = journal_segment_open(p->j, number, &fd);

	if (e != ERR_OK)
		return ERR_IO;
	n = fstat(fd, &st) == 0 ? pread(fd, head, sizeof(head), 0) : -1;
	close(fd);
	if (n < 0)
		return ERR_IO;
	f.octets = (uint64_t)st.st_size;
	f.headed = segment_head_decode(str_make(head, (size_t)n), &f.head) == ERR_OK &&
		   f.head.number == number;
	if (p->count == p->held) {
		p->held = p->held ? p->held * 2 : 16;
		p->files = mem_resize(p->files, p->held * sizeof(*p->files));
	}
	p->files[p->count++] = f;
	return ERR_OK;
}

static enum err folder_look(struct replay *p)
{
	int fd = openat(p->j->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	enum err e = ERR_OK;
	uint32_t number;

	if (d == NULL)
		return ERR_IO;
	errno = 0;
	while (e == ERR_OK && (entry = readdir(d)) != NULL) {
		if (segment_number(entry->d_name, &number))
			e = file_look(p, number);
		errno = 0;
	}
	if (errno != 0)
		e = ERR_IO;
	closedir(d);
	if (e == ERR_OK && p->count > 0)
		qsort(p->files, p->count, sizeof(*p->files), by_number);
	return e;
}

static struct segment_file *last_file(struct replay *p)
{
	return p->count > 0 ? &p->files[p->count - 1] : NULL;
}

static enum err file_remove(struct replay *p, size_t i)
{
	char name[32];

	segment_name(p->files[i].number, name);
	if (unlinkat(p->j->folder, name, 0) != 0 || fsync(p->j->folder) != 0)
		return ERR_IO;
	p->count--;
	memmove(p->files + i, p->files + i + 1, (p->count - i) * sizeof(*p->files));
	return ERR_OK;
}

/* Headers: all whole and of one store, but for a last file that was just being made. */
static enum err heads_check(struct replay *p)
{
	struct segment_file *last = last_file(p);

	if (last != NULL && !last->headed && last->octets <= SEGMENT_HEAD_OCTETS) {
		enum err e = file_remove(p, p->count - 1);

		if (e != ERR_OK)
			return e;
	}
	for (size_t i = 0; i < p->count; i++) {
		if (!p->files[i].headed)
			return damaged(p, p->files[i].number, 0, "the segment's header is damaged");
		if (memcmp(p->files[i].head.id, p->files[0].head.id, STORE_ID_OCTETS) != 0)
			return damaged(
				p, p->files[i].number, 0, "the segment belongs to another store");
		p->total += p->files[i].octets;
	}
	return ERR_OK;
}

static enum err id_take(struct replay *p)
{
	struct journal *j = p->j;

	if (p->count > 0)
		memcpy(j->id, p->files[0].head.id, STORE_ID_OCTETS);
	else if (getrandom(j->id, STORE_ID_OCTETS, 0) != (ssize_t)STORE_ID_OCTETS)
		return ERR_IO;
	j->seed = segment_seed(j->id);
	return ERR_OK;
}

/* ---- the index ---- */

static enum err index_remove(struct journal *j)
{
	if (unlinkat(j->folder, "index", 0) != 0 && errno != ENOENT)
		return ERR_IO;
	if (unlinkat(j->folder, "index-lock", 0) != 0 && errno != ENOENT)
		return ERR_IO;
	return ERR_OK;
}

/* Why the index that is there cannot be used; NULL: it can, and *ret is its position. */
static const char *index_doubt(struct replay *p, struct index_position *ret)
{
	struct journal *j = p->j;
	bool counted;
	enum err e;

	if (p->options->rebuild_index)
		return "asked for";
	if (faccessat(j->folder, "index", F_OK, 0) != 0)
		return "missing";
	if (index_open(j->index_path, &j->index) != ERR_OK)
		return "not readable";
	e = index_begin(&j->index);
	if (e == ERR_OK)
		e = index_position(&j->index, j->index.txn, ret);
	counted = e == ERR_OK && ret->keys == index_keys(&j->index, j->index.txn) &&
		  ret->blobs == index_blobs(&j->index, j->index.txn);
	index_abort(&j->index);
	if (e != ERR_OK)
		return "of another format, damaged or empty";
	if (!counted)
		return "it has not as many rows as it had";
	if (ret->seq == 0) /* its journal was about to be begun: there may be none, or one without a record */
		return "it has seen nothing yet";
	if (ret->building)
		return "an earlier rebuild was not finished";
	if (p->count > 0 && memcmp(ret->id, j->id, STORE_ID_OCTETS) != 0)
		return "of another store";
	return NULL;
}

static void load_segment(void *arg, const struct segment_row *row)
{
	struct journal *j = arg;

	segments_add(&j->segments, row->number);
	segments_set(&j->segments, row);
}

static enum err index_load(struct replay *p)
{
	struct journal *j = p->j;
	enum err e = index_begin(&j->index);

	if (e == ERR_OK)
		e = index_segments(&j->index, j->index.txn, load_segment, j);
	index_abort(&j->index);
	return e;
}

static enum err index_renew(struct replay *p, const char *why)
{
	struct journal *j = p->j;
	struct index_position *at = &j->writer.apply.position;
	enum err e;

	index_close(&j->index);
	e = index_remove(j);
	if (e == ERR_OK)
		e = index_open(j->index_path, &j->index);
	if (e != ERR_OK)
		return e == ERR_CORRUPT ? ERR_IO : e;
	*at = (struct index_position){ .next_blob = 1, .building = true };
	memcpy(at->id, j->id, STORE_ID_OCTETS);
	if (p->count > 0) {
		at->segment = p->files[0].number;
		at->offset = SEGMENT_HEAD_OCTETS;
		at->seq = p->files[0].head.seq - 1;
		p->opened->index_rebuilt = true;
		p->opened->why_rebuilt = why;
	}
	return ERR_OK;
}

/* The index has seen a journal that is not there any more: something safe was lost. */
static enum err position_check(struct replay *p)
{
	const struct index_position *at = &p->j->writer.apply.position;

	for (size_t i = 0; i < p->count; i++) {
		if (p->files[i].number == at->segment && at->offset <= p->files[i].octets)
			return ERR_OK;
	}
	return damaged(p, at->segment, at->offset,
		"the journal ends before what its index has seen; if it was restored from a "
		"backup, "
		"rebuild the index");
}

static enum err index_ready(struct replay *p)
{
	struct journal *j = p->j;
	struct index_position position = { 0 };
	const char *why = index_doubt(p, &position);
	enum err e;

	j->writer.apply.index = &j->index;
	j->writer.apply.segments = &j->segments;
	if (why != NULL)
		return index_renew(p, why);
	j->writer.apply.position = position;
	e = position_check(p);
	return e == ERR_OK ? index_load(p) : e;
}

/* ---- records ---- */

static void progress(struct replay *p, uint64_t octets)
{
	p->read += octets;
	if (p->options->on_progress != NULL)
		p->options->on_progress(p->options->arg, p->read, p->total);
}

static enum err record_in(struct replay *p, const struct segment_record *record)
{
	struct apply *a = &p->j->writer.apply;
	enum err e;

	if (record->head.seq != p->seq + 1 || record->head.epoch < p->epoch)
		return damaged(p, record->head.segment, record->at, "a record is out of sequence");
	e = apply_record(a, record);
	if (e == ERR_OK && a->operations >= COMMIT_OPERATIONS) {
		e = apply_commit(a);
		progress(p, record->at - p->within);
		p->within = record->at;
	}
	if (e == ERR_CORRUPT)
		return damaged(p, record->head.segment, record->at,
			"the index is damaged: rebuild it from the journal");
	if (e != ERR_OK)
		return e;
	p->seq = record->head.seq;
	p->epoch = record->head.epoch;
	p->opened->records_replayed++;
	return ERR_OK;
}

/* A bad record at r->at: the unfinished end, which is cut off, or damage. */
static enum err tail_drop(struct replay *p, struct segment_file *f, struct segment_reader *r)
{
	bool torn = false;
	enum err e = ERR_OK;

	if (f == last_file(p))
		e = segment_torn(r, p->seq + 1, &torn);
	if (e != ERR_OK)
		return e;
	if (!torn)
		return damaged(p, f->number, r->at, "a record is damaged, and good ones follow it");
	if (ftruncate(r->fd, (off_t)r->at) != 0 || fsync(r->fd) != 0)
		return ERR_IO;
	p->opened->tail_octets_dropped = f->octets - r->at;
	f->octets = r->at;
	return ERR_OK;
}

static enum err segment_replay(struct replay *p, struct segment_file *f, uint64_t from)
{
	struct segment_reader r;
	struct segment_record record;
	char name[32];
	enum err e;
	int fd;

	segment_name(f->number, name);
	fd = openat(p->j->folder, name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	/* Whoever wrote it may have been killed before he flushed it, and the index must not outlive what it knows. */
	if (f == last_file(p) && from < f->octets && fdatasync(fd) != 0) {
		close(fd);
		return ERR_IO;
	}
	segment_reader_init(&r, fd, f->number, p->j->seed);
	r.at = from;
	p->within = from;
	r.octets = f->octets;
	while ((e = segment_next(&r, &record)) == ERR_OK) {
		e = record_in(p, &record);
		if (e != ERR_OK)
			break;
	}
	if (e == ERR_CORRUPT && p->opened->damage.what == NULL)
		e = tail_drop(p, f, &r);
	segment_reader_done(&r);
	close(fd);
	progress(p, f->octets - p->within);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* Sequence numbers go on from file to file, but for files that compaction took away between. */
static enum err segment_begin(
	struct replay *p, const struct segment_file *f, const struct segment_file *before)
{
	uint64_t due = p->seq + 1;

	if (f->head.seq < due || (f->head.seq > due && before->number + 1 == f->number))
		return damaged(p, f->number, 0, "records are missing before this segment");
	p->seq = f->head.seq - 1;
	return ERR_OK;
}

static enum err files_replay(struct replay *p)
{
	const struct index_position *at = &p->j->writer.apply.position;
	uint32_t first = at->segment;
	uint64_t from = at->offset;

	p->seq = at->seq;
	p->epoch = at->epoch;
	for (size_t i = 0; i < p->count; i++) {
		struct segment_file *f = &p->files[i];
		enum err e = ERR_OK;

		if (f->number < first) {
			p->read += f->octets;
			continue;
		}
		if (f->number > first) {
			e = segment_begin(p, f, f - 1);
			from = SEGMENT_HEAD_OCTETS;
		}
		if (e == ERR_OK)
			e = segment_replay(p, f, from);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

/* ---- the list of segments against the folder ---- */

static enum err list_check(struct replay *p)
{
	struct journal *j = p->j;
	struct segment_row row = { .number = 0 };
	enum err e;

	for (size_t i = p->count; i > 0; i--) {
		const struct segment_file *f = &p->files[i - 1];

		if (segments_get(&j->segments, f->number, &row))
			continue;
		/* Compacted, or made and not yet written to: nothing in it counts. */
		e = file_remove(p, i - 1);
		if (e != ERR_OK)
			return e;
	}
	row.number = 0;
	for (size_t i = 0; segments_from(&j->segments, row.number + 1, &row); i++) {
		if (i >= p->count || p->files[i].number != row.number)
			return damaged(p, row.number, 0, "a segment is missing");
		if (&p->files[i] != last_file(p) && row.octets != p->files[i].octets)
			return damaged(p, row.number, p->files[i].octets,
				"a closed segment has not the length it had");
		segments_set_octets(&j->segments, row.number, p->files[i].octets);
		if (row.number == UINT32_MAX)
			break;
	}
	return ERR_OK;
}

static enum err writer_place(struct replay *p)
{
	struct writer *w = &p->j->writer;
	struct segment_file *last = last_file(p);
	char name[32];

	w->seq = p->seq;
	w->epoch = p->epoch;
	if (last == NULL)
		return ERR_OK; /* the first group makes a segment */
	segment_name(last->number, name);
	w->fd = openat(p->j->folder, name, O_RDWR | O_CLOEXEC);
	w->segment = last->number;
	w->offset = last->octets;
	return w->fd >= 0 ? ERR_OK : ERR_IO;
}

static enum err replay(struct replay *p)
{
	struct apply *a = &p->j->writer.apply;
	enum err e = folder_look(p);

	if (e == ERR_OK)
		e = heads_check(p);
	if (e == ERR_OK)
		e = id_take(p);
	if (e == ERR_OK)
		e = index_ready(p);
	if (e == ERR_OK)
		e = files_replay(p);
	if (e == ERR_OK)
		e = list_check(p);
	if (e == ERR_OK)
		e = apply_settle(a);
	/* What was applied is committed with the writer's first record: one commit less to wait for. */
	return e == ERR_OK ? writer_place(p) : e;
}

enum err replay_open(struct journal *j, const struct kv_options *options, struct kv_opened *opened)
{
	struct replay p = { .j = j, .options = options, .opened = opened };
	enum err e = replay(&p);

	mem_free(p.files);
	return e;
}
