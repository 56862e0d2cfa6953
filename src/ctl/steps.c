#include "ctl/steps.h"

#include "ctl/wipe.h"
#include "io/clock.h"
#include "io/file.h"

static void take(void *arg, struct str json, bool more)
{
	struct step *s = arg;
	json_t *packet = json_loadb(json.at, json.len, 0, NULL), *rows = json_object_get(packet, "rows");

	if (json_is_array(rows)) {
		s->rows = s->rows ? s->rows : json_array();
		json_array_extend(s->rows, rows);
	}
	if (more) {
		json_decref(packet);
		return;
	}
	if (s->rows != NULL)
		json_object_set(packet, "rows", s->rows);
	json_decref(s->rows);
	s->rows = NULL;
	json_decref(s->ret);
	s->ret = packet;
}

static enum err refused(struct step *s, struct failure *f)
{
	const char *name = json_string_value(json_object_get(s->ret, "error"));
	const char *text = json_string_value(json_object_get(s->ret, "message"));
	enum err code = ERR_PEER;

	for (int i = 1; name != NULL && i < ERR_COUNT; i++) {
		if (strcmp(err_name((enum err)i), name) == 0)
			code = (enum err)i;
	}
	return fail(f, code, "%s", text ? text : "the server refused it without saying why");
}

enum err step_ask(struct transport *t, struct step *s, struct failure *f)
{
	struct transport_request q = { .verb = str_from_c(s->verb), .reply = take, .arg = s, .fds = s->fds,
		.fd_count = s->fd_count, .ret_fds = s->ret_fds, .ret_fd_count = &s->ret_fd_count };
	json_t *whole = json_pack("{s:s,s:o}", "verb", s->verb, "args", s->args ? s->args : json_object());
	char *text = json_dumps(whole, JSON_COMPACT);
	enum err e;

	s->args = NULL;
	s->ret = NULL;
	q.json = str_from_c(text);
	e = transport_call(t, &q, f);
	if (e == ERR_OK && !json_is_true(json_object_get(s->ret, "ok")))
		e = refused(s, f);
	if (e != ERR_OK)
		step_done(s);
	wipe_json_text(text);
	json_decref(whole);
	return e;
}

enum err step_mailbox(struct transport *t, const char *name, json_int_t *ret, struct failure *f)
{
	struct step s = { .verb = "directory box", .args = json_pack("{s:s}", "name", name) };
	enum err e = step_ask(t, &s, f);
	json_t *row;
	uint64_t id = 0;
	size_t i;

	if (e != ERR_OK)
		return e;
	json_array_foreach(json_object_get(s.ret, "rows"), i, row)
	{
		const char *property = json_string_value(json_object_get(row, "property"));
		const char *value = json_string_value(json_object_get(row, "value"));

		if (property && value && strcmp(property, "id") == 0 && !str_u64(str_from_c(value), INT64_MAX, &id))
			id = 0;
	}
	step_done(&s);
	*ret = (json_int_t)id;
	return id > 0 ? ERR_OK : fail(f, ERR_PEER, "the directory's answer is not understood");
}

void step_done(struct step *s)
{
	json_decref(s->ret);
	json_decref(s->rows);
	s->ret = s->rows = NULL;
	while (s->ret_fd_count > 0)
		fd_close(&s->ret_fds[--s->ret_fd_count]);
}

static void show(struct render *r, json_t *reply, bool more)
{
	char *text = json_dumps(reply, JSON_COMPACT);

	render_packet(r, str_from_c(text), more);
	wipe_json_text(text);
	json_decref(reply);
}

void steps_progress(struct render *r, const char *what, uint64_t done, uint64_t total)
{
	static uint64_t told_ms;
	uint64_t now = clock_mono_ms();

	if (r->json || !r->progress || ((total == 0 || done < total) && now < told_ms + 100))
		return;
	told_ms = now;
	show(r, json_pack("{s:b,s:b,s:{s:I,s:I,s:s}}", "ok", 1, "more", 1, "progress", "done", (json_int_t)done, "total",
		(json_int_t)total, "what", what), true);
}

void steps_answer(struct render *r, json_t *reply)
{
	show(r, reply, false);
}
