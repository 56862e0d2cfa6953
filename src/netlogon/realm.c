#include "netlogon/realm.h"

#include <stdio.h>

void realm_set(struct realm *r, struct settings *s)
{
	settings_unref(r->settings);
	r->settings = s;
	r->epoch++;
	memset(r->controllers, 0, sizeof(r->controllers));
}

/* Nobody is trying it just now, and those that hang there do not hold all its threads. */
static bool is_free(const struct controller *c)
{
	return c->running == c->late && c->running < REALM_CONTROLLER_RUNNING_MAX;
}

enum realm_choice realm_choose(const struct realm *r, unsigned tried, size_t *ret)
{
	bool full = false;

	for (size_t i = 0; i < r->settings->controller_count; i++) {
		const struct controller *c = &r->controllers[i];

		if (tried >> i & 1 || c->state == CONTROLLER_FAILS)
			continue;
		if (c->running < REALM_CONTROLLER_RUNNING_MAX) {
			*ret = i;
			return REALM_ASK;
		}
		full = true;
	}
	if (full)
		return REALM_WAIT;
	for (size_t i = 0; i < r->settings->controller_count; i++) {
		if (tried >> i & 1 || !is_free(&r->controllers[i]))
			continue;
		*ret = i;
		return REALM_ASK;
	}
	return REALM_NOBODY;
}

void realm_begin(struct realm *r, size_t i)
{
	must(i < r->settings->controller_count);
	r->controllers[i].running++;
	r->running++;
}

void realm_end(struct realm *r, size_t i, unsigned epoch, bool late)
{
	must(r->running > 0);
	r->running--;
	if (epoch != r->epoch)
		return;
	must(r->controllers[i].running > 0);
	r->controllers[i].running--;
	r->controllers[i].late -= late;
}

void realm_late(struct realm *r, size_t i)
{
	must(r->controllers[i].late < r->controllers[i].running);
	r->controllers[i].late++;
}

bool realm_answered(struct realm *r, size_t i, int64_t real_ms)
{
	struct controller *c = &r->controllers[i];
	bool changed = c->state != CONTROLLER_ANSWERS;

	c->state = CONTROLLER_ANSWERS;
	c->good_at_ms = real_ms;
	c->bad_since_ms = 0;
	return changed;
}

bool realm_failed(struct realm *r, size_t i, const char *why, int64_t real_ms, uint64_t mono_ms)
{
	struct controller *c = &r->controllers[i];
	bool changed = c->state != CONTROLLER_FAILS;

	if (changed)
		c->bad_since_ms = real_ms;
	c->state = CONTROLLER_FAILS;
	c->bad_at_ms = real_ms;
	c->probe_at_ms = mono_ms + REALM_PROBE_MS;
	c->failed++;
	snprintf(c->why, sizeof(c->why), "%s", why);
	return changed;
}

void realm_refused(struct realm *r, size_t i, const char *why, int64_t real_ms)
{
	struct controller *c = &r->controllers[i];

	c->refused_at_ms = real_ms;
	snprintf(c->refused, sizeof(c->refused), "%s", why);
}

bool realm_probe_due(const struct realm *r, size_t i, uint64_t mono_ms)
{
	const struct controller *c = &r->controllers[i];

	if (!is_free(c))
		return false;
	return c->state == CONTROLLER_UNTRIED ||
	       (c->state == CONTROLLER_FAILS && mono_ms >= c->probe_at_ms);
}

bool realm_is_down(const struct realm *r)
{
	for (size_t i = 0; i < r->settings->controller_count; i++) {
		if (r->controllers[i].state != CONTROLLER_FAILS)
			return false;
	}
	return true;
}

const char *realm_state_text(enum controller_state s)
{
	static const char *const names[] = { "not asked yet", "answers", "does not answer" };

	return names[s];
}
