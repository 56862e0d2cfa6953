/*
 * Who may do what with a folder (RFC 4314): the rights, the list of a folder, and what follows from it for one user. Pure.
 *
 * A list binds rights to what a user is. Of the entries that apply to a user the most specific kind counts alone: the
 * account's own, else those of groups it is in (all of them together), else the one for the mailbox's delegates, else the one for
 * all who have logged on with an account, else the one for anyone. Who has no account (ACCESS_ANYONE) is given by the last one alone, and no
 * more than ACL_NAMELESS. What an entry with a dash takes away (RFC 4314 section 2) is gone, whatever kind gave it. The owner of a
 * mailbox has all rights, and no list can take one of them away.
 *
 * Delegates are those to whom the directory gave the mailbox (ipc/access.h). Of what they have as delegates, those who were given it to
 * read get ACL_READERS and no more; what an entry gives to their account or group is theirs all the same.
 *
 * A folder that was never given a list has the list acl_default: delegates have all rights.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "ipc/access.h"

enum acl_right { /* in the order in which they are told */
	ACL_LOOKUP = 1 << 0,          /* l: the folder is seen in lists */
	ACL_READ = 1 << 1,            /* r: it can be opened */
	ACL_SEEN = 1 << 2,            /* s: \Seen is kept */
	ACL_WRITE = 1 << 3,           /* w: all other flags but \Deleted */
	ACL_INSERT = 1 << 4,          /* i: messages are added */
	ACL_POST = 1 << 5,            /* p: mail is sent to it; not ours to enforce */
	ACL_CREATE = 1 << 6,          /* k: folders are made below it */
	ACL_DELETE = 1 << 7,          /* x: it is deleted or renamed */
	ACL_DELETE_MESSAGES = 1 << 8, /* t: \Deleted */
	ACL_EXPUNGE = 1 << 9,         /* e: what is \Deleted is removed */
	ACL_ADMIN = 1 << 10,          /* a: its list is read and changed */
	ACL_NOTE = 1 << 11,           /* n: shared annotations of messages are changed (RFC 5257 section 3.4) */
	/* Section 2.1 leaves digits to whoever has more. They are for folders of the public store, where it is known who posted what. */
	ACL_CONTACT = 1 << 12,        /* 0: mail about the folder goes there; it allows nothing */
	ACL_WRITE_OWN = 1 << 13,      /* 1: w on messages that one posted oneself */
	ACL_DELETE_OWN = 1 << 14,     /* 2: t and e on those */
};

#define ACL_RIGHTS      15u
#define ACL_KNOWN       ((1u << ACL_RIGHTS) - 1)
#define ACL_ALL         ((unsigned)ACL_CONTACT - 1) /* of a mailbox's owner */
#define ACL_PUBLIC      (ACL_CONTACT | ACL_WRITE_OWN | ACL_DELETE_OWN)
#define ACL_FLAGS       (ACL_SEEN | ACL_WRITE | ACL_DELETE_MESSAGES | ACL_NOTE) /* what is kept of messages */
#define ACL_READERS     (ACL_LOOKUP | ACL_READ)
/* What a list can give to who has no account: never to make, rename or delete folders, nor to change lists; and nobody knows whether it
 * was he who posted or read something. */
#define ACL_NAMELESS    (ACL_ALL & ~(unsigned)(ACL_SEEN | ACL_CREATE | ACL_DELETE | ACL_ADMIN))
#define ACL_ENTRIES_MAX 400u /* of one folder; all their names fit one message between roles */

enum acl_kind { /* ascending: the more specific one counts; how they are stored: row.c */
	ACL_ANYONE = 1,
	ACL_AUTHENTICATED = 2,
	ACL_DELEGATES = 3,
	ACL_GROUP = 4,
	ACL_ACCOUNT = 5,
	ACL_KIND_END
};

struct acl_entry {
	enum acl_kind kind;
	bool negative;    /* what it has is taken away */
	uint32_t rights;  /* of enum acl_right */
	uint64_t account; /* ACL_GROUP, ACL_ACCOUNT: an id of the directory, never reused; else 0 */
};

/* Ascending kinds, then ids, then positive before negative; each once. */
struct acl {
	struct acl_entry *entries;
	size_t count;
};

/* Who uses the mailbox. */
struct acl_user {
	uint64_t account;       /* 0: nobody who has logged on */
	enum access access;     /* its right on the whole mailbox */
	const uint64_t *groups; /* that it is in; borrowed */
	size_t groups_count;
};

/* acl NULL: the folder was never given a list. */
uint32_t acl_rights(const struct acl *acl, const struct acl_user *user);
/* On a message that the user posted himself, of what he has on the folder. */
uint32_t acl_rights_own(uint32_t rights);
/* The entry by which he has them, the first of those that count; NULL: he is the owner, or nothing is given to him. */
const struct acl_entry *acl_entry_of(const struct acl *acl, const struct acl_user *user);
/* Some entry gives the user something by account or group. */
bool acl_names_user(const struct acl *acl, const struct acl_user *user);
/* What a folder without a list has; one entry. */
extern const struct acl acl_default;
/* What a folder at the top of the public store begins with: all who have logged on are authors (acl_role.tbl), strangers have nothing. */
extern const struct acl acl_public;

enum acl_how { ACL_REPLACE, ACL_ADD, ACL_REMOVE };

/*
 * was (NULL: acl_default) with one entry changed, from mem_new; the caller's, for acl_free. An entry that stands for
 * nobody any more, one of `gone`, is left out. remove: DELETEACL, entry->rights and how mean nothing. ERR_LIMIT.
 */
struct acl_change {
	struct acl_entry entry;
	enum acl_how how;
	bool remove;
	const uint64_t *gone; /* accounts and groups that are no more */
	size_t gone_count;
};
enum err acl_change(const struct acl *was, const struct acl_change *change, struct acl **ret) MUST_USE;
/* Negative, 0, positive: in which order they stand. */
int acl_order(const struct acl_entry *x, const struct acl_entry *y);
struct acl *acl_copy(const struct acl *acl); /* NULL of NULL */
void acl_free(struct acl *acl);              /* accepts NULL */

/* An entry of this kind holds an id. */
static inline bool acl_kind_has_id(enum acl_kind kind)
{
	return kind == ACL_GROUP || kind == ACL_ACCOUNT;
}

/* The ids of accounts and groups in a list, each once; room for acl->count. */
size_t acl_accounts(const struct acl *acl, uint64_t *ret);
/* "anyone", "authenticated", "delegates", in any case; ACL_ACCOUNT for all else, which the directory may say is a group. */
enum acl_kind acl_word_kind(struct str word);
/* The other way. */
struct str acl_word(enum acl_kind kind);
/*
 * What the directory said of the accounts of a list: names for rd_str, the owner's first, then those of ids in order; one that
 * is empty is of an account that is no more.
 */
struct acl_names {
	const uint64_t *ids;
	size_t count;
	struct str octets;
};
struct str acl_names_owner(const struct acl_names *names);
/* Empty for who is no more, and for an id that was not asked for. */
struct str acl_names_get(const struct acl_names *names, uint64_t id);
/* The identifier of an entry without its dash; empty for who is no more. */
struct str acl_identifier(const struct acl_entry *e, const struct acl_names *names);
/* The ids of those who are no more; room for names->count. */
size_t acl_names_gone(const struct acl_names *names, uint64_t *ret);

/* Letters of RFC 4314, c standing for k and x, d for t and e (section 2.1.1). ERR_SYNTAX: another letter. */
enum err acl_letters_get(struct str letters, uint32_t *ret) MUST_USE;
/* With c and d where one of their members is there. */
void acl_letters_put(struct buf *to, uint32_t rights);
/* "r": one of them; static. */
const char *acl_letter(enum acl_right right);
