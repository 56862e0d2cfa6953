/*
 * Makes the disk as a power cut would have left it.
 *
 *   power_cut LOG OCTETS DISK < requests > answers
 *
 * A request is a line "POSITION SEED"; positions must not fall. DISK is then the image after a cut when POSITION records
 * of LOG (image.h) had been served: everything up to the last flush before it is there; of each later write it is
 * random, with even chances, whether it is. Of those that are, three in ten are torn at a border of 512 or 4,096 octets:
 * only a beginning, or only some of the pieces, arrived. What is kept is written in the order of the log, so an older
 * write never stands over a newer one. The answer: "ok WRITES KEPT TORN", counts of what came after the flush.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#define BLOCK 4096u

struct cut {
	const char *log;
	size_t log_octets, at;  /* of the record after the base */
	uint64_t position;      /* records in the base */
	char *base;             /* the disk up to a flush */
	bool *used;             /* blocks of the base that were ever written */
	uint64_t octets;
	int disk;
	uint64_t random;
	uint64_t writes, kept, torn;
};

static _Noreturn void fatal(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t next(struct cut *c)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return c->random * 0x2545f4914f6cdd1du >> 16;
}

/* The record at *at, which moves behind it; NULL at the end of the log. */
static const struct image_head *record(const struct cut *c, size_t *at)
{
	const struct image_head *h = (const void *)(c->log + *at);

	if (*at + sizeof(*h) > c->log_octets || *at + sizeof(*h) + h->octets > c->log_octets)
		return NULL;
	*at += sizeof(*h) + h->octets;
	return h;
}

static struct image_head head_of(const struct image_head *h)
{
	struct image_head copy;

	memcpy(&copy, h, sizeof(copy)); /* data of odd length may stand before it */
	return copy;
}

static void base_write(struct cut *c, const struct image_head *at, struct image_head h)
{
	if (h.octets == 0)
		return;
	memcpy(c->base + h.offset, at + 1, h.octets);
	for (uint64_t b = h.offset / BLOCK; b <= (h.offset + h.octets - 1) / BLOCK; b++)
		c->used[b] = true;
}

/* Moves the base to the last flush among the first `position` records. */
static void base_advance(struct cut *c, uint64_t position)
{
	size_t at = c->at, flush_at = c->at;
	uint64_t flush = c->position;
	const struct image_head *h;

	for (uint64_t n = c->position; n < position && (h = record(c, &at)) != NULL; n++) {
		if (head_of(h).kind == IMAGE_FLUSH) {
			flush = n + 1;
			flush_at = at;
		}
	}
	while (c->position < flush && c->at < flush_at) {
		h = record(c, &c->at);
		base_write(c, h, head_of(h));
		c->position++;
	}
}

static void disk_write(struct cut *c, const char *octets, uint64_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t n = pwrite(c->disk, octets, len, (off_t)offset);

		if (n <= 0)
			fatal("the disk cannot be written");
		octets += n;
		offset += (uint64_t)n;
		len -= (uint64_t)n;
	}
}

static void base_copy(struct cut *c)
{
	uint64_t blocks = c->octets / BLOCK, from;

	if (ftruncate(c->disk, 0) != 0 || ftruncate(c->disk, (off_t)c->octets) != 0)
		fatal("the disk cannot be emptied");
	for (uint64_t b = 0; b < blocks; b++) {
		from = b;
		while (b < blocks && c->used[b])
			b++;
		if (b > from)
			disk_write(c, c->base + from * BLOCK, (b - from) * BLOCK, from * BLOCK);
	}
}

static void write_torn(struct cut *c, const char *data, struct image_head h)
{
	uint64_t piece = next(c) % 2 ? 512 : BLOCK, pieces = (h.octets + piece - 1) / piece;
	bool scattered = next(c) % 2;
	uint64_t first = next(c) % (pieces + 1);

	c->torn++;
	for (uint64_t i = 0; i < pieces; i++) {
		uint64_t at = i * piece, len = h.octets - at < piece ? h.octets - at : piece;

		if (scattered ? next(c) % 2 : i < first)
			disk_write(c, data + at, len, h.offset + at);
	}
}

static void later_writes(struct cut *c, uint64_t position)
{
	size_t at = c->at;
	const struct image_head *where;

	c->writes = c->kept = c->torn = 0;
	for (uint64_t n = c->position; n < position && (where = record(c, &at)) != NULL; n++) {
		struct image_head h = head_of(where);

		if (h.kind != IMAGE_WRITE)
			continue;
		c->writes++;
		if (next(c) % 2)
			continue;
		c->kept++;
		if (next(c) % 10 < 3)
			write_torn(c, (const char *)(where + 1), h);
		else
			disk_write(c, (const char *)(where + 1), h.octets, h.offset);
	}
}

static void *mapped(int fd, size_t octets)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_PRIVATE;
	void *at = mmap(NULL, octets, fd < 0 ? PROT_READ | PROT_WRITE : PROT_READ, flags, fd, 0);

	if (at == MAP_FAILED)
		fatal("mmap");
	return at;
}

static void serve(struct cut *c)
{
	unsigned long long position, seed;

	while (scanf("%llu %llu", &position, &seed) == 2) {
		if (position < c->position) {
			fprintf(stderr, "positions must not fall\n");
			exit(2);
		}
		c->random = seed * 0x9e3779b97f4a7c15u + 1;
		base_advance(c, position);
		base_copy(c);
		later_writes(c, position);
		printf("ok %llu %llu %llu\n", (unsigned long long)c->writes, (unsigned long long)c->kept,
			(unsigned long long)c->torn);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct cut c = { 0 };
	struct stat st;
	int log;

	if (argc != 4) {
		fprintf(stderr, "usage: power_cut LOG OCTETS DISK\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (log < 0 || fstat(log, &st) != 0 || st.st_size == 0)
		fatal(argv[1]);
	c.log_octets = (size_t)st.st_size;
	c.log = mapped(log, c.log_octets);
	c.octets = strtoull(argv[2], NULL, 10);
	c.base = mapped(-1, c.octets);
	c.used = mapped(-1, c.octets / BLOCK + 1);
	c.disk = open(argv[3], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (c.disk < 0)
		fatal(argv[3]);
	serve(&c);
	return 0;
}
