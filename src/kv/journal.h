/*
 * Inside the journal driver: its parts and who owns them.
 *
 *   owner's thread   kv_commit -> queue ... kv_dispatch -> done; reads: index view + what the index lacks (recent)
 *   writer's thread  queue -> group -> one write, one flush -> kv_post -> index, committed within index_ms
 * Opening runs on the owner's thread before the writer exists, and uses the writer's fields.
 */
#pragma once

#include "kv/apply.h"
#include "kv/kv_int.h"
#include "kv/recent.h"

enum compact_state { COMPACT_IDLE, COMPACT_RUNNING, COMPACT_OVER };

struct files; /* the owner's descriptors of segments */
struct pieces;
struct ahead;

/* A segment being copied; the writer's. */
struct compaction {
	bool active;
	bool closing;           /* the last chunk is in the group */
	struct segment_reader reader;
	uint32_t number;
	uint64_t octets, copied;
	struct kv_write *chunk; /* in the group now */
};

struct writer {
	pthread_t thread;
	bool started;
	int fd;                 /* the last segment */
	uint32_t segment;
	uint64_t offset;        /* its end */
	uint64_t epoch, seq;    /* of the last record written */
	bool need_list;         /* the next group begins with the list of segments */
	bool times;             /* groups are preceded by the time, when it is another second */
	int64_t time_s;         /* the last one written */
	struct apply apply;
	int64_t commit_due_ms;  /* 0: everything is committed */
	uint64_t unindexed_octets; /* of records since then */
	int reserve;            /* descriptor of the reserve file, or -1 when it was given up */
	struct compaction compaction;
};

struct journal {
	struct kv kv;
	/* Constant once opened. */
	int folder, lock_file;
	char *index_path;
	char id[STORE_ID_OCTETS];
	uint32_t seed;
	size_t segment_octets, reserve_octets;
	unsigned index_ms;
	bool times;

	struct index index;
	struct segments segments;
	struct fault fault;

	pthread_mutex_t lock;
	pthread_cond_t work;    /* for the writer */
	pthread_cond_t change;  /* for the owner: room in the queue, a sync was served */
	struct list queue;      /* under lock, as the next rows */
	size_t queue_octets;
	bool stop;
	unsigned holds;         /* above 0: no compaction meanwhile */
	uint64_t sync_asked, sync_served;
	enum compact_state compact;
	uint32_t compact_segment;
	uint64_t compact_octets; /* given back */
	enum err compact_outcome;

	atomic_bool dead, full;
	_Atomic uint64_t indexed_seq, commits, flushes;
	_Atomic uint32_t last_segment;

	struct writer writer;

	/* The owner's. */
	struct recent recent;
	struct files *files;
	struct pieces *pieces;
	struct ahead *ahead;
	uint32_t scrub_segment;
	uint64_t scrub_at;
	uint32_t dict_pending;  /* a trained dictionary that is being committed */
	struct str dict_octets;
};

/* Owner's thread: waits until every commit was written and is in the committed index. ERR_IO: the engine is dead. */
enum err journal_sync(struct journal *j) MUST_USE;
/* Opens segment `number` for reading. ERR_NOTFOUND, ERR_IO. */
enum err journal_segment_open(struct journal *j, uint32_t number, int *ret_fd) MUST_USE;
