/* GSSAPI and GSS-SPNEGO without a library: what goes to the context, what to the client, what is refused. */
#include "sasl/sasl.h"

#include <stdlib.h>

#include "tap.h"

static const struct sasl_peer in_tls = { .tls = true };
static const struct sasl_peer over_http = { .tls = true, .takes_last = true };

#define NAME S_INIT("alice@EXAMPLE.ORG")

/* One happening: the client says something, or the context answers; then what comes of it. */
struct row {
	enum { SAYS, TOLD, MORE, NO, AWAY } what;
	struct str octets;
	enum err want;
	enum sasl_want wants;   /* after ERR_OK */
	enum sasl_call call;    /* with SASL_CONTEXT */
	struct str out;         /* the challenge after ERR_NEEDMORE, the context's octets with SASL_CONTEXT */
};

#define ROWS_MAX 12

static const struct {
	const char *what, *mechanism;
	const struct sasl_peer *peer;
	bool proven;
	struct str authzid, last;
	struct row rows[ROWS_MAX];
	size_t count;
} cases[] = {
	/* RFC 4752 section 3: the mutual token, an empty response, the offer, the choice */
	{ "all of it", "GSSAPI", &in_tls, true, S_INIT("shared"), S_INIT(""), {
		{ SAYS, S_INIT("ticket"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("ticket") },
		{ TOLD, S_INIT("reply"), ERR_NEEDMORE, .out = S_INIT("reply") },
		{ SAYS, S_INIT(""), ERR_OK, SASL_CONTEXT, SASL_WRAP, S_INIT("\1\0\0\0") },
		{ TOLD, S_INIT("wrapped"), ERR_NEEDMORE, .out = S_INIT("wrapped") },
		{ SAYS, S_INIT("choice"), ERR_OK, SASL_CONTEXT, SASL_UNWRAP, S_INIT("choice") },
		{ TOLD, S_INIT("\1\0\0\0shared"), ERR_OK, SASL_VERDICT } }, 6 },
	/* "Whether or not an output_token was returned": without one the offer comes at once */
	{ "no mutual token", "GSSAPI", &in_tls, true, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("ticket"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("ticket") },
		{ TOLD, S_INIT(""), ERR_OK, SASL_CONTEXT, SASL_WRAP, S_INIT("\1\0\0\0") },
		{ TOLD, S_INIT("wrapped"), ERR_NEEDMORE, .out = S_INIT("wrapped") },
		{ SAYS, S_INIT("choice"), ERR_OK, SASL_CONTEXT, SASL_UNWRAP, S_INIT("choice") },
		{ TOLD, S_INIT("\1\0\0\0"), ERR_OK, SASL_VERDICT } }, 5 },
	/* GSS_S_CONTINUE_NEEDED */
	{ "two tokens", "GSSAPI", &in_tls, false, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("one"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("one") },
		{ MORE, S_INIT("go on"), ERR_NEEDMORE, .out = S_INIT("go on") },
		{ SAYS, S_INIT("two"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("two") },
		{ NO, S_INIT(""), ERR_OK, SASL_VERDICT } }, 4 },
	/* the name ends in a NUL, as clients of RFC 2222 have it */
	{ "a text of C", "GSSAPI", &in_tls, true, S_INIT("shared"), S_INIT(""), {
		{ SAYS, S_INIT("t"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("t") },
		{ TOLD, S_INIT(""), ERR_OK, SASL_CONTEXT, SASL_WRAP, S_INIT("\1\0\0\0") },
		{ TOLD, S_INIT("w"), ERR_NEEDMORE, .out = S_INIT("w") },
		{ SAYS, S_INIT("c"), ERR_OK, SASL_CONTEXT, SASL_UNWRAP, S_INIT("c") },
		{ TOLD, S_INIT("\1\0\0\0shared\0"), ERR_OK, SASL_VERDICT } }, 5 },
	{ "a token without octets", "GSSAPI", &in_tls, false, S_INIT(""), S_INIT(""), { { SAYS, S_INIT(""), ERR_SYNTAX } }, 1 },
	{ "a token behind the last one", "GSSAPI", &in_tls, false, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("t"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("t") },
		{ TOLD, S_INIT("reply"), ERR_NEEDMORE, .out = S_INIT("reply") },
		{ SAYS, S_INIT("t"), ERR_SYNTAX } }, 3 },
	{ "the keytab is away", "GSSAPI", &in_tls, false, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("t"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("t") },
		{ AWAY, S_INIT(""), ERR_NOCONTROLLER } }, 2 },
	{ "a text that is not of the context", "GSSAPI", &in_tls, false, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("t"), ERR_OK, SASL_CONTEXT, SASL_ACCEPT, S_INIT("t") },
		{ TOLD, S_INIT(""), ERR_OK, SASL_CONTEXT, SASL_WRAP, S_INIT("\1\0\0\0") },
		{ TOLD, S_INIT("w"), ERR_NEEDMORE, .out = S_INIT("w") },
		{ SAYS, S_INIT(""), ERR_OK, SASL_CONTEXT, SASL_UNWRAP, S_INIT("") },
		{ NO, S_INIT(""), ERR_OK, SASL_VERDICT } }, 5 },
	{ "SPNEGO", "GSS-SPNEGO", &in_tls, true, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("init"), ERR_OK, SASL_CONTEXT, SASL_NEGOTIATE, S_INIT("init") },
		{ MORE, S_INIT("another mechanism"), ERR_NEEDMORE, .out = S_INIT("another mechanism") },
		{ SAYS, S_INIT("ticket"), ERR_OK, SASL_CONTEXT, SASL_NEGOTIATE, S_INIT("ticket") },
		{ TOLD, S_INIT("completed"), ERR_NEEDMORE, .out = S_INIT("completed") },
		{ SAYS, S_INIT(""), ERR_OK, SASL_VERDICT } }, 5 },
	{ "SPNEGO without a last token", "GSS-SPNEGO", &in_tls, true, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("init"), ERR_OK, SASL_CONTEXT, SASL_NEGOTIATE, S_INIT("init") },
		{ TOLD, S_INIT(""), ERR_OK, SASL_VERDICT } }, 2 },
	{ "SPNEGO where the last token goes with success", "GSS-SPNEGO", &over_http, true, S_INIT(""), S_INIT("completed"), {
		{ SAYS, S_INIT("init"), ERR_OK, SASL_CONTEXT, SASL_NEGOTIATE, S_INIT("init") },
		{ TOLD, S_INIT("completed"), ERR_OK, SASL_VERDICT } }, 2 },
	{ "SPNEGO with something behind the last token", "GSS-SPNEGO", &in_tls, false, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("init"), ERR_OK, SASL_CONTEXT, SASL_NEGOTIATE, S_INIT("init") },
		{ TOLD, S_INIT("completed"), ERR_NEEDMORE, .out = S_INIT("completed") },
		{ SAYS, S_INIT("more"), ERR_SYNTAX } }, 3 },
	{ "SPNEGO that is refused", "GSS-SPNEGO", &in_tls, false, S_INIT(""), S_INIT(""), {
		{ SAYS, S_INIT("init"), ERR_OK, SASL_CONTEXT, SASL_NEGOTIATE, S_INIT("init") },
		{ NO, S_INIT(""), ERR_OK, SASL_VERDICT } }, 2 },
};

static enum err happen(struct sasl *s, const struct row *r, struct buf *challenge)
{
	struct sasl_answer a = { .right = r->what != NO, .more = r->what == MORE, .octets = r->octets, .name = NAME };
	/* An exact copy, so that a sanitizer sees one octet too many. */
	char *copy = malloc(r->octets.len + 1);
	enum err e;

	memcpy(copy, r->octets.at, r->octets.len);
	a.octets.at = copy;
	a.code = r->what == AWAY ? ERR_NOCONTROLLER : ERR_OK;
	e = r->what == SAYS ? sasl_step(s, str_make(copy, r->octets.len), challenge) : sasl_answer(s, &a, challenge);
	free(copy);
	return e;
}

static void test_exchanges(void)
{
	struct buf challenge;
	struct sasl s;

	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	sasl_init(&s);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum err e = sasl_start(&s, str_from_c(cases[i].mechanism), cases[i].peer, NULL, &challenge);

		IS_NUM(e, ERR_NEEDMORE);
		IS_NUM(challenge.len, 0);
		for (size_t k = 0; k < cases[i].count; k++) {
			const struct row *r = &cases[i].rows[k];

			e = happen(&s, r, &challenge);
			OK(e == r->want, "%s, %zu: %s", cases[i].what, k, err_name(e));
			if (e == ERR_NEEDMORE)
				IS_STR(buf_str(&challenge), r->out);
			if (e == ERR_OK)
				IS_NUM(s.want, r->wants);
			if (e == ERR_OK && s.want == SASL_CONTEXT) {
				IS_NUM(s.call, r->call);
				IS_STR(buf_str(&s.octets), r->out);
				IS_NUM(sasl_step(&s, S("too early"), &challenge), ERR_SEQUENCE);
			}
		}
		OK(s.proven == cases[i].proven, "%s: proven", cases[i].what);
		if (cases[i].proven) {
			IS_STR(buf_str(&s.authcid), ((struct str)NAME));
			IS_STR(buf_str(&s.authzid), cases[i].authzid);
			IS_STR(buf_str(&s.last), cases[i].last);
		} else if (e != ERR_OK) {
			OK(s.octets.at == NULL && s.authcid.at == NULL && s.mechanism == NULL, "nothing is left");
		}
	}
	sasl_done(&s);
	buf_done(&challenge);
}

/* RFC 4752 section 3.2: "a security layer that was offered and that the client maximum buffer is 0 if no security layer was chosen". */
static void test_choices(void)
{
	static const struct str bad[] = { S_INIT(""), S_INIT("\1"), S_INIT("\1\0\0"), S_INIT("\0\0\0\0"), S_INIT("\2\0\0\0"), S_INIT("\4\0\xff\xff"),
		S_INIT("\3\0\0\0alice"), S_INIT("\1\0\0\1"), S_INIT("\1\0\1\0"), S_INIT("\1\xff\0\0"), S_INIT("\1\0\0\0al\0ice"), S_INIT("\1\0\0\0\0\0"),
		S_INIT("\1\0\0\0\xff\xfe") };
	struct sasl_answer told = { .right = true, .name = NAME };
	struct buf challenge;
	struct sasl s;

	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	sasl_init(&s);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		IS_NUM(sasl_start(&s, S("GSSAPI"), &in_tls, &S("ticket"), &challenge), ERR_OK);
		IS_NUM(sasl_answer(&s, &told, &challenge), ERR_OK);
		told.octets = S("offer");
		IS_NUM(sasl_answer(&s, &told, &challenge), ERR_NEEDMORE);
		IS_NUM(sasl_step(&s, S("choice"), &challenge), ERR_OK);
		told.octets = bad[i];
		OK(sasl_answer(&s, &told, &challenge) == ERR_SYNTAX, "choice %zu", i);
		OK(s.why[0] != '\0' && s.authcid.at == NULL && s.authzid.at == NULL, "it says why, and keeps nothing");
		told.octets = STR_NONE;
	}
	sasl_done(&s);
	buf_done(&challenge);
}

static void test_bounds(void)
{
	struct sasl_answer more = { .right = true, .more = true, .octets = S("go on") }, odd = { .right = true, .name = S("a\0b") };
	char *large = malloc(SASL_RESPONSE_OCTETS_MAX + 1);
	struct str whole = str_make(large, SASL_RESPONSE_OCTETS_MAX), over = str_make(large, SASL_RESPONSE_OCTETS_MAX + 1);
	struct buf challenge;
	struct sasl s;
	unsigned tokens = 0;

	memset(large, 'x', SASL_RESPONSE_OCTETS_MAX + 1);
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	sasl_init(&s);
	IS_NUM(sasl_start(&s, S("GSS-SPNEGO"), &in_tls, &whole, &challenge), ERR_OK);
	IS_STR(buf_str(&s.octets), whole);
	IS_NUM(sasl_start(&s, S("GSSAPI"), &in_tls, &over, &challenge), ERR_TOOLONG);
	IS_NUM(sasl_start(&s, S("GSSAPI"), &in_tls, &S(""), &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("GSS-SPNEGO"), &in_tls, NULL, &challenge), ERR_NEEDMORE);
	while (sasl_step(&s, S("token"), &challenge) == ERR_OK && tokens < 100) {
		IS_NUM(sasl_answer(&s, &more, &challenge), ERR_NEEDMORE);
		tokens++;
	}
	IS_NUM(tokens, 8);
	IS_NUM(sasl_start(&s, S("GSSAPI"), &in_tls, &S("t"), &challenge), ERR_OK);
	IS_NUM(sasl_answer(&s, &odd, &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("GSSAPI"), &in_tls, &S("t"), &challenge), ERR_OK);
	IS_NUM(sasl_cancel(&s), ERR_CANCELLED);
	OK(s.octets.at == NULL && s.own == NULL, "wiped");
	sasl_done(&s);
	buf_done(&challenge);
	free(large);
}

int main(void)
{
	test_exchanges();
	test_choices();
	test_bounds();
	return tap_done();
}
