/*
 * The message that the form of a virtual directory becomes. What the stranger typed goes into it through the writers here and nowhere else:
 * names and subjects as quoted strings or encoded words (RFC 2047), the text as it is or in base64, so that nothing of it can be a header
 * line. Pure.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define FORM_NAME_OCTETS_MAX    ((size_t)100)
#define FORM_ADDRESS_OCTETS_MAX ((size_t)254)
#define FORM_SUBJECT_OCTETS_MAX ((size_t)200)

struct form_message {
	struct str sender, display;      /* the mailbox's */
	struct str to;                   /* an address of ours */
	struct str name, address;        /* of who typed it: Reply-To; name may be empty */
	struct str subject, text;        /* UTF-8 */
	struct str path;                 /* of the virtual directory */
	const char *client;              /* his address */
	bool client_v6, tls;
	struct str host_name, id;        /* ours; of this message */
	int64_t seconds;
};

/* What may stand in one line that somebody typed: UTF-8 without controls and without marks that turn the writing around. */
bool form_line_good(struct str s);
/* What may be a text: UTF-8, of controls nothing but line ends and tabs. */
bool form_text_good(struct str s);
/* An address to answer to: ASCII, a dot-atom, '@', a domain of at least two labels (RFC 5321 section 4.1.2, without what hardly anybody has). */
bool form_address_good(struct str s);

/* Trace fields, header and body. Everything given is good by the above, or ours. */
void form_message_put(struct buf *to, const struct form_message *m);
