#include "ctl/setup.h"

#include <unistd.h>

#include "base/mem.h"
#include "ctl/local.h"
#include "ctl/password.h"
#include "ctl/setup_answers.h"
#include "ctl/setup_file.h"
#include "ctl/steps.h"

struct setup {
	struct arena *arena;
	const struct call *call;
	struct setup_answers answers;
	const char *file; /* configuration */
	json_t *rows;     /* the steps */
	struct transport *server;
	bool broken; /* a step has failed: the others are not tried */
	size_t settings_added;
};

/* ---- steps ---- */

static void put_row(
	struct setup *s, const char *step, bool good, struct str detail, struct str mend)
{
	json_t *row = json_pack("{s:s,s:b,s:s%,s:s%}", "step", step, "ok", good, "detail",
		detail.len > 0 ? detail.at : "", detail.len, "mend", mend.len > 0 ? mend.at : "",
		mend.len);

	must(row != NULL);
	json_array_append_new(s->rows, row);
	s->broken |= !good;
}

static void done(struct setup *s, const char *step, struct str detail)
{
	put_row(s, step, true, detail, STR_NONE);
}

static void failed(struct setup *s, const char *step, const char *why)
{
	put_row(s, step, false, str_from_c(why), S("put that right, then: bourse setup"));
}

/* ---- questions to the server ---- */

/* Takes args. */
static bool ask(struct setup *s, const char *verb, json_t *args, struct failure *f)
{
	struct step step = { .verb = verb, .args = args };
	bool good = step_ask(s->server, &step, f) == ERR_OK;

	step_done(&step);
	return good;
}

static bool is_there(struct setup *s, const char *verb, struct str name)
{
	struct failure f = { 0 };

	return ask(s, verb, json_pack("{s:s%}", "name", name.at, name.len), &f);
}

/* Takes args. A step of its own. */
static void make(
	struct setup *s, const char *step, const char *verb, json_t *args, struct str detail)
{
	struct failure f = { 0 };

	if (ask(s, verb, args, &f))
		done(s, step, detail);
	else
		failed(s, step, f.text);
}

/* ---- what is made ---- */

static void do_certificate(struct setup *s)
{
	const struct setup_answers *w = &s->answers;
	const struct setup_certificate c = { w->certificate.at, w->key.at, w->host };
	struct str until = STR_NONE;
	struct failure f = { 0 };

	if (w->certificate.len == 0)
		done(s, "certificate",
			S("signed by the server itself: mail programs will warn; later: bourse "
			  "setup "
			  "--certificate FILE --key FILE"));
	else if (setup_file_certificate(s->arena, &c, &until, &f) == ERR_OK)
		done(s, "certificate", until);
	else
		failed(s, "certificate", f.text);
}

static void do_configuration(struct setup *s)
{
	const struct setup_setting settings[] = { { "server.host_name", s->answers.host },
		{ "tls.certificate", s->answers.certificate }, { "tls.key", s->answers.key } };
	const struct setup_settings wanted = { settings, s->answers.certificate.len > 0 ? 3 : 1 };
	struct failure f = { 0 };

	if (setup_file_add(s->arena, s->file, &wanted, &s->settings_added, &f) != ERR_OK)
		failed(s, "configuration", f.text);
	else if (s->settings_added > 0)
		done(s, "configuration", arena_printf(s->arena, "written to %s", s->file));
	else
		done(s, "configuration", arena_printf(s->arena, "%s says so already", s->file));
}

static void do_domain(struct setup *s)
{
	struct str name = s->answers.domain, mail = s->answers.mail;
	struct str what = arena_printf(s->arena, "%s, with mail for %s", name.at, mail.at);
	struct failure f = { 0 };

	if (is_there(s, "domain show", name)) {
		done(s, "domain", arena_printf(s->arena, "%s is there already", name.at));
		return;
	}
	/* The organisation begins with its first domain; a later one is added. */
	if (ask(s, "init",
		    json_pack(
			    "{s:s,s:s,s:[s]}", "name", mail.at, "domain", name.at, "mail", mail.at),
		    &f))
		done(s, "domain", what);
	else
		make(s, "domain", "domain add",
			json_pack("{s:s,s:[s]}", "name", name.at, "mail", mail.at), what);
}

static enum err take_password(
	const struct setup *s, const char *name, struct password *ret, struct failure *f)
{
	if (s->call->secret == CALL_SECRET_STDIN)
		return password_read(stdin, ret, f);
	return password_ask(name, ret, f);
}

static void do_account(struct setup *s)
{
	struct str name =
		arena_printf(s->arena, "%s\\%s", s->answers.domain.at, s->answers.user.at);
	struct password p = { .len = 0 };
	struct failure f = { 0 };

	if (is_there(s, "account show", name)) {
		done(s, "account", arena_printf(s->arena, "%s is there already", name.at));
		return;
	}
	if (take_password(s, name.at, &p, &f) != ERR_OK)
		failed(s, "account", f.text);
	else
		make(s, "account", "account add",
			json_pack("{s:s,s:s%}", "name", name.at, "password", p.text, p.len), name);
	mem_wipe(&p, sizeof(p));
}

static void do_mailbox(struct setup *s)
{
	const struct setup_answers *w = &s->answers;
	struct str account = arena_printf(s->arena, "%s\\%s", w->domain.at, w->user.at);
	struct str address = arena_printf(s->arena, "%s@%s", w->user.at, w->mail.at);
	struct failure f = { 0 };

	if (is_there(s, "mailbox show", w->user))
		done(s, "mailbox", arena_printf(s->arena, "%s is there already", w->user.at));
	else
		make(s, "mailbox", "mailbox add",
			json_pack("{s:s,s:s,s:[s]}", "name", w->user.at, "account", account.at,
				"address", address.at),
			address);
	if (s->broken)
		return;
	if (ask(s, "domain set",
		    json_pack("{s:s,s:s}", "name", w->domain.at, "postmaster", w->user.at), &f))
		done(s, "postmaster", arena_printf(s->arena, "%s gets its mail", w->user.at));
	else
		failed(s, "postmaster", f.text);
}

static void do_directory(struct setup *s)
{
	/* The server reads the configuration that was just written, wherever that is. */
	struct transport_options options = { .data = local_data_folder(s->arena, s->call),
		.config = s->call->config,
		.start = true,
		.create = true };
	struct failure f = { 0 };

	if (transport_open(&options, &s->server, &f) != ERR_OK) {
		failed(s, "server", f.text);
		return;
	}
	do_domain(s);
	if (!s->broken && s->answers.user.len > 0)
		do_account(s);
	if (!s->broken && s->answers.user.len > 0)
		do_mailbox(s);
	transport_close(s->server);
}

/* ---- what is left to do ---- */

static void add_record(json_t *records, struct str name, const char *type, struct str value)
{
	json_array_append_new(records, json_pack("{s:s%,s:s,s:s%}", "name", name.at, name.len,
					       "type", type, "value", value.at, value.len));
}

/* RFC 5321, section 5.1 (MX) and RFC 6186 (SRV). */
static json_t *records(struct setup *s)
{
	static const struct {
		const char *service;
		unsigned port;
	} services[] = { { "_submissions", 465 }, { "_imaps", 993 }, { "_pop3s", 995 } };
	const struct setup_answers *w = &s->answers;
	json_t *list = json_array();

	add_record(list, w->mail, "MX", arena_printf(s->arena, "10 %s.", w->host.at));
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		add_record(list,
			arena_printf(s->arena, "%s._tcp.%s", services[i].service, w->mail.at),
			"SRV", arena_printf(s->arena, "0 1 %u %s.", services[i].port, w->host.at));
	return list;
}

static bool is_running(struct setup *s)
{
	struct transport_options options = { .data = local_data_folder(s->arena, s->call) };
	struct transport *t = NULL;
	struct failure f = { 0 };
	bool running = transport_open(&options, &t, &f) == ERR_OK;

	transport_close(t);
	return running;
}

static json_t *reply_of(struct setup *s)
{
	json_t *reply = json_pack("{s:b,s:O}", "ok", 1, "rows", s->rows);

	must(reply != NULL);
	if (s->broken)
		return reply;
	json_object_set_new(reply, "dns_records", records(s));
	if (!is_running(s))
		json_object_set_new(reply, "hint",
			json_string(
				"start the server: systemctl start bourse; then look at it from "
				"outside: bourse doctor ports"));
	else if (s->settings_added > 0)
		json_object_set_new(reply, "hint",
			json_string("the running server takes these settings over when it is "
				    "restarted: systemctl restart bourse"));
	return reply;
}

enum err setup_run(
	struct arena *a, const struct call *call, const char *file, json_t **ret, struct failure *f)
{
	struct setup s = { .arena = a, .call = call, .file = file, .rows = json_array() };
	bool quiet = json_is_true(json_object_get(call->args, "yes"));
	bool asks = !quiet && call->secret != CALL_SECRET_STDIN && isatty(STDIN_FILENO) == 1;
	struct setup_terminal terminal = { asks ? stdin : NULL, stderr };
	enum err e = setup_answers_take(a, call, &terminal, &s.answers, f);

	if (e == ERR_OK) {
		do_certificate(&s);
		if (!s.broken)
			do_configuration(&s);
		if (!s.broken)
			do_directory(&s);
		*ret = reply_of(&s);
	}
	json_decref(s.rows);
	return e;
}
