#include "store/imap_rights.h"

#include "base/mem.h"
#include "store/imap_engine.h"
#include "store/imap_line.h"

/* Who has no account, and no mailbox is named for him, is in the public store itself: its folders have their names in its tree alone. */
static bool has_no_mailbox(struct imap *i)
{
	return i->box == &i->own && i->s->user.access == ACCESS_ANYONE && mailbox_is_public(i->s->mailbox);
}

uint32_t imap_rights_of(struct imap *i, const struct folder_info *folder)
{
	if (has_no_mailbox(i))
		return 0;
	return folder_rights(imap_mailbox(i), folder->id, imap_user(i));
}

uint32_t imap_rights_here(struct imap *i)
{
	return folder_rights(view_mailbox(i->view), view_folder(i->view), i->here->user);
}

static enum err judge_rights(struct imap *i, uint32_t has, uint32_t needs)
{
	i->missing = needs & ~has;
	return i->missing == 0 ? ERR_OK : ERR_PERM;
}

/* RFC 4314 section 6: whoever may not see a folder in a list does not learn of it from a refusal. That there is a public store
 * NAMESPACE tells everybody. */
enum err imap_rights_need(struct imap *i, const struct folder_info *folder, uint32_t rights)
{
	uint32_t has = imap_rights_of(i, folder);
	bool known = (has & ACL_LOOKUP) != 0 || (folder->id == 0 && i->box->public);
	enum err e = judge_rights(i, has, rights);

	return e != ERR_OK && !known ? ERR_NOFOLDER : e;
}

enum err imap_rights_need_above(struct imap *i, struct str name, uint32_t rights)
{
	struct folder_info above = { .id = 0 };
	size_t end;
	enum err e = folder_name(&i->arena, name, &name);

	if (e != ERR_OK)
		return e;
	while ((end = str_rfind(name, '/')) != STR_NPOS) {
		name = str_sub(name, 0, end);
		if (folder_find(imap_mailbox(i), name, &above) == ERR_OK && !above.noselect)
			break;
		above.id = 0;
	}
	return imap_rights_need(i, &above, rights);
}

enum err imap_rights_need_here(struct imap *i, uint32_t rights)
{
	return judge_rights(i, imap_rights_here(i), rights);
}

enum err imap_rights_on(struct imap *i, const uint32_t *uids, size_t count, uint32_t *ret)
{
	uint32_t rights = imap_rights_here(i), own = acl_rights_own(rights);
	size_t mine = count;
	uint32_t *copy;
	enum err e;

	*ret = rights;
	if (own == rights || count == 0)
		return ERR_OK;
	copy = mem_copy(uids, count * sizeof(*uids));
	e = mailbox_posted(view_mailbox(i->view), view_folder(i->view), i->here->user->account, copy, &mine);
	mem_free(copy);
	if (e == ERR_OK && mine == count)
		*ret = own;
	return e;
}

enum err imap_rights_need_on(struct imap *i, const uint32_t *uids, size_t count, uint32_t rights)
{
	uint32_t has;
	enum err e = imap_rights_on(i, uids, count, &has);

	return e == ERR_OK ? judge_rights(i, has, rights) : e;
}

enum err imap_rights_own_deleted(struct imap *i, uint32_t **ret_uids, size_t *ret_count)
{
	uint32_t *uids = mem_new((view_count(i->view) + 1) * sizeof(*uids));
	size_t count = 0;
	enum err e;

	for (uint32_t seq = 1; seq <= view_count(i->view); seq++) {
		if (!view_item_gone(i->view, seq) && (view_item(i->view, seq)->flags & ITEM_DELETED))
			uids[count++] = view_uid(i->view, seq);
	}
	e = mailbox_posted(view_mailbox(i->view), view_folder(i->view), i->here->user->account, uids, &count);
	if (e != ERR_OK) {
		mem_free(uids);
		return e;
	}
	*ret_uids = uids;
	*ret_count = count;
	return ERR_OK;
}

uint64_t imap_rights_poster(const struct imap *i)
{
	return i->box->public ? imap_user(i)->account : 0;
}

enum err imap_rights_need_uses(struct imap *i)
{
	return judge_rights(i, folder_rights(imap_mailbox(i), 0, imap_user(i)), ACL_ADMIN);
}

uint8_t imap_rights_flags(uint32_t rights)
{
	unsigned flags = rights & ACL_WRITE ? ITEM_FLAGS & ~(ITEM_SEEN | ITEM_DELETED) : 0;

	flags |= rights & ACL_SEEN ? ITEM_SEEN : 0;
	flags |= rights & ACL_DELETE_MESSAGES ? ITEM_DELETED : 0;
	return (uint8_t)flags;
}

struct str imap_rights_missing(struct imap *i)
{
	struct str text;
	struct buf b;

	buf_init(&b, 200);
	buf_put(&b, S("you need the right \""));
	for (unsigned right = 1; right <= ACL_KNOWN; right <<= 1) {
		if (i->missing & right)
			buf_printf(&b, "%s", acl_letter((enum acl_right)right));
	}
	buf_put(&b, S("\" on that folder"));
	text = arena_str(&i->arena, buf_str(&b));
	buf_done(&b);
	return text;
}

void imap_rights_tell(struct imap *i)
{
	if (i->view != NULL && i->here->user->access != ACCESS_OWNER && !view_folder_gone(i->view) &&
		imap_rights_here(i) != i->rights_told)
		imap_line_put_folder_flags(i);
}

bool imap_rights_lost(struct imap *i)
{
	bool gone = i->view != NULL && i->here->public && view_folder_gone(i->view);

	if (i->view == NULL || gone || (imap_rights_here(i) & ACL_READ) != 0)
		return false;
	imap_put_bye(imap_out(i), i->language, S("you may no longer read this folder"));
	return true;
}

void imap_rights_put_mine(struct imap *i, const struct folder_info *folder)
{
	struct buf *to = imap_out(i), letters;

	buf_init(&letters, ACL_RIGHTS + 2);
	acl_letters_put(&letters, imap_rights_of(i, folder));
	buf_put(to, S("* MYRIGHTS "));
	imap_box_put_name(i, folder->name);
	buf_put_octet(to, ' ');
	imap_put_astring(to, buf_str(&letters), false);
	buf_put(to, S("\r\n"));
	buf_done(&letters);
}

static bool is_seen(struct imap *i, const struct folder_info *f)
{
	return f->nonexistent || (imap_rights_of(i, f) & ACL_LOOKUP) != 0;
}

/* RFC 3348 section 3: children that nobody shows the user are none. */
static bool has_children(struct imap *i, size_t at, struct str name)
{
	struct folder_info f;

	while (folder_next(imap_mailbox(i), &at, &f)) {
		if (!str_starts(f.name, name))
			return false;
		if (f.name.len > name.len && f.name.at[name.len] == '/' && !f.nonexistent && is_seen(i, &f))
			return true;
	}
	return false;
}

bool imap_rights_next(struct imap *i, size_t *at, struct folder_info *ret)
{
	while (folder_next(imap_mailbox(i), at, ret)) {
		if (!is_seen(i, ret))
			continue;
		if (ret->has_children && imap_user(i)->access != ACCESS_OWNER)
			ret->has_children = has_children(i, *at, ret->name);
		return true;
	}
	return false;
}
