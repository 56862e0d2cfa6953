/* The generators: each runs one step of the plan on a fiber of its own, and tells the model what it asked and heard. */
#pragma once

#include "model.h"
#include "plan.h"
#include "talk.h"

struct step; /* plan.h */

/* A message to one or more, tried again until it is taken, as a relay does. */
void client_smtp(struct step *s);
/* The same over submission, with a logon. */
void client_submit(struct step *s);
/* Reads some and removes some. */
void client_pop3(struct step *s);
/* A session with whatever comes to mind. */
void client_imap(struct step *s);
/* IDLE in INBOX until the phase is over; then what it was told is compared with what is there. */
void client_watch(struct step *s);

/* The server is at rest: everything is read through IMAP and compared. False: it could not be read. */
bool client_audit(unsigned user);

/* For client_watch: the clients of the phase are through, what is due has been told. */
bool phase_is_calm(void);
