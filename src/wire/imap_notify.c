#include "wire/imap_notify.h"

static const struct event_row {
	struct str name;
	unsigned event;
} event_rows[] = {
	{ S_INIT("MessageNew"), IMAP_NOTIFY_NEW },
	{ S_INIT("MessageExpunge"), IMAP_NOTIFY_EXPUNGE },
	{ S_INIT("FlagChange"), IMAP_NOTIFY_FLAGS },
	{ S_INIT("AnnotationChange"), IMAP_NOTIFY_ANNOTATION },
	{ S_INIT("MailboxName"), IMAP_NOTIFY_NAME },
	{ S_INIT("SubscriptionChange"), IMAP_NOTIFY_SUBSCRIPTION },
	{ S_INIT("MailboxMetadataChange"), IMAP_NOTIFY_METADATA },
	{ S_INIT("ServerMetadataChange"), IMAP_NOTIFY_SERVER_METADATA },
};

static bool is_selected(const struct imap_notify_group *g)
{
	return g->folders.which == IMAP_FOLDERS_SELECTED ||
	       g->folders.which == IMAP_FOLDERS_SELECTED_DELAYED;
}

static unsigned read_event(struct imap_args *args)
{
	struct str word = imap_args_atom(args);

	for (size_t n = 0; n < sizeof(event_rows) / sizeof(*event_rows); n++) {
		if (str_ieq(word, event_rows[n].name))
			return event_rows[n].event;
	}
	return IMAP_NOTIFY_OTHER;
}

static void read_events(struct imap_args *args, struct imap_notify_group *g)
{
	if (!imap_args_take(args, '(')) {
		if (!str_ieq(imap_args_word(args), S("NONE")))
			imap_args_fail(args, ERR_SYNTAX);
		return;
	}
	do {
		unsigned event = read_event(args);

		g->events |= event;
		if (event == IMAP_NOTIFY_NEW && imap_arg_peek(args) == '(') {
			g->fetches = true;
			imap_arg_fetch(args, &g->fetch);
		}
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

/* RFC 5465 sections 5, 6.1 and 8. */
static bool is_sound(const struct imap_notify_group *g)
{
	bool appears = g->events & IMAP_NOTIFY_NEW, goes = g->events & IMAP_NOTIFY_EXPUNGE;

	if (appears != goes)
		return false;
	if (!appears && (g->events & (IMAP_NOTIFY_FLAGS | IMAP_NOTIFY_ANNOTATION)))
		return false;
	if (is_selected(g))
		return (g->events & ~(unsigned)(IMAP_NOTIFY_MESSAGES | IMAP_NOTIFY_OTHER)) == 0;
	return !g->fetches;
}

static void read_group(struct imap_args *args, struct imap_notify *ret)
{
	struct imap_notify_group *g;

	if (ret->count == IMAP_NOTIFY_GROUPS_MAX) {
		imap_args_fail(args, ERR_LIMIT);
		return;
	}
	g = &ret->groups[ret->count++];
	imap_args_need(args, '(');
	imap_args_folders(args, &g->folders);
	imap_args_need(args, ' ');
	read_events(args, g);
	imap_args_need(args, ')');
	if (g->folders.which == IMAP_FOLDERS_SUBTREE_ONE || !is_sound(g))
		imap_args_fail(args, ERR_SYNTAX);
	for (size_t n = 0; n + 1 < ret->count && is_selected(g); n++) {
		if (is_selected(&ret->groups[n]))
			imap_args_fail(args, ERR_SYNTAX);
	}
}

void imap_arg_notify(struct imap_args *args, struct imap_notify *ret)
{
	struct str word = imap_arg_atom(args);

	*ret = (struct imap_notify){ .none = str_ieq(word, S("NONE")) };
	if (ret->none)
		return;
	if (!str_ieq(word, S("SET")))
		imap_args_fail(args, ERR_SYNTAX);
	imap_args_need(args, ' ');
	if (str_istarts(args->rest, S("STATUS "))) {
		(void)imap_args_word(args);
		imap_args_need(args, ' ');
		ret->status = true;
	}
	do {
		read_group(args, ret);
	} while (args->err == ERR_OK && imap_args_take(args, ' '));
}
