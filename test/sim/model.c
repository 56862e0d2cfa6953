#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "world.h"
#include "wrap.h"

#define FOLDERS_MAX 512
#define NAME_OCTETS 48
#define TOGETHER_MAX 1024
#define NAMES_MAX   1024

struct item {
	uint32_t uid, token;
	bool remove_asked, gone, audited;
	uint8_t flag[FLAG_COUNT];    /* 0, 1, 2: not known */
	uint8_t waiting[FLAG_COUNT]; /* questions without an answer */
	bool mixed[FLAG_COUNT];      /* more than one at a time */
};

/* How often a message was put there. */
struct tally {
	uint32_t token;
	unsigned asked, sure;
	bool copied; /* by a client too */
};

struct model_folder {
	bool used, audited;
	unsigned user;
	char name[NAME_OCTETS], other[NAME_OCTETS];
	enum presence presence;
	uint32_t uidvalidity, uidnext;
	struct item *items;
	size_t item_count;
	struct tally *tallies;
	size_t tally_count;
};

/* UIDVALIDITY of a name never goes back, whatever folder has it. */
struct name {
	unsigned user;
	char name[NAME_OCTETS];
	uint32_t uidvalidity;
};

static struct {
	struct model_folder folders[FOLDERS_MAX];
	size_t folder_count;
	struct name names[NAMES_MAX];
	size_t name_count;
	struct {
		uint32_t token;
		unsigned users;
	} together[TOGETHER_MAX];
	size_t together_count;
	uint32_t last_token;
	unsigned acknowledged;
} the;

static const char *const flag_names[] = { "\\Flagged", "\\Answered", "\\Deleted", "\\Draft" };

void model_begin(void)
{
	memset(&the, 0, sizeof(the));
}

uint32_t model_token(void)
{
	return ++the.last_token;
}

const char *model_flag_name(enum flag f)
{
	return flag_names[f];
}

unsigned model_acknowledged(void)
{
	return the.acknowledged;
}

/* ---- folders ---- */

static struct model_folder *new_folder(unsigned user, const char *name, enum presence presence)
{
	struct model_folder *f = &the.folders[the.folder_count++];

	must(the.folder_count < FOLDERS_MAX);
	f->used = true;
	f->user = user;
	f->presence = presence;
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

struct model_folder *model_folder(unsigned user, const char *name)
{
	for (size_t i = 0; i < the.folder_count; i++) {
		struct model_folder *f = &the.folders[i];

		if (f->user == user && f->presence != PRESENCE_GONE && strcmp(f->name, name) == 0)
			return f;
	}
	return strcmp(name, "INBOX") == 0 ? new_folder(user, name, PRESENCE_THERE) : NULL;
}

struct model_folder *model_create_asked(unsigned user, const char *name)
{
	return new_folder(user, name, PRESENCE_PERHAPS);
}

void model_create_told(struct model_folder *f, enum outcome o)
{
	if (o != OUTCOME_UNKNOWN)
		f->presence = o == OUTCOME_DONE ? PRESENCE_THERE : PRESENCE_GONE;
}

/* Its messages go first, and an unanswered DELETE may have got no further. */
void model_delete_asked(struct model_folder *f)
{
	f->presence = PRESENCE_PERHAPS;
	for (size_t i = 0; i < f->item_count; i++)
		f->items[i].remove_asked = true;
}

void model_delete_told(struct model_folder *f, enum outcome o)
{
	if (o != OUTCOME_UNKNOWN)
		f->presence = o == OUTCOME_DONE ? PRESENCE_GONE : PRESENCE_THERE;
}

void model_rename_asked(struct model_folder *f, const char *to)
{
	snprintf(f->other, sizeof(f->other), "%s", to);
}

void model_rename_told(struct model_folder *f, enum outcome o)
{
	if (o == OUTCOME_UNKNOWN)
		return;
	if (o == OUTCOME_DONE)
		memcpy(f->name, f->other, sizeof(f->name));
	f->other[0] = '\0';
}

const char *model_folder_name(const struct model_folder *f)
{
	return f->name;
}

bool model_folder_is_sure(const struct model_folder *f)
{
	return f->presence == PRESENCE_THERE && f->other[0] == '\0';
}

static struct name *name_of(unsigned user, const char *name)
{
	struct name *n;

	for (size_t i = 0; i < the.name_count; i++) {
		n = &the.names[i];
		if (n->user == user && strcmp(n->name, name) == 0)
			return n;
	}
	must(the.name_count < NAMES_MAX);
	n = &the.names[the.name_count++];
	n->user = user;
	snprintf(n->name, sizeof(n->name), "%s", name);
	return n;
}

uint32_t model_uidnext(const struct model_folder *f)
{
	return f->uidnext;
}

void model_opened(struct model_folder *f, uint32_t uidvalidity, uint32_t uidnext, uint32_t uidnext_before)
{
	struct name *n = name_of(f->user, f->name);

	/* A new mailbox is written with its first change: until then its UIDVALIDITY, under which no uid was told, is made up anew. */
	if (f->item_count == 0 && strcmp(f->name, "INBOX") == 0)
		n->uidvalidity = f->uidvalidity = 0;
	if (uidvalidity < n->uidvalidity)
		violate("P4", "u%u/%s: UIDVALIDITY %u after %u", f->user, f->name, uidvalidity, n->uidvalidity);
	if (f->uidvalidity == 0 && uidvalidity == n->uidvalidity && n->uidvalidity != 0)
		violate("P4", "u%u/%s: a new folder has the UIDVALIDITY %u of the old one", f->user, f->name, uidvalidity);
	if (f->uidvalidity != 0 && f->uidvalidity != uidvalidity)
		violate("P4", "u%u/%s: UIDVALIDITY %u has become %u", f->user, f->name, f->uidvalidity, uidvalidity);
	if (uidnext < uidnext_before)
		violate("P4", "u%u/%s: UIDNEXT %u after %u", f->user, f->name, uidnext, uidnext_before);
	n->uidvalidity = f->uidvalidity = uidvalidity;
	f->uidnext = uidnext > f->uidnext ? uidnext : f->uidnext;
}

/* ---- messages ---- */

static struct item *item_of(const struct model_folder *f, uint32_t uid)
{
	for (size_t i = 0; i < f->item_count; i++) {
		if (f->items[i].uid == uid)
			return &f->items[i];
	}
	return NULL;
}

static struct tally *tally_of(struct model_folder *f, uint32_t token)
{
	for (size_t i = 0; i < f->tally_count; i++) {
		if (f->tallies[i].token == token)
			return &f->tallies[i];
	}
	f->tallies = __real_realloc(f->tallies, (f->tally_count + 1) * sizeof(*f->tallies));
	must(f->tallies != NULL);
	f->tallies[f->tally_count] = (struct tally){ .token = token };
	return &f->tallies[f->tally_count++];
}

static unsigned copies_of(const struct model_folder *f, uint32_t token)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->item_count; i++)
		n += f->items[i].token == token;
	return n;
}

void model_add_asked(struct model_folder *f, uint32_t token)
{
	tally_of(f, token)->asked++;
}

void model_copy_asked(struct model_folder *f, uint32_t token)
{
	model_add_asked(f, token);
	tally_of(f, token)->copied = true;
}

void model_add_told(struct model_folder *f, uint32_t token, enum outcome o, uint32_t uid)
{
	struct tally *t = tally_of(f, token);

	if (o == OUTCOME_REFUSED)
		t->asked--;
	if (o != OUTCOME_DONE)
		return;
	t->sure++;
	the.acknowledged++;
	if (uid != 0)
		model_seen(f, uid, token);
}

void model_seen(struct model_folder *f, uint32_t uid, uint32_t token)
{
	struct item *it = item_of(f, uid);

	if (it != NULL) {
		if (it->token != token)
			violate("P4", "u%u/%s: uid %u was message %u and is %u", f->user, f->name, uid, it->token, token);
		return;
	}
	f->items = __real_realloc(f->items, (f->item_count + 1) * sizeof(*f->items));
	must(f->items != NULL);
	f->items[f->item_count++] = (struct item){ .uid = uid, .token = token, .flag = { 2, 2, 2, 2 } };
	if (copies_of(f, token) > tally_of(f, token)->asked)
		violate("P2", "u%u/%s: message %u is there %u times, asked for %u times (uid %u)", f->user, f->name, token,
			copies_of(f, token), tally_of(f, token)->asked, uid);
}

uint32_t model_token_of(const struct model_folder *f, uint32_t uid)
{
	const struct item *it = item_of(f, uid);

	return it != NULL ? it->token : 0;
}

void model_remove_asked(struct model_folder *f, uint32_t uid)
{
	struct item *it = item_of(f, uid);

	if (it != NULL)
		it->remove_asked = true;
}

void model_gone(struct model_folder *f, uint32_t uid)
{
	struct item *it = item_of(f, uid);

	if (it == NULL)
		return;
	if (!it->remove_asked)
		violate("P1", "u%u/%s: uid %u (message %u) is gone, and nobody asked for it", f->user, f->name, uid, it->token);
	it->gone = true;
}

void model_flag_asked(struct model_folder *f, uint32_t uid, enum flag flag)
{
	struct item *it = item_of(f, uid);

	if (it == NULL)
		return;
	it->mixed[flag] = it->mixed[flag] || it->waiting[flag] > 0;
	it->waiting[flag]++;
	it->flag[flag] = 2;
}

void model_flag_told(struct model_folder *f, uint32_t uid, enum flag flag, bool on, enum outcome o)
{
	struct item *it = item_of(f, uid);

	if (it == NULL || o == OUTCOME_UNKNOWN || it->waiting[flag] == 0)
		return;
	if (--it->waiting[flag] > 0)
		return;
	if (!it->mixed[flag] && o == OUTCOME_DONE)
		it->flag[flag] = on;
	it->mixed[flag] = false;
}

bool model_flag_is(const struct model_folder *f, uint32_t uid, enum flag flag)
{
	const struct item *it = item_of(f, uid);

	return it != NULL && it->flag[flag] == 1;
}

void model_together(uint32_t token, unsigned users)
{
	must(the.together_count < TOGETHER_MAX);
	the.together[the.together_count].token = token;
	the.together[the.together_count++].users = users;
}

/* ---- audit ---- */

void model_audit_begin(unsigned user)
{
	model_folder(user, "INBOX");
	for (size_t i = 0; i < the.folder_count; i++) {
		struct model_folder *f = &the.folders[i];

		if (f->user != user)
			continue;
		f->audited = false;
		for (size_t k = 0; k < f->item_count; k++)
			f->items[k].audited = false;
	}
}

/* The one that this name now means; the names of an unanswered rename are settled here. */
struct model_folder *model_audit_folder(unsigned user, const char *name)
{
	for (size_t i = 0; i < the.folder_count; i++) {
		struct model_folder *f = &the.folders[i];
		bool other = f->other[0] != '\0' && strcmp(f->other, name) == 0;

		if (f->user != user || f->presence == PRESENCE_GONE || (strcmp(f->name, name) != 0 && !other))
			continue;
		if (f->audited) {
			violate("P1", "u%u: %s is there under both names, %s and %s", user, name, f->name, f->other);
			continue;
		}
		if (other)
			memcpy(f->name, f->other, sizeof(f->name));
		f->other[0] = '\0';
		f->audited = true;
		f->presence = PRESENCE_THERE;
		return f;
	}
	return NULL;
}

static void audit_flags(const struct model_folder *f, struct item *it, unsigned flags)
{
	for (unsigned k = 0; k < FLAG_COUNT; k++) {
		unsigned is = flags >> k & 1;

		if (it->flag[k] != 2 && it->flag[k] != is && it->waiting[k] == 0)
			violate("P1", "u%u/%s: uid %u: %s is %u, acknowledged was %u", f->user, f->name, it->uid, flag_names[k],
				is, it->flag[k]);
		it->flag[k] = (uint8_t)is;
		it->waiting[k] = 0;
		it->mixed[k] = false;
	}
}

void model_audit_item(struct model_folder *f, uint32_t uid, uint32_t token, unsigned flags)
{
	struct item *it;

	model_seen(f, uid, token);
	it = item_of(f, uid);
	it->audited = true;
	if (it->gone)
		violate("P1", "u%u/%s: uid %u (message %u) is back", f->user, f->name, uid, token);
	if (uid >= f->uidnext)
		violate("P4", "u%u/%s: uid %u is there, UIDNEXT is %u", f->user, f->name, uid, f->uidnext);
	it->remove_asked = false;
	audit_flags(f, it, flags);
}

static void audit_items(struct model_folder *f)
{
	for (size_t i = 0; i < f->item_count; i++) {
		struct item *it = &f->items[i];

		if (it->audited || it->gone)
			continue;
		if (!it->remove_asked)
			violate("P1", "u%u/%s: uid %u (message %u) is lost", f->user, f->name, it->uid, it->token);
		it->gone = true;
	}
}

static void audit_tallies(struct model_folder *f)
{
	for (size_t i = 0; i < f->tally_count; i++) {
		struct tally *t = &f->tallies[i];
		unsigned n = copies_of(f, t->token);

		if (n < t->sure)
			violate("P1", "u%u/%s: message %u was acknowledged %u times, %u came", f->user, f->name, t->token,
				t->sure, n);
		if (n > t->asked)
			violate("P2", "u%u/%s: message %u was sent %u times, %u came", f->user, f->name, t->token, t->asked, n);
		t->asked = t->sure = n;
	}
}

void model_audit_end(unsigned user)
{
	for (size_t i = 0; i < the.folder_count; i++) {
		struct model_folder *f = &the.folders[i];

		if (f->user != user || f->presence == PRESENCE_GONE)
			continue;
		if (!f->audited && (f->presence == PRESENCE_THERE || f->other[0] != '\0'))
			violate("P1", "u%u: folder %s is lost", user, f->name);
		if (!f->audited) {
			f->presence = PRESENCE_GONE;
			continue;
		}
		audit_items(f);
		audit_tallies(f);
	}
}

void model_audit_together(void)
{
	for (size_t i = 0; i < the.together_count; i++) {
		uint32_t token = the.together[i].token;
		unsigned first = 0, seen = 0;

		for (unsigned user = 0; user < 32; user++) {
			unsigned n;

			if (!(the.together[i].users >> user & 1) || tally_of(model_folder(user, "INBOX"), token)->copied)
				continue;
			n = copies_of(model_folder(user, "INBOX"), token);
			if (seen++ == 0)
				first = n;
			else if (n != first)
				violate("P2", "message %u came %u times to one and %u times to u%u, in one transaction", token,
					first, n, user);
		}
	}
}
