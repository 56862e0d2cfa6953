#include "directory/admin_args.h"

#include "base/date.h"
#include "directory/hours.h"
#include "directory/logon_name.h"
#include "directory/name.h"
#include "directory/smtp_address.h"

#define WORDS_MAX ((size_t)10000) /* in one argument */

/* ---- reading values by type; each returns false for a value that is none ---- */

static struct str string_of(const json_t *v)
{
	if (!json_is_string(v))
		return STR_NONE;
	return str_make(json_string_value(v), json_string_length(v));
}

static bool text_of(struct admin *q, const json_t *v, struct str *ret)
{
	const char *why;

	return json_is_string(v) && name_nfc(&q->arena, string_of(v), ret, &why) == ERR_OK;
}

static bool flag_of(const json_t *v, bool *ret)
{
	static const char *const yes[] = { "yes", "on", "true" }, *const no[] = { "no", "off",
		"false" };
	struct str s = string_of(v);

	*ret = json_is_true(v);
	if (json_is_boolean(v))
		return true;
	for (size_t i = 0; i < 3; i++) {
		if (str_ieq(s, str_from_c(yes[i]))) {
			*ret = true;
			return true;
		}
		if (str_ieq(s, str_from_c(no[i])))
			return true;
	}
	return false;
}

static bool number_of(const json_t *v, uint64_t *ret)
{
	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*ret = (uint64_t)json_integer_value(v);
		return true;
	}
	if (json_is_string(v) && str_ieq(string_of(v), S("default"))) {
		*ret = ENTRY_DEFAULT;
		return true;
	}
	if (json_is_string(v) && str_ieq(string_of(v), S("unlimited"))) {
		*ret = ENTRY_UNLIMITED;
		return true;
	}
	return json_is_string(v) && str_u64(string_of(v), ENTRY_DEFAULT - 1, ret);
}

/* 500M, 2G, 2GB, 2GiB: powers of 1024, as administrators of mail quotas mean them. */
static bool size_of(const json_t *v, uint64_t *ret)
{
	static const char units[] = "KMGT";
	struct str s = string_of(v);
	const char *unit;
	unsigned shift;
	uint64_t n;

	if (number_of(v, ret))
		return true;
	if (str_iends(s, S("iB")))
		s.len -= 2;
	else if (str_iends(s, S("B")))
		s.len -= 1;
	unit = s.len > 0 ? strchr(units, ascii_upper(s.at[s.len - 1])) : NULL;
	if (unit == NULL || *unit == '\0')
		return false;
	shift = 10 * (unsigned)(unit - units + 1);
	if (!str_u64(str_sub(s, 0, s.len - 1), (UINT64_MAX >> shift) - 1, &n))
		return false;
	*ret = n << shift;
	return true;
}

/* "T18:00:00Z", or nothing for midnight. */
static bool clock_of(struct str s, struct date *ret)
{
	uint32_t hour, minute, second;

	if (s.len == 0)
		return true;
	if (s.len != 10 || s.at[0] != 'T' || s.at[3] != ':' || s.at[6] != ':' || s.at[9] != 'Z' || !str_u32(str_sub(s, 1, 2), 23, &hour) ||
		!str_u32(str_sub(s, 4, 2), 59, &minute) || !str_u32(str_sub(s, 7, 2), 59, &second))
		return false;
	ret->hour = (int)hour;
	ret->minute = (int)minute;
	ret->second = (int)second;
	return true;
}

static bool date_of(const json_t *v, uint64_t *ret)
{
	struct str s = string_of(v), rest = str_skip(s, 10);
	uint32_t year, month, day;
	struct date d, back;
	int64_t instant;

	if (str_ieq(s, S("never")) || (json_is_string(v) && s.len == 0)) {
		*ret = 0;
		return true;
	}
	s = str_sub(s, 0, 10);
	if (s.len != 10 || s.at[4] != '-' || s.at[7] != '-' ||
		!str_u32(str_sub(s, 0, 4), 9999, &year) || !str_u32(str_sub(s, 5, 2), 12, &month) ||
		!str_u32(str_sub(s, 8, 2), 31, &day) || year < 1971 || month == 0 || day == 0)
		return false;
	d = (struct date){ .year = (int)year, .month = (int)month, .day = (int)day };
	if (!clock_of(rest, &d))
		return false;
	instant = date_to_instant(&d);
	back = date_from_instant(instant, 0);
	*ret = (uint64_t)instant;
	return back.day == d.day && back.month == d.month;
}

static bool word_list(struct admin *q, const json_t *v, struct entry_texts *ret)
{
	size_t count = json_array_size(v);
	struct str *at = arena_take(&q->arena, count * sizeof(*at) + 1);

	if (count > WORDS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!text_of(q, json_array_get(v, i), &at[i]) || at[i].len == 0)
			return false;
	}
	*ret = (struct entry_texts){ at, count };
	return true;
}

static bool words_of(struct admin *q, const json_t *v, struct entry_texts *ret)
{
	struct str rest, one, *at;
	size_t count = 0;

	if (json_is_array(v))
		return word_list(q, v, ret);
	if (!text_of(q, v, &rest))
		return false;
	*ret = (struct entry_texts){ NULL, 0 };
	if (str_trim(rest).len == 0)
		return true;
	for (size_t i = 0; i < rest.len; i++)
		count += rest.at[i] == ',';
	if (count >= WORDS_MAX)
		return false;
	at = arena_take(&q->arena, (count + 1) * sizeof(*at));
	count = 0;
	while (str_cut(&rest, ',', &one))
		at[count++] = str_trim(one);
	at[count++] = str_trim(rest);
	for (size_t i = 0; i < count; i++) {
		if (at[i].len == 0)
			return false;
	}
	*ret = (struct entry_texts){ at, count };
	return true;
}

/* ---- checking ---- */

static const char *const want[] = {
	[ADMIN_TEXT] = "a text without control characters",
	[ADMIN_NAME] = "a name without control characters",
	[ADMIN_SECRET] = "a text of at least one character",
	[ADMIN_FLAG] = "yes or no",
	[ADMIN_SIZE] = "a size like 500M or 2G, \"unlimited\" or \"default\"",
	[ADMIN_NUMBER] = "a number, \"unlimited\" or \"default\"",
	[ADMIN_DATE] = "a date like 2030-12-31, an instant like 2030-12-31T18:00:00Z, or \"never\"",
	[ADMIN_HOURS] = "\"always\" or hours like \"mon-fri 08-18, sat 09-12\" (UTC)",
	[ADMIN_WORDS] = "a list of words with commas between",
	[ADMIN_CHANGES] = "a list of changes",
};

static bool well_typed(struct admin *q, enum admin_type type, const json_t *v)
{
	struct str s;
	uint64_t n;
	struct entry_texts words;
	struct entry_hours hours;
	bool flag;

	switch (type) {
	case ADMIN_TEXT:
	case ADMIN_NAME:
		return text_of(q, v, &s);
	case ADMIN_SECRET:
		return json_is_string(v);
	case ADMIN_FLAG:
		return flag_of(v, &flag);
	case ADMIN_SIZE:
		return size_of(v, &n);
	case ADMIN_NUMBER:
		return number_of(v, &n);
	case ADMIN_DATE:
		return date_of(v, &n);
	case ADMIN_HOURS:
		return text_of(q, v, &s) && hours_parse(s, &hours) == ERR_OK;
	case ADMIN_WORDS:
		return words_of(q, v, &words);
	case ADMIN_CHANGES:
		return json_is_array(v);
	}
	return false;
}

/* Is name among the verb's words? Sets whether it is required. */
static bool takes(const struct admin_verb_row *verb, struct str name)
{
	struct str rest = str_from_c(verb->arguments), one;

	while (rest.len > 0) {
		if (!str_cut(&rest, ' ', &one)) {
			one = rest;
			rest.len = 0;
		}
		if (str_ends(one, S("!")))
			one.len--;
		if (str_eq(one, name))
			return true;
	}
	return false;
}

static enum err check_required(struct admin *q, const struct admin_verb_row *verb)
{
	struct str rest = str_from_c(verb->arguments), one;

	while (rest.len > 0) {
		const json_t *v;

		if (!str_cut(&rest, ' ', &one)) {
			one = rest;
			rest.len = 0;
		}
		if (!str_ends(one, S("!")))
			continue;
		one.len--;
		v = json_object_getn(q->args, one.at, one.len);
		if (v == NULL || (json_is_string(v) && json_string_length(v) == 0))
			return fail(q->failure, ERR_SYNTAX, "%s needs %.*s; it takes: %s",
				verb->verb, STR_FMT(one), verb->arguments);
	}
	return ERR_OK;
}

enum err admin_args_check(struct admin *q, const struct admin_verb_row *verb)
{
	const char *key;
	json_t *v;

	json_object_foreach(q->args, key, v)
	{
		const struct admin_arg *arg = admin_arg_find(str_from_c(key));

		if (arg == NULL || !takes(verb, str_from_c(key)))
			return fail(q->failure, ERR_SYNTAX,
				"%s has no argument \"%.40s\"; see: bourse help \"%s\"", verb->verb,
				key, verb->verb);
		if (!well_typed(q, arg->row.type, v))
			return fail(q->failure, ERR_SYNTAX, "--%s must be %s", key,
				want[arg->row.type]);
	}
	return check_required(q, verb);
}

bool admin_args_have(const struct admin *q, const char *name)
{
	return json_object_get(q->args, name) != NULL;
}

struct str admin_args_str(struct admin *q, const char *name)
{
	const json_t *v = json_object_get(q->args, name);
	const struct admin_arg *arg = admin_arg_find(str_from_c(name));
	struct str s = S("");

	must(arg != NULL);
	if (v != NULL && arg->row.type == ADMIN_SECRET)
		return string_of(v);
	if (v != NULL && !text_of(q, v, &s))
		return S("");
	return s;
}

uint64_t admin_args_number(const struct admin *q, const char *name, uint64_t fallback)
{
	const json_t *v = json_object_get(q->args, name);
	uint64_t number = fallback;

	return v != NULL && number_of(v, &number) ? number : fallback;
}

uint64_t admin_args_date(const struct admin *q, const char *name)
{
	const json_t *v = json_object_get(q->args, name);
	uint64_t seconds = 0;

	return v != NULL && date_of(v, &seconds) ? seconds : 0;
}

bool admin_args_flag(const struct admin *q, const char *name, bool fallback)
{
	const json_t *v = json_object_get(q->args, name);
	bool flag = fallback;

	return v != NULL && flag_of(v, &flag) ? flag : fallback;
}

/* ---- names to entries ---- */

static enum err not_found(struct admin *q, enum entry_kind kind, struct str text)
{
	const char *name = entry_kind_name(kind);

	return fail(q->failure, ERR_NOTFOUND, "there is no %s \"%.*s\"; see: bourse %s list", name,
		STR_FMT(text), kind == ENTRY_VIRTUAL ? "virtual-directory" : name);
}

static enum err read_account(struct admin *q, struct str text, struct logon_name *ret)
{
	struct failure f = { 0 };

	if (logon_name_parse(&q->arena, text, S(""), ret, &f) != ERR_OK || ret->has_mailbox)
		return fail(q->failure, ERR_SYNTAX,
			"\"%.*s\" does not name an account; give it as DOMAIN\\user",
			STR_FMT(text));
	return ERR_OK;
}

static enum err read_domain(struct admin *q, const struct logon_name *n, struct entry *ret)
{
	enum err e = n->kind == LOGON_NAME_EMAIL
			     ? directory_mail_domain(q->directory, n->domain, &q->arena, ret)
			     : directory_domain(q->directory, n->domain, &q->arena, ret);

	if (e == ERR_NOTFOUND)
		return fail(q->failure, e,
			"there is no domain \"%.*s\"; first: bourse domain add %.*s",
			STR_FMT(n->domain), STR_FMT(n->domain));
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

static enum err find_account(struct admin *q, struct str text, struct entry *ret)
{
	struct logon_name n;
	struct entry domain;
	uint64_t ids[2];
	size_t count = 0;
	enum err e = read_account(q, text, &n);

	if (e == ERR_OK && n.has_domain)
		e = read_domain(q, &n, &domain);
	if (e != ERR_OK)
		return e;
	if (n.has_domain) {
		e = directory_account(q->directory, domain.id, n.user, &q->arena, ret);
	} else {
		e = directory_accounts_named(q->directory, n.user, ids, 2, &count);
		if (count > 1)
			return fail(q->failure, ERR_CONFLICT,
				"several domains have an account \"%.*s\"; give it as DOMAIN\\user",
				STR_FMT(n.user));
		if (e == ERR_OK)
			e = count == 0 ? ERR_NOTFOUND
				       : directory_get(q->directory, ENTRY_ACCOUNT, ids[0],
						 &q->arena, ret);
	}
	if (e == ERR_NOTFOUND)
		return not_found(q, ENTRY_ACCOUNT, text);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

/* A group of that name in each domain: more than one is for the caller to tell apart. */
static enum err group_in_all(struct admin *q, struct str name, struct entry *ret)
{
	struct entry_ids domains;
	struct entry e;
	size_t count = 0;
	enum err err = directory_ids(q->directory, ENTRY_DOMAIN, 0, &q->arena, SIZE_MAX, &domains);

	for (size_t i = 0; err == ERR_OK && i < domains.count; i++) {
		err = directory_principal(q->directory, domains.at[i], name, &q->arena, &e);
		if (err == ERR_OK && e.kind == ENTRY_GROUP && ++count == 1)
			*ret = e;
		err = err == ERR_NOTFOUND ? ERR_OK : err;
	}
	if (err != ERR_OK || count == 1)
		return err;
	return count == 0 ? ERR_NOTFOUND : ERR_CONFLICT;
}

static enum err find_group(struct admin *q, struct str text, struct entry *ret)
{
	struct logon_name n;
	struct entry domain;
	enum err e = read_account(q, text, &n);

	if (e == ERR_OK && n.has_domain)
		e = read_domain(q, &n, &domain);
	if (e != ERR_OK)
		return e;
	e = n.has_domain ? directory_principal(q->directory, domain.id, n.user, &q->arena, ret)
			 : group_in_all(q, n.user, ret);
	if (e == ERR_CONFLICT)
		return fail(q->failure, e, "several domains have a group \"%.*s\"; give it as DOMAIN\\group",
			STR_FMT(n.user));
	if (e == ERR_NOTFOUND || (e == ERR_OK && ret->kind != ENTRY_GROUP))
		return not_found(q, ENTRY_GROUP, text);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

/* An account or a group; both of that name only where no domain is given. */
static enum err find_principal(struct admin *q, struct str text, struct entry *ret)
{
	enum err e = find_account(q, text, ret);
	struct failure first = *q->failure;

	if (e != ERR_NOTFOUND)
		return e;
	*q->failure = (struct failure){ 0 };
	if (find_group(q, text, ret) == ERR_OK)
		return ERR_OK;
	*q->failure = first;
	return e;
}

/* ENTRY_NONE takes any recipient. */
static enum err find_recipient(
	struct admin *q, enum entry_kind kind, struct str text, struct entry *ret)
{
	enum err e = directory_recipient(q->directory, text, &q->arena, ret);

	if (e == ERR_OK && kind != ENTRY_NONE && ret->kind != kind)
		return fail(q->failure, ERR_NOTFOUND, "\"%.*s\" is not a %s but a %s",
			STR_FMT(text), entry_kind_name(kind), entry_kind_name(ret->kind));
	if (e == ERR_NOTFOUND)
		return not_found(q, kind == ENTRY_NONE ? ENTRY_MAILBOX : kind, text);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

enum err admin_args_find(struct admin *q, enum entry_kind kind, struct str text, struct entry *ret)
{
	enum err e;

	if (kind == ENTRY_ACCOUNT)
		return find_account(q, text, ret);
	if (kind == ENTRY_GROUP)
		return find_group(q, text, ret);
	if (kind != ENTRY_DOMAIN && kind != ENTRY_VIRTUAL)
		return find_recipient(q, kind, text, ret);
	e = kind == ENTRY_DOMAIN ? directory_domain(q->directory, text, &q->arena, ret) : directory_virtual(q->directory, text, &q->arena, ret);
	if (e == ERR_NOTFOUND)
		return not_found(q, kind, text);
	return e == ERR_OK ? ERR_OK : fail(q->failure, e, NULL);
}

enum err admin_args_account_name(
	struct admin *q, struct str text, uint64_t *ret_domain, struct str *ret_user)
{
	struct entry_ids domains;
	struct logon_name n;
	struct entry domain;
	enum err e = read_account(q, text, &n);

	if (e == ERR_OK && n.has_domain)
		e = read_domain(q, &n, &domain);
	if (e != ERR_OK)
		return e;
	if (!n.has_domain) {
		e = directory_ids(q->directory, ENTRY_DOMAIN, 0, &q->arena, 2, &domains);
		if (e != ERR_OK)
			return fail(q->failure, e, NULL);
		if (domains.count != 1)
			return fail(q->failure, ERR_SYNTAX,
				domains.count == 0 ? "there is no domain yet; first: bourse domain "
						     "add DOM --mail example.org"
						   : "there are several domains; give the account "
						     "as DOMAIN\\user");
		domain.id = domains.at[0];
	}
	*ret_domain = domain.id;
	*ret_user = n.user;
	return ERR_OK;
}

/* ---- putting values into entries ---- */

/* One of a list: compared as what it is, an address, a mail domain or a word. */
static bool same_item(struct admin *q, struct str x, struct str y)
{
	struct smtp_address ax, ay;
	struct str dx, dy;

	if (name_same(&q->arena, x, y))
		return true;
	if (str_has_octet(x, '@'))
		return smtp_address_parse(&q->arena, x, &ax) == ERR_OK &&
		       smtp_address_parse(&q->arena, y, &ay) == ERR_OK && str_eq(ax.key, ay.key);
	return smtp_address_domain(&q->arena, x, &dx) == ERR_OK &&
	       smtp_address_domain(&q->arena, y, &dy) == ERR_OK && str_eq(dx, dy);
}

static size_t index_of(struct admin *q, const struct str *at, size_t count, struct str item)
{
	for (size_t i = 0; i < count; i++) {
		if (same_item(q, at[i], item))
			return i;
	}
	return STR_NPOS;
}

static enum err apply_texts(
	struct admin *q, const struct admin_arg *arg, const json_t *v, struct entry_texts *texts)
{
	struct entry_texts items = { 0 };
	size_t count = arg->mode == ADMIN_SET ? 0 : texts->count;
	struct str *at;

	must(words_of(q, v, &items));
	at = arena_take(&q->arena, (count + items.count) * sizeof(*at) + 1);
	if (count > 0)
		memcpy(at, texts->at, count * sizeof(*at));
	for (size_t i = 0; i < items.count; i++) {
		size_t was = index_of(q, at, count, items.at[i]);

		if (arg->mode == ADMIN_REMOVE && was == STR_NPOS)
			return fail(q->failure, ERR_NOTFOUND, "\"%.*s\" is not there to be removed",
				STR_FMT(items.at[i]));
		if (was != STR_NPOS && arg->mode != ADMIN_ADD && arg->mode != ADMIN_SET)
			memmove(at + was, at + was + 1, (--count - was) * sizeof(*at));
		if (arg->mode == ADMIN_FRONT) {
			memmove(at + 1, at, count++ * sizeof(*at));
			at[0] = items.at[i];
		} else if (was == STR_NPOS) {
			at[count++] = items.at[i];
		}
	}
	*texts = (struct entry_texts){ at, count };
	return ERR_OK;
}

typedef enum err find_member(struct admin *q, struct str text, struct entry *ret);

static enum err find_any_recipient(struct admin *q, struct str text, struct entry *ret)
{
	return find_recipient(q, ENTRY_NONE, text, ret);
}

static enum err apply_ids(struct admin *q, enum admin_mode mode, const json_t *v, find_member *find,
	struct entry_ids *ids)
{
	struct entry_texts items = { 0 };
	size_t count = mode == ADMIN_SET ? 0 : ids->count;
	uint64_t *at;

	must(words_of(q, v, &items));
	at = arena_take(&q->arena, (count + items.count) * sizeof(*at) + 1);
	if (count > 0)
		memcpy(at, ids->at, count * sizeof(*at));
	for (size_t i = 0; i < items.count; i++) {
		struct entry e;
		size_t was = 0;

		if (find(q, items.at[i], &e) != ERR_OK)
			return q->failure->code;
		while (was < count && at[was] != e.id)
			was++;
		if (mode == ADMIN_REMOVE && was == count)
			return fail(q->failure, ERR_NOTFOUND, "\"%.*s\" is not a member",
				STR_FMT(items.at[i]));
		if (mode == ADMIN_REMOVE)
			memmove(at + was, at + was + 1, (--count - was) * sizeof(*at));
		else if (was == count)
			at[count++] = e.id;
	}
	*ids = (struct entry_ids){ at, count };
	return ERR_OK;
}

static enum err apply_id(struct admin *q, enum entry_kind kind, const json_t *v, uint64_t *id)
{
	struct str text = S("");
	struct entry e;

	must(text_of(q, v, &text));
	if (text.len == 0) {
		*id = 0;
		return ERR_OK;
	}
	if (admin_args_find(q, kind, text, &e) != ERR_OK)
		return q->failure->code;
	*id = e.id;
	return ERR_OK;
}

static enum err apply_one(
	struct admin *q, const struct admin_arg *arg, const json_t *v, struct entry *e)
{
	const struct entry_property *p = entry_property_find(e->kind, str_from_c(arg->property));
	void *field;
	struct str hours = S("");

	must(p != NULL);
	field = (char *)e + p->offset;
	switch (p->type) {
	case ENTRY_TYPE_text:
		must(text_of(q, v, field));
		return ERR_OK;
	case ENTRY_TYPE_texts:
		return apply_texts(q, arg, v, field);
	case ENTRY_TYPE_flag:
		must(flag_of(v, field));
		return ERR_OK;
	case ENTRY_TYPE_number:
		must(number_of(v, field));
		return ERR_OK;
	case ENTRY_TYPE_size:
		must(size_of(v, field));
		return ERR_OK;
	case ENTRY_TYPE_time:
		must(date_of(v, field));
		return ERR_OK;
	case ENTRY_TYPE_hours:
		must(text_of(q, v, &hours) && hours_parse(hours, field) == ERR_OK);
		return ERR_OK;
	case ENTRY_TYPE_domain_id:
		return apply_id(q, ENTRY_DOMAIN, v, field);
	case ENTRY_TYPE_account_id:
		return apply_id(q, ENTRY_ACCOUNT, v, field);
	case ENTRY_TYPE_mailbox_id:
		return apply_id(q, ENTRY_MAILBOX, v, field);
	case ENTRY_TYPE_member_ids:
		return apply_ids(q, arg->mode, v, find_any_recipient, field);
	case ENTRY_TYPE_principal_ids:
		return apply_ids(q, arg->mode, v, find_principal, field);
	case ENTRY_TYPE_grants:
	case ENTRY_TYPE_past_texts:
	case ENTRY_TYPE_past_ids:
	case ENTRY_TYPE_secret:
		break;
	}
	/* Secrets and rights have verbs of their own. */
	return fail(q->failure, ERR_SYNTAX, "--%s cannot be set here", arg->row.name);
}

enum err admin_args_apply_as(
	struct admin *q, const char *name, enum admin_mode mode, struct entry *e)
{
	const struct admin_arg *row = admin_arg_find(str_from_c(name));
	struct admin_arg arg;

	must(row != NULL);
	arg = *row;
	arg.mode = mode;
	return apply_one(q, &arg, json_object_get(q->args, name), e);
}

enum err admin_args_apply(struct admin *q, struct entry *e)
{
	const char *key;
	json_t *v;

	json_object_foreach(q->args, key, v)
	{
		const struct admin_arg *arg = admin_arg_find(str_from_c(key));

		if (arg->property[0] == '\0')
			continue;
		if (apply_one(q, arg, v, e) != ERR_OK)
			return q->failure->code;
	}
	return ERR_OK;
}

enum err admin_args_words(struct admin *q, const char *name, struct entry_texts *ret)
{
	*ret = (struct entry_texts){ NULL, 0 };
	return admin_args_have(q, name) && !words_of(q, json_object_get(q->args, name), ret) ? ERR_SYNTAX : ERR_OK;
}
