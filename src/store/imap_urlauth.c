#include "store/imap_urlauth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "io/clock.h"
#include "mail/transfer.h"
#include "store/imap_part.h"
#include "store/imap_rights.h"
#include "store/imap_urldata.h"

#define MECHANISM    S("INTERNAL")
#define ALGORITHM    1u           /* in front of a token: HMAC-SHA-256 (RFC 4467 section 2.4.1) */
#define TOKEN_OCTETS ((size_t)33) /* the algorithm, the code */
#define URLS_MAX     IMAP_URLFETCH_MAX

/*
 * URLs that carry the right to read what they name (RFC 4467). Each account has a key for each
 * folder; only the store knows it. The directory says whose messages a URL names, as if that user
 * logged on at this moment, so that a URL gives no more than its maker has.
 */
struct urlauth {
	enum step (*next)(struct imap *i);
	struct str mailbox;          /* RESETKEY; none: all folders */
	const struct str *urls;      /* RESETKEY: mechanisms. GENURLAUTH: pairs of URL and mechanism */
	const struct imap_urlfetch_url *fetch; /* URLFETCH */
	size_t count, at;
	struct arena arena; /* of the URL in hand */
	struct imap_url url;
	enum err result;
	bool good; /* the URL in hand can be read */

	/* What the directory said of it. */
	struct mailbox *owner_mailbox; /* counted; NULL: nobody's */
	struct acl_user owner;
	uint64_t reader;
	bool submits;

	struct folder_info folder;
	char key[FOLDER_URL_KEY_OCTETS];
	struct buf out; /* of GENURLAUTH */
	struct imap_part part;
	struct imap_urldata data;
	bool part_open, data_open;
};

static void forget_url(struct urlauth *c)
{
	if (c->data_open)
		imap_urldata_done(&c->data);
	if (c->part_open)
		imap_part_done(&c->part);
	c->part_open = c->data_open = false;
	mailbox_unref(c->owner_mailbox);
	c->owner_mailbox = NULL;
	OPENSSL_cleanse(c->key, sizeof(c->key));
	arena_clear(&c->arena);
	c->good = false;
}

static void free_urlauth(struct imap *i)
{
	struct urlauth *c = i->state;

	forget_url(c);
	arena_done(&c->arena);
	buf_done(&c->out);
	mem_free(c);
}

static struct urlauth *new_urlauth(struct imap *i, enum step (*next)(struct imap *i))
{
	struct urlauth *c = MEM_NEW(struct urlauth);

	i->state = c;
	c->next = next;
	arena_init(&c->arena, ARENA_COMMAND);
	buf_init(&c->out, BUF_NO_CEILING);
	return c;
}

static enum step run_urlauth(struct imap *i)
{
	struct urlauth *c = i->state;

	return c->next(i);
}

static void on_changed(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct urlauth *c = imap_of(s)->state;

	c->result = e;
	session_answered(s);
}

static enum step change_key(struct imap *i, uint32_t folder, bool keep)
{
	struct url_key_request request = { .folder = folder, .account = i->s->user.account, .keep = keep };
	char key[FOLDER_URL_KEY_OCTETS];

	random_octets(key, sizeof(key));
	request.key = key;
	session_asked(i->s);
	folder_url_key_change(i->s->mailbox, &request, on_changed, i->s);
	OPENSSL_cleanse(key, sizeof(key));
	return STEP_PEER;
}

/* ---- RESETKEY ---- */

static enum step run_reset_done(struct imap *i)
{
	struct urlauth *c = i->state;
	bool one = c->mailbox.len > 0;

	/* What it tells comes with the answer. */
	if (one && i->view != NULL)
		i->url_serial = folder_url_serial(view_mailbox(i->view), view_folder(i->view));
	return imap_engine_over(i, c->result, c->result == ERR_OK && one ? "URLMECH INTERNAL" : NULL,
		c->result == ERR_OK && !one ? S("all keys removed") : STR_NONE);
}

static enum step run_reset(struct imap *i)
{
	struct urlauth *c = i->state;
	enum err e = ERR_OK;

	for (size_t n = 0; n < c->count; n++) {
		if (!str_ieq(c->urls[n], MECHANISM))
			return imap_engine_over(i, ERR_UNSUPPORTED, NULL, S("the one mechanism is INTERNAL"));
	}
	if (c->mailbox.len > 0)
		e = imap_engine_folder(i, c->mailbox, ACL_READ, &c->folder);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	c->next = run_reset_done;
	return change_key(i, c->folder.id, false);
}

/* Room for so many texts, in the arena of the arguments. */
static struct str *take_texts(struct imap_args *args, size_t count)
{
	struct str *texts = arena_try(args->arena, count * sizeof(*texts));

	if (texts == NULL)
		imap_args_fail(args, ERR_LIMIT);
	return texts;
}

static void read_reset(struct imap *i, struct imap_args *args)
{
	struct urlauth *c = new_urlauth(i, run_reset);
	struct str *texts = take_texts(args, URLS_MAX);

	c->urls = texts;
	if (imap_arg_more(args))
		c->mailbox = imap_arg_mailbox(args);
	while (texts != NULL && imap_arg_more(args) && c->count < URLS_MAX)
		texts[c->count++] = imap_arg_atom(args);
}

/* ---- tokens ---- */

static void make_token(const struct urlauth *c, char ret[TOKEN_OCTETS])
{
	unsigned length = 0;

	ret[0] = (char)ALGORITHM;
	must(HMAC(EVP_sha256(), c->key, sizeof(c->key), (const unsigned char *)c->url.rump.at, c->url.rump.len,
		     (unsigned char *)ret + 1, &length) != NULL &&
		length == TOKEN_OCTETS - 1);
}

static bool is_token_good(const struct urlauth *c)
{
	char wanted[TOKEN_OCTETS], given[TOKEN_OCTETS];
	bool fits = c->url.token.len == 2 * TOKEN_OCTETS;

	make_token(c, wanted);
	for (size_t n = 0; n < TOKEN_OCTETS; n++) {
		int high = fits ? transfer_hex(c->url.token.at[2 * n]) : 0, low = fits ? transfer_hex(c->url.token.at[2 * n + 1]) : 0;

		given[n] = (char)(high << 4 | low);
	}
	return fits && CRYPTO_memcmp(wanted, given, TOKEN_OCTETS) == 0;
}

/* ---- whose it is ---- */

static void take_owner(struct imap *i, const struct session_reply *reply)
{
	struct urlauth *c = i->state;
	struct rd ids = rd_from(reply->groups);
	size_t count = reply->groups.len / sizeof(uint64_t);
	uint64_t *groups = arena_take(&c->arena, count * sizeof(*groups) + 1);

	for (size_t n = 0; n < count; n++)
		groups[n] = rd_u64(&ids);
	c->owner = (struct acl_user){ reply->owner, reply->access, groups, count };
}

static void on_owner(void *arg, enum err e, const struct session_reply *reply)
{
	struct session *s = arg;
	struct imap *i = imap_of(s);
	struct urlauth *c = i->state;

	c->result = e;
	must(e != ERR_OK || (reply != NULL && reply->mailbox != NULL));
	c->owner_mailbox = e == ERR_OK ? mailbox_ref(reply->mailbox) : NULL;
	c->owner = (struct acl_user){ .access = ACCESS_NONE };
	if (reply != NULL)
		take_owner(i, reply);
	c->reader = reply != NULL ? reply->account : 0;
	c->submits = reply != NULL && reply->submits;
	session_answered(s);
}

static enum step ask_owner(struct imap *i, enum step (*next)(struct imap *i))
{
	struct urlauth *c = i->state;
	struct session_question q = { .kind = SESSION_ASK_URL, .name = c->url.user, .reader = c->url.access_user };

	c->next = next;
	session_asked(i->s);
	session_ask(i->s, &q, on_owner);
	return STEP_PEER;
}

/* A folder that the owner may read: what a URL gives is never more. */
static enum err find_folder(struct urlauth *c)
{
	enum err e = folder_find(c->owner_mailbox, c->url.mailbox, &c->folder);

	if (e == ERR_OK && (c->folder.noselect || c->folder.nonexistent ||
		(c->url.uidvalidity != 0 && c->url.uidvalidity != c->folder.uidvalidity)))
		e = ERR_NOFOLDER;
	if (e == ERR_OK && (folder_rights(c->owner_mailbox, c->folder.id, &c->owner) & ACL_READ) == 0)
		e = ERR_NOFOLDER;
	return e;
}

/* ---- GENURLAUTH ---- */

static enum step run_generate(struct imap *i);

/* BASE.6.3.GENURLAUTH: what is wrong with a URL makes the command BAD. */
static enum step bad_url(struct imap *i, const char *why)
{
	return imap_engine_over(i, ERR_SYNTAX, NULL, str_from_c(why));
}

static enum step run_sign(struct imap *i)
{
	struct urlauth *c = i->state;
	char token[TOKEN_OCTETS];
	struct buf url;
	enum err e = c->result;

	if (e == ERR_OK)
		e = folder_url_key(i->s->mailbox, c->folder.id, i->s->user.account, c->key);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	make_token(c, token);
	buf_init(&url, IMAP_URL_OCTETS_MAX + 4 * TOKEN_OCTETS);
	buf_put(&url, c->url.rump);
	buf_put_c(&url, ":INTERNAL:");
	for (size_t n = 0; n < TOKEN_OCTETS; n++)
		buf_printf(&url, "%02x", (unsigned char)token[n]);
	buf_put_octet(&c->out, ' ');
	imap_put_string(&c->out, buf_str(&url), false);
	buf_done(&url);
	c->at += 2;
	c->next = run_generate;
	return STEP_AGAIN;
}

static enum step run_generate_owner(struct imap *i)
{
	struct urlauth *c = i->state;
	char known[FOLDER_URL_KEY_OCTETS];
	enum err e;

	if (c->result == ERR_UNAVAILABLE)
		return imap_engine_over(i, ERR_UNAVAILABLE, NULL, STR_NONE);
	if (c->owner_mailbox != i->s->mailbox || c->owner.account != i->s->user.account)
		return bad_url(i, "the user in the URL is not the one who is logged on");
	if (find_folder(c) != ERR_OK)
		return bad_url(i, "no such folder");
	e = folder_url_key(i->s->mailbox, c->folder.id, c->owner.account, known);
	OPENSSL_cleanse(known, sizeof(known));
	c->next = run_sign;
	c->result = e;
	return e == ERR_NOTFOUND ? change_key(i, c->folder.id, true) : STEP_AGAIN;
}

static enum step run_generate(struct imap *i)
{
	struct urlauth *c = i->state;

	forget_url(c);
	if (c->at == c->count) {
		buf_put_c(imap_out(i), "* GENURLAUTH");
		buf_put(imap_out(i), buf_str(&c->out));
		buf_put_c(imap_out(i), "\r\n");
		/* Its making is no news to who has asked for it. */
		if (i->view != NULL)
			i->url_serial = folder_url_serial(view_mailbox(i->view), view_folder(i->view));
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	if (!str_ieq(c->urls[c->at + 1], MECHANISM))
		return imap_engine_over(i, ERR_UNSUPPORTED, NULL, S("the one mechanism is INTERNAL"));
	if (imap_url_get(&c->arena, c->urls[c->at], &c->url) != ERR_OK || c->url.mailbox.len == 0)
		return bad_url(i, "no URL of a message or a part of one");
	if (!c->url.absolute || c->url.user.len == 0)
		return bad_url(i, "missing owner username in supplied URL");
	if (c->url.access == IMAP_URL_OPEN)
		return bad_url(i, "missing access identifier in supplied URL");
	if (c->url.token.len > 0)
		return bad_url(i, "the URL has a token already");
	return ask_owner(i, run_generate_owner);
}

static void read_generate(struct imap *i, struct imap_args *args)
{
	struct urlauth *c = new_urlauth(i, run_generate);
	struct str *texts = take_texts(args, 2 * URLS_MAX);

	c->urls = texts;
	do {
		if (texts == NULL || c->count == 2 * URLS_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		texts[c->count++] = imap_arg_astring(args);
		texts[c->count++] = imap_arg_atom(args);
	} while (imap_arg_more(args));
}

/* ---- URLFETCH ---- */

static enum step run_fetch(struct imap *i);

/* RFC 4467 section 3: who may use it, and until when. */
static bool may_use(const struct imap *i)
{
	const struct urlauth *c = i->state;

	if (c->url.has_expire && (int64_t)(clock_real_ms() / 1000) > c->url.expire)
		return false;
	switch (c->url.access) {
	case IMAP_URL_SUBMIT:
		return c->submits && i->s->user.access != ACCESS_ANYONE;
	case IMAP_URL_USER:
		return c->reader != 0 && c->reader == i->s->user.account;
	case IMAP_URL_AUTHUSER:
		return i->s->user.access != ACCESS_ANYONE;
	case IMAP_URL_ANONYMOUS:
		return true;
	case IMAP_URL_OPEN:
		break;
	}
	return false;
}

static void put_text(struct imap *i, struct str text)
{
	buf_put(imap_out(i), text);
	i->mid_line = true;
}

/* The rest of what is said of the one in hand. */
static enum step next_url(struct imap *i, struct str text)
{
	struct urlauth *c = i->state;

	put_text(i, text);
	c->at++;
	c->next = run_fetch;
	return STEP_AGAIN;
}

static enum step run_octets(struct imap *i)
{
	struct urlauth *c = i->state;
	enum err e = ERR_OK;

	if (c->part.done < c->part.source.octets) {
		e = imap_part_read(&c->part, imap_out(i));
		/* Octets of the literal are missing: nothing sensible can follow. */
		return e == ERR_OK ? STEP_AGAIN : STEP_DONE;
	}
	return next_url(i, S(""));
}

/* Of a message that is there a part that is not is empty; it has no structure. */
static struct str nothing_of(unsigned items)
{
	if (items & IMAP_URLFETCH_BODY)
		return S(" (BODY \"\")");
	if (items & IMAP_URLFETCH_BINARY)
		return S(" (BINARY \"\")");
	return items == 0 ? S(" \"\"") : S(" NIL");
}

/* RFC 5524. */
static enum step run_data(struct imap *i)
{
	struct urlauth *c = i->state;
	enum err e = imap_urldata_step(&c->data, imap_out(i));

	if (e == ERR_NEEDMORE)
		return STEP_AGAIN;
	if (e != ERR_OK && c->data.begun)
		return STEP_DONE;
	return next_url(i, e == ERR_OK ? S("") : S(" NIL"));
}

static enum step begin_data(struct imap *i)
{
	struct urlauth *c = i->state;
	enum err e = imap_urldata_open(&c->data, &c->part, &c->url.section, c->fetch[c->at].items);

	c->data_open = e == ERR_OK;
	if (e != ERR_OK)
		return next_url(i, S(" NIL"));
	c->data.how = IMAP_RECORD_EXTENDED | (imap_utf8(i) ? IMAP_RECORD_UTF8 : 0) | (imap_is_rev2(i) ? IMAP_RECORD_DECODED : 0);
	c->next = run_data;
	return STEP_AGAIN;
}

/* Whatever is wrong, the answer is the same, and so is what is done for it (RFC 4467 section 6). */
static enum step run_fetch_owner(struct imap *i)
{
	struct urlauth *c = i->state;
	bool found, known;
	enum err e;

	found = c->owner_mailbox != NULL && find_folder(c) == ERR_OK;
	known = found && folder_url_key(c->owner_mailbox, c->folder.id, c->owner.account, c->key) == ERR_OK;
	if (!known)
		random_octets(c->key, sizeof(c->key));
	if (!is_token_good(c) || !known || !may_use(i))
		return next_url(i, S(" NIL"));
	e = imap_part_open(c->owner_mailbox, &c->folder, &c->url, &c->part);
	c->part_open = e == ERR_OK;
	if (e == ERR_NOTFOUND)
		return next_url(i, nothing_of(c->fetch[c->at].items));
	if (e != ERR_OK)
		return next_url(i, S(" NIL"));
	if (c->fetch[c->at].items != 0)
		return begin_data(i);
	put_text(i, S(" "));
	imap_put_literal_size(imap_out(i), c->part.source.octets);
	c->next = run_octets;
	return STEP_AGAIN;
}

static enum step run_fetch(struct imap *i)
{
	struct urlauth *c = i->state;
	struct str text;
	enum err e;

	forget_url(c);
	if (c->at == c->count) {
		buf_put_c(imap_out(i), "\r\n");
		i->mid_line = false;
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	}
	text = c->fetch[c->at].url;
	put_text(i, c->at == 0 ? S("* URLFETCH ") : S(" "));
	imap_put_astring(imap_out(i), text, imap_utf8(i));
	e = imap_url_get(&c->arena, text, &c->url);
	if (e == ERR_OK && c->url.absolute && c->url.user.len > 0 && c->url.mailbox.len > 0 && str_ieq(c->url.mechanism, MECHANISM))
		return ask_owner(i, run_fetch_owner);
	return next_url(i, S(" NIL"));
}

static void read_fetch(struct imap *i, struct imap_args *args)
{
	struct urlauth *c = new_urlauth(i, run_fetch);
	struct imap_urlfetch fetch;

	imap_arg_urlfetch(args, &fetch);
	c->fetch = fetch.of;
	c->count = fetch.count;
}

/* ---- news of keys ---- */

void imap_urlauth_begin(struct imap *i)
{
	i->url_serial = folder_url_serial(view_mailbox(i->view), view_folder(i->view));
	if (imap_caps_has(&i->offered, IMAP_CAP_URLAUTH))
		imap_put_ok(imap_out(i), i->language, STR_NONE, "URLMECH INTERNAL", S("URLs can be signed"));
}

bool imap_urlauth_tell(struct imap *i)
{
	uint32_t serial;

	if (i->view == NULL || view_folder_gone(i->view))
		return false;
	serial = folder_url_serial(view_mailbox(i->view), view_folder(i->view));
	if (serial == i->url_serial)
		return false;
	i->url_serial = serial;
	imap_put_ok(imap_out(i), i->language, STR_NONE, "URLMECH INTERNAL", S("the key of this folder's URLs is another"));
	return true;
}

const struct imap_handler imap_resetkey_handler = { read_reset, run_urlauth, free_urlauth };
const struct imap_handler imap_genurlauth_handler = { read_generate, run_urlauth, free_urlauth };
const struct imap_handler imap_urlfetch_handler = { read_fetch, run_urlauth, free_urlauth };
