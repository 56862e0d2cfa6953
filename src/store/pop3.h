/*
 * POP3 after logon (RFC 1939, RFC 2449, RFC 3206, RFC 6856) over the INBOX: an engine for
 * session_int.h.
 *
 * The maildrop is what the INBOX held at logon. Several sessions may have it open; what one of
 * them, or an IMAP session, removes meanwhile keeps its number and its line in LIST and UIDL, and
 * is "no such message" when asked for. DELE only marks; QUIT removes, and says so when the removal
 * is on disk; any other end of the connection removes nothing.
 *
 * Sizes (STAT, LIST, RETR) are those of the messages as stored, which is what RETR sends once
 * doubled dots are undone: a message whose last line has no line end gets one on the wire, as a
 * part of the reply's own ending, not counted.
 */
#pragma once

#include "store/session_int.h"

/* Commands that are not understood, in a row, before the connection is closed. */
#define POP3_BAD_MAX 20u
