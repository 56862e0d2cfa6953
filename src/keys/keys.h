/* The keys role: holds private keys, signs on request, has neither files nor network. */
#pragma once

#include "role/role.h"

extern const struct role_def keys_role;
