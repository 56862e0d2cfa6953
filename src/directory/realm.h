/*
 * Domains whose passwords others check: what must be set for that, and what netlogon is told of it.
 * Their accounts are entries like all others, but have no password here.
 */
#pragma once

#include "config/config.h"
#include "directory/entry.h"
#include "ipc/messages.h"
#include "ipc/proof.h"

/* Passwords of the domain are checked here. An unknown backend, of a later version, is not local. */
bool realm_is_local(const struct entry_domain *m);
/*
 * What is set for the domain's backend: complete, and each of a form that can work. ERR_SYNTAX or
 * ERR_CONFLICT with a text that names the option and the next step. Pure.
 */
enum err realm_check(const struct entry_domain *m, struct failure *f) MUST_USE;
/* Fills in what is left to us: the filter, the list of controllers parted by blanks. Into the arena. */
void realm_complete(struct arena *a, struct entry_domain *m);
/* The issuer of bearer tokens, as bourse.conf has it; oauth.issuer must be set. Views into c. */
struct msg_realm realm_of_issuer(const struct config *c);
/* What Kerberos is accepted with, likewise; kerberos.keytab must be set. */
struct msg_realm realm_of_kerberos(const struct config *c);
/* The message for netlogon. bind_password: as it is used. Views into e and the arena. */
struct msg_realm realm_message(struct arena *a, const struct entry *e, struct str bind_password);
