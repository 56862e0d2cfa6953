/* What stands in the answer to CONVERT in place of what could not be converted (RFC 5259 section 9). */
#pragma once

#include "mail/conversion.h"
#include "store/imap_engine.h"
#include "wire/imap_convert.h"

/* Why not. */
enum imap_convert_why {
	IMAP_CONVERT_FINE,
	IMAP_CONVERT_NOTHING,     /* the message has no such part */
	IMAP_CONVERT_IMPOSSIBLE,  /* of that type nothing of this type is made */
	IMAP_CONVERT_ENCODING,    /* the part's Content-Transfer-Encoding is not known */
	IMAP_CONVERT_FROM,        /* the part's charset is not known */
	IMAP_CONVERT_IRRELEVANT,  /* parameters that this conversion does not take, or twice */
	IMAP_CONVERT_CHARSET,     /* no text is made in that charset */
	IMAP_CONVERT_REPLACEMENT, /* not in that charset, or too long */
	IMAP_CONVERT_LOST,        /* a character is not in that charset */
	IMAP_CONVERT_MISSING,     /* a header's charset */
	IMAP_CONVERT_UNREADABLE,  /* the message is damaged, or gone by now */
	IMAP_CONVERT_LATER,       /* the message could not be read now */
};

struct imap_convert_error {
	enum imap_convert_why why;
	struct str source, target; /* types; source absent: there is no such part */
	uint32_t blamed;           /* bit n: parameter n of the command */
};

/* "(ERROR "..." BADPARAMETERS "text/html" "text/plain" ("charset" "us-ascii"))", the text in the session's language. */
void imap_convert_put_error(struct imap *i, const struct imap_convert *args, const struct imap_convert_error *error);

/* Of what reading the message failed with. */
enum imap_convert_why imap_convert_why_of(enum err e);

/* What the parameters of the command ask of a conversion. */
struct imap_convert_wants {
	struct str charset;     /* a name of charset.tbl; UTF-8 unless the client said */
	struct str replacement; /* absent: none */
	bool charset_given;
};

/* Whether a conversion of that kind can do what they ask. ret_blamed: those it cannot. */
enum imap_convert_why imap_convert_judge(const struct imap_convert *args, enum conversion_what what,
	struct imap_convert_wants *ret, uint32_t *ret_blamed);
