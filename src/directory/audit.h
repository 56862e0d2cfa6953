/*
 * The audit trail: every logon that was tried, in files of the directory's folder that go round. Format: doc/format/audit.md; files: io/ring.h.
 *
 * A record is taken into memory at once and written by another thread a moment later: no logon waits for the disk. Nothing is flushed:
 * what was written outlives the process, and the machine's fall costs the last seconds. At most AUDIT_WAITING_OCTETS_MAX wait; what comes on
 * top is counted and left out. What cannot be written (disk full) is lost.
 *
 * Threads: audit_put, audit_set, audit_close on the loop's; audit_write on any; audit_find on any, with nothing of the struct but what
 * audit_finder took.
 */
#pragma once

#include <pthread.h>

#include "base/arena.h"
#include "directory/audit_record.h"
#include "io/ring.h"

#define AUDIT_NAME               "logons"
#define AUDIT_WAITING_OCTETS_MAX ((size_t)1 << 20)
#define AUDIT_FOUND_MAX          10000u

struct audit {
	pthread_mutex_t lock; /* of waiting and lost */
	struct buf waiting;
	uint64_t lost; /* records that found no room */
	pthread_mutex_t files; /* of ring; taken before lock */
	struct ring ring;
};

/* Opens the trail in a folder (of the working folder), or makes it; cuts off what was half written. As ring_open. */
enum err audit_open(struct audit *a, const char *folder) MUST_USE;
/* octets_max 0: nothing is kept. age_ms_max 0: of any age. */
void audit_set(struct audit *a, uint64_t octets_max, uint64_t age_ms_max);
/* Writes what waits. */
void audit_close(struct audit *a);

void audit_put(struct audit *a, const struct audit_record *record);
/* Writes what waits and drops what is too old or too much. Returns how many records were left out since the last call. */
uint64_t audit_write(struct audit *a, int64_t now_ms);

/* What is looked for; an empty text or 0 is anything. */
struct audit_query {
	uint64_t account;
	struct str text;   /* ASCII case folded: of account, name, mailbox or client */
	int64_t since_ms, until_ms;
	bool refused;      /* only refusals */
	uint32_t count_max; /* the newest so many; at most AUDIT_FOUND_MAX */
};

/* A search, complete in itself. Views of the query must live until audit_find has ended. */
struct audit_finder {
	int folder;
	uint32_t first, last;
	struct audit_query query;
	struct arena *arena;
	/* results, oldest first; views into the arena */
	struct audit_record *found;
	size_t count;
	enum err code; /* ERR_IO */
};

void audit_finder(struct audit *a, const struct audit_query *q, struct arena *arena, struct audit_finder *ret);
void audit_find(struct audit_finder *f);
bool audit_matches(const struct audit_query *q, const struct audit_record *r);
