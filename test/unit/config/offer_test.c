/* Which mechanisms are offered to whom. */
#include "config/offer.h"

#include "tap.h"

static const char *const good[] = { "*", "PLAIN", "plain", "!PLAIN", "SCRAM-*", "!*-PLUS", "!*SHA-1*" };
static const char *const wrong[] = { "", "!", "NOSUCH", "SCRAM", "! PLAIN", "!!PLAIN", "PLAIN LOGIN" };

static const struct config *config_of(struct arena *a, const char *text)
{
	const struct config *c = NULL;
	struct failure f = { 0 };

	OK(config_parse(a, str_from_c(text), "t.conf", &c, &f) == ERR_OK, "%s: %s", text, f.text);
	must(c != NULL);
	return c;
}

#define TLS   { PROTOCOL_IMAP, .tls = true, .binds = true }
#define BARE  { PROTOCOL_IMAP, .tls = true }
#define CLEAR { PROTOCOL_IMAP }
#define NEAR  { PROTOCOL_IMAP, .loopback = true }

static const struct {
	const char *config, *mechanism;
	struct offer_client who;
	enum err want;
} cases[] = {
	{ "", "PLAIN", TLS, ERR_OK },
	{ "", "SCRAM-SHA-1", TLS, ERR_OK },
	{ "", "SCRAM-SHA-1-PLUS", TLS, ERR_OK },
	{ "", "SCRAM-SHA-1-PLUS", BARE, ERR_BINDINGTYPE },
	{ "", "SCRAM-SHA-1-PLUS", { PROTOCOL_SMTP, .tls = true, .binds = true }, ERR_OK },
	{ "", "SCRAM-SHA-256", BARE, ERR_OK },
	{ "", "PLAIN", CLEAR, ERR_NEEDTLS },
	{ "", "SCRAM-SHA-256", CLEAR, ERR_NEEDTLS },
	{ "", "SCRAM-SHA-256", NEAR, ERR_NEEDTLS },
	{ "", "SCRAM-SHA-256-PLUS", CLEAR, ERR_NEEDTLS },
	{ "auth.plaintext_without_tls = loopback;", "PLAIN", NEAR, ERR_OK },
	{ "auth.plaintext_without_tls = loopback;", "PLAIN", CLEAR, ERR_NEEDTLS },
	{ "auth.plaintext_without_tls = loopback;", "SCRAM-SHA-256", NEAR, ERR_OK },
	{ "auth.plaintext_without_tls = always;", "SCRAM-SHA-256", CLEAR, ERR_OK },
	{ "auth.plaintext_without_tls = always;", "SCRAM-SHA-256-PLUS", CLEAR, ERR_NEEDTLS },
	{ "auth.challenge_without_tls = always;", "SCRAM-SHA-256", CLEAR, ERR_OK },
	{ "auth.challenge_without_tls = always;", "PLAIN", CLEAR, ERR_NEEDTLS },
	{ "auth.challenge_without_tls = loopback;", "SCRAM-SHA-256", CLEAR, ERR_NEEDTLS },
	{ "auth.challenge_without_tls = loopback;", "SCRAM-SHA-256", NEAR, ERR_OK },
	{ "auth.mechanisms = \"SCRAM-*\";", "PLAIN", TLS, ERR_MECHANISMOFF },
	{ "auth.mechanisms = \"SCRAM-*\";", "SCRAM-SHA-1", TLS, ERR_OK },
	{ "auth.mechanisms = [\"*\", \"!*SHA-1*\"];", "SCRAM-SHA-1-PLUS", TLS, ERR_MECHANISMOFF },
	{ "auth.mechanisms = [\"*\", \"!*SHA-1*\"];", "SCRAM-SHA-256-PLUS", TLS, ERR_OK },
	{ "auth.mechanisms = [\"!PLAIN\", \"*\"];", "PLAIN", TLS, ERR_OK },
	{ "", "EXTERNAL", TLS, ERR_NOCERTIFICATE },
	{ "", "EXTERNAL", { PROTOCOL_IMAP, .tls = true, .shows = true }, ERR_OK },
	{ "auth.mechanisms = PLAIN;", "EXTERNAL", { PROTOCOL_IMAP, .tls = true, .shows = true }, ERR_MECHANISMOFF },
	{ "auth.mechanisms = PLAIN;", "SCRAM-SHA-256", TLS, ERR_MECHANISMOFF },
	{ "kerberos.keytab = a;", "GSSAPI", TLS, ERR_MECHANISMOFF },
	{ "kerberos.keytab = a;", "GSSAPI", { PROTOCOL_IMAP, .tls = true, .kerberos = true }, ERR_OK },
	{ "kerberos.keytab = a;", "GSS-SPNEGO", { PROTOCOL_POP3, .tls = true, .kerberos = true }, ERR_OK },
	{ "kerberos.keytab = a;", "GSSAPI", { PROTOCOL_IMAP, .kerberos = true }, ERR_NEEDTLS },
	{ "kerberos.keytab = a; auth.challenge_without_tls = always;", "GSSAPI", { PROTOCOL_IMAP, .kerberos = true }, ERR_OK },
	{ "kerberos.keytab = a; auth.challenge_without_tls = always;", "GSS-SPNEGO", { PROTOCOL_IMAP, .kerberos = true }, ERR_NEEDTLS },
	{ "", "GSSAPI", { PROTOCOL_IMAP, .tls = true, .kerberos = true }, ERR_MECHANISMOFF },
	{ "kerberos.keytab = a; auth.mechanisms = [\"*\", \"!GSS*\"];", "GSSAPI", { PROTOCOL_IMAP, .tls = true, .kerberos = true }, ERR_MECHANISMOFF },
	{ "auth.imap_mechanisms = PLAIN;", "SCRAM-SHA-256", TLS, ERR_MECHANISMOFF },
	{ "auth.pop3_mechanisms = PLAIN;", "SCRAM-SHA-256", TLS, ERR_OK },
	{ "auth.pop3_mechanisms = PLAIN;", "SCRAM-SHA-256", { PROTOCOL_POP3, .tls = true }, ERR_MECHANISMOFF },
	{ "auth.smtp_mechanisms = PLAIN;", "SCRAM-SHA-256", { PROTOCOL_SMTP, .tls = true }, ERR_MECHANISMOFF },
	{ "auth.ntlm = on;", "NTLM", { PROTOCOL_HTTP, .tls = true }, ERR_OK },
	{ "auth.ntlm = on; auth.http_mechanisms = \"!*\";", "NTLM", { PROTOCOL_HTTP, .tls = true }, ERR_MECHANISMOFF },
	{ "auth.ntlm = on; auth.http_mechanisms = \"!*\";", "NTLM", TLS, ERR_OK },
	{ "", "ANONYMOUS", TLS, ERR_MECHANISMOFF },
	{ "anonymous.imap = on;", "ANONYMOUS", TLS, ERR_OK },
	{ "anonymous.imap = on;", "ANONYMOUS", CLEAR, ERR_OK },
	{ "anonymous.imap = on; auth.mechanisms = PLAIN;", "ANONYMOUS", TLS, ERR_MECHANISMOFF },
	{ "anonymous.imap = on;", "ANONYMOUS", { PROTOCOL_POP3, .tls = true }, ERR_MECHANISMOFF },
	{ "anonymous.pop3 = on;", "ANONYMOUS", { PROTOCOL_POP3, .tls = true }, ERR_OK },
	{ "anonymous.nntp = on;", "ANONYMOUS", { PROTOCOL_NNTP }, ERR_OK },
	{ "anonymous.pop3 = on; anonymous.imap = on;", "ANONYMOUS", { PROTOCOL_NNTP, .tls = true }, ERR_MECHANISMOFF },
	{ "auth.nntp_mechanisms = LOGIN;", "PLAIN", { PROTOCOL_NNTP, .tls = true }, ERR_MECHANISMOFF },
	{ "auth.nntp_mechanisms = LOGIN;", "PLAIN", TLS, ERR_OK },
	{ "anonymous.pop3 = on; anonymous.imap = on;", "ANONYMOUS", { PROTOCOL_HTTP, .tls = true }, ERR_MECHANISMOFF },
	{ "anonymous.pop3 = on; anonymous.imap = on;", "ANONYMOUS", { PROTOCOL_SMTP, .tls = true }, ERR_NAMELESS },
	{ "auth.mechanisms = LOGIN; auth.smtp_mechanisms = PLAIN;", "PLAIN", { PROTOCOL_SMTP, .tls = true }, ERR_OK },
};

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a;
		const struct config *c;
		enum err e;

		arena_init(&a, ARENA_NONE);
		c = config_of(&a, cases[i].config);
		e = offer_judge(c, sasl_find(str_from_c(cases[i].mechanism)), &cases[i].who);
		OK(e == cases[i].want, "%s %s: %s", cases[i].config, cases[i].mechanism, err_name(e));
		if (strcmp(cases[i].mechanism, "PLAIN") == 0)
			IS_NUM(offer_password(c, &cases[i].who), cases[i].want);
		arena_done(&a);
	}
}

static void test_binds(void)
{
	struct offer_client tls = TLS, bare = BARE;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	OK(offer_binds(config_of(&a, ""), &tls), "offered");
	OK(!offer_binds(config_of(&a, ""), &bare), "nothing to bind to");
	OK(!offer_binds(config_of(&a, "auth.mechanisms = [\"*\", \"!*-PLUS\"];"), &tls), "switched off");
	arena_done(&a);
}

static void test_announced(void)
{
	struct offer_client imap = TLS, smtp = { PROTOCOL_SMTP, .tls = true, .binds = true },
			    pop3 = { PROTOCOL_POP3, .tls = true, .binds = true };
	struct arena a;
	struct buf b;

	arena_init(&a, ARENA_NONE);
	buf_init(&b, OFFER_NAMES_OCTETS_MAX);
	offer_put(config_of(&a, "auth.mechanisms = \"SCRAM-*\";"), &imap, S("AUTH="), S(" "), &b);
	IS_STR(buf_str(&b), S("AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1-PLUS "
			      "AUTH=SCRAM-SHA-1"));
	buf_clear(&b);
	offer_put(config_of(&a, "auth.mechanisms = \"SCRAM-*\";"), &smtp, S(""), S(" "), &b);
	IS_STR(buf_str(&b), S("SCRAM-SHA-256 SCRAM-SHA-1"));
	buf_clear(&b);
	offer_put(config_of(&a, "auth.smtp_mechanisms = [\"SCRAM-*\", \"*-plus\"];"), &smtp, S(""),
		S(" "), &b);
	IS_STR(buf_str(&b), S("SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1"));
	OK(!offer_binds(config_of(&a, ""), &smtp), "taken, but not announced");
	OK(!offer_binds(config_of(&a, ""), &pop3), "in POP3 neither");
	OK(!offer_binds(config_of(&a, "auth.smtp_mechanisms = \"*\";"), &smtp),
		"an item for all does not ask for it");
	OK(offer_binds(config_of(&a, "auth.mechanisms = [\"*\", \"SCRAM-SHA-256-PLUS\"];"), &smtp),
		"announced because it was asked for");
	OK(!offer_binds(config_of(&a, "auth.mechanisms = [\"*\", \"!*-PLUS\"];"), &smtp), "off");
	buf_done(&b);
	arena_done(&a);
}

static void test_items(void)
{
	struct arena a;
	const struct config *c = NULL;
	struct failure f = { 0 };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		OK(offer_wrong(str_from_c(good[i])) == NULL, "good: %s", good[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		OK(offer_wrong(str_from_c(wrong[i])) != NULL, "wrong: %s", wrong[i]);
	arena_init(&a, ARENA_NONE);
	IS_NUM(config_parse(&a, S("auth.pop3_mechanisms = [PLAIN, NOSUCH];"), "t.conf", &c, &f), ERR_CONFIG);
	OK(strstr(f.text, "t.conf:1: auth.pop3_mechanisms: an item is no mechanism") != NULL, "%s", f.text);
	arena_done(&a);
}

int main(void)
{
	test_cases();
	test_binds();
	test_announced();
	test_items();
	return tap_done();
}
