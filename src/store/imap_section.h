/* Where the octets of one BODY[...]<...> of a FETCH stand (RFC 3501 section 6.4.5). */
#pragma once

#include "mail/record.h"
#include "store/mailbox.h"
#include "wire/imap_fetch.h"

/* A range of the message, or text made of its header. */
struct imap_source {
	bool nil;  /* there is no such part */
	bool made; /* the octets are text's, [at, at + octets) */
	uint64_t at, octets;
	struct buf text; /* cleared and filled by the call; given back by the owner */
};

/* False: only the message's size is needed. */
bool imap_section_needs_record(const struct imap_section *section);

/*
 * The partial range is cut already. record may be NULL when none is needed. text must be
 * initialised; it holds at most RECORD_HEADER_OCTETS_MAX and an empty line. ERR_NOMESSAGE,
 * ERR_UNREADABLE, ERR_IO.
 */
enum err imap_section_find(struct mailbox *m, const struct item *it, const struct record *record,
	const struct imap_section *section, struct imap_source *ret) MUST_USE;

/* The part whose header or body is meant; false: there is none. */
bool imap_section_part(const struct record *r, const struct imap_section *section, struct record_part *ret) MUST_USE;

/* Sections that may be answered from the kept fields of the header alone (mail/record.h). */
bool imap_section_may_be_kept(const struct imap_section *section);
/* None of the names asked for is among those left out. kept absent: no. */
bool imap_section_is_kept(const struct imap_section *section, struct str kept);
/* Whether octets of the message are sent, whatever is kept of it. */
bool imap_section_reads_message(const struct imap_section *section);
/* The literal, its size included. For a section that is kept. */
void imap_section_put_kept(struct buf *to, const struct imap_section *section, struct str kept);
