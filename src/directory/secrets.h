/*
 * All that is kept of an account's password, made together when it is set: for accounts that may use NTLM its NT hash
 * (directory/ntlm.h), the Argon2id string that a password is checked with
 * (directory/secret.h), and keys for SCRAM (sasl/scram_keys.h), for which the password is prepared as RFC 5802 says, or is in NFC
 * where that refuses it.
 */
#pragma once

#include "directory/app_password.h"
#include "directory/directory.h"
#include "sasl/scram_keys.h"

/*
 * Where the account has application passwords, the new keys for SCRAM have the salt and the iterations of the old ones, which those of the
 * application passwords have as well: a client is told them before it proves any of the passwords. The texts are taken from the arena. ERR_SYNTAX: cannot be a password; ERR_IO: no random octets. to is not touched on failure. */
enum err secrets_make(const struct directory *d, struct arena *a, struct str password, struct entry_account *to) MUST_USE;
/*
 * The keys of a new application password, in the arena: for SCRAM where the account has some itself, and the NT hash where it may use NTLM.
 * text is what app_password_read gives.
 */
void secrets_make_app(const struct directory *d, struct arena *a, const struct entry_account *account, struct str text, struct app_password *to);
/*
 * What the account has for that hash; empty: nothing, as its password was set before such keys were made.
 */
struct str secrets_scram(const struct entry_account *account, enum scram_hash hash);
/* What is told instead, which nobody can tell from what an account has: name must be the same for all ways to name one account. In the arena. */
struct str secrets_scram_feigned(const struct directory *d, struct arena *a, enum scram_hash hash, struct str name);
