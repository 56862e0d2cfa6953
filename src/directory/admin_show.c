#include "directory/admin_show.h"

#include <stdio.h>

#include "base/date.h"
#include "directory/admin_args.h"
#include "directory/admin_right.h"
#include "directory/admin_set.h"
#include "directory/admin_virtual.h"
#include "directory/hours.h"
#include "directory/lockouts.h"
#include "directory/policy.h"
#include "directory/realm.h"

json_t *admin_show_string(struct str s)
{
	for (size_t cut = 0; cut < 4 && cut <= s.len; cut++) {
		json_t *v = json_stringn(s.at == NULL ? "" : s.at, s.len - cut);

		if (v != NULL)
			return v;
	}
	return json_string("?");
}

static void put(json_t *row, const char *name, struct str value)
{
	json_object_set_new(row, name, admin_show_string(value));
}

static json_t *rows_of(struct admin *q)
{
	json_t *rows = json_object_get(q->reply, "rows");

	if (rows == NULL) {
		rows = json_array();
		json_object_set_new(q->reply, "rows", rows);
	}
	return rows;
}

/* ---- values as text ---- */

static struct str size_text(struct admin *q, uint64_t octets)
{
	static const char units[] = "KMGT";
	size_t unit = 0;

	if (octets == ENTRY_UNLIMITED)
		return S("unlimited");
	if (octets == ENTRY_DEFAULT)
		return S("default");
	if (octets % 1024 != 0 || octets == 0)
		return arena_printf(&q->arena, "%llu", (unsigned long long)octets);
	for (octets /= 1024; octets % 1024 == 0 && unit < 3; unit++)
		octets /= 1024;
	return arena_printf(&q->arena, "%llu%c", (unsigned long long)octets, units[unit]);
}

static struct str number_text(struct admin *q, uint64_t number)
{
	if (number == ENTRY_UNLIMITED)
		return S("unlimited");
	if (number == ENTRY_DEFAULT)
		return S("default");
	return arena_printf(&q->arena, "%llu", (unsigned long long)number);
}

static struct str time_text(struct admin *q, uint64_t seconds)
{
	struct buf text;
	struct str ret;

	if (seconds == 0)
		return S("never");
	buf_init(&text, 64);
	date_put_rfc3339(&text, (int64_t)seconds * 1000);
	ret = arena_str(&q->arena, buf_str(&text));
	buf_done(&text);
	return ret;
}

static struct str hours_text(struct admin *q, const struct entry_hours *hours)
{
	struct buf text;
	struct str ret;

	buf_init(&text, 4096);
	hours_print(hours, &text);
	ret = arena_str(&q->arena, buf_str(&text));
	buf_done(&text);
	return ret;
}

struct str admin_show_id(struct admin *q, uint64_t id)
{
	struct entry e;

	if (id == 0)
		return S("");
	if (directory_get(q->directory, ENTRY_NONE, id, &q->arena, &e) != ERR_OK)
		return S("(removed)");
	return admin_set_shown(q, &e);
}

static struct str texts_text(struct admin *q, const struct entry_texts *t)
{
	struct buf text;
	struct str ret;

	buf_init(&text, ENTRY_OCTETS_MAX * 2);
	for (size_t i = 0; i < t->count; i++)
		buf_printf(&text, "%s%.*s", i > 0 ? ", " : "", STR_FMT(t->at[i]));
	ret = arena_str(&q->arena, buf_str(&text));
	buf_done(&text);
	return ret;
}

static struct str ids_text(struct admin *q, const struct entry_ids *ids)
{
	struct str *at = arena_take(&q->arena, ids->count * sizeof(*at) + 1);
	struct entry_texts names = { at, ids->count };

	for (size_t i = 0; i < ids->count; i++)
		at[i] = admin_show_id(q, ids->at[i]);
	return texts_text(q, &names);
}

struct str admin_show_value(struct admin *q, const struct entry *e, const struct entry_property *p)
{
	const void *field = (const char *)e + p->offset;

	switch (p->type) {
	case ENTRY_TYPE_text:
		return *(const struct str *)field;
	case ENTRY_TYPE_secret:
		if (e->seal == ENTRY_LOCKED)
			return S("the key is missing");
		return ((const struct str *)field)->len > 0 ? S("set") : S("none");
	case ENTRY_TYPE_texts:
	case ENTRY_TYPE_past_texts:
		return texts_text(q, field);
	case ENTRY_TYPE_flag:
		return *(const bool *)field ? S("yes") : S("no");
	case ENTRY_TYPE_number:
		return number_text(q, *(const uint64_t *)field);
	case ENTRY_TYPE_size:
		return size_text(q, *(const uint64_t *)field);
	case ENTRY_TYPE_time:
		return time_text(q, *(const uint64_t *)field);
	case ENTRY_TYPE_hours:
		return hours_text(q, field);
	case ENTRY_TYPE_domain_id:
	case ENTRY_TYPE_account_id:
	case ENTRY_TYPE_mailbox_id:
		return admin_show_id(q, *(const uint64_t *)field);
	case ENTRY_TYPE_member_ids:
	case ENTRY_TYPE_principal_ids:
	case ENTRY_TYPE_past_ids:
		return ids_text(q, field);
	case ENTRY_TYPE_grants:
		return admin_right_grants(q, field);
	}
	return S("");
}

/* ---- show ---- */

struct str admin_show_name(struct admin *q, const struct entry_property *p)
{
	struct str s = arena_str(&q->arena, str_from_c(p->name));

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '_')
			((char *)(uintptr_t)s.at)[i] = '-';
	}
	return s;
}

static void show_row(struct admin *q, struct str property, struct str value)
{
	json_t *row = json_object();

	put(row, "property", property);
	put(row, "value", value);
	json_array_append_new(rows_of(q), row);
}

/* What an account is at this moment, beyond what stands in its entry. */
struct standing {
	uint64_t expires; /* the password; 0 = never */
	bool ends_soon;
	uint64_t days;
	struct lockout lockout;
	bool locked;
	uint64_t until; /* 0 = until unlocked */
};

static struct standing standing_of(struct admin *q, const struct entry *e)
{
	struct entry domain = entry_defaults(ENTRY_DOMAIN, 0);
	struct standing s = { 0 };
	struct lockout_rules rules;

	if (directory_get(q->directory, ENTRY_DOMAIN, e->account.domain, &q->arena, &domain) != ERR_OK)
		domain = entry_defaults(ENTRY_DOMAIN, 0);
	rules = policy_lockout(&domain.domain);
	s.expires = policy_expires(&domain.domain, &e->account);
	s.ends_soon = policy_warns(&domain.domain, &e->account, q->now_seconds, &s.days);
	lockouts_read(q->directory, e->id, &s.lockout);
	s.locked = lockout_is(&s.lockout, &rules, q->now_seconds, &s.until);
	return s;
}

static void show_standing(struct admin *q, const struct entry *e)
{
	struct standing s = standing_of(q, e);

	show_row(q, S("password-expires"), time_text(q, s.expires));
	if (!s.locked)
		show_row(q, S("locked"), S("no"));
	else if (s.until == 0)
		show_row(q, S("locked"), S("until unlocked"));
	else
		show_row(q, S("locked"), arena_printf(&q->arena, "until %.*s", STR_FMT(time_text(q, s.until))));
	show_row(q, S("failed-logons"), number_text(q, s.lockout.count));
	for (uint32_t i = s.lockout.note_count; i > 0; i--) {
		const struct lockout_note *n = &s.lockout.notes[i - 1];

		show_row(q, S("failed-logon"), arena_printf(&q->arena, "%.*s from %s, %s, %s", STR_FMT(time_text(q, n->at_seconds)),
			n->source, n->service, n->mechanism));
	}
}

void admin_show_entry(struct admin *q, const struct entry *e)
{
	size_t count;
	const struct entry_property *p = entry_properties(e->kind, &count);

	for (size_t i = 0; i < count; i++) {
		if (p[i].type != ENTRY_TYPE_past_texts && p[i].type != ENTRY_TYPE_past_ids)
			show_row(q, admin_show_name(q, &p[i]), admin_show_value(q, e, &p[i]));
	}
	if (e->kind == ENTRY_ACCOUNT || e->kind == ENTRY_GROUP) {
		show_row(q, S("groups"), admin_right_groups(q, e->id));
		show_row(q, S("mailboxes"), admin_right_mailboxes(q, e));
	}
	if (e->kind == ENTRY_ACCOUNT)
		show_standing(q, e);
	if (e->kind == ENTRY_VIRTUAL)
		show_row(q, S("state"), admin_virtual_state(q, e));
	/* What the log and the store call it by. */
	show_row(q, S("id"), arena_printf(&q->arena, "%llu", (unsigned long long)e->id));
}

enum err admin_do_show(struct admin *q)
{
	struct entry entry;
	enum err e = admin_args_find(q, q->kind, admin_args_str(q, "name"), &entry);

	if (e == ERR_OK)
		admin_show_entry(q, &entry);
	return e;
}

enum err admin_do_show_own(struct admin *q)
{
	struct entry entry;
	enum err e = directory_organisation(q->directory, &q->arena, &entry);

	if (e == ERR_NOTFOUND)
		return fail(q->failure, e,
			"there is no organisation yet; first: bourse init NAME --domain DOM --mail "
			"example.org");
	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	admin_show_entry(q, &entry);
	return ERR_OK;
}

/* ---- list ---- */

/* Which properties stand in a list, besides id, name and state. */
static const char *const columns[ENTRY_KIND_END] = {
	[ENTRY_DOMAIN] = "mail backend postmaster",
	[ENTRY_ACCOUNT] = "full_name",
	[ENTRY_MAILBOX] = "display account addresses",
	[ENTRY_CONTACT] = "display remote",
	[ENTRY_LIST] = "display addresses members",
	[ENTRY_GROUP] = "description members",
	[ENTRY_VIRTUAL] = "account mailbox authentication publish submit_to",
};

/* Of the account that was listed before: most are of one domain. */
struct listed {
	uint64_t domain;
	bool local;
};

static bool has_password_here(struct admin *q, const struct entry *account, struct listed *l)
{
	struct entry domain;

	if (l->domain != account->account.domain) {
		l->domain = account->account.domain;
		l->local = directory_get(q->directory, ENTRY_DOMAIN, l->domain, &q->arena, &domain) != ERR_OK || realm_is_local(&domain.domain);
	}
	return l->local;
}

static struct str account_state(struct admin *q, const struct entry *e, struct listed *l)
{
	struct standing s = standing_of(q, e);

	if (e->account.disabled)
		return S("disabled");
	if (e->account.expires != 0 && e->account.expires <= q->now_seconds)
		return S("expired");
	if (s.locked)
		return S("locked");
	if (e->seal == ENTRY_LOCKED)
		return S("key missing");
	if (!has_password_here(q, e, l))
		return S("");
	if (e->account.secret.len == 0)
		return S("no password");
	if (e->account.must_change)
		return S("must change password");
	if (s.expires != 0 && s.expires <= q->now_seconds)
		return S("password expired");
	return s.ends_soon ? arena_printf(&q->arena, "password ends in %llu days", (unsigned long long)s.days) : S("");
}

static struct str state_of(struct admin *q, const struct entry *e, struct listed *l)
{
	if (e->kind == ENTRY_MAILBOX)
		return e->mailbox.disabled     ? S("disabled") :
		       e->mailbox.home.len > 0 ? S("moved") :
		       e->mailbox.hidden       ? S("hidden") :
						 S("");
	if (e->kind == ENTRY_VIRTUAL)
		return admin_virtual_state(q, e);
	return account_state(q, e, l);
}

static void list_entry(struct admin *q, const struct entry *e, json_t *rows, struct listed *l)
{
	struct str rest = str_from_c(columns[e->kind]), one;
	json_t *row = json_object();

	json_object_set_new(row, "id", json_integer((json_int_t)e->id));
	put(row, "name", admin_set_shown(q, e));
	while (rest.len > 0) {
		const struct entry_property *p;

		if (!str_cut(&rest, ' ', &one)) {
			one = rest;
			rest.len = 0;
		}
		p = entry_property_find(e->kind, one);
		must(p != NULL);
		put(row, admin_show_name(q, p).at, admin_show_value(q, e, p));
	}
	if (e->kind == ENTRY_ACCOUNT || e->kind == ENTRY_MAILBOX || e->kind == ENTRY_VIRTUAL)
		put(row, "state", state_of(q, e, l));
	json_array_append_new(rows, row);
}

enum err admin_do_list(struct admin *q)
{
	struct entry_ids ids;
	json_t *rows = rows_of(q);
	struct listed l = { 0 };
	enum err e = directory_ids(q->directory, q->kind, 0, &q->arena, SIZE_MAX, &ids);

	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		struct entry entry;

		e = directory_get(q->directory, q->kind, ids.at[i], &q->arena, &entry);
		if (e == ERR_OK)
			list_entry(q, &entry, rows, &l);
	}
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

/* ---- help ---- */

static const char *const type_names[] = {
	[ADMIN_TEXT] = "text",
	[ADMIN_NAME] = "name",
	[ADMIN_SECRET] = "secret",
	[ADMIN_FLAG] = "yes or no",
	[ADMIN_SIZE] = "size",
	[ADMIN_NUMBER] = "number",
	[ADMIN_DATE] = "date",
	[ADMIN_HOURS] = "hours",
	[ADMIN_WORDS] = "words",
	[ADMIN_CHANGES] = "changes",
};

static enum err help_verb(struct admin *q, const struct admin_verb_row *verb)
{
	struct str rest = str_from_c(verb->arguments), one;
	json_t *rows = rows_of(q);

	json_object_set_new(q->reply, "message", json_string(verb->help));
	while (rest.len > 0) {
		const struct admin_arg *arg;
		json_t *row = json_object();
		bool required;

		if (!str_cut(&rest, ' ', &one)) {
			one = rest;
			rest.len = 0;
		}
		required = str_ends(one, S("!"));
		one.len -= required;
		arg = admin_arg_find(one);
		must(arg != NULL);
		put(row, "argument", one);
		json_object_set_new(row, "required", json_string(required ? "yes" : "no"));
		json_object_set_new(row, "type", json_string(type_names[arg->row.type]));
		json_object_set_new(row, "help", json_string(arg->row.doc));
		json_array_append_new(rows, row);
	}
	return ERR_OK;
}

enum err admin_do_help(struct admin *q)
{
	struct str name = admin_args_str(q, "name");
	json_t *rows = rows_of(q);

	for (const struct admin_verb_row *v = admin_verbs(); v->verb != NULL; v++) {
		json_t *row;

		if (str_ieq(name, str_from_c(v->verb)))
			return help_verb(q, v);
		if (name.len > 0)
			continue;
		row = json_object();
		json_object_set_new(row, "verb", json_string(v->verb));
		json_object_set_new(row, "arguments", json_string(v->arguments));
		json_object_set_new(row, "help", json_string(v->help));
		json_array_append_new(rows, row);
	}
	if (name.len == 0)
		return ERR_OK;
	return fail(q->failure, ERR_NOTFOUND, "there is no verb \"%.*s\"; see: bourse help",
		STR_FMT(name));
}
