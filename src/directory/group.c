#include "directory/group.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

/* Breadth first, each group once, upwards (the groups that have it) or downwards (the groups in it). */
struct walk {
	struct directory *directory;
	struct arena *arena;
	bool down;
	struct map seen;
	uint64_t at[GROUP_CLOSURE_MAX];
	size_t count, depth;
};

static char mark;

static enum err keep(struct walk *w, uint64_t id)
{
	if (map_get(&w->seen, id) != NULL)
		return ERR_OK;
	if (w->count == GROUP_CLOSURE_MAX)
		return ERR_LIMIT;
	map_put(&w->seen, id, &mark);
	w->at[w->count++] = id;
	return ERR_OK;
}

static enum err keep_members(struct walk *w, uint64_t id)
{
	struct entry group, e;
	enum err err = directory_get(w->directory, ENTRY_GROUP, id, w->arena, &group);

	if (err != ERR_OK) /* an account has none */
		return err == ERR_NOTFOUND ? ERR_OK : err;
	for (size_t i = 0; err == ERR_OK && i < group.group.members.count; i++) {
		err = directory_get(w->directory, ENTRY_NONE, group.group.members.at[i], w->arena, &e);
		if (err == ERR_OK && e.kind == ENTRY_GROUP)
			err = keep(w, e.id);
		else if (err == ERR_NOTFOUND)
			err = ERR_OK;
	}
	return err;
}

static enum err keep_holders(struct walk *w, uint64_t id)
{
	struct entry_ids holders;
	enum err e = directory_groups_with(w->directory, id, w->arena, GROUP_CLOSURE_MAX + 1, &holders);

	for (size_t i = 0; e == ERR_OK && i < holders.count; i++)
		e = keep(w, holders.at[i]);
	return e;
}

static enum err next_of(struct walk *w, uint64_t id)
{
	return w->down ? keep_members(w, id) : keep_holders(w, id);
}

/* at: all but the beginning; depth: how many levels there are of them. */
static enum err walk(struct walk *w, uint64_t from)
{
	size_t begin = 0, end;
	enum err e;

	map_init(&w->seen);
	w->count = w->depth = 0;
	map_put(&w->seen, from, &mark);
	e = next_of(w, from);
	while (e == ERR_OK && begin < w->count && w->depth <= GROUP_DEPTH_MAX) {
		w->depth++;
		end = w->count;
		for (; e == ERR_OK && begin < end; begin++)
			e = next_of(w, w->at[begin]);
	}
	map_done(&w->seen);
	return e;
}

static int compare(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

enum err group_closure(struct directory *d, uint64_t member, struct arena *a, struct entry_ids *ret)
{
	struct walk *w = MEM_NEW(struct walk);
	struct arena scratch;
	uint64_t *at;
	enum err e;

	arena_init(&scratch, ARENA_NONE);
	w->directory = d;
	w->arena = &scratch;
	e = walk(w, member);
	if (e == ERR_OK) {
		at = arena_take(a, w->count * sizeof(*at) + 1);
		if (w->count > 0)
			memcpy(at, w->at, w->count * sizeof(*at));
		qsort(at, w->count, sizeof(*at), compare);
		*ret = (struct entry_ids){ at, w->count };
	}
	arena_done(&scratch);
	mem_free(w);
	return e;
}

static bool group_is(struct directory *d, uint64_t id, struct arena *a)
{
	struct entry e;

	return directory_get(d, ENTRY_GROUP, id, a, &e) == ERR_OK;
}

enum err group_may_have(struct directory *d, uint64_t group, uint64_t member, struct arena *a)
{
	struct walk *up = MEM_NEW(struct walk), *down = MEM_NEW(struct walk);
	enum err e;

	up->directory = down->directory = d;
	up->arena = down->arena = a;
	down->down = true;
	e = group == member ? ERR_CONFLICT : walk(up, group);
	for (size_t i = 0; e == ERR_OK && i < up->count; i++)
		e = up->at[i] == member ? ERR_CONFLICT : ERR_OK;
	if (e == ERR_OK)
		e = walk(down, member);
	/* Those above, the group itself, the member and those below it. */
	if (e == ERR_OK && up->depth + down->depth + 2 > GROUP_DEPTH_MAX && group_is(d, member, a))
		e = ERR_LOOP;
	mem_free(up);
	mem_free(down);
	return e;
}
