/* What the view told of the selected folder (view_sync), kept in line until there is room to send it. */
#pragma once

#include "store/imap_engine.h"

/* For view_sync; arg is the struct imap. */
void imap_news_keep(void *arg, const struct view_event *event);
/* Some lines of it; when all is told, it is dropped. */
enum step imap_news_tell(struct imap *i);
void imap_news_drop(struct imap *i);
