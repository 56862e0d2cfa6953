/*
 * Whether what somebody has begun with a logon may go on: a session, the sending of mail. Read afresh each time, as everything here.
 */
#pragma once

#include "directory/directory.h"

/*
 * issued_seconds: when the logon was. f's text says why not: ERR_ACCOUNTOFF (disabled, or removed), ERR_EXPIRED (the account), ERR_HOURS,
 * ERR_ENDED (its password was set after that); ERR_IO, ERR_CORRUPT. A password that has grown too old, must be changed, or a
 * lock end no session: its owner is in, and they are about the next logon.
 */
enum err standing_check(
	struct directory *d, uint64_t account, uint64_t issued_seconds, uint64_t now_seconds, struct failure *f) MUST_USE;
