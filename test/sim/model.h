/*
 * What the clients know: which messages were acknowledged, where, under which uid, with which flags. A question
 * that got no answer leaves a "perhaps", until the server is at rest and an audit tells how it came out. Whatever contradicts
 * this is a violation. Promises by their numbers in SECURITY.md.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum flag { FLAG_FLAGGED, FLAG_ANSWERED, FLAG_DELETED, FLAG_DRAFT, FLAG_COUNT };
enum outcome { OUTCOME_DONE, OUTCOME_REFUSED, OUTCOME_UNKNOWN };
enum presence { PRESENCE_THERE, PRESENCE_PERHAPS, PRESENCE_GONE };

struct model_folder;

void model_begin(void);
uint32_t model_token(void); /* a new message */
const char *model_flag_name(enum flag f);

/* ---- folders: each name has one client that makes, renames and removes it; INBOX is there ---- */
struct model_folder *model_folder(unsigned user, const char *name); /* the one of this name that is or may be there; NULL */
struct model_folder *model_create_asked(unsigned user, const char *name);
void model_create_told(struct model_folder *f, enum outcome o);
void model_delete_asked(struct model_folder *f);
void model_delete_told(struct model_folder *f, enum outcome o);
void model_rename_asked(struct model_folder *f, const char *to);
void model_rename_told(struct model_folder *f, enum outcome o);
const char *model_folder_name(const struct model_folder *f);
bool model_folder_is_sure(const struct model_folder *f);
/* A session has opened it: UIDVALIDITY and UIDNEXT as told, or one of which it is known that UIDNEXT is no less; what was known of UIDNEXT when it asked. */
uint32_t model_uidnext(const struct model_folder *f);
void model_opened(struct model_folder *f, uint32_t uidvalidity, uint32_t uidnext, uint32_t uidnext_before);

/* ---- messages ---- */
void model_add_asked(struct model_folder *f, uint32_t token);
void model_copy_asked(struct model_folder *f, uint32_t token); /* the same, by COPY or MOVE */
/* uid 0: not told. */
void model_add_told(struct model_folder *f, uint32_t token, enum outcome o, uint32_t uid);
/* A session sees it. */
void model_seen(struct model_folder *f, uint32_t uid, uint32_t token);
uint32_t model_token_of(const struct model_folder *f, uint32_t uid); /* 0: not known */
void model_remove_asked(struct model_folder *f, uint32_t uid);
/* Somebody was told that it is gone. */
void model_gone(struct model_folder *f, uint32_t uid);
void model_flag_asked(struct model_folder *f, uint32_t uid, enum flag flag);
void model_flag_told(struct model_folder *f, uint32_t uid, enum flag flag, bool on, enum outcome o);
bool model_flag_is(const struct model_folder *f, uint32_t uid, enum flag flag); /* for sure */

/* A message in several mailboxes: all or none of them, however often. */
void model_together(uint32_t token, unsigned users);

/* ---- audit: with the server at rest; what it says is the truth from then on ---- */
void model_audit_begin(unsigned user);
struct model_folder *model_audit_folder(unsigned user, const char *name);
/* flags: one bit each, by enum flag. */
void model_audit_item(struct model_folder *f, uint32_t uid, uint32_t token, unsigned flags);
void model_audit_end(unsigned user);
void model_audit_together(void);
unsigned model_acknowledged(void); /* messages, for the figures */
