/*
 * Messages of an archive, whatever it is: mbox files, messages in files of their own, Maildir and Maildir++, MH, and folders of all of
 * these. One at a time, in the order of the names; months in their names (2004-January.txt.gz) and numbers count as such.
 */
#pragma once

#include "ctl/archive_mark.h"
#include "mail/mbox.h"

#define ARCHIVE_MESSAGE_OCTETS_MAX ((size_t)256 << 20)
#define ARCHIVE_DEPTH_MAX          32
#define ARCHIVE_PATH_OCTETS        4096

enum archive_format { ARCHIVE_ANY, ARCHIVE_AS_MBOX, ARCHIVE_AS_MAILDIR, ARCHIVE_AS_MH, ARCHIVE_AS_MESSAGE };

struct archive_options {
	enum archive_format format;
	enum mbox_form mbox;
	bool flat;     /* folders inside are no folders of their own */
	bool no_flags; /* flags and keywords are left out */
	bool cut;      /* a message that the end of its file cuts off is taken */
	int64_t now;
};

/* False: there is no such format. */
bool archive_format(struct str name, struct archive_options *ret);

/* Views are valid during the call. */
struct archive_message {
	const char *path;
	uint64_t offset;     /* in what the file unpacks to */
	const char *folder;  /* "", or "Sub/Name" */
	struct str octets;   /* CRLF line ends; the end of sink->to */
	uint8_t flags;       /* ITEM_ */
	json_t *keywords;    /* borrowed */
	int64_t date;
};

struct archive_sink {
	/* Has room for ARCHIVE_MESSAGE_OCTETS_MAX more; whoever hears of a message may clear it. */
	struct buf *to;
	/* An error ends the walk. */
	enum err (*message)(void *arg, const struct archive_message *m);
	/* offset UINT64_MAX: the file as such */
	void (*problem)(void *arg, const char *path, uint64_t offset, const char *what);
	/* So many octets of all files were read. */
	void (*progress)(void *arg, uint64_t octets);
	void *arg;
};

/* What is wrong with single files and messages is told as a problem; an error is one of the sink's. path "-": standard input. */
enum err archive_walk(const char *path, const struct archive_options *o, const struct archive_sink *sink) MUST_USE;
/* Octets of all files that archive_walk would read, for the progress. ERR_NOTFOUND, ERR_PERM, ERR_SYNTAX (a pipe, a device), ERR_IO: path
 * itself cannot be read, and f says so. */
enum err archive_measure(const char *path, uint64_t *octets, struct failure *f) MUST_USE;
