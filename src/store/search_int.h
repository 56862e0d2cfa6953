/* Between search.c (questions, whose turn it is) and search_job.c (what the thread does). */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "store/search.h"
#include "store/search_source.h"

#define SEARCH_JOB_MESSAGES 32u                 /* at most, in one job */
#define SEARCH_JOB_OCTETS   ((size_t)512 << 10) /* of messages: no more are read behind it */
#define SEARCH_NAME_OCTETS  512u

/* What is known of one mailbox's index. */
struct indexed {
	uint64_t mailbox;
	struct finder *finder; /* NULL: closed, or there is none */
	uint64_t position, texts;
	uint64_t read;    /* last email handed to the thread */
	uint64_t changes; /* messages in its tail when last looked at, and changes told of since */
	uint64_t garbage_ms; /* when it was last counted */
	uint64_t begun_ms;   /* when it was made, or seen first; 0: there is none */
	unsigned failures;   /* in a row */
	bool looked;         /* its file was opened, or there is none: the figures are true */
	bool filling;        /* until it is up to date */
	bool asked;          /* by the administrator: whatever its size */
	unsigned deaths;     /* of processes that were adding to it, since it last grew */
	bool again, gone;    /* after the job: begin anew; forget the mailbox */
	struct list dirty;   /* in search->dirty */
	struct list open;    /* in search->open, the last used one at the end */
};

/* Files that are to go, after their finder was closed. */
struct search_removal {
	struct list node;
	uint64_t mailbox;
	struct finder *finder;
};

struct search_ask {
	struct list node;
	struct search_question question;
	struct str keys[SEARCH_KEYS_MAX];
	struct arena arena;
	struct search_answer answer;
};

enum search_job_kind {
	SEARCH_JOB_NONE,
	SEARCH_JOB_OPEN,
	SEARCH_JOB_ADD,
	SEARCH_JOB_FIND,
	SEARCH_JOB_REMOVE
};

/* One at a time. The thread reads and writes it and the finders named in it, nothing else. */
struct search_job {
	enum search_job_kind kind;
	struct indexed *box; /* the loop's; the thread does not look at it */
	char name[SEARCH_NAME_OCTETS];
	struct finder *finder, *also_close;
	bool make, commit;
	bool last;  /* there are no more messages */
	bool first; /* of a transaction */
	unsigned deaths;
	char attempt[SEARCH_NAME_OCTETS]; /* name of the file that tells of a death in the middle */
	struct search_message *messages;
	size_t count;
	uint64_t position; /* to be committed */
	struct search_ask *ask;
	/* Answers. */
	enum err err;
	struct finder_text recent[FINDER_RECENT];
	size_t recent_count;
	uint64_t took_us;
};

/* On the thread. After an error the finder is closed and its files are gone. */
void search_job_run(void *job);

/* What the last process was adding to; false: nothing, or it is not readable. */
bool search_attempt_read(const char *name, uint64_t *ret_mailbox, unsigned *ret_deaths);
