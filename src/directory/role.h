/*
 * The directory role: answers who somebody is, who gets the mail for an address, and administrators' changes.
 * Looking up runs on its loop; password hashing on threads made before the sandbox.
 */
#pragma once

#include "role/role.h"

extern const struct role_def directory_role;
