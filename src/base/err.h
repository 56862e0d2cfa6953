/*
 * The one error type. A code travels by value; the words of a particular failure stay with the
 * request (see struct failure). Zero is success. Rows and their protocol faces: err.tbl.
 */
#pragma once

#include "base/must.h"
#include "base/str.h"

#define ERR(name, text, smtp, enhanced, imap_status, imap_code, pop3_code, http) ERR_##name,
enum err {
#include "base/err.tbl"
	ERR_COUNT
};
#undef ERR

struct err_row {
	const char *name;        /* "QUOTA": stable, for logs and --json */
	const char *text;        /* one sentence, no final full stop */
	int smtp;                /* RFC 5321 reply code */
	const char *enhanced;    /* RFC 3463 */
	const char *imap_status; /* OK, NO, BAD or BYE */
	const char *imap_code;   /* RFC 5530, or NULL */
	const char *pop3_code;   /* RFC 2449 and 3206, or NULL */
	int http;
};

/* Never NULL; a number outside the table is our bug. */
const struct err_row *err_row(enum err e);
const char *err_name(enum err e);
const char *err_text(enum err e);

/* False for a number that came over a channel and is no code. */
bool err_valid(uint64_t number);

/*
 * Why a request failed: the first failure sticks, is logged once and answered once.
 * text is what the peer may read; reason is for the log and the administrator only.
 */
struct failure {
	enum err code;
	char text[256];
	char reason[256];
};

/* Records the failure unless one is there already; format NULL takes the row's text. Returns f->code. */
enum err fail(struct failure *f, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);
/* Adds the private reason to a failure that has none yet. */
void fail_reason(struct failure *f, const char *format, ...) PRINTF_LIKE(2, 3);
