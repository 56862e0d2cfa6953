/* Reading one segment file by itself, outside a store: what it holds and whether it is whole. For backups. */
#pragma once

#include "kv/segment.h"

struct survey {
	struct segment_head head;
	uint64_t at;              /* in: where to begin, 0 or behind a record; out: the end of the last good record */
	uint64_t records;         /* read by this call */
	uint64_t epoch, seq;      /* of the last record; 0: none was read */
	int64_t first_s, last_s;  /* times noted in what was read, seconds since 1970; 0: none */
};

/*
 * Reads the records of the file's first `octets` octets from ret->at on; fd stays the caller's.
 * ERR_OK: they are whole and end there; ERR_CORRUPT: *ret_problem says where and what; ERR_IO.
 */
enum err survey_segment(int fd, uint64_t octets, struct survey *ret, struct kv_problem *ret_problem) MUST_USE;
