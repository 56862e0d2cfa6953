/* One IMAP session of a client: its view of the folder, kept as RFC 3501 lets a client keep it, and checked as it goes. */
#pragma once

#include "model.h"
#include "talk.h"

#define VIEW_MAX 1000

struct seen {
	uint32_t uid, token; /* 0: not known yet */
	unsigned flags;
	bool flags_known;
};

struct imap {
	struct talk talk;
	unsigned user, tag;
	struct model_folder *folder; /* selected; NULL */
	struct seen view[VIEW_MAX + 1]; /* by sequence number */
	uint32_t count;
	uint32_t uidvalidity, uidnext;
	bool no_expunges; /* none may be told now (RFC 3501 section 7.4.1) */
	bool goodbye;     /* BYE was said */
	bool at_rest;     /* nothing may be told any more: it should have been */
	struct buf last;  /* the tagged line of the last command; APPENDUID and the like */
	struct buf codes; /* untagged OK responses since the last command */
	struct buf names; /* of LIST, one a line */
};

enum imap_answer { IMAP_OK, IMAP_NO, IMAP_LOST };

bool imap_open(struct imap *i, const char *name, unsigned number, unsigned user, struct dice *dice);
void imap_close(struct imap *i);
/* One command without literals; its untagged responses are taken into the view. */
enum imap_answer imap_ask(struct imap *i, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum imap_answer imap_append(struct imap *i, const char *folder, uint32_t token, uint32_t *ret_uid);
/* SELECT and, from what is there, uids and numbers of messages. */
enum imap_answer imap_select(struct imap *i, struct model_folder *f);
enum imap_answer imap_learn(struct imap *i);
/* Whole messages, compared with what was sent. */
enum imap_answer imap_read(struct imap *i, uint32_t from, uint32_t to);
/* IDLE until due says so or so much time has passed. */
enum imap_answer imap_idle(struct imap *i, bool (*enough)(void), uint64_t us);
/* What COPYUID said; of a MOVE it comes untagged (RFC 6851 section 4.3). Empty: it was not there. */
struct str imap_code(const struct imap *i, bool untagged);
