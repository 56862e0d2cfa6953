/*
 * A backup's mailbox to be read from: a data folder made of what the backup has, inside that of the server at work because
 * there is room for mail there, and a server of its own on it. First the directory alone, then, when the number of the mailbox
 * is known, its rows and the messages they hold. A folder that a killed program left is removed by the next one.
 */
#pragma once

#include "base/map.h"
#include "ctl/restore_part.h"
#include "ctl/transport.h"

#define PAST_PATH_OCTETS 4096

struct past_options {
	struct backup_folder *b;
	const char *data, *config; /* the server's at work */
	int64_t until_s;
	struct render *render;
};

struct past {
	struct past_options o;
	char path[PAST_PATH_OCTETS];
	int data, folder;          /* data: that of the server at work; folder: locked */
	struct transport *server;
	uint64_t mailbox;
	struct map blobs;          /* those that the mailbox's messages have */
	uint64_t done, total;
};

/* With or without success past_close releases and removes. ERR_NOTFOUND, ERR_CORRUPT, ERR_DISKFULL, ERR_UNAVAILABLE, ERR_IO. */
enum err past_open(struct past *p, const struct past_options *o, struct failure *f) MUST_USE;
/* Another server follows, which has this mailbox's mail. Once. */
enum err past_fetch(struct past *p, uint64_t mailbox, struct failure *f) MUST_USE;
void past_close(struct past *p);
