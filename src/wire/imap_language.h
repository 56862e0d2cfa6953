/* LANGUAGE (RFC 5255 section 3): its arguments, and the response to it. */
#pragma once

#include "base/language.h"
#include "wire/imap_args.h"

#define IMAP_LANGUAGE_NONE S("none of these languages is spoken here")

struct imap_language {
	bool asked;    /* there were arguments; else the languages are to be listed */
	enum err none; /* ERR_OK: chosen is the first of those asked for that there is; ERR_UNSUPPORTED: there is none of them */
	enum language chosen;
};

/* preferred: what "default" means, and "*" where no other range finds anything (RFC 4647 section 3.4). Failures stick in args. */
void imap_arg_language(struct imap_args *args, enum language preferred, struct imap_language *ret);

/* "* LANGUAGE (de)". */
void imap_put_language(struct buf *to, enum language l);
/* "* LANGUAGE (i-default en de)". */
void imap_put_languages(struct buf *to);
