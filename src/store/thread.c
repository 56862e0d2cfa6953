#include "store/thread.h"

#include "base/mem.h"
#include "base/str.h"

/* A message without its references; they lie in one array of all. */
struct message {
	uint64_t id, subject;
	size_t refs;
	int64_t date;
	uint16_t refs_count;
	bool reply;
};

/* From hashes to nodes: open addressing, never more than half full. */
struct slot {
	uint64_t hash; /* 0: free */
	uint32_t node;
};

struct hashes {
	struct slot *slots;
	size_t mask;
};

enum stage { ADDING, SORTING, NAMING, LINKING, LIFTING, ROOTING, GATHERING, MERGING, LISTING, STANDING };

/*
 * Nodes below `count` are messages; those from there on stand for messages that are not here. parent: as the references
 * say, nodes of both kinds. up: as it is told: a message, a dummy at the top, or none.
 */
struct thread {
	bool references;
	enum stage stage;
	size_t at; /* in the stage */
	struct message *messages;
	uint32_t count;
	size_t room;
	uint64_t *refs;
	size_t refs_count, refs_room;
	struct merge merge; /* messages by date */
	struct hashes names;
	uint32_t nodes, nodes_max;
	uint32_t *parent, *up, *first, *next;
	uint32_t *into; /* a dummy that became part of another one */
	uint32_t *kids; /* of dummies at the top */
	uint32_t *roots;
	uint32_t roots_count;
	uint32_t root, node; /* of the walk */
	bool fresh, entered, leaving;
};

/* ---- hashes ---- */

static void hashes_init(struct hashes *h, size_t most)
{
	size_t slots = 16;

	while (slots < 2 * most + 2)
		slots *= 2;
	mem_free(h->slots);
	h->slots = mem_new(slots * sizeof(*h->slots));
	h->mask = slots - 1;
}

/* The node of that hash, which may be THREAD_NONE and be set. */
static uint32_t *hashes_node(struct hashes *h, uint64_t hash)
{
	size_t i = (size_t)hash & h->mask;

	while (h->slots[i].hash != 0 && h->slots[i].hash != hash)
		i = (i + 1) & h->mask;
	if (h->slots[i].hash == 0)
		h->slots[i] = (struct slot){ hash, THREAD_NONE };
	return &h->slots[i].node;
}

/* ---- adding ---- */

struct thread *thread_new(bool references)
{
	struct thread *t = MEM_NEW(struct thread);

	t->references = references;
	t->fresh = true;
	return t;
}

void thread_free(struct thread *t)
{
	if (t == NULL)
		return;
	merge_done(&t->merge);
	mem_free(t->messages);
	mem_free(t->refs);
	mem_free(t->names.slots);
	mem_free(t->parent);
	mem_free(t->up);
	mem_free(t->first);
	mem_free(t->next);
	mem_free(t->into);
	mem_free(t->kids);
	mem_free(t->roots);
	mem_free(t);
}

void thread_add(struct thread *t, const struct thread_message *m)
{
	must(t->stage == ADDING && m->refs_count <= THREAD_REFS_MAX && t->count < THREAD_NONE / 64);
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->messages = mem_resize(t->messages, t->room * sizeof(*t->messages));
	}
	if (t->refs_room - t->refs_count < THREAD_REFS_MAX) {
		t->refs_room = t->refs_room ? t->refs_room * 2 : 256;
		t->refs = mem_resize(t->refs, t->refs_room * sizeof(*t->refs));
	}
	if (m->refs_count > 0)
		memcpy(t->refs + t->refs_count, m->refs, m->refs_count * sizeof(*t->refs));
	t->messages[t->count++] = (struct message){ .id = m->id,
		.subject = m->subject,
		.refs = t->refs_count,
		.date = m->date,
		.refs_count = (uint16_t)m->refs_count,
		.reply = m->reply };
	t->refs_count += m->refs_count;
}

static uint32_t *nodes_new(size_t count)
{
	uint32_t *nodes = mem_new((count + 1) * sizeof(*nodes));

	memset(nodes, 0xff, (count + 1) * sizeof(*nodes));
	return nodes;
}

static void begin(struct thread *t)
{
	struct merge_row *rows = mem_new((t->count + 1) * sizeof(*rows));

	for (uint32_t i = 0; i < t->count; i++)
		rows[i] = (struct merge_row){ t->messages[i].date, i };
	merge_init(&t->merge, rows, t->count);
	/* Dummies of references, and those that gather threads of one subject. */
	t->nodes_max = t->count + (t->references ? (uint32_t)t->refs_count + t->count : 0);
	t->nodes = t->count;
	t->parent = nodes_new(t->nodes_max);
	t->up = nodes_new(t->count);
	t->first = nodes_new(t->nodes_max);
	t->next = nodes_new(t->count);
	t->into = nodes_new(t->nodes_max);
	t->kids = mem_new((t->nodes_max + 1) * sizeof(*t->kids));
	t->roots = nodes_new(t->count);
	hashes_init(&t->names, t->references ? t->count + t->refs_count : t->count);
}

/* ---- references ---- */

/* The first message of an id has it; later ones are as without. */
static void name_one(struct thread *t, uint32_t i)
{
	uint32_t *node;

	if (t->messages[i].id == 0)
		return;
	node = hashes_node(&t->names, t->messages[i].id);
	if (*node == THREAD_NONE)
		*node = i;
}

static bool may_link(const struct thread *t, uint32_t parent, uint32_t child)
{
	for (unsigned n = 0; n < THREAD_DEPTH_MAX; n++) {
		if (parent == child)
			return false;
		parent = t->parent[parent];
		if (parent == THREAD_NONE)
			return true;
	}
	return false;
}

static void link_one(struct thread *t, uint32_t i)
{
	const struct message *m = &t->messages[i];
	uint32_t before = THREAD_NONE;

	for (unsigned n = 0; n < m->refs_count; n++) {
		uint32_t *node = hashes_node(&t->names, t->refs[m->refs + n]);

		if (*node == THREAD_NONE)
			*node = t->nodes++;
		if (before != THREAD_NONE && t->parent[*node] == THREAD_NONE && may_link(t, before, *node))
			t->parent[*node] = before;
		before = *node;
	}
	t->parent[i] = THREAD_NONE;
	if (before != THREAD_NONE && may_link(t, before, i))
		t->parent[i] = before;
}

/* Step 3: the next message above, or the dummy at the top when there is none. */
static void lift_one(struct thread *t, uint32_t i)
{
	uint32_t above = t->parent[i];

	for (unsigned n = 0; n < THREAD_DEPTH_MAX && above != THREAD_NONE && above >= t->count &&
			     t->parent[above] != THREAD_NONE;
		n++)
		above = t->parent[above];
	t->up[i] = above;
	if (above != THREAD_NONE && above >= t->count)
		t->kids[above]++;
}

static bool is_dummy(const struct thread *t, uint32_t node)
{
	return node != THREAD_NONE && node >= t->count;
}

/* Step 4. A dummy stands where its first child does. One with an only child is none. */
static void root_one(struct thread *t, uint32_t i)
{
	uint32_t top = t->up[i];

	if (is_dummy(t, top) && t->kids[top] == 1)
		top = t->up[i] = THREAD_NONE;
	if (top == THREAD_NONE) {
		t->roots[t->roots_count++] = i;
	} else if (is_dummy(t, top) && t->first[top] == THREAD_NONE) {
		t->first[top] = i;
		t->roots[t->roots_count++] = top;
	}
}

/* ---- subjects ---- */

static uint64_t subject_of(const struct thread *t, uint32_t root)
{
	return t->messages[is_dummy(t, root) ? t->first[root] : root].subject;
}

/* Step 5 B. */
static void gather_one(struct thread *t, uint32_t root)
{
	uint64_t subject = subject_of(t, root);
	uint32_t *held;

	if (subject == 0)
		return;
	held = hashes_node(&t->names, subject);
	if (*held == THREAD_NONE)
		*held = root;
	else if (!is_dummy(t, *held) &&
		 (is_dummy(t, root) || (t->messages[*held].reply && !t->messages[root].reply)))
		*held = root;
}

/* Step 5 C. */
static void merge_one(struct thread *t, uint32_t root)
{
	uint64_t subject = subject_of(t, root);
	uint32_t *held = subject != 0 ? hashes_node(&t->names, subject) : NULL;

	if (held == NULL || *held == root)
		return;
	if (is_dummy(t, *held) && is_dummy(t, root)) {
		t->into[root] = *held;
	} else if (is_dummy(t, *held) || (t->messages[root].reply && !t->messages[*held].reply)) {
		t->up[root] = *held;
	} else {
		must(t->nodes < t->nodes_max);
		t->up[root] = t->up[*held] = t->nodes;
		*held = t->nodes++;
	}
}

/* ORDEREDSUBJECT: the oldest of a subject, and below it all others. */
static void order_one(struct thread *t, uint32_t i)
{
	uint64_t subject = t->messages[i].subject;
	uint32_t *held = hashes_node(&t->names, subject ? subject : 1);

	if (*held == THREAD_NONE)
		*held = i;
	else
		t->up[i] = *held;
}

/* ---- lists ---- */

/* From the youngest to the oldest, so that lists are ascending. */
static void list_one(struct thread *t, uint32_t i)
{
	uint32_t above = t->up[i];

	if (is_dummy(t, above) && t->into[above] != THREAD_NONE)
		above = t->up[i] = t->into[above];
	if (above == THREAD_NONE)
		return;
	t->next[i] = t->first[above];
	t->first[above] = i;
}

static void list_root(struct thread *t, uint32_t i)
{
	uint32_t above = t->up[i];

	if (above == THREAD_NONE)
		t->roots[t->roots_count++] = i;
	else if (is_dummy(t, above) && t->first[above] == i)
		t->roots[t->roots_count++] = above;
}

static void list_all(struct thread *t)
{
	t->roots_count = 0;
	memset(t->first, 0xff, ((size_t)t->nodes_max + 1) * sizeof(*t->first));
}

/* ---- stages ---- */

static uint32_t by_date(const struct thread *t, size_t n)
{
	return t->merge.rows[n].at;
}

static size_t stage_end(const struct thread *t)
{
	if (t->stage == GATHERING || t->stage == MERGING)
		return t->roots_count;
	return t->stage == LISTING ? 2 * (size_t)t->count : t->count;
}

static void stage_one(struct thread *t, size_t n)
{
	switch (t->stage) {
	case NAMING:
		if (t->references)
			name_one(t, (uint32_t)n);
		else
			order_one(t, by_date(t, n));
		break;
	case LINKING:
		link_one(t, (uint32_t)n);
		break;
	case LIFTING:
		lift_one(t, (uint32_t)n);
		break;
	case ROOTING:
		root_one(t, by_date(t, n));
		break;
	case GATHERING:
		gather_one(t, t->roots[n]);
		break;
	case MERGING:
		merge_one(t, t->roots[n]);
		break;
	case LISTING:
		if (n < t->count)
			list_one(t, by_date(t, t->count - 1 - n));
		else
			list_root(t, by_date(t, n - t->count));
		break;
	case ADDING:
	case SORTING:
	case STANDING:
		break;
	}
}

static void stage_over(struct thread *t)
{
	t->at = 0;
	t->stage = t->stage == NAMING && !t->references ? LISTING : t->stage + 1;
	if (t->stage == GATHERING)
		hashes_init(&t->names, t->roots_count);
	if (t->stage == LISTING)
		list_all(t);
}

bool thread_step(struct thread *t, size_t work)
{
	if (t->stage == ADDING) {
		begin(t);
		stage_over(t);
	}
	if (t->stage == SORTING && merge_step(&t->merge, work, NULL, NULL))
		stage_over(t);
	for (; t->stage > SORTING && t->stage < STANDING && work > 0; work--) {
		if (t->at < stage_end(t))
			stage_one(t, t->at++);
		else
			stage_over(t);
	}
	return t->stage == STANDING;
}

/* ---- the walk ---- */

static uint32_t above(const struct thread *t, uint32_t node)
{
	return is_dummy(t, node) ? THREAD_NONE : t->up[node];
}

/* In brackets of its own: the top of a thread, and who has siblings. */
static bool is_bracketed(const struct thread *t, uint32_t node)
{
	uint32_t parent = above(t, node);

	return parent == THREAD_NONE || t->first[parent] != node || t->next[node] != THREAD_NONE;
}

/* Behind a node and all below it. */
static void go_on(struct thread *t)
{
	uint32_t parent = above(t, t->node);

	t->entered = false;
	if (parent == THREAD_NONE) {
		t->leaving = false;
		t->fresh = true;
		t->root++;
		return;
	}
	t->leaving = t->next[t->node] == THREAD_NONE;
	t->node = t->leaving ? parent : t->next[t->node];
}

/* Down, or to the end of what has nothing below it. */
static void go_down(struct thread *t)
{
	uint32_t child = t->first[t->node];

	t->entered = false;
	t->leaving = child == THREAD_NONE;
	if (child != THREAD_NONE)
		t->node = child;
}

enum thread_token thread_next(struct thread *t, uint32_t *ret_message)
{
	must(t->stage == STANDING);
	while (t->root < t->roots_count) {
		if (t->leaving) {
			bool closes = is_bracketed(t, t->node);

			go_on(t);
			if (closes)
				return THREAD_CLOSE;
			continue;
		}
		if (t->fresh)
			t->node = t->roots[t->root];
		t->fresh = false;
		if (!t->entered && is_bracketed(t, t->node)) {
			t->entered = true;
			return THREAD_OPEN;
		}
		*ret_message = t->node;
		go_down(t);
		if (!is_dummy(t, *ret_message))
			return THREAD_MESSAGE;
	}
	return THREAD_END;
}
