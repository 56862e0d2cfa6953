/*
 * Threads of messages (RFC 5256 section 3): ORDEREDSUBJECT and REFERENCES. Knows no protocol and reads nothing: messages
 * are added as hashes (map_hash) of what they say, then steps are taken until the threads stand, then they are walked.
 *
 * Bounds, whatever senders wrote: of a message's references the first and the last THREAD_REFS_MAX - 1 count; a parent
 * is not looked for more than THREAD_DEPTH_MAX levels up, and a link that would need it is not made, so that time grows
 * with the number of messages. No recursion.
 */
#pragma once

#include "store/merge.h"

#define THREAD_REFS_MAX  20u
#define THREAD_DEPTH_MAX 1000u
#define THREAD_NONE      UINT32_MAX

struct thread_message {
	uint64_t id;      /* 0: none */
	uint64_t subject; /* of the base subject as it is collated; 0: empty */
	int64_t date;     /* sent */
	bool reply;       /* or forward */
	unsigned refs_count;
	uint64_t refs[THREAD_REFS_MAX]; /* oldest first */
};

struct thread;

/* references: REFERENCES, else ORDEREDSUBJECT. */
struct thread *thread_new(bool references);
void thread_free(struct thread *t); /* accepts NULL */
/* In the order of message numbers. */
void thread_add(struct thread *t, const struct thread_message *m);
/* Work for about so many messages. True: the threads stand. */
bool thread_step(struct thread *t, size_t work);

enum thread_token { THREAD_OPEN, THREAD_CLOSE, THREAD_MESSAGE, THREAD_END };
/* The next piece of the answer; *ret_message is the number of a message in the order of adding, from 0. */
enum thread_token thread_next(struct thread *t, uint32_t *ret_message);
