/* A stable sort of many rows that gives the loop back now and then: merging from the bottom up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct merge_row {
	int64_t key;
	uint32_t at; /* the caller's */
};

/* For rows with equal keys; below 0: a stands before b. 0 keeps the order they had. */
typedef int merge_compare(void *arg, uint32_t a, uint32_t b);

struct merge {
	struct merge_row *rows; /* from mem_new; sorted when merge_step said so */
	struct merge_row *spare;
	size_t count;
	size_t width; /* of the sorted runs */
	size_t left, right, to;
};

/* rows and their memory become m's. */
void merge_init(struct merge *m, struct merge_row *rows, size_t count);
void merge_done(struct merge *m);
/* Moves about so many rows; compare NULL: keys alone. True: sorted. */
bool merge_step(struct merge *m, size_t moves, merge_compare *compare, void *arg);
