/*
 * The fields of a form, as application/x-www-form-urlencoded or multipart/form-data (RFC 7578) brings them. Strict: what two readers could
 * take apart in two ways is refused, with it every field that is there twice, and files. Pure; views borrow from the body.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define HTTP_FORM_FIELDS_MAX     ((size_t)50)
#define HTTP_FORM_BOUNDARY_MAX   ((size_t)70) /* RFC 2046 section 5.1.1 */
#define HTTP_FORM_PART_HEAD_MAX  ((size_t)1024)

struct http_form {
	struct str body;
	struct str boundary; /* STR_NONE: it is urlencoded */
};

/*
 * type is the Content-Type. ERR_OK: every field can be read. ERR_MEDIATYPE: neither of the two, or a file is in it; ERR_SYNTAX: malformed,
 * a NUL or a field twice; ERR_LIMIT: more than HTTP_FORM_FIELDS_MAX.
 */
enum err http_form_open(struct str type, struct str body, struct http_form *ret) MUST_USE;
/*
 * Appends the value, decoded. ERR_NOTFOUND: there is no such field. ERR_TOOBIG: over the ceiling of `to`. ERR_SYNTAX cannot be of a form
 * that was opened.
 */
enum err http_form_get(const struct http_form *f, struct str name, struct buf *to) MUST_USE;
