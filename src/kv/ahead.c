#include "kv/ahead.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"

#define KEPT_OCTETS ((size_t)8 << 10) /* of a slot's memory, for the next blob */
#define PLACES 4096u /* many more than slots: readers of several mailboxes are at ids far apart, and must not hide each other's */
#define OLD (4 * (size_t)AHEAD_MAX) /* places passed over since then: nobody comes for it any more */
#define SPINS 2000 /* some ten microseconds: longer than one blob takes */

/* WAITING is taken by whichever thread changes it first; BUSY is the worker's, the others are the owner's. */
enum state { FREE, WAITING, BUSY, READY, FAILED };

struct slot {
	_Atomic(enum state) state;
	size_t since; /* head when it was filled */
	struct ahead_blob blob;
	struct buf plain;
};

struct ahead {
	struct slot slots[AHEAD_MAX];
	uint16_t places[PLACES];    /* by id: the slot it was put into last */
	size_t octets;              /* of all slots that are not FREE */
	atomic_size_t head;         /* slots ever filled */
	size_t tail;                /* slots the worker has looked at */
	size_t help;                /* the owner's: slots from here on are not WAITING */
	struct unpacker *unpacker;
	pthread_t thread;
	pthread_mutex_t lock; /* held by the worker but while it sleeps or goes on to the next */
	pthread_cond_t work;
	atomic_bool sleeping, stop;
};

/* ---- the worker ---- */

/* On whichever thread; the other one may have been quicker. */
static bool fill(struct slot *s, struct unpacker *unpacker)
{
	enum state waiting = WAITING;
	enum err e;

	if (!atomic_compare_exchange_strong(&s->state, &waiting, BUSY))
		return false;
	e = blob_range(&(struct blob_source){ .read = stored_read,
			       .arg = &s->blob.stored,
			       .id = s->blob.id,
			       .octets = s->blob.octets,
			       .stored = s->blob.stored.octets,
			       .unpacking = { unpacker, s->blob.unpacking.dict } },
		0, s->blob.octets, &s->plain);
	atomic_store_explicit(&s->state, e == ERR_OK ? READY : FAILED, memory_order_release);
	return true;
}

static bool idle(struct ahead *a)
{
	return a->tail == atomic_load(&a->head) && !atomic_load(&a->stop);
}

static void *work(void *arg)
{
	struct ahead *a = arg;

	pthread_mutex_lock(&a->lock);
	while (!atomic_load(&a->stop)) {
		while (idle(a)) {
			atomic_store(&a->sleeping, true);
			if (idle(a))
				pthread_cond_wait(&a->work, &a->lock);
		}
		atomic_store(&a->sleeping, false);
		if (!atomic_load(&a->stop))
			(void)fill(&a->slots[a->tail++ % AHEAD_MAX], a->unpacker);
		/* Whoever waits for us gets its turn. */
		pthread_mutex_unlock(&a->lock);
		pthread_mutex_lock(&a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static void wake(struct ahead *a)
{
	/* Once for each sleep: whoever came for the lock again would wait until the first blob is unpacked. */
	if (!atomic_load(&a->sleeping) || !atomic_exchange(&a->sleeping, false))
		return;
	pthread_mutex_lock(&a->lock);
	pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
}

/* ---- the owner ---- */

struct ahead *ahead_new(void)
{
	struct ahead *a = MEM_NEW(struct ahead);

	for (size_t i = 0; i < AHEAD_MAX; i++)
		buf_init(&a->slots[i].plain, AHEAD_BLOB_OCTETS_MAX);
	a->unpacker = unpacker_new();
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	must(pthread_create(&a->thread, NULL, work, a) == 0);
	return a;
}

/* False: the worker has it. */
static bool empty(struct ahead *a, struct slot *s)
{
	enum state was = WAITING;

	if (!atomic_compare_exchange_strong(&s->state, &was, FREE) && (was == BUSY || was == FREE))
		return was == FREE;
	a->octets -= s->blob.octets;
	if (s->plain.held > KEPT_OCTETS)
		buf_done(&s->plain);
	buf_clear(&s->plain);
	atomic_store(&s->state, FREE);
	return true;
}

void ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	atomic_store(&a->stop, true);
	pthread_mutex_lock(&a->lock);
	pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	for (size_t i = 0; i < AHEAD_MAX; i++)
		buf_done(&a->slots[i].plain);
	unpacker_free(a->unpacker);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}

static inline void pause_briefly(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	atomic_signal_fence(memory_order_seq_cst);
#endif
}

static struct slot *find(struct ahead *a, kv_blob id)
{
	struct slot *s = &a->slots[a->places[id % PLACES]];

	return atomic_load_explicit(&s->state, memory_order_acquire) != FREE && s->blob.id == id ? s : NULL;
}

/* The next place that nobody needs; with many readers each comes for what he has announced only when all others had their turn. */
static struct slot *place(struct ahead *a)
{
	size_t head = atomic_load(&a->head);
	struct slot *s = NULL;
	bool is_free = false;

	for (size_t i = 0; i < AHEAD_MAX && !is_free; i++) {
		s = &a->slots[(head + i) % AHEAD_MAX];
		is_free = atomic_load(&s->state) == FREE || (head + i - s->since > OLD && empty(a, s));
		if (is_free)
			atomic_store(&a->head, head + i);
	}
	return is_free ? s : NULL;
}

void ahead_put(struct ahead *a, const struct ahead_blob *blob)
{
	struct slot *s;
	size_t head;

	if (blob->unpacking.unpacker == NULL || blob->octets == 0 || blob->octets > AHEAD_BLOB_OCTETS_MAX || find(a, blob->id) != NULL)
		return;
	s = place(a);
	head = atomic_load(&a->head);
	if (s == NULL || blob->octets > AHEAD_OCTETS_MAX - a->octets) {
		atomic_store(&a->head, head + 1); /* so that everything grows old */
		return;
	}
	a->octets += blob->octets;
	a->places[blob->id % PLACES] = (uint16_t)(head % AHEAD_MAX);
	s->blob = *blob;
	s->since = head;
	atomic_store(&s->state, WAITING);
	atomic_store(&a->head, head + 1);
	a->help = head + 1;
	wake(a);
}

/* Does one of those that the worker would come to last, so that none of the two waits for the other. */
static bool help(struct ahead *a)
{
	bool done = false;

	for (unsigned i = 0; i < AHEAD_MAX && a->help > 0 && !done; i++) {
		struct slot *s = &a->slots[--a->help % AHEAD_MAX];

		done = fill(s, s->blob.unpacking.unpacker);
	}
	return done;
}

bool ahead_take(struct ahead *a, kv_blob id, uint64_t from, uint64_t len, struct buf *to)
{
	struct slot *s = a != NULL ? find(a, id) : NULL;
	bool is;

	if (s == NULL)
		return false;
	for (int i = 0; i < SPINS && atomic_load(&s->state) == BUSY; i++) {
		if (!help(a))
			pause_briefly();
	}
	is = atomic_load_explicit(&s->state, memory_order_acquire) == READY;
	if (is && from < s->plain.len) {
		struct str rest = str_skip(buf_str(&s->plain), (size_t)from);

		buf_put(to, len < rest.len ? str_sub(rest, 0, (size_t)len) : rest);
	}
	if (!is || from >= s->blob.octets || len >= s->blob.octets - from)
		(void)empty(a, s);
	return is;
}

void ahead_settle(struct ahead *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < AHEAD_MAX; i++) {
		if (atomic_load(&a->slots[i].state) == WAITING)
			(void)empty(a, &a->slots[i]);
	}
	pthread_mutex_lock(&a->lock);
	pthread_mutex_unlock(&a->lock);
}
