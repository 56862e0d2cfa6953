/*
 * One change of the directory: entries and their index keys in one write set, so that names always
 * lead to entries and entries to names. Unique names are checked against the engine while rows are
 * added.
 *
 *   change_begin, then change_add / change_set / change_remove, then change_commit or change_abort.
 *
 * An entry may be touched once in a change. Everything given must live in the arena until the end.
 */
#pragma once

#include "directory/directory.h"

struct change_event;

struct change {
	struct directory *directory;
	struct arena *arena;
	struct kv_write *write;
	struct failure *failure;
	struct entry organisation;
	uint64_t now_seconds;
	struct change_event *events; /* newest first */
};

/* Reads the organisation, or begins one without a name. ERR_IO, ERR_CORRUPT; after a failure there
 * is nothing to abort. */
enum err change_begin(struct change *c, struct directory *d, struct arena *a, uint64_t now_seconds,
	struct failure *f) MUST_USE;

/* Gives e its id and times and puts it. ERR_EXISTS: the text says which name is taken by what.
 * ERR_TOOBIG; ERR_VAULT: its secrets cannot be sealed, as the key to the others is missing. */
enum err change_add(struct change *c, struct entry *e) MUST_USE;
/* Replaces old, as read, by new, which has its id. secret: the password is new. */
enum err change_set(
	struct change *c, const struct entry *old, struct entry *new, bool secret) MUST_USE;
/* Writes it as it is, sealed with the key in force; no name, no time and no right of it is touched, and nobody is told. */
enum err change_seal(struct change *c, const struct entry *e) MUST_USE;
/* Removes it and every mention of it: memberships, rights, postmaster, owner. Refuses nothing; the
 * caller has asked first. */
enum err change_remove(struct change *c, const struct entry *e) MUST_USE;

/* Waits for the commit, then tells directory.on_change. ERR_DISKFULL, ERR_IO. Ends c whatever
 * comes. */
enum err change_commit(struct change *c) MUST_USE;
void change_abort(struct change *c);
