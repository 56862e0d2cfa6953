/*
 * MESSAGELIMIT and SAVELIMIT (RFC 9738): how many messages one command may take, when the administrator has set it. Commands
 * that may be carried out in part take the messages with the highest uids and say how far they came; a client goes on below.
 */
#pragma once

#include "store/imap_engine.h"

/* 0: no limit. */
uint32_t imap_limit_messages(const struct imap *i);
uint32_t imap_limit_saves(const struct imap *i);
/* Of imap_put_caps. */
uint64_t imap_limit_number(const void *imap, enum imap_cap cap);

/* The answer is to say how far the command came. uid: of the lowest message that was looked at, when there were more of them; 0:
 * that was all. */
void imap_limit_note(struct imap *i, uint32_t uid);
/* "MESSAGELIMIT 1000", of a command that is refused; in its arena. */
const char *imap_limit_code(struct imap *i, uint32_t limit);
/* NO: too many, and nothing was done. */
enum step imap_limit_refuse(struct imap *i, uint32_t limit);
