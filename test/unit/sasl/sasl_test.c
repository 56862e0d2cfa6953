#include "sasl/sasl.h"

#include <stdlib.h>

#include "tap.h"

static const struct sasl_peer in_tls = { .tls = true }, in_clear;

struct row {
	const char *what;
	struct str in;
	enum err want;
	struct str authzid, authcid, password;
};

static const struct row plains[] = {
	{ "plain", S_INIT("\0alice\0secret"), ERR_OK, S_INIT(""), S_INIT("alice"),
		S_INIT("secret") },
	{ "with authzid", S_INIT("box\0DOM\\alice\0s"), ERR_OK, S_INIT("box"), S_INIT("DOM\\alice"),
		S_INIT("s") },
	{ "UTF-8", S_INIT("\0j\xc3\xbcrgen\0p\xc3\xa4ss"), ERR_OK, S_INIT(""),
		S_INIT("j\xc3\xbcrgen"), S_INIT("p\xc3\xa4ss") },
	{ "nothing", S_INIT(""), ERR_SYNTAX },
	{ "one NUL", S_INIT("\0"), ERR_SYNTAX },
	{ "two NULs", S_INIT("\0\0"), ERR_SYNTAX },
	{ "no NUL", S_INIT("alice"), ERR_SYNTAX },
	{ "one part", S_INIT("\0alice"), ERR_SYNTAX },
	{ "no user", S_INIT("\0\0secret"), ERR_SYNTAX },
	{ "no password", S_INIT("\0alice\0"), ERR_SYNTAX },
	{ "NUL behind", S_INIT("\0alice\0secret\0"), ERR_SYNTAX },
	{ "four parts", S_INIT("\0alice\0secret\0more"), ERR_SYNTAX },
	{ "NUL in front", S_INIT("\0\0alice\0secret"), ERR_SYNTAX },
	{ "bad UTF-8 user", S_INIT("\0al\xff\0secret"), ERR_SYNTAX },
	{ "bad UTF-8 password", S_INIT("\0alice\0\xc3"), ERR_SYNTAX },
	{ "bad UTF-8 authzid", S_INIT("\xed\xa0\x80\0alice\0x"), ERR_SYNTAX },
};

static bool same(const struct buf *b, struct str want)
{
	return str_eq(buf_str(b), want);
}

static void check_credentials(const struct sasl *s, const struct row *r)
{
	OK(same(&s->authzid, r->authzid), "%s: authzid", r->what);
	OK(same(&s->authcid, r->authcid), "%s: authcid", r->what);
	OK(same(&s->password, r->password), "%s: password", r->what);
}

static void test_plain(void)
{
	struct sasl s;
	struct buf challenge;

	buf_init(&challenge, 1024);
	sasl_init(&s);
	for (size_t i = 0; i < sizeof(plains) / sizeof(*plains); i++) {
		const struct row *r = &plains[i];
		/* An exact copy, so that a sanitizer sees one octet too many. */
		char *copy = malloc(r->in.len + (r->in.len == 0));
		struct str in = str_make(copy, r->in.len);

		memcpy(copy, r->in.at, r->in.len);
		IS_NUM(sasl_start(&s, S("plain"), &in_tls, &in, &challenge), r->want);
		if (r->want == ERR_OK)
			check_credentials(&s, r);
		else
			OK(s.password.len == 0 && s.authcid.len == 0, "%s: nothing is left",
				r->what);
		IS_NUM(sasl_start(&s, S("PLAIN"), &in_tls, NULL, &challenge), ERR_NEEDMORE);
		IS_NUM(challenge.len, 0);
		IS_NUM(sasl_step(&s, in, &challenge), r->want);
		if (r->want == ERR_OK)
			check_credentials(&s, r);
		IS_NUM(sasl_step(&s, in, &challenge), ERR_SEQUENCE);
		free(copy);
	}
	sasl_done(&s);
	buf_done(&challenge);
}

static void test_truncated(void)
{
	static const char whole[] = "box\0alice\0secret";
	struct sasl s;
	struct buf challenge;

	buf_init(&challenge, 1024);
	sasl_init(&s);
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		struct str in = str_make(whole, n);
		enum err want =
			n > 10 ? ERR_OK : ERR_SYNTAX; /* at least one octet of the password */

		OK(sasl_start(&s, S("PLAIN"), &in_tls, &in, &challenge) == want, "cut at %zu", n);
	}
	sasl_done(&s);
	buf_done(&challenge);
}

static void test_login(void)
{
	struct sasl s;
	struct buf challenge;
	struct str user = S("DOM\\alice\\box"), none = S("");

	buf_init(&challenge, 1024);
	sasl_init(&s);
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, NULL, &challenge), ERR_NEEDMORE);
	IS_STR(buf_str(&challenge), S("Username:"));
	IS_NUM(sasl_step(&s, user, &challenge), ERR_NEEDMORE);
	IS_STR(buf_str(&challenge), S("Password:"));
	IS_NUM(sasl_step(&s, S("secret"), &challenge), ERR_OK);
	OK(same(&s.authcid, user) && same(&s.password, S("secret")) && s.authzid.len == 0,
		"credentials");
	IS_NUM(sasl_start(&s, S("login"), &in_tls, &user, &challenge), ERR_NEEDMORE);
	IS_STR(buf_str(&challenge), S("Password:"));
	IS_NUM(sasl_step(&s, none, &challenge), ERR_SYNTAX);
	OK(s.authcid.len == 0, "an empty password leaves nothing");
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, &none, &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, &user, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, S("se\0cret"), &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, &user, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, S("\xc3\x28"), &challenge), ERR_SYNTAX);
	sasl_done(&s);
	buf_done(&challenge);
}

/* Each part at its limit and one over it; the whole at its limit. */
static void test_sizes(void)
{
	static char many[SASL_RESPONSE_OCTETS_MAX + 2];
	struct sasl s;
	struct buf challenge;
	struct str in = str_make(many, SASL_RESPONSE_OCTETS_MAX + 1);

	buf_init(&challenge, 1024);
	sasl_init(&s);
	memset(many, 'x', sizeof(many));
	IS_NUM(sasl_start(&s, S("PLAIN"), &in_tls, &in, &challenge), ERR_TOOLONG);
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, &in, &challenge), ERR_TOOLONG);
	in.len--;
	IS_NUM(sasl_start(&s, S("PLAIN"), &in_tls, &in, &challenge), ERR_SYNTAX);
	in.len = SASL_NAME_OCTETS_MAX;
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, &in, &challenge), ERR_NEEDMORE);
	in.len = SASL_PASSWORD_OCTETS_MAX;
	IS_NUM(sasl_step(&s, in, &challenge), ERR_OK);
	in.len = SASL_NAME_OCTETS_MAX + 1;
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, &in, &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, NULL, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, S("u"), &challenge), ERR_NEEDMORE);
	in.len = SASL_PASSWORD_OCTETS_MAX + 1;
	IS_NUM(sasl_step(&s, in, &challenge), ERR_SYNTAX);
	sasl_done(&s);
	buf_done(&challenge);
}

static void test_table(void)
{
	struct sasl s;
	struct buf b;
	struct str in = S("\0a\0b");

	buf_init(&b, 1024);
	sasl_init(&s);
	IS_NUM(sasl_start(&s, S("CRAM-MD5"), &in_tls, NULL, &b), ERR_MECHANISM);
	IS_NUM(sasl_start(&s, S(""), &in_tls, NULL, &b), ERR_MECHANISM);
	IS_NUM(sasl_start(&s, S("PLAINX"), &in_tls, NULL, &b), ERR_MECHANISM);
	for (const struct sasl_mechanism *m = sasl_mechanisms(); m->name != NULL; m++) {
		if (!(m->flags & SASL_CLEAR))
			continue;
		IS_NUM(sasl_start(&s, str_from_c(m->name), &in_clear, &in, &b), ERR_NEEDTLS);
		OK(s.mechanism == NULL && s.password.len == 0, "%s: nothing kept without TLS",
			m->name);
	}
	IS_NUM(sasl_step(&s, in, &b), ERR_SEQUENCE);
	IS_NUM(sasl_start(&s, S("LOGIN"), &in_tls, NULL, &b), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, S("alice"), &b), ERR_NEEDMORE);
	IS_NUM(sasl_cancel(&s), ERR_CANCELLED);
	OK(s.authcid.len == 0, "cancelled: nothing kept");
	IS_NUM(sasl_step(&s, S("secret"), &b), ERR_SEQUENCE);
	IS_NUM(sasl_cancel(&s), ERR_CANCELLED);
	IS_NUM(sasl_start(&s, S("PLAIN"), &in_tls, &in, &b), ERR_OK);
	IS_NUM(s.want, SASL_PASSWORD);
	IS_NUM(sasl_answer(&s, &(struct sasl_answer){ .right = true }, &b), ERR_SEQUENCE);
	sasl_done(&s);
	buf_done(&b);
}

static void test_external(void)
{
	struct sasl s;
	struct buf b;

	buf_init(&b, 1024);
	sasl_init(&s);
	IS_NUM(sasl_start(&s, S("EXTERNAL"), &in_tls, &S(""), &b), ERR_OK);
	OK(s.want == SASL_CERTIFICATE && s.authzid.len == 0 && s.mechanism == NULL, "nobody in particular");
	IS_NUM(sasl_step(&s, S(""), &b), ERR_SEQUENCE);
	IS_NUM(sasl_start(&s, S("EXTERNAL"), &in_tls, NULL, &b), ERR_NEEDMORE);
	IS_NUM(b.len, 0);
	IS_NUM(sasl_step(&s, S("box"), &b), ERR_OK);
	OK(s.want == SASL_CERTIFICATE && same(&s.authzid, S("box")), "for a mailbox");
	IS_NUM(sasl_start(&s, S("EXTERNAL"), &in_tls, &S("a\0b"), &b), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("EXTERNAL"), &in_tls, &S("\xff"), &b), ERR_SYNTAX);
	sasl_done(&s);
	buf_done(&b);
}

/* RFC 4505 sections 2 and 3. */
static void test_anonymous(void)
{
	static const struct {
		struct str in;
		enum err want;
		struct str trace;
	} cases[] = {
		{ S_INIT(""), ERR_OK, S_INIT("") },
		{ S_INIT("sirhc"), ERR_OK, S_INIT("sirhc") },
		{ S_INIT("a.b@example.net"), ERR_OK, S_INIT("a.b@example.net") },
		{ S_INIT("a b"), ERR_OK, S_INIT("a b") },
		{ S_INIT("J\xc3\xbcrgen"), ERR_OK, S_INIT("J\xc3\xbcrgen") },
		/* What the profile prohibits is not shown as it came. */
		{ S_INIT("a\r\nb\x1b[2J\x7f"), ERR_OK, S_INIT("a??b?[2J?") },
		{ S_INIT("\xc2\x85\xe2\x80\xa8"), ERR_OK, S_INIT("??") },         /* C.2.2 */
		{ S_INIT("\xee\x80\x80\xf3\xb0\x80\x80"), ERR_OK, S_INIT("??") }, /* C.3 */
		{ S_INIT("\xef\xbf\xbe\xf0\x9f\xbf\xbf"), ERR_OK, S_INIT("??") }, /* C.4 */
		{ S_INIT("\xef\xbf\xbd"), ERR_OK, S_INIT("?") },                 /* C.6 */
		{ S_INIT("\xe2\x80\xaetxt"), ERR_OK, S_INIT("?txt") },           /* C.8 */
		{ S_INIT("\xf3\xa0\x80\x81"), ERR_OK, S_INIT("?") },             /* C.9 */
		{ S_INIT("a\0b"), ERR_SYNTAX, S_INIT("") },
		{ S_INIT("\xc3"), ERR_SYNTAX, S_INIT("") },
		{ S_INIT("\xed\xa0\x80"), ERR_SYNTAX, S_INIT("") }, /* C.5 cannot come in UTF-8 */
	};
	struct buf b, token;
	struct sasl s;

	buf_init(&b, 1024);
	buf_init(&token, 2048);
	sasl_init(&s);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		IS_NUM(sasl_start(&s, S("anonymous"), &in_clear, &cases[i].in, &b), cases[i].want);
		OK(cases[i].want != ERR_OK || s.want == SASL_STRANGER, "%zu: somebody", i);
		IS_STR(buf_str(&s.authcid), cases[i].trace);
	}
	IS_NUM(sasl_start(&s, S("ANONYMOUS"), &in_tls, NULL, &b), ERR_NEEDMORE);
	OK(b.len == 0 && sasl_step(&s, S("x"), &b) == ERR_OK, "an empty challenge");
	IS_NUM(sasl_step(&s, S("x"), &b), ERR_SEQUENCE);
	/* 255 characters of four octets; one more is none; an address may be longer. */
	for (int i = 0; i < 255; i++)
		buf_put(&token, S("\xf0\x90\x80\x80"));
	IS_NUM(sasl_start(&s, S("ANONYMOUS"), &in_tls, &(struct str){ token.at, token.len }, &b), ERR_OK);
	IS_NUM(s.authcid.len, 1020);
	buf_put(&token, S("x"));
	IS_NUM(sasl_start(&s, S("ANONYMOUS"), &in_tls, &(struct str){ token.at, token.len }, &b), ERR_SYNTAX);
	token.at[token.len - 1] = '@';
	IS_NUM(sasl_start(&s, S("ANONYMOUS"), &in_tls, &(struct str){ token.at, token.len }, &b), ERR_OK);
	buf_put(&token, S("12345"));
	IS_NUM(sasl_start(&s, S("ANONYMOUS"), &in_tls, &(struct str){ token.at, token.len }, &b), ERR_SYNTAX);
	sasl_done(&s);
	buf_done(&token);
	buf_done(&b);
}

int main(void)
{
	test_plain();
	test_truncated();
	test_login();
	test_sizes();
	test_table();
	test_external();
	test_anonymous();
	return tap_done();
}
