/*
 * PREVIEW of a message (RFC 8970): its first text that shows anything, read as far as is needed, in steps of bounded work.
 * Made anew each time it is asked for: nothing is kept for it.
 */
#pragma once

#include "mail/record.h"
#include "store/mailbox.h"

#define IMAP_PREVIEW_RAW_OCTETS ((uint64_t)256 << 10) /* at most of one message's texts */
#define IMAP_PREVIEW_PARTS      20u                   /* so many texts are tried */

struct imap_preview;

struct imap_preview *imap_preview_new(void) MUST_USE;
void imap_preview_free(struct imap_preview *p); /* accepts NULL */
/* Another message; the record is borrowed until the last step, the item is copied. */
void imap_preview_begin(
	struct imap_preview *p, struct mailbox *m, const struct item *it, const struct record *record);
/* True: it is done. *ret_text: UTF-8, valid until the next imap_preview_begin; empty: there is nothing to show, or nothing
 * that can be read. */
bool imap_preview_step(struct imap_preview *p, struct str *ret_text) MUST_USE;
