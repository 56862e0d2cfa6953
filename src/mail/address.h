/*
 * Address lists of header fields (RFC 5322 section 3.4, obsolete forms of section 4.4, UTF-8 of RFC 6532). Tolerant: every
 * text is a list of something. Linear, no recursion. Paths of the SMTP envelope are not read here: their grammar is strict.
 */
#pragma once

#include "base/buf.h"

enum address_kind {
	ADDRESS_MAILBOX,
	ADDRESS_GROUP,    /* name only; its members follow */
	ADDRESS_GROUP_END /* nothing is set */
};

/* Views are good until the next call on the list. */
struct address {
	enum address_kind kind;
	struct str name;    /* absent (at == NULL) when there is none; encoded words are left as they are */
	struct str adl;     /* source route "@a,@b", absent when there is none */
	struct str mailbox; /* local part, unquoted */
	struct str host;    /* empty when the address has none */
};

enum address_buf { ADDRESS_PHRASE, ADDRESS_LOCAL, ADDRESS_HOST, ADDRESS_ADL, ADDRESS_COMMENT, ADDRESS_BUFS };

struct address_list {
	struct str rest;
	bool in_group;
	bool group_ends; /* tell the end of the group next */
	bool no_quote;   /* no quoted string ends in the rest */
	struct buf bufs[ADDRESS_BUFS];
};

/* text is a raw (folded) or unfolded value and must outlive the list. */
void address_list_init(struct address_list *l, struct str text);
void address_list_done(struct address_list *l);
/* False: the end. A group that is open at the end is closed. */
bool address_list_next(struct address_list *l, struct address *ret) MUST_USE;
