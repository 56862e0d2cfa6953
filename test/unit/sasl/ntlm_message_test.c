#include "sasl/ntlm_message.h"

#include <stdlib.h>

#include "base/code.h"
#include "base/mem.h"
#include "tap.h"

/* An exact copy, so that a sanitizer sees one octet too many. */
static char *exact(struct str s)
{
	char *copy = malloc(s.len + (s.len == 0));

	memcpy(copy, s.len > 0 ? s.at : "", s.len);
	return copy;
}

static void hex(struct buf *to, const char *text)
{
	buf_init(to, 65536);
	must(hex_get(to, str_from_c(text)) == ERR_OK);
}

static enum err negotiate(struct str s, uint32_t *flags)
{
	char *copy = exact(s);
	enum err e = ntlm_negotiate_get(str_make(copy, s.len), flags);

	free(copy);
	return e;
}

static enum err authenticate(struct str s, uint32_t offered, struct ntlm_authenticate *a)
{
	char *copy = exact(s);
	enum err e = ntlm_authenticate_get(str_make(copy, s.len), offered, a);

	free(copy);
	return e;
}

static enum err response(struct str s, struct ntlm_v2 *v)
{
	char *copy = exact(s);
	enum err e = ntlm_v2_get(str_make(copy, s.len), v);

	free(copy);
	return e;
}

#define NAMES "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"

static void test_negotiate(void)
{
	static const struct {
		const char *what;
		struct str in;
		enum err want;
	} rows[] = {
		{ "flags alone", S_INIT("NTLMSSP\0\1\0\0\0\7\2\0\0"), ERR_OK },
		{ "with empty names", S_INIT("NTLMSSP\0\1\0\0\0\7\2\0\0" NAMES), ERR_OK },
		{ "with names", S_INIT("NTLMSSP\0\1\0\0\0\7\x32\0\0\1\0\1\0\x20\0\0\0\1\0\1\0\x21\0\0\0DW"), ERR_OK },
		{ "a version", S_INIT("NTLMSSP\0\1\0\0\0\7\2\0\2" NAMES "\12\0\0\0\0\0\0\17"), ERR_OK },
		{ "a domain beyond the end", S_INIT("NTLMSSP\0\1\0\0\0\7\x12\0\0\1\0\1\0\x22\0\0\0\0\0\0\0\x22\0\0\0DW"), ERR_SYNTAX },
		{ "a domain that is too long", S_INIT("NTLMSSP\0\1\0\0\0\7\x12\0\0\3\0\3\0\x20\0\0\0\0\0\0\0\x22\0\0\0DW"), ERR_SYNTAX },
		{ "a domain in the header", S_INIT("NTLMSSP\0\1\0\0\0\7\x12\0\0\1\0\1\0\x08\0\0\0\0\0\0\0\x22\0\0\0DW"), ERR_SYNTAX },
		{ "a domain at 4 GiB", S_INIT("NTLMSSP\0\1\0\0\0\7\x12\0\0\1\0\1\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0"), ERR_SYNTAX },
		{ "a workstation beyond the end", S_INIT("NTLMSSP\0\1\0\0\0\7\x22\0\0\0\0\0\0\0\0\0\0\1\0\1\0\x22\0\0\0DW"), ERR_SYNTAX },
		{ "a lie that was not announced", S_INIT("NTLMSSP\0\1\0\0\0\7\2\0\0\1\0\1\0\x22\0\0\0\1\0\1\0\x22\0\0\0DW"), ERR_OK },
		{ "nothing", S_INIT(""), ERR_SYNTAX },
		{ "another signature", S_INIT("NTLMSSQ\0\1\0\0\0\7\2\0\0"), ERR_SYNTAX },
		{ "another type", S_INIT("NTLMSSP\0\3\0\0\0\7\2\0\0"), ERR_SYNTAX },
		{ "half of the names", S_INIT("NTLMSSP\0\1\0\0\0\7\2\0\0\0\0\0\0\0\0\0\0"), ERR_SYNTAX },
		{ "neither Unicode nor OEM", S_INIT("NTLMSSP\0\1\0\0\0\4\2\0\0"), ERR_UNSUPPORTED },
		{ "extended session security alone", S_INIT("NTLMSSP\0\1\0\0\0\2\0\x08\0"), ERR_OK },
		{ "no NTLM", S_INIT("NTLMSSP\0\1\0\0\0\7\0\0\0"), ERR_UNSUPPORTED },
	};
	static char many[NTLM_NEGOTIATE_OCTETS_MAX + 1];
	uint32_t flags = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		OK(negotiate(rows[i].in, &flags) == rows[i].want, "%s", rows[i].what);
	for (size_t n = 0; n < 16; n++)
		OK(negotiate(str_sub(rows[0].in, 0, n), &flags) == ERR_SYNTAX, "cut at %zu", n);
	memcpy(many, rows[1].in.at, rows[1].in.len);
	IS_NUM(negotiate(str_make(many, sizeof(many) - 1), &flags), ERR_OK);
	IS_NUM(flags, 0x207);
	IS_NUM(negotiate(str_make(many, sizeof(many)), &flags), ERR_SYNTAX);
}

static void test_challenge(void)
{
	static const uint8_t octets[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const struct ntlm_target target = { .netbios_domain = S_INIT("DOM"), .netbios_computer = S_INIT("MAIL"),
		.dns_computer = S_INIT("m.x"), .time = 0x0102030405060708 };
	static char long_name[NTLM_NAME_OCTETS_MAX];
	struct ntlm_target other = target;
	uint32_t flags = 0;
	struct buf b, want;

	buf_init(&b, 4096);
	IS_NUM(ntlm_challenge_put(0xa2088207, octets, &target, &flags, &b), ERR_OK);
	hex(&want, "4e544c4d53535000" "02000000" "0600060038000000" "058289a2" "0102030405060708" "0000000000000000" "300030003e000000"
		   "060000000000000f" "44004f004d00" "0200060044004f004d00" "010008004d00410049004c00" "030006006d002e007800"
		   "070008000807060504030201" "00000000");
	IS_NUM(flags, 0xa2898205);
	OK(str_eq(buf_str(&b), buf_str(&want)), "octet for octet");
	buf_done(&want);
	buf_clear(&b);
	IS_NUM(ntlm_challenge_put(0x202, octets, &target, &flags, &b), ERR_OK);
	IS_NUM(flags, 0x810202);
	OK(str_eq(str_sub(buf_str(&b), 48, 11), S("\0\0\0\0\0\0\0\0DOM")), "an OEM name, and no version");
	/* Nobody is offered what is not done here: sealing, keys. */
	buf_clear(&b);
	IS_NUM(ntlm_challenge_put(0xffffffff, octets, &target, &flags, &b), ERR_OK);
	OK(flags & NTLM_SIGN, "signing is granted to who asks");
	IS_NUM(flags & (0x20 | 0x40 | 0x80 | NTLM_KEY_EXCHANGE | NTLM_ANONYMOUS), 0);
	buf_clear(&b);
	memset(long_name, 'x', sizeof(long_name));
	other.netbios_domain = str_make(long_name, sizeof(long_name));
	OK(ntlm_challenge_put(0x207, octets, &other, &flags, &b) != ERR_OK, "a name that is too long");
	other.netbios_domain = S("\xff");
	IS_NUM(ntlm_challenge_put(0x207, octets, &other, &flags, &b), ERR_SYNTAX);
	buf_done(&b);
}

/* A client's answer as MS-NLMP section 4.2.4 describes it, with a MIC, a channel, a service and a time: net/ntlm of Chromium
 * tests with the same octets. */
static const char answer[] =
	"4e544c4d535350000300000018001800580000008a008a00700000000c000c00fa0000000800080006010000100010000e010000000000"
	"0058000000038208000000000000000000f7361633f0ad9bdf4a7c421bc6b824a300000000000000000000000000000000000000000000"
	"00008c0260dbef690662af9c42d50782d2ed0101000000000000800bc8fd00d4d201aaaaaaaaaaaaaaaa0000000002000c0044006f006d"
	"00610069006e0001000c0053006500720076006500720006000400020000000a0010006586e99d81c2fc984e47172fd4dd031009001600"
	"48005400540050002f00530065007200760065007200000000000000000044006f006d00610069006e00550073006500720043004f004d"
	"0050005500540045005200";
static const char before_it[] = "4e544c4d53535000010000000782080000000000200000000000000020000000"
				"4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000240024004400000006007017000000"
				"0f53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000";
#define OFFERED 0xe28a8233u

static void test_vector(void)
{
	static const uint8_t challenge[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	uint8_t hash[NTLM_HASH_OCTETS], key[NTLM_HASH_OCTETS], out[NTLM_HASH_OCTETS];
	struct ntlm_authenticate a;
	struct ntlm_v2 v = { .time = 0 };
	struct buf m, all, name;

	hex(&m, answer);
	hex(&all, before_it);
	buf_init(&name, 64);
	IS_NUM(ntlm_authenticate_get(buf_str(&m), OFFERED, &a), ERR_OK);
	OK(a.unicode && a.mic_at == 72 && ntlm_form_of(&a) == NTLM_FORM_V2, "NTLMv2 with room for a MIC");
	OK(ntlm_from_utf16(a.user, &name) && str_eq(buf_str(&name), S("User")), "its user");
	buf_clear(&name);
	OK(ntlm_from_utf16(a.workstation, &name) && str_eq(buf_str(&name), S("COMPUTER")), "its workstation");
	IS_NUM(ntlm_v2_get(a.nt, &v), ERR_OK);
	IS_NUM(v.flags, NTLM_V2_HAS_MIC);
	IS_NUM(v.time, 131400439870000000LL);
	buf_clear(&name);
	OK(ntlm_from_utf16(v.target_name, &name) && str_eq(buf_str(&name), S("HTTP/Server")), "its service");
	OK(ntlm_nt_hash(S("Password"), hash) && ntlm_v2_key(hash, S("U\0S\0E\0R\0"), a.domain, key) &&
			ntlm_v2_proof(key, challenge, v.blob, out),
		"a proof");
	OK(str_eq(str_make(out, sizeof(out)), v.proof), "is its proof");
	OK(ntlm_hmac(key, v.proof, key), "the session's key");
	buf_put(&all, buf_str(&m));
	memset(all.at + all.len - m.len + a.mic_at, 0, sizeof(out));
	OK(ntlm_hmac(key, buf_str(&all), out), "a MIC");
	OK(str_eq(str_make(out, sizeof(out)), str_sub(buf_str(&m), a.mic_at, sizeof(out))), "is its MIC");
	buf_done(&m);
	buf_done(&all);
	buf_done(&name);
}

/* Cut anywhere, with each length and offset wrong: refused, or at least without a look outside. */
static void test_authenticate(void)
{
	struct ntlm_authenticate a;
	struct ntlm_v2 v;
	struct buf m;

	hex(&m, answer);
	for (size_t n = 0; n < m.len; n++)
		OK(authenticate(str_make(m.at, n), OFFERED, &a) == ERR_SYNTAX, "cut at %zu", n);
	for (size_t field = 12; field < 52; field += 8) {
		static const uint32_t lies[] = { 0, 51, 0x11e, 0x11f, 0xffff, 0x7fffffff, 0xffffffff };
		char kept[8];

		memcpy(kept, m.at + field, sizeof(kept));
		for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
			memcpy(m.at + field + 4, &lies[i], 4);
			OK(authenticate(buf_str(&m), OFFERED, &a) == ERR_SYNTAX, "field at %zu points to %u", field, lies[i]);
		}
		memcpy(m.at + field, kept, sizeof(kept));
		memcpy(m.at + field, "\xff\xff", 2);
		OK(authenticate(buf_str(&m), OFFERED, &a) == ERR_SYNTAX, "field at %zu is too long", field);
		memcpy(m.at + field, "\0\0", 2);
		OK(authenticate(buf_str(&m), OFFERED, &a) == ERR_OK, "field at %zu is empty", field);
		memcpy(m.at + field, kept, sizeof(kept));
	}
	m.at[36] = 7;
	OK(authenticate(buf_str(&m), OFFERED, &a) == ERR_SYNTAX, "half a letter");
	m.at[36] = 8;
	OK(authenticate(buf_str(&m), OFFERED & ~1u, &a) == ERR_OK && !a.unicode, "Unicode was not offered");
	IS_NUM(ntlm_authenticate_get(buf_str(&m), OFFERED, &a), ERR_OK);
	for (size_t n = 0; n < a.nt.len - 4; n++)
		OK(response(str_sub(a.nt, 0, n), &v) == ERR_SYNTAX, "a response cut at %zu", n);
	buf_done(&m);
}

#define HEAD "pppppppppppppppp\1\1\0\0\0\0\0\0tttttttt" "cccccccc\0\0\0\0"

static void test_response(void)
{
	static const struct {
		const char *what;
		struct str in;
		enum err want;
	} rows[] = {
		{ "no pairs", S_INIT(HEAD "\0\0\0\0"), ERR_OK },
		{ "and four octets behind", S_INIT(HEAD "\0\0\0\0\0\0\0\0"), ERR_OK },
		{ "unknown pairs", S_INIT(HEAD "\x77\0\2\0xx\x77\0\0\0\0\0\0\0"), ERR_OK },
		{ "no end", S_INIT(HEAD "\1\0\2\0x\0"), ERR_SYNTAX },
		{ "an end with octets", S_INIT(HEAD "\0\0\2\0xx"), ERR_SYNTAX },
		{ "a pair beyond the end", S_INIT(HEAD "\1\0\xff\xff\0\0\0\0"), ERR_SYNTAX },
		{ "flags twice", S_INIT(HEAD "\6\0\4\0\2\0\0\0\6\0\4\0\0\0\0\0\0\0\0\0"), ERR_SYNTAX },
		{ "flags too short", S_INIT(HEAD "\6\0\2\0\2\0\0\0\0\0"), ERR_SYNTAX },
		{ "flags too long", S_INIT(HEAD "\6\0\5\0\2\0\0\0\0\0\0\0\0"), ERR_SYNTAX },
		{ "a binding too short", S_INIT(HEAD "\12\0\2\0xx\0\0\0\0"), ERR_SYNTAX },
		{ "a binding twice", S_INIT(HEAD "\12\0\20\0xxxxxxxxxxxxxxxx\12\0\20\0xxxxxxxxxxxxxxxx\0\0\0\0"), ERR_SYNTAX },
		{ "half a letter in a service", S_INIT(HEAD "\11\0\1\0x\0\0\0\0"), ERR_SYNTAX },
		{ "a service twice", S_INIT(HEAD "\11\0\2\0x\0\11\0\2\0x\0\0\0\0\0"), ERR_SYNTAX },
		{ "another version", S_INIT("pppppppppppppppp\2\1\0\0\0\0\0\0ttttttttcccccccc\0\0\0\0\0\0\0\0"), ERR_SYNTAX },
	};
	struct ntlm_v2 v;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		OK(response(rows[i].in, &v) == rows[i].want, "%s", rows[i].what);
	IS_NUM(ntlm_v2_get(S(HEAD "\12\0\20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), &v), ERR_OK);
	OK(v.binding.len == 0, "sixteen zeros are no binding");
}

static void test_forms(void)
{
	static const char zeros[64];
	struct ntlm_authenticate a = { .flags = NTLM_EXTENDED };

	IS_NUM(ntlm_form_of(&a), NTLM_FORM_NONE);
	a.nt = str_make(zeros, 24);
	IS_NUM(ntlm_form_of(&a), NTLM_FORM_V1);
	a.lm = S("cccccccc\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	IS_NUM(ntlm_form_of(&a), NTLM_FORM_SESSION);
	a.flags = 0;
	IS_NUM(ntlm_form_of(&a), NTLM_FORM_V1);
	a.flags = NTLM_EXTENDED;
	a.lm = S("cccccccc\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0x");
	IS_NUM(ntlm_form_of(&a), NTLM_FORM_V1);
	for (size_t n = 1; n < 64; n++) {
		enum ntlm_form want = n == 24 ? NTLM_FORM_V1 : n > 44 ? NTLM_FORM_V2 : NTLM_FORM_BAD;

		a.nt = str_make(zeros, n);
		OK(ntlm_form_of(&a) == want, "of %zu octets", n);
	}
}

int main(void)
{
	test_negotiate();
	test_challenge();
	test_vector();
	test_authenticate();
	test_response();
	test_forms();
	return tap_done();
}
