/* What the tests of the engine share: data folders, short calls, random numbers, a model. Included
 * once a program. */
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kv/kv.h"
#include "tap.h"

static inline struct str c_str(const char *c)
{
	return str_from_c(c);
}

/* A new empty folder; remove with folder_remove. */
static inline void folder_new(char path[64])
{
	const char *shm = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(path, 64, "%s/kv-test-XXXXXX", shm);
	if (mkdtemp(path) == NULL)
		abort();
}

static inline void folder_clear(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d != NULL)
		closedir(d);
}

static inline void folder_remove(const char *path)
{
	folder_clear(path);
	rmdir(path);
}

static inline void file_copy(const char *from, const char *to, size_t octets)
{
	static char part[1 << 16];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	if (in < 0 || out < 0)
		abort();
	while (octets > 0 &&
		(n = read(in, part, octets < sizeof(part) ? octets : sizeof(part))) > 0) {
		if (write(out, part, (size_t)n) != n)
			abort();
		octets -= (size_t)n;
	}
	close(in);
	close(out);
}

/* Copies the files of one folder to another; the lock is left out. */
static inline void folder_copy(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *e;
	char a[400], b[400];

	folder_clear(to);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, "journal-", 8) != 0 && strcmp(e->d_name, "index") != 0)
			continue;
		snprintf(a, sizeof(a), "%s/%s", from, e->d_name);
		snprintf(b, sizeof(b), "%s/%s", to, e->d_name);
		file_copy(a, b, SIZE_MAX);
	}
	if (d != NULL)
		closedir(d);
}

static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1du;
}

/* The value of one key, copied into text; false: not there. */
static inline bool value_of(struct kv *kv, uint64_t shard, const char *key, struct buf *to)
{
	struct kv_read row = { .shard = shard, .key = c_str(key) };
	struct arena arena;
	enum err e;

	arena_init(&arena, ARENA_NONE);
	e = kv_read_all(kv, &row, 1, &arena);
	buf_clear(to);
	if (e == ERR_OK && row.ret_found)
		buf_put(to, row.ret_value);
	arena_done(&arena);
	return e == ERR_OK && row.ret_found;
}

static inline enum err put_now(struct kv *kv, uint64_t shard, const char *key, const char *value)
{
	struct kv_write *w = kv_write_new(kv);

	kv_put(w, shard, c_str(key), c_str(value));
	return kv_commit_now(kv, w);
}

static inline uint64_t digest_of(struct kv *kv)
{
	uint64_t digest = 0;
	enum err e = kv_digest(kv, &digest);

	return e == ERR_OK ? digest : 0;
}
