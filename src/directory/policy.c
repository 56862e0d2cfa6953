#include "directory/policy.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "directory/name.h"
#include "directory/secret.h"

#define DAY_SECONDS        ((uint64_t)86400)
#define COMPLEX_LENGTH_MIN ((uint64_t)6)
#define CLASSES_MIN        3
#define PART_OCTETS_MIN    ((size_t)3) /* of a name, that may not be in the password */

/* ---- one password ---- */

/* Kinds of characters, as the password filter of Windows NT counted them. */
enum class { LOWER = 1, UPPER = 2, DIGIT = 4, OTHER = 8 };

static enum class class_of(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	if (category == UTF8PROC_CATEGORY_LL)
		return LOWER;
	if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT)
		return UPPER;
	return category == UTF8PROC_CATEGORY_ND ? DIGIT : OTHER;
}

struct seen {
	uint64_t length; /* characters */
	unsigned classes;
	bool ascii; /* printable ASCII and nothing else */
};

static struct seen look(struct str password)
{
	struct seen seen = { .ascii = true };

	while (password.len > 0) {
		uint32_t c = utf8_next(&password);

		seen.length++;
		seen.classes |= class_of(c);
		seen.ascii = seen.ascii && c >= 0x20 && c < 0x7f;
	}
	return seen;
}

static int count_of(unsigned classes)
{
	int count = 0;

	for (; classes != 0; classes &= classes - 1)
		count++;
	return count;
}

static bool has_part(struct arena *a, struct str folded, struct str name)
{
	return name.len >= PART_OCTETS_MIN && str_find_str(folded, name_fold(a, name)) != STR_NPOS;
}

/* The account's name, or a word of the person's. */
static struct str part_of_name(struct arena *a, struct str password, const struct entry_account *account)
{
	struct str folded = name_fold(a, password), rest = account->full_name;
	size_t from = 0;

	if (has_part(a, folded, account->name))
		return account->name;
	for (size_t i = 0; i <= rest.len; i++) {
		struct str word = str_sub(rest, from, i - from);

		if (i < rest.len && strchr(" ,.-_#\t", rest.at[i]) == NULL)
			continue;
		if (has_part(a, folded, word))
			return word;
		from = i + 1;
	}
	return STR_NONE;
}

static enum err judge_complexity(const struct policy_wish *w, struct arena *a, struct str password, struct failure *f)
{
	struct seen seen = look(password);
	struct str part;

	if (!w->domain->password_complexity)
		return ERR_OK;
	if (seen.length < COMPLEX_LENGTH_MIN)
		return fail(f, ERR_POLICY, "password-complexity of the domain %.*s: the password must have at least %llu characters",
			STR_FMT(w->domain->name), (unsigned long long)COMPLEX_LENGTH_MIN);
	if (count_of(seen.classes) < CLASSES_MIN)
		return fail(f, ERR_POLICY,
			"password-complexity of the domain %.*s: the password must have three of small letters, capital letters, digits and "
			"other characters",
			STR_FMT(w->domain->name));
	part = part_of_name(a, password, w->account);
	if (part.len > 0)
		return fail(f, ERR_POLICY, "password-complexity of the domain %.*s: the password must not hold \"%.*s\", which is a part of the name",
			STR_FMT(w->domain->name), STR_FMT(part));
	return ERR_OK;
}

static bool was(struct str encoded, struct str password)
{
	struct secret_job job;
	bool right;

	secret_job_init(&job, encoded, password);
	secret_verify(&job);
	right = job.right;
	secret_job_wipe(&job);
	return right;
}

static enum err judge_history(const struct policy_wish *w, struct failure *f)
{
	struct str old = w->account->old_passwords, one;
	uint64_t most = w->domain->password_history;
	bool known = most > 0 && w->account->secret.len > 0 && was(w->account->secret, w->password);

	for (uint64_t n = 1; n < most && !known && str_cut(&old, '\n', &one); n++)
		known = was(one, w->password);
	if (!known)
		return ERR_OK;
	return fail(f, ERR_POLICY, "password-history of the domain %.*s: the password must not be one of the last %llu",
		STR_FMT(w->domain->name), (unsigned long long)most);
}

static uint64_t changed_at(const struct entry_account *account)
{
	return account->password_changed != 0 ? account->password_changed : account->created;
}

static enum err judge_owner(const struct policy_wish *w, struct failure *f)
{
	uint64_t days = w->domain->password_age_min;

	if (w->by == POLICY_ADMINISTRATOR)
		return ERR_OK;
	if (w->account->cannot_change)
		return fail(f, ERR_POLICY, "the password of this account is changed by the administrator only");
	if (w->account->must_change || w->now_seconds >= changed_at(w->account) + days * DAY_SECONDS)
		return ERR_OK;
	return fail(f, ERR_POLICY, "password-age-min of the domain %.*s: a password stays for at least %llu days", STR_FMT(w->domain->name),
		(unsigned long long)days);
}

static enum err judge(const struct policy_wish *w, struct arena *a, struct failure *f)
{
	const struct entry_domain *d = w->domain;
	struct str password;
	const char *why;
	struct seen seen;

	if (w->password.len == 0 || w->password.len > SECRET_PASSWORD_OCTETS_MAX || name_nfc(a, w->password, &password, &why) != ERR_OK)
		return fail(f, ERR_SYNTAX,
			"that cannot be a password: it must have 1 to 1024 octets of UTF-8 without control characters");
	seen = look(password);
	if (judge_owner(w, f) != ERR_OK)
		return f->code;
	if (seen.length < d->password_length)
		return fail(f, ERR_POLICY, "password-length of the domain %.*s: the password must have at least %llu characters", STR_FMT(d->name),
			(unsigned long long)d->password_length);
	if (str_ieq(d->password_characters, S("ascii")) && !seen.ascii)
		return fail(f, ERR_POLICY,
			"password-characters of the domain %.*s: letters without accents, digits, blanks and signs of ASCII only", STR_FMT(d->name));
	if (judge_complexity(w, a, password, f) != ERR_OK)
		return f->code;
	return judge_history(w, f);
}

enum err policy_judge(const struct policy_wish *w, struct failure *f)
{
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = judge(w, &a, f);
	arena_wipe(&a);
	return e;
}

void policy_set(const struct entry_domain *domain, struct entry_account *account, struct str secret, uint64_t now_seconds, struct arena *a)
{
	struct str rest = account->old_passwords, one;
	struct buf kept;
	uint64_t n = 1;

	buf_init(&kept, BUF_NO_CEILING);
	if (n < domain->password_history && account->secret.len > 0) {
		buf_printf(&kept, "%.*s\n", STR_FMT(account->secret));
		n++;
	}
	for (; n < domain->password_history && str_cut(&rest, '\n', &one); n++)
		buf_printf(&kept, "%.*s\n", STR_FMT(one));
	account->old_passwords = arena_str(a, buf_str(&kept));
	account->secret = secret;
	account->password_changed = now_seconds;
	buf_done(&kept);
}

/* ---- ages ---- */

uint64_t policy_expires(const struct entry_domain *domain, const struct entry_account *account)
{
	if (domain->password_age_max == 0 || account->never_expires || account->secret.len == 0)
		return 0;
	return changed_at(account) + domain->password_age_max * DAY_SECONDS;
}

bool policy_warns(const struct entry_domain *domain, const struct entry_account *account, uint64_t now_seconds, uint64_t *ret_days)
{
	uint64_t expires = policy_expires(domain, account);

	if (expires <= now_seconds || expires - now_seconds > domain->password_warning * DAY_SECONDS)
		return false;
	*ret_days = (expires - now_seconds) / DAY_SECONDS;
	return true;
}

struct lockout_rules policy_lockout(const struct entry_domain *domain)
{
	return (struct lockout_rules){ .threshold = domain->lockout_threshold,
		.window_seconds = domain->lockout_window * 60,
		.duration_seconds = domain->lockout_duration * 60 };
}

/* ---- rules against each other ---- */

static enum err check_most(const char *argument, uint64_t value, uint64_t most, struct failure *f)
{
	if (value <= most)
		return ERR_OK;
	return fail(f, ERR_SYNTAX, "--%s can be %llu at most; 0 means that there is no such rule", argument, (unsigned long long)most);
}

static enum err check_sizes(const struct entry_domain *d, struct failure *f)
{
	const struct {
		const char *argument;
		uint64_t value, most;
	} rows[] = {
		{ "password-length", d->password_length, POLICY_LENGTH_MAX },
		{ "password-age-max", d->password_age_max, POLICY_DAYS_MAX },
		{ "password-age-min", d->password_age_min, POLICY_DAYS_MAX },
		{ "password-history", d->password_history, POLICY_HISTORY_MAX },
		{ "password-warning", d->password_warning, POLICY_DAYS_MAX },
		{ "lockout-threshold", d->lockout_threshold, LOCKOUT_THRESHOLD_MAX },
		{ "lockout-window", d->lockout_window, LOCKOUT_MINUTES_MAX },
		{ "lockout-duration", d->lockout_duration, LOCKOUT_MINUTES_MAX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (check_most(rows[i].argument, rows[i].value, rows[i].most, f) != ERR_OK)
			return f->code;
	}
	return ERR_OK;
}

enum err policy_check_domain(const struct entry_domain *d, struct failure *f)
{
	if (check_sizes(d, f) != ERR_OK)
		return f->code;
	if (!str_ieq(d->password_characters, S("any")) && !str_ieq(d->password_characters, S("ascii")))
		return fail(f, ERR_SYNTAX, "--password-characters is any or ascii");
	if (d->password_age_max > 0 && d->password_age_min >= d->password_age_max)
		return fail(f, ERR_CONFLICT,
			"--password-age-min must be below --password-age-max: a password could not be changed before it is no longer good");
	if (d->lockout_window == 0)
		return fail(f, ERR_SYNTAX, "--lockout-window is at least a minute; to lock nobody out: --lockout-threshold 0");
	if (d->lockout_duration > 0 && d->lockout_window > d->lockout_duration)
		return fail(f, ERR_CONFLICT,
			"--lockout-window must not be above --lockout-duration: failures from before would lock the account again at the next "
			"mistake");
	return ERR_OK;
}

enum err policy_check_account(const struct entry_domain *d, const struct entry_account *m, struct failure *f)
{
	if (m->must_change && m->cannot_change)
		return fail(f, ERR_CONFLICT,
			"\"must change the password\" and \"cannot change the password\" exclude each other: the user could neither log on nor "
			"change it; set --must-change no or --cannot-change no");
	if (m->must_change && m->never_expires)
		return fail(f, ERR_CONFLICT,
			"\"must change the password\" and \"password never expires\" exclude each other; set --must-change no or "
			"--never-expires no");
	/* It would come to the first of these by itself. */
	if (m->cannot_change && !m->never_expires && d->password_age_max > 0)
		return fail(f, ERR_CONFLICT,
			"\"cannot change the password\" needs \"password never expires\": the domain %.*s ends passwords after %llu days, and the "
			"user could then neither log on nor change it; set --never-expires as well",
			STR_FMT(d->name), (unsigned long long)d->password_age_max);
	return ERR_OK;
}
