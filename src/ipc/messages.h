/*
 * Messages between roles; the rows are in messages.tbl. Encoding is little-endian by hand: u16 id, then the
 * fields in row order, strings as u32 length and octets. Decoding is strict: an unknown id, a sender or receiver
 * the row does not allow, a short, long or trailing octet is ERR_PEER, and the receiver closes the channel.
 * Views in a decoded message point into the octets it was decoded from.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "io/peer.h"
#include "ipc/roles.h"

#define MSG_FIELD_u8(name)     uint8_t name;
#define MSG_FIELD_u16(name)    uint16_t name;
#define MSG_FIELD_u32(name)    uint32_t name;
#define MSG_FIELD_u64(name)    uint64_t name;
#define MSG_FIELD_flag(name)   bool name;
#define MSG_FIELD_str(name)    struct str name;
#define MSG_FIELD_secret(name) struct str name;
#define MSG_FIELD_err(name)    enum err name;

#define F(kind, name)                            MSG_FIELD_##kind(name)
#define MSG(name, id, from, to, fds, fields) struct msg_##name { fields };
#include "ipc/messages.tbl"
#undef MSG
#define MSG(name, id, from, to, fds, fields) MSG_##name = id,
enum msg_id {
#include "ipc/messages.tbl"
	MSG_ID_END
};
#undef MSG
#define MSG(name, id, from, to, fds, fields) struct msg_##name name;
struct msg {
	enum msg_id id;
	int fds[PEER_FDS_MAX]; /* fds beyond fd_count are undefined */
	size_t fd_count;
	union {
#include "ipc/messages.tbl"
	};
};
#undef MSG
#undef F

/* Appends; the buffer should have PEER_MESSAGE_OCTETS_MAX as its ceiling. ERR_TOOBIG. */
enum err msg_encode(const struct msg *m, struct buf *to) MUST_USE;
/* The descriptors are put into the message and belong to whoever takes it, also after an error. */
enum err msg_decode(struct str octets, enum role from, enum role to, struct msg *ret) MUST_USE;
/* How many descriptors the row asks for at most. */
size_t msg_fds_max(enum msg_id id);
const char *msg_name(enum msg_id id);
/* One line for a debug log; secrets print as ***. */
void msg_print(const struct msg *m, struct buf *to);
/* Changes with any change of the table; both ends compare it at start. */
uint64_t msg_table_hash(void);
