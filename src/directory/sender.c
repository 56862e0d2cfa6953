#include "directory/sender.h"

#include "directory/reach.h"
#include "directory/smtp_address.h"

enum how { HOW_NOT, HOW_ON_BEHALF, HOW_AS };

static enum how how_of(const struct right_held *held)
{
	if (held->rights & RIGHT_SEND_AS)
		return HOW_AS;
	return held->rights & RIGHT_SEND_ON_BEHALF ? HOW_ON_BEHALF : HOW_NOT;
}

static bool has_address(const struct entry *box, struct str key, struct arena *a)
{
	struct smtp_address own;

	for (size_t n = 0; n < box->mailbox.addresses.count; n++) {
		if (smtp_address_parse(a, box->mailbox.addresses.at[n], &own) == ERR_OK && str_eq(own.key, key))
			return true;
	}
	return false;
}

/* The mailbox with that address among those in reach; NULL: none. An address belongs to one entry. */
static const struct reach_row *holder_of(const struct reach *reach, struct str key, struct arena *a)
{
	for (size_t i = 0; i < reach->count; i++) {
		if (has_address(&reach->rows[i].mailbox, key, a))
			return &reach->rows[i];
	}
	return NULL;
}

/* ---- refusing ---- */

static void put_addresses(const struct reach *reach, enum how how, struct buf *text)
{
	size_t begin = text->len;

	for (size_t i = 0; i < reach->count; i++) {
		struct entry_texts addresses = reach->rows[i].mailbox.mailbox.addresses;

		for (size_t n = 0; how_of(&reach->rows[i].held) == how && n < addresses.count; n++)
			buf_printf(text, "%s%.*s", text->len > begin ? ", " : "", STR_FMT(addresses.at[n]));
	}
}

/* To those who may know of the mailbox the missing right is named. */
static enum err refuse(const struct reach *reach, const struct reach_row *holder, const char *where, struct failure *f)
{
	struct buf as, behalf;

	if (holder != NULL)
		return fail(f, ERR_SENDAS, "%sthis account has not the right send-as or send-on-behalf on the mailbox \"%.*s\"",
			where, STR_FMT(holder->mailbox.mailbox.alias));
	buf_init(&as, 160);
	buf_init(&behalf, 100);
	put_addresses(reach, HOW_AS, &as);
	put_addresses(reach, HOW_ON_BEHALF, &behalf);
	if (as.len == 0 && behalf.len == 0)
		fail(f, ERR_SENDAS, "%sthis account has no address to send as", where);
	else
		fail(f, ERR_SENDAS, "%sthis account may send as %.*s%s%s%.*s%s only", where,
			STR_FMT(as.len > 0 ? buf_str(&as) : S("nobody")), buf_overflowed(&as) ? ", ..." : "",
			behalf.len > 0 ? ", on behalf of " : "", STR_FMT(buf_str(&behalf)),
			buf_overflowed(&behalf) ? ", ..." : "");
	buf_done(&as);
	buf_done(&behalf);
	return ERR_SENDAS;
}

/* ---- the envelope ---- */

static enum err judge(struct directory *d, uint64_t account, struct str address, struct arena *a, struct failure *f)
{
	const struct reach_row *holder;
	struct smtp_address parsed;
	struct reach reach;
	enum err e;

	if (smtp_address_parse(a, address, &parsed) != ERR_OK)
		return fail(f, ERR_ADDRESS, NULL);
	e = reach_find(d, account, a, &reach);
	if (e != ERR_OK)
		return fail(f, e, NULL);
	holder = holder_of(&reach, parsed.key, a);
	if (holder != NULL && how_of(&holder->held) != HOW_NOT)
		return ERR_OK;
	return refuse(&reach, holder, "", f);
}

enum err sender_judge(struct directory *d, uint64_t account, struct str address, struct arena *a,
	struct failure *f)
{
	struct arena scratch;
	enum err e;

	if (address.len == 0)
		return ERR_OK;
	arena_init(&scratch, ARENA_NONE);
	e = judge(d, account, address, &scratch, f);
	arena_done(&scratch);
	return e;
}

/* ---- the header ---- */

struct judging {
	struct directory *directory;
	struct arena *arena;
	struct reach reach;
	struct failure *failure;
	bool on_behalf;
};

/* ERR_NOTFOUND: it is nobody's of ours, and none of our business. */
static enum err look(struct judging *j, struct str address, enum how *ret, const struct reach_row **ret_holder)
{
	struct smtp_address parsed;
	struct entry domain;
	enum err e = directory_mail_domain(
		j->directory, str_skip(address, str_rfind(address, '@') + 1), j->arena, &domain);

	if (e != ERR_OK)
		return e;
	/* What cannot be an address here is nobody's whom the account may send as. */
	*ret_holder = NULL;
	if (smtp_address_parse(j->arena, address, &parsed) == ERR_OK)
		*ret_holder = holder_of(&j->reach, parsed.key, j->arena);
	*ret = *ret_holder != NULL ? how_of(&(*ret_holder)->held) : HOW_NOT;
	return ERR_OK;
}

static enum err judge_author(struct judging *j, struct str address)
{
	const struct reach_row *holder;
	enum how how;
	enum err e = look(j, address, &how, &holder);

	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e != ERR_OK)
		return fail(j->failure, e, NULL);
	j->on_behalf |= how == HOW_ON_BEHALF;
	return how == HOW_NOT ? refuse(&j->reach, holder, "From: ", j->failure) : ERR_OK;
}

static enum err judge_sender(struct judging *j, struct str address)
{
	const struct reach_row *holder;
	enum how how;
	enum err e = look(j, address, &how, &holder);

	if (e != ERR_OK && e != ERR_NOTFOUND)
		return fail(j->failure, e, NULL);
	if (e == ERR_NOTFOUND && !j->on_behalf)
		return ERR_OK;
	if (e == ERR_NOTFOUND || how != HOW_AS)
		return fail(j->failure, ERR_SENDAS, "Sender: has to be an address that this account may send as");
	return ERR_OK;
}

/* Its own, else one that nobody could tell from its own. */
static struct str own_address(const struct reach *reach)
{
	struct str found = STR_NONE;

	for (size_t i = 0; i < reach->count; i++) {
		const struct reach_row *row = &reach->rows[i];
		struct entry_texts addresses = row->mailbox.mailbox.addresses;

		if (how_of(&row->held) != HOW_AS || addresses.count == 0)
			continue;
		if (row->held.primary)
			return addresses.at[0];
		if (found.len == 0)
			found = addresses.at[0];
	}
	return found;
}

static enum err write_sender(struct judging *j, struct str *ret)
{
	struct str own = own_address(&j->reach);

	if (own.len == 0)
		return fail(j->failure, ERR_SENDAS, "this account has no address of its own for Sender:, and may send on behalf of others only");
	*ret = own;
	return ERR_OK;
}

static enum err judge_header(struct judging *j, const struct sender_header *header, struct str *ret)
{
	const struct reach_row *holder;
	enum how how = HOW_NOT;
	enum err e = ERR_OK;

	if (header->envelope.len > 0 && look(j, header->envelope, &how, &holder) == ERR_OK)
		j->on_behalf = how == HOW_ON_BEHALF;
	for (size_t i = 0; e == ERR_OK && i < header->authors_count; i++)
		e = judge_author(j, header->authors[i]);
	if (e == ERR_OK && header->sender.at != NULL)
		return judge_sender(j, header->sender);
	if (e == ERR_OK && j->on_behalf)
		e = write_sender(j, ret);
	return e;
}

enum err sender_header_judge(struct directory *d, uint64_t account, const struct sender_header *header,
	struct arena *a, struct sender_answer *ret)
{
	struct judging j = { .directory = d, .failure = &ret->failure };
	struct str sender = STR_NONE;
	struct arena scratch;
	enum err e;

	*ret = (struct sender_answer){ .sender = STR_NONE };
	arena_init(&scratch, ARENA_NONE);
	j.arena = &scratch;
	e = reach_find(d, account, &scratch, &j.reach);
	e = e == ERR_OK ? judge_header(&j, header, &sender) : fail(&ret->failure, e, NULL);
	ret->sender = arena_str(a, sender);
	arena_done(&scratch);
	return e;
}
