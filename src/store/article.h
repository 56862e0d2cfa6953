/*
 * Messages of the public store as articles of news (RFC 5536): which messages have a Message-ID that can name an article, and where.
 * Two kinds of rows (doc/format/store.md): `N` for each such message in each folder, by a hash of its Message-ID, and `Q` for each
 * message, with that hash. Written in the write set that adds or removes the message, by write.c and email.c, so no path can forget
 * it. Other mailboxes have none.
 */
#pragma once

#include "store/mailbox.h"

struct folder;
struct item;
struct write;

#define ARTICLE_HASH_OCTETS   16u
#define ARTICLE_ID_OCTETS_MAX 250u /* RFC 3977 section 3.6 */
#define ARTICLE_ID_OCTETS_MIN 3u
#define ARTICLE_PLACES_MAX    64u  /* folders that one article is told to be in */

/* It can stand in a command as it is: "<", printable ASCII without ">", ">" (RFC 3977 section 3.6), with an "@" inside (RFC 5536
 * section 3.1.3). */
bool article_id_valid(struct str id);

struct article_place {
	uint32_t folder, uid;
};

/*
 * Where the article with that Message-ID is: ascending folders, of each the lowest uid; those that come or go just now may be there or
 * not. ret has room for ARTICLE_PLACES_MAX. None when the id is not valid. ERR_IO, ERR_CORRUPT.
 */
enum err article_places(struct mailbox *m, struct str id, struct article_place *ret, size_t *ret_count) MUST_USE;
/* The lowest uid of a folder, 0 when it is empty; does not load it. ERR_IO, ERR_CORRUPT. */
enum err article_lowest(struct mailbox *m, uint32_t folder, uint32_t *ret) MUST_USE;

/* The message, when it is visible. ERR_NOMESSAGE, ERR_IO, ERR_CORRUPT. Flags may be older than those of a view. */
enum err article_item(struct mailbox *m, uint32_t folder, uint32_t uid, struct item *ret) MUST_USE;

/* ---- for those who write ---- */

struct article_noted { /* of the message that a write set added last */
	uint64_t mailbox, email;
	bool valid; /* there is a hash */
	char hash[ARTICLE_HASH_OCTETS];
};

/* A new message of that mailbox: its row `Q`. write_add follows. */
void article_note(struct write *w, struct mailbox *m, uint64_t email, struct str record);
/* The message comes to a folder, or goes from it. */
void article_add(struct write *w, const struct folder *f, const struct item *it);
void article_gone(struct write *w, const struct folder *f, const struct item *it);
/* No folder has the message any more, and it cannot be recovered. */
void article_drop(struct write *w, struct mailbox *m, uint64_t email);
