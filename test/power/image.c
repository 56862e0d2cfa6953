/*
 * A disk that remembers: one regular file in memory, shown through FUSE, with every write and flush logged.
 *
 *   power_image FOLDER OCTETS LOG COUNT
 *
 * FOLDER/disk is the image, all zeros at first, for a loop device to stand on. LOG gets a record for each WRITE and each
 * FSYNC in the order in which they were served (image.h). COUNT, a file of eight octets, always holds the number of
 * records, so that a client can note how far the disk was when it got its reply. Needs root. Ends when FOLDER is
 * unmounted, or with its parent. One request at a time: a write has been answered before the next one is read.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define DISK_NAME  "disk"
#define DISK_NODE  2u
#define WRITE_MAX  (1u << 20)
#define VALID_S    1000000u
#define BLOCK      4096u

struct image {
	int fuse, log;
	char *at;
	uint64_t octets;
	_Atomic uint64_t *count;
};

/* What a request is answered with. */
struct answer {
	int error; /* positive errno; 0: the octets below */
	const void *at;
	size_t len;
	bool silent; /* the kernel waits for no answer */
};

static _Noreturn void fatal(const char *what)
{
	perror(what);
	exit(1);
}

static void log_put(struct image *g, const struct image_head *head, const void *data)
{
	struct iovec parts[2] = { { (void *)(uintptr_t)head, sizeof(*head) },
		{ (void *)(uintptr_t)data, head->octets } };

	if (writev(g->log, parts, 2) != (ssize_t)(sizeof(*head) + head->octets))
		fatal("the log cannot be written");
	atomic_fetch_add(g->count, 1);
}

static struct fuse_attr attr_of(const struct image *g, uint64_t node)
{
	bool disk = node == DISK_NODE;

	return (struct fuse_attr){ .ino = node,
		.size = disk ? g->octets : 0,
		.blocks = disk ? g->octets / 512 : 0,
		.mode = disk ? S_IFREG | 0600 : S_IFDIR | 0700,
		.nlink = disk ? 1 : 2,
		.blksize = BLOCK };
}

static struct answer of(const void *at, size_t len)
{
	return (struct answer){ .at = at, .len = len };
}

static struct answer serve_init(const struct fuse_init_in *in)
{
	static struct fuse_init_out out;

	out = (struct fuse_init_out){ .major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.flags = in->flags & (FUSE_BIG_WRITES | FUSE_MAX_PAGES),
		.max_background = 16,
		.congestion_threshold = 12,
		.max_write = WRITE_MAX,
		.max_pages = WRITE_MAX / BLOCK };
	return of(&out, sizeof(out));
}

static struct answer serve_lookup(const struct image *g, const char *name)
{
	static struct fuse_entry_out out;

	if (strcmp(name, DISK_NAME) != 0)
		return (struct answer){ .error = ENOENT };
	out = (struct fuse_entry_out){ .nodeid = DISK_NODE,
		.entry_valid = VALID_S,
		.attr_valid = VALID_S,
		.attr = attr_of(g, DISK_NODE) };
	return of(&out, sizeof(out));
}

static struct answer serve_attr(const struct image *g, uint64_t node)
{
	static struct fuse_attr_out out;

	out = (struct fuse_attr_out){ .attr_valid = VALID_S, .attr = attr_of(g, node) };
	return of(&out, sizeof(out));
}

static struct answer serve_read(const struct image *g, const struct fuse_read_in *in)
{
	uint64_t left = in->offset < g->octets ? g->octets - in->offset : 0;

	return of(g->at + (left > 0 ? in->offset : 0), left < in->size ? left : in->size);
}

static struct answer serve_write(struct image *g, const struct fuse_write_in *in)
{
	static struct fuse_write_out out;

	if (in->offset > g->octets || in->size > g->octets - in->offset)
		return (struct answer){ .error = ENOSPC };
	memcpy(g->at + in->offset, in + 1, in->size);
	log_put(g, &(struct image_head){ in->offset, in->size, IMAGE_WRITE }, in + 1);
	out = (struct fuse_write_out){ .size = in->size };
	return of(&out, sizeof(out));
}

static struct answer serve_statfs(const struct image *g)
{
	static struct fuse_statfs_out out;

	out.st = (struct fuse_kstatfs){ .blocks = g->octets / BLOCK, .bsize = BLOCK, .namelen = 255, .frsize = BLOCK };
	return of(&out, sizeof(out));
}

static struct answer serve(struct image *g, const struct fuse_in_header *h)
{
	static const struct fuse_open_out opened;

	switch (h->opcode) {
	case FUSE_INIT:
		return serve_init((const void *)(h + 1));
	case FUSE_LOOKUP:
		return serve_lookup(g, (const char *)(h + 1));
	case FUSE_GETATTR:
	case FUSE_SETATTR: /* times and the like: nothing that counts here */
		return serve_attr(g, h->nodeid);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return of(&opened, sizeof(opened));
	case FUSE_READ:
		return serve_read(g, (const void *)(h + 1));
	case FUSE_WRITE:
		return serve_write(g, (const void *)(h + 1));
	case FUSE_FSYNC:
		log_put(g, &(struct image_head){ .kind = IMAGE_FLUSH }, "");
		return of(NULL, 0);
	case FUSE_STATFS:
		return serve_statfs(g);
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_READDIR:
	case FUSE_DESTROY:
		return of(NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return (struct answer){ .silent = true };
	default:
		return (struct answer){ .error = ENOSYS };
	}
}

static void answer(const struct image *g, uint64_t unique, struct answer a)
{
	struct fuse_out_header head = { .unique = unique, .error = -a.error };
	struct iovec parts[2] = { { &head, sizeof(head) },
		{ (void *)(uintptr_t)a.at, a.error ? 0 : a.len } };

	if (a.silent)
		return;
	head.len = (uint32_t)(sizeof(head) + parts[1].iov_len);
	if (writev(g->fuse, parts, 2) < 0 && errno != ENOENT) /* ENOENT: given up meanwhile */
		fatal("answering the kernel");
}

static void run(struct image *g)
{
	size_t room = WRITE_MAX + 2 * BLOCK;
	char *in = malloc(room);

	if (in == NULL)
		fatal("memory");
	for (;;) {
		const struct fuse_in_header *h = (const void *)in;
		ssize_t n = read(g->fuse, in, room);

		if (n < 0 && errno == ENODEV)
			break;
		if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT))
			continue;
		if (n < (ssize_t)sizeof(*h))
			fatal("reading from the kernel");
		answer(g, h->unique, serve(g, h));
	}
	free(in);
}

static void *mapped(int fd, size_t octets)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
	void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		fatal("mmap");
	return at;
}

static int created(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		fatal(path);
	return fd;
}

int main(int argc, char **argv)
{
	struct image g = { 0 };
	char options[100];
	int count;

	if (argc != 5) {
		fprintf(stderr, "usage: power_image FOLDER OCTETS LOG COUNT\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	g.octets = strtoull(argv[2], NULL, 10);
	g.at = mapped(-1, g.octets);
	g.log = created(argv[3]);
	count = created(argv[4]);
	if (ftruncate(count, sizeof(*g.count)) != 0)
		fatal(argv[4]);
	g.count = mapped(count, sizeof(*g.count));
	g.fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (g.fuse < 0)
		fatal("/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", g.fuse);
	if (mount("bourse-power", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) != 0)
		fatal(argv[1]);
	puts("ready");
	fflush(stdout);
	run(&g);
	return 0;
}
