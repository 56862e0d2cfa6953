/* What CONVERT and CONVERSIONS ask for (RFC 5259 section 10). */
#pragma once

#include "wire/imap_fetch.h"

#define IMAP_CONVERT_PARAMS_MAX       ((size_t)20)
#define IMAP_CONVERT_PARAM_OCTETS_MAX ((size_t)255) /* of a name, of a value */

struct imap_convert_param {
	struct str name, value;
};

struct imap_convert {
	struct str type; /* "type/subtype"; absent: the default conversion */
	size_t params_count;
	struct imap_convert_param params[IMAP_CONVERT_PARAMS_MAX]; /* as they came, a name may stand twice */
	bool uid;
	size_t items_count; /* 0: none but UID */
	const struct imap_section *items; /* in the order asked for, all peeks; IMAP_NAME_BODY: HEADER or MIME */
};

/* Parameters and items, blank in front included. Failures stick in args: ERR_SYNTAX (also for a header with a type), ERR_LIMIT. */
void imap_arg_convert(struct imap_args *args, struct imap_convert *ret);
/* One MIME type of CONVERSIONS, blank in front included: "*", "text/" and a star, or "text/plain". ERR_SYNTAX. */
struct str imap_arg_mime_pattern(struct imap_args *args);
