#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

#if UNDER_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, n)   ASAN_POISON_MEMORY_REGION((at), (n))
#define UNPOISON(at, n) ASAN_UNPOISON_MEMORY_REGION((at), (n))
#else
#define POISON(at, n)   ((void)(at), (void)(n))
#define UNPOISON(at, n) ((void)(at), (void)(n))
#endif

#define ALIGN       ((size_t)16)
#define CHUNK_FIRST ((size_t)1024)
#define CHUNK_MAX   ((size_t)64 << 10)

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	size_t used;
	_Alignas(16) char octets[];
};

void arena_init(struct arena *a, size_t ceiling)
{
	*a = (struct arena){ .ceiling = ceiling };
}

static void free_chunks(struct arena *a, struct arena_chunk *keep)
{
	struct arena_chunk *c = a->chunks;

	while (c != NULL) {
		struct arena_chunk *older = c->older;

		if (c != keep) {
			a->held -= c->size;
			UNPOISON(c->octets, c->size);
			mem_free(c);
		}
		c = older;
	}
	a->chunks = keep;
	a->used = 0;
}

void arena_done(struct arena *a)
{
	free_chunks(a, NULL);
}

void arena_wipe(struct arena *a)
{
	for (struct arena_chunk *c = a->chunks; c != NULL; c = c->older) {
		UNPOISON(c->octets, c->size);
		mem_wipe(c->octets, c->size);
	}
	arena_done(a);
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *first = a->chunks;

	while (first != NULL && first->older != NULL)
		first = first->older;
	free_chunks(a, first);
	if (first != NULL) {
		first->used = 0;
		POISON(first->octets, first->size);
	}
}

static struct arena_chunk *add_chunk(struct arena *a, size_t need)
{
	size_t size = a->chunks ? a->chunks->size * 2 : CHUNK_FIRST;
	struct arena_chunk *c;

	if (size > CHUNK_MAX)
		size = CHUNK_MAX;
	if (size < need)
		size = need;
	c = mem_new(sizeof(*c) + size);
	c->size = size;
	c->older = a->chunks;
	a->chunks = c;
	a->held += size;
	POISON(c->octets, size);
	return c;
}

void *arena_try(struct arena *a, size_t octets)
{
	size_t need = (octets + ALIGN - 1) & ~(ALIGN - 1);
	struct arena_chunk *c = a->chunks;
	void *at;

	if (need < octets || (a->ceiling != 0 && need > a->ceiling - a->used))
		return NULL;
	if (c == NULL || c->size - c->used < need)
		c = add_chunk(a, need);
	at = c->octets + c->used;
	UNPOISON(at, need);
	memset(at, 0, need);
	c->used += need;
	a->used += need;
	return at;
}

void *arena_take(struct arena *a, size_t octets)
{
	void *at = arena_try(a, octets);

	must(at != NULL);
	return at;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *copy = arena_take(a, s.len + 1);

	if (s.len > 0)
		memcpy(copy, s.at, s.len);
	return str_make(copy, s.len);
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	int len;
	char *at;

	must(format != NULL);
	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	must(len >= 0);
	at = arena_take(a, (size_t)len + 1);
	va_start(args, format);
	vsnprintf(at, (size_t)len + 1, format, args);
	va_end(args);
	return str_make(at, (size_t)len);
}
