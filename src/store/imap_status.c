#include "store/imap_status.h"

#include "store/imap_sync.h"

bool imap_status_is_dear(const struct folder_info *info, unsigned items)
{
	if ((items & IMAP_STATUS_DELETED_STORAGE) && info->deleted > 0)
		return true;
	return (items & IMAP_STATUS_RECENT) && info->messages > 0 && info->recent_from > 1 &&
	       info->recent_from < info->uidnext;
}

/* Messages nobody has claimed as \Recent; of the selected folder those that this session has. */
static enum err count_recent(struct imap *i, const struct folder_info *info, uint32_t *ret)
{
	struct view_options options = { .folder = info->id, .read_only = true };
	struct folder_view *view;
	enum err e;

	*ret = 0;
	if (i->here == i->box && view_folder(i->view) == info->id && !view_folder_gone(i->view)) {
		*ret = view_recent_count(i->view);
		return ERR_OK;
	}
	if (!imap_status_is_dear(info, IMAP_STATUS_RECENT)) {
		*ret = info->recent_from <= 1 ? info->messages : 0;
		return ERR_OK;
	}
	e = view_open(imap_mailbox(i), &options, &view);
	if (e != ERR_OK)
		return e;
	*ret = view_count(view) + 1 - view_seq_from(view, info->recent_from);
	view_close(view);
	return ERR_OK;
}

enum err imap_status_look(struct imap *i, const struct folder_info *info, unsigned items, struct imap_status *ret)
{
	struct imap_status status = { .items = items, .info = *info };
	enum err e = info->noselect || info->nonexistent ? ERR_NOFOLDER : imap_rights_need(i, info, ACL_READ);

	if (e == ERR_OK && (items & IMAP_STATUS_RECENT))
		e = count_recent(i, info, &status.recent);
	if (e == ERR_OK && (items & IMAP_STATUS_UNSEEN))
		e = folder_unseen(imap_mailbox(i), info->id, imap_user(i)->account, &status.info.unseen);
	if (e == ERR_OK && (items & IMAP_STATUS_DELETED_STORAGE))
		e = folder_deleted_octets(imap_mailbox(i), info->id, &status.deleted_octets);
	if (e == ERR_OK)
		*ret = status;
	return e;
}

void imap_status_put_mailboxid(struct buf *to, uint64_t mailbox, uint32_t folder, uint32_t uidvalidity)
{
	buf_printf(to, "MAILBOXID (F%llx-%x-%x)", (unsigned long long)mailbox, folder, uidvalidity);
}

void imap_status_put(struct imap *i, const struct imap_status *status)
{
	const struct folder_info *info = &status->info;
	const struct {
		unsigned item;
		const char *name;
		uint64_t value;
	} rows[] = {
		{ IMAP_STATUS_MESSAGES, "MESSAGES", info->messages },
		{ IMAP_STATUS_RECENT, "RECENT", status->recent },
		{ IMAP_STATUS_UIDNEXT, "UIDNEXT", info->uidnext },
		{ IMAP_STATUS_UIDVALIDITY, "UIDVALIDITY", info->uidvalidity },
		{ IMAP_STATUS_UNSEEN, "UNSEEN", info->unseen },
		{ IMAP_STATUS_DELETED, "DELETED", info->deleted },
		{ IMAP_STATUS_SIZE, "SIZE", info->octets },
		{ IMAP_STATUS_DELETED_STORAGE, "DELETED-STORAGE", status->deleted_octets },
		{ IMAP_STATUS_HIGHESTMODSEQ, "HIGHESTMODSEQ", folder_is_kept(info->id) ? 0 : info->modseq > 0 ? info->modseq : 1 },
		{ IMAP_STATUS_APPENDLIMIT, "APPENDLIMIT", i->s->limits.message_octets_max },
	};
	struct buf *to = imap_out(i);
	const char *before = "(";

	buf_put(to, S("* STATUS "));
	imap_box_put_name(i, info->name);
	buf_put_octet(to, ' ');
	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		if ((status->items & rows[n].item) == 0)
			continue;
		buf_printf(to, "%s%s %llu", before, rows[n].name, (unsigned long long)rows[n].value);
		before = " ";
	}
	if (status->items & IMAP_STATUS_MAILBOXID) {
		buf_put_c(to, before);
		imap_status_put_mailboxid(to, mailbox_id(imap_mailbox(i)), info->id, info->uidvalidity);
	}
	buf_put(to, S(")\r\n"));
}

/* ---- the command ---- */

struct command {
	struct str mailbox;
	unsigned items;
};

static void read_status(struct imap *i, struct imap_args *args)
{
	struct command *c = ARENA_NEW(&i->arena, struct command);

	i->state = c;
	c->mailbox = imap_arg_mailbox(args);
	c->items = imap_arg_status(args);
}

static enum step run_status(struct imap *i)
{
	struct command *c = i->state;
	struct imap_status status;
	struct folder_info info;
	enum err e = imap_engine_folder(i, c->mailbox, ACL_READ, &info);

	if (c->items & IMAP_STATUS_HIGHESTMODSEQ)
		imap_sync_enable(i);
	if (e == ERR_OK)
		e = imap_status_look(i, &info, c->items, &status);
	if (e == ERR_OK)
		imap_status_put(i, &status);
	return imap_engine_over(i, e, NULL, STR_NONE);
}

const struct imap_handler imap_status_handler = { read_status, run_status, NULL };
