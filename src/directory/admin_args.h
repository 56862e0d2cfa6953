/* Arguments of an administrator's request: read by type, checked, and put into entries. */
#pragma once

#include "directory/admin_int.h"

/*
 * Checks a request's arguments against a verb's row: nothing unknown, nothing required missing,
 * each of its type. ERR_SYNTAX with a text that names the argument.
 */
enum err admin_args_check(struct admin *q, const struct admin_verb_row *verb) MUST_USE;

bool admin_args_have(const struct admin *q, const char *name);
/* A string argument in NFC; empty when it was not given. Passwords come as they are. */
struct str admin_args_str(struct admin *q, const char *name);
/* A number; otherwise fallback. */
uint64_t admin_args_number(const struct admin *q, const char *name, uint64_t fallback);
/* Those of a WORDS argument; none when it was not given. ERR_SYNTAX cannot be once the arguments were checked. */
enum err admin_args_words(struct admin *q, const char *name, struct entry_texts *ret) MUST_USE;
/* A date in seconds since 1970; 0: "never", or not given. */
uint64_t admin_args_date(const struct admin *q, const char *name);
/* A flag; otherwise fallback. */
bool admin_args_flag(const struct admin *q, const char *name, bool fallback);

/*
 * Puts every argument that has a property into e: SET replaces, ADD, REMOVE and FRONT change lists.
 * Names of other entries become ids. ERR_SYNTAX; ERR_NOTFOUND (a name nobody has, or an item to
 * remove that is not there).
 */
enum err admin_args_apply(struct admin *q, struct entry *e) MUST_USE;
/* The same for one argument in another mode: "list member remove" takes `member` as REMOVE. */
enum err admin_args_apply_as(
	struct admin *q, const char *name, enum admin_mode mode, struct entry *e) MUST_USE;

/*
 * The entry of that kind that text names: DOMAIN\user or DOMAIN\group (or a name of one that is unique), a domain's
 * name, a path, an alias or an address. ERR_NOTFOUND with a text that names the next step; ERR_SYNTAX;
 * ERR_CONFLICT (ambiguous).
 */
enum err admin_args_find(
	struct admin *q, enum entry_kind kind, struct str text, struct entry *ret) MUST_USE;
/* The domain and name of a new account or group; "alice" alone will do while there is one domain. */
enum err admin_args_account_name(
	struct admin *q, struct str text, uint64_t *ret_domain, struct str *ret_user) MUST_USE;
