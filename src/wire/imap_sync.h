/*
 * What clients say to learn of changes only: CONDSTORE and QRESYNC (RFC 7162), PARTIAL (RFC 9394).
 * Everything here stands in brackets behind the arguments of a command (RFC 4466 section 2); it is
 * read whole, and what is not known fails.
 */
#pragma once

#include "wire/imap_search.h"

#define IMAP_MODSEQ_MAX ((uint64_t)INT64_MAX)

/* 1 .. IMAP_MODSEQ_MAX, with zero also 0; no blank in front. */
uint64_t imap_args_modseq(struct imap_args *args, bool zero);

/* Behind the mailbox of SELECT and EXAMINE (RFC 7162 3.1.8, 3.2.5). */
struct imap_select {
	bool condstore, qresync, annotate; /* annotate: RFC 5257 4.2 */
	uint32_t uidvalidity; /* as the client knows it; all below with qresync only */
	uint64_t modseq;      /* it knows of what happened up to here */
	bool known_given;
	struct imap_set known; /* uids; no star */
	/* Message numbers and their uids, as the client knows them: equally many. */
	bool match_given;
	struct imap_set match_seqs, match_uids;
};

/* Nothing there: all is false. */
void imap_arg_select(struct imap_args *args, struct imap_select *ret);

/* Behind the items of FETCH (RFC 7162 3.1.4.1, 3.2.6; RFC 9394 3.3). */
struct imap_fetch_modifiers {
	bool changed_since_given, vanished, partial_given;
	uint64_t changed_since;
	struct imap_window partial;
};

/* VANISHED and PARTIAL without UID fail, VANISHED without CHANGEDSINCE too. */
void imap_arg_fetch_modifiers(struct imap_args *args, bool uid, struct imap_fetch_modifiers *ret);

/* Behind the set of STORE (RFC 7162 3.1.3). */
struct imap_store_modifiers {
	bool unchanged_since_given;
	uint64_t unchanged_since;
};

void imap_arg_store_modifiers(struct imap_args *args, struct imap_store_modifiers *ret);

/* What follows MODSEQ in a search (RFC 7162 3.1.5); the names of metadata items are read and not
 * looked at, since a message has one modseq here. */
uint64_t imap_args_search_modseq(struct imap_args *args);
