/* Answers to an administrator's request as JSON objects. Each goes out as one packet of role_admin_reply. */
#pragma once

#include <jansson.h>

#include "role/role.h"

/* Takes value. more: others follow. */
void answer_json(struct role_env *env, uint64_t request, bool more, json_t *value);
/* The last packet: it was refused, with the code's name and a sentence. */
void answer_refuse(struct role_env *env, uint64_t request, enum err e, const char *text);
