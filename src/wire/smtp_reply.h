/*
 * SMTP replies (RFC 5321 4.2, RFC 2034 enhanced codes). Codes come from err.tbl. Text never breaks
 * out of its line: control octets and non-ASCII octets become '?', and a line ends at 512 octets.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* "552 5.2.2 text". Empty text: the row's own. */
void smtp_reply(struct buf *to, enum err e, struct str text);

/*
 * The same where the command demands another class: class 4 turns 552 5.2.2 into 452 4.2.2, class 5
 * turns 451 4.3.0 into 554 5.3.0. A code that exists in one class only becomes that class's general
 * one (451, 554).
 */
void smtp_reply_class(struct buf *to, enum err e, int class, struct str text);

/* A reply that no error row stands for: 220, 250, 334, 354. enhanced may be NULL. */
void smtp_reply_code(struct buf *to, int code, const char *enhanced, struct str text);

/* A line with more to follow: "250-text". smtp_reply_code of the same code ends the reply. */
void smtp_reply_more(struct buf *to, int code, const char *enhanced, struct str text);
