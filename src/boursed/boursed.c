/* The one executable: the attendant, or, started again by it, any of the other roles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendant/attendant.h"
#include "directory/role.h"
#include "front/front.h"
#include "keys/keys.h"
#include "netlogon/netlogon.h"
#include "parser/parser.h"
#include "store/role.h"
#include "transport/transport.h"

#define ROLE_CONTROL_FD 3

static const char usage[] =
	"Usage: boursed [--data DIR] [--config FILE] [--base-port N]\n"
	"\n"
	"The Bourse mail server, in the foreground. SIGTERM stops it, SIGHUP reloads its "
	"configuration.\n"
	"\n"
	"  --data DIR       the folder that holds everything (default: server.data_folder, "
	"/var/lib/bourse)\n"
	"  --config FILE    the configuration (default: DIR/bourse.conf if it is there, else "
	"/etc/bourse/bourse.conf)\n"
	"  --base-port N    added to every port: 1000 makes 1025 of 25, so that root is not "
	"needed\n"
	"  --version        print the version\n"
	"  --help           print this\n"
	"\n"
	"Administration: bourse(1). Options of the configuration: bourse.conf(5).\n";

static const struct role_def *const roles[] = { &keys_role, &front_mx_role, &front_user_role,
	&parser_role, &directory_role, &store_role, &transport_role, &netlogon_role };

static int run_role(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (strcmp(role_name(roles[i]->role), name) == 0)
			return role_main(roles[i], ROLE_CONTROL_FD);
	}
	fprintf(stderr, "boursed: no role is called '%s'\n", name);
	return 2;
}

static bool take_number(const char *text, uint32_t max, uint32_t *ret)
{
	return str_u32(str_from_c(text), max, ret);
}

/* An option that has a value; NULL, or what is wrong with it. */
static const char *take_option(struct str name, const char *value, struct attendant_options *o)
{
	uint32_t number;
	bool data = str_eq(name, S("--data")), config = str_eq(name, S("--config"));
	bool port = str_eq(name, S("--base-port")), control = str_eq(name, S("--control-fd"));

	if (!data && !config && !port && !control)
		return "there is no such option";
	if (value == NULL || *value == '\0')
		return "it needs a value";
	if (data)
		o->data_folder = value;
	if (config)
		o->config_path = value;
	if (port && !(o->base_port_given = take_number(value, 60000, &o->base_port)))
		return "it is a number from 0 to 60000";
	if (control && !take_number(value, 1 << 20, &number))
		return "it is a descriptor";
	if (control)
		o->control_fd = (int)number;
	return NULL;
}

/* --name VALUE or --name=VALUE at argv[*at], which goes on to the last word used. */
static const char *take_words(int argc, char **argv, int *at, struct attendant_options *o)
{
	struct str word = str_from_c(argv[*at]);
	size_t equals = str_find(word, '=');

	if (equals != STR_NPOS)
		return take_option(str_sub(word, 0, equals), argv[*at] + equals + 1, o);
	if (*at + 1 == argc || strncmp(argv[*at + 1], "--", 2) == 0)
		return take_option(word, NULL, o);
	return take_option(word, argv[++*at], o);
}

int main(int argc, char **argv)
{
	struct attendant_options options = { .control_fd = -1 };
	const char *wrong;

	if (argc == 3 && strcmp(argv[1], "--role") == 0)
		return run_role(argv[2]);
	for (int i = 1; i < argc; i++) {
		int first = i;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (strcmp(argv[i], "--version") == 0) {
			puts("boursed " BOURSE_VERSION);
			return EXIT_SUCCESS;
		}
		if (strcmp(argv[i], "--maintenance") == 0) {
			options.maintenance = true;
			continue;
		}
		wrong = take_words(argc, argv, &i, &options);
		if (wrong != NULL) {
			fprintf(stderr, "boursed: %s: %s; see boursed --help\n", argv[first],
				wrong);
			return 2;
		}
	}
	return attendant_main(&options);
}
