/*
 * One line of the audit trail: what became of a logon, as octets. Format: doc/format/audit.md. Pure.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define AUDIT_TEXT_OCTETS_MAX   ((size_t)256) /* of each text; longer ones are cut */
#define AUDIT_RECORD_OCTETS_MAX ((size_t)2560)
#define AUDIT_HEAD_OCTETS       ((size_t)8)

struct audit_record {
	int64_t ms; /* since 1970 */
	uint16_t event; /* code of logon_event.tbl, perhaps of a later version */
	uint8_t service; /* enum service */
	bool tls, good;
	uint64_t account, mailbox; /* 0: none was found */
	struct str client;       /* address and port */
	struct str mechanism;
	struct str name;         /* as it was read */
	struct str account_name; /* "DOM\alice" */
	struct str mailbox_name;
	struct str right;        /* by which the mailbox was opened: "primary", "delegate" ... */
	struct str secret;       /* "password", "application password \"phone\"" ... */
	struct str reason;       /* of a refusal */
};

/* Appends the record with its head: length and checksum. Texts are cut at AUDIT_TEXT_OCTETS_MAX. */
void audit_record_put(const struct audit_record *record, struct buf *to);
/*
 * Cuts the first record off *rest; views point into it. ERR_OK; ERR_NEEDMORE: it is not there whole, rest is as it was; ERR_CORRUPT:
 * what stands there is none.
 */
enum err audit_record_cut(struct str *rest, struct audit_record *ret) MUST_USE;
