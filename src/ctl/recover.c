#include "ctl/recover.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/moment.h"
#include "ctl/steps.h"
#include "io/clock.h"

#define IDS_STEP ((size_t)500) /* as the store takes them */

struct recovery {
	const struct call *call;
	struct transport *server;
	struct render *render;
	struct failure *failure;
	json_int_t mailbox;
	int64_t since, until;
	json_t *rows;  /* that were found: with "id" and "in" */
	json_t *moved; /* of the answer */
};

static const char *option(const struct call *call, const char *name)
{
	return json_string_value(json_object_get(call->args, name));
}

static bool flag(const struct call *call, const char *name)
{
	return json_is_true(json_object_get(call->args, name));
}

/* ---- times ---- */

static enum err read_time(const struct call *call, const char *name, int64_t *ret, struct failure *f)
{
	const char *text = option(call, name);

	if (text == NULL || moment_read_ago(str_from_c(text), clock_real_ms() / 1000, ret) || moment_read(text, ret))
		return ERR_OK;
	return fail(f, ERR_SYNTAX, "--%s is a time in UTC, such as 2026-11-21T14:00:00 or 2026-11-21, or so long ago: 2d, 3h, 30m; and not '%.40s'", name, text);
}

/* ---- what there is ---- */

static json_t *question(const struct recovery *x, json_int_t at)
{
	static const char *const texts[] = { "folder", "from", "subject" };
	json_t *args = json_pack("{s:I,s:I,s:I}", "mailbox", x->mailbox, "at", at, "since", (json_int_t)x->since);

	if (x->until != INT64_MAX)
		json_object_set_new(args, "until", json_integer((json_int_t)x->until));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (option(x->call, texts[i]) != NULL)
			json_object_set_new(args, texts[i], json_string(option(x->call, texts[i])));
	}
	return args;
}

static json_t *question_folders(const struct recovery *x, json_int_t at)
{
	return json_pack("{s:I,s:I}", "mailbox", x->mailbox, "at", at);
}

static enum err find_rows(struct recovery *x, const char *verb, json_t *(*ask)(const struct recovery *x, json_int_t at))
{
	json_int_t at = 0;

	do {
		struct step page = { .verb = verb, .args = ask(x, at) };
		enum err e = step_ask(x->server, &page, x->failure);

		if (e != ERR_OK)
			return e;
		json_array_extend(x->rows, json_object_get(page.ret, "rows"));
		at = json_integer_value(json_object_get(page.ret, "next"));
		step_done(&page);
	} while (at > 0);
	return ERR_OK;
}

static void answer(struct recovery *x, const char *message, json_t *rows)
{
	steps_answer(x->render, json_pack("{s:b,s:s,s:O}", "ok", 1, "message", message, "rows", rows));
}

static void show(struct recovery *x)
{
	json_int_t octets = 0;
	char message[200];
	json_t *row;
	size_t i;

	json_array_foreach(x->rows, i, row)
	{
		octets += json_integer_value(json_object_get(row, "octets"));
		json_object_del(row, "id");
		json_object_del(row, "in");
		json_object_del(row, "gone");
	}
	snprintf(message, sizeof(message), "%zu deleted messages with %lld octets are kept; no quota counts them", json_array_size(x->rows), (long long)octets);
	answer(x, message, x->rows);
}

/* ---- folders ---- */

static void show_folders(struct recovery *x)
{
	char message[120];
	json_t *row;
	size_t i;

	json_array_foreach(x->rows, i, row)
		json_object_del(row, "id");
	snprintf(message, sizeof(message), "%zu deleted folders can be brought back, with --folder NAME --whole", json_array_size(x->rows));
	answer(x, message, x->rows);
}

static const char *name_of(const json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "folder"));

	return name != NULL ? name : "";
}

/* Whether no later row has the name. */
static bool is_last(const struct recovery *x, size_t at)
{
	for (size_t i = at + 1; i < json_array_size(x->rows); i++) {
		if (strcmp(name_of(json_array_get(x->rows, i)), name_of(json_array_get(x->rows, at))) == 0)
			return false;
	}
	return true;
}

static enum err revive_one(struct recovery *x, const json_t *row, const char *below)
{
	struct step step = { .verb = "store recover folder", .args = json_pack("{s:I,s:O}", "mailbox", x->mailbox, "id", json_object_get(row, "id")) };
	const char *as = option(x->call, "as");
	struct failure own = { 0 };
	enum err e;

	if (as != NULL)
		json_object_set_new(step.args, "as", json_sprintf("%s%s", as, below));
	e = step_ask(x->server, &step, &own);
	if (e == ERR_FOLDEREXISTS)
		return fail(x->failure, e, "there is a folder named %s%s now; say --as NAME for the one that comes back", as != NULL ? as : name_of(row),
			as != NULL ? below : "");
	if (e != ERR_OK)
		return fail(x->failure, e, "%s", own.text);
	json_object_del(step.ret, "ok");
	json_array_append(x->moved, step.ret);
	step_done(&step);
	return ERR_OK;
}

/* The wanted row that comes first by its name, of those behind a name; NULL: none. A folder stands before those below it. */
static const json_t *next_wanted(const struct recovery *x, const char *folder, const char *behind)
{
	const json_t *row, *next = NULL;
	size_t i, len = strlen(folder);

	json_array_foreach(x->rows, i, row)
	{
		const char *name = name_of(row);
		bool wanted = strncmp(name, folder, len) == 0 && (name[len] == '/' || name[len] == '\0') && is_last(x, i);

		if (wanted && strcmp(name, behind) > 0 && (next == NULL || strcmp(name, name_of(next)) < 0))
			next = row;
	}
	return next;
}

static enum err revive(struct recovery *x)
{
	const char *folder = option(x->call, "folder");
	char message[120];
	const json_t *row = next_wanted(x, folder, "");
	enum err e = ERR_OK;

	for (; e == ERR_OK && row != NULL; row = next_wanted(x, folder, name_of(row)))
		e = revive_one(x, row, name_of(row) + strlen(folder));
	if (e == ERR_OK && json_array_size(x->moved) == 0)
		e = fail(x->failure, ERR_NOTFOUND, "no deleted folder of that name is kept; --folders shows those that are");
	if (e != ERR_OK)
		return e;
	snprintf(message, sizeof(message), "%zu folders are back", json_array_size(x->moved));
	answer(x, message, x->moved);
	return ERR_OK;
}

/* ---- what becomes of it ---- */

/* The next ids of messages that were in one folder, or of all. */
static json_t *next_ids(const struct recovery *x, size_t *at, bool mixed)
{
	json_t *ids = json_array();
	json_int_t in = json_integer_value(json_object_get(json_array_get(x->rows, *at), "in"));

	while (*at < json_array_size(x->rows) && json_array_size(ids) < IDS_STEP) {
		const json_t *row = json_array_get(x->rows, *at);

		if (!mixed && json_integer_value(json_object_get(row, "in")) != in)
			break;
		json_array_append(ids, json_object_get(row, "id"));
		++*at;
	}
	return ids;
}

static void note_moved(struct recovery *x, const json_t *said)
{
	const json_t *pair;
	size_t i;

	json_array_foreach(json_object_get(said, "uids"), i, pair)
		json_array_append_new(x->moved, json_pack("{s:O,s:O,s:O}", "folder", json_object_get(said, "folder"), "uid_was", json_array_get(pair, 0), "uid",
			json_array_get(pair, 1)));
}

static enum err bring_back(struct recovery *x)
{
	const char *to = option(x->call, "to");
	char message[120];
	enum err e = ERR_OK;

	if (to == NULL && option(x->call, "folder") != NULL && json_is_true(json_object_get(json_array_get(x->rows, 0), "gone")))
		return fail(x->failure, ERR_NOFOLDER, "that folder was deleted; --whole brings it back, or --to says where its messages are to go");
	for (size_t at = 0; e == ERR_OK && at < json_array_size(x->rows);) {
		struct step step = { .verb = "store recover", .args = json_pack("{s:I,s:o}", "mailbox", x->mailbox, "ids", next_ids(x, &at, false)) };

		if (to != NULL)
			json_object_set_new(step.args, "to", json_string(to));
		e = step_ask(x->server, &step, x->failure);
		if (e == ERR_NOTFOUND) { /* went meanwhile */
			e = ERR_OK;
			continue;
		}
		if (e == ERR_OK)
			note_moved(x, step.ret);
		step_done(&step);
		steps_progress(x->render, "recovering", at, json_array_size(x->rows));
	}
	if (e != ERR_OK)
		return e;
	snprintf(message, sizeof(message), "%zu messages are back; each has a new UID", json_array_size(x->moved));
	answer(x, message, x->moved);
	return ERR_OK;
}

static enum err confirm(struct recovery *x)
{
	char line[16] = "";

	if (flag(x->call, "yes"))
		return ERR_OK;
	if (isatty(STDIN_FILENO) != 1)
		return fail(x->failure, ERR_SYNTAX, "%zu messages would go for good; say --yes if they are to", json_array_size(x->rows));
	fprintf(stderr, "%zu messages go for good. Go on? [y/N] ", json_array_size(x->rows));
	if (fgets(line, sizeof(line), stdin) == NULL || (line[0] != 'y' && line[0] != 'Y'))
		return fail(x->failure, ERR_CANCELLED, "nothing was changed");
	return ERR_OK;
}

static enum err drop(struct recovery *x)
{
	uint64_t dropped = 0;
	char message[120];
	enum err e = confirm(x);

	for (size_t at = 0; e == ERR_OK && at < json_array_size(x->rows);) {
		struct step step = { .verb = "store forget", .args = json_pack("{s:I,s:o}", "mailbox", x->mailbox, "ids", next_ids(x, &at, true)) };

		e = step_ask(x->server, &step, x->failure);
		if (e == ERR_NOTFOUND) {
			e = ERR_OK;
			continue;
		}
		if (e == ERR_OK)
			dropped += (uint64_t)json_integer_value(json_object_get(step.ret, "dropped"));
		step_done(&step);
	}
	if (e != ERR_OK)
		return e;
	snprintf(message, sizeof(message), "%llu messages are gone for good", (unsigned long long)dropped);
	steps_answer(x->render, json_pack("{s:b,s:s}", "ok", 1, "message", message));
	return ERR_OK;
}

/* ---- the command ---- */

/* Everything at once is rarely what was meant. */
static enum err check(const struct call *call, struct failure *f)
{
	static const char *const wishes[] = { "folder", "since", "until", "from", "subject" };
	unsigned picks = 0;

	for (size_t i = 0; i < sizeof(wishes) / sizeof(*wishes); i++)
		picks += option(call, wishes[i]) != NULL;
	if (picks == 0 && !flag(call, "all") && !flag(call, "list") && !flag(call, "folders"))
		return fail(f, ERR_SYNTAX, "which messages? --list shows what is kept; --folder, --since, --until, --from and --subject pick some, --all takes them all");
	if ((option(call, "as") != NULL && !flag(call, "whole")) || (flag(call, "whole") && option(call, "folder") == NULL))
		return fail(f, ERR_SYNTAX, "--whole is for a folder that --folder names, and --as for --whole");
	if (flag(call, "whole") && (picks > 1 || flag(call, "list") || flag(call, "purge") || option(call, "to") != NULL))
		return fail(f, ERR_SYNTAX, "--whole brings all of a folder back; leave the others out");
	if (flag(call, "list") && (flag(call, "purge") || option(call, "to") != NULL))
		return fail(f, ERR_SYNTAX, "--list only shows; leave it out");
	if (flag(call, "purge") && option(call, "to") != NULL)
		return fail(f, ERR_SYNTAX, "--purge drops messages, and --to brings them back");
	return ERR_OK;
}

static enum err act(struct recovery *x)
{
	bool folders = flag(x->call, "folders") || flag(x->call, "whole");
	enum err e = step_mailbox(x->server, option(x->call, "mailbox"), &x->mailbox, x->failure);

	if (e == ERR_OK)
		e = folders ? find_rows(x, "store retained folders", question_folders) : find_rows(x, "store retained", question);
	if (e != ERR_OK)
		return e;
	if (flag(x->call, "folders"))
		show_folders(x);
	else if (flag(x->call, "whole"))
		return revive(x);
	else if (flag(x->call, "list"))
		show(x);
	else if (json_array_size(x->rows) == 0)
		return fail(x->failure, ERR_NOTFOUND, "no deleted message like that is kept");
	else
		return flag(x->call, "purge") ? drop(x) : bring_back(x);
	return ERR_OK;
}

enum err recover_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	struct recovery x = { .call = call, .render = r, .failure = f, .since = 0, .until = INT64_MAX };
	enum err e = check(call, f);

	if (e == ERR_OK)
		e = read_time(call, "since", &x.since, f);
	if (e == ERR_OK)
		e = read_time(call, "until", &x.until, f);
	if (e == ERR_OK)
		e = transport_open(&options, &x.server, f);
	if (e != ERR_OK)
		return e;
	x.rows = json_array();
	x.moved = json_array();
	e = act(&x);
	json_decref(x.rows);
	json_decref(x.moved);
	transport_close(x.server);
	return e;
}
