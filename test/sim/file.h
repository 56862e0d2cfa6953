/* What descriptors of the simulated machine stand for (net.h): counted, with what is on its way to them. */
#pragma once

#include "base/list.h"
#include "net.h"

#define CHUNK_FILES_MAX 4

enum file_kind { FILE_STREAM, FILE_CHANNEL, FILE_LISTENER, FILE_COUNTER };

/* Octets that arrive together; a message with descriptors; a connection to be accepted. */
struct chunk {
	struct list node;
	uint64_t at_us;
	struct str octets;
	size_t done;
	struct file *files[CHUNK_FILES_MAX];
	int real[CHUNK_FILES_MAX]; /* where files is NULL: a descriptor of the system */
	size_t count;
};

struct file {
	enum file_kind kind;
	int refs;
	struct file *peer;
	struct list in; /* struct chunk */
	size_t in_octets;
	uint64_t last_us; /* nothing arrives before what came earlier */
	uint64_t end_us;  /* the other side says no more from here on */
	bool ended;       /* this side says no more */
	bool closed;      /* nobody holds it */
	bool broken;
	struct manner manner;
	uint64_t count;   /* FILE_COUNTER */
	uint32_t address; /* of the client, at the accepting end */
	uint16_t port;
};

struct file *file_new(enum file_kind kind);                       /* one reference: the caller's */
void file_pair(enum file_kind kind, struct file *ret_ends[2]);
void file_close(struct file *f);                                  /* gives a reference back */
void file_end(struct file *f);
void file_break(struct file *f);                                  /* the end f is told of a reset */
uint64_t file_read_due(const struct file *f);
uint64_t file_write_due(const struct file *f);
size_t file_room(const struct file *f);
long file_receive(struct file *f, char *to, size_t n);            /* as recv */
void file_arrive(struct file *f, struct chunk *c, const struct manner *m); /* takes c */

int file_number(struct file *f, struct proc *owner);              /* takes the reference */
struct file *file_of(int fd);                                     /* NULL: not one of these */
int file_number_close(int fd);
void file_closed_below(int fd);                                   /* a descriptor of the system is being closed */
struct file *file_between(const struct proc *one, const struct proc *other); /* the channel's end that `one` has */

struct chunk *chunk_new(struct str octets);                       /* copies */
void chunk_add(struct chunk *c, int fd);                          /* duplicates it into c */
int chunk_claim(struct chunk *c, size_t i, struct proc *owner);   /* a number for it */
struct file *chunk_take_file(struct file *listener);
void chunk_free(struct file *holder, struct chunk *c);
