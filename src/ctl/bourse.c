/* The bourse command: bourse(1). */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/backup.h"
#include "ctl/call.h"
#include "ctl/doctor.h"
#include "ctl/doctor_certificate.h"
#include "ctl/doctor_folder.h"
#include "ctl/export.h"
#include "ctl/folder_export.h"
#include "ctl/folder_import.h"
#include "ctl/import.h"
#include "ctl/local.h"
#include "ctl/password.h"
#include "ctl/public.h"
#include "ctl/qr.h"
#include "ctl/reach.h"
#include "ctl/recover.h"
#include "ctl/restore.h"
#include "ctl/transport.h"
#include "ctl/usage.h"
#include "ctl/virtual.h"
#include "ctl/wipe.h"

enum exit_status { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_UNREACHABLE, EXIT_PROBLEMS };

static int print(struct buf *text)
{
	fwrite(text->at, 1, text->len, stdout);
	buf_done(text);
	return EXIT_DONE;
}

/* What the build asks of us; not in the help. */
static bool put_hidden(const char *word, struct buf *to)
{
	if (strcmp(word, "--man-commands") == 0)
		usage_put_manual(to);
	else if (strcmp(word, "--man-config") == 0)
		usage_put_config_manual(to);
	else
		return false;
	return true;
}

static int show_version(const struct call *call)
{
	printf(call->json ? "{\"ok\":true,\"version\":\"%s\"}\n" : "bourse %s\n", BOURSE_VERSION);
	return EXIT_DONE;
}

/* Of what `help` names, or what --help stands beside. */
static int show_help(const struct call *call)
{
	const struct command *c = call->command;
	struct str noun = call->noun, verb = STR_NONE;
	struct buf text;
	bool verbs = false;

	if (c != NULL && strcmp(c->noun, "help") == 0) {
		noun = str_from_c(json_string_value(json_object_get(call->args, "noun")));
		verb = str_from_c(json_string_value(json_object_get(call->args, "verb")));
		if (verb.len == 0 && str_has_octet(noun, ' ')) {
			verb = noun; /* help "account add" */
			(void)str_cut(&verb, ' ', &noun);
		}
		c = noun.len > 0 ? command_find(noun, verb.at ? verb : S("")) : NULL;
	}
	buf_init(&text, BUF_NO_CEILING);
	if (c != NULL) {
		usage_put_command(&text, c);
	} else if (noun.len > 0 && command_is_noun(noun, &verbs) && verb.len == 0) {
		usage_put_noun(&text, noun);
	} else if (noun.len > 0) {
		fprintf(stderr, "bourse: there is no command '%.*s%s%.*s'; see 'bourse --help'\n",
			STR_FMT(noun), verb.len > 0 ? " " : "", STR_FMT(verb));
		buf_done(&text);
		return EXIT_USAGE;
	} else {
		usage_put_all(&text);
	}
	return print(&text);
}

static enum err take_password(const struct call *call, struct failure *f)
{
	const char *name = json_string_value(json_object_get(call->args, "name"));
	struct password p;
	enum err e = ERR_OK;

	if (call->secret == CALL_SECRET_NONE)
		return ERR_OK;
	if (call->secret == CALL_SECRET_STDIN)
		e = password_read(stdin, &p, f);
	else
		e = password_ask(name ? name : "it", &p, f);
	if (e == ERR_OK)
		json_object_set_new(call->args, "password", json_stringn(p.text, p.len));
	mem_wipe(&p, sizeof(p));
	return e;
}

static int status_of(const struct render *r)
{
	if (r->corrupt || (!r->failed && r->problems > 0))
		return EXIT_PROBLEMS;
	return r->failed ? EXIT_REFUSED : EXIT_DONE;
}

static int status_of_failure(enum err e)
{
	switch ((unsigned)e) {
	case ERR_SYNTAX:
		return EXIT_USAGE;
	case ERR_UNAVAILABLE:
	case ERR_PERM:
		return EXIT_UNREACHABLE;
	default:
		return EXIT_REFUSED;
	}
}

/* A key for an authenticator is not to be typed by whoever has a terminal and a camera. */
static void show_picture(struct str json)
{
	json_t *reply = json_loadb(json.at, json.len, 0, NULL);
	const char *uri = json_string_value(json_object_get(reply, "uri"));
	struct buf picture;

	buf_init(&picture, 1 << 20);
	if (uri != NULL && isatty(STDOUT_FILENO) == 1 && qr_put(&picture, str_from_c(uri)))
		fwrite(picture.at, 1, picture.len, stdout);
	buf_wipe(&picture);
	json_decref(reply);
}

static void on_reply(void *arg, struct str json, bool more)
{
	const struct render *r = arg;

	if (!r->json)
		show_picture(json);
	render_packet(arg, json, more);
}

/* doctor ports asks for the status only to look for itself. */
static void on_status(void *arg, struct str json, bool more)
{
	json_t *status = json_loadb(json.at, json.len, 0, NULL), *reply;
	char *text;

	if (more || !json_is_true(json_object_get(status, "ok"))) {
		render_packet(arg, json, more);
		json_decref(status);
		return;
	}
	reply = doctor_ports(status);
	text = json_dumps(reply, JSON_COMPACT);
	render_packet(arg, str_from_c(text), false);
	wipe_json_text(text);
	json_decref(reply);
	json_decref(status);
}

static bool is_doctor_logon(const struct command *c)
{
	return strcmp(c->noun, "doctor") == 0 && strcmp(c->verb, "logon") == 0;
}

/* doctor logon asks for the status first, and looks at the certificate as a program would. */
struct logon_doctor {
	struct render *render;
	json_t *certificate; /* a row; NULL: none was looked at */
	json_t *reply;       /* the directory's, when the store is to be asked as well; else NULL */
};

static void on_status_for_logon(void *arg, struct str json, bool more)
{
	struct logon_doctor *d = arg;
	json_t *status = json_loadb(json.at, json.len, 0, NULL);

	if (!more && json_is_true(json_object_get(status, "ok")))
		d->certificate = doctor_certificate(status);
	json_decref(status);
}

static void render_json(struct render *r, const json_t *reply)
{
	char *text = json_dumps(reply, JSON_COMPACT);

	render_packet(r, str_from_c(text), false);
	wipe_json_text(text);
}

static void on_doctor_logon(void *arg, struct str json, bool more)
{
	struct logon_doctor *d = arg;
	json_t *reply = json_loadb(json.at, json.len, 0, NULL), *rows = json_object_get(reply, "rows");

	if (!more && d->certificate != NULL && json_is_array(rows))
		json_array_append(rows, d->certificate);
	if (!more && json_is_object(json_object_get(reply, "folder")))
		d->reply = json_incref(reply);
	else if (!more && json_is_array(rows))
		render_json(d->render, reply);
	else
		render_packet(d->render, json, more);
	json_decref(reply);
}

/* The last step is the store's. */
static enum err finish_logon(struct transport *t, struct logon_doctor *d, struct failure *f)
{
	enum err e;

	if (d->reply == NULL)
		return ERR_OK;
	e = doctor_folder(t, d->reply, f);
	json_object_del(d->reply, "folder");
	if (e == ERR_OK)
		render_json(d->render, d->reply);
	json_decref(d->reply);
	return e;
}

/* As the request has it: "list member add" for "list member-add". */
static void put_verb(struct buf *to, const struct command *c)
{
	command_put_name(to, c);
	for (size_t i = 0; i < to->len; i++)
		to->at[i] = to->at[i] == '-' ? ' ' : to->at[i];
}

/* The store knows mailboxes by their numbers only; the directory tells. */
struct lookup {
	struct render *render;
	json_int_t id;
};

static void on_mailbox(void *arg, struct str json, bool more)
{
	struct lookup *l = arg;
	json_t *reply = json_loadb(json.at, json.len, 0, NULL), *row;
	uint64_t id;
	size_t i;

	json_array_foreach(json_object_get(reply, "rows"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "property"));
		const char *value = json_string_value(json_object_get(row, "value"));

		if (name && value && strcmp(name, "id") == 0 && str_u64(str_from_c(value), INT64_MAX, &id))
			l->id = (json_int_t)id;
	}
	if (l->id <= 0)
		render_packet(l->render, json, more);
	json_decref(reply);
}

/* *ret_known false: there is no such mailbox, and that was said. */
static enum err number_mailbox(const struct call *call, struct transport *t, struct render *r,
	struct failure *f, bool *ret_known)
{
	json_t *name = json_object_get(call->args, "mailbox");
	struct lookup lookup = { .render = r };
	struct transport_request request = { .verb = S("directory box"),
		.reply = on_mailbox,
		.arg = &lookup };
	json_t *whole;
	char *text;
	enum err e;

	*ret_known = true;
	if ((strcmp(call->command->noun, "search") != 0 && strcmp(call->command->noun, "folder") != 0) || name == NULL)
		return ERR_OK;
	whole = json_pack("{s:s,s:{s:O}}", "verb", "directory box", "args", "name", name);
	text = json_dumps(whole, JSON_COMPACT);
	request.json = str_from_c(text);
	e = transport_call(t, &request, f);
	wipe_json_text(text);
	json_decref(whole);
	*ret_known = lookup.id > 0;
	if (lookup.id > 0)
		json_object_set_new(call->args, "mailbox", json_integer(lookup.id));
	return e;
}

static enum err look_at_certificate(struct transport *t, struct logon_doctor *d, struct transport_request *q, struct failure *f)
{
	struct transport_request status = { .verb = S("status"), .json = S("{\"verb\":\"status\",\"args\":{}}"), .reply = on_status_for_logon,
		.arg = d };

	q->reply = on_doctor_logon;
	q->arg = d;
	return transport_call(t, &status, f);
}

static enum err put_question(
	const struct call *call, struct transport *t, struct render *r, struct failure *f)
{
	const struct command *c = call->command;
	bool ports = strcmp(c->noun, "doctor") == 0 && strcmp(c->verb, "ports") == 0;
	struct transport_request request = { .reply = ports ? on_status : on_reply, .arg = r };
	struct logon_doctor doctor = { .render = r };
	struct buf verb;
	json_t *whole;
	char *text;
	enum err e;

	e = is_doctor_logon(c) ? look_at_certificate(t, &doctor, &request, f) : ERR_OK;
	if (e != ERR_OK)
		return e;
	buf_init(&verb, 256);
	if (ports)
		buf_put_c(&verb, "status");
	else
		put_verb(&verb, c);
	request.verb = buf_str(&verb);
	whole = json_pack("{s:s%,s:O}", "verb", verb.at, verb.len, "args", call->args);
	text = json_dumps(whole, JSON_COMPACT);
	request.json = str_from_c(text);
	e = transport_call(t, &request, f);
	if (e == ERR_OK)
		e = finish_logon(t, &doctor, f);
	wipe_json_text(text);
	json_decref(whole);
	json_decref(doctor.certificate);
	buf_done(&verb);
	return e;
}

static enum err ask_server(
	const struct call *call, const char *data, struct render *r, struct failure *f)
{
	const struct command *c = call->command;
	struct transport_options options = { .data = data,
		.config = call->config,
		.start = c->where == COMMAND_REMOTE,
		.create = strcmp(c->noun, "init") == 0 };
	struct transport *t = NULL;
	bool known;
	enum err e = transport_open(&options, &t, f);

	if (e == ERR_OK)
		e = number_mailbox(call, t, r, f, &known);
	if (e == ERR_OK && known)
		e = put_question(call, t, r, f);
	transport_close(t);
	return e;
}

typedef enum err run_steps(const struct call *call, const char *data, struct render *r, struct failure *f);

/* What asks the server more than once; NULL: the others. */
static run_steps *steps_of(const struct command *c)
{
	static const struct {
		const char *noun, *verb;
		run_steps *run;
	} rows[] = { { "backup", "", backup_run }, { "restore", "", restore_run }, { "directory", "import", import_run },
		{ "directory", "export", export_run }, { "public", "disable", public_disable_run }, { "doctor", "anonymous", reach_anonymous_run },
		{ "rights", "", reach_rights_run }, { "folder", "address", folder_address_run },
		{ "folder", "export", folder_export_run }, { "folder", "import", folder_import_run }, { "recover", "", recover_run },

		{ "virtual-directory", "add", virtual_change_run }, { "virtual-directory", "set", virtual_change_run } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(c->noun, rows[i].noun) == 0 && strcmp(c->verb, rows[i].verb) == 0)
			return rows[i].run;
	return NULL;
}

static int run(const struct call *call, struct render *r)
{
	struct failure f = { 0 };
	struct arena a;
	enum err e;

	if (call->command->where == COMMAND_LOCAL) {
		e = local_run(call, r, &f);
	} else if (steps_of(call->command) != NULL) {
		arena_init(&a, ARENA_NONE);
		e = steps_of(call->command)(call, local_data_folder(&a, call), r, &f);
		arena_done(&a);
	} else {
		arena_init(&a, ARENA_NONE);
		e = take_password(call, &f);
		if (e == ERR_OK)
			e = ask_server(call, local_data_folder(&a, call), r, &f);
		arena_done(&a);
	}
	if (e == ERR_OK)
		return status_of(r);
	render_failure(r, e, f.text);
	return status_of_failure(e);
}

static bool wants_color(const char *choice)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (strcmp(choice, "auto") != 0)
		return strcmp(choice, "always") == 0;
	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

static int act(const struct call *call)
{
	struct render r = { .out = stdout,
		.errors = stderr,
		.json = call->json,
		.color = wants_color(call->color),
		.progress = isatty(STDERR_FILENO) == 1 };
	int status;

	if (call->version || (call->command != NULL && !call->help &&
				     strcmp(call->command->noun, "version") == 0))
		return show_version(call);
	if (call->help || strcmp(call->command->noun, "help") == 0)
		return show_help(call);
	status = run(call, &r);
	render_done(&r);
	return status;
}

int main(int argc, char **argv)
{
	struct failure f = { 0 };
	struct buf text;
	struct call call;
	int status;

	wipe_json_memory();
	signal(SIGPIPE, SIG_IGN);
	buf_init(&text, BUF_NO_CEILING);
	if (argc == 2 && put_hidden(argv[1], &text))
		return print(&text);
	if (call_parse(argc, argv, &call, &f) == ERR_OK) {
		status = act(&call);
	} else {
		fprintf(stderr, "bourse: %s\n", f.text);
		status = EXIT_USAGE;
	}
	call_done(&call);
	return fflush(stdout) == 0 ? status : EXIT_REFUSED;
}
