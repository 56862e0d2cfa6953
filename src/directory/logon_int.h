/*
 * What the steps of the logon walk share: logon.c has the walk, the name and the mailbox, logon_account.c what is asked of the account. For
 * src/directory only.
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include "directory/logon.h"
#include "directory/shell_word.h"

typedef enum err logon_step_function(struct logon *l);

#define STEP(name, phase, title) logon_step_function logon_step_##name;
#include "directory/logon.tbl"
#undef STEP

static inline void detail(struct logon *l, enum logon_step s, const char *format, ...) PRINTF_LIKE(3, 4);
static inline void mend(struct logon *l, enum logon_step s, const char *format, ...) PRINTF_LIKE(3, 4);

static inline void detail(struct logon *l, enum logon_step s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(l->notes[s].detail, sizeof(l->notes[s].detail), format, args);
	va_end(args);
}

static inline void mend(struct logon *l, enum logon_step s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(l->notes[s].mend, sizeof(l->notes[s].mend), format, args);
	va_end(args);
}

/* Before the password is known to be right: the cause is private, the peer gets the neutral text.
 */
static inline enum err refuse(struct logon *l, enum logon_step s)
{
	fail(&l->failure, ERR_AUTH, NULL);
	fail_reason(&l->failure, "%s", l->notes[s].detail);
	return ERR_AUTH;
}

static inline struct str word(struct logon *l, struct str s)
{
	return shell_word(l->arena, s);
}

static inline struct str account_word(struct logon *l)
{
	return word(l, l->account_name);
}

static inline struct str joined(struct logon *l, struct str domain, struct str user)
{
	return arena_printf(l->arena, "%.*s\\%.*s", STR_FMT(domain), STR_FMT(user));
}

/* The same words for the peer, the log and the doctor. */
static inline enum err tell(struct logon *l, enum logon_step s, enum err e, const char *format, ...)
	PRINTF_LIKE(4, 5);

static inline enum err tell(struct logon *l, enum logon_step s, enum err e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(l->notes[s].detail, sizeof(l->notes[s].detail), format, args);
	va_end(args);
	fail(&l->failure, e, "%s", l->notes[s].detail);
	fail_reason(&l->failure, "%s: %s", logon_step_title(s), l->notes[s].detail);
	return e;
}

static inline void mend_account(struct logon *l, enum logon_step s, const char *option)
{
	mend(l, s, "bourse account set %.*s %s", STR_FMT(account_word(l)), option);
}
