/*
 * What a domain demands of the passwords of its accounts, and how long they are good. Properties of the domain: schema.tbl. Pure, but that
 * a look into the history costs a hash for each password in it.
 *
 * The domain's rules are looked at when a password is set; one that was set before a rule stays good until it is changed. Ages count
 * from the day on which it was set, so that a lower maximum is in force at once.
 */
#pragma once

#include "directory/entry.h"
#include "directory/lockout.h"

#define POLICY_LENGTH_MAX  ((uint64_t)256)
#define POLICY_DAYS_MAX    ((uint64_t)24855)
#define POLICY_HISTORY_MAX ((uint64_t)24)
#define POLICY_WARN_DAYS   ((uint64_t)14) /* when nothing else is said */

/* Who sets it. An administrator may give a new one whenever one is needed: the minimum age and "cannot change" are for the owner. */
enum policy_by { POLICY_ADMINISTRATOR, POLICY_OWNER };

struct policy_wish {
	const struct entry_domain *domain;
	const struct entry_account *account; /* as it is */
	struct str password;                 /* as it was typed */
	enum policy_by by;
	uint64_t now_seconds;
};

/* ERR_POLICY: the text says which rule; ERR_SYNTAX: it cannot be a password at all. */
enum err policy_judge(const struct policy_wish *w, struct failure *f) MUST_USE;

/*
 * Gives the account its new secret (an Argon2id string), and keeps the old one for as many changes as the domain's history says. Views
 * into the arena.
 */
void policy_set(const struct entry_domain *domain, struct entry_account *account, struct str secret, uint64_t now_seconds, struct arena *a);

/* The instant from which the password is no longer good; 0: there is none. */
uint64_t policy_expires(const struct entry_domain *domain, const struct entry_account *account);
/* True: it ends within the days of the domain's warning, and has not yet. */
bool policy_warns(const struct entry_domain *domain, const struct entry_account *account, uint64_t now_seconds, uint64_t *ret_days);

struct lockout_rules policy_lockout(const struct entry_domain *domain);

/* The rules of a domain against each other. ERR_SYNTAX (too large), ERR_CONFLICT; the text names the argument. */
enum err policy_check_domain(const struct entry_domain *domain, struct failure *f) MUST_USE;
/* Flags of an account that exclude each other, or its domain's rules. ERR_CONFLICT. */
enum err policy_check_account(const struct entry_domain *domain, const struct entry_account *account, struct failure *f) MUST_USE;
