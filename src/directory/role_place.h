/* Virtual directories, in the role: who comes in, as whom, and whether the message of a form may be sent. */
#pragma once

#include "directory/role_int.h"

#define PLACE_SLOW_SECONDS 20u /* more than the least time, for a browser that cannot prove work */

void role_place_ask(struct directory_role *r, struct link *from, const struct msg_place_ask *q);
void role_place_post(struct directory_role *r, struct link *from, const struct msg_place_post *q);
