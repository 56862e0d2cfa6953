#include "directory/entry.h"

#include <stdlib.h>

#include "directory/right.h"
#include "tap.h"

static struct arena a;

static const struct str some_texts[] = { S_INIT("one"), S_INIT(""), S_INIT("three\0four") };
static const struct entry_grant some_grants[] = { { 9, RIGHT_READ }, { UINT64_MAX, RIGHT_ALL } };
static const uint64_t some_ids[] = { 1, UINT64_MAX, 0x0102030405060708 };

/* A value for each type that no default has. */
static void fill(struct entry *e)
{
	size_t count;
	const struct entry_property *p = entry_properties(e->kind, &count);

	for (size_t i = 0; i < count; i++) {
		void *field = (char *)e + p[i].offset;
		uint64_t number = 1000 + i;
		struct str text = str_from_c(p[i].name);

		switch (p[i].type) {
		case ENTRY_TYPE_text:
		case ENTRY_TYPE_secret:
			memcpy(field, &text, sizeof(text));
			break;
		case ENTRY_TYPE_texts:
		case ENTRY_TYPE_past_texts:
			*(struct entry_texts *)field = (struct entry_texts){ some_texts, 3 };
			break;
		case ENTRY_TYPE_flag:
			*(bool *)field = !*(bool *)field;
			break;
		case ENTRY_TYPE_hours:
			memset(field, 0x5a, ENTRY_HOURS_OCTETS);
			break;
		case ENTRY_TYPE_member_ids:
		case ENTRY_TYPE_principal_ids:
			*(struct entry_ids *)field = (struct entry_ids){ some_ids, 3 };
			break;
		case ENTRY_TYPE_grants:
			*(struct entry_grants *)field = (struct entry_grants){ some_grants, 2 };
			break;
		case ENTRY_TYPE_past_ids: /* test_delegates: they do not come back as they were */
			break;
		case ENTRY_TYPE_number:
		case ENTRY_TYPE_size:
		case ENTRY_TYPE_time:
		case ENTRY_TYPE_domain_id:
		case ENTRY_TYPE_account_id:
		case ENTRY_TYPE_mailbox_id:
			memcpy(field, &number, sizeof(number));
			break;
		}
	}
}

static void check_kind(enum entry_kind kind)
{
	struct entry e = entry_defaults(kind, 7), back;
	struct buf value, again;
	size_t whole_prefixes = 0, count;

	buf_init(&value, ENTRY_OCTETS_MAX);
	buf_init(&again, ENTRY_OCTETS_MAX);
	fill(&e);
	IS_NUM(entry_encode(&e, &value), ERR_OK);
	IS_NUM(entry_decode(buf_str(&value), 7, &a, &back), ERR_OK);
	IS_NUM(back.id, 7);
	IS_NUM(back.kind, kind);
	IS_NUM(entry_encode(&back, &again), ERR_OK);
	OK(str_eq(buf_str(&value), buf_str(&again)), "%s survives the round trip", entry_kind_name(kind));
	/* Cut anywhere from an exact copy: only between two properties can it still be an entry. */
	for (size_t n = 0; n < value.len; n++) {
		char *copy = malloc(n + (n == 0));

		memcpy(copy, value.at, n);
		whole_prefixes += entry_decode(str_make(copy, n), 7, &a, &back) == ERR_OK;
		free(copy);
	}
	entry_properties(kind, &count);
	IS_NUM(whole_prefixes, count);
	buf_put_octet(&value, 'x');
	IS_NUM(entry_decode(buf_str(&value), 7, &a, &back), ERR_CORRUPT);
	buf_done(&value);
	buf_done(&again);
}

static void test_strict(void)
{
	static const struct {
		const char *what;
		struct str value;
	} bad[] = {
		{ "empty", S_INIT("") },
		{ "version", S_INIT("\x03\x02") },
		{ "a kind that has no sealed form", S_INIT("\x02\x04") },
		{ "no kind", S_INIT("\x01\x00") },
		{ "unknown kind", S_INIT("\x01\x0a") },
		{ "unknown property", S_INIT("\x01\x02\x63\x00\x00\x00\x00\x00") },
		{ "twice", S_INIT("\x01\x02\x01\x00\x01\x00\x00\x00" "a\x01\x00\x01\x00\x00\x00" "b") },
		{ "out of order", S_INIT("\x01\x02\x03\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00" "a") },
		{ "flag of 2", S_INIT("\x01\x03\x05\x00\x01\x00\x00\x00\x02") },
		{ "long flag", S_INIT("\x01\x03\x05\x00\x02\x00\x00\x00\x01\x00") },
		{ "short hours", S_INIT("\x01\x03\x0b\x00\x02\x00\x00\x00\x01\x00") },
		{ "too many texts", S_INIT("\x01\x02\x02\x00\x04\x00\x00\x00\xff\xff\xff\xff") },
		{ "texts short", S_INIT("\x01\x02\x02\x00\x08\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00\x00") },
	};
	struct entry e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(entry_decode(bad[i].value, 1, &a, &e) == ERR_CORRUPT, "%s", bad[i].what);
	IS_NUM(entry_decode(S("\x01\x04"), 1, &a, &e), ERR_OK);
	OK(e.mailbox.imap && e.mailbox.quota_warn == ENTRY_DEFAULT && e.mailbox.retention_days == ENTRY_DEFAULT,
		"missing properties take their defaults");
}

/* Codec ids are unique within a kind and their order is the table's meaning; names can be found. */
static void test_table(void)
{
	for (int kind = ENTRY_ORGANISATION; kind < ENTRY_KIND_END; kind++) {
		size_t count;
		const struct entry_property *p = entry_properties((enum entry_kind)kind, &count);

		OK(count > 0, "%s has properties", entry_kind_name((enum entry_kind)kind));
		for (size_t i = 0; i < count; i++) {
			bool unique = true;

			for (size_t n = 0; n < i; n++)
				unique &= p[n].codec != p[i].codec && strcmp(p[n].name, p[i].name) != 0;
			OK(unique && p[i].codec != 0 && p[i].doc[0] != '\0', "%s.%s", entry_kind_name((enum entry_kind)kind), p[i].name);
			OK(entry_property_find((enum entry_kind)kind, str_from_c(p[i].name)) == &p[i], "found by name");
		}
	}
	OK(entry_property_find(ENTRY_MAILBOX, S("quota-warn")) != NULL, "dashes will do");
	OK(entry_property_find(ENTRY_MAILBOX, S("quota")) == NULL, "no prefix");
	OK(entry_property_find(ENTRY_MAILBOX, S("quota-warning")) == NULL, "no longer name");
}

static void test_too_big(void)
{
	static uint64_t many[ENTRY_ITEMS_MAX + 1];
	struct entry e = entry_defaults(ENTRY_LIST, 1);
	struct buf value;

	buf_init(&value, ENTRY_OCTETS_MAX);
	e.list.members = (struct entry_ids){ many, ENTRY_ITEMS_MAX };
	IS_NUM(entry_encode(&e, &value), ERR_OK);
	buf_clear(&value);
	e.list.members.count++;
	IS_NUM(entry_encode(&e, &value), ERR_TOOBIG);
	buf_done(&value);
}

static void test_limits(void)
{
	struct entry e = entry_defaults(ENTRY_MAILBOX, 1);
	struct entry_limits l, defaults = { .warn_octets = 7, .send_octets = 8, .receive_octets = 9, .messages_max = 10, .folders_max = 11, .retention_days = 14 };

	l = entry_limits(&e.mailbox, &defaults);
	OK(l.warn_octets == 7 && l.send_octets == 8 && l.receive_octets == 9 && l.messages_max == 10 && l.folders_max == 11 && l.retention_days == 14, "unset is the default");
	e.mailbox.quota_warn = ENTRY_UNLIMITED;
	e.mailbox.quota_send = 5;
	e.mailbox.retention_days = UINT64_MAX;
	l = entry_limits(&e.mailbox, &defaults);
	OK(l.warn_octets == 0 && l.send_octets == 5 && l.receive_octets == 9, "unlimited is 0 in limits");
	IS_NUM(l.retention_days, UINT32_MAX);
}

/* What had delegates has rights, from the first reading on. */
static void test_delegates(void)
{
	struct entry e = entry_defaults(ENTRY_MAILBOX, 7), back;
	struct buf value;

	buf_init(&value, ENTRY_OCTETS_MAX);
	e.mailbox.past_delegates = (struct entry_ids){ some_ids, 3 };
	e.mailbox.rights = (struct entry_grants){ some_grants, 1 };
	IS_NUM(entry_encode(&e, &value), ERR_OK);
	IS_NUM(entry_decode(buf_str(&value), 7, &a, &back), ERR_OK);
	OK(back.mailbox.past_delegates.count == 0 && back.mailbox.rights.count == 4, "all of them");
	IS_NUM(entry_grants_of(back.mailbox.rights, 9), RIGHT_READ);
	IS_NUM(entry_grants_of(back.mailbox.rights, UINT64_MAX), RIGHT_FULL | RIGHT_SEND_AS);
	IS_NUM(entry_grants_of(back.mailbox.rights, 8), 0);
	buf_done(&value);
}

/* Rights that are none are not read. */
static void test_grants(void)
{
	static const uint32_t bad[] = { 0, RIGHT_ALL + 1, UINT32_MAX };

	for (size_t i = 0; i < 3; i++) {
		struct entry e = entry_defaults(ENTRY_MAILBOX, 7), back;
		struct entry_grant one = { 9, bad[i] };
		struct buf value;

		buf_init(&value, ENTRY_OCTETS_MAX);
		e.mailbox.rights = (struct entry_grants){ &one, 1 };
		IS_NUM(entry_encode(&e, &value), ERR_OK);
		IS_NUM(entry_decode(buf_str(&value), 7, &a, &back), ERR_CORRUPT);
		buf_done(&value);
	}
}

int main(void)
{
	arena_init(&a, ARENA_NONE);
	for (int kind = ENTRY_ORGANISATION; kind < ENTRY_KIND_END; kind++)
		check_kind((enum entry_kind)kind);
	test_strict();
	test_table();
	test_too_big();
	test_limits();
	test_delegates();
	test_grants();
	arena_done(&a);
	return tap_done();
}
