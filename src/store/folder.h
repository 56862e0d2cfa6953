/* The items of a folder in memory: loading, finding, and what becomes visible when a write set is
 * on disk. */
#pragma once

#include "store/box.h"

static inline void counts_add(struct counts *to, const struct counts *c)
{
	to->octets += c->octets;
	to->notes += c->notes;
	to->messages += c->messages;
	to->unseen += c->unseen;
	to->deleted += c->deleted;
}

static inline void counts_sub(struct counts *from, const struct counts *c)
{
	from->octets -= c->octets;
	from->notes -= c->notes;
	from->messages -= c->messages;
	from->unseen -= c->unseen;
	from->deleted -= c->deleted;
}

/* What one message adds. */
static inline struct counts counts_of(uint32_t octets, uint8_t flags)
{
	return (struct counts){
		.octets = octets,
		.messages = 1,
		.unseen = (flags & ITEM_SEEN) == 0,
		.deleted = (flags & ITEM_DELETED) != 0,
	};
}

/* Items and keywords; does nothing when loaded. The caller holds folder_use. ERR_CORRUPT, ERR_IO.
 */
enum err folder_load(struct folder *f) MUST_USE;
void folder_unload(struct folder *f);
void folder_idle_leave(struct folder *f); /* no longer counted among the idle ones */
enum err folder_keywords_load(struct folder *f) MUST_USE;
/* The number of a keyword (ASCII case folded); made when add is set. ERR_NOTFOUND, ERR_LIMIT,
 * ERR_SYNTAX. */
enum err folder_keyword_number(struct folder *f, struct str name, bool add, unsigned *ret) MUST_USE;
/* Sets those of a row of names (keywords_row_put; empty: none) on it, made where they are new; those that the folder has no room for are left behind. */
void folder_keywords_take(struct folder *f, struct str row, struct item *it);

/* Index of the first item with at least that uid. The folder is loaded. */
size_t folder_lower(const struct folder *f, uint32_t uid);
struct item *folder_item(const struct folder *f, uint32_t uid); /* NULL */
struct dead *folder_dead(const struct folder *f, uint32_t uid); /* NULL */

void folder_appear(struct folder *f, const struct item *it);
/* names: of notes, when it is these that changed; else NULL. */
void folder_change(struct folder *f, const struct item *it, struct note_names *names);
/* There is, or was, a row of flags (flags_row.h) of that block. */
void folder_flags_note(struct folder *f, uint32_t block);
bool folder_flags_noted(const struct folder *f, uint32_t block);
/* uids ascending. */
void folder_vanish(struct folder *f, const uint32_t *uids, size_t count);
/* Dead items that no view has any more go. */
void folder_bury(struct folder *f);
