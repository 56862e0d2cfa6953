/*
 * What a submitted message says of who wrote it and who sends it (RFC 5322 section 3.6.2, RFC 6409 section 8): the directory
 * is asked whether this account may write that, and Sender: is written where it has to tell who acts for another.
 *
 * The addresses are those of the parser's record; without one only the envelope is judged.
 */
#pragma once

#include "front/smtp_session.h"

/* Goes on to smtp_message_deliver, or refuses the message. record: small, or empty beside s->result_fd. */
enum step smtp_authors_judge(struct smtp_session *s, struct str record, uint64_t record_octets);
