/*
 * Names of newsgroups (RFC 3977 sections 4.1 and 9.8) from names of folders, and back. '/' becomes '.'; of ASCII only letters, digits,
 * '+', '-' and '_' stand for themselves (RFC 5536 section 3.1.4), all else becomes '%' and two hexadecimal digits of upper case; so do
 * code points that nobody sees: controls, spaces without width, marks of direction. Other UTF-8 stands as it is, and so does case.
 * One name of a folder gives one name of a group, and the other way; a name that is written otherwise names nothing.
 */
#pragma once

#include "base/buf.h"

/* Appends the group's name; false, and nothing is appended, when it is longer than NNTP_GROUP_OCTETS_MAX: such a folder has none. */
bool nntp_name_put(struct buf *to, struct str folder) MUST_USE;
/* Appends the folder's name; false, and what is appended means nothing: no folder can have that group's name. */
bool nntp_name_get(struct buf *to, struct str group) MUST_USE;
