/*
 * Random command sequences against a reference model. A sequence is an array of small operations made from a seed; a
 * protocol's file says how one is made and runs the sequence against the server's own code and a model of it, written from
 * the RFC alone. Where the two part, the sequence is cut down to what is needed for that and told as a dialogue.
 *
 * MODEL_COMMANDS how many operations (default 6000), MODEL_SEED (default 1), MODEL_SEQUENCE only this sequence, told.
 */
#pragma once

#include <stdlib.h>

#include "tap.h"

#define MODEL_OPS_MAX 80

struct model_op {
	uint8_t kind, a, b, c;
};

struct model {
	const char *name;
	unsigned ops_max; /* of a sequence */
	void (*make)(struct model_op *ret);
	/* How many were done before the end, or before the two parted. tell: print every operation as a comment. */
	size_t (*run)(const struct model_op *ops, size_t count, bool tell, bool *ret_agrees);
};

static uint64_t model_state;

static inline uint32_t model_random(uint32_t below)
{
	model_state = model_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((model_state >> 33) % below);
}

static inline size_t model_sequence(const struct model *m, uint64_t seed, uint64_t number, struct model_op *ops)
{
	size_t count;

	model_state = seed * 0x9e3779b97f4a7c15u + number * 0xbf58476d1ce4e5b9u;
	model_random(2);
	count = 1 + model_random(m->ops_max);
	for (size_t i = 0; i < count; i++)
		m->make(&ops[i]);
	return count;
}

/* Leaves out, in ever smaller pieces, what is not needed for the two to part. */
static inline size_t model_shorten(const struct model *m, struct model_op *ops, size_t count)
{
	struct model_op less[MODEL_OPS_MAX];
	bool agrees;

	for (size_t piece = count / 2; piece > 0; piece = piece > 1 ? piece / 2 : 0) {
		for (size_t at = 0; at + piece <= count;) {
			memcpy(less, ops, at * sizeof(*ops));
			memcpy(less + at, ops + at + piece, (count - at - piece) * sizeof(*ops));
			m->run(less, count - piece, false, &agrees);
			if (agrees) {
				at += piece;
				continue;
			}
			count -= piece;
			memcpy(ops, less, count * sizeof(*ops));
		}
	}
	return count;
}

static inline uint64_t model_setting(const char *name, uint64_t standard)
{
	const char *given = getenv(name);

	return given ? strtoull(given, NULL, 10) : standard;
}

static inline void model_tell(const struct model *m, struct model_op *ops, size_t count, uint64_t number)
{
	bool agrees;

	count = model_shorten(m, ops, count);
	printf("# the shortest sequence, %zu commands:\n", count);
	m->run(ops, count, true, &agrees);
	printf("# again: MODEL_SEED=%llu MODEL_SEQUENCE=%llu build/test/model/%s_model\n",
		(unsigned long long)model_setting("MODEL_SEED", 1), (unsigned long long)number, m->name);
}

static inline int model_main(const struct model *m)
{
	uint64_t wanted = model_setting("MODEL_COMMANDS", 6000), seed = model_setting("MODEL_SEED", 1);
	uint64_t first = model_setting("MODEL_SEQUENCE", 0), number = first, commands = 0;
	bool one = getenv("MODEL_SEQUENCE") != NULL;
	struct model_op ops[MODEL_OPS_MAX];
	bool good = true;

	must(m->ops_max <= MODEL_OPS_MAX);
	for (; good && commands < wanted && (!one || number == first); number++) {
		size_t count = model_sequence(m, seed, number, ops);

		commands += m->run(ops, count, one, &good);
		if (!good && !one)
			model_tell(m, ops, count, number);
	}
	OK(good, "%s: %llu commands in %llu sequences, seed %llu: server and model agree", m->name, (unsigned long long)commands,
		(unsigned long long)(number - first), (unsigned long long)seed);
	return tap_done();
}
