/* What became of a logon, as codes that never change: logon_event.tbl. For the audit trail, the doctor and the guide. */
#pragma once

#include "base/err.h"

#define EVENT(name, code, error, what, mend) LOGON_EVENT_##name,
enum logon_event {
#include "directory/logon_event.tbl"
	LOGON_EVENT_COUNT
};
#undef EVENT

struct logon_event_row {
	const char *name; /* "wrong_password" */
	unsigned code;    /* 7202 */
	enum err error;   /* what the client is answered with */
	const char *what, *mend;
};

const struct logon_event_row *logon_event_row(enum logon_event event);
/* By its code, which may be of a later version: NULL, there is none. */
const struct logon_event_row *logon_event_find(unsigned code);
/* True for those by which somebody was let in. */
bool logon_event_good(enum logon_event event);
/* What a refusal beside the walk is: of an exchange, a limit, a connection. */
enum logon_event logon_event_of_error(enum err e);
