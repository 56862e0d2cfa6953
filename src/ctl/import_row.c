#include "ctl/import_row.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"

#define MEMBERS_AT_ONCE 500 /* in one change */

/* ---- header ---- */

static enum err unknown_column(struct str header, struct failure *f)
{
	struct str near = csv_column_near(header);

	if (near.len > 0)
		return fail(f, ERR_SYNTAX, "there is no column '%.*s'; did you mean '%.*s'?",
			(int)(header.len < 60 ? header.len : 60), header.at, STR_FMT(near));
	return fail(f, ERR_SYNTAX, "there is no column '%.*s'; the guide's page on import lists them",
		(int)(header.len < 60 ? header.len : 60), header.at);
}

enum err import_form_read(const struct csv *header, struct import_form *ret, struct failure *f)
{
	bool has_key = false;

	ret->columns = mem_new(sizeof(*ret->columns) * (header->count + 1));
	ret->count = header->count;
	for (size_t i = 0; i < header->count; i++) {
		struct str name = csv_field(header, i);
		const struct csv_column *c = csv_column_find(name);

		if (c == NULL && str_trim(name).len == 0 && i + 1 == header->count) {
			ret->count--; /* a separator at the end of the line */
			break;
		}
		if (c == NULL)
			return unknown_column(name, f);
		for (size_t n = 0; n < i; n++)
			if (ret->columns[n] == c)
				return fail(f, ERR_SYNTAX, "the column '%s' is there twice", c->header);
		ret->columns[i] = c;
		has_key |= c->kind == CSV_KEY;
	}
	if (!has_key)
		return fail(f, ERR_SYNTAX, "the first line must name the columns, and 'Directory Name' or 'Alias Name' among them");
	return ERR_OK;
}

void import_form_done(struct import_form *form)
{
	mem_free(form->columns);
	form->columns = NULL;
}

/* ---- a row ---- */

static enum err read_mode(struct str text, enum import_mode *ret, struct failure *f)
{
	static const char *const names[] = { [IMPORT_UPDATE] = "update", [IMPORT_CREATE] = "create",
		[IMPORT_MODIFY] = "modify", [IMPORT_DELETE] = "delete" };

	text = str_trim(text);
	*ret = IMPORT_UPDATE;
	if (text.len == 0)
		return ERR_OK;
	for (int m = IMPORT_UPDATE; m <= IMPORT_DELETE; m++) {
		if (str_ieq(text, str_from_c(names[m]))) {
			*ret = (enum import_mode)m;
			return ERR_OK;
		}
	}
	return fail(f, ERR_SYNTAX, "'%.*s' is no mode; there are Create, Modify, Update and Delete",
		(int)(text.len < 40 ? text.len : 40), text.at);
}

/* What says which entry is meant; other columns are looked at with their class known. */
static enum err read_head(struct import_row *row, const struct csv_column *c, struct str field, struct failure *f)
{
	if (c->kind == CSV_CLASS && str_trim(field).len > 0) {
		row->class = csv_class_find(field);
		if (row->class == NULL)
			return fail(f, ERR_SYNTAX, "'%.*s' is no class; there are Domain, Account, Mailbox, Remote, dl and Public",
				(int)(field.len < 40 ? field.len : 40), field.at);
	}
	if (c->kind == CSV_MODE)
		return read_mode(field, &row->mode, f);
	/* Where there are two names the alias counts: people log on with it. */
	if (c->kind == CSV_KEY && str_trim(field).len > 0 && (row->key.len == 0 || c->property[0] == '\0'))
		row->key = str_trim(field);
	if (c->kind == CSV_RENAME)
		row->rename = str_trim(field);
	return ERR_OK;
}

static enum err check_columns(const struct import_row *row, struct failure *f)
{
	for (size_t i = 0; i < row->form->count; i++) {
		const struct csv_column *c = row->form->columns[i];

		if (csv_field(row->record, i).len > 0 && !csv_column_has(c, row->class) && c->kind != CSV_IGNORED)
			return fail(f, ERR_SYNTAX, "a row of the class %s has nothing to say in the column '%s'", row->class->name,
				c->header);
	}
	return ERR_OK;
}

enum err import_row_open(const struct import_form *form, const struct csv *record, struct arena *a, struct import_row *ret,
	struct failure *f)
{
	struct import_row row = { .form = form, .record = record, .arena = a, .class = csv_class_find(S("Mailbox")) };

	for (size_t i = 0; i < record->count; i++) {
		struct str field = csv_field(record, i);

		if (!utf8_valid(field))
			return fail(f, ERR_SYNTAX, "field %zu is not UTF-8", i + 1);
		if (i >= form->count && field.len > 0)
			return fail(f, ERR_SYNTAX, "there are more fields than columns in the first line");
		if (i < form->count && read_head(&row, form->columns[i], field, f) != ERR_OK)
			return f->code;
	}
	if (row.key.len == 0)
		return fail(f, ERR_SYNTAX, "'Directory Name' is empty: nobody is named");
	*ret = row;
	return check_columns(&row, f);
}

static bool is_recipient(const struct import_row *row)
{
	return str_has_octet(S("MRLP"), row->class->letter);
}

enum import_stage import_row_stage(const struct import_row *row)
{
	bool drop = row->mode == IMPORT_DELETE;

	if (is_recipient(row))
		return drop ? IMPORT_DROP_RECIPIENTS : IMPORT_RECIPIENTS;
	if (row->class->letter == 'A')
		return drop ? IMPORT_DROP_ACCOUNTS : IMPORT_ACCOUNTS;
	return drop ? IMPORT_DROP_DOMAINS : IMPORT_DOMAINS;
}

static bool is_link(const struct csv_column *c)
{
	return c->kind == CSV_MEMBERS || c->kind == CSV_OPENERS || c->kind == CSV_LATER;
}

unsigned import_row_stages(const struct import_row *row)
{
	unsigned stages = 1u << import_row_stage(row);

	if (row->mode == IMPORT_DELETE)
		return stages;
	if (row->form->accounts && row->class->letter == 'M')
		stages |= 1u << IMPORT_ACCOUNTS;
	for (size_t i = 0; i < row->form->count; i++)
		if (is_link(row->form->columns[i]) && csv_field(row->record, i).len > 0)
			stages |= 1u << IMPORT_LINKS;
	return stages;
}

/* ---- values ---- */

#define CLEAR "~DEL"

static json_t *json_of(struct str s)
{
	return json_stringn(s.at == NULL ? "" : s.at, s.len);
}

/* '~', any number of times, and "DEL". */
static bool looks_like_clear(struct str text)
{
	size_t waves = 0;

	while (waves < text.len && text.at[waves] == '~')
		waves++;
	return waves > 0 && str_starts(str_skip(text, waves), S("DEL"));
}

struct str import_escape(struct arena *a, struct str text)
{
	return looks_like_clear(text) ? arena_printf(a, "~%.*s", STR_FMT(text)) : text;
}

static struct str unescape(struct str text)
{
	return str_starts(text, S("~~")) && looks_like_clear(text) ? str_skip(text, 1) : text;
}

/* "SMTP:a@b", "smtp:a@b", "a@b"; false: an address of another type. */
static bool smtp_of(struct str text, struct str *ret)
{
	size_t colon = str_find(text, ':'), at = str_find(text, '@');

	*ret = text;
	if (str_istarts(text, S("smtp:"))) {
		*ret = str_trim(str_skip(text, 5));
		return true;
	}
	return colon == STR_NPOS || at < colon;
}

/* "/o=Org/ou=Site/cn=Recipients/cn=alice", "Recipients/cn=alice", "alice" */
static struct str member_of(struct str text)
{
	size_t at = str_rfind(text, '=');

	if (at != STR_NPOS && at >= 2 && str_ieq(str_sub(text, at - 2, 2), S("cn")) &&
		(at == 2 || text.at[at - 3] == '/'))
		return str_trim(str_skip(text, at + 1));
	return text;
}

struct values {
	json_t *set, *drop; /* what is to be there, what to go */
	bool clear;
	struct str primary; /* of addresses: the one that says so */
};

static void add_value(const struct csv_column *c, struct str text, struct values *v)
{
	bool drop = str_starts(text, S(CLEAR));
	struct str value = drop ? str_trim(str_skip(text, strlen(CLEAR))) : unescape(text);
	bool first = str_starts(value, S("SMTP:"));

	if (c->kind == CSV_ADDRESSES || c->kind == CSV_SECONDARY) {
		if (!smtp_of(value, &value))
			return;
	} else if (c->kind == CSV_MEMBERS) {
		value = member_of(value);
	}
	if (first && c->kind == CSV_ADDRESSES && !drop && v->primary.len == 0) {
		v->primary = value;
		json_array_insert_new(v->set, 0, json_of(value));
		return;
	}
	json_array_append_new(drop ? v->drop : v->set, json_of(value));
}

static enum err read_values(const struct import_row *row, const struct csv_column *c, struct str field, struct values *ret,
	struct failure *f)
{
	const struct str *at;
	size_t count;
	enum err e;

	*ret = (struct values){ .clear = str_eq(str_trim(field), S(CLEAR)) };
	if (ret->clear)
		field = S("");
	e = csv_values(&row->form->format, field, row->arena, &at, &count);
	if (e != ERR_OK)
		return fail(f, e, "the values in the column '%s' are not well formed: %s", c->header, err_text(e));
	ret->set = json_array();
	ret->drop = json_array();
	for (size_t i = 0; i < count; i++)
		add_value(c, at[i], ret);
	return ERR_OK;
}

static void values_done(struct values *v)
{
	json_decref(v->set);
	json_decref(v->drop);
}

/* {prefix + argument: value}; takes value. */
static void put_as(json_t *args, const char *prefix, const struct csv_column *c, json_t *value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", prefix, c->argument);
	json_object_set_new(args, name, value);
}

static void put_list(const struct import_row *row, const struct csv_column *c, const struct values *v, json_t *set)
{
	if (v->clear)
		put_as(set, "", c, json_array());
	else if ((c->kind == CSV_WHOLE || (row->form->overwrite && c->kind != CSV_SECONDARY)) && json_array_size(v->set) > 0)
		put_as(set, "", c, json_incref(v->set));
	else if (json_array_size(v->set) > 0)
		put_as(set, "add-", c, json_incref(v->set));
	if (v->primary.len > 0 && !row->form->overwrite)
		put_as(set, "primary-", c, json_pack("[o]", json_of(v->primary)));
	if (json_array_size(v->drop) > 0)
		put_as(set, "remove-", c, json_incref(v->drop));
}

/* Secondary addresses join those of the other column, whichever stands first. */
static void put_new_list(const struct csv_column *c, const struct values *v, json_t *add)
{
	json_t *there = json_object_get(add, c->argument);
	json_t *all;

	if (!v->clear && json_array_size(v->set) == 0)
		return;
	if (there == NULL) {
		put_as(add, "", c, json_incref(v->set));
		return;
	}
	all = json_array();
	json_array_extend(all, c->kind == CSV_SECONDARY ? there : v->set);
	json_array_extend(all, c->kind == CSV_SECONDARY ? v->set : there);
	put_as(add, "", c, all);
}

static enum err put_many(const struct import_row *row, size_t i, json_t *add, json_t *set, struct failure *f)
{
	const struct csv_column *c = row->form->columns[i];
	struct values v;

	if (read_values(row, c, csv_field(row->record, i), &v, f) != ERR_OK)
		return f->code;
	put_new_list(c, &v, add);
	put_list(row, c, &v, set);
	values_done(&v);
	return ERR_OK;
}

/* A plain number is of KiB; "n octets" is what is not. */
static json_t *size_of(struct str text)
{
	uint64_t n;

	if (str_u64(text, (uint64_t)INT64_MAX >> 10, &n))
		return json_integer((json_int_t)(n << 10));
	if (str_iends(text, S(" octets")) && str_u64(str_sub(text, 0, text.len - 7), INT64_MAX, &n))
		return json_integer((json_int_t)n);
	return json_of(text);
}

static json_t *cleared(const struct csv_column *c)
{
	if (c->kind == CSV_SIZE || c->kind == CSV_NUMBER)
		return json_string("default");
	if (c->kind == CSV_DATE)
		return json_string("never");
	return json_string(strcmp(c->argument, "hours") == 0 ? "always" : "");
}

static json_t *one_value(const struct csv_column *c, struct str field)
{
	struct str text = str_trim(field);

	if (str_eq(text, S(CLEAR)))
		return cleared(c);
	if (c->kind == CSV_FLAG && (str_eq(text, S("0")) || str_eq(text, S("1"))))
		return json_boolean(text.at[0] == '1');
	if (c->kind == CSV_SIZE)
		return size_of(text);
	if (c->kind == CSV_ADDRESS) {
		(void)smtp_of(text, &text);
		return json_of(text);
	}
	return json_of(c->kind == CSV_TEXT ? unescape(field) : text);
}

/* What the row says of its entry, as arguments for one that is made (add) and for one that is there (set). */
static enum err put_fields(const struct import_row *row, json_t *add, json_t *set, struct failure *f)
{
	for (size_t i = 0; i < row->form->count; i++) {
		const struct csv_column *c = row->form->columns[i];
		struct str field = csv_field(row->record, i);
		json_t *value;

		if (field.len == 0 || c->kind < CSV_TEXT || is_link(c) || c->kind == CSV_PASSWORD)
			continue;
		if (c->kind == CSV_WORDS || c->kind == CSV_WHOLE || c->kind == CSV_ADDRESSES || c->kind == CSV_SECONDARY) {
			if (put_many(row, i, add, set, f) != ERR_OK)
				return f->code;
			continue;
		}
		if (c->kind == CSV_FLAG && str_eq(str_trim(field), S(CLEAR)))
			return fail(f, ERR_SYNTAX, "the column '%s' takes yes or no", c->header);
		value = one_value(c, field);
		json_object_set(add, c->argument, value);
		json_object_set_new(set, c->argument, value);
	}
	return ERR_OK;
}

static struct str field_of(const struct import_row *row, enum csv_kind kind, const char *argument)
{
	for (size_t i = 0; i < row->form->count; i++) {
		const struct csv_column *c = row->form->columns[i];

		if (c->kind == kind && strcmp(c->argument, argument) == 0)
			return csv_field(row->record, i);
	}
	return S("");
}

/* ---- changes ---- */

/* Takes args. */
static json_t *change_of(const struct import_row *row, const char *verb, json_t *args)
{
	char whole[64];

	if (row->class->letter == 'P') /* there is one at most */
		snprintf(whole, sizeof(whole), "public %s", strcmp(verb, "add") == 0 ? "enable" : verb);
	else
		snprintf(whole, sizeof(whole), "%s %s", row->class->entry, verb);
	if (json_object_get(args, "name") == NULL)
		json_object_set_new(args, "name", json_of(row->key));
	return json_pack("{s:s,s:o}", "verb", whole, "args", args);
}

/* Takes both. */
static void append_upsert(const struct import_row *row, const char *verb, json_t *add, json_t *set, json_t *changes)
{
	json_t *change;

	if (row->mode == IMPORT_CREATE) {
		json_array_append_new(changes, change_of(row, "add", add));
		json_decref(set);
		return;
	}
	change = change_of(row, verb, set);
	if (row->mode == IMPORT_UPDATE)
		json_object_set_new(change, "instead", change_of(row, "add", add));
	else
		json_decref(add);
	json_array_append_new(changes, change);
}

/* A password is set by a verb of its own, which comes first, so that the row's flags have the last word. */
static void append_entry(const struct import_row *row, json_t *add, json_t *set, json_t *changes)
{
	struct str password = row->class->letter == 'A' ? field_of(row, CSV_PASSWORD, "password") : S("");

	if (password.len > 0) {
		json_object_set_new(add, "password", json_of(password));
		if (row->mode == IMPORT_CREATE) {
			append_upsert(row, "set", add, set, changes);
			return;
		}
		append_upsert(row, "password", add, json_pack("{s:o}", "password", json_of(password)), changes);
		json_array_append_new(changes, change_of(row, "set", set));
		return;
	}
	append_upsert(row, "set", add, set, changes);
}

static enum err entry_changes(const struct import_row *row, json_t *changes, struct failure *f)
{
	json_t *add = json_object(), *set = json_object();

	if (put_fields(row, add, set, f) != ERR_OK) {
		json_decref(add);
		json_decref(set);
		return f->code;
	}
	if (row->rename.len > 0)
		json_object_set_new(set, "rename", json_of(row->rename));
	append_entry(row, add, set, changes);
	return ERR_OK;
}

static void account_of_mailbox(const struct import_row *row, json_t *changes)
{
	struct str name = str_trim(field_of(row, CSV_TEXT, "account"));
	struct str password = field_of(row, CSV_PASSWORD, "password");
	json_t *add;

	if (name.len == 0 || str_eq(name, S(CLEAR)))
		return;
	add = json_pack("{s:o}", "name", json_of(name));
	if (password.len > 0)
		json_object_set_new(add, "password", json_of(password));
	json_array_append_new(changes, json_pack("{s:s,s:{s:o},s:{s:s,s:o}}", "verb", "account show", "args", "name", json_of(name),
		"instead", "verb", "account add", "args", add));
}

/* ---- links ---- */

static struct str linked_name(const struct import_row *row)
{
	return row->rename.len > 0 ? row->rename : row->key;
}

/* {"verb": verb, "args": {"name": ..., argument: value}}; takes value. Returns it, borrowed. */
static json_t *append_link(const struct import_row *row, const char *verb, const char *argument, json_t *value, json_t *changes)
{
	json_t *change = json_pack("{s:s,s:{s:o,s:o}}", "verb", verb, "args", "name", json_of(linked_name(row)), argument, value);

	json_array_append_new(changes, change);
	return change;
}

static void append_members(const struct import_row *row, const struct values *v, json_t *changes)
{
	bool clear = v->clear || (row->form->overwrite && json_array_size(v->set) > 0);
	json_t *some = json_array(), *one;
	size_t i;

	if (clear)
		append_link(row, "list set", "members", json_array(), changes);
	json_array_foreach(v->set, i, one)
	{
		json_array_append(some, one);
		if (json_array_size(some) < MEMBERS_AT_ONCE && i + 1 < json_array_size(v->set))
			continue;
		append_link(row, "list member add", "member", some, changes);
		some = json_array();
	}
	json_decref(some);
	json_array_foreach(v->drop, i, one)
		append_link(row, "list member remove", "member", json_pack("[O]", one), changes);
}

static enum err append_openers(const struct import_row *row, const struct values *v, json_t *changes, struct failure *f)
{
	json_t *one;
	size_t i;

	if (v->clear)
		return fail(f, ERR_SYNTAX, "~DEL alone does not do in 'Obj-Users'; say whose rights go: ~DELDOM\\alice");
	json_array_foreach(v->set, i, one)
		json_object_set_new(append_link(row, "mailbox grant", "account", json_incref(one), changes), "fine", json_string("EXISTS"));
	json_array_foreach(v->drop, i, one)
		append_link(row, "mailbox revoke", "account", json_incref(one), changes);
	return ERR_OK;
}

static enum err link_changes(const struct import_row *row, const struct csv_column *c, struct str field, json_t *changes,
	struct failure *f)
{
	struct values v;
	enum err e = ERR_OK;

	if (c->kind == CSV_LATER) {
		append_link(row, "domain set", c->argument, one_value(c, field), changes);
		return ERR_OK;
	}
	if (read_values(row, c, field, &v, f) != ERR_OK)
		return f->code;
	if (c->kind == CSV_MEMBERS)
		append_members(row, &v, changes);
	else
		e = append_openers(row, &v, changes, f);
	values_done(&v);
	return e;
}

enum err import_row_changes(const struct import_row *row, enum import_stage stage, json_t *changes, struct failure *f)
{
	if (stage == import_row_stage(row)) {
		if (row->mode != IMPORT_DELETE)
			return entry_changes(row, changes, f);
		if (row->class->letter == 'P')
			return fail(f, ERR_UNSUPPORTED, "the public store goes, with all that is in it, by: bourse public disable");
		json_array_append_new(changes, change_of(row, "remove", json_object()));
		return ERR_OK;
	}
	if (stage == IMPORT_ACCOUNTS && (import_row_stages(row) & 1u << stage) != 0)
		account_of_mailbox(row, changes);
	for (size_t i = 0; stage == IMPORT_LINKS && row->mode != IMPORT_DELETE && i < row->form->count; i++) {
		const struct csv_column *c = row->form->columns[i];
		struct str field = csv_field(row->record, i);

		if (is_link(c) && field.len > 0 && link_changes(row, c, field, changes, f) != ERR_OK)
			return f->code;
	}
	return ERR_OK;
}
