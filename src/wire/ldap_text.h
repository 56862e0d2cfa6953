/*
 * What an administrator writes about an LDAP server: URLs, distinguished names (RFC 4514), search
 * filters (RFC 4515), and templates of them in which a user's name is put. Names that a client
 * gives are escaped, so that they can only ever be a value.
 *
 * In a template %u is the user's name, %d the domain's, %% a percent sign; nothing else may follow
 * a percent sign. Pure; nothing here recurses.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define LDAP_TEXT_OCTETS_MAX ((size_t)4096)

/*
 * ldap://host, ldaps://host, with [IPv6] or a name, :port and a last slash if given; or
 * ldapi://%2fpath. NULL: it is one; else what is wrong, to stand behind the URL in a sentence.
 */
const char *ldap_url_why_not(struct str url);
/* Its words travel in the clear: ldap:// to a host that is not this machine by number or name. */
bool ldap_url_is_open(struct str url);

/* RFC 4514 section 3. The empty one (the root) is good. */
bool ldap_dn_is_valid(struct str dn);
/* RFC 4515 section 3, to a depth of 32. */
bool ldap_filter_is_valid(struct str filter);
/* Only %u, %d and %%, and %u at least once. */
bool ldap_template_is_valid(struct str text);

enum ldap_form {
	LDAP_FORM_PLAIN,  /* nothing is escaped: the name of an account, as DOM\u or u@example.org */
	LDAP_FORM_DN,     /* RFC 4514 section 2.4 */
	LDAP_FORM_FILTER, /* RFC 4515 section 3 */
};

/* Appends the template with the names put in. ERR_SYNTAX: no such placeholder; ERR_TOOBIG. */
enum err ldap_fill(
	struct str text, enum ldap_form form, struct str user, struct str domain, struct buf *to)
	MUST_USE;
