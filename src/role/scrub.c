#include "role/scrub.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "io/clock.h"
#include "io/file.h"

#define PLACE_NAME    "scrub"
#define PAUSE_MS_MAX  3600000 /* the clock may be set; look again */
#define FIRST_MS      10000   /* a start is busy enough */

static uint64_t per_tick(const struct scrub *s)
{
	return s->env->config->store_scrub_octets * SCRUB_TICK_MS / 1000;
}

static void tell(const struct scrub *s)
{
	link_send(&s->env->attendant, &(struct msg){ .id = MSG_scrub_state,
		.scrub_state = { .running = s->running, .finished_ms = (uint64_t)s->finished_ms, .segment = s->noted,
			.problems = s->running && s->problems > s->last_problems ? s->problems : s->last_problems } });
}

static bool cut_number(struct str *rest, uint64_t max, uint64_t *ret)
{
	struct str word;

	if (!str_cut(rest, ' ', &word)) {
		word = *rest;
		*rest = STR_NONE;
	}
	return str_u64(word, max, ret);
}

static void place_read(struct scrub *s)
{
	struct buf text;
	struct str rest;
	uint64_t segment, began, finished, found;

	buf_init(&text, 128);
	if (file_read(PLACE_NAME, &text) == ERR_OK) {
		rest = str_trim(buf_str(&text));
		if (cut_number(&rest, UINT32_MAX, &segment) && cut_number(&rest, INT64_MAX, &began) && (int64_t)began <= clock_real_ms()) {
			kv_scrub_go(s->kv, (uint32_t)segment);
			s->noted = (uint32_t)segment;
			s->began_ms = (int64_t)began;
			s->running = segment > 0;
		}
		if (cut_number(&rest, INT64_MAX, &finished) && cut_number(&rest, UINT64_MAX, &found)) {
			s->finished_ms = (int64_t)finished;
			s->last_problems = found;
		}
	}
	buf_done(&text);
}

/* One that cannot be written costs a second reading after a restart. */
static void place_write(struct scrub *s, uint32_t segment)
{
	char text[128];

	snprintf(text, sizeof(text), "%" PRIu32 " %" PRId64 " %" PRId64 " %" PRIu64 "\n", segment, s->began_ms, s->finished_ms,
		s->last_problems);
	(void)!file_replace(PLACE_NAME, str_from_c(text), 0600);
	s->noted = segment;
	tell(s);
}

static bool was_told(struct scrub *s, const struct kv_problem *p)
{
	for (size_t i = 0; i < s->told_count; i++) {
		if (s->told[i].segment == p->segment && s->told[i].offset == p->offset)
			return true;
	}
	if (s->told_count < SCRUB_TOLD_MAX) {
		s->told[s->told_count].segment = p->segment;
		s->told[s->told_count++].offset = p->offset;
	}
	return false;
}

static void on_problem(void *arg, const struct kv_problem *p)
{
	struct scrub *s = arg;

	s->problems++;
	if (!was_told(s, p))
		s->each(s->arg, p);
}

static void round_over(struct scrub *s)
{
	s->running = false;
	s->finished_ms = clock_real_ms();
	s->last_problems = s->problems;
	place_write(s, 0);
	log_put(LOG_scrubbed, LOG_C("of", sandbox_profile_name(s->env->def->profile)), LOG_U("problems", s->problems), LOG_END);
}

static void read_some(struct scrub *s)
{
	bool round = false;

	(void)!kv_scrub(s->kv, per_tick(s), &round, on_problem, s);
	if (round)
		round_over(s);
	else if (kv_scrub_place(s->kv) != s->noted)
		place_write(s, kv_scrub_place(s->kv));
}

static void wait_for_round(struct scrub *s)
{
	int64_t now = clock_real_ms(), due = s->began_ms + (int64_t)s->env->config->store_scrub_interval_ms;
	int64_t wait = due > now ? due - now : 0;

	if (s->began_ms > now || wait > PAUSE_MS_MAX) {
		timer_set(s->timer, PAUSE_MS_MAX);
		return;
	}
	if (wait > 0) {
		timer_set(s->timer, (uint64_t)wait);
		return;
	}
	s->running = true;
	s->began_ms = now;
	s->problems = 0;
	timer_set(s->timer, SCRUB_TICK_MS);
}

static void on_timer(void *arg)
{
	struct scrub *s = arg;

	if (per_tick(s) == 0)
		return; /* switched off; a reload wakes us */
	if (s->running)
		read_some(s);
	if (s->running)
		timer_set(s->timer, SCRUB_TICK_MS);
	else
		wait_for_round(s);
}

void scrub_start(struct scrub *s, struct role_env *env, struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg)
{
	*s = (struct scrub){ .env = env, .kv = kv, .each = each, .arg = arg };
	s->timer = timer_new(env->loop, on_timer, s);
	place_read(s);
	tell(s);
	scrub_reload(s);
}

void scrub_reload(struct scrub *s)
{
	uint64_t interval = s->env->config->store_scrub_interval_ms;

	timer_set(s->timer, interval < FIRST_MS ? interval : FIRST_MS);
}

void scrub_stop(struct scrub *s)
{
	timer_free(s->timer);
	s->timer = NULL;
}
