#include "ctl/local.h"

#include <stdlib.h>

#include "config/value.h"
#include "ctl/setup.h"
#include "ctl/steps.h"
#include "ctl/usage.h"
#include "io/file.h"
#include "store/acl_role.h"

#define SYSTEM_FILE "/etc/bourse/bourse.conf"

static bool read_include(void *arg, const char *path, struct buf *to)
{
	return file_read(path, to) == ERR_OK;
}

static enum err load(
	struct arena *a, const char *path, const struct config **ret, struct failure *f)
{
	struct buf text;
	struct config_source source = { .file_name = path, .read = read_include };
	enum err e;

	buf_init(&text, CONFIG_TEXT_OCTETS_MAX + 1);
	e = file_read(path, &text);
	if (e != ERR_OK) {
		buf_done(&text);
		return fail(f, e, "%.150s: cannot be read: %s", path, err_text(e));
	}
	source.text = buf_str(&text);
	e = config_parse_sources(a, &source, ret, f);
	buf_done(&text);
	return e;
}

static bool is_there(const char *path)
{
	FILE *file = fopen(path, "re");

	if (file != NULL)
		fclose(file);
	return file != NULL;
}

const char *local_data_folder(struct arena *a, const struct call *call)
{
	const char *given = call->data ? call->data : getenv("BOURSE_DATA");
	const char *file = call->config ? call->config : SYSTEM_FILE;
	const struct config *c = NULL;
	struct failure f = { 0 };

	if (given != NULL && *given != '\0')
		return given;
	if (load(a, file, &c, &f) != ERR_OK)
		c = config_defaults(a);
	return c->server_data_folder.at;
}

/* The file that the server would read; NULL: none is there. */
static const char *choose_file(struct arena *a, const struct call *call)
{
	const char *argument = json_string_value(json_object_get(call->args, "file"));
	const char *path;

	if (argument != NULL)
		return argument;
	if (call->config != NULL)
		return call->config;
	path = arena_printf(a, "%s/bourse.conf", local_data_folder(a, call)).at;
	if (is_there(path))
		return path;
	return is_there(SYSTEM_FILE) ? SYSTEM_FILE : NULL;
}

static enum err load_chosen(struct arena *a, const struct call *call, const char **ret_path,
	const struct config **ret, struct failure *f)
{
	*ret_path = choose_file(a, call);
	if (*ret_path != NULL)
		return load(a, *ret_path, ret, f);
	*ret = config_defaults(a);
	return ERR_OK;
}

static enum err config_check(
	struct arena *a, const struct call *call, struct render *r, struct failure *f)
{
	const struct config *c;
	const char *path;
	struct str message;

	if (load_chosen(a, call, &path, &c, f) != ERR_OK)
		return f->code;
	if (path == NULL)
		message = S("there is no configuration file: every option has its default");
	else
		message = arena_printf(a, "%s is good", path);
	steps_answer(r, json_pack("{s:b,s:s}", "ok", 1, "message", message.at));
	return ERR_OK;
}

static json_t *option_row(
	const struct config_option *o, const struct config *c, const struct config *standard)
{
	struct buf name, value, usual;
	json_t *row;

	buf_init(&name, 256);
	buf_init(&value, BUF_NO_CEILING);
	buf_init(&usual, BUF_NO_CEILING);
	buf_printf(&name, "%s.%s", o->section, o->key);
	value_print(&value, o, c);
	value_print(&usual, o, standard);
	row = json_pack("{s:s%,s:s%,s:s%,s:s}", "option", name.at, name.len, "value", value.at,
		value.len, "default", usual.at, usual.len, "reload",
		o->reload == CONFIG_LIVE ? "live" : "restart");
	if (str_eq(buf_str(&value), buf_str(&usual)))
		json_object_set_new(row, "is_default", json_true());
	buf_done(&name);
	buf_done(&value);
	buf_done(&usual);
	return row;
}

static void show_json(struct arena *a, const struct config *c, bool all, struct render *r)
{
	const struct config *standard = config_defaults(a);
	json_t *rows = json_array();

	for (size_t i = 0; i < config_option_count(); i++) {
		json_t *row = option_row(config_option(i), c, standard);

		if (all || json_object_get(row, "is_default") == NULL)
			json_array_append(rows, row);
		json_decref(row);
	}
	steps_answer(r, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
}

static enum err config_show(
	struct arena *a, const struct call *call, struct render *r, struct failure *f)
{
	bool all = json_is_true(json_object_get(call->args, "all"));
	const struct config *c;
	const char *path;
	struct buf text;

	if (load_chosen(a, call, &path, &c, f) != ERR_OK)
		return f->code;
	if (r->json) {
		show_json(a, c, all, r);
		return ERR_OK;
	}
	buf_init(&text, BUF_NO_CEILING);
	buf_printf(&text, "# %s%s\n", path ? path : "no configuration file",
		all ? "" : "; what differs from the defaults");
	config_print(&text, c, all);
	fwrite(text.at, 1, text.len, r->out);
	buf_done(&text);
	return ERR_OK;
}

static enum err completion(
	struct arena *a, const struct call *call, struct render *r, struct failure *f)
{
	const char *shell = json_string_value(json_object_get(call->args, "shell"));
	struct buf text;
	enum err e = ERR_OK;

	buf_init(&text, BUF_NO_CEILING);
	if (usage_put_completion(&text, str_from_c(shell)))
		fwrite(text.at, 1, text.len, r->out);
	else
		e = fail(f, ERR_SYNTAX,
			"no completion for '%.40s' is known; there is one for bash, zsh and fish",
			shell);
	buf_done(&text);
	return e;
}

/* The file whose options the server will see: the one it reads now, or else the one to begin with.
 */
static const char *file_to_write(struct arena *a, const struct call *call)
{
	const char *chosen = choose_file(a, call);

	if (chosen != NULL)
		return chosen;
	if (call->data == NULL && getenv("BOURSE_DATA") == NULL)
		return SYSTEM_FILE;
	return arena_printf(a, "%s/bourse.conf", local_data_folder(a, call)).at;
}

static enum err setup(struct arena *a, const struct call *call, struct render *r, struct failure *f)
{
	json_t *reply = NULL;
	enum err e = setup_run(a, call, file_to_write(a, call), &reply, f);

	if (e == ERR_OK)
		steps_answer(r, reply);
	return e;
}

static enum err folder_roles(struct arena *a, const struct call *call, struct render *r, struct failure *f)
{
	size_t count;
	const struct acl_role *rows = acl_roles(&count);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", rows[i].name, "letters", rows[i].letters, "meaning", rows[i].doc));
	steps_answer(r, json_pack("{s:b,s:o}", "ok", 1, "rows", list));
	return ERR_OK;
}

enum err local_run(const struct call *call, struct render *r, struct failure *f)
{
	static const struct {
		const char *noun, *verb;
		enum err (*run)(struct arena *a, const struct call *call, struct render *r,
			struct failure *f);
	} runs[] = { { "config", "check", config_check }, { "config", "show", config_show },
		{ "completion", "", completion }, { "setup", "", setup }, { "folder", "roles", folder_roles } };
	struct arena a;
	enum err e = ERR_COMMAND;

	arena_init(&a, ARENA_NONE);
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		if (strcmp(call->command->noun, runs[i].noun) == 0 &&
			strcmp(call->command->verb, runs[i].verb) == 0)
			e = runs[i].run(&a, call, r, f);
	arena_done(&a);
	must(e != ERR_COMMAND);
	return e;
}
