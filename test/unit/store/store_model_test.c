/*
 * Random changes against a model so simple that it can be seen to be right: folders are lists of
 * messages, and a session's numbers are a list of uids from which nothing goes before it is told.
 */
#include "harness.h"

#define FOLDERS 3
#define VIEWS   4
#define ROOM    4000

struct model_message {
	uint32_t uid;
	uint8_t flags;
	size_t octets;
	uint8_t keyword;
};

struct model_folder {
	uint32_t id;
	uint32_t uidnext;
	struct model_message at[ROOM];
	size_t count;
};

struct model_view {
	struct folder_view *v;
	size_t folder;
	uint32_t uids[ROOM]; /* as told */
	size_t count;
	uint8_t state[1 << 16]; /* flags and the keyword as told, by uid */
};

static struct harness h;
static struct mailbox *box;
static struct model_folder folders[FOLDERS];
static struct model_view views[VIEWS];
static const char *const names[FOLDERS] = { "INBOX", "Archive", "Junk" };
static uint64_t random_state;
static unsigned disagreements;
static struct arena a;

static uint32_t pick(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % below;
}

static void disagree(const char *what)
{
	disagreements++;
	printf("# disagreement: %s\n", what);
}

static struct model_message *find(struct model_folder *f, uint32_t uid)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->at[i].uid == uid)
			return &f->at[i];
	}
	return NULL;
}

static void add(struct model_folder *f, uint8_t flags, size_t octets, uint8_t keyword)
{
	f->at[f->count++] = (struct model_message){ f->uidnext++, flags, octets, keyword };
	must(f->count < ROOM && f->uidnext < 1 << 16);
}

static void drop(struct model_folder *f, uint32_t uid)
{
	struct model_message *m = find(f, uid);

	must(m);
	memmove(m, m + 1, (size_t)(f->at + --f->count - m) * sizeof(*m));
}

/* A random ascending set of uids, some of which do not exist. */
static struct uid_list some(const struct model_folder *f, uint32_t *uids)
{
	struct uid_list list = { uids, 0 };
	uint32_t step = 1 + pick(6);

	for (uint32_t uid = 1 + pick(step); uid < f->uidnext && list.count < 200;
		uid += 1 + pick(step))
		uids[list.count++] = uid;
	return list;
}

static void finish(const struct outcome *o)
{
	harness_run(&h);
	if (o->calls != 1 || o->err != ERR_OK)
		disagree("a change failed");
}

static void do_append(struct model_folder *f)
{
	static const char octets[] = "some octets of a message that is longer or shorter";
	static const struct str keyword = S_INIT("Work");
	struct outcome o = { 0 };
	struct append_request r = { .folder = f->id,
		.flags = (uint8_t)pick(32),
		.keywords = &keyword,
		.keywords_count = pick(2),
		.date = 1,
		.octets = str_make(octets, 1 + pick(sizeof(octets) - 1)) };

	r.record = harness_record(&a, r.octets);
	mailbox_append(box, &r, outcome_put, &o);
	finish(&o);
	if (o.count != 1 || o.new_uids[0] != f->uidnext)
		disagree("append's uid");
	add(f, r.flags, r.octets.len, (uint8_t)r.keywords_count);
}

static void do_flags(struct model_folder *f)
{
	static const struct str keyword = S_INIT("work");
	struct outcome o = { 0 };
	uint32_t uids[200];
	struct flags_request r = { .folder = f->id,
		.list = some(f, uids),
		.mode = (enum flags_mode)pick(3),
		.flags = (uint8_t)pick(32),
		.keywords = &keyword,
		.keywords_count = pick(2) };
	size_t changed = 0;

	mailbox_flags(box, &r, outcome_put, &o);
	finish(&o);
	for (size_t i = 0; i < r.list.count; i++) {
		struct model_message *m = find(f, uids[i]), was;

		if (!m)
			continue;
		was = *m;
		if (r.mode == FLAGS_SET) {
			m->flags = r.flags;
			m->keyword = (uint8_t)r.keywords_count;
		} else if (r.mode == FLAGS_ADD) {
			m->flags |= r.flags;
			m->keyword |= (uint8_t)r.keywords_count;
		} else {
			m->flags = (uint8_t)(m->flags & ~r.flags);
			m->keyword = r.keywords_count ? 0 : m->keyword;
		}
		if (m->flags == was.flags && m->keyword == was.keyword)
			continue;
		if (changed >= o.count || o.uids[changed] != m->uid)
			disagree("which messages changed");
		changed++;
	}
	if (changed != o.count)
		disagree("how many messages changed");
}

static void do_copy(struct model_folder *f, struct model_folder *to, bool move)
{
	struct outcome o = { 0 };
	uint32_t uids[200];
	struct copy_request r = { f->id, to->id, some(f, uids) };
	size_t n = 0;

	if (move)
		mailbox_move(box, &r, outcome_put, &o);
	else
		mailbox_copy(box, &r, outcome_put, &o);
	finish(&o);
	for (size_t i = 0; i < r.list.count; i++) {
		struct model_message *m = find(f, uids[i]), was;

		if (!m)
			continue;
		was = *m;
		if (move)
			drop(f, uids[i]);
		if (n >= o.count || o.uids[n] != uids[i] || o.new_uids[n] != to->uidnext)
			disagree("uids of a copy");
		add(to, was.flags, was.octets, was.keyword);
		n++;
	}
	if (n != o.count)
		disagree("count of a copy");
}

static void do_expunge(struct model_folder *f)
{
	struct outcome o = { 0 };
	uint32_t uids[200];
	struct expunge_request r = {
		.folder = f->id, .all = pick(2) == 0, .deleted_only = true, .for_good = pick(2) == 0
	};

	if (!r.all)
		r.list = some(f, uids);
	mailbox_expunge(box, &r, outcome_put, &o);
	finish(&o);
	for (size_t i = 0; i < o.count; i++) {
		struct model_message *m = find(f, o.uids[i]);

		if (!m || !(m->flags & ITEM_DELETED))
			disagree("expunged what was not to be");
		else
			drop(f, o.uids[i]);
	}
	for (size_t i = 0; r.all && i < f->count; i++) {
		if (f->at[i].flags & ITEM_DELETED)
			disagree("not expunged what was to be");
	}
}

/* ---- views ---- */

static uint8_t state_of(const struct model_message *m)
{
	return (uint8_t)(m->flags | m->keyword << 7);
}

static void told(void *arg, const struct view_event *e)
{
	struct model_view *mv = arg;
	struct model_folder *f = &folders[mv->folder];

	switch (e->kind) {
	case VIEW_EXPUNGE:
		if (e->seq == 0 || e->seq > mv->count || mv->uids[e->seq - 1] != e->uid ||
			find(f, e->uid))
			disagree("EXPUNGE");
		else
			memmove(mv->uids + e->seq - 1, mv->uids + e->seq,
				(--mv->count - e->seq + 1) * sizeof(uint32_t));
		break;
	case VIEW_FLAGS:
		if (e->seq == 0 || e->seq > mv->count || mv->uids[e->seq - 1] != e->uid)
			disagree("FLAGS");
		else
			mv->state[e->uid] =
				(uint8_t)(e->item->flags | (item_keyword(e->item, 0) ? 0x80 : 0));
		break;
	case VIEW_EXISTS:
		for (size_t i = 0; i < f->count; i++) {
			if (mv->count == 0 || f->at[i].uid > mv->uids[mv->count - 1]) {
				mv->uids[mv->count++] = f->at[i].uid;
				mv->state[f->at[i].uid] = state_of(&f->at[i]);
			}
		}
		if (e->seq != mv->count)
			disagree("EXISTS");
		break;
	case VIEW_RECENT:
		break;
	}
}

static void compare_view(struct model_view *mv)
{
	struct model_folder *f = &folders[mv->folder];

	if (view_count(mv->v) != mv->count)
		disagree("a view's count");
	for (uint32_t seq = 1; seq <= mv->count; seq++) {
		const struct item *it = view_item(mv->v, seq);
		const struct model_message *m = find(f, mv->uids[seq - 1]);

		if (!it || it->uid != mv->uids[seq - 1] || view_seq(mv->v, it->uid) != seq) {
			disagree("a view's number");
			return;
		}
		if (view_item_gone(mv->v, seq) != (m == NULL))
			disagree("whether a message is gone");
		if (m && (m->flags != it->flags || m->octets != it->octets ||
				 m->keyword != item_keyword(it, 0)))
			disagree("a message's state");
	}
}

static void open_view(struct model_view *mv)
{
	struct view_options vo = { 0 };

	mv->folder = pick(FOLDERS);
	vo.folder = folders[mv->folder].id;
	must(view_open(box, &vo, &mv->v) == ERR_OK);
	mv->count = folders[mv->folder].count;
	for (size_t i = 0; i < mv->count; i++) {
		mv->uids[i] = folders[mv->folder].at[i].uid;
		mv->state[mv->uids[i]] = state_of(&folders[mv->folder].at[i]);
	}
}

/* Every change of flags was told. */
static void compare_told(struct model_view *mv)
{
	struct model_folder *f = &folders[mv->folder];

	for (size_t i = 0; i < f->count; i++) {
		if (mv->state[f->at[i].uid] != state_of(&f->at[i])) {
			disagree("flags as told");
			return;
		}
	}
}

static void do_view(void)
{
	struct model_view *mv = &views[pick(VIEWS)];

	if (!mv->v) {
		open_view(mv);
	} else if (pick(8) == 0) {
		view_close(mv->v);
		mv->v = NULL;
		return;
	} else {
		view_sync(mv->v, pick(2) == 0, told, mv);
		compare_told(mv);
	}
	compare_view(mv);
}

static void compare_all(void)
{
	for (size_t i = 0; i < FOLDERS; i++) {
		struct model_folder *f = &folders[i];
		struct folder_info info = { 0 };
		uint32_t unseen = 0, deleted = 0;
		uint64_t octets = 0;

		for (size_t k = 0; k < f->count; k++) {
			unseen += !(f->at[k].flags & ITEM_SEEN);
			deleted += (f->at[k].flags & ITEM_DELETED) != 0;
			octets += f->at[k].octets;
		}
		if (folder_by_id(box, f->id, &info) != ERR_OK || info.messages != f->count ||
			info.unseen != unseen || info.deleted != deleted || info.octets != octets ||
			info.uidnext != f->uidnext)
			disagree("a folder's counters");
	}
	for (size_t i = 0; i < VIEWS; i++) {
		if (views[i].v)
			compare_view(&views[i]);
	}
}

static void reopen(const struct mailbox_limits *limits)
{
	for (size_t i = 0; i < VIEWS; i++) {
		view_close(views[i].v);
		views[i].v = NULL;
	}
	mailbox_unref(box);
	harness_reopen(&h);
	if (harness_verify(&h) != ERR_OK)
		disagree("verification");
	must(store_mailbox_open(h.store, 1, limits, &box) == ERR_OK);
}

static void act(void)
{
	struct model_folder *f = &folders[pick(FOLDERS)], *to = &folders[pick(FOLDERS)];

	switch (pick(f->count > 300 ? 12 : 10)) {
	case 0:
	case 1:
		do_append(f);
		break;
	case 2:
		if (harness_deliver(&h, 1, S("delivered")) != ERR_OK)
			disagree("delivery");
		add(&folders[0], 0, 9, 0);
		break;
	case 3:
		do_flags(f);
		break;
	case 4:
		if (to->count < 300)
			do_copy(f, to, false);
		break;
	case 5:
		do_copy(f, to, true);
		break;
	case 6:
	case 10:
	case 11:
		do_expunge(f);
		break;
	default:
		do_view();
	}
}

static void play(uint64_t seed, unsigned steps, bool journal)
{
	struct mailbox_limits limits = { .retention_days = 3 };
	struct folder_info info;

	random_state = seed;
	memset(folders, 0, sizeof(folders));
	memset(views, 0, sizeof(views));
	harness_open(&h, journal);
	must(store_mailbox_open(h.store, 1, &limits, &box) == ERR_OK);
	for (size_t i = 0; i < FOLDERS; i++) {
		must(folder_find(box, str_from_c(names[i]), &info) == ERR_OK);
		folders[i].id = info.id;
		folders[i].uidnext = 1;
	}
	for (unsigned step = 0; step < steps && disagreements == 0; step++) {
		arena_init(&a, ARENA_NONE);
		act();
		if (pick(20) == 0)
			compare_all();
		if (pick(100) == 0)
			reopen(&limits);
		arena_done(&a);
	}
	reopen(&limits);
	compare_all();
	mailbox_unref(box);
	harness_close(&h);
	OK(disagreements == 0, "seed %llu: %u steps agree with the model", (unsigned long long)seed,
		steps);
}

int main(void)
{
	for (uint64_t seed = 1; seed <= 12 && disagreements == 0; seed++)
		play(seed, 600, seed % 4 == 0);
	return tap_done();
}
