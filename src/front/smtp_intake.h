/*
 * A message on its way in: octets of DATA or BDAT decoded, counted against the room there is
 * (front/room.h) and the size limit. A small message stays in a buffer and goes to parser and
 * store inside the messages to them; a larger one becomes a file in memory. After the first fault
 * both are gone and the rest is read and thrown away, so that the stream stays in step; what was
 * wrong is told at the end.
 */
#pragma once

#include "front/front_int.h"
#include "front/room.h"
#include "wire/smtp_data.h"

/* With sender, tickets and record it is to fit one message between roles. */
#define SMTP_SMALL_OCTETS_MAX ((size_t)32 << 10)

struct smtp_intake {
	struct front *front;
	struct room_part room; /* octets of file and buffer are counted there */
	bool open;            /* false: not begun, or a fault */
	int fd;               /* -1: all of it is in small */
	struct buf small;     /* at most SMTP_SMALL_OCTETS_MAX */
	struct smtp_data decoder;
	enum err fault; /* ERR_OK, ERR_TOOBIG, ERR_LIMIT, ERR_IO; lines are judged at the end */
	/* Received lines of the header (RFC 5321 6.3), counted as they pass. */
	unsigned hops;
	size_t line_octets; /* of the header line so far, while it can still be what we look for */
	bool line_matches, line_empty, header_over;
};

void smtp_intake_init(
	struct smtp_intake *b, struct front *front, const struct crowd_address *from, bool trusted);
/* Gives the file and its share of the budget back; may be begun again. */
void smtp_intake_drop(struct smtp_intake *b);
/* head is put in front and not counted as the message's. ERR_LIMIT: there is no room. */
enum err smtp_intake_begin(
	struct smtp_intake *b, enum smtp_data_mode mode, struct str head) MUST_USE;
/* Returns how many octets were consumed; see smtp_data_feed. */
size_t smtp_intake_feed(struct smtp_intake *b, struct str in) MUST_USE;
/* A complete small message becomes a sealed file after all. ERR_LIMIT: there is no memory for it. */
enum err smtp_intake_to_file(struct smtp_intake *b) MUST_USE;
/*
 * The message is complete: ERR_OK and it is in b->small, or b->fd is sealed; else the fault, and the body is dropped.
 * ERR_BARELINEEND: a bare CR or LF or a NUL was in it. ERR_LOOP: more Received lines than
 * smtp.hops_max.
 */
enum err smtp_intake_end(struct smtp_intake *b) MUST_USE;
