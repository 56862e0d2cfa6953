/*
 * A write set on its way: what it puts, and what becomes visible when it is on disk. It has a part
 * for each mailbox it touches; a part has one modseq. Everything is checked before a part is begun,
 * since there is no way back but the engine's refusal.
 */
#pragma once

#include "store/article.h"
#include "store/folder.h"

struct write;
struct part;

struct write *write_new(struct store *s) MUST_USE;
struct kv_write *write_kv(struct write *w);
void write_frees(struct write *w); /* may use the engine's reserve */

/* What article.c remembers between a message's rows and its place in a folder. */
struct article_noted *write_article(struct write *w);

/* The mailbox's part, made on first use. */
struct part *write_part(struct write *w, struct mailbox *m);
uint64_t part_modseq(const struct part *p);

/* A new message; its uid was taken with write_uid and its modseq is the part's. notes: its row of them (note_row.h); empty: none. */
void write_add(struct write *w, struct part *p, struct folder *f, const struct item *it, struct str notes);
/* Flags or keywords changed from those of *was. Ascending uids within one part and folder. The folder is loaded. */
void write_change(struct write *w, struct part *p, struct folder *f, const struct item *was,
	const struct item *it);
/* The row of a message's notes as it was and is; empty: none. */
struct note_rows {
	struct str was, is;
};
/* Notes changed; it->noted is as they are. Else as write_change, and not beside it in one part. part_names was called. */
void write_noted(struct write *w, struct part *p, struct folder *f, const struct item *it, const struct note_rows *rows);
/* Of which notes write_noted is; taken. */
void part_names(struct part *p, struct note_names *names);
/* Gone from this folder. Ascending uids within one part and folder. The folder is loaded. notes: the
 * row of them that goes; empty: there is none, or it cannot be read and stays. */
void write_vanish(struct write *w, struct part *p, struct folder *f, const struct item *it, struct str notes);
struct reader_span;
/* A reader has seen these messages, or has not (reader_mark, which puts the rows). */
void write_seen(struct part *p, struct folder *f, uint64_t account, const struct reader_span *span);
/* Messages in the recoverable area, more or fewer. */
void write_retained(struct part *p, int64_t messages, int64_t octets);
/* A message of a folder that somebody looks at by kept.h comes or goes. */
void write_kept(struct part *p, uint32_t folder, const struct item *it, bool gone);
/* The folder's row is written with this part (with f->pending, when there is one). */
void write_touch(struct part *p, struct folder *f);
/* The access list of a folder (0: of the mailbox), or that it has none any more (NULL). */
void write_acl(struct write *w, struct part *p, uint32_t folder, const struct acl *acl);
/* How old messages of a folder (0: of the mailbox's others) become; FOLDER_AGE_DEFAULT: the row goes. */
void write_age(struct write *w, struct part *p, uint32_t folder, uint32_t days);
/* The same of how long what is removed from the folder is kept. */
void write_keep(struct write *w, struct part *p, uint32_t folder, uint32_t days);
/* Where posts to the folder wait; held 0: the row goes. */
struct moderation;
void write_held(struct write *w, struct part *p, const struct moderation *row);
/* The folder's keys of URLs go: it holds no messages any more. */
void write_urls_gone(struct write *w, struct part *p, uint32_t folder);
/* The folder's row goes; f->dying is the caller's to take back if the write set fails. */
void write_folder_gone(struct write *w, struct part *p, struct folder *f);
/* The row of a folder's annotations (0: of the mailbox's own) as annotations_row_put made it; empty: it goes. */
void write_annotations(struct write *w, struct part *p, uint32_t folder, struct str value);
/* A folder's change in the change log. */
void write_log(struct part *p, enum mailbox_change_kind kind, uint32_t folder);

/* The folder's next uid; 0 when there is none left. */
uint32_t write_uid(struct folder *f);

typedef void write_done(void *arg, enum err e);
/* Takes w. Visible things are visible when done is called. */
void write_commit(struct write *w, write_done *done, void *arg);

/* Writes every folder's row and the mailbox's, as they are in memory. Nobody is told how it went.
 */
void write_repair(struct mailbox *m);
