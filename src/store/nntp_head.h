/*
 * The header of an article as it is served. A message that came as mail lacks what news needs (RFC 5536 section 3.1), and one that was
 * posted says in which groups it was put then. So, for each reader anew:
 *
 *   Newsgroups  always ours: the groups in which the article is and that this reader has
 *   Xref        always ours: the same, with the numbers; the sender's own would be another server's
 *   Message-ID  the message's own where it can name an article, else one made of its place (nntp_place_put_id)
 *   Path, From, Subject, Date   the message's own; where there is none, ours: "host!not-for-mail", nobody@invalid, "(none)", the day it came
 *
 * All other fields, their order and the body are served as they are kept, octet for octet.
 */
#pragma once

#include "store/nntp_group.h"

#define NNTP_HEADER_OCTETS_MAX ((size_t)256 << 10) /* of a message; what is longer is served from here on as it stands */

enum nntp_head_field {
	NNTP_HEAD_PATH,
	NNTP_HEAD_NEWSGROUPS,
	NNTP_HEAD_FROM,
	NNTP_HEAD_SUBJECT,
	NNTP_HEAD_DATE,
	NNTP_HEAD_ID,
	NNTP_HEAD_XREF,
	NNTP_HEAD_COUNT
};

/* Where fields of a message's header are had from: what is kept beside the record or, where that does not tell, the message. */
struct nntp_source {
	struct nntp *n;
	uint32_t folder;
	struct item item;
	struct str kept;   /* at NULL: none are; borrowed (message_list_each) */
	struct buf header; /* of the message, when it was needed */
	bool read;
	enum err err; /* of reading; fields that are not found then mean nothing */
};

/* Of a group that the reader has. kept is not set; nntp_source_find looks for it, into the arena. */
void nntp_source_init(struct nntp_source *s, struct nntp *n, uint32_t folder, const struct item *it);
void nntp_source_find(struct nntp_source *s, struct arena *a);
void nntp_source_done(struct nntp_source *s);
/* The first field of that name, in any case: its value as it stands, folded. False: there is none. */
bool nntp_source_field(struct nntp_source *s, struct str name, struct str *ret);

/* The Message-ID as it is served; in the arena. It means nothing when s->err is set. */
struct str nntp_source_id(struct nntp_source *s, struct arena *a);

struct nntp_head {
	struct str values[NNTP_HEAD_COUNT]; /* in the arena; at NULL: the message's own field is served */
	struct str message_id;              /* as it is served */
	uint64_t octets; /* of the whole article as it is served */
};

/* The fields that take a look at other groups, and the octets, which count them. */
bool nntp_head_names_groups(struct str field);
/*
 * groups: with Newsgroups, Xref and the octets, which cost a search of the index of Message-IDs; else they mean nothing.
 * ERR_UNREADABLE, ERR_NOMESSAGE, ERR_IO, ERR_CORRUPT.
 */
enum err nntp_head_make(struct nntp_source *s, struct arena *a, bool groups, struct nntp_head *ret) MUST_USE;
/* The Message-ID alone; in n->arena. As above. */
enum err nntp_head_id(struct nntp *n, const struct nntp_place *place, struct str *ret) MUST_USE;
/* Our fields, each with its line end. */
void nntp_head_put(const struct nntp_head *h, struct buf *to);
/* The same, with the message's own fields that are served behind it and without the empty line. octets: of the message, from its
 * beginning. Returns how many of them are header, with the empty line. */
size_t nntp_head_put_whole(const struct nntp_head *h, struct str octets, struct buf *to);
/* The value of a field as it is served, on one line: without folds, tabs and controls (RFC 3977 section 8.3.2). Appended; false: there
 * is none. */
bool nntp_head_value(const struct nntp_head *h, struct nntp_source *s, struct str name, struct buf *to);
