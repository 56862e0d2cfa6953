/* Verbs that only read: list, show, help, doctor logon. Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"

/*
 * A JSON string of s. What is not UTF-8 to its end (a text cut to fit) loses its last octets;
 * anything else that is not UTF-8 becomes "?".
 */
json_t *admin_show_string(struct str s);
