/*
 * What a SEARCH asks for (RFC 3501 6.4.4): a flat program in prefix order, read without recursion
 * and evaluated without recursion.
 */
#pragma once

#include "wire/imap_args.h"

struct imap_fetch;

#define IMAP_SEARCH_DEPTH_MAX ((size_t)100)
#define IMAP_SEARCH_KEYS_MAX  ((size_t)10000)

enum imap_search_kind {
	/* Inner keys; what they hold follows them in the array. */
	IMAP_SEARCH_AND, /* any number of keys; an empty one is true */
	IMAP_SEARCH_OR,  /* two keys */
	IMAP_SEARCH_NOT, /* one key */
	/* Leaves; the member of struct imap_search_key they use. */
	IMAP_SEARCH_ALL,
	IMAP_SEARCH_FLAG,    /* flag; UNSEEN and its like, and OLD, come as NOT FLAG */
	IMAP_SEARCH_NEW,     /* \Recent and not \Seen */
	IMAP_SEARCH_KEYWORD, /* text; UNKEYWORD comes as NOT KEYWORD */
	IMAP_SEARCH_HEADER,  /* field, text; not BCC CC FROM SUBJECT TO, which follow */
	IMAP_SEARCH_BCC,     /* text */
	IMAP_SEARCH_CC,
	IMAP_SEARCH_FROM,
	IMAP_SEARCH_TO,
	IMAP_SEARCH_SUBJECT,
	IMAP_SEARCH_BODY,
	IMAP_SEARCH_TEXT,
	IMAP_SEARCH_BEFORE, /* day: INTERNALDATE */
	IMAP_SEARCH_ON,
	IMAP_SEARCH_SINCE,
	IMAP_SEARCH_SENTBEFORE, /* day: the Date field */
	IMAP_SEARCH_SENTON,
	IMAP_SEARCH_SENTSINCE,
	IMAP_SEARCH_LARGER, /* number: octets */
	IMAP_SEARCH_SMALLER,
	IMAP_SEARCH_UID, /* set; to be resolved by the session; also UIDAFTER and UIDBEFORE (RFC 9738) */
	IMAP_SEARCH_SEQ, /* set */
	IMAP_SEARCH_OLDER, /* number: seconds (RFC 5032) */
	IMAP_SEARCH_YOUNGER,
	IMAP_SEARCH_SAVEDBEFORE, /* day: SAVEDATE (RFC 8514); SAVEDATESUPPORTED comes as ALL */
	IMAP_SEARCH_SAVEDON,
	IMAP_SEARCH_SAVEDSINCE,
	IMAP_SEARCH_EMAILID, /* text: an object id (RFC 8474) */
	IMAP_SEARCH_THREADID,
	IMAP_SEARCH_FILTER, /* text: its name (RFC 5466); not to be evaluated: imap_search_splice */
	IMAP_SEARCH_MODSEQ, /* modseq or later (RFC 7162) */
	IMAP_SEARCH_NOTE, /* field: entry, perhaps with wildcards; flag: of enum imap_note_scope; text; number 1: it is NIL (RFC 5257 4.8) */
	IMAP_SEARCH_KIND_COUNT
};

struct imap_search_key {
	enum imap_search_kind kind;
	uint32_t end;  /* index behind this key and all it holds */
	unsigned flag; /* of enum imap_system_flag */
	bool fuzzy;    /* FUZZY stood before it, or before what holds it (RFC 6203) */
	uint64_t number;
	uint64_t modseq;
	int32_t day;     /* days since 1970-01-01 */
	struct str text; /* octets in the program's charset; for KEYWORD an atom */
	struct str field;
	struct imap_set set;
};

enum imap_search_return {
	IMAP_RETURN_MIN = 1 << 0,
	IMAP_RETURN_MAX = 1 << 1,
	IMAP_RETURN_ALL = 1 << 2,
	IMAP_RETURN_COUNT = 1 << 3,
	IMAP_RETURN_SAVE = 1 << 4,      /* RFC 5182 */
	IMAP_RETURN_PARTIAL = 1 << 5,   /* RFC 9394; never with ALL */
	IMAP_RETURN_RELEVANCY = 1 << 6, /* RFC 6203; only with a FUZZY key */
	IMAP_RETURN_CONTEXT = 1 << 7,   /* RFC 5267 4.2 */
	IMAP_RETURN_UPDATE = 1 << 8,    /* RFC 5267 4.3 */
};

/* A window upon results, counted from 1 (RFC 9394 3.1). */
struct imap_window {
	bool from_end;     /* -1 is the last one */
	uint32_t from, to; /* as sent, in any order, without their sign */
};

struct imap_search {
	struct imap_search_key *keys; /* keys[0] is an AND over all */
	size_t count;
	struct str charset; /* as sent; empty: US-ASCII (RFC 9051: UTF-8). Not judged here. */
	bool fuzzy;         /* some key is */
	bool modseq;        /* some key is MODSEQ: the highest one found is told (RFC 7162 3.1.6) */
	bool extended;      /* RETURN was there (RFC 4731) */
	unsigned returns;   /* of enum imap_search_return; () is ALL */
	struct imap_window partial;
	struct imap_fetch *updates; /* UPDATE (...): what is told of new messages (RFC 5465 7); NULL: nothing */
};

/* " RETURN (...)" when that is next; the rest of ret stays as it is. For commands built on SEARCH. */
void imap_arg_search_returns(struct imap_args *args, struct imap_search *ret);
/* "1:100" or "-1:-100", no blank in front. */
void imap_args_window(struct imap_args *args, struct imap_window *ret);
/* Read all of SEARCH's arguments, blank in front included. Sticks: ERR_SYNTAX, ERR_LIMIT. */
void imap_arg_search(struct imap_args *args, struct imap_search *ret);
/* The keys alone, blank in front included, up to the end of the command. What stands in ret of RETURN and
 * charset stays. */
void imap_arg_search_keys(struct imap_args *args, struct imap_search *ret);

/*
 * Puts all keys of another program in the place of the leaf number `at`. ERR_LIMIT: too many keys, too
 * deep, or the arena is full.
 */
enum err imap_search_splice(struct arena *a, struct imap_search *search, size_t at,
	const struct imap_search *with) MUST_USE;

/* Three-valued, so that keys which need a message's octets can be left open in a first round. */
enum imap_truth { IMAP_NO, IMAP_MAYBE, IMAP_YES };

typedef enum imap_truth imap_search_leaf(void *arg, const struct imap_search_key *key);

/* Evaluate; leaf is asked in the program's order, for what can still change the result. */
enum imap_truth imap_search_match(
	const struct imap_search *search, imap_search_leaf *leaf, void *arg);
