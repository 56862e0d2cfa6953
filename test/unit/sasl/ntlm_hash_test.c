#include "sasl/ntlm_hash.h"

#include "base/code.h"
#include "tap.h"

static const uint8_t server_challenge[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
static const uint8_t client_challenge[8] = { 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa };

static void is_hex(const void *got, size_t octets, const char *want, const char *what)
{
	struct buf b;

	buf_init(&b, 4096);
	hex_put(&b, str_make(got, octets));
	OK(str_eq(buf_str(&b), str_from_c(want)), "%s: got %.*s, want %s", what, STR_FMT(buf_str(&b)), want);
	buf_done(&b);
}

/* RFC 1320 appendix A.5, and a text that ends in the second block of its padding. */
static void test_md4(void)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "31d6cfe0d16ae931b73c59d7e0c089c0" },
		{ "a", "bde52cb31de33e46245e05fbdbd6fb24" },
		{ "abc", "a448017aaf21d8525fc10ae87aa6729d" },
		{ "message digest", "d9130a8164549fe818874806e1c7014b" },
		{ "abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9" },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4" },
		{ "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
			"e33b4ddc9c38f2199c3e7b164fcc0536" },
	};
	uint8_t hash[NTLM_HASH_OCTETS];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ntlm_md4(str_from_c(rows[i].in), hash);
		is_hex(hash, sizeof(hash), rows[i].want, rows[i].in);
	}
}

static void test_text(void)
{
	static const struct {
		const char *what;
		struct str utf16;
		bool good;
		const char *utf8;
	} rows[] = {
		{ "ASCII", S_INIT("A\0b\0"), true, "Ab" },
		{ "nothing", S_INIT(""), true, "" },
		{ "Latin", S_INIT("\xfc\0\xdf\0"), true, "\xc3\xbc\xc3\x9f" },
		{ "beyond the basic plane", S_INIT("\x3d\xd8\x00\xde"), true, "\xf0\x9f\x98\x80" },
		{ "an odd octet", S_INIT("A\0b"), false, "" },
		{ "a high surrogate at the end", S_INIT("\x3d\xd8"), false, "" },
		{ "a high surrogate before a letter", S_INIT("\x3d\xd8" "A\0"), false, "" },
		{ "a low surrogate alone", S_INIT("\x00\xde"), false, "" },
		{ "NUL", S_INIT("A\0\0\0"), false, "" },
	};
	struct buf b;

	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		OK(ntlm_from_utf16(rows[i].utf16, &b) == rows[i].good, "%s", rows[i].what);
		if (!rows[i].good)
			continue;
		IS_STR(buf_str(&b), str_from_c(rows[i].utf8));
		buf_clear(&b);
		OK(ntlm_to_utf16(str_from_c(rows[i].utf8), &b), "%s, back", rows[i].what);
		OK(str_eq(buf_str(&b), rows[i].utf16), "%s is the same", rows[i].what);
	}
	buf_clear(&b);
	OK(!ntlm_to_utf16(S("a\xff"), &b), "not UTF-8");
	buf_done(&b);
}

static void check_upper(enum ntlm_upper how, const char *from, const char *want)
{
	struct buf b, back;

	buf_init(&b, 256);
	buf_init(&back, 256);
	OK(ntlm_to_utf16(str_from_c(from), &b), "%s", from);
	ntlm_upper(how, b.at, b.len);
	OK(ntlm_from_utf16(buf_str(&b), &back), "%s in capitals", from);
	IS_STR(buf_str(&back), str_from_c(want));
	buf_done(&b);
	buf_done(&back);
}

static void test_upper(void)
{
	check_upper(NTLM_UPPER_UNICODE, "user9", "USER9");
	check_upper(NTLM_UPPER_UNICODE, "j\xc3\xbcrgen gro\xc3\x9f", "J\xc3\x9cRGEN GRO\xc3\x9f");
	check_upper(NTLM_UPPER_UNICODE, "\xd0\xb0\xf0\x9f\x98\x80", "\xd0\x90\xf0\x9f\x98\x80");
	check_upper(NTLM_UPPER_ASCII, "j\xc3\xbcrgen", "J\xc3\xbcRGEN");
	ntlm_upper(NTLM_UPPER_UNICODE, NULL, 0);
}

/* MS-NLMP section 4.2.2 and 4.2.3. */
static void test_v1(void)
{
	uint8_t hash[NTLM_HASH_OCTETS], response[NTLM_V1_OCTETS], challenge[NTLM_CHALLENGE_OCTETS];

	OK(ntlm_nt_hash(S("Password"), hash), "a password");
	is_hex(hash, sizeof(hash), "a4f49c406510bdcab6824ee7c30fd852", "NTOWFv1, 4.2.2.1.2");
	OK(ntlm_v1_response(hash, server_challenge, response), "a response");
	is_hex(response, sizeof(response), "67c43011f30298a2ad35ece64f16331c44bdbed927841f94", "NTLMv1, 4.2.2.2.1");
	OK(ntlm_session_challenge(server_challenge, client_challenge, challenge), "both challenges");
	OK(ntlm_v1_response(hash, challenge, response), "a response to both");
	is_hex(response, sizeof(response), "7537f803ae367128ca458204bde7caf81e97ed2683267232", "NTLM2 session, 4.2.3.2.2");
}

/* MS-NLMP section 4.2.4. */
static void test_v2(void)
{
	static const char blob[] = "\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\0\0\0\0"
				   "\2\0\x0c\0D\0o\0m\0a\0i\0n\0\1\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0\0\0\0";
	uint8_t hash[NTLM_HASH_OCTETS], key[NTLM_HASH_OCTETS], proof[NTLM_HASH_OCTETS], session[NTLM_HASH_OCTETS];

	OK(ntlm_nt_hash(S("Password"), hash), "a password");
	OK(ntlm_v2_key(hash, S("U\0S\0E\0R\0"), S("D\0o\0m\0a\0i\0n\0"), key), "a key");
	is_hex(key, sizeof(key), "0c868a403bfd7a93a3001ef22ef02e3f", "NTOWFv2, 4.2.4.1.1");
	OK(ntlm_v2_proof(key, server_challenge, str_make(blob, sizeof(blob)), proof), "a proof");
	is_hex(proof, sizeof(proof), "68cd0ab851e51c96aabc927bebef6a1c", "NTProofStr, 4.2.4.2.2");
	OK(ntlm_hmac(key, str_make(proof, sizeof(proof)), session), "a session key");
	is_hex(session, sizeof(session), "8de40ccadbc14a82f15cb0ad0de95ca3", "SessionBaseKey, 4.2.4.1.2");
	/* LMv2 is the same of the client's challenge alone. */
	OK(ntlm_v2_proof(key, server_challenge, str_make(client_challenge, 8), proof), "LMv2");
	is_hex(proof, sizeof(proof), "86c35097ac9cec102554764a57cccc19", "LMv2, 4.2.4.2.1");
}

static void test_hash(void)
{
	static char many[1026];
	uint8_t hash[NTLM_HASH_OCTETS];

	OK(ntlm_nt_hash(S("password"), hash), "a password");
	is_hex(hash, sizeof(hash), "8846f7eaee8fb117ad06bdd830b7586c", "the best known one");
	OK(ntlm_nt_hash(S(""), hash), "none");
	is_hex(hash, sizeof(hash), "31d6cfe0d16ae931b73c59d7e0c089c0", "the empty one");
	memset(many, 'x', sizeof(many));
	OK(ntlm_nt_hash(str_make(many, 1024), hash), "the longest");
	OK(!ntlm_nt_hash(str_make(many, 1025), hash), "one longer");
	OK(!ntlm_nt_hash(S("\xc3"), hash), "not UTF-8");
}

/* RFC 2202 section 2, test case 2 has a short key; case 1 one of sixteen octets. */
static void test_hmac(void)
{
	uint8_t key[NTLM_HASH_OCTETS], out[NTLM_HASH_OCTETS];

	memset(key, 0x0b, sizeof(key));
	OK(ntlm_hmac(key, S("Hi There"), out), "HMAC-MD5");
	is_hex(out, sizeof(out), "9294727a3638bb1c13f48ef8158bfc9d", "RFC 2202 section 2, case 1");
	OK(ntlm_hmac(key, S(""), out), "of nothing");
}

/* The example that Microsoft gives for Extended Protection. */
static void test_binding(void)
{
	uint8_t out[NTLM_HASH_OCTETS];

	OK(ntlm_binding(S("\xea\x05\xfe\xfe\xcc\x6b\x0b\xd5\x71\xdb\xbc\x5b\xaa\x3e\xd4\x53\x86\xd0\x44\x68\x35\xf7\xb7\x4c\x85\x62\x1b\x99"
			"\x83\x47\x5f\x95"),
		   out),
		"a binding");
	is_hex(out, sizeof(out), "6586e99d81c2fc984e47172fd4dd0310", "tls-server-end-point");
}

int main(void)
{
	test_md4();
	test_text();
	test_upper();
	test_v1();
	test_v2();
	test_hash();
	test_hmac();
	test_binding();
	return tap_done();
}
