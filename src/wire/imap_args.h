/*
 * A sticky cursor over one cut IMAP command. Each imap_arg_* call takes the blank in front and one
 * argument; after the first failure calls give empty values and imap_args_end() tells once. Views
 * live in the command, or in the arena where escapes had to be taken away.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "wire/imap.h"
#include "wire/imap_set.h"

/* System flags (RFC 3501 2.3.2); the values are those the store keeps. */
enum imap_system_flag {
	IMAP_SEEN = 0x01,
	IMAP_ANSWERED = 0x02,
	IMAP_FLAGGED = 0x04,
	IMAP_DELETED = 0x08,
	IMAP_DRAFT = 0x10,
	IMAP_RECENT = 0x20, /* never stored; a client may not send it */
};

#define IMAP_FLAGS_MAX          ((size_t)250)
#define IMAP_KEYWORD_OCTETS_MAX ((size_t)128)
#define IMAP_ID_PAIRS_MAX       ((size_t)30) /* RFC 2971 3.3 */
#define IMAP_ID_VALUE_OCTETS_MAX ((size_t)1024)

struct imap_flags {
	unsigned system; /* of enum imap_system_flag */
	size_t keywords_count;
	const struct str *keywords; /* atoms, each once in any case */
};

struct imap_args {
	struct str rest; /* not yet read */
	struct arena *arena;
	enum err err; /* the first failure */
	bool utf8;    /* mailbox names are UTF-8, not modified UTF-7 (RFC 6855, RFC 9051 5.1) */
};

/* What stands at the front of every command. */
struct imap_command {
	struct str tag;
	enum imap_verb verb;
	bool uid; /* UID stood in front */
};

void imap_args_init(struct imap_args *args, struct arena *a, struct str command);
/* ERR_OK when nothing failed and nothing is left over; else the failure, or ERR_SYNTAX. */
enum err imap_args_end(const struct imap_args *args) MUST_USE;
/* Records a failure unless there is one. */
void imap_args_fail(struct imap_args *args, enum err e);

/*
 * Tag, UID, verb. Returns ERR_OK, ERR_COMMAND (unknown verb, or UID before one that takes none) or
 * ERR_SYNTAX; the tag is set whenever one was there, else it is empty ("*" is answered).
 */
enum err imap_command(struct imap_args *args, struct imap_command *ret) MUST_USE;

/* Whether another argument is there, and with which octet it begins (0: none). */
bool imap_arg_more(const struct imap_args *args);
char imap_arg_peek(const struct imap_args *args);

struct str imap_arg_atom(struct imap_args *args);
/* atom (with "]"), quoted string or literal: no NUL (RFC 3501 9). */
struct str imap_arg_astring(struct imap_args *args);
/* As astring, but an atom may hold backslashes: LOGIN DOM\user\box as clients of old send it. */
struct str imap_arg_login(struct imap_args *args);
struct str imap_arg_string(struct imap_args *args);
/* *ret_nil tells NIL from an empty string. */
struct str imap_arg_nstring(struct imap_args *args, bool *ret_nil);
uint32_t imap_arg_number(struct imap_args *args);
/* "base64" or "=" behind AUTHENTICATE's mechanism (RFC 4959): as sent. */
struct str imap_arg_base64(struct imap_args *args);
/* A mailbox name in UTF-8; INBOX in any case becomes INBOX. Bad modified UTF-7 or UTF-8: ERR_FOLDERNAME. */
struct str imap_arg_mailbox(struct imap_args *args);
/* A LIST pattern (RFC 3501 6.3.8): as mailbox; % and * may stand in an atom. */
struct str imap_arg_pattern(struct imap_args *args);
void imap_arg_set(struct imap_args *args, struct imap_set *ret);
/* "dd-Mon-yyyy hh:mm:ss +zzzz": seconds since 1970. */
int64_t imap_arg_date_time(struct imap_args *args);
/* d-Mon-yyyy, with or without quotes: days since 1970-01-01. */
int32_t imap_arg_date(struct imap_args *args);
/* (\Seen $Work): in brackets. \Recent, \* and unknown system flags fail. */
void imap_arg_flags(struct imap_args *args, struct imap_flags *ret);

enum imap_status_item {
	IMAP_STATUS_MESSAGES = 1 << 0,
	IMAP_STATUS_RECENT = 1 << 1,
	IMAP_STATUS_UIDNEXT = 1 << 2,
	IMAP_STATUS_UIDVALIDITY = 1 << 3,
	IMAP_STATUS_UNSEEN = 1 << 4,
	IMAP_STATUS_DELETED = 1 << 5, /* RFC 9051 6.3.11 */
	IMAP_STATUS_SIZE = 1 << 6,    /* RFC 8438 */
	IMAP_STATUS_DELETED_STORAGE = 1 << 7, /* RFC 9208 4.1.4 */
	IMAP_STATUS_HIGHESTMODSEQ = 1 << 8,   /* RFC 7162 3.1.2.2 */
	IMAP_STATUS_MAILBOXID = 1 << 9,       /* RFC 8474 4.3 */
	IMAP_STATUS_APPENDLIMIT = 1 << 10,    /* RFC 7889 3.1 */
};

/* (MESSAGES UIDNEXT): at least one. */
unsigned imap_arg_status(struct imap_args *args);

/* Values for annotations of a message (RFC 5257 4.5), see imap_note.h. */
struct imap_notes {
	size_t count; /* 0: none were given */
	const struct imap_note {
		struct str entry;
		bool shared;
		struct str value; /* at NULL: NIL, it goes */
	} *of;
};

enum imap_store_how { IMAP_STORE_SET, IMAP_STORE_ADD, IMAP_STORE_REMOVE };

struct imap_store {
	enum imap_store_how how;
	bool silent;
	struct imap_flags flags;
	struct imap_notes notes; /* in place of flags; then it is silent */
};

/* FLAGS, +FLAGS.SILENT, ...; the flags with or without brackets (RFC 3501 6.4.6). ANNOTATION (...). */
void imap_arg_store(struct imap_args *args, struct imap_store *ret);

struct imap_id {
	size_t count;
	struct str fields[IMAP_ID_PAIRS_MAX]; /* at most 30 octets each */
	struct str values[IMAP_ID_PAIRS_MAX]; /* at most 1024; empty for NIL */
};

/* NIL or ("name" "x" ...) (RFC 2971 3.1). */
void imap_arg_id(struct imap_args *args, struct imap_id *ret);
/* The value of a field, in any case; empty when it is not there. */
struct str imap_id_value(const struct imap_id *id, struct str field);

/* For the readers of FETCH, SEARCH and LIST next door: no blank is taken in front. */
bool imap_args_take(struct imap_args *args, char c); /* takes c when it is next */
void imap_args_need(struct imap_args *args, char c); /* fails when it is not */
/* Letters, digits, '.', '-', '+': a keyword. Fails when empty. */
struct str imap_args_word(struct imap_args *args);
struct str imap_args_astring(struct imap_args *args);
/* "{n}" or "{n+}"; its CRLF is left alone. False: there is none. */
bool imap_args_literal_size(struct imap_args *args, uint64_t *ret);
struct str imap_args_atom(struct imap_args *args);
struct str imap_args_pattern(struct imap_args *args);
struct str imap_args_wild(struct imap_args *args); /* the same, but no name of a mailbox: as it stands */
/* nstring or literal8 (RFC 4466): any octets; at NULL: NIL. */
struct str imap_args_value(struct imap_args *args);
unsigned imap_args_status(struct imap_args *args); /* as imap_arg_status */
struct str imap_args_mailbox(struct imap_args *args);
int32_t imap_args_date(struct imap_args *args);
uint32_t imap_args_number(struct imap_args *args);
uint64_t imap_args_number64(struct imap_args *args); /* RFC 9051 9: below 2^63 */
void imap_args_set(struct imap_args *args, struct imap_set *ret);
