/* What SORT (with RETURN: RFC 5267) and THREAD ask for (RFC 5256; DISPLAYFROM and DISPLAYTO: RFC 5957). */
#pragma once

#include "wire/imap_search.h"

#define IMAP_SORT_KEYS_MAX ((size_t)16)

enum imap_sort_key {
	IMAP_SORT_ARRIVAL,
	IMAP_SORT_CC,
	IMAP_SORT_DATE,
	IMAP_SORT_DISPLAYFROM,
	IMAP_SORT_DISPLAYTO,
	IMAP_SORT_FROM,
	IMAP_SORT_RELEVANCY, /* RFC 6203: only with a FUZZY key; the best first */
	IMAP_SORT_SIZE,
	IMAP_SORT_SUBJECT,
	IMAP_SORT_TO,
	IMAP_SORT_NOTE, /* RFC 5257 4.9: entry, shared */
	IMAP_SORT_KEY_COUNT
};

struct imap_sort {
	size_t count; /* at least one */
	struct imap_sort_by {
		enum imap_sort_key key;
		bool reverse, shared;
		struct str entry;
	} by[IMAP_SORT_KEYS_MAX];
};

enum imap_thread { IMAP_THREAD_ORDEREDSUBJECT, IMAP_THREAD_REFERENCES };

/* All arguments, those of the search included. Sticks: ERR_SYNTAX; ERR_LIMIT (too many criteria). */
void imap_arg_sort(struct imap_args *args, struct imap_sort *ret, struct imap_search *ret_search);
void imap_arg_thread(struct imap_args *args, enum imap_thread *ret, struct imap_search *ret_search);
