/* A client's connection, from a fiber: lines in, octets out, and the ways in which a connection goes wrong. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "net.h"

/* Chance of one client: a step's own, so that dropping other steps does not change it. */
struct dice {
	uint64_t state;
};

/* NULL: never by chance; such a client behaves and has a good connection. */
uint64_t dice_throw(struct dice *d, uint64_t n); /* below n */
bool dice_in(struct dice *d, uint64_t n);        /* once in n */

struct talk {
	char name[24];
	struct file *file; /* NULL: the connection is over */
	struct buf in;
	size_t taken; /* of in */
	bool ended;   /* no more will come */
	struct dice *dice;
	unsigned commands, answers;
	uint64_t cut_at_us; /* the client goes then without a word; NEVER */
};

/* False: nobody listens. number: whose address. */
bool talk_open(struct talk *t, const char *name, enum service service, unsigned number, struct dice *dice);
void talk_close(struct talk *t);
void talk_put(struct talk *t, struct str octets);
void talk_printf(struct talk *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line without its CRLF, valid until the next call. False: the connection is over, which is no violation; silence is. */
bool talk_line(struct talk *t, struct str *ret);
/* The same, for at most so long: ERR_OK, ERR_TIMEOUT (nothing came, it still stands), ERR_IO. */
enum err talk_line_within(struct talk *t, uint64_t us, struct str *ret);
/* Exactly n octets, appended. */
bool talk_octets(struct talk *t, size_t n, struct buf *to);
