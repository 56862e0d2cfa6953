/*
 * Security contexts and keytabs without a domain controller: a keytab of the test's own, and the first token of SPNEGO, which asks for
 * Kerberos behind another mechanism, so that a context begins and waits for more. Accepted tickets: test/client/test_kerberos.py.
 */
#include "netlogon/kerberos.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netlogon/kerberos_lib.h"
#include "tap.h"

/* One entry: imap/localhost@A, AES-128 (17), version 2. */
static const unsigned char keytab[] = { 5, 2, 0, 0, 0, 59, 0, 2, 0, 1, 'A', 0, 4, 'i', 'm', 'a', 'p', 0, 9, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't',
	0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 17, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0, 0, 2, 0, 0, 0, 0 };

/* RFC 4178 section 4.2.1: NegTokenInit with NTLMSSP, then Kerberos, and a token for the former. */
static const unsigned char begins[] = { 0x60, 0x36, 6, 6, 0x2b, 6, 1, 5, 5, 2, 0xa0, 0x2c, 0x30, 0x2a,
	0xa0, 0x19, 0x30, 0x17, 6, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2,
	0xa2, 13, 4, 11, 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0 };

/* The library loses the first half of an entry when it cannot read the second. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libkrb5.so";
}

static struct settings settings = { .backend = PROOF_KERBEROS, .name = "kerberos", .keytab = "test.keytab", .skew_ms = 300000,
	.binding = PROOF_BINDING_IF_GIVEN };

static void write_keytab(size_t octets)
{
	FILE *f = fopen("test.keytab.new", "w");

	must(f != NULL && fwrite(keytab, 1, octets, f) == octets && fclose(f) == 0);
	must(rename("test.keytab.new", "test.keytab") == 0);
}

static struct attempt_answer ask(enum proof_kind kind, uint64_t context, enum proof_call call, struct str octets)
{
	struct attempt a = { .settings = &settings, .controller = "keytab",
		.q = { .kind = kind, .context = context, .call = call, .nt = octets, .protocol = 2 } };

	a.answer.verdict = PROOF_UNAVAILABLE;
	kerberos_ask(&a);
	return a.answer;
}

static enum proof_verdict negotiate(uint64_t context)
{
	struct attempt_answer a = ask(PROOF_CONTEXT, context, PROOF_NEGOTIATE, str_make(begins, sizeof(begins)));

	return a.verdict == PROOF_RIGHT && !a.more ? PROOF_UNAVAILABLE : a.verdict;
}

/* Wrapping needs a context that stands: one that is there says so, one that is not says that. */
static bool is_there(uint64_t context)
{
	struct attempt_answer a = ask(PROOF_CONTEXT, context, PROOF_WRAP, S("1234"));

	return strstr(a.reason, "before the context stands") != NULL;
}

static void test_keytabs(void)
{
	struct attempt_answer a = ask(PROOF_PROBE, 0, PROOF_ACCEPT, STR_NONE);

	OK(a.verdict == PROOF_UNAVAILABLE && strstr(a.reason, "there is no keytab"), "%s", a.reason);
	for (size_t n = 0; n < sizeof(keytab); n++) {
		write_keytab(n);
		a = ask(PROOF_PROBE, 0, PROOF_ACCEPT, STR_NONE);
		/* Behind the version of the key there is only what may be left out. */
		OK(a.verdict == PROOF_UNAVAILABLE || n >= sizeof(keytab) - 8, "%zu octets of it: %s", n, a.reason);
	}
	write_keytab(sizeof(keytab));
	a = ask(PROOF_PROBE, 0, PROOF_ACCEPT, STR_NONE);
	OK(a.verdict == PROOF_RIGHT && strcmp(a.reason, "1 keys") == 0, "%s", a.reason);
	OK(!kerberos_has_changed(&settings), "the same");
	write_keytab(sizeof(keytab));
	OK(kerberos_has_changed(&settings), "another file");
	a = ask(PROOF_PROBE, 0, PROOF_ACCEPT, STR_NONE);
	OK(a.verdict == PROOF_RIGHT && !kerberos_has_changed(&settings), "read again");
	must(unlink("test.keytab") == 0);
	OK(kerberos_has_changed(&settings), "gone");
	write_keytab(sizeof(keytab));
}

static void test_garbage(void)
{
	static const struct str rows[] = { S_INIT(""), S_INIT("\0"), S_INIT("\x60"), S_INIT("\x60\x84\xff\xff\xff\xff"), S_INIT("\x60\x80\6\xff"),
		S_INIT("\xa1\x03\x30\x01\xa0"), S_INIT("NTLMSSP\0\1\0\0\0") };
	static const enum proof_call calls[] = { PROOF_ACCEPT, PROOF_NEGOTIATE, PROOF_WRAP, PROOF_UNWRAP };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t k = 0; k < 4; k++) {
			struct attempt_answer a = ask(PROOF_CONTEXT, 7, calls[k], rows[i]);

			OK(a.verdict == PROOF_WRONG && a.reason[0] != '\0', "%zu %zu: %s", i, k, a.reason);
			OK(!is_there(7), "nothing is left of it");
		}
	}
	for (size_t n = 0; n < sizeof(begins); n++) {
		char *copy = malloc(n + 1);
		struct attempt_answer a;

		memcpy(copy, begins, n);
		a = ask(PROOF_CONTEXT, 8, PROOF_NEGOTIATE, str_make(copy, n));
		OK(a.verdict == PROOF_WRONG && !is_there(8), "%zu octets of it: %s", n, a.reason);
		free(copy);
	}
}

static void test_contexts(void)
{
	IS_NUM(negotiate(1), PROOF_RIGHT);
	OK(is_there(1) && !is_there(1), "a step out of order ends it");
	for (uint64_t i = 1; i <= KERBEROS_CONTEXTS_MAX + 2; i++)
		must(negotiate(i) == PROOF_RIGHT);
	OK(!is_there(1) && !is_there(2) && is_there(3) && is_there(KERBEROS_CONTEXTS_MAX + 2), "the oldest give way");
	kerberos_expire();
	OK(is_there(4), "it is not too old");
	kerberos_end(5);
	kerberos_end(5);
	OK(!is_there(5) && is_there(6), "ended");
	kerberos_end_all();
	OK(!is_there(7) && !is_there(KERBEROS_CONTEXTS_MAX), "all of them");
	IS_NUM(negotiate(1), PROOF_RIGHT);
	kerberos_end_all();
}

int main(void)
{
	static const char *const files[] = { "test.keytab", "kerberos.conf", "kerberos.replays" };
	char folder[] = "/tmp/kerberos-test-XXXXXX";

	must(mkdtemp(folder) != NULL && chdir(folder) == 0);
	kerberos_open();
	if (!kerberos_prepare()) {
		printf("1..0 # SKIP libgssapi_krb5 is not installed\n");
		return 0;
	}
	test_keytabs();
	test_garbage();
	test_contexts();
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		(void)!unlink(files[i]);
	must(chdir("/") == 0 && rmdir(folder) == 0);
	return tap_done();
}
