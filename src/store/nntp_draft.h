/*
 * An article that a reader posts: what is asked of it (RFC 5536 section 3, RFC 5537 section 3.5), and the fields that the server adds
 * when it takes it. Pure: which groups there are and who may post to them is judged elsewhere. Linear in the octets.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

#define NNTP_DRAFT_LINE_OCTETS_MAX ((size_t)998) /* RFC 5536 section 2.2, without CRLF */
#define NNTP_DRAFT_FUTURE_S        86400         /* RFC 5537 section 3.5, 3. */
#define NNTP_DRAFT_GROUPS_MAX      20u

struct nntp_draft { /* texts are in the arena */
	struct str groups[NNTP_DRAFT_GROUPS_MAX]; /* as Newsgroups names them, each once */
	size_t groups_count;
	struct str message_id; /* empty: it has none */
	bool has_date, has_injection_date, approved;
};

/* NULL: it may be taken. Else why not, in words for the poster. article: octets as they came, CRLF line ends, dots undone. */
const char *nntp_draft_read(struct arena *a, struct str article, int64_t now_seconds, struct nntp_draft *ret);

struct nntp_draft_by {
	struct str host;       /* that takes it */
	struct str account;    /* parameter of Injection-Info; empty: none */
	struct str message_id; /* to be added where there is none */
	int64_t now_seconds;
};

/* The article with what was missing, the Path that RFC 5537 section 3.2.1 asks for and Injection-Info; all else as it came. */
void nntp_draft_put(const struct nntp_draft *d, struct str article, const struct nntp_draft_by *by, struct buf *to);
