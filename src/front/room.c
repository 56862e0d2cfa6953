#include "front/room.h"

#include "base/log.h"
#include "front/front_int.h"

/* Over so long a body is measured, once or twice; a younger one is not called slow. */
#define WINDOW_MS        ((uint64_t)5000)
#define ADDRESS_SHARES   4u
#define NETWORK_SHARES   2u
#define OWN_LINES_OCTETS ((uint64_t)16 << 10) /* in front of a message */
/* After a look at all bodies that found none to give way, so long nobody looks again. */
#define LOOK_AGAIN_MS    ((uint64_t)200)

/* ---- limits ---- */

static uint64_t message_max(const struct front *f)
{
	return f->env->config->smtp_message_octets_max + OWN_LINES_OCTETS;
}

uint64_t room_max(const struct front *f)
{
	const struct config *config = f->env->config;
	uint64_t processes = f->env->def->role == ROLE_FRONT_MX ? config->front_mx_processes
								: config->front_user_processes,
		 part = config->front_in_transit_octets_max / (processes > 0 ? processes : 1),
		 least = message_max(f) + message_max(f) / 3;

	return part > least ? part : least;
}

static uint64_t share(const struct front *f, unsigned shares)
{
	uint64_t part = room_max(f) / shares;

	return part > message_max(f) ? part : message_max(f);
}

static uint64_t network_of(const struct crowd_address *from)
{
	return from->v6 ? from->key & ~(uint64_t)0xffff : from->key & ~(uint64_t)0xff;
}

/* Which limit keeps octets more from fitting. */
enum scope { SCOPE_NONE, SCOPE_ADDRESS, SCOPE_NETWORK, SCOPE_ALL };

static enum scope scope_of(const struct room_part *p, uint64_t octets)
{
	const struct front *f = p->front;

	if (!p->trusted &&
		crowd_octets(&f->by_address, p->from->key) + octets > share(f, ADDRESS_SHARES))
		return SCOPE_ADDRESS;
	if (!p->trusted &&
		crowd_octets(&f->by_network, network_of(p->from)) + octets > share(f, NETWORK_SHARES))
		return SCOPE_NETWORK;
	return f->in_transit_octets + octets > room_max(f) ? SCOPE_ALL : SCOPE_NONE;
}

/* ---- progress ---- */

static uint64_t now_ms(const struct room_part *p)
{
	return loop_now_ms(p->front->env->loop);
}

static void note_progress(struct room_part *p, uint64_t octets)
{
	uint64_t now = now_ms(p);

	if (now - p->window_ms >= WINDOW_MS) {
		p->before_ms = p->window_ms;
		p->before_octets = p->window_octets;
		p->window_ms = now;
		p->window_octets = 0;
	}
	p->window_octets += octets;
}

/* Octets a second of late; UINT64_MAX: too young to tell. */
static uint64_t pace(const struct room_part *p)
{
	uint64_t passed = now_ms(p) - p->before_ms;

	if (passed < WINDOW_MS)
		return UINT64_MAX;
	return (p->before_octets + p->window_octets) * 1000 / passed;
}

static bool is_in(const struct room_part *p, const struct room_part *asker, enum scope scope)
{
	if (scope == SCOPE_ADDRESS)
		return !p->trusted && p->from->key == asker->from->key;
	if (scope == SCOPE_NETWORK)
		return !p->trusted && p->from->v6 == asker->from->v6 &&
		       network_of(p->from) == network_of(asker->from);
	return true;
}

/* The slowest body that is under the pace and whose octets would help; NULL: none. */
static struct room_part *slowest(const struct room_part *asker, enum scope scope)
{
	const struct front *f = asker->front;
	uint64_t least = f->env->config->smtp_data_pace_octets_per_second;
	struct room_part *found = NULL;

	LIST_EACH (node, &f->bodies) {
		struct room_part *p = LIST_OF(node, struct room_part, node);

		if (p->octets == 0 || !is_in(p, asker, scope) || pace(p) >= least)
			continue;
		least = pace(p);
		found = p;
	}
	return found;
}

/* ---- calls ---- */

void room_init(struct room_part *p, struct front *front, const struct crowd_address *from, bool trusted)
{
	*p = (struct room_part){ .front = front, .from = from, .trusted = trusted };
	list_init(&p->node);
}

void room_begin(struct room_part *p)
{
	must(p->octets == 0 && p->give_way != NULL);
	p->window_ms = p->before_ms = now_ms(p);
	p->window_octets = p->before_octets = 0;
	list_add_tail(&p->front->bodies, &p->node);
}

void room_settle(struct room_part *p)
{
	list_remove(&p->node);
}

static bool make_room(struct room_part *p, uint64_t octets)
{
	struct front *f = p->front;
	enum scope scope;

	while ((scope = scope_of(p, octets)) != SCOPE_NONE) {
		struct room_part *victim = now_ms(p) >= f->look_again_ms ? slowest(p, scope) : NULL;

		if (victim == NULL) {
			if (now_ms(p) >= f->look_again_ms)
				f->look_again_ms = now_ms(p) + LOOK_AGAIN_MS;
			return false;
		}
		log_put(LOG_limit_hit, LOG_C("what", "smtp.data_pace"),
			LOG_C("client", victim->from->text), LOG_U("octets", victim->octets), LOG_END);
		victim->give_way(victim);
		if (victim == p)
			return false;
	}
	return true;
}

bool room_take(struct room_part *p, uint64_t octets)
{
	struct front *f = p->front;

	note_progress(p, octets);
	if (!make_room(p, octets))
		return false;
	p->octets += octets;
	f->in_transit_octets += octets;
	crowd_take_octets(&f->by_address, p->from->key, octets);
	crowd_take_octets(&f->by_network, network_of(p->from), octets);
	return true;
}

void room_give(struct room_part *p)
{
	struct front *f = p->front;

	must(p->octets <= f->in_transit_octets);
	f->in_transit_octets -= p->octets;
	crowd_give_octets(&f->by_address, p->from->key, p->octets);
	crowd_give_octets(&f->by_network, network_of(p->from), p->octets);
	p->octets = 0;
	list_remove(&p->node);
}

bool room_is_likely(const struct room_part *p, uint64_t octets)
{
	enum scope scope = scope_of(p, octets);

	return scope == SCOPE_NONE || slowest(p, scope) != NULL;
}
