/*
 * SMTP addresses as keys. RFC 5321 section 4.1.2, RFC 6531; domains after RFC 5890 (IDNA2008,
 * non-transitional). Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#define SMTP_ADDRESS_OCTETS_MAX ((size_t)254)

struct smtp_address {
	struct str local;  /* NFC, without quoting: as it is compared after folding */
	struct str domain; /* A-labels, lower case, without a final dot: the key */
	struct str key;    /* folded local part '@' domain: the index key */
};

/*
 * A domain's key: A-labels in lower case without the final dot, so that bücher.example,
 * BÜCHER.example. and xn--bcher-kva.example are one. ERR_ADDRESS: empty, empty label, too long, not
 * IDNA.
 */
enum err smtp_address_domain(struct arena *a, struct str domain, struct str *ret) MUST_USE;
/*
 * local@domain without angle brackets; the local part may be a quoted string, the cut is at the
 * last '@'. ERR_ADDRESS: no or empty part, not UTF-8, control characters, over
 * SMTP_ADDRESS_OCTETS_MAX.
 */
enum err smtp_address_parse(struct arena *a, struct str text, struct smtp_address *ret) MUST_USE;
