#include "directory/entry.h"

#include "base/cursor.h"
#include "directory/right.h"
#include "directory/user_right.h"
#include "ipc/proof.h"

#define FORMAT_OPEN   1 /* secrets as they are: older entries, and kinds without secrets */
#define FORMAT_SEALED 2

#define ROW(member, name, type, codec, doc)                                                        \
	{ #name, ENTRY_TYPE_##type, codec, offsetof(struct entry, member.name), doc },

#define ORGANISATION(name, type, codec, doc) ROW(organisation, name, type, codec, doc)
static const struct entry_property organisation_rows[] = {
#include "directory/schema.tbl"
};

#define DOMAIN(name, type, codec, doc) ROW(domain, name, type, codec, doc)
static const struct entry_property domain_rows[] = {
#include "directory/schema.tbl"
};

#define ACCOUNT(name, type, codec, doc) ROW(account, name, type, codec, doc)
static const struct entry_property account_rows[] = {
#include "directory/schema.tbl"
};

#define MAILBOX(name, type, codec, doc) ROW(mailbox, name, type, codec, doc)
static const struct entry_property mailbox_rows[] = {
#include "directory/schema.tbl"
};

#define CONTACT(name, type, codec, doc) ROW(contact, name, type, codec, doc)
static const struct entry_property contact_rows[] = {
#include "directory/schema.tbl"
};

#define LIST(name, type, codec, doc) ROW(list, name, type, codec, doc)
static const struct entry_property list_rows[] = {
#include "directory/schema.tbl"
};

#define GROUP(name, type, codec, doc) ROW(group, name, type, codec, doc)
static const struct entry_property group_rows[] = {
#include "directory/schema.tbl"
};

#define PUBLIC(name, type, codec, doc) ROW(public, name, type, codec, doc)
static const struct entry_property public_rows[] = {
#include "directory/schema.tbl"
};

#define VIRTUAL(name, type, codec, doc) ROW(virtual, name, type, codec, doc)
static const struct entry_property virtual_rows[] = {
#include "directory/schema.tbl"
};

#define KIND(name, rows)                                                                           \
	{                                                                                          \
		name, rows, sizeof(rows) / sizeof(*(rows))                                         \
	}
static const struct {
	const char *name;
	const struct entry_property *rows;
	size_t count;
} kinds[ENTRY_KIND_END] = {
	[ENTRY_NONE] = { "entry", NULL, 0 },
	[ENTRY_ORGANISATION] = KIND("organisation", organisation_rows),
	[ENTRY_DOMAIN] = KIND("domain", domain_rows),
	[ENTRY_ACCOUNT] = KIND("account", account_rows),
	[ENTRY_MAILBOX] = KIND("mailbox", mailbox_rows),
	[ENTRY_CONTACT] = KIND("contact", contact_rows),
	[ENTRY_LIST] = KIND("list", list_rows),
	[ENTRY_GROUP] = KIND("group", group_rows),
	[ENTRY_PUBLIC] = KIND("public store", public_rows),
	[ENTRY_VIRTUAL] = KIND("virtual directory", virtual_rows),
};

const struct entry_property *entry_properties(enum entry_kind kind, size_t *ret_count)
{
	must((unsigned)kind < ENTRY_KIND_END);
	*ret_count = kinds[kind].count;
	return kinds[kind].rows;
}

bool entry_has_secrets(enum entry_kind kind)
{
	size_t count;
	const struct entry_property *rows = entry_properties(kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].type == ENTRY_TYPE_secret)
			return true;
	}
	return false;
}

const char *entry_kind_name(enum entry_kind kind)
{
	must((unsigned)kind < ENTRY_KIND_END);
	return kinds[kind].name;
}

static bool name_matches(const char *have, struct str want)
{
	size_t i = 0;

	for (; i < want.len && have[i] != '\0'; i++) {
		char c = want.at[i] == '-' ? '_' : want.at[i];

		if (c != have[i])
			return false;
	}
	return i == want.len && have[i] == '\0';
}

const struct entry_property *entry_property_find(enum entry_kind kind, struct str name)
{
	size_t count;
	const struct entry_property *rows = entry_properties(kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (name_matches(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}

/* Nobody is let in as a stranger who was not let in by name. */
static const struct str virtual_usual[] = { S_INIT("form"), S_INIT("basic"), S_INIT("negotiate"), S_INIT("ntlm") };

struct entry entry_defaults(enum entry_kind kind, uint64_t id)
{
	struct entry e;

	memset(&e, 0, sizeof(e));
	e.kind = kind;
	e.id = id;
	if (kind == ENTRY_ORGANISATION)
		e.organisation.next_id = 1;
	if (kind == ENTRY_DOMAIN)
		e.domain = (struct entry_domain){ .backend = S("local"),
			.starttls = true,
			.timeout = PROOF_TIMEOUT_SECONDS,
			.password_characters = S("any"),
			.password_warning = 14,
			.lockout_window = 30,
			.lockout_duration = 30,
			.user_rights = user_right_defaults() };
	if (kind == ENTRY_ACCOUNT)
		memset(e.account.hours.bits, 0xff, sizeof(e.account.hours.bits));
	if (kind == ENTRY_MAILBOX) {
		e.mailbox.smtp = e.mailbox.pop3 = e.mailbox.imap = e.mailbox.http = true;
		e.mailbox.quota_warn = e.mailbox.quota_send = e.mailbox.quota_receive =
			ENTRY_DEFAULT;
		e.mailbox.quota_messages = e.mailbox.quota_folders = e.mailbox.retention_days =
			ENTRY_DEFAULT;
	}
	/* What is read by all and kept for years has no use for the limits of one person's mailbox. */
	if (kind == ENTRY_PUBLIC) {
		e.public.quota_warn = e.public.quota_receive = e.public.quota_messages = ENTRY_UNLIMITED;
		e.public.quota_folders = ENTRY_UNLIMITED;
		e.public.retention_days = ENTRY_DEFAULT;
	}
	if (kind == ENTRY_VIRTUAL)
		e.virtual = (struct entry_virtual){ .authentication = { virtual_usual, sizeof(virtual_usual) / sizeof(*virtual_usual) },
			.size = 32768, .rate = 6, .rate_all = 60, .proof = 16, .fill_time = 3 };
	return e;
}

/* ---- codec ---- */

static void put_texts(struct wr *w, const struct entry_texts *t)
{
	wr_u32(w, (uint32_t)t->count);
	for (size_t i = 0; i < t->count; i++)
		wr_str(w, t->at[i]);
}

static void put_ids(struct wr *w, const struct entry_ids *ids)
{
	wr_u32(w, (uint32_t)ids->count);
	for (size_t i = 0; i < ids->count; i++)
		wr_u64(w, ids->at[i]);
}

static void put_grants(struct wr *w, const struct entry_grants *grants)
{
	wr_u32(w, (uint32_t)grants->count);
	for (size_t i = 0; i < grants->count; i++) {
		wr_u64(w, grants->at[i].id);
		wr_u32(w, grants->at[i].rights);
	}
}

static void put_property(struct wr *w, enum entry_type type, const void *field)
{
	switch (type) {
	case ENTRY_TYPE_text:
	case ENTRY_TYPE_secret:
		wr_octets(w, *(const struct str *)field);
		break;
	case ENTRY_TYPE_texts:
	case ENTRY_TYPE_past_texts:
		put_texts(w, field);
		break;
	case ENTRY_TYPE_flag:
		wr_bool(w, *(const bool *)field);
		break;
	case ENTRY_TYPE_number:
	case ENTRY_TYPE_size:
	case ENTRY_TYPE_time:
	case ENTRY_TYPE_domain_id:
	case ENTRY_TYPE_account_id:
	case ENTRY_TYPE_mailbox_id:
		wr_u64(w, *(const uint64_t *)field);
		break;
	case ENTRY_TYPE_hours:
		wr_octets(w, str_make(field, ENTRY_HOURS_OCTETS));
		break;
	case ENTRY_TYPE_member_ids:
	case ENTRY_TYPE_principal_ids:
	case ENTRY_TYPE_past_ids:
		put_ids(w, field);
		break;
	case ENTRY_TYPE_grants:
		put_grants(w, field);
		break;
	}
}

static bool too_many(const struct entry_property *row, const void *field)
{
	if (row->type == ENTRY_TYPE_texts || row->type == ENTRY_TYPE_past_texts)
		return ((const struct entry_texts *)field)->count > ENTRY_ITEMS_MAX;
	if (row->type == ENTRY_TYPE_grants)
		return ((const struct entry_grants *)field)->count > ENTRY_ITEMS_MAX;
	if (entry_type_is_ids(row->type))
		return ((const struct entry_ids *)field)->count > ENTRY_ITEMS_MAX;
	return false;
}

enum err entry_encode(const struct entry *e, struct buf *to)
{
	struct wr w = wr_to(to);
	size_t count;
	const struct entry_property *rows = entry_properties(e->kind, &count);
	struct buf one;
	bool bad = false;

	must(count > 0 && e->seal != ENTRY_LOCKED);
	buf_init(&one, ENTRY_OCTETS_MAX);
	wr_u8(&w, e->seal == ENTRY_SEALED ? FORMAT_SEALED : FORMAT_OPEN);
	wr_u8(&w, (uint8_t)e->kind);
	for (size_t i = 0; i < count && !bad; i++) {
		const void *field = (const char *)e + rows[i].offset;
		struct wr o = wr_to(&one);

		buf_clear(&one);
		bad = too_many(&rows[i], field);
		if (!bad)
			put_property(&o, rows[i].type, field);
		bad = bad || buf_overflowed(&one);
		wr_u16(&w, rows[i].codec);
		wr_str(&w, buf_str(&one));
	}
	buf_done(&one);
	if (bad || to->len > ENTRY_OCTETS_MAX)
		return ERR_TOOBIG;
	return wr_end(&w);
}

static void get_texts(struct rd *r, struct arena *a, struct entry_texts *ret)
{
	uint32_t count = rd_u32(r);
	struct str *at = NULL;

	/* Each text takes four octets at least, so a forged count cannot ask for more than the
	 * value's size. */
	if (count > ENTRY_ITEMS_MAX || count > r->rest.len / 4)
		return rd_fail(r);
	if (count > 0 && (at = arena_try(a, count * sizeof(*at))) == NULL)
		return rd_fail(r);
	for (uint32_t i = 0; i < count; i++)
		at[i] = rd_str(r);
	*ret = (struct entry_texts){ at, count };
}

static void get_ids(struct rd *r, struct arena *a, struct entry_ids *ret)
{
	uint32_t count = rd_u32(r);
	uint64_t *at = NULL;

	if (count > ENTRY_ITEMS_MAX || count > r->rest.len / 8)
		return rd_fail(r);
	if (count > 0 && (at = arena_try(a, count * sizeof(*at))) == NULL)
		return rd_fail(r);
	for (uint32_t i = 0; i < count; i++)
		at[i] = rd_u64(r);
	*ret = (struct entry_ids){ at, count };
}

static void get_grants(struct rd *r, struct arena *a, struct entry_grants *ret)
{
	uint32_t count = rd_u32(r);
	struct entry_grant *at = NULL;
	bool sound = count <= ENTRY_ITEMS_MAX && count <= r->rest.len / 12;

	if (sound && count > 0)
		sound = (at = arena_try(a, count * sizeof(*at))) != NULL;
	for (uint32_t i = 0; sound && i < count; i++) {
		at[i].id = rd_u64(r);
		at[i].rights = rd_u32(r);
		sound = at[i].rights != 0 && (at[i].rights & ~(uint32_t)RIGHT_ALL) == 0;
	}
	if (!sound)
		return rd_fail(r);
	*ret = (struct entry_grants){ at, count };
}

static enum err get_property(struct str octets, enum entry_type type, struct arena *a, void *field)
{
	struct rd r = rd_from(octets);
	struct str hours;

	switch (type) {
	case ENTRY_TYPE_text:
	case ENTRY_TYPE_secret:
		*(struct str *)field = octets;
		return ERR_OK;
	case ENTRY_TYPE_texts:
	case ENTRY_TYPE_past_texts:
		get_texts(&r, a, field);
		break;
	case ENTRY_TYPE_flag:
		*(bool *)field = rd_bool(&r);
		break;
	case ENTRY_TYPE_number:
	case ENTRY_TYPE_size:
	case ENTRY_TYPE_time:
	case ENTRY_TYPE_domain_id:
	case ENTRY_TYPE_account_id:
	case ENTRY_TYPE_mailbox_id:
		*(uint64_t *)field = rd_u64(&r);
		break;
	case ENTRY_TYPE_hours:
		hours = rd_octets(&r, ENTRY_HOURS_OCTETS);
		if (!r.failed)
			memcpy(field, hours.at, ENTRY_HOURS_OCTETS);
		break;
	case ENTRY_TYPE_member_ids:
	case ENTRY_TYPE_principal_ids:
	case ENTRY_TYPE_past_ids:
		get_ids(&r, a, field);
		break;
	case ENTRY_TYPE_grants:
		get_grants(&r, a, field);
		break;
	}
	return rd_end(&r);
}

/* Rows stand in the table's order; *at is the next one that may come. */
static const struct entry_property *next_row(enum entry_kind kind, uint16_t codec, size_t *at)
{
	size_t count;
	const struct entry_property *rows = entry_properties(kind, &count);

	while (*at < count) {
		const struct entry_property *row = &rows[(*at)++];

		if (row->codec == codec)
			return row;
	}
	return NULL;
}

/* Delegates could open, change and send as the mailbox. */
static enum err adopt_delegates(struct arena *a, struct entry_mailbox *m)
{
	struct entry_ids past = m->past_delegates;
	size_t count = m->rights.count;
	struct entry_grant *at;

	if (past.count == 0)
		return ERR_OK;
	at = arena_try(a, (count + past.count) * sizeof(*at));
	if (at == NULL)
		return ERR_CORRUPT;
	if (count > 0)
		memcpy(at, m->rights.at, count * sizeof(*at));
	for (size_t i = 0; i < past.count; i++)
		at[count++] = (struct entry_grant){ past.at[i], RIGHT_FULL | RIGHT_SEND_AS };
	m->rights = (struct entry_grants){ at, count };
	m->past_delegates = (struct entry_ids){ NULL, 0 };
	return ERR_OK;
}

enum err entry_decode(struct str value, uint64_t id, struct arena *arena, struct entry *ret)
{
	struct rd r = rd_from(value);
	uint8_t version = rd_u8(&r), kind = rd_u8(&r);
	struct entry e;
	size_t at = 0;

	if (r.failed || kind == ENTRY_NONE || kind >= ENTRY_KIND_END ||
		(version != FORMAT_OPEN && !(version == FORMAT_SEALED && entry_has_secrets((enum entry_kind)kind))))
		return ERR_CORRUPT;
	e = entry_defaults((enum entry_kind)kind, id);
	e.seal = version == FORMAT_SEALED ? ENTRY_SEALED : ENTRY_OPEN;
	while (!r.failed && r.rest.len > 0) {
		const struct entry_property *row = next_row(e.kind, rd_u16(&r), &at);
		struct str octets = rd_str(&r);

		if (r.failed || row == NULL ||
			get_property(octets, row->type, arena, (char *)&e + row->offset) != ERR_OK)
			return ERR_CORRUPT;
	}
	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	if (e.kind == ENTRY_MAILBOX && adopt_delegates(arena, &e.mailbox) != ERR_OK)
		return ERR_CORRUPT;
	*ret = e;
	return ERR_OK;
}

/* ---- views ---- */

struct str entry_name(const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_ORGANISATION:
		return e->organisation.name;
	case ENTRY_DOMAIN:
		return e->domain.name;
	case ENTRY_ACCOUNT:
		return e->account.name;
	case ENTRY_GROUP:
		return e->group.name;
	case ENTRY_MAILBOX:
	case ENTRY_CONTACT:
	case ENTRY_LIST:
	case ENTRY_PUBLIC:
		return entry_alias(e);
	case ENTRY_VIRTUAL:
		return e->virtual.path;
	case ENTRY_NONE:
	case ENTRY_KIND_END:
		break;
	}
	return S("");
}

bool entry_is_recipient(enum entry_kind kind)
{
	return kind == ENTRY_MAILBOX || kind == ENTRY_CONTACT || kind == ENTRY_LIST;
}

uint64_t entry_domain(const struct entry *e)
{
	if (e->kind == ENTRY_GROUP)
		return e->group.domain;
	return e->kind == ENTRY_ACCOUNT ? e->account.domain : 0;
}

struct str entry_alias(const struct entry *e)
{
	if (e->kind == ENTRY_MAILBOX)
		return e->mailbox.alias;
	if (e->kind == ENTRY_CONTACT)
		return e->contact.alias;
	if (e->kind == ENTRY_PUBLIC)
		return e->public.alias;
	return e->kind == ENTRY_LIST ? e->list.alias : S("");
}

struct entry_texts entry_addresses(const struct entry *e)
{
	if (e->kind == ENTRY_MAILBOX)
		return e->mailbox.addresses;
	if (e->kind == ENTRY_CONTACT)
		return e->contact.addresses;
	if (e->kind == ENTRY_PUBLIC)
		return e->public.addresses;
	return e->kind == ENTRY_LIST ? e->list.addresses : (struct entry_texts){ NULL, 0 };
}

static uint64_t limit(uint64_t number, uint64_t standard)
{
	if (number == ENTRY_DEFAULT)
		return standard;
	return number == ENTRY_UNLIMITED ? 0 : number;
}

static uint32_t days(uint64_t number, uint32_t standard)
{
	if (number == ENTRY_DEFAULT)
		return standard;
	return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

struct entry_limits entry_limits(const struct entry_mailbox *m, const struct entry_limits *defaults)
{
	return (struct entry_limits){
		.warn_octets = limit(m->quota_warn, defaults->warn_octets),
		.send_octets = limit(m->quota_send, defaults->send_octets),
		.receive_octets = limit(m->quota_receive, defaults->receive_octets),
		.messages_max = limit(m->quota_messages, defaults->messages_max),
		.folders_max = (uint32_t)limit(m->quota_folders, defaults->folders_max),
		.retention_days = days(m->retention_days, defaults->retention_days),
	};
}

struct entry_mailbox entry_public_box(const struct entry_public *p)
{
	return (struct entry_mailbox){ .alias = p->alias,
		.quota_warn = p->quota_warn,
		.quota_send = ENTRY_UNLIMITED,
		.quota_receive = p->quota_receive,
		.quota_messages = p->quota_messages,
		.quota_folders = p->quota_folders,
		.retention_days = p->retention_days };
}

bool entry_ids_have(struct entry_ids ids, uint64_t id)
{
	for (size_t i = 0; i < ids.count; i++) {
		if (ids.at[i] == id)
			return true;
	}
	return false;
}

uint32_t entry_grants_of(struct entry_grants grants, uint64_t id)
{
	for (size_t i = 0; i < grants.count; i++) {
		if (grants.at[i].id == id)
			return grants.at[i].rights;
	}
	return 0;
}

bool entry_hours_allow(const struct entry_hours *hours, int64_t instant_seconds)
{
	int64_t hour = instant_seconds / 3600 - (instant_seconds % 3600 < 0 ? 1 : 0);
	/* 1970-01-01 was a Thursday: hour 96 of a week that begins on Sunday. */
	int64_t of_week = ((hour + 96) % 168 + 168) % 168;

	return hours->bits[of_week / 8] >> (of_week % 8) & 1;
}
