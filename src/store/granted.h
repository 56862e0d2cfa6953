/*
 * Which mailboxes have folders with an entry for somebody in their access lists (acl.h): so that who has no right on a mailbox
 * finds what was given to him there. In memory, made from the lists when the store opens. It may name a mailbox whose
 * list has no such entry any more, never the other way round: rights are looked up in the lists themselves.
 */
#pragma once

#include "base/map.h"
#include "kv/kv.h"
#include "store/acl.h"

struct granted {
	struct map by_holder; /* id of an account or group -> struct granted_row */
};

void granted_init(struct granted *g);
void granted_done(struct granted *g);
/* A list of that mailbox is, or will be, like this. */
void granted_note(struct granted *g, uint64_t mailbox, const struct acl *acl);
/* Reads all lists there are. ERR_IO, ERR_CORRUPT; lists that are damaged are passed over. */
enum err granted_load(struct granted *g, struct kv *kv) MUST_USE;

struct granted_query {
	uint64_t account;
	const uint64_t *groups;
	size_t groups_count;
	bool everybody; /* also what lists give to all who have logged on */
};

/* Mailboxes with entries for the account or one of its groups, maybe for all accounts, each once, ascending; at most max. Returns how
 * many. */
size_t granted_find(const struct granted *g, const struct granted_query *q, uint64_t *ret, size_t max);
