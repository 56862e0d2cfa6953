#include "store/nntp_group.h"

#include "store/moderation.h"
#include "store/nntp_head.h"
#include "store/nntp_name.h"
#include "wire/wildmat.h"

#define FOLDERS_STEP   200u /* looked at in one step of a walk */
#define READS          ((uint32_t)(ACL_LOOKUP | ACL_READ))
#define HOST_OCTETS_MAX ((size_t)160)

/* ---- which there are ---- */

static bool is_inbox(struct str name)
{
	return str_eq(name, S("INBOX")) || str_starts(name, S("INBOX/"));
}

static enum err judge(struct nntp *n, struct nntp_group *g)
{
	struct buf name;
	bool named;

	g->rights = folder_rights(nntp_box(n), g->info.id, &n->s->user);
	if ((g->rights & READS) != READS || g->info.id == 0 || g->info.noselect || g->info.nonexistent || is_inbox(g->info.name))
		return ERR_NOFOLDER;
	buf_init(&name, NNTP_GROUP_OCTETS_MAX);
	named = nntp_name_put(&name, g->info.name);
	g->len = name.len;
	if (named)
		memcpy(g->octets, name.at, name.len);
	buf_done(&name);
	return named ? ERR_OK : ERR_NOFOLDER;
}

enum err nntp_group_find(struct nntp *n, struct str name, struct nntp_group *ret)
{
	struct buf folder;
	enum err e = ERR_NOFOLDER;

	buf_init(&folder, NNTP_GROUP_OCTETS_MAX);
	if (nntp_name_get(&folder, name))
		e = folder_find(nntp_box(n), buf_str(&folder), &ret->info);
	buf_done(&folder);
	if (e == ERR_OK)
		e = judge(n, ret);
	/* Of two spellings that the store takes for one, only its own is the group's name. */
	if (e == ERR_FOLDERNAME || (e == ERR_OK && !str_eq(nntp_group_str(ret), name)))
		e = ERR_NOFOLDER;
	return e;
}

enum err nntp_group_of(struct nntp *n, uint32_t folder, struct nntp_group *ret)
{
	enum err e = folder_by_id(nntp_box(n), folder, &ret->info);

	return e == ERR_OK ? judge(n, ret) : e;
}

enum err nntp_group_next(struct nntp *n, struct str wildmat, size_t *at, struct nntp_group *ret)
{
	for (unsigned i = 0; i < FOLDERS_STEP; i++) {
		if (!folder_next(nntp_box(n), at, &ret->info))
			return ERR_NOTFOUND;
		if (judge(n, ret) == ERR_OK && (wildmat.len == 0 || wildmat_match(wildmat, nntp_group_str(ret))))
			return ERR_OK;
	}
	return ERR_NEEDMORE;
}

struct str nntp_group_name(struct nntp *n, uint32_t folder)
{
	struct nntp_named *at;
	struct nntp_group g;

	for (unsigned i = 0; i < NNTP_NAMES; i++) {
		if (n->names[i].folder == folder)
			return str_make(n->names[i].octets, n->names[i].len);
	}
	at = &n->names[n->names_next++ % NNTP_NAMES];
	at->folder = folder;
	at->len = nntp_group_of(n, folder, &g) == ERR_OK ? g.len : 0;
	memcpy(at->octets, g.octets, at->len);
	return str_make(at->octets, at->len);
}

/* ---- marks ---- */

/* An empty group has a high mark below the low one, and neither ever goes down (RFC 3977 section 6.1.1.2). */
static struct nntp_marks marks(uint32_t count, uint32_t lowest, uint32_t high)
{
	bool empty = count == 0 || lowest == 0 || lowest > high;

	return (struct nntp_marks){ empty ? 0 : count, empty ? high + 1 : lowest, high };
}

struct nntp_marks nntp_group_marks(const struct nntp *n)
{
	return marks(view_count(n->view), view_uid(n->view, 1), view_uid_limit(n->view));
}

enum err nntp_group_marks_of(struct nntp *n, const struct nntp_group *g, struct nntp_marks *ret)
{
	uint32_t lowest = 0;
	enum err e = g->info.messages > 0 ? article_lowest(nntp_box(n), g->info.id, &lowest) : ERR_OK;

	if (e == ERR_OK)
		*ret = marks(g->info.messages, lowest, g->info.uidnext - 1);
	return e;
}

/* ---- posting ---- */

/* As for APPEND and for mail that is sent to a folder (store.h). */
enum err nntp_group_may_post(struct nntp *n, const struct nntp_group *g)
{
	if ((g->rights & ACL_INSERT) != 0)
		return ERR_OK;
	return n->s->user.access == ACCESS_ANYONE ? ERR_NEEDAUTH : ERR_PERM;
}

char nntp_group_status(struct nntp *n, const struct nntp_group *g)
{
	if (nntp_group_may_post(n, g) != ERR_OK)
		return 'n';
	return moderation_held(nntp_box(n), g->info.id) != 0 ? 'm' : 'y';
}

/* ---- the selected one ---- */

void nntp_group_leave(struct nntp *n)
{
	view_close(n->view);
	n->view = NULL;
	n->current = 0;
}

static void pass_over(void *arg, const struct view_event *event)
{
}

void nntp_group_look(struct nntp *n)
{
	struct nntp_group g;

	if (n->view == NULL)
		return;
	view_sync(n->view, true, pass_over, n);
	if (view_folder_gone(n->view) || nntp_group_of(n, view_folder(n->view), &g) != ERR_OK)
		nntp_group_leave(n);
}

enum err nntp_group_select(struct nntp *n, const struct nntp_group *g)
{
	struct view_options options = { .folder = g->info.id, .read_only = true };
	struct folder_view *view;
	enum err e = view_open(nntp_box(n), &options, &view);

	if (e != ERR_OK)
		return e;
	view_close(n->view);
	n->view = view;
	n->current = view_uid(view, 1);
	return ERR_OK;
}

void nntp_group_keep(struct nntp *n, struct buf *to)
{
	struct str name = n->view != NULL ? nntp_group_name(n, view_folder(n->view)) : STR_NONE;

	buf_clear(to);
	if (name.len > 0)
		buf_printf(to, "%.*s %u", STR_FMT(name), n->current);
}

void nntp_group_restore(struct nntp *n, struct str place)
{
	struct nntp_group g;
	struct str name;
	uint32_t number;

	if (!str_cut(&place, ' ', &name) || !str_u32(place, UINT32_MAX, &number))
		return;
	if (nntp_group_find(n, name, &g) == ERR_OK && nntp_group_select(n, &g) == ERR_OK)
		n->current = number;
}

/* ---- articles ---- */

void nntp_place_put_id(struct nntp *n, uint32_t folder, uint32_t uid, struct buf *to)
{
	buf_printf(to, "<%u.%u.%llu@%.*s>", uid, folder, (unsigned long long)mailbox_id(nntp_box(n)),
		STR_FMT(str_sub(n->s->host_name, 0, HOST_OCTETS_MAX)));
}

/* The other way; what is not exactly as it would be put is none. */
static bool take_place(struct nntp *n, struct str id, struct article_place *ret)
{
	struct str rest = str_skip(id, 1), uid, folder;
	struct buf again;
	bool good;

	if (!str_cut(&rest, '.', &uid) || !str_cut(&rest, '.', &folder) || !str_u32(uid, UINT32_MAX, &ret->uid) ||
		!str_u32(folder, UINT32_MAX, &ret->folder))
		return false;
	buf_init(&again, BUF_NO_CEILING);
	nntp_place_put_id(n, ret->folder, ret->uid, &again);
	good = str_eq(buf_str(&again), id);
	buf_done(&again);
	return good;
}

/* ERR_NOMESSAGE: the reader has no such group, or the message is not there (any more). */
static enum err find_item(struct nntp *n, const struct article_place *at, struct nntp_place *ret)
{
	enum err e = nntp_group_name(n, at->folder).len > 0 ? article_item(nntp_box(n), at->folder, at->uid, &ret->item) : ERR_NOMESSAGE;

	if (e != ERR_OK)
		return e;
	ret->folder = at->folder;
	ret->number = n->view != NULL && view_folder(n->view) == at->folder ? at->uid : 0;
	return ERR_OK;
}

/* A place names the article only that has no name of its own. */
static enum err find_nameless(struct nntp *n, struct str id, struct nntp_place *ret)
{
	struct article_place own;
	struct str served;
	enum err e = take_place(n, id, &own) ? find_item(n, &own, ret) : ERR_NOMESSAGE;

	if (e == ERR_OK)
		e = nntp_head_id(n, ret, &served);
	return e == ERR_OK && !str_eq(served, id) ? ERR_NOMESSAGE : e;
}

/* One in the selected group comes first, as its number can be told. */
enum err nntp_place_by_id(struct nntp *n, struct str id, struct nntp_place *ret)
{
	struct article_place places[ARTICLE_PLACES_MAX];
	uint32_t selected = n->view != NULL ? view_folder(n->view) : 0;
	enum err e = find_nameless(n, id, ret), found;
	size_t count;

	if (e != ERR_NOMESSAGE)
		return e;
	found = article_places(nntp_box(n), id, places, &count);
	if (found != ERR_OK)
		return found;
	for (size_t i = 0; i < count && e == ERR_NOMESSAGE; i++) {
		if (places[i].folder == selected)
			e = find_item(n, &places[i], ret);
	}
	for (size_t i = 0; i < count && e == ERR_NOMESSAGE; i++)
		e = find_item(n, &places[i], ret);
	return e == ERR_NOMESSAGE ? ERR_NOTFOUND : e;
}

static enum err take_seq(struct nntp *n, uint32_t seq, struct nntp_place *ret)
{
	if (seq == 0 || seq > view_count(n->view) || view_item_gone(n->view, seq))
		return ERR_NOMESSAGE;
	ret->item = *view_item(n->view, seq);
	ret->folder = view_folder(n->view);
	ret->number = ret->item.uid;
	return ERR_OK;
}

enum err nntp_place_by_number(struct nntp *n, uint64_t number, struct nntp_place *ret)
{
	if (n->view == NULL)
		return ERR_NOGROUP;
	return number > 0 && number <= UINT32_MAX ? take_seq(n, view_seq(n->view, (uint32_t)number), ret) : ERR_NOMESSAGE;
}

enum err nntp_place_current(struct nntp *n, struct nntp_place *ret)
{
	if (n->view == NULL)
		return ERR_NOGROUP;
	if (n->current == 0 || take_seq(n, view_seq(n->view, n->current), ret) != ERR_OK)
		return ERR_NOCURRENT;
	return ERR_OK;
}

/* ---- GROUP, LISTGROUP, LAST, NEXT ---- */

#define NUMBERS_STEP 1000u

static void put_selected(struct nntp *n, const char *more)
{
	struct nntp_marks m = nntp_group_marks(n);

	buf_printf(nntp_out(n), "211 %u %u %u %.*s%s\r\n", m.count, m.low, m.high, STR_FMT(nntp_group_name(n, view_folder(n->view))), more);
}

static enum step begin_group(struct nntp *n)
{
	struct nntp_group g;
	enum err e = nntp_group_find(n, n->command.group, &g);

	if (e == ERR_OK)
		e = nntp_group_select(n, &g);
	if (e != ERR_OK)
		return nntp_refuse(n, e);
	put_selected(n, "");
	return STEP_READ;
}

struct numbers {
	uint32_t seq;
	uint64_t high;
};

static enum step begin_listgroup(struct nntp *n)
{
	struct numbers *l = ARENA_NEW(&n->arena, struct numbers);
	uint64_t low = n->command.has_range ? n->command.range.low : 1;
	struct nntp_group g;
	enum err e = n->view != NULL ? ERR_OK : ERR_NOGROUP;

	if (n->command.group.len > 0) {
		e = nntp_group_find(n, n->command.group, &g);
		if (e == ERR_OK)
			e = nntp_group_select(n, &g);
	}
	if (e != ERR_OK)
		return nntp_refuse(n, e);
	n->current = view_uid(n->view, 1);
	put_selected(n, " list follows");
	l->seq = low <= UINT32_MAX ? view_seq_from(n->view, (uint32_t)low) : view_count(n->view) + 1;
	l->high = n->command.has_range ? n->command.range.high : UINT64_MAX;
	n->state = l;
	return STEP_AGAIN;
}

static enum step more_listgroup(struct nntp *n)
{
	struct numbers *l = n->state;
	struct buf *to = nntp_out(n);

	for (unsigned i = 0; i < NUMBERS_STEP; i++, l->seq++) {
		if (l->seq > view_count(n->view) || view_uid(n->view, l->seq) > l->high) {
			nntp_end(to);
			return STEP_READ;
		}
		if (view_item_gone(n->view, l->seq))
			continue;
		buf_put_u64(to, view_uid(n->view, l->seq));
		buf_put(to, S("\r\n"));
	}
	return STEP_AGAIN;
}

/* The one at that sequence number becomes the current one. */
static enum step go_to(struct nntp *n, uint32_t seq)
{
	struct nntp_place place;
	struct str id;
	enum err e = take_seq(n, seq, &place);

	if (e == ERR_OK)
		e = nntp_head_id(n, &place, &id);
	if (e != ERR_OK)
		return nntp_refuse(n, e);
	n->current = place.number;
	buf_printf(nntp_out(n), "223 %u %.*s\r\n", place.number, STR_FMT(id));
	return STEP_READ;
}

/* The current article may be gone meanwhile: its neighbours are those of its number. */
static enum step begin_last(struct nntp *n)
{
	uint32_t seq;

	if (n->view == NULL)
		return nntp_refuse(n, ERR_NOGROUP);
	if (n->current == 0)
		return nntp_refuse(n, ERR_NOCURRENT);
	seq = view_seq_from(n->view, n->current);
	return seq > 1 ? go_to(n, seq - 1) : nntp_answer(n, 422, "no previous article in this group");
}

static enum step begin_next(struct nntp *n)
{
	uint32_t seq;

	if (n->view == NULL)
		return nntp_refuse(n, ERR_NOGROUP);
	if (n->current == 0)
		return nntp_refuse(n, ERR_NOCURRENT);
	seq = n->current < UINT32_MAX ? view_seq_from(n->view, n->current + 1) : UINT32_MAX;
	return seq <= view_count(n->view) ? go_to(n, seq) : nntp_answer(n, 421, "no next article in this group");
}

const struct nntp_handler nntp_do_group = { begin_group, NULL, NULL, "group" };
const struct nntp_handler nntp_do_listgroup = { begin_listgroup, more_listgroup, NULL, "listgroup" };
const struct nntp_handler nntp_do_last = { begin_last, NULL, NULL, "last" };
const struct nntp_handler nntp_do_next = { begin_next, NULL, NULL, "next" };
