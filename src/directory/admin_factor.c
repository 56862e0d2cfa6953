#include "directory/admin_factor.h"

#include "base/date.h"
#include "base/mem.h"
#include "directory/admin_args.h"
#include "directory/admin_set.h"
#include "directory/admin_show.h"
#include "directory/app_password.h"
#include "directory/change.h"
#include "directory/factor.h"
#include "directory/secret.h"
#include "directory/secrets.h"
#include "directory/shell_word.h"
#include "io/clock.h"

/* ---- shared ---- */

static void put(json_t *row, const char *name, struct str value)
{
	json_object_set_new(row, name, admin_show_string(value));
}

static enum err find(struct admin *q, struct entry *ret)
{
	return admin_args_find(q, ENTRY_ACCOUNT, admin_args_str(q, "name"), ret);
}

static struct str word(struct admin *q, const struct entry *e)
{
	return shell_word(&q->arena, admin_set_shown(q, e));
}

/* ends: sessions of the account end, as after a new password. used: whether the row of used codes goes too. */
static enum err store(struct admin *q, const struct entry *old, struct entry *new, bool ends, bool unused)
{
	struct change c;
	enum err e = change_begin(&c, q->directory, &q->arena, q->now_seconds, q->failure);

	if (e != ERR_OK)
		return e;
	e = change_set(&c, old, new, ends);
	if (e != ERR_OK) {
		change_abort(&c);
		return e;
	}
	if (unused)
		factor_use_put(NULL, old->id, c.write);
	return change_commit(&c);
}

static struct str day_text(struct admin *q, uint64_t seconds)
{
	struct date d = date_from_instant((int64_t)seconds, 0);

	if (seconds == 0)
		return S("never");
	return arena_printf(&q->arena, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static struct str time_text(struct admin *q, uint64_t seconds)
{
	struct date d = date_from_instant((int64_t)seconds, 0);

	if (seconds == 0)
		return S("never");
	return arena_printf(&q->arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour, d.minute, d.second);
}

/* ---- application passwords ---- */

static const struct {
	const char *name;
	enum service_protocol protocol;
} protocols[] = { { "imap", PROTOCOL_IMAP }, { "pop3", PROTOCOL_POP3 }, { "smtp", PROTOCOL_SMTP }, { "nntp", PROTOCOL_NNTP } };

static bool add_protocol(struct str word, unsigned *bits)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (str_ieq(word, str_from_c(protocols[i].name))) {
			*bits |= 1u << protocols[i].protocol;
			return true;
		}
	}
	return word.len == 0;
}

/* Words with commas or blanks between. */
static enum err read_protocols(struct admin *q, uint8_t *ret)
{
	struct entry_texts words = { 0 };
	unsigned bits = 0;

	if (admin_args_words(q, "protocols", &words) != ERR_OK)
		return q->failure->code;
	for (size_t i = 0; i < words.count; i++) {
		struct str rest = words.at[i], one;

		while (rest.len > 0) {
			if (!str_cut(&rest, ' ', &one)) {
				one = rest;
				rest = STR_NONE;
			}
			if (!add_protocol(one, &bits))
				return fail(q->failure, ERR_SYNTAX, "--protocols is some of imap, pop3, smtp and nntp, not \"%.*s\"", STR_FMT(one));
		}
	}
	*ret = (uint8_t)(bits == 0 ? 1u << PROTOCOL_IMAP | 1u << PROTOCOL_POP3 | 1u << PROTOCOL_SMTP | 1u << PROTOCOL_NNTP : bits);
	return ERR_OK;
}

static struct str protocols_text(struct admin *q, uint8_t bits)
{
	struct str text = S("");

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if ((bits >> protocols[i].protocol & 1) != 0)
			text = arena_printf(&q->arena, "%.*s%s%s", STR_FMT(text), text.len > 0 ? " " : "", protocols[i].name);
	}
	return text;
}

static enum err read_all(struct admin *q, const struct entry *e, struct app_password **ret, size_t *ret_count)
{
	enum err err = app_passwords_decode(e->account.app_passwords, &q->arena, ret, ret_count);

	return err == ERR_OK ? ERR_OK : fail(q->failure, err, NULL);
}

static enum err write_all(struct admin *q, const struct app_password *all, size_t count, struct entry *new)
{
	struct buf value;
	enum err e;

	buf_init(&value, APP_PASSWORDS_OCTETS_MAX);
	e = app_passwords_encode(all, count, &value);
	new->account.app_passwords = arena_str(&q->arena, buf_str(&value));
	buf_done(&value);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

static enum err check_label(struct admin *q, const struct app_password *all, size_t count)
{
	struct str label = admin_args_str(q, "label");

	if (label.len > APP_PASSWORD_LABEL_MAX)
		return fail(q->failure, ERR_TOOBIG, "--label can have %zu octets at most", APP_PASSWORD_LABEL_MAX);
	if (count >= APP_PASSWORD_COUNT_MAX)
		return fail(q->failure, ERR_LIMIT, "the account has %zu application passwords already; revoke one first", count);
	for (size_t i = 0; i < count; i++) {
		if (str_ieq(all[i].label, label))
			return fail(q->failure, ERR_EXISTS, "the account has an application password \"%.*s\" already", STR_FMT(label));
	}
	return ERR_OK;
}

/* A password with an id that the account does not have yet; text and plain are its two forms. */
static uint32_t make(const struct app_password *all, size_t count, char *text)
{
	unsigned char octets[APP_PASSWORD_OCTETS];
	char plain[APP_PASSWORD_TEXT_OCTETS + 1];
	uint32_t id = 0;

	do {
		random_octets(octets, sizeof(octets));
		app_password_text(octets, text);
		must(app_password_read(str_from_c(text), &id, plain));
	} while (id == 0 || app_password_find(all, count, id) != NULL);
	mem_wipe(octets, sizeof(octets));
	mem_wipe(plain, sizeof(plain));
	return id;
}

static enum err hash(struct admin *q, const char *text, struct str *ret)
{
	struct buf secret;
	enum err e;

	buf_init(&secret, SECRET_OCTETS_MAX);
	e = secret_make(str_from_c(text), &secret);
	*ret = arena_str(&q->arena, buf_str(&secret));
	buf_done(&secret);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

static void tell_made(struct admin *q, const struct entry *e, const struct app_password *p, const char *text)
{
	char id[5];

	app_password_id_text(p->id, id);
	put(q->reply, "message",
		arena_printf(&q->arena, "an application password for %.*s; it is shown this once", STR_FMT(admin_set_shown(q, e))));
	put(q->reply, "password", str_from_c(text));
	put(q->reply, "id", str_from_c(id));
	put(q->reply, "label", p->label);
	put(q->reply, "protocols", protocols_text(q, p->protocols));
	put(q->reply, "expires", day_text(q, p->expires));
	q->secret = true;
}

enum err admin_do_app_password_add(struct admin *q)
{
	struct app_password *all = NULL, *p;
	char text[APP_PASSWORD_TEXT_OCTETS + 1];
	struct entry old, new;
	size_t count = 0;
	enum err e = find(q, &old);

	if (e == ERR_OK)
		e = read_all(q, &old, &all, &count);
	if (e == ERR_OK)
		e = check_label(q, all, count);
	if (e != ERR_OK)
		return e;
	p = &all[count]; /* there is room for one more */
	*p = (struct app_password){ .label = admin_args_str(q, "label"), .made = q->now_seconds, .expires = admin_args_date(q, "expires") };
	e = read_protocols(q, &p->protocols);
	if (e == ERR_OK && p->expires != 0 && p->expires <= q->now_seconds)
		e = fail(q->failure, ERR_SYNTAX, "--expires is a day that is over");
	p->id = make(all, count, text);
	if (e == ERR_OK)
		e = hash(q, text, &p->secret);
	if (e == ERR_OK)
		secrets_make_app(q->directory, &q->arena, &old.account, str_from_c(text), p);
	new = old;
	if (e == ERR_OK)
		e = write_all(q, all, count + 1, &new);
	if (e == ERR_OK)
		e = store(q, &old, &new, false, false);
	if (e == ERR_OK)
		tell_made(q, &new, p, text);
	mem_wipe(text, sizeof(text));
	return e;
}

static void list_one(struct admin *q, const struct app_password *p, const struct app_use *use, json_t *rows)
{
	json_t *row = json_object();
	char id[5];

	app_password_id_text(p->id, id);
	put(row, "id", str_from_c(id));
	put(row, "label", p->label);
	put(row, "protocols", protocols_text(q, p->protocols));
	put(row, "made", time_text(q, p->made));
	put(row, "expires", day_text(q, p->expires));
	put(row, "last_used", time_text(q, use->seconds));
	put(row, "by", use->seconds != 0 ? str_from_c(service_row((enum service)use->service)->name) : S(""));
	put(row, "from", str_from_c(use->client));
	json_array_append_new(rows, row);
}

enum err admin_do_app_password_list(struct admin *q)
{
	struct app_password *all = NULL;
	struct entry entry;
	size_t count = 0;
	json_t *rows = json_array();
	enum err e = find(q, &entry);

	json_object_set_new(q->reply, "rows", rows);
	if (e == ERR_OK)
		e = read_all(q, &entry, &all, &count);
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		struct app_use use = { 0 };

		e = app_use_get(q->directory, entry.id, all[i].id, &use);
		if (e == ERR_OK)
			list_one(q, &all[i], &use, rows);
		else
			fail(q->failure, e, NULL);
	}
	return e;
}

static const struct app_password *find_named(struct admin *q, const struct app_password *all, size_t count)
{
	struct str name = admin_args_str(q, "app-password");
	char id[5];

	for (size_t i = 0; i < count; i++) {
		app_password_id_text(all[i].id, id);
		if (str_ieq(name, str_from_c(id)) || str_ieq(name, all[i].label))
			return &all[i];
	}
	fail(q->failure, ERR_NOTFOUND, "the account has no application password \"%.*s\"; see: bourse account app-password list",
		STR_FMT(name));
	return NULL;
}

static enum err forget_use(struct admin *q, uint64_t account, uint32_t id)
{
	struct kv_write *w = kv_write_new(q->directory->kv);
	enum err e = app_uses_forget(q->directory, account, id, w);

	if (e != ERR_OK) {
		kv_write_free(w);
		return fail(q->failure, e, NULL);
	}
	e = kv_commit_now(q->directory->kv, w);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

enum err admin_do_app_password_revoke(struct admin *q)
{
	const struct app_password *gone;
	struct app_password *all = NULL;
	struct entry old, new;
	size_t count = 0, at;
	struct str label;
	uint32_t id;
	enum err e = find(q, &old);

	if (e == ERR_OK)
		e = read_all(q, &old, &all, &count);
	if (e != ERR_OK)
		return e;
	gone = find_named(q, all, count);
	if (gone == NULL)
		return q->failure->code;
	id = gone->id;
	label = gone->label;
	at = (size_t)(gone - all);
	memmove(&all[at], &all[at + 1], (count - at - 1) * sizeof(*all));
	new = old;
	e = write_all(q, all, count - 1, &new);
	if (e == ERR_OK)
		e = store(q, &old, &new, true, false);
	if (e == ERR_OK)
		e = forget_use(q, old.id, id);
	if (e == ERR_OK)
		put(q->reply, "message",
			arena_printf(&q->arena, "revoked the application password \"%.*s\" of %.*s; its sessions have ended", STR_FMT(label),
				STR_FMT(admin_set_shown(q, &new))));
	return e;
}

/* ---- second factor ---- */

static enum err write_factor(struct admin *q, const struct factor *f, struct entry *new)
{
	struct buf value;
	enum err e;

	buf_init(&value, APP_PASSWORDS_OCTETS_MAX);
	e = factor_encode(f, &value);
	must(e == ERR_OK);
	new->account.factor = arena_str(&q->arena, buf_str(&value));
	buf_wipe(&value);
	return e;
}

static struct str issuer(struct admin *q)
{
	struct entry organisation;

	if (directory_organisation(q->directory, &q->arena, &organisation) == ERR_OK && organisation.organisation.name.len > 0)
		return organisation.organisation.name;
	return S("Bourse");
}

static void tell_key(struct admin *q, const struct entry *e, const struct factor *f)
{
	struct str key = str_make(f->key, sizeof(f->key)), account = admin_set_shown(q, e);
	struct buf text;

	buf_init(&text, 4096);
	totp_uri_put(&text, issuer(q), account, key);
	put(q->reply, "message",
		arena_printf(&q->arena, "a second factor for %.*s; it counts when a code of it has been given: bourse account totp confirm %.*s CODE",
			STR_FMT(account), STR_FMT(word(q, e))));
	put(q->reply, "uri", buf_str(&text));
	mem_wipe(text.at, text.held);
	buf_clear(&text);
	totp_key_put(&text, key);
	put(q->reply, "key", buf_str(&text));
	buf_wipe(&text);
	q->secret = true;
}

enum err admin_do_totp_enable(struct admin *q)
{
	struct factor f = { 0 };
	struct entry old, new;
	enum err e = find(q, &old);

	if (e != ERR_OK)
		return e;
	if (factor_decode(old.account.factor, old.id, &f) == ERR_OK && f.confirmed) {
		mem_wipe(&f, sizeof(f));
		return fail(q->failure, ERR_EXISTS, "%.*s has a second factor already; first: bourse account totp disable %.*s",
			STR_FMT(admin_set_shown(q, &old)), STR_FMT(word(q, &old)));
	}
	factor_make(old.id, q->now_seconds, &f);
	new = old;
	e = write_factor(q, &f, &new);
	if (e == ERR_OK)
		e = store(q, &old, &new, false, true);
	if (e == ERR_OK)
		tell_key(q, &new, &f);
	mem_wipe(&f, sizeof(f));
	return e;
}

static enum err read_factor(struct admin *q, const struct entry *e, struct factor *ret)
{
	enum err err = factor_decode(e->account.factor, e->id, ret);

	if (err == ERR_NOTFOUND)
		return fail(q->failure, err, "%.*s has no second factor; first: bourse account totp enable %.*s",
			STR_FMT(admin_set_shown(q, e)), STR_FMT(word(q, e)));
	return err == ERR_OK ? ERR_OK : fail(q->failure, err, NULL);
}

static void tell_recovery(struct admin *q, struct str words)
{
	json_t *rows = json_array();
	struct str one;

	while (str_cut(&words, '\n', &one)) {
		json_t *row = json_object();

		put(row, "recovery_code", one);
		json_array_append_new(rows, row);
	}
	json_object_set_new(q->reply, "rows", rows);
	q->secret = true;
}

/* New recovery codes into f, stored and told. */
static enum err renew(struct admin *q, const struct entry *old, struct factor *f, bool ends)
{
	struct entry new = *old;
	struct buf words;
	enum err e;

	buf_init(&words, 1024);
	factor_recovery(f, &words);
	e = write_factor(q, f, &new);
	if (e == ERR_OK)
		e = store(q, old, &new, ends, false);
	if (e == ERR_OK)
		tell_recovery(q, buf_str(&words));
	buf_wipe(&words);
	return e;
}

static enum err take_code(struct admin *q, const struct factor *f)
{
	int steps = 0;
	bool recovery;
	struct str code = str_trim(admin_args_str(q, "code"));
	enum err e = factor_take(q->directory, f, (int64_t)q->now_seconds, code, &recovery);

	if (e == ERR_OK)
		return ERR_OK;
	if (e == ERR_EXISTS)
		return fail(q->failure, e, "that code was used before; give the next one");
	if (e != ERR_AUTH)
		return fail(q->failure, e, NULL);
	if (totp_skew(str_make(f->key, sizeof(f->key)), (int64_t)q->now_seconds, code, &steps))
		return fail(q->failure, e, "the code is that of a clock %d s %s this server's; set one of the two",
			(steps < 0 ? -steps : steps) * TOTP_STEP_SECONDS, steps < 0 ? "behind" : "ahead of");
	return fail(q->failure, e, "the code is wrong");
}

enum err admin_do_totp_confirm(struct admin *q)
{
	struct factor f = { 0 };
	struct entry entry;
	enum err e = find(q, &entry);

	if (e == ERR_OK)
		e = read_factor(q, &entry, &f);
	if (e == ERR_OK && f.confirmed)
		e = fail(q->failure, ERR_EXISTS, "the second factor of %.*s counts already", STR_FMT(admin_set_shown(q, &entry)));
	if (e == ERR_OK)
		e = take_code(q, &f);
	if (e == ERR_OK) {
		f.confirmed = true;
		e = renew(q, &entry, &f, true);
	}
	if (e == ERR_OK)
		put(q->reply, "message",
			arena_printf(&q->arena,
				"the second factor of %.*s counts from now on: mail programs need application passwords. Each of these codes is good once, "
				"for when the device is lost; they are shown this once",
				STR_FMT(admin_set_shown(q, &entry))));
	mem_wipe(&f, sizeof(f));
	return e;
}

static unsigned recovery_left(const struct factor_use *u)
{
	unsigned left = 0;

	for (unsigned i = 0; i < TOTP_RECOVERY_CODES; i++)
		left += (u->recovery >> i & 1) == 0;
	return left;
}

enum err admin_do_totp_show(struct admin *q)
{
	struct factor f = { 0 };
	struct factor_use use = { 0 };
	struct entry entry;
	enum err e = find(q, &entry), has;

	if (e != ERR_OK)
		return e;
	has = factor_decode(entry.account.factor, entry.id, &f);
	if (has == ERR_OK)
		e = factor_use_get(q->directory, entry.id, &use);
	if ((has != ERR_OK && has != ERR_NOTFOUND) || e != ERR_OK)
		return fail(q->failure, e != ERR_OK ? e : has, NULL);
	json_object_set_new(q->reply, "second_factor", json_string(has != ERR_OK ? "none" : f.confirmed ? "counts" : "not confirmed yet"));
	if (has == ERR_OK)
		put(q->reply, "made", time_text(q, f.made));
	if (has == ERR_OK && f.confirmed) {
		put(q->reply, "last_code", time_text(q, use.last * TOTP_STEP_SECONDS));
		json_object_set_new(q->reply, "recovery_codes", json_integer(recovery_left(&use)));
	}
	mem_wipe(&f, sizeof(f));
	return ERR_OK;
}

enum err admin_do_totp_recovery(struct admin *q)
{
	struct factor f = { 0 };
	struct factor_use use = { 0 };
	struct entry entry;
	struct kv_write *w;
	enum err e = find(q, &entry);

	if (e == ERR_OK)
		e = read_factor(q, &entry, &f);
	if (e == ERR_OK && !f.confirmed)
		e = fail(q->failure, ERR_SEQUENCE, "the second factor does not count yet; first: bourse account totp confirm");
	if (e == ERR_OK)
		e = renew(q, &entry, &f, false);
	if (e == ERR_OK)
		e = factor_use_get(q->directory, entry.id, &use);
	if (e == ERR_OK) {
		use.recovery = 0;
		w = kv_write_new(q->directory->kv);
		factor_use_put(&use, entry.id, w);
		e = kv_commit_now(q->directory->kv, w);
	}
	if (e == ERR_OK)
		put(q->reply, "message", S("new recovery codes; the old ones are good no longer. They are shown this once"));
	else
		fail(q->failure, e, NULL);
	mem_wipe(&f, sizeof(f));
	return e;
}

enum err admin_do_totp_disable(struct admin *q)
{
	struct entry old, new;
	enum err e = find(q, &old);

	if (e != ERR_OK)
		return e;
	if (old.account.factor.len == 0)
		return fail(q->failure, ERR_NOTFOUND, "%.*s has no second factor", STR_FMT(admin_set_shown(q, &old)));
	new = old;
	new.account.factor = S("");
	e = store(q, &old, &new, false, true);
	if (e == ERR_OK)
		put(q->reply, "message",
			arena_printf(&q->arena, "%.*s has no second factor any more; its password is enough", STR_FMT(admin_set_shown(q, &new))));
	return e;
}
