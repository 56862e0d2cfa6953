/* Makes the record of a message. Called through record_make (record.h). */
#pragma once

#include "mail/record.h"

/* See record_make. */
enum err record_writer_run(struct str message, struct buf *to) MUST_USE;
/* See record_make_opaque. */
enum err record_writer_opaque(uint64_t message_octets, struct buf *to) MUST_USE;
