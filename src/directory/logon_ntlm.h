/* What is special about a logon by NTLM in the walk (logon.h). */
#pragma once

#include "directory/logon.h"

/* The account cannot log on by NTLM: then note says why, and what mends it. False: it can, or the logon is not by NTLM. */
bool logon_ntlm_missing(const struct logon *l, struct logon_note *note);
/* The mailbox that NTLM opens when none is named. ERR_NOTFOUND: it is found as for any other logon. */
enum err logon_ntlm_mailbox(const struct logon *l, struct entry *ret) MUST_USE;
