/*
 * What an IMAP server says: strings in the form their octets ask for, flags, status answers.
 * Nothing written here can break out of its place: CR, LF and NUL never stand outside a literal.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/language.h"
#include "wire/imap_args.h"

/* Quoted: 7-bit (or utf8 and valid UTF-8), no CR, LF, NUL, at most 1024 octets. Else a literal. */
void imap_put_string(struct buf *to, struct str s, bool utf8);
/* NIL for a view whose at is NULL. */
void imap_put_nstring(struct buf *to, struct str s, bool utf8);
/* An atom where it can be one (NIL cannot), else a string. */
void imap_put_astring(struct buf *to, struct str s, bool utf8);
/* "{n}\r\n": the octets are sent by the caller. */
void imap_put_literal_size(struct buf *to, uint64_t octets);
void imap_put_literal(struct buf *to, struct str octets);

/* A mailbox name held as UTF-8: as modified UTF-7, or as it is after ENABLE UTF8=ACCEPT. */
void imap_put_mailbox(struct buf *to, struct str name, bool utf8);

/* "(\Seen $Work)". */
void imap_put_flags(struct buf *to, const struct imap_flags *flags);

/*
 * "a NO [OVERQUOTA] mailbox is full": status and code from err.tbl. tag empty: "*"; text empty: the
 * row's own. Rows whose status is BYE are written with that status and untagged. Here and below: text
 * is English, and l what the client reads it in (RFC 5255 section 3.2).
 */
void imap_put_status(struct buf *to, enum language l, struct str tag, enum err e, struct str text);
/* "a OK [READ-WRITE] text": code NULL for none, tag empty: "*". */
void imap_put_ok(struct buf *to, enum language l, struct str tag, const char *code, struct str text);
/* "* BYE text". */
void imap_put_bye(struct buf *to, enum language l, struct str text);
/* "a NO [OVERQUOTA] ", to be ended with imap_put_text; code NULL for none, tag empty: "*". */
void imap_put_begin(struct buf *to, struct str tag, const char *status, const char *code);
/* "text", to the end of a line that was begun: control octets become '?'. */
void imap_put_text(struct buf *to, enum language l, struct str text);
/* "+ text", octets of a mechanism in base64 among them. */
void imap_put_go(struct buf *to, enum language l, struct str text);
/* "* 23 EXISTS". */
void imap_put_count(struct buf *to, uint32_t number, const char *what);
/* "* CAPABILITY ..." and the like, whole: control octets in text become '?'. */
void imap_put_untagged(struct buf *to, struct str text);

/* One attribute of a LIST response (RFC 9051 7.3.1), if it is so, and the blank in front of all but the first; to ends inside the list. */
void imap_put_attribute(struct buf *to, bool is_so, const char *name);
