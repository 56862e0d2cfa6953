#include <jansson.h>

#include "base/date.h"
#include "base/mem.h"
#include "mail/encoded_word.h"
#include "mail/record.h"
#include "role/answer.h"
#include "store/role_int.h"

/* What `bourse recover` asks: messages that were removed and are kept, and what becomes of them. */

#define ROWS_PACKET   200u
#define ROWS_OCTETS   ((size_t)90 << 10) /* of an answer's JSON, about; it may have 128 KiB */
#define ROW_OCTETS    400u               /* of a row's, beside its texts */
#define LOOKED_AT     20000u             /* kept messages, for one answer */
#define TEXT_OCTETS   ((size_t)120)      /* of a subject or an address */

struct asked {
	struct store_role *role;
	uint64_t request;
	json_t *whole; /* the request */
	void (*run)(struct asked *q, const json_t *args);
	bool waited;
	struct mailbox *mailbox; /* counted */
};

static void end(struct asked *q)
{
	mailbox_unref(q->mailbox);
	json_decref(q->whole);
	mem_free(q);
}

static void refuse(struct asked *q, enum err e)
{
	role_refuse(q->role, q->request, e);
	end(q);
}

/* ---- what is kept ---- */

struct named {
	uint32_t folder;
	struct str name;
};

struct page {
	struct map gone; /* folder id -> struct named, the last of them: folders that can be brought back */
	struct arena arena;
	uint32_t folder; /* 0: of all */
	int64_t since, until;
	struct retained rows[ROWS_PACKET];
	size_t count, looked;
	uint64_t next; /* where the next page begins; 0: there is none */
};

static bool take(void *arg, const struct retained *r)
{
	struct page *p = arg;

	if (p->count == ROWS_PACKET || p->looked++ == LOOKED_AT) {
		p->next = r->id;
		return false;
	}
	if ((p->folder == 0 || r->folder == p->folder) && r->deleted >= p->since && r->deleted < p->until)
		p->rows[p->count++] = *r;
	return true;
}

static bool take_gone(void *arg, const struct retained_folder *f)
{
	struct page *p = arg;
	struct named *n = ARENA_NEW(&p->arena, struct named);

	*n = (struct named){ f->folder, arena_str(&p->arena, f->name) };
	map_put(&p->gone, f->folder, n);
	return true;
}

static struct str name_of(struct mailbox *m, const struct page *p, uint32_t folder)
{
	const struct named *n = map_get(&p->gone, folder);
	struct folder_info info;

	if (folder_by_id(m, folder, &info) == ERR_OK && !info.noselect)
		return info.name;
	return n != NULL ? n->name : S("");
}

/* Decoded, and not too long to show; in the arena. */
static struct str text_of(struct arena *a, struct str raw)
{
	struct str text;
	struct buf b;
	size_t len;

	buf_init(&b, BUF_NO_CEILING);
	encoded_word_decode(raw.at != NULL ? raw : S(""), &b);
	len = b.len < TEXT_OCTETS ? b.len : TEXT_OCTETS;
	while (len < b.len && len > 0 && ((unsigned char)b.at[len] & 0xc0) == 0x80)
		len--;
	text = arena_str(a, str_sub(buf_str(&b), 0, len));
	buf_done(&b);
	return text;
}

static struct str address_of(struct arena *a, const struct record *record, struct record_rows rows)
{
	struct record_address from;
	struct str text;
	struct buf b;

	if (!record_address_next(record, &rows, &from))
		return S("");
	buf_init(&b, BUF_NO_CEILING);
	buf_printf(&b, "%.*s%s%.*s", STR_FMT(from.mailbox), from.host.len > 0 ? "@" : "", STR_FMT(from.host));
	if (from.name.len > 0)
		buf_printf(&b, " (%.*s)", STR_FMT(text_of(a, from.name)));
	text = text_of(a, buf_str(&b));
	buf_done(&b);
	return text;
}

struct envelope_texts {
	struct str from, subject;
};

/* Both empty where the record cannot be read. */
static struct envelope_texts texts_of(struct mailbox *m, const struct retained *r, struct arena *a)
{
	struct envelope_texts texts = { S(""), S("") };
	struct item it = retained_item(r);
	struct record_envelope envelope;
	struct record_part root;
	struct record record;
	struct str octets;

	if (message_record(m, &it, a, &octets) != ERR_OK || record_open_view(octets, &record) != ERR_OK ||
		!record_part(&record, 0, &root) || !record_envelope(&record, root.envelope, &envelope))
		return texts;
	texts.from = address_of(a, &record, envelope.from);
	texts.subject = text_of(a, envelope.subject);
	return texts;
}

/* No wish is one that everything has. */
static bool has(struct str text, const json_t *args, const char *name)
{
	const char *wish = json_string_value(json_object_get(args, name));
	struct buf pattern;
	bool found;

	if (wish == NULL)
		return true;
	buf_init(&pattern, BUF_NO_CEILING);
	buf_printf(&pattern, "*%s*", wish);
	found = str_ilike(text, buf_str(&pattern));
	buf_done(&pattern);
	return found;
}

static json_t *time_text(int64_t seconds)
{
	struct buf b;
	json_t *text;

	buf_init(&b, 64);
	date_put_rfc3339(&b, seconds * 1000);
	text = json_stringn(b.at, b.len);
	buf_done(&b);
	return text;
}

static json_t *row_of(struct asked *q, const struct retained *r, const struct envelope_texts *texts, struct str folder)
{
	json_t *row = json_pack("{s:I,s:I,s:o,s:s%,s:I,s:s%,s:s%,s:I}", "id", (json_int_t)r->id, "in", (json_int_t)r->folder, "deleted", time_text(r->deleted),
		"folder", folder.at, folder.len, "uid", (json_int_t)r->uid, "from", texts->from.at, texts->from.len, "subject", texts->subject.at,
		texts->subject.len, "octets", (json_int_t)r->octets);
	struct folder_info info;

	if (folder_by_id(q->mailbox, r->folder, &info) != ERR_OK || info.noselect)
		json_object_set_new(row, "gone", json_true());
	json_object_set_new(row, "received", time_text(r->date));
	json_object_set_new(row, "until", time_text(r->deleted + (int64_t)folder_kept_days(q->mailbox, r->folder) * 86400));
	return row;
}

static void put_page(struct asked *q, struct page *p, const json_t *args)
{
	json_t *rows = json_array();
	size_t octets = 0;
	struct arena a;

	for (size_t i = 0; i < p->count; i++) {
		const struct retained *r = &p->rows[i];
		struct str folder = name_of(q->mailbox, p, r->folder);
		struct envelope_texts texts;

		if (octets > ROWS_OCTETS) {
			p->next = r->id;
			break;
		}
		arena_init(&a, ARENA_NONE);
		texts = texts_of(q->mailbox, r, &a);
		if (has(texts.from, args, "from") && has(texts.subject, args, "subject")) {
			octets += ROW_OCTETS + 6 * (folder.len + texts.from.len + texts.subject.len);
			json_array_append_new(rows, row_of(q, r, &texts, folder));
		}
		arena_done(&a);
	}
	role_answer(q->role, q->request, json_pack("{s:b,s:o,s:I}", "ok", 1, "rows", rows, "next", (json_int_t)p->next));
	end(q);
}

static int64_t time_of(const json_t *args, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(args, name);

	return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

/* The public store's own inbox is nobody's. */
static enum err find_folder(struct mailbox *m, const json_t *args, const char *name, uint32_t *ret)
{
	const char *text = json_string_value(json_object_get(args, name));
	struct folder_info info;
	enum err e;

	*ret = 0;
	if (text == NULL)
		return ERR_OK;
	e = folder_find(m, str_from_c(text), &info);
	if (e == ERR_OK && (info.noselect || (mailbox_is_public(m) && str_eq(info.name, S("INBOX")))))
		e = ERR_NOFOLDER;
	if (e == ERR_OK)
		*ret = info.id;
	return e;
}

/* Also one that is gone: the last of that name. */
static enum err find_kept_folder(struct asked *q, const json_t *args, struct page *p)
{
	const char *text = json_string_value(json_object_get(args, "folder"));
	enum err e = find_folder(q->mailbox, args, "folder", &p->folder);
	struct str name;

	if (e != ERR_NOFOLDER || folder_name(&p->arena, str_from_c(text), &name) != ERR_OK)
		return e;
	MAP_EACH (struct named, n, &p->gone) {
		if (str_eq(n->name, name) && n->folder > p->folder)
			p->folder = n->folder;
	}
	return p->folder != 0 ? ERR_OK : e;
}

static void list(struct asked *q, const json_t *args)
{
	struct page *p = MEM_NEW(struct page);
	enum err e;

	map_init(&p->gone);
	arena_init(&p->arena, ARENA_NONE);
	e = mailbox_retained_folders(q->mailbox, 0, take_gone, p);
	if (e == ERR_OK)
		e = find_kept_folder(q, args, p);
	p->since = time_of(args, "since", INT64_MIN);
	p->until = time_of(args, "until", INT64_MAX);
	if (e == ERR_OK)
		e = mailbox_retained(q->mailbox, role_number(args, "at"), take, p);
	if (e == ERR_OK)
		put_page(q, p, args);
	else
		refuse(q, e);
	map_done(&p->gone);
	arena_done(&p->arena);
	mem_free(p);
}

/* ---- folders ---- */

struct folders {
	json_t *rows;
	size_t octets;
	uint64_t next;
};

static bool put_gone(void *arg, const struct retained_folder *f)
{
	struct folders *x = arg;

	if (x->octets > ROWS_OCTETS) {
		x->next = f->id;
		return false;
	}
	x->octets += ROW_OCTETS + 6 * f->name.len;
	json_array_append_new(x->rows, json_pack("{s:I,s:s%,s:o,s:I,s:o}", "id", (json_int_t)f->id, "folder", f->name.at, f->name.len, "deleted",
		time_text(f->deleted), "messages", (json_int_t)f->messages, "until", time_text(f->until)));
	return true;
}

static void list_folders(struct asked *q, const json_t *args)
{
	struct folders x = { .rows = json_array() };
	enum err e = mailbox_retained_folders(q->mailbox, role_number(args, "at"), put_gone, &x);

	if (e != ERR_OK) {
		json_decref(x.rows);
		refuse(q, e);
		return;
	}
	role_answer(q->role, q->request, json_pack("{s:b,s:o,s:I}", "ok", 1, "rows", x.rows, "next", (json_int_t)x.next));
	end(q);
}

static void on_revived(void *arg, enum err e, const struct mailbox_result *result)
{
	struct folder_info info = { .name = S("") };
	struct asked *q = arg;

	if (e != ERR_OK) {
		refuse(q, e);
		return;
	}
	(void)!folder_by_id(q->mailbox, result->folder, &info);
	role_answer(q->role, q->request, json_pack("{s:b,s:s%,s:I,s:I,s:b}", "ok", 1, "folder", info.name.at, info.name.len, "uidvalidity",
		(json_int_t)result->uidvalidity, "messages", (json_int_t)result->count, "same_uids",
		result->count == 0 || memcmp(result->uids, result->new_uids, result->count * sizeof(*result->uids)) == 0));
	end(q);
}

static void revive(struct asked *q, const json_t *args)
{
	const char *as = json_string_value(json_object_get(args, "as"));
	struct revive_request request = { .id = role_number(args, "id"), .as = str_from_c(as != NULL ? as : ""), .no_quota = true };

	folder_revive(q->mailbox, &request, on_revived, q);
}

/* ---- what becomes of it ---- */

static size_t ids_of(const json_t *args, uint64_t *ret)
{
	const json_t *ids = json_object_get(args, "ids");
	size_t count = json_array_size(ids) < RECOVER_MAX ? json_array_size(ids) : RECOVER_MAX;

	for (size_t i = 0; i < count; i++)
		ret[i] = (uint64_t)json_integer_value(json_array_get(ids, i));
	return count;
}

/* Names may be gone by now, so that the folder is told by its number as well. */
static void on_recovered(void *arg, enum err e, const struct mailbox_result *result)
{
	struct folder_info info = { .name = S("") };
	struct asked *q = arg;
	json_t *uids = json_array();

	if (e != ERR_OK) {
		json_decref(uids);
		refuse(q, e);
		return;
	}
	for (size_t i = 0; i < result->count; i++)
		json_array_append_new(uids, json_pack("[I,I]", (json_int_t)result->uids[i], (json_int_t)result->new_uids[i]));
	(void)!folder_by_id(q->mailbox, result->folder, &info);
	role_answer(q->role, q->request, json_pack("{s:b,s:s%,s:I,s:o}", "ok", 1, "folder", info.name.at, info.name.len, "uidvalidity",
		(json_int_t)result->uidvalidity, "uids", uids));
	end(q);
}

static void bring_back(struct asked *q, const json_t *args)
{
	uint64_t ids[RECOVER_MAX];
	struct recover_request request = { .ids = ids, .count = ids_of(args, ids), .no_quota = true };
	enum err e = find_folder(q->mailbox, args, "to", &request.to);

	if (e == ERR_OK)
		mailbox_recover(q->mailbox, &request, on_recovered, q);
	else
		refuse(q, e);
}

static void on_dropped(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;

	if (e != ERR_OK) {
		refuse(q, e);
		return;
	}
	role_answer(q->role, q->request, json_pack("{s:b,s:I}", "ok", 1, "dropped", (json_int_t)result->count));
	end(q);
}

static void drop(struct asked *q, const json_t *args)
{
	uint64_t ids[RECOVER_MAX];

	mailbox_retained_drop(q->mailbox, ids, ids_of(args, ids), on_dropped, q);
}

/* ---- the request ---- */

static const struct {
	struct str verb;
	void (*run)(struct asked *q, const json_t *args);
} verbs[] = {
	{ S_INIT("store retained"), list },
	{ S_INIT("store recover"), bring_back },
	{ S_INIT("store forget"), drop },
	{ S_INIT("store retained folders"), list_folders },
	{ S_INIT("store recover folder"), revive },
};

static void begin(struct asked *q);

static void on_waited(void *arg, enum err e, struct msg *m)
{
	if (e == ERR_OK)
		begin(arg);
	else
		refuse(arg, e);
}

/* A directory that has just begun tells of all mailboxes first, and answers then. */
static void begin(struct asked *q)
{
	const json_t *args = json_object_get(q->whole, "args");
	struct role_accounts nobody = { .mailbox = role_number(args, "mailbox") };
	enum err e = role_mailbox(q->role, nobody.mailbox, &q->mailbox);

	if (e == ERR_OK) {
		q->run(q, args);
		return;
	}
	if (e == ERR_UNAVAILABLE && !q->waited) {
		q->waited = true;
		if (role_ask_accounts(q->role, &nobody, on_waited, q))
			return;
	}
	refuse(q, e);
}

bool role_recover_admin(struct store_role *r, const struct msg_admin_request *m)
{
	struct asked *q;
	size_t verb = 0;

	while (verb < sizeof(verbs) / sizeof(*verbs) && !str_eq(m->verb, verbs[verb].verb))
		verb++;
	if (verb == sizeof(verbs) / sizeof(*verbs))
		return false;
	q = MEM_NEW(struct asked);
	q->role = r;
	q->request = m->request;
	q->run = verbs[verb].run;
	q->whole = json_loadb(m->json.at, m->json.len, 0, NULL);
	begin(q);
	return true;
}
