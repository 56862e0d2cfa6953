#include "base/log.h"
#include "base/mem.h"
#include "config/network.h"
#include "io/clock.h"
#include "store/meter.h"
#include "store/role_int.h"

#define SOURCES_MAX ((size_t)65536) /* that are remembered; then nobody comes in from another one */
#define TELL_MS     500

struct nameless_source {
	uint64_t number;
	uint64_t sessions;
	struct meter meter;
};

/* ---- what `bourse status` shows ---- */

static uint64_t all_octets(const struct role_nameless *n)
{
	uint64_t octets = n->gone_octets;

	MAP_EACH(struct nameless_source, s, &n->sources)
		octets += s->meter.total;
	return octets;
}

static void tell(struct store_role *r)
{
	struct role_nameless *n = &r->nameless;

	n->told_octets = all_octets(n);
	link_send(&r->env->attendant, &(struct msg){ .id = MSG_nameless,
		.nameless = { .refused = n->refused, .sessions = n->sessions, .octets = n->told_octets } });
}

static void on_timer(void *arg)
{
	struct store_role *r = arg;

	if (all_octets(&r->nameless) != r->nameless.told_octets)
		tell(r);
	if (r->nameless.sessions > 0)
		timer_set(r->nameless.timer, TELL_MS);
}

/* ---- sources ---- */

static void forget(struct store_role *r, struct nameless_source *s)
{
	r->nameless.gone_octets += s->meter.total;
	mem_free(map_remove(&r->nameless.sources, s->number));
}

/* Of whom there is nothing to remember any more. */
static void forget_idle(struct store_role *r)
{
	uint64_t now = clock_mono_ms();
	struct nameless_source **idle = mem_new((r->nameless.sources.count + 1) * sizeof(*idle));
	size_t count = 0;

	MAP_EACH(struct nameless_source, s, &r->nameless.sources) {
		if (s->sessions == 0 && meter_level(&s->meter, now) == 0)
			idle[count++] = s;
	}
	for (size_t i = 0; i < count; i++)
		forget(r, idle[i]);
	mem_free(idle);
}

/* NULL: there are too many. */
static struct nameless_source *need(struct store_role *r, uint64_t number)
{
	struct nameless_source *s = map_get(&r->nameless.sources, number);

	if (s != NULL)
		return s;
	if (r->nameless.sources.count >= SOURCES_MAX)
		forget_idle(r);
	if (r->nameless.sources.count >= SOURCES_MAX)
		return NULL;
	s = MEM_NEW(struct nameless_source);
	s->number = number;
	s->meter.most = r->env->config->anonymous_octets_per_hour_max;
	map_put(&r->nameless.sources, number, s);
	return s;
}

/* NULL: he may. */
static const char *why_not(struct store_role *r, struct nameless_source *s)
{
	const struct config *c = r->env->config;

	if (r->nameless.sessions >= c->anonymous_sessions_max)
		return "anonymous sessions";
	if (s == NULL)
		return "addresses of anonymous sessions";
	if (s->sessions >= c->anonymous_sessions_per_address_max)
		return "anonymous sessions of an address";
	return meter_pour(&s->meter, 0, clock_mono_ms()) ? NULL : "anonymous octets";
}

struct nameless_source *role_nameless_enter(struct store_role *r, struct str client)
{
	struct nameless_source *s = need(r, network_source(client));
	const char *limit = why_not(r, s);

	if (limit != NULL) {
		r->nameless.refused++;
		log_put(LOG_limit_hit, LOG_C("what", limit), LOG_S("client", client), LOG_END);
		tell(r);
		return NULL;
	}
	s->sessions++;
	r->nameless.sessions++;
	timer_set(r->nameless.timer, TELL_MS);
	tell(r);
	return s;
}

void role_nameless_leave(struct store_role *r, struct nameless_source *s)
{
	if (s == NULL)
		return;
	s->sessions--;
	r->nameless.sessions--;
	if (s->sessions == 0 && meter_level(&s->meter, clock_mono_ms()) == 0)
		forget(r, s);
	tell(r);
}

struct meter *role_nameless_meter(struct nameless_source *s)
{
	return s != NULL ? &s->meter : NULL;
}

/* ---- life ---- */

void role_nameless_start(struct store_role *r)
{
	map_init(&r->nameless.sources);
	r->nameless.timer = timer_new(r->env->loop, on_timer, r);
}

void role_nameless_reload(struct store_role *r)
{
	MAP_EACH(struct nameless_source, s, &r->nameless.sources)
		s->meter.most = r->env->config->anonymous_octets_per_hour_max;
	role_nameless_end(r);
}

/* Sources stay: sessions that are being told goodbye still count. */
void role_nameless_stop(struct store_role *r)
{
	timer_free(r->nameless.timer);
	r->nameless.timer = NULL;
}
