#include "sasl/sasl.h"

#include <stdlib.h>

#include "tap.h"

static const struct sasl_peer in_tls = { .tls = true };

static const struct {
	const char *mechanism;
	struct str in;
	enum err want;
	struct str authzid, token;
} rows[] = {
	/* RFC 7628 section 4.1, and 4.2 with its quoted e-mail address in place of a name */
	{ "OAUTHBEARER", S_INIT("n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"),
		ERR_OK, S_INIT("user@example.com"), S_INIT("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==") },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=bearer a.b-c_d~e+f/g=\1\1"), ERR_OK, S_INIT(""), S_INIT("a.b-c_d~e+f/g=") },
	{ "OAUTHBEARER", S_INIT("y,,\1auth=Bearer x\1\1"), ERR_OK, S_INIT(""), S_INIT("x") },
	{ "OAUTHBEARER", S_INIT("n,a=DOM=3Da=2Cb,\1auth=Bearer x\1\1"), ERR_OK, S_INIT("DOM=a,b"), S_INIT("x") },
	{ "OAUTHBEARER", S_INIT("n,,\1unknown=is ignored\1auth=Bearer x\1\1"), ERR_OK, S_INIT(""), S_INIT("x") },
	{ "OAUTHBEARER", S_INIT("p=tls-exporter,,\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,b=x,\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,a=x=2,\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,a=,\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,x\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer x\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer x\1\1more"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer x\1auth=Bearer y\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Basic x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer \1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer =\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer a b\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer a\0b\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\0011x=y\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("n,,\1\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT("\1"), ERR_SYNTAX },
	{ "OAUTHBEARER", S_INIT(""), ERR_SYNTAX },
	{ "XOAUTH2", S_INIT("user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"), ERR_OK,
		S_INIT("someuser@example.com"), S_INIT("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg") },
	{ "XOAUTH2", S_INIT("auth=Bearer x\1user=u\1\1"), ERR_OK, S_INIT("u"), S_INIT("x") },
	{ "XOAUTH2", S_INIT("auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "XOAUTH2", S_INIT("user=\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "XOAUTH2", S_INIT("user=u\xff\1auth=Bearer x\1\1"), ERR_SYNTAX },
	{ "XOAUTH2", S_INIT("user=u\1\1"), ERR_SYNTAX },
	{ "XOAUTH2", S_INIT("user=u\1auth=Bearer x\1"), ERR_SYNTAX },
	{ "XOAUTH2", S_INIT(""), ERR_SYNTAX },
};

static void test_messages(void)
{
	struct buf challenge;
	struct sasl s;

	buf_init(&challenge, 1024);
	sasl_init(&s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		/* An exact copy, so that a sanitizer sees one octet too many. */
		char *copy = malloc(rows[i].in.len + 1);
		struct str in = str_make(copy, rows[i].in.len);

		memcpy(copy, rows[i].in.at, rows[i].in.len);
		OK(sasl_start(&s, str_from_c(rows[i].mechanism), &in_tls, &in, &challenge) == rows[i].want, "%s %zu", rows[i].mechanism, i);
		if (rows[i].want == ERR_OK) {
			IS_NUM(s.want, SASL_TOKEN);
			IS_STR(buf_str(&s.authzid), rows[i].authzid);
			IS_STR(buf_str(&s.octets), rows[i].token);
			IS_NUM(sasl_step(&s, S("too early"), &challenge), ERR_SEQUENCE);
		} else {
			OK(s.octets.at == NULL && s.authzid.at == NULL, "nothing is left");
		}
		free(copy);
	}
	sasl_done(&s);
	buf_done(&challenge);
}

static const struct {
	const char *mechanism;
	struct str in, seen; /* the client's word that it has seen the error */
} both[] = {
	{ "OAUTHBEARER", S_INIT("n,,\1auth=Bearer x\1\1"), S_INIT("\1") },
	{ "XOAUTH2", S_INIT("user=u\1auth=Bearer x\1\1"), S_INIT("") },
};

/* RFC 7628 section 3.2: the outcome of both kinds. */
static void test_outcome(void)
{
	struct sasl_answer good = { .right = true, .name = S_INIT("alice@example.org") };
	struct sasl_answer bad = { .octets = S_INIT("{\"status\":\"invalid_token\"}") };
	struct sasl_answer away = { .code = ERR_UNAVAILABLE };
	struct buf challenge;
	struct sasl s;

	buf_init(&challenge, 1024);
	sasl_init(&s);
	for (size_t i = 0; i < 2; i++) {
		struct str name = str_from_c(both[i].mechanism);

		IS_NUM(sasl_start(&s, name, &in_tls, NULL, &challenge), ERR_NEEDMORE);
		IS_NUM(challenge.len, 0);
		IS_NUM(sasl_step(&s, both[i].in, &challenge), ERR_OK);
		IS_NUM(sasl_answer(&s, &good, &challenge), ERR_OK);
		OK(s.want == SASL_VERDICT && s.proven, "proven");
		IS_STR(buf_str(&s.authcid), good.name);
		IS_NUM(sasl_start(&s, name, &in_tls, &both[i].in, &challenge), ERR_OK);
		OK(!s.proven, "not proven anew");
		IS_NUM(sasl_answer(&s, &bad, &challenge), ERR_NEEDMORE);
		IS_STR(buf_str(&challenge), bad.octets);
		IS_NUM(sasl_step(&s, both[i].seen, &challenge), ERR_OK);
		OK(s.want == SASL_VERDICT && !s.proven, "refused");
		IS_NUM(sasl_start(&s, name, &in_tls, &both[i].in, &challenge), ERR_OK);
		IS_NUM(sasl_answer(&s, &bad, &challenge), ERR_NEEDMORE);
		IS_NUM(sasl_step(&s, both[i].in, &challenge), ERR_SYNTAX);
		IS_NUM(sasl_start(&s, name, &in_tls, &both[i].in, &challenge), ERR_OK);
		IS_NUM(sasl_answer(&s, &away, &challenge), ERR_UNAVAILABLE);
		OK(s.mechanism == NULL && s.octets.at == NULL, "over");
	}
	sasl_done(&s);
	buf_done(&challenge);
}

int main(void)
{
	test_messages();
	test_outcome();
	return tap_done();
}
