/* Every row of the table: what is encoded is decoded; every cut, every wrong sender and every trailing octet is refused. */
#include "ipc/messages.h"

#include "base/cursor.h"
#include "tap.h"

#define M(role) (1u << ROLE_##role)
#define FRONTS  (M(FRONT_MX) | M(FRONT_USER))
#define ALL     (FRONTS | M(KEYS) | M(PARSER) | M(DIRECTORY) | M(STORE) | M(TRANSPORT) | M(NETLOGON))

struct row {
	unsigned id, from, to;
	const char *fields; /* one letter a field */
};

#define KIND_u8     "1"
#define KIND_u16    "2"
#define KIND_u32    "4"
#define KIND_u64    "8"
#define KIND_flag   "f"
#define KIND_str    "s"
#define KIND_secret "s"
#define KIND_err    "e"
#define F(kind, name) KIND_##kind
#define MSG(name, id, from, to, fds, fields) { id, from, to, "" fields },
static const struct row rows[] = {
#include "ipc/messages.tbl"
};
#undef MSG
#undef F

static enum role one_of(unsigned mask)
{
	unsigned r = 0;

	while (!(mask & 1u << r))
		r++;
	return (enum role)r;
}

/* The octets a row must have, written by hand from the letters. */
static void sample(const struct row *row, struct buf *to)
{
	struct wr w = wr_to(to);

	wr_u16(&w, (uint16_t)row->id);
	for (const char *f = row->fields; *f; f++) {
		if (*f == '1')
			wr_u8(&w, 7);
		else if (*f == '2')
			wr_u16(&w, 0x0102);
		else if (*f == '4')
			wr_u32(&w, 0x01020304);
		else if (*f == '8')
			wr_u64(&w, 0x0102030405060708);
		else if (*f == 'f')
			wr_bool(&w, true);
		else if (*f == 'e')
			wr_u16(&w, ERR_QUOTA);
		else
			wr_str(&w, S("octets\0and more"));
	}
}

static void test_row(const struct row *row)
{
	enum role from = one_of(row->from), to = one_of(row->to);
	const char *name = msg_name((enum msg_id)row->id);
	struct buf octets, again;
	struct msg m;
	bool cut_refused = true;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	buf_init(&again, PEER_MESSAGE_OCTETS_MAX);
	sample(row, &octets);
	OK(msg_decode(buf_str(&octets), from, to, &m) == ERR_OK && m.id == row->id, "%s: decodes", name);
	OK(msg_encode(&m, &again) == ERR_OK, "%s: encodes", name);
	IS_STR(buf_str(&again), buf_str(&octets));
	for (size_t n = 0; n < octets.len; n++)
		cut_refused = cut_refused && msg_decode(str_sub(buf_str(&octets), 0, n), from, to, &m) == ERR_PEER;
	OK(cut_refused, "%s: every cut is refused", name);
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		if (!(row->from & 1u << r))
			OK(msg_decode(buf_str(&octets), (enum role)r, to, &m) == ERR_PEER, "%s: not from %s", name, role_name((enum role)r));
		if (!(row->to & 1u << r))
			OK(msg_decode(buf_str(&octets), from, (enum role)r, &m) == ERR_PEER, "%s: not to %s", name, role_name((enum role)r));
	}
	buf_put_octet(&octets, 0);
	OK(msg_decode(buf_str(&octets), from, to, &m) == ERR_PEER, "%s: a trailing octet is refused", name);
	buf_done(&octets);
	buf_done(&again);
}

static void test_links(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (unsigned from = 0; from < ROLE_COUNT; from++) {
			for (unsigned to = 0; to < ROLE_COUNT; to++) {
				if ((rows[i].from & 1u << from) && (rows[i].to & 1u << to) && from != to)
					OK(role_linked((enum role)from, (enum role)to), "%s: %s and %s have a channel",
						msg_name((enum msg_id)rows[i].id), role_name((enum role)from), role_name((enum role)to));
			}
		}
	}
}

static void test_print(void)
{
	struct msg m = { .id = MSG_logon, .logon = { .session = 5, .name = S("DOM\\alice"), .password = S("hunter2") } };
	struct buf line;

	buf_init(&line, 4096);
	msg_print(&m, &line);
	OK(str_find_str(buf_str(&line), S("hunter2")) == STR_NPOS, "a secret is not printed");
	OK(str_find_str(buf_str(&line), S("password=***")) != STR_NPOS, "it shows as ***");
	buf_done(&line);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		test_row(&rows[i]);
		for (size_t j = i + 1; j < sizeof(rows) / sizeof(*rows); j++) {
			if (rows[i].id == rows[j].id)
				OK(false, "id %u is used twice", rows[i].id);
		}
	}
	test_links();
	test_print();
	return tap_done();
}
