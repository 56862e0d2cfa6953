#include "directory/hash_memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "base/must.h"

#define PIECES_MAX 64u /* more checks at once than any machine has threads for them */

struct piece {
	uint8_t *at; /* NULL: none */
	size_t octets;
	bool used;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct piece pieces[PIECES_MAX];

/* Not in large pages: the hash is no quicker in them, and when memory is in pieces the system moves other pages out of the way
 * first, for some 40 ms. */
static uint8_t *map(size_t octets)
{
	uint8_t *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at != MAP_FAILED ? at : NULL;
}

/* The first in the row, so that one check after the other uses the same. */
static struct piece *find_place(size_t octets)
{
	struct piece *empty = NULL;

	for (size_t i = 0; i < PIECES_MAX; i++) {
		struct piece *p = &pieces[i];

		if (p->at != NULL && !p->used && p->octets == octets)
			return p;
		if (p->at == NULL && empty == NULL)
			empty = p;
	}
	return empty;
}

int hash_memory_take(uint8_t **ret, size_t octets)
{
	struct piece *p;

	must(octets > 0);
	pthread_mutex_lock(&lock);
	p = find_place(octets);
	if (p != NULL && p->at == NULL)
		*p = (struct piece){ .at = map(octets), .octets = octets };
	if (p != NULL && p->at != NULL) {
		p->used = true;
		*ret = p->at;
	}
	pthread_mutex_unlock(&lock);
	return p != NULL && p->at != NULL ? 0 : -1;
}

void hash_memory_give(uint8_t *at, size_t octets)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < PIECES_MAX && !found; i++) {
		found = pieces[i].at == at && pieces[i].used;
		if (found)
			pieces[i].used = false;
	}
	pthread_mutex_unlock(&lock);
	must(found);
}

void hash_memory_release(void)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < PIECES_MAX; i++) {
		if (pieces[i].at == NULL || pieces[i].used)
			continue;
		munmap(pieces[i].at, pieces[i].octets);
		pieces[i] = (struct piece){ .at = NULL };
	}
	pthread_mutex_unlock(&lock);
}

size_t hash_memory_kept(void)
{
	size_t octets = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < PIECES_MAX; i++)
		octets += pieces[i].at != NULL ? pieces[i].octets : 0;
	pthread_mutex_unlock(&lock);
	return octets;
}
