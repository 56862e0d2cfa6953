#include "ctl/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/file.h"

#define PART_OCTETS ((size_t)64 << 10)

struct spool {
	int in, out;
	iconv_t converter;
	char part[PART_OCTETS];
	size_t have;     /* octets of part */
	uint64_t taken;  /* octets of the input before part */
};

static enum err write_all(int fd, const char *at, size_t len, struct failure *f)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR)
			return fail(f, file_err(errno), "a temporary file cannot be written: %m");
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return ERR_OK;
}

/* Fills part; *ret_end: there is no more. */
static enum err read_more(struct spool *s, bool *ret_end, struct failure *f)
{
	ssize_t n;

	do {
		n = read(s->in, s->part + s->have, sizeof(s->part) - s->have);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(f, file_err(errno), "the file cannot be read: %m");
	s->have += (size_t)n;
	*ret_end = n == 0;
	return ERR_OK;
}

/* What a byte order mark says; the mark goes. */
static const char *charset_of(struct spool *s)
{
	static const struct {
		struct str mark;
		const char *charset;
	} marks[] = { { { "\xef\xbb\xbf", 3 }, "UTF-8" }, { { "\xff\xfe", 2 }, "UTF-16LE" }, { { "\xfe\xff", 2 }, "UTF-16BE" } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (!str_starts(str_make(s->part, s->have), marks[i].mark))
			continue;
		s->have -= marks[i].mark.len;
		s->taken += marks[i].mark.len;
		memmove(s->part, s->part + marks[i].mark.len, s->have);
		return marks[i].charset;
	}
	return NULL;
}

/* Converts what is whole in part; what is left of it stands at its front then. */
static enum err convert(struct spool *s, struct failure *f)
{
	char to[PART_OCTETS];
	char *in = s->part;
	size_t left = s->have, result;

	do {
		char *out = to;
		size_t room = sizeof(to);

		result = iconv(s->converter, &in, &left, &out, &room);
		if (result == (size_t)-1 && errno == EILSEQ)
			return fail(f, ERR_SYNTAX,
				"octet %llu of the file is not in its charset; say which it is, for example --charset windows-1252",
				(unsigned long long)(s->taken + (s->have - left)));
		if (write_all(s->out, to, sizeof(to) - room, f) != ERR_OK)
			return f->code;
	} while (result == (size_t)-1 && errno == E2BIG);
	s->taken += s->have - left;
	memmove(s->part, in, left);
	s->have = left;
	return ERR_OK;
}

static enum err begin(struct spool *s, const char *charset, struct failure *f)
{
	bool end = false;
	const char *marked;

	while (s->have < 3 && !end)
		if (read_more(s, &end, f) != ERR_OK)
			return f->code;
	marked = charset_of(s);
	if (charset == NULL)
		charset = marked != NULL ? marked : "UTF-8";
	s->converter = iconv_open("UTF-8", charset);
	if (s->converter == (iconv_t)-1)
		return fail(f, ERR_SYNTAX, "the charset '%.40s' is not known; there are UTF-8, UTF-16, windows-1252 and those of iconv",
			charset);
	return ERR_OK;
}

static enum err copy(struct spool *s, struct failure *f)
{
	bool end = false;
	enum err e;

	do {
		e = convert(s, f);
		if (e == ERR_OK)
			e = read_more(s, &end, f);
	} while (e == ERR_OK && !end);
	if (e == ERR_OK)
		e = convert(s, f);
	if (e == ERR_OK && s->have > 0)
		return fail(f, ERR_SYNTAX, "the file ends within a character");
	return e;
}

enum err spool_open(const char *path, const char *charset, int *ret_fd, struct failure *f)
{
	static struct spool s;
	bool pipe = strcmp(path, "-") == 0;
	const char *folder = getenv("TMPDIR");
	enum err e;

	s = (struct spool){ .in = pipe ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), .out = -1, .converter = (iconv_t)-1 };
	if (s.in < 0)
		return fail(f, file_err(errno), "%.300s cannot be opened: %m", path);
	/* It may hold passwords, and has no name. */
	s.out = open(folder != NULL ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (s.out < 0)
		s.out = memfd_new("import");
	e = s.out < 0 ? fail(f, ERR_IO, "there is no room for a temporary file") : begin(&s, charset, f);
	if (e == ERR_OK)
		e = copy(&s, f);
	if (s.converter != (iconv_t)-1)
		iconv_close(s.converter);
	if (!pipe)
		fd_close(&s.in);
	if (e != ERR_OK)
		fd_close(&s.out);
	else
		*ret_fd = s.out;
	return e;
}
