#include "store/imap_folder_news.h"

#include "base/mem.h"
#include "wire/imap_notify.h"
#include "wire/imap_use.h"

struct imap_known {
	uint32_t id;
	bool there, subscribed, noselect;
	bool noted, own; /* something happened, and only by the session's own wish */
	struct str name; /* owned */
};

/* ---- LIST ---- */

void imap_folder_news_put(
	struct imap *i, const struct folder_info *f, const char *attribute, struct str old)
{
	struct buf *to = imap_out(i);
	struct folder_info other;
	bool nonexistent = f->nonexistent && !imap_box_is_others(i, f, &other);

	buf_put(to, S("* LIST ("));
	imap_put_attribute(to, attribute != NULL, attribute);
	imap_put_attribute(to, nonexistent, "\\NonExistent");
	imap_put_attribute(to, f->noselect, "\\Noselect");
	imap_put_attribute(to, f->subscribed, "\\Subscribed");
	imap_put_attribute(to, true, f->has_children ? "\\HasChildren" : "\\HasNoChildren");
	if (f->specials & FOLDER_SPECIAL_USES) {
		buf_put_octet(to, ' ');
		imap_put_uses(to, f->specials & FOLDER_SPECIAL_USES);
	}
	buf_put(to, S(") \"/\" "));
	imap_box_put_name(i, f->name);
	if (old.len > 0) {
		buf_put(to, S(" (\"OLDNAME\" ("));
		imap_box_put_name(i, old);
		buf_put(to, S("))"));
	}
	buf_put(to, S("\r\n"));
}

/* ---- what is known ---- */

static size_t lower(const struct imap_folder_news *n, uint32_t id)
{
	size_t from = 0, to = n->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (n->known[mid].id < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static struct imap_known *known_of(struct imap_folder_news *n, uint32_t id)
{
	size_t at = lower(n, id);

	if (at < n->count && n->known[at].id == id)
		return &n->known[at];
	if (n->count == n->room) {
		n->room = n->room ? n->room * 2 : 16;
		n->known = mem_resize(n->known, n->room * sizeof(*n->known));
	}
	memmove(n->known + at + 1, n->known + at, (n->count - at) * sizeof(*n->known));
	n->known[at] = (struct imap_known){ .id = id };
	n->count++;
	return &n->known[at];
}

static void forget(struct imap_folder_news *n, uint32_t id)
{
	size_t at = lower(n, id);

	if (at >= n->count || n->known[at].id != id)
		return;
	mem_free((void *)(uintptr_t)n->known[at].name.at);
	memmove(n->known + at, n->known + at + 1, (n->count - at - 1) * sizeof(*n->known));
	n->count--;
}

static void learn(struct imap_known *k, const struct folder_info *f)
{
	char *copy = str_dup_c(f->name);

	mem_free((void *)(uintptr_t)k->name.at);
	k->name = str_make(copy, f->name.len);
	k->there = !f->nonexistent;
	k->subscribed = f->subscribed;
	k->noselect = f->noselect;
	k->noted = k->own = false;
}

void imap_folder_news_begin(struct imap *i, struct imap_folder_news *n, imap_folder_events *events)
{
	struct folder_info f;
	size_t at = 0;

	n->events = events;
	while (imap_rights_next(i, &at, &f)) {
		imap_box_adapt(i, &f);
		if (f.id != 0)
			learn(known_of(n, f.id), &f);
	}
}

void imap_folder_news_note(struct imap_folder_news *n, uint32_t folder, bool own)
{
	struct imap_known *k;

	if (n->events == NULL)
		return;
	k = known_of(n, folder);
	k->own = own && (k->own || !k->noted);
	k->noted = true;
}

void imap_folder_news_lost(struct imap *i, const struct imap_folder_news *n)
{
	for (size_t k = 0; k < n->count; k++) {
		struct folder_info f = { .name = n->known[k].name, .subscribed = n->known[k].subscribed };

		if (n->known[k].there && (n->events(i, f.name, f.subscribed) & IMAP_NOTIFY_NAME))
			imap_folder_news_put(i, &f, "\\NoAccess", STR_NONE);
	}
}

void imap_folder_news_done(struct imap_folder_news *n)
{
	for (size_t k = 0; k < n->count; k++)
		mem_free((void *)(uintptr_t)n->known[k].name.at);
	mem_free(n->known);
	*n = (struct imap_folder_news){ 0 };
}

/* ---- telling ---- */

static struct str parent_of(struct str name)
{
	while (name.len > 0 && name.at[name.len - 1] != '/')
		name.len--;
	return name.len > 0 ? str_sub(name, 0, name.len - 1) : STR_NONE;
}

static struct str leaf_of(struct str name)
{
	struct str parent = parent_of(name);

	return parent.len > 0 ? str_skip(name, parent.len + 1) : name;
}

/* Its parent has another name as well, and it went along (section 5.4: that is no event of its own). */
static bool went_along(const struct imap_known *k, const struct folder_info *f)
{
	struct str before = parent_of(k->name), now = parent_of(f->name);

	return before.len > 0 && now.len > 0 && !str_eq(before, now) &&
	       str_eq(leaf_of(k->name), leaf_of(f->name));
}

/* With a name that comes or goes its parent has other children. */
static void tell_parent(struct imap *i, struct imap_folder_news *n, struct str name)
{
	struct str parent = parent_of(name);
	struct folder_info f;

	if (parent.len == 0 || folder_find(imap_mailbox(i), parent, &f) != ERR_OK ||
		(imap_rights_of(i, &f) & ACL_LOOKUP) == 0)
		return;
	imap_box_adapt(i, &f);
	if (n->events(i, f.name, f.subscribed) & IMAP_NOTIFY_NAME)
		imap_folder_news_put(i, &f, NULL, STR_NONE);
}

static void tell_gone(struct imap *i, struct imap_folder_news *n, const struct imap_known *k)
{
	struct folder_info f = { .name = k->name, .nonexistent = true, .subscribed = k->subscribed };

	if ((n->events(i, k->name, k->subscribed) & IMAP_NOTIFY_NAME) == 0)
		return;
	imap_folder_news_put(i, &f, NULL, STR_NONE);
	tell_parent(i, n, k->name);
}

static void tell_change(
	struct imap *i, struct imap_folder_news *n, const struct imap_known *k, const struct folder_info *f)
{
	unsigned events = n->events(i, f->name, f->subscribed || k->subscribed);
	bool appeared = !k->there && !f->nonexistent;
	bool renamed = k->there && !appeared && !str_eq(k->name, f->name);

	if (renamed)
		events |= n->events(i, k->name, k->subscribed);
	if ((events & IMAP_NOTIFY_NAME) && (appeared || renamed || k->noselect != f->noselect) &&
		!(renamed && went_along(k, f))) {
		imap_folder_news_put(i, f, NULL, renamed ? k->name : STR_NONE);
		if (appeared)
			tell_parent(i, n, f->name);
		return;
	}
	if ((events & IMAP_NOTIFY_SUBSCRIPTION) && k->subscribed != f->subscribed)
		imap_folder_news_put(i, f, NULL, STR_NONE);
}

void imap_folder_news_tell(struct imap *i, struct imap_folder_news *n, uint32_t folder)
{
	struct imap_known *k;
	struct folder_info f;
	bool there;

	if (n->events == NULL)
		return;
	there = folder_by_id_any(imap_mailbox(i), folder, &f) == ERR_OK &&
		(imap_rights_of(i, &f) & ACL_LOOKUP) != 0 && imap_box_shows(i, &f);
	if (there)
		imap_box_adapt(i, &f);
	k = known_of(n, folder);
	if (there && !(f.nonexistent && k->there)) {
		if (!k->own)
			tell_change(i, n, k, &f);
		learn(k, &f);
		return;
	}
	if (k->there && !k->own)
		tell_gone(i, n, k);
	if (there)
		learn(k, &f);
	else
		forget(n, folder);
}
