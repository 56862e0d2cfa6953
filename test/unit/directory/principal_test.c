/* Principals of Kerberos: what they are, and whose. */
#include "directory/principal.h"

#include "world.h"

static const struct {
	const char *principal, *user, *realm; /* user NULL: nobody's name here */
	bool wrong;                           /* no principal at all */
} rows[] = {
	{ "alice@EXAMPLE.ORG", "alice", "EXAMPLE.ORG", false },
	{ "m\xc3\xbcller@EXAMPLE.ORG", "m\xc3\xbcller", "EXAMPLE.ORG", false },
	{ "alice.a@a", "alice.a", "a", false },
	{ "alice/admin@EXAMPLE.ORG", NULL, NULL, false },
	{ "imap/mail.example.org@EXAMPLE.ORG", NULL, NULL, false },
	{ "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", NULL, NULL, false },
	{ "alice\\@other.example@EXAMPLE.ORG", NULL, NULL, false },
	{ "DOM\\\\alice@EXAMPLE.ORG", NULL, NULL, false },
	{ "HOST$@EXAMPLE.ORG", NULL, NULL, false },
	{ "alice", NULL, NULL, true },
	{ "@EXAMPLE.ORG", NULL, NULL, true },
	{ "alice@", NULL, NULL, true },
	{ "", NULL, NULL, true },
	{ "alice@A@B", NULL, NULL, true },
	{ "alice\\\\@A@B", NULL, NULL, true },
	{ "alice@EXAMPLE ORG", NULL, NULL, true },
	{ "alice@EXAMPLE\\ORG", NULL, NULL, true },
	{ "alice@EXAMPLE/ORG", NULL, NULL, true },
	{ "al\nice@EXAMPLE.ORG", NULL, NULL, true },
	{ "al\xffice@EXAMPLE.ORG", NULL, NULL, true },
};

static void test_split(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str user = S(""), realm = S(""), p = str_from_c(rows[i].principal);

		OK((principal_wrong(p) != NULL) == rows[i].wrong, "%s: %s", rows[i].principal, principal_wrong(p) ? principal_wrong(p) : "good");
		OK(principal_split(p, &user, &realm) == (rows[i].user != NULL), "%s", rows[i].principal);
		if (rows[i].user != NULL) {
			IS_STR(user, str_from_c(rows[i].user));
			IS_STR(realm, str_from_c(rows[i].realm));
		}
	}
	OK(principal_wrong(S("a\0b@EXAMPLE.ORG")) != NULL, "a NUL");
}

static void whose(struct world *w, const char *principal, const char *want)
{
	struct str name = S("");
	const char *why = "";
	enum err e = principal_name(&w->directory, str_from_c(principal), &w->arena, &name, &why);

	IS_NUM(e, want != NULL ? ERR_OK : ERR_NOTFOUND);
	if (want != NULL)
		IS_STR(name, str_from_c(want));
	else
		OK(why[0] != '\0', "it says why");
}

static void test_whose(struct world *w)
{
	whose(w, "alice@EXAMPLE.ORG", NULL);
	DO(w, "domain set", "'name':'DOM','realm':'EXAMPLE.ORG'");
	whose(w, "alice@EXAMPLE.ORG", "DOM\\alice");
	whose(w, "nobody@EXAMPLE.ORG", "DOM\\nobody");
	whose(w, "alice@example.org", NULL);
	whose(w, "alice@OTHER.EXAMPLE", NULL);
	whose(w, "alice/admin@EXAMPLE.ORG", NULL);
	DO(w, "account set", "'name':'DOM\\\\bob','add-principal':'alice@EXAMPLE.ORG,alice/admin@EXAMPLE.ORG'");
	whose(w, "alice@EXAMPLE.ORG", "DOM\\bob");
	whose(w, "alice/admin@EXAMPLE.ORG", "DOM\\bob");
	NO(w, "account set", "'name':'DOM\\\\alice','add-principal':'alice@EXAMPLE.ORG'", EXISTS, "alice@EXAMPLE.ORG");
	NO(w, "account set", "'name':'DOM\\\\alice','principal':'alice'", SYNTAX, "no Kerberos principal");
	DO(w, "account set", "'name':'DOM\\\\bob','remove-principal':'alice@EXAMPLE.ORG'");
	whose(w, "alice@EXAMPLE.ORG", "DOM\\alice");
	DO(w, "domain add", "'name':'CORP','mail':'corp.example'");
	NO(w, "domain set", "'name':'CORP','realm':'EXAMPLE.ORG'", EXISTS, "EXAMPLE.ORG");
	NO(w, "domain set", "'name':'CORP','realm':'A/B'", SYNTAX, "no Kerberos realm");
	NO(w, "domain set", "'name':'CORP','backend':'kerberos'", SYNTAX, "no backend");
	DO(w, "domain set", "'name':'DOM','realm':''");
	DO(w, "domain set", "'name':'CORP','realm':'EXAMPLE.ORG'");
	whose(w, "alice@EXAMPLE.ORG", "CORP\\alice");
}

int main(void)
{
	struct world w;

	test_split();
	world_open(&w);
	DO(&w, "init", "'name':'E','domain':'DOM','mail':'example.org'");
	DO(&w, "account add", "'name':'alice'");
	DO(&w, "account add", "'name':'bob'");
	test_whose(&w);
	world_close(&w);
	return tap_done();
}
