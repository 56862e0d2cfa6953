/*
 * NOTIFY (RFC 5465): what a client hears of while it says nothing. Of the selected folder the view tells; of everything else
 * the change log (imap_ear.h) of the session's own mailbox, of the public store and of others' mailboxes that were named, read from
 * where it was last read whenever something changed and the client has taken what it was told before. So a session holds no events, however slow its client: what happened meanwhile is told once.
 */
#pragma once

#include "store/imap_engine.h"

struct imap_notice;

/* A client that has used NOTIFY does not want to hear of the selected folder. */
bool imap_notify_is_deaf(const struct imap *i);
/* It does not want to hear of this in the selected folder. */
bool imap_notify_drops(const struct imap *i, const struct view_event *event);
/* It wants to hear of notes there: by NOTIFY, or else by SELECT. */
bool imap_notify_hears_notes(const struct imap *i);
/* A client that has not enabled METADATA wants to hear of the annotations of a folder; 0: of the server. */
bool imap_notify_hears_annotation(const struct imap *i, uint32_t folder);
/* Messages of the selected folder were told to EXIST for the first time, with uids above `from` up to `to`. */
void imap_notify_arrived(struct imap *i, uint32_t from, uint32_t to);

/* What had arrived is of no interest any more: the folder is no longer selected, another one may be. */
void imap_notify_closed(struct imap *i);
/* Which mailboxes of others the session may know of may have changed. */
void imap_notify_reached(struct imap *i);

/* There is something to be told between commands, or in IDLE. */
bool imap_notify_is_due(const struct imap *i);
/* Tells some of it. */
enum step imap_notify_step(struct imap *i);
void imap_notify_free(struct imap *i);

extern const struct imap_handler imap_notify_handler;
