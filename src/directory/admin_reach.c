#include "config/config.h"
#include "config/offer.h"
#include "directory/admin_args.h"
#include "directory/admin_show.h"
#include "directory/admin_virtual.h"
#include "directory/anonymous.h"
#include "directory/doctor.h"
#include "directory/group.h"
#include "directory/reach.h"
#include "directory/recipient.h"
#include "directory/shell_word.h"

#define ADDRESSES_MAX ((size_t)20000) /* rows of one answer; the rest is counted */

static json_t *rows_of(struct admin *q)
{
	json_t *rows = json_array();

	json_object_set_new(q->reply, "rows", rows);
	return rows;
}

static struct str word(struct admin *q, struct str s)
{
	return shell_word(&q->arena, s);
}

/* ---- bourse doctor anonymous ---- */

/* One thing that a stranger can do, by which it is so, and what ends it. */
struct reachable {
	const char *protocol;
	struct str what, action, why, close;
};

static void put(json_t *rows, const struct reachable *r)
{
	json_t *row = json_object();

	json_object_set_new(row, "protocol", json_string(r->protocol));
	json_object_set_new(row, "what", admin_show_string(r->what));
	json_object_set_new(row, "action", admin_show_string(r->action));
	json_object_set_new(row, "why", admin_show_string(r->why));
	json_object_set_new(row, "close", admin_show_string(r->close));
	json_array_append_new(rows, row);
}

/* Whether a logon without an account ends in *ret, which has no id when not; the folders are the store's to tell. */
static void put_protocol(struct admin *q, const struct config *c, enum service_protocol protocol, json_t *rows, struct entry *ret)
{
	struct str option = str_from_c(anonymous_option(protocol));
	struct anonymous_way way = anonymous_any(c, protocol);
	struct failure f = { 0 };
	enum err e = anonymous_mailbox(q->directory, &way, &q->arena, ret, &f);
	struct reachable r = { .protocol = protocol_name(protocol), .action = S("nothing"), .why = arena_str(&q->arena, str_from_c(f.reason)) };

	if (e == ERR_OK) {
		r.what = ret->kind == ENTRY_PUBLIC ? S("the public store")
						   : arena_printf(&q->arena, "mailbox \"%.*s\"", STR_FMT(ret->mailbox.alias));
		r.action = protocol == PROTOCOL_NNTP ? S("read news") : S("log on");
		r.why = arena_printf(&q->arena, "%.*s is on, and %s", STR_FMT(option),
			ret->kind == ENTRY_PUBLIC ? "there is a public store" : "anonymous.mailbox names it");
	}
	if (e != ERR_OK)
		*ret = (struct entry){ 0 };
	if (e != ERR_MECHANISMOFF)
		r.close = arena_printf(&q->arena, "%.*s = off; in bourse.conf, then: bourse reload", STR_FMT(option));
	put(rows, &r);
}

static json_t *texts_of(const struct entry_texts *texts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < texts->count; i++)
		json_array_append_new(array, admin_show_string(texts->at[i]));
	return array;
}

/* Whether a stranger may send there says the folder's list, which the store has: the asker puts both together. */
static void put_folder_addresses(struct admin *q)
{
	json_t *posts = json_object();
	struct entry e;

	if (directory_public(q->directory, &q->arena, &e) == ERR_OK && e.public.addresses.count > 0) {
		json_object_set_new(posts, "mailbox", json_integer((json_int_t)e.id));
		json_object_set_new(posts, "alias", admin_show_string(e.public.alias));
		json_object_set_new(posts, "addresses", texts_of(&e.public.addresses));
		json_object_set_new(posts, "folders", texts_of(&e.public.folders));
	}
	json_object_set_new(q->reply, "posts", posts);
}

static void put_addresses(struct admin *q, const struct entry *e, json_t *rows)
{
	bool list = e->kind == ENTRY_LIST;
	struct str alias = list ? e->list.alias : e->mailbox.alias;
	const struct entry_texts *addresses = list ? &e->list.addresses : &e->mailbox.addresses;

	for (size_t i = 0; i < addresses->count; i++) {
		struct recipient found;
		struct failure f = { 0 };
		struct reachable r = { .protocol = "smtp", .what = addresses->at[i], .action = S("send mail to it"),
			.why = arena_printf(&q->arena, "it is an address of the %s \"%.*s\"", list ? "list" : "mailbox", STR_FMT(alias)),
			.close = arena_printf(&q->arena, "bourse %s set %.*s --remove-address %.*s", list ? "list" : "mailbox",
				STR_FMT(word(q, alias)), STR_FMT(word(q, addresses->at[i]))) };

		if (recipient_judge(q->directory, addresses->at[i], &q->arena, &found, &f) == ERR_OK)
			put(rows, &r);
	}
}

/* Returns how many were left out. */
static enum err put_recipients(struct admin *q, enum entry_kind kind, json_t *rows, size_t *ret_more)
{
	struct entry_ids ids;
	struct entry e;
	enum err err = directory_ids(q->directory, kind, 0, &q->arena, SIZE_MAX, &ids);

	for (size_t i = 0; err == ERR_OK && i < ids.count; i++) {
		err = directory_get(q->directory, kind, ids.at[i], &q->arena, &e);
		if (err == ERR_OK && json_array_size(rows) >= ADDRESSES_MAX)
			*ret_more += kind == ENTRY_LIST ? e.list.addresses.count : e.mailbox.addresses.count;
		else if (err == ERR_OK)
			put_addresses(q, &e, rows);
	}
	return err;
}

/* RFC 5321 section 4.5.1 and RFC 2142: whether or not somebody has these addresses. */
static enum err put_postmasters(struct admin *q, json_t *rows)
{
	static const char *const names[] = { "postmaster", "abuse" };
	struct entry_ids ids;
	struct entry domain;
	enum err e = directory_ids(q->directory, ENTRY_DOMAIN, 0, &q->arena, SIZE_MAX, &ids);

	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		e = directory_get(q->directory, ENTRY_DOMAIN, ids.at[i], &q->arena, &domain);
		for (size_t m = 0; e == ERR_OK && m < 2 * domain.domain.mail.count; m++) {
			struct str address = arena_printf(&q->arena, "%s@%.*s", names[m % 2], STR_FMT(domain.domain.mail.at[m / 2]));
			struct recipient found;
			struct failure f = { 0 };
			struct entry own;
			struct reachable r = { .protocol = "smtp", .what = address, .action = S("send mail to it"),
				.why = S("every mail domain has to take mail for it (RFC 5321 section 4.5.1, RFC 2142)") };

			if (directory_address(q->directory, address, &q->arena, &own) == ERR_NOTFOUND &&
				recipient_judge(q->directory, address, &q->arena, &found, &f) == ERR_OK)
				put(rows, &r);
		}
	}
	return e;
}

static void put_lmtp(struct admin *q, const struct config *c, json_t *rows)
{
	struct reachable r = { .protocol = "lmtp", .what = S("the same addresses"), .action = S("hand over mail"),
		.close = S("listen.lmtp = off; in bourse.conf, then restart the server") };

	for (size_t i = 0; c->listen_lmtp.count > 0 && i < c->lmtp_networks.count; i++) {
		r.why = arena_printf(&q->arena, "from %.*s, which lmtp.networks has", STR_FMT(c->lmtp_networks.at[i]));
		put(rows, &r);
	}
}

static void put_rest(struct admin *q, const struct config *c, size_t more, json_t *rows)
{
	struct reachable r = { .protocol = "smtp", .what = S("every other address"), .action = S("nothing"),
		.why = S("mail is relayed for nobody") };

	if (more > 0)
		put(rows, &(struct reachable){ .protocol = "smtp", .what = arena_printf(&q->arena, "%zu more addresses", more),
				       .action = S("send mail to them"), .why = S("see: bourse mailbox list, bourse list list") });
	put(rows, &r);
	r = (struct reachable){ .protocol = "submission", .what = S("sending mail"), .action = S("nothing"),
		.why = S("it takes an account; anonymous access never counts there") };
	put(rows, &r);
	put_lmtp(q, c, rows);
}

/* What the store is to be asked about; 0: nothing. */
static void put_stores(struct admin *q, const struct config *c, const struct entry *imap, const struct entry *pop3)
{
	/* Public folders are read so, whatever becomes of the mailbox that is named. */
	bool drops = offer_nameless(c, PROTOCOL_POP3), news = offer_nameless(c, PROTOCOL_NNTP);
	const struct entry *named = imap->kind == ENTRY_MAILBOX ? imap : pop3->kind == ENTRY_MAILBOX ? pop3 : NULL;
	struct entry public = { 0 };

	if ((imap->id != 0 || drops || news) && directory_public(q->directory, &q->arena, &public) != ERR_OK)
		public.id = 0;
	json_object_set_new(q->reply, "mailbox", json_integer((json_int_t)(named != NULL ? named->id : 0)));
	json_object_set_new(q->reply, "alias", admin_show_string(named != NULL ? named->mailbox.alias : S("")));
	json_object_set_new(q->reply, "public", json_integer((json_int_t)public.id));
	json_object_set_new(q->reply, "public_alias", admin_show_string(public.id != 0 ? public.public.alias : S("")));
	json_object_set_new(q->reply, "imap", json_boolean(imap->id != 0));
	json_object_set_new(q->reply, "pop3", json_boolean(pop3->id != 0));
	json_object_set_new(q->reply, "pop3_public", json_boolean(drops));
	json_object_set_new(q->reply, "nntp", json_boolean(news));
}

static void put_virtual(void *arg, const struct admin_virtual_row *row)
{
	put(arg, &(struct reachable){ .protocol = "http", .what = row->what, .action = row->action, .why = row->why, .close = row->close });
}

enum err admin_do_strangers(struct admin *q)
{
	const struct config *c = q->directory->facts != NULL ? *q->directory->facts->config : NULL;
	json_t *rows = rows_of(q);
	struct entry imap = { 0 }, pop3 = { 0 }, news = { 0 }, public;
	size_t more = 0;
	enum err e;

	if (c == NULL)
		return fail(q->failure, ERR_UNSUPPORTED, "only a server at work knows that");
	put_protocol(q, c, PROTOCOL_IMAP, rows, &imap);
	put_protocol(q, c, PROTOCOL_POP3, rows, &pop3);
	put_protocol(q, c, PROTOCOL_NNTP, rows, &news);
	e = put_recipients(q, ENTRY_MAILBOX, rows, &more);
	if (e == ERR_OK)
		e = put_recipients(q, ENTRY_LIST, rows, &more);
	if (e == ERR_OK)
		e = put_postmasters(q, rows);
	if (e == ERR_OK)
		e = admin_virtual_strangers(q, c, put_virtual, rows);
	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	put_rest(q, c, more, rows);
	put_stores(q, c, &imap, &pop3);
	put_folder_addresses(q);
	if (directory_public(q->directory, &q->arena, &public) == ERR_OK)
		json_object_set_new(q->reply, "public_store", json_integer((json_int_t)public.id));
	json_object_set_new(q->reply, "virtual", admin_virtual_all(q, c, 0));
	json_object_set_new(q->reply, "http", json_boolean(c->listen_http.count + c->listen_https.count > 0));
	return ERR_OK;
}

/* ---- bourse rights ---- */

static struct str rights_text(struct admin *q, uint32_t rights)
{
	struct str text;
	struct buf b;

	buf_init(&b, BUF_NO_CEILING);
	right_words_put(&b, rights);
	text = arena_str(&q->arena, buf_str(&b));
	buf_done(&b);
	return text;
}

static struct str by_text(struct admin *q, const struct right_held *held)
{
	if (held->primary)
		return S("primary account");
	if (held->rights == 0)
		return S("");
	if (held->group == 0)
		return S("granted to the account");
	return arena_printf(&q->arena, "granted to the group %.*s", STR_FMT(directory_account_name(q->directory, held->group, &q->arena)));
}

static void put_mailbox(struct admin *q, const struct entry *box, const struct right_held *held, json_t *rows)
{
	json_t *row = json_object();

	json_object_set_new(row, "kind", json_string("mailbox"));
	json_object_set_new(row, "id", json_integer((json_int_t)box->id));
	json_object_set_new(row, "name", admin_show_string(box->mailbox.alias));
	json_object_set_new(row, "rights", admin_show_string(held->primary ? S("all") : rights_text(q, held->rights)));
	json_object_set_new(row, "by", admin_show_string(by_text(q, held)));
	json_object_set_new(row, "access", json_integer(right_access(held->rights)));
	json_object_set_new(row, "disabled", json_boolean(box->mailbox.disabled));
	json_array_append_new(rows, row);
}

static bool is_in(const struct reach *reach, uint64_t id)
{
	for (size_t i = 0; i < reach->count; i++) {
		if (reach->rows[i].mailbox.id == id)
			return true;
	}
	return false;
}

/* Those that the account has no right on, but finds folders in. */
static enum err put_granted(struct admin *q, const struct reach *reach, json_t *rows)
{
	struct entry_texts ids = { .count = 0 };
	struct right_held none = { .rights = 0 };
	struct entry box;
	enum err e = admin_args_words(q, "granted", &ids);

	for (size_t i = 0; e == ERR_OK && i < ids.count; i++) {
		uint64_t id;

		if (!str_u64(ids.at[i], INT64_MAX, &id))
			return fail(q->failure, ERR_SYNTAX, "granted has ids of mailboxes");
		if (!is_in(reach, id) && directory_get(q->directory, ENTRY_MAILBOX, id, &q->arena, &box) == ERR_OK)
			put_mailbox(q, &box, &none, rows);
	}
	return e;
}

static void put_group(struct admin *q, uint64_t id, json_t *rows)
{
	json_t *row = json_object();

	json_object_set_new(row, "kind", json_string("group"));
	json_object_set_new(row, "id", json_integer((json_int_t)id));
	json_object_set_new(row, "name", admin_show_string(directory_account_name(q->directory, id, &q->arena)));
	json_array_append_new(rows, row);
}

/* What its lists give to all who have logged on is reached by every account. */
static void put_public(struct admin *q, json_t *rows)
{
	struct right_held none = { .rights = 0 };
	struct entry e, box = { .kind = ENTRY_MAILBOX };

	if (directory_public(q->directory, &q->arena, &e) != ERR_OK)
		return;
	box.id = e.id;
	box.mailbox = entry_public_box(&e.public);
	box.mailbox.alias = S("Public Folders");
	put_mailbox(q, &box, &none, rows);
}

enum err admin_do_reach(struct admin *q)
{
	json_t *rows = rows_of(q);
	struct entry account;
	struct reach reach;
	enum err e = admin_args_find(q, ENTRY_ACCOUNT, admin_args_str(q, "name"), &account);

	if (e != ERR_OK)
		return e;
	e = reach_find(q->directory, account.id, &q->arena, &reach);
	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	for (size_t i = 0; i < reach.groups.count; i++)
		put_group(q, reach.groups.at[i], rows);
	for (size_t i = 0; i < reach.count; i++)
		put_mailbox(q, &reach.rows[i].mailbox, &reach.rows[i].held, rows);
	json_object_set_new(q->reply, "account", json_integer((json_int_t)account.id));
	json_object_set_new(q->reply, "name", admin_show_string(directory_account_name(q->directory, account.id, &q->arena)));
	json_object_set_new(q->reply, "disabled", json_boolean(account.account.disabled));
	put_public(q, rows);
	json_object_set_new(q->reply, "virtual", admin_virtual_all(q, NULL, account.id));
	return put_granted(q, &reach, rows);
}
