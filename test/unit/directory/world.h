/* A directory in memory and a way to talk to it as the administrator does, for the tests beside it. */
#pragma once

#include <stdlib.h>

#include "directory/admin.h"
#include "tap.h"

#define NOW ((int64_t)1780000000) /* Thursday 2026-05-28 20:26:40 UTC */

struct world {
	struct kv *kv;
	struct directory directory;
	struct arena arena;
	struct buf reply;
	struct failure failure;
	int64_t now;
};

static void world_open(struct world *w)
{
	struct kv_options options = { .folder = NULL };

	*w = (struct world){ .now = NOW };
	if (kv_open_memory(&options, &w->kv) != ERR_OK)
		abort();
	w->directory.kv = w->kv;
	if (directory_drafts_open(&w->directory) != ERR_OK)
		abort();
	arena_init(&w->arena, ARENA_NONE);
	buf_init(&w->reply, ADMIN_REPLY_OCTETS_MAX);
}

static void world_close(struct world *w)
{
	directory_drafts_close(&w->directory);
	kv_close(w->kv);
	arena_done(&w->arena);
	buf_done(&w->reply);
}

/* One request; ' stands for " in the JSON, so that it can be read. */
static enum err ask(struct world *w, const char *verb, const char *args)
{
	struct buf request;
	enum err e;

	buf_init(&request, 1 << 20);
	buf_printf(&request, "{\"verb\":\"%s\",\"args\":{%s}}", verb, args);
	for (size_t i = 0; i < request.len; i++) {
		if (request.at[i] == '\'')
			request.at[i] = '"';
	}
	buf_clear(&w->reply);
	w->failure = (struct failure){ 0 };
	e = admin_run(&w->directory, buf_str(&request), w->now, &w->reply, &w->failure);
	buf_done(&request);
	return e;
}

static inline bool replied(const struct world *w, const char *what)
{
	return str_find_str(buf_str(&w->reply), str_from_c(what)) != STR_NPOS;
}

/* The request must succeed. */
#define DO(w, verb, args)                                                                          \
	OK(ask((w), (verb), (args)) == ERR_OK, "%s %s: %s", (verb), (args), (w)->failure.text)

/* The request must fail with this code, and the text must hold this. */
#define NO(w, verb, args, code_, holds)                                                            \
	OK(ask((w), (verb), (args)) == ERR_##code_ && (w)->failure.code == ERR_##code_ &&          \
			strstr((w)->failure.text, (holds)) != NULL && (w)->reply.len == 0,         \
		"%s %s: %s %s", (verb), (args), err_name((w)->failure.code), (w)->failure.text)

/* The reply of the request before must hold this. */
#define SAYS(w, what) OK(replied((w), (what)), "'%s' in %.*s", (what), STR_FMT(buf_str(&(w)->reply)))
