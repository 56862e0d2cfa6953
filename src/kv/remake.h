/*
 * Makes a new journal from the segments of an old one, as they lie in a backup: all of it, or what there was at a
 * moment, or what a filter keeps. The new one has a random id, numbers from 1, one epoch and no trace of
 * compaction, so that it is a store of its own: nothing written to it later can be mixed up with the old one.
 *
 * Which segments count at a moment is said by the journal itself (the list in doc/format/journal.md): those that
 * were compacted before it are passed over, one that is missing is a failure. The source is only read.
 */
#pragma once

#include "kv/segment.h"

#define REMAKE_ALL INT64_MAX

struct remake_source {
	uint32_t number;
	uint64_t octets;
	int64_t first_s; /* the time noted at its beginning; 0: none is */
};

/* False: the operation is left out. Lists of segments and times are not asked about. */
typedef bool remake_keep(void *arg, const struct record_op *op);

struct remake_options {
	int from;                            /* folder */
	const struct remake_source *sources; /* ascending */
	size_t count;
	int64_t until_s;       /* what was written in this second still counts; REMAKE_ALL */
	int to;                /* folder without segments; -1: the operations are only shown to keep */
	size_t segment_octets; /* 0 = 256 MiB */
	remake_keep *keep;     /* may be NULL */
	void (*progress)(void *arg, uint64_t done, uint64_t total); /* octets; may be NULL */
	void *arg;
};

struct remake_report {
	uint64_t records, octets;  /* written */
	int64_t last_s;            /* the last time noted in what was taken */
	struct kv_problem problem; /* after ERR_CORRUPT */
};

/* ERR_NOTFOUND: every source is younger than the moment; ERR_CORRUPT: report->problem says where and what (offset 0 of
 * a segment that is missing); ERR_IO, ERR_DISKFULL. After a failure the folder `to` holds what had been made. Files and folder are flushed. */
enum err remake(const struct remake_options *options, struct remake_report *ret) MUST_USE;
