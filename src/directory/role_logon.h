/* What role_web.c needs of the logons under way. */
#pragma once

#include "directory/role_int.h"

/* A change of password: the old one is proved as in a logon, then the new one is set. Answered as a logon. */
void role_logon_renew(struct directory_role *r, struct link *from, const struct msg_web_ask *q, struct str name);
