/* What the logon walk tells mechanisms: keys for SCRAM, and whether a name is anybody's. */
#pragma once

#include "directory/logon.h"
#include "sasl/scram_keys.h"

/*
 * After logon_prepare for a proof by mechanism: the account's keys for SCRAM, or what is told of an account that has none or is not
 * there (directory/secrets.h). In the arena.
 */
struct str logon_scram(struct logon *l, enum scram_hash hash);
/* Whether that name leads to an account. */
bool logon_finds(struct directory *d, struct str name, struct arena *a);
