/* The one executable: the attendant, or, started again by it, any of the other roles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendant/attendant.h"
#include "directory/role.h"
#include "front/front.h"
#include "keys/keys.h"
#include "parser/parser.h"
#include "store/role.h"
#include "transport/transport.h"

#define ROLE_CONTROL_FD 3

static const char usage[] =
	"Usage: boursed [--data DIR] [--config FILE] [--base-port N]\n"
	"\n"
	"The Bourse mail server, in the foreground. SIGTERM stops it, SIGHUP reloads its configuration.\n"
	"\n"
	"  --data DIR       the folder that holds everything (default: server.data_folder, /var/lib/bourse)\n"
	"  --config FILE    the configuration (default: DIR/bourse.conf if it is there, else /etc/bourse/bourse.conf)\n"
	"  --base-port N    added to every port: 1000 makes 1025 of 25, so that root is not needed\n"
	"  --version        print the version\n"
	"  --help           print this\n"
	"\n"
	"Administration: bourse(1). Options of the configuration: bourse.conf(5).\n";

static const struct role_def *const roles[] = { &keys_role, &front_mx_role, &front_user_role, &parser_role, &directory_role,
	&store_role, &transport_role };

static int run_role(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (strcmp(role_name(roles[i]->role), name) == 0)
			return role_main(roles[i], ROLE_CONTROL_FD);
	}
	fprintf(stderr, "boursed: no role is called '%s'\n", name);
	return 2;
}

static int misused(const char *what, const char *word)
{
	fprintf(stderr, "boursed: %s '%s'; see boursed --help\n", what, word);
	return 2;
}

static bool take_number(const char *text, uint32_t max, uint32_t *ret)
{
	return str_u32(str_from_c(text), max, ret);
}

/* An option that has a value; false when it is none of ours or the value is wrong. */
static bool take_option(const char *name, const char *value, struct attendant_options *o)
{
	uint32_t number;

	if (strcmp(name, "--data") == 0) {
		o->data_folder = value;
	} else if (strcmp(name, "--config") == 0) {
		o->config_path = value;
	} else if (strcmp(name, "--base-port") == 0) {
		o->base_port_given = take_number(value, 60000, &o->base_port);
		return o->base_port_given;
	} else if (strcmp(name, "--control-fd") == 0 && take_number(value, 1 << 20, &number)) {
		o->control_fd = (int)number;
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct attendant_options options = { .control_fd = -1 };

	if (argc == 3 && strcmp(argv[1], "--role") == 0)
		return run_role(argv[2]);
	for (int i = 1; i < argc; i++) {
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
		if (i + 1 == argc)
			return misused("unknown option, or its value is missing:", argv[i]);
		if (!take_option(argv[i], argv[i + 1], &options))
			return misused("unknown option or wrong value:", argv[i]);
		i++;
	}
	return attendant_main(&options);
}
