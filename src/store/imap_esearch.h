/*
 * The ESEARCH response (RFC 4731, RFC 9051 section 7.3.4; PARTIAL: RFC 9394; in the order of a SORT:
 * RFC 5267 section 3; RELEVANCY: RFC 6203) and what SAVE keeps of it (RFC 5182 section 2.4).
 */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_sort.h"

/* Gives the message with place n among the results, in the order in which they are told. */
typedef uint32_t imap_esearch_at(void *arg, size_t n);

struct imap_esearch {
	const struct imap_search *search;
	imap_esearch_at *at;
	void *arg;
	size_t count;
	const struct imap_sort *sort; /* the order; NULL: that of the folder */
	const uint8_t *scores; /* of results by place, 1 .. 100; NULL: there are none */
	uint64_t modseq;       /* the highest of all results; 0: it is not told (RFC 7162 section 3.1.10) */
	struct str mailbox;    /* of one that need not be selected (RFC 7377); absent: the selected one */
	uint32_t uidvalidity;  /* of it */
	struct folder_view *view;
	bool uid;
	/* The writer's. */
	enum { IMAP_ESEARCH_HEAD, IMAP_ESEARCH_NUMBERS, IMAP_ESEARCH_SCORES, IMAP_ESEARCH_DONE } stage;
	size_t told, first, last; /* of the numbers: places [first, last) */
	struct imap_range run;    /* numbers not yet written */
	bool any;
};

/* True: the line is out. False: to be called again in the next step. i->mid_line is kept. */
bool imap_esearch_put(struct imap *i, struct imap_esearch *e) MUST_USE;
/* All that a command does with what it found: saves it and makes a context of it where that is asked for, answers,
 * and is over. */
enum step imap_esearch_step(struct imap *i, struct imap_esearch *e);
/* Places [*ret_first, *ret_last) of `count` results that a window shows. */
void imap_esearch_window(
	const struct imap_window *p, size_t count, size_t *ret_first, size_t *ret_last);
/* What SAVE keeps. ERR_LIMIT: not saved. */
enum err imap_esearch_save(struct imap *i, const struct imap_esearch *e) MUST_USE;
