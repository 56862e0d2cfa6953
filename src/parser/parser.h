/*
 * The parser role: a disposable worker that turns a stranger's octets into one record (mail/record.h) and has
 * nothing but its channels. It ends by itself after a while and is started anew.
 */
#pragma once

#include "role/role.h"

extern const struct role_def parser_role;
