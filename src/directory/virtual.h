/*
 * Virtual directories: places of the web service that show public folders, or have a form that sends mail, as one account and one mailbox of
 * ours. Whoever comes without signing in is that account there, and nothing else: no password of it is kept or sent anywhere, since the
 * service acts as it by the administrator's word alone. What it may read is what the account may; whom it may write to stands in the entry.
 */
#pragma once

#include "directory/directory.h"
#include "ipc/access.h"
#include "ipc/place.h"

#define VIRTUAL_PATH_OCTETS_MAX ((size_t)100)
#define VIRTUAL_PARTS_MAX       ((size_t)4)   /* of a path, between slashes */
#define VIRTUAL_ITEMS_MAX       ((size_t)50)  /* folders, and addresses, of one */
#define VIRTUAL_SIZE_MIN        ((uint64_t)256)
#define VIRTUAL_SIZE_MAX        ((uint64_t)1 << 20)
#define VIRTUAL_RATE_MAX        ((uint64_t)100000)
#define VIRTUAL_PROOF_MAX       ((uint64_t)24)
#define VIRTUAL_FILL_MAX        ((uint64_t)600)

/* NULL for a good path ("/contact", "/a/b": letters, digits, '-', '_' and '.'), else what is wrong with it. */
const char *virtual_path_wrong(struct str path);
/* As it stands in the index: ASCII case folded, in the arena. */
struct str virtual_fold(struct arena *a, struct str path);

/* Rules for an entry (directory/rules.h). */
enum err virtual_check(struct directory *d, struct arena *a, const struct entry *e, struct failure *f) MUST_USE;

/*
 * The virtual directory that a path asked for is in, the one with the longest path of several; *ret_rest is what follows ("", "/3/17"), a
 * view into path. ERR_NOTFOUND, ERR_IO, ERR_CORRUPT.
 */
enum err virtual_find(struct directory *d, struct str path, struct arena *a, struct entry *ret, struct str *ret_rest) MUST_USE;

/* Bits of enum place_way. */
unsigned virtual_ways(const struct entry_virtual *v);

struct virtual_query {
	const struct entry_virtual *v;
	uint64_t now_seconds;
};

/* Whom it acts as. */
struct virtual_identity {
	struct entry account, mailbox;
	struct entry_ids groups; /* of the account; in the arena */
	enum access access;      /* how the account opens the mailbox */
};

/*
 * Whether account and mailbox can be acted as now. f's text is for the administrator. ERR_NOTFOUND (one of them is gone, or has no address
 * to send with), ERR_ACCOUNTOFF, ERR_EXPIRED, ERR_HOURS (as for a logon, the password apart), ERR_BOXOFF, ERR_MOVED, ERR_PROTOCOLOFF (web
 * access is off for either), ERR_PERM (the account may not read the mailbox, or, where there is a form, not send as it), ERR_LIMIT, ERR_IO,
 * ERR_CORRUPT.
 */
enum err virtual_acts(struct directory *d, const struct virtual_query *q, struct arena *a, struct virtual_identity *ret,
	struct failure *f) MUST_USE;
