/*
 * The netlogon role: asks the controllers of domains that others serve (LDAP servers, winbind, PAM)
 * whether a password is right. It has neither the directory's data nor the secrets of accounts; the
 * directory tells it each such domain's settings and asks it about one account at a time.
 *
 * Libraries that block run on threads, some for each controller and some for each domain, so that
 * one that hangs holds up nobody else's logons; each question has its time and then goes to the
 * next controller. Nothing that a controller said is kept but how it is.
 */
#pragma once

#include "role/role.h"

extern const struct role_def netlogon_role;
