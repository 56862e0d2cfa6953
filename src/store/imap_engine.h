/*
 * IMAP4rev1 after logon (RFC 3501 and the extensions that imap_capability.tbl announces): the dialogue, and what
 * the files with the commands share: imap_select.c, imap_folder.c, imap_list.c, imap_status.c, imap_append.c, imap_change.c,
 * imap_fetch.c, imap_search.c.
 *
 * One command runs at a time, pipelined ones wait in the input. A command reads all its arguments
 * first (`read`, which changes nothing), then runs in steps until it calls imap_engine_over. Then
 * the client is told what happened in its folder, as far as RFC 3501 section 7.4.1 allows it at the
 * end of that command, and last comes the tagged answer.
 */
#pragma once

#include "base/language.h"
#include "store/imap_box.h"
#include "store/imap_context.h"
#include "store/imap_others.h"
#include "store/imap_rights.h"
#include "store/imap_saved.h"
#include "store/imap_text.h"
#include "store/imap_walk.h"
#include "store/session_int.h"
#include "wire/imap_args.h"
#include "wire/imap_capability.h"
#include "wire/imap_write.h"

#define IMAP_BAD_MAX       20u                /* commands answered BAD in a row before BYE */
#define IMAP_PIECE_OCTETS  ((size_t)64 << 10) /* of a message, read and sent in one step */
#define IMAP_ROWS_STEP     200u               /* lines or messages in one step */
#define IMAP_PARSED_OCTETS ((size_t)8 << 20)  /* what the arguments of one command may become */

struct imap;
struct imap_binary_mark;
struct imap_conversions;

struct imap_handler {
	/* All arguments; i->state is made here. Failures stick in args. NULL: the command takes
	 * none. */
	void (*read)(struct imap *i, struct imap_args *args);
	/* STEP_DONE after imap_engine_over closes the connection behind the answer. */
	enum step (*run)(struct imap *i);
	/* Gives back what does not lie in an arena; also when the session ends in the middle. NULL:
	 * nothing. */
	void (*free)(struct imap *i);
};

/* Something the view told, to be sent when there is room. */
struct imap_news {
	uint32_t seq, uid;
	enum view_event_kind kind;
	struct note_names *names; /* counted; NULL: none */
};

struct imap_watch; /* imap_metadata.c */

struct imap {
	struct session *s;
	struct folder_view *view; /* NULL: nothing is selected */
	struct imap_box own;
	struct imap_box *box;  /* where names of the running command are */
	struct imap_box *here; /* where the selected folder is; NULL: nothing is selected */
	struct imap_others *others; /* NULL: the directory was not asked yet */
	bool reach_due, reach_all;  /* it is to be, before the command runs; of all of them */
	struct imap_caps offered; /* what this session announces */
	struct imap_caps enabled; /* what the client switched on, by ENABLE or by a command */
	enum imap_collation collation; /* how SEARCH, SORT and THREAD compare (RFC 5255) */
	enum language language;   /* of what the user reads (RFC 5255) */
	struct imap_saved saved;  /* "$" */
	struct imap_contexts contexts;
	struct imap_watch *watch; /* NULL: the client does not want to hear of annotations */
	uint32_t url_serial;      /* of the selected folder's keys, as last told */
	uint32_t keywords_told;   /* of the selected folder */
	uint32_t rights_told;     /* on it, by its PERMANENTFLAGS */
	bool examined;            /* it was opened by EXAMINE, and not only for want of rights */
	bool annotates;           /* SELECT had ANNOTATE (RFC 5257 section 4.2) */
	enum mailbox_quota quota_told;
	unsigned bad;             /* in a row */
	unsigned gos;             /* "+ " sent for the command at the front of the input */
	size_t looked_at;         /* octets of it that were there when it was last cut */
	size_t in_max;

	/* The running command. */
	const struct imap_handler *handler; /* NULL: none */
	const struct imap_row *row;
	struct imap_command command;
	struct arena parsed; /* its octets and what wire made of them; bounded */
	struct arena arena;  /* the handler's; bounded by what the handler takes */
	void *state;         /* the handler's */
	bool has_body, body_sync; /* a literal that is streamed follows what was cut last */
	uint64_t body_octets;
	uint32_t missing; /* rights that it would have needed */
	bool over, synced, closing;
	/* What follows the tagged answer at once; the step it returns is the engine's. NULL: nothing. */
	enum step (*then)(struct imap *i);
	bool mid_line; /* the output does not stand at the start of a line */
	enum err result;
	const char *code;
	struct str text;

	struct imap_binary_mark *binary; /* in the session's arena; NULL: no part was decoded yet */
	struct imap_conversions *conversions; /* NULL: no part was converted yet */

	uint64_t skip_octets; /* a body nobody wants is still on its way */
	bool skipping;

	/* What stands still while a handler runs of which the client hears no end. */
	struct {
		const struct imap_handler *handler;
		const struct imap_row *row;
		struct imap_command command;
		void *state;
	} outer;
	bool nested;
	struct mailbox *kept_mailbox; /* imap_kept.h: of the folder that the command holds; NULL: none */
	uint32_t kept_folder;
	struct imap_transfer *transfer; /* of the COPY or MOVE that runs; NULL: it stays in one mailbox */
	struct imap_notice *notice; /* what NOTIFY asked for; NULL: it was not used */

	uint64_t progress_ms;         /* when the client last heard how far the command is, or it began */
	struct imap_waiting *waiting; /* imap_progress.c; NULL: not for the store */

	bool modseq_told, expunges_told; /* in answer to this command */
	bool numbers_used;               /* a UID SEARCH that names message numbers (RFC 7162 section 3.2.10.2) */
	const char *limit_code;          /* MESSAGELIMIT, for the answer; NULL: none */

	struct imap_news *news;
	size_t news_count, news_room, news_at;
};

static inline struct imap *imap_of(const struct session *s)
{
	return s->state;
}

static inline struct buf *imap_out(struct imap *i)
{
	return session_out(i->s);
}

/* A loop that writes rows stops when this is false: a row may be long, and the connection's buffer
 * ends somewhere. */
static inline bool imap_has_room(const struct imap *i)
{
	return !conn_congested(i->s->conn);
}

/* The command is done. code (NULL: the error's own, or none) and text (empty: the error's or the
 * command's own) live in i->arena or are
 * constant. Returns STEP_AGAIN. */
enum step imap_engine_over(struct imap *i, enum err e, const char *code, struct str text);

static inline bool imap_enabled(const struct imap *i, enum imap_cap cap)
{
	return imap_caps_has(&i->enabled, cap);
}

/* Folder names travel as UTF-8 instead of modified UTF-7 (RFC 6855 section 3, RFC 9051 section 5.1), and UTF-8 may stand in
 * quotes. */
static inline bool imap_utf8(const struct imap *i)
{
	return imap_enabled(i, IMAP_CAP_UTF8_ACCEPT) || imap_enabled(i, IMAP_CAP_IMAP4REV2);
}

/* What the table announces after logon, but for what is hidden from this client. */
struct imap_caps imap_id_offered(const struct session *s);
/* The client speaks IMAP4rev2 (RFC 9051); else what it is told is IMAP4rev1. */
static inline bool imap_is_rev2(const struct imap *i)
{
	return imap_enabled(i, IMAP_CAP_IMAP4REV2);
}

/* VANISHED in place of EXPUNGE (RFC 7162 section 3.2.10, RFC 9586). */
static inline bool imap_vanishes(const struct imap *i)
{
	return imap_enabled(i, IMAP_CAP_QRESYNC) || imap_enabled(i, IMAP_CAP_UIDONLY);
}

/* Runs a handler between commands, or in IDLE; i->state is made by the caller behind it. */
void imap_engine_nest(struct imap *i, const struct imap_handler *handler, enum imap_verb verb);

/* What view_sync tells is put in line; it goes out before the handler runs again. */
void imap_engine_sync(struct imap *i, bool allow_expunges);
/* The client sends this command's body, and what stands behind it, whether or not anybody wants it: all that is dropped before
 * anything else is done. */
void imap_engine_skip_body(struct imap *i);
/* Selects view, or nothing; closes what was selected. */
void imap_engine_select(struct imap *i, struct folder_view *view);
/* A folder that can be opened, with the rights that the command needs on it: ERR_NOFOLDER, ERR_PERM (imap_rights.h).
 * i->box is where it is. An IMAP4rev2 client hears of it when its name has another spelling here (imap_spelling.h). */
enum err imap_engine_folder(
	struct imap *i, struct str name, uint32_t rights, struct folder_info *ret) MUST_USE;

/* Tells that the mailbox has crossed a limit since it was last told; opening: a folder was just opened. */
void imap_quota_tell(struct imap *i, bool opening);

extern const struct imap_handler imap_select_handler, imap_examine_handler, imap_close_handler,
	imap_unselect_handler, imap_status_handler;
extern const struct imap_handler imap_create_handler, imap_delete_handler, imap_rename_handler,
	imap_subscribe_handler, imap_unsubscribe_handler, imap_list_handler, imap_lsub_handler, imap_rlist_handler;
extern const struct imap_handler imap_resetkey_handler, imap_genurlauth_handler, imap_urlfetch_handler;
extern const struct imap_handler imap_append_handler, imap_replace_handler;
extern const struct imap_handler imap_namespace_handler, imap_language_handler;
extern const struct imap_handler imap_id_handler, imap_compress_handler, imap_unauthenticate_handler;
extern const struct imap_handler imap_getmetadata_handler, imap_setmetadata_handler;
extern const struct imap_handler imap_expunge_handler, imap_store_handler, imap_copy_handler,
	imap_move_handler;
extern const struct imap_handler imap_fetch_handler, imap_search_handler, imap_sort_handler, imap_thread_handler;
extern const struct imap_handler imap_getquota_handler, imap_getquotaroot_handler, imap_setquota_handler;
extern const struct imap_handler imap_setacl_handler, imap_deleteacl_handler, imap_getacl_handler,
	imap_listrights_handler, imap_myrights_handler;
extern const struct imap_handler imap_comparator_handler, imap_esearch_handler,
	imap_cancelupdate_handler;
