#include "plan.h"

#include <stdio.h>

#include "world.h"

#define PHASE_US (20 * SECOND)

static const char *const kind_names[] = { "SMTP", "submission", "POP3", "IMAP", "IDLE", "kill", "flush error", "full disk",
	"slow disk", "clock", "lost channel", "power cut", "no memory" };

static uint64_t draw(uint64_t n)
{
	return chance_below(STREAM_PLAN, n);
}

static enum step_kind client_kind(void)
{
	static const enum step_kind kinds[] = { STEP_SMTP, STEP_SMTP, STEP_SMTP, STEP_SUBMIT, STEP_POP3, STEP_POP3, STEP_IMAP,
		STEP_IMAP, STEP_IMAP, STEP_IMAP, STEP_WATCH };

	return kinds[draw(sizeof(kinds) / sizeof(*kinds))];
}

static enum step_kind fault_kind(void)
{
	static const enum step_kind kinds[] = { STEP_KILL, STEP_KILL, STEP_KILL, STEP_FLUSH, STEP_FULL, STEP_SLOW, STEP_CLOCK,
		STEP_CHANNEL, STEP_POWER, STEP_MEMORY };

	return kinds[draw(sizeof(kinds) / sizeof(*kinds))];
}

static enum role any_role(void)
{
	static const enum role roles[] = { ROLE_STORE, ROLE_STORE, ROLE_STORE, ROLE_FRONT_MX, ROLE_FRONT_USER, ROLE_DIRECTORY,
		ROLE_PARSER, ROLE_KEYS };

	return roles[draw(sizeof(roles) / sizeof(*roles))];
}

static struct step *add(struct plan *p, unsigned phase, enum step_kind kind)
{
	struct step *s = &p->steps[p->count];

	*s = (struct step){ .number = (unsigned)p->count++, .phase = phase, .kind = kind, .at_us = draw(PHASE_US) };
	s->user = (unsigned)draw(SERVER_USERS - 1); /* the last one gets mail from lists and others only */
	s->role = any_role();
	s->amount = draw(1u << 30);
	s->dice.state = chance(STREAM_PLAN);
	return s;
}

void plan_make(struct plan *p)
{
	*p = (struct plan){ 0 };
	p->manner = (struct server_manner){ .segment_octets = 16384u << draw(6), .reserve_octets = 32768u << draw(3),
		.index_ms = draw(3) == 0 ? 5 : 50, .parsers = 1 + (unsigned)draw(2), .compress = draw(4) > 0 };
	for (unsigned phase = 0; phase < 2; phase++) {
		uint64_t clients = 4 + draw(16), faults = draw(5) == 0 ? 0 : draw(7);

		for (uint64_t i = 0; i < clients; i++)
			add(p, phase, client_kind());
		for (uint64_t i = 0; i < faults; i++)
			add(p, phase, fault_kind());
		p->ends[phase] = (unsigned)draw(END_COUNT);
	}
}

void plan_calm(struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->steps[i].phase == 0 && p->steps[i].kind < STEP_FAULTS)
			p->steps[count++] = p->steps[i];
	}
	p->count = count;
	p->ends[0] = p->ends[1] = END_AT_REST;
}

void plan_print(const struct step *s, char *to, size_t room)
{
	int n = snprintf(to, room, "%3u  phase %u, at %2u.%03u s: %s", s->number, s->phase + 1, (unsigned)(s->at_us / SECOND),
		(unsigned)(s->at_us % SECOND / 1000), kind_names[s->kind]);

	if (n < 0 || (size_t)n >= room)
		return;
	if (s->kind < STEP_FAULTS)
		snprintf(to + n, room - (size_t)n, " of u%u", s->user);
	else if (s->kind == STEP_KILL || s->kind == STEP_MEMORY || s->kind == STEP_CHANNEL)
		snprintf(to + n, room - (size_t)n, " of %s", role_name(s->role));
}

const char *plan_end_name(unsigned end)
{
	static const char *const names[] = { "at rest", "power cut", "stop", "kill of store and directory" };

	return names[end % END_COUNT];
}
