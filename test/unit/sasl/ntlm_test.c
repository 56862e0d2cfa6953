#include "sasl/ntlm.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "tap.h"

#define NOW          133000000000000000ull /* in 2022 */
#define HOUR         36000000000ull
#define AT_LEAST     88u /* where a message's octets begin that has a MIC */

enum kind { V2, V1, SESSION, LM_ALONE, ANONYMOUS };

/* A client, and all that can be wrong with one. */
struct client {
	const char *what;
	enum kind kind;
	const char *user, *domain, *password, *service;
	uint64_t time; /* 0: the server's */
	bool oem, mic, wrong_mic, no_room, ascii_only, untrusted, lying;
	struct str binding; /* tls-server-end-point, as the client sees it */
	/* The server and what comes of it. */
	bool v1_allowed;
	enum ntlm_strictness strict_binding, strict_service;
	const char *secret; /* password that the account has; NULL: no such account */
	enum err want;      /* of the step */
	bool proven;
	const char *why;    /* how it begins */
};

static const struct str own_names[] = { S_INIT("mail.example.org"), S_INIT("[::1]") };
static struct ntlm_server server;
static struct sasl_peer peer;

static void setup(const struct client *c)
{
	server = (struct ntlm_server){ .challenge = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.target = { .netbios_domain = S("DOM"), .netbios_computer = S("HOST"), .dns_domain = S("example.org"),
			.dns_computer = S("host.example.org"), .time = NOW },
		.names = own_names, .name_count = 2, .v1_allowed = c->v1_allowed, .skew_max = 36 * HOUR,
		.binding = c->strict_binding, .service = c->strict_service };
	peer = (struct sasl_peer){ .tls = true, .end_point = S("hash of a certificate"), .ntlm = &server };
}

static void utf16(struct buf *to, const char *text, bool oem)
{
	if (oem)
		buf_put_c(to, text);
	else
		must(ntlm_to_utf16(str_from_c(text), to));
}

static void put_blob(const struct client *c, struct buf *to)
{
	struct wr w = wr_to(to);
	uint8_t binding[NTLM_HASH_OCTETS];
	struct buf name;

	wr_u64(&w, 0x0101);
	wr_u64(&w, c->time != 0 ? c->time : NOW);
	wr_octets(&w, S("12345678"));
	wr_u32(&w, 0);
	if (c->mic || c->untrusted) {
		wr_u16(&w, 6);
		wr_u16(&w, 4);
		wr_u32(&w, (c->mic ? 2u : 0) | (c->untrusted ? 4u : 0));
	}
	if (c->binding.len > 0) {
		must(ntlm_binding(c->binding, binding));
		wr_u16(&w, 10);
		wr_u16(&w, sizeof(binding));
		wr_octets(&w, str_make(binding, sizeof(binding)));
	}
	if (c->service != NULL) {
		buf_init(&name, 512);
		must(ntlm_to_utf16(str_from_c(c->service), &name));
		wr_u16(&w, 9);
		wr_u16(&w, (uint16_t)name.len);
		wr_octets(&w, buf_str(&name));
		buf_done(&name);
	}
	wr_u64(&w, 0);
}

/* The NT response; key: that of the session. */
static void put_response(const struct client *c, struct buf *to, uint8_t key[NTLM_HASH_OCTETS])
{
	uint8_t hash[NTLM_HASH_OCTETS], v2_key[NTLM_HASH_OCTETS], proof[NTLM_HASH_OCTETS], v1[NTLM_V1_OCTETS], challenge[8];
	struct buf user, domain, blob;

	must(ntlm_nt_hash(str_from_c(c->password), hash));
	if (c->kind == V1 || c->kind == SESSION) {
		memcpy(challenge, server.challenge, 8);
		if (c->kind == SESSION)
			must(ntlm_session_challenge(server.challenge, (const uint8_t *)"12345678", challenge));
		must(ntlm_v1_response(hash, challenge, v1));
		buf_put(to, str_make(v1, sizeof(v1)));
		return;
	}
	buf_init(&user, 2048);
	buf_init(&domain, 2048);
	buf_init(&blob, 4096);
	utf16(&user, c->user, false);
	ntlm_upper(c->ascii_only ? NTLM_UPPER_ASCII : NTLM_UPPER_UNICODE, user.at, user.len);
	utf16(&domain, c->domain, false);
	put_blob(c, &blob);
	must(ntlm_v2_key(hash, buf_str(&user), buf_str(&domain), v2_key));
	must(ntlm_v2_proof(v2_key, server.challenge, buf_str(&blob), proof));
	must(ntlm_hmac(v2_key, str_make(proof, sizeof(proof)), key));
	buf_put(to, str_make(proof, sizeof(proof)));
	buf_put(to, buf_str(&blob));
	buf_done(&user);
	buf_done(&domain);
	buf_done(&blob);
}

static void put_field(struct wr *head, struct buf *payload, size_t from, struct str octets)
{
	wr_u16(head, (uint16_t)octets.len);
	wr_u16(head, (uint16_t)octets.len);
	wr_u32(head, (uint32_t)(from + payload->len));
	buf_put(payload, octets);
}

static struct str lm_of(const struct client *c)
{
	static const char session[24] = "12345678";

	if (c->kind == SESSION)
		return str_make(session, sizeof(session));
	return c->kind == LM_ALONE ? S("LLLLLLLLLLLLLLLLLLLLLLLL") : c->kind == ANONYMOUS ? S("\0") : STR_NONE;
}

static void put_answer(const struct client *c, struct buf *to, uint8_t key[NTLM_HASH_OCTETS])
{
	uint32_t flags = (c->oem ? 2u : 1u) | 0x200 | (c->kind == SESSION ? NTLM_EXTENDED : 0) | (c->kind == ANONYMOUS ? 0x800 : 0);
	size_t from = c->no_room ? 64 : AT_LEAST;
	struct buf payload, nt, name;
	struct wr w = wr_to(to);

	buf_init(&payload, 8192);
	buf_init(&nt, 8192);
	buf_init(&name, 8192);
	if (c->kind != LM_ALONE && c->kind != ANONYMOUS)
		put_response(c, &nt, key);
	wr_octets(&w, S("NTLMSSP\0\3\0\0\0"));
	put_field(&w, &payload, from, lm_of(c));
	put_field(&w, &payload, from, buf_str(&nt));
	utf16(&name, c->domain, c->oem);
	put_field(&w, &payload, from, buf_str(&name));
	buf_clear(&name);
	utf16(&name, c->kind == ANONYMOUS ? "" : c->user, c->oem);
	put_field(&w, &payload, c->lying ? 9999 : from, buf_str(&name));
	buf_clear(&name);
	utf16(&name, "CLIENT", c->oem);
	put_field(&w, &payload, from, buf_str(&name));
	put_field(&w, &payload, from, STR_NONE);
	wr_u32(&w, flags);
	while (to->len < from)
		wr_u8(&w, 0);
	wr_octets(&w, buf_str(&payload));
	buf_done(&payload);
	buf_done(&nt);
	buf_done(&name);
}

static void put_mic(const struct client *c, const uint8_t key[NTLM_HASH_OCTETS], struct str before, struct buf *answer)
{
	uint8_t mic[NTLM_HASH_OCTETS];
	struct buf all;

	buf_init(&all, 16384);
	buf_put(&all, before);
	buf_put(&all, buf_str(answer));
	must(ntlm_hmac(key, buf_str(&all), mic));
	mic[3] ^= c->wrong_mic ? 1 : 0;
	if (!c->no_room)
		memcpy(answer->at + 72, mic, sizeof(mic));
	buf_done(&all);
}

static const struct str negotiate = S_INIT("NTLMSSP\0\1\0\0\0\7\x82\x08\0");
static const struct str negotiate_oem = S_INIT("NTLMSSP\0\1\0\0\0\6\x82\x08\0");

/* As far as the step with the client's answer. */
static enum err go(struct sasl *s, const struct client *c, struct buf *challenge)
{
	struct str first = c->oem ? negotiate_oem : negotiate;
	uint8_t key[NTLM_HASH_OCTETS] = { 0 };
	struct buf before, answer;
	enum err e;

	setup(c);
	buf_init(&before, 8192);
	buf_init(&answer, 16384);
	IS_NUM(sasl_start(s, S("ntlm"), &peer, &first, challenge), ERR_NEEDMORE);
	OK(str_starts(buf_str(challenge), S("NTLMSSP\0\2\0\0\0")), "%s: a challenge", c->what);
	buf_put(&before, first);
	buf_put(&before, buf_str(challenge));
	put_answer(c, &answer, key);
	if (c->mic)
		put_mic(c, key, buf_str(&before), &answer);
	e = sasl_step(s, buf_str(&answer), challenge);
	buf_done(&before);
	buf_done(&answer);
	return e;
}

#define GOOD .user = "alice", .domain = "DOM", .password = "secret", .secret = "secret"
#define END_POINT .binding = S_INIT("hash of a certificate")

static const struct client clients[] = {
	{ .what = "as curl does it", GOOD, .proven = true },
	{ .what = "as Windows does it", GOOD, .mic = true, END_POINT, .service = "imap/host.example.org", .proven = true,
		.strict_binding = NTLM_REQUIRED, .strict_service = NTLM_REQUIRED },
	{ .what = "OEM", GOOD, .oem = true, .proven = true },
	{ .what = "OEM with a MIC", GOOD, .oem = true, .mic = true, .proven = true },
	{ .what = "no domain", .user = "alice", .domain = "", .password = "secret", .secret = "secret", .proven = true },
	{ .what = "beyond ASCII", .user = "j\xc3\xbcrgen", .domain = "D\xc3\x84", .password = "p\xc3\xa4\xc3\x9f", .secret = "p\xc3\xa4\xc3\x9f",
		.proven = true },
	{ .what = "capitals of ASCII only", .user = "j\xc3\xbcrgen", .domain = "DOM", .password = "x", .secret = "x", .ascii_only = true,
		.proven = true },
	{ .what = "OEM in UTF-8", .user = "j\xc3\xbcrgen", .domain = "DOM", .password = "x", .secret = "x", .oem = true, .proven = true },
	{ .what = "OEM of another code page", .user = "j\x81rgen", .domain = "DOM", .password = "x", .secret = "x", .oem = true,
		.kind = V1, .v1_allowed = true, .want = ERR_SYNTAX, .why = "its names are in a code page" },
	{ .what = "a wrong password", .user = "alice", .domain = "DOM", .password = "wrong", .secret = "secret", .mic = true },
	{ .what = "no such account", .user = "alice", .domain = "DOM", .password = "secret" },
	{ .what = "no such account, no password", .user = "alice", .domain = "DOM", .password = "" },
	{ .what = "a wrong MIC", GOOD, .mic = true, .wrong_mic = true, .why = "its MIC is wrong" },
	{ .what = "a MIC without room for it", GOOD, .mic = true, .no_room = true, .why = "its MIC is wrong" },
	{ .what = "an old message", GOOD, .no_room = true, .proven = true },
	{ .what = "another channel", GOOD, .binding = S_INIT("another certificate"), .strict_binding = NTLM_IF_GIVEN,
		.why = "it is bound to another TLS connection" },
	{ .what = "another channel, which nobody minds", GOOD, .binding = S_INIT("another certificate"), .proven = true },
	{ .what = "no channel where one is demanded", GOOD, .strict_binding = NTLM_REQUIRED, .why = "it is not bound to this TLS" },
	{ .what = "no channel", GOOD, .strict_binding = NTLM_IF_GIVEN, .proven = true },
	{ .what = "a service by another name", GOOD, .service = "SMTPSVC/MAIL.example.org:587/x", .strict_service = NTLM_IF_GIVEN, .proven = true },
	{ .what = "a service by address", GOOD, .service = "imap/[::1]:143", .strict_service = NTLM_IF_GIVEN, .proven = true },
	{ .what = "a service by its short name", GOOD, .service = "imap/host", .strict_service = NTLM_IF_GIVEN, .proven = true },
	{ .what = "somebody else's service", GOOD, .service = "imap/host.example.net", .strict_service = NTLM_IF_GIVEN,
		.why = "it is meant for the service \"imap/host.example.net\"" },
	{ .what = "a service that is none", GOOD, .service = "imap", .strict_service = NTLM_IF_GIVEN, .why = "it is meant for" },
	{ .what = "a service that cannot be trusted", GOOD, .service = "imap/evil", .untrusted = true, .strict_service = NTLM_IF_GIVEN,
		.proven = true },
	{ .what = "the same where one is demanded", GOOD, .service = "imap/host", .untrusted = true, .strict_service = NTLM_REQUIRED,
		.why = "it does not say for which service" },
	{ .what = "no service where one is demanded", GOOD, .strict_service = NTLM_REQUIRED, .why = "it does not say for which service" },
	{ .what = "a clock 36 hours slow", GOOD, .time = NOW - 36 * HOUR, .proven = true },
	{ .what = "a clock that is slower", GOOD, .time = NOW - 36 * HOUR - 10000000, .why = "the client's clock is 129601 seconds slow" },
	{ .what = "a clock that is fast", GOOD, .time = NOW + 37 * HOUR, .why = "the client's clock is 133200 seconds fast" },
	{ .what = "a clock at its end", GOOD, .time = UINT64_MAX, .why = "the client's clock is" },
	{ .what = "NTLMv1", GOOD, .kind = V1, .want = ERR_WEAK, .why = "the response is NTLMv1's" },
	{ .what = "NTLMv1 where it may be", GOOD, .kind = V1, .v1_allowed = true, .proven = true },
	{ .what = "NTLMv1, wrong", .user = "alice", .domain = "DOM", .password = "wrong", .secret = "secret", .kind = V1, .v1_allowed = true },
	{ .what = "NTLMv1 where a channel is demanded", GOOD, .kind = V1, .v1_allowed = true, .strict_binding = NTLM_REQUIRED,
		.why = "NTLMv1 cannot be bound" },
	{ .what = "NTLM2 session", GOOD, .kind = SESSION, .want = ERR_WEAK, .why = "the response is NTLM2 session's" },
	{ .what = "NTLM2 session where it may be", GOOD, .kind = SESSION, .v1_allowed = true, .proven = true },
	{ .what = "LM alone, never", GOOD, .kind = LM_ALONE, .v1_allowed = true, .want = ERR_WEAK, .why = "the response is LM's alone" },
	{ .what = "anonymous", GOOD, .kind = ANONYMOUS, .v1_allowed = true, .want = ERR_AUTH, .why = "anonymous NTLM is not taken" },
	{ .what = "an offset beyond the end", GOOD, .lying = true, .want = ERR_SYNTAX },
	{ .what = "no user", .user = "", .domain = "DOM", .password = "secret", .secret = "secret", .want = ERR_SYNTAX },
};

static bool nothing_left(const struct sasl *s)
{
	return s->own == NULL && s->octets.at == NULL && s->authcid.at == NULL && s->mechanism == NULL;
}

static void check(const struct client *c)
{
	struct sasl_answer told = { .code = ERR_OK };
	uint8_t hash[NTLM_HASH_OCTETS];
	struct buf challenge;
	struct sasl s;
	enum err e;

	sasl_init(&s);
	buf_init(&challenge, 4096);
	e = go(&s, c, &challenge);
	OK(e == c->want, "%s: %s", c->what, err_name(e));
	if (e == ERR_OK) {
		IS_NUM(s.want, SASL_NT);
		IS_STR(ntlm_claim(&s).user, str_from_c(c->user));
		IS_STR(ntlm_claim(&s).domain, str_from_c(c->domain));
		IS_STR(ntlm_claim(&s).workstation, S("CLIENT"));
		if (c->secret != NULL && ntlm_nt_hash(str_from_c(c->secret), hash))
			told.secret = str_make(hash, sizeof(hash));
		IS_NUM(sasl_step(&s, S("x"), &challenge), ERR_SEQUENCE);
		IS_NUM(sasl_answer(&s, &told, &challenge), ERR_OK);
		IS_NUM(s.want, SASL_VERDICT);
		OK(s.proven == c->proven, "%s: %s", c->what, c->proven ? "is right" : "is wrong");
		IS_NUM(sasl_answer(&s, &told, &challenge), ERR_SEQUENCE);
	} else {
		OK(nothing_left(&s), "%s: all wiped", c->what);
	}
	OK(c->why == NULL ? s.why[0] == '\0' : str_starts(str_from_c(s.why), str_from_c(c->why)), "%s: %s", c->what, s.why);
	sasl_done(&s);
	buf_done(&challenge);
}

/* Several passwords of one account, and none of its own: any of them; what the response is bound to is checked with that one's key. */
static void test_others(void)
{
	static const struct client c = { .what = "with another password", .user = "bob", .domain = "AD", .password = "x", .mic = true };
	uint8_t right[NTLM_HASH_OCTETS], wrong[NTLM_HASH_OCTETS] = { 1 };
	struct str others[SASL_OTHERS_MAX];
	struct sasl_answer told = { .secret = str_make(wrong, sizeof(wrong)), .others = others };
	struct buf challenge;
	struct sasl s;

	must(ntlm_nt_hash(S("x"), right));
	sasl_init(&s);
	buf_init(&challenge, 4096);
	for (size_t at = 0; at <= SASL_OTHERS_MAX; at++) {
		memset(others, 0, sizeof(others));
		if (at < SASL_OTHERS_MAX)
			others[at] = str_make(right, sizeof(right));
		told.others_count = at < SASL_OTHERS_MAX ? at + 1 : SASL_OTHERS_MAX;
		IS_NUM(go(&s, &c, &challenge), ERR_OK);
		IS_NUM(sasl_answer(&s, &told, &challenge), ERR_OK);
		OK(s.proven == (at < SASL_OTHERS_MAX) && s.which == (at < SASL_OTHERS_MAX ? at + 1 : 0), "at %zu: %s", at, s.why);
	}
	sasl_done(&s);
	buf_done(&challenge);
}

/* A controller has checked the response; what it is bound to is still checked here, with the key it gave. */
static void test_controller(void)
{
	static const struct client c = { .what = "for a controller", .user = "bob", .domain = "AD", .password = "x", .mic = true };
	uint8_t key[NTLM_HASH_OCTETS];
	struct sasl_answer told = { .right = true, .octets = str_make(key, sizeof(key)) };
	struct ntlm_claim claim;
	struct buf challenge;
	struct sasl s;

	sasl_init(&s);
	buf_init(&challenge, 4096);
	for (int turn = 0; turn < 3; turn++) {
		IS_NUM(go(&s, &c, &challenge), ERR_OK);
		claim = ntlm_claim(&s);
		IS_STR(claim.challenge, S("\1\2\3\4\5\6\7\10"));
		OK(claim.nt.len > 44 && claim.form == NTLM_FORM_V2, "a response to pass on");
		{
			uint8_t hash[NTLM_HASH_OCTETS], v2_key[NTLM_HASH_OCTETS];

			must(ntlm_nt_hash(S("x"), hash) && ntlm_v2_key(hash, S("B\0O\0B\0"), S("A\0D\0"), v2_key));
			must(ntlm_hmac(v2_key, str_sub(claim.nt, 0, NTLM_HASH_OCTETS), key));
		}
		key[0] ^= turn == 1;
		told.right = turn != 2;
		IS_NUM(sasl_answer(&s, &told, &challenge), ERR_OK);
		OK(s.proven == (turn == 0), "turn %d: %s", turn, s.why);
	}
	IS_NUM(go(&s, &c, &challenge), ERR_OK);
	told.code = ERR_UNAVAILABLE;
	IS_NUM(sasl_answer(&s, &told, &challenge), ERR_UNAVAILABLE);
	OK(nothing_left(&s), "nobody to ask: all wiped");
	sasl_done(&s);
	buf_done(&challenge);
}

static void test_order(void)
{
	static const struct client c = { .what = "order", GOOD };
	static char many[SASL_RESPONSE_OCTETS_MAX + 1];
	struct str none = S("");
	struct buf challenge;
	struct sasl s;

	setup(&c);
	sasl_init(&s);
	buf_init(&challenge, 4096);
	IS_NUM(sasl_start(&s, S("NTLM"), &peer, NULL, &challenge), ERR_NEEDMORE);
	IS_NUM(challenge.len, 0);
	IS_NUM(sasl_step(&s, negotiate, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, negotiate, &challenge), ERR_SYNTAX);
	OK(nothing_left(&s), "the first message twice: all wiped");
	IS_NUM(sasl_step(&s, negotiate, &challenge), ERR_SEQUENCE);
	IS_NUM(sasl_start(&s, S("NTLM"), &peer, &none, &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("NTLM"), &peer, &negotiate, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, none, &challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&s, S("NTLM"), &peer, &negotiate, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&s, str_make(many, sizeof(many)), &challenge), ERR_TOOLONG);
	IS_NUM(sasl_start(&s, S("NTLM"), &peer, &negotiate, &challenge), ERR_NEEDMORE);
	IS_NUM(sasl_cancel(&s), ERR_CANCELLED);
	OK(nothing_left(&s), "cancelled: all wiped");
	IS_NUM(sasl_start(&s, S("NTLM"), &(struct sasl_peer){ .tls = true }, &negotiate, &challenge), ERR_MECHANISM);
	IS_NUM(sasl_start(&s, S("NTLM"), &(struct sasl_peer){ .tls = true }, NULL, &challenge), ERR_MECHANISM);
	IS_NUM(go(&s, &c, &challenge), ERR_OK);
	IS_NUM(sasl_cancel(&s), ERR_CANCELLED);
	OK(nothing_left(&s), "cancelled while somebody is asked: all wiped");
	sasl_done(&s);
	buf_done(&challenge);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++)
		check(&clients[i]);
	test_others();
	test_controller();
	test_order();
	return tap_done();
}
