#include "imap_talk.h"

#include <stdarg.h>
#include <stdio.h>

#include "fiber.h"
#include "mail.h"
#include "world.h"

#define RESPONSE_OCTETS_MAX ((size_t)8 << 20)

/* ---- responses ---- */

static bool number_at(struct str *rest, uint32_t *ret)
{
	size_t n = 0;

	while (n < rest->len && rest->at[n] >= '0' && rest->at[n] <= '9')
		n++;
	if (n == 0 || !str_u32(str_sub(*rest, 0, n), UINT32_MAX, ret))
		return false;
	*rest = str_skip(*rest, n);
	return true;
}

/* A response with its literals in it, without the last CRLF. */
static bool response(struct imap *i, struct buf *to)
{
	struct str line;
	uint32_t n = 0;

	for (;;) {
		size_t brace;
		struct str tail;

		if (!talk_line(&i->talk, &line))
			return false;
		buf_put(to, line);
		brace = str_rfind(line, '{');
		if (brace == STR_NPOS || !str_ends(line, S("}")))
			return true;
		tail = str_skip(line, brace + 1);
		if (!number_at(&tail, &n) || !str_eq(tail, S("}")))
			return true;
		buf_put(to, S("\n"));
		if (!talk_octets(&i->talk, n, to))
			return false;
	}
}

static void exists(struct imap *i, uint32_t n)
{
	if (n < i->count)
		violate("protocol", "%s: EXISTS %u after %u, without EXPUNGE", i->talk.name, n, i->count);
	if (n > VIEW_MAX)
		n = VIEW_MAX;
	for (uint32_t k = i->count + 1; k <= n; k++)
		i->view[k] = (struct seen){ 0 };
	i->count = n;
}

static void expunged(struct imap *i, uint32_t n)
{
	if (n == 0 || n > i->count || i->no_expunges) {
		violate("protocol", "%s: EXPUNGE %u of %u%s", i->talk.name, n, i->count, i->no_expunges ? " is not allowed now" : "");
		return;
	}
	if (i->view[n].uid != 0)
		model_gone(i->folder, i->view[n].uid);
	for (uint32_t k = n; k < i->count; k++)
		i->view[k] = i->view[k + 1];
	i->count--;
}

static unsigned flags_in(struct str text)
{
	unsigned flags = 0;

	for (unsigned k = 0; k < FLAG_COUNT; k++) {
		if (str_find_str(text, str_from_c(model_flag_name((enum flag)k))) != STR_NPOS)
			flags |= 1u << k;
	}
	return flags;
}

static struct str after(struct str text, struct str word)
{
	size_t at = str_find_str(text, word);

	return at == STR_NPOS ? STR_NONE : str_skip(text, at + word.len);
}

static void body_of(struct imap *i, const struct seen *row, struct str head)
{
	struct str rest = after(head, S("BODY[] {"));
	uint32_t n = 0;

	if (rest.at == NULL || !number_at(&rest, &n) || row->uid == 0)
		return;
	rest = str_sub(str_skip(rest, 2), 0, n); /* brace and line end */
	if (rest.len != n || !mail_is(rest, mail_token(rest)))
		violate("P5", "%s: uid %u, message %u, is not as it was sent", i->talk.name, row->uid, mail_token(rest));
	else if (model_token_of(i->folder, row->uid) != 0 && model_token_of(i->folder, row->uid) != mail_token(rest))
		violate("P5", "%s: uid %u is message %u", i->talk.name, row->uid, mail_token(rest));
}

static void fetched(struct imap *i, uint32_t n, struct str text)
{
	struct seen *row = &i->view[n];
	struct str uid = after(text, S("UID ")), flags = after(text, S("FLAGS ("));
	uint32_t number = 0;

	if (n == 0 || n > i->count) {
		violate("protocol", "%s: FETCH %u of %u", i->talk.name, n, i->count);
		return;
	}
	if (uid.at != NULL && number_at(&uid, &number)) {
		if (row->uid != 0 && row->uid != number)
			violate("protocol", "%s: message %u was uid %u and is %u", i->talk.name, n, row->uid, number);
		row->uid = number;
	}
	if (flags.at != NULL) {
		row->flags = flags_in(str_sub(flags, 0, str_find(flags, ')')));
		row->flags_known = true;
	}
	if (mail_token(text) != 0) {
		row->token = mail_token(text);
		if (row->uid != 0)
			model_seen(i->folder, row->uid, row->token);
	}
	body_of(i, row, text);
}

static void ok_code(struct imap *i, struct str text)
{
	struct str value = after(text, S("[UIDVALIDITY "));

	if (value.at != NULL)
		(void)number_at(&value, &i->uidvalidity);
	value = after(text, S("[UIDNEXT "));
	if (value.at != NULL)
		(void)number_at(&value, &i->uidnext);
	buf_put(&i->codes, text);
}

/* An untagged response, without "* ". */
static void untagged(struct imap *i, struct str text)
{
	uint32_t n = 0;

	if (number_at(&text, &n)) {
		if (i->at_rest)
			violate("idle", "%s is told only when it asks: %u%.*s", i->talk.name, n, STR_FMT(str_sub(text, 0, 60)));
		if (str_starts(text, S(" EXISTS")))
			exists(i, n);
		else if (str_starts(text, S(" EXPUNGE")))
			expunged(i, n);
		else if (str_starts(text, S(" FETCH (")))
			fetched(i, n, text);
	} else if (str_starts(text, S("OK "))) {
		ok_code(i, text);
	} else if (str_starts(text, S("BYE"))) {
		i->goodbye = true;
	} else if (str_starts(text, S("LIST "))) {
		size_t last = str_rfind(text, ' ');

		buf_put(&i->names, str_trim(str_skip(text, last)));
		buf_put(&i->names, S("\n"));
	}
}

/* Until the tagged answer, or a continuation when one is asked for. */
static enum imap_answer answer(struct imap *i, bool *ret_go)
{
	char tag[16];
	struct buf line;
	enum imap_answer a = IMAP_LOST;

	snprintf(tag, sizeof(tag), "t%u ", i->tag);
	buf_init(&line, RESPONSE_OCTETS_MAX);
	while (response(i, &line)) {
		struct str text = buf_str(&line);

		if (str_starts(text, S("* "))) {
			untagged(i, str_skip(text, 2));
		} else if (str_starts(text, S("+"))) {
			if (ret_go == NULL)
				violate("protocol", "%s: a continuation that nobody asked for", i->talk.name);
			else
				*ret_go = true;
			a = IMAP_OK;
			break;
		} else if (str_starts(text, str_from_c(tag))) {
			buf_clear(&i->last);
			buf_put(&i->last, text);
			a = str_starts(str_skip(text, str_from_c(tag).len), S("OK")) ? IMAP_OK : IMAP_NO;
			break;
		} else {
			violate("protocol", "%s: an answer without a command: %.*s", i->talk.name, STR_FMT(str_sub(text, 0, 60)));
		}
		buf_clear(&line);
	}
	buf_done(&line);
	i->no_expunges = false;
	return a;
}

/* ---- commands ---- */

enum imap_answer imap_ask(struct imap *i, const char *format, ...)
{
	char text[900];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	i->no_expunges = str_starts(str_from_c(text), S("FETCH")) || str_starts(str_from_c(text), S("STORE")) ||
			 str_starts(str_from_c(text), S("SEARCH"));
	buf_clear(&i->codes);
	talk_printf(&i->talk, "t%u %s\r\n", ++i->tag, text);
	return answer(i, NULL);
}

bool imap_open(struct imap *i, const char *name, unsigned number, unsigned user, struct dice *dice)
{
	struct str line;
	bool open;

	*i = (struct imap){ .user = user };
	buf_init(&i->last, RESPONSE_OCTETS_MAX);
	buf_init(&i->names, RESPONSE_OCTETS_MAX);
	buf_init(&i->codes, RESPONSE_OCTETS_MAX);
	open = talk_open(&i->talk, name, SERVICE_IMAP, number, dice) && talk_line(&i->talk, &line) && str_starts(line, S("* OK"));
	return open && imap_ask(i, "LOGIN u%u secret", user) == IMAP_OK;
}

void imap_close(struct imap *i)
{
	talk_close(&i->talk);
	buf_done(&i->last);
	buf_done(&i->names);
	buf_done(&i->codes);
}

static struct str code_in(struct str text, struct str word)
{
	struct str value = after(text, word);
	size_t end = value.at != NULL ? str_find(value, ']') : STR_NPOS;

	return end != STR_NPOS ? str_trim(str_sub(value, 0, end)) : STR_NONE;
}

struct str imap_code(const struct imap *i, bool untagged_too)
{
	return code_in(buf_str(untagged_too ? &i->codes : &i->last), S("[COPYUID "));
}

enum imap_answer imap_append(struct imap *i, const char *folder, uint32_t token, uint32_t *ret_uid)
{
	struct buf mail;
	struct str code;
	enum imap_answer a;
	bool go = false;

	*ret_uid = 0;
	buf_init(&mail, MAIL_OCTETS_MAX);
	mail_put(&mail, token);
	talk_printf(&i->talk, "t%u APPEND %s {%zu}\r\n", ++i->tag, folder, mail.len);
	a = answer(i, &go);
	if (a == IMAP_OK && go) {
		talk_put(&i->talk, buf_str(&mail));
		talk_put(&i->talk, S("\r\n"));
		a = answer(i, NULL);
	}
	buf_done(&mail);
	code = code_in(buf_str(&i->last), S("[APPENDUID "));
	if (a == IMAP_OK && code.len > 0) {
		code = str_skip(code, str_find(code, ' ') + 1);
		(void)number_at(&code, ret_uid);
	}
	return a;
}

enum imap_answer imap_learn(struct imap *i)
{
	enum imap_answer a;

	if (i->count == 0)
		return IMAP_OK;
	i->no_expunges = true;
	a = imap_ask(i, "FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (X-SIM)])");
	for (uint32_t n = 1; a == IMAP_OK && n < i->count; n++) {
		if (i->view[n].uid != 0 && i->view[n + 1].uid != 0 && i->view[n].uid >= i->view[n + 1].uid)
			violate("P4", "%s: uid %u before uid %u", i->talk.name, i->view[n].uid, i->view[n + 1].uid);
	}
	return a;
}

enum imap_answer imap_select(struct imap *i, struct model_folder *f)
{
	uint32_t before = model_uidnext(f);
	enum imap_answer a;

	i->count = 0;
	i->folder = f;
	i->uidvalidity = i->uidnext = 0;
	a = imap_ask(i, "SELECT %s", model_folder_name(f));
	if (a == IMAP_OK)
		model_opened(f, i->uidvalidity, i->uidnext, before);
	else
		i->folder = NULL;
	return a == IMAP_OK ? imap_learn(i) : a;
}

enum imap_answer imap_read(struct imap *i, uint32_t from, uint32_t to)
{
	return imap_ask(i, "FETCH %u:%u (UID BODY.PEEK[])", from, to);
}

enum imap_answer imap_idle(struct imap *i, bool (*enough)(void), uint64_t us)
{
	uint64_t until = world_now() + us;
	bool go = false;
	struct str line;
	enum imap_answer a;

	talk_printf(&i->talk, "t%u IDLE\r\n", ++i->tag);
	a = answer(i, &go);
	while (a == IMAP_OK && go && world_now() < until && !(enough != NULL && enough())) {
		enum err e = talk_line_within(&i->talk, 100 * MS, &line);

		if (e == ERR_IO)
			return IMAP_LOST;
		if (e == ERR_OK && str_starts(line, S("* ")))
			untagged(i, str_skip(line, 2));
	}
	if (a == IMAP_OK && go) {
		i->at_rest = enough != NULL && enough();
		talk_put(&i->talk, S("DONE\r\n"));
		a = answer(i, NULL);
		i->at_rest = false;
	}
	return a;
}
