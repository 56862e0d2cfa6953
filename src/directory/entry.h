/*
 * Directory entries as typed values and as octets. Which properties exist: schema.tbl; from it
 * follow the structs, the codec, `show` and the administrator's arguments. Format on disk:
 * doc/format/directory.md.
 *
 * Texts are UTF-8 in NFC. Views and arrays in an entry are borrowed: from the arena given to
 * entry_decode, or from whoever filled the struct. Ids come from one counter for all kinds and are
 * never reused; 0 is no entry.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum entry_kind {
	ENTRY_NONE = 0,
	ENTRY_ORGANISATION = 1,
	ENTRY_DOMAIN = 2,
	ENTRY_ACCOUNT = 3,
	ENTRY_MAILBOX = 4,
	ENTRY_CONTACT = 5,
	ENTRY_LIST = 6,
	ENTRY_GROUP = 7,
	ENTRY_PUBLIC = 8, /* the public store; there is one at most */
	ENTRY_VIRTUAL = 9, /* a virtual directory of the web service: virtual.h */
	ENTRY_KIND_END
};

enum entry_type {
	ENTRY_TYPE_text,
	ENTRY_TYPE_texts,
	ENTRY_TYPE_flag,
	ENTRY_TYPE_number,
	ENTRY_TYPE_size,
	ENTRY_TYPE_time,
	ENTRY_TYPE_hours,
	ENTRY_TYPE_secret,
	ENTRY_TYPE_domain_id,
	ENTRY_TYPE_account_id,
	ENTRY_TYPE_mailbox_id,
	ENTRY_TYPE_member_ids,
	ENTRY_TYPE_principal_ids,
	ENTRY_TYPE_grants,
	ENTRY_TYPE_past_texts,
	ENTRY_TYPE_past_ids
};

#define ENTRY_REVISION       1 /* of the organisation, when nothing is left to be converted */
#define ENTRY_UNLIMITED      UINT64_MAX
#define ENTRY_DEFAULT        (UINT64_MAX - 1) /* a size or number: what the configuration says */
#define ENTRY_HOURS_OCTETS   ((size_t)21)
#define ENTRY_ITEMS_MAX      ((size_t)50000) /* texts or ids in one property */
#define ENTRY_OCTETS_MAX     ((size_t)1 << 20)

struct entry_texts {
	const struct str *at;
	size_t count;
};

struct entry_ids {
	const uint64_t *at;
	size_t count;
};

/* What an account or a group may do with a mailbox: bits of enum right (right.h), without what they imply. */
struct entry_grant {
	uint64_t id;
	uint32_t rights;
};

struct entry_grants {
	const struct entry_grant *at; /* each id once */
	size_t count;
};

/* Bit h of the week: octet h / 8, bit h % 8; hour 0 is Sunday 00:00 to 01:00 UTC. */
struct entry_hours {
	uint8_t bits[ENTRY_HOURS_OCTETS];
};

#define ENTRY_FIELD_text(name)        struct str name;
#define ENTRY_FIELD_texts(name)       struct entry_texts name;
#define ENTRY_FIELD_flag(name)        bool name;
#define ENTRY_FIELD_number(name)      uint64_t name;
#define ENTRY_FIELD_size(name)        uint64_t name;
#define ENTRY_FIELD_time(name)        uint64_t name;
#define ENTRY_FIELD_hours(name)       struct entry_hours name;
#define ENTRY_FIELD_secret(name)      struct str name;
#define ENTRY_FIELD_domain_id(name)   uint64_t name;
#define ENTRY_FIELD_account_id(name)  uint64_t name;
#define ENTRY_FIELD_mailbox_id(name)  uint64_t name;
#define ENTRY_FIELD_member_ids(name)  struct entry_ids name;
#define ENTRY_FIELD_principal_ids(name) struct entry_ids name;
#define ENTRY_FIELD_grants(name)      struct entry_grants name;
#define ENTRY_FIELD_past_texts(name)  struct entry_texts name;
#define ENTRY_FIELD_past_ids(name)    struct entry_ids name;

#define ORGANISATION(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_organisation {
#include "directory/schema.tbl"
};

#define DOMAIN(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_domain {
#include "directory/schema.tbl"
};

#define ACCOUNT(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_account {
#include "directory/schema.tbl"
};

#define MAILBOX(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_mailbox {
#include "directory/schema.tbl"
};

#define CONTACT(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_contact {
#include "directory/schema.tbl"
};

#define LIST(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_list {
#include "directory/schema.tbl"
};

#define GROUP(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_group {
#include "directory/schema.tbl"
};

#define PUBLIC(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_public {
#include "directory/schema.tbl"
};

#define VIRTUAL(name, type, codec, doc) ENTRY_FIELD_##type(name)
struct entry_virtual {
#include "directory/schema.tbl"
};

/* How an entry has its secrets. Only src/directory/vault.h goes from one to another. */
enum entry_seal {
	ENTRY_OPEN,   /* readable */
	ENTRY_SEALED, /* as they lie in the engine */
	ENTRY_LOCKED  /* empty, because the key to them is missing: never to be stored */
};

struct entry {
	enum entry_kind kind;
	enum entry_seal seal;
	uint64_t id;
	union {
		struct entry_organisation organisation;
		struct entry_domain domain;
		struct entry_account account;
		struct entry_mailbox mailbox;
		struct entry_contact contact;
		struct entry_list list;
		struct entry_group group;
		struct entry_public public;
		struct entry_virtual virtual;
	};
};

/* A mailbox's limits as other roles know them. Unlike the property, 0 is "no such limit" here. */
struct entry_limits {
	uint64_t warn_octets, send_octets, receive_octets, messages_max;
	uint32_t folders_max;
	uint32_t retention_days; /* of deleted items; 0 = not kept */
};

/* defaults stand in for ENTRY_DEFAULT. */
struct entry_limits entry_limits(const struct entry_mailbox *m, const struct entry_limits *defaults);
/* The public store as a mailbox that has its limits and nothing else. */
struct entry_mailbox entry_public_box(const struct entry_public *p);

struct entry_property {
	const char *name; /* as in schema.tbl, with '_' */
	enum entry_type type;
	uint16_t codec;
	size_t offset; /* from the start of struct entry */
	const char *doc;
};

/* The property is a struct entry_ids. */
static inline bool entry_type_is_ids(enum entry_type type)
{
	return type == ENTRY_TYPE_member_ids || type == ENTRY_TYPE_principal_ids || type == ENTRY_TYPE_past_ids;
}

/* The rows of one kind; *ret_count of them. */
const struct entry_property *entry_properties(enum entry_kind kind, size_t *ret_count);
/* The property called name, '-' and '_' being the same; NULL when the kind has none. */
const struct entry_property *entry_property_find(enum entry_kind kind, struct str name);
/* Has the kind a property that is a secret? */
bool entry_has_secrets(enum entry_kind kind);
/* "mailbox"; never NULL. */
const char *entry_kind_name(enum entry_kind kind);

/* An entry of this kind with every property at its default. */
struct entry entry_defaults(enum entry_kind kind, uint64_t id);

/* Appends the value; must not be ENTRY_LOCKED. ERR_TOOBIG: over ENTRY_OCTETS_MAX, or a property with too many items. */
enum err entry_encode(const struct entry *e, struct buf *to) MUST_USE;
/*
 * Strict: an unknown version, kind or property, one out of order, a short or trailing octet is
 * ERR_CORRUPT. Views point into value; arrays are taken from the arena (ERR_CORRUPT when it is
 * full). A mailbox's past_delegates are among its rights and gone afterwards.
 */
enum err entry_decode(
	struct str value, uint64_t id, struct arena *arena, struct entry *ret) MUST_USE;

/* What people call the entry: account name, alias, domain name, path. A view. */
struct str entry_name(const struct entry *e);
/* The SMTP addresses of a recipient (mailbox, contact, list), or of folders of the public store; none for other kinds. */
struct entry_texts entry_addresses(const struct entry *e);
/* An account's or a group's domain; 0 for other kinds. */
uint64_t entry_domain(const struct entry *e);
/* Alias of a recipient or the public store; empty for other kinds. */
struct str entry_alias(const struct entry *e);
bool entry_is_recipient(enum entry_kind kind);

bool entry_ids_have(struct entry_ids ids, uint64_t id);
/* What id was given by itself; 0: nothing. */
uint32_t entry_grants_of(struct entry_grants grants, uint64_t id);
bool entry_hours_allow(const struct entry_hours *hours, int64_t instant_seconds);
