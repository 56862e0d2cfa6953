#include "kv/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/code.h"

#define WINDOW_OCTETS ((size_t)1 << 20)
#define NAME_PREFIX   "journal-"

static const char magic[8] = { 'B', 'R', 'S', 'J', 'R', 'N', 'L', '1' };

void segment_name(uint32_t number, char to[32])
{
	snprintf(to, 32, NAME_PREFIX "%010u", number);
}

bool segment_number(const char *name, uint32_t *ret)
{
	struct str s = str_from_c(name);

	if (!str_starts(s, S(NAME_PREFIX)) || s.len != 18)
		return false;
	return str_u32(str_skip(s, 8), UINT32_MAX, ret) && *ret > 0;
}

void segment_head_encode(char to[SEGMENT_HEAD_OCTETS], const struct segment_head *head)
{
	struct buf b = { .at = to, .held = SEGMENT_HEAD_OCTETS, .ceiling = SEGMENT_HEAD_OCTETS };
	struct wr w = wr_to(&b);

	wr_octets(&w, str_make(magic, sizeof(magic)));
	wr_u32(&w, SEGMENT_VERSION);
	wr_u32(&w, head->number);
	wr_u64(&w, head->epoch);
	wr_u64(&w, head->seq);
	wr_octets(&w, str_make(head->id, STORE_ID_OCTETS));
	wr_u64(&w, 0);
	wr_u32(&w, 0);
	wr_u32(&w, crc32c(0, buf_str(&b)));
	must(b.len == SEGMENT_HEAD_OCTETS);
}

enum err segment_head_decode(struct str octets, struct segment_head *ret)
{
	struct rd r = rd_from(str_sub(octets, 0, SEGMENT_HEAD_OCTETS));
	struct str id, mark = rd_octets(&r, sizeof(magic));
	uint32_t version = rd_u32(&r);

	if (octets.len < SEGMENT_HEAD_OCTETS || !str_eq(mark, str_make(magic, sizeof(magic))) ||
		version != SEGMENT_VERSION)
		return ERR_CORRUPT;
	ret->number = rd_u32(&r);
	ret->epoch = rd_u64(&r);
	ret->seq = rd_u64(&r);
	id = rd_octets(&r, STORE_ID_OCTETS);
	memcpy(ret->id, id.at, STORE_ID_OCTETS);
	rd_octets(&r, 12);
	if (rd_u32(&r) != crc32c(0, str_sub(octets, 0, SEGMENT_HEAD_OCTETS - 4)))
		return ERR_CORRUPT;
	return rd_end(&r);
}

uint32_t segment_seed(const char id[STORE_ID_OCTETS])
{
	return crc32c(0, str_make(id, STORE_ID_OCTETS));
}

static enum err head_write(struct fault *f, int fd, const struct segment_head *head)
{
	char octets[SEGMENT_HEAD_OCTETS];
	struct iovec part = { octets, sizeof(octets) };
	size_t at = 0;

	segment_head_encode(octets, head);
	while (at < sizeof(octets)) {
		ssize_t n;

		part = (struct iovec){ octets + at, sizeof(octets) - at };
		n = fault_pwritev(f, fd, &part, 1, at);
		if (n <= 0)
			return errno == ENOSPC || errno == EDQUOT ? ERR_DISKFULL : ERR_IO;
		at += (size_t)n;
	}
	return fault_flush(f, fd) == 0 ? ERR_OK : ERR_IO;
}

enum err segment_create(struct fault *f, int folder, const struct segment_head *head, int *ret_fd)
{
	char name[32];
	enum err e;
	int fd;

	segment_name(head->number, name);
	fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == ENOSPC || errno == EDQUOT ? ERR_DISKFULL : ERR_IO;
	e = head_write(f, fd, head);
	if (e == ERR_OK && fsync(folder) != 0)
		e = ERR_IO;
	if (e != ERR_OK) {
		close(fd);
		if (e == ERR_DISKFULL && unlinkat(folder, name, 0) != 0)
			e = ERR_IO;
		return e;
	}
	*ret_fd = fd;
	return ERR_OK;
}

void segment_reader_init(struct segment_reader *r, int fd, uint32_t number, uint32_t seed)
{
	*r = (struct segment_reader){ .fd = fd,
		.number = number,
		.seed = seed,
		.octets = UINT64_MAX,
		.at = SEGMENT_HEAD_OCTETS };
	buf_init(&r->window, (size_t)KV_WRITE_OCTETS_MAX + WINDOW_OCTETS);
}

void segment_reader_done(struct segment_reader *r)
{
	buf_done(&r->window);
}

/* Octets [at, at+len) of the file, or fewer at its end. The file is not cut while it is read. */
static enum err view(struct segment_reader *r, uint64_t at, size_t len, struct str *ret)
{
	size_t want = len > WINDOW_OCTETS ? len : WINDOW_OCTETS;

	if (at < r->window_at || at + len > r->window_at + r->window.len) {
		buf_clear(&r->window);
		r->window_at = at;
		if (want > r->octets - at)
			want = (size_t)(r->octets - at);
		while (r->window.len < want) {
			char *room = buf_room(&r->window, want - r->window.len);
			ssize_t n;

			must(room != NULL);
			n = pread(r->fd, room, want - r->window.len, (off_t)(at + r->window.len));
			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				return ERR_IO;
			if (n == 0)
				break;
			buf_added(&r->window, (size_t)n);
		}
	}
	*ret = str_sub(buf_str(&r->window), (size_t)(at - r->window_at), len);
	return ERR_OK;
}

static bool payload_sound(struct str payload)
{
	struct record_walk walk = record_walk(payload);
	struct record_op op;

	while (record_next(&walk, &op))
		;
	return record_sound(&walk);
}

enum err segment_next(struct segment_reader *r, struct segment_record *ret)
{
	struct segment_record record = { .at = r->at };
	struct str octets;
	enum err e;

	if (r->at >= r->octets)
		return ERR_NOTFOUND;
	e = view(r, r->at, RECORD_HEAD_OCTETS, &octets);
	if (e != ERR_OK)
		return e;
	if (octets.len == 0)
		return ERR_NOTFOUND;
	if (record_head_decode(octets, r->seed, &record.head) != ERR_OK ||
		record.head.segment != r->number ||
		record.head.payload_octets > KV_WRITE_OCTETS_MAX)
		return ERR_CORRUPT;
	e = view(r, r->at + RECORD_HEAD_OCTETS, record.head.payload_octets, &record.payload);
	if (e != ERR_OK)
		return e;
	if (record.payload.len != record.head.payload_octets ||
		crc32c(r->seed, record.payload) != record.head.payload_crc ||
		!payload_sound(record.payload))
		return ERR_CORRUPT;
	r->at += RECORD_HEAD_OCTETS + record.payload.len;
	*ret = record;
	return ERR_OK;
}

/* Is the header of a group that began after seq at the start of octets? */
static bool later_group(const struct segment_reader *r, struct str octets, uint64_t seq)
{
	struct record_head head;

	return record_head_decode(octets, r->seed, &head) == ERR_OK && head.segment == r->number &&
	       head.seq - head.place > seq;
}

enum err segment_torn(struct segment_reader *r, uint64_t seq, bool *ret_torn)
{
	uint64_t at = r->at;

	for (;;) {
		struct str part;
		enum err e = view(r, at, WINDOW_OCTETS, &part);

		if (e != ERR_OK)
			return e;
		for (size_t i = 0; i + RECORD_HEAD_OCTETS <= part.len; i++) {
			const char *hit = memchr(part.at + i, RECORD_MAGIC & 0xff, part.len - i);

			if (hit == NULL)
				break;
			i = (size_t)(hit - part.at);
			if (later_group(r, str_skip(part, i), seq)) {
				*ret_torn = false;
				return ERR_OK;
			}
		}
		if (part.len < WINDOW_OCTETS)
			break;
		at += WINDOW_OCTETS - RECORD_HEAD_OCTETS;
	}
	*ret_torn = true;
	return ERR_OK;
}
