#include "directory/recipient.h"

#include "base/map.h"
#include "base/mem.h"
#include "directory/name.h"
#include "directory/smtp_address.h"

/* ---- lists ---- */

/* One breadth-first expansion; its own scratch arena holds what is read. */
struct expansion {
	struct directory *directory;
	struct arena *result; /* the caller's */
	struct arena scratch;
	struct map seen; /* ids met; the value only says so */
	struct entry_ids level, next;
	size_t next_held;
	struct recipient_mailbox *mailboxes;
	size_t count, held;
	bool disabled, moved; /* a member was left out because it is disabled */
	struct failure *failure;
};

static char seen_mark;

static void keep_next(struct expansion *x, uint64_t id)
{
	uint64_t *at = (uint64_t *)(uintptr_t)x->next.at;

	if (x->next.count == x->next_held) {
		size_t held = x->next_held == 0 ? 64 : x->next_held * 2;
		uint64_t *more = arena_take(&x->scratch, held * sizeof(*more));

		if (x->next.count > 0)
			memcpy(more, at, x->next.count * sizeof(*more));
		x->next.at = at = more;
		x->next_held = held;
	}
	at[x->next.count++] = id;
}

static enum err keep_mailbox(struct expansion *x, const struct entry *e)
{
	x->disabled |= e->mailbox.disabled;
	x->moved |= e->mailbox.home.len > 0;
	if (e->mailbox.disabled || e->mailbox.home.len > 0)
		return ERR_OK;
	if (x->count == RECIPIENT_MAILBOXES_MAX)
		return fail(x->failure, ERR_TOOMANYRCPT, "the list reaches more than %zu mailboxes",
			RECIPIENT_MAILBOXES_MAX);
	if (x->count == x->held) {
		x->held = x->held == 0 ? 16 : x->held * 2;
		x->mailboxes = mem_resize(x->mailboxes, x->held * sizeof(*x->mailboxes));
	}
	x->mailboxes[x->count++] = (struct recipient_mailbox){
		.id = e->id,
		.alias = arena_str(&x->scratch, e->mailbox.alias),
		.limits = entry_limits(&e->mailbox, &x->directory->defaults),
	};
	return ERR_OK;
}

static enum err expand_one(struct expansion *x, uint64_t id)
{
	struct entry e;
	enum err err;

	if (map_get(&x->seen, id) != NULL)
		return ERR_OK;
	map_put(&x->seen, id, &seen_mark);
	err = directory_get(x->directory, ENTRY_NONE, id, &x->scratch, &e);
	if (err == ERR_NOTFOUND)
		return ERR_OK;
	if (err != ERR_OK)
		return fail(x->failure, err, NULL);
	if (e.kind == ENTRY_MAILBOX)
		return keep_mailbox(x, &e);
	if (e.kind == ENTRY_CONTACT)
		return fail(x->failure, ERR_RELAY,
			"the list has the outside member \"%.*s\", and this server sends nothing "
			"outside",
			STR_FMT(e.contact.alias));
	for (size_t i = 0; e.kind == ENTRY_LIST && i < e.list.members.count; i++)
		keep_next(x, e.list.members.at[i]);
	return ERR_OK;
}

static enum err expand_levels(struct expansion *x, uint64_t id)
{
	enum err e = expand_one(x, id);

	for (size_t depth = 0; e == ERR_OK && x->next.count > 0; depth++) {
		if (depth == RECIPIENT_DEPTH_MAX)
			return fail(x->failure, ERR_LOOP, "lists within lists are deeper than %zu",
				RECIPIENT_DEPTH_MAX);
		x->level = x->next;
		x->next = (struct entry_ids){ NULL, 0 };
		x->next_held = 0;
		for (size_t i = 0; e == ERR_OK && i < x->level.count; i++)
			e = expand_one(x, x->level.at[i]);
	}
	return e;
}

/* The result moves to the caller's arena, which may be small: then the list is too large for it. */
static enum err hand_over(struct expansion *x, struct recipient *ret)
{
	struct recipient_mailbox *at = arena_try(x->result, x->count * sizeof(*at));

	if (at == NULL)
		return fail(x->failure, ERR_TOOMANYRCPT, NULL);
	memcpy(at, x->mailboxes, x->count * sizeof(*at));
	for (size_t i = 0; i < x->count; i++) {
		char *alias = arena_try(x->result, at[i].alias.len + 1);

		if (alias == NULL)
			return fail(x->failure, ERR_TOOMANYRCPT, NULL);
		memcpy(alias, at[i].alias.at, at[i].alias.len);
		at[i].alias.at = alias;
	}
	ret->mailboxes = at;
	ret->count = x->count;
	return ERR_OK;
}

static enum err expand(
	struct directory *d, uint64_t id, struct arena *a, struct recipient *ret, struct failure *f)
{
	struct expansion x = { .directory = d, .result = a, .failure = f };
	enum err e;

	arena_init(&x.scratch, ARENA_NONE);
	map_init(&x.seen);
	e = expand_levels(&x, id);
	if (e == ERR_OK && x.count == 0)
		e = x.disabled ? fail(f, ERR_BOXOFF, NULL) :
		    x.moved    ? fail(f, ERR_RCPTMOVED, NULL) :
				 fail(f, ERR_RCPTUNKNOWN, "the list has no members");
	if (e == ERR_OK)
		e = hand_over(&x, ret);
	map_done(&x.seen);
	mem_free(x.mailboxes);
	arena_done(&x.scratch);
	return e;
}

/* ---- addresses ---- */

static bool is_role_name(struct str folded)
{
	return str_eq(folded, S("postmaster")) || str_eq(folded, S("abuse"));
}

static enum err first_of(
	struct directory *d, enum entry_kind kind, struct arena *a, struct entry *ret)
{
	struct entry_ids ids;
	enum err e = directory_ids(d, kind, 0, a, 1, &ids);

	if (e != ERR_OK)
		return e;
	return ids.count == 0 ? ERR_NOTFOUND : directory_get(d, kind, ids.at[0], a, ret);
}

static enum err postmaster_of(
	struct directory *d, const struct entry *domain, struct arena *a, struct entry *ret)
{
	enum err e = directory_get(d, ENTRY_MAILBOX, domain->domain.postmaster, a, ret);

	return e == ERR_NOTFOUND ? first_of(d, ENTRY_MAILBOX, a, ret) : e;
}

/* RFC 5321 section 4.5.1: "postmaster" alone. An entry postmaster@ the first mail domain wins here
 * as well. */
static enum err bare_postmaster(struct directory *d, struct arena *a, struct entry *ret)
{
	struct entry domain;
	enum err e = first_of(d, ENTRY_DOMAIN, a, &domain);

	if (e == ERR_OK && domain.domain.mail.count > 0) {
		struct str address =
			arena_printf(a, "postmaster@%.*s", STR_FMT(domain.domain.mail.at[0]));

		e = directory_address(d, address, a, ret);
		return e == ERR_NOTFOUND ? postmaster_of(d, &domain, a, ret) : e;
	}
	return e == ERR_OK ? postmaster_of(d, &domain, a, ret) : e;
}

static enum err find(struct directory *d, struct str address, struct arena *a, struct entry *ret,
	struct failure *f)
{
	struct smtp_address parsed;
	struct entry domain;
	enum err e;

	if (str_ieq(address, S("postmaster"))) {
		e = bare_postmaster(d, a, ret);
		return e == ERR_NOTFOUND ? fail(f, ERR_RCPTUNKNOWN, "there is no mailbox yet") : e;
	}
	if (str_find_str(address, S("@[")) != STR_NPOS && str_ends(address, S("]")))
		return fail(f, ERR_RELAY, "address literals are not mail domains of this server");
	if (smtp_address_parse(a, address, &parsed) != ERR_OK)
		return fail(f, ERR_ADDRESS, NULL);
	e = directory_mail_domain(d, parsed.domain, a, &domain);
	if (e == ERR_NOTFOUND)
		return fail(f, ERR_RELAY,
			"%.*s is not a mail domain of this server, and it does not relay",
			STR_FMT(parsed.domain));
	if (e == ERR_OK)
		e = directory_address(d, address, a, ret);
	if (e == ERR_NOTFOUND && is_role_name(name_fold(a, parsed.local)))
		e = postmaster_of(d, &domain, a, ret);
	return e == ERR_NOTFOUND ? fail(f, ERR_RCPTUNKNOWN, NULL) : e;
}

static enum err judge(struct directory *d, struct str address, struct arena *a, struct entry *ret,
	struct failure *f)
{
	enum err e = find(d, address, a, ret, f);

	if (e == ERR_OK && ret->kind == ENTRY_CONTACT)
		return fail(f, ERR_RELAY,
			"that address stands for somebody outside, and this server sends nothing "
			"outside");
	if (e != ERR_OK && f->code == ERR_OK)
		return fail(f, e, NULL);
	return e;
}

/* Which folder of the public store has the address. */
static enum err find_folder(
	struct directory *d, const struct entry *e, struct str address, struct arena *a, struct recipient *ret)
{
	const struct entry_public *p = &e->public;
	struct entry_mailbox box = entry_public_box(p);
	struct recipient_mailbox *row = arena_try(a, sizeof(*row));
	struct smtp_address wanted, has;
	struct arena scratch;

	if (row == NULL)
		return ERR_TOOMANYRCPT;
	*row = (struct recipient_mailbox){ .id = e->id, .alias = S(""), .limits = entry_limits(&box, &d->defaults) };
	arena_init(&scratch, ARENA_NONE);
	if (smtp_address_parse(&scratch, address, &wanted) != ERR_OK)
		wanted.key = S("");
	for (size_t i = 0; i < p->addresses.count && i < p->folders.count && ret->folder == 0; i++) {
		if (smtp_address_parse(&scratch, p->addresses.at[i], &has) == ERR_OK && str_eq(has.key, wanted.key))
			(void)!str_u32(p->folders.at[i], UINT32_MAX, &ret->folder);
	}
	arena_done(&scratch);
	ret->mailboxes = row;
	ret->count = 1;
	return ret->folder != 0 ? ERR_OK : ERR_RCPTUNKNOWN;
}

enum err recipient_judge(struct directory *d, struct str address, struct arena *a,
	struct recipient *ret, struct failure *f)
{
	struct recipient r = { 0 };
	struct arena scratch;
	struct entry entry;
	enum err e;

	arena_init(&scratch, ARENA_NONE);
	e = judge(d, address, &scratch, &entry, f);
	if (e == ERR_OK) {
		r.kind = entry.kind;
		r.id = entry.id;
	}
	if (e == ERR_OK && r.kind == ENTRY_PUBLIC && (e = find_folder(d, &entry, address, a, &r)) != ERR_OK)
		e = fail(f, e, NULL);
	arena_done(&scratch);
	if (e == ERR_OK && r.kind != ENTRY_PUBLIC)
		e = expand(d, r.id, a, &r, f);
	if (e == ERR_OK)
		*ret = r;
	return e;
}
