/* How a SORT orders two messages, asked for by itself. */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_sort.h"

/* Below 0: the first one comes first. Never 0 for two messages. No RELEVANCY. */
int imap_sort_order(struct imap *i, const struct imap_sort *sort, enum imap_collation collation,
	const uint32_t seqs[2]);
