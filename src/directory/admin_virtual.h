/* What `virtual-directory list` and `show`, `doctor anonymous` and `rights` say of virtual directories. */
#pragma once

#include "config/config.h"
#include "directory/admin_int.h"
#include "directory/virtual.h"

/* "": people can come in; else why nobody can. In the request's arena. */
struct str admin_virtual_state(struct admin *q, const struct entry *e);

/* One thing that a stranger can do by HTTP; all in the request's arena. */
struct admin_virtual_row {
	struct str what, action, why, close;
};
typedef void admin_virtual_fn(void *arg, const struct admin_virtual_row *row);

/* What strangers can send through all of them, and why they cannot; fn is called for each. ERR_IO, ERR_CORRUPT. */
enum err admin_virtual_strangers(struct admin *q, const struct config *c, admin_virtual_fn *fn, void *arg) MUST_USE;
/*
 * {"path":TEXT,"account":N,"name":TEXT,"groups":[N],"folders":[N],"anonymous":B,"sends":TEXT,"ready":B} of each; account 0: of all. What can
 * be read through them the store knows.
 */
json_t *admin_virtual_all(struct admin *q, const struct config *c, uint64_t account);
