/*
 * Newsgroups: the folders of the public store that the reader may both see in lists and read. What he may not is not there at all.
 * The number of an article is the message's uid in that folder, which is never given twice; numbers begin anew when a folder is deleted
 * and another one made under its name.
 */
#pragma once

#include "store/article.h"
#include "store/nntp_int.h"

/* A group that the reader has; info's texts live until the next change of the store. */
struct nntp_group {
	struct folder_info info;
	char octets[NNTP_GROUP_OCTETS_MAX];
	size_t len; /* of the name */
	uint32_t rights; /* enum acl_right */
};

static inline struct str nntp_group_str(const struct nntp_group *g)
{
	return str_make(g->octets, g->len);
}

/* ERR_NOFOLDER: the reader has no such group. ERR_IO, ERR_CORRUPT are of the store. */
enum err nntp_group_find(struct nntp *n, struct str name, struct nntp_group *ret) MUST_USE;
enum err nntp_group_of(struct nntp *n, uint32_t folder, struct nntp_group *ret) MUST_USE;
/* The walk of all groups of the reader that the wildmat (empty: all) fits, in octet order of folders; *at begins as 0. Some folders are
 * looked at in one call: ERR_NEEDMORE, none of them is one. ERR_NOTFOUND: the end. */
enum err nntp_group_next(struct nntp *n, struct str wildmat, size_t *at, struct nntp_group *ret) MUST_USE;
/* Its name, until NNTP_NAMES others were asked for or the step is over. Empty: the reader has no such group. */
struct str nntp_group_name(struct nntp *n, uint32_t folder);

struct nntp_marks { /* RFC 3977 section 6.1.1 */
	uint32_t count, low, high;
};
/* Of the selected group. */
struct nntp_marks nntp_group_marks(const struct nntp *n);
/* Of any, whose messages need not be loaded. */
enum err nntp_group_marks_of(struct nntp *n, const struct nntp_group *g, struct nntp_marks *ret) MUST_USE;

/* y, n, or m (RFC 3977 section 7.6.3), as it is for this reader. */
char nntp_group_status(struct nntp *n, const struct nntp_group *g);
/* ERR_OK; ERR_NEEDAUTH: not without an account; ERR_PERM. */
enum err nntp_group_may_post(struct nntp *n, const struct nntp_group *g) MUST_USE;

/* At the start of a command: the selected group as it is now. One that is gone, or that the reader has no more, is no longer selected. */
void nntp_group_look(struct nntp *n);
enum err nntp_group_select(struct nntp *n, const struct nntp_group *g) MUST_USE;
void nntp_group_leave(struct nntp *n);

/* "group number" of where the session is, for a session that follows it on the connection; and back. */
void nntp_group_keep(struct nntp *n, struct buf *to);
void nntp_group_restore(struct nntp *n, struct str place);

/*
 * The article that ARTICLE and its like, OVER and HDR name. folder and item: set on ERR_OK. number: as it is told, 0 when the
 * article is not of the selected group.
 */
struct nntp_place {
	uint32_t folder, number;
	struct item item;
};
/* ERR_NOTFOUND: the reader has no such article. */
enum err nntp_place_by_id(struct nntp *n, struct str id, struct nntp_place *ret) MUST_USE;
/* ERR_NOGROUP, ERR_NOMESSAGE. */
enum err nntp_place_by_number(struct nntp *n, uint64_t number, struct nntp_place *ret) MUST_USE;
/* ERR_NOGROUP; ERR_NOCURRENT. */
enum err nntp_place_current(struct nntp *n, struct nntp_place *ret) MUST_USE;

/* The Message-ID of a message without one that can name an article: "<uid.folder.mailbox@host>"; it does not change for as long as the
 * message stays in its folder. Appended. */
void nntp_place_put_id(struct nntp *n, uint32_t folder, uint32_t uid, struct buf *to);
