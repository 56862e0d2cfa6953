/*
 * The transport role: outgoing mail. It is started, linked and sandboxed; as long as recipients elsewhere are
 * refused with 550 5.7.1 (relaying prohibited) there is nothing for it to lease.
 */
#pragma once

#include "role/role.h"

extern const struct role_def transport_role;
