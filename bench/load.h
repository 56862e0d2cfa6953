/*
 * What the load generators share: time, blocking connections to loopback with or without TLS, a
 * reader of lines that skips literals, and messages that differ from one another but are the same
 * for every server.
 */
#pragma once

#include <openssl/ssl.h>

#include "base/str.h"

#define LOAD_MESSAGE_OCTETS_MAX ((size_t)1 << 20)

uint64_t load_now_us(void);
/* Says what on stderr, with the program's name, and ends the program with status 1. */
_Noreturn void load_give_up(const char *what);
uint32_t load_number(const char *text, uint32_t max);

/* A blocking connection; tls may be NULL. Lines longer than the buffer come cut off, their rest is
 * read over. */
struct load_peer {
	int fd;
	SSL *tls;
	size_t from, held;
	uint64_t octets; /* read so far */
	char line[4096];
	char in[65536];
};

/* Connects to 127.0.0.1 and, with tls, shakes hands without asking anything of the certificate;
 * gives up on failure. */
void load_connect(struct load_peer *p, uint16_t port, SSL_CTX *tls);
void load_close(struct load_peer *p);
void load_put(struct load_peer *p, struct str octets);
/* The next line without its end, valid until the next call. */
struct str load_line(struct load_peer *p);
void load_skip(struct load_peer *p, uint64_t octets);
/* Reads up to the line that is a dot, and no line of its own: to look at each would take longer than to send it. */
void load_skip_dotted(struct load_peer *p);
/* A socket that listens at 127.0.0.1. */
int load_listen(uint16_t port);
/* Sends "TAG command" and reads up to the tagged answer; counts the untagged lines. False: the
 * answer was not OK, which stands on stderr. */
bool load_imap_try(struct load_peer *p, const char *tag, const char *command, uint32_t *ret_lines);
/* The same, but the answer must be OK. */
uint32_t load_imap(struct load_peer *p, const char *tag, const char *command);
/* Connects, reads the greeting and logs on by LOGIN. */
void load_imap_logon(struct load_peer *p, uint16_t port, SSL_CTX *tls, const char *user_password);

/*
 * Message n of the given size (about), dot-stuffed by construction and with its final dot: every
 * third is multipart/alternative, every fifth has an attachment, senders and dates differ, and one
 * in a thousand has the word "quixotically" in its text.
 */
size_t load_message(uint32_t n, uint32_t octets, char *at);

/*
 * Messages read from a pack (see mail_files.c), each with a place of ten digits in its Message-ID.
 * Taking one copies it with n in that place, so that no two sent are the same.
 */
struct load_pack {
	uint32_t count;
	struct load_item {
		char *at;
		size_t len, number_at;
	} * items;
};
void load_pack_read(struct load_pack *p, const char *path);
/* Message n, of at most LOAD_MESSAGE_OCTETS_MAX octets, to `at`; its octets. */
size_t load_pack_take(const struct load_pack *p, uint32_t n, char *at);
