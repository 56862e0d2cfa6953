#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "fiber.h"
#include "imap_talk.h"
#include "mail.h"
#include "server.h"
#include "world.h"
#include "wrap.h"

#define OPS_MAX    14
#define CHOSEN_MAX 6
#define OWN_MAX    3

/* A session and the folders that this step makes. */
struct mind {
	struct imap imap;
	struct step *step;
	struct model_folder *own[OWN_MAX];
	size_t own_count;
	unsigned names;
};

struct chosen {
	uint32_t uids[CHOSEN_MAX];
	size_t count;
	char text[CHOSEN_MAX * 12];
};

static enum outcome outcome_of(enum imap_answer a)
{
	return a == IMAP_OK ? OUTCOME_DONE : a == IMAP_NO ? OUTCOME_REFUSED : OUTCOME_UNKNOWN;
}

/* Some of what the session sees and the model knows. */
static bool choose(struct mind *m, struct chosen *c)
{
	size_t used = 0;

	*c = (struct chosen){ 0 };
	for (uint32_t n = 1; n <= m->imap.count && c->count < CHOSEN_MAX; n++) {
		const struct seen *row = &m->imap.view[n];

		if (row->uid == 0 || row->token == 0 || !dice_in(&m->step->dice, 3))
			continue;
		used += (size_t)snprintf(c->text + used, sizeof(c->text) - used, "%s%u", c->count > 0 ? "," : "", row->uid);
		c->uids[c->count++] = row->uid;
	}
	return c->count > 0;
}

static struct model_folder *any_folder(struct mind *m)
{
	size_t n = (size_t)dice_throw(&m->step->dice, m->own_count + 1);

	return n < m->own_count && model_folder_is_sure(m->own[n]) ? m->own[n] : model_folder(m->step->user, "INBOX");
}

static enum imap_answer op_append(struct mind *m)
{
	struct model_folder *to = any_folder(m);
	uint32_t token = model_token(), uid;
	enum imap_answer a;

	model_add_asked(to, token);
	a = imap_append(&m->imap, model_folder_name(to), token, &uid);
	if (a == IMAP_OK && uid == 0)
		violate("protocol", "%s: APPEND without APPENDUID", m->imap.talk.name);
	model_add_told(to, token, outcome_of(a), uid);
	return a;
}

static enum imap_answer store(struct mind *m, const struct chosen *c, enum flag flag, bool on)
{
	enum imap_answer a;

	for (size_t i = 0; i < c->count; i++)
		model_flag_asked(m->imap.folder, c->uids[i], flag);
	a = imap_ask(&m->imap, "UID STORE %s %cFLAGS%s (%s)", c->text, on ? '+' : '-', dice_in(&m->step->dice, 2) ? ".SILENT" : "",
		model_flag_name(flag));
	for (size_t i = 0; i < c->count; i++)
		model_flag_told(m->imap.folder, c->uids[i], flag, on, outcome_of(a));
	return a;
}

static enum imap_answer op_flags(struct mind *m)
{
	struct chosen c;

	if (!choose(m, &c))
		return IMAP_OK;
	return store(m, &c, (enum flag)dice_throw(&m->step->dice, FLAG_COUNT), dice_throw(&m->step->dice, 3) > 0);
}

static enum imap_answer op_expunge(struct mind *m)
{
	struct chosen c;
	enum imap_answer a;
	bool sure[CHOSEN_MAX];

	if (!choose(m, &c))
		return IMAP_OK;
	a = store(m, &c, FLAG_DELETED, true);
	if (a != IMAP_OK)
		return a;
	for (size_t i = 0; i < c.count; i++) {
		sure[i] = model_flag_is(m->imap.folder, c.uids[i], FLAG_DELETED);
		model_remove_asked(m->imap.folder, c.uids[i]);
	}
	a = imap_ask(&m->imap, "UID EXPUNGE %s", c.text);
	for (size_t i = 0; a == IMAP_OK && i < c.count; i++) {
		if (sure[i] && model_flag_is(m->imap.folder, c.uids[i], FLAG_DELETED))
			model_gone(m->imap.folder, c.uids[i]);
	}
	return a;
}

/* The n-th number of a set such as "4:6,9"; 0: it has not so many. */
static uint32_t nth_of_set(struct str set, size_t n)
{
	struct str part;

	while (set.len > 0) {
		uint32_t from = 0, to = 0;
		size_t colon;

		if (!str_cut(&set, ',', &part)) {
			part = set;
			set = STR_NONE;
		}
		colon = str_find(part, ':');
		if (!str_u32(str_sub(part, 0, colon == STR_NPOS ? part.len : colon), UINT32_MAX, &from))
			return 0;
		to = from;
		if (colon != STR_NPOS && !str_u32(str_skip(part, colon + 1), UINT32_MAX, &to))
			return 0;
		if (n <= to - from)
			return from + (uint32_t)n;
		n -= to - from + 1;
	}
	return 0;
}

/* What COPYUID says of one source: its uid in the target; 0: it was not there any more. */
static uint32_t copied_to(struct str code, uint32_t source)
{
	struct str validity, from, to = code;

	if (!str_cut(&to, ' ', &validity) || !str_cut(&to, ' ', &from))
		return 0;
	for (size_t n = 0;; n++) {
		uint32_t uid = nth_of_set(from, n);

		if (uid == 0 || uid == source)
			return uid == 0 ? 0 : nth_of_set(to, n);
	}
}

static enum imap_answer transfer(struct mind *m, bool move)
{
	struct model_folder *from = m->imap.folder, *to = any_folder(m);
	uint32_t tokens[CHOSEN_MAX];
	struct chosen c;
	struct str code;
	enum imap_answer a;

	if (!choose(m, &c))
		return IMAP_OK;
	for (size_t i = 0; i < c.count; i++) {
		tokens[i] = model_token_of(from, c.uids[i]);
		model_copy_asked(to, tokens[i]);
		if (move)
			model_remove_asked(from, c.uids[i]);
	}
	a = imap_ask(&m->imap, "UID %s %s %s", move ? "MOVE" : "COPY", c.text, model_folder_name(to));
	/* A MOVE that is refused may have moved some. */
	if (a == IMAP_LOST || (a == IMAP_NO && move))
		return a;
	code = imap_code(&m->imap, move);
	for (size_t i = 0; i < c.count; i++) {
		uint32_t uid = a == IMAP_OK ? copied_to(code, c.uids[i]) : 0;

		model_add_told(to, tokens[i], uid != 0 ? OUTCOME_DONE : OUTCOME_REFUSED, uid);
		if (move && uid != 0)
			model_gone(from, c.uids[i]);
	}
	return a;
}

static enum imap_answer op_copy(struct mind *m)
{
	return transfer(m, false);
}

static enum imap_answer op_move(struct mind *m)
{
	return transfer(m, true);
}

static enum imap_answer op_create(struct mind *m)
{
	struct model_folder *f;
	char name[32];
	enum imap_answer a;

	if (m->own_count == OWN_MAX)
		return IMAP_OK;
	snprintf(name, sizeof(name), "c%u-%u", m->step->number, dice_in(&m->step->dice, 3) ? 0 : ++m->names);
	if (model_folder(m->step->user, name) != NULL)
		return IMAP_OK;
	f = model_create_asked(m->step->user, name);
	a = imap_ask(&m->imap, "CREATE %s", name);
	model_create_told(f, outcome_of(a));
	if (a == IMAP_OK)
		m->own[m->own_count++] = f;
	return a;
}

/* One that is not selected. */
static struct model_folder *own_folder(struct mind *m, size_t *ret_place)
{
	*ret_place = (size_t)dice_throw(&m->step->dice, m->own_count);
	return m->own_count > 0 && m->own[*ret_place] != m->imap.folder ? m->own[*ret_place] : NULL;
}

static enum imap_answer op_rename(struct mind *m)
{
	size_t place;
	struct model_folder *f = own_folder(m, &place);
	char from[48], to[48];
	enum imap_answer a;

	if (f == NULL)
		return IMAP_OK;
	snprintf(from, sizeof(from), "%s", model_folder_name(f));
	snprintf(to, sizeof(to), "r%u-%u", m->step->number, ++m->names);
	model_rename_asked(f, to);
	a = imap_ask(&m->imap, "RENAME %s %s", from, to);
	model_rename_told(f, outcome_of(a));
	return a;
}

static enum imap_answer op_delete(struct mind *m)
{
	size_t place;
	struct model_folder *f = own_folder(m, &place);
	enum imap_answer a;

	if (f == NULL)
		return IMAP_OK;
	model_delete_asked(f);
	a = imap_ask(&m->imap, "DELETE %s", model_folder_name(f));
	model_delete_told(f, outcome_of(a));
	if (a == IMAP_OK)
		m->own[place] = m->own[--m->own_count];
	return a;
}

static enum imap_answer op_select(struct mind *m)
{
	return imap_select(&m->imap, any_folder(m));
}

static enum imap_answer op_idle(struct mind *m)
{
	enum imap_answer a = imap_idle(&m->imap, NULL, dice_throw(&m->step->dice, 3 * SECOND));

	return a == IMAP_OK ? imap_learn(&m->imap) : a;
}

static enum imap_answer op_noop(struct mind *m)
{
	enum imap_answer a = imap_ask(&m->imap, "NOOP");

	return a == IMAP_OK ? imap_learn(&m->imap) : a;
}

static enum imap_answer op_read(struct mind *m)
{
	return m->imap.count > 0 ? imap_read(&m->imap, 1, 1 + (uint32_t)dice_throw(&m->step->dice, m->imap.count)) : IMAP_OK;
}

static enum imap_answer (*const ops[])(struct mind *m) = { op_append, op_append, op_flags, op_flags, op_expunge, op_copy, op_move,
	op_create, op_rename, op_delete, op_select, op_idle, op_noop, op_read };

void client_imap(struct step *s)
{
	struct mind *m = __real_calloc(1, sizeof(*m));
	size_t count = 2 + (size_t)dice_throw(&s->dice, OPS_MAX);
	char name[24];

	snprintf(name, sizeof(name), "imap.%u", s->number);
	m->step = s;
	if (imap_open(&m->imap, name, s->number, s->user, &s->dice) &&
		imap_select(&m->imap, model_folder(s->user, "INBOX")) == IMAP_OK) {
		for (size_t i = 0; i < count; i++) {
			enum imap_answer a = ops[dice_throw(&s->dice, sizeof(ops) / sizeof(*ops))](m);

			if (a == IMAP_LOST || m->imap.goodbye || m->imap.folder == NULL)
				break;
			if (dice_in(&s->dice, 4))
				fiber_sleep(dice_throw(&s->dice, SECOND));
		}
		if (m->imap.talk.file != NULL && !m->imap.goodbye && dice_in(&s->dice, 2))
			imap_ask(&m->imap, "LOGOUT");
	}
	imap_close(&m->imap);
	free(m);
}

/* ---- the watcher ---- */

static void compare(struct imap *told, struct imap *fresh)
{
	if (told->count != fresh->count)
		violate("idle", "%s was told of %u messages, there are %u", told->talk.name, told->count, fresh->count);
	for (uint32_t n = 1; n <= told->count && n <= fresh->count; n++) {
		const struct seen *a = &told->view[n], *b = &fresh->view[n];

		if (a->uid != 0 && a->uid != b->uid)
			violate("idle", "%s: message %u was uid %u, is %u", told->talk.name, n, a->uid, b->uid);
		else if (a->flags_known && a->flags != b->flags)
			violate("idle", "%s: uid %u has flags %x, it was told of %x", told->talk.name, b->uid, b->flags, a->flags);
	}
}

/* All is quiet: the one who idles must know what a new session finds. */
static void watch_end(struct step *s, struct imap *told)
{
	struct imap *fresh = __real_calloc(1, sizeof(*fresh));

	if (imap_open(fresh, "fresh", 190, s->user, NULL) && imap_select(fresh, model_folder(s->user, "INBOX")) == IMAP_OK)
		compare(told, fresh);
	imap_close(fresh);
	free(fresh);
}

void client_watch(struct step *s)
{
	struct imap *i = __real_calloc(1, sizeof(*i));
	char name[24];

	snprintf(name, sizeof(name), "watch.%u", s->number);
	while (!phase_is_calm()) {
		if (imap_open(i, name, s->number, s->user, &s->dice) &&
			imap_select(i, model_folder(s->user, "INBOX")) == IMAP_OK && !phase_is_calm() &&
			imap_idle(i, phase_is_calm, NEVER / 2) == IMAP_OK)
			watch_end(s, i);
		imap_close(i);
		fiber_sleep(300 * MS);
	}
	free(i);
}

/* ---- audit ---- */

static bool audit_folder(struct imap *i, const char *name)
{
	struct model_folder *f = model_audit_folder(i->user, name);

	if (f == NULL) {
		if (name[0] == 'c' || name[0] == 'r')
			violate("P1", "u%u: folder %s is back", i->user, name);
		return true;
	}
	if (imap_select(i, f) != IMAP_OK || (i->count > 0 && imap_read(i, 1, i->count) != IMAP_OK))
		return false;
	for (uint32_t n = 1; n <= i->count; n++)
		model_audit_item(f, i->view[n].uid, i->view[n].token, i->view[n].flags);
	return true;
}

static bool audit(struct imap *i)
{
	struct str rest, name;
	bool read = imap_ask(i, "LIST \"\" *") == IMAP_OK;

	model_audit_begin(i->user);
	rest = buf_str(&i->names);
	while (read && str_cut(&rest, '\n', &name)) {
		char *text = str_dup_c(name);

		read = audit_folder(i, text);
		free(text);
	}
	if (read)
		model_audit_end(i->user);
	return read;
}

bool client_audit(unsigned user)
{
	struct imap *i = __real_calloc(1, sizeof(*i));
	bool read = imap_open(i, "audit", 199, user, NULL) && audit(i);

	imap_close(i);
	free(i);
	return read;
}
