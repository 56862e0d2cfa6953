#include "directory/directory.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "directory/fingerprint.h"
#include "directory/keys.h"
#include "directory/name.h"
#include "directory/smtp_address.h"
#include "directory/virtual.h"
#include "kv/draft.h"

enum err directory_drafts_open(struct directory *d)
{
	enum err e = kv_open_draft(d->kv, &d->batch);

	return e == ERR_OK ? kv_open_draft(d->kv, &d->trial) : e;
}

void directory_drafts_close(struct directory *d)
{
	kv_close(d->batch);
	kv_close(d->trial);
	d->batch = d->trial = NULL;
}
#include "io/clock.h"

static enum err read_value(struct directory *d, struct str key, struct arena *a, struct str *ret)
{
	struct kv_read row = { .shard = DIRECTORY_SHARD, .key = key };
	enum err e = kv_read_all(d->kv, &row, 1, a);

	if (e != ERR_OK)
		return e;
	if (!row.ret_found)
		return ERR_NOTFOUND;
	*ret = row.ret_value;
	return ERR_OK;
}

enum err directory_salt_key(struct directory *d)
{
	struct kv_write *w;
	struct arena a;
	struct str key;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = read_value(d, keys_salt(), &a, &key);
	if (e == ERR_OK && key.len == sizeof(d->salt_key))
		memcpy(d->salt_key, key.at, key.len);
	else if (e == ERR_OK)
		e = ERR_CORRUPT;
	arena_wipe(&a);
	if (e != ERR_NOTFOUND)
		return e;
	random_octets(d->salt_key, sizeof(d->salt_key));
	w = kv_write_new(d->kv);
	kv_put(w, DIRECTORY_SHARD, keys_salt(), str_make(d->salt_key, sizeof(d->salt_key)));
	return kv_commit_now(d->kv, w);
}

enum err directory_get(
	struct directory *d, enum entry_kind kind, uint64_t id, struct arena *a, struct entry *ret)
{
	struct str value;
	struct entry e;
	enum err err;

	if (id == 0)
		return ERR_NOTFOUND;
	err = read_value(d, keys_entry(a, id), a, &value);
	if (err == ERR_OK)
		err = entry_decode(value, id, a, &e);
	if (err == ERR_OK && e.seal == ENTRY_SEALED)
		err = d->vault != NULL ? vault_open_entry(d->vault, &e, a) : ERR_CORRUPT;
	if (err != ERR_OK)
		return err;
	if (kind != ENTRY_NONE && e.kind != kind)
		return ERR_NOTFOUND;
	*ret = e;
	return ERR_OK;
}

enum err directory_organisation(struct directory *d, struct arena *a, struct entry *ret)
{
	struct str value;
	struct entry e;
	enum err err = read_value(d, keys_organisation(), a, &value);

	if (err == ERR_OK)
		err = entry_decode(value, 0, a, &e);
	if (err == ERR_OK && e.kind != ENTRY_ORGANISATION)
		err = ERR_CORRUPT;
	if (err == ERR_OK)
		*ret = e;
	return err;
}

/* An index key leads to an id, and that to the entry, which must exist: they were written together.
 */
static enum err by_index(struct directory *d, enum entry_kind kind, struct str key, struct arena *a,
	struct entry *ret)
{
	struct str value;
	enum err e = read_value(d, key, a, &value);
	struct rd r = rd_from(e == ERR_OK ? value : STR_NONE);
	uint64_t id = rd_be64(&r);

	if (e != ERR_OK)
		return e;
	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	e = directory_get(d, kind, id, a, ret);
	return e == ERR_NOTFOUND ? ERR_CORRUPT : e;
}

static bool folded(struct arena *a, struct str name, struct str *ret)
{
	struct str nfc;
	const char *why;

	if (name.len == 0 || name.len > NAME_OCTETS_MAX ||
		name_nfc(a, name, &nfc, &why) != ERR_OK || name_why_not(nfc) != NULL)
		return false;
	*ret = name_fold(a, nfc);
	return true;
}

enum err directory_domain(struct directory *d, struct str name, struct arena *a, struct entry *ret)
{
	struct str fold;

	if (!folded(a, name, &fold))
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_DOMAIN, keys_domain(a, fold), a, ret);
}

enum err directory_mail_domain(
	struct directory *d, struct str mail_domain, struct arena *a, struct entry *ret)
{
	struct str key;

	if (smtp_address_domain(a, mail_domain, &key) != ERR_OK)
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_DOMAIN, keys_mail_domain(a, key), a, ret);
}

enum err directory_account(
	struct directory *d, uint64_t domain, struct str user, struct arena *a, struct entry *ret)
{
	struct str fold;
	struct entry found;
	enum err e;

	if (!folded(a, user, &fold))
		return ERR_NOTFOUND;
	e = by_index(d, ENTRY_NONE, keys_account(a, domain, fold), a, &found);
	if (e == ERR_OK && found.kind != ENTRY_ACCOUNT)
		return ERR_NOTFOUND;
	if (e == ERR_OK)
		*ret = found;
	return e;
}

enum err directory_principal(
	struct directory *d, uint64_t domain, struct str name, struct arena *a, struct entry *ret)
{
	struct str fold;

	if (!folded(a, name, &fold))
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_NONE, keys_account(a, domain, fold), a, ret);
}

enum err directory_realm(struct directory *d, struct str realm, struct arena *a, struct entry *ret)
{
	return by_index(d, ENTRY_DOMAIN, keys_realm(a, realm), a, ret);
}

enum err directory_kerberos(struct directory *d, struct str principal, struct arena *a, struct entry *ret)
{
	return by_index(d, ENTRY_ACCOUNT, keys_kerberos(a, principal), a, ret);
}

enum err directory_certificate(struct directory *d, struct str fingerprint, struct arena *a, struct entry *ret)
{
	if (!fingerprint_valid(fingerprint))
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_ACCOUNT, keys_certificate(a, fingerprint_key(a, fingerprint)), a, ret);
}

enum err directory_alias(struct directory *d, struct str alias, struct arena *a, struct entry *ret)
{
	struct str fold;

	if (!folded(a, alias, &fold))
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_NONE, keys_alias(a, fold), a, ret);
}

enum err directory_address(
	struct directory *d, struct str address, struct arena *a, struct entry *ret)
{
	struct smtp_address parsed;

	if (smtp_address_parse(a, address, &parsed) != ERR_OK)
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_NONE, keys_address(a, parsed.key), a, ret);
}

enum err directory_virtual(struct directory *d, struct str path, struct arena *a, struct entry *ret)
{
	if (virtual_path_wrong(path) != NULL)
		return ERR_NOTFOUND;
	return by_index(d, ENTRY_VIRTUAL, keys_virtual(a, virtual_fold(a, path)), a, ret);
}

enum err directory_public(struct directory *d, struct arena *a, struct entry *ret)
{
	struct entry_ids ids;
	enum err e = directory_ids(d, ENTRY_PUBLIC, 0, a, 1, &ids);

	if (e != ERR_OK)
		return e;
	return ids.count == 0 ? ERR_NOTFOUND : directory_get(d, ENTRY_PUBLIC, ids.at[0], a, ret);
}

enum err directory_recipient(struct directory *d, struct str s, struct arena *a, struct entry *ret)
{
	return str_has_octet(s, '@') ? directory_address(d, s, a, ret)
				     : directory_alias(d, s, a, ret);
}

/* ---- scans ---- */

struct gather {
	uint64_t *at;
	size_t count, held, max;
	size_t skip; /* octets of the key before the id; STR_NPOS: the id is the value */
	bool corrupt;
};

static bool gather_id(void *arg, struct str key, struct str value)
{
	struct gather *g = arg;
	struct rd r = rd_from(g->skip == STR_NPOS ? value : str_skip(key, g->skip));
	uint64_t id = rd_be64(&r);

	if (rd_end(&r) != ERR_OK) {
		g->corrupt = true;
		return false;
	}
	if (g->count == g->held) {
		g->held = g->held == 0 ? 64 : g->held * 2;
		g->at = mem_resize(g->at, g->held * sizeof(*g->at));
	}
	g->at[g->count++] = id;
	return g->count < g->max;
}

static enum err gather(struct directory *d, struct str from, struct str to, struct gather *g)
{
	enum err e;

	if (g->max == 0)
		return ERR_OK;
	e = kv_scan(d->kv, DIRECTORY_SHARD, from, to, g->max, gather_id, g);
	return e == ERR_OK && g->corrupt ? ERR_CORRUPT : e;
}

static enum err gathered(enum err e, struct gather *g, struct arena *a, struct entry_ids *ret)
{
	uint64_t *at;

	if (e == ERR_OK) {
		at = arena_take(a, g->count * sizeof(*at) + 1);
		if (g->count > 0)
			memcpy(at, g->at, g->count * sizeof(*at));
		*ret = (struct entry_ids){ at, g->count };
	}
	mem_free(g->at);
	return e;
}

enum err directory_accounts_named(
	struct directory *d, struct str user, uint64_t *ret, size_t max, size_t *ret_count)
{
	struct gather g = { .max = max, .skip = STR_NPOS };
	struct arena a;
	struct str fold;
	enum err e = ERR_OK;

	arena_init(&a, ARENA_NONE);
	if (folded(&a, user, &fold))
		e = gather(d, keys_user(&a, fold, 0), keys_user(&a, fold, UINT64_MAX), &g);
	arena_done(&a);
	if (e == ERR_OK) {
		if (g.count > 0)
			memcpy(ret, g.at, g.count * sizeof(*ret));
		*ret_count = g.count;
	}
	mem_free(g.at);
	return e;
}

enum err directory_ids(struct directory *d, enum entry_kind kind, uint64_t from, struct arena *a,
	size_t max, struct entry_ids *ret)
{
	struct gather g = { .max = max, .skip = 2 };
	enum err e = gather(d, keys_kind(a, kind, from), keys_kind(a, kind, UINT64_MAX), &g);

	return gathered(e, &g, a, ret);
}

enum err directory_mailboxes_of(
	struct directory *d, uint64_t principal, struct arena *a, size_t max, struct entry_ids *ret)
{
	struct gather g = { .max = max, .skip = 9 };
	enum err e = gather(d, keys_right(a, principal, 0), keys_right(a, principal, UINT64_MAX), &g);

	return gathered(e, &g, a, ret);
}

enum err directory_groups_with(
	struct directory *d, uint64_t member, struct arena *a, size_t max, struct entry_ids *ret)
{
	struct gather g = { .max = max, .skip = 9 };
	enum err e = gather(d, keys_member(a, member, 0), keys_member(a, member, UINT64_MAX), &g);

	return gathered(e, &g, a, ret);
}

static bool found_one(void *arg, struct str key, struct str value)
{
	*(bool *)arg = true;
	return false;
}

enum err directory_has_accounts(struct directory *d, uint64_t domain, bool *ret)
{
	struct arena a;
	bool any = false;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = kv_scan(d->kv, DIRECTORY_SHARD, keys_account(&a, domain, S("")),
		keys_account(&a, domain + 1, S("")), 1, found_one, &any);
	arena_done(&a);
	if (e == ERR_OK)
		*ret = any;
	return e;
}

struct ending {
	struct str suffix;
	struct arena *arena;
	struct str found;
};

static bool ends_so(void *arg, struct str key, struct str value)
{
	struct ending *x = arg;

	if (!str_ends(key, x->suffix))
		return true;
	x->found = arena_str(x->arena, str_skip(key, 1));
	return false;
}

enum err directory_address_in(
	struct directory *d, struct str mail_domain, struct arena *a, struct str *ret)
{
	struct ending x = { arena_printf(a, "@%.*s", STR_FMT(mail_domain)), a, STR_NONE };
	enum err e = kv_scan(d->kv, DIRECTORY_SHARD, S("s"), S("t"), 0, ends_so, &x);

	if (e != ERR_OK)
		return e;
	if (x.found.len == 0)
		return ERR_NOTFOUND;
	*ret = x.found;
	return ERR_OK;
}

struct str directory_account_name(struct directory *d, uint64_t account, struct arena *a)
{
	struct entry e, domain;

	if (directory_get(d, ENTRY_NONE, account, a, &e) != ERR_OK ||
		directory_get(d, ENTRY_DOMAIN, entry_domain(&e), a, &domain) != ERR_OK)
		return S("(removed)");
	return arena_printf(a, "%.*s\\%.*s", STR_FMT(domain.domain.name), STR_FMT(entry_name(&e)));
}
