/*
 * POP3 after logon (RFC 1939, RFC 2449, RFC 3206, RFC 6856) over the INBOX, or over the folder that
 * the logon's name has named, of the public store or of somebody's mailbox: an engine for
 * session_int.h.
 *
 * The maildrop is what the folder held at logon. Several sessions may have it open, and readers never
 * lock each other out (RFC 1939 section 8 asks for a lock so that no session loses what it counts on;
 * numbers do that here): what one of them, or an IMAP session, removes meanwhile keeps its number and
 * its line in LIST and UIDL, and is "no such message" when asked for. DELE only marks; QUIT removes,
 * and says so when the removal is on disk; any other end of the connection removes nothing.
 *
 * The list of the folder is asked with each command: whoever may not read it any more is told so, and
 * that is the end; whoever may delete some messages only, his own in a public folder, is refused at
 * DELE. In the public store what was sent by RETR is \Seen for that reader alone, by and by and at
 * QUIT at the latest, if he has the right for it; elsewhere POP3 changes no flag. A unique-id is the
 * same for all readers, and of no other message of the mailbox or store, ever.
 *
 * Sizes (STAT, LIST, RETR) are those of the messages as stored, which is what RETR sends once
 * doubled dots are undone: a message whose last line has no line end gets one on the wire, as a
 * part of the reply's own ending, not counted.
 */
#pragma once

#include "store/session_int.h"

/* Commands that are not understood, in a row, before the connection is closed. */
#define POP3_BAD_MAX 20u
