/*
 * Which messages a folder has, by what they are, so that one that comes twice is known. Two messages are twins when they have
 * the same Message-ID and were sent at the same time by their Date fields, whatever fields the way here has added; those without a
 * Message-ID, when all their octets are the same.
 */
#pragma once

#include "store/view.h"

#define TWINS_MAX ((size_t)4000000) /* messages of one folder that are known: some 100 MiB */

struct twins;

/* Holds the folder open; 0: there is none, only what is noted. As view_open. */
enum err twins_open(struct mailbox *m, uint32_t folder, struct twins **ret) MUST_USE;
void twins_close(struct twins *t); /* accepts NULL */
bool twins_of(const struct twins *t, const struct mailbox *m, uint32_t folder);
/* Looks at some of what has come to the folder since; *ret_done: at all of it. ERR_NOFOLDER: it is gone. ERR_LIMIT: TWINS_MAX. */
enum err twins_look(struct twins *t, bool *ret_done) MUST_USE;

/* A message as it came; the record was checked. */
struct twins_message {
	struct str octets, record;
	uint64_t key; /* twins_key */
};

uint64_t twins_key(struct str octets, struct str record);
/* Whether the folder has one; *ret_uid: which, 0: one that was only noted. */
bool twins_has(struct twins *t, const struct twins_message *message, uint32_t *ret_uid);
/* As if the folder had it. */
void twins_note(struct twins *t, uint64_t key);
/* Some were noted. */
bool twins_noted(const struct twins *t);
