/*
 * The store role: keeps what fronts deliver, runs the sessions of those who have logged on, cares for the journal.
 * One loop; the engine's own threads are made before the sandbox.
 */
#pragma once

#include "role/role.h"

extern const struct role_def store_role;
