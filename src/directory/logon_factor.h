/*
 * Which secret a password is held against, and whether it is enough: application passwords (app_password.h) and second factors
 * (factor.h) in the logon walk. One hash whatever there is: the password's own form says which secret it is for.
 */
#pragma once

#include "directory/app_password.h"
#include "directory/factor.h"
#include "directory/logon_event.h"

struct logon;

struct logon_second {
	const struct app_password *app; /* the application password that came, by its id; in the walk's arena */
	struct app_password *all; /* of the account, when a mechanism asked for their keys; in the walk's arena */
	size_t count, keyless;    /* of them; that have none for it */
	bool app_shaped;     /* it has the form of one that the account does not have */
	bool has_factor;     /* confirmed */
	bool recovery;       /* a recovery code was used */
	struct factor factor; /* wiped by logon_factor_wipe */
	struct str code;     /* what stood behind the password, or was given beside it; empty: none */
};

/* What the step of the walk says. */
struct logon_second_verdict {
	enum err code; /* ERR_AUTH: said to nobody but the log */
	enum logon_event event;
	char detail[256], mend[256];
};

/*
 * After the account was found, or not: what to hash, and against what. *ret_password is a view of password or of plain, which has
 * room for APP_PASSWORD_TEXT_OCTETS + 1 and is wiped by the caller. The same work for an account that there is not.
 */
struct str logon_factor_choose(struct logon *l, struct str password, char *plain, struct str *ret_password);
/*
 * What the account's application passwords have for a mechanism, one item for each, in the walk's arena: empty where there is nothing. None at
 * all for an account that there is not.
 */
const struct str *logon_factor_keys(struct logon *l, enum app_key of, size_t *ret_count);
/* It was proved by item which - 1 of those; 0: by the account's own password. */
void logon_factor_proved(struct logon *l, size_t which);
/* After the proof was right. */
void logon_factor_judge(struct logon *l, struct logon_second_verdict *ret);
void logon_factor_wipe(struct logon *l);
