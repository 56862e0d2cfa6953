/*
 * `bourse doctor logon`: why a logon goes well or not. Beside the walk (logon.h), which says what the directory has to do with it, the
 * circumstances: is the port open, may a password come that way, is the mechanism offered, is the source slowed down, can mail be
 * sent. Every finding has an event code of logon_event.tbl. The guide's page of all of them is made from that table.
 */
#pragma once

#include "config/config.h"
#include "directory/logon.h"
#include "directory/throttle.h"

/* What the role knows beside the directory; directory.facts. */
struct doctor_facts {
	const struct config *const *config;
	const struct throttle *throttle;
	/* State of a mailbox: QUOTA_NOSEND and the like, or less. */
	unsigned (*quota)(void *arg, uint64_t mailbox);
	void *arg;
};

/* From these states of enum mailbox_quota of the store on a mailbox sends nothing, and receives nothing either. */
#define QUOTA_NOSEND 2
#define QUOTA_FULL   3

struct doctor_query {
	struct logon_query logon;
	struct str mechanism; /* empty: any */
	struct str source;    /* address; empty: not known */
	bool tls;             /* the connection is, or will be, inside TLS */
	uint64_t mono_ms;     /* clock_mono_ms */
};

/* One line of what the doctor says. */
struct doctor_finding {
	const char *step;
	enum logon_mark mark;
	enum logon_event event; /* of one that is LOGON_BAD */
	char detail[256], mend[256];
};

#define DOCTOR_FINDINGS_MAX ((size_t)8)

/* The circumstances, in the order in which a program meets them; returns how many. account is what the throttle counts for, and the
 * walk has been made. No facts: none. */
size_t doctor_look(const struct doctor_facts *facts, const struct doctor_query *q, struct logon *l, struct doctor_finding *ret);
