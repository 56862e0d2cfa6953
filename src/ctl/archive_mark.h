/* What an archive says of a message beside its octets: when it came, its flags and keywords. */
#pragma once

#include <jansson.h>

#include "base/str.h"

#define ARCHIVE_KEYWORDS_MAX 32 /* of one message */

/*
 * When it came: what the separator of an mbox says, else the first Received field (RFC 5321 section 4.4), else the Date field, else the
 * file's time; the first of them that is after 1970 and not later than a day from now.
 */
struct archive_dates {
	int64_t separator, file, now; /* 0: there is none */
};

int64_t archive_date(struct str message, const struct archive_dates *dates);

/* ITEM_ flags of Status, X-Status and X-Mozilla-Status, which mail programs keep in mboxes; keywords of X-Keywords and X-Mozilla-Keys are
 * added to the array. */
uint8_t archive_flags(struct str message, json_t *keywords);
/* Of a Maildir name: what stands behind ":2,". letters: names for a to z, of dovecot-keywords; NULL: none. */
uint8_t archive_maildir_flags(struct str name, char *const *letters, json_t *keywords);
/* It is no message but what a mail program keeps in its mbox: the folder's own data of UW IMAP and Pine. */
bool archive_is_internal(struct str message);
/* Adds it if it can be a keyword and is not there. */
void archive_keyword(json_t *keywords, struct str name);
