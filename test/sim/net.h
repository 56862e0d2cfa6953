/*
 * Descriptors of the simulated machine: connections, channels of whole messages, listeners, event counters. Octets and messages arrive
 * after a delay of the connection's own, in order; between connections there is none. Numbers are FDS_MAX and above.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ipc/service.h"

struct file; /* an open one, counted */
struct proc;

/* How a connection behaves. */
struct manner {
	uint64_t delay_us_min, delay_us_max;
	size_t read_octets_max;  /* at most so many come at once */
	size_t window_octets;    /* on their way or unread */
};

/* ---- for loop and descriptors' callers ---- */
bool net_is_ours(int fd);
uint64_t net_read_due(int fd);  /* when it is readable: world_now() or NEVER, see fiber.h */
uint64_t net_write_due(int fd);
bool net_is_broken(int fd);     /* reset by the other side */
struct str net_peek(int fd);    /* the first message that has arrived, not taken */
void net_drop(struct proc *p);  /* closes all of its descriptors */
/* The second end of the last channel made, as fork would pass it on. */
int net_last_pair_for(struct proc *child);

/* ---- the server's machine ---- */
/* A descriptor of the calling process. Pending connections to an older listener of the service are lost. */
int net_listen(enum service service);
void net_listeners_close(void);
/* Cuts channels between these two; false: there is none. */
bool net_cut_channel(const struct proc *one, const struct proc *other);

/* ---- the clients' side ---- */
/* NULL: nobody listens. number distinguishes client addresses. */
struct file *net_connect(enum service service, unsigned number, const struct manner *manner);
void net_put(struct file *f, struct str octets);
/* Appends what has arrived. False: the end, and no more will come. */
bool net_take(struct file *f, struct buf *to);
uint64_t net_due(struct file *f);
void net_end(struct file *f);   /* half-close */
void net_close(struct file *f);
void net_reset(struct file *f); /* and close */
