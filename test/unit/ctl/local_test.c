#include "ctl/local.h"

#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char folder[] = "/tmp/bourse_local_XXXXXX";

static const char *put_file(const char *name, const char *text)
{
	static char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	must(file != NULL);
	fputs(text, file);
	fclose(file);
	return path;
}

/* Runs the words; what it prints, or "F " and the failure. @ stands for the folder. */
static void run(const char *words, const char *want)
{
	char tool[] = "bourse", copy[512], expected[1024] = "", *argv[16] = { tool }, *rest = copy,
	     *out = NULL;
	size_t out_len = 0;
	struct failure f = { 0 };
	struct render r = { .errors = stderr };
	struct call call;
	int argc = 1;

	snprintf(copy, sizeof(copy), words, folder);
	snprintf(expected, sizeof(expected), want, folder, folder);
	while (rest != NULL)
		argv[argc++] = strsep(&rest, " ");
	must(call_parse(argc, argv, &call, &f) == ERR_OK);
	r.out = open_memstream(&out, &out_len);
	r.json = call.json;
	if (local_run(&call, &r, &f) != ERR_OK)
		fprintf(r.out, "F %s", f.text);
	render_done(&r);
	fclose(r.out);
	IS_STR(str_make(out, out_len), str_from_c(expected));
	free(out);
	call_done(&call);
}

static void test_config(void)
{
	run("config check --data %s",
		"there is no configuration file: every option has its default\n");
	run("config show --data %s", "# no configuration file; what differs from the defaults\n");
	put_file("bourse.conf", "smtp.hops_max = 60\ninclude \"more.conf\"\n");
	run("config check --data %s", "F %s/bourse.conf:2: cannot read '%s/more.conf'");
	put_file("more.conf", "log { level = debug }\n");
	run("config check --data %s", "%s/bourse.conf is good\n");
	run("config check %s/more.conf", "%s/more.conf is good\n");
	run("config check --config %s/more.conf", "%s/more.conf is good\n");
	run("config check %s/none.conf", "F %s/none.conf: cannot be read: not found");
	run("config show --data %s", "# %s/bourse.conf; what differs from the defaults\nlog "
				     "{\n\tlevel = debug\n}\nsmtp {\n\thops_max = 60\n}\n");
	run("config show --json --config %s/more.conf",
		"{\"ok\":true,\"rows\":[{\"option\":\"log.level\",\"value\":\"debug\",\"default\":"
		"\"info\",\"reload\":\"live\"}]}\n");
	put_file("wrong.conf", "\nsmtp.max_message = 1\n");
	run("config check %s/wrong.conf",
		"F %s/wrong.conf:2: there is no option 'smtp.max_message'; did you mean "
		"'smtp.message_octets_max'?");
	run("completion tcsh%.0s",
		"F no completion for 'tcsh' is known; there is one for bash, zsh and fish");
}

static void test_data_folder(void)
{
	struct call call = { .color = "auto" };
	char file[256];
	struct arena a;

	arena_init(&a, ARENA_NONE);
	unsetenv("BOURSE_DATA");
	snprintf(file, sizeof(file), "%s",
		put_file("data.conf", "server.data_folder = /srv/mail\n"));
	call.config = file;
	IS_STR(str_from_c(local_data_folder(&a, &call)), S("/srv/mail"));
	setenv("BOURSE_DATA", "/from/environment", 1);
	IS_STR(str_from_c(local_data_folder(&a, &call)), S("/from/environment"));
	call.data = "/from/option";
	IS_STR(str_from_c(local_data_folder(&a, &call)), S("/from/option"));
	call = (struct call){ .config = "/nowhere/bourse.conf" };
	setenv("BOURSE_DATA", "", 1);
	IS_STR(str_from_c(local_data_folder(&a, &call)), S("/var/lib/bourse"));
	arena_done(&a);
}

int main(void)
{
	static const char *const files[] = { "bourse.conf", "more.conf", "wrong.conf",
		"data.conf" };
	char path[256];

	must(mkdtemp(folder) != NULL);
	test_config();
	test_data_folder();
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	return tap_done();
}
