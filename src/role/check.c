#include "role/check.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "io/clock.h"
#include "role/answer.h"

#define TELL_MS   200
#define STEPS_MAX 1000 /* of a slice, should the clock stand still */

json_t *check_engine_row(const struct kv_problem *p)
{
	return json_pack("{s:s,s:I,s:I,s:s}", "where", "journal", "segment", (json_int_t)p->segment, "offset", (json_int_t)p->offset,
		"what", p->what);
}

void check_problem(struct check_job *c, json_t *row)
{
	c->found++;
	json_object_set_new(row, "of", json_string(c->of));
	if (c->problems != NULL && json_array_size(c->problems) < CHECK_PROBLEMS_MAX)
		json_array_append(c->problems, row);
	json_decref(row);
}

static void on_unreadable(void *arg, kv_blob blob)
{
	struct check_job *c = arg;

	c->part->unreadable(c->arg, blob);
}

static void on_problem(void *arg, const struct kv_problem *p)
{
	struct check_job *c = arg;

	c->each(c->arg, p);
}

/* ---- beginning and ending ---- */

static void end(struct check_job *c)
{
	if (c->part != NULL)
		c->part->end(c->arg);
	kv_check_end(c->engine);
	json_decref(c->problems);
	c->engine = NULL;
	c->problems = NULL;
	c->request = 0;
	c->running = false;
	timer_set(c->timer, 0); /* a segment may wait for its turn */
}

static enum err begin(struct check_job *c, uint64_t request, uint32_t segment)
{
	struct kv_check_options options = { .what = segment ? KV_CHECK_BLOBS : KV_CHECK_KEYS | KV_CHECK_JOURNAL | KV_CHECK_BLOBS,
		.segment = segment, .each = on_problem, .blob = c->part ? on_unreadable : NULL, .arg = c };
	enum err e = kv_check_begin(c->kv, &options, &c->engine);

	if (e != ERR_OK)
		return e;
	c->running = true;
	c->request = request;
	c->phase = segment ? CHECK_ENGINE : CHECK_ROWS;
	c->problems = request ? json_array() : NULL;
	c->found = 0;
	c->told_ms = 0;
	e = c->part ? c->part->begin(c->arg, segment ? NULL : c->engine) : ERR_OK;
	if (e != ERR_OK)
		end(c);
	return e;
}

static void begin_named(struct check_job *c)
{
	uint32_t segment;

	if (c->segments_count == 0 || c->env->stopping)
		return;
	segment = c->segments[--c->segments_count];
	if (begin(c, 0, segment) == ERR_OK)
		timer_set(c->timer, CHECK_PAUSE_MS);
}

static void finish(struct check_job *c)
{
	uint64_t request = c->request;
	bool sound = c->found == 0;
	struct kv_stats stats;
	char digest[17];
	json_t *reply;

	kv_stats(c->kv, &stats);
	snprintf(digest, sizeof(digest), "%016" PRIx64, sound ? kv_check_digest(c->engine) : 0);
	reply = request == 0 ? NULL
			     : json_pack("{s:b,s:s,s:b,s:O,s:I,s:I,s:I,s:I,s:s}", "ok", 1, "of", c->of, "sound", (int)sound, "problems",
				       c->problems, "problems_found", (json_int_t)c->found, "keys", (json_int_t)stats.keys,
				       "messages_kept", (json_int_t)stats.blobs, "journal_octets", (json_int_t)stats.journal_octets,
				       "digest", digest);
	end(c);
	if (reply != NULL)
		answer_json(c->env, request, false, reply);
}

static void give_up(struct check_job *c, enum err e)
{
	uint64_t request = c->request;

	end(c);
	if (request != 0)
		answer_refuse(c->env, request, e,
			e == ERR_BUSY ? "so much changes that the check would take too much room; ask again at a quieter time" : err_text(e));
}

/* ---- slices ---- */

static void tell(struct check_job *c)
{
	struct kv_check_progress p;
	char what[64];

	if (c->request == 0 || clock_mono_ms() - c->told_ms < TELL_MS)
		return;
	c->told_ms = clock_mono_ms();
	kv_check_progress(c->engine, &p);
	if (c->phase == CHECK_MESSAGES) {
		p.what = "looking at mailboxes";
		c->part->progress(c->arg, &p.done, &p.total);
	}
	snprintf(what, sizeof(what), "%s: %s", c->of, c->phase == CHECK_ROWS ? "comparing mailboxes" : p.what);
	answer_json(c->env, c->request, true, json_pack("{s:b,s:b,s:{s:I,s:I,s:s}}", "ok", 1, "more", 1, "progress", "done", (json_int_t)p.done,
		"total", (json_int_t)p.total, "what", what));
}

static enum err step(struct check_job *c)
{
	if (c->phase == CHECK_ENGINE)
		return kv_check_step(c->engine);
	if (c->part == NULL)
		return ERR_OK;
	return c->phase == CHECK_ROWS ? c->part->rows(c->arg) : c->part->messages(c->arg);
}

static void slice(struct check_job *c)
{
	uint64_t until = clock_mono_ms() + CHECK_SLICE_MS;

	tell(c);
	for (unsigned n = 0; n < STEPS_MAX && clock_mono_ms() < until; n++) {
		enum err e = step(c);

		if (e == ERR_NEEDMORE)
			continue;
		if (e != ERR_OK && e != ERR_CORRUPT) {
			give_up(c, e);
			return;
		}
		if (c->phase == CHECK_MESSAGES) {
			finish(c);
			return;
		}
		c->phase++;
	}
	timer_set(c->timer, CHECK_PAUSE_MS);
}

static void on_timer(void *arg)
{
	struct check_job *c = arg;

	if (c->running)
		slice(c);
	else
		begin_named(c);
}

/* ---- what others ask ---- */

void check_start(struct check_job *c, struct role_env *env, struct kv *kv, const struct check_options *options)
{
	*c = (struct check_job){ .env = env, .kv = kv, .of = options->of, .part = options->part, .each = options->each, .arg = options->arg };
	c->timer = timer_new(env->loop, on_timer, c);
}

void check_stop(struct check_job *c)
{
	if (c->timer == NULL)
		return;
	if (c->running)
		give_up(c, ERR_UNAVAILABLE);
	timer_free(c->timer);
	c->timer = NULL;
}

bool check_request(struct check_job *c, const struct msg_admin_request *q)
{
	enum err e;

	if (!str_eq(q->verb, S("check")))
		return false;
	if (c->running && c->request != 0) {
		answer_refuse(c->env, q->request, ERR_BUSY, "a check is running already; ask again when it has ended");
		return true;
	}
	if (c->running)
		end(c); /* this one names all that there is */
	e = begin(c, q->request, 0);
	if (e != ERR_OK)
		answer_refuse(c->env, q->request, e, e == ERR_BUSY ? "the disk is full, and figures are being put right; ask again in a moment" : err_text(e));
	else
		timer_set(c->timer, 0);
	return true;
}

void check_cancel(struct check_job *c, uint64_t request)
{
	if (!c->running || c->request == 0 || c->request != request)
		return;
	log_put(LOG_check_given_up, LOG_C("of", c->of), LOG_END);
	end(c);
}

void check_segment(struct check_job *c, uint32_t segment)
{
	if (c->part == NULL || c->segments_count == CHECK_SEGMENTS_MAX)
		return;
	c->segments[c->segments_count++] = segment;
	if (!c->running)
		timer_set(c->timer, 0);
}
