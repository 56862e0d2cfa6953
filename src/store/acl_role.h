/* Names for rights: roles and single rights of acl_role.tbl, mapped onto the letters of acl.h and back. Pure. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct acl_role {
	const char *name, *letters, *doc;
	bool single; /* one right; else a set of them */
};

/* All of them, single rights first; *ret_count. */
const struct acl_role *acl_roles(size_t *ret_count);
/* "author", "edit-own", "Nonediting Author": in any case, blank or dash. ERR_NOTFOUND: there is none of that name. */
enum err acl_role_get(struct str name, uint32_t *ret) MUST_USE;
/* The role that has just these rights; empty: none has. */
struct str acl_role_name(uint32_t rights);
