/*
 * Between imap_match.c, which goes through a message in steps, and imap_match_key.c, which asks one
 * key of what is at hand.
 */
#pragma once

#include "store/imap_fuzzy.h"
#include "store/imap_match.h"
#include "store/search.h"

/* How much of a message is at hand. */
enum imap_match_depth { DEPTH_ITEM, DEPTH_RECORD, DEPTH_BODY };
/* Of each key that needs a message's octets, for the message in hand. */
enum imap_match_known { UNKNOWN, KNOWN_NO, KNOWN_YES };

struct imap_match {
	struct session *s;
	struct mailbox *mailbox; /* of all views */
	struct folder_view *view;
	const struct imap_search *search;
	enum imap_collation collation;
	int64_t now;       /* seconds: when the search began */
	struct arena keys; /* what belongs to the keys */
	struct arena viewed;    /* what belongs to the view */
	struct imap_set *sets; /* of each key, for the view */
	struct str *texts; /* folded, one for each key */
	uint8_t *known;    /* enum imap_match_known, one for each key */
	uint32_t *wanted;  /* keys that bodies are read for: BODY and TEXT */
	size_t wanted_count, overlap;
	bool reads_bodies; /* and several messages may be told at once, so that they are unpacked ahead */
	bool needs_header;
	struct imap_fuzzy **fuzzy; /* of each key that is text and FUZZY, else NULL */
	uint64_t *emails; /* of each EMAILID; 0: it is none of ours */
	uint8_t *near;    /* of each other key that is FUZZY: how far it was met, 1 .. 100; 0: it was not */
	bool *counted;    /* a FUZZY key that is under no NOT */
	struct buf refolded;
	unsigned *keywords; /* of each KEYWORD its number in the folder, or ITEM_KEYWORDS_MAX */
	unsigned want;      /* of enum message_want: rows that may settle the keys; 0: there are none */
	size_t *asked_as; /* for each key its number in the answer, or SEARCH_KEYS_MAX */
	struct search_answer answer;

	uint32_t seq; /* the message in hand; 0: none */
	struct item item;
	enum imap_match_depth depth;
	size_t work;
	struct arena arena; /* of the message */
	struct record record;
	struct str kept;      /* fields; absent: none are at hand */
	bool has_header;        /* else a HEADER is settled by kept fields or not at all */
	struct buf header, text, raw, line;
	struct buf folded; /* the header, all of it */
	bool folded_made;
	enum imap_truth many[MESSAGE_LIST_MAX]; /* of messages from many_first on, told by their rows */
	uint32_t many_first;
	size_t many_count;
	struct imap_text body;
	uint32_t part;
	uint64_t at; /* in the part's body */
	bool in_part;
};

static inline enum imap_truth imap_match_truth(bool yes)
{
	return yes ? IMAP_YES : IMAP_NO;
}

/* Of the folder's row; MAYBE: that cannot tell. */
enum imap_truth imap_match_item(struct imap_match *c, const struct imap_search_key *key);
/* Of the record and the header, key number n; MAYBE: that cannot tell. Reads nothing. */
enum imap_truth imap_match_record(struct imap_match *c, const struct imap_search_key *key, size_t n);
/* Does the text settle it that key number n is met? FUZZY ones are settled at the end, unless they are met wholly. */
bool imap_match_finds(struct imap_match *c, size_t n, struct str text);
