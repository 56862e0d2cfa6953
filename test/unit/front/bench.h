/*
 * A front on a bench: its real code over a real loop, with a directory, parsers and a store played
 * by this program at the other ends of their channels, and clients at the other ends of socket
 * pairs. Nothing here sleeps: bench_settle runs until nothing moves any more.
 */
#pragma once

#include <pthread.h>

#include "front/client.h"
#include "front/front.h"
#include "front/front_int.h"
#include "io/peer.h"
#include "ipc/messages.h"

#define BENCH_MESSAGES_MAX 16
#define BENCH_PARSERS      2
#define BENCH_KEYS_MAX     4

struct ssl_st;

/* What the played roles do when asked. */
struct bench_play {
	bool hold;        /* keep questions back until bench_release */
	enum err deliver; /* the store's word */
	bool parser_dies; /* the channel closes when asked */
	enum err parse;
	size_t record_octets; /* of the record a parser gives; over 60 KiB it goes into the file */
	enum err authors;     /* the directory's word on From: and Sender: */
	const char *sender;   /* what it wants in Sender:; NULL: nothing */
	size_t ticket_octets; /* of a recipient's ticket; 0: a short one */
};

/* What the store was given. */
struct bench_message {
	struct buf octets, sender, tickets, trace, record;
	bool small; /* it came in the message to the store, not as a file */
	bool sealed, record_sealed;
	uint64_t record_octets;
};

struct bench_hand_over {
	int fd; /* -1: none came */
	struct buf unread, ticket, tag, client, name, place, offers;
	bool tls;
	uint8_t service, language;
	uint64_t session;
};

struct bench_peer {
	struct link *link; /* the front's end */
	int fd;            /* ours; -1: closed */
	enum role role;
};

/* A keys role, played by a thread until the front lets go of its channel. */
struct bench_keys {
	struct tls_key *key;
	int fd;
	pthread_t thread;
};

struct bench {
	struct role_env env;
	struct front *front;
	struct config config;
	struct arena arena;
	struct bench_peer directory, store, parsers[BENCH_PARSERS];
	struct bench_play play;
	struct bench_message messages[BENCH_MESSAGES_MAX];
	size_t messages_count, parses_count, asks_count, cancels_count, gone_count, turned_away_count;
	struct buf said; /* the last SASL response or password that the directory got */
	struct bench_hand_over taken;
	struct bench_keys keys[BENCH_KEYS_MAX];
	size_t keys_count;
	struct list held; /* of struct bench_held */
};

/* One client. out is everything that the front has said, cleared by the test. */
struct bench_client {
	struct bench *bench;
	int fd; /* -1: none */
	struct buf out;
	bool closed; /* the front has hung up */
	struct ssl_st *ssl;
};

void bench_init(struct bench *b, enum role role);
void bench_done(struct bench *b);
/* A certificate and a keys role, played by a thread. */
void bench_add_tls(struct bench *b);
void bench_settle(struct bench *b);
void bench_release(struct bench *b); /* answer what was held */
/* The store gives the session back that it was given; unread: what it had not looked at. */
void bench_give_back(struct bench *b, struct str unread);
void bench_link(struct bench *b, struct bench_peer *p, enum role role, unsigned instance);
void bench_unlink(struct bench *b, struct bench_peer *p);

void bench_connect(
	struct bench *b, struct bench_client *c, enum service service, const char *address);
void bench_hang_up(struct bench_client *c);
/* Sends without waiting; with a settle after it. */
void bench_send(struct bench_client *c, struct str octets);
void bench_say(struct bench_client *c, struct str octets);
/* Takes what has come so far. */
void bench_read(struct bench_client *c);
/* Everything said since the last call, settled. Valid until the next call. */
struct str bench_heard(struct bench_client *c);
/* The first three octets of every line that ends a reply, parted by blanks: "250 354". In a buffer
 * of its own. */
const char *bench_codes(struct bench_client *c);
/* Our half of a handshake; false: it failed. */
bool bench_start_tls(struct bench_client *c);
