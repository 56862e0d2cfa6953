/*
 * Which messages of a folder a search program (wire/imap_search.h) matches: one after the other, in
 * steps, and without more of a message than is needed: the folder's row first, then the record and
 * the header, then the texts, piece by piece.
 */
#pragma once

#include "store/imap_text.h"
#include "store/session_int.h"
#include "wire/imap_search.h"

#define IMAP_MATCH_STEP ((size_t)100000) /* about what one step may cost, as counted in *work */

struct imap_match;

/* mailbox: where all the messages are; borrowed. */
struct imap_match *imap_match_new(struct session *s, struct mailbox *mailbox);
void imap_match_free(struct imap_match *m); /* accepts NULL */

/*
 * Once: search is borrowed and stays as it is. ERR_SYNTAX: a text is no UTF-8; ERR_LIMIT: a text is
 * too long.
 */
enum err imap_match_prepare(struct imap_match *m, enum imap_collation collation,
	const struct imap_search *search) MUST_USE;
/* Which messages steps are about, from now on; borrowed. A star in a set is the last one of them, as
 * of now. */
void imap_match_view(struct imap_match *m, struct folder_view *view);
/*
 * Asks the index: of messages that a string cannot be in, nothing is read. To be called once after
 * imap_match_prepare, and to be returned: STEP_PEER until the answer has come, STEP_AGAIN when there
 * is none to wait for. An index is no must.
 */
enum step imap_match_ask(struct imap_match *m);
/*
 * A step with message number seq; what it cost is added to *work. IMAP_MAYBE: call again with the
 * same number. Messages that are gone or cannot be read do not match.
 */
enum imap_truth imap_match_step(struct imap_match *m, uint32_t seq, size_t *work) MUST_USE;
/* The same for who goes through all messages in their order: rows of several are read at once. */
enum imap_truth imap_match_next(struct imap_match *m, uint32_t seq, size_t *work) MUST_USE;
/* Gives back what is only needed while messages are looked at; steps may go on later. */
void imap_match_rest(struct imap_match *m);
/*
 * Of the message that matched last: how well it met the FUZZY keys that it met (RFC 6203), 1 .. 100;
 * 100 when it met none.
 */
unsigned imap_match_score(const struct imap_match *m);
