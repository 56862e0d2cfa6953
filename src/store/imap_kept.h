/*
 * "Recoverable Items/": what was removed from a folder and is kept, in the mailbox that the folder is in: "Recoverable Items/Projects",
 * "Public Folders/Recoverable Items/News". It is read; COPY and MOVE out of it into that mailbox bring the messages themselves back, and RENAME a
 * whole deleted folder. LIST tells of it to who asks for it by its name. A folder that really has such a name comes first.
 */
#pragma once

#include "store/imap_engine.h"

/* The folder behind a name of i->box; held until the command is over. ERR_NOFOLDER; as folder_kept_open. */
enum err imap_kept_folder(struct imap *i, struct str name, struct folder_info *ret) MUST_USE;
void imap_kept_release(struct imap *i);
/* Such a folder is selected. */
bool imap_kept_here(const struct imap *i);

/* Brings messages of the selected one back into a folder of the same mailbox. ERR_LIMIT: more than RECOVER_MAX. ERR_EXPUNGED: none is there. With ERR_OK
 * done is called later. */
enum err imap_kept_restore(struct imap *i, struct uid_list list, uint32_t to, mailbox_done *done) MUST_USE;
/* The name is that of a deleted folder there, and its retained id is *ret. ERR_NOFOLDER, ERR_PERM: it is not one's own mailbox. */
enum err imap_kept_gone(struct imap *i, struct str name, uint64_t *ret) MUST_USE;

/* A pattern of LIST that names the tree. */
bool imap_kept_match(struct str pattern);

struct imap_kept_walk {
	bool begun, gone_begun;
	size_t last_len;
	char last[FOLDER_NAME_OCTETS_MAX];
	struct str *gone; /* names, in i->arena */
	size_t gone_count, gone_at;
};

/* The next folder of the tree of the session's own mailbox: name, and what LIST tells of it. False: there is no more. */
bool imap_kept_next(struct imap *i, struct imap_kept_walk *w, struct folder_info *ret);
