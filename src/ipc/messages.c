#include "ipc/messages.h"

#include <stdio.h>

#include "base/cursor.h"

#define M(role) (1u << ROLE_##role)
#define FRONTS  (M(FRONT_MX) | M(FRONT_USER))
#define ALL     (FRONTS | M(KEYS) | M(PARSER) | M(DIRECTORY) | M(STORE) | M(TRANSPORT) | M(NETLOGON))

struct msg_row {
	const char *name;
	const char *fields; /* as written in the table, for the hash */
	unsigned id;
	unsigned from, to; /* masks of roles */
	size_t fds;
};

#define F(kind, name) #kind " " #name ";"
#define MSG(name, id, from, to, fds, fields) { #name, "" fields, id, from, to, fds },
static const struct msg_row rows[] = {
#include "ipc/messages.tbl"
};
#undef MSG
#undef F

static const struct msg_row *row_of(unsigned id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].id == id)
			return &rows[i];
	}
	return NULL;
}

static void put_u8(struct wr *w, uint8_t v)
{
	wr_u8(w, v);
}

static void put_err(struct wr *w, enum err v)
{
	wr_u16(w, (uint16_t)v);
}

static enum err get_err(struct rd *r)
{
	uint16_t v = rd_u16(r);

	if (!err_valid(v)) {
		rd_fail(r);
		return ERR_PEER;
	}
	return (enum err)v;
}

#define ENCODE_u8(v)     put_u8(&w, v);
#define ENCODE_u16(v)    wr_u16(&w, v);
#define ENCODE_u32(v)    wr_u32(&w, v);
#define ENCODE_u64(v)    wr_u64(&w, v);
#define ENCODE_flag(v)   wr_bool(&w, v);
#define ENCODE_str(v)    wr_str(&w, v);
#define ENCODE_secret(v) wr_str(&w, v);
#define ENCODE_err(v)    put_err(&w, v);

enum err msg_encode(const struct msg *m, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u16(&w, (uint16_t)m->id);
	switch (m->id) {
#define F(kind, name) ENCODE_##kind(body->name)
#define MSG(name, id, from, to, fds, fields)                                                       \
	case MSG_##name: {                                                                         \
		const struct msg_##name *body = &m->name;                                          \
		fields break;                                                                      \
	}
#include "ipc/messages.tbl"
#undef MSG
#undef F
	case MSG_ID_END:
	default:
		must(m->id == MSG_ID_END && false);
	}
	return wr_end(&w);
}

#define DECODE_u8     rd_u8(&r)
#define DECODE_u16    rd_u16(&r)
#define DECODE_u32    rd_u32(&r)
#define DECODE_u64    rd_u64(&r)
#define DECODE_flag   rd_bool(&r)
#define DECODE_str    rd_str(&r)
#define DECODE_secret rd_str(&r)
#define DECODE_err    get_err(&r)

enum err msg_decode(struct str octets, enum role from, enum role to, struct msg *ret)
{
	struct rd r = rd_from(octets);
	const struct msg_row *row = row_of(rd_u16(&r));

	if (row == NULL || !(row->from & 1u << from) || !(row->to & 1u << to))
		return ERR_PEER;
	ret->id = (enum msg_id)row->id;
	switch (ret->id) {
#define F(kind, name) body->name = DECODE_##kind;
#define MSG(name, id, from, to, fds, fields)                                                       \
	case MSG_##name: {                                                                         \
		struct msg_##name *body = &ret->name;                                              \
		fields break;                                                                      \
	}
#include "ipc/messages.tbl"
#undef MSG
#undef F
	case MSG_ID_END:
	default:
		return ERR_PEER;
	}
	return rd_end(&r) == ERR_OK ? ERR_OK : ERR_PEER;
}

size_t msg_fds_max(enum msg_id id)
{
	const struct msg_row *row = row_of(id);

	must(row != NULL);
	return row->fds;
}

const char *msg_name(enum msg_id id)
{
	const struct msg_row *row = row_of(id);

	return row ? row->name : "unknown";
}

static void print_str(struct buf *to, struct str v)
{
	buf_printf(to, "\"%.*s\"", STR_FMT(str_sub(v, 0, 64)));
}

#define PRINT_u8(v)     buf_put_u64(to, v)
#define PRINT_u16(v)    buf_put_u64(to, v)
#define PRINT_u32(v)    buf_put_u64(to, v)
#define PRINT_u64(v)    buf_put_u64(to, v)
#define PRINT_flag(v)   buf_put_c(to, (v) ? "yes" : "no")
#define PRINT_str(v)    print_str(to, v)
#define PRINT_secret(v) buf_put_c(to, "***")
#define PRINT_err(v)    buf_put_c(to, err_name(v))

void msg_print(const struct msg *m, struct buf *to)
{
	buf_put_c(to, msg_name(m->id));
	switch (m->id) {
#define F(kind, name)                                                                              \
	buf_put_c(to, " " #name "=");                                                              \
	PRINT_##kind(body->name);
#define MSG(name, id, from, to_, fds, fields)                                                      \
	case MSG_##name: {                                                                         \
		const struct msg_##name *body = &m->name;                                          \
		fields break;                                                                      \
	}
#include "ipc/messages.tbl"
#undef MSG
#undef F
	case MSG_ID_END:
	default:
		break;
	}
}

uint64_t msg_table_hash(void)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a: only equality matters here */

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[1024];
		int n = snprintf(line, sizeof(line), "%s %s %u %u %u %zu\n", rows[i].name,
			rows[i].fields, rows[i].id, rows[i].from, rows[i].to, rows[i].fds);

		for (int at = 0; at < n && at < (int)sizeof(line); at++)
			hash = (hash ^ (unsigned char)line[at]) * 0x100000001b3;
	}
	return hash;
}
