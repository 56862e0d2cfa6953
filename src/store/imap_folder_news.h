/* Which folders a client knows, so that it can be told what became of their names (RFC 5465 sections 5.4 and 5.5). */
#pragma once

#include "store/imap_engine.h"

/* Which events were asked for, of a folder of i->box that has that name there. subscribed: by this session's user. */
typedef unsigned imap_folder_events(struct imap *i, struct str name, bool subscribed);

struct imap_folder_news {
	struct imap_known *known; /* ascending ids; owned */
	size_t count, room;
	imap_folder_events *events; /* NULL: nobody asked */
};

/* Of the folders of i->box, which is to be the same whenever something is told. */
void imap_folder_news_begin(struct imap *i, struct imap_folder_news *n, imap_folder_events *events);
/* Something happened to the folder; own: by this session's wish. */
void imap_folder_news_note(struct imap_folder_news *n, uint32_t folder, bool own);
/* Afterwards: what there is to be told of that. */
void imap_folder_news_tell(struct imap *i, struct imap_folder_news *n, uint32_t folder);
/* Nothing there may be seen any more (section 5.9). Of i->box only the prefix is needed. */
void imap_folder_news_lost(struct imap *i, const struct imap_folder_news *n);
void imap_folder_news_done(struct imap_folder_news *n);

/* "* LIST (\Subscribed \HasNoChildren) "/" new ("OLDNAME" (old))". attribute: one more, or NULL; old: absent for none. */
void imap_folder_news_put(
	struct imap *i, const struct folder_info *f, const char *attribute, struct str old);
