/*
 * Which folders a command is about: filter-mailboxes of RFC 5465 section 6, with "subtree-one" of RFC
 * 7377 section 2.2. Names are as imap_arg_mailbox gives them.
 */
#pragma once

#include "wire/imap_args.h"

#define IMAP_FOLDERS_MAX ((size_t)100) /* of one command */

enum imap_folders_which {
	IMAP_FOLDERS_SELECTED,
	IMAP_FOLDERS_SELECTED_DELAYED,
	IMAP_FOLDERS_INBOXES,
	IMAP_FOLDERS_PERSONAL,
	IMAP_FOLDERS_SUBSCRIBED,
	IMAP_FOLDERS_SUBTREE,     /* names from here on */
	IMAP_FOLDERS_SUBTREE_ONE, /* these, and one level below */
	IMAP_FOLDERS_MAILBOXES,
};

struct imap_folders {
	enum imap_folders_which which;
	size_t count;
	const struct str *names;
};

/* One of them, no blank in front. Sticks: ERR_SYNTAX, ERR_FOLDERNAME, ERR_LIMIT. */
void imap_args_folders(struct imap_args *args, struct imap_folders *ret);

#define IMAP_SOURCES_MAX ((size_t)16)

/* Where ESEARCH looks (RFC 7377 section 2.2). */
struct imap_sources {
	size_t count; /* 0: none was given, that is the selected folder */
	struct imap_folders of[IMAP_SOURCES_MAX];
};

struct imap_search;

/* All of ESEARCH's arguments. Without RETURN it is as with RETURN (ALL). Sticks as above and as
 * imap_arg_search. */
void imap_arg_esearch(struct imap_args *args, struct imap_sources *ret, struct imap_search *ret_search);
