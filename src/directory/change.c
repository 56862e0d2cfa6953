#include "directory/change.h"

#include "base/cursor.h"
#include "directory/app_password.h"
#include "directory/factor.h"
#include "directory/fingerprint.h"
#include "directory/keys.h"
#include "directory/name.h"
#include "directory/smtp_address.h"
#include "directory/virtual.h"

struct change_event {
	struct change_event *next;
	enum directory_deed deed;
	struct entry entry;
	bool secret;
};

/* Only lists and groups are large: whoever reads another entry can count on it to be small. */
#define SMALL_OCTETS_MAX ((size_t)64 << 10)

/* One index key of an entry. */
struct row {
	struct str key, value;
	const char *what; /* "address"; NULL: not a name, need not be unique */
	struct str shown;
};

struct rows {
	struct row *at;
	size_t count;
};

enum err change_begin(struct change *c, struct directory *d, struct arena *a, uint64_t now_seconds,
	struct failure *f)
{
	enum err e;

	*c = (struct change){
		.directory = d, .arena = a, .failure = f, .now_seconds = now_seconds
	};
	e = directory_organisation(d, a, &c->organisation);
	if (e == ERR_NOTFOUND) {
		c->organisation = entry_defaults(ENTRY_ORGANISATION, 0);
		c->organisation.organisation.created = now_seconds;
		c->organisation.organisation.revision = ENTRY_REVISION;
	} else if (e != ERR_OK) {
		return fail(f, e, NULL);
	}
	c->write = kv_write_new(d->kv);
	return ERR_OK;
}

/* ---- index rows of an entry ---- */

static void add_row(
	struct rows *r, struct str key, struct str value, const char *what, struct str shown)
{
	r->at[r->count++] = (struct row){ key, value, what, shown };
}

static enum err address_rows(struct arena *a, const struct entry *e, struct str id, struct rows *r)
{
	struct entry_texts addresses = entry_addresses(e);

	for (size_t i = 0; i < addresses.count; i++) {
		struct smtp_address parsed;

		if (smtp_address_parse(a, addresses.at[i], &parsed) != ERR_OK)
			return ERR_ADDRESS;
		add_row(r, keys_address(a, parsed.key), id, "address", addresses.at[i]);
	}
	return ERR_OK;
}

static enum err domain_rows(struct arena *a, const struct entry *e, struct str id, struct rows *r)
{
	const struct entry_domain *d = &e->domain;

	add_row(r, keys_domain(a, name_fold(a, d->name)), id, "domain name", d->name);
	for (size_t i = 0; i < d->mail.count; i++) {
		struct str key;

		if (smtp_address_domain(a, d->mail.at[i], &key) != ERR_OK)
			return ERR_ADDRESS;
		add_row(r, keys_mail_domain(a, key), id, "mail domain", d->mail.at[i]);
	}
	if (d->realm.len > 0)
		add_row(r, keys_realm(a, d->realm), id, "Kerberos realm", d->realm);
	return ERR_OK;
}

static void account_rows(struct arena *a, const struct entry *e, struct str id, struct rows *r)
{
	struct str fold = name_fold(a, e->account.name);
	struct entry_texts prints = e->account.certificates;

	for (size_t i = 0; i < prints.count; i++)
		add_row(r, keys_certificate(a, fingerprint_key(a, prints.at[i])), id, "certificate", prints.at[i]);
	for (size_t i = 0; i < e->account.principals.count; i++)
		add_row(r, keys_kerberos(a, e->account.principals.at[i]), id, "principal", e->account.principals.at[i]);

	add_row(r, keys_account(a, e->account.domain, fold), id, "account name", e->account.name);
	add_row(r, keys_user(a, fold, e->account.domain), id, NULL, S(""));
}

/* Accounts and groups of a domain share their names, as an access list has no other way to tell them apart. */
static void group_rows(struct arena *a, const struct entry *e, struct str id, struct rows *r)
{
	struct str fold = name_fold(a, e->group.name);

	add_row(r, keys_account(a, e->group.domain, fold), id, "group name", e->group.name);
	for (size_t i = 0; i < e->group.members.count; i++)
		add_row(r, keys_member(a, e->group.members.at[i], e->id), S(""), NULL, S(""));
}

static void right_rows(struct arena *a, const struct entry *e, struct rows *r)
{
	const struct entry_mailbox *m = &e->mailbox;

	for (size_t i = 0; i < m->rights.count; i++)
		add_row(r, keys_right(a, m->rights.at[i].id, e->id), S("f"), NULL, S(""));
	if (m->account != 0)
		add_row(r, keys_right(a, m->account, e->id), S("p"), NULL, S(""));
}

static enum err rows_of(struct arena *a, const struct entry *e, struct rows *ret)
{
	struct str id = keys_id(a, e->id);
	size_t most = 4 + entry_addresses(e).count;

	if (e->kind == ENTRY_DOMAIN)
		most += e->domain.mail.count;
	if (e->kind == ENTRY_MAILBOX)
		most += e->mailbox.rights.count;
	if (e->kind == ENTRY_GROUP)
		most += e->group.members.count;
	if (e->kind == ENTRY_ACCOUNT)
		most += e->account.certificates.count + e->account.principals.count;
	*ret = (struct rows){ arena_take(a, most * sizeof(struct row)), 0 };
	add_row(ret, keys_kind(a, e->kind, e->id), S(""), NULL, S(""));
	if (e->kind == ENTRY_DOMAIN)
		return domain_rows(a, e, id, ret);
	if (e->kind == ENTRY_ACCOUNT)
		account_rows(a, e, id, ret);
	if (e->kind == ENTRY_MAILBOX)
		right_rows(a, e, ret);
	if (e->kind == ENTRY_GROUP)
		group_rows(a, e, id, ret);
	if (e->kind == ENTRY_VIRTUAL)
		add_row(ret, keys_virtual(a, virtual_fold(a, e->virtual.path)), id, "path", e->virtual.path);
	if (entry_is_recipient(e->kind) || e->kind == ENTRY_PUBLIC)
		add_row(ret, keys_alias(a, name_fold(a, entry_alias(e))), id, "alias",
			entry_alias(e));
	return address_rows(a, e, id, ret);
}

/* *near is where the last one was: both have nearly the same rows in the same order, maybe fifty thousand. */
static bool has_row(const struct rows *r, const struct row *want, size_t *near)
{
	for (size_t n = 0; n < r->count; n++) {
		size_t i = (*near + n) % r->count;

		if (str_eq(r->at[i].key, want->key) && str_eq(r->at[i].value, want->value)) {
			*near = i + 1;
			return true;
		}
	}
	return false;
}

static enum err taken(struct change *c, const struct row *row, struct str value)
{
	struct rd r = rd_from(value);
	struct entry holder;

	if (directory_get(c->directory, ENTRY_NONE, rd_be64(&r), c->arena, &holder) != ERR_OK)
		return fail(c->failure, ERR_EXISTS, "the %s \"%.*s\" is taken", row->what,
			STR_FMT(row->shown));
	return fail(c->failure, ERR_EXISTS, "the %s \"%.*s\" is taken by the %s \"%.*s\"",
		row->what, STR_FMT(row->shown), entry_kind_name(holder.kind),
		STR_FMT(entry_name(&holder)));
}

static enum err check_unique(struct change *c, const struct rows *r, uint64_t id)
{
	struct str own = keys_id(c->arena, id);
	struct kv_read *reads = arena_take(c->arena, r->count * sizeof(*reads) + 1);
	enum err e;

	for (size_t i = 0; i < r->count; i++)
		reads[i] = (struct kv_read){ .shard = DIRECTORY_SHARD, .key = r->at[i].key };
	e = kv_read_all(c->directory->kv, reads, r->count, c->arena);
	if (e != ERR_OK)
		return fail(c->failure, e, NULL);
	for (size_t i = 0; i < r->count; i++) {
		if (r->at[i].what != NULL && reads[i].ret_found && !str_eq(reads[i].ret_value, own))
			return taken(c, &r->at[i], reads[i].ret_value);
	}
	return ERR_OK;
}

/* ---- puts ---- */

static void add_event(
	struct change *c, enum directory_deed deed, const struct entry *e, bool secret)
{
	struct change_event *v = ARENA_NEW(c->arena, struct change_event);

	*v = (struct change_event){ c->events, deed, *e, secret };
	c->events = v;
}

static enum err locked(struct change *c, const struct entry *e)
{
	return fail(c->failure, ERR_VAULT,
		"the %s \"%.*s\" cannot be changed: the key to the secrets of accounts is missing; put " VAULT_FILE " back "
		"into the directory's folder and restart, or see: bourse help directory rekey",
		entry_kind_name(e->kind), STR_FMT(entry_name(e)));
}

static enum err put_value(struct change *c, struct str key, const struct entry *e)
{
	struct entry stored = *e;
	struct buf value;
	enum err err = e->seal == ENTRY_LOCKED ? ERR_VAULT : ERR_OK;

	if (err == ERR_OK && c->directory->vault != NULL && entry_has_secrets(e->kind))
		err = vault_seal_entry(c->directory->vault, &stored, c->arena);
	if (err == ERR_VAULT)
		return locked(c, e);
	buf_init(&value, e->kind == ENTRY_LIST || e->kind == ENTRY_GROUP ? ENTRY_OCTETS_MAX : SMALL_OCTETS_MAX);
	if (err == ERR_OK)
		err = entry_encode(&stored, &value);
	if (err == ERR_OK)
		kv_put(c->write, DIRECTORY_SHARD, key, buf_str(&value));
	else
		fail(c->failure, err, "the %s \"%.*s\" has more in it than an entry can hold",
			entry_kind_name(e->kind), STR_FMT(entry_name(e)));
	buf_done(&value);
	return err;
}

/* Old rows that are not new ones go, new ones that are not old ones come. old may be empty. */
static enum err put_rows(struct change *c, const struct rows *old, const struct entry *e)
{
	struct rows fresh;
	size_t near = 0;
	enum err err = rows_of(c->arena, e, &fresh);

	if (err != ERR_OK)
		return fail(c->failure, err, NULL);
	err = check_unique(c, &fresh, e->id);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < old->count; i++) {
		if (!has_row(&fresh, &old->at[i], &near))
			kv_del(c->write, DIRECTORY_SHARD, old->at[i].key);
	}
	near = 0;
	for (size_t i = 0; i < fresh.count; i++) {
		if (!has_row(old, &fresh.at[i], &near))
			kv_put(c->write, DIRECTORY_SHARD, fresh.at[i].key, fresh.at[i].value);
	}
	return ERR_OK;
}

static void set_time(struct entry *e, const char *name, uint64_t seconds)
{
	const struct entry_property *p = entry_property_find(e->kind, str_from_c(name));

	if (p != NULL)
		memcpy((char *)e + p->offset, &seconds, sizeof(seconds));
}

enum err change_add(struct change *c, struct entry *e)
{
	struct rows none = { NULL, 0 };
	enum err err;

	e->id = c->organisation.organisation.next_id++;
	set_time(e, "created", c->now_seconds);
	set_time(e, "changed", c->now_seconds);
	err = put_rows(c, &none, e);
	if (err == ERR_OK)
		err = put_value(c, keys_entry(c->arena, e->id), e);
	if (err == ERR_OK)
		add_event(c, DIRECTORY_ADDED, e, false);
	return err;
}

enum err change_set(struct change *c, const struct entry *old, struct entry *new, bool secret)
{
	struct rows had;
	enum err err;

	must(old->id == new->id && old->kind == new->kind);
	set_time(new, "changed", c->now_seconds);
	err = rows_of(c->arena, old, &had);
	if (err != ERR_OK)
		return fail(c->failure, ERR_CORRUPT, NULL);
	err = put_rows(c, &had, new);
	if (err == ERR_OK)
		err = put_value(c, keys_entry(c->arena, new->id), new);
	if (err == ERR_OK)
		add_event(c, DIRECTORY_CHANGED, new, secret);
	return err;
}

enum err change_seal(struct change *c, const struct entry *e)
{
	return put_value(c, keys_entry(c->arena, e->id), e);
}

/* ---- removal ---- */

/* ids without id, in the arena; true when it was there. */
static bool without(struct arena *a, struct entry_ids *ids, uint64_t id)
{
	uint64_t *at;
	size_t count = 0;

	if (!entry_ids_have(*ids, id))
		return false;
	at = arena_take(a, ids->count * sizeof(*at));
	for (size_t i = 0; i < ids->count; i++) {
		if (ids->at[i] != id)
			at[count++] = ids->at[i];
	}
	*ids = (struct entry_ids){ at, count };
	return true;
}

static bool without_grant(struct arena *a, struct entry_grants *grants, uint64_t id)
{
	struct entry_grant *at;
	size_t count = 0;

	if (entry_grants_of(*grants, id) == 0)
		return false;
	at = arena_take(a, grants->count * sizeof(*at));
	for (size_t i = 0; i < grants->count; i++) {
		if (grants->at[i].id != id)
			at[count++] = grants->at[i];
	}
	*grants = (struct entry_grants){ at, count };
	return true;
}

static bool forget_in(struct arena *a, struct entry *e, uint64_t id)
{
	bool was = false;
	size_t count;
	const struct entry_property *p = entry_properties(e->kind, &count);

	for (size_t i = 0; i < count; i++) {
		char *field = (char *)e + p[i].offset;

		if (entry_type_is_ids(p[i].type))
			was |= without(a, (struct entry_ids *)(void *)field, id);
		if (p[i].type == ENTRY_TYPE_grants)
			was |= without_grant(a, (struct entry_grants *)(void *)field, id);
		if ((p[i].type == ENTRY_TYPE_account_id || p[i].type == ENTRY_TYPE_mailbox_id) &&
			memcmp(field, &id, sizeof(id)) == 0) {
			memset(field, 0, sizeof(id));
			was = true;
		}
	}
	return was;
}

static enum err forget_among(struct change *c, struct entry_ids among, uint64_t id)
{
	for (size_t i = 0; i < among.count; i++) {
		struct entry old, new;
		enum err e = directory_get(c->directory, ENTRY_NONE, among.at[i], c->arena, &old);

		if (e != ERR_OK)
			return fail(c->failure, e, NULL);
		new = old;
		if (!forget_in(c->arena, &new, id))
			continue;
		e = change_set(c, &old, &new, false);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

/* Lists, domains and virtual directories are few; mailboxes and groups are found through indexes. */
static enum err forget(struct change *c, const struct entry *e)
{
	struct entry_ids lists = { 0 }, domains = { 0 }, mailboxes = { 0 }, groups = { 0 }, virtuals = { 0 };
	bool principal = e->kind == ENTRY_ACCOUNT || e->kind == ENTRY_GROUP;
	struct directory *d = c->directory;
	enum err err = directory_ids(d, ENTRY_LIST, 0, c->arena, SIZE_MAX, &lists);

	if (err == ERR_OK && e->kind == ENTRY_MAILBOX)
		err = directory_ids(d, ENTRY_DOMAIN, 0, c->arena, SIZE_MAX, &domains);
	if (err == ERR_OK && (principal || e->kind == ENTRY_MAILBOX))
		err = directory_ids(d, ENTRY_VIRTUAL, 0, c->arena, SIZE_MAX, &virtuals);
	if (err == ERR_OK && principal)
		err = directory_mailboxes_of(d, e->id, c->arena, SIZE_MAX, &mailboxes);
	if (err == ERR_OK && principal)
		err = directory_groups_with(d, e->id, c->arena, SIZE_MAX, &groups);
	if (err != ERR_OK)
		return fail(c->failure, err, NULL);
	without(c->arena, &lists, e->id);
	err = forget_among(c, lists, e->id);
	if (err == ERR_OK)
		err = forget_among(c, domains, e->id);
	if (err == ERR_OK)
		err = forget_among(c, groups, e->id);
	if (err == ERR_OK)
		err = forget_among(c, virtuals, e->id);
	/* It may be the mailbox that NTLM opens; for others than its owner one that is gone counts as none. */
	if (err == ERR_OK && e->kind == ENTRY_MAILBOX && e->mailbox.account != 0)
		err = forget_among(c, (struct entry_ids){ &e->mailbox.account, 1 }, e->id);
	return err == ERR_OK ? forget_among(c, mailboxes, e->id) : err;
}

enum err change_remove(struct change *c, const struct entry *e)
{
	struct rows had;
	enum err err = rows_of(c->arena, e, &had);

	if (err != ERR_OK)
		return fail(c->failure, ERR_CORRUPT, NULL);
	err = forget(c, e);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < had.count; i++)
		kv_del(c->write, DIRECTORY_SHARD, had.at[i].key);
	kv_del(c->write, DIRECTORY_SHARD, keys_entry(c->arena, e->id));
	if (e->kind == ENTRY_ACCOUNT)
		kv_del(c->write, DIRECTORY_SHARD, keys_failures(c->arena, e->id));
	kv_write_frees(c->write);
	if (e->kind == ENTRY_ACCOUNT) {
		factor_use_put(NULL, e->id, c->write);
		err = app_uses_forget(c->directory, e->id, 0, c->write);
		if (err != ERR_OK)
			return fail(c->failure, err, NULL);
	}
	add_event(c, DIRECTORY_REMOVED, e, false);
	return ERR_OK;
}

/* ---- end ---- */

enum err change_commit(struct change *c)
{
	struct directory *d = c->directory;
	enum err e = put_value(c, keys_organisation(), &c->organisation);

	if (e != ERR_OK) {
		change_abort(c);
		return e;
	}
	e = kv_commit_now(d->kv, c->write);
	c->write = NULL;
	if (e != ERR_OK)
		return fail(c->failure, e, NULL);
	for (struct change_event *v = c->events; v != NULL && d->on_change != NULL; v = v->next)
		d->on_change(d->arg, v->deed, &v->entry, v->secret);
	return ERR_OK;
}

void change_abort(struct change *c)
{
	kv_write_free(c->write);
	c->write = NULL;
}
