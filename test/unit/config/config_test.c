#include "config/config.h"

#include "base/mem.h"
#include "tap.h"

static const struct config *parse(struct arena *a, const char *text)
{
	const struct config *c = NULL;
	struct failure f = { 0 };

	if (config_parse(a, str_from_c(text), "t.conf", &c, &f) != ERR_OK)
		printf("# %s\n", f.text);
	must(c != NULL);
	return c;
}

static void print(struct buf *to, const struct config *c, bool all)
{
	buf_clear(to);
	config_print(to, c, all);
}

/* The budgets of the design, which tests elsewhere rely on. */
static void test_defaults(struct arena *a)
{
	const struct config *c = config_defaults(a);

	IS_NUM(c->smtp_command_octets_max, 2048);
	IS_NUM(c->smtp_auth_line_octets_max, 12288);
	IS_NUM(c->imap_prelogon_octets_max, 8192);
	IS_NUM(c->smtp_recipients_max, 1000);
	IS_NUM(c->smtp_hops_max, 50);
	IS_NUM(c->smtp_message_octets_max, 50 << 20);
	IS_NUM(c->front_in_transit_octets_max, 256 << 20);
	IS_NUM(c->front_logon_ms_max, 60 * 1000);
	IS_NUM(c->smtp_command_ms_max, 300 * 1000);
	IS_NUM(c->smtp_data_octets_per_second_min, 500);
	IS_NUM(c->imap_idle_ms_max, 30 * 60 * 1000);
	IS_NUM(c->imap_arguments_octets_max, 1 << 20);
	IS_NUM(c->imap_literals_max, 1000);
	IS_NUM(c->front_connections_per_address_max, 30);
	IS_NUM(c->front_unauthenticated_percent_max, 50);
	IS_NUM(c->auth_plaintext_without_tls, CONFIG_PLAINTEXT_NEVER);
	IS_NUM(c->tls_minimum, CONFIG_TLS_1_2);
	IS_NUM(c->log_level, 3);
	IS_NUM(c->log_format, CONFIG_LOG_TEXT);
	IS_NUM(c->store_compress, true);
	IS_STR(c->server_data_folder, S("/var/lib/bourse"));
	IS_STR(c->user_front_mx, S("bourse-mx"));
	IS_STR(c->server_host_name, S(""));
}

static void test_table(void)
{
	size_t bad = 0;

	for (size_t i = 0; i < config_option_count(); i++) {
		const struct config_option *o = config_option(i);
		size_t len = strlen(o->text);

		for (size_t j = 0; j < i; j++)
			bad += strcmp(o->section, config_option(j)->section) == 0 &&
				strcmp(o->key, config_option(j)->key) == 0;
		OK(len > 8 && o->text[len - 1] == '.', "%s.%s has a manual paragraph", o->section, o->key);
		OK(o->min <= o->max, "%s.%s: its least is not above its most", o->section, o->key);
		/* Sections must not be split: config_print opens each once. */
		if (i > 0 && strcmp(o->section, config_option(i - 1)->section) != 0)
			for (size_t j = 0; j < i; j++)
				bad += strcmp(o->section, config_option(j)->section) == 0;
	}
	IS_NUM(bad, 0);
	IS_NUM(CONFIG_LISTENER_COUNT, 12);
	IS_STR(str_from_c(config_listener_name(CONFIG_listen_imaps)), S("imaps"));
}

static void test_print(struct arena *a)
{
	struct buf one, other;

	buf_init(&one, 1 << 20);
	buf_init(&other, 1 << 20);
	print(&one, config_defaults(a), false);
	IS_STR(buf_str(&one), S(""));
	print(&one, parse(a, "organisation.name = \"A \\\"B\\\" \\\\\"; log { level debug }\n"
			     "listen.smtp = [\"[::1]:25\", 26]; listen.imap = off; imap.idle_time_max: 90m"), false);
	IS_STR(buf_str(&one), S("organisation {\n\tname = \"A \\\"B\\\" \\\\\"\n}\nlog {\n\tlevel = debug\n}\n"
				"listen {\n\tsmtp = [\"[::1]:25\", 26]\n\timap = off\n}\n"
				"imap {\n\tidle_time_max = 90m\n}\n"));
	print(&other, parse(a, arena_str(a, buf_str(&one)).at), false);
	IS_STR(buf_str(&other), buf_str(&one));
	print(&one, config_defaults(a), true);
	OK(str_find_str(buf_str(&one), S("\tmessage_octets_max = 50M\n")) != STR_NPOS, "all options are printed");
	print(&other, parse(a, arena_str(a, buf_str(&one)).at), true);
	IS_STR(buf_str(&other), buf_str(&one));
	buf_done(&one);
	buf_done(&other);
}

static const char everything[] =
	"organisation.name = \"M\xc3\xbcller\"; server { host_name = mail.example.org; data_folder = /d }\n"
	"log { level = error; format = json }\n"
	"listen { addresses = [127.0.0.1, \"::1\"]; base_port = 2000; smtp = [25, \"*:26\"]; pop3 = off }\n"
	"tls { certificate = /c; key = /k; minimum = 1.3 }\n"
	"auth.plaintext_without_tls = loopback; store.compress = off; quota.warning_octets = 0\n";

static void test_octets(struct arena *a)
{
	const struct config *c = parse(a, everything), *back = NULL;
	struct buf octets, one, other;
	size_t taken = 0;

	buf_init(&octets, 1 << 20);
	buf_init(&one, 1 << 20);
	buf_init(&other, 1 << 20);
	IS_NUM(config_encode(c, &octets), ERR_OK);
	IS_NUM(config_decode(a, buf_str(&octets), &back), ERR_OK);
	print(&one, c, true);
	print(&other, back, true);
	IS_STR(buf_str(&other), buf_str(&one));
	for (size_t n = 0; n < octets.len; n++) {
		char *cut = mem_copy(octets.at, n);

		taken += config_decode(a, str_make(cut, n), &back) != ERR_CORRUPT;
		mem_free(cut);
	}
	IS_NUM(taken, 0);
	buf_put_octet(&octets, 0);
	IS_NUM(config_decode(a, buf_str(&octets), &back), ERR_CORRUPT);
	octets.len--;
	octets.at[0] ^= 1;
	IS_NUM(config_decode(a, buf_str(&octets), &back), ERR_CORRUPT);
	buf_done(&octets);
	buf_init(&octets, 100);
	IS_NUM(config_encode(c, &octets), ERR_TOOBIG);
	buf_done(&octets);
	buf_done(&one);
	buf_done(&other);
}

static void test_endpoints(struct arena *a)
{
	const struct config *c = parse(a, everything);
	const struct config_endpoint *at;

	IS_NUM(config_endpoints(a, c, CONFIG_listen_smtp, &at), 3);
	IS_STR(at[0].address, S("127.0.0.1"));
	IS_NUM(at[0].port, 2025);
	IS_STR(at[1].address, S("::1"));
	IS_NUM(at[1].port, 2025);
	IS_STR(at[2].address, S("*"));
	IS_NUM(at[2].port, 2026);
	IS_NUM(config_endpoints(a, c, CONFIG_listen_pop3, &at), 0);
	IS_NUM(config_endpoints(a, config_defaults(a), CONFIG_listen_imaps, &at), 1);
	IS_STR(at[0].address, S("*"));
	IS_NUM(at[0].port, 993);
}

static bool read_local(void *arg, const char *path, struct buf *to)
{
	buf_put_c(to, "smtp.hops_max = 60\n");
	return strcmp(path, "/etc/local.conf") == 0;
}

static void test_sources(struct arena *a)
{
	struct config_source last = { .text = S("smtp.recipients_max = 300"), .file_name = "--set" };
	struct config_source file = { .text = S("include \"local.conf\"\nsmtp.recipients_max = 200\nlog.level = warn"),
		.file_name = "/etc/bourse.conf", .read = read_local, .next = &last };
	const struct config *c = NULL;
	struct failure f = { 0 };

	IS_NUM(config_parse_sources(a, &file, &c, &f), ERR_OK);
	IS_NUM(c->smtp_hops_max, 60);
	IS_NUM(c->smtp_recipients_max, 300);
	IS_NUM(c->log_level, 1);
	file.text = S("smtp.hops_max = 70\ninclude \"local.conf\"\n");
	IS_NUM(config_parse_sources(a, &file, &c, &f), ERR_CONFIG);
	IS_STR(str_from_c(f.text), S("/etc/local.conf:1: smtp.hops_max is set already at /etc/bourse.conf:1; remove one of the two"));
	/* What only the whole can tell names the file and line of the option, whatever source came last. */
	f = (struct failure){ 0 };
	file.text = S("\nlisten.addresses = eth0\n");
	IS_NUM(config_parse_sources(a, &file, &c, &f), ERR_CONFIG);
	IS_STR(str_from_c(f.text), S("/etc/bourse.conf:2: listen.addresses: an address is neither in digits nor *"));
}

static void test_complete(struct arena *a)
{
	const struct config *c = config_complete(a, config_defaults(a), S("mx.example.org"), 4), *back;
	struct buf octets;

	IS_STR(c->server_host_name, S("mx.example.org"));
	IS_STR(c->organisation_name, S("mx.example.org"));
	IS_NUM(c->front_mx_processes, 4);
	IS_NUM(c->front_user_processes, 4);
	IS_NUM(c->parser_processes, 4);
	c = config_complete(a, config_defaults(a), S("bad\nname"), 5000);
	IS_STR(c->server_host_name, S("localhost"));
	IS_NUM(c->front_mx_processes, 256);
	buf_init(&octets, 1 << 20);
	IS_NUM(config_encode(c, &octets), ERR_OK);
	IS_NUM(config_decode(a, buf_str(&octets), &back), ERR_OK);
	buf_done(&octets);
	c = config_complete(a, parse(a, "server.host_name = a.example; front.mx_processes = 1"), S("b.example"), 2);
	IS_STR(c->server_host_name, S("a.example"));
	IS_NUM(c->front_mx_processes, 1);
}

static void test_restart(struct arena *a)
{
	struct buf names;

	buf_init(&names, 4096);
	config_restart_needed(&names, config_defaults(a), parse(a, "log.level = debug; smtp.hops_max = 60"));
	IS_STR(buf_str(&names), S(""));
	config_restart_needed(&names, config_defaults(a), parse(a, "listen.smtp = 26; user.store = x; log.level = warn"));
	IS_STR(buf_str(&names), S("listen.smtp, user.store"));
	buf_done(&names);
}

static void test_doc(void)
{
	struct buf doc;

	buf_init(&doc, 1 << 20);
	config_doc(&doc);
	for (size_t i = 0; i < config_option_count(); i++) {
		char item[128];

		snprintf(item, sizeof(item), ".It Ic %s.%s No", config_option(i)->section, config_option(i)->key);
		OK(str_find_str(buf_str(&doc), str_from_c(item)) != STR_NPOS, "%s is in the manual", item + 7);
	}
	buf_done(&doc);
}

int main(void)
{
	struct arena a;

	arena_init(&a, ARENA_NONE);
	test_table();
	test_defaults(&a);
	test_print(&a);
	test_octets(&a);
	test_endpoints(&a);
	test_sources(&a);
	test_complete(&a);
	test_restart(&a);
	test_doc();
	arena_done(&a);
	return tap_done();
}
