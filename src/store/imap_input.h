/*
 * Commands cut out of a session's input, and what is left of one behind the text of a message. The
 * input has room for as much as may be needed, the go-aheads for synchronising literals are sent.
 */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap.h"

#define IMAP_IN_OCTETS   ((size_t)16 << 10) /* buffered input as long as commands are short */
#define IMAP_BODY_OCTETS ((size_t)64 << 10) /* while the text of a message comes */

enum imap_input { IMAP_INPUT_COMMAND, IMAP_INPUT_MORE, IMAP_INPUT_SKIPPED };

/*
 * The next command, or the next piece of the one that runs (imap_cut_more). What it says of a
 * streamed literal is kept in *i. ERR_OK, ERR_TOOBIG and ERR_SYNTAX: the caller consumes
 * ret_cut->used when it has read the piece. ERR_NEEDMORE: STEP_READ. Else: imap_input_lost.
 */
enum err imap_input_cut(struct imap *i, enum imap_input what, struct imap_cut *ret_cut) MUST_USE;
/* The answer, and BYE. STEP_DONE. */
enum step imap_input_lost(struct imap *i, struct str tag, enum err e);
/* Room for that many octets, within what a command may have. */
void imap_input_room(struct imap *i, size_t octets);
/* Before the streamed literal. */
void imap_input_body(struct imap *i);
/* Drops what imap_engine_skip_body left to be dropped, up to the end of the command; at a literal
 * the client waits to send the command ends, too. */
enum step imap_input_skip(struct imap *i);
