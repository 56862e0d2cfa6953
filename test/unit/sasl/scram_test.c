#include <openssl/evp.h>
#include <stdlib.h>

#include "base/code.h"
#include "sasl/sasl.h"
#include "sasl/scram_keys.h"
#include "tap.h"

/* ---- keys ---- */

static struct scram_keys keys_of(enum scram_hash hash, struct str salt, uint32_t iterations, struct str password)
{
	struct scram_keys k = { .hash = hash, .iterations = iterations, .salt_octets = salt.len };

	memcpy(k.salt, salt.at, salt.len);
	scram_keys_derive(&k, password);
	return k;
}

static struct str put_keys(const struct scram_keys *k, char *room)
{
	struct buf text;
	size_t n;

	buf_init(&text, SCRAM_TEXT_OCTETS_MAX);
	scram_keys_put(k, &text);
	must(!buf_overflowed(&text));
	memcpy(room, text.at, text.len);
	n = text.len;
	buf_done(&text);
	return str_make(room, n);
}

static const struct {
	struct str text;
	enum err want;
} texts[] = {
	{ S_INIT("SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_OK },
	{ S_INIT("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
		 "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="),
		ERR_OK },
	{ S_INIT(""), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1"), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y="), ERR_CORRUPT },
	{ S_INIT("SCRAM-MD5$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-256$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$0:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$9999999:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$-1:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$4096:$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$4096:QSXCR+Q6sek8bf9$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$:"), ERR_CORRUPT },
	{ S_INIT("SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=x"), ERR_CORRUPT },
};

static void test_texts(void)
{
	char room[SCRAM_TEXT_OCTETS_MAX];
	struct scram_keys k;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct str in = texts[i].text;

		IS_NUM(scram_keys_get(in, &k), texts[i].want);
		if (texts[i].want != ERR_OK)
			continue;
		IS_STR(put_keys(&k, room), in);
		for (size_t n = 0; n < in.len; n++)
			OK(scram_keys_get(str_sub(in, 0, n), &k) == ERR_CORRUPT, "cut at %zu", n);
	}
	memset(room, 'x', sizeof(room));
	IS_NUM(scram_keys_get(str_make(room, sizeof(room)), &k), ERR_CORRUPT);
	/* The keys of the examples in RFC 5802 section 5 and RFC 7677 section 3. */
	k = keys_of(SCRAM_SHA_1, S("\x41\x25\xc2\x47\xe4\x3a\xb1\xe9\x3c\x6d\xff\x76"), 4096, S("pencil"));
	IS_STR(put_keys(&k, room), texts[0].text);
	k = keys_of(SCRAM_SHA_256, S("\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81"), 4096, S("pencil"));
	IS_STR(put_keys(&k, room), texts[1].text);
}

/* A longest text fits what it is kept in. */
static void test_longest(void)
{
	struct scram_keys k = { .hash = SCRAM_SHA_256, .iterations = SCRAM_ITERATIONS_MAX, .salt_octets = SCRAM_SALT_OCTETS_MAX }, again;
	char room[SCRAM_TEXT_OCTETS_MAX];

	IS_NUM(scram_keys_get(put_keys(&k, room), &again), ERR_OK);
	IS_NUM(again.salt_octets, SCRAM_SALT_OCTETS_MAX);
}

static bool same_salt(const struct scram_keys *a, const struct scram_keys *b)
{
	return a->salt_octets == b->salt_octets && memcmp(a->salt, b->salt, a->salt_octets) == 0;
}

static void test_feigned(void)
{
	struct scram_keys a = { .hash = SCRAM_SHA_256, .iterations = 4096 }, b = a, other = a, key = a, hash = a;

	hash.hash = SCRAM_SHA_1;
	scram_keys_feign(&a, S("a key"), S("dom\\nobody"));
	scram_keys_feign(&b, S("a key"), S("dom\\nobody"));
	scram_keys_feign(&other, S("a key"), S("dom\\nobody2"));
	scram_keys_feign(&key, S("b key"), S("dom\\nobody"));
	scram_keys_feign(&hash, S("a key"), S("dom\\nobody"));
	OK(same_salt(&a, &b) && memcmp(a.stored, b.stored, 32) == 0 && memcmp(a.server, b.server, 32) == 0, "the same for the same name");
	OK(!same_salt(&a, &other) && !same_salt(&a, &key), "another for another name or key");
	OK(!same_salt(&a, &hash), "another for the other hash, as an account has");
	OK(memcmp(a.stored, a.server, 32) != 0 && memcmp(a.salt, a.stored, 16) != 0, "three values that say nothing of each other");
	IS_NUM(a.salt_octets, SCRAM_SALT_OCTETS);
}

/* ---- exchanges ---- */

struct talk {
	struct sasl s;
	struct buf challenge;
	struct sasl_peer peer;
};

static void begin(struct talk *t)
{
	*t = (struct talk){ .peer = { .tls = true,
				    .binds = true,
				    .exporter = S("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"),
				    .end_point = S("pppppppppppppppppppppppppppppppp"),
				    .nonce = S("SERVERNONCE") } };
	sasl_init(&t->s);
	buf_init(&t->challenge, SASL_RESPONSE_OCTETS_MAX);
}

static void end(struct talk *t)
{
	sasl_done(&t->s);
	buf_done(&t->challenge);
}

/* The vectors of the RFCs, with and without an initial response. */
static const struct vector {
	const char *mechanism;
	struct str secret, nonce, first, server_first, final, server_final;
} vectors[] = {
	{ "SCRAM-SHA-1",
		S_INIT("SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE="),
		S_INIT("3rfcNHYJY1ZVvWVs7j"), S_INIT("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"),
		S_INIT("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
		S_INIT("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="),
		S_INIT("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=") },
	{ "SCRAM-SHA-256",
		S_INIT("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
		       "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="),
		S_INIT("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"), S_INIT("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"),
		S_INIT("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
		S_INIT("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="),
		S_INIT("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") },
};

static void check_vector(struct talk *t, const struct vector *v, bool initial)
{
	struct sasl_answer a = { .secret = v->secret };

	t->peer.nonce = v->nonce;
	if (initial) {
		IS_NUM(sasl_start(&t->s, str_from_c(v->mechanism), &t->peer, &v->first, &t->challenge), ERR_OK);
	} else {
		IS_NUM(sasl_start(&t->s, str_from_c(v->mechanism), &t->peer, NULL, &t->challenge), ERR_NEEDMORE);
		IS_NUM(t->challenge.len, 0);
		IS_NUM(sasl_step(&t->s, v->first, &t->challenge), ERR_OK);
	}
	IS_NUM(t->s.want, SASL_KEYS);
	IS_STR(buf_str(&t->s.authcid), S("user"));
	IS_NUM(sasl_step(&t->s, v->final, &t->challenge), ERR_SEQUENCE);
	IS_NUM(sasl_answer(&t->s, &a, &t->challenge), ERR_NEEDMORE);
	IS_STR(buf_str(&t->challenge), v->server_first);
	IS_NUM(sasl_answer(&t->s, &a, &t->challenge), ERR_SEQUENCE);
	IS_NUM(sasl_step(&t->s, v->final, &t->challenge), ERR_NEEDMORE);
	IS_STR(buf_str(&t->challenge), v->server_final);
	IS_NUM(t->s.want, SASL_NOTHING);
	IS_NUM(sasl_step(&t->s, S(""), &t->challenge), ERR_OK);
	IS_NUM(t->s.want, SASL_VERDICT);
	OK(t->s.proven, "%s: proven", v->mechanism);
	IS_NUM(sasl_step(&t->s, S(""), &t->challenge), ERR_SEQUENCE);
}

static void test_vectors(void)
{
	struct talk t;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		begin(&t);
		check_vector(&t, &vectors[i], true);
		check_vector(&t, &vectors[i], false);
		end(&t);
	}
}

/* Every octet of the last message of a vector changed: never proven, and never anything but a refusal. */
static void test_changed(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];
		struct sasl_answer a = { .secret = v->secret };
		size_t refused = 0;

		for (size_t at = 0; at < v->final.len; at++) {
			struct talk t;
			char *copy = malloc(v->final.len);
			enum err e;

			memcpy(copy, v->final.at, v->final.len);
			copy[at] ^= 1;
			begin(&t);
			t.peer.nonce = v->nonce;
			must(sasl_start(&t.s, str_from_c(v->mechanism), &t.peer, &v->first, &t.challenge) == ERR_OK);
			must(sasl_answer(&t.s, &a, &t.challenge) == ERR_NEEDMORE);
			e = sasl_step(&t.s, str_make(copy, v->final.len), &t.challenge);
			refused += e == ERR_SYNTAX || e == ERR_BINDING || e == ERR_UNSUPPORTED ||
				   (e == ERR_OK && t.s.want == SASL_VERDICT && !t.s.proven && t.challenge.len == 0);
			end(&t);
			free(copy);
		}
		IS_NUM(refused, v->final.len);
	}
}

/* ---- a client ---- */

struct client {
	const char *mechanism;
	enum scram_hash hash;
	struct str header, bare, password, data;
};

/* The client's last message to what the server has said. */
static void put_final(const struct client *c, struct str server_first, struct buf *to)
{
	unsigned char salted[32], key[32], stored[32], signature[32];
	size_t octets = scram_key_octets(c->hash);
	struct str rest = server_first, nonce, salt, iterations;
	struct buf octets_of, message;
	uint32_t i = 0;

	buf_init(&octets_of, 8192);
	buf_init(&message, 16384);
	must(str_cut(&rest, ',', &nonce) && str_cut(&rest, ',', &salt));
	iterations = str_skip(rest, 2);
	must(base64_get(&octets_of, str_skip(salt, 2)) == ERR_OK && str_u32(iterations, 100000, &i));
	must(PKCS5_PBKDF2_HMAC(c->password.at, (int)c->password.len, (unsigned char *)octets_of.at, (int)octets_of.len, (int)i,
		     c->hash == SCRAM_SHA_1 ? EVP_sha1() : EVP_sha256(), (int)octets, salted) == 1);
	scram_hmac(c->hash, str_make(salted, octets), S("Client Key"), key);
	scram_digest(c->hash, str_make(key, octets), stored);
	buf_clear(&octets_of);
	buf_put(&octets_of, c->header);
	buf_put(&octets_of, c->data);
	buf_put_c(to, "c=");
	base64_put(to, buf_str(&octets_of));
	buf_printf(to, ",%.*s", STR_FMT(nonce));
	buf_printf(&message, "%.*s,%.*s,%.*s", STR_FMT(c->bare), STR_FMT(server_first), STR_FMT(buf_str(to)));
	scram_hmac(c->hash, str_make(stored, octets), buf_str(&message), signature);
	for (size_t n = 0; n < octets; n++)
		key[n] ^= signature[n];
	buf_put_c(to, ",p=");
	base64_put(to, str_make(key, octets));
	buf_done(&octets_of);
	buf_done(&message);
}

/* The whole exchange; what it ended with. */
static enum err run_with(struct talk *t, const struct client *c, const struct sasl_answer *a)
{
	struct buf first, final;
	enum err e;

	buf_init(&first, 8192);
	buf_init(&final, 8192);
	buf_put(&first, c->header);
	buf_put(&first, c->bare);
	e = sasl_start(&t->s, str_from_c(c->mechanism), &t->peer, &(struct str){ first.at, first.len }, &t->challenge);
	if (e == ERR_OK)
		e = sasl_answer(&t->s, a, &t->challenge);
	if (e == ERR_NEEDMORE) {
		put_final(c, buf_str(&t->challenge), &final);
		e = sasl_step(&t->s, buf_str(&final), &t->challenge);
	}
	if (e == ERR_NEEDMORE)
		e = sasl_step(&t->s, S(""), &t->challenge);
	buf_done(&first);
	buf_done(&final);
	return e;
}

static enum err run(struct talk *t, const struct client *c, struct str password)
{
	struct scram_keys k = keys_of(c->hash, S("0123456789abcdef"), 4096, password);
	char room[SCRAM_TEXT_OCTETS_MAX];
	struct sasl_answer a = { .secret = put_keys(&k, room) };

	return run_with(t, c, &a);
}

#define EXPORTER  S_INIT("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee")
#define END_POINT S_INIT("pppppppppppppppppppppppppppppppp")

/* Several passwords of one account: any of them that was made with the salt that is told, and the signature is that one's. */
static void test_others(void)
{
	static const struct client good = { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x"), S_INIT("third"), S_INIT("") };
	static const struct {
		const char *what;
		struct str salt;
		uint32_t iterations;
		enum scram_hash hash;
		bool proven;
	} kinds[] = {
		{ "with its salt", S_INIT("0123456789abcdef"), 4096, SCRAM_SHA_256, true },
		{ "with another salt", S_INIT("0123456789abcdeX"), 4096, SCRAM_SHA_256, false },
		{ "with a shorter salt", S_INIT("0123456789abcde"), 4096, SCRAM_SHA_256, false },
		{ "of other rounds", S_INIT("0123456789abcdef"), 4097, SCRAM_SHA_256, false },
		{ "of another hash", S_INIT("0123456789abcdef"), 4096, SCRAM_SHA_1, false },
	};
	char own[SCRAM_TEXT_OCTETS_MAX], room[SCRAM_TEXT_OCTETS_MAX];
	struct str others[SASL_OTHERS_MAX];
	struct scram_keys k = keys_of(SCRAM_SHA_256, S("0123456789abcdef"), 4096, S("first"));
	struct sasl_answer a = { .secret = put_keys(&k, own), .others = others };
	struct talk t;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		k = keys_of(kinds[i].hash, kinds[i].salt, kinds[i].iterations, S("third"));
		for (size_t at = 0; at < SASL_OTHERS_MAX; at += SASL_OTHERS_MAX - 1) {
			memset(others, 0, sizeof(others));
			others[1] = S("nonsense");
			others[at] = put_keys(&k, room);
			a.others_count = at == 0 ? 2 : SASL_OTHERS_MAX;
			begin(&t);
			IS_NUM(run_with(&t, &good, &a), ERR_OK);
			OK(t.s.proven == kinds[i].proven && t.s.which == (kinds[i].proven ? at + 1 : 0), "keys %s at %zu", kinds[i].what, at);
			end(&t);
		}
	}
	a.others_count = 0;
	begin(&t);
	IS_NUM(run_with(&t, &good, &a), ERR_OK);
	OK(!t.s.proven && t.s.which == 0, "no others");
	end(&t);
}

static const struct {
	const char *what;
	struct client c;
	enum err want;
	bool proven;
	struct str authzid;
} clients[] = {
	{ "exporter", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=tls-exporter,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_OK, true },
	{ "SHA-1", { "SCRAM-SHA-1-PLUS", SCRAM_SHA_1, S_INIT("p=tls-exporter,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_OK, true },
	{ "end point", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=tls-server-end-point,a=box,"), S_INIT("n=u,r=x"), S_INIT("pw"), END_POINT }, ERR_OK, true, S_INIT("box") },
	{ "not unique on TLS 1.3", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=tls-unique,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_BINDINGTYPE, false },
	{ "another type", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=tls,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_BINDINGTYPE, false },
	{ "of another connection", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=tls-exporter,,"), S_INIT("n=u,r=x"), S_INIT("pw"), END_POINT }, ERR_BINDING, false },
	{ "no data", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=tls-exporter,,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_BINDING, false },
	{ "data without binding", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_BINDING, false },
	{ "PLUS with n", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "PLUS with y", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("y,,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "p without PLUS", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("p=tls-exporter,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_SYNTAX, false },
	{ "p without type", { "SCRAM-SHA-256-PLUS", SCRAM_SHA_256, S_INIT("p=,,"), S_INIT("n=u,r=x"), S_INIT("pw"), EXPORTER }, ERR_BINDINGTYPE, false },
	{ "downgraded", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("y,,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_DOWNGRADE, false },
	{ "authzid", { "SCRAM-SHA-1", SCRAM_SHA_1, S_INIT("n,a=b=2Co=3Dx,"), S_INIT("n==3Du=2C,r=x"), S_INIT("pw") }, ERR_OK, true, S_INIT("b,o=x") },
	{ "UTF-8", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=j\xc3\xbcrgen,r=x"), S_INIT("p\xc3\xa4ss") }, ERR_OK, true },
	{ "extensions", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x,z=1,Y=a=b"), S_INIT("pw") }, ERR_OK, true },
	{ "mandatory extension", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("m=1,n=u,r=x"), S_INIT("pw") }, ERR_UNSUPPORTED, false },
	{ "mandatory extension behind", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x,m=1"), S_INIT("pw") }, ERR_UNSUPPORTED, false },
	{ "bad extension", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x,z"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "comma behind", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=x,"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "no name", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "no nonce", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r="), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "only a name", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "blank in the nonce", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u,r=a b"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "nonce first", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("r=x,n=u"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "bad escape", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u=2c,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "half an escape", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u=2,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "bad UTF-8", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u\xff,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "NUL", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,,"), S_INIT("n=u\0,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "empty authzid", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,a=,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "authzid without letter", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("n,box,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "no header", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT(""), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
	{ "a GSS flag", { "SCRAM-SHA-256", SCRAM_SHA_256, S_INIT("F,n,,"), S_INIT("n=u,r=x"), S_INIT("pw") }, ERR_SYNTAX, false },
};

static void test_clients(void)
{
	struct talk t;

	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++) {
		begin(&t);
		OK(run(&t, &clients[i].c, clients[i].c.password) == clients[i].want, "%s", clients[i].what);
		OK(t.s.proven == clients[i].proven, "%s: proven or not", clients[i].what);
		IS_STR(buf_str(&t.s.authzid), clients[i].authzid);
		/* The same with another password. */
		if (clients[i].want == ERR_OK) {
			IS_NUM(run(&t, &clients[i].c, S("another")), ERR_OK);
			OK(t.s.want == SASL_VERDICT && !t.s.proven, "%s: wrong password", clients[i].what);
		}
		end(&t);
	}
	/* Where nothing can be bound, "y" says the truth; bindings that are not there cannot be chosen. */
	begin(&t);
	t.peer.binds = false;
	t.peer.exporter = t.peer.end_point = STR_NONE;
	IS_NUM(run(&t, &(struct client){ "SCRAM-SHA-256", SCRAM_SHA_256, S("y,,"), S("n=u,r=x"), S("pw"), STR_NONE }, S("pw")), ERR_OK);
	OK(t.s.proven, "y where nothing binds");
	IS_NUM(run(&t, &clients[0].c, S("pw")), ERR_BINDINGTYPE);
	/* TLS 1.2 has the first of the Finished messages. */
	t.peer.unique = S("uuuuuuuuuuuu");
	IS_NUM(run(&t, &(struct client){ "SCRAM-SHA-1-PLUS", SCRAM_SHA_1, S("p=tls-unique,,"), S("n=u,r=x"), S("pw"), S("uuuuuuuuuuuu") }, S("pw")), ERR_OK);
	OK(t.s.proven, "tls-unique");
	end(&t);
}

/* Proofs of every length but the right one, and what is no proof. */
static void test_proofs(void)
{
	struct talk t;
	struct scram_keys k = keys_of(SCRAM_SHA_256, S("0123456789abcdef"), 4096, S("pw"));
	char room[SCRAM_TEXT_OCTETS_MAX], zero[64] = { 0 };
	struct sasl_answer a = { .secret = put_keys(&k, room) };
	struct buf final;

	buf_init(&final, 8192);
	for (size_t n = 0; n < sizeof(zero); n++) {
		begin(&t);
		must(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &S("n,,n=u,r=x"), &t.challenge) == ERR_OK);
		must(sasl_answer(&t.s, &a, &t.challenge) == ERR_NEEDMORE);
		buf_clear(&final);
		buf_put_c(&final, "c=biws,r=xSERVERNONCE,p=");
		base64_put(&final, str_make(zero, n));
		OK(sasl_step(&t.s, buf_str(&final), &t.challenge) == ERR_OK && t.s.want == SASL_VERDICT && !t.s.proven, "%zu octets", n);
		end(&t);
	}
	buf_done(&final);
}

static const struct {
	struct str final;
	enum err want;
} finals[] = {
	{ S_INIT(""), ERR_SYNTAX },
	{ S_INIT("c=biws,r=xSERVERNONCE"), ERR_SYNTAX },
	{ S_INIT("c=biws,r=xSERVERNONCE,p=!!!!"), ERR_SYNTAX },
	{ S_INIT("c=biws,r=xSERVERNONCE,p=AAAA,x=1"), ERR_SYNTAX },
	{ S_INIT("c=biws,p=AAAA"), ERR_SYNTAX },
	{ S_INIT("r=xSERVERNONCE,c=biws,p=AAAA"), ERR_SYNTAX },
	{ S_INIT("c=biws,r=xSERVERNONCE,m=1,p=AAAA"), ERR_UNSUPPORTED },
	{ S_INIT("c=biws,r=xSERVERNONCE,x=\xff,p=AAAA"), ERR_SYNTAX },
	{ S_INIT("c=biws,r=xSERVERNONCE,x=\0,p=AAAA"), ERR_SYNTAX },
	{ S_INIT("c=,r=xSERVERNONCE,p=AAAA"), ERR_BINDING },
	{ S_INIT("c=eSws,r=xSERVERNONCE,p=AAAA"), ERR_BINDING }, /* another header than before */
	{ S_INIT("c=biws,r=x,p=AAAA"), ERR_OK },                /* the client's nonce alone */
	{ S_INIT("c=biws,r=xSERVERNONCEx,p=AAAA"), ERR_OK },
	{ S_INIT("c=biws,r=xSERVERNONCE,x=1,p=AAAA"), ERR_OK },
};

static void test_finals(void)
{
	struct scram_keys k = keys_of(SCRAM_SHA_256, S("0123456789abcdef"), 4096, S("pw"));
	char room[SCRAM_TEXT_OCTETS_MAX];
	static char many[5000];
	struct sasl_answer a = { .secret = put_keys(&k, room) };
	struct talk t;

	memset(many, 'x', sizeof(many));
	for (size_t i = 0; i <= sizeof(finals) / sizeof(*finals); i++) {
		bool all = i < sizeof(finals) / sizeof(*finals);
		struct str in = all ? finals[i].final : str_make(many, sizeof(many));
		enum err want = all ? finals[i].want : ERR_TOOLONG;

		begin(&t);
		must(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &S("n,,n=u,r=x"), &t.challenge) == ERR_OK);
		must(sasl_answer(&t.s, &a, &t.challenge) == ERR_NEEDMORE);
		OK(sasl_step(&t.s, in, &t.challenge) == want && !t.s.proven && t.challenge.len == 0, "final %zu", i);
		OK(want == ERR_OK || (t.s.authcid.len == 0 && t.s.own == NULL), "final %zu: nothing is left", i);
		end(&t);
	}
}

/* Out of order, cancelled, too long, answered with what is no secret. */
static void test_order(void)
{
	static char many[SASL_RESPONSE_OCTETS_MAX];
	const struct vector *v = &vectors[1];
	struct sasl_answer a = { .secret = v->secret };
	struct talk t;

	memset(many, 'x', sizeof(many));
	begin(&t);
	t.peer.nonce = v->nonce;
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->final, &t.challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &S(""), &t.challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &(struct str){ many, sizeof(many) }, &t.challenge), ERR_TOOLONG);
	IS_NUM(sasl_answer(&t.s, &a, &t.challenge), ERR_SEQUENCE);
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_answer(&t.s, &(struct sasl_answer){ .secret = S("nonsense") }, &t.challenge), ERR_CORRUPT);
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_answer(&t.s, &(struct sasl_answer){ .secret = vectors[0].secret }, &t.challenge), ERR_CORRUPT);
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_answer(&t.s, &(struct sasl_answer){ .code = ERR_UNAVAILABLE }, &t.challenge), ERR_UNAVAILABLE);
	OK(t.s.own == NULL && t.s.authcid.len == 0, "nothing is left");
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_answer(&t.s, &a, &t.challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&t.s, v->first, &t.challenge), ERR_SYNTAX);
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_answer(&t.s, &a, &t.challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&t.s, v->final, &t.challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&t.s, S("x"), &t.challenge), ERR_SYNTAX);
	OK(!t.s.proven, "an answer to what is no question ends it");
	/* The same messages again, to a server with another nonce. */
	t.peer.nonce = S("another");
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_answer(&t.s, &a, &t.challenge), ERR_NEEDMORE);
	IS_NUM(sasl_step(&t.s, v->final, &t.challenge), ERR_OK);
	OK(t.s.want == SASL_VERDICT && !t.s.proven, "replayed");
	IS_NUM(sasl_start(&t.s, S("SCRAM-SHA-256"), &t.peer, &v->first, &t.challenge), ERR_OK);
	IS_NUM(sasl_cancel(&t.s), ERR_CANCELLED);
	OK(t.s.own == NULL && t.s.authcid.len == 0, "cancelled: nothing is left");
	end(&t);
}

int main(void)
{
	test_texts();
	test_longest();
	test_feigned();
	test_vectors();
	test_changed();
	test_clients();
	test_proofs();
	test_others();
	test_finals();
	test_order();
	return tap_done();
}
