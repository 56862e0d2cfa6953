/*
 * Values of the rows in a mailbox's shard, but for the item's own (item.h). Little-endian, a
 * version octet first, strict: what does not decode wholly is ERR_CORRUPT. The layout for humans:
 * doc/format/store.md.
 */
#pragma once

#include "base/cursor.h"
#include "kv/kv.h"
#include "store/mailbox.h"
#include "store/moderation.h"

struct mailbox_row {
	uint64_t modseq; /* last one given */
	uint64_t email_next;
	uint64_t retained_next;
	uint64_t retained_messages, retained_octets;
	uint64_t changes_floor; /* the change log holds what is above this modseq */
	uint32_t folder_next;
	uint32_t uidvalidity_last;
	bool removing;
};

struct folder_row {
	struct str name; /* a view into the value */
	uint32_t uidvalidity;
	uint32_t uidnext;
	uint64_t modseq;
	uint64_t octets;
	uint32_t messages, unseen, deleted;
	uint64_t notes; /* octets of the rows of its messages' notes */
	uint32_t recent_from;
	unsigned specials; /* of enum folder_special */
	bool subscribed, noselect, nonexistent;
};

struct email_row {
	kv_blob blob;
	kv_blob record_blob; /* 0: the record is in its own row */
	uint64_t octets;
	uint32_t refs; /* items and retained ones */
	bool kept;     /* the kept fields of its header are in their own row */
};

struct retained_row {
	uint64_t email;
	int64_t date, deleted;
	uint32_t folder, uid, octets;
	uint8_t flags;
	struct str notes; /* their row (note_row.h), a view into the value; empty: none */
	uint32_t saved;   /* SAVEDATE; 0: not known, nor is what follows */
	int64_t sent;     /* as of an item */
	uint64_t poster;  /* in the public store; 0: nobody's */
	struct str keywords; /* a row of their names, as keywords_row_put has it; empty: none */
};

#define ROW_CHANGES_MAX 65536u

void mailbox_row_put(struct wr *to, const struct mailbox_row *row);
enum err mailbox_row_get(struct str value, struct mailbox_row *ret) MUST_USE;
void folder_row_put(struct wr *to, const struct folder_row *row);
enum err folder_row_get(struct str value, struct folder_row *ret) MUST_USE;
void email_row_put(struct wr *to, const struct email_row *row);
enum err email_row_get(struct str value, struct email_row *ret) MUST_USE;
void retained_row_put(struct wr *to, const struct retained_row *row);
enum err retained_row_get(struct str value, struct retained_row *ret) MUST_USE;

/* Keyword names: a count, then each as a u32 length and octets. each may be NULL (check only). */
void keywords_row_put(struct wr *to, const struct str *names, size_t count);
enum err keywords_row_get(
	struct str value, void (*each)(void *arg, struct str name), void *arg) MUST_USE;

/* An access list: a count, then kind, negative, rights and account of each entry. ret is from mem_new, for acl_free. */
void acl_row_put(struct wr *to, const struct acl *acl);
enum err acl_row_get(struct str value, struct acl **ret) MUST_USE;

/* Annotations of a folder: a count, then owner, entry and value of each, ascending. The views given to each live in value.
 * each may be NULL (check only). */
void annotations_row_put(struct wr *to, const struct annotation_list *list);
struct annotation annotation_get(struct rd *r); /* one of them */
enum err annotations_row_get(
	struct str value, void (*each)(void *arg, const struct annotation *row), void *arg) MUST_USE;
/* By entry in any case, then by owner. */
int annotation_order(const struct annotation *a, const struct annotation *b);

/* Keys of URLs (folder_url_key): a count, then account and key of each, ascending accounts. ret is in the arena. */
struct url_key {
	uint64_t account;
	char octets[FOLDER_URL_KEY_OCTETS];
};
/* How many days messages of a folder stay; 0: for ever. */
void age_row_put(struct wr *to, uint32_t days);
enum err age_row_get(struct str value, uint32_t *ret) MUST_USE;
/* Where posts to a moderated folder wait, not 0, and up to which uid moderators were told of it; the folder itself stands in the key. */
void held_row_put(struct wr *to, const struct moderation *row);
enum err held_row_get(struct str value, struct moderation *ret) MUST_USE;
/* Who posted a message: an account's id, not 0. */
void poster_row_put(struct wr *to, uint64_t account);
enum err poster_row_get(struct str value, uint64_t *ret) MUST_USE;
/* Which message (email id) an article is. */
void article_row_put(struct wr *to, uint64_t email);
enum err article_row_get(struct str value, uint64_t *ret) MUST_USE;
void url_keys_row_put(struct wr *to, const struct url_key *keys, size_t count);
enum err url_keys_row_get(struct str value, struct arena *a, struct url_key **ret, size_t *ret_count) MUST_USE;

/* One row per modseq: version, when (u32 seconds), then runs of changes of one kind. Rows of version 1 have entries of one width. */
struct change_writer {
	struct wr to;
	struct mailbox_change run; /* its first */
	uint32_t count;            /* in the run; 0: there is none */
	size_t added;
};
void change_row_begin(struct change_writer *w, struct buf *to, uint32_t when);
/* At most ROW_CHANGES_MAX. */
void change_row_add(struct change_writer *w, const struct mailbox_change *change);
void change_row_end(struct change_writer *w);
struct change_reader {
	struct rd rest;
	uint32_t when;
	bool runs;
	struct mailbox_change next; /* of the run */
	uint32_t left;              /* in it */
};
enum err change_row_open(struct str value, struct change_reader *ret) MUST_USE;
/* False at the end. The row was found sound by change_row_open. */
bool change_row_next(struct change_reader *r, struct mailbox_change *ret);
