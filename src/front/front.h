/*
 * The front: the only role that strangers' connections meet. It accepts, speaks TLS (keys signs),
 * SMTP whole, and POP3 and IMAP up to the logon; then the store takes the session over. It holds no
 * file, no key and no secret, and it decides nothing about persons: the directory judges and signs
 * tickets, the store believes the tickets alone.
 *
 * The same program in two classes: mx for port 25, user for what people log on to (architecture:
 * seven roles).
 */
#pragma once

#include "role/role.h"

extern const struct role_def front_mx_role;
extern const struct role_def front_user_role;
