/*
 * One end of a channel between two roles: whole messages with descriptors beside them, in order, over a
 * SOCK_SEQPACKET socket pair. What cannot be sent at once is queued, up to PEER_QUEUE_OCTETS_MAX; a peer that does
 * not take its messages is closed. Nothing here knows what a message means.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "io/loop.h"

#define PEER_MESSAGE_OCTETS_MAX ((size_t)128 << 10)
#define PEER_QUEUE_OCTETS_MAX   ((size_t)64 << 20)
#define PEER_FDS_MAX            4

struct peer;

/* Octets are valid during the call; the descriptors become the callee's. */
typedef void peer_message_fn(void *arg, struct str octets, int *fds, size_t fd_count);
/* The other end is gone, or spoke wrongly. Called at most once; the peer must be freed by the owner. */
typedef void peer_closed_fn(void *arg);

/* Both ends, non-blocking and close-on-exec. */
enum err peer_pair(int ret_fds[2]) MUST_USE;

/* Takes fd. */
struct peer *peer_new(struct loop *loop, int fd, peer_message_fn *message, peer_closed_fn *closed, void *arg);
void peer_free(struct peer *peer); /* accepts NULL; queued messages are dropped */
/* Descriptors are duplicated into the message: they stay the caller's. False: the peer is closed or overfull. */
bool peer_send(struct peer *peer, struct str octets, const int *fds, size_t fd_count);
/* Delivers all that has been received already: the last words of an end that is known to be gone. Inside a callback of the
 * same peer it does nothing. The peer may be gone after it, if `closed` frees it. */
void peer_drain(struct peer *peer);
/* Messages without descriptors wait for the end of the turn and leave together. At first: no. */
void peer_gather(struct peer *peer);
void peer_flush(struct peer *peer); /* what waits for the end of the turn leaves now; accepts NULL */
size_t peer_queued(const struct peer *peer); /* octets */
void peer_pause(struct peer *peer, bool paused); /* stop taking messages */

/* Blocking use, before a loop runs. timeout_ms < 0 waits for ever. ERR_TIMEOUT, ERR_IO (closed), ERR_TOOBIG. */
enum err peer_send_now(int fd, struct str octets, const int *fds, size_t fd_count) MUST_USE;
enum err peer_receive_now(int fd, struct buf *to, int ret_fds[PEER_FDS_MAX], size_t *ret_fd_count, int timeout_ms) MUST_USE;
