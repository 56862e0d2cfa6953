/*
 * A load of logons by one SASL mechanism, over IMAP. Loopback only; ends by itself; one JSON value on standard output.
 *
 *   logon_load logon PORT PARALLEL SECONDS MECHANISM USER PASSWORD
 *       a new connection for each: greeting, AUTHENTICATE, LOGOUT. PLAIN, LOGIN, SCRAM-SHA-1, SCRAM-SHA-256, NTLM (NTLMv2).
 *       What a client makes of its password once and for all (SCRAM's keys, the NT hash) is made once, so that the server is the
 *       one that is measured.
 *   logon_load keys ITERATIONS PASSWORD
 *       what a server keeps: SCRAM's as ITERATIONS,SALT,STORED,SERVER in base64, and the NT hash in hexadecimal
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/code.h"
#include "base/mem.h"
#include "crew.h"
#include "sasl/ntlm_hash.h"
#include "sasl/scram_keys.h"

#define TEXT_OCTETS_MAX ((size_t)4096)

struct account {
	const char *mechanism, *user, *password;
	struct buf known_by; /* salt and iterations that the keys are for */
	unsigned char client_key[SCRAM_KEY_OCTETS_MAX];
	struct scram_keys keys;
	uint8_t nt[NTLM_HASH_OCTETS];
	uint32_t count;
};

/* ---- one exchange ---- */

static void put_line(struct load_peer *p, const char *head, struct str octets, bool initial)
{
	struct buf line;

	buf_init(&line, 2 * TEXT_OCTETS_MAX);
	buf_put_c(&line, head);
	if (initial)
		buf_put_octet(&line, ' ');
	base64_put(&line, octets);
	buf_put(&line, S("\r\n"));
	load_put(p, buf_str(&line));
	buf_done(&line);
}

static void respond(struct load_peer *p, struct str octets)
{
	put_line(p, "", octets, false);
}

/* The server's next challenge, decoded. */
static void challenge(struct load_peer *p, struct buf *ret)
{
	struct str line = load_line(p);

	buf_clear(ret);
	if (!str_starts(line, S("+ ")) || base64_get(ret, str_skip(line, 2)) != ERR_OK) {
		fprintf(stderr, "%.*s\n", STR_FMT(line));
		load_give_up("no challenge");
	}
}

static void plain(struct load_peer *p, struct account *a, struct buf *text)
{
	buf_put_octet(text, '\0');
	buf_put_c(text, a->user);
	buf_put_octet(text, '\0');
	buf_put_c(text, a->password);
	put_line(p, "L AUTHENTICATE PLAIN", buf_str(text), true);
}

static void login(struct load_peer *p, struct account *a, struct buf *text)
{
	load_put(p, S("L AUTHENTICATE LOGIN\r\n"));
	challenge(p, text);
	respond(p, str_from_c(a->user));
	challenge(p, text);
	respond(p, str_from_c(a->password));
}

/* ---- SCRAM ---- */

static void client_key(const struct scram_keys *k, const char *password, unsigned char *ret)
{
	const EVP_MD *md = k->hash == SCRAM_SHA_1 ? EVP_sha1() : EVP_sha256();
	unsigned char salted[SCRAM_KEY_OCTETS_MAX];
	size_t octets = scram_key_octets(k->hash);

	if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), k->salt, (int)k->salt_octets, (int)k->iterations, md, (int)octets, salted) != 1)
		load_give_up("no PBKDF2");
	scram_hmac(k->hash, str_make((char *)salted, octets), S("Client Key"), ret);
}

static void learn_keys(struct account *a, struct str salt, struct str iterations)
{
	struct buf octets;

	if (a->known_by.len == salt.len && str_eq(buf_str(&a->known_by), salt))
		return;
	buf_init(&octets, SCRAM_SALT_OCTETS_MAX);
	a->keys.hash = scram_hash_of(str_from_c(a->mechanism));
	if (base64_get(&octets, salt) != ERR_OK || !str_u32(iterations, SCRAM_ITERATIONS_MAX, &a->keys.iterations))
		load_give_up("the server's first message is none");
	memcpy(a->keys.salt, octets.at, octets.len);
	a->keys.salt_octets = octets.len;
	scram_keys_derive(&a->keys, str_from_c(a->password));
	client_key(&a->keys, a->password, a->client_key);
	buf_clear(&a->known_by);
	buf_put(&a->known_by, salt);
	buf_done(&octets);
}

/* r=NONCE,s=SALT,i=ITERATIONS */
static void read_first(struct str first, struct str *nonce, struct str *salt, struct str *iterations)
{
	if (!str_cut(&first, ',', nonce) || !str_cut(&first, ',', salt) || !str_starts(*salt, S("s=")) || !str_starts(first, S("i=")))
		load_give_up("the server's first message is none");
	*salt = str_skip(*salt, 2);
	*iterations = str_skip(first, 2);
}

/* Its last message has to prove that it knows the account. */
static void expect_signature(struct load_peer *p, const struct account *a, struct str message, struct buf *text)
{
	unsigned char signature[SCRAM_KEY_OCTETS_MAX];
	struct buf want;

	scram_hmac(a->keys.hash, str_make((const char *)a->keys.server, scram_key_octets(a->keys.hash)), message, signature);
	buf_init(&want, TEXT_OCTETS_MAX);
	buf_put(&want, S("v="));
	base64_put(&want, str_make((char *)signature, scram_key_octets(a->keys.hash)));
	challenge(p, text);
	if (!str_eq(buf_str(text), buf_str(&want)))
		load_give_up("the server's signature is wrong");
	buf_done(&want);
	respond(p, STR_NONE);
}

static void scram(struct load_peer *p, struct account *a, struct buf *text)
{
	unsigned char proof[SCRAM_KEY_OCTETS_MAX];
	struct str nonce, salt, iterations;
	struct buf message, last;
	char head[64];
	size_t octets;

	snprintf(head, sizeof(head), "L AUTHENTICATE %s", a->mechanism);
	buf_init(&message, TEXT_OCTETS_MAX);
	buf_init(&last, TEXT_OCTETS_MAX);
	buf_printf(&message, "n=%s,r=%016lx%08x", a->user, (unsigned long)load_now_us(), a->count++);
	buf_put(text, S("n,,"));
	buf_put(text, buf_str(&message));
	put_line(p, head, buf_str(text), true);
	challenge(p, text);
	read_first(buf_str(text), &nonce, &salt, &iterations);
	learn_keys(a, salt, iterations);
	buf_printf(&last, "c=biws,%.*s", STR_FMT(nonce));
	buf_put_octet(&message, ',');
	buf_put(&message, buf_str(text));
	buf_put_octet(&message, ',');
	buf_put(&message, buf_str(&last));
	octets = scram_key_octets(a->keys.hash);
	scram_hmac(a->keys.hash, str_make((const char *)a->keys.stored, octets), buf_str(&message), proof);
	for (size_t i = 0; i < octets; i++)
		proof[i] ^= a->client_key[i];
	buf_put(&last, S(",p="));
	base64_put(&last, str_make((char *)proof, octets));
	respond(p, buf_str(&last));
	expect_signature(p, a, buf_str(&message), text);
	buf_done(&message);
	buf_done(&last);
}

/* ---- NTLM (MS-NLMP) ---- */

#define NTLM_FLAGS       0x00088205u /* Unicode, target asked for, NTLM, always sign, extended security */
#define HEAD_OCTETS      ((size_t)64)
#define CHALLENGE_AT     ((size_t)24)
#define TARGET_INFO_AT   ((size_t)40)
#define FILETIME_OF_1970 116444736000000000u

static void put_le(struct buf *to, uint64_t n, size_t octets)
{
	for (size_t i = 0; i < octets; i++)
		buf_put_octet(to, (char)(n >> 8 * i));
}

static uint32_t get_le(struct str from, size_t at, size_t octets)
{
	uint32_t n = 0;

	if (at + octets > from.len)
		load_give_up("the NTLM challenge is too short");
	for (size_t i = 0; i < octets; i++)
		n |= (uint32_t)(unsigned char)from.at[at + i] << 8 * i;
	return n;
}

static struct str target_info(struct str message)
{
	uint32_t octets = get_le(message, TARGET_INFO_AT, 2), at = get_le(message, TARGET_INFO_AT + 4, 4);

	if (at + octets > message.len)
		load_give_up("the NTLM challenge is too short");
	return str_sub(message, at, octets);
}

static void put_response(const struct account *a, struct str message, struct buf *to)
{
	uint8_t key[NTLM_HASH_OCTETS], proof[NTLM_HASH_OCTETS];
	struct buf user, blob;
	struct timespec now;

	get_le(message, CHALLENGE_AT + 4, 4);
	buf_init(&user, TEXT_OCTETS_MAX);
	buf_init(&blob, TEXT_OCTETS_MAX);
	clock_gettime(CLOCK_REALTIME, &now);
	put_le(&blob, 0x101, 8);
	put_le(&blob, FILETIME_OF_1970 + (uint64_t)now.tv_sec * 10000000, 8);
	put_le(&blob, load_now_us(), 8);
	put_le(&blob, 0, 4);
	buf_put(&blob, target_info(message));
	put_le(&blob, 0, 4);
	if (!ntlm_to_utf16(str_from_c(a->user), &user))
		load_give_up("the name is not UTF-8");
	ntlm_upper(NTLM_UPPER_ASCII, user.at, user.len);
	if (!ntlm_v2_key(a->nt, buf_str(&user), STR_NONE, key) ||
		!ntlm_v2_proof(key, (const uint8_t *)message.at + CHALLENGE_AT, buf_str(&blob), proof))
		load_give_up("no HMAC-MD5");
	buf_put(to, str_make((char *)proof, sizeof(proof)));
	buf_put(to, buf_str(&blob));
	buf_done(&user);
	buf_done(&blob);
}

static void put_field(struct buf *to, size_t octets, size_t at)
{
	put_le(to, octets, 2);
	put_le(to, octets, 2);
	put_le(to, at, 4);
}

static void ntlm(struct load_peer *p, struct account *a, struct buf *text)
{
	struct buf response, user, message;
	size_t at;

	buf_put(text, S("NTLMSSP\0\1\0\0\0"));
	put_le(text, NTLM_FLAGS, 4);
	put_le(text, 0, 16);
	load_put(p, S("L AUTHENTICATE NTLM\r\n"));
	load_line(p);
	respond(p, buf_str(text));
	challenge(p, text);
	buf_init(&response, TEXT_OCTETS_MAX);
	buf_init(&user, TEXT_OCTETS_MAX);
	buf_init(&message, TEXT_OCTETS_MAX);
	put_response(a, buf_str(text), &response);
	if (!ntlm_to_utf16(str_from_c(a->user), &user))
		load_give_up("the name is not UTF-8");
	at = HEAD_OCTETS + user.len;
	buf_put(&message, S("NTLMSSP\0\3\0\0\0"));
	put_field(&message, 24, at); /* LM: zeros, as with NTLMv2 */
	put_field(&message, response.len, at + 24);
	put_field(&message, 0, HEAD_OCTETS);
	put_field(&message, user.len, HEAD_OCTETS);
	put_field(&message, 0, at);
	put_field(&message, 0, at);
	put_le(&message, NTLM_FLAGS, 4);
	buf_put(&message, buf_str(&user));
	put_le(&message, 0, 24);
	buf_put(&message, buf_str(&response));
	respond(p, buf_str(&message));
	buf_done(&response);
	buf_done(&user);
	buf_done(&message);
}

/* ---- the load ---- */

typedef void mechanism_fn(struct load_peer *p, struct account *a, struct buf *text);

static const struct mechanism {
	const char *name;
	mechanism_fn *exchange;
} mechanisms[] = { { "PLAIN", plain }, { "LOGIN", login }, { "SCRAM-SHA-1", scram }, { "SCRAM-SHA-256", scram },
	{ "NTLM", ntlm } };

static mechanism_fn *exchange_of(const char *name)
{
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*mechanisms); i++) {
		if (strcmp(mechanisms[i].name, name) == 0)
			return mechanisms[i].exchange;
	}
	load_give_up("a mechanism is not known");
}

static void log_on(struct load_peer *p, uint16_t port, struct account *a, mechanism_fn *exchange)
{
	struct buf text;
	struct str line;

	buf_init(&text, TEXT_OCTETS_MAX);
	load_connect(p, port, NULL);
	load_line(p);
	exchange(p, a, &text);
	/* Untagged lines may stand before the end. */
	do
		line = load_line(p);
	while (str_starts(line, S("* ")));
	if (!str_starts(line, S("L OK"))) {
		fprintf(stderr, "%.*s\n", STR_FMT(line));
		load_give_up("the server said no");
	}
	load_imap(p, "Z", "LOGOUT");
	load_close(p);
	buf_done(&text);
}

static void logons(uint16_t port, uint32_t seconds, struct account *a)
{
	struct load_peer *p = mem_new(sizeof(*p));
	mechanism_fn *exchange = exchange_of(a->mechanism);
	struct crew_row *row;
	uint64_t until;

	buf_init(&a->known_by, TEXT_OCTETS_MAX);
	if (!ntlm_nt_hash(str_from_c(a->password), a->nt))
		load_give_up("the password is not UTF-8");
	log_on(p, port, a, exchange);
	row = crew_begin();
	until = load_now_us() + (uint64_t)seconds * 1000000;
	do {
		log_on(p, port, a, exchange);
		row->done++;
	} while (load_now_us() < until);
	row->done_us = load_now_us();
}

static void put_keys(enum scram_hash hash, uint32_t iterations, const char *password)
{
	struct scram_keys k = { .hash = hash, .iterations = iterations, .salt_octets = SCRAM_SALT_OCTETS };
	struct buf text;

	memcpy(k.salt, "saltsaltsaltsalt", SCRAM_SALT_OCTETS);
	scram_keys_derive(&k, str_from_c(password));
	buf_init(&text, TEXT_OCTETS_MAX);
	buf_printf(&text, "\"SCRAM-%s\":\"%u,", scram_hash_name(hash), iterations);
	base64_put(&text, str_make((char *)k.salt, k.salt_octets));
	buf_put_octet(&text, ',');
	base64_put(&text, str_make((char *)k.stored, scram_key_octets(hash)));
	buf_put_octet(&text, ',');
	base64_put(&text, str_make((char *)k.server, scram_key_octets(hash)));
	printf("%.*s\",", STR_FMT(buf_str(&text)));
	buf_done(&text);
}

static void keys(uint32_t iterations, const char *password)
{
	uint8_t nt[NTLM_HASH_OCTETS];
	struct buf text;

	if (!ntlm_nt_hash(str_from_c(password), nt))
		load_give_up("the password is not UTF-8");
	buf_init(&text, TEXT_OCTETS_MAX);
	hex_put(&text, str_make((char *)nt, sizeof(nt)));
	printf("{");
	put_keys(SCRAM_SHA_1, iterations, password);
	put_keys(SCRAM_SHA_256, iterations, password);
	printf("\"NTLM\":\"%.*s\"}\n", STR_FMT(buf_str(&text)));
	buf_done(&text);
}

int main(int argc, char **argv)
{
	uint32_t sessions;

	if (argc == 4 && strcmp(argv[1], "keys") == 0) {
		keys(load_number(argv[2], SCRAM_ITERATIONS_MAX), argv[3]);
		return 0;
	}
	if (argc != 8 || strcmp(argv[1], "logon") != 0)
		load_give_up("usage: see the head of logon_load.c");
	sessions = load_number(argv[3], CREW_MAX);
	crew_open();
	for (uint32_t i = 0; i < sessions; i++) {
		struct account a = { .mechanism = argv[5], .user = argv[6], .password = argv[7] };

		if (!crew_child(i))
			continue;
		logons((uint16_t)load_number(argv[2], 65535), load_number(argv[4], 3600), &a);
		_exit(0);
	}
	crew_finish(sessions, "logons");
	return 0;
}
