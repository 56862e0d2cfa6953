/* What is packed (RFC 4978), between the buffers of a stream, which are clear, and the system or TLS. */
#pragma once

#include "io/conn_int.h"

/* What came of reading: nothing, something to be told of, or the end of the stream, which was told of. */
enum conn_taken { CONN_TAKEN_NONE, CONN_TAKEN_SOME, CONN_TAKEN_DEAD };

void conn_layer_free(struct layer *l); /* accepts NULL */
/* Packed octets are here that were not unpacked yet. */
bool conn_layer_holds(const struct conn *c);
/* Reads and unpacks, as far as there is room. */
enum conn_taken conn_layer_read(struct conn *c);
/* What the system or TLS is to get next, packed when it is its time; of a stream without a layer its output. */
struct str conn_layer_piece(struct conn *c);
/* So much of it is gone. */
void conn_layer_drop(struct conn *c, size_t n);
