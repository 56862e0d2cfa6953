/* How the controllers of a domain that others serve are, read from what netlogon told last. */
#pragma once

#include <jansson.h>

#include "base/str.h"

struct controllers_view {
	size_t count, failing;
	char text[256]; /* "ldap://a does not answer since 2026-05-28T20:26:40Z (refused); ldap://b answers" */
	char refused[256]; /* of the last one that says so: when it said no last, and why; "" where none does */
};

/* rows may be NULL: nothing has been told. */
void controllers_look(const json_t *rows, uint64_t domain, struct controllers_view *ret);
