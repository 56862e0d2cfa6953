/*
 * What an extended URLFETCH answers of one URL (RFC 5524 section 3.2): " (BODYPARTSTRUCTURE ...) (BINARY ~{n}...)". Octets that have to be
 * decoded are read twice: counted, then sent. The structure tells of the octets as they are sent.
 */
#pragma once

#include "store/imap_binary.h"
#include "store/imap_part.h"
#include "wire/imap_record.h"
#include "wire/imap_urlfetch.h"

struct imap_urldata {
	struct imap_part *part; /* the caller's, open as long as this is */
	const struct imap_section *section;
	unsigned items, how; /* of enum imap_urlfetch_item, of enum imap_record_how */

	struct arena arena; /* of the record */
	struct record record;
	struct record_part leaf;
	bool is_part; /* the section is one: it has a structure, and can be encoded */

	bool decodes;                   /* through binary; else as it stands */
	struct imap_binary binary;
	uint64_t octets;                /* to be sent */
	uint32_t lines, line, line_max; /* of what is decoded: counted, octets of the last and of the longest one */
	bool is_8bit;

	enum { IMAP_URLDATA_COUNTS, IMAP_URLDATA_BEGINS, IMAP_URLDATA_SENDS } stage;
	bool begun; /* something was written */
};

/* items not 0. ERR_UNREADABLE, ERR_IO, ERR_NOMESSAGE; ERR_NOTFOUND: only a structure is wanted, and there is none. With ERR_OK
 * imap_urldata_done must follow. section lives as long as d. */
enum err imap_urldata_open(
	struct imap_urldata *d, struct imap_part *part, const struct imap_section *section, unsigned items) MUST_USE;
/* Appends a piece of bounded size. ERR_NEEDMORE: there is more; ERR_OK: that was all; ERR_NOMESSAGE, ERR_UNREADABLE, ERR_IO: if
 * begun, in the middle of an answer. */
enum err imap_urldata_step(struct imap_urldata *d, struct buf *to) MUST_USE;
void imap_urldata_done(struct imap_urldata *d);
