/*
 * Which addresses an account may send as, and on behalf of whom: those of the mailboxes that it is primary account of or has
 * the right to send as or on behalf of (right.h). Submission asks for the envelope (MAIL) and for the header (after the
 * message has come).
 */
#pragma once

#include "directory/directory.h"

/*
 * The empty reverse-path is allowed (RFC 5321 section 6.1). ERR_OK; ERR_SENDAS, the text naming what is allowed, or
 * which right is missing; ERR_ADDRESS; ERR_LIMIT (too many groups), ERR_IO, ERR_CORRUPT.
 */
enum err sender_judge(struct directory *d, uint64_t account, struct str address, struct arena *a,
	struct failure *f) MUST_USE;

struct sender_header {
	struct str envelope;        /* MAIL's address, sender_judge said yes to it; may be empty */
	const struct str *authors;  /* addresses of From: */
	size_t authors_count;
	struct str sender;          /* address of Sender:; at NULL: it has none */
};

/*
 * RFC 5322 section 3.6.2: From: says who wrote it, Sender: who sent it. An author in one of our mail domains must be somebody
 * the account may send as, or on behalf of; in the second case Sender: has to be an address that it may send as, and is
 * written when it is missing. ERR_SENDAS and others as above, with the text in ret->failure, which is always set.
 */
struct sender_answer {
	struct str sender; /* to be written, in the arena; empty: nothing */
	struct failure failure;
};

enum err sender_header_judge(struct directory *d, uint64_t account, const struct sender_header *header,
	struct arena *a, struct sender_answer *ret) MUST_USE;
