/*
 * What an IMAP server holds and what its clients have been told, as far as RFC 3501 fixes it: folders of messages with UIDs
 * and flags, and for each session the list of UIDs it must have worked out from EXISTS and EXPUNGE. Knows nothing of our
 * code.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FOLDERS      4
#define SESSIONS     2
#define MESSAGES_MAX 48
#define NONE         (-1)

/* The five system flags, and one keyword. */
enum flag { SEEN = 1, ANSWERED = 2, FLAGGED = 4, DELETED = 8, DRAFT = 16, KEYWORD = 32, FLAGS = 6 };

static const char *const flag_names[FLAGS] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "$key" };
static const char *const folder_names[FOLDERS] = { "INBOX", "alpha", "beta", "gamma" };

struct message {
	uint32_t uid, content;
	unsigned flags;
	bool stale[SESSIONS]; /* flags changed, and this session has not been told */
};

struct folder {
	bool exists;
	uint32_t uidnext, uidvalidity; /* 0: not heard of yet */
	unsigned count;
	struct message messages[MESSAGES_MAX];
};

struct view {
	int folder; /* NONE: nothing selected */
	bool read_only;
	unsigned count;
	uint32_t uids[2 * MESSAGES_MAX];
	bool saved_unknown; /* what "$" stands for (RFC 5182) */
	unsigned saved_count;
	uint32_t saved[2 * MESSAGES_MAX];
};

struct world {
	struct folder folders[FOLDERS];
	struct view views[SESSIONS];
	uint32_t contents; /* how many messages there have been */
};

/* A sequence set of at most two ranges; 0 stands for the star. */
struct set {
	unsigned count;
	uint32_t first[2], last[2];
	bool uid;
};

static inline struct message *find_uid(struct folder *f, uint32_t uid)
{
	for (unsigned i = 0; i < f->count; i++) {
		if (f->messages[i].uid == uid)
			return &f->messages[i];
	}
	return NULL;
}

static inline void remove_at(struct folder *f, unsigned at)
{
	memmove(&f->messages[at], &f->messages[at + 1], (f->count - at - 1) * sizeof(*f->messages));
	f->count--;
}

static inline uint32_t add_message(struct folder *f, uint32_t content, unsigned flags)
{
	f->messages[f->count++] = (struct message){ .uid = f->uidnext, .content = content, .flags = flags };
	return f->uidnext++;
}

/* What a message that a session sees is now; NULL: another session has removed it. */
static inline struct message *seen_by(struct world *w, unsigned session, unsigned seq)
{
	struct view *v = &w->views[session];

	return find_uid(&w->folders[v->folder], v->uids[seq - 1]);
}

static inline bool in_set(const struct set *s, const struct view *v, unsigned seq)
{
	uint32_t value = s->uid ? v->uids[seq - 1] : seq;
	uint32_t star = v->count == 0 ? 0 : s->uid ? v->uids[v->count - 1] : v->count;

	for (unsigned i = 0; i < s->count; i++) {
		uint32_t a = s->first[i] ? s->first[i] : star, b = s->last[i] ? s->last[i] : star;

		if (value >= (a < b ? a : b) && value <= (a < b ? b : a))
			return true;
	}
	return false;
}

static inline bool has_star(const struct set *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		if (s->first[i] == 0 || s->last[i] == 0)
			return true;
	}
	return false;
}

/* A message number must be one of a message (RFC 3501 section 9, seq-number); of UIDs any will do. */
static inline bool is_out_of_range(const struct set *s, const struct view *v)
{
	for (unsigned i = 0; !s->uid && i < s->count; i++) {
		if (s->first[i] > v->count || s->last[i] > v->count || v->count == 0)
			return true;
	}
	return false;
}

static inline void put_number(char **to, uint32_t n)
{
	*to += n ? sprintf(*to, "%u", n) : sprintf(*to, "*");
}

static inline const char *set_text(const struct set *s)
{
	static char text[64];
	char *to = text;

	for (unsigned i = 0; i < s->count; i++) {
		if (i > 0)
			*to++ = ',';
		put_number(&to, s->first[i]);
		if (s->last[i] != s->first[i]) {
			*to++ = ':';
			put_number(&to, s->last[i]);
		}
	}
	*to = '\0';
	return text;
}

static inline const char *flags_text(unsigned flags)
{
	static char text[128];
	char *to = text;

	*to++ = '(';
	for (unsigned i = 0; i < FLAGS; i++) {
		if (flags >> i & 1)
			to += sprintf(to, "%s%s", to[-1] == '(' ? "" : " ", flag_names[i]);
	}
	strcpy(to, ")");
	return text;
}
