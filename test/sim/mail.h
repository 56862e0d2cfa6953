/* Messages of the simulation: all octets follow from the number. */
#pragma once

#include "base/buf.h"

#define MAIL_OCTETS_MAX ((size_t)1 << 20)

void mail_put(struct buf *to, uint32_t token);         /* CRLF line ends, ends in one */
/* The number of the message whose head this is; 0: none of ours. */
uint32_t mail_token(struct str octets);
/* Is it the message, with or without what a server puts in front? */
bool mail_is(struct str octets, uint32_t token);
