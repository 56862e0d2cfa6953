/* The logon walk where others check the passwords: whom it concerns, and the step that asks them. */
#pragma once

#include "directory/logon.h"

/* After name, domain and account were looked for: sets l->remote, and l->domain where the name said none and there is one only. */
void logon_remote_find(struct logon *l);
/* The controller has let the password pass and refuses the account for this reason; says what mends it. */
bool logon_remote_refuses(struct logon *l, enum logon_step s, enum proof_verdict v);
