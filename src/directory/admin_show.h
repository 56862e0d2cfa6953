/* Verbs that only read: list, show, help, doctor logon. Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"

/*
 * A JSON string of s. What is not UTF-8 to its end (a text cut to fit) loses its last octets;
 * anything else that is not UTF-8 becomes "?".
 */
json_t *admin_show_string(struct str s);

/* The property's name as an administrator writes it, with '-'; its value as text, as `show` has it; what an id stands for. */
struct str admin_show_name(struct admin *q, const struct entry_property *p);
struct str admin_show_value(struct admin *q, const struct entry *e, const struct entry_property *p);
struct str admin_show_id(struct admin *q, uint64_t id);
/* Everything about it, as rows of the reply. */
void admin_show_entry(struct admin *q, const struct entry *e);
