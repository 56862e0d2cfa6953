#include "ctl/setup_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/tls.h"
#include "tap.h"

static char folder[] = "/tmp/bourse_setup_XXXXXX";

static const char *path_of(struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", folder, name).at;
}

static void put_file(struct arena *a, const char *name, struct str text)
{
	must(file_replace(path_of(a, name), text, 0600) == ERR_OK);
}

/* Adds host name and organisation to `before` (NULL: no file); what stands there then, or the
 * failure's code. */
static enum err add(struct arena *a, const char *before, const char *want, size_t want_added)
{
	static const struct setup_setting settings[] = { { "server.host_name", S_INIT("mail.example.org") },
		{ "organisation.name", S_INIT("a \"b\" \\c") } };
	const char *path = path_of(a, before ? "bourse.conf" : "new/bourse.conf");
	const struct setup_settings both = { settings, 2 };
	struct failure f = { 0 };
	size_t added = 0;
	struct buf text;
	enum err e;

	if (before != NULL)
		put_file(a, "bourse.conf", str_from_c(before));
	e = setup_file_add(a, path, &both, &added, &f);
	buf_init(&text, 4096);
	must(file_read(path, &text) == ERR_OK);
	IS_STR(buf_str(&text), str_from_c(want));
	IS_NUM(added, want_added);
	buf_done(&text);
	return e;
}

#define HOST   "server.host_name = \"mail.example.org\";\n"
#define NAME   "organisation.name = \"a \\\"b\\\" \\\\c\";\n"
#define REMARK "# From bourse setup; all options: bourse.conf(5).\n"

static void test_settings(struct arena *a)
{
	IS_NUM(add(a, NULL, REMARK HOST NAME, 2), ERR_OK);
	IS_NUM(add(a, NULL, REMARK HOST NAME, 0), ERR_OK);
	IS_NUM(add(a, "", REMARK HOST NAME, 2), ERR_OK);
	IS_NUM(add(a, "log.level = debug", "log.level = debug\n" REMARK HOST NAME, 2),
		ERR_OK);
	IS_NUM(add(a, "server { host_name = mail.example.org }\n",
		       "server { host_name = mail.example.org }\n" REMARK NAME, 1),
		ERR_OK);
	IS_NUM(add(a, HOST NAME, HOST NAME, 0), ERR_OK);
	IS_NUM(add(a, "\nserver.host_name = x.example\n", "\nserver.host_name = x.example\n", 0),
		ERR_EXISTS);
	IS_NUM(add(a, "server {\n", "server {\n", 0), ERR_CONFIG);
	IS_NUM(add(a, "nonsense = 1\n", "nonsense = 1\n", 0), ERR_CONFIG);
}

/* What is said of it has `want` in it. */
static enum err look(
	struct arena *a, const char *chain, const char *key, struct str host, struct str want)
{
	struct setup_certificate c = { path_of(a, chain), path_of(a, key), host };
	struct str said = STR_NONE;
	struct failure f = { 0 };
	enum err e = setup_file_certificate(a, &c, &said, &f);

	said = e == ERR_OK ? said : str_from_c(f.text);
	OK(str_find_str(said, want) != STR_NPOS, "%.*s", STR_FMT(said));
	return e;
}

static void test_certificate(struct arena *a)
{
	struct buf key, chain, other;

	buf_init(&key, BUF_NO_CEILING);
	buf_init(&chain, BUF_NO_CEILING);
	buf_init(&other, BUF_NO_CEILING);
	must(tls_self_signed(S("mail.example.org"), &key, &chain) == ERR_OK);
	put_file(a, "chain", buf_str(&chain));
	put_file(a, "key", buf_str(&key));
	buf_clear(&chain);
	must(tls_self_signed(S("mail.example.org"), &other, &chain) == ERR_OK);
	put_file(a, "other", buf_str(&other));
	IS_NUM(look(a, "chain", "key", S("mail.example.org"), S("names mail.example.org, valid until 20")),
		ERR_OK);
	IS_NUM(look(a, "chain", "key", S("b.example.org"), S("the certificate does not name b.example.org")),
		ERR_CONFIG);
	IS_NUM(look(a, "chain", "other", S("mail.example.org"), S("other: no private key in PEM that belongs")),
		ERR_CONFIG);
	IS_NUM(look(a, "nowhere", "key", S("mail.example.org"), S("nowhere: no certificate in PEM")),
		ERR_CONFIG);
	buf_done(&key);
	buf_done(&chain);
	buf_done(&other);
}

int main(void)
{
	char command[64];
	struct arena a;

	must(mkdtemp(folder) != NULL);
	arena_init(&a, ARENA_NONE);
	test_settings(&a);
	test_certificate(&a);
	arena_done(&a);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	must(system(command) == 0);
	return tap_done();
}
