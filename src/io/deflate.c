#include "io/deflate.h"

#include <zlib.h>

#include "base/list.h"
#include "base/mem.h"

#define WINDOW_BITS   (-15) /* raw, 32 KiB */
#define MEMORY_LEVEL  8
#define LEVEL         1 /* the one loop of the store packs for everybody */
#define SCRATCH_OCTETS ((size_t)16 << 10)
#define FLUSH_OCTETS   4u /* what a flush ends with: the length of an empty stored block */

struct packer {
	struct list node; /* in packers; the one used last comes last */
	struct deflate *owner;
	z_stream stream;
};

struct deflate {
	z_stream in;
	unsigned char tail[FLUSH_OCTETS]; /* the last octets taken */
	enum err in_state;
	struct packer *packer; /* NULL: none, or somebody else has it by now */
};

static struct list packers = { &packers, &packers };
static unsigned packers_count, streams_count;
static char scratch[SCRATCH_OCTETS]; /* so that a buffer holds no more than has come */

static void *take(void *arg, unsigned items, unsigned size)
{
	return mem_new((size_t)items * size);
}

static void give(void *arg, void *at)
{
	mem_free(at);
}

struct deflate *deflate_new(void)
{
	struct deflate *d = MEM_NEW(struct deflate);

	d->in.zalloc = take;
	d->in.zfree = give;
	must(inflateInit2(&d->in, WINDOW_BITS) == Z_OK);
	streams_count++;
	return d;
}

static void packer_free(struct packer *p)
{
	list_remove(&p->node);
	deflateEnd(&p->stream);
	mem_free(p);
	packers_count--;
}

void deflate_free(struct deflate *d)
{
	if (d == NULL)
		return;
	if (d->packer != NULL)
		packer_free(d->packer);
	inflateEnd(&d->in);
	mem_free(d);
	must(streams_count > 0);
	streams_count--;
}

unsigned deflate_packers(void)
{
	return packers_count;
}

/* ---- packing ---- */

static struct packer *packer_new(void)
{
	struct packer *p = MEM_NEW(struct packer);

	p->stream.zalloc = take;
	p->stream.zfree = give;
	must(deflateInit2(&p->stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK);
	list_init(&p->node);
	packers_count++;
	return p;
}

/* Every piece ends with a flush: what was packed before is no longer needed, but to refer to. */
static struct packer *packer_of(struct deflate *d)
{
	struct packer *p = d->packer;

	if (p == NULL && packers_count < DEFLATE_PACKERS_MAX) {
		p = packer_new();
	} else if (p == NULL) {
		p = LIST_OF(packers.next, struct packer, node);
		p->owner->packer = NULL;
		must(deflateReset(&p->stream) == Z_OK);
	}
	p->owner = d;
	d->packer = p;
	list_remove(&p->node);
	list_add_tail(&packers, &p->node);
	return p;
}

size_t deflate_pack(struct deflate *d, struct str from, struct buf *to)
{
	struct str piece = str_sub(from, 0, DEFLATE_PIECE_OCTETS);
	z_stream *z = &packer_of(d)->stream;

	z->next_in = (Bytef *)(uintptr_t)piece.at;
	z->avail_in = (unsigned)piece.len;
	do {
		z->next_out = (Bytef *)scratch;
		z->avail_out = sizeof(scratch);
		must(deflate(z, Z_SYNC_FLUSH) != Z_STREAM_ERROR);
		buf_put(to, str_make(scratch, sizeof(scratch) - z->avail_out));
	} while (z->avail_out == 0);
	must(z->avail_in == 0);
	return piece.len;
}

/* A last block with nothing in it (RFC 1951 section 3.2.6); it stands at the start of an octet, behind a flush. */
void deflate_put_end(struct buf *to)
{
	buf_put(to, S("\x03\x00"));
}

/* ---- unpacking ---- */

static void note_tail(struct deflate *d, struct str taken)
{
	size_t keep = taken.len < FLUSH_OCTETS ? FLUSH_OCTETS - taken.len : 0;

	memmove(d->tail, d->tail + FLUSH_OCTETS - keep, keep);
	if (taken.len > 0)
		memcpy(d->tail + keep, taken.at + taken.len - (FLUSH_OCTETS - keep), FLUSH_OCTETS - keep);
}

/* Behind a block, at the start of an octet, and that block was an empty stored one. */
static bool is_flushed(const struct deflate *d)
{
	static const unsigned char empty[FLUSH_OCTETS] = { 0, 0, 0xff, 0xff };

	return d->in.data_type == 128 && memcmp(d->tail, empty, sizeof(empty)) == 0;
}

/* One block, or what there is of it and room for. False: there is nothing more to do now. */
static bool unpack_some(struct deflate *d, struct buf *to)
{
	z_stream *z = &d->in;
	size_t room = to->ceiling - to->len, made;
	const char *from = (const char *)z->next_in;
	int r;

	if (room == 0)
		return false;
	z->next_out = (Bytef *)scratch;
	z->avail_out = (unsigned)(room < sizeof(scratch) ? room : sizeof(scratch));
	made = z->avail_out;
	r = inflate(z, Z_BLOCK);
	made -= z->avail_out;
	buf_put(to, str_make(scratch, made));
	note_tail(d, str_make(from, (size_t)((const char *)z->next_in - from)));
	if (r == Z_STREAM_END)
		d->in_state = ERR_NOTFOUND;
	else if (r != Z_OK && r != Z_BUF_ERROR)
		d->in_state = ERR_SYNTAX;
	return r == Z_OK && !(is_flushed(d) && to->len > 0);
}

enum err deflate_unpack(struct deflate *d, struct str from, struct buf *to, size_t *ret_used)
{
	d->in.next_in = (Bytef *)(uintptr_t)from.at;
	d->in.avail_in = (unsigned)from.len;
	if (d->in_state == ERR_OK) {
		while (unpack_some(d, to))
			;
	}
	*ret_used = from.len - d->in.avail_in;
	d->in.next_in = NULL;
	d->in.avail_in = 0;
	return d->in_state;
}
