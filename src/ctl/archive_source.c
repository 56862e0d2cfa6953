#include "ctl/archive_source.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "io/file.h"
#include "mail/header.h"

#define RAW_OCTETS  ((size_t)65536)
#define HEAD_OCTETS ((size_t)65536)
#define GZIP_WINDOW (15 + 16)

struct archive_source {
	int fd;
	bool packed, unpacking; /* by gzip; inside a member */
	bool ended;             /* the file */
	z_stream z;
	char raw[RAW_OCTETS];
	size_t raw_at, raw_len;
	struct buf head; /* what was looked at */
	size_t head_at;
	enum err wrong;  /* behind head */
	uint64_t octets;
	char problem[200];
};

static const struct {
	const char *magic;
	size_t octets;
	const char *name, *tool;
} packers[] = {
	{ "BZh", 3, "bzip2", "bzip2" },
	{ "\xfd" "7zXZ", 5, "xz", "xz" },
	{ "\x28\xb5\x2f\xfd", 4, "zstd", "zstd" },
	{ "PK\3\4", 4, "zip", NULL },
};

static enum err fill_raw(struct archive_source *s)
{
	ssize_t got;

	do {
		got = read(s->fd, s->raw, sizeof(s->raw));
	} while (got < 0 && errno == EINTR);
	s->raw_at = 0;
	s->raw_len = got > 0 ? (size_t)got : 0;
	s->octets += s->raw_len;
	s->ended = got == 0;
	if (got >= 0)
		return ERR_OK;
	snprintf(s->problem, sizeof(s->problem), "it cannot be read: %s", strerror(errno));
	return ERR_IO;
}

/* ---- gzip ---- */

static enum err broken(struct archive_source *s, const char *what)
{
	snprintf(s->problem, sizeof(s->problem), "%s after %llu octets; get the file again", what, (unsigned long long)s->octets);
	return ERR_CORRUPT;
}

/* One member ends where another may begin. */
static enum err next_member(struct archive_source *s, bool *ret_end)
{
	enum err e = s->raw_at == s->raw_len ? fill_raw(s) : ERR_OK;

	*ret_end = s->raw_len == 0;
	if (e == ERR_OK && !*ret_end && inflateReset(&s->z) != Z_OK)
		e = broken(s, "it cannot be unpacked");
	s->unpacking = !*ret_end;
	return e;
}

static enum err unpack(struct archive_source *s, char *to, size_t room, size_t *ret)
{
	bool end = false;
	enum err e = ERR_OK;
	int state;

	*ret = 0;
	while (e == ERR_OK && *ret == 0) {
		if (!s->unpacking)
			e = next_member(s, &end);
		else if (s->raw_at == s->raw_len)
			e = fill_raw(s);
		if (e != ERR_OK || end)
			return e;
		if (s->raw_len == 0)
			return broken(s, "it ends in the middle of what gzip has packed");
		s->z.next_in = (unsigned char *)s->raw + s->raw_at;
		s->z.avail_in = (unsigned)(s->raw_len - s->raw_at);
		s->z.next_out = (unsigned char *)to;
		s->z.avail_out = (unsigned)(room < UINT32_MAX ? room : UINT32_MAX);
		state = inflate(&s->z, Z_NO_FLUSH);
		s->raw_at = s->raw_len - s->z.avail_in;
		*ret = (size_t)((char *)s->z.next_out - to);
		if (state == Z_STREAM_END)
			s->unpacking = false;
		else if (state != Z_OK && state != Z_BUF_ERROR)
			e = broken(s, "what gzip has packed is damaged");
	}
	return *ret > 0 ? ERR_OK : e;
}

/* ---- reading ---- */

static enum err read_on(struct archive_source *s, char *to, size_t room, size_t *ret)
{
	size_t n;
	enum err e;

	if (s->packed)
		return unpack(s, to, room, ret);
	e = s->raw_at == s->raw_len && !s->ended ? fill_raw(s) : ERR_OK;
	n = s->raw_len - s->raw_at < room ? s->raw_len - s->raw_at : room;
	memcpy(to, s->raw + s->raw_at, n);
	s->raw_at += n;
	*ret = n;
	return e;
}

enum err archive_source_read(void *source, char *to, size_t room, size_t *ret)
{
	struct archive_source *s = source;
	size_t n = s->head.len - s->head_at < room ? s->head.len - s->head_at : room;

	*ret = n;
	if (n > 0) {
		memcpy(to, s->head.at + s->head_at, n);
		s->head_at += n;
		return ERR_OK;
	}
	if (s->wrong != ERR_OK)
		return s->wrong;
	s->wrong = read_on(s, to, room, ret);
	return s->wrong;
}

const char *archive_source_problem(const struct archive_source *s)
{
	return s->problem;
}

uint64_t archive_source_octets(const struct archive_source *s)
{
	return s->octets;
}

/* ---- what it is ---- */

enum archive_kind archive_source_kind(const struct archive_source *s)
{
	struct str rest = buf_str(&s->head), line;

	if (str_starts(rest, S("\xef\xbb\xbf")))
		rest = str_skip(rest, 3);
	while (rest.len > 0 && (rest.at[0] == '\n' || rest.at[0] == '\r'))
		rest = str_skip(rest, 1);
	if (rest.len == 0)
		return s->head.len > 0 ? ARCHIVE_UNKNOWN : ARCHIVE_NOTHING;
	if (str_starts(rest, S("From ")))
		return ARCHIVE_MBOX;
	line = str_sub(rest, 0, str_find(rest, '\n'));
	return header_line_is_field(line) || str_starts(line, S(">From ")) ? ARCHIVE_MESSAGE : ARCHIVE_UNKNOWN;
}

static enum err fill_head(struct archive_source *s)
{
	size_t got = 1;

	while (s->wrong == ERR_OK && got > 0 && s->head.len < HEAD_OCTETS) {
		char *room = buf_room(&s->head, HEAD_OCTETS - s->head.len);

		s->wrong = read_on(s, room, HEAD_OCTETS - s->head.len, &got);
		if (s->wrong == ERR_OK)
			buf_added(&s->head, got);
	}
	return s->head.len > 0 ? ERR_OK : s->wrong;
}

static enum err refuse_packed(struct str head, struct failure *f)
{
	for (size_t i = 0; i < sizeof(packers) / sizeof(*packers); i++) {
		if (!str_starts(head, str_make(packers[i].magic, packers[i].octets)))
			continue;
		if (packers[i].tool == NULL)
			return fail(f, ERR_SYNTAX, "it is packed by %s; unpack it first", packers[i].name);
		return fail(f, ERR_SYNTAX, "it is packed by %s; unpack it on the way: %s -dc FILE | bourse folder import ... -",
			packers[i].name, packers[i].tool);
	}
	return ERR_OK;
}

enum err archive_source_open(int fd, struct archive_source **ret, struct failure *f)
{
	struct archive_source *s = MEM_NEW(struct archive_source);
	enum err e;

	*s = (struct archive_source){ .fd = fd };
	buf_init(&s->head, 2 * HEAD_OCTETS);
	e = fill_raw(s);
	s->packed = e == ERR_OK && s->raw_len > 2 && memcmp(s->raw, "\x1f\x8b", 2) == 0;
	s->unpacking = s->packed;
	if (s->packed)
		must(inflateInit2(&s->z, GZIP_WINDOW) == Z_OK);
	else if (e == ERR_OK)
		e = refuse_packed(str_make(s->raw, s->raw_len), f);
	if (e == ERR_OK)
		e = fill_head(s);
	if (e == ERR_OK) {
		*ret = s;
		return ERR_OK;
	}
	if (f->code == ERR_OK)
		(void)!fail(f, e, "%s", s->problem);
	archive_source_close(s);
	return e;
}

void archive_source_close(struct archive_source *s)
{
	if (s == NULL)
		return;
	if (s->packed)
		inflateEnd(&s->z);
	fd_close(&s->fd);
	buf_done(&s->head);
	mem_free(s);
}
