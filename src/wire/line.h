/*
 * The one place where octets of SMTP, POP3 and IMAP become lines. A line ends in CRLF and nowhere
 * else: a CR without LF, an LF without CR and a NUL are refused here, so that no two readers of the
 * same octets can disagree about where a command ends.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * Cut the first line off a run of octets.
 *
 * RFC 5321 2.3.8, RFC 1939 3, RFC 3501 2.2.
 * in        octets received and not yet consumed
 * max       longest line the caller takes, in octets, its CRLF included; at least 2
 * ret_line  set on ERR_OK only: a view into in, without the CRLF; consume its length + 2
 *
 * Returns ERR_OK, ERR_NEEDMORE (call again from the start when more has come), ERR_TOOLONG (no CRLF
 * within max octets) or ERR_BARELINEEND. After the last two the stream cannot be trusted any more.
 * The answer does not depend on how the octets were split into pieces.
 */
enum err line_cut(struct str in, size_t max, struct str *ret_line) MUST_USE;
