/* Between the buffers of a stream and the system: octets plain or through TLS, and the handshake. */
#pragma once

#include "io/conn_int.h"

/* > 0 octets, 0 the end, -1 nothing now, -2 broken. */
ssize_t conn_tls_read(struct conn *c, char *to, size_t n);
ssize_t conn_tls_write(struct conn *c, struct str octets);
/* What was put before is gone: the handshake begins. */
void conn_tls_begin(struct conn *c);
/* It goes on; `secured` tells of its end. */
void conn_tls_handshake(struct conn *c);
