#include "ipc/ticket.h"

#include "tap.h"

static const char key_octets[TICKET_KEY_OCTETS] = "0123456789abcdef0123456789abcde";
static const char other_octets[TICKET_KEY_OCTETS] = "0123456789abcdef0123456789abcdX";

static void test_logon_ticket(void)
{
	struct str key = str_make(key_octets, TICKET_KEY_OCTETS), other = str_make(other_octets, TICKET_KEY_OCTETS);
	struct ticket t = { .kind = TICKET_LOGON, .id = 9, .expires_ms = 1000, .account = 3, .mailbox = 4, .service = 2, .delegate = true,
		.access = ACCESS_READ, .groups = S("12345678abcdefgh"),
		.account_name = S("DOM\\alice"), .mailbox_name = S("box"), .folder = S("a/b"), .limits = { .warn_octets = 5 } };
	struct ticket got;
	struct buf b;
	struct str rest;
	bool refused = true;

	buf_init(&b, TICKET_OCTETS_MAX);
	ticket_seal(&t, key, &b);
	rest = buf_str(&b);
	OK(ticket_open(&rest, key, TICKET_LOGON, 1000, &got) == ERR_OK && rest.len == 0, "opens until it expires");
	OK(got.account == 3 && got.mailbox == 4 && got.delegate && got.limits.warn_octets == 5, "what was said is read");
	OK(got.access == ACCESS_READ && str_eq(got.groups, t.groups), "the right and the groups");
	IS_STR(got.account_name, S("DOM\\alice"));
	IS_STR(got.folder, S("a/b"));
	rest = buf_str(&b);
	OK(ticket_open(&rest, key, TICKET_LOGON, 1001, &got) == ERR_TICKET, "not after");
	OK(ticket_open(&rest, key, TICKET_SUBMIT, 0, &got) == ERR_TICKET, "not as another kind");
	OK(ticket_open(&rest, other, TICKET_LOGON, 0, &got) == ERR_TICKET, "not with another key");
	for (size_t i = 0; i < b.len; i++) {
		b.at[i] ^= 1;
		rest = buf_str(&b);
		refused = refused && ticket_open(&rest, key, TICKET_LOGON, 0, &got) == ERR_TICKET;
		b.at[i] ^= 1;
	}
	OK(refused, "a changed bit anywhere is refused");
	buf_done(&b);
}

/* As large as one can be; and what is no right or no list of groups is none though the key is good. */
static void test_groups(void)
{
	struct str key = str_make(key_octets, TICKET_KEY_OCTETS), rest;
	static const char many[(TICKET_GROUPS_MAX + 1) * sizeof(uint64_t)], name[400];
	struct ticket t = { .kind = TICKET_LOGON, .groups = str_make(many, TICKET_GROUPS_MAX * sizeof(uint64_t)),
		.account_name = str_make(name, sizeof(name)), .mailbox_name = str_make(name, sizeof(name)),
		.folder = str_make(name, sizeof(name)) };
	static const struct {
		const char *what;
		enum access access;
		size_t octets;
	} bad[] = { { "no access", ACCESS_END, 8 }, { "half a group", ACCESS_FULL, 12 }, { "too many", ACCESS_FULL, sizeof(many) } };
	struct ticket got;
	struct buf b;

	buf_init(&b, 2 * TICKET_OCTETS_MAX);
	ticket_seal(&t, key, &b);
	rest = buf_str(&b);
	OK(ticket_open(&rest, key, TICKET_LOGON, 0, &got) == ERR_OK && got.groups.len == t.groups.len, "the largest");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_clear(&b);
		t.access = bad[i].access;
		t.groups = str_make(many, bad[i].octets);
		ticket_seal(&t, key, &b);
		rest = buf_str(&b);
		OK(ticket_open(&rest, key, TICKET_LOGON, 0, &got) == ERR_TICKET, "%s", bad[i].what);
	}
	buf_done(&b);
}

static void test_recipients(void)
{
	struct str key = str_make(key_octets, TICKET_KEY_OCTETS);
	struct ticket_recipient rows[3] = { { .mailbox = 1 }, { .mailbox = 2, .limits = { .receive_octets = 7, .messages_max = 1ull << 40, .folders_max = 12 }, .no_quota = true }, { .mailbox = 3 } };
	const struct ticket_recipient *got;
	struct arena arena;
	struct buf b;
	struct str rest;
	size_t count;

	arena_init(&arena, ARENA_NONE);
	buf_init(&b, BUF_NO_CEILING);
	ticket_recipients_seal(rows, 3, 50, key, &b);
	ticket_recipients_seal(rows, 1, 50, key, &b);
	rest = buf_str(&b);
	OK(ticket_recipients_open(&rest, key, 50, &arena, &got, &count) == ERR_OK && count == 3, "three rows");
	OK(got[1].mailbox == 2 && got[1].limits.receive_octets == 7 && got[1].limits.messages_max == 1ull << 40 && got[1].limits.folders_max == 12 && got[1].no_quota && !got[2].no_quota, "with their limits");
	OK(ticket_recipients_open(&rest, key, 50, &arena, &got, &count) == ERR_OK && count == 1 && rest.len == 0, "one behind the other");
	rest = buf_str(&b);
	OK(ticket_recipients_open(&rest, key, 51, &arena, &got, &count) == ERR_TICKET, "not after its time");
	rest = str_sub(buf_str(&b), 0, b.len - 1);
	OK(ticket_recipients_open(&rest, key, 0, &arena, &got, &count) == ERR_OK, "the first is whole");
	OK(got[0].folder == 0 && got[0].poster == 0, "of inboxes");
	OK(ticket_recipients_open(&rest, key, 0, &arena, &got, &count) == ERR_TICKET, "the second is cut");
	buf_clear(&b);
	rows[0].folder = 12;
	rows[0].poster = 1ull << 41;
	ticket_recipients_seal(rows, 1, 50, key, &b);
	rest = buf_str(&b);
	OK(ticket_recipients_open(&rest, key, 50, &arena, &got, &count) == ERR_OK && count == 1 && got[0].folder == 12 && got[0].poster == 1ull << 41, "a public folder, and who posts");
	buf_done(&b);
	arena_done(&arena);
}

int main(void)
{
	test_logon_ticket();
	test_groups();
	test_recipients();
	return tap_done();
}
