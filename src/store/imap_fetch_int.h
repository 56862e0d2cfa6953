/* A FETCH under way, as imap_fetch.c and the files that make its lines share it. */
#pragma once

#include "store/imap_binary.h"
#include "store/imap_fetch.h"
#include "store/imap_page.h"
#include "store/imap_preview.h"
#include "store/imap_section.h"

struct fetch {
	struct imap_fetch args;
	struct imap_page page;
	bool begun, needs_record, reads_messages;
	unsigned want; /* of enum message_want, when all of a message can be told from that; 0: it cannot */
	uint32_t batch[MESSAGE_LIST_MAX]; /* numbers taken from the walk */
	size_t batch_count, batch_at, told; /* told: of all batches taken */

	/* The message in hand. */
	bool in_message, blank;
	uint32_t seq;
	struct item item;
	struct arena arena;
	struct record record;
	size_t part; /* next of imap_fetch_made, then of sections */
	bool sending;
	struct imap_source source;
	uint64_t sent;
	bool counting, decoding; /* binary: the first round, the second */
	const struct imap_section *section;
	struct imap_binary binary;
	bool previewing;
	struct imap_preview *preview; /* owned; NULL: none was made yet */
	unsigned previews;

	uint32_t *seen; /* uids to be marked; owned */
	size_t seen_count, seen_room;
	bool asked;
	enum err worst; /* of messages that could not be had */
};
