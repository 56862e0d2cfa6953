/* Calendar time as text. Instants are seconds since 1970-01-01T00:00:00Z (no leap seconds). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct date {
	int year, month, day;      /* 1-based month and day */
	int hour, minute, second;
	int weekday;               /* 0 = Sunday */
	int zone_minutes;          /* east of UTC */
};

struct date date_from_instant(int64_t seconds, int zone_minutes);
int64_t date_to_instant(const struct date *d);

void date_put_rfc5322(struct buf *to, int64_t seconds);      /* Fri, 21 Nov 1997 09:55:06 +0000 */
void date_put_http(struct buf *to, int64_t seconds);         /* Fri, 21 Nov 1997 09:55:06 GMT: RFC 9110 section 5.6.7 */
void date_put_imap(struct buf *to, int64_t seconds);         /* "21-Nov-1997 09:55:06 +0000" with quotes, RFC 3501 date-time */
void date_put_rfc3339(struct buf *to, int64_t milliseconds); /* 1997-11-21T09:55:06.000Z */
/* RFC 3501 date-time with or without its quotes; ERR_SYNTAX. */
enum err date_get_imap(struct str text, int64_t *ret_seconds) MUST_USE;
/* 1..12 for an English three-letter month in any case, else 0. */
int date_month(struct str name);
const char *date_month_name(int month);
