/*
 * What RFC 4314 section 4 asks of every command, in one place: a handler gets a folder by its name (imap_engine_folder)
 * or out of a listing (imap_rights_next) only together with the rights that it needs there, and asks here before it
 * changes something in the selected one. Rights are looked up each time, so a list that was changed counts at once.
 */
#pragma once

#include "store/mailbox.h"

struct imap;

/* enum acl_right. */
uint32_t imap_rights_of(struct imap *i, const struct folder_info *folder);
uint32_t imap_rights_here(struct imap *i); /* on the selected folder */

/* ERR_OK; ERR_PERM, and what is missing is kept for the answer's text; ERR_NOFOLDER: of one that the user may not know of. */
enum err imap_rights_need(struct imap *i, const struct folder_info *folder, uint32_t rights) MUST_USE;
/* The same for what is to be made under that name: of the nearest folder above it, or of the mailbox itself. Also ERR_FOLDERNAME. */
enum err imap_rights_need_above(struct imap *i, struct str name, uint32_t rights) MUST_USE;
/* ERR_OK, ERR_PERM. */
enum err imap_rights_need_here(struct imap *i, uint32_t rights) MUST_USE;
/*
 * The rights on messages of the selected folder: more than on the folder when the user posted all of them (acl_rights_own). ERR_IO,
 * ERR_CORRUPT.
 */
enum err imap_rights_on(struct imap *i, const uint32_t *uids, size_t count, uint32_t *ret) MUST_USE;
/* As imap_rights_need_here for these; also the above. */
enum err imap_rights_need_on(struct imap *i, const uint32_t *uids, size_t count, uint32_t rights) MUST_USE;
/*
 * The messages of the selected folder that have \\Deleted and that the user posted, for mem_free. ERR_IO, ERR_CORRUPT.
 */
enum err imap_rights_own_deleted(struct imap *i, uint32_t **ret_uids, size_t *ret_count) MUST_USE;
/* Who is to stand as the poster of what this command puts into the folder it names: 0 elsewhere than in the public store. */
uint64_t imap_rights_poster(const struct imap *i);
/* The system flags (ITEM_...) that somebody with these rights may set and clear; keywords: with ACL_WRITE. */
uint8_t imap_rights_flags(uint32_t rights);
/* "you need the right ...": what the command in hand was refused for; in its arena. */
struct str imap_rights_missing(struct imap *i);

/* RFC 4314 section 5.1.1: tells of the flags that can be kept in the selected folder when they are others than was told. */
void imap_rights_tell(struct imap *i);
/* Says BYE to whoever may not read the selected folder any more: the connection is to be closed. */
bool imap_rights_lost(struct imap *i);

/* To say what folders are for, which is one thing for the whole mailbox: "a" on the mailbox itself. ERR_OK, ERR_PERM. */
enum err imap_rights_need_uses(struct imap *i) MUST_USE;
/* "* MYRIGHTS name lrs". */
void imap_rights_put_mine(struct imap *i, const struct folder_info *folder);

/* folder_next for whoever lists: passes over what the user may not know of, children included. */
bool imap_rights_next(struct imap *i, size_t *at, struct folder_info *ret);
