#include "directory/virtual.h"

#include "directory/group.h"
#include "directory/recipient.h"
#include "directory/right.h"
#include "directory/shell_word.h"
#include "directory/standing.h"

static const struct {
	const char *name;
	enum place_way way;
} ways[] = { { "anonymous", PLACE_ANONYMOUS }, { "form", PLACE_FORM }, { "basic", PLACE_BASIC }, { "negotiate", PLACE_NEGOTIATE },
	{ "ntlm", PLACE_NTLM } };

static unsigned way_of(struct str name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (str_ieq(name, str_from_c(ways[i].name)))
			return ways[i].way;
	}
	return 0;
}

unsigned virtual_ways(const struct entry_virtual *v)
{
	unsigned all = 0;

	for (size_t i = 0; i < v->authentication.count; i++)
		all |= way_of(v->authentication.at[i]);
	return all;
}

/* ---- paths ---- */

static const char *part_wrong(struct str part, bool first)
{
	bool digits = true;

	for (size_t i = 0; i < part.len; i++) {
		char c = part.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '-' && c != '_' && c != '.')
			return "it is made of letters, digits, '-', '_', '.' and '/'";
		digits = digits && ascii_is_digit(c);
	}
	if (part.len == 0)
		return "there is nothing between two slashes, or behind the last one";
	if (part.at[0] == '.')
		return "no part of it begins with a dot";
	/* Folders and messages of a directory have such names. */
	return digits && !first ? "only the first part can be a number" : NULL;
}

const char *virtual_path_wrong(struct str path)
{
	struct str rest = str_skip(path, 1), part;
	size_t parts = 0;
	bool more = true;

	if (path.len < 2 || path.at[0] != '/')
		return "it begins with a slash: /contact";
	if (path.len > VIRTUAL_PATH_OCTETS_MAX)
		return "it is too long";
	while (more) {
		const char *wrong;

		more = str_cut(&rest, '/', &part);
		wrong = part_wrong(more ? part : rest, parts == 0);
		if (wrong != NULL)
			return wrong;
		if (++parts > VIRTUAL_PARTS_MAX)
			return "it has too many parts";
	}
	return NULL;
}

struct str virtual_fold(struct arena *a, struct str path)
{
	struct str s = arena_str(a, path);

	for (size_t i = 0; i < s.len; i++)
		((char *)(uintptr_t)s.at)[i] = ascii_lower(s.at[i]);
	return s;
}

enum err virtual_find(struct directory *d, struct str path, struct arena *a, struct entry *ret, struct str *ret_rest)
{
	struct str front = str_sub(path, 0, VIRTUAL_PATH_OCTETS_MAX);

	for (size_t tries = 0; tries < VIRTUAL_PARTS_MAX + 4 && front.len > 1; tries++) {
		bool whole = front.len == path.len || path.at[front.len] == '/';
		enum err e = whole ? directory_virtual(d, front, a, ret) : ERR_NOTFOUND;

		if (e == ERR_OK)
			*ret_rest = str_skip(path, front.len);
		if (e != ERR_NOTFOUND)
			return e;
		front.len = str_rfind(front, '/') == STR_NPOS ? 0 : str_rfind(front, '/');
	}
	return ERR_NOTFOUND;
}

/* ---- whom it acts as ---- */

static enum err find_both(struct directory *d, const struct entry_virtual *v, struct arena *a, struct virtual_identity *ret, struct failure *f)
{
	enum err e = directory_get(d, ENTRY_ACCOUNT, v->account, a, &ret->account);

	if (e == ERR_NOTFOUND)
		return fail(f, e, "the account that it acts as is gone; give it another: bourse virtual-directory set %.*s --acts-as 'DOM\\user'",
			STR_FMT(v->path));
	if (e == ERR_OK)
		e = directory_get(d, ENTRY_MAILBOX, v->mailbox, a, &ret->mailbox);
	if (e == ERR_NOTFOUND)
		return fail(f, e, "the mailbox that it acts as is gone; give it another: bourse virtual-directory set %.*s --mailbox ALIAS",
			STR_FMT(v->path));
	if (e == ERR_OK)
		e = group_closure(d, v->account, a, &ret->groups);
	return e == ERR_OK ? e : fail(f, e, NULL);
}

static enum err check_rights(struct directory *d, const struct entry_virtual *v, struct arena *a, struct virtual_identity *id, struct failure *f)
{
	const struct entry_mailbox *m = &id->mailbox.mailbox;
	struct right_held held = right_of(m, v->account, &id->groups);
	struct str account = directory_account_name(d, v->account, a), box = shell_word(a, m->alias);
	bool sends = v->submit_to.count > 0;

	id->access = right_access(held.rights);
	if (!held.primary && sends && !(held.rights & RIGHT_SEND_AS))
		return fail(f, ERR_PERM,
			"%.*s is not the primary account of the mailbox \"%.*s\" and may not send as it, so a form cannot; first: bourse mailbox set "
			"%.*s --account %.*s, or: bourse mailbox grant %.*s --account %.*s --rights send-as",
			STR_FMT(account), STR_FMT(m->alias), STR_FMT(box), STR_FMT(shell_word(a, account)), STR_FMT(box),
			STR_FMT(shell_word(a, account)));
	if (!held.primary && !sends && held.rights == 0)
		return fail(f, ERR_PERM,
			"%.*s is not the primary account of the mailbox \"%.*s\" and has no right on it; first: bourse mailbox set %.*s --account %.*s",
			STR_FMT(account), STR_FMT(m->alias), STR_FMT(box), STR_FMT(shell_word(a, account)));
	if (sends && m->addresses.count == 0)
		return fail(f, ERR_NOTFOUND, "the mailbox \"%.*s\" has no address to send with; first: bourse mailbox set %.*s --add-address ADDRESS",
			STR_FMT(m->alias), STR_FMT(box));
	return ERR_OK;
}

static bool has_http(const struct entry_account *m)
{
	bool listed = m->protocols.count == 0;

	for (size_t i = 0; i < m->protocols.count; i++)
		listed |= str_ieq(m->protocols.at[i], S("http"));
	return listed;
}

enum err virtual_acts(struct directory *d, const struct virtual_query *q, struct arena *a, struct virtual_identity *ret, struct failure *f)
{
	enum err e = find_both(d, q->v, a, ret, f);
	const struct entry_mailbox *m = &ret->mailbox.mailbox;

	if (e == ERR_OK)
		e = standing_check(d, q->v->account, q->now_seconds, q->now_seconds, f);
	if (e != ERR_OK)
		return e;
	if (!has_http(&ret->account.account))
		return fail(f, ERR_PROTOCOLOFF, "web access is off for the account %.*s", STR_FMT(directory_account_name(d, q->v->account, a)));
	if (m->disabled)
		return fail(f, ERR_BOXOFF, "the mailbox \"%.*s\" is disabled", STR_FMT(m->alias));
	if (m->home.len > 0)
		return fail(f, ERR_MOVED, "the mailbox \"%.*s\" is on %.*s now", STR_FMT(m->alias), STR_FMT(m->home));
	if (!m->http)
		return fail(f, ERR_PROTOCOLOFF, "web access is off for the mailbox \"%.*s\"", STR_FMT(m->alias));
	return check_rights(d, q->v, a, ret, f);
}

/* ---- rules ---- */

static enum err check_numbers(const struct entry_virtual *v, struct failure *f)
{
	const struct {
		const char *name;
		uint64_t value, min, max;
	} rows[] = { { "size", v->size, VIRTUAL_SIZE_MIN, VIRTUAL_SIZE_MAX }, { "rate", v->rate, 1, VIRTUAL_RATE_MAX },
		{ "rate-all", v->rate_all, 1, VIRTUAL_RATE_MAX }, { "proof", v->proof, 0, VIRTUAL_PROOF_MAX },
		{ "fill-time", v->fill_time, 0, VIRTUAL_FILL_MAX } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].value < rows[i].min || rows[i].value > rows[i].max)
			return fail(f, ERR_SYNTAX, "--%s is from %llu to %llu", rows[i].name, (unsigned long long)rows[i].min,
				(unsigned long long)rows[i].max);
	}
	return ERR_OK;
}

static enum err check_ways(const struct entry_virtual *v, struct failure *f)
{
	for (size_t i = 0; i < v->authentication.count; i++) {
		if (way_of(v->authentication.at[i]) == 0)
			return fail(f, ERR_SYNTAX, "\"%.*s\" is no way to come in; there are: anonymous, form, basic, negotiate, ntlm",
				STR_FMT(str_sub(v->authentication.at[i], 0, 60)));
	}
	if (v->authentication.count == 0)
		return fail(f, ERR_SYNTAX, "--authentication says who may come in; to let nobody in: --disabled");
	return ERR_OK;
}

static enum err check_folders(struct directory *d, struct arena *a, const struct entry_virtual *v, struct failure *f)
{
	struct entry public;
	uint32_t number;
	enum err e;

	if (v->publish.count > VIRTUAL_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "a virtual directory can show %zu folders at most", VIRTUAL_ITEMS_MAX);
	if (v->publish.count != v->folders.count)
		return fail(f, ERR_SYNTAX, "each folder of --publish has to be named once, with its number in --folders; bourse does that");
	for (size_t i = 0; i < v->folders.count; i++) {
		if (!str_u32(v->folders.at[i], UINT32_MAX, &number) || number == 0)
			return fail(f, ERR_SYNTAX, "--folders are numbers of folders");
	}
	e = v->publish.count > 0 ? directory_public(d, a, &public) : ERR_OK;
	if (e == ERR_NOTFOUND)
		return fail(f, e, "there is no public store; first: bourse public enable");
	return e == ERR_OK ? e : fail(f, e, NULL);
}

static enum err check_recipients(struct directory *d, struct arena *a, const struct entry_virtual *v, struct failure *f)
{
	if (v->submit_to.count > VIRTUAL_ITEMS_MAX)
		return fail(f, ERR_TOOBIG, "a form can send to %zu addresses at most; make a list of them", VIRTUAL_ITEMS_MAX);
	for (size_t i = 0; i < v->submit_to.count; i++) {
		struct failure why = { 0 };
		struct recipient found;
		enum err e = recipient_judge(d, v->submit_to.at[i], a, &found, &why);

		if (e == ERR_RELAY)
			return fail(f, e, "%.*s is not an address of this server: this version sends nothing outside, so a form can send to mailboxes, "
				"lists and public folders that are here", STR_FMT(str_sub(v->submit_to.at[i], 0, 200)));
		if (e != ERR_OK)
			return fail(f, e, "nothing can be sent to \"%.*s\": %s", STR_FMT(str_sub(v->submit_to.at[i], 0, 200)), why.text);
	}
	return ERR_OK;
}

enum err virtual_check(struct directory *d, struct arena *a, const struct entry *e, struct failure *f)
{
	const struct entry_virtual *v = &e->virtual;
	const char *wrong = virtual_path_wrong(v->path);
	struct virtual_identity id;
	enum err err;

	if (wrong != NULL)
		return fail(f, ERR_SYNTAX, "\"%.*s\" cannot be the path of a virtual directory: %s", STR_FMT(str_sub(v->path, 0, 120)), wrong);
	if (v->title.len > 200)
		return fail(f, ERR_TOOBIG, "the title is too long");
	if (check_numbers(v, f) != ERR_OK || check_ways(v, f) != ERR_OK || check_folders(d, a, v, f) != ERR_OK ||
		check_recipients(d, a, v, f) != ERR_OK)
		return f->code;
	if (v->publish.count == 0 && v->submit_to.count == 0)
		return fail(f, ERR_SYNTAX, "say what it is for: --publish FOLDER or --submit-to ADDRESS");
	/* Somebody's account or mailbox may be removed, which no rule can prevent; then it acts as nobody. */
	if (v->account == 0 || v->mailbox == 0)
		return ERR_OK;
	err = find_both(d, v, a, &id, f);
	return err == ERR_OK ? check_rights(d, v, a, &id, f) : err;
}
