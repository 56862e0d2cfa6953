#include "ctl/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/import.h"
#include "ctl/import_row.h"
#include "ctl/steps.h"
#include "ctl/transport.h"
#include "ctl/wipe.h"
#include "io/file.h"

struct export {
	struct render *render;
	struct transport *server;
	struct csv_format format;
	const struct csv_class *class; /* NULL: all */
	const char *domain;            /* NULL: all */
	FILE *out;
	struct arena arena;  /* of one entry */
	struct buf line, field;
	const struct csv_class *at; /* the class that is being read */
	json_int_t id;       /* of the entry that is being gathered; 0: none */
	json_t *values;      /* its values */
	json_int_t next;     /* 0: the class has no more */
	uint64_t rows;
	struct failure *failure;
	enum err wrong;
};

/* ---- values as Exchange writes them ---- */

static struct str str_of(const json_t *v)
{
	return str_make(json_string_value(v) ?: "", json_string_length(v));
}

/* "500M" and the like in KiB; other numbers are of octets. */
static struct str size_text(struct arena *a, struct str text)
{
	static const char units[] = "KMGT";
	const char *unit = text.len > 0 ? strchr(units, text.at[text.len - 1]) : NULL;
	uint64_t n;

	if (unit != NULL && *unit != '\0' && str_u64(str_sub(text, 0, text.len - 1), UINT64_MAX >> 40, &n))
		return arena_printf(a, "%llu", (unsigned long long)(n << (10 * (unit - units))));
	if (str_u64(text, UINT64_MAX, &n))
		return arena_printf(a, "%llu octets", (unsigned long long)n);
	return text;
}

static void put_values(struct export *x, const struct csv_column *c, const json_t *values)
{
	bool addresses = c->kind == CSV_ADDRESSES;
	const json_t *one;
	size_t i;

	json_array_foreach(values, i, one)
	{
		struct str text = str_of(one);

		if (addresses)
			text = arena_printf(&x->arena, "%s:%.*s", i == 0 ? "SMTP" : "smtp", STR_FMT(text));
		csv_put_value(&x->field, &x->format, import_escape(&x->arena, text));
	}
	/* A mailbox that is made without one gets an address. */
	if (addresses && json_array_size(values) == 0 && x->at->letter == 'M')
		buf_put_c(&x->field, "~DEL");
}

static void put_field(struct export *x, const struct csv_column *c)
{
	bool has = c->property[0] != '\0' && csv_column_has(c, x->at);
	const json_t *v = has ? json_object_get(x->values, c->property) : NULL;
	struct str text = str_of(v);

	buf_clear(&x->field);
	if (c->kind == CSV_CLASS)
		text = str_from_c(x->at->name);
	else if (c->kind == CSV_SIZE)
		text = size_text(&x->arena, text);
	else if (c->kind == CSV_DATE)
		text = str_sub(text, 0, str_find(text, 'T'));
	else if (c->kind == CSV_ADDRESS)
		text = arena_printf(&x->arena, "SMTP:%.*s", STR_FMT(text));
	else if (c->kind == CSV_TEXT)
		text = import_escape(&x->arena, text);
	if (json_is_array(v))
		put_values(x, c, v);
	else if (csv_column_has(c, x->at))
		buf_put(&x->field, text);
	csv_put(&x->line, &x->format, buf_str(&x->field), c->kind == CSV_CLASS);
}

static bool is_exported(const struct csv_column *c)
{
	return c->kind == CSV_CLASS || c->kind == CSV_MODE || c->property[0] != '\0';
}

static void write_line(struct export *x)
{
	csv_put_end(&x->line);
	if (x->wrong == ERR_OK && (buf_overflowed(&x->line) || buf_overflowed(&x->field)))
		x->wrong = fail(x->failure, ERR_TOOBIG, "an entry is too large for a row of the file");
	if (x->wrong == ERR_OK && fwrite(x->line.at, 1, x->line.len, x->out) != x->line.len)
		x->wrong = fail(x->failure, file_err(errno), "the file cannot be written: %m");
	buf_clear(&x->line);
}

static void put_header(struct export *x)
{
	for (size_t i = 0; i < csv_column_count(); i++) {
		const struct csv_column *c = csv_column_at(i);

		if (is_exported(c))
			csv_put(&x->line, &x->format, str_from_c(c->header), c->kind == CSV_CLASS);
	}
	write_line(x);
}

/* ---- which entries ---- */

static bool ends_in_domain(const json_t *v, const char *domain)
{
	struct str text = str_of(v), want = str_from_c(domain), account;

	if (str_cut(&text, '\\', &account))
		return str_ieq(account, want);
	return str_rfind(text, '@') != STR_NPOS ? str_ieq(str_skip(text, str_rfind(text, '@') + 1), want) : str_ieq(text, want);
}

/* The domain of the account, of the owner, of one of the addresses; or the domain itself. */
static bool is_wanted(const struct export *x)
{
	static const char *const names[] = { "addresses", "mail" };
	const json_t *one;
	size_t i;

	if (x->domain == NULL || ends_in_domain(json_object_get(x->values, "key"), x->domain) ||
		ends_in_domain(json_object_get(x->values, "account"), x->domain))
		return true;
	for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++)
		json_array_foreach(json_object_get(x->values, names[n]), i, one)
			if (ends_in_domain(one, x->domain))
				return true;
	return false;
}

static void end_entry(struct export *x)
{
	if (x->id == 0)
		return;
	if (is_wanted(x)) {
		arena_clear(&x->arena);
		for (size_t i = 0; i < csv_column_count(); i++)
			if (is_exported(csv_column_at(i)))
				put_field(x, csv_column_at(i));
		write_line(x);
		x->rows++;
	}
	json_decref(x->values);
	x->values = NULL;
	x->id = 0;
}

/* A long list comes in several rows of the same entry. */
static void take_row(struct export *x, json_t *row)
{
	json_int_t id = json_integer_value(json_object_get(row, "id"));
	json_t *values = json_object_get(row, "values"), *v, *there;
	const char *name;

	if (id != x->id) {
		end_entry(x);
		x->id = id;
		x->values = json_object();
	}
	json_object_foreach(values, name, v)
	{
		there = json_object_get(x->values, name);
		if (json_is_array(there))
			json_array_extend(there, v);
		else
			json_object_set(x->values, name, v);
	}
}

static void on_page(void *arg, struct str json, bool more)
{
	struct export *x = arg;
	json_t *reply = json_loadb(json.at, json.len, 0, NULL), *row;
	size_t i;

	json_array_foreach(json_object_get(reply, "rows"), i, row)
		take_row(x, row);
	if (!more) {
		x->next = json_integer_value(json_object_get(reply, "next"));
		if (!json_is_true(json_object_get(reply, "ok")))
			x->wrong = fail(x->failure, ERR_PEER, "%s",
				json_string_value(json_object_get(reply, "message")) ?: "the server refused it");
	}
	json_decref(reply);
}

static enum err read_page(struct export *x)
{
	json_t *whole = json_pack("{s:s,s:{s:s,s:I}}", "verb", "directory read", "args", "class", x->at->entry, "first-id", x->next);
	struct transport_request q = { .verb = S("directory read"), .reply = on_page, .arg = x };
	char *text = json_dumps(whole, JSON_COMPACT);
	enum err e;

	q.json = str_from_c(text);
	x->next = 0;
	e = transport_call(x->server, &q, x->failure);
	wipe_json_text(text);
	json_decref(whole);
	return e == ERR_OK ? x->wrong : e;
}

static enum err read_all(struct export *x)
{
	enum err e = ERR_OK;

	put_header(x);
	for (size_t i = 0; e == ERR_OK && i < csv_class_count(); i++) {
		x->at = csv_class_at(i);
		if (x->class != NULL && x->class != x->at)
			continue;
		x->next = 1;
		while (e == ERR_OK && x->next > 0)
			e = read_page(x);
		end_entry(x);
		if (e == ERR_OK)
			e = x->wrong;
	}
	return e;
}

/* ---- the command ---- */

static enum err choose(struct export *x, const struct call *call, struct failure *f)
{
	const char *class = json_string_value(json_object_get(call->args, "class"));

	x->domain = json_string_value(json_object_get(call->args, "domain"));
	if (class == NULL)
		return import_format(call, &x->format, f);
	x->class = csv_class_find(str_from_c(class));
	if (x->class == NULL)
		return fail(f, ERR_SYNTAX, "--class is Domain, Account, Mailbox, Remote, dl or Public");
	return import_format(call, &x->format, f);
}

static enum err open_output(struct export *x, const char *path, struct failure *f)
{
	int fd;

	x->out = stdout;
	if (path == NULL)
		return ERR_OK;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	x->out = fd >= 0 ? fdopen(fd, "w") : NULL;
	return x->out != NULL ? ERR_OK : fail(f, file_err(errno), "%.300s cannot be written: %m", path);
}

static enum err run(struct export *x, const struct call *call, const char *data, struct failure *f)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };
	const char *path = json_string_value(json_object_get(call->args, "output"));
	struct str text;
	enum err e = choose(x, call, f);

	if (e == ERR_OK)
		e = open_output(x, path, f);
	if (e == ERR_OK)
		e = transport_open(&options, &x->server, f);
	if (e == ERR_OK)
		e = read_all(x);
	if (e == ERR_OK && fflush(x->out) != 0)
		e = fail(f, file_err(errno), "the file cannot be written: %m");
	if (e != ERR_OK || path == NULL)
		return e;
	text = arena_printf(&x->arena, "%llu rows are in %s", (unsigned long long)x->rows, path);
	steps_answer(x->render, json_pack("{s:b,s:o,s:I}", "ok", 1, "message", json_stringn(text.at, text.len), "rows_written",
		(json_int_t)x->rows));
	return ERR_OK;
}

enum err export_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct export *x = MEM_NEW(struct export);
	enum err e;

	x->render = r;
	x->failure = f;
	arena_init(&x->arena, ARENA_NONE);
	buf_init(&x->line, CSV_RECORD_OCTETS_MAX);
	buf_init(&x->field, CSV_RECORD_OCTETS_MAX);
	e = run(x, call, data, f);
	transport_close(x->server);
	if (x->out != NULL && x->out != stdout)
		fclose(x->out);
	json_decref(x->values);
	buf_done(&x->line);
	buf_done(&x->field);
	arena_done(&x->arena);
	mem_free(x);
	return e;
}
