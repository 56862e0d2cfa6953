/*
 * The rows that hold a message's octets and record, counted by how many items and retained messages
 * point to them. A batch reads all rows of a chunk at once, adds up what changes, and writes them
 * into the same write set.
 */
#pragma once

#include "store/write.h"

struct email_batch {
	struct mailbox *m;
	struct map rows; /* email id to struct email_entry */
	struct arena arena;
};

struct email_entry {
	uint64_t id;
	struct email_row row;
	int64_t change;
	bool found;
};

void email_batch_init(struct email_batch *b, struct mailbox *m);
void email_batch_done(struct email_batch *b);
/* ERR_IO, ERR_CORRUPT. A row that is missing or does not decode is left as not found. */
enum err email_batch_read(struct email_batch *b, const struct item *items, size_t count) MUST_USE;
/* NULL when it was not found. */
struct email_entry *email_batch_get(struct email_batch *b, uint64_t email);
/* Ignored when not found: what is damaged can still be deleted. */
void email_batch_change(struct email_batch *b, uint64_t email, int change);
void email_batch_write(struct email_batch *b, struct write *w);

/* One row now. ERR_NOMESSAGE, ERR_CORRUPT, ERR_IO. */
enum err email_read(struct mailbox *m, uint64_t email, struct email_row *ret) MUST_USE;
/* A new message's rows in one mailbox; record_blob 0: record goes into a row, its kept fields into another. */
void email_add(struct write *w, struct mailbox *m, uint64_t email, const struct email_row *row,
	struct str record);
/* Blobs for a message kept in `count` mailboxes; fills the row. */
void email_blobs(struct write *w, struct str octets, struct str record, uint64_t count,
	struct email_row *ret);
