#include "wire/ldap_text.h"

#include "tap.h"

struct row {
	const char *text;
	bool want;
};

static void test_urls(void)
{
	static const struct {
		const char *url, *why; /* NULL: good */
		bool open;
	} rows[] = {
		{ "ldap://dc1.example.org", NULL, true },
		{ "ldap://dc1.example.org/", NULL, true },
		{ "ldap://dc1.example.org:3890", NULL, true },
		{ "ldaps://dc1.example.org:636/", NULL, false },
		{ "ldap://127.0.0.1:1389", NULL, false },
		{ "ldap://127.evil.example", NULL, true },
		{ "ldap://localhost", NULL, false },
		{ "ldap://[::1]:389", NULL, false },
		{ "ldap://[2001:db8::1]", NULL, true },
		{ "ldaps://[2001:db8::1]:636", NULL, false },
		{ "ldapi://%2frun%2fslapd%2fldapi", NULL, false },
		{ "ldapi://", "names no socket" },
		{ "ldapi:///run/slapd/ldapi", "names no socket" },
		{ "ldapi://%2frun%2", "names no socket" },
		{ "ldapi://%zz", "names no socket" },
		{ "dc1.example.org", "must begin" },
		{ "LDAP://x", "must begin" },
		{ "http://x", "must begin" },
		{ "", "must begin" },
		{ "ldap://", "names no host" },
		{ "ldap:///", "names no host" },
		{ "ldap://:389", "names no host" },
		{ "ldap://a b", "names no host" },
		{ "ldap://-a", "names no host" },
		{ "ldap://[::1", "names no host" },
		{ "ldap://[]", "names no host" },
		{ "ldap://a:0", "no port" },
		{ "ldap://a:65536", "no port" },
		{ "ldap://a:", "no port" },
		{ "ldap://a:x", "no port" },
		{ "ldap://a/dc=example", "must end" },
		{ "ldap://a:389/dc=example", "must end" },
		{ "ldap://a?x", "must end" },
		{ "ldap://user@a", "names no host" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *why = ldap_url_why_not(str_from_c(rows[i].url));

		if (rows[i].why == NULL)
			OK(why == NULL, "%s is good: %s", rows[i].url, why ? why : "");
		else
			OK(why != NULL && strstr(why, rows[i].why), "%s: %s", rows[i].url, why ? why : "taken");
		if (rows[i].why == NULL)
			OK(ldap_url_is_open(str_from_c(rows[i].url)) == rows[i].open, "%s: in the clear", rows[i].url);
	}
}

static void test_dns(void)
{
	static const struct row rows[] = {
		{ "", true },
		{ "dc=example,dc=org", true },
		{ "cn=mail server, ou=people, dc=example", true },
		{ "CN=Steve Kille+O=Isode,C=GB", true },
		{ "OU=Sales+CN=J.  Smith,DC=example,DC=net", true },
		{ "CN=James \\\"Jim\\\" Smith\\, III,DC=example", true },
		{ "CN=Before\\0dAfter,DC=example", true },
		{ "1.3.6.1.4.1.1466.0=#04024869", true },
		{ "CN=Lu\xc4\x8di\xc4\x87", true },
		{ "CN=", true },
		{ "CN=a=b", true },
		{ "CN=\\ a\\ ", true },
		{ "example", false },
		{ "=x", false },
		{ "dc=example,", false },
		{ "dc=example+", false },
		{ "dc=example,,dc=org", false },
		{ ",dc=example", false },
		{ "c n=x", false },
		{ "1.=x", false },
		{ "1..2=x", false },
		{ "cn= x", false },
		{ "cn=x ", false },
		{ "cn=a\"b", false },
		{ "cn=a;b", false },
		{ "cn=a<b", false },
		{ "cn=a\\", false },
		{ "cn=a\\q", false },
		{ "cn=a\\0", false },
		{ "cn=#", false },
		{ "cn=#0", false },
		{ "cn=#0g", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		OK(ldap_dn_is_valid(str_from_c(rows[i].text)) == rows[i].want, "'%s'", rows[i].text);
	OK(!ldap_dn_is_valid(S("cn=a\0b")), "a NUL");
}

static void test_filters(void)
{
	static const struct row rows[] = {
		{ "(cn=Babs Jensen)", true },
		{ "(!(cn=Tim Howes))", true },
		{ "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))", true },
		{ "(o=univ*of*mich*)", true },
		{ "(seeAlso=)", true },
		{ "(cn:caseExactMatch:=Fred Flintstone)", true },
		{ "(cn:=Betty Rubble)", true },
		{ "(:1.2.3:=Wilma Flintstone)", true },
		{ "(:DN:2.4.6.8.10:=Dino)", true },
		{ "(o=Parens R Us \\28for all your parenthetical needs\\29)", true },
		{ "(cn=*\\2A*)", true },
		{ "(uidNumber>=1000)", true },
		{ "(uidNumber<=1000)", true },
		{ "(cn~=x)", true },
		{ "(cn;lang-de=x)", true },
		{ "(&)", true },
		{ "(|)", true },
		{ "(memberOf=cn=staff,dc=example,dc=org)", true },
		{ "", false },
		{ "cn=x", false },
		{ "(cn=x", false },
		{ "(cn=x))", false },
		{ "(cn=x)(cn=y)", false },
		{ "()", false },
		{ "(=x)", false },
		{ "(cn)", false },
		{ "(!)", false },
		{ "(!(a=b)(c=d))", false },
		{ "(&(a=b)", false },
		{ "(&a=b)", false },
		{ "(&(a=b)c=d)", false },
		{ "(cn=a(b)", false },
		{ "(cn=a\\)", false },
		{ "(cn=a\\2)", false },
		{ "(cn=a\\zz)", false },
		{ "(cn>=a*)", false },
		{ "(c n=a)", false },
		{ " (cn=a)", false },
		{ "(cn=a) ", false },
	};
	struct buf deep;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		OK(ldap_filter_is_valid(str_from_c(rows[i].text)) == rows[i].want, "'%s'", rows[i].text);
	OK(!ldap_filter_is_valid(S("(cn=a\0b)")), "a NUL");
	buf_init(&deep, LDAP_TEXT_OCTETS_MAX);
	for (int i = 0; i < 100; i++)
		buf_put_c(&deep, "(!");
	buf_put_c(&deep, "(a=b)");
	for (int i = 0; i < 100; i++)
		buf_put_c(&deep, ")");
	OK(!ldap_filter_is_valid(buf_str(&deep)), "too deep");
	OK(ldap_filter_is_valid(str_sub(buf_str(&deep), 136, 32 * 2 + 5 + 32)), "as deep as it may be");
	buf_done(&deep);
}

static void fill(const char *text, enum ldap_form form, struct str user, enum err want_err, struct str want)
{
	struct buf to;

	buf_init(&to, 64);
	IS_NUM(ldap_fill(str_from_c(text), form, user, S("DOM"), &to), want_err);
	if (want_err == ERR_OK)
		IS_STR(buf_str(&to), want);
	buf_done(&to);
}

static void test_templates(void)
{
	fill("(uid=%u)", LDAP_FORM_FILTER, S("alice"), ERR_OK, S("(uid=alice)"));
	fill("(&(d=%d)(uid=%u))", LDAP_FORM_FILTER, S("alice"), ERR_OK, S("(&(d=DOM)(uid=alice))"));
	fill("(uid=%u)", LDAP_FORM_FILTER, S("*)(uid=bob\\\0"), ERR_OK, S("(uid=\\2a\\29\\28uid=bob\\5c\\00)"));
	fill("uid=%u,dc=x", LDAP_FORM_DN, S("alice"), ERR_OK, S("uid=alice,dc=x"));
	fill("uid=%u,dc=x", LDAP_FORM_DN, S("a,dc=y+b\"<>;=\\"), ERR_OK, S("uid=a\\2cdc\\3dy\\2bb\\22\\3c\\3e\\3b\\3d\\5c,dc=x"));
	fill("uid=%u", LDAP_FORM_DN, S(" a "), ERR_OK, S("uid=\\20a\\20"));
	fill("uid=%u", LDAP_FORM_DN, S("#a#"), ERR_OK, S("uid=\\23a#"));
	fill("uid=%u", LDAP_FORM_DN, S("a\0b"), ERR_OK, S("uid=a\\00b"));
	fill("%u@example.org", LDAP_FORM_PLAIN, S("alice"), ERR_OK, S("alice@example.org"));
	fill("%d\\%u 100%%", LDAP_FORM_PLAIN, S("alice"), ERR_OK, S("DOM\\alice 100%"));
	fill("%x", LDAP_FORM_PLAIN, S("alice"), ERR_SYNTAX, STR_NONE);
	fill("%", LDAP_FORM_PLAIN, S("alice"), ERR_SYNTAX, STR_NONE);
	fill("%u%u%u%u", LDAP_FORM_FILTER, S("****************"), ERR_TOOBIG, STR_NONE);
	OK(ldap_template_is_valid(S("uid=%u,o=%d,c=%%")), "a template");
	OK(!ldap_template_is_valid(S("uid=alice")), "one without a user");
	OK(!ldap_template_is_valid(S("uid=%%u")), "one whose user is none");
	OK(!ldap_template_is_valid(S("uid=%u%")), "a percent sign at the end");
	OK(!ldap_template_is_valid(S("uid=%u%n")), "an unknown one");
}

/* Whatever a client calls itself, what comes of a template is still one filter, and one name. */
static void test_every_octet(void)
{
	struct buf filter, dn;
	bool good = true;

	buf_init(&filter, 4096);
	buf_init(&dn, 4096);
	for (unsigned c = 0; c < 256; c++) {
		char user[3] = { (char)c, 'x', (char)c };

		buf_clear(&filter);
		buf_clear(&dn);
		good = good && ldap_fill(S("(&(uid=%u)(a=b))"), LDAP_FORM_FILTER, str_make(user, 3), S("D"), &filter) == ERR_OK &&
		       ldap_filter_is_valid(buf_str(&filter)) &&
		       ldap_fill(S("uid=%u,dc=x"), LDAP_FORM_DN, str_make(user, 3), S("D"), &dn) == ERR_OK && ldap_dn_is_valid(buf_str(&dn));
		if (!good) {
			OK(false, "octet %u: '%.*s' '%.*s'", c, STR_FMT(buf_str(&filter)), STR_FMT(buf_str(&dn)));
			break;
		}
	}
	OK(good, "every octet is a value and nothing else");
	buf_done(&filter);
	buf_done(&dn);
}

int main(void)
{
	test_urls();
	test_dns();
	test_filters();
	test_templates();
	test_every_octet();
	return tap_done();
}
