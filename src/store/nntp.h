/*
 * NNTP after the logon, or for who reads without one (RFC 3977, RFC 4643; XOVER, XHDR, XPAT of RFC 2980), over the folders of the public
 * store: an engine for session_int.h. The mailbox of the session is the public store.
 *
 * Newsgroups are the folders that the reader may both see and read, article numbers their uids. What a reader has read is the
 * client's to remember: nothing that NNTP reads becomes \Seen. Rights are looked up with every command, so that what a list no longer
 * gives is gone at once; a folder that was deleted is no longer selected from the next command on.
 *
 * Nothing is held while a client reads slowly but 64 messages' headers and a piece of 64 KiB.
 */
#pragma once

#include "store/session_int.h"

/* Commands that are not understood, in a row, before the connection is closed. */
#define NNTP_BAD_MAX 20u
