#include "wire/smtp.h"

#define CMD(verb, flags, handler, rfc) { #verb, (flags), #handler, (rfc) },
static const struct smtp_row rows[SMTP_VERB_COUNT] = {
#include "wire/smtp.tbl"
};
#undef CMD

#define ENVID_OCTETS_MAX ((size_t)100) /* RFC 3461 4.4 */
#define ORCPT_OCTETS_MAX ((size_t)500) /* RFC 3461 4.2 */

const struct smtp_row *smtp_row(enum smtp_verb verb)
{
	must((unsigned)verb < SMTP_VERB_COUNT);
	return &rows[verb];
}

/* Cut the word up to the first blank; *rest is what follows, blanks in front taken off. */
static struct str cut_word(struct str *rest)
{
	size_t n = 0;
	struct str word;

	while (n < rest->len && !ascii_is_wsp(rest->at[n]))
		n++;
	word = str_sub(*rest, 0, n);
	while (n < rest->len && ascii_is_wsp(rest->at[n]))
		n++;
	*rest = str_skip(*rest, n);
	return word;
}

enum err smtp_find(struct str line, enum smtp_verb *ret)
{
	struct str word = cut_word(&line);

	for (int i = 0; i < SMTP_VERB_COUNT; i++) {
		if (str_ieq(word, str_from_c(rows[i].verb))) {
			*ret = (enum smtp_verb)i;
			return ERR_OK;
		}
	}
	return ERR_COMMAND;
}

static int hex_digit(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One character of xtext off the front; -1: malformed. */
static int xtext_next(struct str *rest)
{
	char c = rest->at[0];
	int high, low;

	if (c != '+') {
		*rest = str_skip(*rest, 1);
		return c >= '!' && c <= '~' && c != '=' ? c : -1;
	}
	if (rest->len < 3)
		return -1;
	high = hex_digit(rest->at[1]);
	low = hex_digit(rest->at[2]);
	*rest = str_skip(*rest, 3);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

enum err smtp_xtext_get(struct arena *a, struct str text, struct str *ret)
{
	char *out = arena_try(a, text.len + 1);
	size_t n = 0;

	if (out == NULL)
		return ERR_SYNTAX;
	while (text.len > 0) {
		int c = xtext_next(&text);

		if (c < 0)
			return ERR_SYNTAX;
		out[n++] = (char)c;
	}
	if (!smtp_path_is_clean(str_make(out, n)))
		return ERR_SYNTAX;
	*ret = str_make(out, n);
	return ERR_OK;
}

void smtp_xtext_put(struct buf *to, struct str text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c >= '!' && c <= '~' && c != '+' && c != '=') {
			buf_put_octet(to, (char)c);
			continue;
		}
		buf_put_octet(to, '+');
		buf_put_octet(to, hex[c >> 4]);
		buf_put_octet(to, hex[c & 15]);
	}
}

/* ---- parameters of MAIL and RCPT ---- */

/* One keyword[=value]; the reader gets the value and whether there was one. */
struct param {
	struct arena *arena;
	struct str value;
	bool has_value;
};

struct param_row {
	struct str keyword;
	enum err (*read)(struct param *p, struct smtp_command *c);
};

static enum err read_size(struct param *p, struct smtp_command *c)
{
	/* RFC 1870 3: up to twenty digits. What is beyond 64 bits is too large for anybody. */
	if (c->mail.has_size || p->value.len == 0 || p->value.len > 20)
		return ERR_SYNTAX;
	for (size_t i = 0; i < p->value.len; i++) {
		if (!ascii_is_digit(p->value.at[i]))
			return ERR_SYNTAX;
	}
	if (!str_u64(p->value, UINT64_MAX, &c->mail.size_octets))
		c->mail.size_octets = UINT64_MAX;
	c->mail.has_size = true;
	return ERR_OK;
}

static enum err read_body(struct param *p, struct smtp_command *c)
{
	if (str_ieq(p->value, S("7BIT")))
		c->mail.body = SMTP_BODY_7BIT;
	else if (str_ieq(p->value, S("8BITMIME")))
		c->mail.body = SMTP_BODY_8BITMIME;
	else if (str_ieq(p->value, S("BINARYMIME")))
		c->mail.body = SMTP_BODY_BINARYMIME;
	else
		return p->value.len > 0 ? ERR_UNSUPPORTED : ERR_SYNTAX;
	return ERR_OK;
}

static enum err read_smtputf8(struct param *p, struct smtp_command *c)
{
	if (p->has_value)
		return ERR_SYNTAX;
	c->mail.smtputf8 = true;
	return ERR_OK;
}

static enum err read_auth(struct param *p, struct smtp_command *c)
{
	if (c->mail.has_auth || p->value.len == 0)
		return ERR_SYNTAX;
	c->mail.has_auth = true;
	if (str_eq(p->value, S("<>")))
		return ERR_OK;
	return smtp_xtext_get(p->arena, p->value, &c->mail.auth);
}

static enum err read_ret(struct param *p, struct smtp_command *c)
{
	if (c->mail.ret != SMTP_RET_NONE || p->value.len == 0)
		return ERR_SYNTAX;
	if (str_ieq(p->value, S("FULL")))
		c->mail.ret = SMTP_RET_FULL;
	else if (str_ieq(p->value, S("HDRS")))
		c->mail.ret = SMTP_RET_HDRS;
	else
		return ERR_UNSUPPORTED;
	return ERR_OK;
}

static enum err read_envid(struct param *p, struct smtp_command *c)
{
	if (c->mail.has_envid || p->value.len == 0 || p->value.len > ENVID_OCTETS_MAX)
		return ERR_SYNTAX;
	c->mail.has_envid = true;
	return smtp_xtext_get(p->arena, p->value, &c->mail.envid);
}

static enum err notify_word(struct str word, unsigned *notify)
{
	static const struct {
		struct str word;
		unsigned bit;
	} words[] = {
		{ S_INIT("NEVER"), SMTP_NOTIFY_NEVER },
		{ S_INIT("SUCCESS"), SMTP_NOTIFY_SUCCESS },
		{ S_INIT("FAILURE"), SMTP_NOTIFY_FAILURE },
		{ S_INIT("DELAY"), SMTP_NOTIFY_DELAY },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_ieq(word, words[i].word)) {
			*notify |= words[i].bit;
			return ERR_OK;
		}
	}
	return ERR_SYNTAX;
}

static enum err read_notify(struct param *p, struct smtp_command *c)
{
	struct str rest = p->value, word;
	unsigned notify = 0;

	if (c->rcpt.notify != 0)
		return ERR_SYNTAX;
	while (str_cut(&rest, ',', &word)) {
		if (notify_word(word, &notify) != ERR_OK)
			return ERR_SYNTAX;
	}
	if (notify_word(rest, &notify) != ERR_OK)
		return ERR_SYNTAX;
	/* RFC 3461 4.1: NEVER stands alone. */
	if ((notify & SMTP_NOTIFY_NEVER) != 0 && notify != SMTP_NOTIFY_NEVER)
		return ERR_SYNTAX;
	c->rcpt.notify = notify;
	return ERR_OK;
}

static enum err read_orcpt(struct param *p, struct smtp_command *c)
{
	struct str rest = p->value, type;

	if (c->rcpt.orcpt_type.len > 0 || rest.len > ORCPT_OCTETS_MAX ||
		!str_cut(&rest, ';', &type) || type.len == 0 || rest.len == 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < type.len; i++) {
		if (!ascii_is_alpha(type.at[i]) && !ascii_is_digit(type.at[i]) && type.at[i] != '-')
			return ERR_SYNTAX;
	}
	c->rcpt.orcpt_type = type;
	/* RFC 6533 3: utf-8 addresses may come as they are in an SMTPUTF8 transaction. */
	if (!str_is_ascii(rest)) {
		c->rcpt.orcpt = rest;
		return str_ieq(type, S("utf-8")) ? ERR_OK : ERR_SYNTAX;
	}
	return smtp_xtext_get(p->arena, rest, &c->rcpt.orcpt);
}

static const struct param_row mail_params[] = {
	{ S_INIT("SIZE"), read_size },
	{ S_INIT("BODY"), read_body },
	{ S_INIT("SMTPUTF8"), read_smtputf8 },
	{ S_INIT("AUTH"), read_auth },
	{ S_INIT("RET"), read_ret },
	{ S_INIT("ENVID"), read_envid },
	{ STR_NONE, NULL },
};

static const struct param_row rcpt_params[] = {
	{ S_INIT("NOTIFY"), read_notify },
	{ S_INIT("ORCPT"), read_orcpt },
	{ STR_NONE, NULL },
};

static enum err read_param(
	struct param *p, struct str word, const struct param_row *row, struct smtp_command *c)
{
	struct str keyword = word;

	p->value = STR_NONE;
	p->has_value = str_has_octet(word, '=');
	if (p->has_value) {
		str_cut(&word, '=', &keyword);
		p->value = word;
	}
	for (; row->read != NULL; row++) {
		if (str_ieq(keyword, row->keyword))
			return row->read(p, c);
	}
	return ERR_PARAMETER;
}

static enum err read_params(
	struct arena *a, struct str rest, const struct param_row *row, struct smtp_command *c)
{
	struct param p = { .arena = a };

	while (rest.len > 0) {
		enum err e = read_param(&p, cut_word(&rest), row, c);

		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

/* ---- arguments ---- */

/* "FROM:" or "TO:", then the path. A blank behind the colon is wrong and common; it harms nobody.
 */
static enum err read_path(struct arena *a, struct str *rest, struct str word, struct smtp_path *ret)
{
	enum err e;

	if (!str_istarts(*rest, word))
		return ERR_SYNTAX;
	*rest = str_skip(*rest, word.len);
	while (rest->len > 0 && ascii_is_wsp(rest->at[0]))
		*rest = str_skip(*rest, 1);
	e = smtp_path_get(a, rest, str_eq(word, S("TO:")), ret);
	if (e != ERR_OK)
		return e;
	if (rest->len > 0 && !ascii_is_wsp(rest->at[0]))
		return ERR_ADDRESS;
	*rest = str_trim(*rest);
	return ERR_OK;
}

static enum err parse_hello(struct str rest, struct smtp_command *c)
{
	struct str name = cut_word(&rest), address;

	if (name.len == 0 || name.len > SMTP_DOMAIN_OCTETS_MAX || rest.len > 0)
		return ERR_SYNTAX;
	c->hello.name = name;
	if (name.at[0] == '[' && name.len > 2 && name.at[name.len - 1] == ']')
		c->hello.valid = smtp_path_literal(str_sub(name, 1, name.len - 2), &address) !=
				 SMTP_DOMAIN_NONE;
	else
		c->hello.valid = smtp_path_is_domain(name, true);
	return ERR_OK;
}

static enum err parse_mail(struct arena *a, struct str rest, struct smtp_command *c)
{
	enum err e = read_path(a, &rest, S("FROM:"), &c->mail.from);

	if (e == ERR_OK)
		e = read_params(a, rest, mail_params, c);
	if (e == ERR_OK && c->mail.from.utf8 && !c->mail.smtputf8)
		e = ERR_NEEDUTF8;
	return e;
}

static enum err parse_rcpt(struct arena *a, struct str rest, struct smtp_command *c)
{
	enum err e = read_path(a, &rest, S("TO:"), &c->rcpt.to);

	return e == ERR_OK ? read_params(a, rest, rcpt_params, c) : e;
}

static enum err parse_bdat(struct str rest, struct smtp_command *c)
{
	struct str size = cut_word(&rest);

	if (!str_u64(size, INT64_MAX, &c->bdat.octets))
		return ERR_SYNTAX;
	c->bdat.last = str_ieq(rest, S("LAST"));
	return rest.len == 0 || c->bdat.last ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_auth(struct str rest, struct smtp_command *c)
{
	struct str mechanism = cut_word(&rest);

	if (mechanism.len < 1 || mechanism.len > 20)
		return ERR_SYNTAX;
	for (size_t i = 0; i < mechanism.len; i++) {
		char m = mechanism.at[i];

		if (!ascii_is_alpha(m) && !ascii_is_digit(m) && m != '-' && m != '_')
			return ERR_SYNTAX;
	}
	c->auth.mechanism = mechanism;
	c->auth.has_initial = rest.len > 0;
	c->auth.initial = str_eq(rest, S("=")) ? S("") : rest;
	return str_find(rest, ' ') == STR_NPOS ? ERR_OK : ERR_SYNTAX;
}

static enum err parse_text(struct str rest, struct smtp_command *c)
{
	bool needed = c->verb == SMTP_VRFY || c->verb == SMTP_EXPN;

	c->text = rest;
	return needed && rest.len == 0 ? ERR_SYNTAX : ERR_OK;
}

static enum err parse_arg(struct arena *a, struct str rest, struct smtp_command *c)
{
	if ((rows[c->verb].flags & SMTP_NO_ARG) != 0)
		return rest.len == 0 ? ERR_OK : ERR_SYNTAX;
	if (c->verb == SMTP_MAIL)
		return parse_mail(a, rest, c);
	if (c->verb == SMTP_RCPT)
		return parse_rcpt(a, rest, c);
	if (c->verb == SMTP_HELO || c->verb == SMTP_EHLO || c->verb == SMTP_LHLO)
		return parse_hello(rest, c);
	if (c->verb == SMTP_BDAT)
		return parse_bdat(rest, c);
	if (c->verb == SMTP_AUTH)
		return parse_auth(rest, c);
	return parse_text(rest, c);
}

enum err smtp_parse(struct arena *a, struct str line, struct smtp_command *ret)
{
	struct smtp_command c;
	enum err e;

	memset(&c, 0, sizeof(c));
	e = smtp_find(line, &c.verb);
	if (e != ERR_OK)
		return e;
	line = str_trim(line);
	/* Here for all of them: no argument holds a control character or broken UTF-8. */
	if (!smtp_path_is_clean(line))
		return ERR_SYNTAX;
	cut_word(&line);
	e = parse_arg(a, line, &c);
	if (e == ERR_OK)
		*ret = c;
	return e;
}
