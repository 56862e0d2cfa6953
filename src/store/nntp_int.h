/*
 * What the files of the NNTP engine share. nntp.c: the dialogue; nntp_group.h: groups and places in them; nntp_head.h: the header of an
 * article as it is served; nntp_article.c, nntp_over.c, nntp_list.c, nntp_post.c: commands.
 */
#pragma once

#include "store/session_int.h"
#include "wire/nntp.h"

struct nntp;

#define NNTP_NAMES 4u

/*
 * A command. begin looks at n->command; it and more return STEP_READ when the command is answered, else more is called after the
 * wait. Both may keep something in n->state (in n->arena); free, which may be NULL, lets go of what is not memory of the arena.
 */
struct nntp_handler {
	enum step (*begin)(struct nntp *n);
	enum step (*more)(struct nntp *n);
	void (*free)(struct nntp *n);
	const char *doing;
};

extern const struct nntp_handler nntp_do_group, nntp_do_listgroup, nntp_do_last, nntp_do_next;
extern const struct nntp_handler nntp_do_article, nntp_do_head, nntp_do_body, nntp_do_stat;
extern const struct nntp_handler nntp_do_over, nntp_do_hdr, nntp_do_xover, nntp_do_xhdr, nntp_do_xpat;
extern const struct nntp_handler nntp_do_active, nntp_do_times, nntp_do_newsgroups, nntp_do_subscriptions, nntp_do_overview, nntp_do_headers;
extern const struct nntp_handler nntp_do_newgroups, nntp_do_newnews, nntp_do_post;


struct nntp {
	struct session *s;
	struct nntp_cutter cutter;
	struct folder_view *view; /* of the selected group; NULL: none is */
	uint32_t current;         /* article number; 0: it is invalid */
	uint32_t last_read;       /* sequence number of the article that was sent last */
	unsigned bad;             /* in a row */
	bool wants_more;          /* the command in hand waits for more input: STEP_READ does not end it */

	/* The command in hand; NULL: none. */
	const struct nntp_handler *running;
	struct nntp_command command; /* views into the arena */
	void *state;
	struct arena arena; /* lives as long as the command */
	struct nntp_named { /* names that were asked for in this step */
		uint32_t folder; /* 0: none */
		size_t len;      /* 0: the reader has no such group */
		char octets[NNTP_GROUP_OCTETS_MAX];
	} names[NNTP_NAMES];
	unsigned names_next;
};

static inline struct nntp *nntp_of(const struct session *s)
{
	return s->state;
}

static inline struct mailbox *nntp_box(const struct nntp *n)
{
	return n->s->mailbox;
}

static inline struct buf *nntp_out(const struct nntp *n)
{
	return session_out(n->s);
}

/* The whole answer of a command: both return STEP_READ. */
enum step nntp_answer(struct nntp *n, int code, const char *text);
enum step nntp_refuse(struct nntp *n, enum err e);
