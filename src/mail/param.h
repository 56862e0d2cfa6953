/*
 * MIME fields of the form "value; name=value; ..." (RFC 2045 section 5.1, RFC 2183), with the pieces of RFC 2231
 * joined. Tolerant: comments, missing semicolons and quotes, blanks around "=".
 */
#pragma once

#include "base/buf.h"

#define PARAM_MAX        200u /* kept, per field */
#define PARAM_PIECES_MAX 100u /* joined, per parameter */

struct param {
	struct str name;  /* ends in '*' when the value is an extended one (RFC 2231): charset'language'%xx */
	struct str value; /* unquoted */
};

struct params {
	struct param rows[PARAM_MAX];
	size_t count;
	bool truncated; /* there were more */
	struct buf octets; /* behind the views */
};

/*
 * The type and subtype at the start of an unfolded Content-Type; *ret_rest is what follows. False: there is no
 * type/subtype of RFC 2045 tokens, nothing is written.
 */
bool param_media_type(struct str text, struct str *ret_type, struct str *ret_subtype, struct str *ret_rest) MUST_USE;

/* The first token of an unfolded field (Content-Disposition, Content-Transfer-Encoding), empty when there is none. */
struct str param_token(struct str text, struct str *ret_rest);

/* Reads the parameters; rest is what the two above left. Views in ret borrow from rest and from ret->octets. */
void params_read(struct str rest, struct params *ret);
void params_done(struct params *p);
/* The value of that name (ASCII case folded), absent when there is none. */
struct str params_value(const struct params *p, struct str name);
