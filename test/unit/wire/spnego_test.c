#include "wire/spnego.h"

#include "base/mem.h"
#include "tap.h"

#define SPNEGO "\x06\x06\x2b\x06\x01\x05\x05\x02"
#define NTLM   "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define KRB5   "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define MSKRB  "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
#define OTHER  "\x06\x03\x2a\x03\x04"

struct row {
	const char *what;
	struct str in;
	bool first;
	enum spnego_mechanism wants;
	bool ntlm, kerberos;
	enum spnego_state state;
	const char *token, *mic; /* NULL: none */
};

static const struct row good[] = {
	{ "NTLM alone, with its first message", S_INIT("\x60\x20" SPNEGO "\xa0\x16\x30\x14\xa0\x0e\x30\x0c" NTLM "\xa2\x02\x04\x00"), true,
		SPNEGO_NTLM, true, false, SPNEGO_NO_STATE, "", NULL },
	{ "Kerberos of both names, then NTLM",
		S_INIT("\x60\x3c" SPNEGO "\xa0\x32\x30\x30\xa0\x24\x30\x22" MSKRB KRB5 NTLM "\xa2\x08\x04\x06" "ticket"), true, SPNEGO_KERBEROS, true,
		true, SPNEGO_NO_STATE, "ticket", NULL },
	{ "what nobody knows, then NTLM; no message", S_INIT("\x60\x21" SPNEGO "\xa0\x17\x30\x15\xa0\x13\x30\x11" OTHER NTLM), true, SPNEGO_OTHER,
		true, false, SPNEGO_NO_STATE, NULL, NULL },
	{ "all there can be", S_INIT("\x60\x2b" SPNEGO "\xa0\x21\x30\x1f\xa0\x0d\x30\x0b" KRB5 "\xa1\x04\x03\x02\x01\x02\xa2\x03\x04\x01t\xa3\x03\x04\x01m"),
		true, SPNEGO_KERBEROS, false, true, SPNEGO_NO_STATE, "t", "m" },
	{ "a response with all", S_INIT("\xa1\x1f\x30\x1d\xa0\x03\x0a\x01\x01\xa1\x0c" NTLM "\xa2\x03\x04\x01t\xa3\x03\x04\x01m"), false,
		SPNEGO_OTHER, false, false, SPNEGO_INCOMPLETE, "t", "m" },
	{ "a response with a message alone", S_INIT("\xa1\x08\x30\x06\xa2\x04\x04\x02ok"), false, SPNEGO_OTHER, false, false, SPNEGO_NO_STATE, "ok",
		NULL },
	{ "a response with nothing", S_INIT("\xa1\x02\x30\x00"), false, SPNEGO_OTHER, false, false, SPNEGO_NO_STATE, NULL, NULL },
	{ "a response with fields of a later version", S_INIT("\xa1\x0d\x30\x0b\xa0\x03\x0a\x01\x00\xa4\x00\xbe\x02\x05\x00"), false, SPNEGO_OTHER, false,
		false, SPNEGO_COMPLETED, NULL, NULL },
	{ "a response that asks for a MIC", S_INIT("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x03"), false, SPNEGO_OTHER, false, false, SPNEGO_REQUEST_MIC,
		NULL, NULL },
};

static const struct {
	const char *what;
	struct str in;
} bad[] = {
	{ "nothing", S_INIT("") },
	{ "NTLM as it is", S_INIT("NTLMSSP\0\1\0\0\0") },
	{ "another mechanism's first message", S_INIT("\x60\x0d" KRB5 "\x01\x00") },
	{ "no list", S_INIT("\x60\x0c" SPNEGO "\xa0\x02\x30\x00") },
	{ "an empty list", S_INIT("\x60\x10" SPNEGO "\xa0\x06\x30\x04\xa0\x02\x30\x00") },
	{ "an empty name in the list", S_INIT("\x60\x12" SPNEGO "\xa0\x08\x30\x06\xa0\x04\x30\x02\x06\x00") },
	{ "something behind", S_INIT("\xa1\x02\x30\x00\x00") },
	{ "something behind the last field", S_INIT("\xa1\x05\x30\x03\xa0\x03\x0a") },
	{ "a field of a later version that is cut", S_INIT("\xa1\x04\x30\x02\xa4\x01") },
	{ "a later field of no context", S_INIT("\xa1\x04\x30\x02\x05\x00") },
	{ "a state that there is not", S_INIT("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x04") },
	{ "a negative state", S_INIT("\xa1\x07\x30\x05\xa0\x03\x0a\x01\xff") },
	{ "a state of two octets", S_INIT("\xa1\x08\x30\x06\xa0\x04\x0a\x02\x00\x01") },
	{ "a state of none", S_INIT("\xa1\x06\x30\x04\xa0\x02\x0a\x00") },
	{ "fields out of order", S_INIT("\xa1\x0d\x30\x0b\xa2\x04\x04\x02ok\xa0\x03\x0a\x01\x00") },
	{ "a field twice", S_INIT("\xa1\x0c\x30\x0a\xa0\x03\x0a\x01\x00\xa0\x03\x0a\x01\x00") },
	{ "a field of another kind", S_INIT("\xa1\x07\x30\x05\xa2\x03\x06\x01x") },
	{ "two things in a field", S_INIT("\xa1\x0a\x30\x08\xa2\x06\x04\x01x\x04\x01y") },
	{ "a length with an octet too many", S_INIT("\xa1\x81\x02\x30\x00") },
	{ "a length with two too many", S_INIT("\xa1\x82\x00\x02\x30\x00") },
	{ "a length of three octets", S_INIT("\xa1\x83\x00\x00\x02\x30\x00") },
	{ "a length of as many as can be", S_INIT("\xa1\xff\xff\xff\xff\xff") },
	{ "no definite length", S_INIT("\xa1\x80\x30\x00\x00\x00") },
};

static struct str or_none(const char *c)
{
	return c == NULL ? STR_NONE : str_from_c(c);
}

static void check(const struct row *r, const struct spnego *s)
{
	OK(s->first == r->first && s->wants == r->wants && s->has_ntlm == r->ntlm && s->has_kerberos == r->kerberos, "%s: kind and list", r->what);
	OK(s->state == r->state, "%s: state %d", r->what, (int)s->state);
	IS_STR(s->token, or_none(r->token));
	IS_STR(s->mic, or_none(r->mic));
	OK((s->token.at == NULL) == (r->token == NULL) && (s->mic.at == NULL) == (r->mic == NULL), "%s: what is not there is none", r->what);
}

/* From exact copies, so that one octet too many is seen. */
static enum err get(struct str in, struct spnego *ret)
{
	char *exact = mem_new(in.len > 0 ? in.len : 1);
	enum err e;

	memcpy(exact, in.at, in.len);
	e = spnego_get(str_make(exact, in.len), ret);
	mem_free(exact);
	return e;
}

static void test_good(void)
{
	struct spnego s;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		OK(spnego_get(good[i].in, &s) == ERR_OK, "%s", good[i].what);
		check(&good[i], &s);
		for (size_t n = 0; n < good[i].in.len; n++)
			OK(get(str_sub(good[i].in, 0, n), &s) == ERR_SYNTAX, "%s, cut at %zu", good[i].what, n);
	}
}

static void test_bad(void)
{
	struct spnego s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(spnego_get(bad[i].in, &s) == ERR_SYNTAX, "%s", bad[i].what);
}

/* Every octet of a good message changed: it is read within itself, or not at all. */
static void test_changed(void)
{
	const struct str in = good[1].in;
	struct spnego s;
	char copy[256];

	for (size_t n = 0; n < in.len; n++) {
		for (unsigned with = 0; with < 256; with += 15) {
			memcpy(copy, in.at, in.len);
			copy[n] = (char)with;
			if (spnego_get(str_make(copy, in.len), &s) == ERR_OK && s.token.len > 0)
				OK(s.token.at > copy && s.token.at + s.token.len <= copy + in.len, "octet %zu is %02x", n, with);
		}
	}
}

static void test_sizes(void)
{
	static const size_t sizes[] = { 0, 1, 100, 112, 127, 128, 200, 250, 255, 256, 5000 };
	char *token = mem_new(SPNEGO_OCTETS_MAX + 1);
	struct spnego s;
	struct buf b;

	memset(token, 't', SPNEGO_OCTETS_MAX + 1);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		buf_init(&b, SPNEGO_OCTETS_MAX);
		spnego_put(&b, SPNEGO_INCOMPLETE, true, str_make(token, sizes[i]));
		OK(spnego_get(buf_str(&b), &s) == ERR_OK && !s.first && s.state == SPNEGO_INCOMPLETE && s.token.len == sizes[i], "a message of %zu octets",
			sizes[i]);
		buf_done(&b);
	}
	buf_init(&b, 100);
	spnego_put(&b, SPNEGO_COMPLETED, false, STR_NONE);
	IS_STR(buf_str(&b), S("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00"));
	buf_done(&b);
	OK(spnego_get(str_make(token, SPNEGO_OCTETS_MAX + 1), &s) == ERR_TOOLONG, "more than is read");
	mem_free(token);
}

static void test_long_list(void)
{
	struct spnego s;
	struct buf b;

	for (size_t count = SPNEGO_MECHANISMS_MAX; count <= SPNEGO_MECHANISMS_MAX + 1; count++) {
		size_t len = count * 3;

		buf_init(&b, 1000);
		buf_put(&b, S("\x60"));
		buf_put_octet(&b, (char)(len + 16));
		buf_put(&b, S(SPNEGO "\xa0"));
		buf_put_octet(&b, (char)(len + 6));
		buf_put(&b, S("\x30"));
		buf_put_octet(&b, (char)(len + 4));
		buf_put(&b, S("\xa0"));
		buf_put_octet(&b, (char)(len + 2));
		buf_put(&b, S("\x30"));
		buf_put_octet(&b, (char)len);
		for (size_t i = 0; i < count; i++)
			buf_put(&b, S("\x06\x01\x2a"));
		OK(spnego_get(buf_str(&b), &s) == (count > SPNEGO_MECHANISMS_MAX ? ERR_SYNTAX : ERR_OK), "%zu mechanisms", count);
		buf_done(&b);
	}
}

int main(void)
{
	test_good();
	test_bad();
	test_changed();
	test_sizes();
	test_long_list();
	return tap_done();
}
